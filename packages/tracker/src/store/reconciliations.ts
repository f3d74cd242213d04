import type { Reconciliation } from '../types/reconciliation.ts'
import { toJson } from './sql.ts'
import type { Tables } from './tables.ts'

/** Stores the result of a comparison, in place of an earlier one of the same day. */
export async function saveReconciliation(tx: Tables, result: Reconciliation): Promise<void> {
  await tx.executeSql(
    `insert into ${tx.schema}.reconciliations (provider, day, result, compared_at) values ($1, $2, $3::text::jsonb, now())
     on conflict (provider, day) do update set result = excluded.result, compared_at = now()`,
    [result.provider, result.day, toJson(result)],
  )
}

/** Returns what a comparison came to, the last time it was made. */
export async function readReconciliation(
  tables: Tables,
  provider: string,
  day: string,
): Promise<Reconciliation | undefined> {
  const [row] = await tables.query<{ result: string }>(
    `select result::text from ${tables.schema}.reconciliations where provider = $1 and day = $2 and result is not null`,
    [provider, day],
  )
  return row && (JSON.parse(row.result) as Reconciliation)
}
