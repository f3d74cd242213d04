import { untilAborted } from '../abort.ts'
import { isPaymentError, type PaymentError } from '../model/errors.ts'
import type { PaymentReport } from '../model/evidence.ts'
import { outcomeOf } from '../model/status.ts'

/** Milliseconds to wait before each next look. The first look is at once. */
export type PollSchedule = readonly number[]

const SECOND_IN_MILLISECONDS = 1_000
const MINUTE_IN_MILLISECONDS = 60 * SECOND_IN_MILLISECONDS
const HOUR_IN_MILLISECONDS = 60 * MINUTE_IN_MILLISECONDS

/**
 * `card`: every few seconds while the shopper watches, then less and less, for half an hour: as long as a provider's
 * page lets a shopper try again. `slowMethod`: for vouchers and bank transfers, over eleven days. Days are too long
 * for one process to stay up: there, take the schedule for the delays of a job queue.
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
  /** Called with everything that was seen, the last one included, and waited for. What it throws ends the waiting. */
  readonly onReport?: ((value: T) => void | Promise<void>) | undefined
}

/** What the last look saw, and whether that is what was waited for. Not done never means failed. */
export interface Waited<T> {
  readonly value: T
  readonly done: boolean
}

/** Later by up to a tenth, never earlier: so that a thousand orders of one minute do not ask in step. */
const JITTER = 0.1
/** A timer of more milliseconds than this fires at once. */
const LONGEST_TIMER_IN_MILLISECONDS = 2 ** 31 - 1

/**
 * Looks again and again until there is an outcome: held, decided, unknown, or open with a decline. With `until`, whatever
 * it looks at and waits for is yours.
 *
 * A look that fails with a retryable `PaymentError` is made again at its next turn, not before the error's
 * `retryAfterMs`. A spent schedule resolves with the last value and `done: false`. Rejects with the signal's reason
 * when aborted, with any other error of a look, and with the last retryable one if no look ever succeeded.
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
 * Milliseconds to wait after a look, for those who keep their own timers: what the schedule says for this turn (from 0),
 * and no less than a failed look's `retryAfterMs`, later by up to a tenth. `undefined` once the schedule is spent, which
 * never means failed.
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

/** What was seen, or the fault that another try may get past. */
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
