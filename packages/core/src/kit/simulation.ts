import type { WebhookDelivery } from '../model/evidence.ts'
import type { Money } from '../model/money.ts'
import type { DeclineReason } from '../model/payment.ts'

/** Event in the life of a simulated payment, in canonical words. Amounts in minor units of the payment's currency. */
export type SimulatedHappening =
  | { readonly kind: 'processing' }
  | { readonly kind: 'action_required'; readonly of: 'three_d_secure' | 'voucher' }
  | {
      readonly kind: 'declined'
      readonly reason: DeclineReason
      /** True where the provider retries by itself, under the same id. */
      readonly willRetry?: boolean
    }
  | { readonly kind: 'authorized' }
  | { readonly kind: 'captured'; readonly amount: number }
  | { readonly kind: 'voided' }
  | { readonly kind: 'canceled' }
  | { readonly kind: 'expired' }
  | {
      readonly kind: 'refund_started' | 'refunded' | 'refund_failed'
      /** Number of the refund, from 1. */
      readonly refund: number
      readonly amount: number
      /** True where the merchant canceled a payment that had succeeded: a provider may state this in its own way. */
      readonly because?: 'canceled'
    }
  | { readonly kind: 'disputed' }
  | { readonly kind: 'dispute_lost' }
  | { readonly kind: 'dispute_won' }

/** Event with its time. */
export type SimulatedStep = SimulatedHappening & {
  /** Number of the event in the payment's life, from 1. */
  readonly number: number
  /** ISO 8601 instant, by the simulated provider's clock. */
  readonly at: string
}

/** Payment as a simulated provider knows it at one moment: all events so far, oldest first. */
export interface SimulatedPayment {
  readonly provider: string
  readonly id: string
  readonly reference: string
  readonly amount: Money
  readonly capture: 'automatic' | 'manual'
  /** ISO 8601 instant. */
  readonly createdAt: string
  readonly steps: readonly SimulatedStep[]
}

/** Payments that a query is answered from. */
export interface SimulatedWorld {
  /** The moment of the request, by the virtual clock. */
  now(): Date
  byId(id: string): SimulatedPayment | undefined
  byReference(reference: string): readonly SimulatedPayment[]
  createdWithin(from: Date, to: Date): readonly SimulatedPayment[]
  /** Payments created in the period, and those with an event in it. */
  touchedWithin(from: Date, to: Date): readonly SimulatedPayment[]
}

/** One provider's side of the simulator: its words, shapes, paths and signatures. */
export interface ProviderSimulation<
  Secrets extends Readonly<Record<string, string>> = Readonly<Record<string, string>>,
> {
  readonly provider: string
  readonly origin: string
  /** Further origins that its requests go to, such as a host of certificates. */
  readonly otherOrigins?: readonly string[] | undefined
  /** Made-up credentials under the names `create<Provider>` knows them by. */
  readonly secrets: Secrets
  /** Result of a decline: a failed payment, or one that can be paid again. */
  readonly refused: 'failed' | 'open'
  /** True where it can retry a declined payment by itself. Default false. */
  readonly retriesRefusals?: boolean
  /** True where a refund counts as refunded from its start until it fails. */
  readonly countsStartedRefunds: boolean
  /** Events it has no words for. `part_captured` is a capture of less than was authorized. */
  readonly without: ReadonlyArray<SimulatedHappening['kind'] | 'part_captured'>
  /**
   * True where a lookup finds later operations (captures, voids, refunds) only with their ids. Default false: it returns the
   * whole payment.
   */
  readonly lookupsNeedSteps?: boolean
  /** True where the create call is answered before the shopper acts. Default false: it answers with the result. */
  readonly answersFirst?: boolean
  /** Milliseconds from one failed delivery of a webhook to the next. */
  readonly redeliveries: readonly number[]
  /** Returns the id of the nth payment, which is created at this moment of the simulated clock. */
  createId(serial: number, at: Date): string
  /** Returns the answer to the create call at this moment of the payment. */
  createResponse(payment: SimulatedPayment): { readonly body: unknown; readonly sent?: unknown }
  /** Returns the URL that the provider's page sends the shopper back to. */
  createReturnUrl(payment: SimulatedPayment, base: string): string
  /**
   * Returns the signed webhooks about the payment's newest event; with an unlisted word where requested. It is called anew
   * for each delivery: `at` is its moment, and `latest` the payment by then, for a provider that builds the content then.
   */
  createWebhooks(
    payment: SimulatedPayment,
    options?: {
      readonly unknownWord?: boolean | undefined
      readonly at?: Date | undefined
      readonly latest?: SimulatedPayment | undefined
    },
  ): Promise<readonly WebhookDelivery[]>
  /** Its query API, at its real paths. Absent at a provider that cannot be asked: the simulator answers 404. */
  respond?(request: Request, world: SimulatedWorld): Promise<Response>
  /** An answer of its query API with counts that lie. */
  miscount?(body: unknown): unknown
}
