import type { Money } from '@payment-status/core'
import { currencyDigits, fromMinorUnits, payloadError } from '@payment-status/core/kit'

export interface AmountContext {
  readonly provider: string
  /** Path of the field, for the error. */
  readonly path: string
}

// Two currencies without a minor unit come in hundredths, and one with hundredths comes in whole units
// (https://docs.stripe.com/currencies#special-cases).
const currenciesInHundredths: readonly string[] = ['ISK', 'UGX']
const currenciesInWholeUnits: readonly string[] = ['MGA']

/**
 * Converts an amount to minor units by ISO 4217. Throws `invalid_payload` for a fraction of a minor unit, and for a currency
 * that ISO 4217 does not list (Stripe still lists STD).
 */
export function toMoney(
  amount: number | null | undefined,
  currency: string | null | undefined,
  context: AmountContext,
): Money | undefined {
  const money = fromMinorUnits(amount, currency?.toUpperCase(), context)
  if (money && currenciesInHundredths.includes(money.currency)) {
    if (money.amount % 100 !== 0) {
      throw payloadError(context.provider, context.path, 'a whole number of this currency, in hundredths')
    }
    return { ...money, amount: money.amount / 100 }
  }
  if (money && currenciesInWholeUnits.includes(money.currency)) {
    return fromMinorUnits(money.amount * 100, money.currency, context)
  }
  return money
}

/** Formats money for the shopper: `25.00 EUR`. */
export function toMoneyText({ amount, currency }: Money): string {
  const digits = currencyDigits(currency) ?? 0
  const text = String(amount).padStart(digits + 1, '0')
  const whole = text.slice(0, text.length - digits)
  return digits === 0 ? `${whole} ${currency}` : `${whole}.${text.slice(-digits)} ${currency}`
}
