import {
  type LookupKey,
  PaymentError,
  type PaymentReport,
  type WebhookDelivery,
  type WebhookEvent,
} from '@payment-status/core'
import {
  checkDelivery,
  now,
  omitUndefined,
  parse,
  readHeader,
  readInstant,
  readText,
} from '@payment-status/core/kit'
import { type FoldContext, foldGroup, toStep, withoutFigures } from './payment.ts'
import {
  idPattern,
  notificationSchema,
  type OnerwayNotification,
  openingNotificationSchema,
  referencePattern,
} from './schema.ts'
import { checkSecrets, readAsWritten, signFields, unsignedWebhookFields, verifyFields } from './signature.ts'
import { isSuccess, toCanceledStatus, toDisputeStatus, toNotificationKind } from './status.ts'

/** Where a webhook's signature is looked for: the header when it is there, else the body; or only one of them. */
export type WebhookSignature = 'either' | 'header' | 'body'

export interface WebhookContext extends FoldContext {
  readonly secrets: readonly string[]
  readonly webhookSignature: WebhookSignature
}

type Fields = Readonly<Record<string, unknown>>
type EventBase = Pick<WebhookEvent, 'provider' | 'id' | 'type' | 'occurredAt' | 'reply'>

const SIGNATURE_HEADER = 'x-rh-signature'

/**
 * Verifies a webhook by its header or its `sign`, then reads it. The signature is over the decoded fields, so the body is
 * taken apart first; a body that cannot be is one nobody signed. Throws `invalid_signature` before any meaning is read.
 */
export async function readWebhook(delivery: WebhookDelivery, context: WebhookContext): Promise<WebhookEvent> {
  const { provider, timeZone } = context
  checkDelivery(delivery, provider)
  checkSecrets(context.secrets, provider, 'a webhook')
  const fields = toFields(delivery, provider)
  const signatures = findSignatures(delivery, fields, context)
  const { secrets } = context
  const unsigned = unsignedWebhookFields
  const written = fields && hasNumbers(fields) ? readAsWritten(readText(delivery, provider)) : fields
  if (!fields || !written || !(await verifyFields(written, { signatures, secrets, unsigned }))) {
    throw new PaymentError({
      code: 'invalid_signature',
      provider,
      message:
        signatures.length > 0
          ? 'the webhook does not verify with any configured secret'
          : 'the webhook is not signed',
    })
  }
  const notification = readNotification(fields, provider)
  const { notifyType, transactionId, status, paymentStatus, chargebackStatus } = notification
  // One transactionId comes under several notifyTypes, and again when its status moved on.
  const words = chargebackStatus ? [chargebackStatus] : [status ?? '', paymentStatus ?? '']
  // Without a transactionId there is no telling two events apart but by all they say.
  const subject = transactionId || (await signFields(fields, '', unsigned))
  const base: EventBase = omitUndefined({
    provider,
    id: [notifyType, subject, ...words].join(':'),
    type: notifyType,
    // Never txnTime: a webhook after 3-D Secure repeats the txnTime of the response before it.
    occurredAt: readInstant(notification.responseTime, {
      provider,
      path: 'responseTime',
      zone: notification.txnTimeZone || timeZone,
    }),
    reply: { status: 200, body: transactionId ?? '', contentType: 'text/plain' },
  })
  return readEvent(notification, fields, base, context)
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

/** A kind nobody knows is acknowledged whatever it holds: what cannot be read of it is left out. */
function readNotification(fields: Fields, provider: string): OnerwayNotification {
  const { notifyType, txnType } = fields
  const isOther =
    typeof notifyType === 'string' &&
    notifyType !== '' &&
    toNotificationKind(notifyType, typeof txnType === 'string' ? txnType : undefined) === 'other'
  const readable = isOther ? Object.fromEntries(Object.entries(fields).filter(isReadable)) : fields
  return parse(notificationSchema, readable, { provider, what: 'the webhook' })
}

function isReadable([name, value]: readonly [string, unknown]): boolean {
  return typeof value === 'string' && (name !== 'transactionId' || idPattern.test(value))
}

function hasNumbers(fields: Fields): boolean {
  return Object.values(fields).some((value) => typeof value === 'number')
}

function toFields(delivery: WebhookDelivery, provider: string): Fields | undefined {
  try {
    const parsed: unknown = JSON.parse(readText(delivery, provider))
    const isRecord = typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)
    return isRecord ? (parsed as Fields) : undefined
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
  const { notifyType, txnType, transactionId, merchantTxnId, originTransactionId, originMerchantTxnId } =
    notification
  const recheck = (why: string, ...keys: ReadonlyArray<LookupKey | undefined>): WebhookEvent => {
    const key = [...keys, toIdKey(transactionId)].find((candidate) => candidate !== undefined)
    return key ? { ...base, kind: 'recheck', key, why } : { ...base, kind: 'unrelated' }
  }
  const ownReference = toReferenceKey(merchantTxnId)
  const origin = toIdKey(originTransactionId)

  switch (toNotificationKind(notifyType, txnType)) {
    case 'opening': {
      const { paymentId } = parse(openingNotificationSchema, fields, {
        provider: base.provider,
        what: 'the webhook',
      })
      // Without a paymentId a hosted payment's refused attempt cannot be told from its end.
      const isOwnPayment =
        context.integration === 'direct' ||
        !!paymentId ||
        isSuccess({ txnType: '', status: notification.status })
      if (!isOwnPayment) return recheck('the shopper may try again on the provider’s page', ownReference)
      return { ...base, kind: 'payment', report: readPayment(fields, base, context) }
    }
    case 'cancellation': {
      const status = toCanceledStatus({ ...notification, txnType: txnType ?? '' })
      if (!status || !transactionId) return recheck('news of a cancellation', ownReference)
      const report = readPayment(fields, base, context)
      const { facts, ...payment } = withoutFigures(report.payment)
      const ended = { ...payment, status, facts: { ...facts, notifyType } }
      return { ...base, kind: 'payment', report: { ...report, payment: ended } }
    }
    case 'following':
      return recheck('a capture or a void: the step has an id of its own', ownReference, origin)
    case 'refund':
      return recheck('a refund', origin, toReferenceKey(originMerchantTxnId))
    case 'dispute': {
      const dispute = { status: toDisputeStatus(notifyType, notification.chargebackStatus) }
      const key = toIdKey(transactionId) ?? ownReference
      return omitUndefined({ ...base, kind: 'dispute', key, dispute })
    }
    case 'other':
      return recheck('an event without a meaning of its own')
  }
}

function readPayment(fields: Fields, base: EventBase, context: WebhookContext): PaymentReport {
  const what = { provider: base.provider, what: 'the webhook' }
  const step = toStep(parse(openingNotificationSchema, fields, what), context, now())
  const [folded] = foldGroup([step], context)
  return omitUndefined({
    evidence: 'report',
    source: 'webhook',
    payment: (folded as NonNullable<typeof folded>).payment,
    occurredAt: base.occurredAt,
    observedAt: step.observedAt,
  })
}

function toIdKey(id: string | null | undefined): LookupKey | undefined {
  return id && idPattern.test(id) ? { id } : undefined
}

function toReferenceKey(reference: string | null | undefined): LookupKey | undefined {
  return reference && referencePattern.test(reference) ? { reference } : undefined
}
