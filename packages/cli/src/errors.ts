import { PaymentError } from '@payment-status/core'

export function inputError(message: string): PaymentError {
  return new PaymentError({ code: 'invalid_input', provider: 'payment-status', message })
}
