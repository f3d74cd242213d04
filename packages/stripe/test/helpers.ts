import type { PaymentErrorCode, PaymentReport, WebhookEvent } from '@payment-status/core'
import { createStripe, type StripeConfig, signWebhook } from '../src/index.ts'

export const secretKey = 'sk_test_madeHereNotARealKey'
export const webhookSecrets = 'whsec_madeHereNotARealSecret'

/** An intent in the API's shape that was paid, but for `facts`. */
export function makeIntent(facts: object = {}): Record<string, unknown> {
  return {
    id: 'pi_madeHere',
    object: 'payment_intent',
    amount: 2500,
    amount_capturable: 0,
    amount_received: 2500,
    cancellation_reason: null,
    client_secret: 'pi_madeHere_secret_madeHere',
    created: 1_772_446_530,
    currency: 'eur',
    last_payment_error: null,
    latest_charge: 'ch_madeHere',
    metadata: { order_id: 'order-1' },
    next_action: null,
    status: 'succeeded',
    ...facts,
  }
}

export function makeCharge(facts: object = {}): Record<string, unknown> {
  return {
    id: 'ch_madeHere',
    amount_captured: 2500,
    amount_refunded: 0,
    disputed: false,
    status: 'succeeded',
    ...facts,
  }
}

export function makeEvent(type: string, object: unknown, facts: object = {}): string {
  return JSON.stringify({
    id: 'evt_madeHere',
    object: 'event',
    created: 1_772_446_560,
    type,
    data: { object },
    ...facts,
  })
}

export function readEvent(rawBody: string): Promise<WebhookEvent> {
  return signWebhook(rawBody, webhookSecrets).then((delivery) =>
    createStripe({ webhookSecrets }).readWebhook(delivery),
  )
}

/** Creates a provider whose requests are answered here, and records them. */
export function answering(
  answer: (url: URL, request: Request) => unknown,
  config: StripeConfig = {},
): { stripe: ReturnType<typeof createStripe>; requests: Request[] } {
  const requests: Request[] = []
  const stripe = createStripe({
    secretKey,
    retries: 0,
    ...config,
    async fetch(input, init) {
      const request = new Request(input, init)
      requests.push(request)
      const body = answer(new URL(request.url), request)
      return body instanceof Response ? body : Response.json(body)
    },
  })
  return { stripe, requests }
}

export async function collect(reports: AsyncIterable<PaymentReport>): Promise<PaymentReport[]> {
  const found: PaymentReport[] = []
  for await (const report of reports) found.push(report)
  return found
}

export function withCode(code: PaymentErrorCode): object {
  return { name: 'PaymentError', code, message: expectStart }
}

const expectStart = { asymmetricMatch: (message: unknown) => String(message).startsWith('[stripe] ') }
