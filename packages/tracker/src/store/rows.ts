import type { DisputeEvent, NextStep, OrderTerms, PaymentReport } from '@payment-status/core'

/** Key that a provider can be asked by. */
export interface TargetKey {
  readonly provider: string
  readonly kind: 'id' | 'reference'
  readonly value: string
}

export interface PaymentKey {
  readonly provider: string
  readonly id: string
}

export interface OrderRow {
  readonly id: string
  readonly revision: number
  readonly terms: OrderTerms
  /** A payment that only its reference leads here must not be older. In milliseconds by the database's clock. */
  readonly notBefore: number
  /** Milliseconds before each next poll. */
  readonly schedule: readonly number[]
  readonly watched: boolean
  /** The step of the order that was decided last, and the payment it is about. */
  readonly step: StepOfOrder | undefined
  /** `provider/id` of the payment the order was fulfilled for. */
  readonly fulfilledBy: string | undefined
  readonly captureRequestedFor: string | undefined
  readonly undecidedAt: number | undefined
}

export interface StepOfOrder {
  readonly step: NextStep
  /** `provider/id`. */
  readonly payment?: string | undefined
}

export interface PaymentRow extends PaymentKey {
  readonly version: number
  readonly report: PaymentReport
  /** Since when it is recorded as paid, in milliseconds by the database's clock. */
  readonly paidAt: number | undefined
  readonly unmatchedSince: number | undefined
}

export interface TargetRow extends TargetKey {
  /** 0 for a target that is not stored yet. */
  readonly revision: number
  readonly order: string | undefined
  /** The payment that was answered when this target was asked last, or that was found under it while no order is known. */
  readonly paymentId: string | undefined
  readonly watched: boolean
  /** When to poll next, in milliseconds by the database's clock. */
  readonly dueAt: number | undefined
  readonly priority: number
  /** How many waits of the schedule are behind it. */
  readonly turn: number
  readonly followUp: number
  readonly failures: number
  /** True once the provider has answered a request for it, with a payment or without one. */
  readonly answered: boolean
  readonly recheck: string | undefined
  readonly recheckSince: number | undefined
  readonly recheckTurn: number
  /** Disputes that wait for the payment this target leads to. */
  readonly disputes: readonly PendingDispute[]
}

/** A dispute of a payment that is not known yet, with the key of its delivery. */
export interface PendingDispute {
  readonly key: string
  readonly event: DisputeEvent
}

/** Everything that is known around a report or an event, as it was at one moment. */
export interface Snapshot {
  /** The database's clock, in milliseconds. */
  readonly now: number
  readonly order: OrderRow | undefined
  /** Those of the order, and that of the report. */
  readonly payments: readonly PaymentRow[]
  readonly targets: readonly TargetRow[]
  /** True where the event was stored before. */
  readonly isDuplicate: boolean
}

/** A target as it is inserted: nothing is known of it, and nothing planned. */
export function newTarget(key: TargetKey): TargetRow {
  return {
    ...key,
    revision: 0,
    order: undefined,
    paymentId: undefined,
    watched: false,
    dueAt: undefined,
    priority: 0,
    turn: 0,
    followUp: 0,
    failures: 0,
    answered: false,
    recheck: undefined,
    recheckSince: undefined,
    recheckTurn: 0,
    disputes: [],
  }
}

export function isSameTarget(a: TargetKey, b: TargetKey): boolean {
  return a.provider === b.provider && a.kind === b.kind && a.value === b.value
}

export function isSamePayment(a: PaymentKey, b: PaymentKey): boolean {
  return a.provider === b.provider && a.id === b.id
}

export function targetOf({ provider, id }: PaymentKey): TargetKey {
  return { provider, kind: 'id', value: id }
}

export function toTarget(
  provider: string,
  key: { readonly id: string } | { readonly reference: string },
): TargetKey {
  return 'id' in key
    ? { provider, kind: 'id', value: key.id }
    : { provider, kind: 'reference', value: key.reference }
}

/** The stream of an order: its changes and disputes, in order. */
export function streamOf(order: string): string {
  return `order:${order}`
}
