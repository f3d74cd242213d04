import {
  advance,
  type Dispute,
  type DisputeEvent,
  type DisputeStatus,
  type PaymentReport,
} from '@payment-status/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { at, eventBase, lookup, permutations, webhook } from './make.ts'

const event = (
  dispute: Dispute,
  occurred?: number,
  key: DisputeEvent['key'] = { id: 'pay_1' },
): DisputeEvent => ({
  ...eventBase,
  kind: 'dispute',
  key,
  dispute,
  ...(occurred === undefined ? {} : { occurredAt: at(occurred) }),
})
const statuses: Record<DisputeStatus, true> = {
  early_warning: true,
  needs_response: true,
  under_review: true,
  won: true,
  lost: true,
  closed: true,
  unknown: true,
}
const disputeStatuses = Object.keys(statuses) as DisputeStatus[]
const captured = lookup({ status: 'captured' }, 10)
const stored = (first: PaymentReport | undefined, ...events: readonly (PaymentReport | DisputeEvent)[]) =>
  events.reduce<PaymentReport | undefined>((current, next) => advance(current, next).report, first)?.payment
const states = (first: PaymentReport, ...events: readonly (PaymentReport | DisputeEvent)[]) => {
  const { dispute, disputes } = stored(first, ...events) ?? {}
  return [dispute?.status, disputes?.map(({ status }) => status)]
}

describe('a dispute event', () => {
  it('is merged into the recorded state, once, and asks for a lookup', () => {
    const opened = event({ id: 'dp_1', status: 'needs_response' }, 20)
    const first = advance(captured, opened)
    expect(first).toMatchObject({
      outcome: 'applied',
      recheck: true,
      report: {
        source: 'lookup',
        payment: { status: 'captured', dispute: { id: 'dp_1', updatedAt: at(20) } },
      },
    })
    expect(advance(first.report, opened)).toEqual({
      outcome: 'repeated',
      report: first.report,
      recheck: false,
    })
  })

  it('of one dispute, the later by its time stands, whichever came first', () => {
    const events = [
      event({ id: 'dp_1', status: 'needs_response' }, 20),
      event({ id: 'dp_1', status: 'under_review' }, 30),
      event({ id: 'dp_1', status: 'won' }, 40),
    ]
    for (const order of permutations(events)) expect(states(captured, ...order)).toEqual(['won', undefined])
  })

  it('leaves the same in whatever order three of them come, one that repeats a status included', () => {
    const words: readonly DisputeStatus[] = ['needs_response', 'won', 'lost', 'early_warning', 'unknown']
    const named = [
      ['dp_1', 'dp_1', 'dp_1'],
      ['dp_1', 'dp_2', 'dp_1'],
    ]
    const triples = words.flatMap((a) => words.flatMap((b) => words.map((c) => [a, b, c] as const)))
    for (const statuses of triples) {
      for (const ids of named) {
        const events = statuses.map((status, index) =>
          event({ id: ids[index] as string, status }, 20 + index),
        )
        const inOrder = states(captured, ...events)[0]
        for (const order of permutations(events))
          expect([statuses, ids, states(captured, ...order)[0]]).toEqual([statuses, ids, inOrder])
      }
    }
  })

  it('without an id is one of its own: whatever the order, none that is pressing vanishes', () => {
    const anyEvent = fc.record(
      { id: fc.constantFrom('dp_1', 'dp_2'), status: fc.constantFrom(...disputeStatuses) },
      { requiredKeys: ['status'] },
    )
    const isNameless = ({ id, status }: Dispute) => id === undefined && status === 'unknown'
    fc.assert(
      fc.property(fc.array(anyEvent, { minLength: 1, maxLength: 4 }), fc.boolean(), (all, areReports) => {
        const events = all.map((dispute, index) =>
          areReports
            ? webhook({ dispute: { ...dispute, updatedAt: at(20 + index) } }, 20 + index)
            : event(dispute, 20 + index),
        )
        const newest = new Map(all.filter((one) => !isNameless(one)).map((one) => [one.id, one]))
        const expected = newest.size > 0 ? [...newest.values()] : [all.at(-1) as Dispute]
        for (const order of permutations(events)) {
          const { dispute, disputes = [dispute as Dispute] } = stored(captured, ...order) ?? {}
          expect(disputes.map(({ id, status }) => `${id} ${status}`).toSorted()).toEqual(
            expected.map(({ id, status }) => `${id} ${status}`).toSorted(),
          )
          expect(disputes[0]).toEqual(dispute)
          expect(stored(captured, ...order)).toEqual(stored(captured, ...events))
        }
      }),
    )
  })

  it('that repeats a status changes nothing, and what happened before it is old from then on', () => {
    const opened = advance(captured, event({ id: 'dp_1', status: 'needs_response' }, 20)).report
    const again = advance(opened, event({ id: 'dp_1', status: 'needs_response' }, 40))
    expect(again).toMatchObject({ outcome: 'repeated', recheck: false })
    const late = advance(again.report, event({ id: 'dp_1', status: 'won' }, 30))
    expect(late).toEqual({ outcome: 'repeated', report: again.report, recheck: false })
  })

  it('of one dispute and one moment, or without times, the later stage stands', () => {
    for (const occurred of [20, undefined]) {
      const events = (['needs_response', 'won'] as const).map((status) =>
        event({ id: 'dp_1', status }, occurred),
      )
      for (const order of permutations(events)) expect(states(captured, ...order)).toEqual(['won', undefined])
    }
  })

  it('of several disputes, the most pressing stands, and the others are kept', () => {
    const events = (['won', 'needs_response', 'early_warning'] as const).map((status, index) =>
      event({ id: `dp_${index}`, status }, 20),
    )
    for (const order of permutations(events))
      expect(states(captured, ...order)).toEqual([
        'needs_response',
        ['needs_response', 'early_warning', 'won'],
      ])
    const ended = [...events, event({ id: 'dp_1', status: 'won' }, 50)]
    expect(states(captured, ...ended)[0]).toBe('early_warning')
  })

  it('that only unsigned fields name is not recorded', () => {
    const unproven = event({ id: 'dp_1', status: 'needs_response', proven: false }, 20)
    expect(advance(captured, unproven)).toEqual({ outcome: 'repeated', report: captured, recheck: false })
  })

  it('of a payment that nothing is recorded of makes it unknown, until it is looked up', () => {
    const { report, recheck } = advance(undefined, event({ id: 'dp_1', status: 'lost' }, 20))
    expect({ recheck, ...report.payment }).toMatchObject({ recheck: true, id: 'pay_1', status: 'unknown' })
    expect(stored(report, lookup({ status: 'captured' }, 30))).toMatchObject({
      status: 'captured',
      dispute: { id: 'dp_1', status: 'lost' },
    })
  })

  it('that names no payment needs the recorded report, and one of the same provider', () => {
    const unnamed = { ...event({ status: 'lost' }), key: { reference: 'order-1' } }
    expect(() => advance(undefined, unnamed)).toThrow(expect.objectContaining({ code: 'invalid_input' }))
    expect(stored(captured, unnamed)).toMatchObject({ dispute: { status: 'lost' } })
    const foreign = { ...event({ status: 'lost' }), provider: 'other-pay' }
    expect(() => advance(captured, foreign)).toThrow('must be of one provider')
  })
})

describe('a dispute in a report', () => {
  const disputed = advance(captured, event({ id: 'dp_1', status: 'needs_response' }, 20)).report

  it('is not removed by a lookup that states none, and ends by one that states its end', () => {
    expect(states(disputed, lookup({ status: 'captured' }, 30))).toEqual(['needs_response', undefined])
    for (const status of ['won', 'lost', 'closed'] as const)
      expect(states(disputed, lookup({ status: 'captured', dispute: { status } }, 30))).toEqual([
        status,
        undefined,
      ])
  })

  it('survives a correction of the payment', () => {
    const was = advance(
      lookup({ status: 'failed' }, 10),
      event({ id: 'dp_1', status: 'needs_response' }, 20),
    ).report
    expect(advance(was, lookup({ status: 'captured' }, 30)).outcome).toBe('corrected')
    expect(states(was, lookup({ status: 'captured' }, 30))).toEqual(['needs_response', undefined])
  })

  it('adds nothing where it only says that there is one', () => {
    const vague = lookup({ status: 'captured', dispute: { status: 'unknown' } }, 30)
    expect(states(disputed, vague)).toEqual(['needs_response', undefined])
    const first = advance(captured, vague)
    expect(first.outcome).toBe('applied')
    expect(states(first.report, event({ id: 'dp_1', status: 'won' }, 40))).toEqual(['won', undefined])
  })

  it('alone makes a repeated answer one that is applied', () => {
    const answer = lookup({ status: 'captured', dispute: { status: 'lost' } }, 30)
    expect(advance(captured, answer).outcome).toBe('applied')
    expect(advance(advance(captured, answer).report, { ...answer, observedAt: at(40) }).outcome).toBe(
      'repeated',
    )
  })
})

describe('a conflict that no recheck can resolve', () => {
  const less = lookup({ status: 'authorized' }, 20)
  const conflict = advance(captured, less)

  it('is stored, with what the lookup said and since when', () => {
    expect(conflict).toMatchObject({
      outcome: 'conflict',
      recheck: false,
      report: { payment: { status: 'captured', conflict: { status: 'authorized', since: at(20) } } },
    })
    const again = advance(conflict.report, { ...less, observedAt: at(30) })
    expect(again.report.payment.conflict).toEqual({ status: 'authorized', since: at(20) })
  })

  it('ends with the next lookup that agrees, and not with a webhook', () => {
    const later = webhook({ status: 'partially_refunded', refunded: 1 }, 40)
    expect(advance(conflict.report, later).report.payment.conflict).toBeDefined()
    const agreeing = advance(conflict.report, lookup({ status: 'captured' }, 50))
    expect(agreeing.outcome).toBe('applied')
    expect(agreeing.report.payment).not.toHaveProperty('conflict')
    const onward = advance(conflict.report, lookup({ status: 'refunded' }, 50))
    expect(onward.report.payment).not.toHaveProperty('conflict')
  })

  it('is not ended by an answer that was sent before it, nor taken from evidence', () => {
    expect(
      advance(conflict.report, lookup({ status: 'partially_refunded' }, 5)).report.payment.conflict,
    ).toBeDefined()
    expect(stored(undefined, conflict.report)).not.toHaveProperty('conflict')
    expect(stored(captured, { ...conflict.report, observedAt: at(60) })).not.toHaveProperty('conflict')
  })
})

describe('a lookup that lacks a known operation', () => {
  const pending = { id: 're_1', kind: 'refund', status: 'pending' } as const
  const charge = { id: 'ch_1', kind: 'payment', status: 'succeeded' } as const
  const known = webhook({ status: 'captured', operations: [charge, pending] }, 10)

  it('confirms nothing', () => {
    const answer = lookup({ status: 'captured', operations: [charge] }, 20)
    expect(advance(known, answer)).toEqual({ outcome: 'repeated', report: known, recheck: true })
    const whole = lookup({ status: 'captured', operations: [charge, pending] }, 30)
    expect(advance(known, whole)).toMatchObject({
      outcome: 'repeated',
      recheck: false,
      report: { source: 'lookup' },
    })
  })
})

describe('where nothing can be looked up', () => {
  const none = { canLookUp: false }

  it.each<readonly [string, PaymentReport]>([
    ['leaves unknown', webhook({ status: 'unknown' }, 1)],
    ['takes a figure back', webhook({ status: 'captured', captured: 1000, refunded: 300 }, 1)],
    ['undoes a refund', webhook({ status: 'refunded', refunded: 1000 }, 1)],
  ])('later evidence %s', (_, current) => {
    const later = webhook({ status: 'captured', captured: 900, refunded: 0 }, 2)
    const { outcome, recheck, report } = advance(current, later, none)
    expect({ outcome, recheck, ...report.payment }).toMatchObject({
      outcome: 'corrected',
      recheck: false,
      status: 'captured',
      captured: 900,
      refunded: 0,
    })
    expect(advance(current, later).outcome).toBe('conflict')
  })

  it('nothing asks for a recheck, and what cannot be understood is unknown until a later event explains it', () => {
    const current = webhook({ status: 'captured' }, 5)
    const all: readonly (PaymentReport | DisputeEvent)[] = [
      webhook({ status: 'failed' }, 1),
      webhook({ status: 'failed' }, 5),
      webhook({ status: 'unknown' }, 9),
      webhook({ status: 'refunded' }, 9),
      event({ status: 'lost' }, 9),
    ]
    for (const incoming of all) expect(advance(current, incoming, none).recheck).toBe(false)
    const odd = advance(current, webhook({ status: 'unknown' }, 9), none)
    expect(odd).toMatchObject({ outcome: 'corrected', report: { payment: { status: 'unknown' } } })
    const explained = advance(odd.report, webhook({ status: 'captured', captured: 1000 }, 12), none)
    expect(explained.report.payment).toMatchObject({ status: 'captured', captured: 1000 })
    expect(explained.report.payment).not.toHaveProperty('conflict')
  })
})

it('knows every status of a dispute', () => {
  for (const status of disputeStatuses)
    expect(states(captured, event({ id: 'dp_1', status }, 20))[0]).toBe(status)
})
