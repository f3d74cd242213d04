import {
  decideOrder,
  type NextStep,
  nextStep,
  type OrderState,
  type OrderTerms,
  outcomeOf,
  type Payment,
  type PaymentOperation,
  type PaymentReport,
  type PaymentStatus,
  paymentStatuses,
} from '@payment-status/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { at, lookup, webhook } from './make.ts'

const money = { amount: 1000, currency: 'EUR' }
const terms: OrderTerms = { expected: { amount: money, reference: 'order-1' }, capture: 'automatic' }
const manual: OrderTerms = { ...terms, capture: 'manual' }

/** A payment of 10.00 EUR, created so many seconds past noon; `pay_<created>`. */
function payment(status: PaymentStatus, created: number, parts: Partial<Payment> = {}): PaymentReport {
  return lookup({ id: `pay_${created}`, status, createdAt: at(created), ...parts }, 100)
}

const decide = (payments: readonly PaymentReport[], state: Partial<OrderState> = {}) => {
  const { step, payment: about } = decideOrder({ terms, payments, ...state })
  return about ? `${step.kind} ${about.payment.id}` : step.kind
}
const key = (created: number) => `test-pay/pay_${created}`
const others = paymentStatuses.filter((status) => outcomeOf(status) !== 'paid')

describe('an order that one payment has paid', () => {
  it.each(others)('is fulfilled by it, whatever came of the other: %s', (status) => {
    for (const created of [0, 9])
      expect(decide([payment('captured', 5), payment(status, created)])).toBe('fulfill pay_5')
  })

  it('is for a person where its capture failed after it was fulfilled', () => {
    const operations = [{ id: 'c1', kind: 'capture', status: 'failed' }] as const
    const held = payment('authorized', 5, { operations })
    expect(decide([held], { fulfilledBy: key(5) })).toBe('investigate pay_5')
    expect(decide([held], { fulfilledBy: key(5), terms: { ...terms, split: true } })).toBe(
      'investigate pay_5',
    )
    expect(decide([payment('authorized', 5)], { fulfilledBy: key(5) })).toBe('none pay_5')
  })

  it.each(others)(
    'has nothing left to do once it is fulfilled, whatever comes of the other: %s',
    (status) => {
      for (const created of [0, 9]) {
        const payments = [payment('captured', 5), payment(status, created)]
        expect(decide(payments, { fulfilledBy: key(5) })).toBe('none pay_5')
      }
    },
  )

  it('is fulfilled by it at one provider while another provider’s attempt ended', () => {
    const elsewhere = {
      ...payment('canceled', 1),
      payment: { ...payment('canceled', 1).payment, provider: 'other-pay' },
    }
    expect(decide([payment('captured', 5), elsewhere])).toBe('fulfill pay_5')
  })

  it.each<readonly [string, Partial<Payment>]>([
    ['a dispute', { dispute: { status: 'needs_response' } }],
    ['a lost dispute', { dispute: { status: 'lost' } }],
    ['an early warning', { dispute: { status: 'early_warning' } }],
    ['a conflict', { conflict: { status: 'open', since: at(1) } }],
    ['a pending refund', { operations: [{ id: '1', kind: 'refund', status: 'pending' }] }],
    ['a failed refund', { operations: [{ id: '1', kind: 'refund', status: 'failed' }] }],
    ['a refund of unknown result', { operations: [{ id: '1', kind: 'refund', status: 'unknown' }] }],
    [
      'a refund that the figure does not state yet',
      { operations: [{ id: '1', kind: 'refund', status: 'succeeded', amount: 1 }] },
    ],
    ['an open review', { review: 'open' }],
    ['another amount', { captured: 999 }],
    ['a part that was refunded', { status: 'partially_refunded', refunded: 1 }],
  ])('is investigated before the delivery, and nothing is asked after it: %s', (_, parts) => {
    const payments = [payment('captured', 5, parts), payment('failed', 9)]
    expect(decide(payments)).toBe('investigate pay_5')
    expect(decide(payments, { fulfilledBy: key(5) })).toBe('none pay_5')
  })

  it.each<readonly [string, step: string, operations: readonly PaymentOperation[]]>([
    ['is pending', 'investigate pay_5', [{ id: '1', kind: 'refund', status: 'pending', amount: 1000 }]],
    ['failed', 'investigate pay_5', [{ id: '1', kind: 'refund', status: 'failed', amount: 1000 }]],
    ['succeeded', 'stop pay_5', [{ id: '1', kind: 'refund', status: 'succeeded', amount: 1000 }]],
    [
      'failed before another succeeded',
      'stop pay_5',
      [
        { id: '1', kind: 'refund', status: 'failed', amount: 1000 },
        { id: '2', kind: 'refund', status: 'succeeded', amount: 1000 },
      ],
    ],
  ])('that counts as refunded, and whose refund %s, is: %s', (_, step, operations) => {
    const parts = { captured: 1000, refunded: 1000, operations }
    expect(decide([payment('refunded', 5, parts)])).toBe(step)
  })

  it.each(['won', 'closed'] as const)('is fulfilled when the dispute is %s', (status) => {
    expect(decide([payment('captured', 5, { dispute: { status } })])).toBe('fulfill pay_5')
  })

  it('in parts waits for the next capture, and is fulfilled by the last', () => {
    const part = { amount: { amount: 1500, currency: 'EUR' }, authorized: 1500 }
    expect(decide([payment('partially_captured', 5, { ...part, captured: 400 })])).toBe('wait pay_5')
    expect(decide([payment('partially_captured', 5, { ...part, captured: 1000 })])).toBe('fulfill pay_5')
  })

  it('by a webhook that leaves something open is looked up', () => {
    const report = webhook({ id: 'pay_5', status: 'captured', captured: 999 }, 1)
    expect(decide([report])).toBe('look_up pay_5')
  })
})

it('keeps a conflict that one of several records of a payment states', () => {
  const conflict = { status: 'authorized', since: at(50) } as const
  for (const status of ['captured', 'failed'] as const) {
    const record = payment(status, 1, { conflict })
    expect(decide([record, record])).toBe('investigate pay_1')
    expect(decide([payment(status, 1), record])).toBe('investigate pay_1')
  }
})

describe('an order that is paid twice', () => {
  it('names the payment that was not delivered for', () => {
    const payments = [payment('captured', 1), payment('captured', 5)]
    expect(decide(payments, { fulfilledBy: key(1) })).toBe('investigate pay_5')
    expect(decide(payments, { fulfilledBy: key(5) })).toBe('investigate pay_1')
  })

  it('names the newer payment where none was delivered for, and never one that could be delivered for alone', () => {
    expect(decide([payment('captured', 1), payment('captured', 5)])).toBe('investigate pay_5')
    expect(decide([payment('captured', 1, { captured: 1 }), payment('captured', 5)])).toBe(
      'investigate pay_1',
    )
  })

  it('has nothing left to do once the second is refunded', () => {
    const payments = [payment('captured', 1), payment('refunded', 5)]
    expect(decide(payments, { fulfilledBy: key(1) })).toBe('none pay_1')
    expect(decide(payments)).toBe('fulfill pay_1')
  })

  it('is investigated where the delivered payment is refunded in full, not where a part of it is', () => {
    expect(decide([payment('refunded', 1), payment('captured', 5)], { fulfilledBy: key(1) })).toBe(
      'investigate pay_5',
    )
    expect(decide([payment('partially_refunded', 1)], { fulfilledBy: key(1) })).toBe('none pay_1')
    expect(decide([payment('refunded', 1)], { fulfilledBy: key(1) })).toBe('none pay_1')
  })

  it.each<readonly [PaymentStatus, string]>([
    ['captured', 'refund this payment'],
    ['partially_refunded', 'refund this payment'],
    ['authorized', 'refund this payment'],
    ['refunded', 'is refunded in full, and this one is paid'],
    ['failed', 'is no longer paid, and this one is'],
    ['canceled', 'is no longer paid, and this one is'],
    ['processing', 'is no longer paid, and this one is'],
    ['unknown', 'is no longer paid, and this one is'],
  ])('says what became of the delivered payment when another one is paid: %s', (status, why) => {
    const payments = [payment(status, 1), payment('captured', 5)]
    const { step, payment: about } = decideOrder({ terms, payments, fulfilledBy: key(1) })
    expect(step).toEqual({ kind: 'investigate', why: expect.stringContaining(why) })
    expect(about?.payment.id).toBe('pay_5')
  })

  it.each<readonly [string, Partial<Payment>]>([
    ['the payment is disputed', { dispute: { status: 'lost' } }],
    ['a refund is pending', { operations: [{ id: 're_1', kind: 'refund', status: 'pending' }] }],
  ])('is checked before the second payment is refunded: %s', (why, parts) => {
    const payments = [payment('captured', 1), payment('captured', 5, parts)]
    for (const fulfilledBy of [undefined, key(1)]) {
      const { step, payment: about } = decideOrder({ terms, payments, fulfilledBy })
      expect(step).toMatchObject({ kind: 'investigate', why: expect.stringContaining(`because ${why}`) })
      expect(about?.payment.id).toBe('pay_5')
    }
  })

  it('on purpose adds up', () => {
    const split = { terms: { ...terms, split: true } }
    const gift = payment('captured', 1, { amount: { amount: 400, currency: 'EUR' } })
    const card = (status: PaymentStatus, amount = 600) =>
      payment(status, 5, { amount: { amount, currency: 'EUR' } })
    expect(decide([gift, card('captured')], split)).toBe('fulfill pay_5')
    expect(decideOrder({ ...split, payments: [gift, card('captured')] }).paidTwice).toBe(false)
    expect(decide([gift], split)).toBe('ask_again pay_1')
    expect(decide([gift, card('failed')], split)).toBe('ask_again pay_5')
    expect(decide([gift, card('canceled')], split)).toBe('ask_again pay_5')
    expect(decide([gift, card('processing')], split)).toBe('wait pay_5')
    expect(decide([gift, card('captured', 601)], split)).toBe('investigate pay_5')
    expect(decide([gift, card('captured', 601)], { ...split, fulfilledBy: key(1) })).toBe('investigate pay_5')
    expect(decide([gift, card('captured')], { ...split, fulfilledBy: key(5) })).toBe('none pay_5')
    expect(decide([gift, card('authorized')], { terms: { ...manual, split: true } })).toBe('capture pay_5')
    expect(decide([gift, card('authorized', 700)], { terms: { ...manual, split: true } })).toBe(
      'investigate pay_5',
    )
    const disputed = payment('captured', 1, { ...gift.payment, dispute: { status: 'lost' } })
    expect(decide([disputed, card('captured')], split)).toBe('investigate pay_1')
  })
})

describe('an order whose payment was delivered for and is no longer paid', () => {
  it.each(['failed', 'canceled', 'expired', 'unknown', 'open'] as const)('is investigated: %s', (status) => {
    expect(decide([payment(status, 1)], { fulfilledBy: key(1) })).toBe('investigate pay_1')
    const report = { ...payment(status, 1), source: 'webhook' } as const
    expect(decide([report], { fulfilledBy: key(1) })).toBe('look_up pay_1')
  })
})

describe('a hold', () => {
  it('is captured once', () => {
    const held = [payment('authorized', 1)]
    expect(decide(held, { terms: manual })).toBe('capture pay_1')
    expect(decide(held, { terms: manual, captureRequestedFor: key(1) })).toBe('none pay_1')
    expect(decide(held)).toBe('wait pay_1')
  })

  it('of an order that another hold was to be captured for is investigated', () => {
    const held = [payment('authorized', 1), payment('authorized', 5)]
    expect(decide(held, { terms: manual, captureRequestedFor: key(1) })).toBe('investigate pay_5')
    const processing = [payment('processing', 1), payment('authorized', 5)]
    expect(decide(processing, { terms: manual, captureRequestedFor: key(1) })).toBe('investigate pay_5')
  })

  it.each(['failed', 'canceled', 'expired'] as const)(
    'is captured when the one before it is %s',
    (status) => {
      const payments = [payment(status, 1), payment('authorized', 5)]
      expect(decide(payments, { terms: manual, captureRequestedFor: key(1) })).toBe('capture pay_5')
    },
  )

  it('whose capture was declined is investigated', () => {
    const operations = [{ id: '1', kind: 'capture', status: 'failed' }] as const
    for (const state of [{}, { terms: manual }, { terms: manual, captureRequestedFor: key(1) }])
      expect(decide([payment('authorized', 1, { operations })], state)).toBe('investigate pay_1')
  })

  it('that is being captured is not captured again, and one that is being voided is for a person', () => {
    const capturing = [
      payment('authorized', 1, { operations: [{ id: '1', kind: 'capture', status: 'pending' }] }),
    ]
    expect(decide(capturing, { terms: manual })).toBe('wait pay_1')
    expect(decide(capturing, { terms: manual, captureRequestedFor: key(1) })).toBe('none pay_1')
    const voiding = [payment('authorized', 1, { operations: [{ id: '1', kind: 'void', status: 'pending' }] })]
    expect(decide(voiding, { terms: manual })).toBe('investigate pay_1')
    expect(decide(voiding)).toBe('wait pay_1')
  })

  it('past its expiry is looked up', () => {
    const expiring = payment('authorized', 1, { authorizationExpiresAt: at(500) })
    const state = { terms: manual, now: at(499) }
    expect(decide([expiring], state)).toBe('capture pay_1')
    expect(decide([expiring], { ...state, now: at(500) })).toBe('look_up pay_1')
  })

  it('of less than the order asks for is investigated', () => {
    expect(decide([payment('authorized', 1, { authorized: 800 })], { terms: manual })).toBe(
      'investigate pay_1',
    )
  })

  it('asks for nothing once another payment was fulfilled', () => {
    const payments = [payment('captured', 1), payment('authorized', 5)]
    expect(decide(payments, { terms: manual, fulfilledBy: key(1) })).toBe('none pay_1')
  })
})

describe('an order that is not paid', () => {
  it.each(['processing', 'unknown'] as const)('asks for no new payment while one is %s', (status) => {
    for (const ended of ['failed', 'canceled', 'open', 'requires_action'] as const)
      expect(decide([payment(status, 1), payment(ended, 5)])).toBe(
        status === 'unknown' ? 'investigate pay_1' : 'wait pay_1',
      )
  })

  it('asks for no new payment while the shopper can still pay one', () => {
    expect(decide([payment('open', 1), payment('failed', 5)])).toBe('wait pay_1')
    const action = { kind: 'redirect', url: 'https://bank.example/3ds' } as const
    expect(decide([payment('requires_action', 1, { action }), payment('failed', 5)])).toBe(
      'send_shopper pay_1',
    )
  })

  it('sends the shopper on with the newest attempt, and asks again on one that was declined', () => {
    const decline = { reason: 'do_not_honor', retry: 'other_method' } as const
    expect(decide([payment('open', 1), payment('requires_action', 5)])).toBe('wait pay_5')
    expect(
      decideOrder({ terms, payments: [payment('open', 5, { decline }), payment('open', 1)] }),
    ).toMatchObject({
      step: { kind: 'ask_again', newPayment: false, decline },
      payment: { payment: { id: 'pay_5' } },
    })
  })

  it('ends with its newest attempt', () => {
    const ends: Record<string, string> = {
      failed: 'ask_again',
      canceled: 'stop',
      expired: 'stop',
      refunded: 'stop',
    }
    for (const [status, step] of Object.entries(ends))
      for (const older of Object.keys(ends))
        expect(decide([payment(older as PaymentStatus, 1), payment(status as PaymentStatus, 5)])).toBe(
          `${step} pay_5`,
        )
  })

  it('asks again after an attempt whose amount was another', () => {
    expect(decide([payment('failed', 1, { amount: { amount: 1, currency: 'EUR' } })])).toBe('ask_again pay_1')
  })

  it('completes a payment that awaits the merchant, unless another may still be paid', () => {
    const approved = payment('processing', 1, { awaits: 'merchant' })
    expect(decide([approved])).toBe('complete pay_1')
    expect(decide([approved, payment('failed', 5)])).toBe('complete pay_1')
    expect(decide([approved, payment('processing', 0)])).toBe('wait pay_0')
    expect(decide([approved, payment('captured', 5)])).toBe('fulfill pay_5')
  })

  it('completes the first of two payments, and the second only when the first has ended', () => {
    const approved = (created: number, parts: Partial<Payment> = {}) =>
      payment('processing', created, { awaits: 'merchant', ...parts })
    expect(decide([approved(1), approved(5)])).toBe('complete pay_1')
    expect(decide([payment('failed', 1), approved(5)])).toBe('complete pay_5')
    expect(decide([approved(1, { amount: { amount: 1, currency: 'EUR' } }), approved(5)])).toBe(
      'complete pay_5',
    )
  })

  it.each<readonly [string, Partial<Payment>]>([
    ['is disputed', { dispute: { status: 'early_warning' } }],
    ['is under review', { review: 'open' }],
    ['does not state its amount', { amount: undefined as never }],
    ['does not state when it was created', { createdAt: undefined as never }],
  ])('completes no payment that %s', (_, parts) => {
    const approved = payment('processing', 1, { awaits: 'merchant', ...parts })
    expect(decide([approved], { terms: { ...terms, notBefore: at(0) } })).toBe('investigate pay_1')
  })

  it('waits where nothing is known of it', () => {
    expect(decideOrder({ terms, payments: [] })).toEqual({
      status: 'unknown',
      paid: [],
      paidTwice: false,
      step: { kind: 'wait', poll: true },
    })
    expect(decide([], { fulfilledBy: key(1) })).toBe('none')
  })
})

describe('an attempt that ended and was contradicted by a lookup since', () => {
  const conflict = { status: 'authorized', since: at(3) } as const

  it.each(['failed', 'canceled', 'expired'] as const)(
    'is for a person, next to no new payment: %s',
    (status) => {
      const ended = payment(status, 1, { conflict })
      expect(decide([ended])).toBe('investigate pay_1')
      expect(decide([ended, payment('failed', 2)])).toBe('investigate pay_1')
      expect(decide([ended, payment('requires_action', 2)])).toBe('investigate pay_1')
      expect(nextStep(ended, terms).kind).toBe('investigate')
    },
  )

  it('does not stop an order that another payment has paid, holds or may pay', () => {
    const ended = payment('failed', 1, { conflict })
    expect(decide([ended, payment('captured', 2)])).toBe('fulfill pay_2')
    expect(decide([ended, payment('processing', 2)])).toBe('wait pay_2')
    expect(decide([ended, payment('captured', 2)], { fulfilledBy: key(2) })).toBe('none pay_2')
  })
})

describe('what is no attempt to pay the order', () => {
  const kept = payment('verified', 9, { amount: { amount: 0, currency: 'EUR' } })

  it('is a card that was saved', () => {
    expect(decide([kept, payment('captured', 1)])).toBe('fulfill pay_1')
    expect(decide([kept, payment('failed', 1)])).toBe('ask_again pay_1')
    expect(decide([kept])).toBe('wait')
  })

  it('unless the order asks for nothing else', () => {
    const nothing = { ...terms, expected: { ...terms.expected, amount: { amount: 0, currency: 'EUR' } } }
    expect(decide([kept, payment('failed', 1)], { terms: nothing })).toBe('fulfill pay_9')
    expect(decide([kept], { terms: nothing, fulfilledBy: key(9) })).toBe('none pay_9')
  })

  it('is a payment of an older order with the same reference', () => {
    const notBefore = { terms: { ...terms, notBefore: at(0) } }
    expect(decide([payment('captured', -5), payment('failed', 5)], notBefore)).toBe('ask_again pay_5')
    expect(decide([payment('captured', -5), payment('captured', 5)], notBefore)).toBe('fulfill pay_5')
    expect(decide([payment('captured', -5)], notBefore)).toBe('investigate pay_-5')
    expect(decide([payment('failed', -5)], notBefore)).toBe('wait')
    expect(decideOrder({ ...notBefore, payments: [payment('captured', -5)] }).paid).toEqual([])
  })

  it.each<readonly [string, string | undefined, string]>([
    ['a second earlier', '2026-11-20T11:59:59.999Z', 'investigate pay_5'],
    ['in the same second, in whole seconds', '2026-11-20T12:00:00.000Z', 'fulfill pay_5'],
    ['a moment later', '2026-11-20T12:00:00.500Z', 'fulfill pay_5'],
    ['at a time that is not stated', undefined, 'investigate pay_5'],
  ])('created %s, with an order of 12:00:00.400, is decided so', (_, createdAt, step) => {
    const { createdAt: __, ...stated } = payment('captured', 5).payment
    const report = {
      ...payment('captured', 5),
      payment: createdAt === undefined ? stated : { ...stated, createdAt },
    }
    const notBefore = { terms: { ...terms, notBefore: '2026-11-20T12:00:00.400Z' } }
    expect(decide([report], notBefore)).toBe(step)
    const isUnstated = createdAt === undefined
    expect(decide([{ ...report, source: 'webhook' }], notBefore)).toBe(
      isUnstated ? 'look_up pay_5' : step.replace('investigate', 'look_up'),
    )
  })
})

describe('terms that cannot be right are refused, with what to give', () => {
  it.each<readonly [unknown, string]>([
    [{ ...terms, expected: { amount: { amount: '1000', currency: 'EUR' } } }, 'convert it with Number()'],
    [{ ...terms, expected: { amount: { amount: 1000n, currency: 'EUR' } } }, 'must be a safe integer'],
    [{ ...terms, expected: { amount: { amount: 10.5, currency: 'EUR' } } }, 'must be a safe integer'],
    [{ ...terms, expected: { amount: { amount: -1, currency: 'EUR' } } }, 'must be a safe integer'],
    [{ ...terms, expected: { amount: { amount: 1000, currency: 'eur' } } }, 'upper-case ISO 4217'],
    [{ ...terms, expected: { amount: { amount: 1000, currency: 'XXX' } } }, 'upper-case ISO 4217'],
    [{ ...terms, expected: { ...terms.expected, reference: '' } }, 'expected.reference must be'],
    [{ ...terms, expected: { ...terms.expected, reference: 7 } }, 'expected.reference must be'],
    [{ ...terms, capture: 'later' }, "capture must be 'automatic' or 'manual'"],
    [{ ...terms, notBefore: 'yesterday' }, 'notBefore must be an ISO 8601 instant'],
    [{ ...terms, notBefore: '+275760-09-13T00:00:00.000Z' }, 'notBefore must be an ISO 8601 instant'],
    [{ ...terms, split: 'false' }, 'split must be true or false'],
    [{ ...terms, webhookOnly: 'false' }, 'webhookOnly must be true or false'],
    [undefined, 'the terms must be an object'],
  ])('%o', (odd, why) => {
    const call = () => decideOrder({ terms: odd as OrderTerms, payments: [] })
    expect(call).toThrow(expect.objectContaining({ code: 'invalid_input' }))
    expect(call).toThrow(why)
  })

  it.each([
    { fulfilledBy: 'pay_1' },
    { fulfilledBy: '' },
    { fulfilledBy: true },
    { captureRequestedFor: '/pay_1' },
    { captureRequestedFor: 'test-pay/' },
  ])('and a key that names no payment: %o', (odd) => {
    const call = () => decideOrder({ terms, payments: [payment('captured', 1)], ...(odd as object) })
    expect(call).toThrow(expect.objectContaining({ code: 'invalid_input' }))
    expect(call).toThrow("must be the key of a payment, 'provider/id'")
  })

  it.each([undefined, {}, { terms }, { terms, payments: 'all' }, { terms, payments: [], now: 'soon' }])(
    'and an invalid order: %o',
    (odd) => {
      expect(() => decideOrder(odd as unknown as OrderState)).toThrow(
        expect.objectContaining({ code: 'invalid_input' }),
      )
    },
  )
})

const parts: fc.Arbitrary<Partial<Payment>> = fc.constantFrom<Partial<Payment>>(
  {},
  {},
  {},
  { dispute: { status: 'needs_response' } },
  { dispute: { status: 'won' } },
  { conflict: { status: 'authorized', since: at(0) } },
  { operations: [{ id: 'r', kind: 'refund', status: 'pending' }] },
  { operations: [{ id: 'r', kind: 'refund', status: 'failed' }] },
  { review: 'open' },
  { captured: 999 },
)
const anyOrder = fc.record({
  payments: fc.uniqueArray(fc.tuple(fc.constantFrom(...paymentStatuses), fc.nat(9), parts), {
    maxLength: 3,
    selector: ([, created]) => created,
  }),
  capture: fc.constantFrom('automatic', 'manual'),
  fulfilled: fc.option(fc.nat(9)),
  requested: fc.option(fc.nat(9)),
})

it('no pair and no triple of payments leads to a step that the order as a whole does not allow', () => {
  const seen = new Set<NextStep['kind']>()
  fc.assert(
    fc.property(anyOrder, fc.boolean(), ({ payments, capture, fulfilled, requested }, isReversed) => {
      const reports = payments.map(([status, created, more]) => payment(status, created, more))
      const state = {
        terms: { ...terms, capture: capture as OrderTerms['capture'] },
        payments: reports,
        fulfilledBy: fulfilled === null ? undefined : key(fulfilled),
        captureRequestedFor: requested === null ? undefined : key(requested),
      }
      const { step, payment: about, paid } = decideOrder(state)
      seen.add(step.kind)
      const outcomes = reports.map((report) => outcomeOf(report.payment.status))
      const may = (kind: NextStep['kind'], is: boolean) =>
        step.kind === kind && expect([kind, is]).toEqual([kind, true])
      const mayStillBePaid = outcomes.some((outcome) =>
        ['held', 'paid', 'unclear', 'undecided'].includes(outcome),
      )
      may('fulfill', paid.length === 1 && fulfilled === null)
      if (step.kind === 'fulfill') {
        expect(about?.payment.dispute?.status ?? 'won').toBe('won')
        expect([about?.payment.conflict, about?.payment.operations, about?.payment.review]).toEqual([
          undefined,
          undefined,
          undefined,
        ])
      }
      may(
        'capture',
        paid.length === 0 &&
          fulfilled === null &&
          state.captureRequestedFor !== `test-pay/${about?.payment.id}`,
      )
      if (step.kind === 'ask_again' && step.newPayment) expect(mayStillBePaid).toBe(false)
      may('ask_again', !outcomes.includes('paid') && !outcomes.includes('held') && fulfilled === null)
      may('stop', !mayStillBePaid && fulfilled === null)
      may('send_shopper', paid.length === 0 && fulfilled === null)
      may('none', fulfilled !== null || requested !== null)
      // Whatever is paid and matches is delivered for, once.
      const isClean =
        paid.length === 1 &&
        Object.keys(
          payments.find(([, created]) => paid[0]?.payment.id === `pay_${created}`)?.[2] ?? { no: 1 },
        ).length === 0
      if (isClean && paid[0]?.payment.status === 'captured' && fulfilled === null)
        expect(step.kind).toBe('fulfill')
      if (paid.length > 1) expect(step.kind).toBe('investigate')
      // The order in which payments are given does not matter.
      if (isReversed)
        expect(decideOrder({ ...state, payments: reports.toReversed() })).toEqual(decideOrder(state))
    }),
    { numRuns: 20_000 },
  )
  expect([...seen].toSorted()).toEqual([
    'ask_again',
    'capture',
    'fulfill',
    'investigate',
    'none',
    'stop',
    'wait',
  ])
})

describe('an order with a payment that no report states yet', () => {
  const unanswered = [{ provider: 'other-pay', id: 'pay_9' }]
  const redirect = { action: { kind: 'redirect', url: 'https://bank.example' } } as const
  const decline = { decline: { reason: 'other', retry: 'other_method' } } as const

  it.each<readonly [PaymentStatus, Partial<Payment>, Partial<OrderState>]>([
    ['failed', {}, {}],
    ['canceled', {}, {}],
    ['expired', {}, {}],
    ['refunded', {}, {}],
    ['open', decline, {}],
    ['requires_action', redirect, {}],
    ['requires_action', { action: { kind: 'sdk' } }, {}],
    ['processing', { awaits: 'merchant' }, {}],
    ['failed', {}, { terms: { ...terms, split: true } }],
  ])('sends no shopper to pay a second time, and does not stop: %s', (status, parts, state) => {
    const decision = decideOrder({ terms, payments: [payment(status, 1, parts)], unanswered, ...state })
    expect(decision).toEqual({ status: 'unknown', paid: [], paidTwice: false, step: { kind: 'look_up' } })
  })

  it.each<readonly [string, readonly PaymentReport[], Partial<OrderState>]>([
    ['fulfill pay_1', [payment('captured', 1), payment('failed', 2)], {}],
    ['none pay_1', [payment('refunded', 1)], { fulfilledBy: key(1) }],
    ['capture pay_1', [payment('authorized', 1)], { terms: manual }],
    ['wait pay_1', [payment('processing', 1), payment('failed', 2)], {}],
    ['investigate pay_1', [payment('captured', 1, { review: 'open' })], {}],
    ['wait', [], {}],
  ])('is decided where that payment changes nothing: %s', (expected, payments, state) => {
    expect(decide(payments, { ...state, unanswered })).toBe(expected)
  })

  it('keeps the status of the part that is paid', () => {
    const gift = payment('captured', 1, { amount: { amount: 400, currency: 'EUR' } })
    const state = { terms: { ...terms, split: true }, payments: [gift, payment('failed', 2)], unanswered }
    expect(decideOrder(state)).toMatchObject({ status: 'captured', paid: [gift], step: { kind: 'look_up' } })
  })

  it('may go on with a payment of its own, and asks for no other one', () => {
    const own = (id: string) => ({ unanswered: [{ provider: 'test-pay', id }] })
    expect(decide([payment('requires_action', 1, redirect)], own('pay_1'))).toBe('send_shopper pay_1')
    expect(decide([payment('open', 1, decline)], own('pay_1'))).toBe('ask_again pay_1')
    expect(decide([payment('processing', 1, { awaits: 'merchant' })], own('pay_1'))).toBe('complete pay_1')
    expect(decide([payment('failed', 1)], own('pay_1'))).toBe('look_up')
    expect(decide([payment('requires_action', 1, redirect)], own('pay_2'))).toBe('look_up')
    const reference = { unanswered: [{ provider: 'test-pay', reference: 'order-1' }] }
    expect(decide([payment('requires_action', 1, redirect)], reference)).toBe('look_up')
  })

  it.each([
    'pay_1',
    ['test-pay/pay_1'],
    [null],
    [{ id: 'pay_1' }],
    [{ provider: '', id: 'pay_1' }],
    [{ provider: 'test-pay', id: 1 }],
  ])('refuses keys that name no payment: %j', (keys) => {
    expect(() => decide([], { unanswered: keys as unknown as OrderState['unanswered'] })).toThrow(
      'unanswered must be an array of',
    )
  })
})
