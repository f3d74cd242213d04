import { inputError } from '../model/errors.ts'
import type { PaymentReport } from '../model/evidence.ts'
import type { Payment } from '../model/payment.ts'
import { outcomeOf } from '../model/status.ts'
import { type OrderStatus, statusOf, toAttempts } from './attempts.ts'
import type { NextStep } from './next-step.ts'
import { paymentKey } from './payment-key.ts'
import {
  findBlocker,
  findUnfinishedReturn,
  investigate,
  isBefore,
  lastCapture,
  stepOfPayment,
} from './step-of-payment.ts'
import { checkTerms, type OrderTerms } from './terms.ts'
import { checkUnanswered, forbids, type UnansweredPayment } from './unanswered.ts'

/** Everything known of an order. */
export interface OrderState {
  readonly terms: OrderTerms
  /** All payments of the order, as recorded. Several reports of one payment count as one. */
  readonly payments: readonly PaymentReport[]
  /** `provider/id` of the payment that `fulfill` was acted on for. */
  readonly fulfilledBy?: string | undefined
  /** `provider/id` of the payment whose capture was requested. */
  readonly captureRequestedFor?: string | undefined
  /**
   * Payments that were started and that no report states yet, or whose lookup is outstanding. Each of them may be paid, so
   * the shopper is not asked to pay again, and the order is not stopped.
   */
  readonly unanswered?: readonly UnansweredPayment[] | undefined
  /** ISO 8601 instant to compare expiries with. Default: this machine's clock. */
  readonly now?: string | undefined
}

/** Status of an order with the step that it allows. */
export interface OrderDecision extends OrderStatus {
  readonly step: NextStep
  /** The payment that the step is about. */
  readonly payment?: PaymentReport
}

interface Decided {
  readonly step: NextStep
  readonly payment?: PaymentReport | undefined
}

interface Attempts extends Omit<OrderState, 'payments' | 'unanswered' | 'now'> {
  /** The payments of this order, newest first. */
  readonly attempts: readonly PaymentReport[]
  readonly paid: readonly PaymentReport[]
  readonly stepOf: (report: PaymentReport) => NextStep
}

/**
 * Decides what an order allows, from all of its payments. A shop delivers once, captures once and asks the shopper to pay
 * again once, so no single payment can decide. The first rule that fits:
 *
 * 1. Paid twice: `investigate`, with the payment to refund.
 * 2. Fulfilled: `none`, or `investigate` where its payment is no longer paid.
 * 3. Paid: `fulfill` where the payment matches the terms and nothing blocks it, else `investigate` or `look_up`.
 * 4. Held: `capture` once (manual) or `wait` (automatic).
 * 5. Processing or unknown: `wait`, `complete` or `look_up`, never a new payment.
 * 6. Ended, and contradicted by a lookup since: `investigate`.
 * 7. Undecided: the newest attempt's action, `wait`, or `ask_again` on the same payment.
 * 8. Ended without money: by the newest attempt, `ask_again` with a new payment or `stop`.
 *
 * While one of `unanswered` may be paid, the steps that ask the shopper, complete another payment or stop the order become
 * `look_up`, and the status is `unknown`.
 *
 * A card that was only verified is no attempt to pay an amount above 0. A payment created before `terms.notBefore` is not
 * of this order. Throws `invalid_input` for terms that cannot be right and for payments that are not reports.
 *
 * @example
 * const { step, payment } = decideOrder({ terms, payments: storedReports, fulfilledBy: row.fulfilledBy })
 */
export function decideOrder(order: OrderState): OrderDecision {
  const { terms, fulfilledBy, captureRequestedFor, unanswered, now } = checkOrder(order)
  const all = toAttempts(order.payments)
  const ours = all.filter(({ payment }) => !isBefore(payment.createdAt, terms.notBefore))
  const attempts = ours.filter(({ payment }) => !isKeptCard(payment, terms))
  const status = statusOf(attempts)
  const stepOf = (report: PaymentReport) => stepOfPayment(report, terms, now)
  const known = { terms, attempts, paid: status.paid, fulfilledBy, captureRequestedFor, stepOf }
  const decided = attempts.length > 0 ? decideAttempts(known) : decideWithout(all, known)
  const isBlocked = unanswered.some((key) => forbids(key, decided.step, decided.payment?.payment))
  const { step, payment }: Decided = isBlocked ? { step: { kind: 'look_up' } } : decided
  const isOverpaid = !terms.split || captured(status.paid) > terms.expected.amount.amount
  const isUnknown = isBlocked && !(status.deciding && hasMoney(status.deciding.payment))
  return {
    ...(isUnknown ? statusOf([]) : status),
    paidTwice: status.paidTwice && isOverpaid,
    step,
    ...(payment ? { payment } : {}),
  }
}

function decideAttempts(known: Attempts): Decided {
  const { attempts, paid, terms, fulfilledBy, stepOf } = known
  if (fulfilledBy !== undefined) return decideFulfilled(known, fulfilledBy)
  if (terms.split && terms.expected.amount.amount > 0) return decideSplit(known)
  if (paid.length > 1) return decidePaidTwice(known)
  const done = paid[0] ?? attempts.find(isVerifiedForNothing(terms))
  if (done) return { step: stepOf(done), payment: done }
  return decideUnpaid(known)
}

/** Nothing of the order's own is known. Money under its reference that is older than the order is not the order's. */
function decideWithout(all: readonly PaymentReport[], { terms, stepOf, fulfilledBy }: Attempts): Decided {
  if (fulfilledBy !== undefined) return { step: { kind: 'none' } }
  const older = all.find(({ payment }) => isBefore(payment.createdAt, terms.notBefore) && hasMoney(payment))
  if (older) return { step: stepOf(older), payment: older }
  return { step: { kind: 'wait', poll: !terms.webhookOnly } }
}

function decideFulfilled({ attempts, paid, terms }: Attempts, fulfilledBy: string): Decided {
  const own = attempts.find(({ payment }) => paymentKey(payment) === fulfilledBy)
  const other = paid.find(({ payment }) => paymentKey(payment) !== fulfilledBy)
  if (own && outcomeOf(own.payment.status) === 'held' && lastCapture(own.payment)?.status === 'failed')
    return {
      step: investigate('the order was fulfilled, and the capture of its payment failed'),
      payment: own,
    }
  if (terms.split && other && captured(paid) > terms.expected.amount.amount)
    return { step: tooMuch, payment: other }
  const outcome = own && outcomeOf(own.payment.status)
  const isGone = outcome === 'not_paid' || outcome === 'undecided' || outcome === 'unclear'
  if (!terms.split && other) {
    const why =
      outcome === 'returned'
        ? 'the payment that was delivered for is refunded in full, and this one is paid'
        : isGone
          ? 'the payment that was delivered for is no longer paid, and this one is'
          : toRefund('the order was paid a second time', other)
    return { step: investigate(why), payment: other }
  }
  if (isGone) {
    const why = 'the order was fulfilled, and its payment is no longer paid'
    return { step: own?.source === 'lookup' ? investigate(why) : { kind: 'look_up' }, payment: own }
  }
  return { step: { kind: 'none' }, payment: own }
}

/** Names the payment to refund: not the one that would be delivered for, and the newest of the others. */
function decidePaidTwice({ paid, stepOf }: Attempts): Decided {
  const kept = paid.findLast((report) => stepOf(report).kind === 'fulfill') ?? paid.at(-1)
  const payment = paid.find((report) => report !== kept) as PaymentReport
  return { step: investigate(toRefund('the order is paid twice', payment)), payment }
}

/** A payment that is disputed, or whose refund is pending, may return its money without another refund. */
function toRefund(cause: string, { payment }: PaymentReport): string {
  const blocker = findBlocker(payment)
  return blocker
    ? `${cause}: check this payment before you refund it, because ${blocker}`
    : `${cause}: refund this payment`
}

/** Several payments pay the order on purpose: it is fulfilled when they add up, and captured when holds make it add up. */
function decideSplit(known: Attempts): Decided {
  const { attempts, paid, terms, stepOf } = known
  const blocked = paid.find((report) => stepOf(report).kind !== 'fulfill')
  if (blocked) return { step: stepOf(blocked), payment: blocked }
  const missing = terms.expected.amount.amount - captured(paid)
  if (missing < 0) return { step: tooMuch, payment: paid[0] }
  if (missing === 0) return { step: { kind: 'fulfill' }, payment: paid[0] }
  const holds = attempts.filter(isHeld)
  // A hold in another currency, disputed or past its end adds nothing up.
  const odd = holds.find((report) => ['investigate', 'look_up'].includes(stepOf(report).kind))
  if (odd) return { step: stepOf(odd), payment: odd }
  const held = holds.reduce(
    (sum, { payment }) => sum + (payment.authorized ?? payment.amount?.amount ?? 0),
    0,
  )
  if (held > missing) return { step: tooMuch, payment: holds[0] }
  if (held === missing) return decideHeld(known, holds)
  const rest = attempts.filter((report) => !paid.includes(report) && !holds.includes(report))
  const { currency } = terms.expected.amount
  const again: NextStep = {
    kind: 'ask_again',
    newPayment: true,
    amount: { amount: missing - held, currency },
  }
  if (rest.length === 0) return { step: again, payment: attempts[0] }
  const next = decideUnpaid({ ...known, attempts: rest })
  const { step, payment } = next
  if (step.kind === 'complete' && (payment?.payment.amount?.amount ?? 0) > missing - held)
    return { step: tooMuch, payment }
  if (step.kind === 'ask_again' && step.newPayment) return { step: { ...again, ...step }, payment }
  // Part of the order is paid or held, so an attempt that ended is not the order's end.
  if (step.kind === 'stop' && rest.length < attempts.length) return { step: again, payment }
  return next
}

function decideUnpaid(known: Attempts): Decided {
  const { attempts, stepOf } = known
  const of = (report: PaymentReport): Decided => ({ step: stepOf(report), payment: report })
  const holds = attempts.filter(isHeld)
  if (holds.length > 0) return decideHeld(known, holds)
  const pending = attempts.filter(
    ({ payment }) => payment.status === 'processing' || payment.status === 'unknown',
  )
  // The merchant's next call takes money: not while another attempt may take it too, and for the first of several, whose
  // call the shop may be making already.
  const deciding =
    pending.find(({ payment }) => payment.awaits === undefined) ??
    pending.findLast((report) => stepOf(report).kind === 'complete') ??
    pending[0]
  if (deciding) return of(deciding)
  // The provider's last word on it was another: it may have taken the money.
  const contradicted = attempts.find(({ payment }) => payment.conflict)
  if (contradicted) return of(contradicted)
  const undecided = attempts.find(({ payment }) => outcomeOf(payment.status) === 'undecided')
  if (undecided) return of(undecided)
  const newest = attempts[0] as PaymentReport
  return { step: stepOfEnd(newest, stepOf), payment: newest }
}

/** Captures once: a second hold is for a person to void, unless the first came to nothing. */
function decideHeld(known: Attempts, holds: readonly PaymentReport[]): Decided {
  const { attempts, captureRequestedFor, terms, stepOf } = known
  const isRequested = ({ payment }: PaymentReport) => paymentKey(payment) === captureRequestedFor
  const requested = attempts.find(isRequested)
  const outcome = requested && outcomeOf(requested.payment.status)
  const isOver = outcome === 'not_paid' || outcome === 'paid' || outcome === 'returned'
  if (captureRequestedFor === undefined || isOver) {
    const hold = holds[0] as PaymentReport
    return { step: stepOf(hold), payment: hold }
  }
  const second = holds.find((report) => !isRequested(report))
  if (second && !terms.split) {
    return {
      step: investigate('another payment of this order was to be captured already: void this hold'),
      payment: second,
    }
  }
  const step: NextStep = requested ? stepOf(requested) : { kind: 'none' }
  const waitsForCapture = step.kind === 'wait' && terms.capture === 'manual' && outcome === 'held'
  return { step: step.kind === 'capture' || waitsForCapture ? { kind: 'none' } : step, payment: requested }
}

/** An attempt that ended without money decides by its status alone: what it asked for does not matter any more. */
function stepOfEnd(report: PaymentReport, stepOf: (report: PaymentReport) => NextStep): NextStep {
  const { status, decline } = report.payment
  if (status === 'failed') return { kind: 'ask_again', newPayment: true, ...(decline ? { decline } : {}) }
  const unfinished = status === 'refunded' ? findUnfinishedReturn(report.payment) : undefined
  if (unfinished) return investigate(unfinished)
  if (status === 'canceled' || status === 'expired' || status === 'refunded') return { kind: 'stop' }
  return stepOf(report)
}

/** A card that was saved or verified, for an order that asks for money. */
function isKeptCard({ status, amount }: Payment, { expected }: OrderTerms): boolean {
  return status === 'verified' && (amount?.amount ?? 0) === 0 && expected.amount.amount > 0
}

function isVerifiedForNothing({ expected }: OrderTerms): (report: PaymentReport) => boolean {
  return ({ payment }) => payment.status === 'verified' && expected.amount.amount === 0
}

function hasMoney({ status }: Payment): boolean {
  return outcomeOf(status) === 'paid' || outcomeOf(status) === 'held'
}

function isHeld({ payment }: PaymentReport): boolean {
  return outcomeOf(payment.status) === 'held'
}

const tooMuch = investigate('the payments add up to more than the order asks for: refund the difference')

/** Sums what payments of one order have captured, in minor units. */
function captured(paid: readonly PaymentReport[]): number {
  return paid.reduce((sum, { payment }) => sum + (payment.captured ?? payment.amount?.amount ?? 0), 0)
}

function checkOrder(order: OrderState) {
  if (!Array.isArray(order?.payments))
    throw inputError('payment-status', 'the order must be an object: { terms, payments: [report, …] }')
  checkTerms(order.terms)
  const now = order.now === undefined ? Date.now() : Date.parse(order.now)
  if (Number.isNaN(now)) throw inputError('payment-status', 'now must be an ISO 8601 instant')
  const { terms, fulfilledBy, captureRequestedFor } = order
  const unanswered = checkUnanswered(order.unanswered)
  checkKey('fulfilledBy', fulfilledBy)
  checkKey('captureRequestedFor', captureRequestedFor)
  return {
    terms,
    now,
    unanswered,
    fulfilledBy: fulfilledBy ?? undefined,
    captureRequestedFor: captureRequestedFor ?? undefined,
  }
}

/** A key that names no payment would make the order's own payment look like a second one. */
function checkKey(name: string, key: unknown): void {
  if (key === undefined || key === null) return
  if (typeof key === 'string' && /^[^/]+\/./.test(key)) return
  throw inputError(
    'payment-status',
    `${name} must be the key of a payment, 'provider/id'. Leave it out for an order without one`,
  )
}
