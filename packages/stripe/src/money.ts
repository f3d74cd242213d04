import type { Money } from '@payment-status/core'
import { currencyDigits, fromMinorUnits, payloadError } from '@payment-status/core/kit'

export interface AmountContext {
  readonly provider: string
  /** The field's path, for the error. */
  readonly path: string
}

// Two currencies without a minor unit come in hundredths, and one with hundredths comes in whole units
// (https://docs.stripe.com/currencies#special-cases).
const currenciesInHundredths: readonly string[] = ['ISK', 'UGX']
const currenciesInWholeUnits: readonly string[] = ['MGA']

/** Stripe's amounts as ISO 4217 counts them. Throws `invalid_payload` for a fraction of a currency's minor unit, too. */
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

/** Money as a person reads it: `25.00 EUR`. */
export function toMoneyText({ amount, currency }: Money): string {
  const digits = currencyDigits(currency) ?? 0
  const text = String(amount).padStart(digits + 1, '0')
  const whole = text.slice(0, text.length - digits)
  return digits === 0 ? `${whole} ${currency}` : `${whole}.${text.slice(-digits)} ${currency}`
}
