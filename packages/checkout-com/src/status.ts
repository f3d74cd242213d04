import type { DisputeStatus, PaymentHint, PaymentOperation, PaymentStatus } from '@payment-status/core'
import { isOneOf } from '@payment-status/core/kit'
import { match } from 'ts-pattern'
import { findCode } from './action.ts'
import type {
  CheckoutComAction,
  CheckoutComBalances,
  CheckoutComPayment,
  CheckoutComRetry,
} from './schema.ts'
import {
  type CheckoutComActionType,
  type CheckoutComEventType,
  type CheckoutComFlowStatus,
  type CheckoutComStatus,
  checkoutComActionTypes,
  checkoutComDisputeTypes,
  checkoutComEventTypes,
  checkoutComFlowStatuses,
  checkoutComStatuses,
} from './vocabulary.ts'

/** The fields of a payment that its status is read from, as the API spells them. */
export type CheckoutComFacts = Pick<CheckoutComPayment, 'status'> &
  Partial<
    Pick<CheckoutComPayment, 'approved' | 'balances' | 'retry' | 'source' | 'destination' | '3ds' | '_links'>
  >

/**
 * What a payment's `status` and `approved` mean together: the pair decides, and a pair that is not listed is
 * `unknown`. `approved: true` alone never means paid (Voided and Refunded have it). A payout is no payment of ours.
 *
 * Source: Checkout.com's page on looking payments up for the first nine words; the rest is likely, not stated.
 */
export function toPaymentStatus(facts: CheckoutComFacts): PaymentStatus {
  const word = findWord(checkoutComStatuses, facts.status)
  if (word === undefined || isPayout(facts)) return 'unknown'
  const { balances } = facts
  const isApproved = facts.approved === true
  const isDeclined = facts.approved === false
  // A sum that is not stated contradicts nothing.
  const { total_captured: captured, total_refunded: refunded } = balances ?? {}
  const isRefundedWhole = (refunded ?? Infinity) >= (captured ?? 0)
  return match(word)
    .returnType<PaymentStatus>()
    .with('Authorized', () => (isApproved ? 'authorized' : 'unknown'))
    .with('Card Verified', () => (isApproved ? 'verified' : 'unknown'))
    .with('Partially Captured', () =>
      isApproved && captured !== 0 && !refunded ? 'partially_captured' : 'unknown',
    )
    .with('Captured', () => (isApproved && captured !== 0 && !refunded ? 'captured' : 'unknown'))
    .with('Partially Refunded', () =>
      isApproved && captured !== 0 && refunded !== 0 ? 'partially_refunded' : 'unknown',
    )
    .with('Refunded', () => (isApproved && captured !== 0 && isRefundedWhole ? 'refunded' : 'unknown'))
    .with('Voided', () => (isApproved && !holdsOrTook(balances) ? 'canceled' : 'unknown'))
    .with('Declined', () => (isDeclined && !holdsOrTook(balances) ? toRefusedStatus(facts) : 'unknown'))
    .with('Pending', () => toPendingStatus(facts)) // whatever `approved` says: the specification's examples say true
    .with('Canceled', () => (holdsOrTook(balances) ? 'unknown' : 'canceled'))
    .with('Expired', () => (hasTaken(balances) ? 'unknown' : 'expired'))
    .with('Requested', 'Retry Scheduled', () => 'processing')
    .with('Authentication Requested', () => 'requires_action')
    .with('Paid', 'Returned', 'Active', () => 'unknown') // payouts, links, and a returned direct debit
    .exhaustive()
}

function hasTaken(balances: CheckoutComBalances): boolean {
  return Boolean(balances?.total_captured)
}

/** Whether money was taken, or is held so that it still can be: neither is the end of a payment that came to nothing. */
function holdsOrTook(balances: CheckoutComBalances): boolean {
  return hasTaken(balances) || (balances?.available_to_capture ?? 0) > 0
}

/** A refusal is final, unless the provider has planned to try again: then the same id may still be paid. */
function toRefusedStatus({ retry }: Pick<CheckoutComFacts, 'retry'>): PaymentStatus {
  return willRetry(retry) ? 'processing' : 'failed'
}

/** Pending waits for the shopper while 3-D Secure has no answer or there is something to pay with; for a bank otherwise. */
function toPendingStatus(facts: CheckoutComFacts): PaymentStatus {
  const { '3ds': threeDS, _links } = facts
  const waitsForShopper =
    _links?.redirect ||
    _links?.['multibanco:static-reference-page'] ||
    (threeDS && !threeDS.authentication_response) ||
    findCode(facts.source)
  return waitsForShopper ? 'requires_action' : 'processing'
}

/** Whether Checkout.com will try a refused payment again by itself: attempts are left, or the next one has its time. */
export function willRetry(retry: CheckoutComRetry): boolean {
  const { attempts_made, max_attempts, next_attempt_on } = retry ?? {}
  return Boolean(next_attempt_on) || Number(attempts_made ?? 0) < Number(max_attempts ?? 0)
}

/**
 * Payouts share the payments' ids and event names. They have a destination; money that goes out comes from nowhere, or
 * from the merchant's own account.
 */
export function isPayout({ source, destination }: Pick<CheckoutComFacts, 'source' | 'destination'>): boolean {
  if (typeof destination !== 'object' || destination === null) return false
  return !source || source.type === 'currency_account' || source.type === 'entity'
}

/**
 * Whether a payment's word means nothing without the `approved` that is not told beside it: rows of a search leave it
 * out, and only a lookup tells it.
 */
export function isHalfTold(facts: CheckoutComFacts): boolean {
  const { status, approved } = facts
  if (typeof approved === 'boolean' || isPayout(facts)) return false
  const untold = toPaymentStatus({ status })
  return [true, false].some((told) => toPaymentStatus({ status, approved: told }) !== untold)
}

/** What the answer to a submitted Flow session says: `undefined` for a word that is none of Flow's. */
export function toFlowStatus(status: string): PaymentStatus | undefined {
  return match<CheckoutComFlowStatus | undefined, PaymentStatus | undefined>(
    findWord(checkoutComFlowStatuses, status),
  )
    .with('Approved', () => 'authorized')
    .with('Declined', () => 'failed')
    .with('Action Required', () => 'requires_action')
    .with(undefined, () => undefined)
    .exhaustive()
}

const stepKinds: Readonly<Record<CheckoutComActionType, PaymentOperation['kind']>> = {
  Authorization: 'authorization',
  'Card Verification': 'verification',
  Capture: 'capture',
  Void: 'void',
  Refund: 'refund',
  Payout: 'other',
  Return: 'other',
  Authentication: 'other',
  Dispute: 'other',
}

/** What was done to a payment, in a step's words. */
export function toStepKind(type: unknown): PaymentOperation['kind'] {
  const known = findWord(checkoutComActionTypes, type)
  return known === undefined ? 'other' : stepKinds[known]
}

/** Whether it was done: by its response code (10xxx is an approval), else by what it says of itself. */
export function toStepStatus({
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

/** Whether a response code is that of an approval: 10xxx. */
export function isApproval(code: string): boolean {
  return /^10\w{3}$/.test(code)
}

/** What an event says: a status, or only that something happened and a lookup has to tell what. */
export type EventMeaning =
  | {
      readonly kind: 'payment'
      readonly status: PaymentStatus
      /**
       * What the payment's amount is told by: `data.amount` where it is not that of one capture, refund or void;
       * `balances`, with all the sums in it, where those told the status.
       */
      readonly amountIn: 'amount' | 'balances' | undefined
    }
  | { readonly kind: 'recheck'; readonly why: string }

/** What an event's meaning is read from, besides its type. */
interface EventFacts {
  readonly balances?: CheckoutComBalances
  readonly retry?: CheckoutComRetry
}

/** What a webhook type means. No webhook carries the payment's status; `balances` tells a whole from a part. */
export function toEventMeaning(type: CheckoutComEventType, facts: EventFacts): EventMeaning {
  const { balances } = facts
  return (
    match(type)
      .returnType<EventMeaning>()
      .with('payment_approved', () => payment('authorized', 'amount'))
      .with('card_verified', () => payment('verified', 'amount'))
      .with('payment_declined', 'card_verification_declined', () =>
        holdsOrTook(balances)
          ? recheck('a refusal of a payment whose funds are held or captured')
          : payment(toRefusedStatus(facts), 'amount'),
      )
      .with('payment_canceled', () =>
        holdsOrTook(balances)
          ? recheck('a cancellation of a payment whose funds are held or captured')
          : payment('canceled'),
      )
      .with('payment_expired', () =>
        hasTaken(balances) ? recheck('the expiry of a payment that has been captured') : payment('expired'),
      )
      .with('payment_captured', () => toCaptureMeaning(facts))
      .with('payment_refunded', () => toRefundMeaning(facts))
      .with('payment_voided', () => toVoidMeaning(facts))
      .with('payment_pending', () => recheck('it may hold a redirect the shopper must follow'))
      .with('payment_capture_pending', 'payment_capture_declined', () => recheck('news of a capture'))
      .with('payment_void_declined', () => recheck('a void that was refused'))
      .with('payment_refund_pending', 'payment_refund_declined', () => recheck('news of a refund'))
      .with('payment_authentication_failed', () => recheck('news of 3-D Secure'))
      .with('payment_retry_scheduled', () => recheck('a refused payment will be tried again'))
      // Of a direct debit: its bank takes back what was captured. A payout's was told apart before.
      .with('payment_returned', () => recheck('a bank returned the money'))
      .with('payment_paid', () => recheck('news of a payout'))
      .with('payment_authorization_incremented', 'payment_authorization_increment_declined', () =>
        recheck('news of the authorized amount'),
      )
      .exhaustive()
  )
}

const payment = (status: PaymentStatus, amountIn?: 'amount' | 'balances'): EventMeaning => ({
  kind: 'payment',
  status,
  amountIn,
})

const recheck = (why: string): EventMeaning => ({ kind: 'recheck', why })

function toCaptureMeaning({ balances }: EventFacts): EventMeaning {
  const { total_authorized, total_captured, total_refunded } = balances ?? {}
  if (!total_captured || !total_authorized) return recheck('a capture, of all or of a part')
  if (total_refunded) return recheck('a capture of which some was refunded already')
  return payment(total_captured >= total_authorized ? 'captured' : 'partially_captured', 'balances')
}

function toRefundMeaning({ balances }: EventFacts): EventMeaning {
  const { total_captured, total_refunded } = balances ?? {}
  if (!total_refunded || !total_captured) return recheck('a refund, of all or of a part')
  return payment(total_refunded >= total_captured ? 'refunded' : 'partially_refunded', 'balances')
}

function toVoidMeaning({ balances }: EventFacts): EventMeaning {
  const { total_authorized, total_captured, total_voided } = balances ?? {}
  const isWhole = total_voided && total_authorized && total_voided >= total_authorized && !total_captured
  return isWhole ? payment('canceled', 'balances') : recheck('a void, of all or of a part')
}

/** What a dispute's event says. Unverified: the names are Checkout.com's, their mapping is ours. */
export function toDisputeStatus(type: string): DisputeStatus {
  // Arbitration has many steps; all but its ends mean that somebody else is deciding.
  if (!isOneOf(checkoutComDisputeTypes, type))
    return type.startsWith('dispute_arbitration_') ? 'under_review' : 'unknown'
  return match(type)
    .returnType<DisputeStatus>()
    .with('dispute_received', 'dispute_evidence_required', 'payment_chargeback', () => 'needs_response')
    .with(
      'dispute_evidence_submitted',
      'dispute_evidence_acknowledged_by_scheme',
      'dispute_acknowledged',
      'dispute_arbitration_sent_to_scheme',
      () => 'under_review',
    )
    .with('dispute_won', 'dispute_arbitration_won', () => 'won')
    .with('dispute_lost', 'dispute_arbitration_lost', 'dispute_accepted', 'dispute_expired', () => 'lost')
    .with('dispute_canceled', 'dispute_resolved', () => 'closed')
    .with('dispute_request_for_information', 'payment_retrieval', () => 'early_warning')
    .exhaustive()
}

/** What a browser result looks like, for the page the shopper sees. Unverified, and never more than a look. */
export function toAppearance(status: string | null | undefined): PaymentHint['appears'] {
  const flow = findWord(checkoutComFlowStatuses, status)
  if (flow === 'Approved') return 'looks_paid'
  if (flow === 'Action Required') return 'looks_unfinished'
  return match<CheckoutComStatus | undefined, PaymentHint['appears']>(findWord(checkoutComStatuses, status))
    .with('Authorized', 'Captured', 'Partially Captured', 'Card Verified', () => 'looks_paid')
    .with('Declined', 'Canceled', 'Expired', () => 'looks_refused')
    .with('Pending', 'Requested', 'Retry Scheduled', 'Authentication Requested', () => 'looks_unfinished')
    .with(
      'Partially Refunded',
      'Refunded',
      'Voided',
      'Paid',
      'Returned',
      'Active',
      undefined,
      () => undefined,
    )
    .exhaustive()
}

export function isEventType(type: string): type is CheckoutComEventType {
  return isOneOf(checkoutComEventTypes, type)
}

/** Whether an event tells of a dispute: the set of `dispute_*` is open. */
export function isDispute(type: string): boolean {
  return type.startsWith('dispute_') || isOneOf(checkoutComDisputeTypes, type)
}

/** The word of a vocabulary that this is, in any case: a search answers in lower case. */
function findWord<const Word extends string>(words: readonly Word[], word: unknown): Word | undefined {
  if (isOneOf(words, word)) return word
  const lower = typeof word === 'string' ? word.toLowerCase() : undefined
  return words.find((known) => known.toLowerCase() === lower)
}
