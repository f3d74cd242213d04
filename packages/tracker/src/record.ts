import type { Advance, NextStep, PaymentReport } from '@payment-status/core'
import type { Context } from './context.ts'
import { toWake } from './engine.ts'
import { type HandleKey, isSameHandle } from './rows.ts'
import type { Plan } from './schedule.ts'
import { query, type Sql } from './sql.ts'
import type { TaskKind } from './types.ts'

/** A job is sent for what is due within this time; the sweep, which comes more often, sends the rest. */
export const HORIZON_IN_MILLISECONDS = 6 * 60_000

/** Onerway's page on receipts: there is one an hour after success. */
export const VOUCHER_DELAY_IN_MILLISECONDS = 60 * 60_000

/** What a piece of news comes to: written as a whole, in one statement and one transaction. */
export interface Writing {
  readonly evidence?: {
    readonly kind: string
    readonly eventId?: string | undefined
    readonly type?: string | undefined
    readonly content: unknown
    readonly outcome?: Advance['outcome'] | undefined
  }
  readonly provider: string
  readonly payment?: {
    readonly id: string
    readonly order?: string | undefined
    readonly version: number
    readonly report: PaymentReport
    readonly step?: NextStep | undefined
    readonly paidAt?: number | undefined
    readonly moved: boolean
    /** A look that only said what was known. */
    readonly repeated: boolean
  }
  readonly order?:
    | {
        readonly id: string
        readonly status: string
        readonly fulfilledBy?: string | undefined
        readonly captureAskedFor?: string | undefined
        readonly moved: boolean
      }
    | undefined
  readonly outbox: readonly OutboxEntry[]
  readonly tasks: readonly NewTask[]
  readonly handles: readonly HandleWriting[]
  /** When the payment succeeded, where its receipt is wanted; in milliseconds. */
  readonly voucherSince?: number | undefined
  /** The order's, as it was read without a lock: nothing is written when somebody has written to the order since. */
  readonly revision?: string | undefined
  /** One of the handles, which was not there when that was read: nothing is written when somebody has made it since. */
  readonly makes?: HandleKey | undefined
}

export interface OutboxEntry {
  readonly lane?: string | undefined
  readonly kind: 'change' | 'dispute' | 'task'
  readonly key: string
  readonly order?: string | undefined
  readonly paymentId?: string | undefined
  readonly version?: number | undefined
  readonly body?: unknown | undefined
  readonly step?: NextStep | undefined
}

export interface NewTask {
  readonly key: string
  readonly kind: TaskKind
  readonly order?: string | undefined
  readonly paymentId?: string | undefined
  readonly why: string
}

export interface HandleWriting extends HandleKey, Plan {
  readonly order?: string | undefined
  readonly doubt?: string | undefined
  /** Milliseconds by the database's clock. */
  readonly doubtedAt?: number | undefined
}

/** Writes everything, or nothing: false where somebody was quicker. */
export async function write(
  sql: Sql,
  { engine, schema }: Pick<Context, 'engine' | 'schema'>,
  now: number,
  writing: Writing,
): Promise<boolean> {
  const values: unknown[] = []
  const text = (value: unknown) => `$${values.push(value ?? null)}::text`
  const int = (value: number | undefined) => `$${values.push(value ?? null)}::int`
  const json = (value: unknown) => `${text(value === undefined ? undefined : JSON.stringify(value))}::jsonb`
  const at = (value: number | null | undefined) =>
    `to_timestamp($${values.push(value === null || value === undefined ? null : value / 1000)}::float8)`
  const { evidence, provider, payment, order, outbox, tasks, handles, revision, makes } = writing
  const planned = ({ dueAt }: Plan) =>
    dueAt !== null && dueAt - now <= HORIZON_IN_MILLISECONDS ? dueAt : null
  const parts: string[] = []
  const made = makes && handles.find((handle) => isSameHandle(handle, makes))
  const isAsRead = revision === undefined ? '' : ` and xmin = ${text(revision)}::xid`
  if (order && made) {
    const { kind, value, doubt, doubtedAt, dueAt, turn, aftercare, doubtTurn } = made
    parts.push(`locked as (
      select 1 from ${schema}.orders where id = ${text(order.id)}${isAsRead} for update),
    made as (
      insert into ${schema}.handles (provider, kind, value, order_id, doubt, doubted_at, due_at, planned_for, turn,
        aftercare, doubt_turn)
      select ${text(made.provider)}, ${text(kind)}, ${text(value)}, ${text(made.order)}, ${text(doubt)},
        ${at(doubtedAt)}, ${at(dueAt)}, ${at(planned(made))}, ${int(turn)}, ${int(aftercare)}, ${int(doubtTurn)}
      from locked on conflict do nothing returning 1)`)
  }
  // Everything else hangs on this one. A row that was written to is another one.
  if (order) {
    const { id, status, fulfilledBy, captureAskedFor, moved } = order
    parts.push(`going as (
      update ${schema}.orders set status = ${text(status)}, fulfilled_by = ${text(fulfilledBy)},
        capture_asked_for = ${text(captureAskedFor)}${moved ? ', changed_at = now()' : ''}
      where id = ${text(id)}${made ? ' and exists (select from made)' : isAsRead} returning 1)`)
  } else parts.push('going as (select 1)')
  if (evidence) {
    parts.push(`evidence as (
      insert into ${schema}.evidence (provider, payment_id, kind, event_id, type, content, outcome, version)
      select ${text(provider)}, ${text(payment?.id)}, ${text(evidence.kind)}, ${text(evidence.eventId)},
        ${text(evidence.type)}, ${json(evidence.content)}, ${text(evidence.outcome)}, ${int(payment?.version)} from going)`)
  }
  if (payment) {
    const { id, version, report, step, paidAt, moved, repeated } = payment
    parts.push(`payment as (
      insert into ${schema}.payments as p
        (provider, id, order_id, reference, version, report, status, step, paid_at, repeated_looks)
      select ${text(provider)}, ${text(id)}, ${text(payment.order)}, ${text(report.payment.reference)}, ${int(version)},
        ${json(report)}, ${text(report.payment.status)}, ${json(step)}, ${at(paidAt)}, 0 from going
      on conflict (provider, id) do update set order_id = excluded.order_id, reference = excluded.reference,
        version = excluded.version, report = excluded.report, status = excluded.status, step = excluded.step,
        paid_at = excluded.paid_at, heard_at = now()${moved ? ', changed_at = now()' : ''}${
          repeated ? ', repeated_looks = p.repeated_looks + 1' : ''
        })`)
  }
  for (const [index, handle] of handles.entries()) {
    if (handle === made) continue
    const { kind, value, order, doubt, doubtedAt, dueAt, turn, aftercare, doubtTurn } = handle
    parts.push(`handle${index} as (
      update ${schema}.handles set order_id = ${text(order)}, doubt = ${text(doubt)}, doubted_at = ${at(doubtedAt)},
        due_at = ${at(dueAt)}, planned_for = ${at(planned(handle))}, turn = ${int(turn)},
        aftercare = ${int(aftercare)}, doubt_turn = ${int(doubtTurn)}
      where provider = ${text(handle.provider)} and kind = ${text(kind)} and value = ${text(value)}
        and exists (select from going))`)
  }
  if (writing.voucherSince !== undefined) {
    parts.push(`vouchers as (
      insert into ${schema}.vouchers (provider, payment_id, succeeded_at, due_at)
      select ${text(provider)}, ${text(payment?.id)}, ${at(writing.voucherSince)},
        ${at(writing.voucherSince + VOUCHER_DELAY_IN_MILLISECONDS)} from going
      on conflict do nothing)`)
  }
  for (const [index, { key, kind, order, paymentId, why }] of tasks.entries()) {
    parts.push(`task${index} as (
      insert into ${schema}.tasks (key, kind, order_id, provider, payment_id, why)
      select ${text(key)}, ${text(kind)}, ${text(order)}, ${text(provider)}, ${text(paymentId)}, ${text(why)} from going
      on conflict do nothing)`)
  }
  const entries = [...outbox, ...tasks.map(toEntry)]
  if (entries.length > 0) {
    const rows = entries.map(
      ({ lane, kind, key, order, paymentId, version, body, step }) =>
        `(${text(lane)}, ${text(kind)}, ${text(key)}, ${text(order)}, ${text(provider)}, ${text(paymentId)},
          ${int(version)}, ${json(body)}, ${json(step)})`,
    )
    parts.push(`outbox as (
      insert into ${schema}.outbox (lane, kind, key, order_id, provider, payment_id, version, body, step)
      select entry.* from going cross join (values ${rows.join(', ')}) entry
      on conflict do nothing)`)
  }
  const lanes = new Set(entries.flatMap(({ lane }) => lane ?? []))
  const reminders = await engine.remind([...lanes], toJobs(handles, now))
  for (const [index, { insertion, jobs }] of reminders.entries()) {
    const given = `(case when exists (select from going) then ${text(jobs)} else '[]' end)`
    parts.push(`reminder${index} as (${insertion(given)})`)
  }
  const [row] = await query<{ written: boolean }>(
    sql,
    `with ${parts.join(',\n')} select exists (select from going) as written`,
    values,
  )
  if (!row?.written) return false
  await engine.wake(sql, toWake(reminders))
  return true
}

function toEntry({ key, kind, order, paymentId }: NewTask): OutboxEntry {
  return {
    lane: order === undefined ? `task:${key}` : laneOf(order),
    kind: 'task',
    key: `task/${key}`,
    order,
    paymentId,
    body: { key, kind },
  }
}

/** The jobs of what is due soon. */
export function toJobs(
  handles: readonly (HandleKey & { readonly dueAt: number | null })[],
  now: number,
): (HandleKey & { readonly afterMs: number })[] {
  return handles.flatMap(({ provider, kind, value, dueAt }) =>
    dueAt !== null && dueAt - now <= HORIZON_IN_MILLISECONDS
      ? [{ provider, kind, value, afterMs: dueAt - now }]
      : [],
  )
}

export function laneOf(order: string): string {
  return `order:${order}`
}
