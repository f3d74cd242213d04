import { currencyDigits, type Money } from '../model/money.ts'
import { payloadError } from './errors.ts'

const decimalPattern = /^(\d+)(?:\.(\d+))?$/

interface MoneyContext {
  readonly provider: string
  /** Path of the field, for the error. */
  readonly path: string
  /** Decimals that the provider counts a currency in, where they are not those of ISO 4217. */
  readonly digits?: Readonly<Record<string, number>> | undefined
}

/**
 * Converts a decimal string and a currency code to minor units, never through a float. Returns `undefined` when
 * either is absent (null and "" mean absent). Throws `invalid_payload` for a sign, an exponent, digits the
 * currency does not have (surplus zeros excepted), an unknown currency, or more than a safe integer holds.
 */
export function fromDecimal(
  text: string | null | undefined,
  currency: string | null | undefined,
  context: MoneyContext,
): Money | undefined {
  if (isAbsent(text) || isAbsent(currency)) return undefined
  const digits = digitsOf(currency, context)
  const [, whole, fraction = ''] = decimalPattern.exec(text) ?? []
  if (whole === undefined) throw payloadError(context.provider, context.path, 'a decimal string')
  if (/[1-9]/.test(fraction.slice(digits))) {
    throw payloadError(context.provider, context.path, `at most ${digits} decimals in this currency`)
  }
  const amount = Number(whole + fraction.slice(0, digits).padEnd(digits, '0'))
  if (!Number.isSafeInteger(amount))
    throw payloadError(context.provider, context.path, 'an amount that a safe integer holds')
  return { amount, currency }
}

/** As many digits as every double-precision number keeps exactly. */
const MAX_SIGNIFICANT_DIGITS = 15

/**
 * Reads a JSON number in major units (`9.99`) as minor units. It converts the number's shortest decimal text, which is the
 * text the provider sent, and never multiplies. Returns `undefined` where either is absent. Throws `invalid_payload` for a
 * sign, an exponent, more than 15 significant digits, digits that the currency does not have, or an unknown currency.
 */
export function fromMajorUnits(
  amount: number | null | undefined,
  currency: string | null | undefined,
  context: MoneyContext,
): Money | undefined {
  if (amount === undefined || amount === null) return undefined
  const text = String(amount)
  if (text.replace('.', '').replace(/^0+/, '').length > MAX_SIGNIFICANT_DIGITS) {
    throw payloadError(context.provider, context.path, `at most ${MAX_SIGNIFICANT_DIGITS} significant digits`)
  }
  return fromDecimal(text, currency, context)
}

/**
 * Returns the provider's minor units and a currency code as `Money`, whose minor units are those of ISO 4217: where the
 * provider counts in others (`digits`), they are converted. `undefined` when either is absent. Throws `invalid_payload` for
 * an unknown currency, for anything but a non-negative safe integer, and for a fraction of a minor unit.
 */
export function fromMinorUnits(
  amount: number | null | undefined,
  currency: string | null | undefined,
  context: MoneyContext,
): Money | undefined {
  if (amount === undefined || amount === null || isAbsent(currency)) return undefined
  const digits = digitsOf(currency, context)
  const { digits: own = {}, provider, path } = context
  const surplus = (Object.hasOwn(own, currency) ? (own[currency] ?? digits) : digits) - digits
  const unit = 10 ** Math.abs(surplus)
  if (surplus > 0 && amount % unit !== 0)
    throw payloadError(provider, path, "an amount without a fraction of this currency's minor unit")
  const converted = surplus > 0 ? amount / unit : amount * unit
  if (!Number.isSafeInteger(amount) || !Number.isSafeInteger(converted) || amount < 0) {
    throw payloadError(provider, path, 'a non-negative safe integer')
  }
  return { amount: converted + 0, currency } // -0 is 0
}

function isAbsent(text: string | null | undefined): text is '' | null | undefined {
  return text === undefined || text === null || text === ''
}

function digitsOf(currency: string, context: MoneyContext): number {
  const digits = currencyDigits(currency)
  if (digits === undefined)
    throw payloadError(context.provider, context.path, 'an upper-case ISO 4217 currency code')
  return digits
}
