import type { Decline } from '@payment-status/core'
import { isOneOf, omitUndefined } from '@payment-status/core/kit'
import { type AdyenRefusalCode, adyenRefusalCodes, adyenRefusals } from './vocabulary.ts'

type Meaning = Pick<Decline, 'reason' | 'retry'>

/** Why a payment was declined: the code of an answer, or the text in the `reason` of a webhook. */
export interface DeclineFacts {
  readonly refusalReasonCode?: string | null | undefined
  readonly reason?: string | null | undefined
}

/**
 * Returns the reason of a decline. Only a listed text is repeated: the `reason` of an approved payment holds the last four
 * digits and the expiry of the card. An unlisted code is not a reason to try the same card again.
 */
export function toDecline({ refusalReasonCode, reason }: DeclineFacts): Decline {
  const code = isOneOf(adyenRefusalCodes, refusalReasonCode) ? refusalReasonCode : codeOf(reason)
  if (code === undefined) return { reason: 'other', retry: 'other_method' }
  return omitUndefined<Decline>({ code, ...meanings[code], message: adyenRefusals[code] })
}

function codeOf(reason: string | null | undefined): AdyenRefusalCode | undefined {
  const text = reason?.trim().toLowerCase()
  return adyenRefusalCodes.find((code) => adyenRefusals[code].toLowerCase() === text)
}

/** By Adyen's page on refusal reasons. */
const meanings: Readonly<Record<AdyenRefusalCode, Meaning>> = {
  2: { reason: 'do_not_honor', retry: 'other_method' },
  3: { reason: 'do_not_honor', retry: 'other_method' },
  4: { reason: 'processing_error', retry: 'same_method' },
  5: { reason: 'not_permitted', retry: 'other_method' },
  6: { reason: 'card_expired', retry: 'other_method' },
  7: { reason: 'other', retry: 'other_method' },
  8: { reason: 'invalid_card', retry: 'same_method' },
  9: { reason: 'issuer_unavailable', retry: 'same_method' },
  10: { reason: 'not_permitted', retry: 'other_method' },
  11: { reason: 'authentication_failed', retry: 'same_method' },
  12: { reason: 'insufficient_funds', retry: 'other_method' },
  14: { reason: 'fraud_suspected', retry: 'never' },
  15: { reason: 'other', retry: 'other_method' },
  16: { reason: 'canceled_by_shopper', retry: 'same_method' },
  17: { reason: 'authentication_failed', retry: 'same_method' },
  18: { reason: 'authentication_failed', retry: 'other_method' },
  19: { reason: 'authentication_failed', retry: 'other_method' },
  20: { reason: 'fraud_suspected', retry: 'never' },
  21: { reason: 'processing_error', retry: 'same_method' },
  22: { reason: 'fraud_suspected', retry: 'never' },
  23: { reason: 'not_permitted', retry: 'other_method' },
  24: { reason: 'incorrect_cvc', retry: 'same_method' },
  25: { reason: 'not_permitted', retry: 'other_method' },
  26: { reason: 'do_not_honor', retry: 'other_method' },
  27: { reason: 'do_not_honor', retry: 'other_method' },
  28: { reason: 'limit_exceeded', retry: 'other_method' },
  29: { reason: 'limit_exceeded', retry: 'other_method' },
  31: { reason: 'fraud_suspected', retry: 'never' },
  32: { reason: 'invalid_card', retry: 'same_method' },
  33: { reason: 'authentication_required', retry: 'same_method' },
  34: { reason: 'not_permitted', retry: 'other_method' },
  35: { reason: 'not_permitted', retry: 'other_method' },
  36: { reason: 'authentication_required', retry: 'same_method' },
  37: { reason: 'other', retry: 'other_method' },
  38: { reason: 'authentication_required', retry: 'same_method' },
  39: { reason: 'authentication_failed', retry: 'same_method' },
  40: { reason: 'other', retry: 'other_method' },
  41: { reason: 'authentication_required', retry: 'same_method' },
  42: { reason: 'authentication_failed', retry: 'same_method' },
  43: { reason: 'authentication_required', retry: 'same_method' },
  44: { reason: 'other', retry: 'other_method' },
  45: { reason: 'other', retry: 'other_method' },
  46: { reason: 'not_permitted', retry: 'other_method' },
}
