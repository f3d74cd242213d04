import { type DisputeStatus, outcomeOf, type PaymentHint, type PaymentStatus } from '@payment-status/core'
import { match } from 'ts-pattern'
import {
  type OnerwayOpeningType,
  type OnerwayTxnType,
  onerwayChargebackStatuses,
  onerwayNotifyTypes,
  onerwayOpeningTypes,
  onerwayPaymentStatuses,
  onerwayStatuses,
  onerwayTxnTypes,
} from './schema.ts'

/** `hosted`: a refused attempt can be tried again on the provider's page. `direct`: it cannot. */
export type Integration = 'direct' | 'hosted'

/** What one step says, in Onerway's words. `status` means nothing without `txnType`. */
export interface OnerwayFacts {
  readonly txnType: string
  readonly status?: string | null | undefined
  /** The word for the whole payment in newer answers: where it is present, it decides. */
  readonly paymentStatus?: string | null | undefined
  /** Default `direct`. */
  readonly integration?: Integration | undefined
}

/**
 * What one step means for its payment. A refund alone says nothing of it: refunds apply on top, in `toFoldedStatus`.
 *
 * Sources: seed 000_0ac452fca70926c2.txt for S, F, P and R of a sale; the official v0.6 documentation for the rest.
 */
export function toPaymentStatus(facts: OnerwayFacts): PaymentStatus {
  const { txnType, status, paymentStatus, integration = 'direct' } = facts
  if (!isOneOf(onerwayTxnTypes, txnType)) return 'unknown'
  if (paymentStatus) return toWholeStatus(txnType, paymentStatus)
  if (!isOneOf(onerwayStatuses, status)) return 'unknown'

  const opening = (done: PaymentStatus) =>
    match(status)
      .returnType<PaymentStatus>()
      .with('S', () => done)
      .with('F', () => (integration === 'hosted' ? 'open' : 'failed'))
      .with('P', 'I', () => 'processing')
      .with('R', () => 'requires_action')
      .with('N', () => 'canceled')
      .with('U', () => 'open')
      .exhaustive()
  const following = (done: PaymentStatus) =>
    match(status)
      .returnType<PaymentStatus>()
      .with('S', () => done)
      .with('P', 'I', () => 'authorized')
      .with('F', 'R', 'N', 'U', () => 'unknown')
      .exhaustive()

  return match(txnType)
    .returnType<PaymentStatus>()
    .with('SALE', () => opening('captured'))
    .with('AUTH', 'PRE_AUTH', () => opening('authorized'))
    .with('BIND_CARD', () => opening('verified'))
    .with('CAPTURE', () => following('captured'))
    .with('VOID', () => following('canceled'))
    .with('REFUND', () => 'unknown')
    .exhaustive()
}

/** `paymentStatus`: likely, not stated. F together with O is open, not failed: the shopper may try again. */
function toWholeStatus(txnType: OnerwayTxnType, paymentStatus: string): PaymentStatus {
  if (txnType === 'REFUND' || !isOneOf(onerwayPaymentStatuses, paymentStatus)) return 'unknown'
  const isBinding = txnType === 'BIND_CARD' // a card that was bound paid nothing, whatever the word
  return match(paymentStatus)
    .returnType<PaymentStatus>()
    .with('S', () => (isBinding ? 'verified' : 'captured'))
    .with('A', () => (isBinding ? 'verified' : 'authorized'))
    .with('P', 'I', () => 'processing')
    .with('R', () => 'requires_action')
    .with('U', 'O', () => 'open')
    .with('N', () => 'canceled')
    .exhaustive()
}

/** What the steps of one payment add up to. Amounts in minor units of the payment's currency. */
export interface OnerwayFold {
  /** What the opening step says of itself. */
  readonly opening: PaymentStatus
  readonly amount: number | undefined
  /** The sum of the captures that succeeded; `undefined` where there was none. */
  readonly captured: number | undefined
  readonly voided: boolean
  /** The sum of the refunds that succeeded. */
  readonly refunded: number
  /** A step with a word nobody knows, or an amount that cannot be added up. */
  readonly unclear: boolean
}

/**
 * What a payment's steps mean together: the sale, or the sum of its captures (below the authorization: a part), else the
 * void, else the authorization; refunds last. What contradicts itself is `unknown`.
 */
export function toFoldedStatus(fold: OnerwayFold): PaymentStatus {
  if (fold.unclear) return 'unknown'
  const base = toBaseStatus(fold)
  if (fold.refunded === 0) return base
  return match(base)
    .returnType<PaymentStatus>()
    .with('captured', 'partially_captured', () => {
      const taken = fold.captured ?? fold.amount
      if (taken === undefined || fold.refunded > taken) return 'unknown'
      return fold.refunded === taken ? 'refunded' : 'partially_refunded'
    })
    .with('open', 'requires_action', 'processing', 'authorized', 'verified', () => 'unknown')
    .with('partially_refunded', 'refunded', 'canceled', 'expired', 'failed', 'unknown', () => 'unknown')
    .exhaustive()
}

function toBaseStatus({ opening, amount, captured, voided }: OnerwayFold): PaymentStatus {
  const taken = captured !== undefined
  return match(outcomeOf(opening))
    .returnType<PaymentStatus>()
    .with('undecided', 'held', () => {
      if (taken && (voided || opening === 'open')) return 'unknown' // what nobody paid on cannot be captured
      if (taken) return toCapturedStatus(captured, amount)
      return voided ? 'canceled' : opening
    })
    .with('paid', () => {
      if (voided) return 'unknown' // paid and released at once
      return taken ? toCapturedStatus(captured, amount) : opening
    })
    .with('not_paid', () => (taken ? 'unknown' : voided ? 'canceled' : opening))
    .with('verified', 'returned', 'unclear', () => (taken || voided ? 'unknown' : opening))
    .exhaustive()
}

function toCapturedStatus(captured: number, amount: number | undefined): PaymentStatus {
  if (amount === undefined || captured === 0) return 'unknown'
  return captured < amount ? 'partially_captured' : 'captured'
}

/** Whether an opening step took, held or checked something; a second such step is a second payment. */
export function isSuccess({ status }: OnerwayFacts): boolean {
  return status === 'S'
}

/** Whether a CAPTURE took money: it succeeded, and the word for the whole payment does not say otherwise. */
export function isCapture({ txnType, status, paymentStatus }: OnerwayFacts): boolean {
  if (txnType !== 'CAPTURE' || status !== 'S') return false
  return !paymentStatus || toPaymentStatus({ txnType, paymentStatus }) === 'captured'
}

/** Whether a VOID released what was held. */
export function isVoid({ txnType, status, paymentStatus }: OnerwayFacts): boolean {
  if (txnType !== 'VOID' || status !== 'S') return false
  return toPaymentStatus({ txnType, status, paymentStatus }) === 'canceled'
}

/** Whether a REFUND gave money back; any word but S changes nothing. */
export function isRefund({ txnType, status }: OnerwayFacts): boolean {
  return txnType === 'REFUND' && status === 'S'
}

/**
 * Whether Onerway's words for a step are all known, and do not contradict each other; a step of which they are not may
 * have moved money. Of a refund any word but S changes nothing, so all are understood.
 */
export function isUnderstood({ txnType, status, paymentStatus }: OnerwayFacts): boolean {
  if (!isOneOf(onerwayTxnTypes, txnType)) return false
  if (txnType === 'REFUND') return true
  if (paymentStatus && !isOneOf(onerwayPaymentStatuses, paymentStatus)) return false
  if (isOpeningType(txnType)) return !!paymentStatus || isOneOf(onerwayStatuses, status)
  if (!isOneOf(onerwayStatuses, status)) return false
  const whole = paymentStatus && status === 'S' ? outcomeOf(toWholeStatus(txnType, paymentStatus)) : undefined
  return whole !== (txnType === 'CAPTURE' ? 'not_paid' : 'paid')
}

/** The status that answered a create call: with another respCode than 20000 only that nothing was taken is believed. */
export function toAnsweredStatus(respCode: string, status: PaymentStatus): PaymentStatus {
  if (respCode === '20000') return status
  return match(status)
    .returnType<PaymentStatus>()
    .with('open', 'failed', 'canceled', 'expired', () => status)
    .with('requires_action', 'processing', 'authorized', 'verified', 'unknown', () => 'unknown')
    .with('captured', 'partially_captured', 'partially_refunded', 'refunded', () => 'unknown')
    .exhaustive()
}

/** Whether a refusal belongs to a payment in this status: it failed, or is open to be tried again. */
export function mayHoldDecline(status: PaymentStatus): boolean {
  return status === 'failed' || status === 'open'
}

/** Whether an attempt was refused on a payment that is open to be tried again. */
export function wasTriedInVain(status: PaymentStatus, { status: word }: OnerwayFacts): boolean {
  return status === 'open' && word === 'F'
}

/** How a fold ranks openings that share an id: what succeeded, and of that what took money, then what holds it. */
export function rankOf({ status: word }: OnerwayFacts, status: PaymentStatus): number {
  const rank = match(outcomeOf(status))
    .with('paid', 'returned', () => 0)
    .with('held', 'verified', () => 1)
    .with('unclear', () => 2)
    .with('undecided', () => 3)
    .with('not_paid', () => 4)
    .exhaustive()
  return word === 'S' ? rank : rank + 5
}

export type NotificationKind = 'opening' | 'following' | 'refund' | 'cancellation' | 'dispute' | 'other'

/** What a notification is about, by its notifyType and txnType. */
export function toNotificationKind(notifyType: string, txnType: string | null | undefined): NotificationKind {
  if (!isOneOf(onerwayNotifyTypes, notifyType)) return 'other'
  return match(notifyType)
    .returnType<NotificationKind>()
    .with('TXN', () => {
      if (txnType === 'REFUND_AUDIT') return 'refund'
      return isOneOf(onerwayTxnTypes, txnType) ? toStepKind(txnType) : 'other'
    })
    .with('REFUND', 'REFUND_AUDIT', () => 'refund')
    .with('CANCEL', () => 'cancellation')
    .with('CHARGEBACK', 'PRE_DISPUTE', () => 'dispute')
    .exhaustive()
}

function toStepKind(txnType: OnerwayTxnType): NotificationKind {
  return match(txnType)
    .returnType<NotificationKind>()
    .with('SALE', 'AUTH', 'PRE_AUTH', 'BIND_CARD', () => 'opening')
    .with('CAPTURE', 'VOID', () => 'following')
    .with('REFUND', () => 'refund')
    .exhaustive()
}

/** A cancellation that succeeded ends a sale or an authorization; any other has to be looked up. */
export function toCanceledStatus({
  txnType,
  status,
  paymentStatus,
}: OnerwayFacts): PaymentStatus | undefined {
  const ends = status === 'S' && (txnType === 'SALE' || txnType === 'AUTH')
  return ends && (!paymentStatus || paymentStatus === 'N') ? 'canceled' : undefined
}

/** How far a dispute has come. */
export function toDisputeStatus(
  notifyType: string,
  chargebackStatus: string | null | undefined,
): DisputeStatus {
  if (notifyType === 'PRE_DISPUTE') return 'early_warning'
  if (!isOneOf(onerwayChargebackStatuses, chargebackStatus)) return 'unknown'
  return match(chargebackStatus)
    .returnType<DisputeStatus>()
    .with('NEW', () => 'needs_response')
    .with('FA', 'SA', () => 'under_review')
    .with('FAS', 'SAS', () => 'won')
    .with('FAF', 'FAT', 'SAF', 'SAT', 'ACCEPT', () => 'lost')
    .with('REVOKE', () => 'closed')
    .exhaustive()
}

/** What a browser result looks like, for the page the shopper sees. Never final: seed 000_0ac452fca70926c2.txt. */
export function toAppearance(status: string | null | undefined): PaymentHint['appears'] {
  if (!isOneOf(onerwayStatuses, status)) return undefined
  return match(status)
    .returnType<PaymentHint['appears']>()
    .with('S', () => 'looks_paid')
    .with('P', 'I', 'U', 'R', () => 'looks_unfinished')
    .with('F', 'N', () => 'looks_refused')
    .exhaustive()
}

/** The same for the word of SDK version 4; O is open again after a refusal. */
export function toWholeAppearance(paymentStatus: string | null | undefined): PaymentHint['appears'] {
  if (!isOneOf(onerwayPaymentStatuses, paymentStatus)) return undefined
  return match(paymentStatus)
    .returnType<PaymentHint['appears']>()
    .with('S', 'A', () => 'looks_paid')
    .with('P', 'I', 'R', 'U', () => 'looks_unfinished')
    .with('O', 'N', () => 'looks_refused')
    .exhaustive()
}

/** Whether a browser result sends the shopper on, in either shape. */
export function sendsShopper(status: string | null | undefined): boolean {
  return status === 'R'
}

function isOneOf<Word extends string>(words: readonly Word[], value: unknown): value is Word {
  return words.includes(value as Word)
}

/** Whether a step is one that payments begin with. */
export function isOpeningType(value: unknown): value is OnerwayOpeningType {
  return isOneOf(onerwayOpeningTypes, value)
}

/** Whether a step is one that follows another. */
export function isFollowingType(value: unknown): boolean {
  return isOneOf(onerwayTxnTypes, value) && !isOpeningType(value)
}
