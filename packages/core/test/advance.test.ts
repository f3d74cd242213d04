import {
  advance,
  outcomeOf,
  type Payment,
  type PaymentReport,
  type PaymentStatus,
  paymentStatuses,
  statusTransitions,
} from '@payment-status/core'
import { describe, expect, it } from 'vitest'
import { at, lookup, makePayment, webhook } from './make.ts'

/** The stored report after some evidence. */
function stored(current: PaymentReport | undefined, incoming: PaymentReport): PaymentReport {
  return advance(current, incoming).report
}

const anything = paymentStatuses.join(' ')
const graph: Readonly<Record<PaymentStatus, string>> = {
  open: anything,
  requires_action: anything,
  processing: anything,
  authorized: 'authorized partially_captured captured partially_refunded refunded canceled expired failed',
  partially_captured: 'partially_captured captured partially_refunded refunded',
  captured: 'captured partially_refunded refunded',
  partially_refunded: 'partially_refunded refunded',
  refunded: 'refunded',
  verified: 'verified',
  canceled: 'canceled',
  expired: 'expired',
  failed: 'failed',
  unknown: 'unknown',
}

it.each(paymentStatuses)('the graph leads from %s where it should', (status) => {
  expect(statusTransitions[status].join(' ')).toBe(graph[status])
})

describe('rule 0: one payment', () => {
  it.each([{ provider: 'other-pay' }, { id: 'pay_2' }])('a report of another one is refused: %o', (parts) => {
    expect(() => advance(lookup({}, 1), lookup(parts, 2))).toThrow(
      expect.objectContaining({ code: 'invalid_input', message: expect.stringMatching(/^\[test-pay\] /) }),
    )
  })

  it.each<readonly [string, unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['a text', 'report'],
    ['an object', {}],
    ['a hint', { evidence: 'hint', provider: 'test-pay', source: 'client', payment: makePayment() }],
    ['a report of no payment', { evidence: 'report' }],
    ['a report of null', { evidence: 'report', payment: null }],
    ['a report of a payment without an id', { evidence: 'report', payment: {} }],
  ])('%s is refused as evidence and as the current report', (_, odd) => {
    const refusal = expect.objectContaining({
      code: 'invalid_input',
      provider: 'payment-status',
      message: '[payment-status] the evidence must be a report. A hint proves nothing: look its key up first',
    })
    expect(() => advance(lookup({}, 1), odd as PaymentReport)).toThrow(refusal)
    expect(() => advance(undefined, odd as PaymentReport)).toThrow(refusal)
    if (odd) expect(() => advance(odd as PaymentReport, lookup({}, 1))).toThrow(refusal)
  })

  it('the refusal says what can be compared', () => {
    expect(() => advance(lookup({}, 1), lookup({ id: 'pay_2' }, 2))).toThrow(
      '[test-pay] both reports must be of one payment (provider and id)',
    )
  })

  it('the refusal repeats no id', () => {
    expect(() => advance(lookup({}, 1), lookup({ id: 'SECRET' }, 2))).toThrow(/^(?!.*(SECRET|pay_1))/)
  })

  it.each(paymentStatuses)('the first report is applied as it is: %s', (status) => {
    const report = webhook({ status }, 1)
    expect(advance(undefined, report)).toMatchObject({ outcome: 'applied', report, recheck: false })
  })
})

describe('what only some sources state', () => {
  it('is joined member by member: an approval and a capture know different numbers', () => {
    const approved = webhook(
      {
        status: 'authorized',
        method: { kind: 'card', name: 'card', last4: '4242' },
        authentication: { eci: '05' },
        trace: { authorizationCode: '643381', networkTransactionId: '956063208697024' },
      },
      1,
    )
    const captured = webhook(
      {
        status: 'captured',
        method: { kind: 'card', name: 'card' },
        authentication: { version: '2.1.0' },
        trace: { acquirerReference: '10754814874042406789848' },
      },
      2,
    )
    expect(stored(approved, captured).payment).toMatchObject({
      method: { kind: 'card', name: 'card', last4: '4242' },
      authentication: { eci: '05', version: '2.1.0' },
      trace: {
        authorizationCode: '643381',
        networkTransactionId: '956063208697024',
        acquirerReference: '10754814874042406789848',
      },
    })
    expect(stored(approved, webhook({ status: 'captured' }, 2)).payment.trace).toEqual(approved.payment.trace)
  })

  it('of another way to pay leaves nothing of the first', () => {
    const first = webhook({ status: 'processing', method: { kind: 'card', last4: '4242' } }, 1)
    const second = webhook({ status: 'captured', method: { kind: 'voucher', name: 'oxxo' } }, 2)
    expect(stored(first, second).payment.method).toEqual({ kind: 'voucher', name: 'oxxo' })
  })
})

describe('rule 1: repeated', () => {
  const repeated = { outcome: 'repeated', recheck: false }

  it('is evidence that states nothing new, whatever its source and age', () => {
    const current = lookup({ status: 'captured', captured: 1000 }, 5)
    expect(advance(current, lookup({ status: 'captured', captured: 1000 }, 9))).toMatchObject(repeated)
    expect(advance(current, webhook({ status: 'captured' }, 1))).toMatchObject(repeated)
    expect(advance(current, webhook({ status: 'captured' }, 9))).toMatchObject(repeated)
    expect(advance(current, lookup({ status: 'captured' }, 2, 'list'))).toMatchObject(repeated)
  })

  it('the words it was read from and the time of its update do not count', () => {
    const current = webhook({ facts: { type: 'payment_captured' }, updatedAt: at(1) }, 1)
    const same = lookup({ facts: { status: 'Captured', approved: true }, updatedAt: at(2) }, 9)
    expect(advance(current, same)).toMatchObject(repeated)
  })

  it.each<readonly [string, PaymentReport, PaymentReport, Partial<PaymentReport>]>([
    ['a lookup, which confirms', webhook({}, 1, 2), lookup({}, 5), { source: 'lookup', observedAt: at(5) }],
    [
      'a lookup that was sent before',
      webhook({}, 1, 9),
      lookup({}, 5),
      { source: 'lookup', observedAt: at(9) },
    ],
    ['a lookup, over a list', lookup({}, 1, 'list'), lookup({}, 5), { source: 'lookup', observedAt: at(5) }],
    [
      'a list, which confirms nothing',
      webhook({}, 1, 2),
      lookup({}, 5, 'list'),
      { source: 'webhook', occurredAt: at(1), observedAt: at(5) },
    ],
    ['a webhook, over a lookup', lookup({}, 1), webhook({}, 3, 5), { source: 'lookup', observedAt: at(5) }],
    [
      'a webhook, over a list',
      lookup({}, 1, 'list'),
      webhook({}, 3, 5),
      { source: 'list', observedAt: at(5) },
    ],
    [
      'a webhook, over a webhook',
      webhook({}, 1, 2),
      webhook({}, 3, 5),
      { source: 'webhook', occurredAt: at(3), observedAt: at(5) },
    ],
    [
      'an older webhook',
      webhook({}, 3, 5),
      webhook({}, 1, 2),
      { source: 'webhook', occurredAt: at(3), observedAt: at(5) },
    ],
    [
      'a webhook that has a time, over one that has none',
      webhook({}, undefined, 2),
      webhook({}, 3, 5),
      { source: 'webhook', occurredAt: at(3), observedAt: at(5) },
    ],
    [
      'a webhook that has none',
      webhook({}, 3, 5),
      webhook({}, undefined, 6),
      { source: 'webhook', occurredAt: at(3), observedAt: at(6) },
    ],
    [
      'a webhook that has none, over one that has none',
      webhook({}, undefined, 5),
      webhook({}, undefined, 6),
      { source: 'webhook', observedAt: at(6) },
    ],
  ])('what is known is known to hold for longer: by %s', (_, current, incoming, kept) => {
    const { payment } = current
    const news = advance(current, incoming)
    expect(news).toStrictEqual({
      outcome: 'repeated',
      report: { evidence: 'report', payment, ...kept },
      recheck: false,
    })
  })

  it('a moment written in two ways keeps its first writing', () => {
    const current = { ...lookup({}, 1), observedAt: '2026-11-20T12:00:01Z' }
    expect(stored(current, lookup({}, 1)).observedAt).toBe('2026-11-20T12:00:01Z')
  })

  it('nested fields are compared by what they hold', () => {
    const dispute = { id: 'dp_1', status: 'lost', amount: { amount: 1, currency: 'EUR' } } as const
    const action = { kind: 'show', what: 'voucher', text: '1' } as const
    const current = webhook({ status: 'requires_action', dispute, action }, 1)
    expect(advance(current, structuredClone(current))).toMatchObject(repeated)
    const other = webhook({ status: 'requires_action', action: { ...action, text: '2' } }, 1)
    expect(advance(current, other).outcome).toBe('applied')
  })

  it('one moment written in two ways does not count', () => {
    const current = webhook({ createdAt: '2026-11-20T12:00:00.000Z' }, 1)
    expect(advance(current, webhook({ createdAt: '2026-11-20T12:00:00Z' }, 2))).toMatchObject(repeated)
  })

  it.each<Partial<Payment>>([
    { captured: 1000 },
    { reference: 'order-2' },
    { settlement: { rate: '1.1' } },
    { dispute: { status: 'needs_response' } },
    { createdAt: at(0) },
  ])('a field that was not known is applied: %o', (parts) => {
    expect(advance(webhook({}, 1), webhook(parts, 2)).outcome).toBe('applied')
  })
})

describe('rule 2: older evidence is stale', () => {
  it('an event before the current event', () => {
    const current = webhook({ status: 'processing' }, 10)
    expect(advance(current, webhook({ status: 'failed' }, 9, 20))).toMatchObject({
      outcome: 'stale',
      recheck: true,
    })
    expect(advance(current, webhook({ status: 'failed' }, 10, 20)).outcome).toBe('applied')
  })

  it('an event before the current lookup was sent', () => {
    for (const source of ['lookup', 'list'] as const) {
      const current = lookup({ status: 'processing' }, 10, source)
      expect(advance(current, webhook({ status: 'failed' }, 9, 20)).outcome).toBe('stale')
      expect(advance(current, webhook({ status: 'failed' }, 10, 20)).outcome).toBe('applied')
    }
  })

  it('a lookup sent before what we know was observed', () => {
    for (const source of ['lookup', 'list'] as const) {
      for (const current of [
        lookup({ status: 'processing' }, 10),
        webhook({ status: 'processing' }, 1, 10),
      ]) {
        const late = lookup({ status: 'failed' }, 9, source)
        expect(advance(current, late)).toMatchObject({ outcome: 'stale', recheck: true })
        expect(advance(current, lookup({ status: 'failed' }, 11, source)).outcome).toBe('applied')
      }
    }
  })

  it('of one moment, what is further along stands, whichever came first', () => {
    const statuses = ['open', 'requires_action', 'processing', 'authorized', 'captured', 'refunded'] as const
    for (const [earlier, from] of statuses.entries()) {
      for (const to of statuses.slice(earlier + 1)) {
        for (const make of [webhook, lookup]) {
          const [first, second] = [make({ status: from }, 10), make({ status: to }, 10)]
          expect(advance(first, second)).toMatchObject({
            outcome: 'applied',
            report: { payment: { status: to } },
          })
          const reversed = advance(second, first)
          expect(reversed.report).toEqual(second)
          expect(reversed).toMatchObject({ outcome: 'stale', recheck: false })
        }
      }
    }
  })

  it('of one moment and one status, what adds to it is applied', () => {
    for (const make of [webhook, lookup]) {
      const news = advance(make({ status: 'captured' }, 10), make({ status: 'captured', captured: 1000 }, 10))
      expect(news).toMatchObject({ outcome: 'applied', report: { payment: { captured: 1000 } } })
    }
  })

  it('of one moment, the larger figure stands, whichever came first', () => {
    for (const make of [webhook, lookup]) {
      const [part, more] = [400, 600].map((captured) => make({ status: 'partially_captured', captured }, 10))
      expect(advance(part, more as PaymentReport)).toMatchObject({ outcome: 'applied', recheck: false })
      expect(advance(more, part as PaymentReport)).toEqual({ outcome: 'stale', report: more, recheck: false })
    }
  })

  it('of one moment, what can neither follow nor precede is rechecked', () => {
    const current = webhook({ status: 'captured' }, 10)
    expect(advance(current, webhook({ status: 'failed' }, 10))).toEqual({
      outcome: 'conflict',
      report: current,
      recheck: true,
    })
    const answered = lookup({ status: 'captured' }, 10)
    expect(advance(answered, lookup({ status: 'failed' }, 10))).toEqual({
      outcome: 'stale',
      report: answered,
      recheck: true,
    })
  })

  it('of one moment, held and ended without money is rechecked, whichever came first', () => {
    for (const end of ['failed', 'canceled', 'expired'] as const) {
      const [held, ended] = [webhook({ status: 'authorized' }, 10), webhook({ status: end }, 10)]
      expect(advance(held, ended).recheck).toBe(true)
      expect(advance(ended, held).recheck).toBe(true)
    }
  })

  it('is rechecked when it states held or paid and the record knows of no money', () => {
    for (const status of ['failed', 'canceled', 'expired', 'verified', 'unknown'] as const)
      for (const stated of ['authorized', 'captured', 'partially_captured', 'partially_refunded'] as const)
        expect(advance(webhook({ status }, 10), webhook({ status: stated }, 9))).toMatchObject({
          outcome: 'stale',
          recheck: true,
        })
    expect(advance(webhook({ status: 'failed' }, 10), webhook({ status: 'canceled' }, 9)).recheck).toBe(false)
    expect(advance(webhook({ status: 'refunded' }, 10), webhook({ status: 'failed' }, 9)).recheck).toBe(false)
  })

  it('is rechecked when the graph would allow the move', () => {
    const current = webhook({ status: 'authorized' }, 10)
    expect(advance(current, webhook({ status: 'captured' }, 9))).toMatchObject({
      outcome: 'stale',
      recheck: true,
    })
    expect(advance(current, webhook({ status: 'processing' }, 9))).toMatchObject({
      outcome: 'stale',
      recheck: false,
    })
    expect(advance(current, webhook({ status: 'unknown' }, 9))).toMatchObject({
      outcome: 'stale',
      recheck: false,
    })
  })

  it('is rechecked when it is a lookup, wherever it leads', () => {
    const current = webhook({ status: 'captured' }, 10)
    expect(advance(current, lookup({ status: 'open' }, 9))).toMatchObject({ outcome: 'stale', recheck: true })
  })

  it('moments are compared, not text', () => {
    const current = { ...webhook({ status: 'open' }, 0), occurredAt: '2026-11-20T12:00:00.500Z' }
    const earlier = { ...webhook({ status: 'failed' }, 0), occurredAt: '2026-11-20T12:00:00Z' }
    expect(advance(current, earlier).outcome).toBe('stale')
    const sameInBeijing = { ...earlier, occurredAt: '2026-11-20T20:00:00.500+08:00' }
    expect(advance(current, sameInBeijing).outcome).toBe('applied')
  })

  it('evidence without a time of its own is not stale', () => {
    expect(advance(lookup({ status: 'open' }, 10), webhook({ status: 'failed' }, undefined)).outcome).toBe(
      'applied',
    )
    expect(advance(webhook({ status: 'open' }, 10), webhook({ status: 'failed' }, undefined)).outcome).toBe(
      'applied',
    )
  })
})

describe('rule 3: unknown', () => {
  it.each(['open', 'captured', 'failed'] as const)('never replaces %s', (status) => {
    const current = webhook({ status }, 1)
    const unknown = { status: 'unknown' } as const
    expect(advance(current, webhook(unknown, 2))).toMatchObject({ outcome: 'conflict', recheck: true })
    expect(advance(current, lookup(unknown, 2))).toMatchObject({ outcome: 'conflict', recheck: false })
    // A row of a list that could not be read is worth a lookup.
    expect(advance(current, lookup(unknown, 2, 'list'))).toMatchObject({ outcome: 'conflict', recheck: true })
  })

  it('stated again with more is applied: nothing better is known', () => {
    for (const make of [webhook, lookup]) {
      const news = advance(make({ status: 'unknown' }, 1), make({ status: 'unknown', captured: 1 }, 2))
      expect(news).toMatchObject({ outcome: 'applied', recheck: false, report: { payment: { captured: 1 } } })
    }
  })

  it('of a lookup that lacks a known step is asked again with all of them', () => {
    const step = (id: string) => ({ id, kind: 'other', status: 'succeeded' }) as const
    const current = webhook({ status: 'captured', operations: [step('1'), step('2')] }, 1)
    const found = advance(current, lookup({ status: 'unknown', operations: [step('1'), step('3')] }, 2))
    expect(found).toMatchObject({ outcome: 'conflict', recheck: true })
    expect(found.report.payment).toMatchObject({
      status: 'captured',
      operations: [{ id: '1' }, { id: '2' }, { id: '3' }],
    })
    const whole = lookup({ status: 'unknown', operations: [step('1'), step('2'), step('3')] }, 3)
    expect(advance(found.report, whole)).toMatchObject({ outcome: 'conflict', recheck: false })
  })

  it('is left by a lookup, not by a webhook', () => {
    const current = webhook({ status: 'unknown' }, 1)
    expect(advance(current, webhook({ status: 'captured' }, 2))).toMatchObject({
      outcome: 'conflict',
      recheck: true,
    })
    expect(advance(current, lookup({ status: 'captured' }, 2)).outcome).toBe('corrected')
  })
})

describe('rule 4: steps that lack a known one', () => {
  const step = (id: string) => ({ id, kind: 'capture', status: 'succeeded' }) as const
  const known = { status: 'authorized', authorized: 1000, operations: [step('1'), step('2')] } as const

  it.each([webhook, lookup])('on the graph, and with no amount falling, are joined and asked for', (make) => {
    const news = advance(
      webhook(known, 1),
      make({ status: 'captured', operations: [step('1'), step('3')] }, 2),
    )
    expect(news).toMatchObject({
      outcome: 'applied',
      recheck: true,
      report: { payment: { status: 'captured', operations: [{ id: '1' }, { id: '2' }, { id: '3' }] } },
    })
  })

  it.each<Partial<Payment>>([
    { status: 'open' },
    { status: 'captured', authorized: 999 },
    { status: 'verified' },
  ])('contradict otherwise, are remembered and asked for: %o', (parts) => {
    for (const make of [webhook, lookup]) {
      const news = advance(webhook(known, 1), make({ ...parts, operations: [step('3')] }, 2))
      expect(news).toMatchObject({
        outcome: 'conflict',
        recheck: true,
        report: { payment: { status: 'authorized', operations: [{ id: '1' }, { id: '2' }, { id: '3' }] } },
      })
    }
  })

  it('are remembered of older evidence too', () => {
    const news = advance(webhook(known, 5), webhook({ status: 'open', operations: [step('3')] }, 1))
    expect(news).toMatchObject({ outcome: 'stale' })
    expect(news.report.payment.operations).toEqual([step('1'), step('2'), step('3')])
    const bare = webhook({ status: 'captured' }, 5)
    expect(stored(bare, webhook({ status: 'open', operations: [step('3')] }, 1)).payment.operations).toEqual([
      step('3'),
    ])
    expect(stored(bare, webhook({ status: 'open', operations: [] }, 1))).toBe(bare)
    expect(
      stored(webhook(known, 5), webhook({ status: 'open', operations: [step('1')] }, 1)).payment,
    ).toEqual(webhook(known, 5).payment)
  })

  it('are not missed where no operation is stated, or known', () => {
    expect(advance(webhook(known, 1), lookup({ status: 'captured' }, 2))).toMatchObject({
      outcome: 'applied',
      recheck: false,
      report: { payment: { operations: known.operations } },
    })
    const first = advance(webhook({ status: 'authorized' }, 1), lookup({ ...known, status: 'captured' }, 2))
    expect(first).toMatchObject({
      outcome: 'applied',
      recheck: false,
      report: { payment: { operations: known.operations } },
    })
  })

  it('are repeated where each is known as it is', () => {
    const current = webhook(known, 1)
    expect(advance(current, webhook({ ...known, operations: [step('2')] }, 2)).outcome).toBe('repeated')
    expect(advance(current, webhook({ ...known, operations: [] }, 2)).outcome).toBe('repeated')
    const moved = { ...step('2'), status: 'failed' } as const
    expect(advance(current, webhook({ ...known, operations: [step('1'), moved] }, 2)).outcome).toBe('applied')
    expect(advance(webhook({}, 1), webhook({ operations: [step('1')] }, 2)).outcome).toBe('applied')
  })
})

describe('rule 7: what a correction leaves of the payment it corrects', () => {
  it('is what only another source states, and what never changes', () => {
    const lasting = {
      createdAt: at(0),
      settlement: { rate: '1.1' },
      method: { kind: 'card' },
      trace: { authorizationCode: 'A1' },
      dispute: { status: 'won' },
    } as const
    const passing = {
      authorized: 1,
      captured: 2,
      refunded: 3,
      action: { kind: 'sdk' },
      decline: { reason: 'other', retry: 'never' },
      authentication: { eci: '05' },
      authorizationExpiresAt: at(9),
      updatedAt: at(1),
    } as const
    const stated = { provider: 'test-pay', id: 'pay_1', status: 'captured', facts: { stated: 1 } } as const
    const news = advance(webhook({ status: 'failed', ...lasting, ...passing }, 1), {
      ...lookup({}, 2),
      payment: stated,
    })
    expect(news).toMatchObject({ outcome: 'corrected', recheck: false })
    expect(news.report.payment).toEqual({ ...stated, ...lasting, reference: 'order-1' })
  })

  it('gives way to what the lookup states', () => {
    const news = advance(
      webhook({ status: 'failed', method: { kind: 'card' }, createdAt: at(0) }, 1),
      lookup({ status: 'captured', method: { kind: 'wallet' }, createdAt: at(1) }, 2),
    )
    expect(news.report.payment).toMatchObject({ method: { kind: 'wallet' }, createdAt: at(1) })
  })
})

describe('rule 5: a lookup that takes everything back is a conflict for a person', () => {
  const counted = paymentStatuses.filter((status) => /held|paid|returned|verified/.test(outcomeOf(status)))
  it.each(counted.filter((status) => outcomeOf(status) !== 'not_paid'))('%s into undecided', (status) => {
    for (const undecided of ['open', 'requires_action', 'processing'] as const) {
      for (const source of ['lookup', 'list'] as const) {
        expect(advance(webhook({ status }, 1), lookup({ status: undecided }, 2, source))).toMatchObject({
          outcome: 'conflict',
          recheck: false,
        })
      }
    }
  })

  it('is not about payments that came to nothing: those are corrected', () => {
    for (const status of ['failed', 'canceled', 'expired', 'unknown'] as const) {
      expect(advance(webhook({ status }, 1), lookup({ status: 'processing' }, 2)).outcome).toBe('corrected')
    }
  })
})

describe('rules 3 to 7: newer evidence of the same amounts, from every status to every other', () => {
  it.each(paymentStatuses)('by webhook, from %s', (from) => {
    for (const to of paymentStatuses) {
      const { outcome, recheck } = advance(webhook({ status: from }, 1), webhook({ status: to }, 2))
      const onGraph = graph[from].split(' ').includes(to)
      const wanted = to === from ? 'repeated' : to !== 'unknown' && onGraph ? 'applied' : 'conflict'
      expect({ to, outcome, recheck }).toEqual({ to, outcome: wanted, recheck: wanted === 'conflict' })
    }
  })

  it.each(paymentStatuses)('by lookup, from %s', (from) => {
    const counts = /authorized|captured|refunded|verified/.test(from)
    for (const to of paymentStatuses) {
      const { outcome, recheck } = advance(webhook({ status: from }, 1), lookup({ status: to }, 2))
      const onGraph = graph[from].split(' ').includes(to)
      const ended = /captured|refunded|canceled|expired|failed/.test(from)
      const undone = (counts && /open|requires_action|processing/.test(to)) || (ended && to === 'authorized')
      const wanted =
        to === from ? 'repeated' : to === 'unknown' || undone ? 'conflict' : onGraph ? 'applied' : 'corrected'
      expect({ to, outcome, recheck }).toEqual({ to, outcome: wanted, recheck: false })
    }
  })
})

describe('rules 6 and 7: an amount that falls', () => {
  const known: Partial<Payment> = { status: 'captured', authorized: 1000, captured: 1000, refunded: 100 }
  it.each<Partial<Payment>>([
    { authorized: 999 },
    { captured: 999 },
    { refunded: 99 },
    { amount: { amount: 999, currency: 'EUR' } },
    { amount: { amount: 1000, currency: 'USD' } },
  ])('is a conflict by webhook and a correction by lookup: %o', (parts) => {
    for (const status of ['captured', 'partially_refunded'] as const) {
      const stated = { ...known, status, ...parts }
      expect(advance(webhook(known, 1), webhook(stated, 2))).toMatchObject({
        outcome: 'conflict',
        recheck: true,
      })
      expect(advance(webhook(known, 1), lookup(stated, 2)).outcome).toBe('corrected')
      expect(advance(webhook(known, 1), lookup(stated, 2, 'list')).outcome).toBe('corrected')
    }
  })

  it('figures that grow, or are stated for the first time, are applied', () => {
    expect(advance(webhook(known, 1), webhook({ ...known, refunded: 101 }, 2)).outcome).toBe('applied')
    expect(advance(webhook({}, 1), webhook({ captured: 0 }, 2)).outcome).toBe('applied')
  })
})

describe('what is stored', () => {
  it('fields that are not stated are kept, the stated ones replaced', () => {
    const current = lookup(
      { status: 'authorized', authorized: 1000, createdAt: at(0), settlement: { rate: '1.2' } },
      1,
    )
    const { amount, reference, ...silent } = makePayment({
      status: 'captured',
      captured: 1000,
      facts: { n: 1 },
    })
    expect(stored(current, { ...webhook({}, 2), payment: silent }).payment).toEqual({
      ...current.payment,
      status: 'captured',
      captured: 1000,
      facts: { n: 1 },
    })
  })

  it('a member that holds undefined states nothing', () => {
    const empty = { reference: undefined, authorized: undefined } as unknown as Partial<Payment>
    const current = lookup({ status: 'authorized', authorized: 1000 }, 1)
    const { payment } = stored(current, webhook({ status: 'captured', ...empty }, 2))
    expect(payment).toMatchObject({ reference: 'order-1', authorized: 1000 })
  })

  it('nothing captured yet, or refunded yet, ends with the status that says otherwise', () => {
    const held = lookup({ status: 'authorized', captured: 0, refunded: 0 }, 1)
    const paid = stored(held, webhook({ status: 'captured' }, 2)).payment
    expect(paid).not.toHaveProperty('captured')
    expect(paid.refunded).toBe(0)
    const taken = lookup({ status: 'captured', captured: 1000, refunded: 0 }, 3)
    const returned = stored(taken, webhook({ status: 'refunded' }, 4)).payment
    expect(returned).not.toHaveProperty('refunded')
    expect(returned.captured).toBe(1000)
  })

  it('action and decline are kept only while the status is unchanged', () => {
    const action = { kind: 'sdk' } as const
    const decline = { reason: 'other', retry: 'never' } as const
    const current = webhook({ status: 'requires_action', action, decline }, 1)
    const same = stored(
      current,
      webhook({ status: 'requires_action', updatedAt: at(2), captured: 0 }, 2),
    ).payment
    expect(same).toMatchObject({ action, decline })
    const moved = stored(current, webhook({ status: 'processing' }, 2)).payment
    expect(moved).not.toHaveProperty('action')
    expect(moved).not.toHaveProperty('decline')
    expect(stored(current, webhook({ status: 'open', decline }, 2)).payment).toMatchObject({ decline })
  })

  it('figures in another currency are not kept', () => {
    const current = webhook({ status: 'open', authorized: 7, captured: 8, refunded: 9 }, 1)
    const { payment } = stored(current, lookup({ status: 'open', amount: { amount: 5, currency: 'USD' } }, 2))
    expect(payment).toEqual(makePayment({ status: 'open', amount: { amount: 5, currency: 'USD' } }))
  })

  it('neither report is changed', () => {
    const current = webhook({ status: 'open', decline: { reason: 'other', retry: 'never' } }, 1)
    const incoming = lookup({ status: 'captured' }, 2)
    const before = structuredClone([current, incoming])
    advance(current, incoming)
    expect([current, incoming]).toEqual(before)
  })

  it('what is stored has the source and the times of the newer report', () => {
    const after = stored(webhook({ status: 'open' }, 1), lookup({ status: 'captured' }, 5))
    expect(after).toMatchObject({ source: 'lookup', observedAt: at(5) })
    expect(after).not.toHaveProperty('occurredAt')
    const next = stored(after, webhook({ status: 'refunded' }, 7, 9))
    expect(next).toMatchObject({ source: 'webhook', occurredAt: at(7), observedAt: at(9) })
  })

  it('an old lookup is stale after a webhook was applied over a newer one', () => {
    const looked = lookup({ status: 'processing' }, 10)
    // Received before that lookup was sent, handled after it.
    const after = stored(looked, webhook({ status: 'requires_action' }, 11, 5))
    expect(advance(after, lookup({ status: 'failed' }, 8)).outcome).toBe('stale')
    expect(advance(after, webhook({ status: 'failed' }, 9)).outcome).toBe('stale')
  })

  it('an event without a time does not let older ones in again', () => {
    const after = stored(webhook({ status: 'open' }, 10), webhook({ status: 'processing' }, undefined, 11))
    expect(advance(after, webhook({ status: 'failed' }, 9)).outcome).toBe('stale')
  })
})

describe('a list counts as a lookup only for what it states', () => {
  it('it does not take back a refund it does not mention', () => {
    const refunded = webhook({ status: 'partially_refunded', captured: 1000, refunded: 300 }, 1)
    expect(advance(refunded, lookup({ status: 'captured', captured: 1000 }, 2, 'list'))).toMatchObject({
      outcome: 'conflict',
      recheck: true,
    })
    expect(advance(refunded, lookup({ status: 'captured', refunded: 0 }, 2, 'list')).outcome).toBe(
      'corrected',
    )
  })

  it('it does not take back that all was refunded', () => {
    const refunded = webhook({ status: 'refunded', captured: 1000, refunded: 1000 }, 1)
    expect(advance(refunded, lookup({ status: 'captured', captured: 1000 }, 2, 'list'))).toMatchObject({
      outcome: 'conflict',
      recheck: true,
    })
    expect(advance(refunded, lookup({ status: 'captured', refunded: 0 }, 2, 'list')).outcome).toBe(
      'corrected',
    )
  })

  it('it does not take back a capture it does not mention', () => {
    const captured = webhook({ status: 'captured' }, 1)
    expect(advance(captured, lookup({ status: 'authorized' }, 2, 'list'))).toMatchObject({
      outcome: 'conflict',
      recheck: true,
    })
    expect(advance(captured, lookup({ status: 'authorized', captured: 0 }, 2, 'list')).outcome).toBe(
      'corrected',
    )
  })

  it('it moves a payment on, and corrects one that came to nothing', () => {
    expect(advance(webhook({ status: 'open' }, 1), lookup({}, 2, 'list')).outcome).toBe('applied')
    expect(advance(webhook({ status: 'failed' }, 1), lookup({}, 2, 'list')).outcome).toBe('corrected')
  })

  it('what it does not state is kept, where it corrects too', () => {
    const refused = webhook({ status: 'failed', authentication: { eci: '05' } }, 1)
    const news = advance(refused, lookup({ status: 'captured' }, 2, 'list'))
    expect(news).toMatchObject({
      outcome: 'corrected',
      report: { payment: { status: 'captured', authentication: { eci: '05' } } },
    })
  })

  it('what it does not state is kept', () => {
    const current = webhook({ status: 'authorized', authorized: 1000 }, 1)
    expect(stored(current, lookup({ status: 'captured' }, 2, 'list')).payment.authorized).toBe(1000)
  })
})
