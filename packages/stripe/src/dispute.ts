import type { Dispute } from '@payment-status/core'
import { fromEpochSeconds, omitUndefined } from '@payment-status/core/kit'
import { toMoney } from './money.ts'
import type { StripeDispute, StripeWarning } from './schema.ts'
import { toDisputeStatus } from './status.ts'

interface DisputeContext {
  readonly provider: string
  /** When the event happened that states it; a lookup has no such time. */
  readonly updatedAt?: string | undefined
}

/** Reads a dispute. Throws `invalid_payload` for an amount that is not one. */
export function toDispute(dispute: StripeDispute, { provider, updatedAt }: DisputeContext): Dispute {
  const { id, status, reason, amount, currency, evidence_details, payment_method_details } = dispute
  const dueBy = evidence_details?.due_by
  return omitUndefined<Dispute>({
    id: id || undefined,
    status: toDisputeStatus(status, payment_method_details?.card?.case_type),
    reason: reason || undefined,
    amount: toMoney(amount, currency, { provider, path: 'dispute.amount' }),
    respondBy: typeof dueBy === 'number' ? fromEpochSeconds(dueBy) : undefined,
    updatedAt,
  })
}

/** Reads an early fraud warning: the issuer reports fraud, and there is no dispute yet. */
export function toWarning({ id, fraud_type }: StripeWarning, updatedAt?: string): Dispute {
  return omitUndefined<Dispute>({
    id: id || undefined,
    status: 'early_warning',
    reason: fraud_type || undefined,
    updatedAt,
  })
}

const decided: ReadonlyArray<Dispute['status']> = ['won', 'closed']

/** Returns the most pressing of several disputes, newest first: the newest that is not won or closed, else the newest. */
export function mostPressing(disputes: readonly Dispute[]): Dispute | undefined {
  return disputes.find(({ status }) => !decided.includes(status)) ?? disputes[0]
}
