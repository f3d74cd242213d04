import type { PaymentReport } from '@payment-status/core'
import type { Context } from '../context.ts'
import { iso, query, type Sql } from '../store/sql.ts'
import type { UnmatchedPage, UnmatchedPayment, UnmatchedQuery } from '../types.ts'
import { fromCursor, toCursor, toLimit } from './orders.ts'

interface UnmatchedData {
  readonly provider: string
  readonly id: string
  readonly order_id: string | null
  readonly report: string
  readonly since: string
  readonly position: string
}

const columns = `provider, id, order_id, report::text, ${iso('unmatched_since')} as since,
  to_char(unmatched_since at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as position`

/** Returns payments that are paid, held or disputed and belong to no tracked order, oldest first. */
export async function readUnmatched(
  { database, schema }: Context,
  { provider, cursor, limit }: UnmatchedQuery = {},
): Promise<UnmatchedPage> {
  const most = toLimit(limit)
  const values: unknown[] = [provider ?? null, most + 1, ...(cursor === undefined ? [] : fromCursor(cursor))]
  // Without a cursor there is no condition: the planner would expect a few rows of it, and sort all of them.
  const isAfter =
    cursor === undefined
      ? ''
      : 'and (unmatched_since, provider, id) > ($3::text::timestamptz, $4::text, $5::text)'
  const rows = await query<UnmatchedData>(
    database,
    `select ${columns} from ${schema}.payments
     where unmatched_since is not null and ($1::text is null or provider = $1) ${isAfter}
     order by payments.unmatched_since, provider, id limit $2::int`,
    values,
  )
  const page = rows.slice(0, most)
  const last = page.at(-1)
  return {
    payments: page.map(toUnmatched),
    ...(rows.length > most && last ? { cursor: toCursor(last.position, last.provider, last.id) } : {}),
  }
}

/** Returns the payment if it belongs to no tracked order. */
export async function readUnmatchedPayment(
  sql: Sql,
  schema: string,
  provider: string,
  id: string,
): Promise<UnmatchedPayment | undefined> {
  const [row] = await query<UnmatchedData>(
    sql,
    `select ${columns} from ${schema}.payments where provider = $1 and id = $2 and unmatched_since is not null`,
    [provider, id],
  )
  return row && toUnmatched(row)
}

function toUnmatched({ provider, id, order_id, report, since }: UnmatchedData): UnmatchedPayment {
  return {
    provider,
    id,
    report: JSON.parse(report) as PaymentReport,
    since,
    ...(order_id === null ? {} : { order: order_id }),
  }
}
