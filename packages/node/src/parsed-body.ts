import { PaymentError } from '@payment-status/core'

/** Properties that frameworks leave on a request: the path before mounting, and results of body parsers. */
export interface Parsed {
  readonly originalUrl?: unknown
  readonly body?: unknown
  readonly rawBody?: unknown
}

/** Returns the bytes a parser kept: `rawBody` (Nest, Koa, Cloud Functions), or `body` of `express.raw()` and `express.text()`. */
export function keptBytes({ rawBody, body }: Parsed): Uint8Array<ArrayBuffer> | string | undefined {
  for (const kept of [rawBody, body]) {
    if (typeof kept === 'string') return kept
    if (kept instanceof Uint8Array) return new Uint8Array(kept)
  }
  return undefined
}

const whatToDo = `a parser consumed the body before the webhook handler, and a signature is valid for the raw bytes only.
  Express: register the webhook's route before express.json().
  Nest: NestFactory.create(AppModule, { rawBody: true }), or app.use('/webhooks', …) before app.listen().
  Next.js, pages: export const config = { api: { bodyParser: false } } next to the handler.
  Koa: register the webhook's middleware before the body parser.
Other frameworks: keep the bytes as they were received in request.rawBody.`

let wasWarned = false

/** Makes a body that rejects when it is read. The webhook handler answers 500 and passes the reason to `onError`. */
export function refusingBody(): ReadableStream {
  const error = new PaymentError({ code: 'invalid_input', provider: 'payment-status', message: whatToDo })
  // Without an onError the reason would never be seen.
  if (!wasWarned)
    process.emitWarning(error.message, { type: 'PaymentStatusWarning', code: 'PAYMENT_STATUS_BODY_READ' })
  wasWarned = true
  return new ReadableStream({ start: (controller) => controller.error(error) })
}
