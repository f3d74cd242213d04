import { match } from 'ts-pattern'
import type { Money } from '../model/money.ts'
import type { Payment } from '../model/payment.ts'

/** Result of comparing the money of a payment with the money an order asks for. */
export type AmountCheck = 'matches' | 'other_currency' | 'underpaid' | 'overpaid' | 'not_stated'

/**
 * Compares the money that is captured (or, while `authorized`, held) with the money expected, in minor units of
 * one currency. `not_stated` means the provider does not state the figure: it is neither right nor wrong. Never throws.
 *
 * The currency is compared first. A paid status compares `captured` and `authorized` compares `authorized`; without
 * that figure a plain `captured` or `authorized` falls back to `amount`, because then all of it was captured or held.
 * A partial one does not, and any other status has no money to compare.
 *
 * @example
 * if (checkAmount(payment, { amount: 2500, currency: 'EUR' }) !== 'same') await alert(payment.id)
 */
export function checkAmount(payment: Payment, expected: Money): AmountCheck {
  const { amount } = payment
  if (amount === undefined) return 'not_stated'
  if (amount.currency !== expected.currency) return 'other_currency'
  const figure = match(payment.status)
    .with('captured', () => payment.captured ?? amount.amount)
    .with('partially_captured', 'partially_refunded', () => payment.captured)
    .with('authorized', () => payment.authorized ?? amount.amount)
    .with('open', 'requires_action', 'processing', 'refunded', 'verified', () => undefined)
    .with('canceled', 'expired', 'failed', 'unknown', () => undefined)
    .exhaustive()
  if (figure === undefined) return 'not_stated'
  if (figure === expected.amount) return 'matches'
  return figure < expected.amount ? 'underpaid' : 'overpaid'
}
