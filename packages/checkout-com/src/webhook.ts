import type { LookupKey, Payment, WebhookDelivery, WebhookEvent } from '@payment-status/core'
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
  timingSafeEqual,
  toInstant,
  toReport,
  verifyHmacSha256,
} from '@payment-status/core/kit'
import * as v from 'valibot'
import { type ChannelContext, isOtherChannel, lacksChannel } from './channel.ts'
import { isDispute, readDisputeEvent } from './dispute.ts'
import { type EventMeaning, isEventType, toEventMeaning } from './event.ts'
import { toPaidWith } from './method.ts'
import { toMoney } from './money.ts'
import { findDecline, toTotals } from './payment.ts'
import type { ReadContext } from './response.ts'
import { toPlan } from './retry.ts'
import {
  type CheckoutComEventPayment,
  eventKeySchema,
  eventPaymentSchema,
  eventSchema,
  namedIdPattern,
  paymentIdPattern,
} from './schema.ts'
import { isPayout } from './status.ts'
import type { CheckoutComEventType } from './vocabulary.ts'

export interface WebhookContext extends ReadContext, ChannelContext {
  readonly secrets: readonly string[]
  /** Exact `Authorization` header the workflow sends, where one was configured. */
  readonly authorization?: string | undefined
}

type EventBase = Pick<WebhookEvent, 'provider' | 'id' | 'type' | 'occurredAt' | 'reply'>

/** Checkout.com expects a 2xx within 10 seconds. It does not read the body. */
const reply = { status: 200, body: '', contentType: 'text/plain' }

/** An id of another length, which only names a payment: it can be matched, but not looked up. */
const namedPaymentPattern = /^pay_\w{1,124}$/

/** Verifies `Cko-Signature` on the raw body, then reads it. Throws `invalid_signature` before anything is parsed. */
export async function readWebhook(delivery: WebhookDelivery, context: WebhookContext): Promise<WebhookEvent> {
  await verify(delivery, context)
  const { provider } = context
  const json = parseJson(readText(delivery, provider), { provider, what: 'the webhook' })
  const event = parse(eventSchema, json, { provider, what: 'the webhook' })
  const occurredAt =
    readInstant(event.created_on, { provider, path: 'created_on' }) ??
    readInstant(event.timestamp, { provider, path: 'timestamp' })
  const base = omitUndefined<EventBase>({ provider, id: event.id, type: event.type, occurredAt, reply })
  if (isEventType(event.type)) {
    const data = parse(eventPaymentSchema, event.data, { provider, what: "the webhook's data" })
    return readPaymentEvent(event.type, data, { base, context, json })
  }
  if (isDispute(event.type)) return readDispute(event.data, { base, context })
  return readOther(event.data, { base, context })
}

async function verify(
  delivery: WebhookDelivery,
  { provider, secrets, authorization }: WebhookContext,
): Promise<void> {
  if (secrets.length === 0) {
    throw inputError(
      provider,
      "`webhookSecrets` is missing. Set CKO_WEBHOOK_SECRET to the signature key of the workflow's webhook action",
    )
  }
  const signature = readHeader(delivery, 'cko-signature')
  const signatures = signature === undefined ? [] : [signature]
  const isSigned = await verifyHmacSha256(delivery.rawBody, { keys: secrets, signatures })
  if (isSigned && (!authorization || (await isAuthorized(delivery, authorization)))) return
  throw signatureError(
    provider,
    signature === undefined
      ? 'the webhook has no Cko-Signature header'
      : 'the webhook does not verify with any configured secret',
  )
}

/**
 * Signs a body as Checkout.com does, for tests and simulators.
 *
 * @example
 * const event = await checkoutCom.readWebhook(await signWebhook(JSON.stringify(body), secret))
 */
export async function signWebhook(rawBody: string | Uint8Array, secret: string): Promise<WebhookDelivery> {
  const signature = await hmacSha256Hex(secret, rawBody)
  return { rawBody, headers: { 'content-type': 'application/json', 'cko-signature': signature } }
}

async function isAuthorized(delivery: WebhookDelivery, authorization: string): Promise<boolean> {
  return timingSafeEqual(readHeader(delivery, 'authorization') ?? '', authorization)
}

interface EventContext {
  readonly base: EventBase
  readonly context: WebhookContext
}

function readPaymentEvent(
  type: CheckoutComEventType,
  data: CheckoutComEventPayment,
  { base, context, json }: EventContext & { readonly json: unknown },
): WebhookEvent {
  const { id, reference, processing_channel_id: channel } = data
  if (isPayout(data) || isOtherChannel(channel, context)) return { ...base, kind: 'unrelated' }
  const key = toKey(id, reference) as LookupKey
  if (lacksChannel(channel, context)) {
    return { ...base, kind: 'recheck', key, why: 'the event does not state its processing channel' }
  }
  const observedAt = now(context.clock)
  const at = base.occurredAt ?? observedAt
  const meaning = toEventMeaning(type, data, at)
  if (meaning.kind === 'recheck') return { ...base, kind: 'recheck', key, why: meaning.why }
  const origin = { source: 'webhook', occurredAt: base.occurredAt, observedAt } as const
  const report = toReport(toEventPayment(data, meaning, { base, at }), origin, json, context)
  return { ...base, kind: 'payment', report }
}

function toEventPayment(
  data: CheckoutComEventPayment,
  { status, amountIn }: Extract<EventMeaning, { kind: 'payment' }>,
  { base: { provider, type }, at }: { readonly base: EventBase; readonly at: string },
): Payment {
  const path = 'data.balances'
  const { currency, balances } = data
  const amount =
    amountIn === 'amount'
      ? toMoney(data.amount, currency, { provider, path: 'data.amount' })
      : amountIn &&
        toMoney(balances?.total_authorized, currency, { provider, path: `${path}.total_authorized` })
  const totals = amount && toTotals(data, amount.currency, { provider, path })
  const { method, authentication, trace } = toPaidWith(data)
  const isRefund = status === 'refunded' || status === 'partially_refunded'
  return omitUndefined<Payment>({
    provider,
    id: data.id,
    reference: data.reference || undefined,
    status,
    amount,
    authorized: totals?.authorized,
    // With an action's own amount, only what was authorized belongs to the payment at that moment.
    captured: amountIn === 'balances' ? totals?.captured : undefined,
    refunded: amountIn === 'balances' ? totals?.refunded : undefined,
    decline: status === 'failed' || status === 'processing' ? findDecline(data) : undefined,
    method,
    authentication,
    trace: isRefund ? undefined : trace, // a refund has numbers of its own
    authorizationExpiresAt:
      status === 'authorized' && typeof data.expires_on === 'string' ? toInstant(data.expires_on) : undefined,
    facts: status === 'processing' ? { type, ...toPlan(data, at) } : { type },
  })
}

function readDispute(data: unknown, { base, context }: EventContext): WebhookEvent {
  const { provider, type, occurredAt } = base
  const { dispute, paymentId, reference, channel } = readDisputeEvent(type, data, {
    provider,
    at: occurredAt,
  })
  if (isOtherChannel(channel, context)) return { ...base, kind: 'unrelated' }
  const key = toKey(paymentId, reference)
  return { ...base, kind: 'dispute', ...(key ? { key } : {}), dispute }
}

/** Reads types without a meaning of their own: rechecked where they name a payment, and always acknowledged. */
function readOther(data: unknown, { base, context }: EventContext): WebhookEvent {
  const named = v.is(eventKeySchema, data) ? data : undefined
  if (!named || isPayout(named) || isOtherChannel(named.processing_channel_id, context)) {
    return { ...base, kind: 'unrelated' }
  }
  const paymentId = [named.id, named.payment_id].find(
    (value): value is string => typeof value === 'string' && namedPaymentPattern.test(value),
  )
  const key = paymentId === undefined ? undefined : toKey(paymentId, named.reference)
  if (!key) return { ...base, kind: 'unrelated' }
  return { ...base, kind: 'recheck', key, why: 'an event without a meaning of its own' }
}

/**
 * Returns what to look up: an id of the documented length, else the reference, which can be requested, else an id of
 * another length, by which a recorded payment can still be matched.
 */
function toKey(id: string | undefined, reference: unknown): LookupKey | undefined {
  if (id !== undefined && paymentIdPattern.test(id)) return { id }
  if (typeof reference === 'string' && reference.trim() !== '') return { reference }
  return id !== undefined && namedIdPattern.test(id) ? { id } : undefined
}
