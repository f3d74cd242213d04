import { toLogSafe, toLogSafeWord } from '@payment-status/core/kit'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

const card = '4242424242424242'
const inFours = (separator: string) => card.match(/.{4}/g)?.join(separator) ?? ''
const spelled = (zero: number) => String.fromCodePoint(...[...card].map((digit) => zero + Number(digit)))

describe('text that may be logged', () => {
  it.each(['Insufficient funds (51)', '余额不足', 'Refusé: 3 essais', 'try again after 2026-11-21', 'pay_1'])(
    'is kept as it is: %s',
    (text) => expect(toLogSafe(text)).toBe(text),
  )

  it.each([
    null,
    undefined,
    '',
    'x'.repeat(201),
    'two\nlines',
    'a\u2028b',
    '\u001b[31mred',
    'a\u202eb',
    '\ud800',
  ])('is not empty, long, or in part unseen: %j', (text) => expect(toLogSafe(text)).toBeUndefined())

  it.each(['sk_test_1', 'key sk_sbox_abc is wrong', 'rk_live_1', 'pk_test_1', 'whsec_1', 'pi_1_secret_2'])(
    'holds no secret: %s',
    (text) => expect(toLogSafe(text)).toBeUndefined(),
  )

  it('holds a word that only ends like one', () =>
    expect(toLogSafe('disk_full task_1')).toBe('disk_full task_1'))
})

describe('a card number', () => {
  it.each(['378282246310005', '4222222222222', '6304000000000000', '123456789012'])(
    'of any length is found: %s',
    (number) => expect(toLogSafe(`card ${number} declined`)).toBeUndefined(),
  )

  it('of fewer digits is not a card number', () => expect(toLogSafe('12345678901')).toBe('12345678901'))

  it.each([
    ...[' ', '-', '.', '/', '_', ',', ':', '|', '*', ' - '],
    ...['\u00a0', '\u2007', '\u2009', '\u202f', '\u3000'], // spaces
    ...['\u00ad', '\u2010', '\u2011', '\u2012', '\u2013', '\u2014', '\u2015', '\u2212', '\ufe63', '\uff0d'], // dashes
    ...['\u200b', '\u2060', '\ufeff'], // of no width
    ...['\u00b7', '\u2022', '\uff0e', '\u30fb'], // dots
  ])('is found between separators: %j', (separator) =>
    expect(toLogSafe(`no: ${inFours(separator)}`)).toBeUndefined(),
  )

  it.each([
    ['full-width', 0xff10],
    ['Arabic-Indic', 0x660],
    ['Devanagari', 0x966],
    ['mathematical', 0x1d7ce],
  ])('is found in %s digits', (_, zero) => expect(toLogSafe(spelled(zero))).toBeUndefined())

  it('is found in circled digits', () => expect(toLogSafe('④②'.repeat(8))).toBeUndefined())

  it('is found wherever it is, however its digits are set apart', () => {
    const separator = fc.string({ unit: fc.constantFrom(...' -._/\u00a0\u2013\u2212\uff0d'), maxLength: 3 })
    const digits = fc.array(fc.nat(9), { minLength: 12, maxLength: 19 })
    fc.assert(
      fc.property(
        fc.string({ maxLength: 20 }),
        digits,
        fc.infiniteStream(separator),
        (before, number, gaps) => {
          const text = number.map((digit) => `${digit}${gaps.next().value}`).join('')
          expect(toLogSafe(`${before} ${text}`)).toBeUndefined()
        },
      ),
    )
  })
})

describe('a code or an id that may be logged', () => {
  it.each(['req_LzPuDfcmWNw3fH', 'a.b-c_d', '5c8e2b0a-40f5-4b1d-9a51-5e2a8a3c1d77'])(
    'is a word: %s',
    (word) => expect(toLogSafeWord(word)).toBe(word),
  )

  it.each(['', null, undefined, 'two words', 'x'.repeat(65), 'é', inFours('-'), inFours('_'), inFours('.')])(
    'is not %j',
    (word) => expect(toLogSafeWord(word)).toBeUndefined(),
  )

  it('may be a UUID with many digits, but not one that a card number is written in', () => {
    expect(toLogSafeWord('12345678-1234-4234-8234-12345678901a')).toBeUndefined()
    expect(toLogSafeWord('00000000-0000-4000-8000-000000000001')).toBe('00000000-0000-4000-8000-000000000001')
    expect(toLogSafeWord('a4242424-2424-2424-2abc-abcabcabcabc')).toBeUndefined()
  })
})
