import type { PaymentStatus } from '@payment-status/core'
import { outcomeOf } from '@payment-status/core/kit'
import { byTime, createdAtOf, isOpening, type Operation, type ReadContext } from './operation.ts'
import { toAgreedStatus, toFoldedStatus, toTransactionStatus } from './status.ts'

/** One row of the payment query: the word for the whole payment, without its operations. */
export interface PaymentRow {
  readonly paymentId: string
  /** `undefined` where the row states none. */
  readonly status: PaymentStatus | undefined
  readonly paymentStatus: string | null
  /** Transactions that the row names. */
  readonly transactionIds: readonly string[]
  readonly reference: string | undefined
  readonly amount: number | undefined
  readonly currency: string | undefined
  readonly observedAt: string
  readonly raws: readonly unknown[]
}

/** Operations folded into one payment. Amounts in minor units of its currency. */
export interface Folded {
  readonly id: string
  /** The opening operation that stands for the payment; `undefined` where none was found. */
  readonly head: Operation | undefined
  /** All operations of the payment, oldest first. */
  readonly operations: readonly Operation[]
  /** Status that the opening states, before any later operation. */
  readonly opening: PaymentStatus
  readonly status: PaymentStatus
  readonly captures: readonly Operation[]
  readonly captured: number | undefined
  /** `undefined` where refunds cannot be added up. */
  readonly refunded: number | undefined
  readonly row: PaymentRow | undefined
  readonly observedAt: string
}

export type PaymentRows = ReadonlyMap<string, PaymentRow>

/** A payment in the making: the opening operation that stands for it, and every operation that belongs to it. */
interface Parts {
  readonly head: Operation
  readonly operations: Operation[]
  /** `true` where it stands for its shared id. A second success under one shared id is a second payment. */
  readonly isFirst: boolean
  /** `true` where one of its operations names another payment too. */
  isConflicting: boolean
}

/**
 * Folds linked operations into payments, the one that took money first. The result is the same in whatever order the
 * operations came.
 */
export function foldGroup(
  unordered: readonly Operation[],
  context: ReadContext,
  rows: PaymentRows = new Map(),
): Folded[] {
  const group = unordered.toSorted(byTime)
  const openings = findOpenings(group)
  const all = toParts(openings, context)
  if (all.length === 0) return [foldOrphan(group, context, rows)]
  attachFollowing(group, all)
  const isPaid = ({ kind, status }: Operation) => kind !== 'verification' && status === 'succeeded'
  const paidIds = new Set(openings.filter(isPaid).flatMap(({ paymentId }) => paymentId ?? []))
  return all.map((parts) => foldParts(parts, { isAlone: all.length === 1, paidIds, rows, context }))
}

/** Folds a payment of which no operation was found: the payment query's row is all that is known of it. */
export function foldRow(row: PaymentRow): Folded {
  const stated = row.status ?? 'unknown'
  // A payment of nothing may be a card that was verified. Only an operation states that.
  const status = row.amount === 0 && outcomeOf(stated) !== 'undecided' ? 'unknown' : stated
  return {
    id: row.paymentId,
    head: undefined,
    operations: [],
    opening: status,
    status,
    captures: [],
    captured: undefined,
    refunded: undefined,
    row,
    observedAt: row.observedAt,
  }
}

/** Returns the ids of transactions that a group follows and does not hold. */
export function findOrigins(group: readonly Operation[]): string[] {
  const ids = new Set(group.map(({ id }) => id))
  const following = group.filter((operation) => !isOpening(operation))
  return [
    ...new Set(following.flatMap(({ origin }) => (origin !== undefined && !ids.has(origin) ? origin : []))),
  ]
}

/** Returns the operations that open a payment. A card that was kept while paying follows the payment it names. */
function findOpenings(group: readonly Operation[]): Operation[] {
  const ids = new Set(group.map(({ id }) => id))
  const isKeptCard = ({ id, kind, origin }: Operation) =>
    kind === 'verification' && origin !== undefined && origin !== id && ids.has(origin)
  return group.filter((operation) => isOpening(operation) && !isKeptCard(operation))
}

/**
 * Returns one payment for each opening, or for each shared id: of its attempts those that succeeded, else the newest,
 * stand for a payment. A verified card stands for a payment only where nothing else was tried.
 */
function toParts(openings: readonly Operation[], { integration }: ReadContext): Parts[] {
  const attempts = new Map<string, Operation[]>()
  for (const opening of openings) {
    const sharedId = integration.sharedId(opening.paymentId)
    const key = sharedId === undefined ? opening.id : `shared ${sharedId}`
    const known = attempts.get(key)
    if (known) known.push(opening)
    else attempts.set(key, [opening])
  }
  const weightOf = (opening: Operation) =>
    (opening.status === 'succeeded' ? 0 : 10) +
    byMoney.indexOf(outcomeOf(toTransactionStatus(opening.words, integration)))
  const byWeight = (a: Operation, b: Operation) => weightOf(a) - weightOf(b) || byTime(a, b)
  const parts = [...attempts.values()].flatMap((tries) => {
    const paying = tries.filter(({ kind }) => kind !== 'verification')
    const eligible = paying.length > 0 ? paying : tries
    const succeeded = eligible.filter(({ status }) => status === 'succeeded').sort(byWeight)
    const heads = new Set(succeeded.length > 0 ? succeeded : eligible.slice(-1))
    const others = tries.filter((opening) => !heads.has(opening))
    return [...heads].map((head, index): Parts => {
      const isFirst = index === 0
      return { head, operations: isFirst ? [head, ...others] : [head], isFirst, isConflicting: false }
    })
  })
  return parts.sort((a, b) => byWeight(a.head, b.head))
}

/** Of two openings the one that took money stands before the one that holds it, and that before the others. */
const byMoney: readonly string[] = [
  'paid',
  'returned',
  'held',
  'verified',
  'unclear',
  'undecided',
  'not_paid',
]

/** Adds captures, voids and refunds to the payment they name, through one another; else by paymentId; else to the first. */
function attachFollowing(group: readonly Operation[], all: readonly Parts[]): void {
  const byId = new Map(group.map((operation) => [operation.id, operation]))
  // The payment that each operation leads to. One that leads nowhere, or in a circle, leads to `undefined`.
  const homes = new Map<string, Parts | undefined>(
    all.flatMap((parts) => parts.operations.map(({ id }) => [id, parts] as const)),
  )
  const opened = new Set(homes.keys())
  const findHome = (operation: Operation) => {
    const path: string[] = []
    let named: Operation | undefined = operation
    while (named && !homes.has(named.id)) {
      homes.set(named.id, undefined)
      path.push(named.id)
      named = byId.get(named.origin ?? '')
    }
    const home = homes.get(named?.id ?? '')
    for (const id of path) homes.set(id, home)
    return home
  }
  const byPaymentId = new Map<string, Parts>()
  for (const parts of all) {
    const { paymentId } = parts.head
    if (paymentId !== undefined && !byPaymentId.has(paymentId)) byPaymentId.set(paymentId, parts)
  }
  for (const operation of group) {
    if (opened.has(operation.id)) continue
    const byOrigin = findHome(operation)
    const ofPaymentId = byPaymentId.get(operation.paymentId ?? '')
    ;(byOrigin ?? ofPaymentId ?? all[0])?.operations.push(operation)
    if (byOrigin && ofPaymentId && byOrigin.head.paymentId !== operation.paymentId) {
      byOrigin.isConflicting = true
      ofPaymentId.isConflicting = true
    }
  }
}

function foldParts(
  { head, operations: unordered, isFirst, isConflicting }: Parts,
  {
    isAlone,
    paidIds,
    rows,
    context: { integration },
  }: {
    /** `true` where the group holds no other payment. */
    readonly isAlone: boolean
    /** The paymentIds of attempts that succeeded. */
    readonly paidIds: ReadonlySet<string>
    readonly rows: PaymentRows
    readonly context: ReadContext
  },
): Folded {
  const operations = unordered.toSorted(byOrder)
  const isDone = head.status === 'succeeded'
  // Its own paymentId, or that of a later operation where no other payment could be meant.
  const paymentId =
    head.paymentId ?? (isAlone ? operations.find((operation) => operation.paymentId)?.paymentId : undefined)
  const sharedId = isFirst ? integration.sharedId(paymentId) : undefined
  const row = rows.get(sharedId ?? '')
  // A sale is taken whole: only what was held can be captured.
  const isSale = head.kind === 'payment' && isDone
  const succeeded = (kind: Operation['kind']) =>
    operations.filter((operation) => operation.kind === kind && operation.status === 'succeeded')
  const captures = isSale ? [] : succeeded('capture')
  const captured = captures.length > 0 ? sum(captures, head) : undefined
  const refunded = sum(succeeded('refund'), head)
  // The word for the whole payment says nothing of an attempt that failed next to one that succeeded.
  const isOutdone = !isDone && paidIds.has(head.paymentId ?? '')
  const words = isOutdone ? { ...head.words, paymentStatus: null } : head.words
  const stated = toTransactionStatus(words, integration)
  const opening = row?.status ? toAgreedStatus(stated, row.status) : stated
  const isUnclear = (operation: Operation) => {
    if (!operation.isReadable) return true
    if (operation === head) return toTransactionStatus(operation.words, integration) === 'unknown'
    if (operation.kind === 'refund' || operation.kind === 'verification') return false // S alone moves money, and a kept card none
    if (!isOpening(operation)) return operation.status === 'unknown'
    return !isDone && toTransactionStatus(operation.words, integration) === 'unknown'
  }
  return {
    id: sharedId ?? head.id,
    head,
    operations,
    opening,
    status: toFoldedStatus({
      opening,
      amount: head.amount,
      captured,
      voided: succeeded('void').length > 0,
      refunded: refunded ?? 0,
      unclear:
        isConflicting ||
        (captures.length > 0 && captured === undefined) ||
        refunded === undefined ||
        operations.some(isUnclear),
    }),
    captures,
    captured,
    refunded,
    row,
    observedAt: oldest([...operations, ...(row ? [row] : [])]),
  }
}

/** Folds a payment whose opening was not found: it is `unknown`. */
function foldOrphan(group: readonly Operation[], { integration }: ReadContext, rows: PaymentRows): Folded {
  const [origin] = findOrigins(group)
  const sharedId = integration.sharedId(group.find(({ paymentId }) => paymentId)?.paymentId)
  const row = rows.get(sharedId ?? '')
  return {
    id: sharedId ?? origin ?? (group[0] as Operation).id,
    head: undefined,
    operations: group.toSorted(byOrder),
    opening: 'unknown',
    status: 'unknown',
    captures: [],
    captured: undefined,
    refunded: undefined,
    row,
    observedAt: oldest([...group, ...(row ? [row] : [])]),
  }
}

/** Returns the oldest moment: an answer is as old as the oldest part of it. */
export function oldest(parts: readonly { readonly observedAt: string }[]): string {
  return parts.map(({ observedAt }) => observedAt).sort()[0] ?? ''
}

/** Sorts oldest first. Without a time, an opening comes first and a later operation last. */
function byOrder(a: Operation, b: Operation): number {
  const timeOf = (operation: Operation) => createdAtOf(operation) ?? (isOpening(operation) ? '' : '~')
  const left = timeOf(a)
  const right = timeOf(b)
  return left === right ? byTime(a, b) : left < right ? -1 : 1
}

/** Adds up amounts. `undefined` where one is not stated, or is in another currency than the payment's. */
function sum(operations: readonly Operation[], { currency }: Operation): number | undefined {
  let total = 0
  for (const operation of operations) {
    if (operation.amount === undefined || operation.currency !== currency) return undefined
    total += operation.amount
  }
  return Number.isSafeInteger(total) ? total : undefined
}
