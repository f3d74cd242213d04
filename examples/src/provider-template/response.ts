/** The answer to a create call, also where it was declined. @module */
import type { PaymentReport, ProviderOptions } from '@payment-status/core'
import { now, toReport } from '@payment-status/core/kit'
import { toPayment } from './payment.ts'

export interface ReadContext extends Pick<ProviderOptions, 'clock' | 'keepRaw'> {
  readonly provider: string
}

/** Reads the charge that answered a create call. */
export async function readResponse(body: unknown, context: ReadContext): Promise<PaymentReport> {
  const payment = toPayment(body, context.provider)
  return toReport(payment, { source: 'response', observedAt: now(context.clock) }, body, context)
}
