import { isDeepStrictEqual } from 'node:util'
import { outcomeOf, paymentStatuses, withoutParts } from '@payment-status/core'
import {
  isSameTarget,
  type OrderRow,
  type PaymentRow,
  type PendingDispute,
  type Snapshot,
  type TargetKey,
  type TargetRow,
  targetOf,
} from '../store/rows.ts'
import type { Writing } from '../store/writing.ts'
import { type Decided, disputeKey } from './changes.ts'
import type { Incoming } from './incoming.ts'
import type { StepDecision } from './order.ts'
import { leadsTo, type Moved } from './payment.ts'
import { planAfterPoll, planAfterReport } from './schedule.ts'

/** An answer ends the rechecks that arose before it was asked for, under whatever key the payment was stored. */
export function withAnswer(
  target: TargetRow,
  { content, polled }: Incoming,
  moved: Moved | undefined,
): TargetRow {
  const isPolled = polled !== undefined && isSameTarget(target, polled)
  const settled = isPolled ? { ...target, failures: 0, answered: true } : target
  if (content.kind === 'polled')
    return isPolled && content.isAnswered ? { ...settled, ...withoutRecheck } : settled
  if (!moved || !leadsTo(target, moved.report.payment, polled)) return settled
  if (content.kind === 'operation') return { ...settled, disputes: [] }
  if (content.kind !== 'report' || content.report.source !== 'lookup') return settled
  // A request does not name what was recorded after its turn was taken.
  const askedAt = Math.min(Date.parse(content.report.observedAt), content.knownAt ?? Number.POSITIVE_INFINITY)
  return {
    ...settled,
    disputes: [],
    ...(isPolled && target.kind === 'id' ? { paymentId: moved.key.id } : {}),
    ...(askedAt >= Math.floor(target.recheckSince ?? 0) ? withoutRecheck : {}),
  }
}

const withoutRecheck = { recheck: undefined, recheckSince: undefined, recheckTurn: 0 } as const

/** Returns the targets as they are after a report that only a lookup can confirm: it is outstanding from now on. */
export function withRecheck(
  targets: readonly TargetRow[],
  { id }: OrderRow,
  moved: Moved | undefined,
): readonly TargetRow[] {
  if (!moved?.recheck) return targets
  return targets.map((target) =>
    isSameTarget(target, targetOf(moved.key)) ? { ...target, order: id, recheck: moved.outcome } : target,
  )
}

/** Sets what has to be rechecked, and plans every target. */
export function planTargets(
  snapshot: Snapshot,
  answered: readonly TargetRow[],
  payments: readonly PaymentRow[],
  incoming: Incoming,
  { moved, step, changes, settings }: Decided,
): readonly TargetRow[] {
  const { now, order } = snapshot
  const { content, polled } = incoming
  const known = { now, order, payments: withoutParts(payments, ({ report }) => report.payment) }
  const whys = findRechecks(snapshot, incoming, moved, step)
  // Details of the same status, such as the operations that a list adds, are no reason to poll more often.
  const isChanged = moved ? hasMovedOn(moved) : changes.length > 0
  return answered.map((target, index) => {
    const was = snapshot.targets[index] as TargetRow
    const why = settings.canLookUp(target) ? whys.get(nameOf(target)) : undefined
    const isOwn = moved !== undefined && isSameTarget(target, targetOf(moved.key))
    const isPolled = polled !== undefined && isSameTarget(target, polled)
    const isRestarted = why !== undefined && (was.recheck === undefined || content.kind === 'recheck')
    const rechecked: TargetRow =
      why === undefined
        ? target
        : isRestarted
          ? { ...target, recheck: why, recheckSince: now, recheckTurn: 0, answered: false, dueAt: undefined }
          : { ...target, recheck: was.recheck, recheckSince: was.recheckSince, recheckTurn: was.recheckTurn }
    const next: TargetRow = {
      ...rechecked,
      // A target leads to the order from the first report on that does.
      order: target.order ?? (isOwn || (isPolled && target.kind === 'id' && moved) ? order?.id : undefined),
      // What leads to a payment of no order is kept for as long as the payment.
      paymentId: !order && moved && content.kind === 'report' ? moved.key.id : rechecked.paymentId,
      disputes: content.kind === 'dispute' ? withPending(target, incoming, moved) : rechecked.disputes,
      // A recheck that an answer has ended leaves its due time to the schedule.
      dueAt: was.recheck !== undefined && rechecked.recheck === undefined ? undefined : rechecked.dueAt,
    }
    const plan = isPolled
      ? planAfterPoll(next, known, settings)
      : planAfterReport(next, known, { isChanged, settings })
    const withPlan = { ...next, ...plan }
    if (!settings.canLookUp(target)) return { ...withPlan, dueAt: undefined }
    return withPlan.recheck === undefined ? { ...withPlan, recheckSince: undefined } : withPlan
  })
}

/** Returns whether a payment has another outcome, or came closer to one: polls are then worth more. */
function hasMovedOn({ before, isChanged, report }: Moved): boolean {
  if (!isChanged || !before) return isChanged
  const was = before.report.payment.status
  const is = report.payment.status
  return outcomeOf(was) !== outcomeOf(is) || paymentStatuses.indexOf(is) > paymentStatuses.indexOf(was)
}

/** The targets that have to be asked, and why. */
function findRechecks(
  { targets, order }: Snapshot,
  { content, keys }: Incoming,
  moved: Moved | undefined,
  step: StepDecision | undefined,
): ReadonlyMap<string, string> {
  const whys = new Map<string, string>()
  const [own] = keys
  const ask = (key: TargetKey, why: string) => void whys.set(nameOf(key), why)
  const named = own && targets.find((target) => isSameTarget(target, own))
  // Asked by the payment's own id where that is known.
  const asked =
    named?.paymentId !== undefined && named.kind === 'id'
      ? (targets.find((target) => isSameTarget(target, { ...named, value: named.paymentId as string })) ??
        named)
      : own
  if (content.kind === 'recheck' && asked) ask(asked, content.why)
  if (content.kind === 'dispute' && asked) ask(asked, 'a dispute was reported')
  if (content.kind === 'operation' && !moved && asked) ask(asked, 'an operation of the payment was reported')
  if (moved?.recheck) ask(targetOf(moved.key), `the report was ${moved.outcome}: a lookup has to decide`)
  if (order?.watched && step?.decision.step.kind === 'look_up' && step.about)
    ask(targetOf(step.about), 'the recorded state leaves open what a lookup can state')
  return whys
}

function withPending(
  target: TargetRow,
  { content, keys, event }: Incoming,
  moved: Moved | undefined,
): readonly PendingDispute[] {
  const [own] = keys
  if (content.kind !== 'dispute' || moved || !event || !own || !isSameTarget(target, own))
    return target.disputes
  return [...target.disputes, { key: disputeKey(event), event: content.event }]
}

/** Without an order its targets are what is decided on: all of them are written, so that no two writers pass. */
export function changedTargets(
  { order, targets: before }: Snapshot,
  after: readonly TargetRow[],
  { polled }: Incoming,
): Writing['targets'] {
  return after.flatMap((target, index) => {
    const isPolled = polled !== undefined && isSameTarget(target, polled)
    const isNew = target.revision === 0
    const isWritten = !order || isNew || isPolled || !isDeepStrictEqual(target, before[index])
    return isWritten ? [{ ...target, isPolled }] : []
  })
}

function nameOf({ provider, kind, value }: TargetKey): string {
  return JSON.stringify([provider, kind, value])
}
