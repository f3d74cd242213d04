import { isDecided, type Outcome, outcomeOf } from '@payment-status/core'
import type { OrderRow, PaymentRow, TargetRow } from '../store/rows.ts'

/** Returns the recorded payment that an id leads to. A reference may lead to several, and to none of them alone. */
export function paymentOf({ kind, provider, value, paymentId }: TargetRow, payments: readonly PaymentRow[]) {
  if (kind !== 'id') return undefined
  return payments.find((payment) => payment.provider === provider && payment.id === (paymentId ?? value))
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
  return isOver && target.kind === 'reference'
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
  const isServed = outcomesOf(payments).some((outcome) => ['paid', 'returned', 'verified'].includes(outcome))
  return isServed && payments.every(({ report }) => isDecided(report.payment.status))
}
