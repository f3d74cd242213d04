import {
  type NextStep,
  type Payment,
  type PaymentReport,
  type PaymentStatus,
  paymentStatuses,
  resolveAttempts,
} from '@payment-status/core'
import { describe, expect, it } from 'vitest'
import { createClock } from '../src/page/format.ts'
import { describeOrder } from '../src/page/sentence.ts'

const utc = createClock('UTC')
const amount = { amount: 3800, currency: 'EUR' }
const terms = { expected: { amount }, capture: 'automatic' } as const
const visa = { kind: 'card', brand: 'visa', last4: '4242' } as const
const at = '2026-11-30T14:22:10.000Z'

function reportOf(status: PaymentStatus, more: Partial<Payment> = {}): PaymentReport {
  const payment: Payment = {
    provider: 'fake',
    id: 'p1',
    status,
    amount,
    method: visa,
    createdAt: at,
    facts: {},
    ...more,
  }
  return { evidence: 'report', source: 'lookup', payment, observedAt: at }
}

function describeReports(
  reports: readonly PaymentReport[],
  more: { readonly step?: NextStep; readonly deliveredAt?: string } = {},
  clock = utc,
): string {
  return describeOrder({ terms, orderStatus: resolveAttempts(reports), ...more }, clock)
}

describe('the sentence about an order', () => {
  it.each<[PaymentStatus, Partial<Payment>, NextStep | undefined, string]>([
    [
      'open',
      {},
      { kind: 'wait', poll: true },
      'Not paid yet. The shopper can still pay 38.00 EUR. The provider is polled until it states the result.',
    ],
    [
      'open',
      { decline: { reason: 'card_expired', retry: 'other_method' } },
      { kind: 'ask_again', newPayment: false },
      'Not paid yet. The last attempt was declined: the card has expired. The shopper can try again.',
    ],
    [
      'requires_action',
      { action: { kind: 'redirect', url: 'https://bank.example' } },
      { kind: 'send_shopper', url: 'https://bank.example' },
      'Not paid yet. The shopper has to confirm on a page of the bank or provider.',
    ],
    [
      'requires_action',
      { action: { kind: 'show', what: 'voucher' } },
      undefined,
      'Not paid yet. The shopper has to pay a voucher.',
    ],
    [
      'requires_action',
      {},
      { kind: 'wait', poll: false },
      'Not paid yet. The shopper has to confirm the payment. The provider sends a message when it is paid.',
    ],
    ['processing', {}, undefined, 'Not decided yet. The provider or a bank is still processing 38.00 EUR.'],
    [
      'processing',
      { awaits: 'merchant' },
      { kind: 'complete' },
      'Not paid yet. The shopper has agreed, and the shop has to complete the payment.',
    ],
    [
      'authorized',
      { authorizationExpiresAt: '2026-12-07T14:22:00Z' },
      { kind: 'capture' },
      'Reserved 38.00 EUR on Visa •4242, not charged yet. The reservation ends on 7 Dec 2026, 14:22. The shop has to charge it.',
    ],
    [
      'authorized',
      { authorized: 2000, method: { kind: 'card' } },
      { kind: 'wait', poll: true },
      'Reserved 20.00 EUR on a card, not charged yet. The provider charges it automatically.',
    ],
    [
      'partially_captured',
      { captured: 1000 },
      undefined,
      'Charged 10.00 EUR of 38.00 EUR with Visa •4242 on 30 Nov 2026, 14:22.',
    ],
    [
      'partially_captured',
      {},
      { kind: 'investigate', why: 'only part of the money is taken' },
      'Charged a part of 38.00 EUR with Visa •4242 on 30 Nov 2026, 14:22. Please check: only part of the money is taken.',
    ],
    [
      'captured',
      {},
      { kind: 'fulfill' },
      'Paid 38.00 EUR with Visa •4242 on 30 Nov 2026, 14:22. It is about to be delivered to the shop.',
    ],
    [
      'captured',
      { method: { kind: 'wallet', name: 'applepay' } },
      { kind: 'none' },
      'Paid 38.00 EUR with Apple Pay on 30 Nov 2026, 14:22.',
    ],
    [
      'captured',
      { operations: [{ id: 'c', kind: 'capture', status: 'succeeded', at: '2026-12-01T09:00:00Z' }] },
      undefined,
      'Paid 38.00 EUR with Visa •4242 on 1 Dec 2026, 09:00.',
    ],
    [
      'captured',
      { dispute: { status: 'needs_response', respondBy: '2026-12-12T00:00:00Z' } },
      undefined,
      'Paid 38.00 EUR with Visa •4242 on 30 Nov 2026, 14:22. The shopper disputes the payment: the provider needs a response by 12 Dec 2026, 00:00.',
    ],
    [
      'captured',
      { conflict: { status: 'failed', since: at } },
      { kind: 'investigate', why: 'two sources contradict each other' },
      'Paid 38.00 EUR with Visa •4242 on 30 Nov 2026, 14:22. The provider now states “Failed”, which contradicts the record. Please check: two sources contradict each other.',
    ],
    [
      'partially_refunded',
      { captured: 3800, refunded: 500, updatedAt: '2026-12-05T08:00:00Z' },
      undefined,
      'Paid 38.00 EUR with Visa •4242 on 30 Nov 2026, 14:22. Refunded 5.00 EUR of it.',
    ],
    [
      'refunded',
      { refunded: 3800, updatedAt: '2026-12-05T08:00:00Z' },
      { kind: 'stop' },
      'Refunded 38.00 EUR to Visa •4242 on 5 Dec 2026, 08:00. The order must not be delivered.',
    ],
    ['verified', {}, undefined, 'Checked Visa •4242 on 30 Nov 2026, 14:22. No money was taken.'],
    [
      'canceled',
      {},
      { kind: 'stop' },
      'Canceled on 30 Nov 2026, 14:22. No money was taken. The order must not be delivered.',
    ],
    ['expired', {}, undefined, 'Not paid in time: expired on 30 Nov 2026, 14:22. No money was taken.'],
    [
      'failed',
      { decline: { reason: 'insufficient_funds', retry: 'other_method' } },
      { kind: 'ask_again', newPayment: true },
      'Not paid: not enough money on the account, on 30 Nov 2026, 14:22. No money was taken. The shopper can pay again.',
    ],
    ['failed', {}, undefined, 'Not paid: the payment failed on 30 Nov 2026, 14:22. No money was taken.'],
    [
      'unknown',
      {},
      { kind: 'look_up' },
      'Unclear. The provider stated something that has no known meaning, so it counts neither as paid nor as failed. The provider is being polled for the details.',
    ],
  ])('of a payment that is %s (%o), with the step %o', (status, more, step, expected) => {
    expect(describeReports([reportOf(status, more)], step && { step })).toBe(expected)
  })

  it('says when the shop received it, with the day only when that is another day', () => {
    const paid = [reportOf('captured')]
    const sentence = 'Paid 38.00 EUR with Visa •4242 on 30 Nov 2026, 14:22. Delivered to the shop'
    expect(describeReports(paid, { deliveredAt: '2026-11-30T14:22:40Z', step: { kind: 'none' } })).toBe(
      `${sentence} at 14:22.`,
    )
    expect(describeReports(paid, { deliveredAt: '2026-12-01T09:05:00Z', step: { kind: 'none' } })).toBe(
      `${sentence} on 1 Dec 2026, 09:05.`,
    )
  })

  it('says first that an order was paid twice, and names no step that one payment alone would allow', () => {
    const twice = [reportOf('captured'), reportOf('captured', { id: 'p2' })]
    expect(describeReports(twice, { step: { kind: 'fulfill' } })).toBe(
      'Paid twice: 2 payments took money, and only one is owed. Paid 38.00 EUR with Visa •4242 on 30 Nov 2026, 14:22.',
    )
  })

  it('says that no payment was reported yet', () => {
    expect(describeReports([])).toBe('Waiting for 38.00 EUR. The provider has reported no payment yet.')
    expect(describeReports([], { step: { kind: 'look_up' } })).toBe(
      'Waiting for 38.00 EUR. One of its payments is not reported yet. The provider is being polled for the details.',
    )
  })

  it('writes times in the given zone, and amounts with the digits of their currency', () => {
    const report = reportOf('captured', { amount: { amount: 1234567, currency: 'JPY' } })
    expect(describeReports([report], {}, createClock('Asia/Tokyo'))).toBe(
      'Paid 1,234,567 JPY with Visa •4242 on 30 Nov 2026, 23:22.',
    )
  })

  it.each(paymentStatuses)(
    'of %s never says that money was taken when it was not, nor the reverse',
    (status) => {
      const sentence = describeReports([reportOf(status)])
      const isTaken = ['captured', 'partially_captured', 'partially_refunded'].includes(status)
      expect(/^(?:Paid|Charged) /.test(sentence)).toBe(isTaken)
      expect(/No money was taken\./.test(sentence)).toBe(
        ['verified', 'canceled', 'expired', 'failed'].includes(status),
      )
    },
  )

  it('leaves out what the provider does not state', () => {
    const { method: _, createdAt: __, amount: ___, ...rest } = reportOf('captured').payment
    const bare: PaymentReport = { ...reportOf('captured'), payment: rest }
    expect(describeReports([bare])).toBe('Paid. The provider states no amount.')
  })
})
