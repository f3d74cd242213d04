import type { Payment, PaymentReport, ProviderOptions } from '@payment-status/core'
import {
  now,
  omitUndefined,
  PaymentError,
  parse,
  payloadError,
  toLogSafe,
  toReport,
} from '@payment-status/core/kit'
import * as v from 'valibot'
import { toFlowAction } from './action.ts'
import { describeError } from './api.ts'
import { isRefusal, toDecline } from './decline.ts'
import { toPaidWith } from './method.ts'
import { toPayment } from './payment.ts'
import { errorSchema, flowSchema } from './schema.ts'
import { toFlowStatus } from './status.ts'

export interface ReadContext extends Pick<ProviderOptions, 'clock' | 'keepRaw'> {
  readonly provider: string
}

/** What stands for no payment yet, by the beginning of its id. */
const otherDocuments: Readonly<Record<string, string>> = {
  hpp_: 'a hosted payments page',
  pl_: 'a payment link',
  ps_: 'a payment session',
  psu_: 'a payment setup',
  pct_: 'a payment context',
}

/**
 * The parsed body that answered `POST /payments`: 201 with the outcome, or 202 and Pending with a redirect (Checkout.com's
 * page on payments by API); or the answer to a Flow session that was submitted. Throws `rejected` for an error body,
 * `invalid_payload` for anything else: also for a hosted page, a link or a session, which are no payment yet.
 */
export async function readResponse(body: unknown, context: ReadContext): Promise<PaymentReport> {
  const { provider, clock } = context
  if (isErrorBody(body)) {
    const { providerCode, requestId } = describeError(body, new Headers())
    const message = 'the provider refused the request: no payment came of it'
    throw new PaymentError({ code: 'rejected', provider, message, providerCode, requestId })
  }
  const document = findOtherDocument(body)
  if (document) {
    const expected = `the id of a payment: ${document} is none yet, its payment's id comes with the webhook or the return URL`
    throw payloadError(provider, 'id', expected)
  }
  const payment = isFlowAnswer(body) ? readFlowAnswer(body, provider) : toPayment(body, provider)
  const told = { source: 'response', occurredAt: payment.updatedAt, observedAt: now(clock) } as const
  return toReport(payment, told, body, context)
}

function isErrorBody(body: unknown): boolean {
  return v.is(errorSchema, body) && !!body.error_type && !('id' in body)
}

/** What else this is, told by the beginning of its id. */
function findOtherDocument(body: unknown): string | undefined {
  const id = typeof body === 'object' && body !== null && 'id' in body ? body.id : undefined
  const [prefix = ''] = typeof id === 'string' ? (/^[a-z]+_/.exec(id) ?? []) : []
  return Object.hasOwn(otherDocuments, prefix) ? otherDocuments[prefix] : undefined
}

/** Told from the payment object by its words, or, for `Declined`, by what stands there in place of `approved`. */
function isFlowAnswer(body: unknown): boolean {
  if (!v.is(flowSchema, body)) return false
  const flow = toFlowStatus(body.status)
  if (flow !== 'failed') return flow !== undefined
  return !('approved' in body) && (body.type !== undefined || body.decline_reason !== undefined)
}

/** It states neither an amount nor a reference: those come with the webhook or a lookup. */
function readFlowAnswer(body: unknown, provider: string): Payment {
  const answer = parse(flowSchema, body, { provider, what: "the payment session's answer" })
  const { id, decline_reason, type } = answer
  const status = toFlowStatus(answer.status) ?? 'unknown'
  return omitUndefined<Payment>({
    provider,
    id,
    status,
    action: status === 'requires_action' ? toFlowAction(answer) : undefined,
    decline: status === 'failed' && decline_reason ? toFlowDecline(decline_reason) : undefined,
    ...toPaidWith({ source: { type } }),
    facts: { status: answer.status },
  })
}

/** Why Flow refused: a response code, or a text. */
function toFlowDecline(reason: string): Payment['decline'] {
  if (/^\d{3}\w{2}$/.test(reason) && isRefusal(reason)) return toDecline(reason, undefined)
  const message = toLogSafe(reason)
  return omitUndefined<NonNullable<Payment['decline']>>({ reason: 'other', retry: 'other_method', message })
}
