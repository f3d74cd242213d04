import { type PaymentReport, type PaymentStatus, resolveAttempts } from '@payment-status/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { at, lookup, webhook } from './make.ts'

/** `captured@5`: a captured payment created five seconds past noon; without a time it states none. */
function attempts(...words: readonly string[]): readonly PaymentReport[] {
  return words.map((word, index) => {
    const [status, created] = word.split('@')
    const times = created === undefined ? {} : { createdAt: at(Number(created)) }
    return lookup({ id: `pay_${index}`, status: status as PaymentStatus, ...times }, 100)
  })
}

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
  it('is told when two payments are paid, and both are listed', () => {
    const standing = resolveAttempts(attempts('captured@1', 'failed@3', 'partially_captured@2'))
    expect(standing).toMatchObject({ paidTwice: true, status: 'partially_captured' })
    expect(standing.paid.map(({ payment }) => payment.id)).toEqual(['pay_2', 'pay_0'])
  })

  it('is not told when the first was refunded, or the second only held', () => {
    expect(resolveAttempts(attempts('refunded@1', 'captured@2')).paidTwice).toBe(false)
    expect(resolveAttempts(attempts('captured@1', 'authorized@2')).paidTwice).toBe(false)
  })

  it('is not told of one payment that was reported twice', () => {
    const told = webhook({ status: 'captured' }, 1)
    expect(resolveAttempts([told, told])).toMatchObject({ paidTwice: false, status: 'captured' })
    expect(resolveAttempts([told, lookup({ status: 'captured' }, 9)]).paid).toHaveLength(1)
  })

  it('is told of two payments that two providers gave the same id', () => {
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

it('a paid or held attempt is never hidden by others, in any order', () => {
  const anyAttempt = fc.tuple(
    fc.constantFrom<PaymentStatus>(
      'open',
      'failed',
      'processing',
      'unknown',
      'authorized',
      'captured',
      'refunded',
    ),
    fc.option(fc.nat(9), { nil: undefined }),
  )
  fc.assert(
    fc.property(fc.array(anyAttempt, { maxLength: 6 }), (words) => {
      const reports = attempts(
        ...words.map(([status, created]) => (created === undefined ? status : `${status}@${created}`)),
      )
      const { status, deciding, paid, paidTwice } = resolveAttempts(reports)
      const count = (wanted: PaymentStatus) => words.filter(([word]) => word === wanted).length
      expect(status).toBe(deciding?.payment.status ?? 'unknown')
      expect(paid).toHaveLength(count('captured'))
      expect(paidTwice).toBe(count('captured') > 1)
      if (count('captured') > 0) expect(status).toBe('captured')
      else if (count('authorized') > 0) expect(status).toBe('authorized')
      else if (count('processing') + count('unknown') > 0) expect(status).toMatch(/processing|unknown/)
    }),
    { numRuns: 2000 },
  )
})

describe('two reports of one payment that contradict each other', () => {
  const refused = webhook({ status: 'failed' }, 1)
  const paid = webhook({ status: 'captured' }, 2)

  it('count as paid, whichever came first: nobody may be charged again', () => {
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

  it('count as given back where that is the later news', () => {
    const returned = lookup({ status: 'refunded' }, 9)
    expect(resolveAttempts([paid, returned]).status).toBe('refunded')
  })
})
