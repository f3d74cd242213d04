import type {
  Advance,
  DeclineReason,
  Difference,
  Dispute,
  LookupKey,
  Money,
  NextStep,
  OrderDecision,
  OrderStatus,
  OrderTerms,
  Payment,
  PaymentProvider,
  PaymentReport,
  PaymentStatus,
  PollSchedule,
  ReconcileSummary,
  WebhookEvent,
} from '@payment-status/core'
import type { Database, Sql } from './store/sql.ts'

/** Providers, as `createPayments([…])` returns them. */
export interface TrackedPayments {
  has(name: string): boolean
  provider(name: string): PaymentProvider
}

/** Key that a payment of an order can be looked up by: its id, or the reference it is created with. */
export type PaymentTarget = { readonly provider: string } & (
  | { readonly id: string }
  | { readonly reference: string }
)

/** Order that waits to be paid. */
export interface TrackedOrder {
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
  readonly payments: readonly PaymentTarget[]
  /** When to poll while nothing is decided. Default `card`, or `slowMethod` where the terms are `webhookOnly`. */
  readonly schedule?: 'card' | 'slowMethod' | PollSchedule | undefined
}

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

export const taskKinds = [
  'receipt',
  'contact_support',
  'investigate',
  'undecided',
  'difference',
  'unmatched',
  'unreadable',
] as const
/**
 * `receipt`: fetch the receipt of the payment · `contact_support`: contact the provider's support · `investigate`: look at
 * the payment · `undecided`: the provider has not decided in time · `difference`: the provider's list and the recorded state
 * do not agree · `unmatched`: money that belongs to no tracked order · `unreadable`: a webhook that could not be read or stored.
 */
export type TaskKind = (typeof taskKinds)[number]

/** Work for a person. */
export interface Task {
  readonly key: string
  readonly kind: TaskKind
  /** Absent for what belongs to no watched order. */
  readonly order?: string
  readonly payment?: { readonly provider: string; readonly id: string }
  /** Safe to log. */
  readonly why?: string
  readonly openedAt: string
  readonly closedAt?: string
}

/** Result of ingesting a report, with the version of the payment after it. */
export interface IngestResult {
  readonly outcome: Advance['outcome']
  readonly version: number
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

/** Counts above 200 are of the last sweep, which runs every minute, and stop at 100,000. `unmatched` is always exact. */
export interface Health {
  /** Changes, disputes, tasks and unmatched payments that wait to be delivered. */
  readonly backlog: number
  /** How long the oldest of them has waited. */
  readonly oldestChangeMs?: number
  /** Streams whose handler failed, and whose later changes wait. */
  readonly blocked: number
  /** Polls that should have been made a minute ago. */
  readonly overduePolls: number
  /** Payments with money that belong to no tracked order. */
  readonly unmatched: number
  readonly openTasks: number
  /** Open tasks for webhooks that could not be read or stored. */
  readonly unreadable: number
  readonly pausedProviders: readonly { readonly provider: string; readonly until: string }[]
  /** The sweep runs every minute. */
  readonly lastSweepAt?: string
  /** `endedAt` is absent while comparisons are under way. */
  readonly lastNight?: { readonly startedAt: string; readonly endedAt?: string }
  /** Comparisons of days that are under way, with the part they have come to. */
  readonly comparisons: readonly {
    readonly provider: string
    readonly day: string
    readonly part: string
    readonly attempts: number
    readonly startedAt: string
  }[]
  /** Processes that called `work()`, seen within a day. Each is seen every 30 seconds. */
  readonly workers: readonly { readonly id: string; readonly startedAt: string; readonly seenAt: string }[]
}

/** Functions with which the shop fetches and keeps the receipt of a payment. */
export interface Receipts {
  /** Requests the receipt from the provider; returns undefined while it is not available. Called outside of a transaction. */
  fetch(payment: Payment, options: { readonly signal: AbortSignal }): Promise<Uint8Array | undefined>
  /** Stores it, in the transaction that marks it as kept. */
  keep(payment: Payment, bytes: Uint8Array, tx: Sql): Promise<void> | void
  /** The names of the providers that issue one. Default: all. */
  readonly providers?: readonly string[] | undefined
}

export interface ProviderLimit {
  /** Requests at the same time, over all workers. Default 10. */
  readonly atOnce?: number | undefined
  /** Requests started in a second, over all workers. Default 20 for Stripe, 5 for others. */
  readonly perSecond?: number | undefined
}

export interface TrackerOptions {
  /** Providers that are polled and that verify webhooks: `createPayments([…])`. */
  readonly payments: TrackedPayments
  /** Default: PGlite in this process, in the folder `.payment-status`. */
  readonly database?: Database | undefined
  /**
   * A read replica of `database`: `orders`, `timeline`, `unmatched`, `statistics` and `reconciliation` are read from it, and
   * may lack the last moments. Everything else is read from `database`.
   */
  readonly replica?: Database | undefined
  /**
   * Called with each version of a payment of a watched order, in order, at least once. What it writes with `tx` happens
   * exactly once. If it throws, the change is delivered again after a pause, and the order's later changes wait. It has 30
   * seconds. Calls of the tracker without `tx` use the handler's transaction.
   */
  onChange(change: Change, tx: Sql): Promise<void> | void
  onDispute?(dispute: TrackedDispute, tx: Sql): Promise<void> | void
  onTask?(task: Task, tx: Sql): Promise<void> | void
  /** Called once with each payment that has money and belongs to no tracked order. */
  onUnmatched?(payment: UnmatchedPayment, tx: Sql): Promise<void> | void
  /** Called with each comparison of a day. */
  onReconciled?(result: Reconciliation, tx: Sql): Promise<void> | void
  /** Called with every error. What it throws is ignored. */
  onError?(error: unknown): void
  /**
   * `transactional`: handlers are called in the transaction that marks the change as delivered. `at_least_once`: outside
   * of it, for handlers that send requests; `tx` is then the database itself. Default `transactional`.
   */
  readonly delivery?: 'transactional' | 'at_least_once' | undefined
  /** When the nightly work starts: 24-hour local time, in an IANA time zone. Default 02:00 UTC. */
  readonly reconcile?: { readonly at: string; readonly timeZone: string } | 'off' | undefined
  /** Days after which a paid payment is polled again. Default 1, 3, 7, 30. */
  readonly followUpDays?: readonly number[] | undefined
  /** Receipts. `'task'`: an hour after success, a task is opened for a person to fetch it. Default: none are kept. */
  readonly receipts?: Receipts | 'task' | undefined
  /** By provider name. */
  readonly limits?: Readonly<Record<string, ProviderLimit>> | undefined
  /** Days for which orders are kept that are decided, unwatched or exhausted, and payments without an order. Default 400. */
  readonly retentionDays?: number | undefined
  /** Database schema of the tracker's tables; pg-boss has its own, `<schema>_jobs`. Default `payment_status`. */
  readonly schema?: string | undefined
}

export interface WorkOptions {
  /** Polls under way at the same time in this process, in tens. Default 2. */
  readonly polls?: number | undefined
  /** Handlers under way at the same time in this process. Default 2. */
  readonly handlers?: number | undefined
}

/** Recorded orders, with webhooks, polls, the nightly comparison, and the delivery of every change. */
export interface Tracker {
  /**
   * Records an order, best before the shopper is sent to pay. With `tx`, in the transaction that creates the order.
   * Watching again adds payments and replaces the terms. Rejects with `invalid_input` for a payment that is watched for
   * another order, for an unknown provider, and for terms that cannot be right.
   */
  watch(order: TrackedOrder, tx?: Sql): Promise<void>
  /**
   * Stops polling and delivering. What is ingested from then on is recorded, and delivered if the order is watched again.
   * Returns the payments that may still be paid: money of theirs is then reported as unmatched.
   */
  unwatch(order: string, tx?: Sql): Promise<UnwatchResult>
  /** Ingests the answer to the create call, or any other report. */
  ingest(report: PaymentReport, tx?: Sql): Promise<IngestResult>
  /** Endpoint for all providers: the last segment of the URL's path names the provider. Answers 503 while the database cannot be reached. */
  readonly webhooks: (request: Request) => Promise<Response>
  /** Ingests a webhook that was read already. `duplicate`: it was stored before, and nothing is done. */
  ingestEvent(event: WebhookEvent, tx?: Sql): Promise<'ingested' | 'duplicate' | 'unrelated'>
  /**
   * Returns the order for the page that the shopper returns to: looks the payment up, and again for up to 5 seconds while
   * nothing is decided. Give `order` where the shop knows it, by its session: then a URL that names nothing is enough, and a
   * URL of another order's payment is `not_found`. An id in a URL does not prove who the shopper is. Rejects with
   * `not_found` for a payment of no watched order.
   */
  handleReturn(
    provider: string,
    url: string | URL,
    options?: { readonly order?: string | undefined; readonly signal?: AbortSignal | undefined },
  ): Promise<OrderView>
  /** Looks up all payments of the order now. Rejects as the provider's lookup; what was ingested until then is kept. */
  refresh(order: string): Promise<OrderView>
  order(order: string): Promise<OrderView | undefined>
  orders(query?: OrderQuery): Promise<OrderPage>
  /** Yields the stored evidence of a payment, oldest first. */
  timeline(payment: { readonly provider: string; readonly id: string }): AsyncIterable<Evidence>
  /** Returns payments that are paid, held or disputed and belong to no tracked order. */
  unmatched(query?: UnmatchedQuery): Promise<UnmatchedPage>
  /**
   * Compares a day (`2026-11-20` or `yesterday`) of a provider's payments with the recorded state, and heals what it can.
   * Done every night for yesterday. The same day again comes to the same.
   */
  reconcile(provider: string, day: string): Promise<Reconciliation>
  /** Returns the result of the last comparison of a day. */
  reconciliation(provider: string, day: string): Promise<Reconciliation | undefined>
  /** Returns what waits for a person, oldest first: at most `limit` (100). */
  openTasks(options?: { readonly limit?: number | undefined }): Promise<readonly Task[]>
  /** Closes a task. Returns false for one that is closed already or does not exist. */
  closeTask(key: string, tx?: Sql): Promise<boolean>
  /**
   * Ends the conflict of a payment: a person has compared it with the provider, and the recorded state stands. What the
   * order allows is decided anew.
   */
  resolveConflict(payment: { readonly provider: string; readonly id: string }, tx?: Sql): Promise<void>
  /** Returns figures of the last days. Default 14, at most 90. */
  statistics(options?: { readonly days?: number | undefined }): Promise<Statistics>
  /** Starts polling, delivering and the nightly work, in as many processes as you like. */
  work(options?: WorkOptions): Promise<void>
  health(): Promise<Health>
  /** Ends the work under way within 15 seconds, and closes the database if the tracker opened it. */
  stop(): Promise<void>
}
