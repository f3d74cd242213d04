import { PaymentError } from '../model/errors.ts'
import type { WebhookDelivery } from '../model/evidence.ts'
import { inputError } from './errors.ts'

/**
 * Returns a header by its lower-case name, whatever its case in the delivery. Repeated headers are joined by commas, as in
 * HTTP. `undefined` when it is absent.
 */
export function readHeader({ headers }: WebhookDelivery, name: string): string | undefined {
  if (isHeaders(headers)) {
    const value: unknown = headers.get(name)
    return typeof value === 'string' ? value : undefined
  }
  const values: string[] = []
  for (const key in headers) {
    if (key.length !== name.length || key.toLowerCase() !== name) continue
    const value = headers[key]
    if (typeof value === 'string') values.push(value)
    else if (value) values.push(...value)
  }
  return values.length === 0 ? undefined : values.join(', ')
}

/** Checks the shape, not the class: runtimes and adapters have their own `Headers`. */
function isHeaders(headers: WebhookDelivery['headers']): headers is Headers {
  return typeof headers.get === 'function'
}

/** Throws `invalid_input` unless this is a raw delivery: a parsed body can no longer be verified. */
export function checkDelivery(delivery: WebhookDelivery, provider: string): void {
  const { rawBody, headers } = delivery ?? {}
  if (typeof rawBody !== 'string' && !isBytes(rawBody)) {
    throw inputError(
      provider,
      'rawBody must be the unparsed body, a string or Uint8Array. Read it before any JSON parser does',
    )
  }
  if (typeof headers !== 'object' || headers === null) {
    throw inputError(provider, "headers must be the request's headers: a Headers object or a plain record")
  }
  if (isHeaders(headers)) return
  for (const name in headers) {
    if (!isHeaderValue(headers[name])) {
      throw inputError(provider, 'each header must be a string, or a list of strings')
    }
  }
}

/**
 * Copies the delivery's body: a server may put the next request into the same buffer while a verification is awaited.
 * Throws as `checkDelivery`.
 */
export function copyDelivery(delivery: WebhookDelivery, provider: string): WebhookDelivery {
  checkDelivery(delivery, provider)
  const { rawBody } = delivery
  return { ...delivery, rawBody: typeof rawBody === 'string' ? rawBody : new Uint8Array(rawBody) }
}

/** Checks the tag, not the class: test runners have another `Uint8Array` than the server. */
function isBytes(value: unknown): value is Uint8Array {
  return Object.prototype.toString.call(value) === '[object Uint8Array]'
}

function isHeaderValue(value: unknown): boolean {
  if (value === undefined || value === null || typeof value === 'string') return true
  return Array.isArray(value) && value.every((one) => typeof one === 'string')
}

/** Returns the body as text. Throws `invalid_payload` for bytes that are not UTF-8. */
export function readText({ rawBody }: WebhookDelivery, provider: string): string {
  if (typeof rawBody === 'string') return rawBody
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(rawBody)
  } catch {
    throw new PaymentError({
      code: 'invalid_payload',
      provider,
      message: 'the webhook body is not UTF-8',
    })
  }
}
