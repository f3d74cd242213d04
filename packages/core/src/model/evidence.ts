import type { Dispute, Payment, ShopperAction } from './payment.ts'

/**
 * What a payment can be asked for by: the provider's id, or the merchant's reference. A `Payment` is such a key. With
 * `operations`, those known already, a provider that keeps steps and not payments is asked for all of them.
 */
export type LookupKey =
  | { readonly id: string; readonly operations?: readonly { readonly id: string }[] | undefined }
  | { readonly reference: string }

/**
 * News that passed through the shopper's hands: a browser result or a return URL. It proves nothing,
 * so it has no status: show the shopper a page, then look the payment up.
 */
export interface PaymentHint {
  readonly evidence: 'hint'
  readonly provider: string
  readonly source: 'client' | 'return_url'
  /** What to look up; without one, use the id you stored. */
  readonly key?: LookupKey
  /** For the page the shopper sees, and nothing else. */
  readonly appears?: 'looks_paid' | 'looks_unfinished' | 'looks_refused'
  readonly action?: ShopperAction
}

/** News from the provider itself: it may change an order. Plain JSON: store it whole. */
export interface PaymentReport {
  readonly evidence: 'report'
  readonly source: 'response' | 'webhook' | 'lookup' | 'list'
  readonly payment: Payment
  /** ISO 8601 instant by the provider's clock; lookups and lists have none. */
  readonly occurredAt?: string
  /** ISO 8601 instant by our clock; of a lookup, the moment its request was sent. */
  readonly observedAt: string
  /**
   * The provider's own object, only where the configuration says `keepRaw: true`. It can hold personal data: what is
   * stored and logged of it is the merchant's own responsibility.
   */
  readonly raw?: unknown
}

/** A webhook as it came over the wire, before anything parsed it. */
export interface WebhookDelivery {
  readonly rawBody: string | Uint8Array
  /** Names in any case. */
  readonly headers: Headers | Readonly<Record<string, string | readonly string[] | undefined>>
}

/** What a verified webhook says. */
export type WebhookEvent = {
  readonly provider: string
  /** The same on every redelivery: de-duplicate by provider and id. */
  readonly id: string
  /** The provider's name for it. */
  readonly type: string
  /** ISO 8601 instant by the provider's clock. */
  readonly occurredAt?: string
  /** What the provider expects to hear, so that it stops redelivering. */
  readonly reply: { readonly status: number; readonly body: string; readonly contentType: string }
} & (
  | { readonly kind: 'payment'; readonly report: PaymentReport }
  | { readonly kind: 'recheck'; readonly key: LookupKey; readonly why: string } // something happened; only a lookup tells what it means
  | { readonly kind: 'dispute'; readonly key?: LookupKey; readonly dispute: Dispute }
  | { readonly kind: 'unrelated' } // acknowledge it and move on
)
