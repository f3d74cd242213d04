import { type NextStep, type OrderTerms, outcomeOf, paymentKey, withoutParts } from '@payment-status/core'
import type { Context } from '../context.ts'
import { decideRecorded } from '../decide/order.ts'
import { type OrderData, readOrderRow } from '../store/order-rows.ts'
import type { TargetRow } from '../store/rows.ts'
import { readTasksOf } from '../store/tasks.ts'
import type { OrderView, PaymentView } from '../types/order.ts'

/** Returns the view of an order; undefined for one that was never watched. */
export async function readOrder(
  context: Pick<Context, 'database' | 'settings'>,
  id: string,
): Promise<OrderView | undefined> {
  const { database } = context
  const row = await readOrderRow(database, id)
  const [view] = row ? await toViews(context, [row]) : []
  return view
}

type TargetData = Pick<TargetRow, 'provider' | 'kind' | 'value' | 'watched' | 'answered' | 'order'> & {
  readonly paymentId: string | null
  readonly recheck: string | null
}

export async function toViews(
  { database, settings }: Pick<Context, 'database' | 'settings'>,
  rows: readonly OrderData[],
): Promise<OrderView[]> {
  if (rows.length === 0) return []
  const ids = rows.map(({ id }) => id)
  const tasks = await readTasksOf(database, ids)
  return rows.map((row): OrderView => {
    const recorded = JSON.parse(row.payments) as PaymentView[]
    const payments = withoutParts(recorded, ({ report }) => report.payment)
    const targets = JSON.parse(row.targets) as TargetData[]
    const terms = JSON.parse(row.terms) as OrderTerms
    const decision = decideRecorded(
      {
        id: row.id,
        terms,
        fulfilledBy: row.fulfilled_by ?? undefined,
        captureRequestedFor: row.capture_requested_for ?? undefined,
      },
      targets.map((target) => ({
        ...target,
        paymentId: target.paymentId ?? undefined,
        recheck: target.recheck ?? undefined,
      })),
      payments,
      row.now,
      settings,
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
