import type { Dispute } from '../model/payment.ts'

/** Sorts disputes, newest first, by how pressing they are: those that are neither won nor closed come first. */
export function mostPressingFirst(disputes: readonly Dispute[]): readonly Dispute[] {
  const isEnded = ({ status }: Dispute) => Number(status === 'won' || status === 'closed')
  const timeOf = ({ updatedAt = '' }: Dispute) => updatedAt
  return disputes.toSorted(
    (a, b) => isEnded(a) - isEnded(b) || (timeOf(a) < timeOf(b) ? 1 : timeOf(a) > timeOf(b) ? -1 : 0),
  )
}
