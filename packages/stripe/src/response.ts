import type { PaymentReport } from '@payment-status/core'
import { now, PaymentError, toReport } from '@payment-status/core/kit'
import * as v from 'valibot'
import { describeError } from './api.ts'
import { type PaymentContext, toPayment } from './payment.ts'
import { errorSchema } from './schema.ts'

/**
 * The parsed body that answered a create, confirm, capture or cancel call: a PaymentIntent. A refused confirm call
 * answers with an error that holds the PaymentIntent as it now stands, and that is read as well. Throws `rejected` for
 * an error without one, `invalid_payload` for anything else. An intent does not tell when it changed, so the report
 * has no `occurredAt`.
 */
export async function readResponse(body: unknown, context: PaymentContext): Promise<PaymentReport> {
  const { provider } = context
  const error = v.is(errorSchema, body) ? body.error : undefined
  if (error && !error.payment_intent) {
    const { providerCode } = describeError(body, new Headers())
    const message = 'the provider refused the request: it says nothing of a payment'
    throw new PaymentError({ code: 'rejected', provider, message, providerCode })
  }
  const intent = error?.payment_intent ?? body
  const told = { source: 'response', observedAt: now(context.clock) } as const
  return toReport(toPayment(intent, context), told, intent, context)
}
