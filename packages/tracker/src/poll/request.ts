import type { PaymentReport } from '@payment-status/core'
import { type Context, providerOf } from '../context.ts'
import { type IngestedReport, ingestAnswer } from '../ingest/report.ts'
import { type Known, readKnown } from '../store/known.ts'
import { endPause } from '../store/providers.ts'
import type { TargetKey } from '../store/rows.ts'

export interface RequestDetails {
  /** True where nothing says that the payment changed: it is asked because its turn came. */
  readonly isRoutine?: boolean
  /** Operations that a list stated. */
  readonly listed?: readonly { readonly id: string }[]
}

/** Asks the provider for a target, with everything recorded and named of it. Rejects as the provider's lookup. */
export async function ask(
  context: Context,
  { provider: name, kind, value }: TargetKey,
  { id, payments, named, isRechecked }: Known,
  signal: AbortSignal,
  { isRoutine = false, listed = [] }: RequestDetails = {},
): Promise<readonly PaymentReport[]> {
  const provider = providerOf(context, name)
  const payment = payments.length === 1 ? payments[0] : undefined
  const recorded = payment?.operations ?? []
  const ids = new Set(recorded.map((operation) => operation.id))
  const added = [...listed, ...named.map((operation) => ({ id: operation }))].filter(
    (operation) => !ids.has(operation.id),
  )
  const options = {
    signal,
    operations: [...recorded, ...added],
    // An answer that only confirms must not end the recheck of a payment.
    confirm: isRoutine && added.length === 0 && !isRechecked,
  }
  if (kind === 'reference') return provider.lookupByReference(value, { ...options, payments })
  return [await provider.lookup(id, { ...options, ...(payment ? { payment } : {}) })]
}

/** Asks the provider out of turn, and ingests the answer. Rejects as the provider's lookup. */
export async function request(
  context: Context,
  target: TargetKey,
  signal: AbortSignal,
  details: RequestDetails = {},
): Promise<readonly IngestedReport[]> {
  const { database, schema } = context
  const known = await readKnown(database, schema, target)
  const reports = await ask(context, target, known, signal, details)
  await endPause(database, schema, target.provider)
  return ingestAnswer(context, reports, { target, knownAt: known.readAt })
}
