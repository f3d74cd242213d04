import type {
  DisputeStatus,
  PaymentHint,
  PaymentMethod,
  PaymentOperation,
  PaymentStatus,
} from '@payment-status/core'
import { byWord, isOneOf, outcomeOf } from '@payment-status/core/kit'
import { match } from 'ts-pattern'
import type { StripeCharge } from './schema.ts'
import {
  type StripeEventFamily,
  stripeCancellationReasons,
  stripeChargeStatuses,
  stripeDisputeStatuses,
  stripeEventFamilies,
  stripeMethodsByKind,
  stripeNextActionTypes,
  stripeRedirectStatuses,
  stripeRefundStatuses,
  stripeStatuses,
} from './vocabulary.ts'

/** The fields of a PaymentIntent that its status is read from, as the API spells them; a real one fits. */
export interface StripeFacts {
  readonly status: string
  readonly amount?: number | null | undefined
  readonly amount_received?: number | null | undefined
  readonly cancellation_reason?: string | null | undefined
  /** An id tells nothing of refunds; only the expanded charge does. */
  readonly latest_charge?: string | StripeChargeFacts | null | undefined
}

/** The fields of a charge that a status is read from. */
export type StripeChargeFacts = Partial<Pick<StripeCharge, 'status' | 'amount_captured' | 'amount_refunded'>>

/**
 * Where a PaymentIntent stands. `amount_received` tells a part from the whole, the expanded charge tells refunds. There
 * is no failed PaymentIntent: after a refusal the same one can be paid again.
 *
 * What cannot be true is `unknown`: an intent that is still open, or was canceled, and yet has received money; one that
 * succeeded with nothing received, nothing captured, or a charge that failed or is still pending.
 *
 * Source: how PaymentIntents work (https://docs.stripe.com/payments/paymentintents/lifecycle) and Stripe's published
 * types, API 2026-07-29.dahlia.
 */
export function toPaymentStatus(facts: StripeFacts): PaymentStatus {
  const { status, cancellation_reason } = facts
  const received = facts.amount_received ?? 0
  if (!isOneOf(stripeStatuses, status) || !isAmount(received)) return 'unknown'
  return match(status)
    .returnType<PaymentStatus>()
    .with('requires_payment_method', 'requires_confirmation', () => (received === 0 ? 'open' : 'unknown'))
    .with('requires_action', () => 'requires_action')
    .with('processing', () => 'processing')
    .with('requires_capture', () => (received === 0 ? 'authorized' : 'partially_captured'))
    .with('canceled', () => (received === 0 ? toEndedStatus(cancellation_reason) : 'unknown'))
    .with('succeeded', () => toPaidStatus(facts))
    .exhaustive()
}

/** What a charge says of money is not asked here: before API 2025-03-31.basil a cancellation looked like a refund. */
function toEndedStatus(reason: StripeFacts['cancellation_reason']): PaymentStatus {
  if (!isOneOf(stripeCancellationReasons, reason)) return 'canceled'
  return match(reason)
    .returnType<PaymentStatus>()
    .with('expired', () => 'expired')
    .with('abandoned', 'duplicate', 'fraudulent', 'requested_by_customer', () => 'canceled')
    .with('automatic', 'failed_invoice', 'void_invoice', () => 'canceled')
    .exhaustive()
}

function toPaidStatus(facts: StripeFacts): PaymentStatus {
  const figures = readFigures(facts)
  if (!figures) return 'unknown'
  const { asked, received, taken, refunded } = figures
  if (received === 0 || taken === 0) return 'unknown'
  if (refunded > 0) {
    if (taken === undefined) return 'unknown'
    return refunded < taken ? 'partially_refunded' : 'refunded'
  }
  const isPart = asked !== undefined && received !== undefined && received < asked
  return isPart ? 'partially_captured' : 'captured'
}

interface Figures {
  readonly asked: number | undefined
  readonly received: number | undefined
  /** What a refund is measured by. */
  readonly taken: number | undefined
  readonly refunded: number
}

/** What a paid intent states, absent where it does not; nothing at all where one figure is none, or its charge did not succeed. */
function readFigures({ amount, amount_received, latest_charge }: StripeFacts): Figures | undefined {
  const charge = typeof latest_charge === 'object' ? latest_charge : undefined
  const stated = [amount, amount_received, charge?.amount_captured, charge?.amount_refunded]
  const figures = stated.map((figure) => figure ?? undefined)
  const didNotSucceed = charge?.status === 'failed' || charge?.status === 'pending'
  if (didNotSucceed || !figures.every(isAmountOrAbsent)) return undefined
  const [asked, received, captured, refunded = 0] = figures
  return { asked, received, taken: captured ?? received ?? asked, refunded }
}

/** Whether money was taken, so that what a charge says of refunds is about money. */
export function tookMoney(status: PaymentStatus): boolean {
  const outcome = outcomeOf(status)
  return outcome === 'paid' || outcome === 'returned'
}

/** What an event says: the payment itself, a dispute or the warning of one, or only that something happened. */
export type EventMeaning =
  | { readonly kind: 'payment' | 'dispute' | 'warning' | 'unrelated' }
  | { readonly kind: 'recheck'; readonly why: string }

const familyMeanings: Readonly<Record<StripeEventFamily, EventMeaning>> = {
  payment_intent: { kind: 'payment' },
  'charge.dispute': { kind: 'dispute' },
  'radar.early_fraud_warning': { kind: 'warning' },
  charge: { kind: 'recheck', why: 'news of a charge, which is one attempt and not the payment' },
  refund: { kind: 'recheck', why: 'news of a refund, of all or of a part' },
  review: { kind: 'recheck', why: 'a review was opened or closed' },
  'checkout.session': {
    kind: 'recheck',
    why: 'news of a checkout session, which names its payment and does not hold it',
  },
}

/** What an event's type means, by its family: the last word may be one invented tomorrow. */
export function toEventMeaning(type: string): EventMeaning {
  const family = stripeEventFamilies.find((name) => type.startsWith(name) && type[name.length] === '.')
  return family === undefined ? { kind: 'unrelated' } : familyMeanings[family]
}

/** How an attempt went. A charge that waits to be captured succeeded as an authorization. */
export function toChargeStepStatus(status: string | null | undefined): PaymentOperation['status'] {
  return isOneOf(stripeChargeStatuses, status) ? status : 'unknown' // the same three words
}

/** How a refund went. One that was canceled gave nothing back. */
export function toRefundStepStatus(status: string | null | undefined): PaymentOperation['status'] {
  if (!isOneOf(stripeRefundStatuses, status)) return 'unknown'
  return match(status)
    .returnType<PaymentOperation['status']>()
    .with('succeeded', () => 'succeeded')
    .with('pending', 'requires_action', () => 'pending')
    .with('failed', 'canceled', () => 'failed')
    .exhaustive()
}

/**
 * Which kind of method a type is, by the headings of https://docs.stripe.com/payments/payment-methods/overview. What moves
 * from one bank account to another without a page of the bank's (debits, transfers, real-time payments) is a
 * `bank_transfer`; Bizum and Swish, which shoppers know as apps, are wallets.
 */
export function toMethodKind(type: string): PaymentMethod['kind'] {
  return kindsByMethod.get(type) ?? 'other'
}

const kindsByMethod: ReadonlyMap<string, PaymentMethod['kind']> = /* @__PURE__ */ byWord(stripeMethodsByKind)

/** What a next action asks for. */
export type ActionMeaning = 'redirect' | 'qr_code' | 'voucher' | 'bank_details' | 'sdk'

/** What `next_action.type` asks for. The types are open: what is not known is left to Stripe.js, which knows it. */
export function toActionMeaning(type: string): ActionMeaning {
  if (!isOneOf(stripeNextActionTypes, type)) return type.endsWith('_display_qr_code') ? 'qr_code' : 'sdk'
  return match(type)
    .returnType<ActionMeaning>()
    .with('redirect_to_url', 'alipay_handle_redirect', 'verify_with_microdeposits', () => 'redirect')
    .with('klarna_display_qr_code', 'paynow_display_qr_code', 'pix_display_qr_code', () => 'qr_code')
    .with('promptpay_display_qr_code', 'wechat_pay_display_qr_code', () => 'qr_code')
    .with('cashapp_handle_redirect_or_display_qr_code', () => 'qr_code')
    .with('swish_handle_redirect_or_display_qr_code', () => 'qr_code')
    .with('upi_handle_redirect_or_display_qr_code', () => 'qr_code')
    .with('boleto_display_details', 'konbini_display_details', () => 'voucher')
    .with('multibanco_display_details', 'oxxo_display_details', () => 'voucher')
    .with('display_bank_transfer_instructions', () => 'bank_details')
    .with('use_stripe_sdk', 'blik_authorize', 'card_await_notification', () => 'sdk')
    .with('wechat_pay_redirect_to_android_app', 'wechat_pay_redirect_to_ios_app', () => 'sdk')
    .exhaustive()
}

/** How a dispute stands. A warning asks for an answer before there is a chargeback; `prevented` means there will be none. */
export function toDisputeStatus(status: string): DisputeStatus {
  if (!isOneOf(stripeDisputeStatuses, status)) return 'unknown'
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
  if (!isOneOf(stripeStatuses, status)) return undefined
  return match(status)
    .returnType<PaymentHint['appears']>()
    .with('succeeded', 'requires_capture', () => 'looks_paid')
    .with('requires_payment_method', 'canceled', () => 'looks_refused')
    .with('requires_confirmation', 'requires_action', 'processing', () => 'looks_unfinished')
    .exhaustive()
}

/** What a return URL's `redirect_status` looks like; some flows are seen to put the intent's own status there. */
export function toRedirectAppearance(status: string | undefined): PaymentHint['appears'] {
  if (!isOneOf(stripeRedirectStatuses, status)) return toIntentAppearance(status)
  return match(status)
    .returnType<PaymentHint['appears']>()
    .with('succeeded', () => 'looks_paid')
    .with('pending', () => 'looks_unfinished')
    .with('failed', () => 'looks_refused')
    .exhaustive()
}

function isAmountOrAbsent(amount: unknown): amount is number | undefined {
  return amount === undefined || isAmount(amount)
}

function isAmount(amount: unknown): amount is number {
  return Number.isSafeInteger(amount) && (amount as number) >= 0
}
