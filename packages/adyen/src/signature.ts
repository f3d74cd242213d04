import type { WebhookDelivery } from '@payment-status/core'
import {
  hmacSha256Base64,
  inputError,
  readHeader,
  timingSafeEqual,
  toSecrets,
} from '@payment-status/core/kit'
import type { SignedItem } from './schema.ts'

/** Name and password that an endpoint requires, as they are set in Adyen's Customer Area. */
export interface BasicAuth {
  readonly username: string
  readonly password: string
}

const hexKeyPattern = /^(?:[\da-f]{2}){16,}$/i

/** Returns the configured HMAC keys as bytes. Throws `invalid_input` for one that is not hexadecimal. */
export function toKeys(
  secrets: string | readonly (string | undefined)[] | undefined,
  provider: string,
): readonly Uint8Array[] {
  return toSecrets(secrets, provider).map((secret) => {
    if (hexKeyPattern.test(secret.trim())) return fromHex(secret.trim())
    throw inputError(
      provider,
      'webhookSecrets must be HMAC keys in hexadecimal, an even number of digits, as the Customer Area shows them',
    )
  })
}

function fromHex(text: string): Uint8Array {
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))
}

/**
 * Returns what Adyen signs of an item: eight values joined by colons, nothing escaped. The account and the reference may hold
 * colons, so the text is only unambiguous because the account must be a configured one, which holds none.
 *
 * Source: Adyen's page on HMAC signatures.
 */
export function toSignedText(item: SignedItem): string {
  return signedValues(item).map(toText).join(':')
}

/** Returns the signed values in their order. Only the account and the order's reference may hold a colon. */
function signedValues({ amount, ...item }: SignedItem): readonly unknown[] {
  const { pspReference, originalReference, merchantAccountCode, merchantReference, eventCode, success } = item
  return [
    pspReference,
    originalReference,
    merchantAccountCode,
    merchantReference,
    amount?.value,
    amount?.currency,
    eventCode,
    success,
  ]
}

/** Returns whether a signed value holds a colon where another split of the signed text would state something else. */
export function isAmbiguous(item: SignedItem): boolean {
  return signedValues({ ...item, merchantAccountCode: '', merchantReference: '' }).some((value) =>
    toText(value).includes(':'),
  )
}

function toText(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? `${value}`
    : ''
}

interface Envelope {
  readonly notificationItems?: unknown
}

/**
 * Signs the items of a body as Adyen does, each in its `additionalData.hmacSignature`: for tests and simulators. `secret` is
 * the HMAC key in hexadecimal.
 *
 * @example
 * const delivery = await signWebhook(JSON.stringify(notification), '44782DEF547AAA06C910C43932B1EB0C…')
 */
export async function signWebhook(
  rawBody: string | Uint8Array,
  secret: string,
  { basicAuth }: { readonly basicAuth?: BasicAuth | undefined } = {},
): Promise<WebhookDelivery> {
  const [key] = toKeys(secret, 'adyen')
  if (!key) throw inputError('adyen', 'the secret must be an HMAC key in hexadecimal')
  const text = typeof rawBody === 'string' ? rawBody : new TextDecoder().decode(rawBody)
  const body = JSON.parse(text) as Envelope | null
  const headers = {
    'content-type': 'application/json',
    ...(basicAuth ? { authorization: toAuthorization(basicAuth) } : {}),
  }
  if (!Array.isArray(body?.notificationItems)) return { rawBody, headers } // nothing that is signed by items
  const notificationItems = await Promise.all(
    body.notificationItems.map(async (entry: { readonly NotificationRequestItem?: SignedItem } | null) => {
      const item = entry?.NotificationRequestItem
      if (typeof item !== 'object' || item === null) return entry
      const hmacSignature = await hmacSha256Base64(key, toSignedText(item))
      return {
        NotificationRequestItem: { ...item, additionalData: { ...item.additionalData, hmacSignature } },
      }
    }),
  )
  return { rawBody: JSON.stringify({ ...body, notificationItems }), headers }
}

/** Returns whether a delivery carries the configured name and password. */
export async function isAuthorized(delivery: WebhookDelivery, basicAuth: BasicAuth): Promise<boolean> {
  return timingSafeEqual(readHeader(delivery, 'authorization') ?? '', toAuthorization(basicAuth))
}

function toAuthorization({ username, password }: BasicAuth): string {
  const bytes = new TextEncoder().encode(`${username}:${password}`)
  return `Basic ${btoa(String.fromCharCode(...bytes))}`
}
