import { inputError } from '../model/errors.ts'
import type { PaymentReport } from '../model/evidence.ts'
import { type Outcome, outcomeOf, type PaymentStatus, paymentStatuses } from '../model/status.ts'
import {
  addsNothing,
  amountFalls,
  lacksOperations,
  mergePayments,
  rememberOperations,
  replacePayment,
} from './merge.ts'

/**
 * What news of a payment comes to. Store `report`, whatever the outcome, and decide from what is stored: what was missed
 * yesterday is then decided today.
 */
export interface Advance {
  /**
   * `applied`: it is the newer news · `corrected`: a lookup overruled what was stored · `repeated`: nothing new ·
   * `stale`: older than what is known · `conflict`: it cannot follow from what is known.
   */
  readonly outcome: 'applied' | 'corrected' | 'repeated' | 'stale' | 'conflict'
  /** What to keep: the two merged, or the current one. */
  readonly report: PaymentReport
  /** Whether to look `report.payment` up (a payment is a lookup key, its steps included) and advance with the answer. */
  readonly recheck: boolean
}

/** Where a payment can go from each status. What is not listed is no news a webhook may bring: only a lookup may. */
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
 * The guard against late, repeated and reordered news: give it what you have stored and what came in, store the report it
 * returns, and look the payment up when it says `recheck`. Pure: it does no lookup itself.
 *
 * Throws `invalid_input` when it is given something else than reports of one payment (provider and `payment.id`).
 */
export function advance(current: PaymentReport | undefined, incoming: PaymentReport): Advance {
  checkReport(incoming)
  if (!current) return { outcome: 'applied', report: incoming, recheck: false }
  checkReport(current)
  const was = current.payment
  const is = incoming.payment
  if (was.provider !== is.provider || was.id !== is.id) {
    throw inputError(
      was.provider,
      'two reports can only be compared when they are of one payment (provider and id)',
    )
  }
  const rises = statusTransitions[was.status].includes(is.status) && !amountFalls(was, is)
  if (addsNothing(was, is)) {
    return { outcome: 'repeated', report: moveHorizon(current, incoming), recheck: false }
  }

  const keep = (outcome: 'stale' | 'conflict', recheck: boolean): Advance => {
    const payment = rememberOperations(was, is)
    return { outcome, report: payment === was ? current : { ...current, payment }, recheck }
  }
  const age = compareAges(current, incoming)
  // Of one moment, an answer can only move on; an event that cannot follow is a contradiction, not old news.
  const goesBack = rises ? !isForward(was.status, is.status) : isLookup(incoming)
  if (age === 'older' || (age === 'tied' && goesBack)) {
    const mayFollow = statusTransitions[was.status].includes(is.status)
    return keep('stale', mayFollow || isLookup(incoming) || isMoneyBesideNone(was.status, is.status))
  }
  // A row of a list that cannot be read states nothing, so a lookup can still say more; and one that found a step nobody
  // knew, and not the known ones it belongs to, can with those.
  if (is.status === 'unknown' && was.status !== 'unknown')
    return keep('conflict', incoming.source !== 'lookup' || lacksOperations(was, is))
  if (lacksOperations(was, is)) {
    if (!rises) return keep('conflict', true)
    return { outcome: 'applied', report: toNewer(current, incoming, mergePayments(was, is)), recheck: true }
  }
  if (isUndone(was.status, incoming)) return keep('conflict', false)
  if (rises) {
    return { outcome: 'applied', report: toNewer(current, incoming, mergePayments(was, is)), recheck: false }
  }
  if (!isLookup(incoming) || isListTooSilent(current, incoming)) return keep('conflict', true)
  const payment = incoming.source === 'list' ? mergePayments(was, is) : replacePayment(was, is)
  return { outcome: 'corrected', report: toNewer(current, incoming, payment), recheck: false }
}

function isLookup({ source }: PaymentReport): boolean {
  return source === 'lookup' || source === 'list'
}

/** A lookup tells of everything that happened before it was sent, so older events have nothing to add to it. */
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

/**
 * Of two reports of one moment the one further along stands, whichever came first: between statuses that may follow each
 * other, the later in the vocabulary.
 */
function isForward(was: PaymentStatus, is: PaymentStatus): boolean {
  return !statusTransitions[is].includes(was) || paymentStatuses.indexOf(is) >= paymentStatuses.indexOf(was)
}

/** Money that is held or taken, told beside a belief that there is none: worth a question, however old the news. */
function isMoneyBesideNone(was: PaymentStatus, is: PaymentStatus): boolean {
  const hasMoney = (status: PaymentStatus) => outcomeOf(status) === 'held' || outcomeOf(status) === 'paid'
  return hasMoney(is) && !hasMoney(was)
}

/** What a lookup cannot turn each outcome into: what happened does not unhappen, so somebody is wrong. */
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

/** The same belief, known to hold for longer; once a lookup has confirmed it, it is as good as one. */
function moveHorizon(current: PaymentReport, incoming: PaymentReport): PaymentReport {
  const observedAt = toLater(current.observedAt, incoming.observedAt)
  if (incoming.source === 'lookup') {
    const { occurredAt: _, ...rest } = current
    return { ...rest, source: 'lookup', observedAt }
  }
  if (isLookup(current)) return { ...current, observedAt }
  return { ...current, observedAt, ...toOccurred(toLater(current.occurredAt, incoming.occurredAt)) }
}

/**
 * The report to store. It is as new as the newer of the two, so that an answer which was on its way meanwhile
 * is still seen to be old.
 */
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

/** `NaN` where there is none: it is neither before nor after anything. */
function toTime(instant: string | undefined): number {
  return instant === undefined ? Number.NaN : Date.parse(instant)
}

/** Throws `invalid_input` for what is no report. */
export function checkReport(report: PaymentReport): void {
  if (report?.evidence === 'report' && typeof report.payment?.id === 'string') return
  throw inputError(
    'payment-status',
    'only reports are compared: a hint proves nothing, look its key up first',
  )
}
