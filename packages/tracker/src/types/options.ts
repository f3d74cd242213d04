import type { Payment, PaymentProvider } from '@payment-status/core'
import type { Database, Sql } from '../store/sql.ts'
import type { Change, TrackedDispute } from './change.ts'
import type { Reconciliation } from './reconciliation.ts'
import type { Task } from './task.ts'
import type { UnmatchedPayment } from './unmatched.ts'

/** Providers, as `createPayments([…])` returns them. */
export interface TrackedPayments {
  has(name: string): boolean
  provider(name: string): PaymentProvider
}

/** Names of the providers, where `createPayments` was given literal ones. */
export type NamesOf<P extends TrackedPayments> = P extends {
  has(name: string): name is infer Name extends string
}
  ? Name
  : string

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

export interface TrackerOptions<P extends TrackedPayments = TrackedPayments> {
  /** Providers that are polled and that verify webhooks: `createPayments([…])`. */
  readonly payments: P
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
  readonly limits?: Readonly<Partial<Record<NamesOf<P>, ProviderLimit>>> | undefined
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
