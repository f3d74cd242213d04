import { nextWait, pollSchedules } from '@payment-status/core'
import { withJitter } from '../retry.ts'
import type { OrderRow, PaymentRow, TargetRow } from '../store/rows.ts'
import { hasEnded, paidAtOf, paymentOf, rests, waitsForCapture, waitsForShopper } from './awaited.ts'
import type { Settings } from './incoming.ts'
import { DAY_IN_MILLISECONDS, daysAfter, nextNight } from './night.ts'

/** Polls of a lower number are made first. */
const priorities = {
  /** A new order, or a recheck: the shopper may be waiting. */
  now: 0,
  /** A later turn of an order's schedule. */
  scheduled: 1,
  /** A follow-up of a paid payment, or an order whose schedule is exhausted. */
  slow: 2,
  /** A target that belongs to no order. */
  untracked: 3,
} as const

/** The first turns of a schedule, while the shopper waits. */
const TURNS_OF_A_NEW_ORDER = 3
/** A target that waits for the shop, or for the shopper's next attempt, is polled at each sixth turn of its schedule. */
const TURNS_OF_A_REST = 6
/** After the first turns, an open payment is polled at each third turn: it waits for the shopper, who may never pay. */
const TURNS_OF_AN_OPEN_PAYMENT = 3

/** A recheck that leads to no order is tried this often. */
const RECHECKS_WITHOUT_ORDER = 6
/** A recheck of a watched order, under a key that the shop did not watch: after the schedule, a week of nights. */
const RECHECKS_OF_A_KEY = pollSchedules.card.length + 7

/** When to poll a target next. */
export interface Plan {
  /** In milliseconds by the database's clock; undefined: not at all. */
  readonly dueAt: number | undefined
  readonly priority: number
  readonly turn: number
  readonly followUp: number
  readonly recheck: string | undefined
  readonly recheckTurn: number
}

/** Everything known after the decision: a plan is made from it. */
export interface Known {
  readonly now: number
  readonly order: OrderRow | undefined
  readonly payments: readonly PaymentRow[]
}

/**
 * Plans a target after a report or an event: a recheck is due at once, a paid payment after days, and what waits follows its
 * schedule, which starts over when the order changed.
 */
export function planAfterReport(
  target: TargetRow,
  known: Known,
  { isChanged, settings }: { readonly isChanged: boolean; readonly settings: Settings },
): Plan {
  const { now, order, payments } = known
  const same = keepPlan(target)
  if (target.recheck !== undefined)
    return { ...same, dueAt: target.dueAt ?? now, priority: rank(target, known) }
  const isWatched = order?.watched === true
  const paidAt = isWatched ? paidAtOf(target, payments) : undefined
  if (paidAt !== undefined) {
    const dueAt = followUpAt(target, target.followUp, paidAt, known, settings)
    return { ...same, dueAt, priority: priorities.slow }
  }
  if (!isWatched || !target.watched || rests(target, payments)) return { ...same, dueAt: undefined }
  if (!isChanged) {
    const plan = planTurn(target, target.turn, known, order, settings)
    return { ...same, dueAt: target.dueAt ?? plan.dueAt }
  }
  const plan = planTurn(target, 0, known, order, settings)
  if (target.dueAt === undefined || hasEnded(target, payments)) return { ...same, ...plan }
  return { ...same, ...plan, dueAt: Math.min(target.dueAt, plan.dueAt ?? target.dueAt) }
}

/** Plans a target after a poll that was answered, or that found nothing. */
export function planAfterPoll(target: TargetRow, known: Known, settings: Settings): Plan {
  const { now, order, payments } = known
  const same = keepPlan(target)
  if (target.recheck !== undefined) return planRecheck(target, known, settings)
  const isWatched = order?.watched === true
  const paidAt = isWatched ? paidAtOf(target, payments) : undefined
  if (paidAt !== undefined) {
    const isPast = (day: number) => paidAt + day * DAY_IN_MILLISECONDS <= now
    const followUp = settings.followUpDays.filter(isPast).length
    const dueAt = followUpAt(target, followUp, paidAt, known, settings)
    return { ...same, followUp, dueAt, priority: priorities.slow }
  }
  if (!isWatched || !target.watched || rests(target, payments)) return { ...same, dueAt: undefined }
  return { ...same, ...planTurn(target, target.turn + 1, known, order, settings) }
}

/** Plans the first poll of a target that the shop has watched, in milliseconds from now. */
export function planWatched(schedule: OrderRow['schedule']): { firstMs: number; priority: number } {
  return { firstMs: nextWait(schedule, 0) ?? 0, priority: priorities.now }
}

/** Plans a poll that failed. It keeps its turn of the schedule, and is backlog: new orders go first. */
export function planAfterFailure(
  { isRecheck, failures }: { readonly isRecheck: boolean; readonly failures: number },
  pause: number,
) {
  const priority = isRecheck ? priorities.now : priorities.scheduled
  return { afterMs: withJitter(pause), failures: failures + 1, priority }
}

/**
 * Plans a turn of the schedule. What comes next is up to the shop where a payment is held for its capture, and up to the
 * shopper where every attempt under a reference has ended: such a target is polled for as long as any other, and less
 * often. After the schedule it is polled at night.
 */
function planTurn(
  target: TargetRow,
  turn: number,
  { now, payments }: Known,
  { terms, schedule }: OrderRow,
  settings: Settings,
): Pick<Plan, 'turn' | 'dueAt' | 'priority'> {
  const isEnded = hasEnded(target, payments)
  // After a cancellation nothing more is expected of the shopper.
  const isOver = isEnded && !payments.some(({ report }) => report.payment.status === 'failed')
  const turns = turnsAtOnce(target, turn, payments, terms)
  const waits = isOver ? [] : schedule.slice(turn, turn + turns)
  if (waits.length > 0) {
    const wait = withJitter(waits.reduce((sum, one) => sum + one, 0))
    const priority = turn < TURNS_OF_A_NEW_ORDER ? priorities.now : priorities.scheduled
    // A wait of days ends each night, so that what happened is known the next morning.
    const dueAt = wait < DAY_IN_MILLISECONDS ? now + wait : Math.min(now + wait, nextNight(now, 1, settings))
    return { turn: turn + waits.length - 1, dueAt, priority }
  }
  const nights = Math.max(0, turn - schedule.length)
  const days = isEnded ? daysOfNewAttempt(nights, settings) : daysAfter(nights)
  const dueAt = days === undefined ? undefined : nextNight(now, days, settings)
  return { turn: schedule.length + nights, dueAt, priority: priorities.slow }
}

/** Returns how many turns of the schedule one wait takes: several where the shop or the shopper acts next. */
function turnsAtOnce(
  target: TargetRow,
  turn: number,
  payments: readonly PaymentRow[],
  terms: OrderRow['terms'],
): number {
  if (hasEnded(target, payments) || waitsForCapture(target, payments, terms)) return TURNS_OF_A_REST
  const isNew = turn < TURNS_OF_A_NEW_ORDER
  return waitsForShopper(target, payments) && !isNew ? TURNS_OF_AN_OPEN_PAYMENT : 1
}

/** Returns the days until a reference whose attempts have ended is polled again: once, as after a paid one. */
function daysOfNewAttempt(nights: number, { followUpDays }: Settings): number | undefined {
  return nights === 0 ? followUpDays[0] : undefined
}

/** A target whose schedule has ended without a decision. It is still polled at night, less and less often. */
export function isExhausted({ turn, recheck }: TargetRow, order: OrderRow): boolean {
  return recheck === undefined && turn >= order.schedule.length
}

/** A recheck is tried as often as a card payment is polled, then at night. One that leads to no order ends. */
function planRecheck(target: TargetRow, known: Known, settings: Settings): Plan {
  const same = keepPlan(target)
  const recheckTurn = target.recheckTurn + 1
  const most = known.order?.watched ? RECHECKS_OF_A_KEY : RECHECKS_WITHOUT_ORDER
  // A key that the shop did not watch, and that never leads to a payment, is not asked for ever.
  if (recheckTurn >= most && !(known.order?.watched && target.watched))
    return { ...same, recheck: undefined, recheckTurn: 0, dueAt: undefined }
  const wait = nextWait(pollSchedules.card, recheckTurn)
  const priority = rank(target, known)
  if (wait !== undefined) return { ...same, recheckTurn, dueAt: known.now + wait, priority }
  const days = daysAfter(recheckTurn - pollSchedules.card.length)
  return { ...same, recheckTurn, dueAt: nextNight(known.now, days, settings), priority: priorities.slow }
}

function rank({ recheckTurn }: TargetRow, { order }: Known): number {
  if (order === undefined) return priorities.untracked
  return recheckTurn < TURNS_OF_A_NEW_ORDER ? priorities.now : priorities.scheduled
}

function keepPlan({ dueAt, priority, turn, followUp, recheck, recheckTurn }: TargetRow): Plan {
  return { dueAt, priority, turn, followUp, recheck, recheckTurn }
}

/**
 * Returns when to poll a paid payment next. While one of its operations is pending it is polled every night: a provider's
 * list may show a refund on the day it began, and never again.
 */
function followUpAt(
  target: TargetRow,
  followUp: number,
  paidAt: number,
  { now, payments }: Known,
  settings: Settings,
): number | undefined {
  // Another payment under a reference comes soon after the first, if at all.
  const days = target.kind === 'reference' ? settings.followUpDays.slice(0, 1) : settings.followUpDays
  const next = nextFollowUp(paidAt, followUp, now, days)
  const pending = paymentOf(target, payments)?.report.payment.operations?.find(
    ({ status }) => status === 'pending',
  )
  if (!pending) return next
  const since = Date.parse(pending.at ?? '')
  const nights = Number.isNaN(since) ? 0 : Math.max(0, Math.floor((now - since) / DAY_IN_MILLISECONDS))
  return Math.min(next ?? Number.POSITIVE_INFINITY, nextNight(now, daysAfter(nights), settings))
}

function nextFollowUp(
  paidAt: number,
  followUp: number,
  now: number,
  days: readonly number[],
): number | undefined {
  const next = days.slice(followUp).find((day) => paidAt + day * DAY_IN_MILLISECONDS > now)
  return next === undefined ? undefined : paidAt + withJitter(next * DAY_IN_MILLISECONDS)
}
