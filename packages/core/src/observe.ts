import type { Advance } from './decisions/advance.ts'
import type { PaymentErrorCode } from './model/errors.ts'
import type { PaymentReport, WebhookEvent } from './model/evidence.ts'
import type { PaymentStatus } from './model/status.ts'

/** Webhook that was delivered and answered. */
export interface ObservedDelivery {
  readonly provider: string
  /** Absent for a webhook that was not read: forged, too large, unreadable. */
  readonly kind?: WebhookEvent['kind']
  /**
   * `handled` · `repeated`: done before · `busy`: another process holds its claim · `forged` · `refused`: not a POST, too
   * large or too slow · `unreadable`: not read, and not forged · `failed`: read, and then your code, a recheck or the claims
   * threw.
   */
  readonly outcome: 'handled' | 'repeated' | 'busy' | 'forged' | 'refused' | 'unreadable' | 'failed'
  /** HTTP status of the answer. */
  readonly status: number
  readonly durationMs: number
}

/** Query to a provider, from the shop's side. It can take several HTTP requests. */
export interface ObservedRequest {
  readonly provider: string
  readonly what: 'lookup' | 'lookupByReference' | 'list'
  /** `answered`, the code of the error, `aborted` by a signal, or `left`: a list that was not read to its end. */
  readonly outcome: 'answered' | PaymentErrorCode | 'aborted' | 'left'
  /** HTTP requests that were sent, retries included. 0 where the provider does not use the kit's client. */
  readonly attempts: number
  /** HTTP status of the last answer. Absent where none came. */
  readonly status?: number
  readonly durationMs: number
}

/** Result of `advance` for one piece of evidence. */
export interface ObservedAdvance {
  readonly provider: string
  readonly outcome: Advance['outcome']
  readonly source: PaymentReport['source']
  /** Absent for a payment that was not known. */
  readonly from?: PaymentStatus
  /** Status that the evidence states. The recorded one is in the `report` that `advance` returned. */
  readonly to: PaymentStatus
  readonly recheck: boolean
}

/** Claim on a webhook that was requested or ended. */
export interface ObservedClaim {
  readonly provider: string
  readonly result: 'new' | 'busy' | 'done' | 'ended_done' | 'ended_failed' | 'threw'
  readonly durationMs: number
}

/** Events by name. They hold names, outcomes and durations: never an id, a payload, a secret or an amount. */
export interface Observed {
  readonly delivery: ObservedDelivery
  readonly request: ObservedRequest
  readonly advance: ObservedAdvance
  readonly claim: ObservedClaim
}

interface Channel {
  readonly hasSubscribers: boolean
  publish(message: unknown): void
}

interface DiagnosticsChannel {
  channel(name: string): Channel
  subscribe(name: string, listener: (message: unknown) => void): void
  unsubscribe(name: string, listener: (message: unknown) => void): boolean
}

interface Process {
  getBuiltinModule?(name: string): unknown
}

// Requested at run time and never imported: a bundler for browsers or workers finds nothing to resolve.
let diagnostics: DiagnosticsChannel | undefined | 'unknown' = 'unknown'

function findDiagnostics(): DiagnosticsChannel | undefined {
  if (diagnostics === 'unknown') {
    const { process } = globalThis as { process?: Process }
    diagnostics = process?.getBuiltinModule?.('node:diagnostics_channel') as DiagnosticsChannel | undefined
  }
  return diagnostics
}

/** Events of one package, typed by their names. */
export interface Observer<Events> {
  observe<Name extends keyof Events & string>(
    name: Name,
    listener: (message: Events[Name]) => void,
  ): () => void
  /** Returns whether the event has listeners: without any, its message need not be made. */
  isObserved(name: keyof Events & string): boolean
  /** Calls the listeners of an event, after `isObserved`. */
  publish<Name extends keyof Events & string>(name: Name, message: Events[Name]): void
}

/** Creates an observer over `node:diagnostics_channel`, whose channels are `payment-status:<name>`. */
export function createObserver<Events>(): Observer<Events> {
  const channels = new Map<string, Channel | undefined>()
  const toChannelName = (name: string) => `payment-status:${name}`
  return {
    observe(name, listener) {
      const receive = (message: unknown) => listener(message as Events[typeof name])
      findDiagnostics()?.subscribe(toChannelName(name), receive)
      return () => void findDiagnostics()?.unsubscribe(toChannelName(name), receive)
    },
    isObserved(name) {
      if (!channels.has(name)) channels.set(name, findDiagnostics()?.channel(toChannelName(name)))
      return channels.get(name)?.hasSubscribers === true
    },
    publish: (name, message) => channels.get(name)?.publish(message),
  }
}

const observer = createObserver<Observed>()
export const { isObserved, publish } = observer

/**
 * Calls `listener` with every event of that name, until the function it returns is called. The same events are on
 * `node:diagnostics_channel` under `payment-status:<name>`. A runtime without that module (a browser, a Worker without
 * `nodejs_compat`) observes nothing.
 *
 * Listeners are called synchronously: put slow work into a queue. An error that a listener throws ends the process, as with
 * every diagnostics channel.
 *
 * @example
 * const stop = observe('request', ({ provider, outcome, durationMs }) => histogram.record(durationMs, { provider, outcome }))
 */
export function observe<Name extends keyof Observed>(
  name: Name,
  listener: (message: Observed[Name]) => void,
): () => void {
  return observer.observe(name, listener)
}
