import type {
  DisputeStatus,
  PaymentHint,
  PaymentMethod,
  PaymentOperation,
  PaymentStatus,
} from '@payment-status/core'
import { byWord, isOneOf } from '@payment-status/core/kit'
import { match } from 'ts-pattern'
import {
  type AirwallexEventFamily,
  airwallexAttemptStatuses,
  airwallexDisputeStatuses,
  airwallexEventFamilies,
  airwallexMethodsByKind,
  airwallexNextActionTypes,
  airwallexPaymentEvents,
  airwallexRefundStatuses,
  airwallexStatuses,
} from './vocabulary.ts'

type Figure = number | null | undefined

/**
 * The fields of a PaymentIntent that its status is read from, as the API spells them: a real one fits. All figures must
 * be in one unit and one currency.
 */
export interface AirwallexFacts {
  readonly status: string
  readonly amount?: Figure
  readonly captured_amount?: Figure
  readonly latest_payment_attempt?: AirwallexAttemptFacts | null | undefined
  /** Every attempt of the intent, where they were requested. */
  readonly attempts?: readonly AirwallexAttemptFacts[] | undefined
  /** The sum of the refunds that count, where they were requested. The attempt's figure decides where it is higher. */
  readonly refunded_amount?: Figure
}

/** The fields of a payment attempt that a status is read from. */
export interface AirwallexAttemptFacts {
  readonly status?: string | null | undefined
  readonly captured_amount?: Figure
  readonly refunded_amount?: Figure
}

/**
 * Returns the status of a PaymentIntent. Its own word decides together with `captured_amount`; attempts lag behind it.
 * There is no failed intent: after a decline the same one can be paid again.
 *
 * Contradictions are `unknown`: money on an intent that is open, pending or canceled; a succeeded one without money, with
 * more than its amount, or with money on two attempts; a held or succeeded one whose attempts all failed.
 *
 * Source: Airwallex's pages on the lifecycle of a PaymentIntent and its API reference, version 2025-06-30.
 */
export function toPaymentStatus(facts: AirwallexFacts): PaymentStatus {
  const { status, latest_payment_attempt: latest } = facts
  const figures = readFigures(facts)
  if (!isOneOf(airwallexStatuses, status) || !figures) return 'unknown'
  const { amount, captured, refunded } = figures
  const isUntouched = !captured && refunded === 0 && !attemptsOf(facts).some(holdsMoney)
  return match(status)
    .returnType<PaymentStatus>()
    .with('REQUIRES_PAYMENT_METHOD', 'CREATED', () => (isUntouched ? 'open' : 'unknown'))
    .with('REQUIRES_CUSTOMER_ACTION', () => (isUntouched ? 'requires_action' : 'unknown'))
    .with('PENDING', 'PENDING_REVIEW', () => (isUntouched ? 'processing' : 'unknown'))
    .with('REQUIRES_CAPTURE', 'CAPTURE_REQUIRED', () => toHeldStatus(facts, figures))
    .with('SUCCEEDED', () => toPaidStatus(facts, figures))
    .with('CAPTURE_REQUESTED', 'REQUESTED_CAPTURE', () =>
      captured === amount && captured !== 0 ? toPaidStatus(facts, figures) : 'unknown',
    )
    .with('CANCELLED', () => {
      if (!isUntouched) return 'unknown'
      return latest?.status === 'EXPIRED' ? 'expired' : 'canceled' // a hold that lapses cancels the intent
    })
    .exhaustive()
}

/** Returns the status of an intent whose confirm call was declined: the same one can be paid again. */
export function toDeclinedStatus(): PaymentStatus {
  return 'open'
}

function toHeldStatus(facts: AirwallexFacts, { amount, captured = 0, refunded }: Figures): PaymentStatus {
  if (captured > amount || refunded > captured || isContradicted(facts)) return 'unknown'
  if (refunded > 0) return refunded < captured ? 'partially_refunded' : 'unknown'
  return captured > 0 ? 'partially_captured' : 'authorized'
}

function toPaidStatus(facts: AirwallexFacts, { amount, captured, refunded }: Figures): PaymentStatus {
  if (amount === 0) return !captured && refunded === 0 ? 'verified' : 'unknown'
  if (!captured || captured > amount || isContradicted(facts)) return 'unknown'
  if (refunded > 0) return refunded < captured ? 'partially_refunded' : 'refunded'
  return captured < amount ? 'partially_captured' : 'captured'
}

/** Returns whether the attempts cannot belong to a held or paid intent: the latest failed and no other succeeded, or two hold money. */
function isContradicted(facts: AirwallexFacts): boolean {
  const attempts = attemptsOf(facts)
  const latest = toAttemptOperationStatus(facts.latest_payment_attempt?.status)
  const hasSucceeded = attempts.some(({ status }) => toAttemptOperationStatus(status) === 'succeeded')
  return (latest === 'failed' && !hasSucceeded) || attempts.filter(holdsMoney).length > 1
}

function attemptsOf({ attempts, latest_payment_attempt: latest }: AirwallexFacts) {
  return attempts ?? (latest ? [latest] : [])
}

function holdsMoney({ status, captured_amount }: AirwallexAttemptFacts): boolean {
  if ((captured_amount ?? 0) > 0) return true
  return status === 'CAPTURE_REQUESTED' || status === 'SETTLED' || status === 'PAID'
}

interface Figures {
  readonly amount: number
  readonly captured: number | undefined
  readonly refunded: number
}

/** Returns what an intent states; nothing where a figure is not an amount, or the amount is missing. */
function readFigures(facts: AirwallexFacts): Figures | undefined {
  const { amount, captured_amount, refunded_amount, latest_payment_attempt: latest } = facts
  const stated = [amount, captured_amount, refunded_amount, latest?.refunded_amount]
  if (typeof amount !== 'number' || !stated.every(isAmountOrAbsent)) return undefined
  const refunded = Math.max(refunded_amount ?? 0, latest?.refunded_amount ?? 0)
  return { amount, captured: captured_amount ?? undefined, refunded }
}

function isAmountOrAbsent(figure: unknown): boolean {
  return figure === undefined || figure === null || (Number.isFinite(figure) && (figure as number) >= 0)
}

/** Returns how an attempt ended. Failed covers a decline, 3-D Secure, a risk rule and a capture alike. */
export function toAttemptOperationStatus(status: string | null | undefined): PaymentOperation['status'] {
  if (!isOneOf(airwallexAttemptStatuses, status)) return 'unknown'
  return match(status)
    .returnType<PaymentOperation['status']>()
    .with('RECEIVED', 'AUTHENTICATION_REDIRECTED', 'PENDING_AUTHORIZATION', () => 'pending')
    .with('AUTHORIZED', 'CAPTURE_REQUESTED', 'SETTLED', 'PAID', () => 'succeeded')
    .with('CANCELLED', 'EXPIRED', 'FAILED', () => 'failed')
    .exhaustive()
}

/** Meaning of a refund's word: how its operation ended, and whether its amount counts as refunded. */
export interface RefundMeaning {
  readonly status: PaymentOperation['status']
  readonly counts: boolean
}

/**
 * Returns the meaning of a refund's word. An accepted refund counts although it is pending: the payment provider has it,
 * and Airwallex's own plugins book it then.
 */
export function toRefundMeaning(status: string): RefundMeaning {
  if (!isOneOf(airwallexRefundStatuses, status)) return { status: 'unknown', counts: false }
  return match(status)
    .returnType<RefundMeaning>()
    .with('RECEIVED', 'PROCESSING', () => ({ status: 'pending', counts: false }))
    .with('ACCEPTED', () => ({ status: 'pending', counts: true }))
    .with('SETTLED', 'SUCCEEDED', () => ({ status: 'succeeded', counts: true }))
    .with('FAILED', () => ({ status: 'failed', counts: false }))
    .exhaustive()
}

/**
 * Returns the status of a dispute. In the stage `RFI` the issuer only requests information, so there is no chargeback yet.
 */
export function toDisputeStatus(
  status: string | null | undefined,
  stage: string | null | undefined,
): DisputeStatus {
  if (!isOneOf(airwallexDisputeStatuses, status)) return 'unknown'
  const isInquiry = stage === 'RFI'
  return match(status)
    .returnType<DisputeStatus>()
    .with('REQUIRES_RESPONSE', () => (isInquiry ? 'early_warning' : 'needs_response'))
    .with('CHALLENGED', 'PENDING_DECISION', () => (isInquiry ? 'early_warning' : 'under_review'))
    .with('PENDING_CLOSURE', () => (isInquiry ? 'early_warning' : 'under_review'))
    .with('EXPIRED', () => (isInquiry ? 'early_warning' : 'lost'))
    .with('ACCEPTED', 'LOST', () => 'lost')
    .with('WON', () => 'won')
    .with('REVERSED', () => 'closed') // withdrawn by the issuer
    .exhaustive()
}

/** Meaning of an event by its name. `owner` says where its object names the payment. */
export type EventMeaning =
  | { readonly kind: 'payment' | 'dispute' | 'warning' | 'unrelated' }
  | { readonly kind: 'recheck'; readonly owner: 'id' | 'payment_intent_id'; readonly why: string }

const familyMeanings: Readonly<Record<AirwallexEventFamily, EventMeaning>> = {
  payment_intent: {
    kind: 'recheck',
    owner: 'id',
    why: 'the event has a name that does not state the payment',
  },
  payment_attempt: {
    kind: 'recheck',
    owner: 'payment_intent_id',
    why: 'the event is about one attempt of the payment',
  },
  refund: { kind: 'recheck', owner: 'payment_intent_id', why: 'the event is about a refund of the payment' },
  payment_dispute: { kind: 'dispute' },
  dispute: { kind: 'dispute' },
  fraud: { kind: 'warning' },
}

/** Returns the meaning of an event by its name, else by its family: a later API version may add names. */
export function toEventMeaning(name: string): EventMeaning {
  if (isOneOf(airwallexPaymentEvents, name)) return { kind: 'payment' }
  const family = airwallexEventFamilies.find((known) => name.startsWith(`${known}.`))
  return family === undefined ? { kind: 'unrelated' } : familyMeanings[family]
}

/** Returns the kind of a payment method. */
export function toMethodKind(type: string): PaymentMethod['kind'] {
  return kindsByMethod.get(type) ?? 'other'
}

const kindsByMethod: ReadonlyMap<string, PaymentMethod['kind']> =
  /* @__PURE__ */ byWord(airwallexMethodsByKind)

/** Returns what a next action requires. Types that are not listed are left to Airwallex's browser SDK. */
export function toActionMeaning(type: string): 'redirect' | 'qr_code' | 'sdk' {
  if (!isOneOf(airwallexNextActionTypes, type)) return 'sdk'
  return match(type)
    .returnType<'redirect' | 'qr_code' | 'sdk'>()
    .with('redirect', () => 'redirect')
    .with('render_qrcode', () => 'qr_code')
    .with('redirect_iframe', 'mobile_app_redirect', 'notify_micro_deposits', 'retry_micro_debit', () => 'sdk')
    .exhaustive()
}

/** Returns how an intent looks in the browser, for the shopper's page only: `onSuccess` means confirmed, not paid. */
export function toAppearance(status: string | null | undefined): PaymentHint['appears'] {
  if (!isOneOf(airwallexStatuses, status)) return undefined
  return match(status)
    .returnType<PaymentHint['appears']>()
    .with('SUCCEEDED', 'REQUIRES_CAPTURE', 'CAPTURE_REQUIRED', () => 'looks_paid')
    .with('CAPTURE_REQUESTED', 'REQUESTED_CAPTURE', () => 'looks_paid')
    .with('REQUIRES_PAYMENT_METHOD', 'CANCELLED', () => 'looks_refused')
    .with('CREATED', 'REQUIRES_CUSTOMER_ACTION', 'PENDING', 'PENDING_REVIEW', () => 'looks_unfinished')
    .exhaustive()
}
