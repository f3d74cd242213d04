import { pauseAfter, retries } from '../retry.ts'

/** How long a worker waits at most before it looks at the tables again, in milliseconds. */
const IDLE_WHEN_WOKEN = 2_000
const IDLE = 500

/** A worker that does what is due, again and again. `turn` returns milliseconds until it is needed again. */
export interface Loop {
  wake(): void
  stop(): Promise<void>
}

export function startLoop(
  turn: (signal: AbortSignal) => Promise<number>,
  { isWoken, onError }: { isWoken(): boolean; onError(error: unknown): void },
): Loop {
  const stopping = new AbortController()
  let wake = () => {}
  let isDue = false
  const idle = (milliseconds: number) =>
    new Promise<void>((done) => {
      if (isDue || stopping.signal.aborted) return done()
      const timer = setTimeout(done, milliseconds)
      wake = () => {
        clearTimeout(timer)
        done()
      }
    })
  const run = async () => {
    let failures = 0
    while (!stopping.signal.aborted) {
      isDue = false
      try {
        const wait = await turn(stopping.signal)
        failures = 0
        await idle(Math.min(Math.max(wait, 0), isWoken() ? IDLE_WHEN_WOKEN : IDLE))
      } catch (error) {
        onError(error)
        await idle(pauseAfter(retries.worker, failures++))
      }
    }
  }
  const running = run()
  return {
    wake() {
      isDue = true
      wake()
    },
    async stop() {
      stopping.abort()
      wake()
      await running
    },
  }
}
