import { type NextStep, type OrderTerms, outcomeOf, paymentKey } from '@payment-status/core'
import type { Context } from '../context.ts'
import { decideRecorded } from '../decide/order.ts'
import type { TargetRow } from '../store/rows.ts'
import { iso, ms, query } from '../store/sql.ts'
import { readTasksOf } from '../store/tasks.ts'
import type { OrderState, OrderView, PaymentView } from '../types.ts'

export interface OrderData {
  readonly id: string
  readonly terms: string
  readonly not_before: string
  readonly state: OrderState
  readonly fulfilled_by: string | null
  readonly capture_requested_for: string | null
  readonly watched: string
  /** With microseconds, for cursors. */
  readonly position: string
  readonly changed: string
  readonly now: number
  readonly next_poll_at: string | null
  readonly delivered: string | null
  readonly payments: string
  readonly targets: string
}

/** Selects orders with everything that their views show. */
export function selectOrders(schema: string): string {
  return `select o.id, o.terms::text, ${iso('o.not_before')} as not_before, o.state, o.fulfilled_by,
    o.capture_requested_for, ${iso('o.watched_at')} as watched,
    to_char(o.watched_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as position,
    ${iso('o.changed_at')} as changed, ${ms('clock_timestamp()')} as now,
    (select ${iso('min(due_at)')} from ${schema}.targets where order_id = o.id) as next_poll_at,
    (select json_build_object('key', b.key, 'at', ${iso('b.delivered_at')})::text from ${schema}.outbox b
     where b.order_id = o.id and b.kind = 'change' and b.step ->> 'kind' = 'fulfill' and b.delivered_at is not null
     order by b.id desc limit 1) as delivered,
    (select coalesce(json_agg(json_build_object('provider', p.provider, 'id', p.id, 'version', p.version,
       'report', p.report, 'repeatedPolls', p.repeated_polls) order by p.provider, p.id), '[]')::text
     from ${schema}.payments p where p.order_id = o.id) as payments,
    (select coalesce(json_agg(json_build_object('provider', t.provider, 'kind', t.kind, 'value', t.value,
       'watched', t.watched, 'paymentId', t.payment_id, 'recheck', t.recheck)), '[]')::text
     from ${schema}.targets t where t.order_id = o.id) as targets
    from ${schema}.orders o`
}

/** Returns the view of an order; undefined for one that was never watched. */
export async function readOrder(
  context: Pick<Context, 'database' | 'schema' | 'settings'>,
  id: string,
): Promise<OrderView | undefined> {
  const { database, schema } = context
  const rows = await query<OrderData>(database, `${selectOrders(schema)} where o.id = $1`, [id])
  const [view] = await toViews(context, rows)
  return view
}

type TargetData = Pick<TargetRow, 'provider' | 'kind' | 'value' | 'watched'> & {
  readonly paymentId: string | null
  readonly recheck: string | null
}

export async function toViews(
  { database, schema, settings }: Pick<Context, 'database' | 'schema' | 'settings'>,
  rows: readonly OrderData[],
): Promise<OrderView[]> {
  if (rows.length === 0) return []
  const ids = rows.map(({ id }) => id)
  const tasks = await readTasksOf(database, schema, ids)
  return rows.map((row): OrderView => {
    const payments = JSON.parse(row.payments) as PaymentView[]
    const targets = JSON.parse(row.targets) as TargetData[]
    const terms = JSON.parse(row.terms) as OrderTerms
    const decision = decideRecorded(
      {
        terms,
        fulfilledBy: row.fulfilled_by ?? undefined,
        captureRequestedFor: row.capture_requested_for ?? undefined,
      },
      targets.map((target) => ({ ...target, paymentId: target.paymentId ?? undefined })),
      payments,
      row.now,
      settings.canLookUp,
    )
    const { step: decided, payment: _, ...orderStatus } = decision
    const step = payments.length > 0 ? shownStep(decided, row, payments) : undefined
    return {
      order: row.id,
      terms: { notBefore: row.not_before, ...terms },
      orderStatus,
      decision,
      ...(step ? { step } : {}),
      ...(row.delivered === null ? {} : { delivered: JSON.parse(row.delivered) }),
      state: row.state,
      watchedAt: row.watched,
      changedAt: row.changed,
      ...(row.next_poll_at === null ? {} : { nextPollAt: row.next_poll_at }),
      payments: payments.map((payment) => {
        const recheck = targets.find((target) => leadsTo(target, payment) && target.recheck !== null)?.recheck
        return { ...payment, ...(recheck ? { recheck } : {}) }
      }),
      tasks: tasks.filter(({ order }) => order === row.id),
    }
  })
}

/** `fulfill` and `capture` are shown as long as they hold, whether or not they were delivered. */
function shownStep(
  step: NextStep,
  { fulfilled_by, capture_requested_for }: OrderData,
  payments: readonly PaymentView[],
): NextStep {
  if (step.kind !== 'none') return step
  const outcome = (key: string | null) => {
    const payment = payments.find((other) => paymentKey(other) === key)
    return payment && outcomeOf(payment.report.payment.status)
  }
  if (['paid', 'verified'].includes(outcome(fulfilled_by) ?? '')) return { kind: 'fulfill' }
  if (fulfilled_by === null && outcome(capture_requested_for) === 'held') return { kind: 'capture' }
  return step
}

function leadsTo({ provider, kind, value, paymentId }: TargetData, payment: PaymentView): boolean {
  return kind === 'id' && provider === payment.provider && (value === payment.id || paymentId === payment.id)
}
