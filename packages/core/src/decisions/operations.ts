import type { WebhookEvent } from '../model/evidence.ts'
import type { Payment, PaymentOperation } from '../model/payment.ts'
import type { PaymentStatus } from '../model/status.ts'
import { omitUndefined } from '../omit-undefined.ts'
import { mergeOperations } from './merge.ts'
import { toTime } from './time.ts'

/**
 * Adds one operation to a payment, for providers whose webhooks state one operation at a time. Sums are those of the
 * operations that succeeded, in minor units of the payment's currency: a refund or a capture that fails later takes its
 * figure back. Operations may come in any order and more than once.
 *
 * Of two statements of one operation, the later by `at` stands. Without it, or of one moment, a failure stands, and nothing
 * pending replaces a result. An authorization that succeeded and failed later contradicts itself: the status is `unknown`.
 * It is `unknown` too for a succeeded operation without an amount, for an operation in another currency than the payment's,
 * for a capture of a payment that was declined or whose amount is not known yet, and for a failure that takes back a capture
 * that no event names.
 *
 * @example
 * const payment = foldOperations(stored.payment, event.operation)
 */
export function foldOperations(payment: Payment, operation: PaymentOperation): Payment {
  return fold(payment, operation, payment)
}

/** Webhook event that states one operation. */
export type OperationEvent = Extract<WebhookEvent, { readonly kind: 'operation' }>

/**
 * Adds a webhook's operation to the recorded payment, and what its event states of the payment itself: what is recorded
 * stands, and what is missing is added (the reference, the amount, a decline). Returns `undefined` where nothing is recorded
 * and the event states no payment.
 *
 * @example
 * onOperation: (event) => save(foldEvent(await load(event.key), event))
 */
export function foldEvent(
  recorded: Payment | undefined,
  {
    operation,
    payment: stated,
  }: Pick<OperationEvent, 'operation'> & { readonly payment?: Payment | undefined },
): Payment | undefined {
  const payment = recorded ?? stated
  return payment && fold(payment, operation, stated ?? payment)
}

/** Adds what an answer to a create call states to the recorded payment, whatever came first. */
export function addResponse(recorded: Payment, stated: Payment): Payment {
  const { operations = [], ...own } = stated
  const payment = complete(recorded, own, true)
  return operations.reduce((sum, operation) => fold(sum, operation, stated), payment)
}

function fold(payment: Payment, operation: PaymentOperation, stated: Payment): Payment {
  const all = payment.operations ?? []
  const known = all.find(({ id }) => id === operation.id)
  const merged = known ? mergeOperation(known, operation) : operation
  const base = complete(payment, stated, merged !== known)
  if (merged === known) return base
  const operations = mergeOperations(
    all.map((other) => (other === known ? merged : other)),
    [merged],
  )
  const was = operation.kind === 'void' && stated.status === 'expired' ? 'expired' : base.status
  const sums = addUp(operations, base)
  const status = toStatus(was, sums)
  const { authorized, captured, refunded } = sums
  const { authorized: _, captured: __, refunded: ___, action, decline, ...rest } = base
  const isSame = status === base.status
  return omitUndefined<Payment>({
    ...rest,
    action: isSame ? action : undefined,
    decline: isSame ? decline : undefined,
    status,
    operations,
    authorized: toFigure(authorized, true),
    captured: toFigure(
      captured,
      base.captured !== undefined || sums.isUntaken || wasTakenBack(operations, 'capture'),
    ),
    refunded: toFigure(refunded, base.refunded !== undefined || wasTakenBack(operations, 'refund')),
  })
}

/** Returns the operation to record, or the known one where nothing replaces it. */
function mergeOperation(known: PaymentOperation, stated: PaymentOperation): PaymentOperation {
  if (stated.kind === 'other' && known.kind !== 'other') return known
  if (known.kind === 'other' && stated.kind !== 'other') return stated
  const both = { ...known, ...omitUndefined<PaymentOperation>(stated) }
  const statuses = [known.status, stated.status]
  if (known.takesBack === false) return known // both the success and its end are recorded
  if (statuses.includes('succeeded') && (known.takesBack || stated.takesBack))
    return { ...both, status: 'failed', takesBack: false }
  const age = toTime(stated.at) - toTime(known.at)
  if (isApproval(known) && isApproval(stated)) {
    if (known.status === 'unknown') return known
    const isContradicted = statuses.includes('succeeded') && statuses.includes('failed')
    const success = known.status === 'succeeded' ? known : stated
    const failure = success === known ? stated : known
    if (isContradicted && !(toTime(success.at) > toTime(failure.at))) return { ...both, status: 'unknown' }
  }
  if (age > 0) return both
  return !(age < 0) && ranks[stated.status] >= ranks[known.status] ? both : known
}

/** Of two statements of one moment, the higher stands. */
const ranks: Readonly<Record<PaymentOperation['status'], number>> = {
  unknown: 0,
  pending: 0,
  succeeded: 1,
  failed: 2,
}

function isApproval({ kind }: PaymentOperation): boolean {
  return kind === 'authorization' || kind === 'payment' || kind === 'verification'
}

/**
 * How much a status states, where no operation does. Events come in any order, so the same must follow from each order: a
 * decline outlives the end of an offer, and money outlives both.
 */
const statements: Readonly<Record<PaymentStatus, number>> = {
  unknown: 0,
  open: 1,
  requires_action: 2,
  processing: 3,
  expired: 4,
  canceled: 5,
  failed: 6,
  verified: 7,
  authorized: 8,
  partially_captured: 8,
  captured: 8,
  partially_refunded: 8,
  refunded: 8,
}

/** Adds what the event states of the payment itself. `isNew`: its operation is not recorded yet. */
function complete(payment: Payment, stated: Payment, isNew: boolean): Payment {
  if (stated === payment) return payment
  const states = isNew && statements[stated.status] > statements[payment.status]
  const { status, action, decline } = states ? stated : payment
  const isReviewed = payment.review === 'closed' || stated.review === 'closed'
  return omitUndefined<Payment>({
    ...stated,
    ...payment,
    status,
    action,
    decline,
    review: isReviewed ? 'closed' : (payment.review ?? stated.review),
    facts: { ...stated.facts, ...payment.facts },
  })
}

interface Sums {
  /** Held or captured, as the operations state it, else as the payment does. */
  readonly authorized: number | undefined
  readonly captured: number | undefined
  /** `captured`, or all of a payment that is recorded as taken without a figure. */
  readonly taken: number
  readonly refunded: number | undefined
  /** Amount that was approved, or requested: the captures add up to it where all of it is captured. */
  readonly whole: number | undefined
  readonly isHeld: boolean
  readonly isVoided: boolean
  readonly hasVoids: boolean
  /** True for a sale that was canceled before its capture. */
  readonly isUntaken: boolean
  /** True where captures or refunds are stated, whatever became of them. */
  readonly hasMoved: boolean
  readonly isReversed: boolean
  readonly isContradicted: boolean
}

function addUp(operations: readonly PaymentOperation[], payment: Payment): Sums {
  const of = (...kinds: readonly PaymentOperation['kind'][]) =>
    operations.filter(({ kind }) => kinds.includes(kind))
  const done = (...kinds: readonly PaymentOperation['kind'][]) =>
    of(...kinds).filter(({ status }) => status === 'succeeded')
  const approvals = operations.filter(isApproval)
  const holds = done('payment', 'authorization')
  const captures = of('capture').filter(({ status }) => status === 'succeeded' || status === 'failed')
  const refunds = done('refund').filter(({ final }) => !final)
  const voids = done('void')
  // A sale counts as captured at once: a capture that is reported as well is the same money, and what was canceled whole was
  // never captured.
  const wasCanceled = voids.some(({ amount, final }) => amount === undefined && !final)
  const isUntaken = wasCanceled && captures.length === 0 && done('payment').length > 0
  const taken = captures.length > 0 ? done('capture') : isUntaken ? [] : done('payment')
  const isStated = (...kinds: readonly PaymentOperation['kind'][]) => of(...kinds).length > 0
  const whole = holds.length > 0 ? sum(holds) : (payment.authorized ?? payment.amount?.amount)
  const captured = taken.length > 0 || isStated('capture', 'payment') ? sum(taken) : payment.captured
  const voided = voids.some(({ amount }) => amount === undefined) ? Infinity : sum(voids)
  const isReversed = done('void', 'refund').some(({ final }) => final)
  const isFinal = done('capture').some(({ final }) => final)
  const held = isFinal ? (captured ?? 0) : Math.max(captured ?? 0, (whole ?? 0) - voided)
  return {
    authorized: holds.length === 0 ? payment.authorized : isFinal || voids.length > 0 ? held : whole,
    captured,
    taken: captured ?? (wasTakenWhole.includes(payment.status) ? (whole ?? 0) : 0),
    refunded: isReversed
      ? (captured ?? 0)
      : refunds.length > 0 || isStated('refund')
        ? sum(refunds)
        : payment.refunded,
    whole,
    isHeld: holds.length > 0,
    isVoided: voids.length > 0 && !(voided < (whole ?? 0)),
    isUntaken,
    hasVoids: isStated('void'),
    hasMoved: isStated('capture', 'refund'),
    isReversed,
    isContradicted:
      approvals.some(({ status }) => status === 'unknown') ||
      (taken.length > 0 && of('capture').some(({ takesBack }) => takesBack)) ||
      (taken.length > 0 && holds.length === 0 && approvals.some(({ status }) => status === 'failed')) ||
      operations.some(({ currency }) => isOther(currency, payment.amount?.currency)),
  }
}

function isOther(currency: string | undefined, expected: string | undefined): boolean {
  return currency !== undefined && expected !== undefined && currency !== expected
}

/** `NaN` where an operation states no amount. */
function sum(operations: readonly PaymentOperation[]): number {
  return operations.reduce((total, { amount = Number.NaN }) => total + amount, 0)
}

/** Statuses under which all that was held is taken, where no figure is stated. */
const wasTakenWhole: readonly PaymentStatus[] = ['captured', 'partially_refunded', 'refunded']

/** Statuses that money led to: without it, they go back to the hold. */
const ofMoney: readonly PaymentStatus[] = ['authorized', 'partially_captured', ...wasTakenWhole]

function toStatus(was: PaymentStatus, sums: Sums): PaymentStatus {
  const { whole, taken, refunded = 0 } = sums
  if (sums.isContradicted || Number.isNaN(taken) || Number.isNaN(refunded)) return 'unknown'
  if (taken > 0 && whole === undefined && !wasTakenWhole.includes(was)) return 'unknown'
  if (refunded > 0 && refunded >= taken) return taken > 0 ? 'refunded' : 'unknown'
  if (refunded > 0) return 'partially_refunded'
  if (taken > 0) return taken >= (whole ?? 0) ? 'captured' : 'partially_captured'
  if (sums.isVoided || sums.isReversed) return was === 'expired' ? 'expired' : 'canceled'
  if (sums.isHeld || was === 'authorized') return 'authorized'
  // Something happened to money whose approval is not known.
  const hasMoved = sums.hasMoved || ((was === 'canceled' || was === 'expired') && sums.hasVoids)
  if (hasMoved) return sums.authorized === undefined ? 'unknown' : 'authorized'
  return ofMoney.includes(was) ? 'authorized' : was
}

/** Returns a figure that can be stated. Zero is one only where more than that was stated before. */
function toFigure(figure: number | undefined, statesZero: boolean): number | undefined {
  return Number.isSafeInteger(figure) && (figure !== 0 || statesZero) ? figure : undefined
}

function wasTakenBack(operations: readonly PaymentOperation[], of: PaymentOperation['kind']): boolean {
  return operations.some(({ kind, takesBack }) => kind === of && takesBack !== undefined)
}
