import type { AdyenConfig } from '@payment-status/adyen'
import { decideOrder, type OrderTerms, type Payment } from '@payment-status/core'
import { describe, expect, it } from 'vitest'
import { type Fields, fold, makeItem, PAYMENT, permutations, read } from './helpers.ts'

const euros = (value: number) => ({ amount: { value, currency: 'EUR' } })
const approved = makeItem('AUTHORISATION')
const declined = makeItem('AUTHORISATION', { success: 'false', reason: 'Not enough balance' })
const captured = makeItem('CAPTURE')
const failed = (eventCode: string, of: Fields) => makeItem(eventCode, { pspReference: of.pspReference })
const refund = makeItem('REFUND', { pspReference: 'REFUND1', ...euros(1000) })
const rest = makeItem('REFUND', { pspReference: 'REFUND2', ...euros(1500) })

const terms = (more: Partial<OrderTerms> = {}): OrderTerms => ({
  expected: { amount: { amount: 2500, currency: 'EUR' } },
  capture: 'automatic',
  ...more,
})
const stepOf = (payment: Payment, more: Partial<OrderTerms> = {}) => {
  // A provider without lookups: what only a lookup could state is for a person.
  const observedAt = '2026-11-30T09:00:00.000Z'
  const report = { evidence: 'report', source: 'lookup', payment, observedAt } as const
  return decideOrder({ terms: terms(more), payments: [report] }).step.kind
}

interface Life {
  readonly wanted: string
  readonly step: string
  readonly items: readonly Fields[]
  readonly config?: AdyenConfig<string>
}

const immediate = { capture: 'immediate' } as const
const lives: Readonly<Record<string, Life>> = {
  held: { wanted: 'authorized', step: 'wait', items: [approved] },
  'paid at once': { wanted: 'captured 2500', step: 'fulfill', items: [approved], config: immediate },
  'paid at once, and its capture is stated': {
    wanted: 'captured 2500',
    step: 'fulfill',
    items: [approved, captured],
    config: immediate,
  },
  'paid at once, and the scheme rejected it': {
    wanted: 'authorized 0',
    step: 'investigate',
    items: [approved, makeItem('CAPTURE_FAILED')],
    config: immediate,
  },
  'paid at once, and canceled before its capture': {
    wanted: 'canceled 0',
    step: 'stop',
    items: [approved, makeItem('CANCELLATION')],
    config: immediate,
  },
  'paid at once, and expired before its capture': {
    wanted: 'expired 0',
    step: 'stop',
    items: [approved, makeItem('EXPIRE')],
    config: immediate,
  },
  'paid at once, and it could not be canceled': {
    wanted: 'captured 2500',
    step: 'fulfill',
    items: [approved, makeItem('CANCELLATION', { success: 'false' })],
    config: immediate,
  },
  captured: { wanted: 'captured 2500', step: 'fulfill', items: [approved, captured] },
  'captured in another currency than approved': {
    wanted: 'unknown 2500',
    step: 'investigate',
    items: [approved, makeItem('CAPTURE', { amount: { value: 2500, currency: 'USD' } })],
  },
  'captured, and the capture of the rest was declined': {
    wanted: 'partially_captured 1000',
    step: 'investigate',
    items: [
      approved,
      makeItem('CAPTURE', { pspReference: 'CAPTURE1', ...euros(1000) }),
      makeItem('CAPTURE', { pspReference: 'CAPTURE2', ...euros(1500), success: 'false' }),
    ],
  },
  'captured in two parts': {
    wanted: 'captured 2500',
    step: 'fulfill',
    items: [
      approved,
      makeItem('CAPTURE', { pspReference: 'CAPTURE1', ...euros(1000) }),
      makeItem('CAPTURE', { pspReference: 'CAPTURE2', ...euros(1500) }),
    ],
  },
  'captured in part, more to come': {
    wanted: 'partially_captured 1000',
    step: 'wait',
    items: [approved, makeItem('CAPTURE', euros(1000))],
  },
  'captured in part, the rest is released': {
    wanted: 'partially_captured 1000',
    step: 'investigate',
    items: [approved, makeItem('CAPTURE', euros(1000))],
    config: { multipleCaptures: false },
  },
  'captured, and the scheme rejected it': {
    wanted: 'authorized 0',
    step: 'investigate',
    items: [approved, captured, failed('CAPTURE_FAILED', captured)],
  },
  'captured, rejected, and captured again': {
    wanted: 'captured 2500',
    step: 'fulfill',
    items: [
      approved,
      captured,
      failed('CAPTURE_FAILED', captured),
      makeItem('CAPTURE', { pspReference: 'RECAPTURE1', reason: 'Transaction Recaptured' }),
    ],
  },
  'settled, and not funded': {
    wanted: 'authorized 0',
    step: 'investigate',
    items: [approved, captured, failed('SETTLED_REVERSED', captured)],
  },
  'a capture that was refused': {
    wanted: 'authorized',
    step: 'investigate',
    items: [approved, makeItem('CAPTURE', { success: 'false' })],
  },
  'refunded in part': {
    wanted: 'partially_refunded 2500 1000',
    step: 'investigate',
    items: [approved, captured, refund],
  },
  'refunded in two parts': {
    wanted: 'refunded 2500 2500',
    step: 'stop',
    items: [approved, captured, refund, rest],
  },
  'refunded, and the refund failed later': {
    wanted: 'captured 2500 0',
    step: 'investigate',
    items: [approved, captured, refund, failed('REFUND_FAILED', refund)],
  },
  'refunded, and the refund was returned': {
    wanted: 'captured 2500 0',
    step: 'investigate',
    items: [approved, captured, refund, failed('REFUNDED_REVERSED', refund)],
  },
  'a refund that is postponed': {
    wanted: 'captured 2500',
    step: 'investigate',
    items: [approved, captured, makeItem('POSTPONED_REFUND', { pspReference: 'REFUND1', ...euros(1000) })],
  },
  'a refund that was postponed, and sent': {
    wanted: 'partially_refunded 2500 1000',
    step: 'investigate',
    items: [
      approved,
      captured,
      makeItem('POSTPONED_REFUND', { pspReference: 'REFUND1', ...euros(1000) }),
      refund,
    ],
  },
  canceled: { wanted: 'canceled', step: 'stop', items: [approved, makeItem('CANCELLATION')] },
  'canceled by its reference': {
    wanted: 'canceled',
    step: 'stop',
    items: [approved, makeItem('TECHNICAL_CANCEL')],
  },
  'a cancellation that failed': {
    wanted: 'authorized',
    step: 'wait',
    items: [approved, makeItem('CANCELLATION', { success: 'false' })],
  },
  'canceled or refunded: canceled': {
    wanted: 'canceled',
    step: 'stop',
    items: [approved, makeItem('CANCEL_OR_REFUND', { additionalData: { 'modification.action': 'cancel' } })],
  },
  'canceled or refunded: refunded': {
    wanted: 'refunded 2500 2500',
    step: 'stop',
    items: [
      approved,
      captured,
      makeItem('CANCEL_OR_REFUND', { additionalData: { 'modification.action': 'refund' } }),
    ],
  },
  'canceled or refunded, and it does not say which': {
    wanted: 'refunded 2500 2500',
    step: 'stop',
    items: [approved, captured, makeItem('CANCEL_OR_REFUND')],
  },
  'held, and lowered to nothing': {
    wanted: 'authorized',
    step: 'investigate',
    items: [
      approved,
      makeItem('AUTHORISATION_ADJUSTMENT', { eventDate: '2026-11-30T11:00:00Z', ...euros(0) }),
    ],
  },
  expired: { wanted: 'expired', step: 'stop', items: [approved, makeItem('EXPIRE')] },
  'expired, with an amount that has two readings': {
    wanted: 'partially_captured 1000',
    step: 'investigate',
    items: [approved, makeItem('CAPTURE', euros(1000)), makeItem('EXPIRE', euros(1500))],
  },
  declined: { wanted: 'failed', step: 'ask_again', items: [declined] },
  'declined, and captured: its approval is still to come': {
    wanted: 'unknown 2500',
    step: 'investigate',
    items: [declined, captured],
  },
  'declined, and approved six seconds later': {
    wanted: 'authorized',
    step: 'wait',
    items: [declined, { ...approved, eventDate: '2026-11-30T10:00:06+01:00' }],
  },
  'an offer that ended, and was paid all the same': {
    wanted: 'authorized',
    step: 'wait',
    items: [makeItem('OFFER_CLOSED', { pspReference: PAYMENT, originalReference: '' }), approved],
  },
  'pending, then paid': {
    wanted: 'captured 2500',
    step: 'fulfill',
    items: [makeItem('PENDING', { pspReference: PAYMENT, originalReference: '' }), approved],
    config: immediate,
  },
  'a card that was verified': {
    wanted: 'verified',
    step: 'wait', // for a payment of the order's amount
    items: [makeItem('AUTHORISATION', euros(0))],
  },
  'under review': {
    wanted: 'captured 2500',
    step: 'investigate',
    items: [{ ...approved, additionalData: { fraudManualReview: 'true' } }],
    config: immediate,
  },
  'under review, and accepted': {
    wanted: 'captured 2500',
    step: 'fulfill',
    items: [{ ...approved, additionalData: { fraudManualReview: 'true' } }, makeItem('MANUAL_REVIEW_ACCEPT')],
    config: immediate,
  },
  'under review, and rejected': {
    wanted: 'captured 2500',
    step: 'investigate',
    items: [{ ...approved, additionalData: { fraudManualReview: 'true' } }, makeItem('MANUAL_REVIEW_REJECT')],
    config: immediate,
  },
}

describe('a life ends alike in every order of its webhooks, each of them doubled', () => {
  it.each(Object.entries(lives))('%s', async (_, { wanted, step, items, config }) => {
    const events = await Promise.all(items.map((item) => read(item, config)))
    expect(events.map(({ kind }) => kind)).toEqual(items.map(() => 'operation'))
    for (const order of permutations(events)) {
      for (const given of [order, [...order, ...order], order.flatMap((event) => [event, event])]) {
        const payment = fold(given) as Payment
        const { status, captured: taken, refunded } = payment
        expect([status, taken, refunded].filter((figure) => figure !== undefined).join(' ')).toBe(wanted)
        expect(stepOf(payment)).toBe(step)
        expect(payment).toMatchObject({ id: PAYMENT, reference: 'order-1001' })
      }
    }
  })
})

describe('what has no end that a machine may decide', () => {
  it('an approval, and a decline that is dated later', async () => {
    const events = [await read(approved), await read({ ...declined, eventDate: '2026-11-30T10:00:06+01:00' })]
    for (const order of permutations(events)) {
      const payment = fold(order) as Payment
      expect(stepOf(payment)).toBe('investigate')
      expect(payment.status).toBe('unknown')
    }
  })

  it('a failure that names no known capture is never matched by its amount', async () => {
    const strange = makeItem('CAPTURE_FAILED', { pspReference: 'STRANGE1' })
    const events = await Promise.all([approved, captured, strange].map((item) => read(item)))
    for (const order of permutations(events)) expect(stepOf(fold(order) as Payment)).toBe('investigate')
  })

  it('a refund that failed and names no known refund', async () => {
    const strange = makeItem('REFUND_FAILED', { pspReference: 'STRANGE1', ...euros(1000) })
    const events = await Promise.all([approved, captured, refund, strange].map((item) => read(item)))
    for (const order of permutations(events)) expect(stepOf(fold(order) as Payment)).toBe('investigate')
  })

  it('a capture without its approval says nothing about the whole', async () => {
    const payment = fold([await read(captured)])
    expect(payment).toMatchObject({ status: 'unknown', captured: 2500 })
    expect(payment).not.toHaveProperty('amount')
    expect(payment).not.toHaveProperty('reference')
  })

  it('a redelivery with another date is the same event, and changes nothing', async () => {
    const again = { ...approved, eventDate: '2026-11-30T10:25:00+01:00' }
    const [first, capture, last] = [await read(approved), await read(captured), await read(again)]
    expect(last.id).toBe(first.id)
    expect(fold([first, capture, last])?.status).toBe('captured')
  })
})

describe('a gift card and a card pay one order in parts', () => {
  const part = async (pspReference: string, value: number, paymentMethod: string) =>
    fold([
      await read(makeItem('AUTHORISATION', { pspReference, paymentMethod, ...euros(value) }), immediate),
    ]) as Payment
  const decide = (payments: readonly Payment[], split: boolean) =>
    decideOrder({
      terms: terms({
        split,
        expected: { amount: { amount: 2500, currency: 'EUR' }, reference: 'order-1001' },
      }),
      payments: payments.map((payment) => ({
        evidence: 'report',
        source: 'lookup',
        payment,
        observedAt: '2026-11-30T09:00:00.000Z',
      })),
    })

  it('which is fulfilled when they add up, in either order', async () => {
    const parts = [
      await part('GIFTCARD00000001', 1000, 'givex'),
      await part('CARD000000000001', 1500, 'visa'),
    ]
    for (const order of permutations(parts)) {
      expect(decide(order, true)).toMatchObject({ step: { kind: 'fulfill' }, paidTwice: false })
      expect(decide(order.slice(0, 1), true).step.kind).toBe('ask_again')
    }
    expect(decide(parts, false).step.kind).toBe('investigate')
  })

  it('and ORDER_OPENED and ORDER_CLOSED add nothing, but parts that go back are for a person', async () => {
    const order = { pspReference: 'ORDER00000000001', originalReference: '', merchantReference: 'order-1001' }
    expect((await read(makeItem('ORDER_OPENED', order))).kind).toBe('unrelated')
    expect((await read(makeItem('ORDER_CLOSED', order))).kind).toBe('unrelated')
    expect((await read(makeItem('ORDER_CLOSED', { ...order, success: 'false' }))).kind).toBe('unreadable')
  })
})
