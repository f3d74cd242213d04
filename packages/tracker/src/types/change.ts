import type { Dispute, LookupKey, NextStep, OrderStatus, PaymentReport } from '@payment-status/core'

/** Version of one payment of a watched order. */
export interface Change {
  /** `provider/id/version`: the same at every attempt to deliver it. */
  readonly key: string
  /** Unique for ever: unlike `key`, a database that is restored cannot repeat it. Receivers deduplicate by it. */
  readonly changeId: string
  readonly order: string
  /** Recorded state of the payment at this version. */
  readonly report: PaymentReport
  /** Recorded state before; absent for the first version. */
  readonly before?: PaymentReport
  /**
   * Step that the shop may take now, decided from all payments of the order, and about the payment of this change. Present only
   * when it is new: `fulfill` and `capture` come once for an order.
   */
  readonly step?: NextStep
  /** Status of the order at the moment the change is delivered. */
  readonly orderStatus: OrderStatus
}

/** Dispute, inquiry or early warning that a webhook reported. */
export interface TrackedDispute {
  /** The same at every attempt to deliver it. */
  readonly key: string
  readonly provider: string
  /** The provider's name for the event. */
  readonly type: string
  /** ISO 8601 instant by the provider's clock. */
  readonly occurredAt?: string
  /** Absent where neither the event nor a lookup led to a watched order. */
  readonly order?: string
  /** Key to look the disputed payment up by, where the event states one. */
  readonly payment?: LookupKey
  readonly dispute: Dispute
}
