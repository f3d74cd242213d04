import type { DeclineReason, Difference, PaymentStatus, ReconcileSummary } from '@payment-status/core'

/** Comparison of a provider's day with the recorded state. */
export interface Reconciliation {
  readonly provider: string
  /** Such as `2026-11-20`, in the time zone of the nightly work. */
  readonly day: string
  readonly from: string
  readonly to: string
  /** Payments whose status was missing or behind, and was corrected. */
  readonly healed: number
  readonly summary: Omit<ReconcileSummary, 'error'>
  /**
   * Listed payments that are older than `retentionDays` and not recorded, because they were purged or never received. They are
   * not compared. Absent where their number is 0.
   */
  readonly notKept?: number
  /** Differences that remain after healing: each is a `difference` task too. */
  readonly differences: readonly Difference[]
  /** Payments of the day with money that belong to no tracked order, at most 1000. */
  readonly unmatched: readonly { readonly id: string; readonly status: PaymentStatus }[]
  /** Figures of the payments of the day, after healing. */
  readonly statistics: DayStatistics
}

/**
 * Figures of the payments made in a day, each counted once, as recorded when the day was compared: those that Onerway's
 * pages on payment results (volume, success rate) and on direct payments (3-D Secure) list. A payment belongs to the day
 * that its provider states as its creation. The same day compared again may come to more, because more has been decided.
 */
export interface DayStatistics {
  /** Payments made in the day, every attempt included. */
  readonly payments: number
  /** The same by status. A status without payments is left out. */
  readonly statuses: Readonly<Partial<Record<PaymentStatus, number>>>
  /** Payments that captured money, those that were refunded since included. */
  readonly paid: number
  /** Payments that ended without money: failed, canceled, expired. */
  readonly notPaid: number
  /**
   * `paid` divided by `paid + notPaid`, from 0 to 1; absent while both are 0. A payment that is open, requires_action,
   * processing, authorized, unknown or verified counts in neither.
   */
  readonly successRate?: number
  /** Money of the paid payments, by currency. */
  readonly volume: readonly DayVolume[]
  /**
   * Payments whose last attempt was declined and that are not paid, by reason, the most frequent first: those that failed,
   * and those with a decline that are open, canceled or expired. `not_stated`: failed without a reason.
   */
  readonly refusals: readonly {
    readonly reason: DeclineReason | 'not_stated'
    readonly count: number
  }[]
  readonly threeDSecure: ThreeDSecureStatistics
}

/** Money in minor units of one currency. */
export interface DayVolume {
  /** ISO 4217. */
  readonly currency: string
  /** Paid payments in it. */
  readonly payments: number
  readonly captured: number
  readonly refunded: number
  /** How many of them do not state what was captured or refunded: the sums lack theirs. */
  readonly notStated: number
}

/**
 * Results of 3-D Secure, by payment. A payment counts where the provider states an authentication, where an attempt was
 * declined for it, or where the shopper of a card payment was redirected.
 */
export interface ThreeDSecureStatistics {
  /** Payments that counted: the sum of the following. */
  readonly asked: number
  /** Paid, held or verified afterwards, or declined by the bank for another reason, such as insufficient funds. */
  readonly passed: number
  readonly failed: number
  readonly timedOut: number
  /** The shopper left, the result is open, or the provider does not state it. */
  readonly unfinished: number
  /** `passed` divided by `passed + failed + timedOut`, from 0 to 1; absent while all are 0. */
  readonly successRate?: number
}

/** Figures of the last days: of payments that were first recorded within them. */
export interface Statistics {
  /** By day in UTC (`2026-11-20`) and status, oldest first. */
  readonly payments: readonly {
    readonly day: string
    readonly status: PaymentStatus
    readonly count: number
  }[]
  /** From the event, by the provider's clock, to its storage, by the database's, in milliseconds. Of the newest 2,000 webhooks. */
  readonly webhookDelays: readonly {
    readonly provider: string
    readonly count: number
    readonly medianMs: number
    readonly p95Ms: number
  }[]
}
