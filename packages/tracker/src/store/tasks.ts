import type { Task, TaskKind } from '../types/task.ts'
import type { PaymentKey } from './rows.ts'
import { iso } from './sql.ts'
import type { Tables } from './tables.ts'
import type { NewTask } from './writing.ts'

interface TaskData {
  readonly key: string
  readonly kind: TaskKind
  readonly order_id: string | null
  readonly provider: string | null
  readonly payment_id: string | null
  readonly why: string | null
  readonly opened: string
  readonly closed: string | null
}

const DEFAULT_TASKS = 100
const MOST_TASKS = 1000

const columns = `key, kind, order_id, provider, payment_id, why, ${iso('opened_at')} as opened, ${iso('closed_at')} as closed`

export async function readTask(tables: Tables, key: string): Promise<Task | undefined> {
  const [row] = await tables.query<TaskData>(`select ${columns} from ${tables.schema}.tasks where key = $1`, [
    key,
  ])
  return row && toTask(row)
}

/** Reads the open tasks of orders, oldest first. With a limit, one order after the other: joined, all open tasks are read. */
export async function readTasksOf(tables: Tables, orders: readonly string[]): Promise<readonly Task[]> {
  const rows = await tables.query<TaskData>(
    `select t.* from jsonb_array_elements_text($1::text::jsonb) as o (id)
     cross join lateral (
       select ${columns} from ${tables.schema}.tasks where order_id = o.id and closed_at is null limit ${MOST_TASKS}) t
     order by t.opened, t.key`,
    [JSON.stringify(orders)],
  )
  return rows.map(toTask)
}

export function toTaskLimit(limit: number = DEFAULT_TASKS): number {
  return Math.min(MOST_TASKS, Math.max(1, Math.trunc(limit)))
}

/** Reads the open tasks, oldest first. */
export async function readOpenTasks(tables: Tables, limit?: number | undefined): Promise<readonly Task[]> {
  const rows = await tables.query<TaskData>(
    `select ${columns} from ${tables.schema}.tasks where closed_at is null order by tasks.opened_at, key limit $1::int`,
    [toTaskLimit(limit)],
  )
  return rows.map(toTask)
}

/** Opens a task once, and delivers it in a stream of its own: the order's may be stuck. */
export async function openTask(tx: Tables, task: NewTask): Promise<void> {
  const { key, kind, order, provider, paymentId, why } = task
  const opened = await tx.query(
    `with opened as (
       insert into ${tx.schema}.tasks (key, kind, order_id, provider, payment_id, why)
       values ($1::text, $2::text, $3::text, $4::text, $5::text, $6::text) on conflict do nothing returning key)
     insert into ${tx.schema}.outbox (stream_key, kind, key, order_id, provider, payment_id, body)
     select 'task:' || key, 'task', 'task/' || key, $3::text, $4::text, $5::text,
       jsonb_build_object('key', key, 'kind', $2::text) from opened
     on conflict do nothing returning 1 as opened`,
    [key, kind, order ?? null, provider ?? null, paymentId ?? null, why],
  )
  if (opened.length > 0) await tx.wake('outbox')
}

/** Closes a task. Returns false for one that is closed already or does not exist. */
export async function closeTask(tables: Tables, key: string): Promise<boolean> {
  const closed = await tables.query(
    `update ${tables.schema}.tasks set closed_at = now() where key = $1 and closed_at is null returning 1 as closed`,
    [key],
  )
  return closed.length > 0
}

/** Closes the open tasks of one kind of a payment. */
export async function closeTasksOfPayment(
  tx: Tables,
  { provider, id }: PaymentKey,
  kind: TaskKind,
): Promise<void> {
  await tx.executeSql(
    `update ${tx.schema}.tasks set closed_at = now()
     where provider = $1 and payment_id = $2 and kind = $3 and closed_at is null`,
    [provider, id, kind],
  )
}

function toTask({ key, kind, order_id, provider, payment_id, why, opened, closed }: TaskData): Task {
  return {
    key,
    kind,
    openedAt: opened,
    ...(order_id === null ? {} : { order: order_id }),
    ...(provider === null || payment_id === null ? {} : { payment: { provider, id: payment_id } }),
    ...(why === null ? {} : { why }),
    ...(closed === null ? {} : { closedAt: closed }),
  }
}
