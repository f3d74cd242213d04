import type { DayStatistics } from '@payment-status/tracker'
import { formatMoney } from './explain/money.ts'

/** How a day went, for people: a few lines, each of which says what it is a part of. */
export function describeStatistics(statistics: DayStatistics): string {
  const { payments, statuses, volume, refusals, threeDSecure } = statistics
  const lines = [
    ['made', [`${payments} payments`, list(Object.entries(statuses))].filter(Boolean).join(': ')],
    ['success', describeSuccess(statistics)],
    ...volume.map(({ currency, payments, captured, refunded, notStated }) => [
      'volume',
      `${formatMoney({ amount: captured, currency })} taken, ${formatMoney({ amount: refunded, currency })} given back (${payments} payments${notStated > 0 ? `, ${notStated} of them without all their figures` : ''})`,
    ]),
    ['refused', list(refusals.map(({ reason, count }) => [reason, count]))],
    ['3-D Secure', describe3ds(threeDSecure)],
  ]
  return lines
    .filter(([, text]) => text)
    .map(([name = '', text]) => `${name.padEnd(11)}${text}\n`)
    .join('')
}

/** What part of those that ended were paid; nothing while none has. */
export function describeSuccess({ paid, notPaid, successRate }: DayStatistics): string {
  if (successRate === undefined) return ''
  return `${toPercent(successRate)}: ${paid} of ${paid + notPaid} that ended were paid`
}

function describe3ds({ asked, successRate, ...outcomes }: DayStatistics['threeDSecure']): string {
  if (asked === 0) return ''
  const { passed, failed, timedOut, unfinished } = outcomes
  const counts = list(Object.entries({ passed, failed, 'timed out': timedOut, unfinished }))
  const rate = successRate === undefined ? '' : `${toPercent(successRate)} of those that ended there: `
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
