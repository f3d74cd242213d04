import type { Decline, Dispute, Payment, PaymentOperation, ShopperAction } from './payment.ts'

/**
 * Key that a provider finds a payment by: the provider's id, or the merchant's reference. A `Payment` is such a key. With
 * `operations`, a provider that records operations and not payments is asked for all of them.
 */
export type LookupKey =
  | { readonly id: string; readonly operations?: readonly { readonly id: string }[] | undefined }
  | { readonly reference: string }

/**
 * Evidence that passed through the shopper's hands: a browser result or a return URL. It proves nothing, so it has no
 * status. Show the shopper a page, then look the payment up.
 */
export interface PaymentHint {
  readonly evidence: 'hint'
  readonly provider: string
  /** `response`: the answer to a create call that names no payment yet. */
  readonly source: 'client' | 'return_url' | 'response'
  /** Key to look up. Without one, use the id you stored. */
  readonly key?: LookupKey
  /** For the page the shopper sees, and nothing else. */
  readonly appears?: 'looks_paid' | 'looks_unfinished' | 'looks_refused'
  /** Why the attempt looks declined, for the page the shopper sees. */
  readonly decline?: Decline
  readonly action?: ShopperAction
}

/** Evidence from the provider itself: it may change an order. Plain JSON: store it whole. */
export interface PaymentReport {
  readonly evidence: 'report'
  readonly source: 'response' | 'webhook' | 'lookup' | 'list'
  readonly payment: Payment
  /** ISO 8601 instant by the provider's clock; lookups and lists have none. */
  readonly occurredAt?: string
  /** ISO 8601 instant by our clock; of a lookup, the moment its request was sent. */
  readonly observedAt: string
  /**
   * The provider's own object, only where the configuration says `keepRaw: true`. It can hold personal data, so the
   * merchant is responsible for how it is stored and logged.
   */
  readonly raw?: unknown
}

/** Webhook as it came over the wire, before anything parsed it. */
export interface WebhookDelivery {
  readonly rawBody: string | Uint8Array
  /** Names in any case. */
  readonly headers: Headers | Readonly<Record<string, string | readonly string[] | undefined>>
  /** Full URL the provider called. Some providers sign it. */
  readonly url?: string | undefined
  /** HTTP method. Default `POST`. */
  readonly method?: string | undefined
}

/** Content of a verified webhook. */
export type WebhookEvent = {
  readonly provider: string
  /** The same on every redelivery: de-duplicate by provider and id. */
  readonly id: string
  /** The provider's name for it. */
  readonly type: string
  /** ISO 8601 instant by the provider's clock. */
  readonly occurredAt?: string
  /** Answer the provider expects, so that it stops redelivering. */
  readonly reply: { readonly status: number; readonly body: string; readonly contentType: string }
} & (
  | { readonly kind: 'payment'; readonly report: PaymentReport }
  | { readonly kind: 'recheck'; readonly key: LookupKey; readonly why: string } // something happened; only a lookup states its result
  | {
      /** One operation, from a provider whose webhooks do not state the whole payment: see `foldOperations`. */
      readonly kind: 'operation'
      readonly key: LookupKey
      readonly operation: PaymentOperation
      /** The payment as far as this webhook states it: what to add the operation to where nothing is recorded yet. */
      readonly payment?: Payment
    }
  | { readonly kind: 'dispute'; readonly key?: LookupKey; readonly dispute: Dispute }
  | { readonly kind: 'unreadable'; readonly why: string } // authentic, but not as documented; `why` is safe to log
  | { readonly kind: 'unrelated' } // acknowledge it and move on
  | {
      /** Several events in one body. Acknowledge it when all of them are handled; each has an id of its own. */
      readonly kind: 'several'
      readonly events: readonly WebhookEvent[]
    }
)

/** Webhook event about a dispute: `advance` merges it into the recorded state of its payment. */
export type DisputeEvent = Extract<WebhookEvent, { readonly kind: 'dispute' }>
