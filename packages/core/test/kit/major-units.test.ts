import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { currencyDigits, fromMajorUnits } from '../../src/kit/index.ts'

const context = { provider: 'test-pay', path: 'amount' }

describe('a JSON number in major units', () => {
  it('is the minor units it was written with, in every currency', () => {
    const currencies = fc.constantFrom('JPY', 'EUR', 'KWD', 'CLF')
    fc.assert(
      fc.property(currencies, fc.nat({ max: 999_999_999_999_999 }), (currency, minor) => {
        const digits = currencyDigits(currency) ?? 0
        const text = String(minor).padStart(digits + 1, '0')
        const json = digits === 0 ? text : `${text.slice(0, -digits)}.${text.slice(-digits)}`
        expect(fromMajorUnits(JSON.parse(json), currency, context)).toEqual({ amount: minor, currency })
      }),
    )
  })

  it.each([
    [null, 'EUR'],
    [undefined, 'EUR'],
    [1, undefined],
    [1, ''],
  ])('%s %s is absent', (amount, currency) => {
    expect(fromMajorUnits(amount, currency, context)).toBeUndefined()
  })

  it.each([1e21, 1e-7, -1, 0.001, 1_234_567_890_123_456, Number.NaN, Infinity])(
    '%d EUR is invalid_payload',
    (amount) => {
      expect(() => fromMajorUnits(amount, 'EUR', context)).toThrow('[test-pay] ')
    },
  )

  it('-0 is 0', () => {
    expect(fromMajorUnits(-0, 'EUR', context)).toEqual({ amount: 0, currency: 'EUR' })
  })
})
