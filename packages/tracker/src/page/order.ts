import type { Payment } from '@payment-status/core'
import type { Evidence, OrderView, PaymentView, Tracker } from '../types.ts'
import { html, type Markup, value } from './markup.ts'
import { describeStep, money, statusOf, tasksTable, time, wide } from './parts.ts'

/** Of a longer timeline the newest are shown. */
const LONGEST_TIMELINE = 500

/** Where an order stands, and why. */
export async function orderPage(tracker: Tracker, view: OrderView): Promise<Markup> {
  const { order, orderStatus, step, state, terms, watchedAt, nextPollAt, payments, tasks } = view
  const timelines: Markup[] = []
  for (const payment of payments) timelines.push(await paymentSection(tracker, payment))
  return html`<h1>Order ${value(order)}</h1>
<div class="panel"><dl>
<dt>stands at</dt><dd>${statusOf(orderStatus.status)}</dd>
${orderStatus.paidTwice && html`<dt>paid twice</dt><dd>yes: ${orderStatus.paid.length} payments took money, and one has to go back</dd>`}
<dt>to do</dt><dd>${step ? describeStep(step) : 'nothing known yet: it is being asked about'}</dd>
<dt>asked for</dt><dd>${money(terms.expected.amount)}, captured ${terms.capture === 'manual' ? 'by hand' : 'automatically'}</dd>
<dt>state</dt><dd>${state}</dd>
<dt>since</dt><dd>${time(watchedAt)}</dd>
<dt>next look</dt><dd>${nextPollAt === undefined ? 'none planned; webhooks and the nightly look go on' : time(nextPollAt)}</dd>
</dl></div>
<h2>To do</h2>
${tasksTable(tasks)}
<h2>Payments</h2>
${payments.length === 0 ? html`<p class="none">Nothing was heard of a payment yet.</p>` : timelines}`
}

async function paymentSection(tracker: Tracker, view: PaymentView): Promise<Markup> {
  const { provider, id, report, recheck, repeatedPolls } = view
  const heard: Evidence[] = []
  let left = 0
  for await (const evidence of tracker.timeline({ provider, id })) {
    heard.push(evidence)
    if (heard.length > LONGEST_TIMELINE) {
      heard.shift()
      left++
    }
  }
  const rows = heard.map(
    ({ kind, type, receivedAt, report: said, dispute, outcome, version }) =>
      html`<tr><td>${time(receivedAt)}</td><td>${kind}${type !== undefined && html` ${value(type)}`}</td><td>${said && html`<span class="status">${said.payment.status}</span>`}${dispute && `dispute: ${dispute.status}`}</td><td>${value(facts(said?.payment))}</td><td>${outcome}</td><td class="number">${version}</td></tr>`,
  )
  return html`<h3>${value(provider)} ${value(id)}</h3>
<dl>
<dt>believed</dt><dd>${statusOf(report.payment.status)}, by a ${report.source}</dd>
${figures(report.payment)}
${report.payment.reference !== undefined && html`<dt>reference</dt><dd>${value(report.payment.reference)}</dd>`}
${report.payment.decline && html`<dt>refused</dt><dd>${report.payment.decline.reason.replaceAll('_', ' ')}${report.payment.decline.message !== undefined && html`: ${value(report.payment.decline.message)}`}</dd>`}
${report.payment.dispute && html`<dt>dispute</dt><dd>${report.payment.dispute.status.replaceAll('_', ' ')}</dd>`}
${recheck !== undefined && html`<dt>in doubt</dt><dd>${value(recheck)}: it is looked up again</dd>`}
${repeatedPolls > 0 && html`<dt>looks</dt><dd>${repeatedPolls} more only repeated what was known</dd>`}
</dl>
${left > 0 && html`<p>${left} older pieces of news are not shown.</p>`}
${wide(
  `What was heard of payment ${id}`,
  html`<table><caption>What was heard, from where, and what the guard made of it</caption><thead><tr><th scope="col">heard</th><th scope="col">from</th><th scope="col">says</th><th scope="col">in the provider’s words</th><th scope="col">the guard</th><th scope="col" class="number">version</th></tr></thead><tbody>${rows}</tbody></table>`,
)}`
}

function figures({ amount, captured, refunded }: Payment): Markup | undefined {
  if (!amount) return undefined
  const figure = (name: string, minorUnits: number | undefined) =>
    minorUnits !== undefined &&
    html`<dt>${name}</dt><dd>${money({ amount: minorUnits, currency: amount.currency })}</dd>`
  return html`<dt>amount</dt><dd>${money(amount)}</dd>${figure('captured', captured)}${figure('refunded', refunded)}`
}

function facts(payment: Payment | undefined): string | undefined {
  if (!payment) return undefined
  return Object.entries(payment.facts)
    .map(([name, fact]) => `${name}: ${fact}`)
    .join(', ')
}
