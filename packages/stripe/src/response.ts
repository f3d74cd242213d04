import type { PaymentReport } from '@payment-status/core'
import { now, PaymentError, payloadError, toReport } from '@payment-status/core/kit'
import * as v from 'valibot'
import { describeError } from './api.ts'
import { nameObject } from './ids.ts'
import { type PaymentContext, toPayment } from './payment.ts'
import { errorSchema } from './schema.ts'

/**
 * Reads the parsed answer to a create, confirm, capture or cancel call. A declined confirm call answers with an error that
 * holds the PaymentIntent, and that is read as well. Throws `rejected` for an error without one, `invalid_payload` for
 * anything else, such as a Checkout Session. An intent does not state when it changed, so the report has no `occurredAt`.
 */
export async function readResponse(body: unknown, context: PaymentContext): Promise<PaymentReport> {
  const { provider } = context
  const error = v.is(errorSchema, body) ? body.error : undefined
  if (error && !error.payment_intent) {
    const { providerCode } = describeError(body, new Headers())
    const message = 'Stripe rejected the request, and its error names no payment. See providerCode'
    throw new PaymentError({ code: 'rejected', provider, message, providerCode })
  }
  const intent = error?.payment_intent ?? body
  const other = nameObject((Object(intent) as { readonly id?: unknown }).id)
  if (other)
    throw payloadError(
      provider,
      'id',
      `the id of a PaymentIntent. This is the id of a ${other}: look the payment up by it`,
    )
  const stated = { source: 'response', observedAt: now(context.clock) } as const
  return toReport(toPayment(intent, context), stated, intent, context)
}
