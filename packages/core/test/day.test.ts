import { dayIn } from '@payment-status/core'
import { describe, expect, it } from 'vitest'

const HOUR = 3_600_000

function boundsOf(day: string, timeZone: string, now?: string): string {
  const { from, to } = dayIn(day, timeZone, now === undefined ? undefined : () => Date.parse(now))
  return `${from.toISOString()} ${to.toISOString()}`.replaceAll('.000Z', 'Z')
}

describe('one day of a time zone', () => {
  it.each([
    ['2026-11-20', '+08:00', '2026-11-19T16:00:00Z 2026-11-20T16:00:00Z'],
    ['2026-11-20', '-03:30', '2026-11-20T03:30:00Z 2026-11-21T03:30:00Z'],
    ['2026-11-20', 'Z', '2026-11-20T00:00:00Z 2026-11-21T00:00:00Z'],
    ['2026-11-20', 'UTC', '2026-11-20T00:00:00Z 2026-11-21T00:00:00Z'],
    ['2026-11-20', 'Asia/Shanghai', '2026-11-19T16:00:00Z 2026-11-20T16:00:00Z'],
    ['2026-11-20', 'Asia/Kathmandu', '2026-11-19T18:15:00Z 2026-11-20T18:15:00Z'],
    ['2028-02-29', 'Europe/Berlin', '2028-02-28T23:00:00Z 2028-02-29T23:00:00Z'],
  ])('%s in %s', (day, timeZone, bounds) => {
    expect(boundsOf(day, timeZone)).toBe(bounds)
  })

  it.each([
    // Clocks go on and back in the small hours.
    ['2026-03-29', 'Europe/Berlin', 23],
    ['2026-10-25', 'Europe/Berlin', 25],
    ['2026-03-08', 'America/New_York', 23],
    ['2026-11-01', 'America/New_York', 25],
    // By half an hour.
    ['2026-10-04', 'Australia/Lord_Howe', 23.5],
    ['2026-04-05', 'Australia/Lord_Howe', 24.5],
    // At midnight itself: the day begins at one, or its last hour comes twice.
    ['2018-11-04', 'America/Sao_Paulo', 23],
    ['2018-02-17', 'America/Sao_Paulo', 25],
    ['2026-04-24', 'Africa/Cairo', 23],
    // Right after it: midnight comes twice, and the day begins with the first.
    ['2026-10-25', 'Atlantic/Azores', 25],
    // Right before it: the day begins late.
    ['1919-03-31', 'America/Toronto', 23.5],
  ])('%s in %s has %d hours', (day, timeZone, hours) => {
    const { from, to } = dayIn(day, timeZone)
    expect((to.getTime() - from.getTime()) / HOUR).toBe(hours)
  })

  it('a day whose midnight is skipped begins when the clock goes on', () => {
    expect(boundsOf('2018-11-04', 'America/Sao_Paulo')).toBe('2018-11-04T03:00:00Z 2018-11-05T02:00:00Z')
  })

  it.each([
    ['2026-10-25', 'Atlantic/Azores', '2026-10-25T00:00:00Z 2026-10-26T01:00:00Z'],
    ['2026-10-24', 'Atlantic/Azores', '2026-10-24T00:00:00Z 2026-10-25T00:00:00Z'],
    ['1919-03-31', 'America/Toronto', '1919-03-31T04:30:00Z 1919-04-01T04:00:00Z'],
    ['1919-03-30', 'America/Toronto', '1919-03-30T05:00:00Z 1919-03-31T04:30:00Z'],
  ])('%s in %s is between %s, where clocks change near midnight', (day, timeZone, bounds) => {
    expect(boundsOf(day, timeZone)).toBe(bounds)
  })

  it.each([
    'Europe/Berlin',
    'America/Sao_Paulo',
    'Africa/Cairo',
    'Pacific/Apia',
    'America/St_Johns',
    '+08:00',
  ])('the days of a year in %s leave out no moment and share none', (timeZone) => {
    let last: number | undefined
    for (let date = Date.UTC(2010, 9, 1); date < Date.UTC(2011, 11, 29); date += 24 * HOUR) {
      const { from, to } = dayIn(new Date(date).toISOString().slice(0, 10), timeZone)
      expect(from.getTime()).toBe(last ?? from.getTime())
      last = to.getTime()
    }
  })

  it('yesterday is yesterday there, not here', () => {
    expect(boundsOf('yesterday', '+08:00', '2026-11-20T17:00:00Z')).toBe(boundsOf('2026-11-20', '+08:00'))
    expect(boundsOf('yesterday', 'UTC', '2026-11-20T17:00:00Z')).toBe(boundsOf('2026-11-19', 'UTC'))
    expect(boundsOf('yesterday', 'Europe/Berlin', '2026-03-29T23:30:00Z')).toBe(
      boundsOf('2026-03-29', 'Europe/Berlin'),
    )
    expect(boundsOf('yesterday', 'UTC', '2027-01-01T00:00:00Z')).toBe(boundsOf('2026-12-31', 'UTC'))
  })

  const noDay = "the day must be 'yesterday' or a date such as 2026-11-20"
  const noZone = 'the time zone must be an offset such as +08:00 or a name such as Europe/Berlin'
  it.each([
    ['2026-02-30', 'UTC', noDay],
    ['2026-2-3', 'UTC', noDay],
    ['20.11.2026', 'UTC', noDay],
    ['', 'UTC', noDay],
    ['12026-11-20', 'UTC', noDay],
    ['2026-11-20T00:00:00Z', 'UTC', noDay],
    ['2026-11-20', 'Mars/Olympus', noZone],
    ['2026-11-20', '+25:00', noZone],
    ['2026-11-20', '+08:60', noZone],
    ['2026-11-20', '', noZone],
    // Samoa crossed the date line and had no such day.
    ['2011-12-30', 'Pacific/Apia', 'this date does not exist in this time zone'],
  ])('refuses %j in %j, and says why', (day, timeZone, why) => {
    expect(() => dayIn(day, timeZone)).toThrow(
      expect.objectContaining({
        code: 'invalid_input',
        provider: 'payment-status',
        message: `[payment-status] ${why}`,
      }),
    )
  })
})
