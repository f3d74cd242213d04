import type { OrderPage } from '../types/order.ts'
import type { Page } from './layout.ts'
import { html } from './markup.ts'
import { MOST_EXPORTED } from './order-export.ts'
import { filterForm, filterLink, isFiltered, readFilter } from './order-filter.ts'
import { ordersTable } from './orders.ts'
import type { PageContext } from './status-page.ts'
import { empty } from './tables.ts'

const ORDERS = 50

/** Lists orders, newest first, with a filter, and offers them as a CSV file. */
export async function orderListPage({ tracker, query, clock }: PageContext): Promise<Page> {
  const filter = readFilter(query, clock)
  const cursor = query.get('cursor') ?? undefined
  const page: OrderPage =
    filter.problem === undefined
      ? await tracker.orders({ ...filter.query, cursor, limit: ORDERS })
      : { orders: [] }
  const main = html`<h1>Orders</h1>
${filterForm(filter)}
${
  page.orders.length > 0
    ? html`${ordersTable(page.orders, clock)}
<p class="row after">${page.cursor !== undefined && html`<a class="button" href="${filterLink(filter, { cursor: page.cursor })}">Older orders</a>`}<a class="button" href="${filterLink(filter, { export: '' })}">Download as CSV</a>${page.cursor !== undefined && html`<span class="hint">The file holds at most the newest ${MOST_EXPORTED.toLocaleString('en')} orders.</span>`}</p>`
    : filter.problem === undefined &&
      empty(
        isFiltered(filter)
          ? 'No order matches this filter. The dates are the days on which the shop began to track an order.'
          : 'No orders yet. An order appears here when the shop starts to track it.',
      )
}`
  return { status: 200, title: 'Orders', main, place: 'orders' }
}
