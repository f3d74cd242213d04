import { untilAborted } from '../abort.ts'
import { isPaymentError, type PaymentError } from '../model/errors.ts'
import type { PaymentReport } from '../model/evidence.ts'
import { outcomeOf } from '../model/status.ts'

/** Milliseconds before each next poll. The first poll is made at once. */
export type PollSchedule = readonly number[]

const SECOND_IN_MILLISECONDS = 1_000
const MINUTE_IN_MILLISECONDS = 60 * SECOND_IN_MILLISECONDS
const HOUR_IN_MILLISECONDS = 60 * MINUTE_IN_MILLISECONDS

/**
 * Polling schedules. `card`: every few seconds while the shopper waits, then less often, for half an hour, as long as a
 * provider's page lets a shopper retry. `slowMethod`: for vouchers and bank transfers, over eleven days. A process may not
 * live that long: use the schedule for the delays of a job queue.
 */
export const pollSchedules: { readonly card: PollSchedule; readonly slowMethod: PollSchedule } = {
  card: [1, 2, 3, 4, 5, 10, 15, 20, 30, 30, 60, 60, 60, 120, 180, 300, 300, 600].map(
    (seconds) => seconds * SECOND_IN_MILLISECONDS,
  ),
  slowMethod: [0.25, 0.75, 2, 3, 6, 12, 24, 24, 24, 24, 48, 48, 48].map(
    (hours) => hours * HOUR_IN_MILLISECONDS,
  ),
}

export interface WaitOptions<T> {
  /** When to stop waiting. */
  readonly until?: ((value: T) => boolean) | undefined
  /** Default `pollSchedules.card`. */
  readonly schedule?: PollSchedule | undefined
  /** Stops everything at once; the call then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined
  /** Called with every value, the last included, and awaited. An error it throws ends the waiting. */
  readonly onReport?: ((value: T) => void | Promise<void>) | undefined
}

/** Last value, and whether it is the awaited one. Not done never means failed. */
export interface Waited<T> {
  readonly value: T
  readonly done: boolean
}

/** Adds up to a tenth to each pause, so that many orders do not poll at the same moments. */
const JITTER = 0.1
/** Limit of a timer: a longer one fires at once. */
const LONGEST_TIMER_IN_MILLISECONDS = 2 ** 31 - 1

/**
 * Polls until there is an outcome: held, decided, unknown, or open with a decline. With `until`, it polls any value for any
 * condition.
 *
 * A poll that fails with a retryable `PaymentError` is retried at its next turn, not before the error's `retryAfterMs`. An
 * exhausted schedule resolves with the last value and `done: false`. Rejects with the signal's reason when aborted, with any
 * other error of a poll, and with the last retryable one if no poll succeeded.
 *
 * @example
 * const { value, done } = await waitForOutcome((signal) => stripe.lookup(id, { signal }))
 */
export function waitForOutcome(
  look: (signal: AbortSignal) => Promise<PaymentReport>,
  options?: WaitOptions<PaymentReport>,
): Promise<Waited<PaymentReport>>
export function waitForOutcome<T>(
  look: (signal: AbortSignal) => Promise<T>,
  options: WaitOptions<T> & { readonly until: (value: T) => boolean },
): Promise<Waited<T>>
export function waitForOutcome(
  look: (signal: AbortSignal) => Promise<PaymentReport>,
  { until = hasOutcome, ...options }: WaitOptions<PaymentReport> = {},
): Promise<Waited<PaymentReport>> {
  return poll(look, until, options)
}

/**
 * Returns the milliseconds to wait after a poll, for code with its own timers: the schedule's pause for this turn (from 0),
 * at least a failed poll's `retryAfterMs`, plus up to a tenth. `undefined` once the schedule is exhausted, which never means
 * failed.
 *
 * @example
 * const wait = nextWait(pollSchedules.card, turn)
 * if (wait !== undefined) setTimeout(poll, wait)
 */
export function nextWait(schedule: PollSchedule, turn: number, retryAfterMs = 0): number | undefined {
  const wait = schedule[turn]
  return wait === undefined ? undefined : Math.max(wait, retryAfterMs) * (1 + Math.random() * JITTER)
}

async function poll<T>(
  look: (signal: AbortSignal) => Promise<T>,
  until: (value: T) => boolean,
  {
    schedule = pollSchedules.card,
    signal = new AbortController().signal,
    onReport,
  }: Omit<WaitOptions<T>, 'until'>,
): Promise<Waited<T>> {
  let seen: { readonly value: T } | undefined
  for (let turn = 0; ; turn++) {
    const answer = await tryToLook(look, signal)
    if ('value' in answer) {
      seen = answer
      await untilAborted(Promise.resolve(onReport?.(answer.value)), signal)
      if (until(answer.value)) return { value: answer.value, done: true }
    }
    signal.throwIfAborted()
    const wait = nextWait(schedule, turn, 'fault' in answer ? answer.fault.retryAfterMs : undefined)
    if (wait === undefined) {
      if (seen) return { value: seen.value, done: false }
      throw 'fault' in answer ? answer.fault : undefined
    }
    await sleep(wait, signal)
  }
}

/** Returns the value, or the error that a retry may get past. */
async function tryToLook<T>(
  look: (signal: AbortSignal) => Promise<T>,
  signal: AbortSignal,
): Promise<{ readonly value: T } | { readonly fault: PaymentError }> {
  signal.throwIfAborted()
  try {
    return { value: await untilAborted(look(signal), signal) }
  } catch (error) {
    if (signal.aborted) throw signal.reason
    if (isPaymentError(error) && error.retryable) return { fault: error }
    throw error
  }
}

function hasOutcome({ payment }: PaymentReport): boolean {
  return (
    outcomeOf(payment.status) !== 'undecided' || (payment.status === 'open' && payment.decline !== undefined)
  )
}

async function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  for (let left = milliseconds; left > 0; left -= LONGEST_TIMER_IN_MILLISECONDS) {
    let timer: ReturnType<typeof setTimeout> | undefined
    const over = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, Math.min(left, LONGEST_TIMER_IN_MILLISECONDS))
    })
    try {
      await untilAborted(over, signal)
    } finally {
      clearTimeout(timer)
    }
  }
}
