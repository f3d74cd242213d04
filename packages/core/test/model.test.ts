import { advance, type PaymentReport } from '@payment-status/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { act, actionsIn, begin, end, endTogether, type Guard, lives, skews, type World } from './model.ts'

const DEPTH = 6

/** Every sequence of actions up to a depth, each ended by a complete lookup. Worlds that are alike are gone through once. */
function search(world: World, guard: Guard, depth = DEPTH, seen = new Map<string, number>()): number {
  end(world, guard)
  if (depth === 0) return 1
  let worlds = 1
  for (const action of actionsIn(world)) {
    const next = act(world, action, guard)
    const key = JSON.stringify(next)
    if ((seen.get(key) ?? -1) >= depth - 1) continue
    seen.set(key, depth - 1)
    worlds += search(next, guard, depth - 1, seen)
  }
  return worlds
}

function searchAll(guard: Guard, depth = DEPTH): number {
  let worlds = 0
  for (const life of Object.values(lives))
    for (const skew of skews) worlds += search(begin(life, skew), guard, depth)
  return worlds
}

describe.each(Object.entries(lives))('a payment that is %s', (_, life) => {
  it.each(skews)('ends on the truth whatever happens, with a provider’s clock %i s ahead', (skew) => {
    expect(search(begin(life, skew), advance)).toBeGreaterThan(100)
  })
})

const anyWorld = fc
  .record({
    life: fc.constantFrom(...Object.values(lives)),
    skew: fc.constantFrom(...skews),
    choices: fc.array(fc.nat(1000), { maxLength: 40 }),
  })
  .map(({ life, skew, choices }) => {
    let world = begin(life, skew)
    for (const choice of choices) {
      const actions = actionsIn(world)
      world = act(world, actions[choice % actions.length] ?? 'answer', advance)
    }
    return world
  })

it('longer stories end on the truth as well, and an order paid twice is noticed', () => {
  fc.assert(
    fc.property(anyWorld, anyWorld, (one, other) => endTogether([one, other], advance)),
    { numRuns: 1500 },
  )
})

describe('a rule that is changed is noticed', () => {
  const without = <Key extends keyof PaymentReport>(report: PaymentReport, key: Key): PaymentReport => {
    const { [key]: _, ...rest } = report
    return rest as PaymentReport
  }
  const forget = (report: PaymentReport): PaymentReport => {
    const { operations, ...payment } = report.payment
    return { ...report, payment }
  }
  const mutants: Readonly<Record<string, Guard>> = {
    'the last evidence wins': (_, report) => ({ outcome: 'applied', report, recheck: false }),
    'the first evidence wins': (current, report) => ({
      outcome: 'applied',
      report: current ?? report,
      recheck: false,
    }),
    'nothing is ever rechecked': (current, incoming) => ({ ...advance(current, incoming), recheck: false }),
    'a lookup corrects nothing': (current, incoming) => {
      const news = advance(current, incoming)
      return current && news.outcome === 'corrected' ? { ...news, report: current } : news
    },
    'a lookup counts as a webhook': (current, incoming) =>
      advance(current, { ...incoming, source: 'webhook' }),
    'a webhook corrects': (current, incoming) =>
      advance(current, { ...without(incoming, 'occurredAt'), source: 'lookup' }),
    'steps are not remembered': (current, incoming) => {
      const news = advance(current && forget(current), incoming)
      return { ...news, report: forget(news.report) }
    },
    'what was known is not kept': (current, incoming) => {
      const news = advance(current, incoming)
      return news.outcome === 'applied' || news.outcome === 'repeated' ? { ...news, report: incoming } : news
    },
    'old lookups count': (current, incoming) =>
      advance(current && { ...current, observedAt: '2000-01-01T00:00:00.000Z' }, incoming),
  }
  it.each(Object.entries(mutants))('%s', (_, guard) => {
    expect(() => searchAll(guard, 4)).toThrow()
  })
})
