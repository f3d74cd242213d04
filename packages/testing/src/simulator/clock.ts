import TinyQueue from 'tinyqueue'

interface Event {
  readonly at: number
  readonly serial: number
  run(): Promise<void> | void
}

/** Clock that moves only on request, with what is to happen on the way. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number
  /** Runs something when the clock comes to a moment. */
  at(moment: number, run: () => Promise<void> | void): void
  /** Moves on, running what is due in order; what that plans for before the end runs too. */
  advance(milliseconds: number): Promise<void>
  /** When the next thing happens; `undefined` when nothing is planned. */
  next(): number | undefined
}

/** Creates a clock that begins at `start`. `onMove` is called with every moment that it reaches. */
export function createClock(start: number, onMove: (now: number) => void): Clock {
  const events = new TinyQueue<Event>([], (a, b) => a.at - b.at || a.serial - b.serial)
  let now = start
  let serial = 0
  // A call while the clock moves waits for its turn.
  let moving: Promise<void> = Promise.resolve()
  const moveTo = (moment: number) => {
    now = Math.max(now, moment)
    onMove(now)
  }
  async function run(milliseconds: number): Promise<void> {
    const end = now + milliseconds
    for (let next = events.peek(); next && next.at <= end; next = events.peek()) {
      events.pop()
      moveTo(next.at)
      await next.run()
    }
    moveTo(end)
  }
  return {
    now: () => now,
    at: (moment, run) => events.push({ at: moment, serial: serial++, run }),
    advance(milliseconds) {
      const moved = moving.then(() => run(milliseconds))
      moving = moved.catch(() => {})
      return moved
    },
    next: () => events.peek()?.at,
  }
}
