import { currencyDigits, isPaymentError } from '@payment-status/core'
import { fromDecimal, fromMinorUnits } from '@payment-status/core/kit'
import currencyCodes from 'currency-codes'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

const context = { provider: 'test-pay', path: 'data.amount' }
const read = (text: string | null | undefined, currency: string | null | undefined = 'EUR') =>
  fromDecimal(text, currency, context)
const refused = expect.objectContaining({
  code: 'invalid_payload',
  issues: [{ path: 'data.amount', expected: expect.any(String) }],
})

describe('the table of currencies', () => {
  // Funds codes, metals, units of account and the codes for testing and for no currency: ISO gives them no minor unit.
  const notPayable = 'XAF XAG XAU XBA XBB XBC XBD XDR XPD XPT XSU XTS XUA XXX'.split(' ')

  it('has every payable code that the kept list has, with its digits', () => {
    for (const { code, digits } of currencyCodes.data) {
      if (notPayable.includes(code) && currencyDigits(code) === undefined) continue
      expect([code, currencyDigits(code)]).toEqual([code, digits])
    }
  })

  it('has what joined or left since that list was made', () => {
    expect(currencyDigits('XCG')).toBe(2)
    expect(currencyDigits('ZWG')).toBe(2)
    expect(currencyDigits('HRK')).toBe(2)
  })

  it('follows ISO 4217, where Intl follows what people write', () => {
    expect(['IQD', 'AFN', 'LAK', 'JPY', 'CLF', 'UGX'].map(currencyDigits)).toEqual([3, 2, 2, 0, 4, 0])
  })

  it.each(['eur', 'EURO', '', 'XAU', 'XXX', 'BTC', '__proto__', 'constructor'])(
    'does not know %j',
    (code) => {
      expect(currencyDigits(code)).toBeUndefined()
    },
  )
})

describe('a decimal string', () => {
  it.each([
    ['12.34', 'EUR', 1234],
    ['12.3', 'EUR', 1230],
    ['12', 'EUR', 1200],
    ['0.01', 'EUR', 1],
    ['0', 'EUR', 0],
    ['007', 'EUR', 700],
    ['12.3400', 'EUR', 1234],
    ['500', 'JPY', 500],
    ['500.00', 'JPY', 500],
    ['1.234', 'KWD', 1234],
    ['1.2', 'CLF', 12000],
    ['90071992547409.91', 'EUR', Number.MAX_SAFE_INTEGER],
    ['1.15', 'EUR', 115], // 1.15 * 100 is 114.99999999999999 as a float
  ])('%s %s is %i minor units', (text, currency, amount) => {
    expect(read(text, currency)).toEqual({ amount, currency })
  })

  it.each([
    '-1',
    '+1',
    '1e3',
    '1,5',
    '1.',
    '.5',
    ' 1',
    '1 ',
    '1.005',
    '0x10',
    'NaN',
    '１',
    '90071992547409.92',
  ])('%j is refused', (text) => expect(() => read(text)).toThrow(refused))

  it('digits the currency does not have are refused', () => {
    expect(() => read('500.5', 'JPY')).toThrow(refused)
    expect(() => read('1.2345', 'KWD')).toThrow(refused)
  })

  it('an unknown currency is refused', () => {
    for (const currency of ['eur', 'XXX', 'ABC']) expect(() => read('1', currency)).toThrow(refused)
  })

  it('null and the empty string mean absent', () => {
    for (const absent of [null, undefined, '']) {
      expect(read(absent)).toBeUndefined()
      expect(read('1', absent ?? null)).toBeUndefined()
    }
  })

  it('every amount survives the way to text and back', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), fc.constantFrom('JPY', 'EUR', 'KWD', 'CLF'), (amount, currency) => {
        const digits = currencyDigits(currency) ?? 0
        const padded = String(amount).padStart(digits + 1, '0')
        const cut = padded.length - digits
        const text = digits === 0 ? padded : `${padded.slice(0, cut)}.${padded.slice(cut)}`
        expect(read(text, currency)).toEqual({ amount, currency })
      }),
      { numRuns: 2000 },
    )
  })

  it('any text is read exactly, or refused without being repeated', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[\d.,eE+-]{1,25}$/), (text) => {
        try {
          const money = read(text)
          expect(text).toMatch(/^\d+(\.\d\d?0*)?$/)
          expect(Number.isSafeInteger(money?.amount)).toBe(true)
        } catch (error) {
          if (!isPaymentError(error)) throw error
          if (text.length > 3) expect(error.message).not.toContain(text)
        }
      }),
      { numRuns: 2000 },
    )
  })
})

describe('minor units', () => {
  it('are taken as they are', () => {
    expect(fromMinorUnits(0, 'EUR', context)).toEqual({ amount: 0, currency: 'EUR' })
    expect(fromMinorUnits(1234, 'JPY', context)).toEqual({ amount: 1234, currency: 'JPY' })
  })

  it.each([-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53])('%d is refused', (amount) => {
    expect(() => fromMinorUnits(amount, 'EUR', context)).toThrow(refused)
  })

  it('absent is absent, and an unknown currency is refused', () => {
    expect(fromMinorUnits(undefined, 'EUR', context)).toBeUndefined()
    expect(fromMinorUnits(null, 'EUR', context)).toBeUndefined()
    expect(fromMinorUnits(1, '', context)).toBeUndefined()
    expect(() => fromMinorUnits(1, 'eur', context)).toThrow(refused)
  })

  // Adyen's page on currency codes: hundredths where ISO 4217 has none, whole units where it has hundredths.
  it.each([
    ['CLP', 250_000, 2500],
    ['ISK', 0, 0],
    ['CVE', 25, 2500],
    ['IDR', 15_000, 1_500_000],
    ['JPY', 2500, 2500],
    ['EUR', 2500, 2500],
  ])('converts %s from the units that the provider counts in', (currency, given, amount) => {
    const digits = { CLP: 2, ISK: 2, CVE: 0, IDR: 0 }
    expect(fromMinorUnits(given, currency, { ...context, digits })).toEqual({ amount, currency })
  })

  it('refuses a fraction of a minor unit, and what no safe integer holds', () => {
    const read = (amount: number, currency: string) =>
      fromMinorUnits(amount, currency, { ...context, digits: { CLP: 2, IDR: 0 } })
    for (const amount of [1, 99, 101]) expect(() => read(amount, 'CLP')).toThrow(refused)
    for (const amount of [Number.MAX_SAFE_INTEGER, -1, 0.01, Number.NaN]) {
      expect(() => read(amount, 'IDR')).toThrow(refused)
    }
  })
})
