import type { LookupKey, PaymentHint, PaymentReport, WebhookDelivery, WebhookEvent } from './evidence.ts'
import type { Payment } from './payment.ts'

/** The shape of `fetch`, without what one runtime adds to it. */
export type Fetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>

/** What every provider's configuration can hold. */
export interface ProviderOptions<Name extends string = string> {
  /** Another name, where a shop has two accounts of one provider. */
  readonly name?: Name | undefined
  /** The HTTP implementation; the platform's own where none is given. */
  readonly fetch?: Fetch | undefined
  /** Milliseconds each attempt may take, its answer's body included. Default 10 000. */
  readonly timeoutMs?: number | undefined
  /** How often a failed read is tried again. Default 2. */
  readonly retries?: number | undefined
  /** Where the provider's API is, instead of its usual host. */
  readonly baseUrl?: string | undefined
  /** The keys webhooks are signed with; several while they are being rotated. Unset entries are dropped. */
  readonly webhookSecrets?: string | readonly (string | undefined)[] | undefined
  /** Milliseconds since 1970, for the times of reports and the age of signatures. Default `Date.now`. */
  readonly clock?: (() => number) | undefined
  /** Whether reports hold the provider's own object in `raw`, personal data and all. Default false. */
  readonly keepRaw?: boolean | undefined
}

/** What a single question to a provider can be given. */
export interface RequestOptions {
  /** Stops everything at once; the call then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined
  /** Milliseconds each attempt may take, instead of the provider's `timeoutMs`. */
  readonly timeoutMs?: number | undefined
}

/** What a lookup can be given besides. */
export interface LookupOptions extends RequestOptions {
  /** The steps known already: the answer holds at least those, where the provider still knows them. */
  readonly operations?: readonly { readonly id: string }[] | undefined
  /** The payment as it is recorded, for a provider whose answer depends on it. */
  readonly payment?: Payment | undefined
}

/** Queries a provider can be asked. `none` rejects with `unsupported` before any request. */
export interface ProviderAnswers {
  readonly lookup: 'asked' | 'none'
  readonly byReference: 'asked' | 'none'
  readonly list: 'asked' | 'none'
}

/** A period of time: from `from` until just before `to`. */
export interface ListRange {
  readonly from: Date
  readonly to: Date
}

/**
 * The contract of a provider: five sources. Two give hints, which prove nothing; three give reports.
 * Every method throws (or rejects with) a `PaymentError`, an abort excepted.
 */
export interface PaymentProvider<Name extends string = string> {
  readonly name: Name
  /** Queries this provider has. Default: all of them. */
  readonly answers?: ProviderAnswers | undefined
  /** Reads what the provider's browser SDK handed to the page. */
  readClientResult(result: unknown): PaymentHint
  /** Reads the URL the shopper came back on. */
  readReturn(url: string | URL): PaymentHint
  /** Reads the parsed body that answered a create call. A documented answer that names no payment yet is a hint. */
  readResponse(body: unknown, sent?: unknown): Promise<PaymentReport | PaymentHint>
  /** Verifies a webhook on its raw bytes, then reads it. `options` are for providers whose verification needs a request. */
  readWebhook(delivery: WebhookDelivery, options?: RequestOptions): Promise<WebhookEvent>
  /** Asks for one payment; `not_found` where the provider has none of that id, which never means "unpaid". */
  lookup(id: string, options?: LookupOptions): Promise<PaymentReport>
  /** Asks for all payments of one reference, newest first; `[]` never means "unpaid". */
  lookupByReference(reference: string, options?: RequestOptions): Promise<readonly PaymentReport[]>
  /** Asks by either kind of key. */
  find(key: LookupKey, options?: RequestOptions): Promise<readonly PaymentReport[]>
  /**
   * Walks the payments created in `[from, to)` and, where the provider can be asked, older ones refunded or disputed in
   * it. It is news, not the whole truth: what one of its reports does not state it does not deny.
   */
  list(range: ListRange, options?: RequestOptions): AsyncIterable<PaymentReport>
}
