import type { Decline } from '@payment-status/core'
import { isOneOf, omitUndefined, toLogSafe } from '@payment-status/core/kit'
import { match } from 'ts-pattern'
import type { StripePaymentError } from './schema.ts'
import {
  type StripeAdviceCode,
  type StripeDeclineCode,
  type StripeErrorCode,
  stripeAdviceCodes,
} from './vocabulary.ts'

type Meaning = Pick<Decline, 'reason' | 'retry'>

/**
 * Reads `last_payment_error`. The reason comes from `decline_code`, else from `code`. The issuer's advice on this charge
 * outranks the usual meaning of its code.
 */
export function toDecline(error: StripePaymentError): Decline {
  const { code, decline_code, advice_code, message } = error
  const { reason, retry } = toMeaning(decline_code, code)
  return omitUndefined({
    code: toLogSafe(decline_code || code),
    reason,
    retry: isOneOf(stripeAdviceCodes, advice_code) ? followAdvice(retry, advice_code) : retry,
    message: toLogSafe(message),
  })
}

/** An unknown code is no reason to try the same card again. */
const unknownMeaning: Meaning = { reason: 'other', retry: 'other_method' }

/** Every card decline has the code `card_declined`, so it says nothing about a `decline_code` that is unknown here. */
function toMeaning(declineCode: string | null | undefined, code: string | null | undefined): Meaning {
  const known = findMeaning(declineCode)
  if (known) return known
  if (declineCode && code === 'card_declined') return unknownMeaning
  return findMeaning(code) ?? unknownMeaning
}

function findMeaning(code: string | null | undefined): Meaning | undefined {
  return code && Object.hasOwn(meanings, code) ? meanings[code as keyof typeof meanings] : undefined
}

/**
 * `do_not_try_again` is advice on this card. Another method can still pay the same PaymentIntent
 * (https://docs.stripe.com/payments/paymentintents/lifecycle), so it becomes `other_method`. `never` stays, whatever the advice.
 */
function followAdvice(retry: Decline['retry'], advice: StripeAdviceCode): Decline['retry'] {
  if (retry === 'never') return retry
  return match(advice)
    .returnType<Decline['retry']>()
    .with('try_again_later', 'confirm_card_data', () => 'same_method')
    .with('do_not_try_again', () => 'other_method')
    .exhaustive()
}

/** By the "next steps" of https://docs.stripe.com/declines/codes and https://docs.stripe.com/error-codes. */
const meanings: Readonly<Record<StripeDeclineCode | StripeErrorCode, Meaning>> = {
  account_closed: { reason: 'invalid_card', retry: 'other_method' },
  approve_with_id: { reason: 'do_not_honor', retry: 'same_method' },
  authentication_not_handled: { reason: 'authentication_required', retry: 'same_method' },
  authentication_required: { reason: 'authentication_required', retry: 'same_method' },
  bank_account_restricted: { reason: 'not_permitted', retry: 'other_method' },
  call_issuer: { reason: 'do_not_honor', retry: 'other_method' },
  card_decline_rate_limit_exceeded: { reason: 'limit_exceeded', retry: 'other_method' },
  card_declined: { reason: 'do_not_honor', retry: 'other_method' },
  card_not_supported: { reason: 'not_permitted', retry: 'other_method' },
  card_velocity_exceeded: { reason: 'limit_exceeded', retry: 'other_method' },
  charge_exceeds_transaction_limit: { reason: 'limit_exceeded', retry: 'other_method' },
  currency_not_supported: { reason: 'not_permitted', retry: 'other_method' },
  debit_not_authorized: { reason: 'not_permitted', retry: 'other_method' },
  do_not_honor: { reason: 'do_not_honor', retry: 'other_method' },
  do_not_try_again: { reason: 'do_not_honor', retry: 'other_method' },
  duplicate_transaction: { reason: 'other', retry: 'never' }, // the earlier one may have been paid
  expired_card: { reason: 'card_expired', retry: 'other_method' },
  expired_payment_method: { reason: 'card_expired', retry: 'other_method' },
  fraudulent: { reason: 'fraud_suspected', retry: 'never' },
  generic_decline: { reason: 'do_not_honor', retry: 'other_method' },
  incorrect_address: { reason: 'invalid_card', retry: 'same_method' },
  incorrect_cvc: { reason: 'incorrect_cvc', retry: 'same_method' },
  incorrect_number: { reason: 'invalid_card', retry: 'same_method' },
  incorrect_pin: { reason: 'authentication_failed', retry: 'same_method' },
  incorrect_postal_code: { reason: 'invalid_card', retry: 'same_method' },
  incorrect_zip: { reason: 'invalid_card', retry: 'same_method' },
  insufficient_funds: { reason: 'insufficient_funds', retry: 'other_method' },
  invalid_account: { reason: 'invalid_card', retry: 'other_method' },
  invalid_amount: { reason: 'limit_exceeded', retry: 'other_method' },
  invalid_cvc: { reason: 'incorrect_cvc', retry: 'same_method' },
  invalid_expiry_month: { reason: 'invalid_card', retry: 'same_method' },
  invalid_expiry_year: { reason: 'invalid_card', retry: 'same_method' },
  invalid_number: { reason: 'invalid_card', retry: 'same_method' },
  invalid_pin: { reason: 'authentication_failed', retry: 'same_method' },
  issuer_not_available: { reason: 'issuer_unavailable', retry: 'same_method' },
  lost_card: { reason: 'lost_or_stolen', retry: 'other_method' },
  merchant_blacklist: { reason: 'fraud_suspected', retry: 'never' },
  mobile_device_authentication_required: { reason: 'authentication_required', retry: 'same_method' },
  new_account_information_available: { reason: 'invalid_card', retry: 'other_method' },
  no_account: { reason: 'invalid_card', retry: 'other_method' },
  no_action_taken: { reason: 'do_not_honor', retry: 'other_method' },
  not_permitted: { reason: 'not_permitted', retry: 'other_method' },
  offline_pin_required: { reason: 'authentication_required', retry: 'same_method' },
  online_or_offline_pin_required: { reason: 'authentication_required', retry: 'same_method' },
  payment_intent_authentication_failure: { reason: 'authentication_failed', retry: 'same_method' },
  payment_intent_mandate_invalid: { reason: 'not_permitted', retry: 'other_method' },
  payment_intent_payment_attempt_expired: { reason: 'other', retry: 'same_method' },
  payment_intent_payment_attempt_failed: { reason: 'other', retry: 'other_method' },
  payment_method_bank_account_blocked: { reason: 'not_permitted', retry: 'other_method' },
  payment_method_customer_decline: { reason: 'canceled_by_shopper', retry: 'same_method' },
  payment_method_not_available: { reason: 'issuer_unavailable', retry: 'same_method' },
  payment_method_provider_decline: { reason: 'do_not_honor', retry: 'other_method' },
  payment_method_provider_timeout: { reason: 'issuer_unavailable', retry: 'same_method' },
  pickup_card: { reason: 'lost_or_stolen', retry: 'other_method' },
  pin_try_exceeded: { reason: 'authentication_failed', retry: 'other_method' },
  processing_error: { reason: 'processing_error', retry: 'same_method' },
  reenter_transaction: { reason: 'processing_error', retry: 'same_method' },
  refer_to_customer: { reason: 'do_not_honor', retry: 'other_method' },
  restricted_card: { reason: 'lost_or_stolen', retry: 'other_method' },
  revocation_of_all_authorizations: { reason: 'not_permitted', retry: 'other_method' },
  revocation_of_authorization: { reason: 'not_permitted', retry: 'other_method' },
  security_violation: { reason: 'not_permitted', retry: 'other_method' },
  service_not_allowed: { reason: 'not_permitted', retry: 'other_method' },
  stolen_card: { reason: 'lost_or_stolen', retry: 'other_method' },
  stop_payment_order: { reason: 'not_permitted', retry: 'other_method' },
  testmode_decline: { reason: 'not_permitted', retry: 'other_method' },
  transaction_not_allowed: { reason: 'not_permitted', retry: 'other_method' },
  try_again_later: { reason: 'processing_error', retry: 'same_method' },
  withdrawal_count_limit_exceeded: { reason: 'limit_exceeded', retry: 'other_method' },
}
