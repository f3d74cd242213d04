import type { LookupKey, Payment, PaymentHint, PaymentOperation, PaymentReport } from '@payment-status/core'
import {
  isOneOf,
  now,
  type OrUndefined,
  omitUndefined,
  PaymentError,
  parse,
  payloadError,
  toAuthentication,
  toMethod,
  toReport,
} from '@payment-status/core/kit'
import * as v from 'valibot'
import { toAction } from './action.ts'
import { toDecline } from './decline.ts'
import { isTrue, type PaymentContext, readAmount, toApprovedFigures, toCaptureMode } from './payment.ts'
import {
  type AdyenPaymentResponse,
  errorSchema,
  modificationSchema,
  paymentSchema,
  sentSchema,
  sessionSchema,
} from './schema.ts'
import { toAppearance, toMethodKind, toPaymentStatus } from './status.ts'
import { adyenSessionStatuses } from './vocabulary.ts'

/**
 * Reads the parsed body that answered `/payments`, `/payments/details`, `/sessions`, `GET /sessions/{id}?sessionResult=…`, or
 * a capture, a cancellation or a refund. An answer that names no payment (an action, a new session), and one to a
 * modification, which only states that the request was received, are hints. Throws `rejected` for an error.
 */
export async function readResponse(
  body: unknown,
  sent: unknown,
  context: PaymentContext,
): Promise<PaymentReport | PaymentHint> {
  const { provider } = context
  if (isFields(body) && 'resultCode' in body) {
    const response = parse(paymentSchema, body, { provider, what: 'the response' })
    return readPayment(response, sent, body, context)
  }
  if (v.is(errorSchema, body)) throw toRejection(body, provider)
  if (v.is(modificationSchema, body)) {
    const { paymentPspReference } = v.parse(modificationSchema, body)
    return toHint(provider, paymentPspReference ? { id: paymentPspReference } : undefined)
  }
  return readSession(body, sent, context)
}

function readPayment(
  response: AdyenPaymentResponse,
  sent: unknown,
  body: unknown,
  context: PaymentContext,
): PaymentReport | PaymentHint {
  const { provider, clock } = context
  const { pspReference, resultCode, action } = response
  const request = v.parse(sentSchema, sent)
  const reference = response.merchantReference || request.reference || undefined
  const shown =
    toPaymentStatus({ resultCode, capture: 'manual' }) === 'requires_action' ? toAction(action) : undefined
  if (!pspReference) {
    const key = reference === undefined ? undefined : { reference }
    return toHint(provider, key, { appears: toAppearance(resultCode), action: shown })
  }
  const stated = response.amount ?? request.amount
  const amount = stated ? readAmount({ amount: stated }, provider) : undefined
  const { type, brand } = response.paymentMethod ?? {}
  const data = response.additionalData
  const payment = omitUndefined<Payment>({
    provider,
    id: pspReference,
    reference,
    amount,
    ...readStatus(response, amount?.amount, reference, context),
    action: shown,
    review: resultCode === 'Authorised' && isTrue(data?.fraudManualReview) ? 'open' : undefined,
    method: type
      ? toMethod(toMethodKind(type), {
          name: type,
          brand,
          last4: data?.cardSummary,
          country: data?.cardIssuingCountry,
        })
      : undefined,
    authentication: toAuthentication({ eci: data?.eci, version: data?.threeDSVersion }),
    facts: { resultCode },
  })
  return toReport(payment, { source: 'response', observedAt: now(clock) }, body, context)
}

/** An approval is the operation that its AUTHORISATION webhook states again. */
function readStatus(
  { resultCode, refusalReasonCode, refusalReason, pspReference }: AdyenPaymentResponse,
  amount: number | undefined,
  reference: string | undefined,
  context: PaymentContext,
): Pick<Payment, 'status' | 'authorized' | 'captured' | 'operations' | 'decline'> {
  if (resultCode !== 'Authorised') {
    const status = toPaymentStatus({ resultCode, amount })
    if (status !== 'failed') return { status }
    return { status, decline: toDecline({ refusalReasonCode, reason: refusalReason }) }
  }
  const capture = toCaptureMode(context, reference)
  const figures = toApprovedFigures(amount, capture)
  if (amount === undefined) return figures
  const kind =
    figures.status === 'verified' ? 'verification' : capture === 'immediate' ? 'payment' : 'authorization'
  const operation: PaymentOperation = { id: pspReference ?? '', kind, status: 'succeeded', amount }
  return { ...figures, operations: [operation] }
}

/** A session states its payments where it is read with a session result. One that is new states none. */
function readSession(body: unknown, sent: unknown, context: PaymentContext): PaymentReport | PaymentHint {
  const { provider } = context
  const session = parse(sessionSchema, body, { provider, what: 'the response' })
  const { status, payments, reference } = session
  if (status && !isOneOf(adyenSessionStatuses, status))
    throw payloadError(provider, 'status', 'a status of a session')
  const key = reference ? { reference } : undefined
  const known = payments ?? []
  // Parts of one order: each has its own webhook.
  const approved = known.filter(({ resultCode }) => resultCode === 'Authorised')
  const one = approved.length > 1 ? undefined : (approved[0] ?? known.at(-1))
  if (!one) return toHint(provider, key)
  const request = { ...(isFields(sent) ? sent : {}), ...(reference ? { reference } : {}) }
  return readPayment(v.parse(paymentSchema, one), request, body, context)
}

function toHint(
  provider: string,
  key: LookupKey | undefined,
  more: OrUndefined<Pick<PaymentHint, 'appears' | 'action'>> = {},
): PaymentHint {
  return omitUndefined<PaymentHint>({ evidence: 'hint', provider, source: 'response', key, ...more })
}

/** Keeps the code and the id of an error, and never its message, which can repeat what was sent. */
function toRejection(body: unknown, provider: string): PaymentError {
  const { errorCode, pspReference } = v.parse(errorSchema, body)
  return new PaymentError({
    code: 'rejected',
    provider,
    message: 'the provider rejected the request; the response states nothing about a payment',
    providerCode: /^\w{1,32}$/.test(errorCode) ? errorCode : undefined,
    requestId: pspReference ?? undefined,
  })
}

function isFields(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
