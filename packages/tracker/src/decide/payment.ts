import {
  type Advance,
  advance,
  blocksDelivery,
  foldEvent,
  outcomeOf,
  type Payment,
  paymentKey,
} from '@payment-status/core'
import {
  isSamePayment,
  isSameTarget,
  type OrderRow,
  type PaymentKey,
  type PaymentRow,
  type PendingDispute,
  type Snapshot,
  type TargetKey,
  type TargetRow,
} from '../store/rows.ts'
import type { PaymentWriting, ReceiptWriting } from '../store/writing.ts'
import type { Incoming, Settings } from './incoming.ts'

/** The payment an incoming report or event is of, before and after it. */
export interface Moved extends Advance {
  readonly key: PaymentKey
  readonly before: PaymentRow | undefined
  readonly isChanged: boolean
}

/** Advances the payment with what came in; undefined where it states nothing of a known payment. */
export function movePayment(snapshot: Snapshot, incoming: Incoming, settings: Settings): Moved | undefined {
  const { content, keys } = incoming
  const own = keys[0]
  const before = findPayment(snapshot, incoming)
  const canLookUp = own === undefined || settings.canLookUp(own)
  const result = (key: PaymentKey, advanced: Advance): Moved => {
    const pending = pendingDisputes(snapshot, incoming, advanced.report.payment)
    const disputed = pending.reduce(({ report, recheck, outcome }, { event }) => {
      const next = advance(report, { ...event, key: { id: key.id } }, { canLookUp })
      const isChanged = next.outcome === 'applied' || next.outcome === 'corrected'
      return {
        report: next.report,
        recheck: recheck || next.recheck,
        outcome: isChanged ? next.outcome : outcome,
      }
    }, advanced)
    const isChanged =
      disputed.outcome === 'applied' ||
      disputed.outcome === 'corrected' ||
      // A conflict that begins or ends is a change too, whatever the report came to.
      disputed.report.payment.conflict?.status !== before?.report.payment.conflict?.status
    return { ...disputed, key, before, isChanged }
  }
  switch (content.kind) {
    case 'report': {
      const { provider, id } = content.report.payment
      return result({ provider, id }, advance(before?.report, content.report, { canLookUp }))
    }
    case 'operation': {
      const payment = foldEvent(before?.report.payment, content)
      if (!payment) return undefined
      // Operations come in any order. What they add up to is the newest state, whenever the last of them happened.
      const report = {
        evidence: 'report',
        source: 'webhook',
        payment,
        observedAt: new Date(snapshot.now).toISOString(),
      } as const
      return result(payment, advance(before?.report, report, { canLookUp }))
    }
    case 'dispute': {
      if (!before) return undefined
      const event = { ...content.event, key: { id: before.id } }
      return result(before, advance(before.report, event, { canLookUp }))
    }
    case 'resolved': {
      if (!before?.report.payment.conflict) return undefined
      const { conflict: _, ...payment } = before.report.payment
      return result(before, { outcome: 'corrected', report: { ...before.report, payment }, recheck: false })
    }
    case 'claimed':
    case 'recheck':
    case 'unreadable':
    case 'polled':
      return undefined
  }
}

function findPayment({ payments, targets }: Snapshot, { content, keys }: Incoming): PaymentRow | undefined {
  const [own] = keys
  if (!own) return undefined
  if (own.kind === 'id') {
    const target = targets.find((other) => isSameTarget(other, own))
    // A report states its own id; an event may name the id of a session or an operation.
    const id = content.kind === 'report' ? own.value : (target?.paymentId ?? own.value)
    return payments.find((row) => row.provider === own.provider && row.id === id)
  }
  const found = payments.filter(
    ({ provider, report }) => provider === own.provider && report.payment.reference === own.value,
  )
  return found.find(({ report }) => hasMoney(report.payment)) ?? found[0]
}

/** Returns the disputes that came before their payment was known, and name a target that now led to it. */
export function pendingDisputes(
  { targets }: Snapshot,
  { content, polled }: Incoming,
  payment: Payment | undefined,
): readonly PendingDispute[] {
  if (!payment || (content.kind !== 'report' && content.kind !== 'operation')) return []
  return targets.flatMap((target) => (leadsTo(target, payment, polled) ? target.disputes : []))
}

/** Returns whether a lookup that answered with this payment answers the target too, whatever it is stored under. */
export function leadsTo(
  target: TargetRow,
  { provider, id, operations = [] }: Payment,
  polled: TargetKey | undefined,
) {
  if (target.provider !== provider) return false
  if (polled !== undefined && isSameTarget(target, polled)) return true
  const ids = [id, ...operations.map((operation) => operation.id)]
  return target.kind === 'id' && (ids.includes(target.value) || target.paymentId === id)
}

export function toRow({ key, before, report }: Moved, version: number, now: number): PaymentRow {
  const isPaid = outcomeOf(report.payment.status) === 'paid'
  return {
    ...key,
    provider: key.provider,
    id: key.id,
    version,
    report,
    paidAt: before?.paidAt ?? (isPaid ? now : undefined),
    unmatchedSince: before?.unmatchedSince,
  }
}

export function withPayment(rows: readonly PaymentRow[], row: PaymentRow): PaymentRow[] {
  return [...rows.filter((other) => !isSamePayment(other, row)), row]
}

/** A payment may be in the snapshot because an event names it, and belong to another order or to none. */
export function isOfOrder(row: PaymentRow, { targets, order }: Snapshot, moved: Moved | undefined): boolean {
  if (moved && isSamePayment(row, moved.key)) return true
  return targets.some(
    (target) =>
      target.order === order?.id &&
      target.provider === row.provider &&
      (target.kind === 'id'
        ? target.value === row.id || target.paymentId === row.id
        : target.value === row.report.payment.reference),
  )
}

export function toPaymentWritings(
  payments: readonly PaymentRow[],
  moved: Moved | undefined,
  changed: readonly PaymentRow[],
  { order, now }: Snapshot,
): PaymentWriting[] {
  const keys = [...(moved ? [moved.key] : []), ...changed]
  const rows = payments.filter((row) => keys.some((key) => isSamePayment(key, row)))
  return rows.map((row) => {
    const { payment, source } = row.report
    const isOwn = moved !== undefined && isSamePayment(row, moved.key)
    return {
      provider: row.provider,
      id: row.id,
      order: order?.id,
      reference: payment.reference,
      version: row.version,
      report: row.report,
      status: payment.status,
      madeAt: isInstant(payment.createdAt) ? payment.createdAt : undefined,
      paidAt: row.paidAt,
      unmatchedSince: isUnmatched(row, order) ? (row.unmatchedSince ?? now) : undefined,
      isRepeated: isOwn && moved.outcome === 'repeated' && !moved.isChanged && source === 'lookup',
    }
  })
}

/** Money that belongs to no order that is watched, and to none that was delivered for it. */
export function isUnmatched(row: PaymentRow, order: OrderRow | undefined): boolean {
  return order?.watched !== true && hasMoney(row.report.payment) && paymentKey(row) !== order?.fulfilledBy
}

/** Paid, held or disputed. */
function hasMoney({ status, dispute }: Payment): boolean {
  const outcome = outcomeOf(status)
  return outcome === 'paid' || outcome === 'held' || (dispute !== undefined && blocksDelivery(dispute))
}

/** Onerway's page on receipts: there is one an hour after success. */
const RECEIPT_DELAY_IN_MILLISECONDS = 60 * 60_000

/** A receipt is wanted from the moment a payment of a watched order is recorded as captured. */
export function toReceipts(
  { provider, id, report }: PaymentRow,
  moved: Moved | undefined,
  now: number,
  settings: Settings,
): readonly ReceiptWriting[] {
  if (report.payment.status !== 'captured' || !settings.wantsReceipt(provider)) return []
  const stated = Date.parse(moved?.report.occurredAt ?? '')
  const succeededAt = Math.min(now, Number.isNaN(stated) ? now : stated)
  return [{ provider, id, succeededAt, dueAt: succeededAt + RECEIPT_DELAY_IN_MILLISECONDS }]
}

function isInstant(text: string | undefined): boolean {
  return text !== undefined && Number.isFinite(Date.parse(text))
}
