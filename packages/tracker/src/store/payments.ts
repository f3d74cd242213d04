import type { PaymentReport } from '@payment-status/core'
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
