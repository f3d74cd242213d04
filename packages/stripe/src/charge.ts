import type { Payment, PaymentOperation } from '@payment-status/core'
import {
  fromEpochSeconds,
  type OrUndefined,
  omitUndefined,
  toAuthentication,
  toMethod,
  toTrace,
} from '@payment-status/core/kit'
import * as v from 'valibot'
import { toMoney } from './money.ts'
import {
  methodDetailsSchema,
  type StripeCharge,
  type StripeMethodDetails,
  type StripeRefund,
} from './schema.ts'
import { toChargeStepStatus, toMethodKind, toRefundStepStatus } from './status.ts'

interface StepContext {
  readonly provider: string
  readonly currency: string
}

/**
 * How the shopper paid, 3-D Secure, what a bank asks for, and until when it can be captured, from an expanded charge. An
 * attempt that failed is not how the payment was paid, so nothing is said of it but its step.
 */
export function readCharge(
  charge: StripeCharge,
): OrUndefined<Pick<Payment, 'method' | 'authentication' | 'trace' | 'authorizationExpiresAt'>> {
  const { payment_method_details: method } = charge
  if (!method || charge.status === 'failed') return {}
  const details = v.parse(methodDetailsSchema, method[method.type])
  const { three_d_secure: secure, capture_before } = details
  return {
    method: readMethod(method.type, details),
    authentication: secure
      ? toAuthentication({
          eci: secure.electronic_commerce_indicator ?? details.electronic_commerce_indicator,
          version: secure.version,
          status: secure.result,
        })
      : undefined,
    trace: toTrace({
      authorizationCode:
        charge.authorization_code || details.authorization_code || details.receipt?.authorization_code,
      networkTransactionId: details.network_transaction_id,
    }),
    authorizationExpiresAt: toTime(capture_before),
  }
}

/** A card in a wallet is known by the wallet's name; a wallet that was funded by a card tells which. */
function readMethod(type: string, details: StripeMethodDetails): Payment['method'] {
  const { wallet } = details
  const { brand, last4, country } = details.card ?? details.funding?.card ?? details
  return toMethod(wallet?.type ? 'wallet' : toMethodKind(type), {
    name: wallet?.type || type,
    brand,
    last4: last4 || details.iban_last4,
    country,
  })
}

/**
 * An attempt and the refunds that are told with it, oldest first. `undefined` where a charge has no id.
 */
export function toSteps(
  charge: StripeCharge | undefined,
  context: StepContext,
): PaymentOperation[] | undefined {
  if (!charge?.id) return undefined
  const refunds = charge.refunds?.data.map((refund) => toRefundStep(refund, context)) ?? []
  return oldestFirst([toChargeStep(charge, charge.id, context), ...refunds])
}

/** A charge that was authorized and not captured is an authorization; it becomes a payment under the same id. */
function toChargeStep(
  charge: StripeCharge,
  id: string,
  { provider, currency }: StepContext,
): PaymentOperation {
  const status = toChargeStepStatus(charge.status)
  const isHeld = status === 'succeeded' && charge.captured === false
  const isTaken = status === 'succeeded' && charge.captured !== false
  const amount = isTaken ? (charge.amount_captured ?? charge.amount) : charge.amount
  return omitUndefined<PaymentOperation>({
    id,
    kind: isHeld ? 'authorization' : 'payment',
    status,
    amount: toMoney(amount, currency, { provider, path: 'charge.amount' })?.amount,
    at: toTime(charge.created),
  })
}

/** What was released rather than given back has its own reason (https://docs.stripe.com/api/refunds/object). */
export function toRefundStep(
  { id, status, amount, reason, created }: StripeRefund,
  { provider, currency }: StepContext,
): PaymentOperation {
  return omitUndefined<PaymentOperation>({
    id,
    kind: reason === 'expired_uncaptured_charge' ? 'void' : 'refund',
    status: toRefundStepStatus(status),
    amount: toMoney(amount, currency, { provider, path: 'refund.amount' })?.amount,
    at: toTime(created),
  })
}

/** Each step once, oldest first; one without a time keeps its place. */
export function oldestFirst(steps: readonly PaymentOperation[]): PaymentOperation[] {
  const known = new Map(steps.map((step) => [step.id, step]))
  return [...known.values()].toSorted((a, b) => Date.parse(a.at ?? '') - Date.parse(b.at ?? '') || 0)
}

function toTime(seconds: number | null | undefined): string | undefined {
  return typeof seconds === 'number' ? fromEpochSeconds(seconds) : undefined
}
