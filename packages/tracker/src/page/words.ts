import {
  type DeclineReason,
  type DisputeStatus,
  type OrderStatus,
  type Outcome,
  outcomeOf,
  type PaymentOperation,
  type PaymentStatus,
} from '@payment-status/core'
import type { Evidence } from '../types/evidence.ts'
import type { TaskKind } from '../types/task.ts'
import { html, type Markup } from './markup.ts'

/** Words of the page for the vocabulary of the library. A support person reads these. */
export const statusWords: Readonly<Record<PaymentStatus, string>> = {
  open: 'Not paid yet',
  requires_action: 'Shopper must act',
  processing: 'Processing',
  authorized: 'Reserved',
  partially_captured: 'Partly charged',
  captured: 'Paid',
  partially_refunded: 'Partly refunded',
  refunded: 'Refunded',
  verified: 'Card checked',
  canceled: 'Canceled',
  expired: 'Expired',
  failed: 'Failed',
  unknown: 'Unclear',
}

export const statusExplanations: Readonly<Record<PaymentStatus, string>> = {
  open: 'No money was taken. The shopper can still pay.',
  requires_action:
    'The shopper must do something first: confirm with the bank, open a page, or pay a voucher.',
  processing: 'The provider or a bank is still deciding.',
  authorized: 'The bank holds the money for the shop. It is not charged yet.',
  partially_captured: 'A part of the reserved money was charged.',
  captured: 'The full amount was charged.',
  partially_refunded: 'A part of the money went back to the shopper.',
  refunded: 'All of the money went back to the shopper.',
  verified: 'A card was checked and saved. No money was taken.',
  canceled: 'The payment was canceled. No money was taken.',
  expired: 'The payment was not completed in time. No money was taken.',
  failed: 'The payment was declined or broke off. No money was taken.',
  unknown:
    'The provider stated something that has no known meaning. It counts neither as paid nor as failed.',
}

/** Outcomes in the order of the chart's bars, from the ground up. */
export const outcomes = [
  'paid',
  'held',
  'verified',
  'returned',
  'undecided',
  'unclear',
  'not_paid',
] as const satisfies readonly Outcome[]

export const outcomeWords: Readonly<Record<Outcome, string>> = {
  paid: 'Paid',
  held: 'Reserved',
  verified: 'Card checked',
  returned: 'Refunded',
  undecided: 'Not decided',
  unclear: 'Unclear',
  not_paid: 'Not paid',
}

/** Shows a status as a word in the colour of its outcome: the same colour wherever the outcome is shown. */
export function badge(status: PaymentStatus): Markup {
  return html`<span class="badge ${outcomeOf(status)}">${statusWords[status]}</span>`
}

/** Shows the status of an order. Two paid payments, and a dispute that is not over, stand out. */
export function orderBadge(orderStatus: OrderStatus): Markup {
  const [first, ...others] = orderLabels(orderStatus).map(
    ([word, tone]) => html`<span class="badge ${tone}">${word}</span>`,
  )
  return html`${first}${others.map((other) => html` ${other}`)}`
}

/** Writes the status of an order: `Paid`, `Paid, Disputed`. */
export function orderWords(orderStatus: OrderStatus): string {
  return orderLabels(orderStatus)
    .map(([word]) => word)
    .join(', ')
}

/** Returns the colour of an order. */
export function orderTone(orderStatus: OrderStatus): Outcome {
  const [[, tone]] = orderLabels(orderStatus)
  return tone
}

type Label = readonly [word: string, tone: Outcome]

function orderLabels({ status, deciding, paidTwice }: OrderStatus): readonly [Label, ...Label[]] {
  if (!deciding) return [['No payment yet', 'undecided']]
  const own = [statusWords[status], outcomeOf(status)] as const
  const dispute = deciding?.payment.dispute?.status
  if (paidTwice) return [['Paid twice', 'not_paid']]
  if (dispute === 'lost') return [own, ['Dispute lost', 'not_paid']]
  const isDisputed = dispute === 'needs_response' || dispute === 'under_review' || dispute === 'unknown'
  return isDisputed ? [own, ['Disputed', 'not_paid']] : [own]
}

export const declineWords: Readonly<Record<DeclineReason, string>> = {
  insufficient_funds: 'not enough money on the account',
  do_not_honor: 'declined by the bank without a reason',
  card_expired: 'the card has expired',
  invalid_card: 'the card number is not valid',
  incorrect_cvc: 'the security code is wrong',
  lost_or_stolen: 'the card is reported lost or stolen',
  fraud_suspected: 'suspected fraud',
  limit_exceeded: 'a limit of the card or account is exceeded',
  not_permitted: 'the card does not allow this payment',
  authentication_required: 'the bank asks the shopper to confirm',
  authentication_failed: 'the shopper did not pass the bank’s confirmation',
  authentication_timed_out: 'the shopper did not confirm with the bank in time',
  issuer_unavailable: 'the bank could not be reached',
  processing_error: 'a technical fault',
  canceled_by_shopper: 'canceled by the shopper',
  other: 'no known reason',
}

export const disputeWords: Readonly<Record<DisputeStatus, string>> = {
  early_warning: 'early warning',
  needs_response: 'needs a response',
  under_review: 'under review',
  won: 'won',
  lost: 'lost',
  closed: 'closed',
  unknown: 'unclear',
}

export const operationWords: Readonly<Record<PaymentOperation['kind'], string>> = {
  payment: 'Payment',
  authorization: 'Reservation',
  verification: 'Card check',
  capture: 'Charge',
  void: 'Release',
  refund: 'Refund',
  other: 'Other',
}

export const operationStatusWords: Readonly<Record<PaymentOperation['status'], readonly [string, Outcome]>> =
  {
    succeeded: ['Succeeded', 'paid'],
    pending: ['Pending', 'undecided'],
    failed: ['Failed', 'not_paid'],
    unknown: ['Unclear', 'unclear'],
  }

export const taskWords: Readonly<Record<TaskKind, { readonly title: string; readonly advice: string }>> = {
  receipt: {
    title: 'Fetch the receipt',
    advice: 'Download the receipt from the provider’s dashboard and store it with the order.',
  },
  contact_support: {
    title: 'Contact the provider’s support',
    advice: 'The provider has to correct or explain this payment. Give its support the payment id.',
  },
  investigate: {
    title: 'Check the payment',
    advice:
      'Compare the payment with the provider’s dashboard, correct what is wrong there, then close this task.',
  },
  undecided: {
    title: 'Find out the result',
    advice:
      'The provider has stated no result for days. Look at the payment in its dashboard, or ask its support.',
  },
  difference: {
    title: 'Compare two records',
    advice: 'The provider’s list and this record of the payment differ. Check which one is right.',
  },
  unmatched: {
    title: 'Refund, or find the order',
    advice: 'This money belongs to no tracked order. Find its order by the reference, or refund it.',
  },
  unreadable: {
    title: 'Look the payment up',
    advice: 'A message of the provider could not be read or stored. Look the payment up in its dashboard.',
  },
}

export const sourceWords: Readonly<
  Record<Evidence['kind'], { readonly name: string; readonly meaning: string }>
> = {
  webhook: { name: 'Webhook', meaning: 'The provider sent a message, signed by it.' },
  response: { name: 'Create call', meaning: 'The provider’s answer when the shop created the payment.' },
  lookup: { name: 'Lookup', meaning: 'The provider’s answer when the payment was looked up.' },
  list: { name: 'List', meaning: 'The provider’s list of a day’s payments, read at night.' },
  recheck: {
    name: 'Notification',
    meaning: 'The provider reported a change without its details. A lookup follows.',
  },
  dispute: { name: 'Dispute', meaning: 'The shopper’s bank questions the payment.' },
  unreadable: { name: 'Unreadable', meaning: 'The provider sent a message that could not be read.' },
}

export const effectWords: Readonly<
  Record<NonNullable<Evidence['outcome']>, { readonly name: string; readonly meaning: string }>
> = {
  applied: { name: 'Recorded', meaning: 'It was new, and the record now says so.' },
  corrected: {
    name: 'Corrected',
    meaning: 'A lookup proved the record wrong, and the record was corrected.',
  },
  repeated: { name: 'No change', meaning: 'It confirmed what was recorded.' },
  stale: { name: 'Older', meaning: 'It describes an earlier moment than the record, so the record stays.' },
  conflict: {
    name: 'Contradiction',
    meaning: 'It contradicts the record. The record stays, and the payment is looked up again.',
  },
}
