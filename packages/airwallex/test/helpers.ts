import { type AirwallexConfig, createAirwallex, signWebhook } from '@payment-status/airwallex'
import { airwallexFixtures } from '@payment-status/airwallex/fixtures'
import type { PaymentErrorCode, WebhookEvent } from '@payment-status/core'

export const { secrets } = airwallexFixtures

/** A JSON object of the API. */
export type Fields = Readonly<Record<string, unknown>>

/** An intent over 19.99 EUR, in the documentation's shape. */
export const makeIntent = (facts: Fields = {}): Fields => ({
  id: 'int_a1',
  amount: 19.99,
  currency: 'EUR',
  merchant_order_id: 'order-1001',
  status: 'SUCCEEDED',
  captured_amount: 19.99,
  created_at: '2026-01-01T00:00:00+0000',
  updated_at: '2026-01-01T00:00:05+0000',
  ...facts,
})

export const makeAttempt = (facts: Fields = {}): Fields => ({
  id: 'att_a1_b2',
  payment_intent_id: 'int_a1',
  amount: 19.99,
  currency: 'EUR',
  status: 'AUTHORIZED',
  captured_amount: 0,
  refunded_amount: 0,
  created_at: '2026-01-01T00:00:01+0000',
  ...facts,
})

export interface Answers {
  readonly intent?: Fields
  /** The rows of the list of intents; the intent where none are given. */
  readonly rows?: readonly Fields[]
  readonly attempts?: readonly Fields[]
  readonly refunds?: readonly Fields[]
  readonly disputes?: readonly Fields[]
}

export const oneHour = () => new Date(Date.now() + 3_600_000).toISOString().replace('.000Z', '+0000')
export const login = (token = 'synthetic-token') =>
  Response.json({ token, expires_at: `${oneHour().slice(0, 19)}+0000` }, { status: 201 })

/** A provider whose API holds one payment, and the requests it sent after its login. */
export function connect(answers: Answers, config: AirwallexConfig<string> = {}) {
  const requests: Request[] = []
  const { intent = makeIntent(), rows = [intent], attempts = [], refunds = [], disputes = [] } = answers
  const page = (items: readonly Fields[]) => Response.json({ has_more: false, items })
  const provider = createAirwallex({
    ...secrets,
    retries: 0,
    async fetch(input, init) {
      const request = new Request(input, init)
      const { pathname } = new URL(request.url)
      if (pathname.endsWith('/login')) return login()
      requests.push(request)
      if (pathname.endsWith('/payment_attempts')) return page(attempts)
      if (pathname.endsWith('/refunds')) return page(refunds)
      if (pathname.endsWith('/payment_disputes')) return Response.json({ items: disputes })
      if (pathname.endsWith('/payment_intents')) return page(rows)
      return Response.json(intent)
    },
    ...config,
  })
  return { provider, requests, paths: () => requests.map(({ url }) => new URL(url).pathname) }
}

/** The payment that a lookup makes of what the API holds. */
export async function lookUp(answers: Answers) {
  return (await connect(answers).provider.lookup('int_a1')).payment
}

/** Reads a signed event. */
export async function readEvent(name: string, object: Fields, envelope: Fields = {}): Promise<WebhookEvent> {
  const body = JSON.stringify({ id: 'evt_1', name, account_id: 'acct_x', data: { object }, ...envelope })
  return createAirwallex({ webhookSecrets: secrets.webhookSecrets }).readWebhook(
    await signWebhook(body, secrets.webhookSecrets),
  )
}

export const withCode = (code: PaymentErrorCode) => ({ name: 'PaymentError', code })
