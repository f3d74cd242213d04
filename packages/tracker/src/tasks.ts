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

export interface NewTask {
  readonly key: string
  readonly kind: TaskKind
  readonly order?: string | undefined
  readonly provider?: string | undefined
  readonly paymentId?: string | undefined
  /** Safe to log. */
  readonly why: string
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

const DEFAULT_TASKS = 100
const MOST_TASKS = 1000

export async function readAllOpenTasks(
  sql: Sql,
  schema: string,
  limit = DEFAULT_TASKS,
): Promise<readonly Task[]> {
  const most = Math.min(MOST_TASKS, Math.max(1, Math.trunc(limit)))
  const rows = await query<TaskData>(
    sql,
    `select ${columns()} from ${schema}.tasks where closed_at is null order by tasks.opened_at, key limit ${most}`,
  )
  return rows.map(toTask)
}

/** Opens a task once, and hands it to the shop in a lane of its own: the order's may be stuck. */
export async function openTask(tx: Sql, { schema, engine }: Context, task: NewTask): Promise<void> {
  const { key, kind, order, provider, paymentId, why } = task
  const opened = await query(
    tx,
    `insert into ${schema}.tasks (key, kind, order_id, provider, payment_id, why)
     values ($1::text, $2::text, $3::text, $4::text, $5::text, $6::text) on conflict do nothing returning 1`,
    [key, kind, order ?? null, provider ?? null, paymentId ?? null, why],
  )
  if (opened.length === 0) return
  const lane = `task:${key}`
  await tx.executeSql(
    `insert into ${schema}.outbox (lane, kind, key, order_id, body)
     values ($1::text, 'task', $2::text, $3::text, $4::text::jsonb) on conflict do nothing`,
    [lane, `task/${key}`, order ?? null, JSON.stringify({ key, kind })],
  )
  await engine.handOver(tx, lane)
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
