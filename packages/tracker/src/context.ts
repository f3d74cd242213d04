import type { PaymentProvider } from '@payment-status/core'
import type { Settings } from './decide/incoming.ts'
import { inputError } from './errors.ts'
import type { Database, Store } from './store/sql.ts'
import type { TrackerOptions } from './types/options.ts'
import type { Engine } from './workers/jobs.ts'

/** Database, configuration and helpers that every part of the tracker works with. */
export interface Context extends Store {
  /** The same, apart from every handler's transaction. */
  readonly given: Database
  /** A sharded tracker replaces `payments` and `limits` of its shards. */
  options: TrackerOptions
  /** Number of shards that share the limits of providers. */
  shards?: number
  readonly settings: Settings
  readonly engine: Engine
  readonly report: (error: unknown) => void
}

const contexts = new WeakMap<object, Context>()

/** Keeps the context of a tracker, for a sharded tracker that it becomes a shard of. */
export function keepContext<T extends object>(tracker: T, context: Context): T {
  contexts.set(tracker, context)
  return tracker
}

/** Returns the context of what createTracker returned; undefined for anything else. */
export function contextOf(tracker: object): Context | undefined {
  return contexts.get(tracker)
}

/** Throws `invalid_input` for a provider that is not configured. */
export function providerOf(
  { options: { payments } }: Pick<Context, 'options'>,
  name: string,
): PaymentProvider {
  if (!payments.has(name))
    throw inputError(
      'the provider name is unknown. Give the name of a provider that createPayments([…]) was called with',
    )
  return payments.provider(name)
}
