import { inputError } from '../model/errors.ts'
import { currencyDigits, type Money } from '../model/money.ts'

/** Terms of an order, from the shop's own records: never from what a payment states. */
export interface OrderTerms {
  readonly expected: {
    /** Amount that the shopper has to pay, in minor units. */
    readonly amount: Money
    /** The reference the payment was created with. Without one, references are not compared. */
    readonly reference?: string | undefined
  }
  /** `automatic`: the provider captures authorized funds by itself. `manual`: it waits for the shop's request. */
  readonly capture: 'automatic' | 'manual'
  /** True for vouchers and bank transfers: for days, only a webhook brings the result. */
  readonly webhookOnly?: boolean | undefined
  /** ISO 8601 instant. A payment that was created before it belongs to another order with the same reference. */
  readonly notBefore?: string | undefined
  /** True where several payments pay one order on purpose (gift card plus card): what is captured is added up. */
  readonly split?: boolean | undefined
}

/** Throws `invalid_input`, with what to give instead, for terms that cannot be right. */
export function checkTerms(terms: OrderTerms): void {
  if (typeof terms?.expected?.amount !== 'object' || terms.expected.amount === null)
    throw inputError(
      'payment-status',
      'the terms must be an object: { expected: { amount: { amount, currency } }, capture }',
    )
  const { expected, capture, notBefore, webhookOnly, split } = terms
  const { amount, currency } = expected.amount
  if (!Number.isSafeInteger(amount) || amount < 0) {
    const hint =
      typeof amount === 'string' ? '. PostgreSQL returns a bigint as text: convert it with Number()' : ''
    throw inputError(
      'payment-status',
      `expected.amount.amount must be a safe integer in minor units, 0 or more${hint}`,
    )
  }
  if (typeof currency !== 'string' || currencyDigits(currency) === undefined)
    throw inputError(
      'payment-status',
      "expected.amount.currency must be an upper-case ISO 4217 code, such as 'EUR'",
    )
  if (
    expected.reference !== undefined &&
    (typeof expected.reference !== 'string' || expected.reference === '')
  )
    throw inputError(
      'payment-status',
      'expected.reference must be a non-empty string. Leave it out to compare no references',
    )
  if (capture !== 'automatic' && capture !== 'manual')
    throw inputError('payment-status', "capture must be 'automatic' or 'manual', as the payment was created")
  for (const [name, flag] of Object.entries({ webhookOnly, split }))
    if (typeof (flag ?? false) !== 'boolean')
      throw inputError('payment-status', `${name} must be true or false`)
  if (notBefore !== undefined && !isInstant(notBefore))
    throw inputError(
      'payment-status',
      'notBefore must be an ISO 8601 instant, such as new Date().toISOString()',
    )
}

function isInstant(text: string): boolean {
  const [day] = /^\d{4}-\d\d-\d\d/.exec(text) ?? []
  // `Date` turns 30 February into March.
  const isDay = day !== undefined && new Date(Date.parse(day) || 0).toISOString().startsWith(day)
  return isDay && Date.parse(text) >= 0
}
