import type { LookupKey, WebhookDelivery, WebhookEvent } from '@payment-status/core'
import {
  fromEpochSeconds,
  hmacSha256Hex,
  inputError,
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
import { toDispute } from './dispute.ts'
import { type PaymentContext, toPayment } from './payment.ts'
import {
  eventDisputeSchema,
  eventSchema,
  eventWarningSchema,
  intentKeySchema,
  paymentEventSchema,
  type StripeIntentReference,
} from './schema.ts'
import { toEventMeaning } from './status.ts'

export interface WebhookContext extends PaymentContext {
  readonly secrets: readonly string[]
  /** How old a signature may be. 0 means 0. */
  readonly toleranceSeconds: number
  /** Whether the payments asked for are live ones, by the key: then nothing of a test is news of them. */
  readonly isLive: boolean
}

type EventBase = Pick<WebhookEvent, 'provider' | 'id' | 'type' | 'occurredAt' | 'reply'>

/** What Stripe's own libraries allow (https://docs.stripe.com/webhooks/signature). */
export const DEFAULT_TOLERANCE_IN_SECONDS = 300

/** Stripe wants a 2xx; what it says is not read. */
const reply = { status: 200, body: '', contentType: 'text/plain' }

/** Verifies `Stripe-Signature` on the raw body, then reads it. Throws `invalid_signature` before anything is parsed. */
export async function readWebhook(delivery: WebhookDelivery, context: WebhookContext): Promise<WebhookEvent> {
  const { provider } = context
  const what = 'the webhook'
  const { timestamp, signatures, content } = findSigned(delivery, context)
  if (!(await verifyHmacSha256(content, { keys: context.secrets, signatures }))) {
    throw signatureError(provider, 'the webhook does not verify with any configured secret')
  }
  checkAge(timestamp, context)
  const json = parseJson(readText(delivery, provider), { provider, what })
  const meaning = toEventMeaning(findType(json, context))
  if (meaning.kind === 'unrelated') {
    const { id, type, created } = parse(eventSchema, json, { provider, what })
    return omitUndefined({
      provider,
      id,
      type,
      occurredAt: toTime(created),
      reply,
      kind: 'unrelated' as const,
    })
  }
  const { id, type, created, data } = parse(paymentEventSchema, json, { provider, what })
  const base: EventBase = omitUndefined({ provider, id, type, occurredAt: toTime(created), reply })
  if (meaning.kind === 'recheck') return readRecheck(data.object, base, meaning.why)
  if (meaning.kind === 'dispute') return readDispute(data.object, base)
  if (meaning.kind === 'warning') return readWarning(data.object, base)
  return readPayment(data.object, base, context)
}

/**
 * The type that tells what an event means; '' where it has none. A thin event says that something happened to a
 * `related_object`, and holds no payment, whatever its type. An event of test mode comes to a live Connect endpoint, too
 * (https://docs.stripe.com/connect/webhooks): signed as the live ones are, and of money that is none.
 */
function findType(json: unknown, { isLive }: WebhookContext): string {
  const { type, object, livemode } = (json ?? {}) as Readonly<Record<string, unknown>>
  const isThin = typeof object === 'string' && object.startsWith('v2.')
  const isTest = isLive && livemode === false
  return typeof type === 'string' && !isThin && !isTest ? type : ''
}

/** Seconds since 1970, or the text of a thin event. */
function toTime(created: unknown): string | undefined {
  if (typeof created === 'number') return fromEpochSeconds(created)
  return typeof created === 'string' ? toInstant(created) : undefined
}

/**
 * Signs a body as Stripe would: for tests and simulators. `timestamp` is in seconds since 1970; without it, now.
 * The official library's `constructEvent` accepts it.
 */
export async function signWebhook(
  rawBody: string | Uint8Array,
  secret: string,
  options: { readonly timestamp?: number | undefined } = {},
): Promise<WebhookDelivery> {
  const timestamp = Math.floor(options.timestamp ?? Date.now() / 1000)
  const signature = await hmacSha256Hex(secret, toSignedContent(`${timestamp}`, rawBody))
  return {
    rawBody,
    headers: { 'content-type': 'application/json', 'stripe-signature': `t=${timestamp},v1=${signature}` },
  }
}

/** What was signed, and the signatures it came with. Throws `invalid_input` where there is no secret to verify with. */
function findSigned(
  delivery: WebhookDelivery,
  { provider, secrets }: WebhookContext,
): Signatures & { readonly content: SignedContent } {
  if (secrets.length === 0) {
    throw inputError(
      provider,
      'webhookSecrets is not configured: a webhook that cannot be verified is never read',
    )
  }
  const { timestamp, signatures } = readSignatures(readHeader(delivery, 'stripe-signature'), provider)
  return { timestamp, signatures, content: toSignedContent(timestamp, delivery.rawBody) }
}

/**
 * The official library takes a tolerance of 0 for "any age", and never looks ahead. Here 0 is 0; and a clock may run ahead
 * of ours by the usual tolerance, but a signature from further on could be replayed until then.
 */
function checkAge(timestamp: string, { provider, toleranceSeconds, clock = Date.now }: WebhookContext): void {
  const age = Math.floor(clock() / 1000) - Number(timestamp)
  if (age > toleranceSeconds) throw signatureError(provider, 'the signature is older than toleranceSeconds')
  if (-age > Math.max(toleranceSeconds, DEFAULT_TOLERANCE_IN_SECONDS)) {
    throw signatureError(provider, 'the signature is from the future: is the clock of this machine right?')
  }
}

interface Signatures {
  readonly timestamp: string
  readonly signatures: readonly string[]
}

/** `t=…,v1=…[,v1=…]`; other schemes beside them are ignored. One time only: two could not both be what was signed. */
function readSignatures(header: string | undefined, provider: string): Signatures {
  if (!header) throw signatureError(provider, 'the webhook has no Stripe-Signature header')
  let timestamp: string | undefined
  let hasOneTime = true
  const signatures: string[] = []
  for (const part of header.split(',')) {
    const item = part.trim()
    if (item.startsWith('v1=')) signatures.push(item.slice('v1='.length))
    if (!item.startsWith('t=')) continue
    const stated = item.slice('t='.length)
    hasOneTime &&= timestamp === undefined || timestamp === stated
    timestamp = stated
  }
  if (timestamp === undefined || !hasOneTime || !/^\d{1,12}$/.test(timestamp) || signatures.length === 0) {
    throw signatureError(provider, 'the Stripe-Signature header is not as documented (expected t=…,v1=…)')
  }
  return { timestamp, signatures }
}

/** The time, a dot and the body: in parts, so that the body is not copied behind the time. */
function toSignedContent(timestamp: string, rawBody: string | Uint8Array): SignedContent {
  return [`${timestamp}.`, rawBody]
}

type SignedContent = readonly [time: string, rawBody: string | Uint8Array]

/** The intent as it was at the event; its `latest_charge` is an id there, so refunds are not told. */
function readPayment(object: unknown, base: EventBase, context: PaymentContext): WebhookEvent {
  const told = { source: 'webhook', occurredAt: base.occurredAt, observedAt: now(context.clock) } as const
  const report = toReport(toPayment(object, context), told, object, context)
  return { ...base, kind: 'payment', report }
}

/**
 * A charge without a PaymentIntent was made through an older API, and a checkout session without one took no payment: they
 * are not about one of ours.
 */
function readRecheck(object: unknown, base: EventBase, why: string): WebhookEvent {
  const { provider } = base
  const { payment_intent } = parse(intentKeySchema, object, { provider, what: "the webhook's object" })
  const key = toKey(payment_intent)
  return key ? { ...base, kind: 'recheck', key, why } : { ...base, kind: 'unrelated' }
}

function readDispute(object: unknown, base: EventBase): WebhookEvent {
  const { provider } = base
  const data = parse(eventDisputeSchema, object, { provider, what: 'the dispute' })
  const dispute = toDispute(data, provider)
  return omitUndefined({ ...base, kind: 'dispute', key: toKey(data.payment_intent), dispute })
}

/** An issuer's report of fraud, before there is a dispute (https://docs.stripe.com/disputes/how-disputes-work#early-fraud-warnings). */
function readWarning(object: unknown, base: EventBase): WebhookEvent {
  const { provider } = base
  const data = parse(eventWarningSchema, object, { provider, what: 'the early fraud warning' })
  const { id, fraud_type, payment_intent } = data
  return omitUndefined({
    ...base,
    kind: 'dispute',
    key: toKey(payment_intent),
    dispute: omitUndefined({
      id: id || undefined,
      status: 'early_warning',
      reason: fraud_type || undefined,
    }),
  })
}

function toKey(intent: StripeIntentReference): LookupKey | undefined {
  if (!intent) return undefined
  return { id: typeof intent === 'string' ? intent : intent.id }
}
