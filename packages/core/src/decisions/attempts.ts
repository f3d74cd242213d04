import type { PaymentReport } from '../model/evidence.ts'
import { outcomeOf, type PaymentStatus, paymentStatuses } from '../model/status.ts'
import { type Advance, advance, checkReport } from './advance.ts'
import { withoutParts } from './parts.ts'

/** Status of an order, from all attempts to pay it. */
export interface OrderStatus {
  /** Status of the deciding payment; `unknown` without one. */
  readonly status: PaymentStatus
  readonly deciding?: PaymentReport
  /** Every payment that is paid, newest first. */
  readonly paid: readonly PaymentReport[]
  /** True when more than one payment is paid: one of them has to be refunded. */
  readonly paidTwice: boolean
}

/**
 * Returns the status of an order: that of a paid payment, then of one whose funds are held, then of the newest that is
 * processing or unknown (it may still be paid, so the shopper must not be charged again), then of the newest of the rest. A
 * payment without `createdAt` counts as the oldest. `decideOrder` adds the step.
 *
 * Several reports of one payment count as one: `advance` merges them. One without money that is an operation
 * of another payment is left out. The order they are given in does not matter. Throws
 * `invalid_input` unless all are reports.
 *
 * @example
 * const { status, paidTwice } = resolveAttempts(reportsOfOneOrder)
 */
export function resolveAttempts(reports: readonly PaymentReport[]): OrderStatus {
  return statusOf(toAttempts(reports))
}

/** Returns the status of an order from its payments, newest first, one report each. */
export function statusOf(attempts: readonly PaymentReport[]): OrderStatus {
  const paid = attempts.filter(({ payment }) => outcomeOf(payment.status) === 'paid')
  const deciding =
    paid[0] ??
    attempts.find(({ payment }) => outcomeOf(payment.status) === 'held') ??
    attempts.find(({ payment }) => payment.status === 'processing' || payment.status === 'unknown') ??
    attempts[0]
  return {
    status: deciding?.payment.status ?? 'unknown',
    ...(deciding ? { deciding } : {}),
    paid,
    paidTwice: paid.length > 1,
  }
}

/** Merges the reports of each payment into one, parts of another payment left out; newest payment first. */
export function toAttempts(reports: readonly PaymentReport[]): PaymentReport[] {
  return [...withoutParts(onePerPayment(reports), ({ payment }) => payment)].sort(newestFirst)
}

function onePerPayment(reports: readonly PaymentReport[]): PaymentReport[] {
  const groups = new Map<string, PaymentReport[]>()
  for (const report of reports) {
    checkReport(report)
    const key = JSON.stringify([report.payment.provider, report.payment.id])
    const group = groups.get(key)
    if (group) group.push(report)
    else groups.set(key, [report])
  }
  return [...groups.values()].map(fold)
}

function fold(reports: readonly PaymentReport[]): PaymentReport {
  return reports.toSorted(oldestNewsFirst).reduce((current, report) => {
    const news = advance(current, report)
    const merged = contradictsAsPaid(current, report, news) ? report : news.report
    // These are records, not evidence: a lookup that agrees has ended a conflict that the newest of them no longer states.
    const { conflict } = report.payment
    return conflict ? { ...merged, payment: { ...merged.payment, conflict } } : merged
  })
}

/** No lookup can follow here: where one report of a payment says paid and another does not, paid stands, so that no shopper pays twice. */
function contradictsAsPaid(current: PaymentReport, report: PaymentReport, { outcome }: Advance): boolean {
  const isAsNew = outcome === 'conflict' || (outcome === 'stale' && report.observedAt === current.observedAt)
  const known = outcomeOf(current.payment.status)
  return isAsNew && outcomeOf(report.payment.status) === 'paid' && known !== 'paid' && known !== 'returned'
}

/** Of one moment, a conflict last and the one less far along first, then by all they hold: so that there is but one order. */
function oldestNewsFirst(a: PaymentReport, b: PaymentReport): number {
  const isContradicted = ({ payment }: PaymentReport) => Number(payment.conflict !== undefined)
  const rank = ({ payment }: PaymentReport) => paymentStatuses.indexOf(payment.status)
  return (
    timeOf(a.observedAt) - timeOf(b.observedAt) ||
    isContradicted(a) - isContradicted(b) ||
    rank(a) - rank(b) ||
    compare(JSON.stringify(a), JSON.stringify(b))
  )
}

function newestFirst({ payment: a }: PaymentReport, { payment: b }: PaymentReport): number {
  return timeOf(b.createdAt) - timeOf(a.createdAt) || compare(a.provider, b.provider) || compare(a.id, b.id)
}

function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0
}

/** Zero, the oldest there is, for none: subtracting infinities would not order anything. */
function timeOf(instant: string | undefined): number {
  return Date.parse(instant ?? '') || 0
}
