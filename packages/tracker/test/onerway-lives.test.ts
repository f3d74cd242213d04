import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { accounts, type LivesResult, playLives } from './lives/play.ts'

/**
 * Requests of lookups for each payment in nine days, faults included. 10 and 14 are the goals over all lives, and half a
 * request is for chance, because a third of the lives is played and polls are spread. A night's list takes one more.
 */
const most = { direct: 10.5, hosted: 14.5 } as const

// The longer form is `pnpm test:lives`.
describe('every life of a payment at Onerway, on the tracker', () => {
  let result: LivesResult

  beforeAll(async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    result = await playLives({
      accounts,
      seed: 3,
      rounds: 1,
      share: 3,
      days: 9,
      setDate: (now) => vi.setSystemTime(now),
    })
  }, 240_000)
  afterAll(() => void vi.useRealTimers())

  it('is recorded as it is by the next morning, whatever webhooks are lost', () => {
    expect(result.failures.wrongInTheMorning).toEqual([])
    expect(result.failures.errors).toEqual([])
    for (const { payments } of result.accounts) expect(payments).toBeGreaterThan(5)
  })

  it('delivers a paid order once', () => {
    expect(result.failures.wronglyFulfilled).toEqual([])
  })

  it('leaves no target that has to be looked up', () => {
    expect(result.failures.rechecks).toEqual([])
  })

  it.each(['direct', 'hosted'] as const)('takes few requests (%s)', (integration) => {
    const own = result.accounts.filter((account) => account.integration === integration)
    const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0)
    const lookups = sum(own.map((account) => account.lookups))
    const payments = sum(own.map((account) => account.payments))
    expect(lookups / payments).toBeLessThanOrEqual(most[integration])
  })
})
