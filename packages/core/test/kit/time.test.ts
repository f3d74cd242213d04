import { fromEpochSeconds, isTimeZone, now, readInstant, toInstant } from '@payment-status/core/kit'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

describe('a timestamp becomes an instant in UTC', () => {
  it.each([
    ['2024-02-29T12:34:56Z', '2024-02-29T12:34:56.000Z'],
    ['2024-02-29T12:34:56.7890123Z', '2024-02-29T12:34:56.789Z'],
    ['2024-02-29T12:34:56.1+00:00', '2024-02-29T12:34:56.100Z'],
    ['2024-02-29T12:34:56.999999999', '2024-02-29T12:34:56.999Z'],
    ['2024-02-29 12:34:56', '2024-02-29T12:34:56.000Z'],
    ['2024-02-29T24:00:00Z', '2024-03-01T00:00:00.000Z'],
    ['2024-03-01T01:00:00+02:00', '2024-02-29T23:00:00.000Z'],
    ['2024-03-01T01:00:00+0200', '2024-02-29T23:00:00.000Z'],
    ['2024-02-29T23:00:00-05:30', '2024-03-01T04:30:00.000Z'],
  ])('%s is %s', (text, instant) => expect(toInstant(text)).toBe(instant))

  it('without a zone of its own it is read in the given one', () => {
    expect(toInstant('2024-01-01 00:00:00', '+08:00')).toBe('2023-12-31T16:00:00.000Z')
    expect(toInstant('2024-01-01T00:00:00Z', '+08:00')).toBe('2024-01-01T00:00:00.000Z')
    for (const zone of ['Z', 'UTC', 'GMT']) {
      expect(toInstant('2024-01-01 00:00:00', zone)).toBe('2024-01-01T00:00:00.000Z')
    }
  })

  it.each([
    '2024-02-30T00:00:00Z',
    '2023-02-29T00:00:00Z',
    '2024-13-01T00:00:00Z',
    '2024-00-10T00:00:00Z',
    '2024-01-01T25:00:00Z',
    '2024-01-01T00:60:00Z',
    '2024-01-01T00:00:00+25:00',
    '2024-01-01',
    '2024-01-01T00:00Z',
    ' 2024-01-01T00:00:00Z',
    '2024-01-01T00:00:00.Z',
    '1704067200',
    'yesterday',
    '',
  ])('%j is no moment in time', (text) => expect(toInstant(text)).toBeUndefined())

  it.each(['+8', '+15:00', '+08:60', 'Asia/Shanghai', '', 'utc'])('%j is no zone to count with', (zone) => {
    expect(isTimeZone(zone)).toBe(false)
    expect(toInstant('2024-01-01 00:00:00', zone)).toBeUndefined()
  })

  it('every instant is itself', () => {
    const dates = fc.date({ min: new Date('1970-01-01'), max: new Date('9999-12-31'), noInvalidDate: true })
    fc.assert(
      fc.property(dates, (date) => {
        expect(toInstant(date.toISOString())).toBe(date.toISOString())
      }),
      { numRuns: 2000 },
    )
  })

  it('numbers in the places of a time are one where the calendar and the clock know them', () => {
    // 24:00:00, the end of a day, is the next day's beginning.
    const shape = /^20\d\d-[01]\d-[0-3]\dT(?:[01]\d|2[0-35-9]):[0-6]\d:[0-6]\d\.\d{3}Z$/
    fc.assert(
      fc.property(fc.stringMatching(shape), (text) => {
        const moment = new Date(text)
        const isMoment = !Number.isNaN(moment.getTime()) && moment.toISOString() === text
        expect(toInstant(text)).toBe(isMoment ? text : undefined)
      }),
      { numRuns: 5000 },
    )
  })

  it('any text becomes an instant or nothing, and never throws', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[\dTZ :.+-]{0,30}$/), fc.string(), (text, zone) => {
        expect(toInstant(text, zone) ?? '2024-01-01T00:00:00.000Z').toMatch(/^[\d-]+T[\d:.]+Z$/)
      }),
      { numRuns: 2000 },
    )
  })
})

describe('a field that holds a timestamp', () => {
  const context = { provider: 'test-pay', path: 'data.time' }

  it('is absent when it is null or empty', () => {
    for (const absent of [undefined, null, '']) expect(readInstant(absent, context)).toBeUndefined()
  })

  it('is refused when it is no moment, by its path and not by what it holds', () => {
    const refusal = expect.objectContaining({
      code: 'invalid_payload',
      message: expect.not.stringContaining('SECRET'),
      issues: [{ path: 'data.time', expected: 'a timestamp' }],
    })
    expect(() => readInstant('SECRET', context)).toThrow(refusal)
    expect(() => readInstant('2024-01-01 00:00:00', { ...context, zone: 'SECRET' })).toThrow(
      expect.objectContaining({ code: 'invalid_payload', message: expect.not.stringContaining('SECRET') }),
    )
  })
})

it('seconds since 1970 become an instant, where Date can hold them', () => {
  expect(fromEpochSeconds(1_700_000_000)).toBe('2023-11-14T22:13:20.000Z')
  expect(fromEpochSeconds(0)).toBe('1970-01-01T00:00:00.000Z')
  for (const seconds of [Number.NaN, Number.POSITIVE_INFINITY, 1e15]) {
    expect(fromEpochSeconds(seconds)).toBeUndefined()
  }
})

it('now is an instant', () => {
  const before = Date.now()
  const stated = now()
  expect(toInstant(stated)).toBe(stated)
  expect(Date.parse(stated)).toBeGreaterThanOrEqual(before)
  expect(Date.parse(stated)).toBeLessThanOrEqual(Date.now())
})

describe('an instant is written as Date writes it', () => {
  const isAsDate = (time: number) => now(() => time) === new Date(time).toISOString()

  it('on the first and the last millisecond of every day until 2100', () => {
    const days = Array.from({ length: 47_500 }, (_, day) => day * 86_400_000)
    expect(days.filter((start) => !isAsDate(start) || !isAsDate(start + 86_399_999))).toEqual([])
  })

  it('around every leap day and turn of the year until 10000, and beyond', () => {
    const turns = Array.from({ length: 8200 }, (_, index) => [
      Date.UTC(1900 + index, 0, 1),
      Date.UTC(1900 + index, 1, 29),
      Date.UTC(1900 + index, 2, 1),
    ]).flat()
    expect(turns.filter((time) => !isAsDate(time - 1) || !isAsDate(time))).toEqual([])
  })

  it('at any moment, also before 1970, after 9999, and between two milliseconds', () => {
    const date = fc.date({ noInvalidDate: true }).map((date) => date.getTime())
    const likely = fc.integer({ min: 0, max: 253_402_300_799_999 })
    const fractional = fc.double({ min: -1e12, max: 253_402_300_800_001, noNaN: true })
    fc.assert(fc.property(fc.oneof(date, likely, fractional), isAsDate), { numRuns: 5000 })
  })

  it('and not at all where Date cannot', () => {
    for (const time of [Number.NaN, Number.POSITIVE_INFINITY, 8.64e15 + 1]) {
      expect(() => now(() => time)).toThrow(RangeError)
    }
    expect(fromEpochSeconds(8.64e12)).toBe('+275760-09-13T00:00:00.000Z')
    expect(fromEpochSeconds(-8.64e12)).toBe('-271821-04-20T00:00:00.000Z')
    expect(fromEpochSeconds(8.64e12 + 1)).toBeUndefined()
  })
})
