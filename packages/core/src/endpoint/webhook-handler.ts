import { match } from 'ts-pattern'
import { isPaymentError, PaymentError } from '../words/errors.ts'
import type { LookupKey, PaymentReport, WebhookEvent } from '../words/evidence.ts'
import type { PaymentProvider } from '../words/provider.ts'
import type { WebhookClaims } from './claims.ts'
import { readBody } from './read-body.ts'

/** What to do with verified webhooks: with the payments they are about, or with each event as it came. */
export type WebhookHandlerOptions = {
  /** What keeps a webhook that is delivered twice from being acted on twice. */
  readonly claims: WebhookClaims | 'none'
  /** Default 1 MiB. */
  readonly maxBodyBytes?: number | undefined
  /** Told of every error behind an answer of 401, 500 or 503; branch on `code` to leave out forged deliveries. */
  readonly onError?: ((error: unknown) => void) | undefined
} & (
  | {
      /** News of a payment; a recheck has been looked up already. It can come twice: after a crash it does. */
      onReports(reports: readonly PaymentReport[], event: WebhookEvent): Promise<void> | void
      readonly onDispute?:
        | ((event: Extract<WebhookEvent, { readonly kind: 'dispute' }>) => Promise<void> | void)
        | undefined
      readonly onEvent?: undefined
    }
  | {
      /** Every event as it came, nothing looked up: for those who queue. */
      onEvent(event: WebhookEvent, provider: PaymentProvider): Promise<void> | void
      readonly onReports?: undefined
      readonly onDispute?: undefined
    }
)

const DEFAULT_MAX_BODY_IN_BYTES = 1024 * 1024

/**
 * A webhook endpoint on the web-standard `Request` and `Response`: it verifies, claims, acts, and then answers what
 * the provider expects to hear. An error's answer has no body: its detail goes to `onError`.
 *
 * 401 forged · 405 not a POST · 413 too large · 500 authentic but unreadable, no secret configured, or your code
 * threw · 503 handled by somebody else right now, or the recheck may succeed later. The provider delivers those again.
 *
 * Throws `invalid_input` for options that cannot work. The handler rejects with it when it is given something else
 * than a `Request`, such as Express's or Node's own: adapt those first.
 */
export function createWebhookHandler(
  provider: PaymentProvider,
  options: WebhookHandlerOptions,
): (request: Request) => Promise<Response> {
  const { claims, maxBodyBytes = DEFAULT_MAX_BODY_IN_BYTES } = options
  checkOptions(options, maxBodyBytes)

  const tell = (error: unknown) => {
    // What reports errors must not cause any, neither now nor later.
    const told = async () => options.onError?.(error)
    told().catch(() => {})
  }

  const handle = async (event: WebhookEvent): Promise<Response> => {
    if (claims === 'none') {
      await act(event, provider, options)
      return toReply(event)
    }
    const claim = await claims.begin(event)
    if (claim === 'done') return toReply(event)
    if (claim !== 'new') return refuse(503)
    const end = async (result: 'done' | 'failed') => claims.end(event, result)
    try {
      await act(event, provider, options)
    } catch (error) {
      await end('failed').catch(tell)
      throw error
    }
    // The work is done: asking for the event again, only because that could not be noted, would do it twice.
    await end('done').catch(tell)
    return toReply(event)
  }

  return async (request) => {
    checkRequest(request)
    if (request.method !== 'POST') return refuse(405, { allow: 'POST' })
    let event: WebhookEvent
    try {
      const rawBody = await readBody(request, maxBodyBytes)
      if (!rawBody) return refuse(413)
      event = await provider.readWebhook({ rawBody, headers: request.headers })
    } catch (error) {
      tell(error)
      return isPaymentError(error) && error.code === 'invalid_signature' ? refuse(401) : refuseFor(error)
    }
    try {
      return await handle(event)
    } catch (error) {
      tell(error)
      return refuseFor(error)
    }
  }
}

async function act(
  event: WebhookEvent,
  provider: PaymentProvider,
  { onEvent, onReports, onDispute }: WebhookHandlerOptions,
): Promise<void> {
  if (onEvent) return onEvent(event, provider)
  await match(event)
    .with({ kind: 'payment' }, (payment) => onReports([payment.report], event))
    .with({ kind: 'recheck' }, async ({ key }) => onReports(await recheck(key, provider), event))
    .with({ kind: 'dispute' }, (dispute) => onDispute?.(dispute))
    .with({ kind: 'unrelated' }, () => {})
    .exhaustive()
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
  if (bodilessStatuses.includes(status)) return new Response(null, { status })
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

function checkOptions(options: WebhookHandlerOptions, maxBodyBytes: number): void {
  if (!options.claims) throw inputError("claims must be given: memoryClaims(), a shared store, or 'none'")
  if (!options.onReports === !options.onEvent) throw inputError('give either onReports or onEvent')
  if (!Number.isSafeInteger(maxBodyBytes) || maxBodyBytes < 1)
    throw inputError('maxBodyBytes must be a whole number above 0')
}

/** By its shape: several runtimes and adapters have a `Request` of their own. */
function checkRequest(request: Request): void {
  const { method, headers, arrayBuffer } = request ?? {}
  if (typeof method === 'string' && typeof headers?.get === 'function' && typeof arrayBuffer === 'function')
    return
  throw inputError('the webhook handler takes a web-standard Request: adapt what your framework hands over')
}

function inputError(message: string): PaymentError {
  return new PaymentError({ code: 'invalid_input', provider: 'payment-status', message })
}
