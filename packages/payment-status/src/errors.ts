import { PaymentError } from '@payment-status/core'

export function inputError(message: string): PaymentError {
  return new PaymentError({ code: 'invalid_input', provider: 'payment-status', message })
}

/** Throws `invalid_input` unless options are an object; each provider checks their members. */
export function checkOptions(options: unknown): void {
  if (options === undefined || (typeof options === 'object' && options !== null)) return
  throw inputError('options must be an object, such as { signal, timeoutMs }')
}
