import { PaymentError } from '../words/errors.ts'
import type { WebhookDelivery } from '../words/evidence.ts'

/**
 * A header by its lower-case name, whatever its case in the delivery; repeated ones are joined by commas, as HTTP
 * does. `undefined` when there is none.
 */
export function readHeader({ headers }: WebhookDelivery, name: string): string | undefined {
  if (isHeaders(headers)) return headers.get(name) ?? undefined
  const values: string[] = []
  for (const key in headers) {
    if (key.length !== name.length || key.toLowerCase() !== name) continue
    const value = headers[key]
    if (typeof value === 'string') values.push(value)
    else if (value) values.push(...value)
  }
  return values.length === 0 ? undefined : values.join(', ')
}

/** By its shape: several runtimes and adapters have a `Headers` of their own. */
function isHeaders(headers: WebhookDelivery['headers']): headers is Headers {
  return typeof headers.get === 'function'
}

/** Throws `invalid_input` unless this is a raw delivery: a body somebody parsed already can no longer be verified. */
export function checkDelivery(delivery: WebhookDelivery, provider: string): void {
  const { rawBody, headers } = delivery ?? {}
  if (typeof rawBody !== 'string' && !(rawBody instanceof Uint8Array)) {
    throw new PaymentError({
      code: 'invalid_input',
      provider,
      message:
        'rawBody must be the body as it came, a string or Uint8Array, before any JSON parser touched it',
    })
  }
  if (typeof headers !== 'object' || headers === null) {
    throw new PaymentError({
      code: 'invalid_input',
      provider,
      message: "headers must be the request's headers, a Headers object or a plain record",
    })
  }
}

/** The body as text. Throws `invalid_payload` for bytes that are not UTF-8. */
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
