import type { OrderQuery, OrderState } from '../types/order.ts'
import { iso, ms } from './sql.ts'
import type { Tables } from './tables.ts'

/** Order with everything that its view shows. */
export interface OrderData {
  readonly id: string
  readonly terms: string
  readonly not_before: string
  readonly state: OrderState
  readonly fulfilled_by: string | null
  readonly capture_requested_for: string | null
  readonly watched: string
  /** With microseconds, for cursors. */
  readonly position: string
  readonly changed: string
  readonly now: number
  readonly next_poll_at: string | null
  readonly delivered: string | null
  readonly payments: string
  readonly targets: string
}

const selectOrders = (
  schema: string,
): string => `select o.id, o.terms::text, ${iso('o.not_before')} as not_before, o.state, o.fulfilled_by,
    o.capture_requested_for, ${iso('o.watched_at')} as watched,
    to_char(o.watched_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as position,
    ${iso('o.changed_at')} as changed, ${ms('clock_timestamp()')} as now,
    (select ${iso('min(due_at)')} from ${schema}.targets where order_id = o.id) as next_poll_at,
    (select json_build_object('key', b.key, 'at', ${iso('b.delivered_at')})::text from ${schema}.outbox b
     where b.order_id = o.id and b.kind = 'change' and b.step ->> 'kind' = 'fulfill' and b.delivered_at is not null
     order by b.id desc limit 1) as delivered,
    (select coalesce(json_agg(json_build_object('provider', p.provider, 'id', p.id, 'version', p.version,
       'report', p.report, 'repeatedPolls', p.repeated_polls) order by p.provider, p.id), '[]')::text
     from ${schema}.payments p where p.order_id = o.id) as payments,
    (select coalesce(json_agg(json_build_object('provider', t.provider, 'kind', t.kind, 'value', t.value,
       'watched', t.watched, 'answered', t.answered, 'order', t.order_id, 'paymentId', t.payment_id, 'recheck', t.recheck)), '[]')::text
     from ${schema}.targets t where t.order_id = o.id) as targets
    from ${schema}.orders o`

export async function readOrderRow(tables: Tables, id: string): Promise<OrderData | undefined> {
  const [row] = await tables.query<OrderData>(`${selectOrders(tables.schema)} where o.id = $1`, [id])
  return row
}

/** Which orders a page has. `after`: position and id of the last order of the page before. */
export interface OrderFilter extends Omit<OrderQuery, 'cursor' | 'limit'> {
  readonly after?: readonly [at: string, id: string] | undefined
}

/** Reads a page of orders, newest first. A condition that is not given is not in the statement, so that each has its index. */
export async function readOrderRows(
  tables: Tables,
  filter: OrderFilter,
  limit: number,
): Promise<readonly OrderData[]> {
  const values: unknown[] = []
  const $ = (value: unknown) => `$${values.push(value)}`
  const conditions: string[] = []
  if (filter.state !== undefined) conditions.push(`o.state = ${$(filter.state)}::text`)
  if (filter.status !== undefined) conditions.push(`o.status = ${$(filter.status)}::text`)
  const isOfProvider = filter.provider !== undefined
  if (isOfProvider) conditions.push(`p.provider = ${$(filter.provider)}::text`)
  const position = isOfProvider ? 'p.watched_at, p.order_id' : 'o.watched_at, o.id'
  if (filter.payment !== undefined) {
    const payment = `${$(filter.payment)}::text`
    conditions.push(
      `o.id in (select t.order_id from ${tables.schema}.targets t where t.value = ${payment} and t.order_id is not null
       union select p.order_id from ${tables.schema}.payments p where p.id = ${payment} and p.order_id is not null
       union select p.order_id from ${tables.schema}.payments p where p.reference = ${payment} and p.order_id is not null)`,
    )
  }
  if (filter.search !== undefined) {
    const [from, after] = boundsOf(filter.search)
    conditions.push(whereBeginsWith(tables.schema, $(from), $(after)))
  }
  if (filter.amount !== undefined) {
    const { amount, currency } = filter.amount
    // As JSON: so an index of that expression finds it.
    conditions.push(
      `o.terms -> 'expected' -> 'amount' = ${$(JSON.stringify({ amount, currency }))}::text::jsonb`,
    )
  }
  if (filter.since !== undefined) conditions.push(`o.watched_at >= ${$(filter.since)}::text::timestamptz`)
  if (filter.until !== undefined) conditions.push(`o.watched_at < ${$(filter.until)}::text::timestamptz`)
  if (filter.after !== undefined) {
    const [at, id] = filter.after
    conditions.push(`(${position}) < (${$(at)}::text::timestamptz, ${$(id)}::text)`)
  }
  const where = conditions.length > 0 ? `where ${conditions.join(' and ')}` : ''
  return tables.query<OrderData>(
    `${selectOrders(tables.schema)} ${isOfProvider ? `join ${tables.schema}.order_providers p on p.order_id = o.id` : ''}
     ${where} order by ${position.replaceAll(/(?=,|$)/g, ' desc')} limit ${$(limit)}::int`,
    values,
  )
}

/** Matches of one column that are considered: a search for one letter must not read a whole table. */
const MATCHES = 100

/** A character after every other: with it, all texts that begin with a prefix lie between two texts. */
const LAST = '\u{10ffff}'

/**
 * Returns a condition on orders `o` whose id, or whose payment's id or reference, begins with a text. `text` and `after` are
 * the placeholders of the bounds. The operators compare bytes, as the indexes with `text_pattern_ops` do.
 */
function whereBeginsWith(schema: string, text: string, after: string): string {
  const matches = (id: string, table: string, column: string) =>
    `(select ${id} from ${schema}.${table}
      where ${column} ~>=~ ${text}::text and ${column} ~<~ ${after}::text and ${id} is not null limit ${MATCHES})`
  return `o.id in (${[
    matches('id', 'orders', 'id'),
    matches('order_id', 'targets', 'value'),
    matches('order_id', 'payments', 'id'),
    matches('order_id', 'payments', 'reference'),
  ].join(' union ')})`
}

function boundsOf(prefix: string): readonly [from: string, after: string] {
  return [prefix, `${prefix}${LAST}`]
}
