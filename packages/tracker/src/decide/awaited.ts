import { isDecided, type Outcome, outcomeOf } from '@payment-status/core'
import type { OrderRow, PaymentRow, TargetRow } from '../store/rows.ts'

/** Returns the recorded payment that an id leads to. A reference may lead to several, and to none of them alone. */
export function paymentOf({ kind, provider, value, paymentId }: TargetRow, payments: readonly PaymentRow[]) {
  if (kind !== 'id') return undefined
  return payments.find((payment) => payment.provider === provider && payment.id === (paymentId ?? value))
}

/**
 * Returns whether a payment of the order may be paid without being recorded as paid: no report of it came yet, or a lookup
 * of it is outstanding. By a reference, an answer without a payment is an answer: the shopper has not gone there yet. An
 * id names a payment that the shop created, so it is unanswered until that payment is recorded.
 */
export function isUnanswered(
  target: Pick<TargetRow, 'provider' | 'kind' | 'value' | 'paymentId' | 'watched' | 'answered' | 'recheck'>,
  payments: readonly Pick<PaymentRow, 'report'>[],
): boolean {
  const { provider, kind, value, paymentId, watched, answered, recheck } = target
  const isRecorded = payments.some(({ report: { payment } }) => {
    if (payment.provider !== provider) return false
    if (kind === 'reference') return payment.reference === value
    const ids = [payment.id, ...(payment.operations ?? []).map(({ id }) => id)]
    return ids.includes(value) || payment.id === paymentId
  })
  if (isRecorded) return recheck !== undefined
  return watched && kind === 'id' ? true : !answered && (watched || recheck !== undefined)
}

/** Returns whether nothing happens before the shop captures. */
export function waitsForCapture(
  target: TargetRow,
  payments: readonly PaymentRow[],
  { capture }: OrderRow['terms'],
): boolean {
  const payment = paymentOf(target, payments)
  const outcomes = outcomesOf(payment ? [payment] : payments)
  const isHeld = outcomes.includes('held') && outcomes.every((one) => one === 'not_paid' || one === 'held')
  return isHeld && capture === 'manual'
}

/** Returns whether the shopper acts next: a payment is open, and no other one could take money. */
export function waitsForShopper(target: TargetRow, payments: readonly PaymentRow[]): boolean {
  const payment = paymentOf(target, payments)
  const statuses = (payment ? [payment] : payments).map(({ report }) => report.payment.status)
  return (
    statuses.includes('open') &&
    statuses.every((status) => status === 'open' || outcomeOf(status) === 'not_paid')
  )
}

/** Returns whether every attempt of an order has ended without money, and the target could lead to another one. */
export function hasEnded(target: TargetRow, payments: readonly PaymentRow[]): boolean {
  const isOver = payments.length > 0 && outcomesOf(payments).every((outcome) => outcome === 'not_paid')
  return isOver && target.kind === 'reference' && !isUnanswered(target, payments)
}

function outcomesOf(payments: readonly PaymentRow[]): readonly Outcome[] {
  return payments.map(({ report }) => outcomeOf(report.payment.status))
}

/**
 * Returns since when the payment or order behind a target is paid. An id is followed up for refunds and disputes that no
 * webhook brought, a reference for a second payment.
 */
export function paidAtOf(target: TargetRow, payments: readonly PaymentRow[]): number | undefined {
  const payment = paymentOf(target, payments)
  // Two targets of one payment are followed up once.
  if (payment && payment.id !== target.value) return undefined
  if (payment) return outcomeOf(payment.report.payment.status) === 'paid' ? payment.paidAt : undefined
  if (!target.watched || !rests(target, payments)) return undefined
  const times = payments.flatMap(({ paidAt }) => paidAt ?? [])
  return times.length > 0 ? Math.min(...times) : undefined
}

/** Returns whether nothing is waited for: the payment ended, or the order is paid or verified and no payment is open. */
export function rests(target: TargetRow, payments: readonly PaymentRow[]): boolean {
  const payment = paymentOf(target, payments)
  if (payment && isDecided(payment.report.payment.status)) return true
  const outcomes = outcomesOf(payments)
  if (isUnanswered(target, payments) && !outcomes.includes('paid')) return false
  const isServed = outcomes.some((outcome) => ['paid', 'returned', 'verified'].includes(outcome))
  return isServed && payments.every(({ report }) => isDecided(report.payment.status))
}
