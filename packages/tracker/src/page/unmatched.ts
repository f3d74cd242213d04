import type { UnmatchedPayment } from '../types/unmatched.ts'
import { money, properName } from './format.ts'
import type { Page } from './layout.ts'
import { html, id, type Markup, value } from './markup.ts'
import { orderLink, when } from './orders.ts'
import type { PageContext } from './status-page.ts'
import { empty, table } from './tables.ts'
import { badge } from './words.ts'

const SEARCHED = 500
const PAGE = 50

/** Lists payments that took money and belong to no tracked order, oldest first. */
export async function unmatchedPage(context: PageContext): Promise<Page> {
  const cursor = context.query.get('cursor') ?? undefined
  const page = await context.tracker.unmatched({ limit: PAGE, cursor })
  const next = page.cursor && new URLSearchParams({ unmatched: '', cursor: page.cursor }).toString()
  const main = html`<h1>Money without an order</h1>
<p>The provider holds or took this money, and no tracked order expects it. Find its order in the shop by the reference, or refund it in the provider’s dashboard. Oldest first.</p>
${unmatchedTable(page.payments, context)}
${next && html`<p class="row after"><a class="button" href="?${next}">Later payments</a></p>`}`
  return { status: 200, title: 'Money without an order', main, place: 'unmatched' }
}

/** Shows payments that took money and belong to no tracked order. */
export function unmatchedTable(payments: readonly UnmatchedPayment[], { clock }: PageContext): Markup {
  if (payments.length === 0)
    return empty(
      'No money without an order. A payment appears here when it took money and no tracked order expects it.',
    )
  const rows = payments.map(({ provider, id: paymentId, report: { payment }, since, order }) => [
    id(paymentId),
    payment.amount ? money(payment.amount) : html`<span class="soft">Not stated</span>`,
    badge(payment.status),
    payment.reference === undefined
      ? html`<span class="soft none">None</span>`
      : html`<a href="?${new URLSearchParams({ find: payment.reference }).toString()}">${id(payment.reference)}</a>`,
    html`<bdi>${properName(provider)}</bdi>${order !== undefined && html`, no longer tracked: ${orderLink(order)}`}`,
    when(since, clock),
  ])
  return table(
    'Money without an order',
    [
      { title: 'Payment' },
      { title: 'Amount', kind: 'number' },
      { title: 'Status' },
      { title: 'Reference' },
      { title: 'Provider' },
      { title: 'Since' },
    ],
    rows,
  )
}

/** Finds money without an order by the beginning of its payment id or reference. */
export async function findUnmatched(context: PageContext, search: string): Promise<Page | undefined> {
  const { payments } = await context.tracker.unmatched({ limit: SEARCHED })
  const found = payments.filter(({ id, report }) =>
    [id, report.payment.reference].some((text) => text?.startsWith(search)),
  )
  if (found.length === 0) return undefined
  const main = html`<h1>Money without an order</h1>
<p>No tracked order expects a payment that begins with ${value(search)}. Find its order in the shop by the reference, or refund it in the provider’s dashboard.</p>
${unmatchedTable(found, context)}`
  return { status: 200, title: 'Money without an order', main, search }
}
