import { checkAmount, type Payment, paymentStatuses } from '@payment-status/core'
import { describe, expect, it } from 'vitest'
import { makePayment } from './make.ts'

const expected = { amount: 1000, currency: 'EUR' }
const check = (parts: Partial<Payment>) => checkAmount(makePayment(parts), expected)

describe('a paid status compares captured', () => {
  it.each(['captured', 'partially_captured', 'partially_refunded'] as const)('%s', (status) => {
    expect(check({ status, captured: 1000 })).toBe('matches')
    expect(check({ status, captured: 999 })).toBe('underpaid')
    expect(check({ status, captured: 1001 })).toBe('overpaid')
    expect(check({ status, captured: 0 })).toBe('underpaid')
    expect(check({ status, captured: 1000, amount: { amount: 5000, currency: 'EUR' } })).toBe('matches')
  })
})

it('authorized compares authorized', () => {
  expect(check({ status: 'authorized', authorized: 1000 })).toBe('matches')
  expect(check({ status: 'authorized', authorized: 10 })).toBe('underpaid')
  expect(check({ status: 'authorized', authorized: 1001, captured: 1000 })).toBe('overpaid')
})

it('a plain captured or authorized without its figure falls back to the amount asked', () => {
  for (const status of ['captured', 'authorized'] as const) {
    expect(check({ status })).toBe('matches')
    expect(check({ status, amount: { amount: 1, currency: 'EUR' } })).toBe('underpaid')
    expect(check({ status, amount: { amount: 1e6, currency: 'EUR' } })).toBe('overpaid')
  }
})

it('captured does not take the authorized figure for its own, nor authorized the captured one', () => {
  expect(check({ status: 'captured', authorized: 500 })).toBe('matches')
  expect(check({ status: 'authorized', captured: 500 })).toBe('matches')
})

it.each(['partially_captured', 'partially_refunded'] as const)(
  '%s without captured is not stated: it does not fall back',
  (status) => expect(check({ status })).toBe('not_stated'),
)

it.each(paymentStatuses.filter((status) => !/captured|authorized|partially/.test(status)))(
  '%s has no money to compare, whatever figures it carries',
  (status) => expect(check({ status, authorized: 1000, captured: 1000, refunded: 0 })).toBe('not_stated'),
)

it('another currency comes before any figure', () => {
  for (const status of paymentStatuses) {
    expect(check({ status, captured: 1000, amount: { amount: 1000, currency: 'USD' } })).toBe(
      'other_currency',
    )
  }
})

it('a payment without an amount is not stated, even with figures: their currency is not known', () => {
  const { amount, ...unstated } = makePayment({ captured: 1000 })
  expect(checkAmount(unstated, expected)).toBe('not_stated')
})

it('an expectation that is not a number never matches', () => {
  expect(checkAmount(makePayment({ captured: 1000 }), { amount: Number.NaN, currency: 'EUR' })).not.toBe(
    'matches',
  )
})
