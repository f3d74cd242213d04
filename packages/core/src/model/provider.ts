import type { LookupKey, PaymentHint, PaymentReport, WebhookDelivery, WebhookEvent } from './evidence.ts'
import type { Payment } from './payment.ts'

/** The part of `fetch` that all runtimes share. */
export type Fetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>

/**
 * Name of a provider, as an argument: a known name is completed, and another literal is an error. A plain `string`, such as
 * a stored one, is checked at run time.
 */
export type ProviderName<Known extends string, Given extends string> =
  | Known
  | (Given & (string extends Given ? string : Known))

/** Options that every provider's configuration has. */
export interface ProviderOptions<Name extends string = string> {
  /** Another name, for a shop with two accounts at one provider. */
  readonly name?: Name | undefined
  /** HTTP implementation. Default: the platform's own. */
  readonly fetch?: Fetch | undefined
  /** Milliseconds for each attempt, the answer's body included. Default 10 000. */
  readonly timeoutMs?: number | undefined
  /** Retries of a failed read. Default 2. */
  readonly retries?: number | undefined
  /** Base URL of the provider's API, instead of its usual host. */
  readonly baseUrl?: string | undefined
  /** Secrets that webhooks are signed with; several during a rotation. Unset entries are dropped, white space is trimmed. */
  readonly webhookSecrets?: string | readonly (string | undefined)[] | undefined
  /** Milliseconds since 1970, for the times of reports and the age of signatures. Default `Date.now`. */
  readonly clock?: (() => number) | undefined
  /** True to keep the provider's own object, personal data included, in `report.raw`. Default false. */
  readonly keepRaw?: boolean | undefined
}

/** Options of one request to a provider. */
export interface RequestOptions {
  /** Stops everything at once; the call then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined
  /** Milliseconds for each attempt, instead of the provider's `timeoutMs`. */
  readonly timeoutMs?: number | undefined
}

/** Knowledge of the payment so far, for every kind of lookup. */
export interface KnownOptions extends RequestOptions {
  /** Known operations: the answer holds at least those, where the provider still has them. */
  readonly operations?: readonly { readonly id: string }[] | undefined
  /**
   * True where nothing says that anything changed since it was recorded. A provider may then send fewer requests than a whole
   * lookup takes, and confirm what is recorded. Default false.
   */
  readonly confirm?: boolean | undefined
}

/** Options of a lookup by reference. */
export interface ReferenceOptions extends KnownOptions {
  /** All payments that are recorded under the reference, for a provider that can confirm them. */
  readonly payments?: readonly Payment[] | undefined
}

/** Options of a lookup. */
export interface LookupOptions extends KnownOptions {
  /** The payment as it is recorded, for a provider whose answer depends on it. */
  readonly payment?: Payment | undefined
}

/** Queries a provider can be asked. `none` rejects with `unsupported` before any request. */
export interface ProviderAnswers {
  readonly lookup: 'asked' | 'none'
  readonly byReference: 'asked' | 'none'
  readonly list: 'asked' | 'none'
}

/** Period of time, from `from` until just before `to`. */
export interface ListRange {
  readonly from: Date
  readonly to: Date
}

/**
 * Contract of a provider. Browser results and return URLs become hints, which prove nothing; responses, webhooks and queries
 * become reports. Every method throws (or rejects with) a `PaymentError`, except when aborted.
 */
export interface PaymentProvider<Name extends string = string> {
  readonly name: Name
  /** Queries this provider has. Default: all of them. */
  readonly answers?: ProviderAnswers | undefined
  /** Reads the result of the provider's browser SDK. */
  readClientResult(result: unknown): PaymentHint
  /** Reads the URL the shopper came back on. */
  readReturn(url: string | URL): PaymentHint
  /** Reads the parsed body that answered a create call. A documented answer that names no payment yet is a hint. */
  readResponse(body: unknown, sent?: unknown): Promise<PaymentReport | PaymentHint>
  /** Verifies a webhook on its raw bytes, then reads it. `options` are for providers whose verification needs a request. */
  readWebhook(delivery: WebhookDelivery, options?: RequestOptions): Promise<WebhookEvent>
  /** Looks one payment up. `not_found` never means "unpaid". */
  lookup(id: string, options?: LookupOptions): Promise<PaymentReport>
  /** Looks up all payments of one reference, newest first. `[]` never means "unpaid". */
  lookupByReference(reference: string, options?: ReferenceOptions): Promise<readonly PaymentReport[]>
  /** Looks up by either kind of key. */
  find(key: LookupKey, options?: RequestOptions): Promise<readonly PaymentReport[]>
  /**
   * Lists the payments created in `[from, to)` and, where the provider supports it, older ones refunded or disputed in it. A
   * report may be incomplete: a missing field means "not stated", not "no".
   */
  list(range: ListRange, options?: RequestOptions): AsyncIterable<PaymentReport>
}
