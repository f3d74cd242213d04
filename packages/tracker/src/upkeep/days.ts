import { dayIn } from '@payment-status/core'
import type { Context } from '../context.ts'
import { inputError } from '../errors.ts'

const DEFAULT_RETENTION_IN_DAYS = 400

/** Returns the days for which what is over is kept. */
export function retentionDaysOf({ options }: Pick<Context, 'options'>): number {
  return options.retentionDays ?? DEFAULT_RETENTION_IN_DAYS
}

/** Returns the time zone of the nightly work, whose days are compared. */
export function zoneOf({ options: { reconcile } }: Pick<Context, 'options'>): string {
  return reconcile === undefined || reconcile === 'off' ? 'UTC' : reconcile.timeZone
}

/** Returns yesterday as `2026-11-20`, in the time zone of the nightly work. */
export function nameOfYesterday(context: Pick<Context, 'options'>): string {
  const timeZone = zoneOf(context)
  const { from } = dayIn('yesterday', timeZone)
  const day = new Intl.DateTimeFormat('en-CA', { timeZone, dateStyle: 'short' }).format(from)
  if (!/^\d{4}-\d{2}-\d{2}$/.test(day))
    throw inputError('`reconcile.timeZone` must be a time zone whose days Intl can format')
  return day
}
