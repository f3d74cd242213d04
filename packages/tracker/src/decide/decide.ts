import type { Advance } from '@payment-status/core'
import { isSamePayment, type Snapshot } from '../store/rows.ts'
import type { Writing } from '../store/writing.ts'
import { toChanges, toOutbox, toReleases } from './changes.ts'
import { toEvidence } from './evidence.ts'
import type { Incoming, Settings } from './incoming.ts'
import { decideStep, toOrderWriting } from './order.ts'
import { isOfOrder, movePayment, toPaymentWritings, toReceipts, toRow, withPayment } from './payment.ts'
import { changedTargets, planTargets, withAnswer, withRecheck } from './targets.ts'
import { toTasks } from './tasks.ts'

export interface Decision {
  readonly outcome: Advance['outcome']
  readonly version: number
  readonly order: string | undefined
  readonly writing: Writing
}

/**
 * Decides what follows from a report or an event, given everything that is known: pure, and complete. It returns the
 * recorded state, the changes to deliver, the tasks, and the plan of every target, the polled one included.
 */
export function decide(snapshot: Snapshot, incoming: Incoming, settings: Settings): Decision {
  const { now, order } = snapshot
  const { content, event } = incoming
  const moved = movePayment(snapshot, incoming, settings)
  const before = moved?.before?.version ?? 0
  const recorded = moved ? withPayment(snapshot.payments, toRow(moved, before, now)) : snapshot.payments
  const ofOrder = order ? recorded.filter((row) => isOfOrder(row, snapshot, moved)) : []
  const answered = snapshot.targets.map((target) => withAnswer(target, incoming, moved))
  const step =
    order && decideStep(order, withRecheck(answered, order, moved), ofOrder, moved?.key, now, settings)
  const changes = toChanges(moved, step, recorded)
  const decided = { moved, step, changes, settings }
  const changed = changes.map(({ row }) => row)
  const payments = changed.reduce(withPayment, recorded)
  const targets = planTargets(snapshot, answered, payments, incoming, decided)
  const row = moved && payments.find((other) => isSamePayment(other, moved.key))
  return {
    outcome: moved?.outcome ?? 'repeated',
    version: row?.version ?? 0,
    order: order?.id,
    writing: {
      order: order && toOrderWriting(order, step, targets, changes.length > 0, now),
      evidence:
        event || content.kind === 'report' ? toEvidence(incoming, moved, row?.version, now) : undefined,
      payments: toPaymentWritings(payments, moved, changed, snapshot),
      targets: changedTargets(snapshot, targets, incoming),
      outbox: toOutbox(snapshot, incoming, decided),
      releases: toReleases(snapshot, incoming, moved),
      tasks: toTasks(snapshot, incoming, decided),
      receipts: order ? ofOrder.flatMap((other) => toReceipts(other, moved, now, settings)) : [],
    },
  }
}
