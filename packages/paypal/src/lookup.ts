import type { LookupOptions, Payment, PaymentReport, RequestOptions } from '@payment-status/core'
import {
  checkAnswer,
  type HttpReply,
  inputError,
  isPaymentError,
  PaymentError,
  parse,
  toReport,
} from '@payment-status/core/kit'
import type { PayPalApi } from './api.ts'
import { readDisputesOf } from './disputes.ts'
import { disputable, type PaymentContext, toPayment } from './payment.ts'
import { idPattern, relatedSchema } from './schema.ts'

export interface LookupContext extends PaymentContext {
  readonly api: PayPalApi
}

const ORDERS = '/v2/checkout/orders'
const CAPTURES = '/v2/payments/captures'
const AUTHORIZATIONS = '/v2/payments/authorizations'

/**
 * Looks up an order by its own id, or by that of one of its captures or authorizations. PayPal's ids show no kind, so where
 * no order has this id, a capture and then an authorization is requested, unless the id is known to be an order's. Captured
 * money needs one request more for each capture, for its disputes. Throws `invalid_input` for an id of another form, before
 * a request.
 */
export async function lookup(
  context: LookupContext,
  id: string,
  options?: LookupOptions,
): Promise<PaymentReport> {
  if (typeof id !== 'string' || !idPattern.test(id)) {
    throw inputError(
      context.provider,
      'id must be the id of an order, a capture or an authorization: upper-case letters and digits',
    )
  }
  try {
    return await lookupOrder(context, id, options)
  } catch (error) {
    if (!isNotFound(error) || options?.payment?.id === id) throw error
    const orderId = await findOrderId(context, id, options)
    if (orderId === undefined) throw error
    return lookupOrder(context, orderId, options)
  }
}

/** Looks up an order by its own id. */
export async function lookupOrder(
  context: LookupContext,
  id: string,
  options?: RequestOptions,
): Promise<PaymentReport> {
  const reply = await context.api.get(`${ORDERS}/${id}`, {}, options)
  const payment = checkAnswer(toPayment(reply.body, context), id)
  const disputes = await readDisputesOf(disputable(payment), context, options)
  return toLookupReport(
    disputes ? toPayment(reply.body, context, disputes) : payment,
    'lookup',
    reply,
    context,
  )
}

/** The order that a capture or an authorization names, and the answer that holds it. */
export interface FoundOrder {
  readonly orderId: string | undefined
  readonly reply: HttpReply
}

/** Requests a capture, for the order it belongs to; `undefined` where PayPal has no such capture. */
export function findByCapture(
  context: LookupContext,
  id: string,
  options: RequestOptions | undefined,
): Promise<FoundOrder | undefined> {
  return findOwner(CAPTURES, context, id, options)
}

async function findOrderId(
  context: LookupContext,
  id: string,
  options: RequestOptions | undefined,
): Promise<string | undefined> {
  const found =
    (await findByCapture(context, id, options)) ?? (await findOwner(AUTHORIZATIONS, context, id, options))
  if (!found || found.orderId !== undefined) return found?.orderId
  throw new PaymentError({
    code: 'not_found',
    provider: context.provider,
    message: 'the capture or authorization does not name its order. Look up the order’s id',
  })
}

async function findOwner(
  path: string,
  { api, provider }: LookupContext,
  id: string,
  options: RequestOptions | undefined,
): Promise<FoundOrder | undefined> {
  try {
    const reply = await api.get(`${path}/${id}`, {}, options)
    const related = parse(relatedSchema, reply.body, { provider, what: 'the operation' })
    return { orderId: related.supplementary_data?.related_ids?.order_id ?? undefined, reply }
  } catch (error) {
    if (isNotFound(error)) return undefined
    throw error
  }
}

export function isNotFound(error: unknown): boolean {
  return isPaymentError(error) && error.code === 'not_found'
}

export function toLookupReport(
  payment: Payment,
  source: 'lookup' | 'list',
  { sentAt, body }: HttpReply,
  context: PaymentContext,
): PaymentReport {
  return toReport(payment, { source, observedAt: sentAt }, body, context)
}
