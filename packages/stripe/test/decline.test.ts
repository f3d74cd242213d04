import { describe, expect, it } from 'vitest'
import { toDecline } from '../src/decline.ts'
import { stripeAdviceCodes, stripeDeclineCodes, stripeErrorCodes } from '../src/index.ts'

const rows = [
  ['insufficient_funds', 'insufficient_funds', 'other_method'],
  ['generic_decline', 'do_not_honor', 'other_method'],
  ['do_not_honor', 'do_not_honor', 'other_method'],
  ['card_declined', 'do_not_honor', 'other_method'],
  ['approve_with_id', 'do_not_honor', 'same_method'],
  ['expired_card', 'card_expired', 'other_method'],
  ['incorrect_number', 'invalid_card', 'same_method'],
  ['invalid_account', 'invalid_card', 'other_method'],
  ['incorrect_cvc', 'incorrect_cvc', 'same_method'],
  ['lost_card', 'lost_or_stolen', 'other_method'],
  ['stolen_card', 'lost_or_stolen', 'other_method'],
  ['fraudulent', 'fraud_suspected', 'never'],
  ['merchant_blacklist', 'fraud_suspected', 'never'],
  ['card_velocity_exceeded', 'limit_exceeded', 'other_method'],
  ['currency_not_supported', 'not_permitted', 'other_method'],
  ['transaction_not_allowed', 'not_permitted', 'other_method'],
  ['authentication_required', 'authentication_required', 'same_method'],
  ['payment_intent_authentication_failure', 'authentication_failed', 'same_method'],
  ['pin_try_exceeded', 'authentication_failed', 'other_method'],
  ['issuer_not_available', 'issuer_unavailable', 'same_method'],
  ['processing_error', 'processing_error', 'same_method'],
  ['payment_method_customer_decline', 'canceled_by_shopper', 'same_method'],
  ['payment_intent_payment_attempt_expired', 'other', 'same_method'],
  ['duplicate_transaction', 'other', 'never'],
  ['account_closed', 'invalid_card', 'other_method'],
  ['no_account', 'invalid_card', 'other_method'],
  ['debit_not_authorized', 'not_permitted', 'other_method'],
  ['refer_to_customer', 'do_not_honor', 'other_method'],
  ['bank_account_restricted', 'not_permitted', 'other_method'],
  ['payment_method_bank_account_blocked', 'not_permitted', 'other_method'],
  ['payment_intent_mandate_invalid', 'not_permitted', 'other_method'],
  ['charge_exceeds_transaction_limit', 'limit_exceeded', 'other_method'],
  ['expired_payment_method', 'card_expired', 'other_method'],
  ['incorrect_postal_code', 'invalid_card', 'same_method'],
  ['incorrect_address', 'invalid_card', 'same_method'],
  ['invented_tomorrow', 'other', 'other_method'],
  ['constructor', 'other', 'other_method'],
] as const

describe('toDecline', () => {
  it.each(rows)('%s is %s, retry: %s', (code, reason, retry) => {
    expect(toDecline({ decline_code: code })).toEqual({ code, reason, retry })
    expect(toDecline({ code })).toEqual({ code, reason, retry })
  })

  it.each([...stripeDeclineCodes, ...stripeErrorCodes])('has a meaning for %s', (code) => {
    expect(toDecline({ code }).code).toBe(code)
  })

  it('prefers the decline code, and falls back to the meaning of the code', () => {
    const error = { code: 'payment_method_customer_decline', decline_code: 'insufficient_funds' }
    expect(toDecline(error)).toMatchObject({ code: 'insufficient_funds', reason: 'insufficient_funds' })
    const unknown = { code: 'payment_method_customer_decline', decline_code: 'invented_tomorrow' }
    expect(toDecline(unknown)).toMatchObject({ code: 'invented_tomorrow', reason: 'canceled_by_shopper' })
    // Every card decline has this code: it says nothing about an unknown decline code.
    expect(toDecline({ code: 'card_declined', decline_code: 'invented_tomorrow' })).toEqual({
      code: 'invented_tomorrow',
      reason: 'other',
      retry: 'other_method',
    })
    expect(toDecline({ code: 'expired_card', decline_code: '' }).code).toBe('expired_card')
    expect(toDecline({})).toEqual({ reason: 'other', retry: 'other_method' })
  })

  it.each([
    ['generic_decline', 'try_again_later', 'same_method'],
    ['generic_decline', 'confirm_card_data', 'same_method'],
    ['generic_decline', 'do_not_try_again', 'other_method'],
    ['processing_error', 'do_not_try_again', 'other_method'],
    ['processing_error', 'invented_tomorrow', 'same_method'],
    ['fraudulent', 'try_again_later', 'never'],
    ['fraudulent', 'do_not_try_again', 'never'],
  ])('%s with the advice %s: %s', (decline_code, advice_code, retry) => {
    expect(toDecline({ decline_code, advice_code }).retry).toBe(retry)
  })

  it('has a meaning for every advice', () => {
    for (const advice_code of stripeAdviceCodes) expect(toDecline({ advice_code }).retry).not.toBe('never')
  })

  it.each([
    ['Your card was declined.', 'Your card was declined.'],
    ['Card 4242 4242 4242 4242 was declined.', undefined],
    ['See pi_1_secret_2', undefined],
    ['', undefined],
    [null, undefined],
  ])('keeps %j only where it may be logged', (message, kept) => {
    expect(toDecline({ code: 'card_declined', message }).message).toBe(kept)
  })
})
