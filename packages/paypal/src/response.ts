import type { PaymentHint, PaymentReport } from '@payment-status/core'
import {
  isOneOf,
  now,
  omitUndefined,
  PaymentError,
  parse,
  toHttpUrl,
  toReport,
} from '@payment-status/core/kit'
import * as v from 'valibot'
import { describeError, issueOf } from './api.ts'
import { toIssueDecline } from './decline.ts'
import { type PaymentContext, toPayment } from './payment.ts'
import { toRelatedId } from './related.ts'
import { errorSchema, type PayPalError, relatedSchema, sentSchema } from './schema.ts'
import { toActionStatus, toDeclinedStatus } from './status.ts'
import { paypalLookupIssues } from './vocabulary.ts'

/**
 * Reads the parsed body that answered a create, confirm, authorize, capture or refund call.
 *
 * An order is a report. A capture, an authorization or a refund states a part, so it is a hint that names its order. A
 * declined capture call is answered with an error that names no order: its id is taken from `sent.id`, and the order can
 * still be paid. Throws `rejected` for any other error, and for a decline without `sent.id`.
 */
export async function readResponse(
  body: unknown,
  sent: unknown,
  context: PaymentContext,
): Promise<PaymentReport | PaymentHint> {
  const { provider } = context
  const observedAt = now(context.clock)
  const error = readError(body)
  if (error) return readRefusal(error, sent, body, context)
  if (isOperation(body)) {
    const id = toRelatedId(parse(relatedSchema, body, { provider, what: 'the response' }))
    return omitUndefined<PaymentHint>({
      evidence: 'hint',
      provider,
      source: 'response',
      key: id === undefined ? undefined : { id },
    })
  }
  const payment = toPayment(body, context)
  return toReport(payment, { source: 'response', occurredAt: payment.updatedAt, observedAt }, body, context)
}

/** Only an order has an intent or purchase units; only an operation has an amount, or links to its own path. */
function isOperation(body: unknown): boolean {
  if (typeof body !== 'object' || body === null || 'purchase_units' in body || 'intent' in body) return false
  const { links } = v.is(relatedSchema, body) ? v.parse(relatedSchema, body) : {}
  return (
    'amount' in body || !!links?.some(({ rel, href }) => rel === 'self' && href.includes('/v2/payments/'))
  )
}

function readError(body: unknown): PayPalError | undefined {
  const error = v.is(errorSchema, body) ? v.parse(errorSchema, body) : undefined
  const isError = (error?.name && !('status' in (body as object))) || error?.error
  return isError ? error : undefined
}

function readRefusal(
  error: PayPalError,
  sent: unknown,
  body: unknown,
  context: PaymentContext,
): PaymentReport | PaymentHint {
  const { provider } = context
  const { id, order_id, orderID, orderId } = v.parse(sentSchema, sent)
  const orderKey = id ?? order_id ?? orderID ?? orderId
  const issue = issueOf(error)
  const decline = toIssueDecline(issue)
  const isAction = issue === 'PAYER_ACTION_REQUIRED'
  if ((decline || isAction) && orderKey !== undefined) {
    const url = toHttpUrl(error.links?.find(({ rel }) => rel === 'payer-action')?.href)
    const payment = omitUndefined<PaymentReport['payment']>({
      provider,
      id: orderKey,
      status: isAction ? toActionStatus() : toDeclinedStatus(),
      action: isAction && url !== undefined ? { kind: 'redirect', url } : undefined,
      decline,
      facts: { issue: issue ?? null },
    })
    return toReport(payment, { source: 'response', observedAt: now(context.clock) }, body, context)
  }
  if (isOneOf(paypalLookupIssues, issue)) {
    const key = orderKey === undefined ? undefined : { id: orderKey }
    return omitUndefined<PaymentHint>({ evidence: 'hint', provider, source: 'response', key })
  }
  const { providerCode, requestId } = describeError(body, new Headers(), 422)
  const message =
    decline || isAction
      ? 'the response does not name its order. Pass { id } of the order as `sent`.'
      : 'the provider rejected the request; the response states nothing about a payment'
  throw new PaymentError({ code: 'rejected', provider, message, providerCode, requestId })
}
