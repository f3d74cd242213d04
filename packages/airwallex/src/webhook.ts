import type { LookupKey, RequestOptions, WebhookDelivery, WebhookEvent } from '@payment-status/core'
import {
  hmacSha256Hex,
  inputError,
  isOneOf,
  isPaymentError,
  now,
  omitUndefined,
  parse,
  parseJson,
  readHeader,
  readText,
  signatureError,
  toInstant,
  toReport,
  verifyHmacSha256,
} from '@payment-status/core/kit'
import * as v from 'valibot'
import { isOfRefund, toDispute } from './dispute.ts'
import { getDispute, type LookupContext } from './lookup.ts'
import { toPayment } from './payment.ts'
import { disputeSchema, eventSchema, intentKeySchema, ownedKeySchema, paymentIdPattern } from './schema.ts'
import { type EventMeaning, toEventMeaning } from './status.ts'
import { airwallexOldStatuses, airwallexStatuses } from './vocabulary.ts'

export interface WebhookContext extends LookupContext {
  readonly secrets: readonly string[]
  /** Highest age of a signature. 0 means 0. */
  readonly toleranceSeconds: number
}

type EventBase = Pick<WebhookEvent, 'provider' | 'id' | 'type' | 'occurredAt' | 'reply'>

/** Four days: Airwallex resends for about three, and does not document whether it signs anew. */
export const DEFAULT_TOLERANCE_IN_SECONDS = 4 * 24 * 60 * 60
/** How far Airwallex's clock may be ahead of ours. */
const MAX_AHEAD_IN_SECONDS = 300
const OPENING_BRACE = 0x7b

/** Airwallex documents exactly 200; it does not read the body. */
const reply = { status: 200, body: '', contentType: 'text/plain' }

/**
 * Verifies `x-signature` over the raw body, then reads the event. A request is sent only for a dispute that names no
 * payment. An authentic event that names its payment in no documented way is `unreadable`. Throws `invalid_signature`
 * before anything is parsed.
 */
export async function readWebhook(
  delivery: WebhookDelivery,
  context: WebhookContext,
  options?: RequestOptions,
): Promise<WebhookEvent> {
  const { provider } = context
  await verify(delivery, context)
  const json = parseJson(readText(delivery, provider), { provider, what: 'the webhook' })
  const { id, name, created_at, data } = parse(eventSchema, json, { provider, what: 'the webhook' })
  const object = data?.object ?? undefined
  const occurredAt = toInstant(object?.updated_at) ?? toInstant(created_at)
  const base: EventBase = omitUndefined({ provider, id, type: name, occurredAt, reply })
  try {
    return await readEvent(object, base, context, options)
  } catch (error) {
    if (!isPaymentError(error) || error.code !== 'invalid_payload') throw error
    return { ...base, kind: 'unreadable', why: error.message.replace(/^\[[^\]]*\] /, '') }
  }
}

async function readEvent(
  object: unknown,
  base: EventBase,
  context: WebhookContext,
  options: RequestOptions | undefined,
): Promise<WebhookEvent> {
  const meaning = toEventMeaning(base.type)
  if (meaning.kind === 'unrelated') return { ...base, kind: 'unrelated' }
  if (meaning.kind === 'recheck') return readRecheck(object, base, meaning)
  if (meaning.kind === 'dispute') return readDispute(object, base, context, options)
  if (meaning.kind === 'warning') return readWarning(object, base)
  return readPayment(object, base, context)
}

/**
 * Signs a body as Airwallex does: for tests and simulators. `timestamp` is in milliseconds since 1970; without it, now.
 *
 * @example
 * const delivery = await signWebhook(JSON.stringify(event), 'whk_my_secret')
 */
export async function signWebhook(
  rawBody: string | Uint8Array,
  secret: string,
  options: { readonly timestamp?: number | undefined } = {},
): Promise<WebhookDelivery> {
  const timestamp = String(Math.floor(options.timestamp ?? Date.now()))
  const signature = await hmacSha256Hex(secret, [timestamp, rawBody])
  return {
    rawBody,
    headers: { 'content-type': 'application/json', 'x-timestamp': timestamp, 'x-signature': signature },
  }
}

/**
 * Nothing stands between the timestamp and the body that are signed. So a timestamp must have 13 digits and a body must
 * begin with a brace: otherwise digits could move from one to the other. The header `client-secret-key` of a test event
 * carries a secret of its own and is not read.
 */
async function verify(delivery: WebhookDelivery, context: WebhookContext): Promise<void> {
  const { provider, secrets, toleranceSeconds, clock = Date.now } = context
  if (secrets.length === 0) {
    throw inputError(provider, "webhookSecrets is missing. Set it to the secret of the webhook's URL.")
  }
  const timestamp = readHeader(delivery, 'x-timestamp')
  const signature = readHeader(delivery, 'x-signature')
  if (timestamp === undefined || signature === undefined) {
    throw signatureError(provider, 'the headers x-timestamp and x-signature must both be present')
  }
  if (!/^\d{13}$/.test(timestamp)) {
    throw signatureError(provider, 'x-timestamp must be milliseconds since 1970, 13 digits')
  }
  const { rawBody } = delivery
  const first = typeof rawBody === 'string' ? rawBody.charCodeAt(0) : rawBody[0]
  if (first !== OPENING_BRACE) throw signatureError(provider, 'the body must be a JSON object')
  const signed = { keys: secrets, signatures: [signature] }
  if (!(await verifyHmacSha256([timestamp, rawBody], signed))) {
    throw signatureError(provider, 'x-signature does not match any of webhookSecrets')
  }
  const ageInSeconds = (clock() - Number(timestamp)) / 1000
  if (ageInSeconds > toleranceSeconds) {
    throw signatureError(provider, 'x-timestamp is older than toleranceSeconds')
  }
  if (-ageInSeconds > MAX_AHEAD_IN_SECONDS) {
    throw signatureError(provider, "x-timestamp is in the future. Check this machine's clock.")
  }
}

/**
 * The object's shape follows the API version of the subscription. An old word, one that is not listed, a figure that is
 * missing and a contradiction are all left to a lookup.
 */
function readPayment(object: unknown, base: EventBase, context: WebhookContext): WebhookEvent {
  const { provider } = base
  const { id } = parse(intentKeySchema, object, { provider, what: "the webhook's object" })
  const recheck = (why: string): WebhookEvent => ({ ...base, kind: 'recheck', key: { id }, why })
  const { status } = object as { readonly status?: unknown }
  if (!isOneOf(airwallexStatuses, status) || isOneOf(airwallexOldStatuses, status)) {
    return recheck('the event states a status that only a lookup explains')
  }
  try {
    const payment = toPayment(object, context)
    if (payment.status === 'unknown') return recheck('the event does not state enough of the payment')
    const observedAt = now(context.clock)
    const stated = { source: 'webhook', occurredAt: base.occurredAt, observedAt } as const
    return { ...base, kind: 'payment', report: toReport(payment, stated, object, context) }
  } catch (error) {
    if (!isPaymentError(error)) throw error
    return recheck('the event has the form of another API version')
  }
}

function readRecheck(
  object: unknown,
  base: EventBase,
  { owner, why }: Extract<EventMeaning, { readonly kind: 'recheck' }>,
): WebhookEvent {
  const { provider } = base
  const what = "the webhook's object"
  const id =
    owner === 'id'
      ? parse(intentKeySchema, object, { provider, what }).id
      : parse(ownedKeySchema, object, { provider, what }).payment_intent_id
  return { ...base, kind: 'recheck', key: { id }, why }
}

/** A dispute may name its payment, or the merchant's order, or neither: then the dispute itself is requested. */
async function readDispute(
  object: unknown,
  base: EventBase,
  context: WebhookContext,
  options: RequestOptions | undefined,
): Promise<WebhookEvent> {
  const { provider, type } = base
  const data = parse(disputeSchema, object, { provider, what: 'the dispute' })
  if (isOfRefund(data)) return { ...base, kind: 'unrelated' }
  // Events of the old family have other words for the status.
  const isOld = type.startsWith('dispute.')
  const status = isOld ? undefined : data.status || type.slice(type.lastIndexOf('.') + 1).toUpperCase()
  const dispute = toDispute({ ...data, status }, provider)
  const key = toKey(data) ?? (await requestKey(dispute.id, context, options))
  return omitUndefined({ ...base, kind: 'dispute', key, dispute })
}

function toKey(data: {
  readonly payment_intent_id?: string | null | undefined
  readonly merchant_order_id?: string | null | undefined
}): LookupKey | undefined {
  if (data.payment_intent_id) return { id: data.payment_intent_id }
  return data.merchant_order_id ? { reference: data.merchant_order_id } : undefined
}

/** A failure that passes is thrown, so that Airwallex delivers the event again. */
async function requestKey(
  id: string | undefined,
  context: WebhookContext,
  options: RequestOptions | undefined,
): Promise<LookupKey | undefined> {
  if (id === undefined || !context.api.hasCredentials) return undefined
  try {
    const { body } = await getDispute(context, id, options)
    const { provider } = context
    return toKey(parse(disputeSchema, body, { provider, what: 'the dispute' }))
  } catch (error) {
    if (!isPaymentError(error) || error.retryable) throw error
    return undefined
  }
}

const warningSchema = v.object({
  id: v.nullish(v.string()),
  payment_intent_id: v.nullish(v.pipe(v.string(), v.regex(paymentIdPattern))),
  merchant_order_id: v.nullish(v.string()),
})

/** The issuer reports fraud, before there is a dispute. */
function readWarning(object: unknown, base: EventBase): WebhookEvent {
  const { provider, occurredAt } = base
  const data = parse(warningSchema, object, { provider, what: 'the fraud notification' })
  return omitUndefined({
    ...base,
    kind: 'dispute',
    key: toKey(data),
    dispute: omitUndefined({ id: data.id || undefined, status: 'early_warning', updatedAt: occurredAt }),
  })
}
