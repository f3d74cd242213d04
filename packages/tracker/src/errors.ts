import { isPaymentError, PaymentError } from '@payment-status/core'

const SPEAKER = 'payment-status'

export function inputError(message: string): PaymentError {
  return new PaymentError({ code: 'invalid_input', provider: SPEAKER, message })
}

export function notFoundError(message: string): PaymentError {
  return new PaymentError({ code: 'not_found', provider: SPEAKER, message })
}

/** Returns a PaymentError as it is. The text of any other error may hold anything, so none of it is kept. */
export function toUnavailable(error: unknown): PaymentError {
  if (isPaymentError(error)) return error
  return new PaymentError({
    code: 'unavailable',
    provider: SPEAKER,
    message: 'the event could not be stored',
  })
}
