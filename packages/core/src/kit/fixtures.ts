import type { WebhookDelivery } from '../model/evidence.ts'
import type { PaymentStatus } from '../model/status.ts'

/** One payment at one moment, in the provider's own bytes, and how it must be read. */
export interface PaymentFixture {
  readonly title: string
  /** Where it comes from: a provider's page, a recording, or "made here". */
  readonly source: string
  /** The `Payment.id` every source must arrive at. */
  readonly id: string
  /** The status every reporting source must arrive at. */
  readonly status: PaymentStatus
  readonly clientResult?: unknown
  readonly returnUrl?: string
  readonly response?: { readonly body: unknown; readonly sent?: unknown }
  /** Signed when called, so no clock has to be faked. */
  webhook?(): Promise<WebhookDelivery>
}

/** A provider's recordings, and its query API answering from them. */
export interface ProviderFixtures<
  Secrets extends Readonly<Record<string, string>> = Readonly<Record<string, string>>,
> {
  readonly provider: string
  /** Where the provider's API would be, e.g. to intercept it. */
  readonly origin: string
  /** Made-up credentials under the names `create<Provider>` knows them by: spread them into its configuration. */
  readonly secrets: Secrets
  readonly payments: readonly PaymentFixture[]
  /** The provider's query API as an ordinary fetch handler: for msw, for `fetch:`, or behind a real server. */
  respond(request: Request): Promise<Response>
}
