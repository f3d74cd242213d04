import type { Payment, PaymentReport, ProviderOptions } from '@payment-status/core'
import {
  now,
  omitUndefined,
  PaymentError,
  parse,
  payloadError,
  toInstant,
  toReport,
} from '@payment-status/core/kit'
import * as v from 'valibot'
import { toFlowAction } from './action.ts'
import { describeError } from './api.ts'
import { toFlowDecline } from './decline.ts'
import { toPaidWith } from './method.ts'
import { toMoney } from './money.ts'
import { parsePayment, toPayment } from './payment.ts'
import { errorSchema, flowSchema, paymentIdPattern } from './schema.ts'
import { toFlowStatus } from './status.ts'

export interface ReadContext extends Pick<ProviderOptions, 'clock' | 'keepRaw'> {
  readonly provider: string
}

/** Documents that are not a payment yet, by the prefix of their id. */
const otherDocuments: Readonly<Record<string, string>> = {
  hpp_: 'a hosted payments page',
  pl_: 'a payment link',
  ps_: 'a payment session',
  psu_: 'a payment setup',
  pct_: 'a payment context',
}

/**
 * Reads the parsed body that answered `POST /payments`: 201 with the outcome, or 202 and Pending with a redirect
 * (Checkout.com's page on payments by API). Reads the answer to a submitted Flow session too. Throws `rejected` for an
 * error body. Throws `invalid_payload` for anything else, such as a hosted page, a link or a session: it is not a payment
 * yet, and the error states where the payment's id comes from.
 */
export async function readResponse(body: unknown, context: ReadContext): Promise<PaymentReport> {
  const { provider, clock } = context
  if (isErrorBody(body)) {
    const { providerCode, requestId } = describeError(body, new Headers())
    const message = 'Checkout.com rejected the request, and its error names no payment. See providerCode'
    throw new PaymentError({ code: 'rejected', provider, message, providerCode, requestId })
  }
  checkDocument(body, provider)
  const observedAt = now(clock)
  const payment = isFlowAnswer(body)
    ? readFlowAnswer(body, provider)
    : readPaymentAnswer(body, { provider, observedAt })
  return toReport(payment, { source: 'response', occurredAt: payment.updatedAt, observedAt }, body, context)
}

function isErrorBody(body: unknown): boolean {
  return v.is(errorSchema, body) && !!body.error_type && !('id' in body)
}

/** Throws `invalid_payload` for a document that is not a payment, and names where to find the payment. */
function checkDocument(body: unknown, provider: string): void {
  const { id, payment_id } = v.is(v.record(v.string(), v.unknown()), body) ? body : {}
  const [prefix = ''] = typeof id === 'string' ? (/^[a-z]+_/.exec(id) ?? []) : []
  if (!Object.hasOwn(otherDocuments, prefix)) return
  const isPaid = typeof payment_id === 'string' && paymentIdPattern.test(payment_id)
  const next = isPaid
    ? 'it was paid, so look up the id in its `payment_id`'
    : "the payment's id comes with the webhook or the return URL"
  throw payloadError(provider, 'id', `the id of a payment, but this is ${otherDocuments[prefix]}: ${next}`)
}

/** The time of the report is when the provider processed the request, else now. */
function readPaymentAnswer(
  body: unknown,
  { provider, observedAt }: { readonly provider: string; readonly observedAt: string },
): Payment {
  const read = parsePayment(body, provider)
  return toPayment(read, { provider, at: toInstant(read.processed_on ?? '') ?? observedAt })
}

/** Returns whether a body is Flow's answer. Its words distinguish it, and for `Declined` Flow's own fields. */
function isFlowAnswer(body: unknown): boolean {
  if (!v.is(flowSchema, body)) return false
  const flow = toFlowStatus({ status: body.status })
  if (flow !== 'failed') return flow !== undefined
  const isPayment = 'requested_on' in body || 'actions' in body || 'retry' in body
  return !isPayment && Boolean(body.type ?? body.decline_reason ?? body.payment_session_id)
}

function readFlowAnswer(body: unknown, provider: string): Payment {
  const answer = parse(flowSchema, body, { provider, what: "the payment session's answer" })
  const { id, decline_reason, type, amount, currency, reference, approved } = answer
  const status = toFlowStatus(answer) ?? 'unknown'
  return omitUndefined<Payment>({
    provider,
    id,
    reference: typeof reference === 'string' && reference !== '' ? reference : undefined,
    status,
    amount: toMoney(amount, currency, { provider, path: 'amount' }),
    action: status === 'requires_action' ? toFlowAction(answer) : undefined,
    decline: status === 'failed' && decline_reason ? toFlowDecline(decline_reason) : undefined,
    ...toPaidWith({ source: { type } }),
    facts: omitUndefined<Payment['facts']>({ status: answer.status, approved: approved ?? undefined }),
  })
}
