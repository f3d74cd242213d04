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

/** Where a payment stands. `unknown` is an honest answer: it is never decided and never paid. */
export type PaymentStatus = (typeof paymentStatuses)[number]

/** What each status means, in one sentence: the one place where it is said. */
export const statusMeanings: Readonly<Record<PaymentStatus, string>> = {
  open: 'nothing taken; the shopper can (still, or again) pay on this payment',
  requires_action: 'the shopper must do something: 3-D Secure, a redirect, a voucher',
  processing: 'the provider or a bank is still deciding',
  authorized: 'funds are held, not taken',
  partially_captured: 'part of the authorized funds is taken',
  captured: 'the funds are taken: paid',
  partially_refunded: 'part of the money went back',
  refunded: 'the money went back',
  verified: 'a card was checked for no money',
  canceled: 'ended with nothing taken: canceled, or its authorization voided',
  expired: 'ended by time with nothing taken',
  failed: 'ended by refusal or fault with nothing taken',
  unknown: 'the provider said something we have no meaning for',
}

/** What a status amounts to, for code that only asks "is it paid?". */
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

/** Groups the thirteen statuses by what they amount to. */
export function outcomeOf(status: PaymentStatus): Outcome {
  if (Object.hasOwn(outcomes, status)) return outcomes[status]
  throw new TypeError('not one of the thirteen statuses')
}

/** True once the question "was it paid?" has an answer: paid, returned, verified or not paid. */
export function isDecided(status: PaymentStatus): boolean {
  return match(outcomeOf(status))
    .with('paid', 'returned', 'verified', 'not_paid', () => true)
    .with('undecided', 'held', 'unclear', () => false)
    .exhaustive()
}
