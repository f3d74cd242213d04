import { paymentKey } from '@payment-status/core'
import { isSamePayment, type PaymentKey, type PaymentRow, type Snapshot, streamOf } from '../store/rows.ts'
import type { OutboxEntry, Release } from '../store/writing.ts'
import type { EventKey, Incoming, Settings } from './incoming.ts'
import type { StepDecision } from './order.ts'
import { isUnmatched, type Moved, pendingDisputes, toRow } from './payment.ts'

/** How long money that belongs to no order waits for the shop to watch its order, before it is reported. */
const UNMATCHED_AFTER_IN_MILLISECONDS = 5_000
/** How long a dispute waits for the lookup that leads to its order. */
const DISPUTE_WAIT_IN_MILLISECONDS = 10 * 60_000

/** A change to deliver: a version of one payment, and the step if it is new and about this payment. */
export interface Emission {
  readonly row: PaymentRow
  readonly step: StepDecision | undefined
}

/** Everything decided of the payment and its order: targets, tasks and deliveries follow from it. */
export interface Decided {
  readonly moved: Moved | undefined
  readonly step: StepDecision | undefined
  readonly changes: readonly Emission[]
  readonly settings: Settings
}

/** The reported payment's version, and that of another payment which the new step is about. */
export function toChanges(
  moved: Moved | undefined,
  step: StepDecision | undefined,
  rows: readonly PaymentRow[],
): readonly Emission[] {
  const next = (key: PaymentKey): PaymentRow | undefined => {
    const row = rows.find((other) => isSamePayment(other, key))
    return row && { ...row, version: row.version + 1 }
  }
  // A step about the order as a whole comes with the payment that brought it.
  const kind = step?.decision.step
  const isOfOrder = kind?.kind === 'stop' || (kind?.kind === 'ask_again' && kind.newPayment)
  const about = !step?.isNew ? undefined : isOfOrder && moved?.isChanged ? moved.key : step.about
  const isSame = about !== undefined && moved !== undefined && isSamePayment(about, moved.key)
  const own = moved && (moved.isChanged || isSame) ? next(moved.key) : undefined
  const other = about && !isSame ? next(about) : undefined
  return [
    ...(own ? [{ row: own, step: isSame ? step : undefined }] : []),
    ...(other ? [{ row: other, step }] : []),
  ]
}

export function toOutbox(
  { order }: Snapshot,
  { content, event }: Incoming,
  { moved, step, changes, settings }: Decided,
): OutboxEntry[] {
  const stream = order?.watched ? streamOf(order.id) : undefined
  const entries = changes.map(
    ({ row, step: isAbout }): OutboxEntry => ({
      stream,
      kind: 'change',
      key: `${paymentKey(row)}/${row.version}`,
      order: order?.id,
      provider: row.provider,
      paymentId: row.id,
      version: row.version,
      body: { report: row.report },
      step: isAbout ? step?.decision.step : undefined,
      afterMs: 0,
    }),
  )
  if (content.kind === 'dispute' && event) {
    const { provider, key, dispute, type, occurredAt } = content.event
    const isFound = moved !== undefined || order !== undefined
    const waits = !isFound && key !== undefined && settings.canLookUp({ provider, kind: 'id', value: '' })
    entries.push({
      stream: order ? streamOf(order.id) : `dispute:${provider}/${event.id}`,
      kind: 'dispute',
      key: disputeKey(event),
      order: order?.id,
      provider,
      paymentId: moved?.key.id,
      version: undefined,
      body: { payment: key, dispute, type, occurredAt },
      step: undefined,
      // An order that is not known yet may be found by the lookup.
      afterMs: waits ? DISPUTE_WAIT_IN_MILLISECONDS : 0,
    })
  }
  const row = moved && toRow(moved, 0, 0)
  if (row && isUnmatched(row, order) && row.unmatchedSince === undefined) {
    entries.push({
      stream: `unmatched:${paymentKey(row)}`,
      kind: 'unmatched',
      key: `unmatched/${paymentKey(row)}`,
      order: undefined,
      provider: row.provider,
      paymentId: row.id,
      version: undefined,
      body: {},
      step: undefined,
      // An order that was unwatched is not watched in a moment; one that is new may be.
      afterMs: order ? 0 : UNMATCHED_AFTER_IN_MILLISECONDS,
    })
  }
  return entries
}

export function toReleases(snapshot: Snapshot, incoming: Incoming, moved: Moved | undefined): Release[] {
  const order = snapshot.order?.id
  return pendingDisputes(snapshot, incoming, moved?.report.payment).map(({ key }) => ({
    key,
    stream: order === undefined ? key : streamOf(order),
    order,
  }))
}

/** The key of a dispute's delivery. */
export function disputeKey({ provider, id }: EventKey): string {
  return `dispute/${provider}/${id}`
}
