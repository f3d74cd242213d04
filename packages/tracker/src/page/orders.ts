import type { OrderView } from '../types/order.ts'
import { type Clock, money, paymentMethod } from './format.ts'
import { html, type Markup, value } from './markup.ts'
import { table } from './tables.ts'
import { orderBadge } from './words.ts'

/** A longer name would push the other columns out of sight. Its order's own page shows all of it. */
const LONGEST_NAME = 40

export function orderLink(order: string): Markup {
  return html`<a href="?${new URLSearchParams({ order }).toString()}">${value(order, LONGEST_NAME)}</a>`
}

export function when(instant: string, clock: Clock): Markup {
  return html`<time datetime="${instant}">${clock.moment(instant)}</time>`
}

/** Shows orders as a table: the newest first, as they are given. */
export function ordersTable(orders: readonly OrderView[], clock: Clock): Markup {
  const rows = orders.map(({ order, orderStatus, terms, changedAt, tasks }) => {
    const method = orderStatus.deciding?.payment.method
    return [
      orderLink(order),
      money(terms.expected.amount),
      orderBadge(orderStatus),
      method ? value(paymentMethod(method)) : html`<span class="soft none">–</span>`,
      tasks.length > 0
        ? html`<span class="badge undecided">${tasks.length} open</span>`
        : html`<span class="soft none">None</span>`,
      when(changedAt, clock),
    ]
  })
  return table(
    'Orders',
    [
      { title: 'Order' },
      { title: 'Amount', kind: 'number' },
      { title: 'Status' },
      { title: 'Paid with' },
      { title: 'Tasks' },
      { title: 'Last change' },
    ],
    rows,
  )
}
