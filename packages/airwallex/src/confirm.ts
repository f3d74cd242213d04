import type { Payment } from '@payment-status/core'
import { type PaymentContext, type Related, toPayment } from './payment.ts'

/**
 * Returns whether an intent, or a row of a list, states what is recorded of it. Compared are its words, its figures, its last
 * change and its latest attempt; of a row, which holds no more of an attempt than the id, that is everything there is.
 */
export function isSameIntent(recorded: Payment, stated: Payment, data: unknown): boolean {
  const { latest_payment_attempt: latest } = data as {
    readonly latest_payment_attempt?: { id?: unknown } | null
  }
  const isKnown = latest?.id === undefined || recorded.operations?.some(({ id }) => id === latest.id)
  return (
    recorded.id === stated.id &&
    recorded.conflict === undefined &&
    recorded.updatedAt !== undefined &&
    recorded.updatedAt === stated.updatedAt &&
    recorded.facts.status === stated.facts.status &&
    recorded.captured === stated.captured &&
    recorded.amount?.amount === stated.amount?.amount &&
    isKnown === true
  )
}

/** Returns whether the refunds and disputes of an intent add up to what is recorded. */
export function isSameMoney(
  recorded: Payment,
  data: unknown,
  related: Pick<Related, 'refunds' | 'disputes'>,
  context: PaymentContext,
): boolean {
  const stated = toPayment(data, context, related)
  return (
    recorded.status === stated.status &&
    (recorded.refunded ?? 0) === (stated.refunded ?? 0) &&
    listRefunds(recorded) === listRefunds(stated) &&
    // A key that may not read disputes states none.
    (related.disputes === undefined || listDisputes(recorded) === listDisputes(stated))
  )
}

function listRefunds({ operations = [] }: Payment): string {
  const refunds = operations.filter(({ kind }) => kind === 'refund')
  return JSON.stringify(refunds.map(({ id, status, amount }) => [id, status, amount]).toSorted())
}

function listDisputes({ dispute, disputes = dispute ? [dispute] : [] }: Payment): string {
  return JSON.stringify(disputes.map(({ id, status, respondBy }) => [id, status, respondBy]).toSorted())
}
