import type { Dispute } from '@payment-status/core'
import { omitUndefined, toInstant } from '@payment-status/core/kit'
import { readMoney } from './money.ts'
import type { PayPalDispute } from './schema.ts'
import { toDisputeStatus } from './status.ts'

/** Converts a dispute. Throws `invalid_payload` for an amount in an unexpected form. */
export function toDispute(dispute: PayPalDispute, provider: string): Dispute {
  const { dispute_id, status, dispute_channel, dispute_outcome: outcome, reason } = dispute
  const { seller_response_due_date: due, update_time, create_time } = dispute
  const returned = readMoney(outcome?.amount_refunded, { provider, path: 'dispute_outcome.amount_refunded' })
  const updated = update_time || create_time
  return omitUndefined<Dispute>({
    id: dispute_id,
    status: toDisputeStatus({
      status,
      channel: dispute_channel,
      outcome: outcome?.outcome_code,
      isRefunded: (returned?.amount ?? 0) > 0,
    }),
    reason: reason || undefined,
    amount: readMoney(dispute.dispute_amount, { provider, path: 'dispute_amount' }),
    respondBy: toInstant(due),
    updatedAt: toInstant(updated),
  })
}
