import type { Dispute, LookupKey, Payment, WebhookDelivery, WebhookEvent } from '@payment-status/core'
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
import { isRefusal, toDecline } from './decline.ts'
import { toPaidWith } from './method.ts'
import { toAuthenticationDecline, toMoney, toPlan, toTotals } from './payment.ts'
import type { ReadContext } from './response.ts'
import {
  type CheckoutComEventPayment,
  eventDisputeSchema,
  eventKeySchema,
  eventPaymentSchema,
  eventSchema,
  paymentIdPattern,
} from './schema.ts'
import {
  type EventMeaning,
  isDispute,
  isEventType,
  isPayout,
  toDisputeStatus,
  toEventMeaning,
} from './status.ts'
import type { CheckoutComEventType } from './vocabulary.ts'

export interface WebhookContext extends ReadContext {
  readonly secrets: readonly string[]
  /** The exact `Authorization` header the workflow was told to send, where one was configured. */
  readonly authorization?: string | undefined
}

type EventBase = Pick<WebhookEvent, 'provider' | 'id' | 'type' | 'occurredAt' | 'reply'>

/** Checkout.com wants a 2xx within 10 seconds; what it says is not read. */
const reply = { status: 200, body: '', contentType: 'text/plain' }

/** Verifies `Cko-Signature` on the raw body, then reads it. Throws `invalid_signature` before anything is parsed. */
export async function readWebhook(delivery: WebhookDelivery, context: WebhookContext): Promise<WebhookEvent> {
  const { provider, secrets, authorization } = context
  if (secrets.length === 0) {
    throw inputError(
      provider,
      'webhookSecrets is not configured: a webhook that cannot be verified is never read',
    )
  }
  const signature = readHeader(delivery, 'cko-signature')
  const signatures = signature === undefined ? [] : [signature]
  const isSigned = await verifyHmacSha256(delivery.rawBody, { keys: secrets, signatures })
  if (!isSigned || (authorization && !(await isAuthorized(delivery, authorization)))) {
    throw signatureError(
      provider,
      signature === undefined
        ? 'the webhook has no Cko-Signature header'
        : 'the webhook does not verify with any configured secret',
    )
  }
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
  if (isDispute(event.type)) return readDispute(event.data, base)
  return readOther(event.data, base)
}

/** Signs a body as Checkout.com would: for tests and simulators. */
export async function signWebhook(rawBody: string | Uint8Array, secret: string): Promise<WebhookDelivery> {
  const signature = await hmacSha256Hex(secret, rawBody)
  return { rawBody, headers: { 'content-type': 'application/json', 'cko-signature': signature } }
}

async function isAuthorized(delivery: WebhookDelivery, authorization: string): Promise<boolean> {
  return timingSafeEqual(readHeader(delivery, 'authorization') ?? '', authorization)
}

function readPaymentEvent(
  type: CheckoutComEventType,
  data: CheckoutComEventPayment,
  { base, context, json }: { base: EventBase; context: ReadContext; json: unknown },
): WebhookEvent {
  if (isPayout(data)) return { ...base, kind: 'unrelated' }
  const meaning = toEventMeaning(type, data)
  if (meaning.kind === 'recheck') {
    return { ...base, kind: 'recheck', key: { id: data.id }, why: meaning.why }
  }
  const told = { source: 'webhook', occurredAt: base.occurredAt, observedAt: now(context.clock) } as const
  const report = toReport(toEventPayment(data, meaning, base), told, json, context)
  return { ...base, kind: 'payment', report }
}

function toEventPayment(
  data: CheckoutComEventPayment,
  { status, amountIn }: Extract<EventMeaning, { kind: 'payment' }>,
  { provider, type }: EventBase,
): Payment {
  const path = 'data.balances'
  const { currency, balances } = data
  const amount =
    amountIn === 'amount'
      ? toMoney(data.amount, currency, { provider, path: 'data.amount' })
      : amountIn &&
        toMoney(balances?.total_authorized, currency, { provider, path: `${path}.total_authorized` })
  const totals = amount && toTotals(balances, amount.currency, { provider, path })
  const { method, authentication, trace } = toPaidWith(data)
  return omitUndefined<Payment>({
    provider,
    id: data.id,
    reference: data.reference || undefined,
    status,
    amount,
    authorized: totals?.authorized,
    // Beside an action of its own, only what was authorized belongs to the payment at that moment.
    captured: amountIn === 'balances' ? totals?.captured : undefined,
    refunded: amountIn === 'balances' ? totals?.refunded : undefined,
    decline: status === 'failed' || status === 'processing' ? toEventDecline(data) : undefined,
    method,
    authentication,
    trace: status === 'refunded' || status === 'partially_refunded' ? undefined : trace, // the refund's own
    authorizationExpiresAt:
      status === 'authorized' && typeof data.expires_on === 'string' ? toInstant(data.expires_on) : undefined,
    facts: status === 'processing' ? { type, ...toPlan(data) } : { type },
  })
}

function toEventDecline(data: CheckoutComEventPayment): Payment['decline'] {
  return isRefusal(data.response_code)
    ? toDecline(data.response_code, data.response_summary)
    : toAuthenticationDecline(data)
}

function readDispute(raw: unknown, base: EventBase): WebhookEvent {
  const { provider, type } = base
  const data = parse(eventDisputeSchema, raw, { provider, what: "the webhook's data" })
  const paymentId = [data.payment_id, data.id].find((id) => id && paymentIdPattern.test(id))
  // Some name their payment by the merchant's reference only.
  const reference = [data.payment_reference, data.reference].find((text) => text?.trim())
  const key: LookupKey | undefined = paymentId ? { id: paymentId } : reference ? { reference } : undefined
  const dispute = omitUndefined<Dispute>({
    id: data.id === paymentId ? undefined : data.id || undefined,
    status: toDisputeStatus(type),
    reason: data.reason_code || data.category || undefined,
    amount: toMoney(data.amount, data.currency, { provider, path: 'data.amount' }),
    // Their examples hold days that no month has: a deadline that cannot be read is no reason to miss the dispute.
    respondBy: data.evidence_required_by ? toInstant(data.evidence_required_by) : undefined,
  })
  return { ...base, kind: 'dispute', ...(key ? { key } : {}), dispute }
}

/** Types without a meaning of their own: looked up where they name a payment, acknowledged always. */
function readOther(raw: unknown, base: EventBase): WebhookEvent {
  const named = v.is(eventKeySchema, raw) ? raw : undefined
  if (!named || isPayout(named)) return { ...base, kind: 'unrelated' }
  const { id, payment_id } = named
  const paymentId = [id, payment_id].find(
    (value) => typeof value === 'string' && paymentIdPattern.test(value),
  )
  if (typeof paymentId !== 'string') return { ...base, kind: 'unrelated' }
  const key: LookupKey = { id: paymentId }
  return { ...base, kind: 'recheck', key, why: 'an event without a meaning of its own' }
}
