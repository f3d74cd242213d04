import type { PaymentReport } from '@payment-status/core'
import type { PaymentKey } from './rows.ts'
import type { Tables } from './tables.ts'

/** Reads the recorded state of a payment. */
export async function readRecorded(
  tables: Tables,
  { provider, id }: PaymentKey,
): Promise<PaymentReport | undefined> {
  const [row] = await tables.query<{ report: string }>(
    `select report::text from ${tables.schema}.payments where provider = $1 and id = $2`,
    [provider, id],
  )
  return row && (JSON.parse(row.report) as PaymentReport)
}

export async function readOrderOfPayment(
  tables: Tables,
  { provider, id }: PaymentKey,
): Promise<string | undefined> {
  const [row] = await tables.query<{ order_id: string | null }>(
    `select order_id from ${tables.schema}.payments where provider = $1 and id = $2`,
    [provider, id],
  )
  return row?.order_id ?? undefined
}
