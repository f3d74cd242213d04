import type { NextStep, PaymentErrorCode } from '@payment-status/core'
import { createObserver } from '@payment-status/core/kit'

/** Delivery of an outbox entry to the shop, or an attempt at one. Published when it is committed. */
export interface ObservedOutbox {
  readonly what: 'change' | 'dispute' | 'task' | 'reconciliation' | 'unmatched'
  /** Absent for a task that belongs to no payment. */
  readonly provider?: string
  /** `retry_later`: the handler threw, and the entry is delivered again after a pause. */
  readonly outcome: 'delivered' | 'retry_later'
  /** Step of a change that brings a new one. */
  readonly step?: NextStep['kind']
  /** Kind of a task. */
  readonly task?: string
  /** Earlier attempts. */
  readonly attempts: number
  /** From storing to the start of this attempt, by the database's clock. */
  readonly waitedMs: number
  /** Duration of the handler. */
  readonly durationMs: number
}

/** Poll that was due, and was made. */
export interface ObservedPoll {
  readonly provider: string
  /** `schedule`: it was planned · `recheck`: evidence left open what only a lookup states. */
  readonly why: 'schedule' | 'recheck'
  /** `answered`, the code of the error, or `aborted`: the tracker was stopped, or the answer took too long. */
  readonly outcome: 'answered' | PaymentErrorCode | 'aborted'
  /** How late it was. */
  readonly lateMs: number
}

/** Events of the tracker by name. They hold names, outcomes and durations, never an id or an amount. */
export interface ObservedTracker {
  readonly outbox: ObservedOutbox
  readonly poll: ObservedPoll
}

const observer = createObserver<ObservedTracker>()
export const { isObserved, publish } = observer

/** Calls `listener` with every event of that name, until the function it returns is called. Otherwise as core's `observe`. */
export function observeTracker<Name extends keyof ObservedTracker>(
  name: Name,
  listener: (message: ObservedTracker[Name]) => void,
): () => void {
  return observer.observe(name, listener)
}
