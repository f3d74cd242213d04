import { outcomeOf, type Payment } from '@payment-status/core'
import type { OrderState, OrderView, PaymentView } from '../types/order.ts'
import { type Clock, counted, money, paymentMethod, properName } from './format.ts'
import type { Page } from './layout.ts'
import { html, id, type Markup, value } from './markup.ts'
import { when } from './orders.ts'
import { describeOrder, type OrderFacts } from './sentence.ts'
import type { PageContext } from './status-page.ts'
import { empty, facts, table } from './tables.ts'
import { taskCards } from './tasks.ts'
import { timeline } from './timeline.ts'
import {
  badge,
  declineWords,
  disputeWords,
  operationStatusWords,
  operationWords,
  orderBadge,
  orderTone,
  statusExplanations,
} from './words.ts'

/** Shows one order: a sentence, open tasks, its payments, and its timeline. */
export async function orderPage(context: PageContext, view: OrderView): Promise<Page> {
  const { clock } = context
  const { order, orderStatus, terms, tasks, payments } = view
  const main = html`<p class="back"><a href="?orders">← All orders</a></p>
<h1><span class="kind">Order</span> ${value(order)}</h1>
<section class="summary ${orderTone(orderStatus)}">
<p class="state">${orderBadge(orderStatus)}<span class="amount">${money(terms.expected.amount)}</span></p>
<p class="sentence">${value(describeOrder(factsOf(view), clock))}</p>
</section>
<section><h2>What to do</h2>
${tasks.length > 0 ? taskCards(view, context) : empty(describeIdle(view, clock))}
</section>
<section><h2>Payments</h2>
${
  payments.length === 0
    ? empty('No payment yet. It appears with the provider’s first message or answer.')
    : paymentCards(payments, clock)
}
</section>
<section><h2>Timeline</h2>
${await timeline(context, payments)}
</section>
<details class="more"><summary>For developers</summary>${facts([
    ['Status', html`<code>${orderStatus.status}</code>`],
    ['Next step', html`<code>${view.decision.step.kind}</code>`],
    ['Delivered with', view.delivered && id(view.delivered.key)],
    ['Tracking', describeState(view.state)],
    ['Tracked since', when(view.watchedAt, clock)],
    ['Next poll', view.nextPollAt === undefined ? 'None planned' : when(view.nextPollAt, clock)],
    ['Capture', terms.capture === 'manual' ? 'By the shop' : 'Automatic'],
    ['Expected reference', id(terms.expected.reference)],
  ])}</details>`
  return { status: 200, title: `Order ${order}`, main }
}

function factsOf({ terms, orderStatus, decision, delivered }: OrderView): OrderFacts {
  return { terms, orderStatus, step: decision.step, deliveredAt: delivered?.at }
}

function describeIdle({ nextPollAt, state }: OrderView, clock: Clock): string {
  if (state === 'waiting' && nextPollAt !== undefined)
    return `Nothing to do. The provider is polled again on ${clock.moment(nextPollAt)}.`
  if (state === 'exhausted')
    return 'Nothing to do. The provider’s messages and the nightly check bring the result.'
  return 'Nothing to do.'
}

function describeState(state: OrderState): string {
  const states: Readonly<Record<OrderState, string>> = {
    waiting: 'Waiting for a result, polled by schedule',
    exhausted: 'Waiting for a result, polled at night only',
    decided: 'Decided',
    unwatched: 'No longer tracked',
  }
  return states[state]
}

const MOST_FAILED = 4

/** Shows payments that took no money after the others. Of many such attempts, the newest stay open. */
function paymentCards(payments: readonly PaymentView[], clock: Clock): Markup {
  const isFailed = ({ report }: PaymentView) => outcomeOf(report.payment.status) === 'not_paid'
  const failed = payments.filter(isFailed)
  const older = failed.slice(MOST_FAILED)
  const cards = (shown: readonly PaymentView[]) =>
    html`<div class="cards">${shown.map((payment) => paymentCard(payment, clock))}</div>`
  return html`${cards([...payments.filter((payment) => !isFailed(payment)), ...failed.slice(0, MOST_FAILED)])}${
    older.length > 0 &&
    html`<details class="more"><summary>${counted(older.length, 'more attempt')} that took no money</summary>${cards(older)}</details>`
  }`
}

function paymentCard({ provider, id: paymentId, report, recheck }: PaymentView, clock: Clock): Markup {
  const { payment } = report
  const { status, amount, reference, method, decline, dispute, createdAt, updatedAt, operations } = payment
  return html`<article class="card ${outcomeOf(status)}"><header>${badge(status)}<span class="amount">${amount ? money(amount) : 'Amount not stated'}</span></header>
<p class="soft">${statusExplanations[status]}</p>
${facts([
  ['Payment id', id(paymentId)],
  ['Provider', html`<bdi>${properName(provider)}</bdi>`],
  ['Reference', reference === undefined ? undefined : id(reference)],
  ['Paid with', method && value(paymentMethod(method))],
  ['Reserved', status === 'authorized' && sum(payment, payment.authorized)],
  ['Charged', payment.captured !== 0 && sum(payment, payment.captured)],
  ['Refunded', payment.refunded !== 0 && sum(payment, payment.refunded)],
  ['Declined', decline && declineWords[decline.reason]],
  ['Provider’s message', value(decline?.message)],
  ['Dispute', dispute && describeDispute(dispute, clock)],
  ['Created', createdAt !== undefined && when(createdAt, clock)],
  ['Last change', updatedAt !== undefined && when(updatedAt, clock)],
  ['Being checked', value(recheck)],
])}
${operations && operations.length > 0 && operationsTable(payment, clock)}</article>`
}

function operationsTable({ id, operations = [], amount }: Payment, clock: Clock): Markup {
  const rows = operations.map((operation) => {
    const [word, tone] = operationStatusWords[operation.status]
    return [
      operationWords[operation.kind],
      amount && operation.amount !== undefined
        ? money({ amount: operation.amount, currency: amount.currency })
        : html`<span class="soft">Not stated</span>`,
      html`<span class="badge ${tone}">${word}</span>`,
      operation.at === undefined ? html`<span class="soft">Not stated</span>` : when(operation.at, clock),
    ]
  })
  const columns = [
    { title: 'Operation' },
    { title: 'Amount', kind: 'number' as const },
    { title: 'Result' },
    { title: 'When' },
  ]
  return html`<details><summary>${counted(operations.length, 'operation')}</summary>${table(`Operations of ${id}`, columns, rows)}</details>`
}

function sum({ amount }: Payment, minorUnits: number | undefined): string | undefined {
  return amount && minorUnits !== undefined
    ? money({ amount: minorUnits, currency: amount.currency })
    : undefined
}

function describeDispute(
  { status, reason, amount, respondBy }: NonNullable<Payment['dispute']>,
  clock: Clock,
) {
  return html`${disputeWords[status]}${amount && `, ${money(amount)}`}${respondBy !== undefined && html`, respond by ${when(respondBy, clock)}`}${reason !== undefined && html` (${value(reason)})`}`
}
