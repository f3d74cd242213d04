import type { IncomingMessage, ServerResponse } from 'node:http'
import { PaymentError } from '@payment-status/core'
import { createHeaders, createRequest } from '@remix-run/node-fetch-server'
import { createLazyRequest } from './lazy-request.ts'

/** What `createWebhookHandler` and `payments.webhookHandler` make. */
export type WebHandler = (request: Request) => Promise<Response>

/** What frameworks leave on a request: where it was before it was mounted, and what their parsers made of its body. */
export interface Parsed {
  readonly originalUrl?: unknown
  readonly body?: unknown
  readonly rawBody?: unknown
}

/**
 * A web-standard request at the path it came to, with the bytes that came. Where a parser took those and kept nothing, its
 * body rejects, and says what to do.
 */
export function toWebRequest(incoming: IncomingMessage, response: ServerResponse, parsed: Parsed): Request {
  const path = typeof parsed.originalUrl === 'string' ? parsed.originalUrl : (incoming.url ?? '/')
  const method = incoming.method ?? 'GET'
  if (method === 'GET' || method === 'HEAD')
    return new Request(toUrl(path), { method, headers: createHeaders(incoming) })
  if (!incoming.readableDidRead && !incoming.readableEnded) {
    // What follows a slash always makes a URL, so that can wait.
    if (method === 'POST' && path.startsWith('/')) return createLazyRequest(incoming, response, path)
    const request = createRequest(incoming, response, { host: HOST })
    return path === incoming.url ? request : new Request(toUrl(path), request)
  }
  const body = keptBytes(parsed) ?? refusingBody()
  const isStream = body instanceof ReadableStream && { duplex: 'half' }
  return new Request(toUrl(path), { method, headers: createHeaders(incoming), body, ...isStream })
}

// Which of a server's names was called says nothing that a webhook needs, and a made-up one could not be parsed.
const HOST = 'localhost'

function toUrl(path: string): URL {
  return new URL(`http://${HOST}${path}`)
}

/** What a parser kept as it came: `rawBody` (Nest, Koa, Cloud Functions), or `body` of `express.raw()` and `express.text()`. */
function keptBytes({ rawBody, body }: Parsed): Uint8Array<ArrayBuffer> | string | undefined {
  for (const kept of [rawBody, body]) {
    if (typeof kept === 'string') return kept
    if (kept instanceof Uint8Array) return new Uint8Array(kept)
  }
  return undefined
}

const whatToDo = `a parser read the body before the webhook handler, and a signature holds for the raw bytes alone.
  Express: put the webhook's route before express.json().
  Nest: NestFactory.create(AppModule, { rawBody: true }), or app.use('/webhooks', …) before app.listen().
  Next.js, pages: export const config = { api: { bodyParser: false } } beside the handler.
  Koa: put the webhook's middleware before the body parser.
Anywhere else: keep the bytes as they came in request.rawBody.`

let wasWarned = false

/** A body that cannot be read. The webhook handler answers 500 and gives the reason to `onError`. */
function refusingBody(): ReadableStream {
  const error = new PaymentError({ code: 'invalid_input', provider: 'payment-status', message: whatToDo })
  // Whoever gave no onError would only ever see 500.
  if (!wasWarned)
    process.emitWarning(error.message, { type: 'PaymentStatusWarning', code: 'PAYMENT_STATUS_BODY_READ' })
  wasWarned = true
  return new ReadableStream({ start: (controller) => controller.error(error) })
}
