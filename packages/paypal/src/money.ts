import type { Money } from '@payment-status/core'
import { fromDecimal, payloadError } from '@payment-status/core/kit'

/** A decimal string and its currency, as every object of PayPal states money. */
export interface PayPalMoney {
  readonly currency_code: string
  readonly value: string
}

interface MoneyContext {
  readonly provider: string
  readonly path: string
}

/**
 * Reads PayPal's money. HUF and TWD take no decimals at PayPal and have two by ISO 4217: `500` HUF is 50000 minor units.
 * `.5` is a documented form. Throws `invalid_payload` for a sign.
 */
export function readMoney(money: PayPalMoney | null | undefined, context: MoneyContext): Money | undefined {
  if (!money) return undefined
  const { value, currency_code } = money
  return fromDecimal(value.startsWith('.') ? `0${value}` : value, currency_code, context)
}

/** Adds up amounts. `undefined` where one is not stated, where currencies differ, or for an empty list. */
export function sumMoney(amounts: readonly (Money | undefined)[], context: MoneyContext): Money | undefined {
  const [first] = amounts
  if (!first) return undefined
  let amount = 0
  for (const money of amounts) {
    if (money?.currency !== first.currency) return undefined
    amount += money.amount
  }
  if (Number.isSafeInteger(amount)) return { amount, currency: first.currency }
  throw payloadError(context.provider, context.path, 'amounts whose sum a safe integer holds')
}
