import { isPaymentError, type PaymentErrorCode, type PaymentReport } from '@payment-status/core'
import { type Context, providerOf, rateOf } from '../context.ts'
import { planAfterFailure } from '../decide/schedule.ts'
import { inputError } from '../errors.ts'
import { ingest, ingestReport } from '../ingest/ingest.ts'
import { isObserved, type ObservedPoll, publish } from '../observed.ts'
import { limits, pauseAfter, retries } from '../retry.ts'
import { type Known, readKnown } from '../store/known.ts'
import { postponePoll, readDueProviders, type TakenPoll, takePolls } from '../store/polls.ts'
import { endPause, insertProvider } from '../store/providers.ts'
import type { TargetKey } from '../store/rows.ts'
import { backOff, sleepUnless } from './rate-limit.ts'

/** As many polls of a provider are under way as may be, or another worker is taking them. */
const BUSY_IN_MILLISECONDS = 100

/**
 * Starts the polls that are due and have a turn at their provider, at most `room` of them. Returns the polls under way, and
 * when to come back, in milliseconds.
 */
export async function startPolls(
  context: Context,
  room: number,
  signal: AbortSignal,
): Promise<{ readonly polls: readonly Promise<void>[]; readonly wait: number }> {
  const { database, options } = context
  const polls: Promise<void>[] = []
  let wait = Number.POSITIVE_INFINITY
  for (const { provider, wait: untilDue, is_registered } of await readDueProviders(database)) {
    // A provider that only another version of the shop knows keeps its polls.
    if (!options.payments.has(provider)) {
      reportMissing(context, provider)
      continue
    }
    if (untilDue > 0 || polls.length >= room) {
      wait = Math.min(wait, untilDue)
      continue
    }
    if (!is_registered) await insertProvider(database, provider)
    const rate = rateOf(context, provider)
    const taken = await takePolls(database, { provider, room: room - polls.length, ...rate })
    polls.push(...taken.map((target) => poll(context, target, signal)))
    wait = Math.min(wait, taken.length > 0 ? 0 : BUSY_IN_MILLISECONDS)
  }
  return { polls, wait }
}

const missing = new WeakMap<Context, Set<string>>()

/** Reports, once in this process, that orders wait for payments of a provider that was removed from the configuration. */
function reportMissing(context: Context, provider: string): void {
  const reported = missing.get(context) ?? new Set()
  if (reported.has(provider)) return
  missing.set(context, reported.add(provider))
  context.report(
    inputError(
      `orders wait for payments of ${provider}, which is not configured: they are not polled, and its webhooks are answered 404. Configure it until they are decided`,
    ),
  )
}

/** Polls a target that was taken: asks the provider, and ingests the answer. Never rejects for what a provider does. */
async function poll(context: Context, taken: TakenPoll, signal: AbortSignal): Promise<void> {
  await sleepUnless(taken.wait, signal)
  if (signal.aborted) return putBack(context, taken)
  const { known, isFailing } = taken
  try {
    const { reports, code } = await readAnswer(context, taken, signal)
    if (isFailing && code === undefined) await endPause(context.database, taken.provider)
    const isWrongKey = code === 'invalid_input'
    await ingestAnswer(context, taken, reports, { knownAt: known.readAt, isPoll: true, isWrongKey })
    observe(taken, code ?? 'answered')
  } catch (error) {
    observe(taken, isPaymentError(error) ? error.code : 'aborted')
    await (signal.aborted ? putBack(context, taken) : putOff(context, taken, error))
  }
}

/** Errors that say nothing about the provider's availability: the schedule goes on, as after an answer without a payment. */
const answers: ReadonlySet<PaymentErrorCode> = new Set(['not_found', 'unsupported', 'invalid_input'])

interface Answer {
  readonly reports: readonly PaymentReport[]
  readonly code?: PaymentErrorCode
}

async function readAnswer(context: Context, taken: TakenPoll, signal: AbortSignal): Promise<Answer> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(limits.poll)])
  try {
    return { reports: await ask(context, taken, taken.known, limit, { isRoutine: !taken.isRecheck }) }
  } catch (error) {
    if (!isPaymentError(error) || !answers.has(error.code)) throw error
    if (error.code === 'invalid_input') context.report(error)
    return { reports: [], code: error.code }
  }
}

/** A poll that was not made is due at once, for another worker. */
async function putBack({ database }: Context, taken: TakenPoll): Promise<void> {
  await postponePoll(database, taken, { afterMs: 0, failures: taken.failures, priority: 0 })
}

/** A poll without an answer keeps its turn of the schedule. It comes back when the provider may be asked. */
async function putOff(context: Context, taken: TakenPoll, error: unknown): Promise<void> {
  const { database } = context
  // What the database refuses to store is not the provider's fault: other polls of it go on.
  const isProviders = isPaymentError(error) ? error.retryable : isTimeout(error)
  if (!isPaymentError(error) || !isProviders) context.report(error)
  const pause = isProviders
    ? await backOff(context, taken.provider, error)
    : pauseAfter(retries.lookup, taken.failures)
  await postponePoll(database, taken, planAfterFailure(taken, pause))
}

function isTimeout(error: unknown): boolean {
  return error instanceof Error && error.name === 'TimeoutError'
}

function observe({ provider, isRecheck, late }: TakenPoll, outcome: ObservedPoll['outcome']): void {
  if (!isObserved('poll')) return
  publish('poll', {
    provider,
    why: isRecheck ? 'recheck' : 'schedule',
    outcome,
    lateMs: Math.max(0, late),
  })
}

export interface RequestDetails {
  /** True where nothing says that the payment changed: it is asked because its turn came. */
  readonly isRoutine?: boolean
  /** Operations that a list or a return URL stated. */
  readonly listed?: readonly { readonly id: string }[] | undefined
}

/** Asks the provider for a target, with everything recorded and named of it. Rejects as the provider's lookup. */
async function ask(
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
  const { database } = context
  const known = await readKnown(database, target)
  const reports = await ask(context, target, known, signal, details)
  await endPause(database, target.provider)
  return ingestAnswer(context, target, reports, { knownAt: known.readAt })
}

interface Answered {
  readonly knownAt: number
  /** True where the answer ends a poll that was due. */
  readonly isPoll?: boolean
  /** True where the provider can never look the target up. */
  readonly isWrongKey?: boolean
}

interface IngestedReport {
  readonly report: PaymentReport
  readonly order: string | undefined
}

/** Ingests the payments that a provider answered with: one, several or none. */
async function ingestAnswer(
  context: Context,
  { provider, kind, value }: TargetKey,
  reports: readonly PaymentReport[],
  { knownAt, isPoll = false, isWrongKey }: Answered,
): Promise<readonly IngestedReport[]> {
  const target = { provider, kind, value }
  const isOnly = reports.length === 1
  const ingested: IngestedReport[] = []
  for (const report of reports) {
    const { order } = await ingestReport(context, report, { target, knownAt, isPoll: isPoll && isOnly })
    ingested.push({ report, order })
  }
  // Planned with the report, except where there is no single one, or where it is of another order.
  const isPlanned = isOnly && (kind === 'id' || ingested[0]?.order !== undefined)
  if (isPoll && !isPlanned) {
    const content = { kind: 'polled', isAnswered: reports.length > 0, isWrongKey } as const
    await ingest(context, { content, keys: [target], polled: target })
  }
  return ingested
}
