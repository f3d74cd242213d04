import type { Settings } from './incoming.ts'

export const DAY_IN_MILLISECONDS = 86_400_000

/** Days until the next poll after a schedule is exhausted, less and less often. */
const EXHAUSTED_DAYS = [1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 4]
const LONGEST_EXHAUSTED_DAYS = 7

/** Returns the days until the next nightly poll, after so many of them: further and further apart. */
export function daysAfter(nights: number): number {
  return EXHAUSTED_DAYS[nights] ?? LONGEST_EXHAUSTED_DAYS
}

/** Returns when the night in so many days is: 1 is the next one. Its polls are spread over two hours. */
export function nextNight(now: number, days: number, { nightlyAt }: Settings): number {
  const spread = Math.random() * SPREAD_IN_MILLISECONDS
  return now + untilNight(now, nightlyAt) + (days - 1) * DAY_IN_MILLISECONDS + spread
}

const SPREAD_IN_MILLISECONDS = 2 * 60 * 60_000
const MINUTE_IN_MILLISECONDS = 60_000

/** Milliseconds until the time of day, in its zone. On the day that clocks change it is an hour off, which does no harm. */
function untilNight(now: number, { at, timeZone }: Settings['nightlyAt']): number {
  const shown = new Date(now).toLocaleTimeString('en-GB', { timeZone, hour: '2-digit', minute: '2-digit' })
  const minutes = (toMinutes(at) - toMinutes(shown) + 24 * 60) % (24 * 60)
  return (minutes === 0 ? 24 * 60 : minutes) * MINUTE_IN_MILLISECONDS
}

function toMinutes(time: string): number {
  const [hour, minute] = time.split(':').map(Number)
  return (hour ?? 0) * 60 + (minute ?? 0)
}
