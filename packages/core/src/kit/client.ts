// The only user of ky. It is loaded with the first request, and imports nothing else of the kit: shared code would become
// a third file in the bundle.
import ky, { isHTTPError, isTimeoutError } from 'ky'
import type { PaymentErrorCode, PaymentErrorOptions } from '../model/errors.ts'
import type { Fetch } from '../model/provider.ts'
import type { ErrorDetails, HttpOptions, HttpRequest } from './http.ts'

export interface RequestSettings extends Pick<HttpOptions, 'describeError'> {
  /** Milliseconds for each attempt, its answer's body included. */
  readonly timeoutMs: number
  /** How many attempts may follow the first. */
  readonly retries: number
  readonly signal: AbortSignal | undefined
  readonly fetch: Fetch
}

/** Body of an answer in the 200s, or the error to throw. */
export type Outcome =
  | { readonly body: unknown; readonly error?: undefined }
  | { readonly error: Omit<PaymentErrorOptions, 'provider'> }

const FIRST_BACKOFF_IN_MILLISECONDS = 300
const MAX_BACKOFF_IN_MILLISECONDS = 5_000
/** Longest pause between two attempts, whatever `Retry-After` states. */
const MAX_RETRY_AFTER_IN_MILLISECONDS = 10_000
/** Longest `retryAfterMs` of an error: a provider that states more is asked again within the hour. */
const LONGEST_RETRY_AFTER_IN_MILLISECONDS = 60 * 60 * 1000
const MEBIBYTE = 1024 * 1024
/** Longest answer that is read, unpacked. A page of 100 payments takes about 1 MiB. */
const LONGEST_ANSWER_IN_BYTES = 32 * MEBIBYTE
const answerTooLong = new Error('the answer is too long')
// Every 5xx counts, the ones of content delivery networks (520 to 527) included.
const retriedStatuses = [408, 429, ...Array.from({ length: 100 }, (_, index) => 500 + index)]

/** Sends a request and retries where that can help. Never follows a redirect, and never rejects. */
export async function send(
  { method, url, headers, body, answer: form = 'json', maxBytes = LONGEST_ANSWER_IN_BYTES }: HttpRequest,
  { timeoutMs, retries, signal, fetch, describeError }: RequestSettings,
): Promise<Outcome> {
  let text = ''
  try {
    const { status } = await ky(url, {
      method,
      headers: { accept: form === 'json' ? 'application/json' : '*/*', ...headers },
      ...(body === undefined ? {} : { body }),
      ...(signal ? { signal } : {}),
      redirect: 'manual',
      timeout: timeoutMs,
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
          if (error === answerTooLong) return false
          // A long pause is for the caller to plan: the error states `retryAfterMs`.
          if (isHTTPError(error)) {
            const wait = readRetryAfter(error.response.headers) ?? 0
            return wait > MAX_RETRY_AFTER_IN_MILLISECONDS ? false : undefined
          }
          return true
        },
      },
      // The body is read within the attempt, so that a body that hangs or breaks off is a failed attempt too.
      async fetch(input, init) {
        const answer = await fetch(input, init)
        text = await readText(answer, maxBytes)
        return new Response(null, {
          status: answer.status >= 200 ? answer.status : 502,
          headers: answer.headers,
        })
      },
    })
    return form === 'text' ? { body: text } : readJson(text, status)
  } catch (error) {
    if (isHTTPError(error)) {
      const { status, headers } = error.response
      const details = describeError(tryJson(text), headers, status)
      return { error: { ...details, ...refusalOf(status, details), retryAfterMs: readRetryAfter(headers) } }
    }
    if (error === answerTooLong) {
      const limit = maxBytes < MEBIBYTE ? `${maxBytes / 1024} KiB` : `${maxBytes / MEBIBYTE} MiB`
      return { error: { code: 'invalid_payload', message: `the answer is longer than ${limit}` } }
    }
    const message = isTimeoutError(error)
      ? `no answer within ${timeoutMs} ms`
      : `no answer from the provider${faultCode(error)}`
    return { error: { code: 'unavailable', message } }
  }
}

/** Reads an answer's body, unpacked, up to the limit. */
async function readText(answer: Response, maxBytes: number): Promise<string> {
  if (!answer.body) return answer.text()
  const decoder = new TextDecoder()
  let text = ''
  let length = 0
  for await (const chunk of answer.body as ReadableStream<Uint8Array>) {
    length += chunk.byteLength
    if (length > maxBytes) throw answerTooLong
    text += decoder.decode(chunk, { stream: true })
  }
  return text + decoder.decode()
}

function readJson(text: string, httpStatus: number): Outcome {
  const body = tryJson(text)
  if (body !== undefined) return { body }
  const what = text.trim() === '' ? 'empty' : 'not JSON'
  return { error: { code: 'invalid_payload', message: `the answer is ${what}`, httpStatus } }
}

function tryJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function refusalOf(httpStatus: number, details: ErrorDetails) {
  const code = details.code ?? codeFromStatus(httpStatus)
  const message = details.message ?? statusMessages[code] ?? `the provider answered ${httpStatus}`
  return { code, message, httpStatus }
}

const statusMessages: Partial<Record<PaymentErrorCode, string>> = {
  unauthorized:
    'the provider does not accept these credentials for this request (401 or 403). Check the key and its permissions',
  not_found: 'the provider has no such payment (404). That does not mean it was not paid',
  rate_limited: 'the provider limits the rate of requests (429). Retry later',
}

function codeFromStatus(status: number): PaymentErrorCode {
  if (status === 401 || status === 403) return 'unauthorized'
  if (status === 404) return 'not_found'
  if (status === 429) return 'rate_limited'
  if (status === 408 || status >= 500) return 'unavailable'
  return 'rejected' // the other 4xx, and redirects: they are not followed
}

/**
 * Returns `Retry-After`, seconds or a date, in milliseconds: an hour at most. Anything else states nothing: `Date.parse`
 * reads a negative number, and two values in one header, as a date of long ago, which would mean "at once".
 */
function readRetryAfter(headers: Headers): number | undefined {
  const value = headers.get('retry-after')?.trim() ?? ''
  const isSeconds = /^\d+(?:\.\d+)?$/.test(value)
  const isDate = /^(?:[a-z]{3,9},? |\d{4}-\d\d-\d\dT)/i.test(value)
  const wait = isSeconds
    ? Math.ceil(Number(value) * 1000)
    : isDate
      ? Date.parse(value) - Date.now()
      : Number.NaN
  return Number.isNaN(wait) ? undefined : Math.min(Math.max(0, wait), LONGEST_RETRY_AFTER_IN_MILLISECONDS)
}

/** Depth to which causes are read: an error can be its own cause. */
const MAX_CAUSES = 8

/** Returns the system's code of a fault (`ECONNREFUSED`), never its message, which can hold more. */
function faultCode(error: unknown): string {
  let fault = error
  for (let causes = 0; causes <= MAX_CAUSES && fault instanceof Error; causes++, fault = fault.cause) {
    const { code } = fault as { code?: unknown }
    if (typeof code === 'string' && /^[A-Z][A-Z_]{2,40}$/.test(code)) return ` (${code})`
  }
  return ''
}
