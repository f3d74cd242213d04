import { isPaymentError, type PaymentReport } from '@payment-status/core'
import { type Context, providerOf } from '../context.ts'
import { priorities } from '../decide/schedule.ts'
import { ingest, ingestReport } from '../ingest/report.ts'
import { isObserved, type ObservedPoll, publish } from '../observed.ts'
import { limits, pauseAfter, retries, withJitter } from '../retry.ts'
import { insertProvider, postponePoll, readDueProviders, type TakenPoll, takePolls } from '../store/due.ts'
import { readKnown, readKnownOfReference } from '../store/known.ts'
import type { TargetKey } from '../store/rows.ts'
import { inTransaction, isDataError, query } from '../store/sql.ts'
import { openTask } from '../store/tasks.ts'
import { backOff, noteAnswer, rateOf, sleepUnless } from './rate-limit.ts'

/**
 * Starts the polls that are due and have a turn at their provider, at most `room` of them. Returns the polls under way, and
 * when to come back, in milliseconds.
 */
export async function startPolls(
  context: Context,
  room: number,
  signal: AbortSignal,
): Promise<{ readonly polls: readonly Promise<void>[]; readonly wait: number }> {
  const { database, schema, options } = context
  const polls: Promise<void>[] = []
  let wait = Number.POSITIVE_INFINITY
  for (const due of await readDueProviders(database, schema)) {
    // A provider that only another version of the shop knows keeps its polls.
    if (!options.payments.has(due.provider)) continue
    if (due.wait > 0 || polls.length >= room) {
      wait = Math.min(wait, due.wait)
      continue
    }
    const { provider } = due
    const take = () =>
      takePolls(database, schema, {
        provider,
        room: room - polls.length,
        leaseMs: limits.pollLease,
        ...rateOf(context, provider),
      })
    let taken = await take()
    if (taken.length === 0) {
      await insertProvider(database, schema, provider)
      taken = await take()
    }
    polls.push(...taken.map((target) => poll(context, target, signal)))
    wait = Math.min(wait, taken.length > 0 ? 0 : BUSY_IN_MILLISECONDS)
  }
  return { polls, wait }
}

/** Errors that say nothing about the provider's availability: the schedule goes on. */
const endsPoll: ReadonlySet<string> = new Set(['not_found', 'unsupported', 'invalid_input'])

/** A watched id of another kind than the provider has: no poll will ever find it. */
async function reportWrongKey(context: Context, { provider, kind, value }: TargetKey, error: unknown) {
  context.report(error)
  await inTransaction(context.database, async (tx) => {
    const [row] = await query<{ order_id: string | null }>(
      tx,
      `select order_id from ${context.schema}.targets where provider = $1 and kind = $2 and value = $3`,
      [provider, kind, value],
    )
    await openTask(tx, context, {
      key: `key/${provider}/${kind}/${value}`,
      kind: 'investigate',
      order: row?.order_id ?? undefined,
      provider,
      paymentId: kind === 'id' ? value : undefined,
      why: 'the provider cannot look this key up: watch the order with the id of its payment',
    })
  })
}

/** As many polls of a provider are under way as may be, or another worker is taking them. */
const BUSY_IN_MILLISECONDS = 100

/** Polls a target that was taken. Never rejects for what a provider does. */
async function poll(context: Context, target: TakenPoll, signal: AbortSignal): Promise<void> {
  const { database, schema } = context
  await sleepUnless(target.wait, signal)
  if (signal.aborted) {
    await postponePoll(database, schema, target, { afterMs: 0, failures: target.failures })
    return
  }
  const observe = (outcome: ObservedPoll['outcome']) => {
    if (!isObserved('poll')) return
    const why = target.is_recheck ? 'recheck' : 'schedule'
    publish('poll', { provider: target.provider, why, outcome, lateMs: Math.max(0, target.late) })
  }
  try {
    await request(context, target, AbortSignal.any([signal, AbortSignal.timeout(limits.poll)]), {
      isPoll: true,
      isRoutine: !target.is_recheck,
    })
    observe('answered')
  } catch (error) {
    observe(isPaymentError(error) ? error.code : 'aborted')
    if (isPaymentError(error) && endsPoll.has(error.code)) {
      if (error.code === 'invalid_input') await reportWrongKey(context, target, error)
      await settle(context, target, false)
      return
    }
    await putOff(context, target, error, signal)
  }
}

export interface RequestDetails {
  /** True where the answer ends the planned poll of the target. */
  readonly isPoll?: boolean
  /** True where nothing says that the payment changed: it is asked because its turn came. */
  readonly isRoutine?: boolean
  /** Operations that a list stated. */
  readonly listed?: readonly { readonly id: string }[]
}

/** Asks the provider now, and ingests the answer. Rejects as the provider's lookup. */
export async function request(
  context: Context,
  target: TargetKey,
  signal: AbortSignal,
  { isPoll = false, isRoutine = false, listed = [] }: RequestDetails = {},
): Promise<readonly { readonly report: PaymentReport; readonly order: string | undefined }[]> {
  const reports =
    target.kind === 'id'
      ? [await lookUp(context, target, signal, { isRoutine, listed })]
      : await lookUpReference(context, target, signal, isRoutine)
  await noteAnswer(context, target.provider)
  const isOnly = reports.length === 1
  const ingested = []
  for (const report of reports) {
    const decision = await ingestReport(context, report, { asked: target, isPoll: isPoll && isOnly })
    ingested.push({ report, order: decision === 'duplicate' ? undefined : decision.order })
  }
  // Planned with the report, except where there is no single one, or where it is of another order.
  const isPlanned = isOnly && (target.kind === 'id' || ingested[0]?.order !== undefined)
  if (isPoll && !isPlanned) await settle(context, target, reports.length > 0)
  return ingested
}

/** Plans the next poll of a target whose answer was no single report. */
async function settle(context: Context, target: TargetKey, isAnswered: boolean): Promise<void> {
  const { provider, kind, value } = target
  const key = { provider, kind, value }
  await ingest(context, { content: { kind: 'polled', isAnswered }, keys: [key], polled: key })
}

/** Looks a payment up by id, with everything recorded and named of it. */
async function lookUp(
  context: Context,
  target: TargetKey,
  signal: AbortSignal,
  { isRoutine, listed }: { readonly isRoutine: boolean; readonly listed: readonly { readonly id: string }[] },
): Promise<PaymentReport> {
  const { id, payment, named } = await readKnown(context.database, context.schema, target)
  const recorded = payment?.operations ?? []
  const ids = new Set(recorded.map((operation) => operation.id))
  const added = [...listed, ...named.map((name) => ({ id: name }))].filter(
    (operation) => !ids.has(operation.id),
  )
  return providerOf(context, target.provider).lookup(id, {
    signal,
    operations: [...recorded, ...added],
    confirm: isRoutine && added.length === 0,
    ...(payment ? { payment } : {}),
  })
}

/** Looks all payments under a reference up, with everything recorded and named of them. */
async function lookUpReference(
  context: Context,
  target: TargetKey,
  signal: AbortSignal,
  isRoutine: boolean,
): Promise<readonly PaymentReport[]> {
  const known = await readKnownOfReference(context.database, context.schema, target)
  const { payments, recorded, added, isRechecked } = known
  return providerOf(context, target.provider).lookupByReference(target.value, {
    signal,
    operations: [...recorded, ...added],
    payments,
    // An answer that only confirms must not end the recheck of a payment.
    confirm: isRoutine && added.length === 0 && !isRechecked,
  })
}

/** A poll without an answer keeps its turn of the schedule. It comes back when the provider may be asked. */
async function putOff(
  context: Context,
  target: TakenPoll,
  error: unknown,
  signal: AbortSignal,
): Promise<void> {
  const { database, schema } = context
  if (signal.aborted) {
    await postponePoll(database, schema, target, { afterMs: 0, failures: target.failures })
    return
  }
  const failures = target.failures + 1
  const isProviders = isPaymentError(error) ? error.retryable : isTimeout(error)
  if (!isPaymentError(error) || !isProviders) context.report(error)
  // What the database refuses to store is not the provider's fault: other polls of it go on.
  const isOwn = isDataError(error) || (isPaymentError(error) && !isProviders)
  const pause = isProviders ? await backOff(context, target.provider, error) : 0
  const retry = pauseAfter(retries.lookup, target.failures)
  const afterMs = withJitter(isOwn ? retry : Math.max(pause, isProviders ? 0 : retry))
  // A poll that failed is backlog: new orders go first.
  const priority = { ...(target.is_recheck ? {} : { priority: priorities.scheduled }) }
  await postponePoll(database, schema, target, { afterMs, failures, ...priority })
}

function isTimeout(error: unknown): boolean {
  return (error as { name?: unknown } | undefined)?.name === 'TimeoutError'
}
