import type { WebhookDelivery, WebhookEvent } from '@payment-status/core'
import {
  inputError,
  isPaymentError,
  omitUndefined,
  parse,
  parseJson,
  readText,
  sha256Hex,
  signatureError,
  toInstant,
  verifyHmacSha256,
} from '@payment-status/core/kit'
import * as v from 'valibot'
import { toDispute } from './dispute.ts'
import { type PaymentContext, toOperation } from './payment.ts'
import {
  itemSchema,
  notificationSchema,
  otherWebhookSchema,
  pspReferencePattern,
  type SignedItem,
} from './schema.ts'
import { type BasicAuth, isAmbiguous, isAuthorized, toSignedText } from './signature.ts'
import { toEventMeaning } from './status.ts'

export interface WebhookContext extends PaymentContext {
  readonly keys: readonly Uint8Array[]
  readonly merchantAccounts: readonly string[]
  readonly environment: 'test' | 'live' | undefined
  readonly basicAuth: BasicAuth | undefined
}

type EventBase = Pick<WebhookEvent, 'provider' | 'id' | 'type' | 'occurredAt' | 'reply'>

/** Any 2xx acknowledges. `[accepted]` is what older endpoints must answer. */
const reply = { status: 200, body: '[accepted]', contentType: 'text/plain' }

/**
 * Verifies the signature of each item of a standard webhook, then reads it. Adyen sends one item in a body. An item of another
 * merchant account is unrelated; an authentic one that is not as documented is `unreadable`. Throws `invalid_signature` unless
 * every item is signed with one of the keys.
 */
export async function readWebhook(delivery: WebhookDelivery, context: WebhookContext): Promise<WebhookEvent> {
  const { provider, basicAuth, keys, merchantAccounts } = context
  if (keys.length === 0)
    throw inputError(provider, 'webhookSecrets is missing. Set it to the HMAC key of the webhook')
  if (merchantAccounts.length === 0)
    throw inputError(provider, 'merchantAccount is missing. Set it to the code of your merchant account')
  if (basicAuth && !(await isAuthorized(delivery, basicAuth)))
    throw signatureError(
      provider,
      'the authorization header must carry the username and password of basicAuth',
    )
  const json = readJson(delivery, provider)
  if (v.is(otherWebhookSchema, json)) {
    // Such as a report or a transfer, which are signed in a header. Nothing of it is read.
    const id = await sha256Hex(delivery.rawBody)
    return { provider, id, type: 'unknown', reply, kind: 'unrelated' }
  }
  if (!v.is(notificationSchema, json))
    throw signatureError(provider, 'the body must be a standard webhook, or no signature can be verified')
  const { notificationItems, live } = v.parse(notificationSchema, json)
  const items = notificationItems.map(({ NotificationRequestItem: item }) => item)
  const unsigned = items.filter(({ additionalData }) => !additionalData?.hmacSignature)
  for (const item of items) if (!unsigned.includes(item)) await verify(item, context)
  if (unsigned.length > 0 && !basicAuth)
    throw signatureError(provider, 'additionalData.hmacSignature must be present in every item')
  const isOtherWorld = live !== undefined && live !== null && isOther(live, context)
  const events: WebhookEvent[] = []
  for (const item of items) {
    const base = await toBase(item, provider)
    if (unsigned.includes(item))
      events.push({
        ...base,
        kind: 'unreadable',
        why: 'the item has no signature: check it in the Customer Area',
      })
    else if (isOtherWorld)
      events.push({
        ...base,
        kind: 'unreadable',
        why: '`live` of the webhook is not that of the configured environment',
      })
    else events.push(readItem(item, base, context))
  }
  const [first, ...more] = events as [WebhookEvent, ...WebhookEvent[]]
  if (more.length === 0) return first
  const id = await sha256Hex(events.map((event) => event.id).join('\n'))
  return { provider, id, type: first.type, reply, kind: 'several', events }
}

function readJson(delivery: WebhookDelivery, provider: string): unknown {
  try {
    return parseJson(readText(delivery, provider), { provider, what: 'the webhook' })
  } catch {
    throw signatureError(provider, 'the body must be JSON in UTF-8, or no signature can be verified')
  }
}

async function verify(item: SignedItem, { provider, keys }: WebhookContext): Promise<void> {
  if (isAmbiguous(item))
    throw signatureError(
      provider,
      'no signed value but merchantAccountCode and merchantReference may hold a colon',
    )
  const signatures = [item.additionalData?.hmacSignature ?? '']
  if (!(await verifyHmacSha256(toSignedText(item), { keys, signatures, encoding: 'base64' })))
    throw signatureError(provider, 'additionalData.hmacSignature does not match any of webhookSecrets')
}

function isOther(live: string | boolean, { environment }: WebhookContext): boolean {
  return environment !== undefined && String(live) !== String(environment === 'live')
}

/**
 * The id holds the eight signed values and no clock: a redelivery has another `eventDate`. A dispute may come again in another
 * state.
 */
async function toBase(item: SignedItem, provider: string): Promise<EventBase> {
  const { additionalData, eventCode, eventDate } = item
  const state = additionalData?.hmacSignature ? (additionalData.disputeStatus ?? '') : 'unsigned'
  const id = await sha256Hex([toSignedText(item), state].join('\n'))
  return omitUndefined<EventBase>({
    provider,
    id,
    type: typeof eventCode === 'string' ? eventCode : 'unknown',
    occurredAt: typeof eventDate === 'string' ? toInstant(eventDate) : undefined,
    reply,
  })
}

function readItem(signed: SignedItem, base: EventBase, context: WebhookContext): WebhookEvent {
  const { provider, merchantAccounts } = context
  if (!merchantAccounts.includes(String(signed.merchantAccountCode))) return { ...base, kind: 'unrelated' }
  try {
    const item = parse(itemSchema, signed, { provider, what: 'the item' })
    const meaning = toEventMeaning(item.eventCode, item.success === 'true')
    switch (meaning.kind) {
      case 'operation':
        return { ...base, kind: 'operation', ...toOperation(item, meaning, context) }
      case 'dispute':
        return { ...base, kind: 'dispute', ...toDispute(item, provider) }
      case 'recheck': {
        const id = item.originalReference || item.pspReference
        const { why } = meaning
        return pspReferencePattern.test(id)
          ? { ...base, kind: 'recheck', key: { id }, why }
          : { ...base, kind: 'unreadable', why }
      }
      case 'unreadable':
        return { ...base, kind: 'unreadable', why: meaning.why }
      case 'unrelated':
        return { ...base, kind: 'unrelated' }
    }
  } catch (error) {
    if (!isPaymentError(error) || error.code !== 'invalid_payload') throw error
    return { ...base, kind: 'unreadable', why: error.message.replace(/^\[[^\]]*\] /, '') }
  }
}
