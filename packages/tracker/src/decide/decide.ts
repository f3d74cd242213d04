import { isDeepStrictEqual } from 'node:util'
import {
  type Advance,
  advance,
  blocksDelivery,
  type DisputeEvent,
  foldEvent,
  isDecided,
  outcomeOf,
  type Payment,
  type PaymentOperation,
  type PaymentReport,
  paymentKey,
  paymentStatuses,
} from '@payment-status/core'
import {
  isSamePayment,
  isSameTarget,
  type OrderRow,
  type PaymentKey,
  type PaymentRow,
  type Snapshot,
  streamOf,
  type TargetKey,
  type TargetRow,
  targetOf,
} from '../store/rows.ts'
import type {
  EvidenceWriting,
  NewTask,
  OrderWriting,
  OutboxEntry,
  PaymentWriting,
  PendingDispute,
  Release,
  Writing,
} from '../store/write.ts'
import { decideStep, type StepDecision } from './order.ts'
import { DAY_IN_MILLISECONDS, isExhausted, planAfterPoll, planAfterReport } from './schedule.ts'

/** Content of a report, an event or an answer. */
export type Content =
  | { readonly kind: 'report'; readonly report: PaymentReport }
  | {
      readonly kind: 'operation'
      readonly operation: PaymentOperation
      readonly payment?: Payment | undefined
    }
  | { readonly kind: 'dispute'; readonly event: DisputeEvent }
  | {
      readonly kind: 'recheck'
      readonly why: string
      /** Operations that the webhook named next to its key. */
      readonly operations?: readonly { readonly id: string }[] | undefined
    }
  | { readonly kind: 'unreadable'; readonly why: string }
  /** A poll that found nothing, or more than one payment, whose reports were ingested one by one. */
  | { readonly kind: 'polled'; readonly isAnswered: boolean }
  /** The order of the payment has just become known. */
  | { readonly kind: 'claimed' }
  /** A person resolved the conflict of the payment. */
  | { readonly kind: 'resolved' }

export interface Incoming {
  readonly content: Content
  /** Targets that lead to the order, the strongest first. The payment's own id comes first. */
  readonly keys: readonly TargetKey[]
  /** The webhook it came with: its claim. */
  readonly event?: EventKey | undefined
  /** The target whose lookup this is the answer to. */
  readonly polled?: TargetKey | undefined
}

export interface EventKey {
  readonly provider: string
  readonly id: string
  readonly type: string
  readonly occurredAt?: string | undefined
}

/** Configuration that a decision depends on. */
export interface Settings {
  readonly followUpDays: readonly number[]
  readonly nightlyAt: { readonly at: string; readonly timeZone: string }
  canLookUp(target: TargetKey): boolean
  wantsReceipt(provider: string): boolean
}

export interface Decision {
  readonly outcome: Advance['outcome']
  readonly version: number
  readonly order: string | undefined
  readonly writing: Writing
}

/** Onerway's page on receipts: there is one an hour after success. */
const RECEIPT_DELAY_IN_MILLISECONDS = 60 * 60_000
/** Days without a decision after which a person is asked, where the schedule does not last longer. */
const UNDECIDED_AFTER_IN_DAYS = 3
/** How long money that belongs to no order waits for the shop to watch its order, before it is reported. */
const UNMATCHED_AFTER_IN_MILLISECONDS = 5_000
/** How long a dispute waits for the lookup that leads to its order. */
const DISPUTE_WAIT_IN_MILLISECONDS = 10 * 60_000

/** The payment an incoming report or event is of, before and after it. */
interface Moved extends Advance {
  readonly key: PaymentKey
  readonly before: PaymentRow | undefined
  readonly isChanged: boolean
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
  const step = order && decideStep(order, answered, ofOrder, moved?.key, now, settings.canLookUp)
  const changes = toChanges(moved, step, recorded)
  const payments = changes.reduce((rows, { row }) => withPayment(rows, row), recorded)
  const targets = planTargets(snapshot, answered, payments, incoming, { moved, step, changes, settings })
  const row = moved && payments.find((other) => isSamePayment(other, moved.key))
  return {
    outcome: moved?.outcome ?? 'repeated',
    version: row?.version ?? 0,
    order: order?.id,
    writing: {
      order: order && toOrderWriting(order, step, targets, changes, now),
      evidence:
        event || content.kind === 'report' ? toEvidence(incoming, moved, row?.version, now) : undefined,
      payments: toPaymentWritings(payments, moved, changes, snapshot),
      targets: changedTargets(snapshot, targets, incoming),
      outbox: toOutbox(snapshot, incoming, moved, step, changes, settings),
      releases: moved ? toReleases(snapshot, incoming) : [],
      tasks: toTasks(snapshot, incoming, moved, step, changes, settings),
      receipts: order ? ofOrder.flatMap((other) => toReceipts(other, moved, now, settings)) : [],
    },
  }
}

/** Advances the payment with what came in; undefined where it states nothing of a known payment. */
function movePayment(snapshot: Snapshot, incoming: Incoming, settings: Settings): Moved | undefined {
  const { content, keys } = incoming
  const own = keys[0]
  const before = findPayment(snapshot, incoming)
  const canLookUp = own === undefined || settings.canLookUp(own)
  const result = (key: PaymentKey, advanced: Advance): Moved => {
    const pending = pendingDisputes(snapshot, incoming)
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

/** Disputes that came before their payment was known, and name a target that now led to it. */
function pendingDisputes({ targets }: Snapshot, { content, polled }: Incoming): readonly PendingDispute[] {
  if (content.kind !== 'report') return []
  return targets.flatMap((target) => (leadsTo(target, content.report.payment, polled) ? target.disputes : []))
}

/** Returns whether a lookup that answered with this payment answers the target too, whatever it is stored under. */
function leadsTo(
  target: TargetRow,
  { provider, id, operations = [] }: Payment,
  polled: TargetKey | undefined,
) {
  if (target.provider !== provider) return false
  if (polled !== undefined && isSameTarget(target, polled)) return true
  const ids = [id, ...operations.map((operation) => operation.id)]
  return target.kind === 'id' && (ids.includes(target.value) || target.paymentId === id)
}

function toRow({ key, before, report }: Moved, version: number, now: number): PaymentRow {
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

function withPayment(rows: readonly PaymentRow[], row: PaymentRow): PaymentRow[] {
  return [...rows.filter((other) => !isSamePayment(other, row)), row]
}

/** A payment may be in the snapshot because an event names it, and belong to another order or to none. */
function isOfOrder(row: PaymentRow, { targets, order }: Snapshot, moved: Moved | undefined): boolean {
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

/** A change to deliver: a version of one payment, and the step if it is new and about this payment. */
interface Emission {
  readonly row: PaymentRow
  readonly step: StepDecision | undefined
}

/** The reported payment's version, and that of another payment which the new step is about. */
function toChanges(
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

/** An answer ends the rechecks that arose before it was asked for, under whatever key the payment was stored. */
function withAnswer(target: TargetRow, { content, polled }: Incoming, moved: Moved | undefined): TargetRow {
  const isPolled = polled !== undefined && isSameTarget(target, polled)
  const settled = isPolled ? { ...target, failures: 0 } : target
  if (content.kind === 'polled')
    return isPolled && content.isAnswered ? { ...settled, ...withoutRecheck } : settled
  if (content.kind !== 'report' || content.report.source !== 'lookup' || !moved) return settled
  if (!leadsTo(target, moved.report.payment, polled)) return settled
  const askedAt = Date.parse(content.report.observedAt)
  return {
    ...settled,
    disputes: [],
    ...(isPolled && target.kind === 'id' ? { paymentId: moved.key.id } : {}),
    ...(askedAt >= Math.floor(target.recheckSince ?? 0) ? withoutRecheck : {}),
  }
}

const withoutRecheck = { recheck: undefined, recheckSince: undefined, recheckTurn: 0 } as const

interface Decided {
  readonly moved: Moved | undefined
  readonly step: StepDecision | undefined
  readonly changes: readonly Emission[]
  readonly settings: Settings
}

/** Sets what has to be rechecked, and plans every target. */
function planTargets(
  snapshot: Snapshot,
  answered: readonly TargetRow[],
  payments: readonly PaymentRow[],
  incoming: Incoming,
  { moved, step, changes, settings }: Decided,
): readonly TargetRow[] {
  const { now, order } = snapshot
  const { content, polled } = incoming
  const known = { now, order, payments }
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
          ? { ...target, recheck: why, recheckSince: now, recheckTurn: 0, dueAt: undefined }
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
  if (order?.watched && step?.decision.step.kind === 'look_up') {
    const about = step.about ?? moved?.key
    if (about) ask(targetOf(about), 'the recorded state leaves open what a lookup can state')
  }
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

function toOrderWriting(
  order: OrderRow,
  step: StepDecision | undefined,
  targets: readonly TargetRow[],
  changes: readonly Emission[],
  now: number,
): OrderWriting {
  const status = step?.decision.status ?? 'unknown'
  const isChanged = changes.length > 0
  const isOpen = order.watched && !isDecided(status)
  const undecidedAt = isChanged ? now + patienceOf(order) : order.undecidedAt
  return {
    id: order.id,
    revision: order.revision,
    status,
    state: !order.watched ? 'unwatched' : isDecided(status) ? 'decided' : stateOf(order, targets),
    step: step?.step ?? order.step,
    fulfilledBy: step ? step.fulfilledBy : order.fulfilledBy,
    captureRequestedFor: step ? step.captureRequestedFor : order.captureRequestedFor,
    undecidedAt: isOpen ? undecidedAt : undefined,
    isChanged,
  }
}

/** How long an order may stay undecided before a person is asked: where only a webhook can help, its own schedule. */
export function patienceOf({ terms, schedule }: Pick<OrderRow, 'terms' | 'schedule'>): number {
  const whole = schedule.reduce((sum, wait) => sum + wait, 0)
  return terms.webhookOnly ? whole : Math.max(whole, UNDECIDED_AFTER_IN_DAYS * DAY_IN_MILLISECONDS)
}

export function stateOf(order: OrderRow, targets: readonly TargetRow[]): 'waiting' | 'exhausted' {
  const isWaiting = targets.some(
    (target) => target.order === order.id && target.dueAt !== undefined && !isExhausted(target, order),
  )
  return isWaiting ? 'waiting' : 'exhausted'
}

function toEvidence(
  { content, event, keys, polled }: Incoming,
  moved: Moved | undefined,
  version: number | undefined,
  now: number,
): EvidenceWriting | undefined {
  const [own] = keys
  const isPoll = content.kind === 'report' && ['lookup', 'list'].includes(content.report.source)
  // A poll that repeats the recorded state is counted, not stored.
  if (isPoll && !event && moved?.outcome === 'repeated' && !moved.isChanged) return undefined
  const occurredAt = content.kind === 'report' ? content.report.occurredAt : event?.occurredAt
  const delay = event && occurredAt !== undefined ? now - Date.parse(occurredAt) : undefined
  return {
    provider: own?.provider ?? polled?.provider ?? event?.provider ?? '',
    paymentId: moved?.key.id ?? (own?.kind === 'id' ? own.value : undefined),
    kind:
      content.kind === 'report'
        ? content.report.source
        : content.kind === 'operation'
          ? 'webhook'
          : content.kind,
    eventId: event?.id,
    type: event?.type,
    content: toStored(content, own, moved),
    outcome: moved && content.kind !== 'dispute' ? moved.outcome : undefined,
    version: moved ? version : undefined,
    delayMs: delay === undefined || Number.isNaN(delay) ? undefined : Math.max(0, delay),
  }
}

function toStored(content: Content, key: TargetKey | undefined, moved: Moved | undefined): unknown {
  if (content.kind === 'report') return content.report
  if (content.kind === 'operation') return moved ? moved.report : { key, operation: content.operation }
  if (content.kind === 'dispute')
    return { key, ...operationsOf(content.event.key), dispute: content.event.dispute }
  return { key, ...operationsOf(content), why: 'why' in content ? content.why : undefined }
}

/** The operations that a webhook names: the lookup that follows is given them. */
function operationsOf(named: object | undefined): object {
  return named && 'operations' in named && named.operations ? { operations: named.operations } : {}
}

function toPaymentWritings(
  payments: readonly PaymentRow[],
  moved: Moved | undefined,
  changes: readonly Emission[],
  { order, now }: Snapshot,
): PaymentWriting[] {
  const keys = [...(moved ? [moved.key] : []), ...changes.map(({ row }) => row)]
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
function isUnmatched(row: PaymentRow, order: OrderRow | undefined): boolean {
  return order?.watched !== true && hasMoney(row.report.payment) && paymentKey(row) !== order?.fulfilledBy
}

/** Paid, held or disputed. */
function hasMoney({ status, dispute }: Payment): boolean {
  const outcome = outcomeOf(status)
  return outcome === 'paid' || outcome === 'held' || (dispute !== undefined && blocksDelivery(dispute))
}

/** Without an order its targets are what is decided on: all of them are written, so that no two writers pass. */
function changedTargets(
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

function toOutbox(
  { order }: Snapshot,
  { content, event }: Incoming,
  moved: Moved | undefined,
  step: StepDecision | undefined,
  changes: readonly Emission[],
  settings: Settings,
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

function toReleases(snapshot: Snapshot, incoming: Incoming): Release[] {
  const order = snapshot.order?.id
  return pendingDisputes(snapshot, incoming).map(({ key }) => ({
    key,
    stream: order === undefined ? key : streamOf(order),
    order,
  }))
}

function toTasks(
  { order }: Snapshot,
  { content, event, keys }: Incoming,
  moved: Moved | undefined,
  step: StepDecision | undefined,
  changes: readonly Emission[],
  settings: Settings,
): NewTask[] {
  const [own] = keys
  const provider = moved?.key.provider ?? own?.provider ?? event?.provider
  const open = (key: string, kind: NewTask['kind'], why: string, paymentId?: string): NewTask => ({
    key,
    kind,
    order: order?.id,
    provider,
    paymentId: paymentId ?? moved?.key.id,
    why,
  })
  const tasks: NewTask[] = []
  if (content.kind === 'unreadable' && event)
    tasks.push(open(`unreadable/${event.provider}/${event.id}`, 'unreadable', content.why))
  if (content.kind === 'recheck' && event && own && order && !settings.canLookUp(own))
    tasks.push(open(`recheck/${event.provider}/${event.id}`, 'investigate', content.why))
  if (content.kind === 'dispute' && event && content.event.dispute.proven === false) {
    const why = 'only unsigned fields connect this dispute to the payment: check it at the provider'
    tasks.push(open(`dispute/${event.provider}/${event.id}`, 'investigate', why))
  }
  const investigated = changes.find(({ step: isAbout }) => isAbout?.decision.step.kind === 'investigate')
  if (investigated && step?.decision.step.kind === 'investigate') {
    const { row } = investigated
    tasks.push(
      open(`investigate/${paymentKey(row)}/${row.version}`, 'investigate', step.decision.step.why, row.id),
    )
  }
  if (!moved || !order) return tasks
  const payment = moved.report.payment
  const was = moved.before?.report.payment
  if (payment.conflict && !was?.conflict) {
    const why = 'a lookup contradicted the recorded state: compare the payment with the provider’s dashboard'
    tasks.push(open(`conflict/${paymentKey(moved.key)}/${moved.before?.version ?? 0}`, 'investigate', why))
  }
  if (moved.recheck && !settings.canLookUp(targetOf(moved.key))) {
    const why = 'this provider has no lookups: compare the payment with its dashboard'
    tasks.push(open(`lookup/${paymentKey(moved.key)}`, 'investigate', why))
  }
  if (order.fulfilledBy === undefined) return tasks
  const { dispute } = payment
  if (dispute && blocksDelivery(dispute) && dispute.status !== was?.dispute?.status) {
    const isLost = dispute.status === 'lost'
    const why = isLost
      ? 'a dispute of this payment was lost after the order was delivered'
      : 'this payment is disputed, and the order is delivered'
    tasks.push(
      open(
        `dispute/${paymentKey(moved.key)}/${dispute.id ?? ''}/${isLost ? 'lost' : 'open'}`,
        'investigate',
        why,
      ),
    )
  }
  for (const { id, kind, status } of payment.operations ?? []) {
    const before = was?.operations?.find((other) => other.id === id)
    if (kind === 'refund' && status === 'failed' && before?.status !== 'failed')
      tasks.push(
        open(`refund/${paymentKey(moved.key)}/${id}`, 'investigate', 'a refund of this payment failed'),
      )
  }
  return tasks
}

/** A receipt is wanted from the moment a payment of a watched order is recorded as captured. */
function toReceipts(
  { provider, id, report }: PaymentRow,
  moved: Moved | undefined,
  now: number,
  settings: Settings,
): Writing['receipts'] {
  if (report.payment.status !== 'captured' || !settings.wantsReceipt(provider)) return []
  const stated = Date.parse(moved?.report.occurredAt ?? '')
  const succeededAt = Math.min(now, Number.isNaN(stated) ? now : stated)
  return [{ provider, id, succeededAt, dueAt: succeededAt + RECEIPT_DELAY_IN_MILLISECONDS }]
}

function isInstant(text: string | undefined): boolean {
  return text !== undefined && Number.isFinite(Date.parse(text))
}

function nameOf({ provider, kind, value }: TargetKey): string {
  return JSON.stringify([provider, kind, value])
}

/** The key of a dispute's delivery. */
function disputeKey({ provider, id }: EventKey): string {
  return `dispute/${provider}/${id}`
}
