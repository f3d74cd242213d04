/** Events by a virtual clock. */
export interface World {
  now(): number
  later(milliseconds: number, run: () => void | Promise<void>): void
  /** Moment of the next event; undefined where nothing is planned. */
  next(): number | undefined
  /** Runs everything that is due until then, in order. */
  advanceTo(time: number): Promise<void>
}

export function createWorld(startAt: number, setDate: (now: Date) => void): World {
  let now = startAt
  let planned: { readonly at: number; readonly run: () => void | Promise<void> }[] = []
  const first = () => planned.toSorted((a, b) => a.at - b.at)[0]
  const moveTo = (time: number) => {
    now = time
    setDate(new Date(time))
  }
  moveTo(startAt)
  return {
    now: () => now,
    later: (milliseconds, run) => void planned.push({ at: Math.round(now + milliseconds), run }),
    next: () => first()?.at,
    async advanceTo(time) {
      for (let event = first(); event && event.at <= time; event = first()) {
        const done = event
        planned = planned.filter((other) => other !== done)
        moveTo(Math.max(now, done.at))
        await done.run()
      }
      moveTo(Math.max(now, time))
    },
  }
}

/** Returns numbers in [0, 1) that depend on the seed alone (mulberry32). */
export function createRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
