import type { Dispute, LookupKey, RequestOptions, WebhookDelivery, WebhookEvent } from '@payment-status/core'
import {
  fromBase64,
  isPaymentError,
  now,
  omitUndefined,
  outcomeOf,
  parse,
  parseJson,
  payloadError,
  readText,
  signRsaSha256,
  toBase64,
  toInstant,
  toReport,
} from '@payment-status/core/kit'
import { toDispute } from './dispute.ts'
import { requestDispute } from './disputes.ts'
import { findByCapture, type LookupContext } from './lookup.ts'
import { toPayment } from './payment.ts'
import { isOrderNamed, toRelatedId } from './related.ts'
import { disputeSchema, eventSchema, idPattern, type PayPalDispute, relatedSchema } from './schema.ts'
import { toEventMeaning } from './status.ts'
import { toSignedText, type VerifyContext, verify } from './verify.ts'

export interface WebhookContext extends LookupContext, VerifyContext {}

type EventBase = Pick<WebhookEvent, 'provider' | 'id' | 'type' | 'occurredAt' | 'reply'>

const reply = { status: 200, body: '', contentType: 'text/plain' }

/**
 * Verifies a webhook over its raw body, then reads it. An authentic event that names its order in no documented way is
 * `unreadable`. Throws `invalid_signature` before anything is parsed.
 *
 * PayPal signs a CRC-32 of the body, and another body with the same CRC-32 is easily made from one genuine delivery. So a
 * webhook never states money, an end or a page for the shopper: such an order is a recheck, and only a lookup states it.
 */
export async function readWebhook(
  delivery: WebhookDelivery,
  context: WebhookContext,
  options?: RequestOptions,
): Promise<WebhookEvent> {
  const { provider } = context
  await verify(delivery, context, options)
  const json = parseJson(readText(delivery, provider), { provider, what: 'the webhook' })
  const event = parse(eventSchema, json, { provider, what: 'the webhook' })
  const { id, event_type: type, resource } = event
  const occurredAt = toTime(resource?.update_time) ?? toTime(event.create_time)
  const base: EventBase = omitUndefined({ provider, id, type, occurredAt, reply })
  try {
    return await readEvent(resource ?? undefined, base, context, options)
  } catch (error) {
    if (!isPaymentError(error) || error.code !== 'invalid_payload') throw error
    return { ...base, kind: 'unreadable', why: error.message.replace(/^\[[^\]]*\] /, '') }
  }
}

/** Synthetic key that a test signs with, and where its certificate would be. */
export interface WebhookSigner {
  /** PKCS#8 in base64, with or without the lines of PEM around it. */
  readonly privateKey: string
  readonly certUrl: string
}

/**
 * Signs a body as PayPal does: for tests and simulators. `timestamp` is in milliseconds since 1970; without it, now.
 *
 * @example
 * const delivery = await signWebhook(JSON.stringify(event), '8PT597110X687430LKGECATA', paypalSigner)
 */
export async function signWebhook(
  rawBody: string | Uint8Array,
  webhookId: string,
  signer: WebhookSigner,
  options: { readonly timestamp?: number | undefined; readonly transmissionId?: string | undefined } = {},
): Promise<WebhookDelivery> {
  const time = new Date(Math.floor(options.timestamp ?? Date.now())).toISOString()
  const id = options.transmissionId ?? crypto.randomUUID()
  const key = fromBase64(signer.privateKey.replace(/-----[^-]+-----|\s/g, ''))
  if (key === undefined) throw new TypeError('privateKey must be PKCS#8 in base64')
  const signature = await signRsaSha256(toSignedText({ id, time, webhookId, rawBody }), key)
  return {
    rawBody,
    headers: {
      'content-type': 'application/json',
      'paypal-transmission-id': id,
      'paypal-transmission-time': time,
      'paypal-transmission-sig': toBase64(signature),
      'paypal-cert-url': signer.certUrl,
      'paypal-auth-algo': 'SHA256withRSA',
    },
  }
}

async function readEvent(
  resource: Readonly<Record<string, unknown>> | undefined,
  base: EventBase,
  context: WebhookContext,
  options: RequestOptions | undefined,
): Promise<WebhookEvent> {
  const meaning = toEventMeaning(base.type)
  // Payments of the older API have `state` instead of `status`.
  if (meaning.kind === 'unrelated' || (resource && 'state' in resource && !('status' in resource))) {
    return { ...base, kind: 'unrelated' }
  }
  if (meaning.kind === 'order') return readOrder(resource, base, context)
  if (meaning.kind === 'dispute') return readDispute(resource, base, context, options)
  const { provider, occurredAt } = base
  const related = parse(relatedSchema, resource, { provider, what: "the webhook's resource" })
  const id = toRelatedId(related)
  if (id === undefined) throw payloadError(provider, 'resource.id', 'the id of an order or an operation')
  if (meaning.kind === 'recheck') return { ...base, kind: 'recheck', key: { id }, why: meaning.why }
  const orderId = isOrderNamed(related) ? id : await requestOrderId(id, context, options)
  // PayPal took money back, perhaps a part of it, and does not state how much is left.
  const dispute = omitUndefined<Dispute>({ status: 'lost', reason: 'REVERSED', updatedAt: occurredAt })
  return { ...base, kind: 'dispute', key: { id: orderId ?? id }, dispute }
}

/** Money, an end, and whatever cannot be read are left to a lookup. */
function readOrder(resource: unknown, base: EventBase, context: WebhookContext): WebhookEvent {
  const { provider } = base
  const { id } = parse(relatedSchema, resource, { provider, what: "the webhook's resource" })
  if (id === undefined) throw payloadError(provider, 'resource.id', 'the id of an order')
  const recheck = (why: string): WebhookEvent => ({ ...base, kind: 'recheck', key: { id }, why })
  try {
    // Nor does it prove where the shopper may be sent.
    const { action: _, ...payment } = toPayment(resource, context)
    if (outcomeOf(payment.status) !== 'undecided') {
      return recheck('a webhook of PayPal does not prove money or an end')
    }
    const observedAt = now(context.clock)
    const stated = { source: 'webhook', occurredAt: base.occurredAt, observedAt } as const
    return { ...base, kind: 'payment', report: toReport(payment, stated, resource, context) }
  } catch (error) {
    if (!isPaymentError(error)) throw error
    return recheck('the event does not state the order as documented')
  }
}

async function readDispute(
  resource: unknown,
  base: EventBase,
  context: WebhookContext,
  options: RequestOptions | undefined,
): Promise<WebhookEvent> {
  const { provider } = base
  const data = parse(disputeSchema, resource, { provider, what: 'the dispute' })
  const key = await toKey(data, context, options)
  const dispute = await confirmEnd(toDispute(data, provider), context, options)
  return omitUndefined({ ...base, kind: 'dispute', key, dispute })
}

/** The end of a dispute lets the shop deliver, and a webhook of PayPal does not prove it: the dispute is requested. */
async function confirmEnd(
  dispute: Dispute,
  context: WebhookContext,
  options: RequestOptions | undefined,
): Promise<Dispute> {
  const { id, status } = dispute
  if (id === undefined || (status !== 'won' && status !== 'closed') || !context.api.hasCredentials)
    return dispute
  return (await requestDispute(id, context, options)) ?? dispute
}

/** A dispute names the capture, and `custom` or `invoice_number`. With credentials, the capture's order is requested. */
async function toKey(
  { disputed_transactions: transactions }: PayPalDispute,
  context: WebhookContext,
  options: RequestOptions | undefined,
): Promise<LookupKey | undefined> {
  const capture = transactions?.find((one) => one.seller_transaction_id)?.seller_transaction_id
  if (capture && idPattern.test(capture)) {
    return { id: (await requestOrderId(capture, context, options)) ?? capture }
  }
  const field = context.referenceField === 'custom_id' ? 'custom' : 'invoice_number'
  const reference = transactions?.find((one) => one[field])?.[field]
  return reference ? { reference } : undefined
}

/** A failure that passes is thrown, so that PayPal delivers the event again. */
async function requestOrderId(
  capture: string,
  context: WebhookContext,
  options: RequestOptions | undefined,
): Promise<string | undefined> {
  if (!context.api.hasCredentials) return undefined
  try {
    return (await findByCapture(context, capture, options))?.orderId
  } catch (error) {
    if (!isPaymentError(error) || error.retryable) throw error
    return undefined
  }
}

function toTime(text: unknown): string | undefined {
  return typeof text === 'string' ? toInstant(text) : undefined
}
