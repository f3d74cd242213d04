import type { Advance, NextStep, PaymentReport } from '@payment-status/core'
import type { TaskKind } from '../types/task.ts'
import type { PaymentKey, StepOfOrder, TargetRow } from './rows.ts'

/** Everything that follows from a report or an event. It is written as a whole, in one statement. */
export interface Writing {
  readonly order?: OrderWriting | undefined
  readonly evidence?: EvidenceWriting | undefined
  readonly payments: readonly PaymentWriting[]
  /** Rows that change, in full; without an order all that lead to the payment. `isPolled` ends the lease. */
  readonly targets: readonly (TargetRow & { readonly isPolled: boolean })[]
  readonly outbox: readonly OutboxEntry[]
  /** Deliveries that waited for an order or a payment, and need not any longer. */
  readonly releases: readonly Release[]
  readonly tasks: readonly NewTask[]
  readonly receipts: readonly ReceiptWriting[]
}

export interface OrderWriting {
  readonly id: string
  /** The revision that was decided on. Nothing is written if another writer has changed the order since. */
  readonly revision: number
  readonly status: string
  readonly state: string
  readonly step: StepOfOrder | undefined
  readonly fulfilledBy: string | undefined
  readonly captureRequestedFor: string | undefined
  /** When a person is asked to look, in milliseconds by the database's clock. */
  readonly undecidedAt: number | undefined
  readonly isChanged: boolean
}

export interface EvidenceWriting {
  readonly provider: string
  readonly paymentId: string | undefined
  readonly kind: string
  readonly eventId: string | undefined
  readonly type: string | undefined
  readonly content: unknown
  readonly outcome: Advance['outcome'] | undefined
  readonly version: number | undefined
  /** From the provider's clock to ours: of a webhook. */
  readonly delayMs: number | undefined
}

export interface PaymentWriting extends PaymentKey {
  readonly order: string | undefined
  readonly reference: string | undefined
  readonly version: number
  readonly report: PaymentReport
  readonly status: string
  readonly madeAt: string | undefined
  readonly paidAt: number | undefined
  readonly unmatchedSince: number | undefined
  /** A poll that only repeated the recorded state. */
  readonly isRepeated: boolean
}

export interface OutboxEntry {
  readonly stream: string | undefined
  readonly kind: 'change' | 'dispute' | 'task' | 'reconciliation' | 'unmatched'
  readonly key: string
  readonly order: string | undefined
  readonly provider: string | undefined
  readonly paymentId: string | undefined
  readonly version: number | undefined
  readonly body: unknown
  readonly step: NextStep | undefined
  readonly afterMs: number
}

export interface Release {
  readonly key: string
  readonly stream: string
  readonly order: string | undefined
}

export interface NewTask {
  readonly key: string
  readonly kind: TaskKind
  readonly order: string | undefined
  readonly provider: string | undefined
  readonly paymentId: string | undefined
  /** Safe to log. */
  readonly why: string
}

export interface ReceiptWriting extends PaymentKey {
  /** In milliseconds by the database's clock. */
  readonly succeededAt: number
  readonly dueAt: number
}
