import type { Decline } from '@payment-status/core'
import { isOneOf, omitUndefined, toLogSafe } from '@payment-status/core/kit'
import { match } from 'ts-pattern'
import {
  type AirwallexAdviceCode,
  airwallexAdviceCodes,
  airwallexFailureCodes,
  airwallexIssuerCodes,
} from './vocabulary.ts'

type Meaning = Pick<Decline, 'reason' | 'retry'>
type Code = string | null | undefined

/** Facts about a decline, from an attempt or from the response to a declined confirm call. */
export interface DeclineFacts {
  readonly failure_code?: Code
  readonly failure_details?: { readonly code?: Code } | null | undefined
  /** The issuer's own code (ISO 8583). */
  readonly provider_original_response_code?: Code
  readonly merchant_advice_code?: Code
}

/** Returns why an attempt was declined. The card scheme's advice on this charge outranks what its code usually means. */
export function toDecline(facts: DeclineFacts): Decline {
  const code = facts.failure_code || facts.failure_details?.code
  const { reason, retry } = toMeaning(code, facts.provider_original_response_code)
  const advice = facts.merchant_advice_code
  return omitUndefined<Decline>({
    code: toLogSafe(code),
    reason,
    retry: isOneOf(airwallexAdviceCodes, advice) ? followAdvice(retry, advice) : retry,
  })
}

/** Returns whether a code in an error response states that an attempt was declined. */
export function isDecline(code: string): boolean {
  return isOneOf(airwallexFailureCodes, code)
}

/** A code that is not listed is no reason to try the same card again. */
const otherMeaning: Meaning = { reason: 'other', retry: 'other_method' }

function toMeaning(code: Code, issuerCode: Code): Meaning {
  if (!isOneOf(airwallexFailureCodes, code)) return otherMeaning
  return match(code)
    .returnType<Meaning>()
    .with('authentication_declined', () => ({ reason: 'authentication_failed', retry: 'same_method' }))
    .with('risk_declined', () => ({ reason: 'fraud_suspected', retry: 'never' }))
    .with('3ds_not_supported', () => ({ reason: 'not_permitted', retry: 'other_method' }))
    .with('card_brand_not_supported', () => ({ reason: 'not_permitted', retry: 'other_method' }))
    .with('issuer_declined', 'provider_declined', () => toIssuerMeaning(issuerCode))
    .exhaustive()
}

function toIssuerMeaning(code: Code): Meaning {
  if (!isOneOf(airwallexIssuerCodes, code)) return otherMeaning
  return match(code)
    .returnType<Meaning>()
    .with('05', () => ({ reason: 'do_not_honor', retry: 'other_method' }))
    .with('51', () => ({ reason: 'insufficient_funds', retry: 'other_method' }))
    .with('54', () => ({ reason: 'card_expired', retry: 'other_method' }))
    .with('14', () => ({ reason: 'invalid_card', retry: 'same_method' })) // the number may be mistyped
    .with('04', '07', '41', '43', () => ({ reason: 'lost_or_stolen', retry: 'other_method' }))
    .with('59', () => ({ reason: 'fraud_suspected', retry: 'other_method' }))
    .with('61', () => ({ reason: 'limit_exceeded', retry: 'other_method' }))
    .with('91', () => ({ reason: 'issuer_unavailable', retry: 'same_method' }))
    .exhaustive()
}

function followAdvice(retry: Decline['retry'], advice: AirwallexAdviceCode): Decline['retry'] {
  if (retry === 'never') return retry
  return match(advice)
    .returnType<Decline['retry']>()
    .with('01', () => 'other_method') // the issuer has new card data
    .with('02', () => 'same_method') // after 72 hours
    .with('03', '21', () => 'never')
    .exhaustive()
}
