import { currencyDigits, dayIn, type Money, type PaymentStatus, paymentStatuses } from '@payment-status/core'
import type { OrderQuery, OrderState } from '../types/order.ts'
import type { Clock } from './format.ts'
import { html, type Markup } from './markup.ts'
import { statusWords } from './words.ts'

const stateWords: Readonly<Record<OrderState, string>> = {
  waiting: 'Waiting for a result',
  exhausted: 'Waiting for a long time',
  decided: 'Decided',
  unwatched: 'No longer tracked',
}
const orderStates = Object.keys(stateWords) as readonly OrderState[]

/** Fields of the form, by their names in the query. */
const names = ['status', 'state', 'from', 'to', 'amount'] as const

/** Choice of orders that the viewer made, as it was typed and as it is looked up. */
export interface OrderFilter {
  readonly typed: Readonly<Record<(typeof names)[number], string>>
  readonly query: OrderQuery
  /** Says what is wrong with a field. Nothing is looked up then. */
  readonly problem?: string
}

/** Reads the form. Days are those of the viewer's time zone, and both are included. */
export function readFilter(params: URLSearchParams, clock: Clock): OrderFilter {
  const entries = names.map((name) => [name, params.get(name)?.trim().slice(0, 100) ?? ''] as const)
  const typed = Object.fromEntries(entries) as OrderFilter['typed']
  const from = readDay(typed.from, clock)
  const to = readDay(typed.to, clock)
  const amount = readAmount(typed.amount)
  const problem =
    (typed.from !== '' && !from) || (typed.to !== '' && !to)
      ? 'A date must be a day of the calendar, such as 2026-11-30.'
      : from && to && from.from > to.from
        ? 'The first day must not be after the last day.'
        : typed.amount !== '' && !amount
          ? 'The amount must be a number and a currency, such as 38.00 EUR.'
          : undefined
  return {
    typed,
    query: {
      status: paymentStatuses.find((name) => name === typed.status),
      state: orderStates.find((name) => name === typed.state),
      since: from?.from.toISOString(),
      until: to?.to.toISOString(),
      amount,
    },
    ...(problem === undefined ? {} : { problem }),
  }
}

export function isFiltered({ typed }: OrderFilter): boolean {
  return names.some((name) => typed[name] !== '')
}

/** Returns the address of the list with this filter, and with what else is given. */
export function filterLink({ typed }: OrderFilter, more: Readonly<Record<string, string>>): string {
  const chosen = names.flatMap((name) => (typed[name] === '' ? [] : [[name, typed[name]]]))
  return `?${new URLSearchParams([['orders', ''], ...chosen, ...Object.entries(more)]).toString()}`
}

export function filterForm({ typed, problem }: OrderFilter): Markup {
  const option = (name: string, word: string, chosen: string) =>
    name === chosen
      ? html`<option value="${name}" selected>${word}</option>`
      : html`<option value="${name}">${word}</option>`
  return html`<form method="get" action="" class="row filter"><input type="hidden" name="orders" value="">
<p><label for="status">Status</label><select id="status" name="status"><option value="">Any</option>${paymentStatuses.map((name) => option(name, statusTitle(name), typed.status))}</select></p>
<p><label for="state">Tracking</label><select id="state" name="state"><option value="">Any</option>${orderStates.map((name) => option(name, stateWords[name], typed.state))}</select></p>
<p><label for="from">From</label><input id="from" name="from" type="date" value="${typed.from}"></p>
<p><label for="to">To</label><input id="to" name="to" type="date" value="${typed.to}"></p>
<p><label for="amount">Amount</label><input id="amount" name="amount" value="${typed.amount}" placeholder="38.00 EUR" maxlength="40" size="12" autocomplete="off"></p>
<button>Filter</button>
</form>
${problem !== undefined && html`<p class="problem" role="alert">${problem}</p>`}`
}

/** An order without a payment has the status `unknown` as well. */
function statusTitle(status: PaymentStatus): string {
  return status === 'unknown' ? `${statusWords.unknown}, or no payment yet` : statusWords[status]
}

function readDay(day: string, { timeZone }: Clock) {
  try {
    return /^\d{4}-\d{2}-\d{2}$/.test(day) ? dayIn(day, timeZone) : undefined
  } catch {
    return undefined
  }
}

/** Reads `38.00 EUR`, `EUR 38`, `1,234.50 EUR` and `38,00 EUR`. */
function readAmount(text: string): Money | undefined {
  const [, before, number = '', after] = /^([a-z]{3})?\s*([\d.,]+)\s*([a-z]{3})?$/i.exec(text) ?? []
  const currency = (before ?? after)?.toUpperCase()
  const digits = currency === undefined ? undefined : currencyDigits(currency)
  if (currency === undefined || digits === undefined || (before && after)) return undefined
  const isGrouped = /^\d{1,3}(,\d{3})+(\.\d+)?$/.test(number)
  const plain = isGrouped ? number.replaceAll(',', '') : number.replace(',', '.')
  const [, whole, fraction = ''] = /^(\d+)(?:\.(\d+))?$/.exec(plain) ?? []
  if (whole === undefined || fraction.length > digits) return undefined
  const amount = Number(whole + fraction.padEnd(digits, '0'))
  return Number.isSafeInteger(amount) ? { amount, currency } : undefined
}
