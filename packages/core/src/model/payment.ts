import type { Money } from './money.ts'
import type { PaymentStatus } from './status.ts'

/** Payment as a provider states it, in the canonical vocabulary. Plain JSON: store it whole. */
export interface Payment {
  /** The provider's name, the one a lookup needs again. */
  readonly provider: string
  /** The provider's id for the whole payment: `lookup(payment.id)` answers with this id, from every source. */
  readonly id: string
  /** The merchant's own id, as the provider stored it. */
  readonly reference?: string
  readonly status: PaymentStatus
  /** Amount requested from the shopper; never that of one capture or refund. */
  readonly amount?: Money
  /**
   * Sum that is held or was captured, in minor units of `amount.currency`: a partial void lowers it. Absent means not stated,
   * never zero.
   */
  readonly authorized?: number
  /** In minor units of `amount.currency`; absent means not stated, never zero. */
  readonly captured?: number
  /** In minor units of `amount.currency`; absent means not stated, never zero. */
  readonly refunded?: number
  /** Amount that reaches the merchant's account; the rate is the provider's decimal string, verbatim. */
  readonly settlement?: { readonly amount?: Money; readonly rate?: string }
  /** Next action of the shopper, while the status is `requires_action`. */
  readonly action?: ShopperAction
  /** Reason why the last attempt was declined. */
  readonly decline?: Decline
  /** The most pressing dispute. A dispute is not a status: the money still counts as captured. */
  readonly dispute?: Dispute
  /** All disputes, the most pressing first, where there are several. */
  readonly disputes?: readonly Dispute[]
  /** The provider's own review of the payment: while it is open, do not deliver. */
  readonly review?: 'open' | 'closed'
  /** The shopper has agreed, and the merchant has to make the next call: see the step `complete`. */
  readonly awaits?: 'merchant'
  /**
   * A lookup that contradicted the recorded state, and that nothing has resolved. Only `advance` sets it. It ends with the
   * next lookup that agrees with the recorded state, or when a person resolves it.
   */
  readonly conflict?: { readonly status: PaymentStatus; readonly since: string }
  /** Captures, refunds and the like, as the provider records them, oldest first. Absent where it states none. */
  readonly operations?: readonly PaymentOperation[]
  /** Method of payment. */
  readonly method?: PaymentMethod
  /** 3-D Secure, as the provider words it. */
  readonly authentication?: {
    readonly eci?: string
    readonly version?: string
    readonly status?: string
  }
  /** References for a call to a bank or a card scheme. */
  readonly trace?: {
    readonly authorizationCode?: string
    readonly networkTransactionId?: string
    readonly acquirerReference?: string
  }
  /** ISO 8601 instant in UTC until which held funds can be taken. */
  readonly authorizationExpiresAt?: string
  /** ISO 8601 instant in UTC, by the provider's clock. */
  readonly createdAt?: string
  /** ISO 8601 instant in UTC, by the provider's clock. */
  readonly updatedAt?: string
  /** The provider's own words that the status was read from. */
  readonly facts: Readonly<Record<string, string | number | boolean | null>>
}

/** Operation on a payment: an attempt, a capture, a refund, as the provider records it. */
export interface PaymentOperation {
  /** The provider's id of the operation. A lookup that is given `operations` requests it again. */
  readonly id: string
  readonly kind: 'payment' | 'authorization' | 'verification' | 'capture' | 'void' | 'refund' | 'other'
  readonly status: 'succeeded' | 'pending' | 'failed' | 'unknown'
  /** In minor units of `currency`; absent means not stated, never zero. */
  readonly amount?: number
  /** Upper-case code of `amount`, where the operation states one of its own. Absent means the payment's. */
  readonly currency?: string
  /** ISO 8601 instant in UTC, by the provider's clock. */
  readonly at?: string
  /**
   * True for the last operation on the money: a capture that releases the rest of the hold, or a void or refund that returns
   * everything, held or captured.
   */
  readonly final?: boolean
  /** True for the failure of an operation that had succeeded; false once that success is recorded too. */
  readonly takesBack?: boolean
}

/** Method of payment. It never holds a full number or a person's name. */
export interface PaymentMethod {
  readonly kind:
    | 'card'
    | 'wallet'
    | 'bank_transfer'
    | 'bank_redirect'
    | 'voucher'
    | 'buy_now_pay_later'
    | 'other'
  /** The provider's word: `oxxo`, `ideal`, `applepay`. */
  readonly name?: string
  /** The card's brand, as the provider words it. */
  readonly brand?: string
  /** The last four digits of a card or an account. */
  readonly last4?: string
  /** Country of issue, as an ISO 3166 code of two letters. */
  readonly country?: string
}

/** Action of the shopper that the payment waits for. */
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

/** Reason why an attempt was declined, and whether a retry can succeed. */
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

/** Chargeback, inquiry or early warning. The money it concerns still counts as captured. */
export interface Dispute {
  readonly id?: string
  readonly status: DisputeStatus
  readonly reason?: string
  readonly amount?: Money
  /** ISO 8601 instant in UTC. */
  readonly respondBy?: string
  /** ISO 8601 instant in UTC, by the provider's clock: when the dispute came to this status. */
  readonly updatedAt?: string
  /** `false`: only unsigned fields name the payment. Such a dispute blocks nothing; a person has to check it. */
  readonly proven?: false
}
