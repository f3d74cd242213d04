import type { Advance, Dispute, PaymentReport } from '@payment-status/core'

/** Result of ingesting a report, with the version of the payment after it. */
export interface IngestResult {
  readonly outcome: Advance['outcome']
  readonly version: number
}

/** Stored evidence of a payment: append-only. */
export interface Evidence {
  readonly kind: 'webhook' | 'response' | 'lookup' | 'list' | 'recheck' | 'dispute' | 'unreadable'
  /** By the database's clock. */
  readonly receivedAt: string
  /** Of a webhook: the provider's name for it, and its id. */
  readonly type?: string
  readonly eventId?: string
  readonly report?: PaymentReport
  readonly dispute?: Dispute
  /** Of a recheck or an unreadable webhook. Safe to log. */
  readonly why?: string
  /** How it compared with the recorded state. */
  readonly outcome?: Advance['outcome']
  /** The version of the payment after it. */
  readonly version?: number
}
