import { paypalResponseCodes } from '@payment-status/paypal'
import { describe, expect, it } from 'vitest'
import { lookUp, makeOrder, part } from './helpers.ts'

async function declineOf(processor_response: object, brand = 'MASTERCARD', reason?: string) {
  const status_details = reason === undefined ? undefined : { reason }
  const captures = [part('3CA1', 'DECLINED', { processor_response, status_details })]
  const payment_source = { card: { brand } }
  return (await lookUp(makeOrder('COMPLETED', { captures }, { payment_source }))).decline
}

describe('a decline', () => {
  it.each<[string, string, string]>([
    ['0500', 'do_not_honor', 'other_method'],
    ['5120', 'insufficient_funds', 'other_method'],
    ['5400', 'card_expired', 'other_method'],
    ['PPEX', 'card_expired', 'other_method'],
    ['00N7', 'incorrect_cvc', 'same_method'],
    ['PCVV', 'incorrect_cvc', 'same_method'],
    ['9500', 'fraud_suspected', 'other_method'],
    ['9520', 'lost_or_stolen', 'other_method'],
    ['5150', 'lost_or_stolen', 'other_method'],
    ['5180', 'invalid_card', 'same_method'],
    ['PP06', 'invalid_card', 'other_method'],
    ['5650', 'authentication_required', 'same_method'],
    ['7710', 'authentication_failed', 'same_method'],
    ['5920', 'issuer_unavailable', 'same_method'],
    ['PPNL', 'limit_exceeded', 'other_method'],
    ['0580', 'not_permitted', 'other_method'],
    ['9100', 'processing_error', 'same_method'],
    ['0R00', 'other', 'never'],
    ['PPRN', 'other', 'never'],
    ['0890', 'other', 'other_method'],
    ['9999', 'other', 'other_method'],
  ])('with the code %s is %s, and %s', async (response_code, reason, retry) => {
    expect(await declineOf({ response_code })).toEqual({ code: response_code, reason, retry })
  })

  it.each(paypalResponseCodes)('gives the code %s a meaning', async (response_code) => {
    const decline = await declineOf({ response_code })
    expect(decline?.code).toBe(response_code)
    expect(decline?.reason === 'other' && decline.retry !== 'never').toBe(false)
  })

  it.each<[string, string, string]>([
    ['01', 'MASTERCARD', 'other_method'],
    ['02', 'VISA', 'never'],
    ['02', 'visa', 'never'],
    ['02', 'MASTERCARD', 'same_method'],
    ['03', 'MASTERCARD', 'never'],
    ['21', 'MASTERCARD', 'never'],
    ['24', 'MASTERCARD', 'same_method'],
  ])('with the advice %s at %s is retried: %s', async (payment_advice_code, brand, retry) => {
    const decline = await declineOf({ response_code: '5650', payment_advice_code }, brand)
    expect(decline?.retry).toBe(retry)
  })

  it('is never softened by an advice', async () => {
    expect(await declineOf({ response_code: '0R00', payment_advice_code: '01' })).toMatchObject({
      retry: 'never',
    })
  })

  it('by a risk filter is suspected fraud', async () => {
    expect(await declineOf({}, 'VISA', 'DECLINED_BY_RISK_FRAUD_FILTERS')).toEqual({
      code: 'DECLINED_BY_RISK_FRAUD_FILTERS',
      reason: 'fraud_suspected',
      retry: 'never',
    })
  })

  it('of an authorization is read, too', async () => {
    const authorizations = [part('8AU1', 'DENIED', { processor_response: { response_code: '5120' } })]
    expect((await lookUp(makeOrder('COMPLETED', { authorizations }))).decline).toMatchObject({
      reason: 'insufficient_funds',
    })
  })

  it('is not stated of an order that is paid', async () => {
    const captures = [
      part('3CA1', 'DECLINED', { processor_response: { response_code: '5120' } }),
      part('3CA2', 'COMPLETED'),
    ]
    expect(await lookUp(makeOrder('COMPLETED', { captures }))).not.toHaveProperty('decline')
  })

  it('keeps no more than a word of the code', async () => {
    expect(await declineOf({ response_code: '4111 1111 1111 1111' })).not.toHaveProperty('code')
  })
})
