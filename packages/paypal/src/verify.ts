import type { RequestOptions, WebhookDelivery } from '@payment-status/core'
import {
  inputError,
  parse,
  readHeader,
  readText,
  signatureError,
  toInstant,
  verifyRsaSha256,
} from '@payment-status/core/kit'
import type { PayPalApi } from './api.ts'
import type { Certificates } from './certificates.ts'
import { crc32 } from './crc32.ts'
import { verificationSchema } from './schema.ts'

export interface VerifyContext {
  readonly provider: string
  readonly api: PayPalApi
  readonly certificates: Certificates
  readonly clock?: (() => number) | undefined
  readonly webhookIds: readonly string[]
  /** `certificate` verifies here, `postback` lets PayPal verify. */
  readonly verification: 'certificate' | 'postback'
  /** Highest age of a transmission. 0 means 0. */
  readonly toleranceSeconds: number
}

/** Four days: PayPal resends for three, and does not document whether it signs anew. */
export const DEFAULT_TOLERANCE_IN_SECONDS = 4 * 24 * 60 * 60
/** How far PayPal's clock may be ahead of ours. */
const MAX_AHEAD_IN_SECONDS = 300
const VERIFY = '/v1/notifications/verify-webhook-signature'

interface Transmission {
  readonly id: string
  readonly time: string
  readonly signature: string
  readonly certUrl: string
  readonly algorithm: string
}

/**
 * Verifies a webhook's signature, which covers `id|time|webhookId|crc32`: the CRC-32 of the raw body as an unsigned decimal
 * number. Throws `invalid_signature`.
 */
export async function verify(
  delivery: WebhookDelivery,
  context: VerifyContext,
  options?: RequestOptions,
): Promise<void> {
  const { provider, webhookIds, verification } = context
  if (webhookIds.length === 0) {
    throw inputError(provider, 'webhookId is missing. Set it to the id of the webhook in the app’s settings.')
  }
  const transmission = readTransmission(delivery, context)
  const isGenuine =
    verification === 'postback'
      ? await isGenuineByPostback(delivery, transmission, context, options)
      : await isGenuineByCertificate(delivery, transmission, context, options)
  if (!isGenuine) throw signatureError(provider, 'PAYPAL-TRANSMISSION-SIG does not match for any webhookId')
}

/** Reads the headers. Bars stand between what is signed, so no part may hold one. */
function readTransmission(delivery: WebhookDelivery, context: VerifyContext): Transmission {
  const { provider, toleranceSeconds, clock = Date.now } = context
  const read = (name: string): string => {
    const value = readHeader(delivery, name)
    if (value) return value
    throw signatureError(provider, `the header ${name.toUpperCase()} is missing`)
  }
  const id = read('paypal-transmission-id')
  const time = read('paypal-transmission-time')
  const transmission = {
    id,
    time,
    signature: read('paypal-transmission-sig'),
    certUrl: read('paypal-cert-url'),
    algorithm: read('paypal-auth-algo'),
  }
  if (transmission.algorithm !== 'SHA256withRSA') {
    throw signatureError(provider, 'PAYPAL-AUTH-ALGO must be SHA256withRSA')
  }
  if (!/^[\w-]{1,100}$/.test(id)) {
    throw signatureError(provider, 'PAYPAL-TRANSMISSION-ID must be letters, digits and hyphens')
  }
  const instant = toInstant(time)
  if (instant === undefined) throw signatureError(provider, 'PAYPAL-TRANSMISSION-TIME must be a timestamp')
  const ageInSeconds = (clock() - Date.parse(instant)) / 1000
  if (ageInSeconds > toleranceSeconds) {
    throw signatureError(provider, 'PAYPAL-TRANSMISSION-TIME is older than toleranceSeconds')
  }
  if (-ageInSeconds > MAX_AHEAD_IN_SECONDS) {
    throw signatureError(provider, "PAYPAL-TRANSMISSION-TIME is in the future. Check this machine's clock.")
  }
  return transmission
}

async function isGenuineByCertificate(
  { rawBody }: WebhookDelivery,
  { id, time, signature, certUrl }: Transmission,
  { certificates, webhookIds }: VerifyContext,
  options: RequestOptions | undefined,
): Promise<boolean> {
  const key = await certificates.keyOf(certUrl, options)
  for (const webhookId of webhookIds) {
    const message = toSignedText({ id, time, webhookId, rawBody })
    if (await verifyRsaSha256(message, { key, signature })) return true
  }
  return false
}

/** Returns the text that PayPal signs. */
export function toSignedText({
  id,
  time,
  webhookId,
  rawBody,
}: Pick<Transmission, 'id' | 'time'> &
  Pick<WebhookDelivery, 'rawBody'> & { readonly webhookId: string }): string {
  const bytes = typeof rawBody === 'string' ? new TextEncoder().encode(rawBody) : rawBody
  return `${id}|${time}|${webhookId}|${crc32(bytes)}`
}

/** The body is sent as it came: parsed and written again, a number may have another form, and the check fails. */
async function isGenuineByPostback(
  delivery: WebhookDelivery,
  { id, time, signature, certUrl, algorithm }: Transmission,
  { api, provider, webhookIds }: VerifyContext,
  options: RequestOptions | undefined,
): Promise<boolean> {
  const text = readText(delivery, provider)
  if (!isJsonObject(text)) throw signatureError(provider, 'the body must be a JSON object')
  for (const webhookId of webhookIds) {
    const headers = JSON.stringify({
      auth_algo: algorithm,
      cert_url: certUrl,
      transmission_id: id,
      transmission_sig: signature,
      transmission_time: time,
      webhook_id: webhookId,
    })
    const { body } = await api.post(VERIFY, `${headers.slice(0, -1)},"webhook_event":${text}}`, options)
    const answer = parse(verificationSchema, body, { provider, what: 'the answer to the verification' })
    if (answer.verification_status === 'SUCCESS') return true
  }
  return false
}

function isJsonObject(text: string): boolean {
  try {
    const json: unknown = JSON.parse(text)
    return typeof json === 'object' && json !== null && !Array.isArray(json)
  } catch {
    return false
  }
}
