import { inputError } from '../model/errors.ts'
import type { ListRange } from '../model/provider.ts'

const dayPattern = /^\d{4}-\d{2}-\d{2}$/
const DAY_IN_MILLISECONDS = 24 * 60 * 60_000

/** Returns the milliseconds by which a zone's clock is ahead of UTC at an instant. */
type Offset = (instant: number) => number

/**
 * Returns one day of a time zone, from its first moment until just before the next day's: a range for `list` in a nightly
 * reconciliation. `day` is `'2026-11-20'`, or `'yesterday'` as seen from that zone now; `timeZone` is an offset such as
 * `'+08:00'`, or a name of the IANA database such as `'Europe/Berlin'`. A day on which clocks are changed has 23 or 25
 * hours, and one whose midnight is skipped begins when the clock goes on.
 *
 * Throws `invalid_input` for a day that does not exist (30 February, or a day the zone skipped) and for an unknown zone.
 *
 * @param clock Milliseconds since 1970, for `'yesterday'`.
 *
 * @example
 * for await (const report of stripe.list(dayIn('yesterday', 'Europe/Berlin'))) console.log(report.payment.id)
 */
export function dayIn(day: string, timeZone: string, clock: () => number = Date.now): ListRange {
  const offset = toOffset(timeZone)
  const midnight = day === 'yesterday' ? toMidnight(clock(), offset) - DAY_IN_MILLISECONDS : readDay(day)
  const from = findStart(midnight, offset)
  const to = findStart(midnight + DAY_IN_MILLISECONDS, offset)
  if (from >= to) throw inputError('payment-status', 'this date does not exist in this time zone')
  return { from: new Date(from), to: new Date(to) }
}

/** Returns a day as its midnight in UTC. `Date` turns 30 February into March. */
function readDay(day: string): number {
  const midnight = dayPattern.test(day) ? Date.parse(`${day}T00:00:00Z`) : Number.NaN
  if (new Date(midnight || 0).toISOString().slice(0, 10) === day) return midnight
  throw inputError('payment-status', "the day must be 'yesterday' or a date such as 2026-11-20")
}

/** Returns the midnight that began the day of an instant, in the zone's own time. */
function toMidnight(instant: number, offset: Offset): number {
  return Math.floor((instant + offset(instant)) / DAY_IN_MILLISECONDS) * DAY_IN_MILLISECONDS
}

/** Returns the instant at which a zone's clock first shows a midnight, or the first after a skipped one. */
function findStart(midnight: number, offset: Offset): number {
  const before = offset(midnight - DAY_IN_MILLISECONDS)
  const after = offset(midnight + DAY_IN_MILLISECONDS)
  const shown = [midnight - before, midnight - after].filter(
    (instant) => instant + offset(instant) === midnight,
  )
  if (shown.length > 0) return Math.min(...shown)
  // The clock jumps over midnight: the day begins at the jump, between the two.
  let earlier = midnight - Math.max(before, after)
  let later = midnight - Math.min(before, after)
  while (later - earlier > 1) {
    const middle = Math.floor((earlier + later) / 2)
    if (middle + offset(middle) < midnight) earlier = middle
    else later = middle
  }
  return later
}

function toOffset(timeZone: string): Offset {
  if (timeZone === 'Z') return () => 0
  const format = createFormat(timeZone)
  return (instant) => {
    const parts: Partial<Record<Intl.DateTimeFormatPartTypes, number>> = {}
    for (const { type, value } of format.formatToParts(instant)) parts[type] = Number(value)
    const { year = 0, month = 1, day, hour, minute, second } = parts
    return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(instant / 1000) * 1000
  }
}

function createFormat(timeZone: string): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat('en-US', {
      timeZone,
      calendar: 'gregory',
      numberingSystem: 'latn',
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    })
  } catch {
    throw inputError(
      'payment-status',
      'the time zone must be an offset such as +08:00 or a name such as Europe/Berlin',
    )
  }
}
