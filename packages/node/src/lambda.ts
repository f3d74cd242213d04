import { Buffer } from 'node:buffer'
import { isPaymentError, PaymentError } from '@payment-status/core'
import type { WebHandler } from './answer.ts'
import { UNKNOWN_HOST } from './request.ts'

/** HTTP event of a function URL, an API Gateway (payload 1.0 and 2.0) or a load balancer. */
export interface LambdaEvent {
  readonly httpMethod?: string | undefined
  readonly path?: string | undefined
  readonly rawPath?: string | undefined
  readonly rawQueryString?: string | undefined
  readonly headers?: Readonly<Record<string, string | undefined>> | null | undefined
  readonly multiValueHeaders?: Readonly<Record<string, readonly string[] | undefined>> | null | undefined
  readonly requestContext?:
    | {
        readonly domainName?: string | undefined
        readonly http?:
          | { readonly method?: string | undefined; readonly sourceIp?: string | undefined }
          | undefined
        readonly identity?: { readonly sourceIp?: string | undefined } | undefined
      }
    | undefined
  readonly body?: string | null | undefined
  readonly isBase64Encoded?: boolean | undefined
}

export interface LambdaResult {
  readonly statusCode: number
  readonly headers: Record<string, string>
  readonly body: string
  readonly isBase64Encoded: false
}

/**
 * Adapts a handler to AWS Lambda: `export const handler = toLambdaHandler(webhooks)`. Rejects with `invalid_input` for an
 * event that is not an HTTP request. Keep claims in a shared store: Lambda's instances share no memory.
 *
 * @example
 * export const handler = toLambdaHandler(payments.webhookHandler({ claims, onEvent }))
 */
export function toLambdaHandler(handler: WebHandler): (event: LambdaEvent) => Promise<LambdaResult> {
  return async (event) => {
    let request: Request
    try {
      request = toRequest(event)
    } catch (error) {
      // The text of a platform's error repeats the header or the path that is not valid, and Lambda logs it.
      if (isPaymentError(error)) throw error
      return { statusCode: 400, headers: {}, body: '', isBase64Encoded: false }
    }
    const { http, identity } = event.requestContext ?? {}
    const response = await handler(request, { remoteAddress: http?.sourceIp ?? identity?.sourceIp })
    return {
      statusCode: response.status,
      headers: Object.fromEntries(response.headers),
      body: await response.text(),
      isBase64Encoded: false,
    }
  }
}

function toRequest(event: LambdaEvent): Request {
  const method = event?.requestContext?.http?.method ?? event?.httpMethod
  const path = event?.rawPath ?? event?.path
  if (typeof method !== 'string' || typeof path !== 'string') {
    throw new PaymentError({
      code: 'invalid_input',
      provider: 'payment-status',
      message: 'the event must be an HTTP request of a function URL, an API Gateway or a load balancer',
    })
  }
  const headers = new Headers()
  for (const [name, values] of Object.entries(event.multiValueHeaders ?? {})) {
    for (const value of values ?? []) headers.append(name, value)
  }
  for (const [name, value] of Object.entries(event.headers ?? {})) {
    if (value !== undefined && !headers.has(name)) headers.set(name, value)
  }
  const host = headers.get('host') ?? event.requestContext?.domainName ?? UNKNOWN_HOST
  const { origin } = URL.parse(`https://${host}`) ?? { origin: `https://${UNKNOWN_HOST}` }
  const url = new URL(`${origin}${path.startsWith('/') ? path : `/${path}`}`)
  if (event.rawQueryString) url.search = event.rawQueryString
  if (method === 'GET' || method === 'HEAD') return new Request(url, { method, headers })
  const body = Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8')
  return new Request(url, { method, headers, body })
}
