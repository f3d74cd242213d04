import type {
  Money,
  NextStep,
  OrderDecision,
  OrderStatus,
  OrderTerms,
  PaymentReport,
  PaymentStatus,
  PollSchedule,
} from '@payment-status/core'
import type { Task } from './task.ts'

/** Key that a payment of an order can be looked up by: its id, or the reference it is created with. */
export type PaymentTarget<Name extends string = string> = { readonly provider: Name } & (
  | { readonly id: string }
  | { readonly reference: string }
)

/** Order that waits to be paid. */
export interface TrackedOrder<Name extends string = string> {
  /** The shop's own id of the order, the same over all attempts to pay it. At most 200 characters. */
  readonly order: string
  /**
   * Terms of the order: what the shopper has to pay. `reference` is compared where no watched reference is the payment's. Without `notBefore`,
   * a payment that only its reference leads here must not be older than a day before the first `watch`.
   */
  readonly terms: OrderTerms
  /**
   * Payments of the order, at most 100. Watch again to add an attempt. A reference must be unique on the provider's
   * account; where it is not, watch by id.
   */
  readonly payments: readonly PaymentTarget<Name>[]
  /** When to poll while nothing is decided. Default `card`, or `slowMethod` where the terms are `webhookOnly`. */
  readonly schedule?: 'card' | 'slowMethod' | PollSchedule | undefined
}

/** Payments of an unwatched order that may still be paid. */
export interface UnwatchResult {
  readonly undecided: readonly {
    readonly provider: string
    readonly id: string
    readonly status: PaymentStatus
  }[]
  /** Present where there are any: what happens to them. Safe to log. */
  readonly note?: string
}

/**
 * `waiting`: nothing decided, the next poll is planned · `exhausted`: the schedule ended without a decision; webhooks and
 * nightly polls go on, less and less often · `decided`: paid, returned, verified or not paid · `unwatched`.
 */
export type OrderState = 'waiting' | 'exhausted' | 'decided' | 'unwatched'

export interface PaymentView {
  readonly provider: string
  readonly id: string
  readonly version: number
  readonly report: PaymentReport
  /** Why the payment has to be looked up again, while it has to be. */
  readonly recheck?: string
  /** Polls that only repeated the recorded state. */
  readonly repeatedPolls: number
}

/** Order with everything that is recorded of it. */
export interface OrderView {
  readonly order: string
  readonly terms: OrderTerms
  readonly orderStatus: OrderStatus
  /** Decision over all payments, given what was delivered: the step is `none` once there is nothing left to do. */
  readonly decision: OrderDecision
  /** The same for people: `fulfill` is shown as long as it holds, whether or not it was delivered. Absent without a payment. */
  readonly step?: NextStep
  /** The change with which `fulfill` was delivered, and when. */
  readonly delivered?: { readonly key: string; readonly at: string }
  readonly state: OrderState
  readonly watchedAt: string
  readonly changedAt: string
  readonly nextPollAt?: string
  readonly payments: readonly PaymentView[]
  /** Open tasks. */
  readonly tasks: readonly Task[]
}

export interface OrderQuery {
  readonly state?: OrderState | undefined
  readonly status?: PaymentStatus | undefined
  readonly provider?: string | undefined
  /** The id or the reference of one of its payments. */
  readonly payment?: string | undefined
  /** The beginning of an order's id, of a payment's id or of a reference. At most 200 matches are considered. */
  readonly search?: string | undefined
  /** Exactly this amount is due. */
  readonly amount?: Money | undefined
  /** Watched at or after this instant, ISO 8601. */
  readonly since?: string | undefined
  /** Watched before this instant, ISO 8601. */
  readonly until?: string | undefined
  /** The `cursor` of the page before. */
  readonly cursor?: string | undefined
  /** Default 50, at most 500. */
  readonly limit?: number | undefined
}

export interface OrderPage {
  /** Newest first. */
  readonly orders: readonly OrderView[]
  /** Absent on the last page. */
  readonly cursor?: string
}
