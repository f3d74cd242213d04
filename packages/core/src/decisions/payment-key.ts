import type { Payment } from '../model/payment.ts'

/** Returns the key a payment is recorded under: `provider/id`. */
export function paymentKey({ provider, id }: Pick<Payment, 'provider' | 'id'>): string {
  return `${provider}/${id}`
}
