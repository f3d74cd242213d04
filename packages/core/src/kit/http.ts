import { untilAborted } from '../abort.ts'
import { PaymentError, type PaymentErrorCode } from '../words/errors.ts'
import type { Fetch, RequestOptions } from '../words/provider.ts'
import { inputError } from './errors.ts'
import { countAttempt, noteStatus } from './observe-question.ts'
import { now } from './time.ts'

/** One question to a provider. Only reads belong here: everything is retried, whatever its method. */
export interface HttpRequest {
  readonly method: 'GET' | 'POST'
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string | undefined
}

/** An answer in the 200s. */
export interface HttpReply {
  readonly body: unknown
  /** ISO 8601: when the attempt that was answered was sent. What the answer says is no newer than this. */
  readonly sentAt: string
}

/** What a provider's own words add to an HTTP error. */
export interface ErrorDetails {
  readonly providerCode?: string | undefined
  readonly requestId?: string | undefined
  readonly message?: string | undefined
}

export interface HttpOptions {
  readonly provider: string
  readonly fetch?: Fetch | undefined
  readonly timeoutMs?: number | undefined
  readonly retries?: number | undefined
  readonly clock?: (() => number) | undefined
  /** Reads an error answer; `body` is `undefined` when it was no JSON. */
  describeError(body: unknown, headers: Headers): ErrorDetails
}

export type Send = (request: HttpRequest, options?: RequestOptions) => Promise<HttpReply>

const DEFAULT_TIMEOUT_IN_MILLISECONDS = 10_000
const DEFAULT_RETRIES = 2
const FIRST_BACKOFF_IN_MILLISECONDS = 300
const MAX_BACKOFF_IN_MILLISECONDS = 5_000
/** What is waited for at most between two attempts, whatever a header asks for. */
const MAX_RETRY_AFTER_IN_MILLISECONDS = 10_000
// Every 5xx counts, the ones of content delivery networks (520 to 527) included.
const retriedStatuses = [408, 429, ...Array.from({ length: 100 }, (_, index) => 500 + index)]

// Loaded with the first question, not on import; after that, asking for the module again takes longer than the question.
let client: typeof import('ky') | undefined

async function loadClient(): Promise<typeof import('ky')> {
  client = await import('ky')
  return client
}

/**
 * A client for a provider's query API: a time limit for each attempt (its body included), retries with jitter,
 * `Retry-After` honoured, redirects never followed, and every fault as a `PaymentError` that holds no payload.
 */
export function createHttp(settings: HttpOptions): Send {
  const { provider, describeError, clock } = settings
  const timeoutMs = checkTimeout(settings.timeoutMs ?? DEFAULT_TIMEOUT_IN_MILLISECONDS, provider)
  const retries = settings.retries ?? DEFAULT_RETRIES
  if (!Number.isInteger(retries) || retries < 0) {
    throw inputError(provider, 'retries must be a whole number from 0')
  }
  // Looked up at each call, so that whoever replaces the global one later is heard.
  const send: Fetch = settings.fetch ?? ((input, init) => globalThis.fetch(input, init))

  return async (request, options = {}) => {
    const { signal, timeoutMs: ownTimeout } = options
    signal?.throwIfAborted()
    const limit = ownTimeout === undefined ? timeoutMs : checkTimeout(ownTimeout, provider)
    const { default: ky, isHTTPError, isTimeoutError } = client ?? (await loadClient())
    let sentAt = now(clock)
    let text = ''
    let response: Response
    try {
      const asked = ky(request.url, {
        method: request.method,
        headers: { accept: 'application/json', ...request.headers },
        ...(request.body === undefined ? {} : { body: request.body }),
        ...(signal ? { signal } : {}),
        redirect: 'manual',
        timeout: limit,
        retry: {
          limit: retries,
          methods: ['get', 'post'],
          statusCodes: retriedStatuses,
          afterStatusCodes: retriedStatuses,
          backoffLimit: MAX_BACKOFF_IN_MILLISECONDS,
          delay: (attempt) => FIRST_BACKOFF_IN_MILLISECONDS * 2 ** (attempt - 1),
          jitter: true,
          maxRetryAfter: MAX_RETRY_AFTER_IN_MILLISECONDS,
          retryOnTimeout: true,
          shouldRetry({ error }) {
            if (signal?.aborted) return false
            if (isTimeoutError(error)) return undefined
            // A long wait is the caller's to plan: `retryAfterMs` tells it.
            if (isHTTPError(error)) {
              const wait = readRetryAfter(error.response.headers) ?? 0
              return wait > MAX_RETRY_AFTER_IN_MILLISECONDS ? false : undefined
            }
            return true
          },
        },
        // The body is read within the attempt, so that a body that hangs or breaks off is a failed attempt too.
        async fetch(input, init) {
          sentAt = now(clock)
          countAttempt(options)
          const answer = await send(input, init)
          noteStatus(options, answer.status)
          text = await answer.text()
          return new Response(null, {
            status: answer.status >= 200 ? answer.status : 502,
            headers: answer.headers,
          })
        },
      })
      response = await untilAborted(asked, signal)
    } catch (error) {
      if (signal?.aborted) throw signal.reason
      if (isHTTPError(error)) {
        const { status, headers } = error.response
        throw errorFromStatus(provider, status, headers, describeError(tryJson(text), headers))
      }
      throw new PaymentError({
        code: 'unavailable',
        provider,
        message: isTimeoutError(error)
          ? `no answer within ${limit} ms`
          : `no answer from the provider${faultCode(error)}`,
      })
    }
    return { body: readJson(text, response, provider), sentAt }
  }
}

function readJson(text: string, response: Response, provider: string): unknown {
  const body = tryJson(text)
  if (body !== undefined) return body
  const what = text.trim() === '' ? 'empty' : 'not JSON'
  throw new PaymentError({
    code: 'invalid_payload',
    provider,
    message: `the answer is ${what}`,
    httpStatus: response.status,
  })
}

function tryJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function errorFromStatus(
  provider: string,
  status: number,
  headers: Headers,
  { message, providerCode, requestId }: ErrorDetails,
): PaymentError {
  const code = codeFromStatus(status)
  return new PaymentError({
    code,
    provider,
    message: message ?? statusMessages[code] ?? `the provider answered ${status}`,
    httpStatus: status,
    retryAfterMs: readRetryAfter(headers),
    providerCode,
    requestId,
  })
}

const statusMessages: Partial<Record<PaymentErrorCode, string>> = {
  unauthorized: 'the provider does not accept these credentials for this question (401 or 403)',
  not_found: 'the provider knows no such payment (404); that does not mean it was not paid',
  rate_limited: 'the provider asks for fewer requests (429)',
}

function codeFromStatus(status: number): PaymentErrorCode {
  if (status === 401 || status === 403) return 'unauthorized'
  if (status === 404) return 'not_found'
  if (status === 429) return 'rate_limited'
  if (status === 408 || status >= 500) return 'unavailable'
  return 'rejected' // the other 4xx, and redirects: they are not followed
}

/** `Retry-After` in milliseconds: seconds, or a date. */
function readRetryAfter(headers: Headers): number | undefined {
  const value = headers.get('retry-after')?.trim()
  if (!value) return undefined
  const wait = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - Date.now()
  return Number.isNaN(wait) ? undefined : Math.min(Math.max(0, wait), Number.MAX_SAFE_INTEGER)
}

/** How many causes of a fault are looked at: one can be its own. */
const MAX_CAUSES = 8

/** The system's word for a fault (`ECONNREFUSED`), never its message: that can name more than the fault. */
function faultCode(error: unknown): string {
  let fault = error
  for (let causes = 0; causes <= MAX_CAUSES && fault instanceof Error; causes++, fault = fault.cause) {
    const { code } = fault as { code?: unknown }
    if (typeof code === 'string' && /^[A-Z][A-Z_]{2,40}$/.test(code)) return ` (${code})`
  }
  return ''
}

function checkTimeout(timeoutMs: number, provider: string): number {
  if (Number.isInteger(timeoutMs) && timeoutMs > 0 && timeoutMs <= 2 ** 31 - 1) return timeoutMs
  throw inputError(provider, 'timeoutMs must be a whole number of milliseconds above 0')
}
