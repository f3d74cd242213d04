import type { WebhookDelivery } from '../model/evidence.ts'
import type { Money } from '../model/money.ts'
import type { DeclineReason } from '../model/payment.ts'

/** Something that happens to a simulated payment, in canonical words. Amounts in minor units of the payment's currency. */
export type SimulatedHappening =
  | { readonly kind: 'processing' }
  | { readonly kind: 'action_required'; readonly of: 'three_d_secure' | 'voucher' }
  | {
      readonly kind: 'declined'
      readonly reason: DeclineReason
      /** Whether the provider will try again by itself, under the same id. */
      readonly willRetry?: boolean
    }
  | { readonly kind: 'authorized' }
  | { readonly kind: 'captured'; readonly amount: number }
  | { readonly kind: 'voided' }
  | { readonly kind: 'canceled' }
  | { readonly kind: 'expired' }
  | {
      readonly kind: 'refund_started' | 'refunded' | 'refund_failed'
      /** Which refund of the payment, from 1. */
      readonly refund: number
      readonly amount: number
      /** That somebody canceled what had been paid after all: a provider that says so says it in its own way. */
      readonly because?: 'canceled'
    }
  | { readonly kind: 'disputed' }
  | { readonly kind: 'dispute_lost' }

/** A happening and when it happened. */
export type SimulatedStep = SimulatedHappening & {
  /** Which step of the payment, from 1. */
  readonly number: number
  /** ISO 8601 instant, by the simulated provider's clock. */
  readonly at: string
}

/** A payment as a simulated provider knows it at one moment: everything that happened so far, oldest first. */
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

/** The payments a question can be answered from. */
export interface SimulatedWorld {
  /** The moment of the request, by the virtual clock. */
  now(): Date
  byId(id: string): SimulatedPayment | undefined
  byReference(reference: string): readonly SimulatedPayment[]
  createdWithin(from: Date, to: Date): readonly SimulatedPayment[]
  /** Those created in the period, and those something happened to in it. */
  touchedWithin(from: Date, to: Date): readonly SimulatedPayment[]
}

/** How one provider tells of simulated payments: its words, shapes, paths and signatures. */
export interface ProviderSimulation<
  Secrets extends Readonly<Record<string, string>> = Readonly<Record<string, string>>,
> {
  readonly provider: string
  readonly origin: string
  /** Made-up credentials under the names `create<Provider>` knows them by. */
  readonly secrets: Secrets
  /** What a refusal leaves behind: a failed payment, or one that can be paid again. */
  readonly refused: 'failed' | 'open'
  /** Whether it can try a refused payment again by itself. Default false. */
  readonly retriesRefusals?: boolean
  /** Whether a refund counts as given back from its start until it fails. */
  readonly countsStartedRefunds: boolean
  /** What it has no words for; `part_captured` is a capture of less than was authorized. */
  readonly without: ReadonlyArray<SimulatedHappening['kind'] | 'part_captured'>
  /**
   * Whether a lookup finds what followed a payment (captures, voids, refunds) only where it is given the known steps, or the
   * id of one. Default false: it tells the whole payment.
   */
  readonly lookupsNeedSteps?: boolean
  /** Whether its create call is answered before the shopper has done anything. Default false: it answers with what came of it. */
  readonly answersFirst?: boolean
  /** Milliseconds from one failed delivery of a webhook to the next. */
  readonly redeliveries: readonly number[]
  /** The id of the nth payment. */
  createId(serial: number): string
  /** What its create call answered when the payment was at this moment. */
  createResponse(payment: SimulatedPayment): { readonly body: unknown; readonly sent?: unknown }
  /** Where its page sends the shopper back to. */
  createReturnUrl(payment: SimulatedPayment, base: string): string
  /** The webhooks about the payment's newest step, signed; with a word nobody knows where asked for. */
  createWebhooks(
    payment: SimulatedPayment,
    options?: { readonly unknownWord?: boolean | undefined },
  ): Promise<readonly WebhookDelivery[]>
  /** Its query API, at its real paths. */
  respond(request: Request, world: SimulatedWorld): Promise<Response>
  /** An answer of its query API with counts that lie. */
  miscount(body: unknown): unknown
}
