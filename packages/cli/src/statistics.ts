import type { DayStatistics } from '@payment-status/tracker'
import { formatMoney } from './explain/money.ts'

/** Describes a day in a few lines. */
export function describeStatistics(statistics: DayStatistics): string {
  const { payments, statuses, volume, refusals, threeDSecure } = statistics
  const lines = [
    ['payments', [`${payments} made`, list(Object.entries(statuses))].filter(Boolean).join(': ')],
    ['success', describeSuccess(statistics)],
    ...volume.map(({ currency, payments, captured, refunded, notStated }) => [
      'volume',
      `${formatMoney({ amount: captured, currency })} captured, ${formatMoney({ amount: refunded, currency })} refunded (${payments} payments${notStated > 0 ? `, ${notStated} of them without all figures` : ''})`,
    ]),
    ['declined', list(refusals.map(({ reason, count }) => [reason, count]))],
    ['3-D Secure', describe3ds(threeDSecure)],
  ]
  return lines
    .filter(([, text]) => text)
    .map(([name = '', text]) => `${name.padEnd(11)}${text}\n`)
    .join('')
}

/** Describes the success rate; empty while no payment has ended. */
export function describeSuccess({ paid, notPaid, successRate }: DayStatistics): string {
  if (successRate === undefined) return ''
  return `${toPercent(successRate)}: ${paid} of ${paid + notPaid} ended payments were paid`
}

function describe3ds({ asked, successRate, ...outcomes }: DayStatistics['threeDSecure']): string {
  if (asked === 0) return ''
  const { passed, failed, timedOut, unfinished } = outcomes
  const counts = list(Object.entries({ passed, failed, 'timed out': timedOut, unfinished }))
  const rate = successRate === undefined ? '' : `${toPercent(successRate)} of ended authentications passed: `
  return `${rate}${counts}`
}

function list(counts: readonly (readonly [name: string, count: number])[]): string {
  return counts
    .filter(([, count]) => count > 0)
    .map(([name, count]) => `${count} ${name}`)
    .join(', ')
}

function toPercent(part: number): string {
  return `${(part * 100).toFixed(1)} %`
}
