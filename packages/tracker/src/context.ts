import type { PaymentProvider } from '@payment-status/core'
import type { Engine } from './engine.ts'
import { inputError } from './errors.ts'
import { type Database, inTransaction, type Sql } from './sql.ts'
import type { TrackerOptions } from './types.ts'

/** What every part of the tracker works with. */
export interface Context {
  readonly database: Database
  readonly schema: string
  readonly engine: Engine
  readonly options: TrackerOptions
  /** Days after which what is paid is looked at again. */
  readonly aftercare: readonly number[]
  readonly report: (error: unknown) => void
}

/** In the caller's transaction, or in one of its own. */
export function within<T>(
  { database }: Context,
  tx: Sql | undefined,
  work: (tx: Sql) => Promise<T>,
): Promise<T> {
  return tx ? work(tx) : inTransaction(database, work)
}

/** Throws `invalid_input` for a provider that is not among those given. */
export function providerOf({ options: { payments } }: Context, name: string): PaymentProvider {
  if (!payments.has(name)) throw inputError('no provider of this name is among the payments of the tracker')
  return payments.provider(name)
}
