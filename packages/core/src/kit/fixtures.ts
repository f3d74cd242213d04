import type { WebhookDelivery } from '../model/evidence.ts'
import type { PaymentStatus } from '../model/status.ts'

/** One payment at one moment, in the provider's own bytes, with the right reading. */
export interface PaymentFixture {
  readonly title: string
  /** Origin: a provider's page, a recording, or "synthetic". */
  readonly source: string
  /** `Payment.id` that every source must return. */
  readonly id: string
  /** Status that every reporting source must return. */
  readonly status: PaymentStatus
  readonly clientResult?: unknown
  readonly returnUrl?: string
  readonly response?: { readonly body: unknown; readonly sent?: unknown }
  /** Returns the webhook, signed at the time of the call. */
  webhook?(): Promise<WebhookDelivery>
  /** Returns the webhooks that state this status together, oldest first, where one alone states only a part. */
  webhooks?(): Promise<readonly WebhookDelivery[]>
  /**
   * Returns a notification that carries no signature, at a provider that sends them. It must only trigger a lookup of this
   * payment: see `toNotification`. The suite refuses a provider that reads unsigned webhooks and has no such fixture.
   */
  unsignedWebhook?(): Promise<WebhookDelivery>
}

/** A provider's fixtures, with a query API that answers from them. */
export interface ProviderFixtures<
  Secrets extends Readonly<Record<string, string>> = Readonly<Record<string, string>>,
> {
  readonly provider: string
  /** Origin of the provider's API, to intercept it. */
  readonly origin: string
  /** Further origins that requests go to, such as a host of certificates. */
  readonly otherOrigins?: readonly string[] | undefined
  /** Made-up credentials under the names `create<Provider>` knows them by: spread them into its configuration. */
  readonly secrets: Secrets
  readonly payments: readonly PaymentFixture[]
  /**
   * Answers as the provider's query API: a fetch handler for msw, for `fetch`, or for a real server. Absent at a provider
   * that cannot be asked and whose verification sends no request.
   */
  respond?(request: Request): Promise<Response>
  /**
   * Returns whether an object of the provider's JSON states that money was taken. Written from the documentation and
   * independent of the adapter: the fuzzer compares both.
   */
  statesPaid?(object: Readonly<Record<string, unknown>>): boolean
}
