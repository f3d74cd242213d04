import { toAuthentication, toMethod, toTrace } from '@payment-status/core/kit'
import { describe, expect, it } from 'vitest'

const card = '4242424242424242'

describe('how the shopper paid', () => {
  it('holds what can be kept of it', () => {
    expect(
      toMethod('card', { name: 'applepay', brand: 'American Express', last4: '4242', country: 'us' }),
    ).toEqual({ kind: 'card', name: 'applepay', brand: 'American Express', last4: '4242', country: 'US' })
    expect(toMethod('voucher', { name: 'p24', brand: '', last4: null })).toEqual({
      kind: 'voucher',
      name: 'p24',
    })
  })

  it.each([
    ['a card number', card],
    ['a card number in parts', '4242 4242 4242 4242'],
    ['the beginning of a card number', 'Visa 424242'],
    ['the beginning of one, with separators', '42.42_42'],
    ['an expiry', '01/30'],
    ['an expiry with its century', '1 / 2030'],
    ['two lines', 'Visa\n4242'],
    ['too much text', 'a'.repeat(65)],
    ['a number', 4242],
  ])('has no name or brand that is %s', (_, value) => {
    expect(toMethod('card', { name: value, brand: value })).toEqual({ kind: 'card' })
  })

  it.each([card, '424', '42424', '4 42', 'abc\n'])('has no last four characters like %j', (last4) => {
    expect(toMethod('card', { last4 })).toEqual({ kind: 'card' })
  })

  it.each(['USA', 'U', '12', 'United States'])('has no country like %j', (country) => {
    expect(toMethod('card', { country })).toEqual({ kind: 'card' })
  })
})

describe('3-D Secure', () => {
  it('is stated in short words, or left out', () => {
    expect(toAuthentication({ eci: '05', version: '2.1.0', status: 'Y' })).toEqual({
      eci: '05',
      version: '2.1.0',
      status: 'Y',
    })
    expect(toAuthentication({ eci: card, version: 'a version of many words', status: null })).toBe(undefined)
  })
})

describe('what a bank asks for', () => {
  it.each([
    ['a Visa transaction', '956063208697024'],
    ['a Mastercard transaction', 'MDHJEZ0SB0601'],
    ["an acquirer's reference", '74567890123456789012345'],
    ['a retrieval number', '909913440644'],
  ])('keeps %s', (_, value) => {
    expect(toTrace({ networkTransactionId: value, acquirerReference: value })).toEqual({
      networkTransactionId: value,
      acquirerReference: value,
    })
  })

  it.each([card, '6011000990139424', 'Jane Doe', 'a'.repeat(65), ''])('keeps nothing like %j', (value) => {
    expect(toTrace({ networkTransactionId: value, acquirerReference: value })).toBe(undefined)
  })

  it('keeps an authorization code, and no number in place of one', () => {
    expect(toTrace({ authorizationCode: '770687' })).toEqual({ authorizationCode: '770687' })
    expect(toTrace({ authorizationCode: card })).toBe(undefined)
  })
})
