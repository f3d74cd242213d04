import type { Money } from './money.ts'
import type { PaymentStatus } from './status.ts'

/** A payment as a provider tells it, in the canonical words. Plain JSON: store it whole. */
export interface Payment {
  /** The provider's name, the one a lookup needs again. */
  readonly provider: string
  /** The provider's id for the whole payment: `lookup(payment.id)` answers with this id, through every door. */
  readonly id: string
  /** The merchant's own id, as the provider stored it. */
  readonly reference?: string
  readonly status: PaymentStatus
  /** What was asked of the shopper; never the amount of one capture or refund. */
  readonly amount?: Money
  /** In minor units of `amount.currency`; absent means not told, never zero. */
  readonly authorized?: number
  /** In minor units of `amount.currency`; absent means not told, never zero. */
  readonly captured?: number
  /** In minor units of `amount.currency`; absent means not told, never zero. */
  readonly refunded?: number
  /** What reaches the merchant's account; the rate is the provider's decimal string, verbatim. */
  readonly settlement?: { readonly amount?: Money; readonly rate?: string }
  /** What the shopper must do, while the status is `requires_action`. */
  readonly action?: ShopperAction
  /** Why the last attempt was refused. */
  readonly decline?: Decline
  /** A dispute is not a status: it lives beside the payment. */
  readonly dispute?: Dispute
  /** ISO 8601 instant in UTC, by the provider's clock. */
  readonly createdAt?: string
  /** ISO 8601 instant in UTC, by the provider's clock. */
  readonly updatedAt?: string
  /** The provider's own words the status was read from. */
  readonly facts: Readonly<Record<string, string | number | boolean | null>>
}

/** What the shopper has to do before the payment can go on. */
export type ShopperAction =
  | { readonly kind: 'redirect'; readonly url: string } // http(s) only
  | {
      readonly kind: 'show'
      readonly what: 'qr_code' | 'barcode' | 'voucher' | 'bank_details' | 'other'
      readonly url?: string
      readonly text?: string
      readonly expiresAt?: string
    }
  | { readonly kind: 'sdk' } // the provider's own browser SDK handles it

/** Why an attempt was refused, and whether trying again makes sense. */
export interface Decline {
  /** The provider's code, verbatim. */
  readonly code?: string
  readonly reason: DeclineReason
  readonly retry: 'same_method' | 'other_method' | 'never'
  /** The provider's text; it is left out where it could hold card data. */
  readonly message?: string
}

export type DeclineReason =
  | 'insufficient_funds'
  | 'do_not_honor'
  | 'card_expired'
  | 'invalid_card'
  | 'incorrect_cvc'
  | 'lost_or_stolen'
  | 'fraud_suspected'
  | 'limit_exceeded'
  | 'not_permitted'
  | 'authentication_required'
  | 'authentication_failed'
  | 'authentication_timed_out'
  | 'issuer_unavailable'
  | 'processing_error'
  | 'canceled_by_shopper'
  | 'other'

export type DisputeStatus =
  | 'early_warning'
  | 'needs_response'
  | 'under_review'
  | 'won'
  | 'lost'
  | 'closed'
  | 'unknown'

/** A chargeback or its early warning. The money it concerns is still counted as captured. */
export interface Dispute {
  readonly id?: string
  readonly status: DisputeStatus
  readonly reason?: string
  readonly amount?: Money
  /** ISO 8601 instant in UTC. */
  readonly respondBy?: string
}
