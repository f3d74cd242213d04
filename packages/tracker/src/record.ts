import type { Advance, PaymentReport, ReportStep } from '@payment-status/core'
import type { Engine } from './engine.ts'
import type { HandleKey } from './rows.ts'
import type { Plan } from './schedule.ts'
import type { Sql } from './sql.ts'
import type { TaskKind } from './types.ts'

/** A job is sent for what is due within this time; the sweep, which comes more often, sends the rest. */
export const HORIZON_IN_MILLISECONDS = 6 * 60_000

/** Onerway's page on receipts: there is one an hour after success. */
export const VOUCHER_DELAY_IN_MILLISECONDS = 60 * 60_000

/** What a piece of news comes to: written as a whole, in one statement and one transaction. */
export interface Writing {
  readonly evidence?: {
    readonly kind: string
    readonly eventId?: string
    readonly type?: string
    readonly content: unknown
    readonly outcome?: Advance['outcome']
  }
  readonly provider: string
  readonly payment?: {
    readonly id: string
    readonly order?: string
    readonly version: number
    readonly report: PaymentReport
    readonly step?: ReportStep
    readonly paidAt?: number
    readonly moved: boolean
    /** A look that only said what was known. */
    readonly repeated: boolean
  }
  readonly order?: {
    readonly id: string
    readonly status: string
    readonly fulfilledBy?: string
    readonly captureAskedFor?: string
    readonly moved: boolean
  }
  readonly outbox: readonly OutboxEntry[]
  readonly tasks: readonly NewTask[]
  readonly handles: readonly HandleWriting[]
  /** When the payment succeeded, where its receipt is wanted; in milliseconds. */
  readonly voucherSince?: number
}

export interface OutboxEntry {
  readonly lane?: string
  readonly kind: 'change' | 'dispute' | 'task'
  readonly key: string
  readonly order?: string
  readonly paymentId?: string
  readonly version?: number
  readonly body?: unknown
  readonly step?: ReportStep
}

export interface NewTask {
  readonly key: string
  readonly kind: TaskKind
  readonly order?: string
  readonly paymentId?: string
  readonly why: string
}

export interface HandleWriting extends HandleKey, Plan {
  readonly order?: string
  readonly doubt?: string
  /** Milliseconds by the database's clock. */
  readonly doubtedAt?: number
}

export async function write(
  tx: Sql,
  engine: Engine,
  schema: string,
  now: number,
  writing: Writing,
): Promise<void> {
  const values: unknown[] = []
  const text = (value: unknown) => `$${values.push(value ?? null)}::text`
  const int = (value: number | undefined) => `$${values.push(value ?? null)}::int`
  const json = (value: unknown) => `${text(value === undefined ? undefined : JSON.stringify(value))}::jsonb`
  const at = (value: number | null | undefined) =>
    `to_timestamp($${values.push(value === null || value === undefined ? null : value / 1000)}::float8)`
  const { evidence, provider, payment, order, outbox, tasks, handles } = writing
  const parts: string[] = []
  if (evidence) {
    parts.push(`evidence as (
      insert into ${schema}.evidence (provider, payment_id, kind, event_id, type, content, outcome, version)
      values (${text(provider)}, ${text(payment?.id)}, ${text(evidence.kind)}, ${text(evidence.eventId)},
        ${text(evidence.type)}, ${json(evidence.content)}, ${text(evidence.outcome)}, ${int(payment?.version)}))`)
  }
  if (payment) {
    const { id, version, report, step, paidAt, moved, repeated } = payment
    parts.push(`payment as (
      insert into ${schema}.payments as p
        (provider, id, order_id, reference, version, report, status, step, paid_at, repeated_looks)
      values (${text(provider)}, ${text(id)}, ${text(payment.order)}, ${text(report.payment.reference)}, ${int(version)},
        ${json(report)}, ${text(report.payment.status)}, ${json(step)}, ${at(paidAt)}, 0)
      on conflict (provider, id) do update set order_id = excluded.order_id, reference = excluded.reference,
        version = excluded.version, report = excluded.report, status = excluded.status, step = excluded.step,
        paid_at = excluded.paid_at, heard_at = now()${moved ? ', changed_at = now()' : ''}${
          repeated ? ', repeated_looks = p.repeated_looks + 1' : ''
        })`)
  }
  if (order) {
    parts.push(`standing as (
      update ${schema}.orders set status = ${text(order.status)}, fulfilled_by = ${text(order.fulfilledBy)},
        capture_asked_for = ${text(order.captureAskedFor)}${order.moved ? ', changed_at = now()' : ''}
      where id = ${text(order.id)})`)
  }
  if (handles.length > 0) {
    const list = handles.map(({ provider, kind, value, order, doubt, doubtedAt, ...plan }) => ({
      provider,
      kind,
      value,
      order,
      doubt,
      doubted_at: doubtedAt,
      due_at: plan.dueAt,
      planned: plan.dueAt !== null && plan.dueAt - now <= HORIZON_IN_MILLISECONDS,
      turn: plan.turn,
      aftercare: plan.aftercare,
      doubt_turn: plan.doubtTurn,
    }))
    parts.push(`handles as (
      update ${schema}.handles h set order_id = k."order", doubt = k.doubt,
        doubted_at = to_timestamp(k.doubted_at / 1000), due_at = to_timestamp(k.due_at / 1000),
        planned_for = case when k.planned then to_timestamp(k.due_at / 1000) end,
        turn = k.turn, aftercare = k.aftercare, doubt_turn = k.doubt_turn
      from jsonb_to_recordset(${json(list)}) as k(provider text, kind text, value text, "order" text, doubt text,
        doubted_at float8, due_at float8, planned boolean, turn int, aftercare int, doubt_turn int)
      where h.provider = k.provider and h.kind = k.kind and h.value = k.value)`)
  }
  if (writing.voucherSince !== undefined) {
    parts.push(`vouchers as (
      insert into ${schema}.vouchers (provider, payment_id, succeeded_at, due_at)
      values (${text(provider)}, ${text(payment?.id)}, ${at(writing.voucherSince)},
        ${at(writing.voucherSince + VOUCHER_DELAY_IN_MILLISECONDS)})
      on conflict do nothing)`)
  }
  const lanes = new Set<string>()
  const rows = [
    ...outbox,
    ...tasks.map(
      ({ key, kind, order, paymentId }): OutboxEntry => ({
        lane: order === undefined ? `task:${key}` : laneOf(order),
        kind: 'task',
        key: `task/${key}`,
        ...(order === undefined ? {} : { order }),
        ...(paymentId === undefined ? {} : { paymentId }),
        body: { key, kind },
      }),
    ),
  ]
  if (tasks.length > 0) {
    parts.push(`tasks as (
      insert into ${schema}.tasks (key, kind, order_id, provider, payment_id, why)
      select key, kind, "order", ${text(provider)}, payment_id, why
      from jsonb_to_recordset(${json(tasks.map(({ paymentId, ...task }) => ({ ...task, payment_id: paymentId })))})
        as k(key text, kind text, "order" text, payment_id text, why text)
      on conflict do nothing)`)
  }
  if (rows.length > 0) {
    for (const { lane } of rows) if (lane !== undefined) lanes.add(lane)
    parts.push(`outbox as (
      insert into ${schema}.outbox (lane, kind, key, order_id, provider, payment_id, version, body, step)
      select lane, kind, key, "order", ${text(provider)}, payment_id, version, body, step
      from jsonb_to_recordset(${json(rows.map(({ paymentId, ...row }) => ({ ...row, payment_id: paymentId })))})
        as k(lane text, kind text, key text, "order" text, payment_id text, version int, body jsonb, step jsonb)
      on conflict do nothing)`)
  }
  if (parts.length > 0) await tx.executeSql(`with ${parts.join(',\n')} select 1`, values)
  for (const lane of lanes) await engine.handOver(tx, lane)
  await engine.look(tx, toJobs(handles, now))
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
