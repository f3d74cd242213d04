import { Readable } from 'node:stream'
import { currencyDigits, type Money, outcomeOf } from '@payment-status/core'
import { stringify } from 'csv-stringify/sync'
import type { OrderView } from '../types/order.ts'
import { toVisible } from './markup.ts'
import { readFilter } from './order-filter.ts'
import type { PageContext } from './status-page.ts'
import { orderWords } from './words.ts'

const PAGE = 500
/** One download must not keep the database busy for minutes. */
export const MOST_EXPORTED = 10_000

const columns = [
  'order',
  'status',
  'amount',
  'currency',
  'charged',
  'refunded',
  'provider',
  'payments',
  'reference',
  'tracked_at',
  'changed_at',
  'delivered_at',
  'open_tasks',
] as const

/** Sends the orders of the list's filter as a CSV file: UTF-8, amounts in major units, instants in UTC. */
export async function exportOrders({ tracker, query, clock }: PageContext): Promise<Response> {
  const filter = readFilter(query, clock).query
  const first = await tracker.orders({ ...filter, limit: PAGE }) // an error still has its own page
  async function* lines() {
    yield toCsv([columns], true)
    let page = first
    for (let count = PAGE; ; count += PAGE) {
      yield toCsv(page.orders.map(toRow))
      if (page.cursor === undefined || count >= MOST_EXPORTED) return
      page = await tracker.orders({ ...filter, cursor: page.cursor, limit: PAGE })
    }
  }
  const body = Readable.toWeb(Readable.from(lines())) as ReadableStream
  return new Response(body.pipeThrough(new TextEncoderStream()), {
    headers: {
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': `attachment; filename="orders-${new Date().toISOString().slice(0, 10)}.csv"`,
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'cross-origin-resource-policy': 'same-origin',
    },
  })
}

/**
 * A spreadsheet runs a cell that begins with `=`, `+`, `-` or `@` as a formula: such a cell gets an apostrophe before it. In
 * countries with a decimal comma, cells also end at a semicolon.
 */
function toCsv(rows: readonly (readonly (string | number)[])[], isFirst = false): string {
  const toCell = (cell: string | number) =>
    typeof cell === 'string' ? toVisible(cell).replaceAll(/;(?=\s*[=+\-@])/g, ";'") : cell
  return stringify(
    rows.map((row) => row.map(toCell)),
    {
      escape_formulas: true,
      bom: isFirst,
      record_delimiter: 'windows',
    },
  )
}

function toRow({ order, orderStatus, terms, payments, watchedAt, changedAt, delivered, tasks }: OrderView) {
  const { amount, reference } = terms.expected
  const all = payments.map(({ report }) => report.payment)
  const took = all.filter(
    ({ status, amount: own }) =>
      ['paid', 'returned'].includes(outcomeOf(status)) &&
      (own?.currency ?? amount.currency) === amount.currency,
  )
  /** Empty where a payment does not state its part. */
  const sum = (parts: readonly (number | undefined)[]) =>
    parts.includes(undefined)
      ? ''
      : toMajorUnits({
          amount: parts.reduce<number>((total, part = 0) => total + part, 0),
          currency: amount.currency,
        })
  return [
    order,
    orderWords(orderStatus),
    toMajorUnits(amount),
    amount.currency,
    sum(took.map(({ captured }) => captured)),
    sum(took.map(({ refunded = 0 }) => refunded)),
    [...new Set(all.map(({ provider }) => provider))].join(' '),
    all.map(({ id }) => id).join(' '),
    orderStatus.deciding?.payment.reference ?? reference ?? '',
    watchedAt,
    changedAt,
    delivered?.at ?? '',
    tasks.length,
  ]
}

/** Writes `1234.50`: no grouping, so that a program reads it. */
function toMajorUnits({ amount, currency }: Money): string {
  const digits = currencyDigits(currency)
  if (digits === undefined) return `${amount} minor units`
  const text = String(amount).padStart(digits + 1, '0')
  return digits === 0 ? text : `${text.slice(0, -digits)}.${text.slice(-digits)}`
}
