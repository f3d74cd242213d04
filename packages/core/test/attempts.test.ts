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

describe('what an older report says', () => {
  const refused = lookup({ status: 'failed' }, 5)
  const paid = webhook({ status: 'captured' }, 1, 9) // happened before the lookup, came after it

  it('is not believed for saying paid: the lookup after it knew better', () => {
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
  const permutations = <Item>(items: readonly Item[]): Item[][] =>
    items.length < 2
      ? [[...items]]
      : items.flatMap((item, index) => permutations(items.toSpliced(index, 1)).map((rest) => [item, ...rest]))

  it('does not matter among payments of one moment: those of one provider come by id', () => {
    const of = (provider: string, id: string) => lookup({ provider, id, createdAt: at(1) }, 9)
    const all = [of('a', '1'), of('a', '2'), of('b', '1'), of('b', '0')]
    for (const given of permutations(all)) {
      const { paid, deciding } = resolveAttempts(given)
      expect(paid.map(({ payment }) => payment.provider + payment.id)).toEqual(['a1', 'a2', 'b0', 'b1'])
      expect(deciding?.payment).toMatchObject({ provider: 'a', id: '1' })
    }
  })

  it('does not matter among reports of one payment, equal moments included', () => {
    const anyReport = fc
      .record({
        status: fc.constantFrom<PaymentStatus>(
          'open',
          'failed',
          'authorized',
          'captured',
          'refunded',
          'unknown',
        ),
        captured: fc.constantFrom(undefined, 400, 1000),
        method: fc.constantFrom(undefined, { kind: 'card' as const }, { kind: 'wallet' as const }),
        time: fc.nat(2),
        isWebhook: fc.boolean(),
      })
      .map(({ time, isWebhook, captured, method, status }) => {
        const parts = {
          status,
          ...(captured === undefined ? {} : { captured }),
          ...(method ? { method } : {}),
        }
        return isWebhook ? webhook(parts, time) : lookup(parts, time)
      })
    fc.assert(
      fc.property(fc.array(anyReport, { minLength: 2, maxLength: 3 }), (reports) => {
        const [first, ...others] = permutations(reports).map((given) => resolveAttempts(given))
        for (const other of others) expect(other).toStrictEqual(first)
      }),
    )
  })

  it('does not matter for what is kept of two tellings of one moment', () => {
    const told = ['card', 'wallet', 'voucher', 'other'].map((kind) =>
      lookup({ status: 'captured', method: { kind: kind as 'card' } }, 1),
    )
    const kept = permutations(told).map((given) => resolveAttempts(given).deciding?.payment.method?.kind)
    expect([...new Set(kept)]).toEqual(['wallet']) // the last by all it holds
  })

  it('does not matter for which of two statuses of one moment is the later one', () => {
    const [held, taken] = [webhook({ status: 'authorized' }, 1), webhook({ status: 'captured' }, 1)]
    const [first, second] = [resolveAttempts([held, taken]), resolveAttempts([taken, held])]
    expect(first).toStrictEqual(second)
    expect(first.status).toBe('captured')
  })
})

it('a moment that cannot be read is no moment: its payment sorts as one without', () => {
  const odd = lookup({ id: 'odd', status: 'failed', createdAt: 'Stryker was here!' }, 1)
  const dated = lookup({ id: 'dated', status: 'open', createdAt: at(1) }, 1)
  expect(resolveAttempts([odd, dated]).deciding?.payment.id).toBe('dated')
})
