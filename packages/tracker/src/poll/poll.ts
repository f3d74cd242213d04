import { isPaymentError, type PaymentErrorCode, type PaymentReport } from '@payment-status/core'
import type { Context } from '../context.ts'
import { priorities } from '../decide/schedule.ts'
import { ingestAnswer } from '../ingest/report.ts'
import { isObserved, type ObservedPoll, publish } from '../observed.ts'
import { limits, pauseAfter, retries, withJitter } from '../retry.ts'
import { postponePoll, readDueProviders, type TakenPoll, takePolls } from '../store/polls.ts'
import { endPause, insertProvider } from '../store/providers.ts'
import { backOff, rateOf, sleepUnless } from './rate-limit.ts'
import { ask } from './request.ts'

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
  const { database, schema, options } = context
  const polls: Promise<void>[] = []
  let wait = Number.POSITIVE_INFINITY
  for (const { provider, wait: untilDue, is_registered } of await readDueProviders(database, schema)) {
    // A provider that only another version of the shop knows keeps its polls.
    if (!options.payments.has(provider)) continue
    if (untilDue > 0 || polls.length >= room) {
      wait = Math.min(wait, untilDue)
      continue
    }
    if (!is_registered) await insertProvider(database, schema, provider)
    const taken = await takePolls(database, schema, {
      provider,
      room: room - polls.length,
      leaseMs: limits.pollLease,
      ...rateOf(context, provider),
    })
    polls.push(...taken.map((target) => poll(context, target, signal)))
    wait = Math.min(wait, taken.length > 0 ? 0 : BUSY_IN_MILLISECONDS)
  }
  return { polls, wait }
}

/** Polls a target that was taken: asks the provider, and ingests the answer. Never rejects for what a provider does. */
async function poll(context: Context, taken: TakenPoll, signal: AbortSignal): Promise<void> {
  await sleepUnless(taken.wait, signal)
  if (signal.aborted) return putBack(context, taken)
  const { known, isFailing } = taken
  try {
    const { reports, code } = await readAnswer(context, taken, signal)
    if (isFailing && code === undefined) await endPause(context.database, context.schema, taken.provider)
    const isWrongKey = code === 'invalid_input'
    await ingestAnswer(context, reports, { target: taken, knownAt: known.readAt, isPoll: true, isWrongKey })
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
async function putBack({ database, schema }: Context, taken: TakenPoll): Promise<void> {
  await postponePoll(database, schema, taken, { afterMs: 0, failures: taken.failures })
}

/** A poll without an answer keeps its turn of the schedule. It comes back when the provider may be asked. */
async function putOff(context: Context, taken: TakenPoll, error: unknown): Promise<void> {
  const { database, schema } = context
  // What the database refuses to store is not the provider's fault: other polls of it go on.
  const isProviders = isPaymentError(error) ? error.retryable : isTimeout(error)
  if (!isPaymentError(error) || !isProviders) context.report(error)
  const pause = isProviders
    ? await backOff(context, taken.provider, error)
    : pauseAfter(retries.lookup, taken.failures)
  await postponePoll(database, schema, taken, {
    afterMs: withJitter(pause),
    failures: taken.failures + 1,
    // A poll that failed is backlog: new orders go first.
    priority: taken.isRecheck ? undefined : priorities.scheduled,
  })
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
