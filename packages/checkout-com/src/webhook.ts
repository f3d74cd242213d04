import {
  type Dispute,
  type LookupKey,
  type Payment,
  PaymentError,
  type PaymentReport,
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
  timingSafeEqual,
  verifyHmacSha256,
} from '@payment-status/core/kit'
import * as v from 'valibot'
import { isRefusal, toDecline } from './decline.ts'
import { toMoney } from './payment.ts'
import {
  eventDisputeSchema,
  eventKeySchema,
  eventPaymentSchema,
  eventSchema,
  paymentIdPattern,
} from './schema.ts'
import { isDispute, isEventType, toDisputeStatus, toEventMeaning } from './status.ts'

export interface WebhookKeys {
  readonly provider: string
  readonly secrets: readonly string[]
  /** The exact `Authorization` header the workflow was told to send, where one was configured. */
  readonly authorization?: string | undefined
}

type EventBase = Pick<WebhookEvent, 'provider' | 'id' | 'type' | 'occurredAt' | 'reply'>

/** Checkout.com wants a 2xx within 10 seconds; what it says is not read. */
const reply = { status: 200, body: '', contentType: 'text/plain' }

/** Verifies `Cko-Signature` on the raw body, then reads it. Throws `invalid_signature` before anything is parsed. */
export async function readWebhook(delivery: WebhookDelivery, keys: WebhookKeys): Promise<WebhookEvent> {
  const { provider } = keys
  checkDelivery(delivery, provider)
  checkSecrets(keys)
  const { secrets, authorization } = keys
  const signature = readHeader(delivery, 'cko-signature')
  const signatures = signature === undefined ? [] : [signature]
  const isSigned = await verifyHmacSha256(delivery.rawBody, { keys: secrets, signatures })
  if (!isSigned || (authorization && !(await isAuthorized(delivery, authorization)))) {
    throw signatureError(signature, provider)
  }
  const json = parseJson(readText(delivery, provider), { provider, what: 'the webhook' })
  const event = parse(eventSchema, json, { provider, what: 'the webhook' })
  const occurredAt =
    readInstant(event.created_on, { provider, path: 'created_on' }) ??
    readInstant(event.timestamp, { provider, path: 'timestamp' })
  const base: EventBase = omitUndefined({ provider, id: event.id, type: event.type, occurredAt, reply })
  if (isEventType(event.type)) return readPaymentEvent(event.type, event.data, base)
  if (isDispute(event.type)) return readDispute(event.data, base)
  return readOther(event.data, base)
}

/** Signs a body as Checkout.com would: for tests and simulators. */
export async function signWebhook(rawBody: string | Uint8Array, secret: string): Promise<WebhookDelivery> {
  const signature = await hmacSha256Hex(secret, rawBody)
  return { rawBody, headers: { 'content-type': 'application/json', 'cko-signature': signature } }
}

/** Throws `invalid_input` where there is no secret to verify with. */
function checkSecrets({ provider, secrets }: WebhookKeys): void {
  if (secrets.length > 0) return
  const message = 'webhookSecrets is not configured: a webhook that cannot be verified is never read'
  throw new PaymentError({ code: 'invalid_input', provider, message })
}

async function isAuthorized(delivery: WebhookDelivery, authorization: string): Promise<boolean> {
  return timingSafeEqual(readHeader(delivery, 'authorization') ?? '', authorization)
}

function signatureError(signature: string | undefined, provider: string): PaymentError {
  const isMissing = signature === undefined
  return new PaymentError({
    code: 'invalid_signature',
    provider,
    message: isMissing
      ? 'the webhook has no Cko-Signature header'
      : 'the webhook does not verify with any configured secret',
  })
}

function readPaymentEvent(
  type: Parameters<typeof toEventMeaning>[0],
  raw: unknown,
  base: EventBase,
): WebhookEvent {
  const { provider } = base
  const data = parse(eventPaymentSchema, raw, { provider, what: "the webhook's data" })
  const meaning = toEventMeaning(type, data.balances)
  if (meaning.kind === 'recheck') {
    return { ...base, kind: 'recheck', key: { id: data.id }, why: meaning.why }
  }
  const { status } = meaning
  const amount = meaning.tellsAmount
    ? toMoney(data.amount, data.currency, { provider, path: 'data.amount' })
    : undefined
  const path = 'data.balances.total_authorized'
  const payment: Payment = omitUndefined({
    provider,
    id: data.id,
    reference: data.reference || undefined,
    status,
    amount,
    authorized:
      amount && toMoney(data.balances?.total_authorized, amount.currency, { provider, path })?.amount,
    decline:
      status === 'failed' && isRefusal(data.response_code)
        ? toDecline(data.response_code, data.response_summary)
        : undefined,
    facts: { type },
  })
  const report: PaymentReport = omitUndefined({
    evidence: 'report',
    source: 'webhook',
    payment,
    occurredAt: base.occurredAt,
    observedAt: now(),
  })
  return { ...base, kind: 'payment', report }
}

function readDispute(raw: unknown, base: EventBase): WebhookEvent {
  const { provider, type } = base
  const data = parse(eventDisputeSchema, raw, { provider, what: "the webhook's data" })
  const paymentId = [data.payment_id, data.id].find((id) => id && paymentIdPattern.test(id))
  const disputeId = data.id === paymentId ? undefined : data.id || undefined
  const dispute: Dispute = omitUndefined({
    id: disputeId,
    status: toDisputeStatus(type),
    reason: data.reason_code || data.category || undefined,
    amount: toMoney(data.amount, data.currency, { provider, path: 'data.amount' }),
    respondBy: readInstant(data.evidence_required_by, { provider, path: 'data.evidence_required_by' }),
  })
  return omitUndefined({
    ...base,
    kind: 'dispute',
    key: paymentId ? { id: paymentId } : undefined,
    dispute,
  })
}

/** Types without a meaning of their own: looked up where they name a payment, acknowledged always. */
function readOther(raw: unknown, base: EventBase): WebhookEvent {
  const { id, payment_id } = v.is(eventKeySchema, raw) ? raw : {}
  const paymentId = [id, payment_id].find(
    (value) => typeof value === 'string' && paymentIdPattern.test(value),
  )
  if (typeof paymentId !== 'string') return { ...base, kind: 'unrelated' }
  const key: LookupKey = { id: paymentId }
  return { ...base, kind: 'recheck', key, why: 'an event without a meaning of its own' }
}
