import type { PaymentReport, ProviderName, WebhookEvent } from '@payment-status/core'
import type { Sql } from '../store/sql.ts'
import type { Evidence, IngestResult } from './evidence.ts'
import type { Health } from './health.ts'
import type { WorkOptions } from './options.ts'
import type { OrderPage, OrderQuery, OrderView, TrackedOrder, UnwatchResult } from './order.ts'
import type { Reconciliation, Statistics } from './reconciliation.ts'
import type { Task } from './task.ts'
import type { UnmatchedPage, UnmatchedQuery } from './unmatched.ts'

/**
 * Recorded orders, with webhooks, polls, the nightly comparison, and the delivery of every change. `Name`: the names of its
 * providers, where `createPayments` was given literal ones. What is stored may be of a provider that is gone, so it is read by
 * any name.
 */
export interface Tracker<Name extends string = string> {
  /**
   * Records an order, best before the shopper is sent to pay. With `tx`, in the transaction that creates the order.
   * Watching again adds payments and replaces the terms. Rejects with `invalid_input` for a payment that is watched for
   * another order, for an unknown provider, and for terms that cannot be right.
   */
  watch<N extends string>(order: TrackedOrder<ProviderName<Name, N>>, tx?: Sql): Promise<void>
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
  handleReturn<N extends string>(
    provider: ProviderName<Name, N>,
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
  reconcile<N extends string>(provider: ProviderName<Name, N>, day: string): Promise<Reconciliation>
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
