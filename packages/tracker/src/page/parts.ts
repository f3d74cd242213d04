import { currencyDigits, type Money, type NextStep, statusMeanings } from '@payment-status/core'
import { match } from 'ts-pattern'
import type { OrderView, Task } from '../types.ts'
import { html, type Markup, value } from './markup.ts'

/** `65.40 EUR`, by ISO 4217's digits; minor units where the currency is not known. */
export function money({ amount, currency }: Money): string {
  const digits = currencyDigits(currency)
  if (digits === undefined) return `${amount} minor units of ${currency}`
  const text = String(Math.abs(amount)).padStart(digits + 1, '0')
  const whole = digits === 0 ? text : `${text.slice(0, -digits)}.${text.slice(-digits)}`
  return `${amount < 0 ? '-' : ''}${whole} ${currency}`
}

export function time(instant: string): Markup {
  return html`<time datetime="${instant}">${instant.replace('T', ' ').replace(/(\.\d+)?Z$/, ' UTC')}</time>`
}

export function orderLink(order: string): Markup {
  return html`<a href="?${new URLSearchParams({ order }).toString()}">${value(order)}</a>`
}

/** What is to be done, for a person. */
export function describeStep(step: NextStep): string {
  return match(step)
    .with({ kind: 'send_shopper' }, () => 'the shopper has to follow a page of the provider')
    .with({ kind: 'show_shopper' }, () => 'the shopper has to do something: scan, pay a voucher, or transfer')
    .with({ kind: 'wait' }, () => 'wait: nothing is decided')
    .with({ kind: 'capture' }, () => 'the money is held: capture it')
    .with({ kind: 'fulfill' }, () => 'deliver it')
    .with({ kind: 'ask_again' }, ({ newPayment }) =>
      newPayment
        ? 'the shopper may pay again, with a new payment'
        : 'the shopper may try again on this payment',
    )
    .with({ kind: 'complete' }, () => 'the shopper has agreed: make the provider’s next call')
    .with({ kind: 'none' }, () => 'nothing to do')
    .with({ kind: 'stop' }, () => 'deliver nothing')
    .with({ kind: 'look_up' }, () => 'it is looked up')
    .with({ kind: 'investigate' }, ({ why }) => `a person should look: ${why}`)
    .exhaustive()
}

const taskNames: Readonly<Record<Task['kind'], string>> = {
  receipt: 'fetch the receipt',
  contact_support: 'ask the provider’s support',
  investigate: 'a person should look',
  undecided: 'asked for days, and still no answer',
  difference: 'two records do not agree',
}

export function tasksTable(tasks: readonly Task[]): Markup {
  if (tasks.length === 0) return html`<p class="none">Nothing waits for a person.</p>`
  const rows = tasks.map(
    ({ kind, order, payment, why, openedAt }) =>
      html`<tr><td>${taskNames[kind]}</td><td>${order === undefined ? value(payment?.id) : orderLink(order)}</td><td>${value(why)}</td><td>${time(openedAt)}</td></tr>`,
  )
  return wide(
    'What is to be done',
    html`<table><thead><tr><th scope="col">what</th><th scope="col">order or payment</th><th scope="col">why</th><th scope="col">since</th></tr></thead><tbody>${rows}</tbody></table>`,
  )
}

export function ordersTable(orders: readonly OrderView[]): Markup {
  if (orders.length === 0) return html`<p class="none">No such order.</p>`
  const rows = orders.map(
    ({ order, orderStatus, terms, state, changedAt, tasks }) =>
      html`<tr><th scope="row">${orderLink(order)}</th><td><span class="status">${orderStatus.status}</span></td><td class="number">${money(terms.expected.amount)}</td><td>${state}</td><td>${tasks.length > 0 ? `${tasks.length} open` : ''}</td><td>${time(changedAt)}</td></tr>`,
  )
  return wide(
    'Orders',
    html`<table><thead><tr><th scope="col">order</th><th scope="col">status</th><th scope="col" class="number">asked for</th><th scope="col">state</th><th scope="col">tasks</th><th scope="col">last change</th></tr></thead><tbody>${rows}</tbody></table>`,
  )
}

export function statusOf(status: OrderView['orderStatus']['status']): Markup {
  return html`<span class="status">${status}</span>: ${statusMeanings[status]}`
}

/** What may be wider than a phone moves by itself, with the keyboard too. */
export function wide(label: string, content: Markup): Markup {
  return html`<div class="wide" tabindex="0" role="region" aria-label="${label}">${content}</div>`
}
