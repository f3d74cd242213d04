import type { Payment, PaymentOperation } from '../model/payment.ts'
import type { PaymentStatus } from '../model/status.ts'
import { mergeOperations } from './merge.ts'
import { toTime } from './time.ts'

/**
 * Adds one operation to a payment, for providers whose webhooks state one operation at a time. Sums are those of the
 * operations that succeeded, in minor units of the payment's currency: a refund or a capture that fails later takes its
 * figure back. Operations may come in any order and more than once; of two statements of one operation, the later by `at`
 * stands, and of one moment the failure.
 *
 * A succeeded operation without an amount makes the status `unknown`: what it took is not stated.
 */
export function foldOperations(payment: Payment, operation: PaymentOperation): Payment {
  const known = payment.operations?.find(({ id }) => id === operation.id)
  if (known && !replaces(operation, known)) return payment
  const operations = mergeOperations(payment.operations ?? [], [operation])
  const sum = (...kinds: readonly PaymentOperation['kind'][]) => {
    const done = operations.filter(({ kind, status }) => status === 'succeeded' && kinds.includes(kind))
    return {
      isDone: done.length > 0,
      total: done.reduce((total, { amount = Number.NaN }) => total + amount, 0),
    }
  }
  const isStated = (kind: PaymentOperation['kind']) => operations.some((other) => other.kind === kind)
  const sales = sum('payment')
  const holds = sum('authorization')
  const captures = sum('capture', 'payment')
  const refunds = sum('refund')
  const voids = sum('void')
  const authorized = sales.isDone || holds.isDone ? sales.total + holds.total : payment.authorized
  const held = authorized ?? payment.amount?.amount
  const captured = captures.isDone || isStated('capture') ? captures.total : payment.captured
  const refunded = refunds.isDone || isStated('refund') ? refunds.total : payment.refunded
  const status = toStatus(payment.status, {
    held,
    isHeld: holds.isDone,
    captured: captured ?? (wasTakenWhole.includes(payment.status) ? held : 0) ?? 0,
    refunded: refunded ?? 0,
    isVoided: voids.isDone,
    hasVoids: isStated('void'),
  })
  const { authorized: _, captured: __, refunded: ___, ...rest } = payment
  return {
    ...rest,
    status,
    operations,
    ...(isFigure(authorized) ? { authorized } : {}),
    ...(isFigure(captured) && (captured > 0 || payment.captured !== undefined) ? { captured } : {}),
    ...(isFigure(refunded) && (refunded > 0 || payment.refunded !== undefined) ? { refunded } : {}),
  }
}

interface Figures {
  readonly held: number | undefined
  readonly isHeld: boolean
  readonly captured: number
  readonly refunded: number
  readonly isVoided: boolean
  readonly hasVoids: boolean
}

/** Statuses under which all that was held is taken, where no figure is stated. */
const wasTakenWhole: readonly PaymentStatus[] = ['captured', 'partially_refunded', 'refunded']

/** Statuses that money led to: without it, they go back to the hold. */
const ofMoney: readonly PaymentStatus[] = ['authorized', 'partially_captured', ...wasTakenWhole]

function toStatus(was: PaymentStatus, sums: Figures): PaymentStatus {
  const { held, isHeld, captured, refunded, isVoided, hasVoids } = sums
  if (Number.isNaN(captured) || Number.isNaN(refunded)) return 'unknown'
  if (refunded > 0 && refunded >= captured) return captured > 0 ? 'refunded' : 'unknown'
  if (refunded > 0) return 'partially_refunded'
  if (captured > 0) return held === undefined || captured >= held ? 'captured' : 'partially_captured'
  if (isVoided) return 'canceled'
  const wasVoided = was === 'canceled' && hasVoids
  return isHeld || wasVoided || ofMoney.includes(was) ? 'authorized' : was
}

function isFigure(figure: number | undefined): figure is number {
  return Number.isSafeInteger(figure)
}

function replaces(operation: PaymentOperation, known: PaymentOperation): boolean {
  const age = toTime(operation.at) - toTime(known.at)
  return age > 0 || (!(age < 0) && (operation.status === 'failed' || known.status !== 'failed'))
}
