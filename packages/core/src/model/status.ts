import { match } from 'ts-pattern'

/** Every status a payment can have, in one vocabulary for all providers. */
export const paymentStatuses = [
  'open',
  'requires_action',
  'processing',
  'authorized',
  'partially_captured',
  'captured',
  'partially_refunded',
  'refunded',
  'verified',
  'canceled',
  'expired',
  'failed',
  'unknown',
] as const

/** Status of a payment. `unknown` is an honest answer: it is never decided and never paid. */
export type PaymentStatus = (typeof paymentStatuses)[number]

/** Meaning of each status, in one sentence. */
export const statusMeanings: Readonly<Record<PaymentStatus, string>> = {
  open: 'nothing captured; the shopper can (still, or again) pay on this payment',
  requires_action: 'the shopper must do something: 3-D Secure, a redirect, a voucher',
  processing: 'the provider or a bank is still deciding',
  authorized: 'funds are held, not captured',
  partially_captured: 'part of the authorized funds is captured',
  captured: 'the funds are captured: paid',
  partially_refunded: 'part of the money was refunded',
  refunded: 'the money was refunded',
  verified: 'a card was verified without a payment',
  canceled: 'ended with nothing captured: canceled, or its authorization voided',
  expired: 'ended by time with nothing captured',
  failed: 'ended by a decline or an error with nothing captured',
  unknown: 'the provider stated something this library has no meaning for',
}

/** Group of statuses, for code that only needs to know whether a payment is paid. */
export type Outcome = 'undecided' | 'held' | 'paid' | 'returned' | 'verified' | 'not_paid' | 'unclear'

const outcomes: Readonly<Record<PaymentStatus, Outcome>> = {
  open: 'undecided',
  requires_action: 'undecided',
  processing: 'undecided',
  authorized: 'held',
  partially_captured: 'paid',
  captured: 'paid',
  partially_refunded: 'paid',
  refunded: 'returned',
  verified: 'verified',
  canceled: 'not_paid',
  expired: 'not_paid',
  failed: 'not_paid',
  unknown: 'unclear',
}

/**
 * Returns the outcome of a status.
 *
 * @example
 * outcomeOf('partially_captured') // 'paid'
 */
export function outcomeOf(status: PaymentStatus): Outcome {
  if (Object.hasOwn(outcomes, status)) return outcomes[status]
  throw new TypeError('the status must be one of the thirteen')
}

/**
 * Returns whether a status is final for the order: paid, returned, verified or not paid.
 *
 * @example
 * isDecided('unknown') // false
 */
export function isDecided(status: PaymentStatus): boolean {
  return match(outcomeOf(status))
    .with('paid', 'returned', 'verified', 'not_paid', () => true)
    .with('undecided', 'held', 'unclear', () => false)
    .exhaustive()
}
