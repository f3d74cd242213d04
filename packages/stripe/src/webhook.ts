import type { LookupKey, WebhookDelivery, WebhookEvent } from '@payment-status/core'
import {
  fromEpochSeconds,
  now,
  omitUndefined,
  parse,
  parseJson,
  readText,
  toInstant,
  toReport,
} from '@payment-status/core/kit'
import { match } from 'ts-pattern'
import { toDispute, toWarning } from './dispute.ts'
import { type PaymentContext, toPayment } from './payment.ts'
import {
  cashBalanceSchema,
  eventDisputeSchema,
  eventSchema,
  eventWarningSchema,
  intentKeySchema,
  paymentEventSchema,
  type StripeIntentReference,
  thinEventSchema,
  toIntentId,
} from './schema.ts'
import { isOfShop } from './shop.ts'
import { type SignatureContext, verifySignature } from './signature.ts'
import { type EventMeaning, toEventMeaning } from './status.ts'

export interface WebhookContext extends PaymentContext, SignatureContext {
  readonly provider: string
  /** True if the key reads live payments: then an event of test mode is unrelated. */
  readonly isLive: boolean
}

type EventBase = Pick<WebhookEvent, 'provider' | 'id' | 'type' | 'occurredAt' | 'reply'>

/** Stripe wants a 2xx and ignores the body. */
const reply = { status: 200, body: '', contentType: 'text/plain' }

/** Verifies `Stripe-Signature` on the raw body, then reads it. Throws `invalid_signature` before anything is parsed. */
export async function readWebhook(delivery: WebhookDelivery, context: WebhookContext): Promise<WebhookEvent> {
  const { provider } = context
  const what = 'the webhook'
  await verifySignature(delivery, context)
  const json = parseJson(readText(delivery, provider), { provider, what })
  const event = parse(eventSchema, json, { provider, what })
  const { id, type, object } = event
  const base: EventBase = omitUndefined({ provider, id, type, occurredAt: toTime(event.created), reply })
  if (isOfTestMode(json, context)) return { ...base, kind: 'unrelated' }
  if (object?.startsWith('v2.')) return readThinEvent(json, base)
  const meaning = toEventMeaning(type)
  if (meaning.kind === 'unrelated') return { ...base, kind: 'unrelated' }
  const { data } = parse(paymentEventSchema, json, { provider, what })
  return readObject(data.object, meaning, base, context)
}

function readObject(
  object: unknown,
  meaning: EventMeaning,
  base: EventBase,
  context: PaymentContext,
): WebhookEvent {
  return match(meaning)
    .returnType<WebhookEvent>()
    .with({ kind: 'payment' }, () => readPayment(object, base, context))
    .with({ kind: 'dispute' }, () => readDispute(object, base))
    .with({ kind: 'warning' }, () => readWarning(object, base))
    .with({ kind: 'cash_balance' }, () => readCashBalance(object, base))
    .with({ kind: 'recheck' }, ({ why }) => readRecheck(object, base, why))
    .with({ kind: 'unrelated' }, () => ({ ...base, kind: 'unrelated' }))
    .exhaustive()
}

/**
 * A live Connect endpoint receives events of test mode, too (https://docs.stripe.com/connect/webhooks). They are signed like
 * the live ones, and no money moved.
 */
function isOfTestMode(json: unknown, { isLive }: WebhookContext): boolean {
  return isLive && (Object(json) as { readonly livemode?: unknown }).livemode === false
}

/** Seconds since 1970, or the text of a thin event. */
function toTime(created: unknown): string | undefined {
  if (typeof created === 'number') return fromEpochSeconds(created)
  return typeof created === 'string' ? toInstant(created) : undefined
}

/**
 * A thin event of an object of API v1 names that object and does not hold it (https://docs.stripe.com/event-destinations).
 * A movement of a cash balance cannot be looked up by its id alone.
 */
function readThinEvent(json: unknown, base: EventBase): WebhookEvent {
  const { kind } = base.type.startsWith('v1.') ? toEventMeaning(base.type.slice('v1.'.length)) : unrelated
  if (kind === 'unrelated' || kind === 'cash_balance') return { ...base, kind: 'unrelated' }
  const { related_object } = parse(thinEventSchema, json, { provider: base.provider, what: 'the thin event' })
  const why = 'a thin event names an object and does not hold it'
  return { ...base, kind: 'recheck', key: { id: related_object.id }, why }
}

const unrelated: EventMeaning = { kind: 'unrelated' }

/** Reads the intent as it was at the event; its `latest_charge` is an id there, so refunds are not stated. */
function readPayment(object: unknown, base: EventBase, context: PaymentContext): WebhookEvent {
  if (!isOfShop(object, context.shop)) return { ...base, kind: 'unrelated' }
  const payment = toPayment(object, context)
  const stated = { source: 'webhook', occurredAt: base.occurredAt, observedAt: now(context.clock) } as const
  return { ...base, kind: 'payment', report: toReport(payment, stated, object, context) }
}

/**
 * A charge without a PaymentIntent was made through an older API, and a Checkout Session without one took no payment: both
 * are unrelated.
 */
function readRecheck(object: unknown, base: EventBase, why: string): WebhookEvent {
  const { provider } = base
  const { payment_intent } = parse(intentKeySchema, object, { provider, what: "the webhook's object" })
  const key = toKey(payment_intent)
  return key ? { ...base, kind: 'recheck', key, why } : { ...base, kind: 'unrelated' }
}

/** A movement of a customer's cash balance pays a bank transfer, or takes its money back. */
function readCashBalance(object: unknown, base: EventBase): WebhookEvent {
  const { provider } = base
  const movement = parse(cashBalanceSchema, object, { provider, what: 'the cash balance transaction' })
  const { applied_to_payment, unapplied_from_payment } = movement
  const key = toKey(unapplied_from_payment?.payment_intent ?? applied_to_payment?.payment_intent)
  const why = 'money moved between a cash balance and the payment'
  return key ? { ...base, kind: 'recheck', key, why } : { ...base, kind: 'unrelated' }
}

function readDispute(object: unknown, base: EventBase): WebhookEvent {
  const { provider, occurredAt: updatedAt } = base
  const data = parse(eventDisputeSchema, object, { provider, what: 'the dispute' })
  const dispute = toDispute(data, { provider, updatedAt })
  return omitUndefined({ ...base, kind: 'dispute', key: toKey(data.payment_intent), dispute })
}

/** https://docs.stripe.com/disputes/how-disputes-work#early-fraud-warnings */
function readWarning(object: unknown, base: EventBase): WebhookEvent {
  const { provider, occurredAt } = base
  const data = parse(eventWarningSchema, object, { provider, what: 'the early fraud warning' })
  const dispute = toWarning(data, occurredAt)
  return omitUndefined({ ...base, kind: 'dispute', key: toKey(data.payment_intent), dispute })
}

function toKey(reference: StripeIntentReference): LookupKey | undefined {
  const id = toIntentId(reference)
  return id === undefined ? undefined : { id }
}
