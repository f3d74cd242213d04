import {
  PaymentError,
  type PaymentReport,
  type ProviderOptions,
  type WebhookDelivery,
  type WebhookEvent,
} from '@payment-status/core'
import {
  checkDelivery,
  hmacSha256Hex,
  now,
  omitUndefined,
  parse,
  parseJson,
  readHeader,
  readInstant,
  readText,
  toRaw,
  verifyHmacSha256,
} from '@payment-status/core/kit'
import { eventSchema, toPayment } from './vocabulary.ts'

interface WebhookContext extends Pick<ProviderOptions, 'keepRaw'> {
  readonly provider: string
  readonly secrets: readonly string[]
}

const reply = { status: 200, body: '', contentType: 'text/plain' }

/** Verifies `acme-signature` on the raw body, and only then reads it. */
export async function readWebhook(
  delivery: WebhookDelivery,
  { provider, secrets: keys, keepRaw }: WebhookContext,
): Promise<WebhookEvent> {
  checkDelivery(delivery, provider)
  if (keys.length === 0) {
    throw new PaymentError({ code: 'invalid_input', provider, message: 'webhookSecrets is not configured' })
  }
  const signatures = [readHeader(delivery, 'acme-signature') ?? '']
  if (!(await verifyHmacSha256(delivery.rawBody, { keys, signatures }))) {
    throw new PaymentError({ code: 'invalid_signature', provider, message: 'the webhook does not verify' })
  }
  const what = 'the webhook'
  const json = parseJson(readText(delivery, provider), { provider, what })
  const { event: id, at, charge } = parse(eventSchema, json, { provider, what })
  const occurredAt = readInstant(at, { provider, path: 'at' })
  const payment = toPayment(charge, provider)
  const base: Pick<WebhookEvent, 'provider' | 'id' | 'type' | 'occurredAt' | 'reply'> = omitUndefined({
    provider,
    id,
    type: 'charge',
    occurredAt,
    reply,
  })
  const report: PaymentReport = omitUndefined({
    evidence: 'report',
    source: 'webhook',
    payment,
    occurredAt,
    observedAt: now(),
    raw: toRaw(charge, { keepRaw }),
  })
  return { ...base, kind: 'payment', report }
}

/** Signs a body as Acme Pay would. */
export async function signWebhook(rawBody: string, secret: string): Promise<WebhookDelivery> {
  return { rawBody, headers: { 'acme-signature': await hmacSha256Hex(secret, rawBody) } }
}
