import type { Decline, Payment, PaymentOperation } from '@payment-status/core'
import { type OrUndefined, omitUndefined, parse, readInstant, toInstant } from '@payment-status/core/kit'
import { toAction } from './action.ts'
import { findDeclined, toDecline } from './decline.ts'
import { toPaidWith } from './method.ts'
import { type MoneyContext, toMoney } from './money.ts'
import { toPlan } from './retry.ts'
import { type CheckoutComAction, type CheckoutComPayment, paymentSchema } from './schema.ts'
import { isPayout, toHeld, toOperationKind, toOperationStatus, toPaymentStatus } from './status.ts'

/** Provider's name and time of the report, which a payment is read with. */
export interface PaymentContext {
  readonly provider: string
  /** ISO 8601 instant, by which the times of a `retry` plan have passed or not. */
  readonly at: string
}

/** Reads Checkout.com's payment object. Throws `invalid_payload`. */
export function parsePayment(data: unknown, provider: string): CheckoutComPayment {
  return parse(paymentSchema, data, { provider, what: 'the payment' })
}

/** Returns a payment with its operations, which only a lookup and a create call state completely. */
export function toPayment(read: CheckoutComPayment, context: PaymentContext): Payment {
  const payment = toRowPayment(read, context)
  const operations = isPayout(read) ? undefined : toOperations(read.actions, payment.amount?.currency)
  return operations ? { ...payment, operations } : payment
}

/** Returns a payment without its operations: the actions of a search are not those of a lookup. */
export function toRowPayment(payment: CheckoutComPayment, { provider, at }: PaymentContext): Payment {
  const status = toPaymentStatus(payment, at)
  const amount = toMoney(payment.amount, payment.currency, { provider, path: 'amount' })
  // A decline that Checkout.com will try again is still one, and states why.
  const isDeclined = status === 'failed' || (status === 'processing' && payment.approved === false)
  const totals = amount && toTotals(payment, amount.currency, { provider, path: 'balances' })
  const paidWith = isPayout(payment) ? undefined : toPaidWith(payment)
  return omitUndefined<Payment>({
    provider,
    id: payment.id,
    reference: payment.reference || undefined,
    status,
    amount,
    authorized: totals?.authorized,
    captured: totals?.captured,
    refunded: totals?.refunded,
    action: status === 'requires_action' ? toAction(payment) : undefined,
    decline: isDeclined ? findDecline(payment) : undefined,
    method: paidWith?.method,
    authentication: paidWith?.authentication,
    trace: paidWith?.trace,
    authorizationExpiresAt:
      status === 'authorized' || status === 'partially_captured' ? toTime(payment.expires_on) : undefined,
    createdAt: readInstant(payment.requested_on, { provider, path: 'requested_on' }),
    updatedAt: readInstant(payment.processed_on, { provider, path: 'processed_on' }),
    facts: {
      status: payment.status,
      approved: payment.approved ?? null,
      ...(isDeclined ? toPlan(payment, at) : {}),
    },
  })
}

/**
 * Returns the sums of `balances`, in minor units of the currency. `authorized` is what is still held or was captured, so
 * a void lowers it, and so does a capture after which nothing is left to capture. Throws `invalid_payload`.
 */
export function toTotals(
  { balances, status }: Pick<CheckoutComPayment, 'balances'> & { readonly status?: string },
  currency: string,
  { provider, path }: MoneyContext,
): OrUndefined<Pick<Payment, 'authorized' | 'captured' | 'refunded'>> {
  const { total_captured, total_refunded, available_to_capture } = balances ?? {}
  const held = toHeld(balances)
  const left = typeof available_to_capture === 'number' ? Math.max(available_to_capture, 0) : undefined
  const authorized =
    held !== undefined && total_captured && left !== undefined ? Math.min(held, total_captured + left) : held
  // A bank that takes its debit back is not known to be counted as a refund.
  const isReturned = status === 'Returned' && (total_refunded ?? 0) < (total_captured ?? 0)
  const toAmount = (total: number | null | undefined, name: string) =>
    toMoney(total, currency, { provider, path: `${path}.${name}` })?.amount
  return {
    authorized: toAmount(authorized, 'total_authorized'),
    captured: toAmount(total_captured, 'total_captured'),
    refunded: isReturned ? undefined : toAmount(total_refunded, 'total_refunded'),
  }
}

/**
 * Returns the operations, oldest first. Checkout.com sends the newest first, and an action that waited and then succeeded
 * as two of one id. A search lists 3-D Secure and disputes among the actions: they have ids of other kinds.
 */
function toOperations(
  actions: CheckoutComPayment['actions'],
  currency: string | undefined,
): readonly PaymentOperation[] | undefined {
  const operations = new Map<string, PaymentOperation>()
  for (const action of [...(actions ?? [])].reverse()) {
    const { id } = action
    if (typeof id !== 'string' || !id.startsWith('act_')) continue
    const operation = omitUndefined<PaymentOperation>({
      id,
      kind: toOperationKind(action.type),
      status: toOperationStatus(action),
      amount: toOperationAmount(action, currency),
      at: toTime(action.processed_on),
    })
    operations.set(id, operation)
  }
  return operations.size === 0 ? undefined : [...operations.values()]
}

/** An amount that is not valid is left out of its operation: it decides nothing. */
function toOperationAmount({ amount }: CheckoutComAction, currency: string | undefined): number | undefined {
  if (typeof amount !== 'number' || !Number.isSafeInteger(amount) || amount < 0) return undefined
  if (currency === undefined) return undefined
  if (currency !== 'CLP') return amount
  return amount % 100 === 0 ? amount / 100 : undefined
}

/** A time that decides nothing is left out if it cannot be read: Checkout.com's own examples have some. */
function toTime(text: string | number | null | undefined): string | undefined {
  return typeof text === 'string' ? toInstant(text) : undefined
}

/** The code of a decline is in the response or in the actions. Rows of a list carry neither. */
export function findDecline(
  payment: Pick<CheckoutComPayment, 'response_code' | 'response_summary' | 'processing' | '3ds'> &
    Partial<Pick<CheckoutComPayment, 'actions'>>,
): Decline | undefined {
  const declined = findDeclined(payment)
  if (declined) return toDecline(declined.code, declined.summary, declined.processing ?? payment.processing)
  // A decline in 3-D Secure never reaches the bank, so it has no code: N is a no, R the issuer's refusal to go on.
  const answer = payment['3ds']?.authentication_response
  return answer === 'N' || answer === 'R'
    ? { reason: 'authentication_failed', retry: 'same_method' }
    : undefined
}
