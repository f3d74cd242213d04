import { payloadError } from './errors.ts'

/** `+08:00` and the like, or one of the names for no offset. */
const offsetPattern = /^(?:[+-](?:0\d|1[0-4]):[0-5]\d|Z|UTC|GMT)$/
const isoPattern = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}:\d{2})(?:\.(\d{1,9}))?(Z|[+-]\d{2}:?\d{2})?$/
/** What providers mostly send: UTC, on a day that every month has, with no fraction or one of at least milliseconds. */
const plainPattern =
  /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{3,9})?Z$/

/** Whether a time zone is one we can count with: an offset such as `+08:00`, `Z`, `UTC` or `GMT`. */
export function isTimeZone(zone: string): boolean {
  return offsetPattern.test(zone)
}

/**
 * A timestamp of 0 to 9 fractional digits as an ISO 8601 instant in UTC, cut to milliseconds. Without a zone of
 * its own it is read in `zone`. Returns `undefined` for what is not a moment in time (30 February included).
 */
export function toInstant(text: string, zone = 'Z'): string | undefined {
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

/** `Date` turns 30 February into March; a provider's clock never says so. */
function isCalendarDay(day: string): boolean {
  return toIso(Date.parse(day)).startsWith(day)
}

/**
 * A field that holds a timestamp, as an instant; `undefined` when it is absent (null and "" mean absent). Throws
 * `invalid_payload` for text that is not a moment in time, or a zone that cannot be counted with.
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

/** Seconds since 1970 as an ISO 8601 instant in UTC; `undefined` when `Date` cannot hold them. */
export function fromEpochSeconds(seconds: number): string | undefined {
  const moment = seconds * 1000
  return Math.abs(moment) <= LAST_OF_DATE_IN_MILLISECONDS ? toIso(moment) : undefined
}

/** Now, by our clock, as an ISO 8601 instant in UTC. */
export function now(clock: () => number = Date.now): string {
  return toIso(clock())
}

/** As far from 1970 as `Date` reaches: a hundred million days. */
const LAST_OF_DATE_IN_MILLISECONDS = 8_640_000_000_000_000
const YEAR_10000_IN_MILLISECONDS = 253_402_300_800_000
const DAY_IN_MILLISECONDS = 86_400_000

/**
 * Milliseconds since 1970 as `Date` writes them, in a quarter of its time for the years until 9999: a webhook's reader writes
 * three. Throws a `RangeError` where `Date` does.
 */
function toIso(milliseconds: number): string {
  if (!(milliseconds >= 0 && milliseconds < YEAR_10000_IN_MILLISECONDS)) {
    return new Date(milliseconds).toISOString()
  }
  const days = (milliseconds / DAY_IN_MILLISECONDS) | 0
  const ofDay = (milliseconds - days * DAY_IN_MILLISECONDS) | 0
  // Howard Hinnant's civil_from_days (https://howardhinnant.github.io/date_algorithms.html): years begin in March, so that
  // the leap day is the last of its year, and 400 of them are an era of always as many days.
  const fromMarch0000 = days + 719_468
  const era = (fromMarch0000 / 146_097) | 0
  const ofEra = fromMarch0000 - era * 146_097
  const leapDays = ((ofEra / 1460) | 0) - ((ofEra / 36_524) | 0) + ((ofEra / 146_096) | 0)
  const yearOfEra = ((ofEra - leapDays) / 365) | 0
  const ofYear = ofEra - (365 * yearOfEra + ((yearOfEra / 4) | 0) - ((yearOfEra / 100) | 0))
  const fromMarch = ((5 * ofYear + 2) / 153) | 0
  const day = ofYear - (((153 * fromMarch + 2) / 5) | 0) + 1
  const month = fromMarch < 10 ? fromMarch + 3 : fromMarch - 9
  const year = era * 400 + yearOfEra + (month <= 2 ? 1 : 0)
  const seconds = (ofDay / 1000) | 0
  return writeInstant(year, month, day, seconds, ofDay % 1000)
}

/** `YYYY-MM-DDTHH:mm:ss.sssZ`, as one text: put together from pieces, it would be a tree of them. */
function writeInstant(year: number, month: number, day: number, seconds: number, rest: number): string {
  const hour = (seconds / 3600) | 0
  const minute = ((seconds / 60) | 0) % 60
  const second = seconds % 60
  // biome-ignore format: one line for each part
  return String.fromCharCode(
    digit(year / 1000), digit(year / 100), digit(year / 10), digit(year), DASH,
    digit(month / 10), digit(month), DASH,
    digit(day / 10), digit(day), LETTER_T,
    digit(hour / 10), digit(hour), COLON,
    digit(minute / 10), digit(minute), COLON,
    digit(second / 10), digit(second), DOT,
    digit(rest / 100), digit(rest / 10), digit(rest), LETTER_Z,
  )
}

const ZERO = 0x30
const DASH = 0x2d
const COLON = 0x3a
const DOT = 0x2e
const LETTER_T = 0x54
const LETTER_Z = 0x5a

/** The character code of a number's last digit. */
function digit(number: number): number {
  return ZERO + ((number | 0) % 10)
}
