import {
  type Decline,
  type Money,
  type Payment,
  PaymentError,
  type ShopperAction,
} from '@payment-status/core'
import { fromMinorUnits, omitUndefined, parse, readInstant, toHttpUrl } from '@payment-status/core/kit'
import { isRefusal, toDecline } from './decline.ts'
import { type CheckoutComPayment, paymentSchema } from './schema.ts'
import { toPaymentStatus } from './status.ts'

/** Their payment object as ours. Throws `invalid_payload`. */
export function toPayment(data: unknown, provider: string): Payment {
  const payment = parse(paymentSchema, data, { provider, what: 'the payment' })
  const status = toPaymentStatus(payment)
  const amount = toMoney(payment.amount, payment.currency, { provider, path: 'amount' })
  const { balances } = payment
  const total = (path: 'total_authorized' | 'total_captured' | 'total_refunded') =>
    amount && toMoney(balances?.[path], amount.currency, { provider, path: `balances.${path}` })?.amount
  return omitUndefined({
    provider,
    id: payment.id,
    reference: payment.reference || undefined,
    status,
    amount,
    authorized: total('total_authorized'),
    captured: total('total_captured'),
    refunded: total('total_refunded'),
    action: status === 'requires_action' ? toAction(payment) : undefined,
    decline: status === 'failed' ? findDecline(payment) : undefined,
    createdAt: readInstant(payment.requested_on, { provider, path: 'requested_on' }),
    updatedAt: readInstant(payment.processed_on, { provider, path: 'processed_on' }),
    facts: { status: payment.status, approved: payment.approved ?? null },
  })
}

/**
 * Minor units by ISO 4217, as Checkout.com sends them for every currency but the Chilean peso: that one has no minor
 * unit, and they send hundredths. Throws `invalid_payload`, for a remainder too.
 */
export function toMoney(
  amount: number | null | undefined,
  currency: string | null | undefined,
  context: { readonly provider: string; readonly path: string },
): Money | undefined {
  const money = fromMinorUnits(amount, currency, context)
  if (money?.currency !== 'CLP') return money
  if (money.amount % 100 === 0) return { ...money, amount: money.amount / 100 }
  const expected = 'whole pesos, in hundredths'
  throw new PaymentError({
    code: 'invalid_payload',
    provider: context.provider,
    message: `an amount is not as documented (expected ${context.path}: ${expected})`,
    issues: [{ path: context.path, expected }],
  })
}

/** A redirect to anything but http(s) is never handed on. */
export function toAction({ _links }: Pick<CheckoutComPayment, '_links'>): ShopperAction | undefined {
  const url = toHttpUrl(_links?.redirect?.href)
  return url === undefined ? undefined : { kind: 'redirect', url }
}

/** The refusal's code is in the response or in the actions (latest first); rows of a list carry neither. */
function findDecline(payment: CheckoutComPayment): Decline | undefined {
  const refusals = [payment, ...(payment.actions ?? [])]
  for (const { response_code, response_summary } of refusals) {
    if (isRefusal(response_code)) return toDecline(response_code, response_summary)
  }
  // A refusal in 3-D Secure never reaches the bank, so it has no code.
  if (payment['3ds']?.authentication_response === 'N') {
    return { reason: 'authentication_failed', retry: 'same_method' }
  }
  return undefined
}
