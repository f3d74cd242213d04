import type { DisputeStatus, PaymentHint, PaymentStatus } from '@payment-status/core'
import { match } from 'ts-pattern'
import {
  type CheckoutComBalances,
  type CheckoutComDisputeType,
  type CheckoutComEventType,
  type CheckoutComPayment,
  type CheckoutComStatus,
  checkoutComDisputeTypes,
  checkoutComEventTypes,
  checkoutComStatuses,
} from './schema.ts'

/** The fields of a payment that its status is read from, as the API spells them. */
export type CheckoutComFacts = Pick<CheckoutComPayment, 'status'> &
  Partial<Pick<CheckoutComPayment, 'approved' | 'balances' | '3ds' | '_links'>>

/**
 * What a payment's `status` and `approved` mean together: the pair decides, and a pair that is not listed is
 * `unknown`. `approved: true` alone never means paid (Voided and Refunded have it).
 *
 * Source: seed 004_de46e70f42b3b0b7.txt for the first nine words; the rest is likely, not stated.
 */
export function toPaymentStatus(facts: CheckoutComFacts): PaymentStatus {
  if (!isStatus(facts.status)) return 'unknown'
  const captured = facts.balances?.total_captured ?? undefined
  const tookNothing = captured === undefined || captured === 0
  const tookSomething = captured === undefined || captured > 0

  const approved = (status: PaymentStatus) => (facts.approved === true ? status : 'unknown')
  const withNothingTaken = (status: PaymentStatus) => (tookNothing ? status : 'unknown')
  const withSomethingTaken = (status: PaymentStatus) => (tookSomething ? status : 'unknown')
  const withNothingReturned = (status: PaymentStatus) =>
    facts.balances?.total_refunded ? 'unknown' : withSomethingTaken(status)

  return match(facts.status)
    .returnType<PaymentStatus>()
    .with('Authorized', () => approved('authorized'))
    .with('Card Verified', () => approved('verified'))
    .with('Partially Captured', () => approved(withNothingReturned('partially_captured')))
    .with('Captured', () => approved(withNothingReturned('captured')))
    .with('Partially Refunded', () => approved(withSomethingTaken('partially_refunded')))
    .with('Refunded', () => approved(withSomethingTaken('refunded')))
    .with('Voided', () => approved(withNothingTaken('canceled')))
    .with('Declined', () => (facts.approved === false ? withNothingTaken('failed') : 'unknown'))
    .with('Pending', () => (isAbsent(facts.approved) ? toPendingStatus(facts) : 'unknown'))
    .with('Canceled', () => withNothingTaken('canceled'))
    .with('Expired', () => withNothingTaken('expired'))
    .with('Requested', 'Retry Scheduled', () => 'processing')
    .with('Authentication Requested', () => 'requires_action')
    .with('Paid', 'Returned', 'Active', () => 'unknown') // payouts and links share the id space: no money came in
    .exhaustive()
}

/** Pending waits for the shopper while 3-D Secure has no answer, and for a bank otherwise. */
function toPendingStatus(facts: CheckoutComFacts): PaymentStatus {
  const threeDS = facts['3ds']
  const waitsForShopper = facts._links?.redirect || (threeDS && !threeDS.authentication_response)
  return waitsForShopper ? 'requires_action' : 'processing'
}

/** What an event says: a status, or only that something happened and a lookup has to tell what. */
export type EventMeaning =
  | {
      readonly kind: 'payment'
      readonly status: PaymentStatus
      /** Whether `data.amount` is the payment's; in every other event it is that of one capture, refund or void. */
      readonly tellsAmount: boolean
    }
  | { readonly kind: 'recheck'; readonly why: string }

/** What a webhook type means. No webhook carries the payment's status; `balances` tells a whole from a part. */
export function toEventMeaning(type: CheckoutComEventType, balances: CheckoutComBalances): EventMeaning {
  const payment = (status: PaymentStatus, tellsAmount = false): EventMeaning => ({
    kind: 'payment',
    status,
    tellsAmount,
  })
  const recheck = (why: string): EventMeaning => ({ kind: 'recheck', why })
  const { total_authorized, total_captured, total_refunded, total_voided } = balances ?? {}
  const nothingTaken = !total_captured
  const returned = !!total_refunded

  return match(type)
    .returnType<EventMeaning>()
    .with('payment_approved', () => payment('authorized', true))
    .with('card_verified', () => payment('verified', true))
    .with('payment_declined', 'card_verification_declined', () =>
      nothingTaken ? payment('failed', true) : recheck('a refusal of a payment that has been captured'),
    )
    .with('payment_canceled', () =>
      nothingTaken ? payment('canceled') : recheck('a cancellation of a payment that has been captured'),
    )
    .with('payment_expired', () =>
      nothingTaken ? payment('expired') : recheck('the expiry of a payment that has been captured'),
    )
    .with('payment_captured', () => {
      if (!total_captured || !total_authorized) return recheck('a capture, of all or of a part')
      if (returned) return recheck('a capture of which some was refunded already')
      return payment(total_captured >= total_authorized ? 'captured' : 'partially_captured')
    })
    .with('payment_refunded', () => {
      if (!total_refunded || !total_captured) return recheck('a refund, of all or of a part')
      return payment(total_refunded >= total_captured ? 'refunded' : 'partially_refunded')
    })
    .with('payment_voided', () =>
      total_voided && total_authorized && total_voided >= total_authorized && nothingTaken
        ? payment('canceled')
        : recheck('a void, of all or of a part'),
    )
    .with('payment_pending', () => recheck('it may hold a redirect the shopper must follow'))
    .with('payment_capture_pending', 'payment_capture_declined', () => recheck('news of a capture'))
    .with('payment_void_declined', () => recheck('a void that was refused'))
    .with('payment_refund_pending', 'payment_refund_declined', () => recheck('news of a refund'))
    .with('payment_authentication_failed', () => recheck('news of 3-D Secure'))
    .with('payment_retry_scheduled', () => recheck('a refused payment will be tried again'))
    .with('payment_returned', 'payment_paid', () => recheck('news of a payout'))
    .with('payment_authorization_incremented', 'payment_authorization_increment_declined', () =>
      recheck('news of the authorized amount'),
    )
    .exhaustive()
}

/** What a dispute's event says. Unverified: the names are Checkout.com's, their mapping is ours. */
export function toDisputeStatus(type: string): DisputeStatus {
  // Arbitration has many steps; all but its ends mean that somebody else is deciding.
  if (!isDisputeType(type)) return type.startsWith('dispute_arbitration_') ? 'under_review' : 'unknown'
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
  if (status === 'Approved') return 'looks_paid' // the browser's own word for it
  if (!isStatus(status)) return undefined
  return match(status)
    .returnType<PaymentHint['appears']>()
    .with('Authorized', 'Captured', 'Partially Captured', 'Card Verified', () => 'looks_paid')
    .with('Declined', 'Canceled', 'Expired', () => 'looks_refused')
    .with('Pending', 'Requested', 'Retry Scheduled', 'Authentication Requested', () => 'looks_unfinished')
    .with('Partially Refunded', 'Refunded', 'Voided', 'Paid', 'Returned', 'Active', () => undefined)
    .exhaustive()
}

function isStatus(status: unknown): status is CheckoutComStatus {
  return checkoutComStatuses.includes(status as CheckoutComStatus)
}

export function isEventType(type: string): type is CheckoutComEventType {
  return checkoutComEventTypes.includes(type as CheckoutComEventType)
}

function isDisputeType(type: string): type is CheckoutComDisputeType {
  return checkoutComDisputeTypes.includes(type as CheckoutComDisputeType)
}

/** Whether an event tells of a dispute: the set of `dispute_*` is open. */
export function isDispute(type: string): boolean {
  return type.startsWith('dispute_') || isDisputeType(type)
}

function isAbsent(value: unknown): value is null | undefined {
  return value === undefined || value === null
}
