import type { PaymentStatus } from '../status.ts'

// Providers write no status outside their status.ts; these are the three things the rest of a provider has to know.

/** The status of something that names a payment but cannot be read. */
export const unreadable: PaymentStatus = 'unknown'

/** Whether the payment waits for the shopper, so that an action belongs to it. */
export function waitsForShopper(status: PaymentStatus): boolean {
  return status === 'requires_action'
}

/** Whether the payment ended by a refusal, so that a decline belongs to it. */
export function wasRefused(status: PaymentStatus): boolean {
  return status === 'failed'
}
