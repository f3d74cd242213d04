import type {
  DisputeStatus,
  PaymentHint,
  PaymentMethod,
  PaymentOperation,
  PaymentStatus,
} from '@payment-status/core'
import { byWord, isOneOf, toInstant } from '@payment-status/core/kit'
import { match } from 'ts-pattern'
import {
  type PayPalEventFamily,
  paypalAuthorizationStatuses,
  paypalCaptureReasons,
  paypalCaptureStatuses,
  paypalDisputeOutcomes,
  paypalDisputeStatuses,
  paypalEventFamilies,
  paypalMethodsByKind,
  paypalOrderStatuses,
  paypalRefundStatuses,
} from './vocabulary.ts'

type Word = string | null | undefined

/** The facts of an order that its status is read from. All figures must be in one unit and one currency. */
export interface PayPalFacts {
  /** The order's own word. */
  readonly status: string
  /** Sum of the purchase units. */
  readonly amount?: number | undefined
  readonly authorizations?: readonly PayPalAuthorizationFacts[] | undefined
  readonly captures?: readonly PayPalCaptureFacts[] | undefined
  readonly refunds?: readonly PayPalRefundFacts[] | undefined
}

export interface PayPalAuthorizationFacts {
  readonly status: string
  readonly expiration_time?: Word
  readonly update_time?: Word
}

export interface PayPalCaptureFacts {
  readonly status: string
  /** `status_details.reason`. */
  readonly reason?: Word
  readonly amount?: number | undefined
}

export interface PayPalRefundFacts {
  readonly status: string
  readonly amount?: number | undefined
}

/**
 * Returns the status of an order. Its captures decide, then its authorizations, and its own word only where it has
 * neither: COMPLETED means that PayPal processed the order, also where the payment was declined.
 *
 * Contradictions are `unknown`: more refunded than captured; money or a hold on a VOIDED order; an authorization that was
 * captured without a capture; a COMPLETED order without operations; a capture that is pending or declined because of a
 * chargeback, a refund or a complaint, whose money may have come and gone.
 *
 * Source: the status words of PayPal's Orders v2 and Payments v2 reference.
 */
export function toPaymentStatus(facts: PayPalFacts): PaymentStatus {
  const { status, authorizations = [], captures = [], refunds = [] } = facts
  if (!isOneOf(paypalOrderStatuses, status)) return 'unknown'
  const takes = captures.map((capture) => toCaptureMeaning(capture.status, capture.reason))
  const holds = authorizations.map((authorization) => toHoldMeaning(authorization.status))
  const returns = refunds.map((refund) => toRefundMeaning(refund.status))
  const isUnclear = takes.includes('unclear') || holds.includes('unclear') || returns.includes('unknown')
  if (isUnclear) return 'unknown'

  const hasMoney = takes.some((take) => tookMoney.includes(take))
  const isAlive = hasMoney || takes.includes('pending') || holds.includes('held') || holds.includes('pending')
  if (status === 'VOIDED' && isAlive) return 'unknown'
  if (holds.includes('captured') && !hasMoney && !takes.includes('pending')) return 'unknown'
  if (hasMoney || returns.includes('succeeded')) return toPaidStatus(facts, takes)

  if (takes.includes('pending')) return 'processing'
  if (holds.includes('held')) return 'authorized'
  if (holds.includes('pending')) return 'processing'
  if (holds.includes('released')) return toReleasedStatus(authorizations)
  return match(status)
    .returnType<PaymentStatus>()
    .with('CREATED', () => 'open')
    .with('PAYER_ACTION_REQUIRED', () => 'requires_action')
    .with('APPROVED', 'SAVED', () => 'processing')
    .with('COMPLETED', () => (holds.includes('denied') || takes.includes('failed') ? 'failed' : 'unknown'))
    .with('VOIDED', () => 'canceled')
    .exhaustive()
}

/**
 * Returns whether the shop has to make the next call. An order that PayPal completes by itself
 * (`ORDER_COMPLETE_ON_PAYMENT_APPROVAL`), or whose operations already decide, does not wait for it.
 */
export function awaitsMerchant(facts: PayPalFacts, processingInstruction: Word): boolean {
  const { status, authorizations = [], captures = [] } = facts
  if (processingInstruction === 'ORDER_COMPLETE_ON_PAYMENT_APPROVAL') return false
  const isAgreed = status === 'APPROVED' || status === 'SAVED'
  return isAgreed && authorizations.length + captures.length === 0 && toPaymentStatus(facts) === 'processing'
}

/** Returns the status of an order whose capture call was declined: the same order can be paid in another way. */
export function toDeclinedStatus(): PaymentStatus {
  return 'open'
}

/** Returns the status of an order whose capture call needs the shopper again. */
export function toActionStatus(): PaymentStatus {
  return 'requires_action'
}

function toPaidStatus(
  { amount, captures = [], refunds = [] }: PayPalFacts,
  takes: readonly CaptureMeaning[],
): PaymentStatus {
  const captured = sumOf(captures.filter((_, index) => tookMoney.includes(takes[index] ?? 'unclear')))
  const refunded = sumOf(refunds.filter((refund) => toRefundMeaning(refund.status) === 'succeeded'))
  if (amount === undefined || !isFigure(amount) || !isFigure(captured) || !isFigure(refunded))
    return 'unknown'
  if (captured === 0 || refunded > captured) return 'unknown'
  const isPending = takes.includes('pending')
  const taken = takes.filter((take) => tookMoney.includes(take))
  if (taken.every((take) => take === 'returned') || refunded === captured)
    return isPending ? 'unknown' : 'refunded'
  if (refunded > 0 || taken.some((take) => take !== 'taken')) return 'partially_refunded'
  return captured < amount ? 'partially_captured' : 'captured'
}

/** PayPal releases a hold by itself at its end, and states that in the same word as a void. */
function toReleasedStatus(authorizations: readonly PayPalAuthorizationFacts[]): PaymentStatus {
  const released = authorizations.filter(({ status }) => toHoldMeaning(status) === 'released')
  const hasLapsed = ({ expiration_time, update_time }: PayPalAuthorizationFacts) =>
    toTime(expiration_time) <= toTime(update_time)
  return released.every(hasLapsed) ? 'expired' : 'canceled'
}

/** Meaning of a capture: money that is here, that went back, that is on its way, or that never came. */
export type CaptureMeaning = 'taken' | 'returned_in_part' | 'returned' | 'pending' | 'failed' | 'unclear'

const tookMoney: readonly CaptureMeaning[] = ['taken', 'returned_in_part', 'returned']

/** Returns the meaning of a capture. The reason counts only where it is pending or was declined. */
export function toCaptureMeaning(status: string, reason: Word): CaptureMeaning {
  if (!isOneOf(paypalCaptureStatuses, status)) return 'unclear'
  return match(status)
    .returnType<CaptureMeaning>()
    .with('COMPLETED', () => 'taken')
    .with('PARTIALLY_REFUNDED', () => 'returned_in_part')
    .with('REFUNDED', () => 'returned')
    .with('PENDING', () => (cameAndWent(reason) ? 'unclear' : 'pending'))
    .with('DECLINED', 'FAILED', () => (cameAndWent(reason) ? 'unclear' : 'failed'))
    .exhaustive()
}

/** A chargeback, a refund or a complaint can only follow money. So can a reason that is not listed. */
function cameAndWent(reason: Word): boolean {
  if (reason === undefined || reason === null || reason === '') return false
  if (!isOneOf(paypalCaptureReasons, reason)) return true
  return match(reason)
    .with('BUYER_COMPLAINT', 'CHARGEBACK', 'REFUNDED', () => true)
    .with('ECHECK', 'INTERNATIONAL_WITHDRAWAL', 'OTHER', 'PENDING_REVIEW', () => false)
    .with('RECEIVING_PREFERENCE_MANDATES_MANUAL_ACTION', 'UNILATERAL', 'VERIFICATION_REQUIRED', () => false)
    .with('TRANSACTION_APPROVED_AWAITING_FUNDING', 'DECLINED_BY_RISK_FRAUD_FILTERS', () => false)
    .exhaustive()
}

/** Returns how a capture ended. */
export function toCaptureOperationStatus(status: string, reason: Word): PaymentOperation['status'] {
  return match(toCaptureMeaning(status, reason))
    .returnType<PaymentOperation['status']>()
    .with('taken', 'returned_in_part', 'returned', () => 'succeeded')
    .with('pending', () => 'pending')
    .with('failed', () => 'failed')
    .with('unclear', () => 'unknown')
    .exhaustive()
}

/** Meaning of an authorization. `held` includes one that was captured in part. */
export type HoldMeaning = 'held' | 'captured' | 'pending' | 'released' | 'denied' | 'unclear'

/** Returns the meaning of an authorization's word. */
export function toHoldMeaning(status: string): HoldMeaning {
  if (!isOneOf(paypalAuthorizationStatuses, status)) return 'unclear'
  return match(status)
    .returnType<HoldMeaning>()
    .with('CREATED', () => 'held')
    .with('PARTIALLY_CAPTURED', 'CAPTURED', () => 'captured')
    .with('PENDING', () => 'pending')
    .with('VOIDED', () => 'released')
    .with('DENIED', () => 'denied')
    .exhaustive()
}

/** Returns how an authorization ended. One that was voided holds nothing any more. */
export function toHoldOperationStatus(status: string): PaymentOperation['status'] {
  return match(toHoldMeaning(status))
    .returnType<PaymentOperation['status']>()
    .with('held', 'captured', () => 'succeeded')
    .with('pending', () => 'pending')
    .with('released', 'denied', () => 'failed')
    .with('unclear', () => 'unknown')
    .exhaustive()
}

/** Returns how a refund ended. Only one that succeeded counts as refunded. */
export function toRefundMeaning(status: string): PaymentOperation['status'] {
  if (!isOneOf(paypalRefundStatuses, status)) return 'unknown'
  return match(status)
    .returnType<PaymentOperation['status']>()
    .with('PENDING', () => 'pending')
    .with('COMPLETED', () => 'succeeded')
    .with('FAILED', 'CANCELLED', () => 'failed')
    .exhaustive()
}

/** The facts of a dispute that its status is read from. */
export interface PayPalDisputeFacts {
  readonly status?: Word
  readonly channel?: Word
  readonly outcome?: Word
  /** True where money went to the buyer. */
  readonly isRefunded?: boolean | undefined
}

/** Returns the status of a dispute. A resolved one is read from its outcome. */
export function toDisputeStatus({ status, channel, outcome, isRefunded }: PayPalDisputeFacts): DisputeStatus {
  if (!isOneOf(paypalDisputeStatuses, status)) return 'unknown'
  return match(status)
    .returnType<DisputeStatus>()
    .with('OPEN', 'WAITING_FOR_SELLER_RESPONSE', () =>
      channel === 'ALERT' ? 'early_warning' : 'needs_response',
    )
    .with('WAITING_FOR_BUYER_RESPONSE', 'UNDER_REVIEW', () =>
      channel === 'ALERT' ? 'early_warning' : 'under_review',
    )
    .with('RESOLVED', () => toOutcomeStatus(outcome, isRefunded === true))
    .with('OTHER', () => 'unknown')
    .exhaustive()
}

function toOutcomeStatus(outcome: Word, isRefunded: boolean): DisputeStatus {
  if (!isOneOf(paypalDisputeOutcomes, outcome)) return 'unknown'
  return match(outcome)
    .returnType<DisputeStatus>()
    .with('RESOLVED_SELLER_FAVOUR', () => 'won')
    .with('RESOLVED_BUYER_FAVOUR', 'ACCEPTED', () => 'lost')
    .with('CANCELED_BY_BUYER', 'DENIED', 'NONE', 'RESOLVED_WITH_PAYOUT', () =>
      isRefunded ? 'lost' : 'closed',
    )
    .exhaustive()
}

/** Meaning of an event by its name. */
export type EventMeaning =
  | { readonly kind: 'order' | 'dispute' | 'reversal' | 'unrelated' }
  | { readonly kind: 'recheck'; readonly why: string }

const familyMeanings: Readonly<Record<PayPalEventFamily, EventMeaning>> = {
  'CHECKOUT.ORDER': { kind: 'order' },
  'CHECKOUT.PAYMENT-APPROVAL': { kind: 'recheck', why: 'the shopper’s approval was taken back' },
  'PAYMENT.AUTHORIZATION': { kind: 'recheck', why: 'the event states one authorization of the order' },
  'PAYMENT.CAPTURE': { kind: 'recheck', why: 'the event states one capture of the order' },
  'PAYMENT.REFUND': { kind: 'recheck', why: 'the event states one refund of the order' },
  'CUSTOMER.DISPUTE': { kind: 'dispute' },
  'RISK.DISPUTE': { kind: 'dispute' },
}

/** Returns the meaning of an event by its name, else by its family: PayPal may add names. */
export function toEventMeaning(name: string): EventMeaning {
  if (name === 'PAYMENT.CAPTURE.REVERSED') return { kind: 'reversal' }
  const family = paypalEventFamilies.find((known) => name.startsWith(`${known}.`))
  return family === undefined ? { kind: 'unrelated' } : familyMeanings[family]
}

/** Returns the kind of a payment method. */
export function toMethodKind(name: string): PaymentMethod['kind'] {
  return kindsByMethod.get(name) ?? 'other'
}

const kindsByMethod: ReadonlyMap<string, PaymentMethod['kind']> = /* @__PURE__ */ byWord(paypalMethodsByKind)

/** Returns how a result of the browser SDK looks, for the shopper's page only: an approval has moved no money. */
export function toAppearance(state: Word): PaymentHint['appears'] {
  return state === 'failed' ? 'looks_refused' : 'looks_unfinished'
}

/** Adds up the figures; `NaN` where one is not stated. */
function sumOf(operations: ReadonlyArray<{ readonly amount?: number | undefined }>): number {
  return operations.reduce((sum, { amount = Number.NaN }) => sum + amount, 0)
}

function isFigure(figure: number): boolean {
  return Number.isFinite(figure) && figure >= 0
}

/** Returns milliseconds since 1970; `NaN` for a time that is not stated, which is never before another. */
function toTime(text: Word): number {
  return Date.parse(toInstant(text) ?? '')
}
