import type { NextStep, OrderTerms, PaymentReport } from '@payment-status/core'
import type { LookJob } from './engine.ts'

/** Where a payment can be looked up. */
export type HandleKey = LookJob

export interface OrderRow {
  readonly id: string
  /** Another one after every writing of the row. */
  readonly revision: string
  readonly terms: OrderTerms
  /** Milliseconds before each next look. */
  readonly schedule: readonly number[]
  readonly watched: boolean
  /** `provider/id` of the payment the order was fulfilled for. */
  readonly fulfilledBy: string | undefined
  readonly captureAskedFor: string | undefined
}

export interface PaymentRow {
  readonly provider: string
  readonly id: string
  readonly version: number
  readonly report: PaymentReport
  /** What was said of it last. */
  readonly step: NextStep | undefined
  /** When it was first believed to be paid, in milliseconds by the database's clock. */
  readonly paidAt: number | undefined
}

export interface HandleRow extends HandleKey {
  readonly order: string | undefined
  readonly watched: boolean
  /** When to look next, in milliseconds by the database's clock. */
  readonly dueAt: number | undefined
  /** How many waits of the schedule are behind it. */
  readonly turn: number
  readonly aftercare: number
  readonly doubt: string | undefined
  readonly doubtedAt: number | undefined
  readonly doubtTurn: number
}

/** Everything that is known around a piece of news, read under its locks. */
export interface Case {
  /** The database's clock, in milliseconds. */
  readonly now: number
  readonly order: OrderRow | undefined
  readonly payments: readonly PaymentRow[]
  /** Those of the order, and that of the payment. */
  readonly handles: readonly HandleRow[]
}

export function isSameHandle(a: HandleKey, b: HandleKey): boolean {
  return a.provider === b.provider && a.kind === b.kind && a.value === b.value
}

/** A handle nobody has looked at yet. */
export function newHandle(key: HandleKey): HandleRow {
  return {
    ...key,
    order: undefined,
    watched: false,
    dueAt: undefined,
    turn: 0,
    aftercare: 0,
    doubt: undefined,
    doubtedAt: undefined,
    doubtTurn: 0,
  }
}
