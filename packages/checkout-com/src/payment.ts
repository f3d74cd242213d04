import type { Decline, Money, Payment, PaymentOperation } from '@payment-status/core'
import {
  fromMinorUnits,
  type OrUndefined,
  omitUndefined,
  parse,
  payloadError,
  readInstant,
  toInstant,
} from '@payment-status/core/kit'
import { toAction } from './action.ts'
import { isRefusal, toDecline } from './decline.ts'
import { toPaidWith } from './method.ts'
import { type CheckoutComAction, type CheckoutComPayment, paymentSchema } from './schema.ts'
import { isPayout, toPaymentStatus, toStepKind, toStepStatus, willRetry } from './status.ts'

/** Their payment object as ours. Throws `invalid_payload`. */
export function toPayment(data: unknown, provider: string): Payment {
  const read = parse(paymentSchema, data, { provider, what: 'the payment' })
  const payment = readPayment(read, provider)
  const operations = toSteps(read.actions, payment.amount?.currency)
  return operations ? { ...payment, operations } : payment
}

/** The same of an object that was parsed already, without its steps. */
export function readPayment(payment: CheckoutComPayment, provider: string): Payment {
  const status = toPaymentStatus(payment)
  const amount = toMoney(payment.amount, payment.currency, { provider, path: 'amount' })
  const { balances } = payment
  // A refusal that will be tried again is still one, and tells why.
  const isRefused = status === 'failed' || (status === 'processing' && payment.approved === false)
  const totals = amount && toTotals(balances, amount.currency, { provider, path: 'balances' })
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
    decline: isRefused ? findDecline(payment) : undefined,
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
      ...(isRefused ? toPlan(payment) : {}),
    },
  })
}

interface MoneyContext {
  readonly provider: string
  readonly path: string
}

/**
 * Minor units by ISO 4217, as Checkout.com sends them for every currency but the Chilean peso: that one has no minor
 * unit, and they send hundredths. Throws `invalid_payload`, for a remainder too.
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

/** The sums of `balances` that a payment states, in minor units of the currency. Throws `invalid_payload`. */
export function toTotals(
  balances: CheckoutComPayment['balances'],
  currency: string,
  { provider, path }: MoneyContext,
): OrUndefined<Pick<Payment, 'authorized' | 'captured' | 'refunded'>> {
  const total = (name: 'total_authorized' | 'total_captured' | 'total_refunded') =>
    toMoney(balances?.[name], currency, { provider, path: `${path}.${name}` })?.amount
  return {
    authorized: total('total_authorized'),
    captured: total('total_captured'),
    refunded: total('total_refunded'),
  }
}

/**
 * What was done to the payment. They send the newest first, and an action that waited and went through as two of one id.
 * Only actions have steps of their own here: 3-D Secure and disputes stand among them in a search and nowhere else.
 */
function toSteps(
  actions: CheckoutComPayment['actions'],
  currency: string | undefined,
): readonly PaymentOperation[] | undefined {
  const steps = new Map<string, PaymentOperation>()
  for (const action of [...(actions ?? [])].reverse()) {
    const { id } = action
    if (typeof id !== 'string' || !id.startsWith('act_')) continue
    const step = omitUndefined<PaymentOperation>({
      id,
      kind: toStepKind(action.type),
      status: toStepStatus(action),
      amount: toStepAmount(action, currency),
      at: toTime(action.processed_on),
    })
    steps.set(id, step)
  }
  return steps.size === 0 ? undefined : [...steps.values()]
}

/** A sum that is none leaves its step without one: it decides nothing. */
function toStepAmount({ amount }: CheckoutComAction, currency: string | undefined): number | undefined {
  if (typeof amount !== 'number' || !Number.isSafeInteger(amount) || amount < 0) return undefined
  if (currency === undefined) return undefined
  if (currency !== 'CLP') return amount
  return amount % 100 === 0 ? amount / 100 : undefined
}

/** A time beside the point: one that cannot be read spoils no payment (their own examples have some). */
function toTime(text: string | number | null | undefined): string | undefined {
  return typeof text === 'string' ? toInstant(text) : undefined
}

/** The provider's plan to try again, where it has one: the status was read from it too. */
export function toPlan({ retry }: Pick<CheckoutComPayment, 'retry'>): Payment['facts'] {
  if (!willRetry(retry)) return {}
  return omitUndefined<Payment['facts']>({
    attempts_made: retry?.attempts_made ?? undefined,
    max_attempts: retry?.max_attempts ?? undefined,
    next_attempt_on: retry?.next_attempt_on ?? undefined,
  })
}

/** The refusal's code is in the response or in the actions (latest first); rows of a list carry neither. */
function findDecline(payment: CheckoutComPayment): Decline | undefined {
  const refusals = [payment, ...(payment.actions ?? [])]
  for (const { response_code, response_summary } of refusals) {
    if (isRefusal(response_code)) return toDecline(response_code, response_summary)
  }
  return toAuthenticationDecline(payment)
}

/** A refusal in 3-D Secure never reaches the bank, so it has no code: N is a no, R the issuer's refusal to go on. */
export function toAuthenticationDecline(payment: Pick<CheckoutComPayment, '3ds'>): Decline | undefined {
  const answer = payment['3ds']?.authentication_response
  return answer === 'N' || answer === 'R'
    ? { reason: 'authentication_failed', retry: 'same_method' }
    : undefined
}
