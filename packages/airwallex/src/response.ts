import type { LookupKey, PaymentHint, PaymentReport } from '@payment-status/core'
import { now, omitUndefined, PaymentError, toReport } from '@payment-status/core/kit'
import * as v from 'valibot'
import { describeError } from './api.ts'
import { isDecline, toDecline } from './decline.ts'
import { type PaymentContext, toPayment } from './payment.ts'
import { errorDetailsSchema, errorSchema, paymentSchema, sentSchema } from './schema.ts'
import { toDeclinedStatus } from './status.ts'

/**
 * Reads the parsed body that answered a create, confirm, capture or cancel call.
 *
 * A declined confirm call is answered with an error that does not name the payment: its id is taken from `sent.id`, and the
 * intent stays open. `duplicate_request` states nothing about the payment, so it is a hint to look up what was sent. Throws
 * `rejected` for any other error, and for a decline without `sent.id`.
 */
export async function readResponse(
  body: unknown,
  sent: unknown,
  context: PaymentContext,
): Promise<PaymentReport | PaymentHint> {
  const { provider } = context
  const observedAt = now(context.clock)
  const error = v.is(errorSchema, body) && !v.is(paymentSchema, body) ? v.parse(errorSchema, body) : undefined
  if (!error) {
    const payment = toPayment(body, context)
    return toReport(payment, { source: 'response', occurredAt: payment.updatedAt, observedAt }, body, context)
  }
  const { id, payment_intent_id, intent_id, merchant_order_id } = v.parse(sentSchema, sent)
  const paymentId = id ?? payment_intent_id ?? intent_id
  if (isDecline(error.code) && paymentId) {
    const details = v.parse(errorDetailsSchema, error.details)
    const payment: PaymentReport['payment'] = {
      provider,
      id: paymentId,
      status: toDeclinedStatus(),
      decline: toDecline({
        failure_code: error.code,
        provider_original_response_code:
          details.provider_original_response_code ??
          details.original_response_code ??
          error.provider_original_response_code,
        merchant_advice_code: details.merchant_advice_code ?? error.merchant_advice_code,
      }),
      facts: { code: error.code },
    }
    return toReport(payment, { source: 'response', observedAt }, body, context)
  }
  if (error.code === 'duplicate_request') {
    const key: LookupKey | undefined = paymentId
      ? { id: paymentId }
      : merchant_order_id
        ? { reference: merchant_order_id }
        : undefined
    return omitUndefined<PaymentHint>({ evidence: 'hint', provider, source: 'response', key })
  }
  const { providerCode, requestId } = describeError(body, new Headers(), 400)
  const message = isDecline(error.code)
    ? 'the response does not name its payment. Pass { id } of the confirmed intent as `sent`.'
    : 'the provider rejected the request; the response states nothing about a payment'
  throw new PaymentError({ code: 'rejected', provider, message, providerCode, requestId })
}
