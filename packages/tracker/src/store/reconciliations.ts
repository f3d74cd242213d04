import type { Reconciliation } from '../types/reconciliation.ts'
import { query, type Sql, toJson } from './sql.ts'

/** Stores the result of a comparison, in place of an earlier one of the same day. */
export async function saveReconciliation(tx: Sql, schema: string, result: Reconciliation): Promise<void> {
  await tx.executeSql(
    `insert into ${schema}.reconciliations (provider, day, result, compared_at) values ($1, $2, $3::text::jsonb, now())
     on conflict (provider, day) do update set result = excluded.result, compared_at = now()`,
    [result.provider, result.day, toJson(result)],
  )
}

/** Returns what a comparison came to, the last time it was made. */
export async function readReconciliation(
  sql: Sql,
  schema: string,
  provider: string,
  day: string,
): Promise<Reconciliation | undefined> {
  const [row] = await query<{ result: string }>(
    sql,
    `select result::text from ${schema}.reconciliations where provider = $1 and day = $2 and result is not null`,
    [provider, day],
  )
  return row && (JSON.parse(row.result) as Reconciliation)
}
