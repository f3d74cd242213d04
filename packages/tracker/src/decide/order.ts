import { isDeepStrictEqual } from 'node:util'
import {
  decideOrder,
  isDecided,
  type OrderDecision,
  type OrderTerms,
  type PaymentReport,
  paymentKey,
} from '@payment-status/core'
import {
  isSamePayment,
  type OrderRow,
  type PaymentKey,
  type PaymentRow,
  type StepOfOrder,
  type TargetRow,
} from '../store/rows.ts'
import type { OrderWriting } from '../store/writing.ts'
import { isUnanswered } from './awaited.ts'
import type { Settings } from './incoming.ts'
import { DAY_IN_MILLISECONDS } from './night.ts'
import { isExhausted } from './schedule.ts'

/** Step that the order allows after a report, compared with the one before. */
export interface StepDecision {
  readonly decision: OrderDecision
  /** The payment the step is about. */
  readonly about: PaymentKey | undefined
  /** True where the step has to be delivered: once, with a change of the payment it is about. */
  readonly isNew: boolean
  /** The step to remember. */
  readonly step: StepOfOrder | undefined
  readonly fulfilledBy: string | undefined
  readonly captureRequestedFor: string | undefined
}

/** Decides among all payments of an order. `reported`: the payment that the report or event is of. */
export function decideStep(
  order: OrderRow,
  targets: readonly TargetRow[],
  payments: readonly PaymentRow[],
  reported: PaymentKey | undefined,
  now: number,
  settings: Pick<Settings, 'canLookUp'>,
): StepDecision {
  const { fulfilledBy, captureRequestedFor } = order
  const decision = decideRecorded(order, targets, payments, now, settings)
  const { step, payment } = decision
  const about = payment?.payment
  const same = { decision, about, step: order.step, fulfilledBy, captureRequestedFor, isNew: false }
  // Nothing is decided yet: the step that was delivered last stays the one to compare with.
  if (!order.watched || step.kind === 'look_up') return same
  const decided: StepOfOrder = { step, ...(about ? { payment: paymentKey(about) } : {}) }
  if (step.kind === 'none' || !about) return { ...same, step: decided }
  // Waiting for another payment than the reported one is no reason for a change of its own.
  const isOther = reported !== undefined && !isSamePayment(about, reported)
  // Not compared as text: the database stores the members of an object in a sequence of its own.
  const isNew =
    !isDeepStrictEqual(JSON.parse(JSON.stringify(decided)), order.step) && !(isOther && step.kind === 'wait')
  return {
    ...same,
    step: decided,
    isNew,
    fulfilledBy: isNew && step.kind === 'fulfill' ? paymentKey(about) : fulfilledBy,
    captureRequestedFor: isNew && step.kind === 'capture' ? paymentKey(about) : captureRequestedFor,
  }
}

/** Members of a target that a decision needs. */
type DecidedTarget = Pick<
  TargetRow,
  'provider' | 'kind' | 'value' | 'order' | 'watched' | 'answered' | 'paymentId' | 'recheck'
>

/**
 * Returns the decision over what is recorded. What only a lookup could state is for a person where the provider has none: its
 * reports count as answers of a lookup made now.
 */
export function decideRecorded(
  order: Pick<OrderRow, 'id' | 'terms' | 'fulfilledBy' | 'captureRequestedFor'>,
  targets: readonly DecidedTarget[],
  payments: readonly Pick<PaymentRow, 'report'>[],
  now: number,
  { canLookUp }: Pick<Settings, 'canLookUp'>,
): OrderDecision {
  const observedAt = new Date(now).toISOString()
  const reports = payments.map(({ report }) => report)
  const complete = reports.map((report): PaymentReport => {
    const { provider, id } = report.payment
    const isAsked = canLookUp({ provider, kind: 'id', value: id })
    return isAsked ? report : { ...report, source: 'lookup', observedAt }
  })
  const unanswered = targets.filter((target) => target.order === order.id && isUnanswered(target, payments))
  const decision = decideOrder({
    ...withOneReference(order.terms, targets, complete),
    fulfilledBy: order.fulfilledBy,
    captureRequestedFor: order.captureRequestedFor,
    unanswered: unanswered.map(({ provider, kind, value }) =>
      kind === 'id' ? { provider, id: value } : { provider, reference: value },
    ),
    now: observedAt,
  })
  const isLookedUp = decision.step.kind !== 'look_up' || decision.payment || unanswered.some(canLookUp)
  const restore = (report: PaymentReport) =>
    reports.find(({ payment }) => isSamePayment(payment, report.payment)) ?? report
  return {
    ...decision,
    step: isLookedUp ? decision.step : { kind: 'wait', poll: false },
    paid: decision.paid.map(restore),
    ...(decision.deciding ? { deciding: restore(decision.deciding) } : {}),
    ...(decision.payment ? { payment: restore(decision.payment) } : {}),
  }
}

/**
 * An order has as many references as attempts, and `decideOrder` compares one. Each payment's reference is compared with
 * that of its own attempt here, and is given the order's if they agree.
 */
function withOneReference(
  terms: OrderTerms,
  targets: readonly DecidedTarget[],
  reports: readonly PaymentReport[],
): { readonly terms: OrderTerms; readonly payments: readonly PaymentReport[] } {
  const expectedOf = ({ payment }: PaymentReport): string | undefined => {
    const own = targets.filter(({ provider, watched }) => watched && provider === payment.provider)
    const references = own.filter(({ kind }) => kind === 'reference').map(({ value }) => value)
    if (payment.reference !== undefined && references.includes(payment.reference)) return payment.reference
    const isNamed = own.some(
      ({ kind, value, paymentId }) => kind === 'id' && (value === payment.id || paymentId === payment.id),
    )
    return terms.expected.reference ?? (isNamed ? undefined : references[0])
  }
  const expected = reports.map(expectedOf)
  const common = terms.expected.reference ?? expected.find((reference) => reference !== undefined)
  if (common === undefined) return { terms, payments: reports }
  return {
    terms: { ...terms, expected: { ...terms.expected, reference: common } },
    payments: reports.map((report, index) => {
      const { payment } = report
      const wanted = expected[index]
      if (wanted !== undefined && payment.reference !== wanted) return report
      return { ...report, payment: { ...payment, reference: common } }
    }),
  }
}

/** Days without a decision after which a person is asked, where the schedule does not last longer. */
const UNDECIDED_AFTER_IN_DAYS = 3

export function toOrderWriting(
  order: OrderRow,
  step: StepDecision | undefined,
  targets: readonly TargetRow[],
  isChanged: boolean,
  now: number,
): OrderWriting {
  const status = step?.decision.status ?? 'unknown'
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

function stateOf(order: OrderRow, targets: readonly TargetRow[]): 'waiting' | 'exhausted' {
  const isWaiting = targets.some(
    (target) => target.order === order.id && target.dueAt !== undefined && !isExhausted(target, order),
  )
  return isWaiting ? 'waiting' : 'exhausted'
}
