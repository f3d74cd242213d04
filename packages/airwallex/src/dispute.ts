import type { Dispute } from '@payment-status/core'
import { fromMajorUnits, omitUndefined, toInstant } from '@payment-status/core/kit'
import type { AirwallexDispute } from './schema.ts'
import { toDisputeStatus } from './status.ts'

/** Converts a dispute. Throws `invalid_payload` for an amount in an unexpected form. */
export function toDispute(dispute: AirwallexDispute, provider: string): Dispute {
  const { id, dispute_id, status, stage, due_at, updated_at, reason } = dispute
  const amount = dispute.amount ?? dispute.dispute_amount
  const currency = dispute.currency || dispute.dispute_currency
  return omitUndefined<Dispute>({
    id: id || dispute_id || undefined,
    status: toDisputeStatus(status, stage),
    reason: reason?.type || undefined,
    amount: fromMajorUnits(amount, currency, { provider, path: 'dispute.amount' }),
    respondBy: toInstant(due_at),
    updatedAt: toInstant(updated_at),
  })
}

/** Returns whether a dispute is about a refund and not about the payment. */
export function isOfRefund({ transaction_type }: AirwallexDispute): boolean {
  return transaction_type === 'REFUND'
}
