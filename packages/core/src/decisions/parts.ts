import type { Payment } from '../model/payment.ts'
import { outcomeOf } from '../model/status.ts'

/**
 * Returns the payments without those that only repeat a part of another one. An attempt or a kept card may be recorded by
 * its own id, before a lookup states it as an operation of a payment. One with money, or that may have some, stays.
 *
 * @example
 * const payments = withoutParts(storedReports, ({ payment }) => payment)
 */
export function withoutParts<T>(all: readonly T[], paymentOf: (one: T) => Payment): readonly T[] {
  const payments = all.map(paymentOf)
  const isPart = (part: Payment) =>
    !mayHaveMoney(part) && payments.some((whole) => holds(whole, part) && !holds(part, whole))
  return all.filter((one) => !isPart(paymentOf(one)))
}

function holds({ provider, id, operations }: Payment, part: Payment): boolean {
  if (provider !== part.provider || id === part.id) return false
  return operations?.some((operation) => operation.id === part.id) ?? false
}

function mayHaveMoney({ status, dispute, conflict }: Payment): boolean {
  const isEmpty = ['undecided', 'not_paid', 'verified'].includes(outcomeOf(status))
  return !isEmpty || status === 'processing' || dispute !== undefined || conflict !== undefined
}
