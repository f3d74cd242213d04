import type { ListRange, PaymentReport, PaymentStatus } from '@payment-status/core'
import type { PaymentKey } from './rows.ts'
import { query, type Sql } from './sql.ts'

/** Reads the recorded state of a payment. */
export async function readRecorded(
  sql: Sql,
  schema: string,
  { provider, id }: PaymentKey,
): Promise<PaymentReport | undefined> {
  const [row] = await query<{ report: string }>(
    sql,
    `select report::text from ${schema}.payments where provider = $1 and id = $2`,
    [provider, id],
  )
  return row && (JSON.parse(row.report) as PaymentReport)
}

export async function readOrderOfPayment(
  sql: Sql,
  schema: string,
  { provider, id }: PaymentKey,
): Promise<string | undefined> {
  const [row] = await query<{ order_id: string | null }>(
    sql,
    `select order_id from ${schema}.payments where provider = $1 and id = $2`,
    [provider, id],
  )
  return row?.order_id ?? undefined
}

const MOST_UNMATCHED = 1000

/** Reads payments with money that were made in a day and belong to no order. */
export async function readUnmatchedOfDay(
  sql: Sql,
  schema: string,
  provider: string,
  { from, to }: ListRange,
): Promise<readonly { readonly id: string; readonly status: PaymentStatus }[]> {
  return query<{ id: string; status: PaymentStatus }>(
    sql,
    `select id, status from ${schema}.payments where provider = $1 and made_at >= $2::text::timestamptz
       and made_at < $3::text::timestamptz and unmatched_since is not null order by id limit ${MOST_UNMATCHED}`,
    [provider, from.toISOString(), to.toISOString()],
  )
}
