import { type PaymentHint, type PaymentReport, resolveAttempts } from '@payment-status/core'
import { describe, expect, it } from 'vitest'
import { at, attempts, lookup, permutations, webhook } from './make.ts'

const decidingId = (...words: readonly string[]) => resolveAttempts(attempts(...words)).deciding?.payment.id

describe('which attempt decides', () => {
  it('a paid one, however old', () => {
    expect(decidingId('failed@9', 'processing@8', 'authorized@7', 'captured@1')).toBe('pay_3')
    expect(decidingId('unknown@9', 'partially_captured@1')).toBe('pay_1')
    expect(decidingId('unknown@9', 'partially_refunded@1')).toBe('pay_1')
  })

  it('then a held one', () => {
    expect(decidingId('processing@9', 'unknown@8', 'authorized@1', 'open@10')).toBe('pay_2')
  })

  it('then the newest processing or unknown one', () => {
    expect(decidingId('processing@1', 'unknown@2', 'failed@9')).toBe('pay_1')
    expect(decidingId('processing@2', 'unknown@1', 'open@9')).toBe('pay_0')
  })

  it('then the newest of the rest', () => {
    expect(decidingId('failed@1', 'open@3', 'canceled@2')).toBe('pay_1')
    expect(decidingId('refunded@3', 'requires_action@2', 'expired@1')).toBe('pay_0')
    expect(decidingId('refunded@1', 'verified@2')).toBe('pay_1')
  })

  it('one without createdAt sorts last', () => {
    expect(decidingId('failed', 'open@1')).toBe('pay_1')
    expect(decidingId('failed@1', 'open')).toBe('pay_0')
    expect(decidingId('unknown', 'processing@1', 'unknown')).toBe('pay_1')
  })

  it('none: unknown, and nothing decides', () => {
    expect(resolveAttempts([])).toStrictEqual({ status: 'unknown', paid: [], paidTwice: false })
  })

  it('times are compared as moments, not as text', () => {
    const early = lookup({ id: 'early', status: 'failed', createdAt: '2026-11-20T12:00:00Z' }, 0)
    const late = lookup({ id: 'late', status: 'open', createdAt: '2026-11-20T12:00:00.500Z' }, 0)
    expect(resolveAttempts([early, late]).deciding).toBe(late)
  })
})

describe('paid twice', () => {
  it('is true when two payments are paid, and both are listed', () => {
    const standing = resolveAttempts(attempts('captured@1', 'failed@3', 'partially_captured@2'))
    expect(standing).toMatchObject({ paidTwice: true, status: 'partially_captured' })
    expect(standing.paid.map(({ payment }) => payment.id)).toEqual(['pay_2', 'pay_0'])
  })

  it('is false when the first was refunded, or the second only held', () => {
    expect(resolveAttempts(attempts('refunded@1', 'captured@2')).paidTwice).toBe(false)
    expect(resolveAttempts(attempts('captured@1', 'authorized@2')).paidTwice).toBe(false)
  })

  it('is false for one payment that was reported twice', () => {
    const stated = webhook({ status: 'captured' }, 1)
    expect(resolveAttempts([stated, stated])).toMatchObject({ paidTwice: false, status: 'captured' })
    expect(resolveAttempts([stated, lookup({ status: 'captured' }, 9)]).paid).toHaveLength(1)
  })

  it('is true for two payments with the same id at two providers', () => {
    const here = lookup({ provider: 'here' }, 1)
    const there = lookup({ provider: 'there' }, 1)
    expect(resolveAttempts([here, there]).paidTwice).toBe(true)
  })

  it('of two reports of one payment the newer counts, in whatever order they are given', () => {
    const paid = lookup({ status: 'captured' }, 1)
    const returned = lookup({ status: 'refunded' }, 2)
    for (const reports of [
      [paid, returned],
      [returned, paid],
    ]) {
      expect(resolveAttempts(reports)).toMatchObject({ status: 'refunded', paid: [] })
    }
  })
})

it('an old webhook without a time of its own does not overrule the lookup that came after it', () => {
  const looked = lookup({ status: 'requires_action' }, 5)
  const old = webhook({ status: 'processing' }, undefined, 1)
  for (const reports of [
    [looked, old],
    [old, looked],
  ]) {
    expect(resolveAttempts(reports).status).toBe('requires_action')
  }
})

describe('two reports of one payment that contradict each other', () => {
  const refused = webhook({ status: 'failed' }, 1)
  const paid = webhook({ status: 'captured' }, 2)

  it('count as paid, whichever came first: the shopper must not be charged again', () => {
    for (const reports of [
      [refused, paid],
      [paid, refused],
    ]) {
      expect(resolveAttempts(reports)).toMatchObject({ status: 'captured', paidTwice: false })
    }
  })

  it('count as paid also where both were asked at one moment', () => {
    const held = lookup({ status: 'authorized' }, 5)
    const taken = lookup({ status: 'captured' }, 5)
    expect(resolveAttempts([held, taken]).status).toBe('captured')
    expect(resolveAttempts([taken, held]).status).toBe('captured')
  })

  it('count as paid also where the older event came in at the same moment', () => {
    const held = webhook({ status: 'authorized' }, 3, 5)
    const taken = webhook({ status: 'captured' }, 1, 5)
    expect(resolveAttempts([held, taken]).status).toBe('captured')
  })

  it('count as one: what a report without the contradiction states is kept', () => {
    const held = lookup({ status: 'authorized', authorized: 1000 }, 5)
    const taken = lookup({ status: 'captured', captured: 1000 }, 5)
    expect(resolveAttempts([held, taken]).deciding?.payment).toMatchObject({
      authorized: 1000,
      captured: 1000,
    })
  })

  it('count as what was known where neither makes more of it than that', () => {
    const whole = webhook({ status: 'captured', captured: 1000 }, 1)
    const part = webhook({ status: 'captured', captured: 400 }, 2)
    expect(resolveAttempts([whole, part]).deciding?.payment.captured).toBe(1000)
    const held = webhook({ status: 'authorized' }, 1)
    const unreadable = webhook({ status: 'unknown' }, 2)
    expect(resolveAttempts([held, unreadable]).status).toBe('authorized')
  })

  it('count as refunded where that is the later evidence', () => {
    const returned = lookup({ status: 'refunded' }, 9)
    expect(resolveAttempts([paid, returned]).status).toBe('refunded')
  })
})

describe('what an older report says', () => {
  const refused = lookup({ status: 'failed' }, 5)
  const paid = webhook({ status: 'captured' }, 1, 9) // happened before the lookup, came after it

  it('does not make it paid: the lookup after it knew better', () => {
    for (const reports of [
      [refused, paid],
      [paid, refused],
    ]) {
      expect(resolveAttempts(reports)).toMatchObject({ status: 'failed', paid: [] })
    }
  })

  it('does not undo a refund', () => {
    const returned = webhook({ status: 'refunded' }, 2)
    const late = webhook({ status: 'captured' }, 3)
    expect(resolveAttempts([returned, late]).status).toBe('refunded')
    expect(resolveAttempts([late, returned]).status).toBe('refunded')
  })

  it('is kept where a correction does not state it', () => {
    const refusedWithTime = webhook({ status: 'failed', createdAt: at(0) }, 1)
    const { payment } = resolveAttempts([refusedWithTime, lookup({ status: 'captured' }, 9)]).deciding ?? {}
    expect(payment).toMatchObject({ status: 'captured', createdAt: at(0) })
  })
})

describe('the order in which reports are given', () => {
  it('does not matter among payments of one moment: those of one provider come by id', () => {
    const of = (provider: string, id: string) => lookup({ provider, id, createdAt: at(1) }, 9)
    const all = [of('a', '1'), of('a', '2'), of('b', '1'), of('b', '0')]
    for (const given of permutations(all)) {
      const { paid, deciding } = resolveAttempts(given)
      expect(paid.map(({ payment }) => payment.provider + payment.id)).toEqual(['a1', 'a2', 'b0', 'b1'])
      expect(deciding?.payment).toMatchObject({ provider: 'a', id: '1' })
    }
  })

  it('does not matter for what is kept of two tellings of one moment', () => {
    const stated = ['card', 'wallet', 'voucher', 'other'].map((kind) =>
      lookup({ status: 'captured', method: { kind: kind as 'card' } }, 1),
    )
    const kept = permutations(stated).map((given) => resolveAttempts(given).deciding?.payment.method?.kind)
    expect([...new Set(kept)]).toEqual(['wallet']) // the last by all it holds
  })

  it('does not matter for what the one less far along states', () => {
    const waiting = webhook({ status: 'processing', method: { kind: 'card' } }, 1)
    const held = webhook({ status: 'authorized' }, 1)
    for (const given of permutations([waiting, held])) {
      expect(resolveAttempts(given).deciding?.payment).toMatchObject({
        status: 'authorized',
        method: { kind: 'card' },
      })
    }
  })

  it('does not matter for which of two statuses of one moment is the later one', () => {
    const [held, taken] = [webhook({ status: 'authorized' }, 1), webhook({ status: 'captured' }, 1)]
    const [first, second] = [resolveAttempts([held, taken]), resolveAttempts([taken, held])]
    expect(first).toStrictEqual(second)
    expect(first.status).toBe('captured')
  })
})

it('a moment that cannot be read is no moment: its payment sorts as one without', () => {
  const odd = lookup({ id: 'odd', status: 'failed', createdAt: 'a moment ago' }, 1)
  const dated = lookup({ id: 'dated', status: 'open', createdAt: at(1) }, 1)
  expect(resolveAttempts([odd, dated]).deciding?.payment.id).toBe('dated')
})

it.each<readonly [string, unknown]>([
  ['nothing', undefined],
  ['null', null],
  ['an object', {}],
  ['a hint', { evidence: 'hint', provider: 'test-pay', source: 'client' } satisfies PaymentHint],
  ['a report of no payment', { evidence: 'report' }],
])('refuses %s among the reports, and says what to give', (_, news) => {
  const resolve = () => resolveAttempts([lookup({}, 1), news as PaymentReport])
  expect(resolve).toThrow(expect.objectContaining({ code: 'invalid_input', provider: 'payment-status' }))
  expect(resolve).toThrow('the evidence must be a report')
})
