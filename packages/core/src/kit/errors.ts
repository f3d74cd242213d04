import { PaymentError } from '../model/errors.ts'

export { inputError } from '../model/errors.ts'

/** What to throw where a payload is not as the provider documents. The path is a field's name, never what came in it. */
export function payloadError(provider: string, path: string, expected: string): PaymentError {
  return new PaymentError({
    code: 'invalid_payload',
    provider,
    message: `the payload is not as documented (expected ${path}: ${expected})`,
    issues: [{ path, expected }],
  })
}

/** What to throw where a signature is missing, or does not hold. */
export function signatureError(provider: string, message: string): PaymentError {
  return new PaymentError({ code: 'invalid_signature', provider, message })
}
