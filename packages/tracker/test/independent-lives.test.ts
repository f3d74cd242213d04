import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { type IndependentResult, playIndependentLives } from './lives/independent.ts'

// The longer form is `pnpm test:lives:independent`.
describe('random lives at an Onerway that was written from its documentation alone', () => {
  let result: IndependentResult

  beforeAll(async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    result = await playIndependentLives({
      seed: 11,
      lives: 3,
      days: 5,
      faulty: 0.15,
      troubles: 0.05,
      setDate: (now) => vi.setSystemTime(now),
    })
  }, 240_000)
  afterAll(() => void vi.useRealTimers())

  it.each([
    ['are never recorded as what they were not', 'falsely'],
    ['are recorded as they are by the next morning', 'wrongInTheMorning'],
    ['are delivered once, where they are paid', 'wronglyFulfilled'],
    ['leave no target that has to be looked up', 'rechecks'],
    ['fail nothing', 'errors'],
  ] as const)('%s', (_, kind) => {
    expect(result.payments).toBeGreaterThanOrEqual(12)
    expect(result.failures[kind]).toEqual([])
  })
})
