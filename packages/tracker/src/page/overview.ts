import { paymentStatuses } from '@payment-status/core'
import type {
  DayStatistics,
  Health,
  OrderPage,
  OrderQuery,
  OrderState,
  Reconciliation,
  Tracker,
} from '../types.ts'
import { delaysChart, duration, paymentsChart, successRate } from './charts.ts'
import { html, type Markup, value } from './markup.ts'
import { ordersTable, tasksTable, time, wide } from './parts.ts'

const PAGE = 50
const TASKS = 50
const DIFFERENCES = 50

export const orderStates: readonly OrderState[] = ['waiting', 'exhausted', 'decided', 'unwatched']

/** What there is to see at a glance, and the newest orders. */
export async function overviewPage(tracker: Tracker, asked: URLSearchParams): Promise<Markup> {
  const filter = toFilter(asked)
  const page = await tracker.orders({ ...filter, limit: PAGE })
  if (asked.has('cursor')) return html`<h1>Orders</h1>${orders(page, filter)}`
  const statistics = await tracker.statistics()
  const health = await tracker.health()
  const tasks = await tracker.openTasks({ limit: TASKS })
  return html`<h1>Payments</h1>
<div class="glance">
<section class="panel" aria-labelledby="by-day"><h2 id="by-day">By day</h2>${paymentsChart(statistics.payments)}</section>
<section class="panel" aria-labelledby="rate"><h2 id="rate">Success rate</h2>${successRate(statistics.payments)}</section>
<section class="panel" aria-labelledby="delay"><h2 id="delay">Webhooks’ delay</h2>${delaysChart(statistics.webhookDelays)}</section>
<section class="panel" aria-labelledby="health"><h2 id="health">Health</h2>${healthList(health)}</section>
</div>
<p>Payments first heard of in the last 14 days, in UTC.</p>
<h2>To do</h2>
${tasksTable(tasks)}
${tasks.length === TASKS && html`<p>The ${TASKS} oldest are shown.</p>`}
<h2>Yesterday’s differences</h2>
${await yesterday(
  tracker,
  statistics.webhookDelays.map(({ provider }) => provider),
  page,
)}
<h2>Orders</h2>
${orders(page, filter)}`
}

function healthList({ backlog, oldestChangeMs, blocked, overduePolls, pausedProviders }: Health): Markup {
  return html`<dl>
<dt>to hand over</dt><dd>${backlog}${oldestChangeMs !== undefined && `, the oldest for ${duration(oldestChangeMs)}`}</dd>
<dt>blocked</dt><dd>${blocked} orders whose handler failed</dd>
<dt>late looks</dt><dd>${overduePolls}</dd>
<dt>left alone</dt><dd>${pausedProviders.length === 0 ? 'no provider' : pausedProviders.map(({ provider, until }) => html`${value(provider)} until ${time(until)} `)}</dd>
</dl>`
}

async function yesterday(tracker: Tracker, heard: readonly string[], page: OrderPage): Promise<Markup> {
  const seen = page.orders.flatMap(({ payments }) => payments.map(({ provider }) => provider))
  const day = new Date(Date.now() - 24 * 60 * 60_000).toISOString().slice(0, 10)
  const found: Reconciliation[] = []
  for (const provider of new Set([...heard, ...seen])) {
    const result = await tracker.reconciliation(provider, day)
    if (result) found.push(result)
  }
  if (found.length === 0) return html`<p class="none">${day} was not compared yet.</p>`
  return html`${found.map(({ provider, healed, summary, differences, statistics }) => {
    const rows = differences
      .slice(0, DIFFERENCES)
      .map(
        ({ kind, theirs, ours, fields }) =>
          html`<tr><td>${kind.replaceAll('_', ' ')}</td><td>${value(theirs?.payment.id ?? ours?.id ?? ours?.reference)}</td><td>${fields?.join(', ')}</td><td>${theirs?.payment.status}</td><td>${ours?.status}</td></tr>`,
      )
    return html`<h3>${value(provider)}, ${day}</h3>
<p>${summary.theirs} of theirs, ${summary.ours} of ours, ${summary.same} agree, ${healed} healed, ${differences.length} differ${!summary.complete && '; the list broke off'}.</p>
${daySuccess(statistics)}
${
  rows.length > 0 &&
  wide(
    `Differences with ${provider}`,
    html`<table><thead><tr><th scope="col">what</th><th scope="col">payment</th><th scope="col">fields</th><th scope="col">theirs</th><th scope="col">ours</th></tr></thead><tbody>${rows}</tbody></table>`,
  )
}`
  })}`
}

function daySuccess({ payments, paid, notPaid, successRate, refusals }: DayStatistics): Markup {
  const reasons = refusals.map(({ reason, count }) => `${count} ${reason.replaceAll('_', ' ')}`).join(', ')
  return html`<p>${payments} payments were made${successRate !== undefined && `; ${paid} of ${paid + notPaid} that ended were paid (${(successRate * 100).toFixed(1)} %)`}${reasons !== '' && `; refused: ${reasons}`}.</p>`
}

function orders(page: OrderPage, filter: OrderQuery): Markup {
  const { status, state } = filter
  const option = (name: string, chosen: string | undefined) =>
    name === chosen ? html`<option selected>${name}</option>` : html`<option>${name}</option>`
  const next = new URLSearchParams()
  if (status !== undefined) next.set('status', status)
  if (state !== undefined) next.set('state', state)
  if (page.cursor !== undefined) next.set('cursor', page.cursor)
  return html`<form method="get" action="">
<label>status <select name="status"><option value="">any</option>${paymentStatuses.map((name) => option(name, status))}</select></label>
<label>state <select name="state"><option value="">any</option>${orderStates.map((name) => option(name, state))}</select></label>
<button>Show</button>
</form>
${ordersTable(page.orders)}
${page.cursor !== undefined && html`<p><a href="?${next.toString()}">Older orders</a></p>`}`
}

function toFilter(asked: URLSearchParams): OrderQuery {
  const status = paymentStatuses.find((name) => name === asked.get('status'))
  const state = orderStates.find((name) => name === asked.get('state'))
  const cursor = asked.get('cursor')
  return { status, state, ...(cursor === null ? {} : { cursor }) }
}
