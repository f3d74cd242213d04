import { PaymentError, type PaymentReport } from '@payment-status/core'
import { now, omitUndefined } from '@payment-status/core/kit'
import * as v from 'valibot'
import { describeError } from './api.ts'
import { toPayment } from './payment.ts'
import { errorSchema } from './schema.ts'

/**
 * The parsed body that answered `POST /payments`: 201 with the outcome, or 202 and Pending with a redirect (seed
 * 004_de46e70f42b3b0b7.txt). Throws `rejected` for an error body, `invalid_payload` for anything else.
 */
export async function readResponse(body: unknown, provider: string): Promise<PaymentReport> {
  if (isErrorBody(body)) {
    const { providerCode, requestId } = describeError(body, new Headers())
    const message = 'the provider refused the request: no payment came of it'
    throw new PaymentError({ code: 'rejected', provider, message, providerCode, requestId })
  }
  const payment = toPayment(body, provider)
  return omitUndefined({
    evidence: 'report',
    source: 'response',
    payment,
    occurredAt: payment.updatedAt,
    observedAt: now(),
  })
}

function isErrorBody(body: unknown): boolean {
  return v.is(errorSchema, body) && !!body.error_type && !('id' in body)
}
