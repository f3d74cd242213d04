import type { DisputeEvent, Payment, PaymentOperation, PaymentReport } from '@payment-status/core'
import type { TargetKey } from '../store/rows.ts'

/** Content of a report, an event or an answer. */
export type Content =
  | {
      readonly kind: 'report'
      readonly report: PaymentReport
      /** Of an answer: when the recorded state was read that the request named, by the database's clock. */
      readonly knownAt?: number | undefined
    }
  | {
      readonly kind: 'operation'
      readonly operation: PaymentOperation
      readonly payment?: Payment | undefined
    }
  | { readonly kind: 'dispute'; readonly event: DisputeEvent }
  | {
      readonly kind: 'recheck'
      readonly why: string
      /** Operations that the webhook named next to its key. */
      readonly operations?: readonly { readonly id: string }[] | undefined
    }
  | { readonly kind: 'unreadable'; readonly why: string }
  /** A poll that found nothing, or more than one payment, whose reports were ingested one by one. */
  | {
      readonly kind: 'polled'
      readonly isAnswered: boolean
      /** True for an id or a reference that the provider can never look up. */
      readonly isWrongKey?: boolean | undefined
    }
  /** The order of the payment has just become known. */
  | { readonly kind: 'claimed' }
  /** A person resolved the conflict of the payment. */
  | { readonly kind: 'resolved' }

export interface Incoming {
  readonly content: Content
  /** Targets that lead to the order, the strongest first. The payment's own id comes first. */
  readonly keys: readonly TargetKey[]
  /** The webhook it came with: its claim. */
  readonly event?: EventKey | undefined
  /** The target whose lookup this is the answer to. */
  readonly polled?: TargetKey | undefined
}

export interface EventKey {
  readonly provider: string
  readonly id: string
  readonly type: string
  readonly occurredAt?: string | undefined
}

/** Configuration that a decision depends on. */
export interface Settings {
  readonly followUpDays: readonly number[]
  readonly nightlyAt: { readonly at: string; readonly timeZone: string }
  canLookUp(target: TargetKey): boolean
  wantsReceipt(provider: string): boolean
}
