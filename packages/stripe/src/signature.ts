import type { ProviderOptions, WebhookDelivery } from '@payment-status/core'
import {
  hmacSha256Hex,
  inputError,
  readHeader,
  signatureError,
  verifyHmacSha256,
} from '@payment-status/core/kit'

export interface SignatureContext extends Pick<ProviderOptions, 'clock'> {
  readonly provider: string
  readonly secrets: readonly string[]
  /** Seconds a signature may be old. 0 means 0. */
  readonly toleranceSeconds: number
}

/** Tolerance of Stripe's own libraries (https://docs.stripe.com/webhooks/signature). */
export const DEFAULT_TOLERANCE_IN_SECONDS = 300

/** Verifies `Stripe-Signature` on the raw body. Throws `invalid_signature`, or `invalid_input` without a secret. */
export async function verifySignature(delivery: WebhookDelivery, context: SignatureContext): Promise<void> {
  const { provider, secrets } = context
  if (secrets.length === 0) {
    throw inputError(
      provider,
      "webhookSecrets is missing. Set it to the endpoint's signing secret (whsec_…): an unverified webhook is never read",
    )
  }
  const { timestamp, signatures } = readSignatures(readHeader(delivery, 'stripe-signature'), provider)
  const content = toSignedContent(timestamp, delivery.rawBody)
  if (!(await verifyHmacSha256(content, { keys: secrets, signatures }))) {
    throw signatureError(provider, 'the webhook does not verify with any of webhookSecrets')
  }
  checkAge(timestamp, context)
}

/**
 * Signs a body as Stripe would: for tests and simulators. `timestamp` is in seconds since 1970. Default: now. The official
 * library's `constructEvent` accepts it.
 *
 * @example
 * const delivery = await signWebhook(JSON.stringify(event), 'whsec_…')
 * const { kind } = await stripe.readWebhook(delivery)
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

/**
 * Checks the signature's age. The official library reads a tolerance of 0 as "any age" and accepts any future. Here 0 is 0,
 * and a clock may run ahead by the usual tolerance: a signature from later could be replayed until then.
 */
function checkAge(
  timestamp: string,
  { provider, toleranceSeconds, clock = Date.now }: SignatureContext,
): void {
  const age = Math.floor(clock() / 1000) - Number(timestamp)
  if (age > toleranceSeconds) throw signatureError(provider, 'the signature is older than toleranceSeconds')
  if (-age > Math.max(toleranceSeconds, DEFAULT_TOLERANCE_IN_SECONDS)) {
    throw signatureError(provider, 'the signature is from the future. Check the clock of this machine')
  }
}

interface Signatures {
  readonly timestamp: string
  readonly signatures: readonly string[]
}

/** Reads `t=…,v1=…[,v1=…]` and ignores other schemes. Two times are refused: only one can have been signed. */
function readSignatures(header: string | undefined, provider: string): Signatures {
  if (!header) throw signatureError(provider, 'the webhook has no Stripe-Signature header')
  let timestamp: string | undefined
  let hasOneTime = true
  const signatures: string[] = []
  for (const part of header.split(',')) {
    const item = part.trim()
    if (item.startsWith('v1=')) signatures.push(item.slice('v1='.length))
    if (!item.startsWith('t=')) continue
    const stated = item.slice('t='.length)
    hasOneTime &&= timestamp === undefined || timestamp === stated
    timestamp = stated
  }
  if (timestamp === undefined || !hasOneTime || !/^\d{1,12}$/.test(timestamp) || signatures.length === 0) {
    throw signatureError(provider, 'the Stripe-Signature header is not as documented (expected t=…,v1=…)')
  }
  return { timestamp, signatures }
}

/** Returns the time, a dot and the body, in parts so that the body is not copied. */
function toSignedContent(timestamp: string, rawBody: string | Uint8Array): SignedContent {
  return [`${timestamp}.`, rawBody]
}

type SignedContent = readonly [time: string, rawBody: string | Uint8Array]
