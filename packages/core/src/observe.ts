import type { Advance } from './decisions/advance.ts'
import type { NextStep } from './decisions/next-step.ts'
import type { PaymentErrorCode } from './model/errors.ts'
import type { PaymentReport, WebhookEvent } from './model/evidence.ts'
import type { PaymentStatus } from './model/status.ts'

/** A webhook that was delivered and answered. */
export interface ObservedDelivery {
  readonly provider: string
  /** Absent where it was not read: forged, too large, unreadable. */
  readonly kind?: WebhookEvent['kind']
  /**
   * `handled` · `repeated`: done before · `busy`: somebody else holds it · `forged` · `refused`: no POST, too large or too
   * slow · `unreadable`: not read, and not for being forged · `failed`: read, and then your code, a recheck or the claims threw.
   */
  readonly outcome: 'handled' | 'repeated' | 'busy' | 'forged' | 'refused' | 'unreadable' | 'failed'
  /** The HTTP status it was answered with. */
  readonly status: number
  readonly durationMs: number
}

/** A question to a provider's query API, from the shop's side: it can take several requests. */
export interface ObservedQuestion {
  readonly provider: string
  readonly what: 'lookup' | 'lookupByReference' | 'list'
  /** `answered`, the code of the error, `aborted` by a signal, or `left`: a list nobody read to its end. */
  readonly outcome: 'answered' | PaymentErrorCode | 'aborted' | 'left'
  /** Requests that were sent, retries included. 0 where the provider does not use the kit's client. */
  readonly attempts: number
  /** The HTTP status of the last answer; absent where none came. */
  readonly status?: number
  readonly durationMs: number
}

/** What `advance` said of one piece of news. */
export interface ObservedVerdict {
  readonly provider: string
  readonly outcome: Advance['outcome']
  readonly source: PaymentReport['source']
  /** Absent for a payment that was not known. */
  readonly from?: PaymentStatus
  /** What the news said; what is believed after it is `report` of the verdict. */
  readonly to: PaymentStatus
  readonly recheck: boolean
}

/** A claim on a webhook that was asked for or ended. */
export interface ObservedClaim {
  readonly provider: string
  readonly result: 'new' | 'busy' | 'done' | 'ended_done' | 'ended_failed' | 'threw'
  readonly durationMs: number
}

/** What the tracker handed to the shop, or tried to. Told when it is committed. */
export interface ObservedHandover {
  readonly what: 'change' | 'dispute' | 'task' | 'reconciliation'
  /** Of a task that belongs to no payment: absent. */
  readonly provider?: string
  /** `put_back`: the handler threw, and it comes again after a pause. */
  readonly outcome: 'handed' | 'put_back'
  /** What may be done: of a change that says something new. */
  readonly step?: NextStep['kind']
  /** Its kind: of a task. */
  readonly task?: string
  /** Times it was put back before. */
  readonly attempts: number
  /** From when it was stored to when it was taken up, by the database's clock. */
  readonly waitedMs: number
  /** What the handler took. */
  readonly durationMs: number
}

/** A look the tracker had planned, and made. */
export interface ObservedLook {
  readonly provider: string
  /** `schedule`: its time had come · `doubt`: some news left open what only a lookup can tell. */
  readonly why: 'schedule' | 'doubt'
  /** `answered`, the code of the error, or `aborted`: the tracker was stopped, or the answer took too long. */
  readonly outcome: 'answered' | PaymentErrorCode | 'aborted'
  /** How far behind its time it was. */
  readonly lateMs: number
}

/** What can be observed. Names, outcomes and durations: never an id, a payload, a secret or an amount. */
export interface Observed {
  readonly delivery: ObservedDelivery
  readonly question: ObservedQuestion
  readonly verdict: ObservedVerdict
  readonly claim: ObservedClaim
  readonly handover: ObservedHandover
  readonly look: ObservedLook
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

// Asked for at run time and never imported: bundlers for browsers and workers find nothing to stumble over.
let diagnostics: DiagnosticsChannel | undefined | 'unasked' = 'unasked'
const channels: { -readonly [Name in keyof Observed]?: Channel | undefined } = {}

function findDiagnostics(): DiagnosticsChannel | undefined {
  if (diagnostics === 'unasked') {
    const { process } = globalThis as { process?: Process }
    diagnostics = process?.getBuiltinModule?.('node:diagnostics_channel') as DiagnosticsChannel | undefined
  }
  return diagnostics
}

const toChannelName = (name: keyof Observed) => `payment-status:${name}`

/**
 * Calls `listener` with everything of that name, until the function it returns is called. The same is on
 * `node:diagnostics_channel` under `payment-status:<name>`; where a runtime has none of that (a browser, a Worker without
 * `nodejs_compat`), nothing is ever observed.
 *
 * Listeners are called at once and in between: what is slow belongs in a queue. What one throws ends the process, as with
 * every diagnostics channel.
 */
export function observe<Name extends keyof Observed>(
  name: Name,
  listener: (message: Observed[Name]) => void,
): () => void {
  const heard = (message: unknown) => listener(message as Observed[Name])
  findDiagnostics()?.subscribe(toChannelName(name), heard)
  return () => void findDiagnostics()?.unsubscribe(toChannelName(name), heard)
}

/** Whether anybody listens. All that is paid where nobody does. */
export function isObserved(name: keyof Observed): boolean {
  if (!(name in channels)) channels[name] = findDiagnostics()?.channel(toChannelName(name))
  return channels[name]?.hasSubscribers === true
}

/** Tells those who listen. Ask `isObserved` first, so that a message nobody hears is not made. */
export function publish<Name extends keyof Observed>(name: Name, message: Observed[Name]): void {
  channels[name]?.publish(message)
}
