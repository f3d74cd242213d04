import type { Dispute, DisputeStatus } from '@payment-status/core'
import { fromDecimal, isOneOf, omitUndefined, parse, toInstant, toLogSafe } from '@payment-status/core/kit'
import { match } from 'ts-pattern'
import { toMoney } from './money.ts'
import { type CheckoutComDispute, disputeSchema, fraudSchema } from './schema.ts'
import {
  type CheckoutComDisputeStatus,
  checkoutComDisputeStatuses,
  checkoutComDisputeTypes,
} from './vocabulary.ts'
import { findWord } from './word.ts'

/** Dispute, and the fields that name its payment. */
export interface NamedDispute {
  readonly dispute: Dispute
  readonly paymentId?: string | undefined
  readonly reference?: string | undefined
  readonly channel?: string | number | null | undefined
}

/** Returns whether a webhook type is about a dispute or its warning. The set of `dispute_*` is open. */
export function isDispute(type: string): boolean {
  return type.startsWith('dispute_') || isOneOf(checkoutComDisputeTypes, type)
}

/**
 * Reads the `data` of a dispute's webhook. `at` is the event's own time. Throws `invalid_payload`.
 *
 * Source: Checkout.com's pages on the dispute events, `fraud_reported` and `request_for_information_received`.
 */
export function readDisputeEvent(
  type: string,
  data: unknown,
  { provider, at }: { readonly provider: string; readonly at: string | undefined },
): NamedDispute {
  if (type === 'fraud_reported') return readFraudReport(data, { provider, at })
  const read = parse(disputeSchema, data, { provider, what: "the webhook's data" })
  const status = toDisputeStatus(type, read.resolved_reason)
  return toNamed(read, status, { provider, path: 'data', at: at ?? toTime(read.date) })
}

/** Reads one row of `GET /disputes`. Throws `invalid_payload`. */
export function readDisputeRow(row: unknown, provider: string): NamedDispute {
  const read = parse(disputeSchema, row, { provider, what: 'the dispute' })
  const status = toRowStatus(read)
  return toNamed(read, status, { provider, path: 'data', at: toTime(read.last_update) })
}

/** Orders disputes with the most pressing first: what needs an answer, what is open, then what has ended. */
export function sortDisputes(disputes: readonly Dispute[]): readonly Dispute[] {
  return disputes.toSorted((a, b) => urgency.indexOf(a.status) - urgency.indexOf(b.status))
}

const urgency: readonly DisputeStatus[] = [
  'needs_response',
  'under_review',
  'early_warning',
  'unknown',
  'lost',
  'won',
  'closed',
]

interface ReadContext {
  readonly provider: string
  readonly path: string
  readonly at: string | undefined
}

function toNamed(
  read: CheckoutComDispute,
  status: DisputeStatus,
  { provider, path, at }: ReadContext,
): NamedDispute {
  const { id, payment_id, payment_reference, reference, evidence_required_by } = read
  // On the previous platform `id` is the payment's.
  const isOfPayment = id?.startsWith('pay_') && !payment_id
  return {
    paymentId: payment_id || (isOfPayment ? id : undefined) || undefined,
    reference: [payment_reference, reference].find((text) => text?.trim()) ?? undefined,
    channel: read.processing_channel_id,
    dispute: omitUndefined<Dispute>({
      id: isOfPayment || id === payment_id ? undefined : id || undefined,
      status,
      reason: read.reason_code || read.category || undefined,
      amount: toMoney(read.amount, read.currency, { provider, path: `${path}.amount` }),
      // Their examples hold days that no month has. Such a deadline is left out, so that the dispute is still reported.
      respondBy: evidence_required_by ? toInstant(evidence_required_by) : undefined,
      updatedAt: at,
    }),
  }
}

/** A report of fraud precedes a chargeback. It has no id of its own. */
function readFraudReport(
  data: unknown,
  { provider, at }: { readonly provider: string; readonly at: string | undefined },
): NamedDispute {
  const { payment, fraud, reference, processing_channel_id } = parse(fraudSchema, data, {
    provider,
    what: "the webhook's data",
  })
  const { value, currency } = fraud?.amount ?? payment?.amount ?? {}
  const isText = typeof value === 'string' && typeof currency === 'string'
  return {
    paymentId: payment?.id || undefined,
    reference: reference?.trim() ? reference : undefined,
    channel: processing_channel_id,
    dispute: omitUndefined<Dispute>({
      status: 'early_warning',
      reason: toLogSafe(String(fraud?.reason ?? fraud?.type ?? '')) || undefined,
      amount: isText ? fromDecimal(value, currency, { provider, path: 'data.fraud.amount' }) : undefined,
      updatedAt: at,
    }),
  }
}

/** Returns what a dispute's event means. Unverified: the names are Checkout.com's, their mapping is ours. */
export function toDisputeStatus(type: string, resolvedReason?: unknown): DisputeStatus {
  // Arbitration has many stages. All but its ends wait for a decision.
  if (!isOneOf(checkoutComDisputeTypes, type))
    return type.startsWith('dispute_arbitration_') ? 'under_review' : 'unknown'
  return match(type)
    .returnType<DisputeStatus>()
    .with('dispute_received', 'dispute_evidence_required', 'payment_chargeback', () => 'needs_response')
    .with('dispute_evidence_submitted', 'dispute_evidence_acknowledged_by_scheme', () => 'under_review')
    .with('dispute_acknowledged', 'dispute_arbitration_sent_to_scheme', () => 'under_review')
    .with('dispute_won', 'dispute_arbitration_won', () => 'won')
    .with('dispute_lost', 'dispute_arbitration_lost', 'dispute_accepted', 'dispute_expired', () => 'lost')
    .with('dispute_canceled', () => 'closed')
    .with('dispute_resolved', () => toResolvedStatus(resolvedReason))
    .with('fraud_reported', 'request_for_information_received', 'payment_retrieval', () => 'early_warning')
    .exhaustive()
}

function toRowStatus({ status, resolved_reason }: CheckoutComDispute): DisputeStatus {
  return match<CheckoutComDisputeStatus | undefined, DisputeStatus>(
    findWord(checkoutComDisputeStatuses, status),
  )
    .with('evidence_required', () => 'needs_response')
    .with('evidence_under_review', 'arbitration_under_review', 'arb_evidence_submitted', () => 'under_review')
    .with('won', 'arbitration_won', () => 'won')
    .with('lost', 'arbitration_lost', 'accepted', 'expired', () => 'lost')
    .with('canceled', () => 'closed')
    .with('resolved', () => toResolvedStatus(resolved_reason))
    .with(undefined, () => 'unknown')
    .exhaustive()
}

/** Rapid dispute resolution refunds the shopper at once. Any other resolution needs nothing from the merchant. */
function toResolvedStatus(reason: unknown): DisputeStatus {
  return reason === 'rapid_dispute_resolution' ? 'lost' : 'closed'
}

function toTime(text: string | number | null | undefined): string | undefined {
  return typeof text === 'string' ? toInstant(text) : undefined
}
