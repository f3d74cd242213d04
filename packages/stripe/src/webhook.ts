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
  verifyHmacSha256,
} from '@payment-status/core/kit'
import { toDispute } from './dispute.ts'
import { type PaymentContext, toPayment, toReport } from './payment.ts'
import {
  eventBodySchema,
  eventDisputeSchema,
  eventSchema,
  eventWarningSchema,
  intentKeySchema,
  type StripeIntentReference,
} from './schema.ts'
import { toEventMeaning } from './status.ts'

export interface WebhookContext extends PaymentContext {
  readonly secrets: readonly string[]
  /** How old a signature may be. 0 means 0. */
  readonly toleranceSeconds: number
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
  const event = parse(eventSchema, json, { provider, what })
  const { id, type } = event
  const meaning = toEventMeaning(type)
  // A thin event says that something happened to a `related_object`, and holds no payment.
  if (meaning.kind === 'unrelated' || event.object?.startsWith('v2.')) {
    return omitUndefined({
      provider,
      id,
      type,
      occurredAt: toTime(event.created),
      reply,
      kind: 'unrelated' as const,
    })
  }
  const { created, data } = parse(eventBodySchema, event, { provider, what })
  const base: EventBase = omitUndefined({ provider, id, type, occurredAt: toTime(created), reply })
  if (meaning.kind === 'recheck') return readRecheck(data.object, base, meaning.why)
  if (meaning.kind === 'dispute') return readDispute(data.object, base)
  if (meaning.kind === 'warning') return readWarning(data.object, base)
  return readPayment(data.object, base, context)
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
): {
  readonly timestamp: string
  readonly signatures: readonly string[]
  readonly content: string | Uint8Array
} {
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

/** `t=…,v1=…[,v1=…]`; other schemes beside them are ignored. One time only: two could not both be what was signed. */
function readSignatures(
  header: string | undefined,
  provider: string,
): { readonly timestamp: string; readonly signatures: readonly string[] } {
  if (!header) throw signatureError(provider, 'the webhook has no Stripe-Signature header')
  const items = header.split(',').map((item) => item.trim())
  const values = (key: string) =>
    items.filter((item) => item.startsWith(`${key}=`)).map((item) => item.slice(key.length + 1))
  const [timestamp, ...others] = new Set(values('t'))
  const signatures = values('v1')
  if (
    timestamp === undefined ||
    others.length > 0 ||
    !/^\d{1,12}$/.test(timestamp) ||
    signatures.length === 0
  ) {
    throw signatureError(provider, 'the Stripe-Signature header is not as documented (expected t=…,v1=…)')
  }
  return { timestamp, signatures }
}

function toSignedContent(timestamp: string, rawBody: string | Uint8Array): string | Uint8Array {
  const prefix = `${timestamp}.`
  if (typeof rawBody === 'string') return prefix + rawBody
  const content = new Uint8Array(prefix.length + rawBody.length)
  content.set(new TextEncoder().encode(prefix))
  content.set(rawBody, prefix.length)
  return content
}

/** The intent as it was at the event; its `latest_charge` is an id there, so refunds are not told. */
function readPayment(object: unknown, base: EventBase, context: PaymentContext): WebhookEvent {
  const told = { source: 'webhook', occurredAt: base.occurredAt, observedAt: now(context.clock) } as const
  const report = toReport(toPayment(object, context), object, told, context)
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
