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

/** Sorts disputes, newest first, by how pressing they are: those that are not won or closed come first. */
export function mostPressingFirst(disputes: readonly Dispute[]): Dispute[] {
  return disputes.toSorted((a, b) => Number(decided.includes(a.status)) - Number(decided.includes(b.status)))
}
