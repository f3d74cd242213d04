import type { Decline } from '@payment-status/core'
import { isOneOf, omitUndefined, toLogSafe } from '@payment-status/core/kit'
import { match } from 'ts-pattern'
import type { StripePaymentError } from './schema.ts'
import {
  type StripeAdviceCode,
  stripeAdviceCodes,
  stripeDeclineCodes,
  stripeErrorCodes,
} from './vocabulary.ts'

type Meaning = Pick<Decline, 'reason' | 'retry'>

/**
 * `last_payment_error` as a `Decline`. The reason is read from `decline_code`, else from `code`; the issuer's advice on
 * this very charge outranks what its code usually means.
 */
export function toDecline(error: StripePaymentError): Decline {
  const { code, decline_code, advice_code, message } = error
  const { reason, retry } = toReason(decline_code) ?? toReason(code) ?? unknownReason
  return omitUndefined({
    code: toLogSafe(decline_code || code),
    reason,
    retry: isOneOf(stripeAdviceCodes, advice_code) ? followAdvice(retry, advice_code) : retry,
    message: toLogSafe(message),
  })
}

const knownCodes = [...stripeDeclineCodes, ...stripeErrorCodes]

/** A code nobody knows is not a reason to try the same card again. */
const unknownReason: Meaning = { reason: 'other', retry: 'other_method' }

/**
 * `do_not_try_again` is advice on this card: another method can still pay the same intent, which waits for one after a
 * refusal (https://docs.stripe.com/payments/paymentintents/lifecycle). So it is `other_method`. What must not be tried again with
 * any method stays so, whatever the advice.
 */
function followAdvice(retry: Decline['retry'], advice: StripeAdviceCode): Decline['retry'] {
  if (retry === 'never') return retry
  return match(advice)
    .returnType<Decline['retry']>()
    .with('try_again_later', 'confirm_card_data', () => 'same_method')
    .with('do_not_try_again', () => 'other_method')
    .exhaustive()
}

/** By the "next steps" of https://docs.stripe.com/declines/codes; `undefined` for a code that is not known. */
function toReason(code: string | null | undefined): Meaning | undefined {
  if (!isOneOf(knownCodes, code)) return undefined
  return match(code)
    .returnType<Meaning>()
    .with('insufficient_funds', () => meaning('insufficient_funds', 'other_method'))
    .with('do_not_honor', 'generic_decline', 'card_declined', 'call_issuer', 'no_action_taken', () =>
      meaning('do_not_honor', 'other_method'),
    )
    .with('approve_with_id', () => meaning('do_not_honor', 'same_method'))
    .with('do_not_try_again', 'payment_method_provider_decline', () =>
      meaning('do_not_honor', 'other_method'),
    )
    .with('expired_card', () => meaning('card_expired', 'other_method'))
    .with('incorrect_number', 'invalid_number', 'incorrect_zip', () => meaning('invalid_card', 'same_method'))
    .with('invalid_expiry_month', 'invalid_expiry_year', () => meaning('invalid_card', 'same_method'))
    .with('invalid_account', 'new_account_information_available', () =>
      meaning('invalid_card', 'other_method'),
    )
    .with('incorrect_cvc', 'invalid_cvc', () => meaning('incorrect_cvc', 'same_method'))
    .with('lost_card', 'stolen_card', 'pickup_card', 'restricted_card', () =>
      meaning('lost_or_stolen', 'other_method'),
    )
    .with('fraudulent', 'merchant_blacklist', () => meaning('fraud_suspected', 'never'))
    .with('card_velocity_exceeded', 'withdrawal_count_limit_exceeded', 'invalid_amount', () =>
      meaning('limit_exceeded', 'other_method'),
    )
    .with('card_decline_rate_limit_exceeded', () => meaning('limit_exceeded', 'other_method'))
    .with('card_not_supported', 'currency_not_supported', 'not_permitted', 'service_not_allowed', () =>
      meaning('not_permitted', 'other_method'),
    )
    .with('transaction_not_allowed', 'security_violation', 'testmode_decline', 'stop_payment_order', () =>
      meaning('not_permitted', 'other_method'),
    )
    .with('revocation_of_authorization', 'revocation_of_all_authorizations', () =>
      meaning('not_permitted', 'other_method'),
    )
    .with('authentication_required', 'authentication_not_handled', () =>
      meaning('authentication_required', 'same_method'),
    )
    .with(
      'offline_pin_required',
      'online_or_offline_pin_required',
      'mobile_device_authentication_required',
      () => meaning('authentication_required', 'same_method'),
    )
    .with('payment_intent_authentication_failure', 'incorrect_pin', 'invalid_pin', () =>
      meaning('authentication_failed', 'same_method'),
    )
    .with('pin_try_exceeded', () => meaning('authentication_failed', 'other_method'))
    .with('issuer_not_available', 'payment_method_provider_timeout', 'payment_method_not_available', () =>
      meaning('issuer_unavailable', 'same_method'),
    )
    .with('processing_error', 'reenter_transaction', 'try_again_later', () =>
      meaning('processing_error', 'same_method'),
    )
    .with('payment_method_customer_decline', () => meaning('canceled_by_shopper', 'same_method'))
    .with('payment_intent_payment_attempt_expired', () => meaning('other', 'same_method'))
    .with('payment_intent_payment_attempt_failed', () => meaning('other', 'other_method'))
    .with('duplicate_transaction', () => meaning('other', 'never')) // the one before it may have been paid
    .exhaustive()
}

function meaning(reason: Meaning['reason'], retry: Meaning['retry']): Meaning {
  return { reason, retry }
}
