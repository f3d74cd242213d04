import type { Dispute, DisputeStatus, PaymentHint, PaymentStatus } from '@payment-status/core'
import { match } from 'ts-pattern'
import {
  type StripeCancellationReason,
  type StripeCharge,
  type StripeDisputeStatus,
  type StripeRedirectStatus,
  type StripeStatus,
  stripeCancellationReasons,
  stripeDisputeStatuses,
  stripeEventFamilies,
  stripeRedirectStatuses,
  stripeStatuses,
} from './schema.ts'

/** The fields of a PaymentIntent that its status is read from, as the API spells them; a real one fits. */
export interface StripeFacts {
  readonly status: string
  readonly amount?: number | null | undefined
  readonly amount_received?: number | null | undefined
  readonly cancellation_reason?: string | null | undefined
  /** An id tells nothing of refunds; only the expanded charge does. */
  readonly latest_charge?: string | Partial<StripeCharge> | null | undefined
}

/**
 * Where a PaymentIntent stands. `amount_received` tells a part from the whole, the expanded charge tells refunds. There
 * is no failed PaymentIntent: after a refusal the same one can be paid again.
 *
 * What cannot be true is `unknown`: an intent that is still open, or was canceled, and yet has received money; one that
 * succeeded with nothing received, nothing captured, or a charge that failed.
 *
 * Source: seed 002_7b3cef992249f45e.txt and Stripe's published types, API 2026-07-29.dahlia.
 */
export function toPaymentStatus(facts: StripeFacts): PaymentStatus {
  if (!isStatus(facts.status)) return 'unknown'
  const received = facts.amount_received ?? 0
  if (!isAmount(received)) return 'unknown'
  const withNothingTaken = (status: PaymentStatus) => (received === 0 ? status : 'unknown')

  return match(facts.status)
    .returnType<PaymentStatus>()
    .with('requires_payment_method', 'requires_confirmation', () => withNothingTaken('open'))
    .with('requires_action', () => 'requires_action')
    .with('processing', () => 'processing')
    .with('requires_capture', () => (received > 0 ? 'partially_captured' : 'authorized'))
    .with('canceled', () => withNothingTaken(toEndedStatus(facts.cancellation_reason)))
    .with('succeeded', () => toPaidStatus(facts))
    .exhaustive()
}

/** What a charge says of money is not asked here: before API 2025-03-31.basil a cancellation looked like a refund. */
function toEndedStatus(reason: string | null | undefined): PaymentStatus {
  if (!isCancellationReason(reason)) return 'canceled'
  return match(reason)
    .returnType<PaymentStatus>()
    .with('expired', () => 'expired')
    .with('abandoned', 'duplicate', 'fraudulent', 'requested_by_customer', () => 'canceled')
    .with('automatic', 'failed_invoice', 'void_invoice', () => 'canceled')
    .exhaustive()
}

function toPaidStatus({ amount, amount_received, latest_charge }: StripeFacts): PaymentStatus {
  if (!isTold(amount) || !isTold(amount_received) || amount_received === 0) return 'unknown'
  if (typeof latest_charge === 'object' && latest_charge) {
    const { status, amount_captured, amount_refunded } = latest_charge
    const captured = amount_captured ?? amount_received ?? amount
    const refunded = amount_refunded ?? 0
    if (!isTold(captured) || captured === 0 || !isAmount(refunded) || status === 'failed') return 'unknown'
    if (refunded > 0 && !captured) return 'unknown'
    if (refunded > 0) return refunded >= (captured ?? 0) ? 'refunded' : 'partially_refunded'
  }
  return (amount_received ?? Infinity) < (amount ?? 0) ? 'partially_captured' : 'captured'
}

/** Whether the shopper can pay again on this payment, so that a refusal told beside it is still the news. */
export function awaitsAnotherAttempt(status: PaymentStatus): boolean {
  return status === 'open'
}

/** Whether funds are held and none is taken yet, so that what can be captured is what was authorized. */
export function holdsFunds(status: PaymentStatus): boolean {
  return status === 'authorized'
}

/** Whether money was taken, so that what a charge says of refunds is about money. */
export function tookMoney(status: PaymentStatus): boolean {
  return match(status)
    .with('partially_captured', 'captured', 'partially_refunded', 'refunded', () => true)
    .with('open', 'requires_action', 'processing', 'authorized', () => false)
    .with('verified', 'canceled', 'expired', 'failed', 'unknown', () => false)
    .exhaustive()
}

/** What an event says: the payment itself, a dispute, or only that something happened to one. */
export type EventMeaning =
  | { readonly kind: 'payment' }
  | { readonly kind: 'dispute' }
  | { readonly kind: 'recheck'; readonly why: string }
  | { readonly kind: 'unrelated' }

/** What an event's type means, by its family: the last word may be one invented tomorrow. */
export function toEventMeaning(type: string): EventMeaning {
  const family = stripeEventFamilies.find((name) => type.startsWith(`${name}.`))
  if (family === undefined) return { kind: 'unrelated' }
  return match(family)
    .returnType<EventMeaning>()
    .with('payment_intent', () => ({ kind: 'payment' }))
    .with('charge.dispute', () => ({ kind: 'dispute' }))
    .with('charge', () => ({
      kind: 'recheck',
      why: 'news of a charge, which is one attempt and not the payment',
    }))
    .with('refund', () => ({ kind: 'recheck', why: 'news of a refund, of all or of a part' }))
    .with('review', () => ({ kind: 'recheck', why: 'a review was opened or closed' }))
    .exhaustive()
}

/** What a charge's `disputed` says: that there is one. How it stands only the dispute itself tells. */
export const flaggedDispute: Dispute = { status: 'unknown' }

/** How a dispute stands. A warning asks for an answer before there is a chargeback; `prevented` means there will be none. */
export function toDisputeStatus(status: string): DisputeStatus {
  if (!isDisputeStatus(status)) return 'unknown'
  return match(status)
    .returnType<DisputeStatus>()
    .with('warning_needs_response', 'warning_under_review', () => 'early_warning')
    .with('needs_response', 'appeal_needs_response', () => 'needs_response')
    .with('under_review', 'appeal_under_review', () => 'under_review')
    .with('won', () => 'won')
    .with('lost', () => 'lost')
    .with('warning_closed', 'prevented', () => 'closed')
    .exhaustive()
}

/**
 * What a browser result looks like, for the page the shopper sees, and never more than a look. It looks refused with an
 * error beside it, unless it was paid before: confirming a paid intent again is an error, too.
 */
export function toAppearance(status: string | null | undefined, hasError: boolean): PaymentHint['appears'] {
  const looks = toIntentAppearance(status)
  return hasError && looks !== 'looks_paid' ? 'looks_refused' : looks
}

function toIntentAppearance(status: string | null | undefined): PaymentHint['appears'] {
  if (!isStatus(status)) return undefined
  return match(status)
    .returnType<PaymentHint['appears']>()
    .with('succeeded', 'requires_capture', () => 'looks_paid')
    .with('requires_payment_method', 'canceled', () => 'looks_refused')
    .with('requires_confirmation', 'requires_action', 'processing', () => 'looks_unfinished')
    .exhaustive()
}

/** What a return URL's `redirect_status` looks like; some flows are seen to put the intent's own status there. */
export function toRedirectAppearance(status: string | undefined): PaymentHint['appears'] {
  if (!isRedirectStatus(status)) return toIntentAppearance(status)
  return match(status)
    .returnType<PaymentHint['appears']>()
    .with('succeeded', () => 'looks_paid')
    .with('pending', () => 'looks_unfinished')
    .with('failed', () => 'looks_refused')
    .exhaustive()
}

function isStatus(status: unknown): status is StripeStatus {
  return stripeStatuses.includes(status as StripeStatus)
}

function isCancellationReason(reason: unknown): reason is StripeCancellationReason {
  return stripeCancellationReasons.includes(reason as StripeCancellationReason)
}

function isDisputeStatus(status: string): status is StripeDisputeStatus {
  return stripeDisputeStatuses.includes(status as StripeDisputeStatus)
}

function isRedirectStatus(status: unknown): status is StripeRedirectStatus {
  return stripeRedirectStatuses.includes(status as StripeRedirectStatus)
}

/** An amount, or none at all. */
function isTold(amount: unknown): boolean {
  return amount === undefined || amount === null || isAmount(amount)
}

function isAmount(amount: unknown): amount is number {
  return Number.isSafeInteger(amount) && (amount as number) >= 0
}
