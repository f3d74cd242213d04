import type { LookupKey, WebhookDelivery, WebhookEvent } from '../model/evidence.ts'
import { readText } from './delivery.ts'

/** Reads a body of `application/x-www-form-urlencoded`. Throws `invalid_payload` for bytes that are not UTF-8. */
export function readForm(delivery: WebhookDelivery, provider: string): URLSearchParams {
  return new URLSearchParams(readText(delivery, provider))
}

/**
 * Returns the event of a webhook that carries no signature and only names a payment: a recheck, with a new id at each
 * delivery. Every change of the payment sends the same body, so an id made from the body would let the deduplication drop
 * every change after the first.
 */
export function toNotification({
  provider,
  key,
  type = 'notification',
  reply = { status: 200, body: '', contentType: 'text/plain' },
}: {
  readonly provider: string
  readonly key: LookupKey
  readonly type?: string | undefined
  readonly reply?: WebhookEvent['reply'] | undefined
}): WebhookEvent {
  const why = 'an unsigned notification names the payment; only a lookup states its status'
  return { provider, id: crypto.randomUUID(), type, reply, kind: 'recheck', key, why }
}
