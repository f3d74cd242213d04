import { type Outcome, outcomeOf } from '@payment-status/core'
import type { Statistics } from '../types.ts'
import { html, type Markup } from './markup.ts'

/** Outcomes from the ground up, and how they are called. */
const outcomes: readonly (readonly [Outcome, string])[] = [
  ['paid', 'paid'],
  ['held', 'held'],
  ['verified', 'verified'],
  ['returned', 'returned'],
  ['undecided', 'undecided'],
  ['unclear', 'unclear'],
  ['not_paid', 'not paid'],
]

const WIDTH = 560
const HEIGHT = 160
const GROUND = 140
const LONGEST_BAR = 120

interface Day {
  readonly day: string
  readonly counts: ReadonlyMap<Outcome, number>
  readonly total: number
}

function toDays(payments: Statistics['payments']): Day[] {
  const days = new Map<string, Statistics['payments'][number][]>()
  for (const row of payments) days.set(row.day, [...(days.get(row.day) ?? []), row])
  return [...days].map(([day, rows]) => {
    const counts = new Map<Outcome, number>()
    for (const { status, count } of rows) {
      const outcome = outcomeOf(status)
      counts.set(outcome, (counts.get(outcome) ?? 0) + count)
    }
    return { day, counts, total: rows.reduce((sum, { count }) => sum + count, 0) }
  })
}

/** Payments by day and outcome: bars, and the same as a table. */
export function paymentsChart(payments: Statistics['payments']): Markup {
  const days = toDays(payments)
  if (days.length === 0) return html`<p class="none">No payment was heard of yet.</p>`
  const most = Math.max(...days.map(({ total }) => total))
  const slot = WIDTH / days.length
  const bars = days.map(({ day, counts, total }, index) => {
    let top = GROUND
    const parts = outcomes.map(([outcome, name]) => {
      const count = counts.get(outcome) ?? 0
      if (count === 0) return undefined
      const height = (count / most) * LONGEST_BAR
      top -= height
      return html`<rect class="${outcome}" x="${round(index * slot + 2)}" y="${round(top)}" width="${round(Math.min(slot - 4, 48))}" height="${round(height)}"><title>${day}: ${count} ${name}</title></rect>`
    })
    const x = round(index * slot + 2)
    return html`${parts}<text x="${x}" y="${GROUND + 14}">${day.slice(5)}</text><text x="${x}" y="${round(top - 4)}">${total}</text>`
  })
  const known = outcomes.filter(([outcome]) => days.some(({ counts }) => counts.has(outcome)))
  const key = known.map(
    ([outcome, name]) =>
      html`<li><svg viewBox="0 0 12 12" aria-hidden="true"><rect class="${outcome}" width="12" height="12" /></svg> ${name}</li>`,
  )
  const rows = days.map(
    ({ day, counts, total }) =>
      html`<tr><th scope="row">${day}</th>${known.map(([outcome]) => html`<td class="number">${counts.get(outcome) ?? 0}</td>`)}<td class="number">${total}</td></tr>`,
  )
  return html`<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="Payments by day and outcome; the table below says the same">${bars}</svg>
<ul class="key">${key}</ul>
<details><summary>As a table</summary><div class="wide" tabindex="0" role="region" aria-label="Payments by day and outcome, as a table"><table><thead><tr><th scope="col">day</th>${known.map(([, name]) => html`<th scope="col" class="number">${name}</th>`)}<th scope="col" class="number">all</th></tr></thead><tbody>${rows}</tbody></table></div></details>`
}

/** Of the payments that ended, how many ended paid. One whose money went back had been paid. */
export function successRate(payments: Statistics['payments']): Markup {
  let paid = 0
  let ended = 0
  for (const { status, count } of payments) {
    const outcome = outcomeOf(status)
    const isPaid = outcome === 'paid' || outcome === 'returned'
    if (isPaid) paid += count
    if (isPaid || outcome === 'not_paid') ended += count
  }
  if (ended === 0) return html`<p class="none">No payment has ended yet.</p>`
  const share = paid / ended
  return html`<p class="big">${(share * 100).toFixed(1)} %</p>
<svg viewBox="0 0 560 16" role="img" aria-label="${paid} of ${ended} payments that ended were paid"><rect class="not_paid" width="560" height="16" /><rect class="paid" width="${round(share * 560)}" height="16" /></svg>
<p>${paid} of ${ended} that ended were paid</p>`
}

/** How long webhooks took, by provider. */
export function delaysChart(delays: Statistics['webhookDelays']): Markup {
  if (delays.length === 0) return html`<p class="none">No webhook was heard yet.</p>`
  const longest = Math.max(1, ...delays.map(({ p95Ms }) => p95Ms))
  const rows = delays.map(
    ({ provider, count, medianMs, p95Ms }) =>
      html`<tr><th scope="row"><bdi>${provider}</bdi></th><td class="number">${count}</td><td class="number">${duration(medianMs)}</td><td class="number">${duration(p95Ms)}
<svg viewBox="0 0 100 8" aria-hidden="true"><rect class="held" width="${round((p95Ms / longest) * 100)}" height="8" /><rect class="paid" width="${round((medianMs / longest) * 100)}" height="8" /></svg></td></tr>`,
  )
  return html`<table><thead><tr><th scope="col">provider</th><th scope="col" class="number">webhooks</th><th scope="col" class="number">median</th><th scope="col" class="number">95 of 100 within</th></tr></thead><tbody>${rows}</tbody></table>`
}

function round(number: number): number {
  return Math.round(number * 10) / 10
}

export function duration(milliseconds: number): string {
  if (milliseconds < 1000) return `${milliseconds} ms`
  const seconds = milliseconds / 1000
  if (seconds < 120) return `${seconds.toFixed(1)} s`
  const minutes = seconds / 60
  if (minutes < 120) return `${Math.round(minutes)} min`
  return minutes < 48 * 60 ? `${Math.round(minutes / 60)} h` : `${Math.round(minutes / 60 / 24)} d`
}
