import { payloadError } from './errors.ts'

/** An offset such as `+08:00`, or a name for UTC. */
const offsetPattern = /^(?:[+-](?:0\d|1[0-4]):[0-5]\d|Z|UTC|GMT)$/
const isoPattern = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}:\d{2})(?:\.(\d{1,9}))?(Z|[+-]\d{2}:?\d{2})?$/
/** The usual form: UTC, on a day that every month has, with no fraction or one of at least milliseconds. */
const plainPattern =
  /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{3,9})?Z$/

/** Returns whether a time zone is supported: an offset such as `+08:00`, `Z`, `UTC` or `GMT`. */
export function isTimeZone(zone: string): boolean {
  return offsetPattern.test(zone)
}

/**
 * Converts a timestamp of 0 to 9 fractional digits to an ISO 8601 instant in UTC, cut to milliseconds. Without a zone of its
 * own it is read in `zone`. Returns `undefined` where it is absent, or no moment in time, such as 30 February.
 */
export function toInstant(text: string | null | undefined, zone = 'Z'): string | undefined {
  if (!text) return undefined
  if (plainPattern.test(text))
    return text.length === 20 ? `${text.slice(0, 19)}.000Z` : `${text.slice(0, 23)}Z`
  const found = isoPattern.exec(text)
  if (!found || !isTimeZone(zone)) return undefined
  const [, day = '', time = '', fraction = '', own] = found
  const fallback = zone === 'UTC' || zone === 'GMT' ? 'Z' : zone
  const offset = (own ?? fallback).replace(/^([+-]\d{2})(\d{2})$/, '$1:$2')
  const moment = new Date(`${day}T${time}.${fraction.slice(0, 3).padEnd(3, '0')}${offset}`)
  return Number.isNaN(moment.getTime()) || !isCalendarDay(day) ? undefined : toIso(moment.getTime())
}

/** `Date` turns 30 February into March. */
function isCalendarDay(day: string): boolean {
  return toIso(Date.parse(day)).startsWith(day)
}

/**
 * Returns a timestamp field as an instant, or `undefined` when it is absent (null and "" mean absent). Throws
 * `invalid_payload` for text that is not a moment in time, or for an unsupported zone.
 */
export function readInstant(
  text: string | null | undefined,
  { provider, path, zone = 'Z' }: { provider: string; path: string; zone?: string | undefined },
): string | undefined {
  if (text === undefined || text === null || text === '') return undefined
  const instant = toInstant(text, zone)
  if (instant !== undefined) return instant
  throw payloadError(provider, path, isTimeZone(zone) ? 'a timestamp' : 'a timestamp in a known time zone')
}

/** Converts seconds since 1970 to an ISO 8601 instant in UTC; `undefined` when `Date` cannot hold them. */
export function fromEpochSeconds(seconds: number): string | undefined {
  const moment = seconds * 1000
  return Math.abs(moment) <= LAST_OF_DATE_IN_MILLISECONDS ? toIso(moment) : undefined
}

/** Returns the current time as an ISO 8601 instant in UTC. */
export function now(clock: () => number = Date.now): string {
  return toIso(clock())
}

/** The limit of `Date`: a hundred million days from 1970. */
const LAST_OF_DATE_IN_MILLISECONDS = 8_640_000_000_000_000

function toIso(milliseconds: number): string {
  return new Date(milliseconds).toISOString()
}
