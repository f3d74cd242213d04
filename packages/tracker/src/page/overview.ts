import { paymentStatuses } from '@payment-status/core'
import type { Health, OrderPage, OrderQuery, OrderState, OrderView, Task } from '../types.ts'
import { paymentsChart, successRate, webhookDelays } from './charts.ts'
import { counted, duration, money, properName } from './format.ts'
import type { Page } from './layout.ts'
import { type Content, html, id, type Markup } from './markup.ts'
import { nightlyChecks } from './nightly-checks.ts'
import { orderLink, ordersTable, when } from './orders.ts'
import type { PageContext } from './status-page.ts'
import { empty, table } from './tables.ts'
import { tasksTable } from './tasks.ts'
import { unmatchedTable } from './unmatched.ts'
import { statusWords } from './words.ts'

const ORDERS = 50
const TASKS = 50
const UNMATCHED = 50

const stateWords: Readonly<Record<OrderState, string>> = {
  waiting: 'Waiting for a result',
  exhausted: 'Waiting for a long time',
  decided: 'Decided',
  unwatched: 'No longer tracked',
}
const orderStates = Object.keys(stateWords) as readonly OrderState[]

/** Shows open tasks, payments to refund, figures of the last days, the tracker's health, and the newest orders. */
export async function overviewPage(context: PageContext): Promise<Page> {
  const { tracker, query } = context
  const filter = toFilter(query)
  const page = await tracker.orders({ ...filter, limit: ORDERS })
  const isFiltered = Object.values(filter).some((chosen) => chosen !== undefined)
  if (isFiltered)
    return { status: 200, title: 'Orders', main: html`<h1>Orders</h1>${orders(page, filter, context)}` }
  const [statistics, health, tasks, unmatched] = [
    await tracker.statistics(),
    await tracker.health(),
    await tracker.openTasks({ limit: TASKS }),
    await tracker.unmatched({ limit: UNMATCHED }),
  ]
  const providers = new Set([
    ...statistics.webhookDelays.map(({ provider }) => provider),
    ...page.orders.flatMap(({ payments }) => payments.map(({ provider }) => provider)),
  ])
  const main = html`<h1 class="unseen">Overview</h1>
<section><h2>Open tasks${tasks.length > 0 && html` <span class="count">${tasks.length === TASKS ? `${TASKS}+` : tasks.length}</span>`}</h2>
${
  tasks.length > 0
    ? tasksTable(tasks, context)
    : empty(
        'No open tasks. A task appears when a person has to look at a payment, for example when an order was paid twice.',
      )
}</section>
<section><h2>Payments to refund</h2>
${refunds(await ordersOf(tasks, context))}</section>
<section><h2>Money without an order${unmatched.payments.length > 0 && html` <span class="count">${health.unmatched}</span>`}</h2>
${unmatchedTable(unmatched.payments, context)}</section>
<section class="panel"><h2>Payments by day</h2>
<p class="soft">Payments of the last 14 days, by the day they were first seen (UTC).</p>
${paymentsChart(statistics.payments, new Date())}</section>
<div class="glance">
<section class="panel"><h2>Success rate</h2>${successRate(statistics.payments)}</section>
<section class="panel"><h2>Webhook delay</h2>${webhookDelays(statistics.webhookDelays)}</section>
<section class="panel"><h2>Health</h2>${healthList(health, context)}</section>
</div>
<section><h2>Nightly check</h2>${await nightlyChecks(context, [...providers])}</section>
<section><h2>Orders</h2>${orders(page, filter, context)}</section>`
  return { status: 200, title: 'Overview', main }
}

/** Reads the orders that open tasks are about. */
async function ordersOf(tasks: readonly Task[], { tracker }: PageContext): Promise<readonly OrderView[]> {
  const names = new Set(tasks.flatMap(({ order }) => order ?? []))
  const found: OrderView[] = []
  for (const name of names) {
    const view = await tracker.order(name)
    if (view) found.push(view)
  }
  return found
}

function refunds(suspects: readonly OrderView[]): Markup {
  const rows = suspects
    .filter(({ orderStatus }) => orderStatus.paidTwice)
    .flatMap(({ order, orderStatus, decision }) =>
      orderStatus.paid
        .filter(({ payment }) => payment.id !== kept(orderStatus, decision))
        .map(({ payment }): Content[] => [
          id(payment.id),
          orderLink(order),
          payment.amount ? money(payment.amount) : 'Not stated',
          html`<bdi>${properName(payment.provider)}</bdi>`,
        ]),
    )
  if (rows.length === 0)
    return empty('No payments to refund. A payment appears here when an order was paid more than once.')
  return table(
    'Payments to refund',
    [{ title: 'Payment' }, { title: 'Order' }, { title: 'Amount', kind: 'number' }, { title: 'Provider' }],
    rows,
  )
}

/** Returns the id of the payment that stays, where an order was paid more than once. */
function kept(
  { deciding, paid }: OrderView['orderStatus'],
  { payment }: OrderView['decision'],
): string | undefined {
  const toRefund = payment?.payment.id
  const others = paid.filter((report) => report.payment.id !== toRefund)
  return toRefund !== undefined && others.length > 0 ? others[0]?.payment.id : deciding?.payment.id
}

function healthList(health: Health, { clock }: PageContext): Markup {
  const { backlog, oldestChangeMs, blocked, overduePolls, pausedProviders, workers } = health
  const seenLately = workers.filter(({ seenAt }) => Date.now() - Date.parse(seenAt) < 2 * 60_000).length
  const item = (isGood: boolean, name: string, content: Content) =>
    html`<li><span class="badge ${isGood ? 'paid' : 'undecided'}">${isGood ? 'OK' : 'Look'}</span><span>${name}<br><span class="soft">${content}</span></span></li>`
  return html`<ul class="health">
${item(
  (oldestChangeMs ?? 0) < 5 * 60_000,
  'Deliveries to the shop',
  backlog === 0
    ? 'All delivered'
    : `${counted(backlog, 'change')} waiting${oldestChangeMs === undefined ? '' : `, the oldest for ${duration(oldestChangeMs)}`}`,
)}
${item(
  seenLately > 0,
  'Workers',
  seenLately === 0 ? 'None is running: nothing is polled or delivered' : `${seenLately} running`,
)}
${item(blocked === 0, 'Orders that the shop does not accept', blocked === 0 ? 'None' : `${counted(blocked, 'order')}: the shop’s handler fails`)}
${item(overduePolls === 0, 'Polls of the providers', overduePolls === 0 ? 'On time' : `${counted(overduePolls, 'poll')} overdue`)}
${item(
  pausedProviders.length === 0,
  'Providers',
  pausedProviders.length === 0
    ? 'All reachable'
    : pausedProviders.map(
        ({ provider, until }, index) =>
          html`${index > 0 && ', '}<bdi>${properName(provider)}</bdi> is paused until ${when(until, clock)}`,
      ),
)}
</ul>`
}

function orders(page: OrderPage, filter: OrderQuery, { clock }: PageContext): Markup {
  const { status, state } = filter
  const option = (name: string, word: string, chosen: string | undefined) =>
    name === chosen
      ? html`<option value="${name}" selected>${word}</option>`
      : html`<option value="${name}">${word}</option>`
  const next = new URLSearchParams()
  if (status !== undefined) next.set('status', status)
  if (state !== undefined) next.set('state', state)
  if (page.cursor !== undefined) next.set('cursor', page.cursor)
  return html`<form method="get" action="" class="row filter">
<p><label for="status">Status</label><select id="status" name="status"><option value="">Any</option>${paymentStatuses.map((name) => option(name, statusWords[name], status))}</select></p>
<p><label for="state">Tracking</label><select id="state" name="state"><option value="">Any</option>${orderStates.map((name) => option(name, stateWords[name], state))}</select></p>
<button>Filter</button>
</form>
${
  page.orders.length > 0
    ? ordersTable(page.orders, clock)
    : empty(
        status === undefined && state === undefined
          ? 'No orders yet. An order appears here when the shop starts to track it.'
          : 'No order matches this filter.',
      )
}
${page.cursor !== undefined && html`<p><a class="button" href="?${next.toString()}">Older orders</a></p>`}`
}

function toFilter(query: URLSearchParams): OrderQuery {
  const status = paymentStatuses.find((name) => name === query.get('status'))
  const state = orderStates.find((name) => name === query.get('state'))
  return { status, state, cursor: query.get('cursor') ?? undefined }
}
