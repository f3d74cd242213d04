import type {
  Advance,
  DeclineReason,
  Difference,
  Dispute,
  LookupKey,
  NextStep,
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
import type { Database, Sql } from './sql.ts'

/** What the tracker needs of `createPayments([…])`: who the providers are. */
export interface TrackedPayments {
  has(name: string): boolean
  provider(name: string): PaymentProvider
}

/** Where a payment of an order can be looked up. */
export type PaymentTarget = { readonly provider: string } & (
  | { readonly id: string }
  | { readonly reference: string }
)

/** An order that waits to be paid. */
export interface TrackedOrder {
  /** The shop's own id of the order, the same over all attempts to pay it. At most 200 characters. */
  readonly order: string
  /** What the shop asks for. A `reference` expected here is compared where no watched reference is the payment's. */
  readonly terms: OrderTerms
  /** Where to look: the id of a payment, or the reference it is created with. Watch again to add an attempt. */
  readonly payments: readonly PaymentTarget[]
  /** When to look while nothing is decided. Default `card`, or `slowMethod` where the terms are `webhookOnly`. */
  readonly schedule?: 'card' | 'slowMethod' | PollSchedule | undefined
}

/** News of a watched order: one version of one of its payments. */
export interface Change {
  /** `provider/id/version`: the same at every attempt to hand it over. */
  readonly key: string
  readonly order: string
  /** What is believed of the payment at this version. */
  readonly report: PaymentReport
  /** What was believed before; absent for the first version. */
  readonly before?: PaymentReport
  /** What may be done now, only when it is new: `fulfill` and `capture` come once for an order. */
  readonly step?: NextStep
  /** Where the order stands at the moment the change is handed over, all its payments taken together. */
  readonly orderStatus: OrderStatus
}

/** A dispute, inquiry or early warning a webhook told of. */
export interface TrackedDispute {
  /** The same at every attempt to hand it over. */
  readonly key: string
  readonly provider: string
  /** Absent when no watched order is known for the payment. */
  readonly order?: string
  /** Where the disputed payment can be looked up, if the provider told. */
  readonly payment?: LookupKey
  readonly dispute: Dispute
}

export const taskKinds = ['receipt', 'contact_support', 'investigate', 'undecided', 'difference'] as const
/**
 * `receipt`: fetch the receipt of the payment · `contact_support`: the provider's support has to help ·
 * `investigate`: a person should look · `undecided`: asked for days, and still no answer · `difference`: two records
 * of one payment do not agree.
 */
export type TaskKind = (typeof taskKinds)[number]

/** Something only a person can do. */
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

/** What became of a piece of news, and the version of the payment after it. */
export interface IngestResult {
  readonly outcome: Advance['outcome']
  readonly version: number
}

/**
 * `waiting`: nothing decided, the next look is planned · `spent`: nothing decided, only webhooks and the nightly look
 * go on · `decided`: paid, returned, verified or not paid · `unwatched`.
 */
export type OrderState = 'waiting' | 'exhausted' | 'decided' | 'unwatched'

export interface PaymentView {
  readonly provider: string
  readonly id: string
  readonly version: number
  readonly report: PaymentReport
  /** Why the payment has to be looked at again, while it has to be. */
  readonly recheck?: string
  /** Looks that only repeated what was known. */
  readonly repeatedPolls: number
}

/** Where an order stands. */
export interface OrderView {
  readonly order: string
  readonly terms: OrderTerms
  readonly orderStatus: OrderStatus
  /** What the deciding payment allows; `fulfill` is shown as long as it holds, whether or not it was handed over. */
  readonly step?: NextStep
  readonly state: OrderState
  readonly watchedAt: string
  readonly changedAt: string
  readonly nextPollAt?: string
  readonly payments: readonly PaymentView[]
  /** Those that are open. */
  readonly tasks: readonly Task[]
}

export interface OrderQuery {
  readonly state?: OrderState | undefined
  readonly status?: PaymentStatus | undefined
  readonly provider?: string | undefined
  /** The id or the reference of one of its payments. */
  readonly payment?: string | undefined
  /** Watched at or after this instant, ISO 8601. */
  readonly since?: string | undefined
  /** Of the page before. */
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

/** One thing that was heard of a payment. Never changed once written. */
export interface Evidence {
  readonly kind: 'webhook' | 'response' | 'lookup' | 'list' | 'recheck' | 'dispute'
  /** By the database's clock. */
  readonly receivedAt: string
  /** Of a webhook: the provider's name for it, and its id. */
  readonly type?: string
  readonly eventId?: string
  readonly report?: PaymentReport
  readonly dispute?: Dispute
  /** What the guard made of it. */
  readonly outcome?: Advance['outcome']
  /** The version of the payment after it. */
  readonly version?: number
}

/** A provider's day, compared with what is believed. */
export interface Reconciliation {
  readonly provider: string
  /** Such as `2026-11-20`, in the time zone of the nightly work. */
  readonly day: string
  readonly from: string
  readonly to: string
  /** Payments whose status was not known or was behind, and is right now. */
  readonly healed: number
  readonly summary: Omit<ReconcileSummary, 'error'>
  /** What remains after healing: each is a `difference` task too. */
  readonly differences: readonly Difference[]
  /** How the payments of the day went, as believed after healing. */
  readonly statistics: DayStatistics
}

/**
 * How the payments made in a day went, each counted once, as far as they were known when the day was compared: the figures
 * Onerway's pages on getting results (volume, success rate) and on direct payments (3-D Secure) ask for. A payment is
 * of the day its provider says it was made, so older ones that were refunded in it are not in here. The same day compared
 * again may come to more: what was undecided has ended by then.
 */
export interface DayStatistics {
  /** Payments made in the day. An attempt to pay is a payment, whatever became of it. */
  readonly payments: number
  /** The same by status. A status nobody has is left out. */
  readonly statuses: Readonly<Partial<Record<PaymentStatus, number>>>
  /** Payments that took money (partially captured, captured), those whose money went back since included. */
  readonly paid: number
  /** Payments that ended with nothing taken: failed, canceled, expired. */
  readonly notPaid: number
  /**
   * `paid` divided by `paid + notPaid`, from 0 to 1; absent while both are 0. What has not ended counts in neither: open,
   * requires_action, processing, authorized, unknown; nor does a card that was only verified.
   */
  readonly successRate?: number
  /** The money of those that are `paid`, by currency. Sums of several currencies are none. */
  readonly volume: readonly DayVolume[]
  /**
   * Payments whose last attempt was refused and that are not paid, by reason, the most frequent first: those that failed, and
   * those with a decline that are open for another attempt, canceled or expired. `not_stated`: failed without a reason.
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
  /** How many of them do not tell what was captured or refunded: the sums lack theirs. */
  readonly notStated: number
}

/**
 * What came of 3-D Secure, by payment. It was asked for where the provider tells of it, where an attempt was refused
 * there, or where a card payment's shopper was sent somewhere; one without friction of which the provider tells nothing
 * is not counted.
 */
export interface ThreeDSecureStatistics {
  /** All of the following together. */
  readonly asked: number
  /** Paid, held or verified afterwards; or refused by the bank for a reason of its own, such as too little money. */
  readonly passed: number
  readonly failed: number
  readonly timedOut: number
  /** The shopper left in the middle, it is not known yet, or it was not told where it ended. */
  readonly unfinished: number
  /** `passed` divided by `passed + failed + timedOut`, from 0 to 1; absent while all are 0. */
  readonly successRate?: number
}

/** How the last days went, for people: each figure is of payments first heard of within them. */
export interface Statistics {
  /** By day in UTC (`2026-11-20`) and status, oldest first. */
  readonly payments: readonly {
    readonly day: string
    readonly status: PaymentStatus
    readonly count: number
  }[]
  /** From what happened, by the provider's clock, to what was heard, by the database's: in milliseconds. */
  readonly webhookDelays: readonly {
    readonly provider: string
    readonly count: number
    readonly medianMs: number
    readonly p95Ms: number
  }[]
}

export interface Health {
  /** Changes, disputes and tasks that wait to be handed over. */
  readonly backlog: number
  /** How long the oldest of them has waited. */
  readonly oldestChangeMs?: number
  /** Orders whose handler threw, and whose later changes wait. */
  readonly blocked: number
  /** Looks that should have been made a minute ago. */
  readonly overduePolls: number
  readonly pausedProviders: readonly { readonly provider: string; readonly until: string }[]
}

/** How the shop fetches and keeps the receipt of a payment. */
export interface Receipts {
  /** Asks the provider; undefined while there is none. Called outside of a transaction. */
  fetch(payment: Payment, options: { readonly signal: AbortSignal }): Promise<Uint8Array | undefined>
  /** Keeps it, in the transaction that notes that it was kept. */
  keep(payment: Payment, bytes: Uint8Array, tx: Sql): Promise<void> | void
  /** The names of the providers that issue one. Default: all. */
  readonly providers?: readonly string[] | undefined
}

export interface ProviderLimit {
  /** Looks at the same time, over all workers. Default 10. */
  readonly atOnce?: number | undefined
  /** Looks started in a second, over all workers. Default 20 for Stripe, 5 for others. */
  readonly perSecond?: number | undefined
}

export interface TrackerOptions {
  /** `createPayments([…])`: whom it asks, and who verifies. */
  readonly payments: TrackedPayments
  /** Default: PGlite in this process, in the folder `.payment-status`. */
  readonly database?: Database | undefined
  /**
   * Called with each version of a watched order, in order, at least once. What it writes with `tx` happens exactly
   * once. What it throws puts the change back: the order's later changes wait.
   */
  onChange(change: Change, tx: Sql): Promise<void> | void
  onDispute?(dispute: TrackedDispute, tx: Sql): Promise<void> | void
  onTask?(task: Task, tx: Sql): Promise<void> | void
  /** Called with each night's comparison, by provider. */
  onReconciled?(result: Reconciliation, tx: Sql): Promise<void> | void
  /** Told of everything that went wrong. What it throws is ignored. */
  onError?(error: unknown): void
  /**
   * `transactional`: handlers are called in the transaction that ticks the change off. `at_least_once`: outside of it,
   * for handlers that ask the network; `tx` is then the database itself. Default `transactional`.
   */
  readonly delivery?: 'transactional' | 'at_least_once' | undefined
  /** When the nightly work is done: 24-hour local time, in an IANA time zone. Default 02:00 UTC. */
  readonly reconcile?: { readonly at: string; readonly timeZone: string } | 'off' | undefined
  /** Days after which a paid payment is looked at again. Default 1, 3, 7, 30. */
  readonly followUpDays?: readonly number[] | undefined
  /** Receipts. `'task'`: a task is opened an hour after success, for a person to fetch it. Default: none are kept. */
  readonly receipts?: Receipts | 'task' | undefined
  /** By provider name. */
  readonly limits?: Readonly<Record<string, ProviderLimit>> | undefined
  /** How long decided orders are kept. Default 400. */
  readonly retentionDays?: number | undefined
  /** The database schema of its tables; its jobs are in another, `<schema>_jobs`. Default `payment_status`. */
  readonly schema?: string | undefined
}

export interface WorkOptions {
  /** Workers that look, of ten looks each. Default 2. */
  readonly polls?: number | undefined
  /** Workers that call handlers. Default 2. */
  readonly handlers?: number | undefined
}

/** The double insurance: webhooks and looks, remembered. */
export interface Tracker {
  /**
   * Remembers an order, best before the shopper is sent away. With `tx`, in the transaction that makes the order.
   * Watching again adds payments and replaces the terms. Rejects with `invalid_input` for a payment that is watched
   * for another order.
   */
  watch(order: TrackedOrder, tx?: Sql): Promise<void>
  /** Stops looking and handing over. What is heard from then on is kept, and handed over if it is watched again. */
  unwatch(order: string, tx?: Sql): Promise<void>
  /** The answer to the create call, or any report of your own. */
  ingest(report: PaymentReport, tx?: Sql): Promise<IngestResult>
  /** An endpoint for all providers: the last segment of the URL's path names the provider. 503 while the database is away. */
  readonly webhooks: (request: Request) => Promise<Response>
  /** A webhook that was read already. `claimed`: it was heard before, nothing is done. */
  ingestEvent(event: WebhookEvent, tx?: Sql): Promise<'ingested' | 'duplicate' | 'unrelated'>
  /**
   * The page the shopper comes back to: looks now, waits a few seconds for an outcome, and says what is believed.
   * Rejects with `not_found` for a payment of no watched order.
   */
  handleReturn(
    provider: string,
    url: string | URL,
    options?: { readonly signal?: AbortSignal | undefined },
  ): Promise<OrderView>
  /** Asks about everything of the order now. Rejects as the provider's lookup; what was heard until then is kept. */
  refresh(order: string): Promise<void>
  order(order: string): Promise<OrderView | undefined>
  orders(query?: OrderQuery): Promise<OrderPage>
  /** Everything heard of a payment, oldest first. */
  timeline(payment: { readonly provider: string; readonly id: string }): AsyncIterable<Evidence>
  /**
   * Compares a day (`2026-11-20` or `yesterday`) of a provider's payments with what is believed, and heals what it can.
   * Done every night for yesterday; the same day again comes to the same.
   */
  reconcile(provider: string, day: string): Promise<Reconciliation>
  /** What a comparison came to, the last time it was made. */
  reconciliation(provider: string, day: string): Promise<Reconciliation | undefined>
  /** What waits for a person, oldest first: at most `limit` (100). */
  openTasks(options?: { readonly limit?: number | undefined }): Promise<readonly Task[]>
  closeTask(key: string, tx?: Sql): Promise<void>
  /** Figures of the last days. Default 14, at most 90. */
  statistics(options?: { readonly days?: number | undefined }): Promise<Statistics>
  /** Starts to look, to hand over and to do the nightly work: in as many processes as you like. */
  work(options?: WorkOptions): Promise<void>
  health(): Promise<Health>
  /** Ends the work in hand, and closes the database if the tracker opened it. */
  stop(): Promise<void>
}
