import type { Payment, PaymentOperation } from '@payment-status/core'
import {
  fromEpochSeconds,
  isPaymentError,
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
import { toChargeOperationStatus, toMethodKind, toRefundOperationStatus } from './status.ts'

export interface OperationContext {
  readonly provider: string
  readonly currency: string
}

/**
 * Reads from an expanded charge how the shopper paid, 3-D Secure, the bank's trace, and until when it can be captured. A
 * failed attempt did not pay, so it states nothing here.
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

/** A card in a wallet goes by the wallet's name; a wallet that a card funded names that card. */
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

/** Reads an attempt and the refunds expanded with it, oldest first; `undefined` where the charge has no id. */
export function toOperations(
  charge: StripeCharge | undefined,
  context: OperationContext,
): PaymentOperation[] | undefined {
  if (!charge?.id) return undefined
  const refunds = charge.refunds?.data.map((refund) => toRefundOperation(refund, context)) ?? []
  return oldestFirst([toChargeOperation(charge, charge.id, context), ...refunds])
}

/** An authorized charge is an authorization until it is captured; then it is a payment under the same id. */
function toChargeOperation(charge: StripeCharge, id: string, context: OperationContext): PaymentOperation {
  const status = toChargeOperationStatus(charge.status)
  const isHeld = status === 'succeeded' && charge.captured === false
  const isTaken = status === 'succeeded' && charge.captured !== false
  const amount = isTaken ? (charge.amount_captured ?? charge.amount) : charge.amount
  return omitUndefined<PaymentOperation>({
    id,
    kind: isHeld ? 'authorization' : 'payment',
    status,
    amount: readAmount(amount, context, 'charge.amount'),
    at: toTime(charge.created),
  })
}

/** Reads a refund. Released funds have a reason of their own (https://docs.stripe.com/api/refunds/object) and are a void. */
export function toRefundOperation(
  { id, status, amount, reason, created }: StripeRefund,
  context: OperationContext,
): PaymentOperation {
  return omitUndefined<PaymentOperation>({
    id,
    kind: reason === 'expired_uncaptured_charge' ? 'void' : 'refund',
    status: toRefundOperationStatus(status),
    amount: readAmount(amount, context, 'refund.amount'),
    at: toTime(created),
  })
}

/** Returns the amount of an operation, which decides nothing: one that is not an amount counts as not stated. */
function readAmount(
  amount: number | null | undefined,
  { provider, currency }: OperationContext,
  path: string,
): number | undefined {
  try {
    return toMoney(amount, currency, { provider, path })?.amount
  } catch (error) {
    if (isPaymentError(error)) return undefined
    throw error
  }
}

/** Returns each operation once, oldest first; of two with one id the last stands, and one without a time keeps its place. */
export function oldestFirst(operations: readonly PaymentOperation[]): PaymentOperation[] {
  const known = new Map(operations.map((operation) => [operation.id, operation]))
  return [...known.values()].toSorted((a, b) => Date.parse(a.at ?? '') - Date.parse(b.at ?? '') || 0)
}

function toTime(seconds: number | null | undefined): string | undefined {
  return typeof seconds === 'number' ? fromEpochSeconds(seconds) : undefined
}
