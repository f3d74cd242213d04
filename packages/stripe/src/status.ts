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
  stripeFormerStatuses,
  stripeMethodsByKind,
  stripeNextActionTypes,
  stripeRedirectStatuses,
  stripeRefundStatuses,
  stripeStatuses,
} from './vocabulary.ts'

/** Fields of a PaymentIntent that decide its status, as the API spells them. Stripe's own object fits. */
export interface StripeFacts {
  readonly status: string
  readonly amount?: number | null | undefined
  readonly amount_received?: number | null | undefined
  readonly cancellation_reason?: string | null | undefined
  /** Only the expanded charge states refunds; an id states nothing of them. */
  readonly latest_charge?: string | StripeChargeFacts | null | undefined
}

/** Fields of a charge that decide a status. */
export type StripeChargeFacts = Partial<
  Pick<StripeCharge, 'status' | 'paid' | 'captured' | 'refunded' | 'amount_captured' | 'amount_refunded'>
>

/**
 * Returns the canonical status of a PaymentIntent. `amount_received`, else the expanded charge's `amount_captured`, separates
 * a partial capture from a full one, and the expanded charge states refunds. A PaymentIntent never fails: after a decline the
 * same one can be paid again.
 *
 * A contradiction is `unknown`: an intent that is open or canceled and has received money; one that succeeded with nothing
 * received, with another sum received than captured, or with a charge that failed, is pending, is not captured, or counts as
 * refunded without the sum.
 *
 * Source: how PaymentIntents work (https://docs.stripe.com/payments/paymentintents/lifecycle) and Stripe's published
 * types, API 2026-07-29.dahlia.
 *
 * @example
 * toPaymentStatus({ status: 'requires_capture', amount: 2500, amount_received: 1000 }) // 'partially_captured'
 */
export function toPaymentStatus(facts: StripeFacts): PaymentStatus {
  const { status, cancellation_reason, amount_received } = facts
  const received = amount_received ?? toExpanded(facts)?.amount_captured ?? 0
  if (!isOneOf(knownStatuses, status) || !isAmount(received)) return 'unknown'
  return match(status)
    .returnType<PaymentStatus>()
    .with('requires_payment_method', 'requires_source', () => (received === 0 ? 'open' : 'unknown'))
    .with('requires_confirmation', () => (received === 0 ? 'processing' : 'unknown'))
    .with('requires_action', 'requires_source_action', () => 'requires_action')
    .with('processing', () => 'processing')
    .with('requires_capture', () => (received === 0 ? 'authorized' : 'partially_captured'))
    .with('canceled', () => ((amount_received ?? 0) === 0 ? toEndedStatus(cancellation_reason) : 'unknown'))
    .with('succeeded', () => toPaidStatus(facts))
    .exhaustive()
}

const knownStatuses = [...stripeStatuses, ...stripeFormerStatuses]

/** Ignores the charge: before API 2025-03-31.basil a cancellation looked like a refund there. */
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
  const { requested, received, captured, refunded, isRefundedWhole } = figures
  const taken = captured ?? received ?? requested
  if (received === 0 || taken === 0) return 'unknown'
  if (isRefundedWhole && !(refunded > 0 && refunded >= (taken ?? 0))) return 'unknown'
  if (refunded > 0) {
    if (taken === undefined) return 'unknown'
    return refunded < taken ? 'partially_refunded' : 'refunded'
  }
  if (received !== undefined && captured !== undefined && received !== captured) return 'unknown'
  const isPart = requested !== undefined && taken !== undefined && taken < requested
  return isPart ? 'partially_captured' : 'captured'
}

interface Figures {
  readonly requested: number | undefined
  readonly received: number | undefined
  /** By the charge: what a refund is measured by. */
  readonly captured: number | undefined
  readonly refunded: number
  /** By the charge's own word. */
  readonly isRefundedWhole: boolean
}

/** Returns the figures of a paid intent; `undefined` where one is not an amount, or where its charge was not captured. */
function readFigures(facts: StripeFacts): Figures | undefined {
  const charge = toExpanded(facts)
  const isSettled = charge?.status !== 'failed' && charge?.status !== 'pending'
  const isTaken = isSettled && charge?.paid !== false && charge?.captured !== false
  const stated = [facts.amount, facts.amount_received, charge?.amount_captured, charge?.amount_refunded]
  const figures = stated.map((figure) => figure ?? undefined)
  if (!isTaken || !figures.every(isAmountOrAbsent)) return undefined
  const [requested, received, captured, refunded = 0] = figures
  return { requested, received, captured, refunded, isRefundedWhole: charge?.refunded === true }
}

function toExpanded({ latest_charge }: StripeFacts): StripeChargeFacts | undefined {
  return typeof latest_charge === 'object' && latest_charge ? latest_charge : undefined
}

/** Returns whether money was taken, so that the charge's refunds are about money. */
export function tookMoney(status: PaymentStatus): boolean {
  const outcome = outcomeOf(status)
  return outcome === 'paid' || outcome === 'returned'
}

/** Content of an event: the payment, a dispute, an early fraud warning, a cash movement, or only the name of a payment. */
export type EventMeaning =
  | { readonly kind: 'payment' | 'dispute' | 'warning' | 'cash_balance' | 'unrelated' }
  | { readonly kind: 'recheck'; readonly why: string }

const familyMeanings: Readonly<Record<StripeEventFamily, EventMeaning>> = {
  payment_intent: { kind: 'payment' },
  'charge.dispute': { kind: 'dispute' },
  'radar.early_fraud_warning': { kind: 'warning' },
  customer_cash_balance_transaction: { kind: 'cash_balance' },
  charge: { kind: 'recheck', why: 'a charge changed: it is one attempt and not the payment' },
  refund: { kind: 'recheck', why: 'a refund changed, in full or in part' },
  review: { kind: 'recheck', why: 'a review was opened or closed' },
  'checkout.session': {
    kind: 'recheck',
    why: 'a Checkout Session changed: it names its payment and does not hold it',
  },
}

/** Returns the meaning of an event by its family, so that an unlisted last word is read like its family. */
export function toEventMeaning(type: string): EventMeaning {
  const family = stripeEventFamilies.find((name) => type.startsWith(name) && type[name.length] === '.')
  return family === undefined ? { kind: 'unrelated' } : familyMeanings[family]
}

/** Returns how an attempt went. A charge that waits to be captured succeeded as an authorization. */
export function toChargeOperationStatus(status: string | null | undefined): PaymentOperation['status'] {
  return isOneOf(stripeChargeStatuses, status) ? status : 'unknown' // the same three words
}

/** Returns how a refund went. A canceled refund moved no money. */
export function toRefundOperationStatus(status: string | null | undefined): PaymentOperation['status'] {
  if (!isOneOf(stripeRefundStatuses, status)) return 'unknown'
  return match(status)
    .returnType<PaymentOperation['status']>()
    .with('succeeded', () => 'succeeded')
    .with('pending', 'requires_action', () => 'pending')
    .with('failed', 'canceled', () => 'failed')
    .exhaustive()
}

/**
 * Returns the kind of a payment method, by the headings of https://docs.stripe.com/payments/payment-methods/overview. Money
 * that moves between bank accounts without a page of the bank (debits, transfers, real-time payments) is a
 * `bank_transfer`; Bizum and Swish, which shoppers know as apps, are wallets.
 */
export function toMethodKind(type: string): PaymentMethod['kind'] {
  return kindsByMethod.get(type) ?? 'other'
}

const kindsByMethod: ReadonlyMap<string, PaymentMethod['kind']> = /* @__PURE__ */ byWord(stripeMethodsByKind)

/** Kind of a next action. */
export type ActionMeaning = 'redirect' | 'qr_code' | 'voucher' | 'bank_details' | 'sdk'

/** Returns the kind of `next_action.type`. The set is open: an unlisted type is left to Stripe.js. */
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

/**
 * Returns the canonical status of a dispute. A warning asks for an answer before there is a chargeback. A prevented dispute
 * that Rapid Dispute Resolution settled (`case_type: resolution`) cost the money, so it counts as lost.
 */
export function toDisputeStatus(status: string, caseType?: string | null): DisputeStatus {
  if (!isOneOf(stripeDisputeStatuses, status)) return 'unknown'
  return match(status)
    .returnType<DisputeStatus>()
    .with('warning_needs_response', 'warning_under_review', () => 'early_warning')
    .with('needs_response', 'appeal_needs_response', () => 'needs_response')
    .with('under_review', 'appeal_under_review', () => 'under_review')
    .with('won', () => 'won')
    .with('lost', () => 'lost')
    .with('warning_closed', () => 'closed')
    .with('prevented', () => (caseType === 'resolution' ? 'lost' : 'closed'))
    .exhaustive()
}

/**
 * Returns how a browser result looks, only for the page the shopper sees. It looks declined when it comes with an error,
 * unless the intent was paid before: confirming a paid intent again is an error, too.
 */
export function toAppearance(status: string | null | undefined, hasError: boolean): PaymentHint['appears'] {
  const looks = toIntentAppearance(status)
  return hasError && looks !== 'looks_paid' ? 'looks_refused' : looks
}

function toIntentAppearance(status: string | null | undefined): PaymentHint['appears'] {
  if (!isOneOf(knownStatuses, status)) return undefined
  return match(status)
    .returnType<PaymentHint['appears']>()
    .with('succeeded', 'requires_capture', () => 'looks_paid')
    .with('requires_payment_method', 'requires_source', 'canceled', () => 'looks_refused')
    .with('requires_confirmation', 'processing', () => 'looks_unfinished')
    .with('requires_action', 'requires_source_action', () => 'looks_unfinished')
    .exhaustive()
}

/** Returns how a return URL's `redirect_status` looks; some flows put the intent's own status there. */
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
