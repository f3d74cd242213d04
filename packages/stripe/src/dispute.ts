import type { Dispute } from '@payment-status/core'
import { fromEpochSeconds, omitUndefined } from '@payment-status/core/kit'
import { toMoney } from './money.ts'
import type { StripeDispute } from './schema.ts'
import { toDisputeStatus } from './status.ts'

/** Their dispute as ours. Throws `invalid_payload` for an amount that is none. */
export function toDispute(dispute: StripeDispute, provider: string): Dispute {
  const { id, status, reason, amount, currency, evidence_details } = dispute
  const dueBy = evidence_details?.due_by
  return omitUndefined<Dispute>({
    id: id || undefined,
    status: toDisputeStatus(status),
    reason: reason || undefined,
    amount: toMoney(amount, currency, { provider, path: 'dispute.amount' }),
    respondBy: typeof dueBy === 'number' ? fromEpochSeconds(dueBy) : undefined,
  })
}

const decided: ReadonlyArray<Dispute['status']> = ['won', 'closed']

/** Of several disputes, newest first, the one that matters: the newest that is not decided for the merchant, else the newest. */
export function mostPressing(disputes: readonly Dispute[]): Dispute | undefined {
  return disputes.find(({ status }) => !decided.includes(status)) ?? disputes[0]
}
