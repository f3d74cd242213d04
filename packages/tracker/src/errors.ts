import { isPaymentError, PaymentError } from '@payment-status/core'

const SPEAKER = 'payment-status'

export function inputError(message: string): PaymentError {
  return new PaymentError({ code: 'invalid_input', provider: SPEAKER, message })
}

export function notFoundError(message: string): PaymentError {
  return new PaymentError({ code: 'not_found', provider: SPEAKER, message })
}

/** Ours as it is; of anything else only that it happened, for its text may hold anything. */
export function toUnavailable(error: unknown): PaymentError {
  if (isPaymentError(error)) return error
  return new PaymentError({
    code: 'unavailable',
    provider: SPEAKER,
    message: 'what was heard could not be stored',
  })
}
