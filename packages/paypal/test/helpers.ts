import type { PaymentErrorCode, WebhookDelivery, WebhookEvent } from '@payment-status/core'
import { createPayPal, type PayPalConfig, signWebhook } from '@payment-status/paypal'
import { paypalFixtures, paypalSigner } from '@payment-status/paypal/fixtures'

export const { secrets } = paypalFixtures

/** A JSON object of the API. */
export type Fields = Readonly<Record<string, unknown>>

export const money = (value: string, currency_code = 'EUR') => ({ value, currency_code })

/** An operation over 19.99 EUR. */
export const part = (id: string, status: string, facts: Fields = {}): Fields => ({
  id,
  status,
  amount: money('19.99'),
  create_time: '2026-01-01T00:00:01Z',
  ...facts,
})

/** An order over 19.99 EUR with these operations, in the documentation's shape. */
export const makeOrder = (status: string, payments?: Fields, facts: Fields = {}): Fields => ({
  id: '5TY1',
  status,
  intent: 'CAPTURE',
  purchase_units: [{ custom_id: 'order-1001', amount: money('19.99'), ...(payments ? { payments } : {}) }],
  create_time: '2026-01-01T00:00:00Z',
  update_time: '2026-01-01T00:00:05Z',
  ...facts,
})

export const notFound = () => Response.json({ name: 'RESOURCE_NOT_FOUND' }, { status: 404 })

/** A provider that answers each path, after the token, and the paths that it requested. */
export function connect(
  answers: Readonly<Record<string, unknown>>,
  config: Partial<PayPalConfig<string>> = {},
) {
  const requests: Request[] = []
  const provider = createPayPal({
    ...secrets,
    environment: 'production',
    retries: 0,
    async fetch(input, init) {
      const request = new Request(input, init)
      const { pathname, search } = new URL(request.url)
      if (pathname === '/v1/oauth2/token') return Response.json({ access_token: 'token', expires_in: 32_400 })
      if (pathname.startsWith('/v1/notifications/certs/')) return new Response(paypalSigner.certificate)
      requests.push(request.clone())
      const answer = answers[pathname + search] ?? answers[pathname]
      if (answer instanceof Response) return answer.clone()
      return answer === undefined ? notFound() : Response.json(answer)
    },
    ...config,
  })
  return { provider, requests, paths: () => requests.map(({ url }) => new URL(url).pathname) }
}

/** The payment that a lookup makes of an order. */
export async function lookUp(order: Fields) {
  const answers = { [`/v2/checkout/orders/${order.id}`]: order, '/v1/customer/disputes': { items: [] } }
  return (await connect(answers).provider.lookup(String(order.id))).payment
}

export const envelope = (event_type: string, resource: unknown, facts: Fields = {}) =>
  JSON.stringify({ id: 'WH-1', event_type, create_time: '2026-01-01T00:00:09Z', resource, ...facts })

export const sign = (rawBody: string): Promise<WebhookDelivery> =>
  signWebhook(rawBody, secrets.webhookId, paypalSigner)

/** Reads a signed event, without credentials where none are given. */
export async function readEvent(
  event_type: string,
  resource: unknown,
  answers: Readonly<Record<string, unknown>> = {},
): Promise<WebhookEvent> {
  return connect(answers).provider.readWebhook(await sign(envelope(event_type, resource)))
}

export const withCode = (code: PaymentErrorCode) => ({ name: 'PaymentError', code })
