import type { PaymentOperation, PaymentStatus } from '@payment-status/core'
import { match } from 'ts-pattern'
import { findCode } from './action.ts'
import { isApproval, isDeclineCode } from './decline.ts'
import { type RetryFacts, willRetry } from './retry.ts'
import type {
  CheckoutComAction,
  CheckoutComBalances,
  CheckoutComFlowAnswer,
  CheckoutComPayment,
} from './schema.ts'
import {
  type CheckoutComActionType,
  type CheckoutComFlowStatus,
  checkoutComActionTypes,
  checkoutComFlowStatuses,
  checkoutComStatuses,
} from './vocabulary.ts'
import { findWord } from './word.ts'

/** Fields that a payment's status is read from, as the API spells them. */
export type CheckoutComFacts = Pick<CheckoutComPayment, 'status'> &
  Partial<Pick<CheckoutComPayment, 'approved' | 'balances' | 'source' | 'destination' | '3ds' | '_links'>> &
  RetryFacts

/**
 * Returns what a payment's `status` and `approved` mean together. A pair that is not listed is `unknown`, and so is a
 * payout. `approved: true` alone never means paid: Voided and Refunded have it. `at` is the time of the report, by which
 * the times of a `retry` plan have passed or not.
 *
 * Source: Checkout.com's page on looking payments up for the first nine words, its page on `payment_returned` for
 * Returned. The other words are likely, not stated.
 */
export function toPaymentStatus(facts: CheckoutComFacts, at?: string): PaymentStatus {
  const word = findWord(checkoutComStatuses, facts.status)
  if (word === undefined || isPayout(facts)) return 'unknown'
  const { balances } = facts
  const isDeclined = facts.approved === false
  const isApproved = (kind: PaymentOperation['kind']) =>
    facts.approved === true && !isDeclineCode(facts.response_code) && !hasFailed(kind, facts)
  // A sum that is not stated contradicts nothing.
  const { total_captured: captured, total_refunded: refunded } = balances ?? {}
  const isRefundedWhole = (refunded ?? Infinity) >= (captured ?? 0)
  const took = hasTaken(balances) || hasSucceeded('capture', facts)
  const holdsNothing = !took && !holdsOrTook(balances)
  return (
    match(word)
      .returnType<PaymentStatus>()
      .with('Authorized', () =>
        isApproved('authorization') && !took && !isVoided(facts) ? 'authorized' : 'unknown',
      )
      .with('Card Verified', () => (isApproved('verification') ? 'verified' : 'unknown'))
      .with('Partially Captured', () =>
        isApproved('capture') && captured !== 0 && !refunded ? 'partially_captured' : 'unknown',
      )
      .with('Captured', () =>
        isApproved('capture') && captured !== 0 && !refunded ? toCapturedStatus(balances) : 'unknown',
      )
      .with('Partially Refunded', () =>
        isApproved('refund') && captured !== 0 && refunded !== 0 ? 'partially_refunded' : 'unknown',
      )
      .with('Refunded', () =>
        isApproved('refund') && captured !== 0 && isRefundedWhole ? 'refunded' : 'unknown',
      )
      .with('Returned', () => (!isDeclined && captured !== 0 ? 'refunded' : 'unknown')) // a bank took its debit back
      .with('Voided', () => (isApproved('void') && holdsNothing ? 'canceled' : 'unknown'))
      .with('Declined', () => (isDeclined && holdsNothing ? toDeclinedStatus(facts, at) : 'unknown'))
      // Whatever `approved` says: the specification's examples say true.
      .with('Pending', () => (hasTaken(balances) ? 'unknown' : toPendingStatus(facts)))
      .with('Canceled', () => (holdsNothing ? 'canceled' : 'unknown'))
      .with('Expired', () => (took ? 'unknown' : 'expired'))
      .with('Requested', 'Retry Scheduled', () => (hasTaken(balances) ? 'unknown' : 'processing'))
      .with('Authentication Requested', () => (hasTaken(balances) ? 'unknown' : 'requires_action'))
      .with('Paid', 'Active', () => 'unknown') // words of payouts and of payment links
      .exhaustive()
  )
}

/** Returns whether money was captured. */
export function hasTaken(balances: CheckoutComBalances): boolean {
  return Boolean(balances?.total_captured)
}

/** Returns whether money was captured or still can be: then the payment did not end without money. */
export function holdsOrTook(balances: CheckoutComBalances): boolean {
  return hasTaken(balances) || (balances?.available_to_capture ?? 0) > 0
}

/** Returns whether an operation succeeded. The previous platform states no balances: there only its action states it. */
function hasSucceeded(kind: PaymentOperation['kind'], facts: CheckoutComFacts): boolean {
  return toResults(kind, facts).includes('succeeded')
}

/** Returns whether an operation was tried, and declined each time. */
function hasFailed(kind: PaymentOperation['kind'], facts: CheckoutComFacts): boolean {
  const results = toResults(kind, facts)
  return results.length > 0 && results.every((result) => result === 'failed')
}

function toResults(
  kind: PaymentOperation['kind'],
  { actions }: CheckoutComFacts,
): readonly PaymentOperation['status'][] {
  return (actions ?? []).filter(({ type }) => toOperationKind(type) === kind).map(toOperationStatus)
}

/** Without balances, a void may have released all that was held. */
function isVoided(facts: CheckoutComFacts): boolean {
  const { balances } = facts
  return typeof balances?.total_voided === 'number' ? isVoidedWhole(balances) : hasSucceeded('void', facts)
}

/** The balances can state that a capture took only a part of what is held. */
function toCapturedStatus(balances: CheckoutComBalances): PaymentStatus {
  const held = toHeld(balances)
  const captured = balances?.total_captured
  return held !== undefined && typeof captured === 'number' && captured < held
    ? 'partially_captured'
    : 'captured'
}

/** Returns whether all that was authorized was voided, and nothing captured. */
export function isVoidedWhole(balances: CheckoutComBalances): boolean {
  const { total_authorized, total_voided } = balances ?? {}
  return Boolean(total_authorized && total_voided && total_voided >= total_authorized && !hasTaken(balances))
}

/** Returns what is held, captures included: what was authorized less what was voided. */
export function toHeld(balances: CheckoutComBalances): number | undefined {
  const { total_authorized, total_voided } = balances ?? {}
  if (typeof total_authorized !== 'number') return undefined
  return Math.max(total_authorized - (total_voided ?? 0), 0)
}

/** A decline is final, unless Checkout.com plans to try again: then the same id may still be paid. */
export function toDeclinedStatus(facts: RetryFacts, at: string | undefined): PaymentStatus {
  return willRetry(facts, at) ? 'processing' : 'failed'
}

/** A pending payment waits for the shopper while 3-D Secure has no answer or there is something to pay with. */
function toPendingStatus(facts: CheckoutComFacts): PaymentStatus {
  const { '3ds': threeDS, _links } = facts
  const waitsForShopper =
    _links?.redirect ||
    _links?.['multibanco:static-reference-page'] ||
    (threeDS && !threeDS.authentication_response) ||
    findCode(facts.source)
  return waitsForShopper ? 'requires_action' : 'processing'
}

/**
 * Returns whether a body is a payout, which shares the payments' ids and event names. A payout has a destination, and no
 * source or the merchant's own account as its source.
 */
export function isPayout({ source, destination }: Pick<CheckoutComFacts, 'source' | 'destination'>): boolean {
  if (typeof destination !== 'object' || destination === null) return false
  return !source || source.type === 'currency_account' || source.type === 'entity'
}

/** Returns whether a payment's word needs an `approved` that is not stated. Rows of a search leave it out. */
export function isHalfStated(facts: CheckoutComFacts): boolean {
  const { status, approved } = facts
  if (typeof approved === 'boolean' || isPayout(facts)) return false
  const unstated = toPaymentStatus({ status })
  return [true, false].some((stated) => toPaymentStatus({ status, approved: stated }) !== unstated)
}

/**
 * Returns what the answer to a submitted Flow session means, `undefined` for a word that Flow does not have. An approved
 * amount of zero is the verification of a card.
 */
export function toFlowStatus({
  status,
  approved,
  amount,
}: Pick<CheckoutComFlowAnswer, 'status' | 'approved' | 'amount'>): PaymentStatus | undefined {
  return match<CheckoutComFlowStatus | undefined, PaymentStatus | undefined>(
    findWord(checkoutComFlowStatuses, status),
  )
    .with('Approved', () => (approved === false ? 'unknown' : amount === 0 ? 'verified' : 'authorized'))
    .with('Declined', () => (approved === true ? 'unknown' : 'failed'))
    .with('Action Required', () => 'requires_action')
    .with(undefined, () => undefined)
    .exhaustive()
}

const operationKinds: Readonly<Record<CheckoutComActionType, PaymentOperation['kind']>> = {
  Authorization: 'authorization',
  'Card Verification': 'verification',
  Capture: 'capture',
  Void: 'void',
  Refund: 'refund',
  Return: 'refund', // the bank took the money back
  Payout: 'other',
  Authentication: 'other',
  Dispute: 'other',
}

/** Returns the kind of operation that an action is. */
export function toOperationKind(type: unknown): PaymentOperation['kind'] {
  const known = findWord(checkoutComActionTypes, type)
  return known === undefined ? 'other' : operationKinds[known]
}

/** Returns whether an action succeeded: by its response code, else by its own words. */
export function toOperationStatus({
  response_code,
  approved,
  status,
}: CheckoutComAction): PaymentOperation['status'] {
  if (response_code) return isApproval(response_code) ? 'succeeded' : 'failed'
  if (typeof approved === 'boolean') return approved ? 'succeeded' : 'failed'
  return match<string, PaymentOperation['status']>(String(status).toLowerCase())
    .with('approved', () => 'succeeded')
    .with('pending', () => 'pending')
    .with('declined', () => 'failed')
    .otherwise(() => 'unknown')
}
