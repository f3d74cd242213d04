import { paymentKey } from '@payment-status/core'
import type { OrderView } from '../types/order.ts'
import { paymentsChart, successRate, webhookDelays } from './charts.ts'
import { money, properName } from './format.ts'
import { healthSummary } from './health.ts'
import type { Page } from './layout.ts'
import { type Content, html, id, type Markup } from './markup.ts'
import { orderLink, ordersTable } from './orders.ts'
import type { PageContext } from './status-page.ts'
import { empty, table } from './tables.ts'
import { noTasks, readOrdersOf, tasksTable } from './tasks.ts'
import { unmatchedTable } from './unmatched.ts'

/** Rows of each list. The rest is on a page of its own. */
const ROWS = 10
/** Payments to refund are found among the orders of this many tasks. */
const TASKS = 50

/** Shows open tasks, payments to refund, figures of the last days, the tracker's health, and the newest orders. */
export async function overviewPage(context: PageContext): Promise<Page> {
  const { tracker, clock } = context
  const [page, statistics, health, tasks, unmatched] = [
    await tracker.orders({ limit: ROWS }),
    await tracker.statistics(),
    await tracker.health(),
    await tracker.openTasks({ limit: TASKS }),
    await tracker.unmatched({ limit: ROWS }),
  ]
  const orders = await readOrdersOf(tasks, context)
  // Each payment of "Money without an order" has a task, too: the list below shows it.
  const others = tasks.filter(({ kind }) => kind !== 'unmatched').slice(0, ROWS)
  const main = html`<h1 class="unseen">Overview</h1>
<section><h2>Open tasks${count(health.openTasks)}</h2>
${others.length > 0 ? tasksTable(others, orders, context) : empty(tasks.length > 0 ? onlyUnmatched : noTasks)}
${more(health.openTasks - others.length, 'tasks', 'All tasks')}</section>
<section><h2>Payments to refund</h2>
${refunds([...orders.values()])}</section>
<section><h2>Money without an order${count(health.unmatched)}</h2>
${unmatchedTable(unmatched.payments, context)}
${more(health.unmatched - unmatched.payments.length, 'unmatched', 'All money without an order')}</section>
<section class="panel"><h2>Payments by day</h2>
<p class="soft">Payments of the last 14 days, by the day they were first seen (UTC).</p>
${paymentsChart(statistics.payments, new Date())}</section>
<div class="glance">
<section class="panel"><h2>Success rate</h2>${successRate(statistics.payments)}</section>
<section class="panel"><h2>Webhook delay</h2>${webhookDelays(statistics.webhookDelays)}</section>
<section class="panel"><h2>Health</h2>${healthSummary(health, context)}</section>
</div>
<section><h2>Newest orders</h2>${
    page.orders.length > 0
      ? ordersTable(page.orders, clock)
      : empty('No orders yet. An order appears here when the shop starts to track it.')
  }
<p class="row after"><a class="button" href="?orders">All orders, with filters</a></p></section>`
  return { status: 200, title: 'Overview', main, place: '' }
}

function count(number: number): Markup | undefined {
  return number > 0 ? html` <span class="count">${number.toLocaleString('en')}</span>` : undefined
}

const onlyUnmatched = 'Every open task is about money without an order, which is listed below.'

function more(left: number, place: string, title: string): Markup | undefined {
  return left > 0 ? html`<p class="row after"><a class="button" href="?${place}">${title}</a></p>` : undefined
}

function refunds(suspects: readonly OrderView[]): Markup {
  const rows = suspects
    .filter(({ orderStatus }) => orderStatus.paidTwice)
    .flatMap(({ order, orderStatus, decision }) =>
      orderStatus.paid
        .filter(({ payment }) => paymentKey(payment) !== kept(orderStatus, decision))
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

/** Returns the key of the payment that stays, where an order was paid more than once. */
function kept(
  { deciding, paid }: OrderView['orderStatus'],
  { payment }: OrderView['decision'],
): string | undefined {
  const toRefund = payment && paymentKey(payment.payment)
  const other = paid.find((report) => paymentKey(report.payment) !== toRefund)
  const stays = toRefund !== undefined && other ? other : deciding
  return stays && paymentKey(stays.payment)
}
