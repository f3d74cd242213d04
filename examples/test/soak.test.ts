import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { everyFault, runSoak, type SoakResult } from '../src/soak-run.ts'

const setDate = (now: Date) => vi.setSystemTime(now)

describe('the soak', () => {
  let runs: readonly SoakResult[]

  beforeAll(async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    const run = () => runSoak({ payments: 150, seed: 7, setDate })
    runs = [await run(), await run()]
  }, 60_000)
  afterAll(() => void vi.useRealTimers())

  it('ends on the truth for every payment', () => {
    for (const { failures, payments } of runs) {
      expect(payments).toBeGreaterThanOrEqual(150)
      expect(failures).toEqual({
        falselyPaid: [],
        neverWas: [],
        wentBack: [],
        falselyShipped: [],
        wrongAtTheEnd: [],
        paidTwiceUnnoticed: [],
        neverShipped: [],
        crashes: [],
      })
    }
  })

  it('injects every kind of fault there is', () => {
    const kinds = Object.keys({ ...everyFault.webhooks, ...everyFault.queries })
    for (const { webhooks, queries } of runs) {
      const injected: Readonly<Record<string, number>> = { ...webhooks, ...queries }
      expect(kinds.filter((kind) => !injected[kind])).toEqual([])
    }
  })

  it('repeats a run from the same seed', () => {
    // Without what real time has a part in: an answer that never comes is given up after real milliseconds.
    const [first, second] = runs.map(({ payments, statuses }) => ({ payments, statuses }))
    expect(second).toEqual(first)
  })
})
