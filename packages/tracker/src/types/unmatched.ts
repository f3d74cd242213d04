import type { PaymentReport } from '@payment-status/core'

/** Payment that is paid, held or disputed and belongs to no tracked order: never watched, or unwatched before it was delivered for. */
export interface UnmatchedPayment {
  readonly provider: string
  readonly id: string
  readonly report: PaymentReport
  /** ISO 8601 instant by the database's clock. */
  readonly since: string
  /** The order that was unwatched, if any. */
  readonly order?: string
}

export interface UnmatchedQuery {
  readonly provider?: string | undefined
  /** The `cursor` of the page before. */
  readonly cursor?: string | undefined
  /** Default 50, at most 500. */
  readonly limit?: number | undefined
}

export interface UnmatchedPage {
  /** Oldest first. */
  readonly payments: readonly UnmatchedPayment[]
  /** Absent on the last page. */
  readonly cursor?: string
}
