import type {
  Dispute,
  LookupKey,
  Money,
  PaymentReport,
  WebhookDelivery,
  WebhookEvent,
} from '@payment-status/core'
import {
  fromDecimal,
  isPaymentError,
  now,
  omitUndefined,
  parse,
  readHeader,
  readInstant,
  readText,
  signatureError,
  toInstant,
  toLogSafe,
  toReport,
} from '@payment-status/core/kit'
import { foldGroup } from './fold.ts'
import { toPayment } from './payment.ts'
import {
  idPattern,
  notificationSchema,
  type OnerwayNotification,
  openingNotificationSchema,
  referencePattern,
} from './schema.ts'
import { checkSecrets, readAsWritten, signFields, unsignedWebhookFields, verifyFields } from './signature.ts'
import { isOpeningType, toDisputeStatus, toNotificationKind } from './status.ts'
import { type FoldContext, toStep } from './step.ts'
import { onerwayWebhookFields } from './vocabulary.ts'

/** Where a webhook's signature is looked for: the header when it is there, else the body; or only one of them. */
export type WebhookSignature = 'either' | 'header' | 'body'

/** What a webhook is taken for: a bell that sends to the query, or news to be believed. */
export type WebhookTrust = 'recheck' | 'believe'

export interface WebhookContext extends FoldContext {
  readonly secrets: readonly string[]
  readonly webhookSignature: WebhookSignature
  readonly webhooks: WebhookTrust
  readonly merchantNo: string | undefined
}

type Fields = Readonly<Record<string, unknown>>
type EventBase = Pick<WebhookEvent, 'provider' | 'id' | 'type' | 'occurredAt' | 'reply'>

const SIGNATURE_HEADER = 'x-rh-signature'

/**
 * Verifies a webhook by its header or its `sign`, then parses it. The signature is over the fields as they were written, so
 * the body is taken apart first; one that cannot be is one nobody signed. Throws `invalid_signature` before any meaning is read.
 *
 * The signed values are joined without separators and their names are not signed, so a signature proves that Onerway wrote
 * these characters once, not what they say. A webhook is therefore a bell: the query says what is true, as Onerway's own
 * page on notifications recommends.
 */
export async function readWebhook(delivery: WebhookDelivery, context: WebhookContext): Promise<WebhookEvent> {
  const { provider, timeZone } = context
  checkSecrets(context.secrets, provider, 'a webhook')
  const text = toText(delivery, provider)
  const written = readAsWritten(text)
  const signatures = findSignatures(delivery, written, context)
  const signed = { signatures, secrets: context.secrets, unsigned: unsignedWebhookFields }
  const isSigned = written !== undefined && (await verifyFields(written, signed))
  const fields = isSigned ? parseFields(text) : undefined
  if (!fields) {
    throw signatureError(
      provider,
      signatures.length > 0
        ? 'the webhook does not verify with any configured secret'
        : 'the webhook is not signed',
    )
  }
  const notification = readNotification(fields, provider)
  const { notifyType, transactionId, responseTime, txnTimeZone } = notification
  const base: EventBase = omitUndefined<EventBase>({
    provider,
    id: await toEventId(notification, fields),
    type: notifyType,
    // Never txnTime: a webhook after 3-D Secure repeats the txnTime of the response before it.
    occurredAt: responseTime ? toInstant(responseTime, txnTimeZone || timeZone) : undefined,
    reply: { status: 200, body: transactionId ?? '', contentType: 'text/plain' },
  })
  return readEvent(notification, fields, base, context)
}

/**
 * The same on every redelivery, and another for another event: one transactionId comes under several notifyTypes, and again
 * when its status moved on. What is not signed is no part of it, so that an altered copy rings the bell of the genuine one.
 * A dispute is the exception: what it is about is not signed, so copies that differ in it are events of their own, and the
 * genuine one is heard among them.
 */
async function toEventId(notification: OnerwayNotification, fields: Fields): Promise<string> {
  const { notifyType, transactionId, status, paymentStatus, chargebackStatus } = notification
  // Without a transactionId there is no telling two events apart but by all they say.
  const subject = transactionId || (await signFields(fields, '', unsignedWebhookFields))
  const words =
    toNotificationKind(notifyType) === 'dispute'
      ? [chargebackStatus ?? '', notification.originTransactionId || notification.originMerchantTxnId || '']
      : [status ?? '', paymentStatus ?? '']
  return [notifyType, subject, ...words].join(':')
}

/**
 * Signs a webhook's fields as Onerway would: `sign` in the body, and the newer header where asked for. For tests and
 * simulators. Takes the body or its fields.
 */
export async function signWebhook(
  body: string | Uint8Array | Fields,
  secret: string,
  { signature = 'body' }: { readonly signature?: 'body' | 'header' | 'both' | undefined } = {},
): Promise<WebhookDelivery> {
  const text = body instanceof Uint8Array ? new TextDecoder().decode(body) : body
  const fields: Fields = typeof text === 'string' ? JSON.parse(text) : text
  const sign = await signFields(fields, secret, unsignedWebhookFields)
  const { sign: _, ...unsigned } = fields
  return {
    rawBody: JSON.stringify(signature === 'header' ? unsigned : { ...unsigned, sign }),
    headers: {
      'content-type': 'application/json',
      ...(signature === 'body' ? {} : { [SIGNATURE_HEADER]: `v1=${sign}` }),
    },
  }
}

/** A kind nobody knows is acknowledged whatever it holds: an id that is none is left out. */
function readNotification(fields: Fields, provider: string): OnerwayNotification {
  const { notifyType, transactionId, ...rest } = fields
  const isOther = toNotificationKind(String(notifyType)) === 'other'
  const isId = typeof transactionId === 'string' && idPattern.test(transactionId)
  const readable = isOther && !isId ? { ...rest, notifyType } : fields
  return parse(notificationSchema, readable, { provider, what: 'the webhook' })
}

/** The body as text; bytes that are none are no fields, so nobody signed them. */
function toText(delivery: WebhookDelivery, provider: string): string {
  try {
    return readText(delivery, provider)
  } catch {
    return ''
  }
}

/** Text that was read as fields, but is no JSON, is a copy somebody altered. */
function parseFields(text: string): Fields | undefined {
  try {
    return JSON.parse(text) as Fields
  } catch {
    return undefined
  }
}

function findSignatures(
  delivery: WebhookDelivery,
  fields: Fields | undefined,
  { webhookSignature }: WebhookContext,
): string[] {
  const header = webhookSignature === 'body' ? undefined : readHeader(delivery, SIGNATURE_HEADER)
  if (header !== undefined || webhookSignature === 'header') {
    const parts = (header ?? '').split(',').map((part) => part.trim())
    return parts.flatMap((part) => (part.startsWith('v1=') ? [part.slice('v1='.length)] : []))
  }
  return typeof fields?.sign === 'string' && fields.sign !== '' ? [fields.sign] : []
}

function readEvent(
  notification: OnerwayNotification,
  fields: Fields,
  base: EventBase,
  context: WebhookContext,
): WebhookEvent {
  const { notifyType, transactionId, merchantTxnId } = notification
  const kind = toNotificationKind(notifyType)
  if (kind === 'dispute') return readDispute(notification, base, context)
  const report = context.webhooks === 'believe' ? believe(fields, context) : undefined
  if (report) return { ...base, kind: 'payment', report }
  const key = toIdKey(transactionId) ?? (kind === 'other' ? undefined : toReferenceKey(merchantTxnId))
  if (!key) return { ...base, kind: 'unrelated' }
  const why =
    kind === 'other'
      ? 'an event without a meaning of its own'
      : 'news of a transaction: the query tells which'
  return { ...base, kind: 'recheck', key, why }
}

/**
 * A payment as an authentic webhook tells it, where nothing about it is odd: it opens the payment, every field is one
 * Onerway documents, and none is missing that a genuine one has. Otherwise `undefined`: then it is a bell like the others.
 */
function believe(fields: Fields, context: WebhookContext): PaymentReport | undefined {
  const { provider, integration, merchantNo } = context
  const isDocumented = Object.entries(fields).every(
    ([name, value]) => onerwayWebhookFields.includes(name) && (value === null || typeof value === 'string'),
  )
  if (!isDocumented || fields.notifyType !== 'TXN' || !isOpeningType(fields.txnType)) return undefined
  if (typeof fields.merchantNo === 'string' && merchantNo && fields.merchantNo !== merchantNo)
    return undefined
  const parsed = unlessUnreadable(() =>
    parse(openingNotificationSchema, fields, { provider, what: 'the webhook' }),
  )
  // Without a paymentId a hosted payment's refused attempt cannot be told from its end.
  if (!parsed || (integration === 'hosted' && !parsed.paymentId && parsed.status !== 'S')) return undefined
  const zone = parsed.txnTimeZone || context.timeZone
  const occurredAt = unlessUnreadable(() =>
    readInstant(parsed.responseTime, { provider, path: 'responseTime', zone }),
  )
  const step = unlessUnreadable(() => toStep(parsed, context, now(context.clock)))
  if (occurredAt === undefined || !step) return undefined
  const [folded] = foldGroup([step], context)
  const payment = toPayment(folded as NonNullable<typeof folded>, provider)
  return toReport(payment, { source: 'webhook', occurredAt, observedAt: step.observedAt }, fields, context)
}

/** A chargeback's transactionId is its own, which no query knows: its payment is the one it names as its origin. */
function readDispute(
  notification: OnerwayNotification,
  base: EventBase,
  { provider, timeZone }: WebhookContext,
): WebhookEvent {
  const { notifyType, transactionId, chargebackStatus, chargebackReason, appealDueTime, txnTimeZone } =
    notification
  const amount = (): Money | undefined =>
    fromDecimal(notification.chargebackAmount, notification.chargebackCurrency, {
      provider,
      path: 'chargebackAmount',
    })
  const dispute = omitUndefined<Dispute>({
    id: transactionId || undefined,
    status: toDisputeStatus(notifyType, chargebackStatus),
    reason: toLogSafe(chargebackReason),
    amount: unlessUnreadable(amount),
    respondBy: appealDueTime ? toInstant(appealDueTime, txnTimeZone || timeZone) : undefined,
  })
  const key = toIdKey(notification.originTransactionId) ?? toReferenceKey(notification.originMerchantTxnId)
  return { ...base, kind: 'dispute', ...(key ? { key } : {}), dispute }
}

function unlessUnreadable<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch (error) {
    if (isPaymentError(error)) return undefined
    throw error
  }
}

function toIdKey(id: string | null | undefined): LookupKey | undefined {
  return id && idPattern.test(id) ? { id } : undefined
}

function toReferenceKey(reference: string | null | undefined): LookupKey | undefined {
  return reference && referencePattern.test(reference) ? { reference } : undefined
}
