import type { LookupKey, PaymentReport, WebhookDelivery, WebhookEvent } from '@payment-status/core'
import {
  isPaymentError,
  now,
  omitUndefined,
  parse,
  readHeader,
  readInstant,
  readText,
  signatureError,
  toInstant,
  toReport,
} from '@payment-status/core/kit'
import { readDispute } from './dispute.ts'
import { foldGroup } from './fold.ts'
import { toId, toReferenceKey, toTransactionKey } from './key.ts'
import { type ReadContext, toOperation } from './operation.ts'
import { toPayment } from './payment.ts'
import {
  idPattern,
  notificationSchema,
  type OnerwayNotification,
  openingNotificationSchema,
} from './schema.ts'
import { checkSecrets, readAsWritten, signFields, unsignedWebhookFields, verifyFields } from './signature.ts'
import { agree, isOpeningType, toNotificationKind } from './status.ts'
import { onerwayWebhookFields } from './vocabulary.ts'

/** Where the signature of a webhook is read: `either` is the header where there is one, else the body. */
export type WebhookSignature = 'either' | 'header' | 'body'

/** How far a webhook is trusted: `recheck` triggers a lookup, `believe` reports the payment that the webhook states. */
export type WebhookTrust = 'recheck' | 'believe'

export interface WebhookContext extends ReadContext {
  readonly secrets: readonly string[]
  readonly webhookSignature: WebhookSignature
  readonly webhooks: WebhookTrust
  readonly merchantNo: string | undefined
}

type Fields = Readonly<Record<string, unknown>>
type EventBase = Pick<WebhookEvent, 'provider' | 'id' | 'type' | 'occurredAt' | 'reply'>

const SIGNATURE_HEADER = 'x-rh-signature'

/**
 * Verifies a webhook by its header or its `sign`, then reads it. The signature is over the fields as they were written, so
 * the body is split into fields first. Throws `invalid_signature` before any meaning is read.
 *
 * The signed values are joined without separators and their names are not signed. A signature proves that Onerway wrote
 * these characters once, not what they mean. A webhook is therefore notification-only: it triggers a lookup, as Onerway's
 * own notification page recommends.
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
  const { notifyType, transactionId } = notification
  const zone = notification.timeZone || notification.txnTimeZone || timeZone
  // Never txnTime: a webhook after 3-D Secure repeats the txnTime of the response before it.
  const occurredAt = notification.responseTime || notification.receivedTime
  const base: EventBase = omitUndefined<EventBase>({
    provider,
    id: await toEventId(notification, fields),
    type: notifyType,
    occurredAt: occurredAt ? toInstant(occurredAt, zone) : undefined,
    reply: { status: 200, body: transactionId ?? '', contentType: 'text/plain' },
  })
  return readEvent(notification, fields, base, context)
}

/**
 * Returns an id that is the same on every redelivery and differs between events: one transactionId comes under several
 * notifyTypes, and again when its status moved on. Unsigned fields are no part of it, so an altered copy counts as the
 * genuine one. A dispute is the exception: it names its payment in unsigned fields only, so copies that name different
 * payments are different events, and the genuine one is read too.
 */
async function toEventId(notification: OnerwayNotification, fields: Fields): Promise<string> {
  const { notifyType, transactionId, status, paymentStatus, chargebackStatus } = notification
  // Without a transactionId, only the whole content distinguishes two events.
  const subject = transactionId || (await signFields(fields, '', unsignedWebhookFields))
  const words =
    toNotificationKind(notifyType) === 'dispute'
      ? [chargebackStatus ?? '', notification.originTransactionId || notification.originMerchantTxnId || '']
      : [status ?? '', paymentStatus ?? '']
  return [notifyType, subject, ...words].join(':')
}

/**
 * Signs a webhook's fields as Onerway does: `sign` in the body, or the newer header. For tests and simulators.
 *
 * @example
 * const delivery = await signWebhook({ notifyType: 'TXN', transactionId: '1919652333131005952' }, secretKey)
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

/** Reads a notification. An undocumented one is acknowledged whatever it holds: an id that is not valid is left out. */
function readNotification(fields: Fields, provider: string): OnerwayNotification {
  const { notifyType, transactionId, ...rest } = fields
  const isUndocumented = toNotificationKind(String(notifyType)) === 'undocumented'
  const isId = typeof transactionId === 'string' && toId(transactionId) !== undefined
  const readable = isUndocumented && !isId ? { ...rest, notifyType } : fields
  return parse(notificationSchema, readable, { provider, what: 'the webhook' })
}

/** Returns the body as text. Bytes that are not text hold no fields, so they are not signed. */
function toText(delivery: WebhookDelivery, provider: string): string {
  try {
    return readText(delivery, provider)
  } catch {
    return ''
  }
}

/** Parses the body. Text that was read as fields and is not JSON is an altered copy. */
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
  const kind = toNotificationKind(notification.notifyType)
  if (kind === 'undocumented' || !isOurs(notification, context)) return { ...base, kind: 'unrelated' }
  if (kind === 'dispute') {
    const { key, dispute } = readDispute(notification, context)
    return { ...base, kind: 'dispute', ...(key ? { key } : {}), dispute }
  }
  const report = context.webhooks === 'believe' ? trust(fields, context) : undefined
  if (report) return { ...base, kind: 'payment', report }
  const key = toKey(notification, context)
  return key
    ? { ...base, kind: 'recheck', key, why: 'a transaction changed, and only the query states its result' }
    : { ...base, kind: 'unrelated' }
}

/** Returns whether a notification is the configured merchant's. Only a REFUND_AUDIT may lack the number: nearly all its fields are null. */
function isOurs({ notifyType, merchantNo }: OnerwayNotification, context: WebhookContext): boolean {
  if (!merchantNo) return notifyType === 'REFUND_AUDIT'
  return context.merchantNo === undefined || merchantNo === context.merchantNo
}

/** Returns the key of the transaction. With `hosted`, its signed paymentId finds the payment with one request. */
function toKey(
  { transactionId, paymentId, merchantTxnId }: OnerwayNotification,
  { integration }: WebhookContext,
): LookupKey | undefined {
  const id = toId(transactionId)
  const sharedId = integration.sharedId(toId(paymentId))
  if (sharedId !== undefined)
    return id === undefined ? { id: sharedId } : { id: sharedId, operations: [{ id }] }
  return id === undefined ? toReferenceKey(merchantTxnId) : toTransactionKey(id, { integration })
}

/**
 * Returns the payment that an authentic webhook states, where nothing about it is odd: it is ours, it opens the payment,
 * every field is documented, none is missing that a genuine one has, nothing signed next to the status could have been cut
 * from it, and both status words agree. Otherwise returns `undefined`, and the webhook triggers a lookup.
 */
function trust(fields: Fields, context: WebhookContext): PaymentReport | undefined {
  const { provider, integration, merchantNo } = context
  const isDocumented = Object.entries(fields).every(
    ([name, value]) => onerwayWebhookFields.includes(name) && (value === null || typeof value === 'string'),
  )
  if (!isDocumented || fields.notifyType !== 'TXN' || !isOpeningType(fields.txnType)) return undefined
  if (!merchantNo || fields.merchantNo !== merchantNo || !isStatusAlone(fields)) return undefined
  const parsed = unlessUnreadable(() =>
    parse(openingNotificationSchema, fields, { provider, what: 'the webhook' }),
  )
  if (!parsed || !agree(parsed, integration)) return undefined
  // Where the shopper may try again, only the paymentId distinguishes a declined attempt from the end of the payment.
  const isFinal = integration.declined === 'failed' || parsed.status === 'S'
  if (!isFinal && integration.sharedId(parsed.paymentId) === undefined) return undefined
  const zone = parsed.txnTimeZone || context.timeZone
  const occurredAt = unlessUnreadable(() =>
    readInstant(parsed.responseTime, { provider, path: 'responseTime', zone }),
  )
  const operation = unlessUnreadable(() => toOperation(parsed, context, now(context.clock)))
  if (occurredAt === undefined || !operation) return undefined
  // A card of no amount may have been kept while paying: whether it is a payment of its own, only a lookup states.
  if (operation.kind === 'verification' && operation.amount === 0) return undefined
  const [folded] = foldGroup([operation], context)
  const payment = toPayment(folded as NonNullable<typeof folded>, provider)
  const { observedAt } = operation
  return toReport(payment, { source: 'webhook', occurredAt, observedAt }, fields, context)
}

/**
 * Returns whether the status is all that is signed between the two fields around it. Values are signed in the order of their
 * names, without separators: of a declined attempt with `scenarios: 'SUBSCRIPTION'`, the same signature covers `status: 'S'`.
 */
function isStatusAlone(fields: Fields): boolean {
  const { responseTime, transactionId } = fields
  const between = Object.keys(fields).filter(
    (name) => name > 'responseTime' && name < 'transactionId' && !unsignedWebhookFields.includes(name),
  )
  return (
    /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/.test(String(responseTime)) &&
    idPattern.test(String(transactionId)) &&
    between.every((name) => name === 'status' || isEmptyOrRate(name, fields[name]))
  )
}

/** A rate has digits only: no status word can be cut from it. */
function isEmptyOrRate(name: string, value: unknown): boolean {
  if (value === null || value === '') return true
  return name === 'settleRate' && /^\d+(\.\d+)?$/.test(String(value))
}

function unlessUnreadable<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch (error) {
    if (isPaymentError(error)) return undefined
    throw error
  }
}
