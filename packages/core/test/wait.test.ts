import {
  PaymentError,
  type PaymentReport,
  type PaymentStatus,
  paymentStatuses,
  pollSchedules,
  waitForOutcome,
} from '@payment-status/core'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { lookup } from './make.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  expect(vi.getTimerCount()).toBe(0)
  vi.useRealTimers()
})

const HOUR = 3_600_000
const report = (status: PaymentStatus, parts = {}) => lookup({ status, ...parts }, 0)
const unavailable = (retryAfterMs?: number) =>
  new PaymentError({ code: 'unavailable', provider: 'test-pay', message: 'no answer', retryAfterMs })

/** Looks that see one thing after another, the last one for ever. */
function sights(...seen: readonly (PaymentReport | Error)[]) {
  let turn = 0
  return vi.fn(async (_: AbortSignal) => {
    const next = seen[Math.min(turn++, seen.length - 1)]
    if (next instanceof Error) throw next
    return next as PaymentReport
  })
}

/** Lets all timers run, and notes at which moment each look was made. */
async function run<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {})
  await vi.runAllTimersAsync()
  return promise
}

describe('when it is over, without an `until`', () => {
  it.each(paymentStatuses)('%s', async (status) => {
    const waits = ['open', 'requires_action', 'processing'].includes(status)
    const { done, value } = await run(waitForOutcome(sights(report(status)), { schedule: [] }))
    expect([value.payment.status, done]).toEqual([status, !waits])
  })

  it('open with a decline is over, other undecided ones with a decline are not', async () => {
    const decline = { reason: 'other', retry: 'never' }
    for (const [status, over] of [
      ['open', true],
      ['processing', false],
      ['requires_action', false],
    ] as const) {
      const { done } = await run(waitForOutcome(sights(report(status, { decline })), { schedule: [] }))
      expect([status, done]).toEqual([status, over])
    }
  })
})

describe('the schedule', () => {
  it('looks at once, then waits before each next look: never shorter than it says, at most a tenth longer', async () => {
    const moments: number[] = []
    const schedule = [1000, 5000, 60_000]
    const look = async () => {
      moments.push(Date.now())
      return report('processing')
    }
    const result = await run(waitForOutcome(look, { schedule }))
    expect(result).toMatchObject({ done: false, value: { payment: { status: 'processing' } } })
    expect(moments).toHaveLength(4)
    for (const [index, wait] of schedule.entries()) {
      const waited = (moments[index + 1] ?? 0) - (moments[index] ?? 0)
      expect(waited).toBeGreaterThanOrEqual(wait)
      expect(waited).toBeLessThanOrEqual(wait * 1.1 + 1)
    }
  })

  it('has jitter', async () => {
    const waits = new Set<number>()
    for (let turn = 0; turn < 20; turn++) {
      const start = Date.now()
      await run(waitForOutcome(sights(report('open')), { schedule: [10_000] }))
      waits.add(Date.now() - start)
    }
    expect(waits.size).toBeGreaterThan(1)
  })

  it('is left as soon as there is an outcome', async () => {
    const look = sights(report('open'), report('captured'))
    const result = await run(waitForOutcome(look, { schedule: [1, 1, 1, 1] }))
    expect(result).toEqual({ done: true, value: report('captured') })
    expect(look).toHaveBeenCalledTimes(2)
  })

  it('that is spent is not done, and never failed', async () => {
    const result = await run(waitForOutcome(sights(report('requires_action')), { schedule: [1, 1] }))
    expect(result).toEqual({ done: false, value: report('requires_action') })
  })

  it('can have waits longer than a timer can', async () => {
    const start = Date.now()
    await run(waitForOutcome(sights(report('open')), { schedule: [40 * 24 * HOUR] }))
    expect(Date.now() - start).toBeGreaterThanOrEqual(40 * 24 * HOUR)
  })

  it('of no waits needs no timer', async () => {
    const timer = vi.spyOn(globalThis, 'setTimeout')
    await run(waitForOutcome(sights(report('open'), report('captured')), { schedule: [0] }))
    expect(timer).not.toHaveBeenCalled()
  })

  it('for cards goes from a second to half an hour, for slow methods to days', () => {
    const sum = (schedule: readonly number[]) => schedule.reduce((total, wait) => total + wait, 0)
    expect(pollSchedules.card[0]).toBe(1000)
    expect(sum(pollSchedules.card)).toBe(HOUR / 2)
    expect(sum(pollSchedules.slowMethod)).toBeGreaterThan(7 * 24 * HOUR)
    for (const schedule of Object.values(pollSchedules)) {
      expect(schedule).toEqual(schedule.toSorted((a, b) => a - b))
    }
  })

  it('for cards is used when none is given', async () => {
    const look = sights(report('open'))
    await run(waitForOutcome(look))
    expect(look).toHaveBeenCalledTimes(pollSchedules.card.length + 1)
  })
})

describe('a look that fails', () => {
  it('with a retryable error is made again', async () => {
    const look = sights(unavailable(), unavailable(), report('captured'))
    expect(await run(waitForOutcome(look, { schedule: [1, 1, 1] }))).toEqual({
      done: true,
      value: report('captured'),
    })
  })

  it('is not made again before the provider’s Retry-After', async () => {
    const start = Date.now()
    await run(waitForOutcome(sights(unavailable(60_000), report('captured')), { schedule: [1000] }))
    expect(Date.now() - start).toBeGreaterThanOrEqual(60_000)
    const later = Date.now()
    await run(waitForOutcome(sights(unavailable(10), report('captured')), { schedule: [1000] }))
    expect(Date.now() - later).toBeGreaterThanOrEqual(1000)
  })

  it('at the end leaves what was seen before', async () => {
    const look = sights(report('processing'), unavailable())
    expect(await run(waitForOutcome(look, { schedule: [1, 1] }))).toEqual({
      done: false,
      value: report('processing'),
    })
  })

  it('every time rejects with the last error: there is no value', async () => {
    const last = unavailable()
    await expect(run(waitForOutcome(sights(unavailable(), last), { schedule: [1] }))).rejects.toBe(last)
  })

  it.each([
    new PaymentError({ code: 'not_found', provider: 'test-pay', message: 'none' }),
    new PaymentError({ code: 'unauthorized', provider: 'test-pay', message: 'no' }),
    new TypeError('a mistake'),
  ])('with an error that will not pass rejects with it: %s', async (error) => {
    const look = sights(report('open'), error)
    await expect(run(waitForOutcome(look, { schedule: [1, 1, 1] }))).rejects.toBe(error)
    expect(look).toHaveBeenCalledTimes(2)
  })

  it('before it could begin rejects too', async () => {
    const look = () => {
      throw new TypeError('a mistake')
    }
    await expect(run(waitForOutcome(look))).rejects.toThrow('a mistake')
  })
})

describe('an abort', () => {
  const reason = new Error('the shopper left')

  it('before the first look rejects with the reason, and does not look', async () => {
    const look = sights(report('open'))
    await expect(waitForOutcome(look, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
    expect(look).not.toHaveBeenCalled()
  })

  it('during a wait rejects at once and leaves no timer', async () => {
    const stop = new AbortController()
    const waiting = waitForOutcome(sights(report('open')), { signal: stop.signal, schedule: [HOUR] })
    const refusal = expect(waiting).rejects.toBe(reason)
    await vi.advanceTimersByTimeAsync(1000)
    expect(vi.getTimerCount()).toBe(1)
    stop.abort(reason)
    await refusal
    expect(vi.getTimerCount()).toBe(0)
  })

  it('during a look rejects at once, also when the look does not listen', async () => {
    const stop = new AbortController()
    const waiting = waitForOutcome(() => new Promise<PaymentReport>(() => {}), { signal: stop.signal })
    stop.abort(reason)
    await expect(waiting).rejects.toBe(reason)
  })

  it.each([unavailable(), new TypeError('a mistake')])(
    'wins over what the look makes of it: %s',
    async (error) => {
      const stop = new AbortController()
      const look = (signal: AbortSignal) => {
        stop.abort(reason)
        expect(signal.aborted).toBe(true)
        throw error
      }
      await expect(waitForOutcome(look, { signal: stop.signal })).rejects.toBe(reason)
    },
  )

  it('afterwards changes nothing, and the signal has no listeners left', async () => {
    const { signal } = new AbortController()
    const added = vi.spyOn(signal, 'addEventListener')
    const removed = vi.spyOn(signal, 'removeEventListener')
    await run(waitForOutcome(sights(report('open'), report('captured')), { signal, schedule: [1] }))
    expect(removed.mock.calls.length).toBe(added.mock.calls.length)
  })
})

describe('what it reports on the way', () => {
  it('every report, the last one included, and no failed look', async () => {
    const onReport = vi.fn()
    const look = sights(report('open'), unavailable(), report('processing'), report('captured'))
    await run(waitForOutcome(look, { schedule: [1, 1, 1, 1], onReport }))
    expect(onReport.mock.calls).toEqual([[report('open')], [report('processing')], [report('captured')]])
  })

  it('what onReport or until throws ends the waiting, also when it looks retryable', async () => {
    const error = unavailable()
    const throws = () => {
      throw error
    }
    const look = sights(report('open'))
    await expect(run(waitForOutcome(look, { onReport: throws }))).rejects.toBe(error)
    await expect(run(waitForOutcome(look, { until: throws }))).rejects.toBe(error)
    expect(look).toHaveBeenCalledTimes(2)
  })
})

it('with an `until` it waits for anything: here for a count', async () => {
  let count = 0
  const result = await run(
    waitForOutcome(async () => ++count, { until: (value) => value === 3, schedule: [1, 1, 1, 1] }),
  )
  expect(result).toEqual({ value: 3, done: true })
})

it('a value of undefined is a value', async () => {
  const result = await run(waitForOutcome(async () => undefined, { until: () => false, schedule: [1] }))
  expect(result).toEqual({ value: undefined, done: false })
})

describe('an abort from within', () => {
  it('is respected in onReport, on any turn', async () => {
    for (const schedule of [[60_000], []]) {
      const controller = new AbortController()
      const waiting = waitForOutcome(async () => lookup({ status: 'processing' }, 1), {
        schedule,
        signal: controller.signal,
        onReport: () => controller.abort('enough'),
      })
      await expect(waiting).rejects.toBe('enough')
    }
  })

  it('is respected where the poll never ends', async () => {
    const controller = new AbortController()
    const waiting = waitForOutcome(
      () => {
        controller.abort('enough')
        return new Promise(() => {})
      },
      { signal: controller.signal },
    )
    await expect(waiting).rejects.toBe('enough')
  })

  it('what an async onReport rejects with ends the waiting', async () => {
    const waiting = waitForOutcome(async () => lookup({ status: 'captured' }, 1), {
      onReport: async () => {
        throw new Error('the database is away')
      },
    })
    await expect(waiting).rejects.toThrow('the database is away')
  })
})
