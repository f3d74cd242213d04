import type { Dispute, LookupOptions, Payment, PaymentOperation, RequestOptions } from '@payment-status/core'
import { isPaymentError, parse, readOrUnknown } from '@payment-status/core/kit'
import * as v from 'valibot'
import type { StripeApi } from './api.ts'
import { type OperationContext, oldestFirst, toOperations, toRefundOperation } from './charge.ts'
import { mostPressingFirst, toDispute } from './dispute.ts'
import { readRows } from './pages.ts'
import type { PaymentContext } from './payment.ts'
import { chargeSchema, disputeSchema, moreRefundsSchema, refundSchema, rowsSchema } from './schema.ts'

export interface LookupContext extends PaymentContext {
  readonly api: StripeApi
}

export const CHARGES = '/v1/charges'
export const REFUNDS = '/v1/refunds'
export const DISPUTES = '/v1/disputes'

/** Ids of refunds; those of other methods than cards begin with pyr. */
const refundIdPattern = /^(?:re|pyr)_\w+$/

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
  const disputes = await readAll<Dispute>(
    { path: DISPUTES, what: 'the list of disputes', payment, options, context },
    (row, what) => toDispute(parse(disputeSchema, row, { provider, what }), { provider }),
    (id) => ({ id, status: 'unknown' }),
  )
  const [dispute = payment.dispute, ...others] = mostPressingFirst(disputes ?? [])
  return { ...payment, dispute, ...(others.length > 0 ? { disputes: [dispute, ...others] } : {}) }
}

/**
 * Adds every charge of the payment, failed ones too, and the refunds that the latest charge is not expanded with: those
 * beyond ten, and recorded ones that are missing. A key that may not read charges leaves the latest one.
 */
export async function withOperations(
  payment: Payment,
  intent: unknown,
  context: LookupContext,
  options: LookupOptions | undefined,
): Promise<Payment> {
  const { operations: latest = [], amount } = payment
  if (!amount || !hasCharge(intent)) return payment
  const about = { provider: context.provider, currency: amount.currency }
  const charges = await readCharges(payment, about, context, options)
  const isMissing = ({ id }: { readonly id: string }) =>
    refundIdPattern.test(id) && !latest.some((operation) => operation.id === id)
  const lacksRefunds = v.is(moreRefundsSchema, intent) || (options?.operations ?? []).some(isMissing)
  const refunds = lacksRefunds ? await readRefunds(payment, about, context, options) : []
  const operations = oldestFirst([...charges, ...latest, ...refunds])
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
  const refunds = await readRefunds(payment, about, context, options)
  return { ...payment, operations: oldestFirst([...(payment.operations ?? []), ...refunds]) }
}

function hasCharge(intent: unknown): boolean {
  return Boolean((Object(intent) as { readonly latest_charge?: unknown }).latest_charge)
}

async function readCharges(
  payment: Payment,
  about: OperationContext,
  context: LookupContext,
  options: RequestOptions | undefined,
): Promise<readonly PaymentOperation[]> {
  const { provider } = context
  const charges = await readAll<readonly PaymentOperation[]>(
    { path: CHARGES, what: 'the list of charges', payment, options, context },
    (row, what) => toOperations(parse(chargeSchema, row, { provider, what }), about) ?? [],
    (id) => [{ id, kind: 'payment', status: 'unknown' }],
  )
  return charges?.flat() ?? []
}

async function readRefunds(
  payment: Payment,
  about: OperationContext,
  context: LookupContext,
  options: RequestOptions | undefined,
): Promise<readonly PaymentOperation[]> {
  const { provider } = context
  const refunds = await readAll<PaymentOperation>(
    { path: REFUNDS, what: 'the list of refunds', payment, options, context },
    (row, what) => toRefundOperation(parse(refundSchema, row, { provider, what }), about),
    (id) => ({ id, kind: 'refund', status: 'unknown' }),
  )
  return refunds ?? []
}

interface Details {
  readonly path: string
  readonly what: string
  readonly payment: Payment
  readonly context: LookupContext
  readonly options: RequestOptions | undefined
}

/**
 * Reads a list about one payment, row by row. Returns `undefined` where the key may not read it, or where it is not as
 * documented: the payment itself is known without it.
 */
async function readAll<Detail>(
  { path, what, payment, context, options }: Details,
  read: (row: object, what: string) => Detail,
  toUnknown: (id: string) => Detail,
): Promise<readonly Detail[] | undefined> {
  const query = { payment_intent: payment.id }
  const details: Detail[] = []
  try {
    for await (const { row } of readRows(context, { path, query, schema: rowsSchema, what }, options)) {
      details.push(
        readOrUnknown<object, Detail>(row, {
          read: (members) => read(members, what),
          toUnknown: () => toUnknown(row.id),
        }),
      )
    }
    return details
  } catch (error) {
    if (!isPaymentError(error) || error.retryable) throw error
    return undefined
  }
}
