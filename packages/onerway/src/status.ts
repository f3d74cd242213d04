import type {
  DisputeStatus,
  PaymentHint,
  PaymentMethod,
  PaymentOperation,
  PaymentStatus,
} from '@payment-status/core'
import { isOneOf, outcomeOf } from '@payment-status/core/kit'
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
} from './vocabulary.ts'

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
 * Sources: Onerway's page on status updates for S, F, P and R of a sale; its v0.6 reference for the rest.
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

/**
 * What an opening step says of its payment, where its own word and the word for the whole cannot both be true: money that
 * was taken is not gone because its payment is called closed, and with `direct`, where a step is the payment, one that came
 * to nothing took none.
 */
export function toOpeningStatus(facts: OnerwayFacts): PaymentStatus {
  const told = toPaymentStatus(facts)
  const own = toStepMeaning({ ...facts, paymentStatus: null })
  const isTaken = own.kind === 'payment' && own.status === 'succeeded'
  const isOver = own.status === 'failed' && facts.integration !== 'hosted'
  return (isTaken && outcomeOf(told) === 'not_paid') || (isOver && isSettled(told)) ? 'unknown' : told
}

/** Whether money was taken or held, or a card was checked. */
function isSettled(status: PaymentStatus): boolean {
  return ['held', 'paid', 'verified'].includes(outcomeOf(status))
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

/** What a step is, and how it ended. */
export type StepMeaning = Pick<PaymentOperation, 'kind' | 'status'>

/**
 * One of Onerway's steps in canonical words. A capture or a void that its own word calls done, and the word for the whole
 * payment contradicts, is `unknown`: it may have moved money.
 */
export function toStepMeaning({ txnType, status, paymentStatus }: OnerwayFacts): StepMeaning {
  if (!isOneOf(onerwayTxnTypes, txnType)) return { kind: 'other', status: 'unknown' }
  const kind = toStepKind(txnType)
  const own = toStepStatus(status)
  if ((kind !== 'capture' && kind !== 'void') || !paymentStatus) return { kind, status: own }
  const whole = outcomeOf(toWholeStatus(txnType, paymentStatus))
  if (whole === 'unclear') return { kind, status: 'unknown' }
  if (own !== 'succeeded' || whole === (kind === 'capture' ? 'paid' : 'not_paid'))
    return { kind, status: own }
  return { kind, status: whole === 'paid' || whole === 'not_paid' ? 'unknown' : 'pending' }
}

function toStepKind(txnType: OnerwayTxnType): PaymentOperation['kind'] {
  return match(txnType)
    .returnType<PaymentOperation['kind']>()
    .with('SALE', () => 'payment')
    .with('AUTH', 'PRE_AUTH', () => 'authorization')
    .with('BIND_CARD', () => 'verification')
    .with('CAPTURE', () => 'capture')
    .with('VOID', () => 'void')
    .with('REFUND', () => 'refund')
    .exhaustive()
}

function toStepStatus(status: string | null | undefined): PaymentOperation['status'] {
  if (!isOneOf(onerwayStatuses, status)) return 'unknown'
  return match(status)
    .returnType<PaymentOperation['status']>()
    .with('S', () => 'succeeded')
    .with('F', 'N', () => 'failed')
    .with('P', 'R', 'I', 'U', () => 'pending')
    .exhaustive()
}

/** What a row of the payment query says of its payment, by the word for the whole alone: none says nothing. */
export function toQueriedStatus(
  paymentStatus: string | null | undefined,
  txnType?: string | null | undefined,
): PaymentStatus | undefined {
  if (!paymentStatus) return undefined
  return toWholeStatus(txnType === 'BIND_CARD' ? txnType : 'SALE', paymentStatus)
}

/**
 * What several rows of the payment query say of one payment. Where they differ its steps have to tell, but for a word that
 * was paid beside one that nothing was: then nobody knows.
 */
export function toJoinedStatus(told: readonly PaymentStatus[]): PaymentStatus | undefined {
  if (new Set(told).size < 2) return told[0]
  const outcomes = told.map(outcomeOf)
  const isTorn = outcomes.includes('paid') && outcomes.includes('not_paid')
  return isTorn || outcomes.includes('unclear') ? 'unknown' : undefined
}

/**
 * What an opening step and the payment query say together. The query speaks of the whole payment, so it decides what the
 * step leaves open; where it denies that money was taken, nobody knows who is right.
 */
export function toAgreedStatus(step: PaymentStatus, whole: PaymentStatus): PaymentStatus {
  if (step === 'unknown' && outcomeOf(whole) !== 'paid') return step
  return match(outcomeOf(whole))
    .returnType<PaymentStatus>()
    .with('undecided', () => (isSettled(step) ? step : whole))
    .with('held', () => (isSettled(step) ? step : whole))
    .with('paid', 'verified', () => (outcomeOf(step) === 'verified' ? step : whole))
    .with('not_paid', () => (outcomeOf(step) === 'paid' ? 'unknown' : whole))
    .with('returned', 'unclear', () => 'unknown')
    .exhaustive()
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

/** What a notification is about. */
export function toNotificationKind(notifyType: string): 'transaction' | 'dispute' | 'other' {
  if (!isOneOf(onerwayNotifyTypes, notifyType)) return 'other'
  return match(notifyType)
    .returnType<'transaction' | 'dispute'>()
    .with('TXN', 'REFUND', 'REFUND_AUDIT', 'CANCEL', () => 'transaction')
    .with('CHARGEBACK', 'PRE_DISPUTE', () => 'dispute')
    .exhaustive()
}

/**
 * How the shopper paid. `CARD` and `LPMS` (local payment methods) are Onerway's product types; of the local methods those
 * its pages name are told apart.
 */
export function toMethodKind(
  productType: string | undefined,
  paymentMethod: string | undefined,
  wallet: string | undefined,
): PaymentMethod['kind'] {
  if (wallet) return 'wallet'
  if (productType === 'CARD') return 'card'
  switch (paymentMethod?.toUpperCase()) {
    case 'VISA':
    case 'MASTERCARD':
      return 'card'
    case 'OXXO':
      return 'voucher'
    case 'TRUSTLY':
      return 'bank_redirect'
    default:
      return 'other'
  }
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
    .with('REVOKE', 'DELETE', () => 'closed')
    .exhaustive()
}

/** What a browser result looks like, for the page the shopper sees. Never final: Onerway's page on status updates. */
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

/** Whether a step is one that payments begin with. */
export function isOpeningType(value: unknown): value is OnerwayOpeningType {
  return isOneOf(onerwayOpeningTypes, value)
}
