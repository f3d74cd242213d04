import type { PaymentReport } from '@payment-status/core'
import { limits } from '../retry.ts'
import type { PaymentKey } from './rows.ts'
import { ms } from './sql.ts'
import type { Tables } from './tables.ts'

export async function readDueReceipts(tables: Tables, limit: number): Promise<readonly PaymentKey[]> {
  return tables.query<PaymentKey>(`select provider, payment_id as id from ${tables.schema}.receipts
     where due_at <= statement_timestamp() order by due_at limit ${limit}`)
}

export interface DueReceipt {
  /** Milliseconds since success. */
  readonly age: number
  readonly order: string | undefined
  readonly report: PaymentReport
}

/** Takes a receipt that is due and not kept. It is due again when its lease ends, in case the fetch never does. */
export async function takeReceipt(
  tables: Tables,
  { provider, id }: PaymentKey,
): Promise<DueReceipt | undefined> {
  const [row] = await tables.query<{ age: number; order_id: string | null; report: string }>(
    `update ${tables.schema}.receipts r set due_at = clock_timestamp() + $3::float8 * interval '1 ms'
     from ${tables.schema}.payments p
     where r.provider = $1 and r.payment_id = $2 and r.kept_at is null and r.due_at <= clock_timestamp()
       and p.provider = r.provider and p.id = r.payment_id
     returning ${ms('clock_timestamp() - r.succeeded_at')} as age, p.order_id, p.report::text`,
    [provider, id, limits.receiptLease],
  )
  return (
    row && {
      age: row.age,
      order: row.order_id ?? undefined,
      report: JSON.parse(row.report) as PaymentReport,
    }
  )
}

/** Marks a receipt as kept. Returns false for one that was kept before. */
export async function markKept(tables: Tables, { provider, id }: PaymentKey): Promise<boolean> {
  const kept = await tables.query(
    `update ${tables.schema}.receipts set kept_at = clock_timestamp(), due_at = null
     where provider = $1 and payment_id = $2 and kept_at is null returning 1 as kept`,
    [provider, id],
  )
  return kept.length > 0
}

/** Plans the next fetch of a receipt that is not kept. Without a pause, no fetch is planned. */
export async function planReceipt(
  tables: Tables,
  { provider, id }: PaymentKey,
  pauseMs: number | undefined,
): Promise<void> {
  await tables.executeSql(
    `update ${tables.schema}.receipts set due_at = clock_timestamp() + $3::float8 * interval '1 ms'
     where provider = $1 and payment_id = $2 and kept_at is null`,
    [provider, id, pauseMs ?? null],
  )
}
