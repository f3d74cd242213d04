import {
  type DisputeStatus,
  nextStep,
  type OrderTerms,
  type Payment,
  type PaymentHint,
  type PaymentReport,
  paymentStatuses,
} from '@payment-status/core'
import { describe, expect, it } from 'vitest'
import { lookup, makePayment } from './make.ts'

const money = { amount: 1000, currency: 'EUR' }
const order: OrderTerms = { expected: { amount: money, reference: 'order-1' }, capture: 'automatic' }
const decline = { reason: 'do_not_honor', retry: 'other_method', code: '20005' } as const
const redirect = { kind: 'redirect', url: 'https://bank.example/3ds' } as const
const voucher = { kind: 'show', what: 'voucher', text: '1234' } as const
const sdk = { kind: 'sdk' } as const

const step = (parts: Partial<Payment>, terms: Partial<OrderTerms> = {}) =>
  nextStep(lookup(parts, 0), { ...order, ...terms })
const without = (field: keyof Payment, parts: Partial<Payment>) => {
  const { [field]: _, ...payment } = makePayment(parts)
  return nextStep({ ...lookup({}, 0), payment: payment as Payment }, order)
}
const investigated = { kind: 'investigate', why: expect.any(String) }

describe('the next step of a report, row by row', () => {
  it.each(paymentStatuses)('another reference is investigated: %s', (status) => {
    expect(step({ status, reference: 'order-2' })).toEqual(investigated)
  })

  it.each(paymentStatuses)('another currency is investigated: %s', (status) => {
    expect(step({ status, amount: { amount: 1000, currency: 'USD' } })).toEqual(investigated)
  })

  it.each(paymentStatuses)('another amount is investigated: %s', (status) => {
    expect(step({ status, amount: { amount: 999, currency: 'EUR' } })).toEqual(investigated)
    expect(step({ status, amount: { amount: 1001, currency: 'EUR' } })).toEqual(investigated)
  })

  it('open with a decline: ask again on this payment', () => {
    expect(step({ status: 'open', decline })).toEqual({ kind: 'ask_again', newPayment: false, decline })
  })

  it('open without a decline: wait', () => {
    expect(step({ status: 'open' })).toEqual({ kind: 'wait', poll: true })
  })

  it('requires_action with a redirect: send the shopper there', () => {
    expect(step({ status: 'requires_action', action: redirect })).toEqual({
      kind: 'send_shopper',
      url: redirect.url,
    })
  })

  it.each([voucher, sdk])('requires_action with something to show: show it ($kind)', (action) => {
    expect(step({ status: 'requires_action', action })).toEqual({ kind: 'show_shopper', action })
  })

  it('requires_action without an action: wait and poll', () => {
    expect(step({ status: 'requires_action' })).toEqual({ kind: 'wait', poll: true })
    // The shopper's action is not known yet, and no webhook brings it.
    expect(step({ status: 'requires_action' }, { webhookOnly: true })).toEqual({ kind: 'wait', poll: true })
  })

  it('processing: wait and poll, unless only a webhook brings the result', () => {
    expect(step({ status: 'processing' })).toEqual({ kind: 'wait', poll: true })
    expect(step({ status: 'processing' }, { webhookOnly: false })).toEqual({ kind: 'wait', poll: true })
    expect(step({ status: 'processing' }, { webhookOnly: true })).toEqual({ kind: 'wait', poll: false })
  })

  it('authorized with manual capture: capture', () => {
    expect(step({ status: 'authorized' }, { capture: 'manual' })).toEqual({ kind: 'capture' })
  })

  it('authorized with automatic capture: wait', () => {
    expect(step({ status: 'authorized' })).toEqual({ kind: 'wait', poll: true })
  })

  it('captured: fulfill', () => {
    expect(step({ status: 'captured' })).toEqual({ kind: 'fulfill' })
    expect(step({ status: 'captured', captured: 1000 })).toEqual({ kind: 'fulfill' })
  })

  it.each(['partially_refunded', 'unknown'] as const)('%s: investigate', (status) => {
    expect(step({ status })).toEqual(investigated)
    expect(step({ status, captured: 1000 })).toEqual(investigated)
  })

  it('partially_captured: fulfill when it is what the order asks for, wait while more can be captured', () => {
    const hold = { status: 'partially_captured', amount: { amount: 1500, currency: 'EUR' } } as const
    expect(step({ ...hold, authorized: 1500, captured: 1000 })).toEqual({ kind: 'fulfill' })
    expect(step({ ...hold, authorized: 1500, captured: 999 })).toEqual({ kind: 'wait', poll: true })
    expect(step({ ...hold, authorized: 999, captured: 999 })).toEqual(investigated)
    expect(step({ ...hold, captured: 999 })).toEqual(investigated)
    expect(step({ ...hold, authorized: 1500, captured: 1001 })).toEqual(investigated)
    expect(step(hold)).toEqual(investigated)
  })

  it('processing that awaits the merchant: complete, where amount and reference are stated', () => {
    expect(step({ status: 'processing', awaits: 'merchant' })).toEqual({ kind: 'complete' })
    expect(without('amount', { status: 'processing', awaits: 'merchant' })).toEqual(investigated)
    expect(without('reference', { status: 'processing', awaits: 'merchant' })).toEqual(investigated)
  })

  it('a hold past its expiry: look it up, and once a lookup has said so, investigate instead of capture', () => {
    const hold = { status: 'authorized', authorizationExpiresAt: '2026-01-01T00:00:00.000Z' } as const
    const early = { ...lookup(hold, 0), observedAt: '2025-12-31T00:00:00.000Z' }
    expect(nextStep(early, { ...order, capture: 'manual' })).toEqual({ kind: 'look_up' })
    expect(nextStep(early, order)).toEqual({ kind: 'look_up' })
    expect(step(hold, { capture: 'manual' })).toEqual(investigated)
    expect(step(hold)).toEqual({ kind: 'wait', poll: true })
    const valid = { ...hold, authorizationExpiresAt: '2999-01-01T00:00:00.000Z' }
    expect(step(valid, { capture: 'manual' })).toEqual({ kind: 'capture' })
  })

  const operation = (kind: 'refund' | 'capture', status: 'failed' | 'pending' | 'succeeded') =>
    ({ id: 'op_1', kind, status }) as const
  it.each<readonly [string, Partial<Payment>]>([
    ['a stored conflict', { conflict: { status: 'authorized', since: '2026-11-20T12:00:00.000Z' } }],
    ['a pending refund', { operations: [operation('refund', 'pending')] }],
    ['a failed refund', { operations: [operation('refund', 'failed')] }],
    ['an open review', { review: 'open' }],
    ['an early warning', { dispute: { status: 'early_warning' } }],
    [
      'a second dispute',
      { dispute: { status: 'won' }, disputes: [{ status: 'won' }, { id: '2', status: 'lost' }] },
    ],
  ])('%s: investigate, whichever source it came from', (_, parts) => {
    for (const status of ['captured', 'authorized'] as const) {
      expect(step({ status, ...parts }, { capture: 'manual' })).toEqual(investigated)
      const byWebhook = { ...lookup({ status, ...parts }, 0), source: 'webhook' } as const
      expect(nextStep(byWebhook, { ...order, capture: 'manual' })).toEqual(investigated)
    }
  })

  it('a declined capture: investigate while the money is only held', () => {
    const hold = { status: 'authorized', operations: [operation('capture', 'failed')] } as const
    expect(step(hold)).toEqual(investigated)
    expect(step(hold, { capture: 'manual' })).toEqual(investigated)
    const again = [...hold.operations, { ...operation('capture', 'pending'), id: 'op_2' }]
    expect(step({ ...hold, operations: again })).toEqual({ kind: 'wait', poll: true })
  })

  it('a dispute that only unsigned fields name blocks nothing', () => {
    const dispute = { status: 'needs_response', proven: false } as const
    expect(step({ status: 'captured', dispute })).toEqual({ kind: 'fulfill' })
  })

  it('a payment that is older than the order: investigate', () => {
    const old = { status: 'captured', createdAt: '2024-01-01T00:00:00.000Z' } as const
    expect(step(old, { notBefore: '2026-01-01T00:00:00.000Z' })).toEqual(investigated)
    expect(step(old, { notBefore: '2023-01-01T00:00:00.000Z' })).toEqual({ kind: 'fulfill' })
  })

  it('verified: fulfill when nothing was to be paid, else investigate', () => {
    const nothing = { expected: { amount: { amount: 0, currency: 'EUR' }, reference: 'order-1' } }
    expect(step({ status: 'verified', amount: { amount: 0, currency: 'EUR' } }, nothing)).toEqual({
      kind: 'fulfill',
    })
    expect(step({ status: 'verified' })).toEqual(investigated)
    expect(step({ status: 'verified' }, nothing)).toEqual(investigated)
  })

  it('failed: ask again with a new payment', () => {
    expect(step({ status: 'failed' })).toEqual({ kind: 'ask_again', newPayment: true })
    expect(step({ status: 'failed', decline })).toEqual({ kind: 'ask_again', newPayment: true, decline })
  })

  it.each(['canceled', 'expired', 'refunded'] as const)('%s: stop', (status) => {
    expect(step({ status })).toEqual({ kind: 'stop' })
  })
})

describe('why a report is investigated is said', () => {
  it.each<readonly [string, Partial<Payment>]>([
    ["the payment's reference is not the order's", { reference: 'order-2' }],
    ["the payment's currency is not the order's", { amount: { amount: 1000, currency: 'USD' } }],
    ['the money captured or held is less than the order asks for', { captured: 999 }],
    ['the money captured or held is more than the order asks for', { captured: 1001 }],
    [
      "the amount requested from the shopper is not the order's",
      { status: 'open', amount: { ...money, amount: 1 } },
    ],
    ['only part of the money is captured', { status: 'partially_captured' }],
    ['part of the money was refunded', { status: 'partially_refunded' }],
    ['part of the money was refunded', { refunded: 1 }],
    ['the provider states something this library has no meaning for', { status: 'unknown' }],
    ['a card was verified, no money was captured', { status: 'verified' }],
    ['the payment is disputed', { dispute: { status: 'lost' } }],
  ])('%s: %o', (why, parts) => {
    expect(step(parts)).toEqual({ kind: 'investigate', why })
  })

  it('also where the payment does not state something', () => {
    const why = (field: keyof Payment) => without(field, { status: 'captured' })
    expect(why('reference')).toMatchObject({ why: 'the payment does not state a reference' })
    expect(why('amount')).toMatchObject({ why: 'the payment does not state its amount' })
  })
})

describe('what a lookup can still state', () => {
  it.each(['webhook', 'response', 'list'] as const)(
    'a %s that leaves something open is looked up',
    (source) => {
      const report = (parts: Partial<Payment>): PaymentReport => ({ ...lookup(parts, 0), source })
      expect(nextStep(report({ status: 'unknown' }), order)).toStrictEqual({ kind: 'look_up' })
      expect(nextStep(report({ captured: 999 }), order)).toStrictEqual({ kind: 'look_up' })
      expect(nextStep(report({ status: 'captured' }), order)).toEqual({ kind: 'fulfill' })
      expect(nextStep(report({ status: 'canceled' }), order)).toEqual({ kind: 'stop' })
    },
  )
})

describe('money that is taken or held decides, whatever was asked', () => {
  const asked = { amount: { amount: 5000, currency: 'EUR' } }

  it.each<readonly [string, Partial<Payment>, object]>([
    ['the order’s amount, taken', { status: 'captured', captured: 1000, ...asked }, { kind: 'fulfill' }],
    ['the order’s amount, held', { status: 'authorized', authorized: 1000, ...asked }, { kind: 'capture' }],
    ['less, held', { status: 'authorized', authorized: 999 }, investigated],
    ['less, taken', { status: 'captured', captured: 999 }, investigated],
    ['less, and part of it refunded', { status: 'partially_refunded', captured: 999 }, investigated],
  ])('%s', (_, parts, expected) => expect(step(parts, { capture: 'manual' })).toEqual(expected))

  it('also where the provider takes what is held by itself', () => {
    expect(step({ status: 'authorized', authorized: 999 })).toEqual(investigated)
  })
})

describe('what is not stated', () => {
  it('captured of another amount than expected is investigated, whatever was asked of the shopper', () => {
    expect(step({ status: 'captured', captured: 999 })).toEqual(investigated)
    expect(step({ status: 'captured', captured: 1001 })).toEqual(investigated)
  })

  it('captured without an amount is investigated', () => {
    expect(without('amount', { status: 'captured' })).toEqual(investigated)
    expect(without('amount', { status: 'captured', captured: 1000 })).toEqual(investigated)
  })

  it('captured without a reference is investigated, where the order has one', () => {
    expect(without('reference', { status: 'captured' })).toEqual(investigated)
  })

  it('references are not compared where the order has none', () => {
    expect(step({ status: 'captured' }, { expected: { amount: money } })).toEqual({ kind: 'fulfill' })
    expect(step({ status: 'captured' }, { expected: { amount: money, reference: undefined } })).toEqual({
      kind: 'fulfill',
    })
  })

  it('neither order nor payment has a reference: there is nothing to compare', () => {
    const { reference: _, ...payment } = makePayment({ status: 'captured' })
    const terms = { ...order, expected: { amount: money } }
    expect(nextStep({ ...lookup({}, 0), payment }, terms)).toEqual({ kind: 'fulfill' })
  })

  it('nothing is captured for a payment that does not state its order or its amount', () => {
    for (const field of ['amount', 'reference'] as const) {
      const { [field]: _, ...payment } = makePayment({ status: 'authorized' })
      const report = { ...lookup({}, 0), payment: payment as Payment }
      expect(nextStep(report, { ...order, capture: 'manual' })).toEqual(investigated)
      expect(nextStep(report, order)).toEqual({ kind: 'wait', poll: true })
    }
  })

  it('the other steps need no amount and no reference', () => {
    expect(without('amount', { status: 'processing' })).toEqual({ kind: 'wait', poll: true })
    expect(without('reference', { status: 'failed' })).toEqual({ kind: 'ask_again', newPayment: true })
    expect(without('amount', { status: 'canceled' })).toEqual({ kind: 'stop' })
  })
})

describe('a dispute', () => {
  const table: Readonly<Record<DisputeStatus, 'fulfill' | 'investigate'>> = {
    early_warning: 'investigate',
    needs_response: 'investigate',
    under_review: 'investigate',
    lost: 'investigate',
    unknown: 'investigate',
    won: 'fulfill',
    closed: 'fulfill',
  }
  it.each(Object.entries(table))('that is %s: %s', (status, kind) => {
    expect(step({ status: 'captured', dispute: { status: status as DisputeStatus } }).kind).toBe(kind)
  })
})

describe('the next step of a hint', () => {
  const hint: PaymentHint = { evidence: 'hint', provider: 'test-pay', source: 'client' }

  it('a redirect: send the shopper there', () => {
    expect(nextStep({ ...hint, action: redirect })).toEqual({ kind: 'send_shopper', url: redirect.url })
  })

  it.each([voucher, sdk])('something to show: show it ($kind)', (action) => {
    expect(nextStep({ ...hint, action, key: { id: 'pay_1' } })).toEqual({ kind: 'show_shopper', action })
  })

  it('else look up, by the key when there is one', () => {
    expect(nextStep({ ...hint, key: { id: 'pay_1' } })).toEqual({ kind: 'look_up', key: { id: 'pay_1' } })
    expect(nextStep({ ...hint, key: { reference: 'order-1' } })).toEqual({
      kind: 'look_up',
      key: { reference: 'order-1' },
    })
    expect(nextStep(hint)).toStrictEqual({ kind: 'look_up' })
  })

  it('that looks paid is looked up like any other', () => {
    expect(nextStep({ ...hint, appears: 'looks_paid' })).toEqual({ kind: 'look_up' })
  })
})

it('a reason to investigate repeats nothing from the payment', () => {
  const planted = { reference: 'SECRET-1', facts: { word: 'SECRET-2' }, id: 'SECRET-3' }
  for (const status of paymentStatuses) {
    for (const amount of [money, { amount: 987654321, currency: 'XPF' }]) {
      for (const reference of ['SECRET-1', 'order-1']) {
        const result = nextStep(lookup({ ...planted, status, amount, captured: 31337 }, 0), {
          ...order,
          expected: { amount: money, reference },
        })
        if (result.kind === 'investigate') expect(result.why).not.toMatch(/SECRET|\d|XPF|EUR/)
      }
    }
  }
})

describe('captured, with money that went back', () => {
  it('is never fulfilled', () => {
    const report = lookup({ status: 'captured', captured: 1000, refunded: 1000 }, 1)
    const order = {
      expected: { amount: { amount: 1000, currency: 'EUR' }, reference: 'order-1' },
      capture: 'automatic',
    } as const
    expect(nextStep(report, order).kind).toBe('investigate')
    expect(nextStep(lookup({ status: 'captured', captured: 1000, refunded: 0 }, 1), order).kind).toBe(
      'fulfill',
    )
  })
})

describe('arguments of the wrong kind', () => {
  const report = lookup({ status: 'captured' }, 1)

  it.each<readonly [string, unknown]>([
    ['no order', undefined],
    ['null', null],
    ['an order without terms', {}],
    ['terms without an amount', { expected: { reference: 'order-1' }, capture: 'manual' }],
  ])('a report with %s is refused, with what to give', (_, terms) => {
    const call = () => nextStep(report, terms as OrderTerms)
    expect(call).toThrow(expect.objectContaining({ code: 'invalid_input', provider: 'payment-status' }))
    expect(call).toThrow(
      'the terms must be an object: { expected: { amount: { amount, currency } }, capture }',
    )
  })

  it.each<readonly [string, unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['an object', {}],
    ['a payment', makePayment()],
  ])('%s is neither hint nor report, and the error says what to give', (_, news) => {
    const call = () => nextStep(news as PaymentReport, order)
    expect(call).toThrow(expect.objectContaining({ code: 'invalid_input', provider: 'payment-status' }))
    expect(call).toThrow('the first argument must be a hint, or a report with the order’s terms')
  })
})
