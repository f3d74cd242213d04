import { dayIn, type ListRange } from '@payment-status/core'
import { inputError } from './errors.ts'

export interface PeriodOptions {
  readonly day?: string | undefined
  readonly from?: string | undefined
  readonly to?: string | undefined
  readonly timeZone?: string | undefined
}

/** Reads `--day`, or `--from` and `--to`: instants, or days of the zone; `--to` is excluded. Throws `invalid_input`. */
export function readPeriod({ day, from, to, timeZone }: PeriodOptions, fallback: string): ListRange {
  const zone = timeZone ?? fallback
  if (day !== undefined) {
    if (from !== undefined || to !== undefined) throw inputError('give either --day, or --from and --to')
    return dayIn(day, zone)
  }
  if (from === undefined || to === undefined)
    throw inputError('the period is missing: give --day, or --from and --to')
  const range = { from: readBound(from, zone), to: readBound(to, zone) }
  if (range.from >= range.to) throw inputError('--from must be before --to')
  return range
}

function readBound(text: string, zone: string): Date {
  if (/^\d{4}-\d{2}-\d{2}$/.test(text)) return dayIn(text, zone).from
  const isInstant = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2})$/.test(text)
  const instant = isInstant ? new Date(text) : new Date(Number.NaN)
  if (Number.isNaN(instant.getTime())) {
    throw inputError(
      '--from and --to must be days such as 2026-11-20, or instants such as 2026-11-20T08:00:00Z',
    )
  }
  return instant
}
