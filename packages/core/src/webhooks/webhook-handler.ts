import { inputError, isPaymentError, PaymentError } from '../model/errors.ts'
import type { LookupKey, PaymentReport, WebhookEvent } from '../model/evidence.ts'
import type { PaymentProvider } from '../model/provider.ts'
import type { WebhookClaims } from './claims.ts'
import { observeClaims, observeDelivery, type Seen } from './observe-delivery.ts'
import { type BodyLimits, readBody } from './read-body.ts'

/** What to do with verified webhooks: with the payments they are about, or with each event as it came. */
export type WebhookHandlerOptions = {
  /** What keeps a webhook that is delivered twice from being acted on twice. */
  readonly claims: WebhookClaims | 'none'
  /** Default 1 MiB. */
  readonly maxBodyBytes?: number | undefined
  /** Milliseconds until a request's whole body has to be there. Default 10 000. */
  readonly bodyTimeoutMs?: number | undefined
  /** Told of every error behind an answer of 401, 500 or 503; branch on `code` to leave out forged deliveries. */
  readonly onError?: ((error: unknown) => void) | undefined
} & (
  | {
      /** News of a payment; a recheck has been looked up already. It can come twice: after a crash it does. */
      onReports(reports: readonly PaymentReport[], event: WebhookEvent): Promise<void> | void
      readonly onDispute?:
        | ((event: Extract<WebhookEvent, { readonly kind: 'dispute' }>) => Promise<void> | void)
        | undefined
      /**
       * Called with one operation of a payment, where the provider cannot be asked what it comes to: add it to the recorded
       * payment with `foldOperations`. Of a provider that can be asked, the payment is looked up and comes to `onReports`.
       */
      readonly onOperation?:
        | ((event: Extract<WebhookEvent, { readonly kind: 'operation' }>) => Promise<void> | void)
        | undefined
      /** Called with an authentic webhook that is not as documented, which is then acknowledged. Without it: 500. */
      readonly onUnreadable?:
        | ((event: Extract<WebhookEvent, { readonly kind: 'unreadable' }>) => Promise<void> | void)
        | undefined
      readonly onEvent?: undefined
    }
  | {
      /** Every event as it came, nothing looked up: for those who queue. */
      onEvent(event: WebhookEvent, provider: PaymentProvider): Promise<void> | void
      readonly onReports?: undefined
      readonly onDispute?: undefined
      readonly onOperation?: undefined
      readonly onUnreadable?: undefined
    }
)

const DEFAULT_MAX_BODY_IN_BYTES = 1024 * 1024
const DEFAULT_BODY_TIMEOUT_IN_MILLISECONDS = 10_000
/** What a timer can hold. */
const LONGEST_TIMEOUT_IN_MILLISECONDS = 2 ** 31 - 1

/**
 * A webhook endpoint on the web-standard `Request` and `Response`: it verifies, claims, acts, and then answers what
 * the provider expects to hear. An error's answer has no body: its detail goes to `onError`.
 *
 * 401 forged · 405 not a POST · 408 too slow · 413 too large · 500 authentic but unreadable, no secret configured, or your code
 * threw · 503 handled by somebody else right now, or the recheck may succeed later. The provider delivers those again.
 *
 * Throws `invalid_input` for options that cannot work. The handler rejects with it when it is given something else
 * than a `Request`, such as Express's or Node's own: adapt those first.
 */
export function createWebhookHandler(
  provider: PaymentProvider,
  options: WebhookHandlerOptions,
): (request: Request) => Promise<Response> {
  if (typeof provider?.readWebhook !== 'function') throw refuseInput('the first argument must be a provider')
  const limits = checkOptions(options)
  const claims = options.claims === 'none' ? 'none' : observeClaims(provider.name, options.claims)

  const reportError = (error: unknown) => {
    // What reports errors must not cause any, neither now nor later.
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

  const handle = async (event: WebhookEvent, seen: Seen): Promise<Response> => {
    if (claims === 'none') {
      await act(event, provider, options)
      return toReply(event)
    }
    const claim = await claims.begin(event)
    seen.claim = claim
    if (claim === 'done') return toReply(event)
    if (claim !== 'new') return refuse(503)
    try {
      await act(event, provider, options)
    } catch (error) {
      await end(event, claims, 'failed')
      throw error
    }
    // The work is done: asking for the event again, only because that could not be noted, would do it twice.
    await end(event, claims, 'done')
    return toReply(event)
  }

  return observeDelivery(provider.name, async (request, seen) => {
    checkRequest(request)
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

async function act(
  event: WebhookEvent,
  provider: PaymentProvider,
  { onEvent, onReports, onDispute, onOperation, onUnreadable }: WebhookHandlerOptions,
): Promise<void> {
  if (onEvent) return onEvent(event, provider)
  switch (event.kind) {
    case 'payment':
      return onReports([event.report], event)
    case 'recheck':
      return onReports(await recheck(event.key, provider), event)
    case 'operation':
      if (provider.answers?.lookup !== 'none') return onReports(await recheck(event.key, provider), event)
      if (onOperation) return onOperation(event)
      throw refuseInput(
        'onOperation is missing. This provider has no lookups, so each operation must be added up',
      )
    case 'dispute':
      return onDispute?.(event)
    case 'unreadable':
      if (onUnreadable) return onUnreadable(event)
      throw new PaymentError({ code: 'invalid_payload', provider: provider.name, message: event.why })
    case 'unrelated':
      return
    default:
      throw unknownKind(event)
  }
}

/** A provider made for a newer core: what was not understood is not acknowledged. */
function unknownKind(_: never): PaymentError {
  return refuseInput('the provider tells of a kind of event that this version does not know')
}

/** What the payments of this key are now. Rejects with `unavailable` while the provider does not know any. */
async function recheck(key: LookupKey, provider: PaymentProvider): Promise<readonly PaymentReport[]> {
  const reports = await provider.find(key).catch((error: unknown) => {
    if (isPaymentError(error) && error.code === 'not_found') return []
    throw error
  })
  if (reports.length > 0) return reports
  // A query API can lag behind its own webhooks (Stripe's search does): the redelivery will find it.
  throw new PaymentError({
    code: 'unavailable',
    provider: provider.name,
    message: 'a webhook told of a payment that the query API does not know yet',
  })
}

// The statuses whose answers must not have a body, not even an empty one.
const bodilessStatuses: readonly number[] = [204, 205, 304]

function toReply({ reply: { status, body, contentType } }: WebhookEvent): Response {
  // An empty text would be a stream with nothing in it, and nothing has no type.
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

function checkOptions(options: WebhookHandlerOptions): BodyLimits {
  if (typeof options !== 'object' || options === null) {
    throw refuseInput('the options must be an object, such as { claims, onReports }')
  }
  const {
    claims,
    maxBodyBytes: maxBytes = DEFAULT_MAX_BODY_IN_BYTES,
    bodyTimeoutMs: timeoutMs = DEFAULT_BODY_TIMEOUT_IN_MILLISECONDS,
    onReports,
    onEvent,
    onDispute,
    onOperation,
    onUnreadable,
    onError,
  } = options
  if (claims !== 'none' && !(typeof claims?.begin === 'function' && typeof claims.end === 'function')) {
    throw refuseInput("claims must be given: memoryClaims(), a shared store, or 'none'")
  }
  for (const [name, value] of Object.entries({
    onReports,
    onEvent,
    onDispute,
    onOperation,
    onUnreadable,
    onError,
  })) {
    if (value !== undefined && typeof value !== 'function') throw refuseInput(`${name} must be a function`)
  }
  if (!onReports === !onEvent) throw refuseInput('give either onReports or onEvent')
  if (!Number.isSafeInteger(maxBytes) || maxBytes < 1)
    throw refuseInput('maxBodyBytes must be a whole number above 0')
  if (!Number.isSafeInteger(timeoutMs) || timeoutMs < 1 || timeoutMs > LONGEST_TIMEOUT_IN_MILLISECONDS)
    throw refuseInput('bodyTimeoutMs must be a whole number of milliseconds above 0')
  return { maxBytes, timeoutMs }
}

/** By its shape: several runtimes and adapters have a `Request` of their own. */
function checkRequest(request: Request): void {
  const { method, headers, arrayBuffer } = request ?? {}
  if (typeof method === 'string' && typeof headers?.get === 'function' && typeof arrayBuffer === 'function')
    return
  throw refuseInput('the webhook handler takes a web-standard Request: adapt what your framework hands over')
}

function refuseInput(message: string): PaymentError {
  return inputError('payment-status', message)
}
