import { PaymentError } from '../model/errors.ts'

export { inputError } from '../model/errors.ts'

/** Returns the error for a payload that is not as documented. The path is a field's name, never its value. */
export function payloadError(provider: string, path: string, expected: string): PaymentError {
  return new PaymentError({
    code: 'invalid_payload',
    provider,
    message: `the payload is not as documented (expected ${path}: ${expected})`,
    issues: [{ path, expected }],
  })
}

/** Returns the error for a signature that is missing or does not verify. */
export function signatureError(provider: string, message: string): PaymentError {
  return new PaymentError({ code: 'invalid_signature', provider, message })
}
