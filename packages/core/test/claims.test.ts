import { type MemoryClaimsOptions, memoryClaims, type WebhookEvent } from '@payment-status/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { eventBase } from './make.ts'

const event = (id = 'evt_1', provider = 'test-pay'): WebhookEvent => ({
  ...eventBase,
  id,
  provider,
  kind: 'unrelated',
})

function makeClaims(options: MemoryClaimsOptions = {}) {
  const time = { now: 0 }
  return { time, claims: memoryClaims({ leaseMs: 1000, clock: () => time.now, ...options }) }
}

describe('a claim', () => {
  it('is new once, then busy, and done for good', async () => {
    const { claims, time } = makeClaims()
    expect(await claims.begin(event())).toBe('new')
    expect(await claims.begin(event())).toBe('busy')
    await claims.end(event(), 'done') // done is done, whichever caller ends it
    time.now = 1e12
    expect(await claims.begin(event())).toBe('done')
  })

  it('that failed is new again at once', async () => {
    const { claims } = makeClaims()
    const mine = event()
    await claims.begin(mine)
    await claims.end(mine, 'failed')
    expect(await claims.begin(event())).toBe('new')
  })

  it('is not released by a caller that does not hold it', async () => {
    const { claims } = makeClaims()
    await claims.begin(event())
    const other = event()
    expect(await claims.begin(other)).toBe('busy')
    await claims.end(other, 'failed')
    expect(await claims.begin(event())).toBe('busy')
  })

  it('is a lease: it runs out unless it is ended', async () => {
    const { claims, time } = makeClaims()
    await claims.begin(event())
    time.now = 999
    expect(await claims.begin(event())).toBe('busy')
    time.now = 1000
    expect(await claims.begin(event())).toBe('new')
    expect(await claims.begin(event())).toBe('busy')
  })

  it('runs out in its own time, also when the clock steps back', async () => {
    const { claims, time } = makeClaims()
    time.now = 1e9
    await claims.begin(event('a'))
    time.now = 1e9 - 3_600_000
    await claims.begin(event('b'))
    time.now += 999
    expect([await claims.begin(event('a')), await claims.begin(event('b'))]).toEqual(['busy', 'busy'])
    time.now += 1
    expect([await claims.begin(event('a')), await claims.begin(event('b'))]).toEqual(['new', 'new'])
  })

  it('is of one provider and one event', async () => {
    const { claims } = makeClaims()
    await claims.begin(event('evt_1', 'here'))
    expect(await claims.begin(event('evt_1', 'there'))).toBe('new')
    expect(await claims.begin(event('evt_2', 'here'))).toBe('new')
    await claims.begin(event('c', 'a:b'))
    expect(await claims.begin(event('b:c', 'a'))).toBe('new')
  })

  it('that ran out and then failed does not free the claim of who took over', async () => {
    const { claims, time } = makeClaims()
    const slow = event()
    await claims.begin(slow)
    time.now = 1500
    expect(await claims.begin(event())).toBe('new')
    await claims.end(slow, 'failed')
    expect(await claims.begin(event())).toBe('busy')
    // What it finished is finished, however late.
    await claims.end(slow, 'done')
    expect(await claims.begin(event())).toBe('done')
  })

  it('that ran out and was claimed again by the same caller can be released', async () => {
    const { claims, time } = makeClaims()
    const same = event()
    await claims.begin(same)
    time.now = 1500
    expect(await claims.begin(same)).toBe('new')
    await claims.end(same, 'failed')
    expect(await claims.begin(same)).toBe('new')
  })

  it('of ten at once is new for one', async () => {
    const { claims } = makeClaims()
    const answers = await Promise.all(Array.from({ length: 10 }, () => claims.begin(event())))
    expect(answers.filter((answer) => answer === 'new')).toHaveLength(1)
    expect(answers.filter((answer) => answer === 'busy')).toHaveLength(9)
  })
})

describe('memory', () => {
  it('is bounded: the oldest handled events are forgotten first', async () => {
    const { claims } = makeClaims({ maxEvents: 2 })
    for (const id of ['a', 'b', 'c']) {
      await claims.begin(event(id))
      await claims.end(event(id), 'done')
    }
    expect(await claims.begin(event('b'))).toBe('done')
    expect(await claims.begin(event('c'))).toBe('done')
    expect(await claims.begin(event('a'))).toBe('new')
  })

  it('never forgets a claim that is held', async () => {
    const { claims } = makeClaims({ maxEvents: 1 })
    await claims.begin(event('held'))
    for (const id of ['a', 'b', 'c']) {
      await claims.begin(event(id))
      await claims.end(event(id), 'done')
    }
    expect(await claims.begin(event('held'))).toBe('busy')
  })
})

it.each([
  { leaseMs: 0 },
  { leaseMs: Number.NaN },
  { maxEvents: 0 },
  { maxEvents: -1 },
  { leaseMs: '5' as never },
])('options that cannot work are refused: %o', (options) =>
  expect(() => memoryClaims(options)).toThrow(expect.objectContaining({ code: 'invalid_input' })),
)

it('works with the machine’s clock when none is given', async () => {
  const claims = memoryClaims()
  expect(await claims.begin(event())).toBe('new')
  expect(await claims.begin(event())).toBe('busy')
})

it('behaves like the three words it is made of, whatever happens in whatever order', async () => {
  const steps = fc.array(
    fc.oneof(
      fc.record({ do: fc.constant('begin' as const), id: fc.nat(2) }),
      fc.record({ do: fc.constantFrom('done' as const, 'failed' as const), id: fc.nat(2) }),
      fc.record({ do: fc.constant('pass' as const), id: fc.nat(1500) }),
    ),
    { maxLength: 25 },
  )
  await fc.assert(
    fc.asyncProperty(steps, async (taken) => {
      const { claims, time } = makeClaims()
      const until = new Map<number, number>() // Infinity: for good
      const held = new Map<number, WebhookEvent>()
      for (const step of taken) {
        if (step.do === 'pass') time.now += step.id
        else if (step.do === 'begin') {
          const end = until.get(step.id) ?? -1
          const expected = end === Infinity ? 'done' : time.now < end ? 'busy' : 'new'
          const begun = event(String(step.id))
          expect(await claims.begin(begun)).toBe(expected)
          if (expected !== 'new') continue
          until.set(step.id, time.now + 1000)
          held.set(step.id, begun)
        } else {
          await claims.end(held.get(step.id) ?? event(String(step.id)), step.do)
          if (step.do === 'done') until.set(step.id, Infinity)
          else if (until.get(step.id) !== Infinity) until.delete(step.id)
        }
      }
    }),
    { numRuns: 1000 },
  )
})
