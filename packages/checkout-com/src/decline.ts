import type { Decline } from '@payment-status/core'
import { isOneOf, omitUndefined, toLogSafe } from '@payment-status/core/kit'
import { match } from 'ts-pattern'
import type { CheckoutComPayment, CheckoutComProcessing } from './schema.ts'
import { type CheckoutComFlowReason, checkoutComDeclineCodes, checkoutComFlowReasons } from './vocabulary.ts'

type Reason = Pick<Decline, 'reason' | 'retry'>

/** Reads a declined response code, its summary and the scheme's advice. Codes are strings: 2005C and 200R1 exist. */
export function toDecline(
  code: string,
  summary?: string | null | undefined,
  processing?: CheckoutComProcessing,
): Decline {
  const { reason, retry } = toReason(code)
  const advice = toAdvice(processing)
  const isOfFamily = !isOneOf(checkoutComDeclineCodes, code)
  const isForbidden = retry === 'same_method' && advice === 'other_method'
  const isAllowed = retry === 'other_method' && advice === 'same_method' && isOfFamily
  return omitUndefined<Decline>({
    code,
    reason,
    retry: advice && (isForbidden || isAllowed) ? advice : retry,
    message: toLogSafe(summary),
  })
}

/** Returns whether a response code is that of an approval: 10xxx. */
export function isApproval(code: string): boolean {
  return /^10\w{3}$/.test(code)
}

/** Returns whether a response code declines: any code but the 10xxx of an approval. */
export function isDeclineCode(code: string | null | undefined): code is string {
  return !!code && !isApproval(code)
}

/** Response code and summary that declined a payment, and the scheme's advice that came with them. */
export interface Declined {
  readonly code: string
  readonly summary?: string | null | undefined
  readonly processing?: CheckoutComProcessing
}

/** Finds what declined a payment: the payment itself, or the newest of its actions. Rows of a list carry no actions. */
export function findDeclined(
  payment: Partial<Pick<CheckoutComPayment, 'response_code' | 'response_summary' | 'actions' | 'processing'>>,
): Declined | undefined {
  for (const { response_code: code, response_summary: summary, processing } of [
    payment,
    ...(payment.actions ?? []),
  ]) {
    if (isDeclineCode(code)) return { code, summary, processing }
  }
  return undefined
}

/** By Checkout.com's page on response codes, and by the tables of other gateways' clients where it only names a code. */
function toReason(code: string): Reason {
  if (!isOneOf(checkoutComDeclineCodes, code)) return toFamilyReason(code)
  return match(code)
    .returnType<Reason>()
    .with('20001', () => because('do_not_honor', 'other_method')) // the shopper can call the bank
    .with('20005', () => because('do_not_honor', 'same_method'))
    .with('20014', () => because('invalid_card', 'same_method'))
    .with('20038', () => because('not_permitted', 'other_method')) // PIN tries exceeded
    .with('20051', () => because('insufficient_funds', 'same_method'))
    .with('20054', () => because('card_expired', 'other_method')) // nominally soft, but the card stays expired
    .with('20057', '20062', () => because('not_permitted', 'other_method'))
    .with('20059', () => because('fraud_suspected', 'other_method'))
    .with('20061', () => because('limit_exceeded', 'same_method'))
    .with('20068', () => because('issuer_unavailable', 'same_method'))
    .with('20087', '40104', () => because('incorrect_cvc', 'same_method'))
    .with('20088', '20096', () => because('processing_error', 'same_method'))
    .with('20091', () => because('issuer_unavailable', 'same_method'))
    .with('20093', () => because('not_permitted', 'other_method')) // violation of law
    .with('20100', () => because('invalid_card', 'same_method')) // the expiry date is mistyped
    .with('20150', () => because('authentication_failed', 'other_method')) // the card has no 3-D Secure
    .with('20151', () => because('authentication_failed', 'same_method'))
    .with('20152', () => because('authentication_timed_out', 'same_method'))
    .with('20154', '43401', () => because('authentication_required', 'same_method'))
    .with('20179', () => because('invalid_card', 'other_method')) // lifecycle: closed or replaced
    .with('20182', () => because('not_permitted', 'other_method')) // the issuer's policy
    .with('20183', () => because('fraud_suspected', 'other_method')) // the issuer's security
    .with('200R1', '200R3', () => because('not_permitted', 'other_method')) // the holder stopped such payments
    .with('30004', '30041', '30043', () => because('lost_or_stolen', 'other_method'))
    .with('40108', '40111', () => because('invalid_card', 'same_method')) // the address or the postcode is mistyped
    .exhaustive()
}

function because(reason: Reason['reason'], retry: Reason['retry']): Reason {
  return { reason, retry }
}

/** By family: 20xxx soft, 30xxx hard, 4xxxx risk. The set of codes is open, so every other code has a reading too. */
function toFamilyReason(code: string): Reason {
  if (code.startsWith('20')) return { reason: 'other', retry: 'same_method' }
  if (code.startsWith('4')) return { reason: 'fraud_suspected', retry: 'never' }
  return { reason: 'other', retry: 'other_method' }
}

/**
 * Reads the advice on another try with the same card: Checkout.com's recommendation code, else Mastercard's merchant
 * advice code (Checkout.com's page on recommendation codes).
 */
function toAdvice(processing: CheckoutComProcessing): 'same_method' | 'other_method' | undefined {
  const { recommendation_code, partner_merchant_advice_code } = processing ?? {}
  const code = String(recommendation_code || partner_merchant_advice_code || '').padStart(2, '0')
  if (code === '03' || code === '21') return 'other_method' // do not try again, or the agreement was canceled
  return code === '02' || /^(2[4-9]|30)$/.test(code) ? 'same_method' : undefined // later, from an hour to ten days
}

/** Reads why Flow declined: a response code, one of Flow's own reasons, or a text. */
export function toFlowDecline(reason: string): Decline {
  if (/^\d{3}\w{2}$/.test(reason) && isDeclineCode(reason)) return toDecline(reason)
  if (isOneOf(checkoutComFlowReasons, reason)) return { code: reason, ...toFlowReason(reason) }
  return omitUndefined<Decline>({ reason: 'other', retry: 'other_method', message: toLogSafe(reason) })
}

function toFlowReason(reason: CheckoutComFlowReason): Reason {
  return match(reason)
    .returnType<Reason>()
    .with('not_enough_funds', () => because('insufficient_funds', 'same_method'))
    .with('invalid_customer_data', () => because('other', 'same_method'))
    .with('customer_misconfiguration', 'card_not_supported', () => because('not_permitted', 'other_method'))
    .with('invalid_payment_session_data', 'merchant_misconfiguration', () =>
      because('processing_error', 'other_method'),
    )
    .with('try_again', () => because('processing_error', 'same_method'))
    .with('payment_cancelled', () => because('canceled_by_shopper', 'same_method'))
    .with('payment_expired', () => because('other', 'same_method'))
    .exhaustive()
}
