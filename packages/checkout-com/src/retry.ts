import type { Payment } from '@payment-status/core'
import { omitUndefined, toInstant } from '@payment-status/core/kit'
import { findDeclined } from './decline.ts'
import type { CheckoutComPayment } from './schema.ts'

export type RetryFacts = Partial<Pick<CheckoutComPayment, 'retry' | 'response_code' | 'actions'>>

const DEFAULT_MAX_ATTEMPTS = 6

/**
 * Returns whether Checkout.com will try a declined payment again by itself, under the same id. `at` is the time of the
 * report, by which the plan's times have passed or not; without it they count as still to come.
 *
 * Source: Checkout.com's page on Smart Dunning, and `PaymentRetryResponse` of its SDKs. A hard decline is not retried.
 */
export function willRetry(facts: RetryFacts, at?: string): boolean {
  const { retry } = facts
  if (!retry || retry.enabled === false || isHardDecline(facts)) return false
  const { attempts_made, max_attempts, ends_on, next_attempt_on } = retry
  if (next_attempt_on && !hasPassed(next_attempt_on, at)) return true
  // `max_attempts` alone is a setting, not a plan: a count of attempts or an end says that one was made.
  const attemptsMade = attempts_made ?? (ends_on ? 0 : undefined)
  const hasAttempts = Number(attemptsMade) < Number(max_attempts ?? DEFAULT_MAX_ATTEMPTS)
  return hasAttempts && !hasPassed(ends_on, at)
}

/** Returns the plan's facts, from which the status was read. */
export function toPlan(facts: RetryFacts, at: string): Payment['facts'] {
  if (!facts.retry || !willRetry(facts, at)) return {}
  const { attempts_made, max_attempts, ends_on, next_attempt_on } = facts.retry
  return omitUndefined<Payment['facts']>({
    attempts_made: attempts_made ?? undefined,
    max_attempts: max_attempts ?? undefined,
    ends_on: ends_on ?? undefined,
    next_attempt_on: next_attempt_on ?? undefined,
  })
}

function isHardDecline(facts: RetryFacts): boolean {
  return findDeclined(facts)?.code.startsWith('30') ?? false
}

/** A time that cannot be read has not passed: Checkout.com's own examples hold days that no month has. */
function hasPassed(time: string | number | null | undefined, at: string | undefined): boolean {
  const moment = typeof time === 'string' ? toInstant(time) : undefined
  return moment !== undefined && at !== undefined && Date.parse(moment) <= Date.parse(at)
}
