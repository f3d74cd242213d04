import type { Dispute, LookupOptions, Payment, PaymentOperation, RequestOptions } from '@payment-status/core'
import { isPaymentError, parse, readOrUnknown } from '@payment-status/core/kit'
import * as v from 'valibot'
import type { StripeApi } from './api.ts'
import { type OperationContext, oldestFirst, toOperations, toRefundOperation } from './charge.ts'
import { mostPressingFirst, toDispute } from './dispute.ts'
import { readRows } from './pages.ts'
import type { PaymentContext } from './payment.ts'
import {
  chargeSchema,
  disputeSchema,
  intentKeySchema,
  moreRefundsSchema,
  refundSchema,
  rowsSchema,
  toIntentId,
} from './schema.ts'

export interface LookupContext extends PaymentContext {
  readonly api: StripeApi
}

export const REFUNDS = '/v1/refunds'
export const DISPUTES = '/v1/disputes'
const CHARGES = '/v1/charges'

/** Ids of refunds; those of other methods than cards begin with pyr. */
const refundIdPattern = /^(?:re|pyr)_\w+$/

/** Row of a list of charges, refunds or disputes, as the API states it. */
export interface StripeRow {
  readonly id: string
}

/**
 * Adds the disputes of a payment: a charge only states that one exists. A key that may not read disputes, or an unreadable
 * answer, leaves the status `unknown`. Throws for a fault that passes.
 */
export async function withDispute(
  payment: Payment,
  context: LookupContext,
  options: RequestOptions | undefined,
): Promise<Payment> {
  if (!payment.dispute) return payment
  const { provider } = context
  const what = 'the list of disputes'
  const rows = await readRowsOf(payment.id, { path: DISPUTES, what }, context, options)
  const disputes = rows.map((row) =>
    readOrUnknown<StripeRow, Dispute>(row, {
      read: (members) => toDispute(parse(disputeSchema, members, { provider, what }), { provider }),
      toUnknown: () => ({ id: row.id, status: 'unknown' }),
    }),
  )
  const [dispute = payment.dispute, ...others] = mostPressingFirst(disputes)
  return { ...payment, dispute, ...(others.length > 0 ? { disputes: [dispute, ...others] } : {}) }
}

/** Reads all charges of an intent, failed ones too. A key that may not read them leaves the latest one. */
export function readCharges(
  id: string,
  context: LookupContext,
  options: RequestOptions | undefined,
): Promise<readonly StripeRow[]> {
  return readRowsOf(id, { path: CHARGES, what: 'the list of charges' }, context, options)
}

/**
 * Adds every charge of the payment, and the refunds that the latest charge is not expanded with: those beyond ten, and
 * recorded ones that are missing.
 */
export async function withOperations(
  payment: Payment,
  { body, charges }: { readonly body: unknown; readonly charges: readonly StripeRow[] },
  context: LookupContext,
  options: LookupOptions | undefined,
): Promise<Payment> {
  const { operations: latest = [], amount } = payment
  if (!amount) return payment
  const about = { provider: context.provider, currency: amount.currency }
  const isMissing = ({ id }: { readonly id: string }) =>
    refundIdPattern.test(id) && !latest.some((operation) => operation.id === id)
  const lacksRefunds = v.is(moreRefundsSchema, body) || (options?.operations ?? []).some(isMissing)
  const refunds = lacksRefunds ? await readRefunds(payment.id, about, context, options) : []
  const attempts = charges.flatMap((charge) => toAttempt(charge, about))
  const operations = oldestFirst([...attempts, ...latest, ...refunds])
  return operations.length === 0 ? payment : { ...payment, operations }
}

/** Adds the refunds beyond the ten that a row of a list is expanded with. */
export async function withRefunds(
  payment: Payment,
  intent: unknown,
  context: LookupContext,
  options: RequestOptions | undefined,
): Promise<Payment> {
  if (!payment.amount || !v.is(moreRefundsSchema, intent)) return payment
  const about = { provider: context.provider, currency: payment.amount.currency }
  const refunds = await readRefunds(payment.id, about, context, options)
  return { ...payment, operations: oldestFirst([...(payment.operations ?? []), ...refunds]) }
}

function toAttempt(charge: StripeRow, about: OperationContext): readonly PaymentOperation[] {
  const { provider } = about
  return readOrUnknown<StripeRow, readonly PaymentOperation[]>(charge, {
    read: (row) => toOperations(parse(chargeSchema, row, { provider, what: 'the charge' }), about) ?? [],
    toUnknown: () => [{ id: charge.id, kind: 'payment', status: 'unknown' }],
  })
}

async function readRefunds(
  id: string,
  about: OperationContext,
  context: LookupContext,
  options: RequestOptions | undefined,
): Promise<readonly PaymentOperation[]> {
  const { provider } = about
  const rows = await readRowsOf(id, { path: REFUNDS, what: 'the list of refunds' }, context, options)
  return rows.map((row) =>
    readOrUnknown<StripeRow, PaymentOperation>(row, {
      read: (refund) =>
        toRefundOperation(parse(refundSchema, refund, { provider, what: 'the refund' }), about),
      toUnknown: () => ({ id: row.id, kind: 'refund', status: 'unknown' }),
    }),
  )
}

/**
 * Reads a list about one payment, without the rows that name another. Returns no rows where the key may not read the list, or
 * where it is not as documented: the payment itself is known without it. Throws for a fault that passes.
 */
async function readRowsOf(
  id: string,
  { path, what }: { readonly path: string; readonly what: string },
  context: LookupContext,
  options: RequestOptions | undefined,
): Promise<readonly StripeRow[]> {
  const request = { path, query: { payment_intent: id }, schema: rowsSchema, what }
  const rows: StripeRow[] = []
  try {
    for await (const { row } of readRows(context, request, options))
      if (!namesAnother(row, id)) rows.push(row)
    return rows
  } catch (error) {
    if (!isPaymentError(error) || error.retryable) throw error
    return []
  }
}

function namesAnother(row: StripeRow, id: string): boolean {
  const named = v.safeParse(intentKeySchema, row)
  return named.success && (toIntentId(named.output.payment_intent) ?? id) !== id
}
