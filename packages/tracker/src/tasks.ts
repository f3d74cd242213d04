import { type Context, within } from './context.ts'
import { iso, query, type Sql } from './sql.ts'
import type { Task, TaskKind } from './types.ts'

interface TaskData {
  readonly key: string
  readonly kind: TaskKind
  readonly order_id: string | null
  readonly provider: string | null
  readonly payment_id: string | null
  readonly why: string | null
  readonly opened_at: string
  readonly closed_at: string | null
}

function columns(): string {
  return `key, kind, order_id, provider, payment_id, why, ${iso('opened_at')} as opened_at, ${iso('closed_at')} as closed_at`
}

export async function readTask(sql: Sql, schema: string, key: string): Promise<Task | undefined> {
  const [row] = await query<TaskData>(sql, `select ${columns()} from ${schema}.tasks where key = $1`, [key])
  return row && toTask(row)
}

export async function readOpenTasks(
  sql: Sql,
  schema: string,
  orders: readonly string[],
): Promise<readonly Task[]> {
  const rows = await query<TaskData>(
    sql,
    `select ${columns()} from ${schema}.tasks where closed_at is null
     and order_id in (select jsonb_array_elements_text($1::text::jsonb)) order by tasks.opened_at, key`,
    [JSON.stringify(orders)],
  )
  return rows.map(toTask)
}

/** Closes a task; one that is closed, or not there, is left as it is. */
export async function closeTask(context: Context, key: string, given?: Sql): Promise<void> {
  await within(context, given, (tx) =>
    tx.executeSql(
      `update ${context.schema}.tasks set closed_at = now() where key = $1 and closed_at is null`,
      [key],
    ),
  )
}

function toTask(row: TaskData): Task {
  const { key, kind, order_id, provider, payment_id, why, opened_at, closed_at } = row
  return {
    key,
    kind,
    openedAt: opened_at,
    ...(order_id === null ? {} : { order: order_id }),
    ...(provider === null || payment_id === null ? {} : { payment: { provider, id: payment_id } }),
    ...(why === null ? {} : { why }),
    ...(closed_at === null ? {} : { closedAt: closed_at }),
  }
}
