import type { PaymentOperation, PaymentStatus } from '@payment-status/core'
import type { Query } from './query.ts'
import { toTransactionStatus } from './status.ts'

/** How shoppers pay: on the shop's own page (`direct`), or on Onerway's page or in its SDK (`hosted`). */
export type Integration = 'direct' | 'hosted'

/** Rules that differ between the two integrations. Nothing else in this package asks which of them is configured. */
export interface IntegrationRules {
  /** Meaning of F: a declined attempt ends the payment, or the shopper may try again on the same page. */
  readonly declined: Extract<PaymentStatus, 'failed' | 'open'>
  /** Returns the id that all attempts at one payment share, or `undefined` where each attempt is a payment. */
  sharedId(paymentId: string | null | undefined): string | undefined
  /** Returns the word that decides for the whole payment, or `undefined` where the transaction's own status decides. */
  wholeWord(paymentStatus: string | null | undefined): string | undefined
  /** Returns the query that can confirm a payment by one request, given its operations. */
  confirmation(id: string, operations: readonly PaymentOperation[]): Query
  /** Returns the query that can confirm all payments under a reference by one request. */
  confirmationOfReference(reference: string): Query
  /** Returns the queries that can find payments under a reference which has no transactions yet. */
  untried(reference: string): readonly Query[]
  /** Returns the queries that can find a payment by this id, the most likely one first. */
  leads(id: string, isTransaction: boolean): readonly Query[]
}

/**
 * Rules of `direct`. A transaction is a payment, and its `status` alone decides. Onerway's notification page: "merchants
 * not using the payment-intent model can ignore" `paymentId` and `paymentStatus`.
 */
export const direct: IntegrationRules = {
  declined: 'failed',
  sharedId: () => undefined,
  wholeWord: () => undefined,
  confirmation: (id, operations) => ({
    kind: 'transactions',
    values: [...new Set([id, ...operations.map((operation) => operation.id)])],
  }),
  confirmationOfReference: (reference) => ({ kind: 'reference', values: [reference] }),
  untried: () => [],
  leads: (id) => [{ kind: 'transactions', values: [id] }],
}

/**
 * Rules of `hosted`. One `paymentId` has one transaction for each attempt. The payment query finds a payment by its
 * paymentId at once, its transactions a while later (seen on the sandbox in August 2026).
 */
export const hosted: IntegrationRules = {
  declined: 'open',
  sharedId: (paymentId) => paymentId || undefined,
  wholeWord: (paymentStatus) => paymentStatus || undefined,
  confirmation(id, operations) {
    // The payment query says nothing of refunds: one that is under way is asked for itself.
    const pending = operations.filter(({ kind, status }) => kind === 'refund' && status === 'pending')
    return pending.length > 0
      ? { kind: 'transactions', values: pending.map((refund) => refund.id) }
      : { kind: 'payment', values: [id] }
  },
  confirmationOfReference: (reference) => ({ kind: 'payments of a reference', values: [reference] }),
  untried: (reference) => [{ kind: 'payments of a reference', values: [reference] }],
  leads(id, isTransaction) {
    const transaction: readonly Query[] = [
      { kind: 'transactions', values: [id] },
      { kind: 'payments of transactions', values: [id] },
    ]
    return isTransaction ? transaction : [{ kind: 'payment', values: [id] }, ...transaction]
  },
}

export const integrations: Readonly<Record<Integration, IntegrationRules>> = { direct, hosted }

/** Words of one transaction. `status` means nothing without `txnType`. */
export interface OnerwayFacts {
  readonly txnType: string
  readonly status?: string | null | undefined
  /** The word for the whole payment. It decides with `hosted` and is ignored with `direct`. */
  readonly paymentStatus?: string | null | undefined
  /** Default `direct`. */
  readonly integration?: Integration | undefined
}

/**
 * Returns what one transaction means for its payment. A refund alone is `unknown`: refunds are added up on top of what
 * was paid.
 *
 * Sources: Onerway's page on status updates for S, F, P and R of a sale; its v0.6 reference for the rest.
 *
 * @example
 * toPaymentStatus({ txnType: 'SALE', status: 'F' }) // 'failed'
 * toPaymentStatus({ txnType: 'SALE', status: 'F', paymentStatus: 'O', integration: 'hosted' }) // 'open'
 */
export function toPaymentStatus({ integration = 'direct', ...words }: OnerwayFacts): PaymentStatus {
  return toTransactionStatus(words, integrations[integration])
}
