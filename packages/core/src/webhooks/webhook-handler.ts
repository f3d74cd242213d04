import { untilAborted } from '../abort.ts'
import { inputError, isPaymentError, PaymentError } from '../model/errors.ts'
import type { LookupKey, PaymentReport, WebhookEvent } from '../model/evidence.ts'
import type { PaymentProvider } from '../model/provider.ts'
import { checkWebRequest } from './check-request.ts'
import type { WebhookClaims } from './claims.ts'
import { observeClaims, observeDelivery, type Seen } from './observe-delivery.ts'
import { type BodyLimits, readBody } from './read-body.ts'

/** Options of a webhook handler: handle the reports of each webhook, or each event as it is. */
export type WebhookHandlerOptions = {
  /** Deduplication (idempotency): keeps a webhook that is delivered twice from being handled twice. */
  readonly claims: WebhookClaims | 'none'
  /** Default 1 MiB. */
  readonly maxBodyBytes?: number | undefined
  /** Milliseconds until a request's whole body must have arrived. Default 10 000. */
  readonly bodyTimeoutMs?: number | undefined
  /**
   * Milliseconds that a recheck's lookup may take before the webhook is answered 503. Default 8 000, which is below the
   * patience of every provider (Checkout.com waits 10 seconds).
   */
  readonly recheckTimeoutMs?: number | undefined
  /**
   * Rechecks in a minute. More webhooks that need one are answered 503, so that a flood of genuine notifications cannot
   * exhaust the provider's rate limit. Default 600.
   */
  readonly rechecksPerMinute?: number | undefined
  /** Called with every error behind an answer of 401, 500 or 503. Branch on `code` to ignore forged deliveries. */
  readonly onError?: ((error: unknown) => void) | undefined
} & (
  | {
      /** Called with the reports of a webhook; a recheck has been looked up already. After a crash it is called again. */
      onReports(reports: readonly PaymentReport[], event: WebhookEvent): Promise<void> | void
      readonly onDispute?:
        | ((event: Extract<WebhookEvent, { readonly kind: 'dispute' }>) => Promise<void> | void)
        | undefined
      /**
       * Called with one operation of a payment at a provider without lookups: add it to the recorded payment with
       * `foldOperations`. At a provider with lookups, the payment is looked up for `onReports`.
       */
      readonly onOperation?:
        | ((event: Extract<WebhookEvent, { readonly kind: 'operation' }>) => Promise<void> | void)
        | undefined
      /**
       * Called with an authentic webhook that is not as documented, which is then acknowledged. Without it: 500. At a
       * provider without lookups, also with a recheck, which only a person can answer.
       */
      readonly onUnreadable?:
        | ((event: Extract<WebhookEvent, { readonly kind: 'unreadable' }>) => Promise<void> | void)
        | undefined
      readonly onEvent?: undefined
    }
  | {
      /** Called with every event, nothing looked up: for a queue. */
      onEvent(event: WebhookEvent, provider: PaymentProvider): Promise<void> | void
      readonly onReports?: undefined
      readonly onDispute?: undefined
      readonly onOperation?: undefined
      readonly onUnreadable?: undefined
    }
)

const DEFAULT_MAX_BODY_IN_BYTES = 1024 * 1024
const DEFAULT_BODY_TIMEOUT_IN_MILLISECONDS = 10_000
const DEFAULT_RECHECK_TIMEOUT_IN_MILLISECONDS = 8_000
const DEFAULT_RECHECKS_PER_MINUTE = 600
const MINUTE_IN_MILLISECONDS = 60_000
/** Limit of a timer. */
const LONGEST_TIMEOUT_IN_MILLISECONDS = 2 ** 31 - 1

/**
 * Creates a webhook endpoint on the web-standard `Request` and `Response`. It verifies, deduplicates, calls your code, and
 * then returns the answer that the provider expects. An error's answer has no body; the error goes to `onError`.
 *
 * 401 forged · 405 not a POST · 408 too slow · 413 too large · 500 authentic but unreadable, no secret configured, or your code
 * threw · 503 another process is handling it, or the recheck may succeed later. The provider retries those.
 *
 * Throws `invalid_input` for options that cannot work. The handler rejects with it for anything else than a `Request`, such
 * as Express's: adapt it with `@payment-status/node`.
 *
 * @example
 * const webhooks = createWebhookHandler(stripe, { claims: memoryClaims(), onReports: (reports) => save(reports) })
 */
export function createWebhookHandler(
  provider: PaymentProvider,
  options: WebhookHandlerOptions,
): (request: Request) => Promise<Response> {
  if (typeof provider?.readWebhook !== 'function') throw refuseInput('the first argument must be a provider')
  const limits = checkOptions(options)
  const recheck = createRecheck(provider, limits)
  const claims = options.claims === 'none' ? 'none' : observeClaims(provider.name, options.claims)

  const reportError = (error: unknown) => {
    // `onError` must not cause an error itself, neither now nor later.
    const report = async () => options.onError?.(error)
    report().catch(() => {})
  }

  const end = async (event: WebhookEvent, store: WebhookClaims, result: 'done' | 'failed') => {
    try {
      await store.end(event, result)
    } catch (error) {
      reportError(error)
    }
  }

  /** Handles every event of one body, also after one that failed, and acknowledges only when all of them are handled. */
  const handleEach = async (events: readonly WebhookEvent[], seen: Seen): Promise<Response | undefined> => {
    const answers: Response[] = []
    const errors: unknown[] = []
    for (const event of events) {
      try {
        answers.push(await handle(event, seen))
      } catch (error) {
        errors.push(error)
      }
    }
    if (errors.length > 0) throw errors[0]
    return answers.find(({ ok }) => !ok)
  }

  const handle = async (event: WebhookEvent, seen: Seen): Promise<Response> => {
    if (event.kind === 'several') return (await handleEach(event.events, seen)) ?? toReply(event)
    if (claims === 'none') {
      await act(event, provider, recheck, options)
      return toReply(event)
    }
    const claim = await claims.begin(event)
    seen.claim = claim
    if (claim === 'done') return toReply(event)
    if (claim !== 'new') return refuse(503)
    try {
      await act(event, provider, recheck, options)
    } catch (error) {
      await end(event, claims, 'failed')
      throw error
    }
    // The work is done. A redelivery, only because that could not be stored, would do it twice.
    await end(event, claims, 'done')
    return toReply(event)
  }

  return observeDelivery(provider.name, async (request, seen) => {
    checkWebRequest(request)
    if (request.method !== 'POST') return refuse(405, { allow: 'POST' })
    let event: WebhookEvent
    try {
      const rawBody = await readBody(request, limits)
      if (rawBody === 'too_large') return refuse(413)
      if (rawBody === 'too_slow') return refuse(408)
      event = await provider.readWebhook({ rawBody, headers: request.headers })
      seen.event = event
    } catch (error) {
      reportError(error)
      return isPaymentError(error) && error.code === 'invalid_signature' ? refuse(401) : refuseFor(error)
    }
    try {
      return await handle(event, seen)
    } catch (error) {
      reportError(error)
      return refuseFor(error)
    }
  })
}

type SingleEvent = Exclude<WebhookEvent, { readonly kind: 'several' }>

async function act(
  event: SingleEvent,
  provider: PaymentProvider,
  recheck: Recheck,
  { onEvent, onReports, onDispute, onOperation, onUnreadable }: WebhookHandlerOptions,
): Promise<void> {
  if (onEvent) return onEvent(event, provider)
  switch (event.kind) {
    case 'payment':
      return onReports([event.report], event)
    case 'recheck':
      if (provider.answers?.lookup !== 'none') return onReports(await recheck(event.key), event)
      return refuseUnreadable({ ...event, kind: 'unreadable' }, onUnreadable)
    case 'operation':
      if (provider.answers?.lookup !== 'none') return onReports(await recheck(event.key), event)
      if (onOperation) return onOperation(event)
      throw refuseInput(
        'onOperation is missing. This provider has no lookups, so each operation must be added up',
      )
    case 'dispute':
      return onDispute?.(event)
    case 'unreadable':
      return refuseUnreadable(event, onUnreadable)
    case 'unrelated':
      return
    default:
      throw unknownKind(event)
  }
}

type Unreadable = Extract<WebhookEvent, { readonly kind: 'unreadable' }>

/** Passes on what neither the webhook nor a lookup states, or throws it. */
function refuseUnreadable(
  event: Unreadable,
  onUnreadable: ((event: Unreadable) => Promise<void> | void) | undefined,
): Promise<void> | void {
  if (onUnreadable) return onUnreadable(event)
  throw new PaymentError({ code: 'invalid_payload', provider: event.provider, message: event.why })
}

/** A provider of a newer core: an unknown kind of event is not acknowledged. */
function unknownKind(_: never): PaymentError {
  return refuseInput(
    'the provider returned a kind of event that this version does not support. Update payment-status',
  )
}

interface RecheckLimits {
  readonly recheckTimeoutMs: number
  readonly rechecksPerMinute: number
}

type Recheck = (key: LookupKey) => Promise<readonly PaymentReport[]>

/**
 * Looks up the payments of a key, within a time and so many times a minute. Rejects with `unavailable` while the provider
 * returns none, and with `rate_limited` beyond the limit.
 */
function createRecheck(
  provider: PaymentProvider,
  { recheckTimeoutMs, rechecksPerMinute }: RecheckLimits,
): Recheck {
  const fail = (code: 'unavailable' | 'rate_limited', message: string) =>
    new PaymentError({ code, provider: provider.name, message })
  let minute = 0
  let rechecks = 0
  return async (key) => {
    const now = Math.floor(Date.now() / MINUTE_IN_MILLISECONDS)
    rechecks = now === minute ? rechecks + 1 : 1
    minute = now
    if (rechecks > rechecksPerMinute)
      throw fail(
        'rate_limited',
        'too many webhooks need a lookup. Raise rechecksPerMinute if they are genuine',
      )
    const signal = AbortSignal.timeout(recheckTimeoutMs)
    const reports = await untilAborted(provider.find(key, { signal }), signal).catch((error: unknown) => {
      if (signal.aborted) throw fail('unavailable', `the lookup took longer than ${recheckTimeoutMs} ms`)
      if (isPaymentError(error) && error.code === 'not_found') return []
      throw error
    })
    if (reports.length > 0) return reports
    // A query API can lag behind its own webhooks (Stripe's search does). The redelivery will find the payment.
    throw fail('unavailable', 'the payment of this webhook is not in the query API yet')
  }
}

// The statuses whose answers must not have a body, not even an empty one.
const bodilessStatuses: readonly number[] = [204, 205, 304]

function toReply({ reply: { status, body, contentType } }: WebhookEvent): Response {
  // An empty string would be an empty stream with a content type.
  if (body === '' || bodilessStatuses.includes(status)) return new Response(null, { status })
  return new Response(body, { status, headers: { 'content-type': contentType } })
}

function refuse(status: number, headers: Record<string, string> = {}): Response {
  return new Response(null, { status, headers })
}

function refuseFor(error: unknown): Response {
  if (!isPaymentError(error) || !error.retryable) return refuse(500)
  if (error.retryAfterMs === undefined) return refuse(503)
  return refuse(503, { 'retry-after': String(Math.ceil(error.retryAfterMs / 1000)) })
}

function checkOptions(options: WebhookHandlerOptions): BodyLimits & RecheckLimits {
  if (typeof options !== 'object' || options === null) {
    throw refuseInput('the options must be an object, such as { claims, onReports }')
  }
  const {
    claims,
    maxBodyBytes: maxBytes = DEFAULT_MAX_BODY_IN_BYTES,
    bodyTimeoutMs: timeoutMs = DEFAULT_BODY_TIMEOUT_IN_MILLISECONDS,
    recheckTimeoutMs = DEFAULT_RECHECK_TIMEOUT_IN_MILLISECONDS,
    rechecksPerMinute = DEFAULT_RECHECKS_PER_MINUTE,
    onReports,
    onEvent,
    onDispute,
    onOperation,
    onUnreadable,
    onError,
  } = options
  if (claims !== 'none' && !(typeof claims?.begin === 'function' && typeof claims.end === 'function')) {
    throw refuseInput("claims is missing. Give memoryClaims(), a shared store, or 'none'")
  }
  const handlers = { onReports, onEvent, onDispute, onOperation, onUnreadable, onError }
  for (const [name, value] of Object.entries(handlers)) {
    if (value !== undefined && typeof value !== 'function') throw refuseInput(`${name} must be a function`)
  }
  if (!onReports === !onEvent) throw refuseInput('either onReports or onEvent must be given')
  if (!Number.isSafeInteger(maxBytes) || maxBytes < 1)
    throw refuseInput('maxBodyBytes must be a whole number above 0')
  for (const [name, value] of Object.entries({ bodyTimeoutMs: timeoutMs, recheckTimeoutMs })) {
    if (!Number.isSafeInteger(value) || value < 1 || value > LONGEST_TIMEOUT_IN_MILLISECONDS)
      throw refuseInput(`${name} must be a whole number of milliseconds above 0`)
  }
  if (!Number.isSafeInteger(rechecksPerMinute) || rechecksPerMinute < 1)
    throw refuseInput('rechecksPerMinute must be a whole number above 0')
  return { maxBytes, timeoutMs, recheckTimeoutMs, rechecksPerMinute }
}

/** Checks the shape, not the class: runtimes and adapters have their own `Request`. */
function refuseInput(message: string): PaymentError {
  return inputError('payment-status', message)
}
