/** The signed bytes, and the meaning of an event. @module */
import type { WebhookDelivery, WebhookEvent } from '@payment-status/core'
import {
  hmacSha256Hex,
  inputError,
  now,
  omitUndefined,
  parse,
  parseJson,
  readHeader,
  readInstant,
  readText,
  signatureError,
  toReport,
  verifyHmacSha256,
} from '@payment-status/core/kit'
import { toPayment } from './payment.ts'
import type { ReadContext } from './response.ts'
import { eventSchema } from './schema.ts'

export interface WebhookContext extends ReadContext {
  readonly secrets: readonly string[]
}

const SIGNATURE_HEADER = 'acme-signature'

/** Verifies `acme-signature` on the raw bytes, and only then reads them. */
export async function readWebhook(delivery: WebhookDelivery, context: WebhookContext): Promise<WebhookEvent> {
  const { provider, secrets: keys } = context
  if (keys.length === 0) {
    throw inputError(provider, '`webhookSecrets` is missing. Set ACME_PAY_WEBHOOK_SECRET')
  }
  const signatures = [readHeader(delivery, SIGNATURE_HEADER) ?? '']
  if (!(await verifyHmacSha256(delivery.rawBody, { keys, signatures }))) {
    throw signatureError(provider, 'the webhook does not verify with any configured secret')
  }
  const what = 'the webhook'
  const json = parseJson(readText(delivery, provider), { provider, what })
  const { event: id, type, at, charge } = parse(eventSchema, json, { provider, what })
  const occurredAt = readInstant(at, { provider, path: 'at' })
  const stamps = { source: 'webhook', occurredAt, observedAt: now(context.clock) } as const
  const report = toReport(toPayment(charge, provider), stamps, charge, context)
  const reply = { status: 200, body: '', contentType: 'text/plain' }
  return omitUndefined<WebhookEvent & { kind: 'payment' }>({
    provider,
    id,
    type,
    occurredAt,
    reply,
    kind: 'payment',
    report,
  })
}

/** Signs a body as Acme Pay does: HMAC-SHA-256, in hex. For tests and simulators. */
export async function signWebhook(rawBody: string, secret: string): Promise<WebhookDelivery> {
  return { rawBody, headers: { [SIGNATURE_HEADER]: await hmacSha256Hex(secret, rawBody) } }
}
