import type { Context } from '../context.ts'
import { inputError } from '../errors.ts'
import { query, storable } from '../store/sql.ts'
import type { OrderPage, OrderQuery } from '../types.ts'
import { type OrderData, selectOrders, toViews } from './order.ts'
import { boundsOf, whereBeginsWith } from './search.ts'

const DEFAULT_PAGE = 50
const LARGEST_PAGE = 500

/** Returns a page of orders, newest first. */
export async function readOrders(context: Context, asked: OrderQuery = {}): Promise<OrderPage> {
  const { database, schema } = context
  const limit = toLimit(asked.limit)
  const values: unknown[] = []
  const $ = (value: unknown) => `$${values.push(value)}`
  const conditions: string[] = []
  if (asked.state !== undefined) conditions.push(`o.state = ${$(asked.state)}::text`)
  if (asked.status !== undefined) conditions.push(`o.status = ${$(asked.status)}::text`)
  const isOfProvider = asked.provider !== undefined
  if (isOfProvider) conditions.push(`p.provider = ${$(asked.provider)}::text`)
  const position = isOfProvider ? 'p.watched_at, p.order_id' : 'o.watched_at, o.id'
  if (asked.payment !== undefined) {
    const payment = `${$(asked.payment)}::text`
    conditions.push(
      `o.id in (select t.order_id from ${schema}.targets t where t.value = ${payment} and t.order_id is not null
       union select p.order_id from ${schema}.payments p where p.id = ${payment} and p.order_id is not null
       union select p.order_id from ${schema}.payments p where p.reference = ${payment} and p.order_id is not null)`,
    )
  }
  if (asked.search !== undefined) {
    const [from, after] = boundsOf(asked.search)
    conditions.push(whereBeginsWith(schema, $(from), $(after)))
  }
  if (asked.amount !== undefined) {
    const { amount, currency } = asked.amount
    // As JSON: so an index of that expression finds it.
    conditions.push(
      `o.terms -> 'expected' -> 'amount' = ${$(JSON.stringify({ amount, currency }))}::text::jsonb`,
    )
  }
  if (asked.since !== undefined)
    conditions.push(`o.watched_at >= ${$(toInstant(asked.since, 'since'))}::text::timestamptz`)
  if (asked.until !== undefined)
    conditions.push(`o.watched_at < ${$(toInstant(asked.until, 'until'))}::text::timestamptz`)
  if (asked.cursor !== undefined) {
    const [at, id] = fromCursor(asked.cursor)
    conditions.push(`(${position}) < (${$(at)}::text::timestamptz, ${$(id)}::text)`)
  }
  const where = conditions.length > 0 ? `where ${conditions.join(' and ')}` : ''
  const rows = await query<OrderData>(
    database,
    `${selectOrders(schema)} ${isOfProvider ? `join ${schema}.order_providers p on p.order_id = o.id` : ''}
     ${where} order by ${position.replaceAll(/(?=,|$)/g, ' desc')} limit ${$(limit + 1)}::int`,
    values,
  )
  const page = rows.slice(0, limit)
  const last = page.at(-1)
  return {
    orders: await toViews(context, page),
    ...(rows.length > limit && last ? { cursor: toCursor(last.position, last.id) } : {}),
  }
}

function toInstant(text: string, name: 'since' | 'until'): string {
  if (isStorable(text)) return new Date(text).toISOString()
  throw inputError(`\`${name}\` must be an ISO 8601 instant, such as new Date().toISOString()`)
}

/** Returns whether PostgreSQL and ISO 8601 alike know the instant: a year of four digits. */
function isStorable(instant: string): boolean {
  const time = Date.parse(instant)
  return Number.isFinite(time) && /^\d/.test(new Date(time).toISOString())
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && storable(value) === value
}

export function toLimit(limit: number = DEFAULT_PAGE): number {
  return Math.min(LARGEST_PAGE, Math.max(1, Math.trunc(limit) || DEFAULT_PAGE))
}

/** Returns where a page ended, as text. */
export function toCursor(...position: readonly string[]): string {
  return Buffer.from(JSON.stringify(position)).toString('base64url')
}

/** Reads a cursor: an instant and what follows it. Throws `invalid_input` for any other text. */
export function fromCursor(cursor: string): [at: string, id: string, rest: string] {
  try {
    const [at, id, rest = ''] = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')) as unknown[]
    const isInstant = typeof at === 'string' && /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(at) && isStorable(at)
    if (isInstant && isText(id) && isText(rest)) return [at, id, rest]
  } catch {
    // Not JSON: no page ended with it.
  }
  throw inputError('`cursor` must be the cursor that a page ended with')
}
