import type { Money } from '@payment-status/core'
import { fromMinorUnits, payloadError } from '@payment-status/core/kit'

/** Where an amount stands, for the error. */
export interface MoneyContext {
  readonly provider: string
  readonly path: string
}

/**
 * Reads minor units by ISO 4217, as Checkout.com sends them for every currency but the Chilean peso. The peso has no minor
 * unit, and Checkout.com sends hundredths. Throws `invalid_payload`, for a remainder too.
 */
export function toMoney(
  amount: number | null | undefined,
  currency: string | null | undefined,
  context: MoneyContext,
): Money | undefined {
  const money = fromMinorUnits(amount, currency, context)
  if (money?.currency !== 'CLP') return money
  if (money.amount % 100 === 0) return { ...money, amount: money.amount / 100 }
  throw payloadError(context.provider, context.path, 'whole pesos, in hundredths')
}
