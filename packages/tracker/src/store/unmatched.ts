import type { ListRange, PaymentReport, PaymentStatus } from '@payment-status/core'
import type { UnmatchedPayment } from '../types/unmatched.ts'
import type { PaymentKey } from './rows.ts'
import { iso } from './sql.ts'
import type { Tables } from './tables.ts'

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

/** Unmatched payment, with where it stands among the others. */
export interface UnmatchedRow {
  readonly payment: UnmatchedPayment
  /** `unmatched_since` with microseconds. */
  readonly position: string
}

export interface UnmatchedPageQuery {
  readonly provider: string | undefined
  /** `unmatched_since`, provider and id of the last row of the page before. */
  readonly after: readonly string[] | undefined
  readonly limit: number
}

/** Reads payments that are paid, held or disputed and belong to no tracked order, oldest first. */
export async function readUnmatchedPage(
  tables: Tables,
  { provider, after, limit }: UnmatchedPageQuery,
): Promise<readonly UnmatchedRow[]> {
  // Without a cursor there is no condition: the planner would expect a few rows of it, and sort all of them.
  const isAfter = after
    ? 'and (unmatched_since, provider, id) > ($3::text::timestamptz, $4::text, $5::text)'
    : ''
  const rows = await tables.query<UnmatchedData>(
    `select ${columns} from ${tables.schema}.payments
     where unmatched_since is not null and ($1::text is null or provider = $1) ${isAfter}
     order by payments.unmatched_since, provider, id limit $2::int`,
    [provider ?? null, limit, ...(after ?? [])],
  )
  return rows.map((row) => ({ payment: toUnmatched(row), position: row.position }))
}

/** Returns the payment if it belongs to no tracked order. */
export async function readUnmatchedPayment(
  tables: Tables,
  { provider, id }: PaymentKey,
): Promise<UnmatchedPayment | undefined> {
  const [row] = await tables.query<UnmatchedData>(
    `select ${columns} from ${tables.schema}.payments where provider = $1 and id = $2 and unmatched_since is not null`,
    [provider, id],
  )
  return row && toUnmatched(row)
}

const MOST_UNMATCHED = 1000

/** Reads payments with money that were made in a day and belong to no order. */
export async function readUnmatchedOfDay(
  tables: Tables,
  provider: string,
  { from, to }: ListRange,
): Promise<readonly { readonly id: string; readonly status: PaymentStatus }[]> {
  return tables.query<{ id: string; status: PaymentStatus }>(
    `select id, status from ${tables.schema}.payments where provider = $1 and made_at >= $2::text::timestamptz
       and made_at < $3::text::timestamptz and unmatched_since is not null order by id limit ${MOST_UNMATCHED}`,
    [provider, from.toISOString(), to.toISOString()],
  )
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
