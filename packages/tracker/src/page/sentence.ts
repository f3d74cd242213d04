import {
  type Dispute,
  isDecided,
  type NextStep,
  type OrderStatus,
  type OrderTerms,
  type Payment,
  type ShopperAction,
} from '@payment-status/core'
import { match, P } from 'ts-pattern'
import { type Clock, counted, money, paymentMethod } from './format.ts'
import { declineWords, statusWords } from './words.ts'

/** Everything the sentence about an order is made of. */
export interface OrderFacts {
  readonly terms: OrderTerms
  readonly orderStatus: OrderStatus
  readonly step?: NextStep | undefined
  /** When the shop received `fulfill`, as an ISO 8601 instant. */
  readonly deliveredAt?: string | undefined
}

/**
 * Describes an order in plain words: what became of the money, a dispute if there is one, and what comes next.
 *
 * @example
 * describeOrder(facts, clock) // 'Paid 38.00 EUR with Visa •4242 on 30 Nov 2026, 14:22. Delivered to the shop at 14:22.'
 */
export function describeOrder(facts: OrderFacts, clock: Clock): string {
  const { orderStatus, terms } = facts
  const payment = orderStatus.deciding?.payment
  const sentences = [
    orderStatus.paidTwice &&
      `Paid twice: ${counted(orderStatus.paid.length, 'payment')} took money, and only one is owed.`,
    payment ? describeMoney(payment, terms, clock) : describeWaiting(facts),
    payment?.conflict &&
      `The provider now states “${statusWords[payment.conflict.status]}”, which contradicts the record.`,
    payment?.dispute && describeDispute(payment.dispute, clock),
    describeNext(facts, clock),
  ]
  return sentences.filter((sentence) => sentence).join(' ')
}

/** There is a step as soon as one payment is reported: without a deciding one, another may still be paid. */
function describeWaiting({ terms, step }: OrderFacts): string {
  const missing = step
    ? 'One of its payments is not reported yet.'
    : 'The provider has reported no payment yet.'
  return `Waiting for ${money(terms.expected.amount)}. ${missing}`
}

function describeMoney(payment: Payment, { expected }: OrderTerms, clock: Clock): string {
  const asked = money(payment.amount ?? expected.amount)
  const means = payment.method ? paymentMethod(payment.method) : undefined
  const withMeans = means === undefined ? '' : ` with ${means}`
  const onMeans = means === undefined ? '' : ` on ${means}`
  const toMeans = means === undefined ? '' : ` to ${means}`
  const ended = on(payment.updatedAt ?? payment.createdAt, clock)
  const paidOn = on(paidAt(payment), clock)
  const captured = figure(payment, payment.captured)
  const refunded = figure(payment, payment.refunded)
  return match(payment.status)
    .with('open', () =>
      payment.decline
        ? `Not paid yet. The last attempt was declined: ${declineWords[payment.decline.reason]}.`
        : `Not paid yet. The shopper can still pay ${asked}.`,
    )
    .with('requires_action', () => `Not paid yet. ${describeAction(payment.action)}`)
    .with('processing', () =>
      payment.awaits === 'merchant'
        ? 'Not paid yet.'
        : `Not decided yet. The provider or a bank is still processing ${asked}.`,
    )
    .with('authorized', () => {
      const until = payment.authorizationExpiresAt
      const held = figure(payment, payment.authorized) ?? asked
      return `Reserved ${held}${onMeans}, not charged yet.${until === undefined ? '' : ` The reservation ends on ${clock.moment(until)}.`}`
    })
    .with('partially_captured', () =>
      captured === undefined
        ? `Charged a part of ${asked}${withMeans}${paidOn}.`
        : `Charged ${captured} of ${asked}${withMeans}${paidOn}.`,
    )
    .with('captured', () =>
      captured === undefined && payment.amount === undefined
        ? `Paid${withMeans}${paidOn}. The provider states no amount.`
        : `Paid ${captured ?? asked}${withMeans}${paidOn}.`,
    )
    .with(
      'partially_refunded',
      () => `Paid ${captured ?? asked}${withMeans}${paidOn}. Refunded ${refunded ?? 'a part'} of it.`,
    )
    .with('refunded', () => `Refunded ${refunded ?? asked}${toMeans}${ended}.`)
    .with('verified', () => `Checked ${means ?? 'a card'}${ended}. No money was taken.`)
    .with('canceled', () => `Canceled${ended}. No money was taken.`)
    .with('expired', () => `Not paid in time: expired${ended}. No money was taken.`)
    .with('failed', () =>
      payment.decline
        ? `Not paid: ${declineWords[payment.decline.reason]}${ended === '' ? '' : `,${ended}`}. No money was taken.`
        : `Not paid: the payment failed${ended}. No money was taken.`,
    )
    .with(
      'unknown',
      () =>
        'Unclear. The provider stated something that has no known meaning, so it counts neither as paid nor as failed.',
    )
    .exhaustive()
}

function describeAction(action: ShopperAction | undefined): string {
  return match(action)
    .with(undefined, () => 'The shopper has to confirm the payment.')
    .with({ kind: 'redirect' }, () => 'The shopper has to confirm on a page of the bank or provider.')
    .with({ kind: 'sdk' }, () => 'The shopper has to confirm in the checkout.')
    .with({ kind: 'show', what: 'qr_code' }, () => 'The shopper has to scan a QR code.')
    .with({ kind: 'show', what: P.union('barcode', 'voucher') }, () => 'The shopper has to pay a voucher.')
    .with({ kind: 'show', what: 'bank_details' }, () => 'The shopper has to transfer the money.')
    .with({ kind: 'show', what: 'other' }, () => 'The shopper has to follow the provider’s instructions.')
    .exhaustive()
}

function describeDispute({ status, respondBy }: Dispute, clock: Clock): string {
  const by = respondBy === undefined ? '' : ` by ${clock.moment(respondBy)}`
  return match(status)
    .with('early_warning', () => 'The bank warns of a dispute.')
    .with('needs_response', () => `The shopper disputes the payment: the provider needs a response${by}.`)
    .with('under_review', () => 'The shopper disputes the payment: the bank is reviewing it.')
    .with('won', () => 'A dispute was won.')
    .with('lost', () => 'A dispute was lost: the money goes back to the shopper.')
    .with('closed', () => 'A dispute is closed.')
    .with('unknown', () => 'A dispute was reported, in a state that is not clear.')
    .exhaustive()
}

function describeNext({ step, deliveredAt, orderStatus }: OrderFacts, clock: Clock): string | undefined {
  const paid = orderStatus.deciding && paidAt(orderStatus.deciding.payment)
  const delivered = deliveredAt !== undefined && `Delivered to the shop ${atOrOn(deliveredAt, paid, clock)}.`
  const next = step && !orderStatus.paidTwice && describeStep(step, orderStatus)
  return [delivered, next].filter((sentence) => sentence).join(' ')
}

function describeStep(step: NextStep, { status }: OrderStatus): string | undefined {
  return match(step)
    .with({ kind: P.union('send_shopper', 'show_shopper') }, () => undefined)
    .with({ kind: 'wait' }, ({ poll }) => {
      if (isDecided(status)) return undefined
      if (status === 'authorized') return 'The provider charges it automatically.'
      return poll
        ? 'The provider is polled until it states the result.'
        : 'The provider sends a message when it is paid.'
    })
    .with({ kind: 'capture' }, () => 'The shop has to charge it.')
    .with({ kind: 'fulfill' }, () => 'It is about to be delivered to the shop.')
    .with({ kind: 'ask_again' }, ({ newPayment }) =>
      newPayment ? 'The shopper can pay again.' : 'The shopper can try again.',
    )
    .with({ kind: 'complete' }, () => 'The shopper has agreed, and the shop has to complete the payment.')
    .with({ kind: 'none' }, () => undefined)
    .with({ kind: 'stop' }, () => 'The order must not be delivered.')
    .with({ kind: 'look_up' }, () => 'The provider is being polled for the details.')
    .with({ kind: 'investigate' }, ({ why }) => `Please check: ${why}.`)
    .exhaustive()
}

/** Returns when the money was taken, as far as the provider states it. */
function paidAt({ status, operations, createdAt, updatedAt }: Payment): string | undefined {
  const charge = operations?.findLast(
    ({ kind, status: result, at }) =>
      (kind === 'capture' || kind === 'payment') && result === 'succeeded' && at !== undefined,
  )
  // After a refund `updatedAt` is the refund's time.
  return charge?.at ?? (status === 'captured' ? (updatedAt ?? createdAt) : createdAt)
}

function figure({ amount }: Payment, minorUnits: number | undefined): string | undefined {
  return amount && minorUnits !== undefined
    ? money({ amount: minorUnits, currency: amount.currency })
    : undefined
}

function on(instant: string | undefined, clock: Clock): string {
  return instant === undefined ? '' : ` on ${clock.moment(instant)}`
}

function atOrOn(instant: string, before: string | undefined, clock: Clock): string {
  const isSameDay = before !== undefined && clock.day(before) === clock.day(instant)
  return isSameDay ? `at ${clock.time(instant)}` : `on ${clock.moment(instant)}`
}
