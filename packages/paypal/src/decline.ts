import type { Decline } from '@payment-status/core'
import { isOneOf, omitUndefined, toLogSafe } from '@payment-status/core/kit'
import { match } from 'ts-pattern'
import {
  type PayPalAdviceCode,
  type PayPalDeclineIssue,
  paypalAdviceCodes,
  paypalDeclineIssues,
  paypalResponseCodes,
} from './vocabulary.ts'

type Meaning = Pick<Decline, 'reason' | 'retry'>
type Code = string | null | undefined

/** Facts about a declined capture or authorization. */
export interface DeclineFacts {
  /** `status_details.reason`. */
  readonly reason?: Code
  readonly response_code?: Code
  readonly payment_advice_code?: Code
  /** The card's brand: the advice 02 has another meaning at Visa. */
  readonly brand?: Code
}

/** A code that is not listed is no reason to try the same card again. */
const otherMeaning: Meaning = { reason: 'other', retry: 'other_method' }

/** Returns why an operation was declined. The card scheme's advice on this charge outranks what its code usually means. */
export function toDecline(facts: DeclineFacts): Decline {
  const { reason, response_code: code, payment_advice_code: advice, brand } = facts
  const meaning = toMeaning(reason, code)
  return omitUndefined<Decline>({
    code: toLogSafe(code || reason),
    reason: meaning.reason,
    retry: isOneOf(paypalAdviceCodes, advice) ? followAdvice(meaning.retry, advice, brand) : meaning.retry,
  })
}

/** Returns why a capture call was declined, by the issue of its error; `undefined` where it is not a decline. */
export function toIssueDecline(issue: Code): Decline | undefined {
  if (!isOneOf(paypalDeclineIssues, issue)) return undefined
  return { code: issue, ...toIssueMeaning(issue) }
}

function toMeaning(reason: Code, code: Code): Meaning {
  if (reason === 'DECLINED_BY_RISK_FRAUD_FILTERS') return { reason: 'fraud_suspected', retry: 'never' }
  if (!isOneOf(paypalResponseCodes, code)) return otherMeaning
  return match(code)
    .returnType<Meaning>()
    .with('0500', () => ({ reason: 'do_not_honor', retry: 'other_method' }))
    .with('5120', () => ({ reason: 'insufficient_funds', retry: 'other_method' }))
    .with('5400', '1380', 'PPEX', 'PPEF', () => ({ reason: 'card_expired', retry: 'other_method' }))
    .with('00N7', '5110', '1382', 'PCVV', 'PPC2', () => ({ reason: 'incorrect_cvc', retry: 'same_method' }))
    .with('9500', () => ({ reason: 'fraud_suspected', retry: 'other_method' }))
    .with('9520', '5150', () => ({ reason: 'lost_or_stolen', retry: 'other_method' }))
    .with('0390', '1330', '5140', '5180', () => ({ reason: 'invalid_card', retry: 'same_method' }))
    .with('5930', '6300', 'PP06', () => ({ reason: 'invalid_card', retry: 'other_method' }))
    .with('5650', () => ({ reason: 'authentication_required', retry: 'same_method' }))
    .with('7700', '7710', 'PPD3', () => ({ reason: 'authentication_failed', retry: 'same_method' }))
    .with('5910', '5920', () => ({ reason: 'issuer_unavailable', retry: 'same_method' }))
    .with('5135', '5710', 'PPAX', 'PPEL', 'PPNL', () => ({ reason: 'limit_exceeded', retry: 'other_method' }))
    .with('0580', '1352', '5700', 'PPAB', () => ({ reason: 'not_permitted', retry: 'other_method' }))
    .with('0960', '8000', '8100', '8110', '8220', '9100', 'PPER', 'PPNT', () => ({
      reason: 'processing_error',
      retry: 'same_method',
    }))
    .with('0R00', 'PPRN', () => ({ reason: 'other', retry: 'never' })) // the cardholder stopped this payment
    .exhaustive()
}

function toIssueMeaning(issue: PayPalDeclineIssue): Meaning {
  return match(issue)
    .returnType<Meaning>()
    .with('INSTRUMENT_DECLINED', 'REDIRECT_PAYER_FOR_ALTERNATE_FUNDING', () => otherMeaning)
    .with('PAYER_CANNOT_PAY', 'TRANSACTION_REFUSED', () => otherMeaning)
    .with('CARD_EXPIRED', () => ({ reason: 'card_expired', retry: 'other_method' }))
    .with('CARD_BRAND_NOT_SUPPORTED', () => ({ reason: 'not_permitted', retry: 'other_method' }))
    .with('PAYER_ACCOUNT_RESTRICTED', 'PAYER_ACCOUNT_LOCKED_OR_CLOSED', () => ({
      reason: 'not_permitted',
      retry: 'other_method',
    }))
    .with('COMPLIANCE_VIOLATION', () => ({ reason: 'not_permitted', retry: 'never' }))
    .with('PAYEE_BLOCKED_TRANSACTION', 'TRANSACTION_BLOCKED_BY_PAYEE', () => ({
      reason: 'fraud_suspected',
      retry: 'other_method',
    }))
    .with('TRANSACTION_LIMIT_EXCEEDED', () => ({ reason: 'limit_exceeded', retry: 'other_method' }))
    .exhaustive()
}

function followAdvice(retry: Decline['retry'], advice: PayPalAdviceCode, brand: Code): Decline['retry'] {
  if (retry === 'never') return retry
  return match(advice)
    .returnType<Decline['retry']>()
    .with('01', () => 'other_method') // the issuer has new card data
    .with('02', () => (brand?.toUpperCase() === 'VISA' ? 'never' : retry)) // elsewhere: try again later
    .with('03', '21', () => 'never')
    .exhaustive()
}
