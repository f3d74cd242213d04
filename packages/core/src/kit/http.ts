import { untilAborted } from '../abort.ts'
import { PaymentError, type PaymentErrorCode } from '../model/errors.ts'
import type { Fetch, RequestOptions } from '../model/provider.ts'
import { inputError } from './errors.ts'
import { countAttempt, noteStatus } from './observe-request.ts'
import { now } from './time.ts'

/** Request to a provider's query API. Only reads belong here: every request may be retried, whatever its method. */
export interface HttpRequest {
  readonly method: 'GET' | 'POST'
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string | undefined
  /** Form of the answer: `text` is passed on as it is. Default `json`. */
  readonly answer?: 'json' | 'text' | undefined
  /** Longest answer that is read, in bytes, unpacked. Default 32 MiB. */
  readonly maxBytes?: number | undefined
}

/** Answer in the 200s. */
export interface HttpReply {
  /** Parsed JSON, or the text where the request asked for it. */
  readonly body: unknown
  /** ISO 8601 instant at which the answered attempt was sent. The answer is no newer than this. */
  readonly sentAt: string
}

/** Details of an HTTP error, in the provider's own words. */
export interface ErrorDetails {
  readonly providerCode?: string | undefined
  readonly requestId?: string | undefined
  readonly message?: string | undefined
  /** Replaces the code that follows from the HTTP status, where the provider's own word is the more exact one. */
  readonly code?: PaymentErrorCode | undefined
}

export interface HttpOptions {
  readonly provider: string
  readonly fetch?: Fetch | undefined
  readonly timeoutMs?: number | undefined
  readonly retries?: number | undefined
  readonly clock?: (() => number) | undefined
  /** Reads an error answer. `body` is `undefined` unless it was JSON. */
  describeError(body: unknown, headers: Headers, httpStatus: number): ErrorDetails
}

export type Send = (request: HttpRequest, options?: RequestOptions) => Promise<HttpReply>

const DEFAULT_TIMEOUT_IN_MILLISECONDS = 10_000
const DEFAULT_RETRIES = 2

// Loaded with the first request, not on import.
let client: typeof import('./client.ts') | undefined

async function loadClient(): Promise<typeof import('./client.ts')> {
  client = await import('./client.ts')
  return client
}

/**
 * Creates a client for a provider's query API: a time limit for each attempt (body included), retries with jitter,
 * `Retry-After` respected, redirects never followed, and every fault a `PaymentError` without payload values.
 */
export function createHttp(settings: HttpOptions): Send {
  const { provider, describeError, clock } = settings
  const timeoutMs = checkTimeoutMs(settings.timeoutMs ?? DEFAULT_TIMEOUT_IN_MILLISECONDS, provider)
  const retries = settings.retries ?? DEFAULT_RETRIES
  if (!Number.isInteger(retries) || retries < 0) {
    throw inputError(provider, 'retries must be a whole number from 0')
  }
  // Resolved at each call, so that a later replacement of the global is used.
  const fetchOnce: Fetch = settings.fetch ?? ((input, init) => globalThis.fetch(input, init))

  return async (request, options = {}) => {
    const { signal, timeoutMs: ownTimeout } = options
    signal?.throwIfAborted()
    const limit = ownTimeout === undefined ? timeoutMs : checkTimeoutMs(ownTimeout, provider)
    const { send } = client ?? (await loadClient())
    let sentAt = now(clock)
    const fetch: Fetch = async (input, init) => {
      sentAt = now(clock)
      countAttempt(options)
      const answer = await fetchOnce(input, init)
      noteStatus(options, answer.status)
      return answer
    }
    const sending = send(request, { timeoutMs: limit, retries, signal, fetch, describeError })
    const outcome = await untilAborted(sending, signal)
    if (!outcome.error) return { body: outcome.body, sentAt }
    signal?.throwIfAborted()
    throw new PaymentError({ ...outcome.error, provider })
  }
}

/** Throws `invalid_input` unless a time limit is a whole number of milliseconds that a timer can hold. */
export function checkTimeoutMs(timeoutMs: number, provider: string): number {
  if (Number.isInteger(timeoutMs) && timeoutMs > 0 && timeoutMs <= 2 ** 31 - 1) return timeoutMs
  throw inputError(provider, 'timeoutMs must be a whole number of milliseconds above 0')
}
