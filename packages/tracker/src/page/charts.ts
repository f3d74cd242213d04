import { type Outcome, outcomeOf } from '@payment-status/core'
import type { Statistics } from '../types/reconciliation.ts'
import { counted, duration, properName } from './format.ts'
import { html, type Markup } from './markup.ts'
import { empty, table } from './tables.ts'
import { outcomes, outcomeWords } from './words.ts'

const DAY_IN_MILLISECONDS = 24 * 60 * 60_000
const DAYS = 14
const DAYS_ON_A_PHONE = 7

interface Day {
  readonly day: string
  readonly counts: ReadonlyMap<Outcome, number>
  readonly total: number
}

/** Shows payments by day and outcome: bars over an axis, a legend with numbers, and the same as a table. */
export function paymentsChart(payments: Statistics['payments'], today: Date): Markup {
  const days = toDays(payments, today)
  const total = days.reduce((sum, day) => sum + day.total, 0)
  if (total === 0)
    return empty('No payments yet. The chart starts with the first webhook, lookup or answer of a provider.')
  const known = outcomes.filter((outcome) => days.some(({ counts }) => counts.has(outcome)))
  const sumOf = (outcome: Outcome) => days.reduce((sum, { counts }) => sum + (counts.get(outcome) ?? 0), 0)
  const legend = known.map(
    (outcome) =>
      html`<li><span class="swatch ${outcome}"></span>${outcomeWords[outcome]} <b>${sumOf(outcome).toLocaleString('en')}</b></li>`,
  )
  const rows = days.map(({ day, counts, total }) => [
    dayName(day),
    ...known.map((outcome) => counts.get(outcome) ?? 0),
    total,
  ])
  const columns = [
    { title: 'Day' },
    ...known.map((outcome) => ({ title: outcomeWords[outcome], kind: 'number' as const })),
    { title: 'All', kind: 'number' as const },
  ]
  return html`${bars(days, { width: 1040, css: 'chart roomy' })}${bars(days.slice(-DAYS_ON_A_PHONE), { width: 340, css: 'chart narrow' })}
<ul class="legend">${legend}</ul>
<details><summary>Show as a table</summary>${table('Payments by day', columns, rows)}</details>`
}

/** Every day of the chart, also those without a payment: a gap would look like the day before. */
function toDays(payments: Statistics['payments'], today: Date): Day[] {
  const days: Day[] = []
  for (let ago = DAYS - 1; ago >= 0; ago--) {
    const day = new Date(today.getTime() - ago * DAY_IN_MILLISECONDS).toISOString().slice(0, 10)
    const counts = new Map<Outcome, number>()
    for (const { status, count } of payments.filter((row) => row.day === day)) {
      const outcome = outcomeOf(status)
      counts.set(outcome, (counts.get(outcome) ?? 0) + count)
    }
    days.push({ day, counts, total: [...counts.values()].reduce((sum, count) => sum + count, 0) })
  }
  return days
}

const TOP = 22
const PLOT = 150
const LEFT = 44
const WIDEST_LABEL = 52

function bars(days: readonly Day[], { width, css }: { width: number; css: string }): Markup {
  const { ceiling, step } = scaleOf(Math.max(...days.map(({ total }) => total)))
  const ground = TOP + PLOT
  const toHeight = (count: number) => (count / ceiling) * PLOT
  const slot = (width - LEFT) / days.length
  const barWidth = round(Math.min(slot * 0.62, 44))
  const lines: Markup[] = []
  for (let mark = 0; mark <= ceiling; mark += step) {
    const y = round(ground - toHeight(mark))
    lines.push(
      html`<line class="${mark === 0 ? 'ground' : 'grid'}" x1="${LEFT}" x2="${width}" y1="${y}" y2="${y}" /><text class="mark" x="${LEFT - 8}" y="${y + 4}">${mark.toLocaleString('en')}</text>`,
    )
  }
  const columns = days.map(({ day, counts, total }, index) => {
    const middle = LEFT + (index + 0.5) * slot
    const isLabelled = slot >= WIDEST_LABEL || (days.length - 1 - index) % 2 === 0
    let top = ground
    const parts = outcomes.map((outcome) => {
      const count = counts.get(outcome)
      if (!count) return undefined
      top -= toHeight(count)
      return html`<rect class="${outcome}" x="${round(middle - barWidth / 2)}" y="${round(top)}" width="${barWidth}" height="${round(toHeight(count))}"><title>${dayName(day)}: ${count} ${outcomeWords[outcome].toLowerCase()}</title></rect>`
    })
    const figure =
      total > 0 &&
      html`<text class="figure" x="${round(middle)}" y="${round(top - 6)}">${total.toLocaleString('en')}</text>`
    return html`${parts}${figure}${isLabelled && html`<text class="day" x="${round(middle)}" y="${ground + 18}">${dayName(day)}</text>`}`
  })
  const label = `Payments by day and outcome, ${dayName(days[0]?.day)} to ${dayName(days.at(-1)?.day)}. The table below has the same numbers.`
  return html`<svg class="${css}" viewBox="0 0 ${width} ${ground + 28}" role="img" aria-label="${label}">${lines}${columns}</svg>`
}

/** Returns an axis with at most five marks at round numbers. */
function scaleOf(most: number): { readonly ceiling: number; readonly step: number } {
  const magnitude = 10 ** Math.floor(Math.log10(Math.max(most, 1) / 4 || 1))
  const step = [1, 2, 5, 10].map((factor) => Math.max(1, factor * magnitude)).find((size) => size * 5 >= most)
  const size = Math.ceil(step ?? most)
  return { step: size, ceiling: size * Math.max(1, Math.ceil(most / size)) }
}

/** Writes `30 Nov` for `2026-11-30`. */
function dayName(day = ''): string {
  const name = new Date(`${day}T00:00:00Z`)
  return name
    .toLocaleDateString('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' })
    .replace('Sept', 'Sep')
}

/** Shows how many of the finished payments were paid. A refunded payment was paid before. */
export function successRate(payments: Statistics['payments']): Markup {
  let paid = 0
  let ended = 0
  for (const { status, count } of payments) {
    const outcome = outcomeOf(status)
    const isPaid = outcome === 'paid' || outcome === 'returned'
    if (isPaid) paid += count
    if (isPaid || outcome === 'not_paid') ended += count
  }
  if (ended === 0) return empty('No payment is finished yet. The rate appears with the first one.')
  const share = (paid / ended) * 100
  return html`<p class="big">${share.toFixed(1)} %</p>
<svg class="meter" viewBox="0 0 100 3" preserveAspectRatio="none" aria-hidden="true"><rect class="not_paid" width="100" height="3" /><rect class="paid" width="${round(share)}" height="3" /></svg>
<p>${paid.toLocaleString('en')} of ${counted(ended, 'finished payment')} ${ended === 1 ? 'was' : 'were'} paid.</p>`
}

/** Shows by provider how long webhooks took from the event to this tracker. */
export function webhookDelays(delays: Statistics['webhookDelays']): Markup {
  if (delays.length === 0)
    return empty('No webhook yet. Delays appear with the first one that states when its event happened.')
  const rows = delays.map(({ provider, count, medianMs, p95Ms }) => [
    html`<bdi>${properName(provider)}</bdi>`,
    count.toLocaleString('en'),
    duration(medianMs),
    duration(p95Ms),
  ])
  return html`<p class="soft">From the provider’s event until its webhook arrived.</p>${table(
    'Webhook delay by provider',
    [
      { title: 'Provider' },
      { title: 'Count', kind: 'number' },
      { title: 'Median', kind: 'number' },
      { title: '95 %', kind: 'number' },
    ],
    rows,
  )}`
}

function round(number: number): number {
  return Math.round(number * 10) / 10
}
