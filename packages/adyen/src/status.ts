import type {
  DisputeStatus,
  PaymentHint,
  PaymentMethod,
  PaymentOperation,
  PaymentStatus,
} from '@payment-status/core'
import { byWord, isOneOf } from '@payment-status/core/kit'
import { match, P } from 'ts-pattern'
import {
  type AdyenCaptureMode,
  adyenActionTypes,
  adyenDisputeEvents,
  adyenDisputeStatuses,
  adyenEventCodes,
  adyenMethodsByKind,
  adyenResultCodes,
  adyenSettlementTypes,
} from './vocabulary.ts'

/** One statement of Adyen about a payment: the answer to a call, or an item of a webhook. */
export type AdyenFacts = {
  /** In minor units. 0 means that a card was only verified. */
  readonly amount?: number | null | undefined
  /** How the payment is captured. Needed where it was approved. */
  readonly capture?: AdyenCaptureMode | undefined
} & ({ readonly resultCode: string } | { readonly eventCode: string; readonly success: boolean })

/**
 * Returns the status that one statement leads to, where nothing else is known of the payment. Events of one payment are added
 * up with `foldEvent`; a capture or a refund alone does not say how much was approved, so it is `unknown`.
 *
 * Source: Adyen's pages on result codes and on webhook event codes.
 */
export function toPaymentStatus(facts: AdyenFacts): PaymentStatus {
  return 'resultCode' in facts ? toResultStatus(facts) : toEventStatus(facts)
}

function toResultStatus({
  resultCode,
  ...facts
}: AdyenFacts & { readonly resultCode: string }): PaymentStatus {
  if (!isOneOf(adyenResultCodes, resultCode)) return 'unknown'
  return match(resultCode)
    .returnType<PaymentStatus>()
    .with('Authorised', () => toApprovedStatus(facts))
    .with('Refused', 'Error', () => 'failed')
    .with('Cancelled', () => 'canceled')
    .with('Pending', 'Received', () => 'processing')
    .with('RedirectShopper', 'IdentifyShopper', () => 'requires_action')
    .with('ChallengeShopper', 'PresentToShopper', () => 'requires_action')
    .with('AuthenticationFinished', 'AuthenticationNotRequired', () => 'open') // 3-D Secure alone: no money
    .with('PartiallyAuthorised', 'Success', () => 'unknown')
    .exhaustive()
}

/** Approved: a card was verified, the money was taken at once, or it is held until a capture. */
function toApprovedStatus({ amount, capture }: Pick<AdyenFacts, 'amount' | 'capture'>): PaymentStatus {
  if (amount === 0) return 'verified'
  return match(capture)
    .returnType<PaymentStatus>()
    .with('immediate', () => 'captured')
    .with('delayed', 'manual', () => 'authorized')
    .with(undefined, () => 'unknown')
    .exhaustive()
}

function toEventStatus({
  eventCode,
  success,
  ...facts
}: AdyenFacts & { readonly eventCode: string; readonly success: boolean }): PaymentStatus {
  const meaning = toEventMeaning(eventCode, success)
  if (meaning.kind !== 'operation') return 'unknown'
  if (meaning.operation === 'approval' && meaning.status === 'succeeded') return toApprovedStatus(facts)
  return meaning.operation === 'void' && meaning.status === 'succeeded'
    ? (meaning.states ?? 'canceled')
    : (meaning.states ?? 'unknown')
}

/**
 * Meaning of an item by its code. `operation`: what it adds to the payment; `states` is the status it leads to where no
 * operation moves money. `recheck`: for a person, if the payment is the shop's. `unreadable`: for a person.
 */
export type EventMeaning =
  | {
      readonly kind: 'operation'
      readonly operation: 'approval' | 'adjustment' | 'capture' | 'void' | 'reversal' | 'refund' | 'other'
      readonly status: Exclude<PaymentOperation['status'], 'unknown'>
      /** True for a failure of what had succeeded. */
      readonly takesBack?: true
      readonly states?: 'processing' | 'failed' | 'expired'
      readonly review?: 'open' | 'closed'
    }
  | { readonly kind: 'dispute' | 'unrelated' }
  | { readonly kind: 'recheck' | 'unreadable'; readonly why: string }

type Operation = Extract<EventMeaning, { readonly kind: 'operation' }>

/** Returns the meaning of an item, by its code and its `success`. */
export function toEventMeaning(eventCode: string, success: boolean): EventMeaning {
  if (!isOneOf(adyenEventCodes, eventCode))
    return { kind: 'recheck', why: 'the event has a code that is not listed' }
  if (isOneOf(adyenDisputeEvents, eventCode)) return { kind: 'dispute' }
  const succeeded = (operation: Operation['operation'], more: Partial<Operation> = {}): EventMeaning => ({
    kind: 'operation',
    operation,
    status: 'succeeded',
    ...more,
  })
  const failed = (operation: Operation['operation'], more: Partial<Operation> = {}): EventMeaning =>
    succeeded(operation, { status: 'failed', ...more })
  const forPerson = (why: string): EventMeaning => ({ kind: 'unreadable', why })
  return match([eventCode, success])
    .returnType<EventMeaning>()
    .with(['AUTHORISATION', true], () => succeeded('approval'))
    .with(['AUTHORISATION', false], () => failed('approval', { states: 'failed' }))
    .with(['AUTHORISATION_ADJUSTMENT', true], () => succeeded('adjustment'))
    .with(['AUTHORISATION_ADJUSTMENT', false], () => failed('other'))
    .with(['CAPTURE', true], () => succeeded('capture'))
    .with(['CAPTURE', false], () => failed('capture'))
    .with(['CAPTURE_FAILED', true], ['SETTLED_REVERSED', true], () => failed('capture', { takesBack: true }))
    .with(['CANCELLATION', true], ['TECHNICAL_CANCEL', true], () => succeeded('void'))
    .with(['CANCELLATION', false], ['TECHNICAL_CANCEL', false], () => failed('void'))
    .with(['CANCEL_OR_REFUND', true], () => succeeded('reversal'))
    .with(['CANCEL_OR_REFUND', false], () => failed('reversal'))
    .with(['REFUND', true], () => succeeded('refund')) // sent: it may still fail
    .with(['REFUND', false], () => failed('refund'))
    .with(['REFUND_FAILED', true], ['REFUNDED_REVERSED', true], () => failed('refund', { takesBack: true }))
    .with(['POSTPONED_REFUND', true], () => succeeded('refund', { status: 'pending' }))
    .with(['EXPIRE', true], () => succeeded('void', { states: 'expired' }))
    .with(['OFFER_CLOSED', true], () => succeeded('other', { states: 'expired' }))
    .with(['PENDING', true], () => succeeded('other', { status: 'pending', states: 'processing' }))
    .with(['MANUAL_REVIEW_ACCEPT', true], () => succeeded('other', { review: 'closed' }))
    .with(['MANUAL_REVIEW_REJECT', true], () => succeeded('other', { review: 'open' }))
    .with(['VOID_PENDING_REFUND', P.boolean], ['REFUND_WITH_DATA', P.boolean], () => ({
      kind: 'recheck',
      why: `${eventCode} states a refund that this library has no meaning for`,
    }))
    .with(['ORDER_OPENED', P.boolean], ['ORDER_CLOSED', true], () => ({ kind: 'unrelated' })) // each part has its own AUTHORISATION
    .with(['ORDER_CLOSED', false], () =>
      forPerson('the order was not paid in full: Adyen returns the parts that were paid'),
    )
    .with(['HANDLED_EXTERNALLY', P.boolean], () => forPerson('the payment was handled outside of Adyen'))
    .with(['AUTORESCUE', P.boolean], ['CANCEL_AUTORESCUE', P.boolean], () =>
      forPerson(`${eventCode} states a retry by Adyen that this library has no meaning for`),
    )
    .with(['CAPTURE_FAILED', false], ['SETTLED_REVERSED', false], ['REFUND_FAILED', false], () =>
      forPerson(`${eventCode} states success false, which Adyen does not document`),
    )
    .with(['REFUNDED_REVERSED', false], ['POSTPONED_REFUND', false], ['PENDING', false], () =>
      forPerson(`${eventCode} states success false, which Adyen does not document`),
    )
    .with(['EXPIRE', false], ['OFFER_CLOSED', false], () =>
      forPerson(`${eventCode} states success false, which Adyen does not document`),
    )
    .with(['MANUAL_REVIEW_ACCEPT', false], ['MANUAL_REVIEW_REJECT', false], () =>
      forPerson(`${eventCode} states success false, which Adyen does not document`),
    )
    .with(['ISSUER_COMMENTS', P.boolean], ['RECURRING_CONTRACT', P.boolean], () => ({ kind: 'unrelated' }))
    .with(['REPORT_AVAILABLE', P.boolean], ['DONATION', P.boolean], () => ({ kind: 'unrelated' }))
    .with(['PAIDOUT_REVERSED', P.boolean], ['PAYOUT_DECLINE', P.boolean], () => ({ kind: 'unrelated' }))
    .with(['PAYOUT_EXPIRE', P.boolean], ['PAYOUT_THIRDPARTY', P.boolean], () => ({ kind: 'unrelated' }))
    .with(['PROCESS_RETRY', P.boolean], ['AUTHENTICATION', P.boolean], () => ({ kind: 'unrelated' }))
    .exhaustive()
}

/**
 * Returns the status of a dispute, by its event and `additionalData.disputeStatus`, which Adyen leaves out in some countries.
 * `disputeStatus` decides, except for a warning and a request for information. An undefended second chargeback can still be
 * answered, so it is not lost.
 */
export function toDisputeStatus(eventCode: string, disputeStatus: string | null | undefined): DisputeStatus {
  if (!isOneOf(adyenDisputeEvents, eventCode)) return 'unknown'
  const usual = match(eventCode)
    .returnType<DisputeStatus>()
    .with('NOTIFICATION_OF_FRAUD', 'REQUEST_FOR_INFORMATION', () => 'early_warning')
    .with('NOTIFICATION_OF_CHARGEBACK', 'DISPUTE_OPENED_WITH_CHARGEBACK', () => 'needs_response')
    .with('CHARGEBACK', 'PREARBITRATION_OPEN', () => 'needs_response')
    .with('INFORMATION_SUPPLIED', 'CHARGEBACK_REVERSED', () => 'under_review') // a reversal is not final
    .with('PREARBITRATION_DECLINED', 'SCHEME_ARBITRATION', () => 'under_review')
    .with('ISSUER_RESPONSE_TIMEFRAME_EXPIRED', 'PREARBITRATION_WON', () => 'won')
    .with('PREARBITRATION_ISSUER_WITHDRAWN', 'SCHEME_ARBITRATION_WON', () => 'won')
    .with('SECOND_CHARGEBACK', 'PREARBITRATION_LOST', 'PREARBITRATION_ACCEPTED', () => 'lost')
    .with('SCHEME_ARBITRATION_LOST', 'DISPUTE_DEFENSE_PERIOD_ENDED', () => 'lost')
    .exhaustive()
  if (usual === 'early_warning' || !isOneOf(adyenDisputeStatuses, disputeStatus)) return usual
  return match(disputeStatus)
    .returnType<DisputeStatus>()
    .with('Undefended', () => 'needs_response')
    .with('Pending', () => 'under_review')
    .with('Won', () => 'won')
    .with('Lost', 'Accepted', () => 'lost')
    .with('Unresponded', 'Responded', 'Expired', () => usual) // words of a request for information
    .exhaustive()
}

/** Meaning of an entry of a settlement details report. `undefined`: it belongs to a payment in a way that is not listed. */
export function toSettlementMeaning(type: string): EventMeaning | undefined {
  if (!isOneOf(adyenSettlementTypes, type)) return undefined
  return match(type)
    .returnType<EventMeaning>()
    .with('Settled', () => toEventMeaning('CAPTURE', true))
    .with('Refunded', () => toEventMeaning('REFUND', true))
    .with('RefundedReversed', () => toEventMeaning('REFUNDED_REVERSED', true))
    .with('Chargeback', 'SecondChargeback', 'ChargebackReversed', () => ({ kind: 'dispute' }))
    .exhaustive()
}

/** Returns the kind of a payment method, by `paymentMethod` or by the type of a payment method. */
export function toMethodKind(word: string): PaymentMethod['kind'] {
  return kindsByMethod.get(word) ?? 'other'
}

const kindsByMethod: ReadonlyMap<string, PaymentMethod['kind']> = /* @__PURE__ */ byWord(adyenMethodsByKind)

/** Returns what an action requires. Types that are not listed are left to Adyen's browser SDK. */
export function toActionMeaning(type: string): 'redirect' | 'qr_code' | 'voucher' | 'bank_details' | 'sdk' {
  if (!isOneOf(adyenActionTypes, type)) return 'sdk'
  return match(type)
    .returnType<ReturnType<typeof toActionMeaning>>()
    .with('redirect', () => 'redirect')
    .with('qrCode', () => 'qr_code')
    .with('voucher', () => 'voucher')
    .with('bankTransfer', () => 'bank_details')
    .with(
      'await',
      'sdk',
      'wechatpaySDK',
      'threeDS2',
      'nativeRedirect',
      'delegatedAuthentication',
      () => 'sdk',
    )
    .exhaustive()
}

/** Returns how a result looks in the browser, for the shopper's page only. */
export function toAppearance(resultCode: string | null | undefined): PaymentHint['appears'] {
  if (!isOneOf(adyenResultCodes, resultCode)) return undefined
  return match(resultCode)
    .returnType<PaymentHint['appears']>()
    .with('Authorised', 'Success', () => 'looks_paid')
    .with('Refused', 'Error', 'Cancelled', () => 'looks_refused')
    .with('Pending', 'Received', 'PartiallyAuthorised', () => 'looks_unfinished')
    .with('RedirectShopper', 'IdentifyShopper', 'ChallengeShopper', () => 'looks_unfinished')
    .with('PresentToShopper', 'AuthenticationFinished', 'AuthenticationNotRequired', () => 'looks_unfinished')
    .exhaustive()
}
