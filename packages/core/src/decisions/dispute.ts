import { isSubset } from '../is-subset.ts'
import type { Dispute, DisputeStatus, Payment } from '../model/payment.ts'

/** How far along a dispute is: of two reports of one moment, the later stage stands. */
const stages: Readonly<Record<DisputeStatus, number>> = {
  unknown: 0,
  early_warning: 1,
  needs_response: 2,
  under_review: 3,
  closed: 4,
  won: 5,
  lost: 6,
}

/** How much a dispute asks of the merchant: the most pressing of several is `payment.dispute`. */
const urgencies: Readonly<Record<DisputeStatus, number>> = {
  closed: 0,
  won: 1,
  lost: 2,
  unknown: 3,
  early_warning: 4,
  under_review: 5,
  needs_response: 6,
}

/** Returns every dispute of a payment that is recorded. */
export function disputesOf({ dispute, disputes }: Payment): readonly Dispute[] {
  return disputes ?? (dispute ? [dispute] : [])
}

/** Returns whether a dispute keeps the merchant from delivering: all that is not won or closed. */
export function blocksDelivery({ status, proven }: Dispute): boolean {
  return proven !== false && status !== 'won' && status !== 'closed'
}

/**
 * Merges a dispute into a payment; returns the same payment where nothing changes. A later report of one dispute replaces
 * an earlier one, by `updatedAt`. Events come in any order, so an event that names no dispute is recorded as one of its
 * own: it could end another one. A lookup states the disputes as they are: without a name, it means the one that is known.
 * A dispute that only unsigned fields connect to the payment changes nothing.
 */
export function addDispute(
  payment: Payment,
  dispute: Dispute,
  { isLookup = false }: { readonly isLookup?: boolean } = {},
): Payment {
  if (dispute.proven === false) return payment
  const recorded = disputesOf(payment)
  if (isNameless(dispute)) return recorded.length > 0 ? payment : { ...payment, dispute }
  const known = recorded.filter((other) => !isNameless(other))
  const only = isLookup && dispute.id === undefined && known.length === 1 ? known[0] : undefined
  const same = known.find(({ id }) => id === dispute.id) ?? only
  if (same && (!isLater(dispute, same) || isSubset(dispute, same))) return payment
  const all = [...known.filter((other) => other !== same), { ...same, ...dispute }].toSorted(
    morePressingFirst,
  )
  return { ...payment, dispute: all[0] as Dispute, ...(all.length > 1 ? { disputes: all } : {}) }
}

function morePressingFirst(a: Dispute, b: Dispute): number {
  return urgencies[b.status] - urgencies[a.status] || ((a.id ?? '') < (b.id ?? '') ? -1 : 1)
}

/** "Disputed", without a name, is one of those that are known, or becomes one of those that are named later. */
function isNameless({ id, status }: Dispute): boolean {
  return id === undefined && status === 'unknown'
}

/** Returns whether two payments have the same disputes, whenever they were stated last. */
export function hasSameDisputes(left: Payment, right: Payment): boolean {
  const stated = (payment: Payment) =>
    disputesOf(payment).map(({ updatedAt: _, ...dispute }) =>
      JSON.stringify(Object.entries(dispute).toSorted()),
    )
  return String(stated(left)) === String(stated(right))
}

function isLater(dispute: Dispute, known: Dispute): boolean {
  const age = Date.parse(dispute.updatedAt ?? '') - Date.parse(known.updatedAt ?? '')
  return age > 0 || (!(age < 0) && stages[dispute.status] >= stages[known.status])
}
