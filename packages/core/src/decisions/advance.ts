import { inputError } from '../model/errors.ts'
import type { DisputeEvent, PaymentReport } from '../model/evidence.ts'
import type { Dispute, Payment } from '../model/payment.ts'
import { type Outcome, outcomeOf, type PaymentStatus, paymentStatuses } from '../model/status.ts'
import { addDispute, disputesOf, hasSameDisputes } from './dispute.ts'
import {
  addsNothing,
  amountFalls,
  lacksOperations,
  mergePayments,
  rememberOperations,
  replacePayment,
} from './merge.ts'
import { addResponse } from './operations.ts'
import { toTime } from './time.ts'

/**
 * Result of comparing evidence with the recorded state. Store `report`, whatever the outcome, and decide from what is
 * stored: a step that was missed yesterday is then taken today.
 */
export interface Advance {
  /**
   * `applied`: the evidence is newer · `corrected`: later evidence overruled what was stored · `repeated`: nothing new ·
   * `stale`: older than what is stored · `conflict`: it cannot follow from what is stored.
   */
  readonly outcome: 'applied' | 'corrected' | 'repeated' | 'stale' | 'conflict'
  /** The report to store: the two merged, or the current one. */
  readonly report: PaymentReport
  /** True: look `report.payment` up (a payment is a lookup key, its operations included) and advance with the answer. */
  readonly recheck: boolean
}

export interface AdvanceOptions {
  /**
   * `false` for a provider without lookups: later evidence then leaves `unknown` and takes a figure back, because no lookup
   * can. Default `true`.
   */
  readonly canLookUp?: boolean | undefined
}

/** Statuses a payment can reach from each status. Only a lookup may bring any other. */
export const statusTransitions: Readonly<Record<PaymentStatus, readonly PaymentStatus[]>> = {
  open: paymentStatuses,
  requires_action: paymentStatuses,
  processing: paymentStatuses,
  authorized: [
    'authorized',
    'partially_captured',
    'captured',
    'partially_refunded',
    'refunded',
    'canceled',
    'expired',
    'failed',
  ],
  partially_captured: ['partially_captured', 'captured', 'partially_refunded', 'refunded'],
  captured: ['captured', 'partially_refunded', 'refunded'],
  partially_refunded: ['partially_refunded', 'refunded'],
  refunded: ['refunded'],
  verified: ['verified'],
  canceled: ['canceled'],
  expired: ['expired'],
  failed: ['failed'],
  unknown: ['unknown'],
}

/**
 * Guards the recorded state against late, repeated and reordered evidence. Give it what is stored and what came in, store
 * the report it returns, and look the payment up when it says `recheck`. Pure: it sends no request.
 *
 * A dispute event is merged into `payment.dispute`. Without a current report it must name the payment's id.
 *
 * Throws `invalid_input` unless both are about one payment (provider and `payment.id`).
 *
 * @example
 * const { report, recheck } = advance(stored, incoming)
 * await save(report) // whatever the outcome
 */
export function advance(
  current: PaymentReport | undefined,
  incoming: PaymentReport | DisputeEvent,
  { canLookUp = true }: AdvanceOptions = {},
): Advance {
  if (current) checkReport(current)
  if (isDisputeEvent(incoming)) return advanceDispute(current, incoming, canLookUp)
  checkReport(incoming)
  const { dispute, disputes, conflict, ...stated } = incoming.payment
  if (!current) {
    return {
      outcome: 'applied',
      report: withDisputes({ ...incoming, payment: stated }, incoming),
      recheck: false,
    }
  }
  checkSamePayment(current, incoming.payment)
  // An answer to a create call is older than any webhook, and no lookup can undo what it would overrule.
  const isAdded = !canLookUp && incoming.source === 'response'
  const payment = isAdded ? addResponse(current.payment, stated) : stated
  const result = compare(current, { ...incoming, payment }, canLookUp)
  return settle(current, incoming, result, canLookUp)
}

function compare(current: PaymentReport, incoming: PaymentReport, canLookUp: boolean): Advance {
  const was = current.payment
  const is = incoming.payment
  const keep = (outcome: 'stale' | 'conflict', recheck: boolean): Advance => {
    const payment = rememberOperations(was, is)
    return {
      outcome,
      report: payment === was ? current : { ...current, payment },
      recheck: recheck && canLookUp,
    }
  }
  const apply = (outcome: 'applied' | 'corrected', payment: Payment, recheck = false): Advance => ({
    outcome,
    report: toNewer(current, incoming, payment),
    recheck: recheck && canLookUp,
  })
  // An answer that lacks a known operation confirms nothing: it was made without it.
  const isIncomplete = lacksOperations(was, is)
  const isSameWait = was.awaits === is.awaits || !isLookup(incoming)
  if (addsNothing(was, is) && isSameWait) {
    if (incoming.source === 'lookup' && isIncomplete)
      return { outcome: 'repeated', report: current, recheck: canLookUp }
    return { outcome: 'repeated', report: moveHorizon(current, incoming), recheck: false }
  }

  const isAllowed = statusTransitions[was.status].includes(is.status)
  const rises = isAllowed && !amountFalls(was, is)
  const age = compareAges(current, incoming)
  if (age === 'older')
    return keep('stale', isAllowed || isLookup(incoming) || isMoneyBesideNone(was.status, is.status))
  if (age === 'tied' && !(rises && isForward(was.status, is.status))) {
    // Of two reports of one moment, the later along the graph stands.
    if (canPrecede(is, was)) return keep('stale', isEndBesideMoney(was.status, is.status))
    if (rises || isLookup(incoming)) return keep('stale', true)
  }
  // A row of a list that cannot be read states nothing, so a lookup can still say more; and so can one that is given the
  // known operations, after one that found an unknown operation and not the known ones.
  // Without lookups it is recorded: a later event may explain it, and until then a person has to look.
  if (is.status === 'unknown' && was.status !== 'unknown' && canLookUp)
    return keep('conflict', incoming.source !== 'lookup' || isIncomplete)
  if (isIncomplete && canLookUp)
    return rises ? apply('applied', mergePayments(was, is), true) : keep('conflict', true)
  if (isUndone(was.status, incoming)) return keep('conflict', false)
  if (rises) {
    const isDoubtful = age === 'tied' && isEndBesideMoney(is.status, was.status)
    return apply('applied', mergePayments(was, is), isDoubtful)
  }
  if (!canLookUp) return apply('corrected', mergePayments(was, is))
  if (!isLookup(incoming) || isListTooSilent(current, incoming)) return keep('conflict', true)
  return apply('corrected', incoming.source === 'list' ? mergePayments(was, is) : replacePayment(was, is))
}

/** Adds what does not depend on age: disputes, and a contradiction that no recheck can resolve, until it ends. */
function settle(
  current: PaymentReport,
  incoming: PaymentReport,
  result: Advance,
  canLookUp: boolean,
): Advance {
  const report = withDisputes(result.report, incoming)
  const hasNewDispute = !hasSameDisputes(report.payment, result.report.payment)
  const known = current.payment.conflict
  if (result.outcome === 'conflict' && !result.recheck) {
    const { status } = incoming.payment
    const conflict = known?.status === status ? known : { status, since: incoming.observedAt }
    return { ...result, report: { ...report, payment: { ...report.payment, conflict } } }
  }
  const agrees =
    (incoming.source === 'lookup' || !canLookUp) &&
    result.outcome !== 'stale' &&
    !(toTime(incoming.observedAt) < toTime(known?.since)) &&
    !lacksOperations(current.payment, incoming.payment)
  const { conflict, ...resolved } = report.payment
  if (conflict && agrees)
    return { ...result, outcome: moved(result), report: { ...report, payment: resolved } }
  return { ...result, outcome: hasNewDispute ? moved(result) : result.outcome, report }
}

function moved({ outcome }: Advance): Advance['outcome'] {
  return outcome === 'repeated' ? 'applied' : outcome
}

function withDisputes(report: PaymentReport, incoming: PaymentReport): PaymentReport {
  const add = (payment: Payment, dispute: Dispute) =>
    addDispute(payment, dispute, { isLookup: isLookup(incoming) })
  const payment = disputesOf(incoming.payment).reduce(add, report.payment)
  return payment === report.payment ? report : { ...report, payment }
}

function advanceDispute(
  current: PaymentReport | undefined,
  event: DisputeEvent,
  canLookUp: boolean,
): Advance {
  const { provider, key, occurredAt } = event
  const dispute = { ...event.dispute, ...toUpdated(event.dispute.updatedAt ?? occurredAt) }
  if (!current) {
    if (!key || !('id' in key)) {
      throw inputError(
        provider,
        'the dispute event names no payment id. Find the payment first, then give its report as `current`',
      )
    }
    const payment: Payment = { provider, id: key.id, status: 'unknown', facts: {} }
    return {
      outcome: 'applied',
      report: {
        evidence: 'report',
        source: 'webhook',
        payment: addDispute(payment, dispute),
        ...toOccurred(occurredAt),
        observedAt: occurredAt ?? new Date(0).toISOString(),
      },
      recheck: canLookUp,
    }
  }
  if (current.payment.provider !== provider)
    throw inputError(provider, 'the dispute event and the report must be of one provider')
  const payment = addDispute(current.payment, dispute)
  if (payment === current.payment) return { outcome: 'repeated', report: current, recheck: false }
  // The same, stated later: what happened in between, and is received after it, is old.
  const isRepeated = hasSameDisputes(payment, current.payment)
  return {
    outcome: isRepeated ? 'repeated' : 'applied',
    report: { ...current, payment },
    recheck: !isRepeated && canLookUp,
  }
}

function isDisputeEvent(evidence: PaymentReport | DisputeEvent): evidence is DisputeEvent {
  return (
    evidence !== null && typeof evidence === 'object' && 'kind' in evidence && evidence.kind === 'dispute'
  )
}

function isLookup({ source }: PaymentReport): boolean {
  return source === 'lookup' || source === 'list'
}

/** A lookup states everything that happened before it was sent, so older events have nothing to add to it. */
function compareAges(current: PaymentReport, incoming: PaymentReport): 'older' | 'tied' | 'newer' {
  const occurred = toTime(incoming.occurredAt)
  const knownUntil = toTime(isLookup(current) ? current.observedAt : current.occurredAt)
  if (occurred < knownUntil) return 'older'
  if (!isLookup(incoming)) return occurred === knownUntil ? 'tied' : 'newer'
  const observed = toTime(incoming.observedAt)
  const seenUntil = toTime(current.observedAt)
  if (observed < seenUntil) return 'older'
  return observed === seenUntil ? 'tied' : 'newer'
}

/** Between statuses that may follow each other, the later in the vocabulary is further along. */
function isForward(was: PaymentStatus, is: PaymentStatus): boolean {
  return !statusTransitions[is].includes(was) || paymentStatuses.indexOf(is) >= paymentStatuses.indexOf(was)
}

/** Returns whether one report of two, of one moment, can have come before the other. What is unknown has no place. */
function canPrecede(earlier: Payment, later: Payment): boolean {
  if (earlier.status === 'unknown' || later.status === 'unknown') return false
  return statusTransitions[earlier.status].includes(later.status) && !amountFalls(earlier, later)
}

/** Money that is held or taken, stated against a record that knows of none: worth a lookup, however old the report. */
function isMoneyBesideNone(was: PaymentStatus, is: PaymentStatus): boolean {
  const hasMoney = (status: PaymentStatus) => outcomeOf(status) === 'held' || outcomeOf(status) === 'paid'
  return hasMoney(is) && !hasMoney(was)
}

/** An end without money at the very moment of held or captured money: only a lookup knows which of the two stands. */
function isEndBesideMoney(end: PaymentStatus, other: PaymentStatus): boolean {
  return outcomeOf(end) === 'not_paid' && isMoneyBesideNone(end, other)
}

/** Outcomes that a lookup cannot turn each outcome into: what happened does not unhappen, so one answer is wrong. */
const undoing: Partial<Record<Outcome, readonly Outcome[]>> = {
  held: ['undecided'],
  paid: ['undecided', 'held'],
  returned: ['undecided', 'held'],
  verified: ['undecided'],
  not_paid: ['held'],
}

/** A list that says "held" undoes nothing: it shows one period, and the capture may lie in the next. */
function isUndone(was: PaymentStatus, { source, payment }: PaymentReport): boolean {
  const is = outcomeOf(payment.status)
  if (source !== 'lookup' && !(source === 'list' && is === 'undecided')) return false
  return undoing[outcomeOf(was)]?.includes(is) ?? false
}

/**
 * A list shows the payments of one period, and may miss what became of them after it: without the figure that would
 * have to be taken back (`refunded`, or else `captured`) it does not take it back.
 */
function isListTooSilent({ payment: was }: PaymentReport, { source, payment: is }: PaymentReport): boolean {
  if (source !== 'list') return false
  if (was.status === 'partially_refunded' || was.status === 'refunded') return is.refunded === undefined
  return outcomeOf(was.status) === 'paid' && is.captured === undefined
}

/** Returns the same state, known to hold for longer. Once a lookup has confirmed it, it counts as a lookup. */
function moveHorizon(current: PaymentReport, incoming: PaymentReport): PaymentReport {
  const observedAt = toLater(current.observedAt, incoming.observedAt)
  if (incoming.source === 'lookup') {
    const { occurredAt: _, ...rest } = current
    return { ...rest, source: 'lookup', observedAt }
  }
  if (isLookup(current)) return { ...current, observedAt }
  return { ...current, observedAt, ...toOccurred(toLater(current.occurredAt, incoming.occurredAt)) }
}

/** Returns the report to store, as new as the newer of the two: an answer that was on its way meanwhile is still old. */
function toNewer(
  current: PaymentReport,
  incoming: PaymentReport,
  payment: PaymentReport['payment'],
): PaymentReport {
  return {
    ...incoming,
    payment,
    observedAt: toLater(current.observedAt, incoming.observedAt),
    ...toOccurred(incoming.occurredAt ?? (isLookup(incoming) ? undefined : current.occurredAt)),
  }
}

function toOccurred(occurredAt: string | undefined): Pick<PaymentReport, 'occurredAt'> {
  return occurredAt === undefined ? {} : { occurredAt }
}

function toLater<T extends string | undefined>(left: T, right: T): T {
  if (left === right) return left
  return left === undefined || toTime(right) > toTime(left) ? right : left
}

function toUpdated(updatedAt: string | undefined): { readonly updatedAt?: string } {
  return updatedAt === undefined ? {} : { updatedAt }
}

/** Throws `invalid_input` unless this is a report. */
export function checkReport(report: PaymentReport): void {
  if (report?.evidence === 'report' && typeof report.payment?.id === 'string') return
  throw inputError(
    'payment-status',
    'the evidence must be a report. A hint proves nothing: look its key up first',
  )
}

function checkSamePayment({ payment }: PaymentReport, { provider, id }: Payment): void {
  if (payment.provider === provider && payment.id === id) return
  throw inputError(payment.provider, 'both reports must be of one payment (provider and id)')
}
