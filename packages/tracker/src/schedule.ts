import { isDecided, nextWait, outcomeOf, pollSchedules } from '@payment-status/core'
import { withJitter } from './retry.ts'
import type { Case, HandleRow, PaymentRow } from './rows.ts'

export const DAY_IN_MILLISECONDS = 86_400_000

/** When to look at a handle next. */
export interface Plan {
  /** In milliseconds by the database's clock; null: not at all. */
  readonly dueAt: number | null
  readonly turn: number
  readonly aftercare: number
  readonly doubtTurn: number
}

/**
 * What news means for a handle: doubt is looked at at once, what is paid again after days, what waits follows its
 * schedule, which starts over when something moved.
 */
export function planAfterNews(
  handle: HandleRow,
  { now, order, payments }: Case,
  { moved, aftercare }: { readonly moved: boolean; readonly aftercare: readonly number[] },
): Plan {
  const same = { turn: handle.turn, aftercare: handle.aftercare, doubtTurn: handle.doubtTurn }
  if (handle.doubt !== undefined) return { ...same, dueAt: handle.dueAt ?? now }
  const watched = order?.watched === true
  const paidAt = watched ? paidAtOf(handle, payments) : undefined
  if (paidAt !== undefined) return { ...same, dueAt: nextAftercare(paidAt, handle.aftercare, now, aftercare) }
  if (!watched || !handle.watched || rests(handle, payments)) return { ...same, dueAt: null }
  const first = nextWait(order.schedule, 0)
  if (!moved || first === undefined) return { ...same, dueAt: handle.dueAt ?? null }
  const dueAt = now + first
  return { ...same, turn: 0, dueAt: handle.dueAt === undefined ? dueAt : Math.min(handle.dueAt, dueAt) }
}

/** When to look again after a look that was answered, or that found nothing. A spent schedule is null: no more looks. */
export function planAfterLook(
  handle: HandleRow,
  { now, order, payments }: Case,
  { aftercare }: { readonly aftercare: readonly number[] },
): Plan {
  const { turn, doubtTurn } = handle
  const same = { turn, aftercare: handle.aftercare, doubtTurn }
  const watched = order?.watched === true
  if (handle.doubt !== undefined) {
    const wait = nextWait(pollSchedules.card, doubtTurn)
    return { ...same, doubtTurn: doubtTurn + 1, dueAt: wait === undefined ? null : now + wait }
  }
  const paidAt = watched ? paidAtOf(handle, payments) : undefined
  if (paidAt !== undefined) {
    const next = handle.aftercare + 1
    return { ...same, aftercare: next, dueAt: nextAftercare(paidAt, next, now, aftercare) }
  }
  if (!watched || !handle.watched || rests(handle, payments)) return { ...same, dueAt: null }
  const wait = nextWait(order.schedule, turn + 1)
  return { ...same, turn: turn + 1, dueAt: wait === undefined ? null : now + wait }
}

function nextAftercare(paidAt: number, turn: number, now: number, days: readonly number[]): number | null {
  const next = days.slice(turn).find((day) => paidAt + day * DAY_IN_MILLISECONDS > now)
  return next === undefined ? null : paidAt + withJitter(next * DAY_IN_MILLISECONDS)
}

function paymentOf(handle: HandleRow, payments: readonly PaymentRow[]): PaymentRow | undefined {
  if (handle.kind !== 'id') return undefined
  return payments.find(({ provider, id }) => provider === handle.provider && id === handle.value)
}

/**
 * Since when what a handle leads to is paid: a payment by its id, for refunds and disputes nobody told of; an order by its
 * references, for a second payment nobody told of.
 */
function paidAtOf(handle: HandleRow, payments: readonly PaymentRow[]): number | undefined {
  const payment = paymentOf(handle, payments)
  if (payment) return outcomeOf(payment.report.payment.status) === 'paid' ? payment.paidAt : undefined
  if (!handle.watched || !rests(handle, payments)) return undefined
  const times = payments.flatMap(({ paidAt }) => paidAt ?? [])
  return times.length > 0 ? Math.min(...times) : undefined
}

/** Nothing is waited for: the order has its money or its verification and nothing else is open, or this payment ended. */
function rests(handle: HandleRow, payments: readonly PaymentRow[]): boolean {
  const payment = paymentOf(handle, payments)
  if (payment && isDecided(payment.report.payment.status)) return true
  const outcomes = payments.map(({ report }) => outcomeOf(report.payment.status))
  const isServed = outcomes.some(
    (outcome) => outcome === 'paid' || outcome === 'returned' || outcome === 'verified',
  )
  return isServed && payments.every(({ report }) => isDecided(report.payment.status))
}
