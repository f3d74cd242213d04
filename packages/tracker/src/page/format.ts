import { currencyDigits, type Money, type PaymentMethod } from '@payment-status/core'
import { inputError } from '../errors.ts'

/** Writes instants in one time zone. */
export interface Clock {
  readonly timeZone: string
  /** Writes `30 Nov 2026, 14:22`. */
  moment(instant: string): string
  /** Writes `30 Nov 2026, 14:22:05`. */
  precise(instant: string): string
  /** Writes `30 Nov 2026`. */
  day(instant: string): string
  /** Writes `14:22`. */
  time(instant: string): string
}

/** Returns the clock of an IANA time zone. Throws `invalid_input` for a name that is not one. */
export function createClock(timeZone: string): Clock {
  if (!isTimeZone(timeZone)) throw inputError('timeZone must be an IANA time zone, such as Europe/Berlin')
  const write = (options: Intl.DateTimeFormatOptions) => {
    const format = new Intl.DateTimeFormat('en-GB', { ...options, timeZone, hourCycle: 'h23' })
    return (instant: string) => format.format(new Date(instant)).replace('Sept', 'Sep')
  }
  const date = { day: 'numeric', month: 'short', year: 'numeric' } as const
  const hour = { hour: '2-digit', minute: '2-digit' } as const
  return {
    timeZone,
    moment: write({ ...date, ...hour }),
    precise: write({ ...date, ...hour, second: '2-digit' }),
    day: write(date),
    time: write(hour),
  }
}

export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    return false
  }
}

/** Writes `65.40 EUR`, with the digits of ISO 4217; minor units where the currency is not known. */
export function money({ amount, currency }: Money): string {
  const digits = currencyDigits(currency)
  if (digits === undefined) return `${amount} minor units of ${currency}`
  const text = String(Math.abs(amount)).padStart(digits + 1, '0')
  const whole = digits === 0 ? text : text.slice(0, -digits)
  const grouped = whole.replaceAll(/\B(?=(\d{3})+$)/g, ',')
  return `${amount < 0 ? '-' : ''}${grouped}${digits === 0 ? '' : `.${text.slice(-digits)}`} ${currency}`
}

/** Brands and wallets whose names are not just a capital and small letters. Keys hold letters and digits only. */
const properNames: Readonly<Record<string, string>> = {
  amex: 'American Express',
  americanexpress: 'American Express',
  applepay: 'Apple Pay',
  googlepay: 'Google Pay',
  jcb: 'JCB',
  ideal: 'iDEAL',
  paypal: 'PayPal',
  unionpay: 'UnionPay',
  cartesbancaires: 'Cartes Bancaires',
  sepadebit: 'SEPA Direct Debit',
  oxxo: 'OXXO',
}

/** Writes how the shopper paid: `Visa •4242`, `Apple Pay`, `a card`. */
export function paymentMethod({ kind, name, brand, last4 }: PaymentMethod): string {
  const word = kind === 'card' ? brand : (name ?? brand)
  const shown = word === undefined || word === '' ? methodNames[kind] : properName(word)
  return last4 === undefined ? shown : `${shown} •${last4}`
}

const methodNames: Readonly<Record<PaymentMethod['kind'], string>> = {
  card: 'a card',
  wallet: 'a wallet',
  bank_transfer: 'a bank transfer',
  bank_redirect: 'online banking',
  voucher: 'a voucher',
  buy_now_pay_later: 'pay later',
  other: 'another method',
}

export function properName(word: string): string {
  const key = word.toLowerCase().replaceAll(/[^a-z0-9]/g, '')
  if (Object.hasOwn(properNames, key)) return properNames[key] as string
  const spaced = word.replaceAll('_', ' ').trim()
  return spaced === spaced.toUpperCase() || spaced === spaced.toLowerCase()
    ? spaced.charAt(0).toUpperCase() + spaced.slice(1).toLowerCase()
    : spaced
}

/** Writes a length of time with one unit: `450 ms`, `2.4 s`, `12 min`. */
export function duration(milliseconds: number): string {
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`
  const seconds = milliseconds / 1000
  if (seconds < 120) return `${seconds.toFixed(1)} s`
  const minutes = seconds / 60
  if (minutes < 120) return `${Math.round(minutes)} min`
  return minutes < 48 * 60 ? `${Math.round(minutes / 60)} h` : `${Math.round(minutes / 60 / 24)} days`
}

/** Writes `1 order`, `2 orders`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString('en')} ${count === 1 ? one : many}`
}
