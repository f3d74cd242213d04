import { pauseAfter, retries } from '../retry.ts'

/** Work that is repeated until it succeeds. */
export interface Attempts {
  /** Returns the error of the first attempt. Every error is reported, and the work is repeated after a pause. */
  run(work: () => Promise<unknown>): Promise<unknown>
  /** Repeats nothing any more. */
  end(): void
}

export function createAttempts(report: (error: unknown) => void): Attempts {
  const timers = new Set<NodeJS.Timeout>()
  let isOver = false
  async function attempt(work: () => Promise<unknown>, failures: number): Promise<unknown> {
    try {
      await work()
      return undefined
    } catch (error) {
      if (isOver) return error
      report(error)
      const repeat = () => {
        timers.delete(timer)
        attempt(work, failures + 1)
      }
      const timer = setTimeout(repeat, pauseAfter(retries.worker, failures)).unref()
      timers.add(timer)
      return error
    }
  }
  return {
    run: (work) => attempt(work, 0),
    end() {
      isOver = true
      for (const timer of timers) clearTimeout(timer)
    },
  }
}
