import { isSubset } from '../is-subset.ts'
import type { Payment, PaymentOperation } from '../model/payment.ts'
import { outcomeOf, type PaymentStatus } from '../model/status.ts'
import { omitUndefined } from '../omit-undefined.ts'

const figures = ['authorized', 'captured', 'refunded'] as const

/** Members that state nothing about the payment, or that have a comparison of their own. */
const notCompared: readonly string[] = [
  'facts',
  'updatedAt',
  'createdAt',
  'operations',
  'dispute',
  'disputes',
  'conflict',
]

/**
 * Returns whether a payment states nothing that is not recorded yet. `facts` and `updatedAt` do not count: a webhook and a
 * lookup use other words, and other times, for the same state.
 */
export function addsNothing(known: Payment, stated: Payment): boolean {
  const { createdAt, operations } = stated
  if (createdAt !== undefined && !isSameInstant(createdAt, known.createdAt)) return false
  return (
    isSubset(stated, known, notCompared) &&
    (operations ?? []).every((operation) => known.operations?.some((other) => isSubset(operation, other)))
  )
}

/** Returns whether a figure is smaller than it was, or in another currency, which cannot be compared. */
export function amountFalls(known: Payment, stated: Payment): boolean {
  if (isOtherCurrency(known, stated)) return true
  if (known.amount && stated.amount && stated.amount.amount < known.amount.amount) return true
  return figures.some((figure) => (stated[figure] ?? Infinity) < (known[figure] ?? -Infinity))
}

/** Returns whether operations are stated and a known one is missing. Stating none misses none. */
export function lacksOperations(known: Payment, stated: Payment): boolean {
  if (stated.operations === undefined) return false
  const ids = new Set(stated.operations.map(({ id }) => id))
  return (known.operations ?? []).some(({ id }) => !ids.has(id))
}

/**
 * Merges a later statement into the recorded payment. An action and a decline belong to the status they came with, figures
 * to the currency and the status they came with. What the merchant has to do next is only ever as stated last.
 */
export function mergePayments(known: Payment, stated: Payment): Payment {
  const isSameStatus = known.status === stated.status
  const keeps = (figure: (typeof figures)[number]) =>
    !isOtherCurrency(known, stated) && outlives(figure, known.status, stated.status)
  return omitUndefined<Payment>({
    ...known,
    awaits: undefined,
    action: isSameStatus ? known.action : undefined,
    decline: isSameStatus ? known.decline : undefined,
    authorized: keeps('authorized') ? known.authorized : undefined,
    captured: keeps('captured') ? known.captured : undefined,
    refunded: keeps('refunded') ? known.refunded : undefined,
    ...omitUndefined<Payment>({
      ...stated,
      operations:
        known.operations && stated.operations
          ? mergeOperations(known.operations, stated.operations)
          : stated.operations,
      method: known.method?.kind === stated.method?.kind ? join(known.method, stated.method) : stated.method,
      authentication: join(known.authentication, stated.authentication),
      trace: join(known.trace, stated.trace),
    }),
  })
}

/** Members that come one by one: an approval states the authorization code, the capture after it the acquirer's number. */
function join<T extends object>(known: T | undefined, stated: T | undefined): T | undefined {
  return known && stated ? { ...known, ...stated } : stated
}

/** Replaces the recorded payment. What only another source states, and what never changes, is kept. */
export function replacePayment(known: Payment, stated: Payment): Payment {
  const { reference, createdAt, settlement, method, trace, dispute, disputes, review } = known
  const lasting = { reference, createdAt, settlement, method, trace, dispute, disputes, review }
  return { ...omitUndefined<Partial<Payment>>(lasting), ...omitUndefined<Payment>(stated) }
}

/** Adds the operations that were not known: one that was named once is requested ever after. */
export function rememberOperations(known: Payment, stated: Payment): Payment {
  const ids = new Set(known.operations?.map(({ id }) => id))
  const added = (stated.operations ?? []).filter(({ id }) => !ids.has(id))
  return added.length === 0 ? known : { ...known, operations: mergeOperations(known.operations ?? [], added) }
}

/** Joins by id, oldest first; the later statement of an operation stands. Those without a time keep their place. */
export function mergeOperations(
  known: readonly PaymentOperation[],
  stated: readonly PaymentOperation[],
): readonly PaymentOperation[] {
  const operations = new Map(known.map((operation) => [operation.id, operation]))
  for (const operation of stated)
    operations.set(operation.id, {
      ...operations.get(operation.id),
      ...omitUndefined<PaymentOperation>(operation),
    })
  const all = [...operations.values()]
  return all.every(({ at }) => at !== undefined)
    ? all.toSorted((a, b) => Date.parse(a.at ?? '') - Date.parse(b.at ?? ''))
    : all
}

/**
 * Returns whether a known figure still holds under a new status that comes without it. What was captured outlives refunds,
 * but not another capture; what was refunded does not outlive another refund. "Nothing captured" ends with the capture.
 */
function outlives(figure: (typeof figures)[number], was: PaymentStatus, is: PaymentStatus): boolean {
  if (was === is || figure === 'authorized') return true
  const isPaid = outcomeOf(is) === 'paid' || is === 'refunded'
  if (figure === 'refunded') return is !== 'partially_refunded' && is !== 'refunded'
  const wasWhole = was === 'captured' || was === 'partially_refunded' || was === 'refunded'
  return !isPaid || (wasWhole && is !== 'captured' && is !== 'partially_captured')
}

function isOtherCurrency(known: Payment, stated: Payment): boolean {
  return Boolean(known.amount && stated.amount && known.amount.currency !== stated.amount.currency)
}

function isSameInstant(left: string, right: string | undefined): boolean {
  return left === right || Date.parse(left) === Date.parse(right ?? '')
}
