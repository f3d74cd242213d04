import { Buffer } from 'node:buffer'
import { PaymentError } from '@payment-status/core'
import type { WebHandler } from './request.ts'

/** An HTTP event of a function URL, of an API Gateway (payload 1.0 and 2.0), or of a load balancer. */
export interface LambdaEvent {
  readonly httpMethod?: string | undefined
  readonly path?: string | undefined
  readonly rawPath?: string | undefined
  readonly rawQueryString?: string | undefined
  readonly headers?: Readonly<Record<string, string | undefined>> | null | undefined
  readonly multiValueHeaders?: Readonly<Record<string, readonly string[] | undefined>> | null | undefined
  readonly requestContext?:
    | { readonly http?: { readonly method?: string | undefined } | undefined }
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
 * A Lambda function: `export const handler = toLambdaHandler(webhooks)`. Rejects with `invalid_input` for an event that is
 * no HTTP request. Claims have to be in a shared store: instances come and go, and know nothing of each other.
 */
export function toLambdaHandler(handler: WebHandler): (event: LambdaEvent) => Promise<LambdaResult> {
  return async (event) => {
    const response = await handler(toRequest(event))
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
      message: 'this event is no HTTP request of a function URL, an API Gateway or a load balancer',
    })
  }
  const headers = new Headers()
  for (const [name, values] of Object.entries(event.multiValueHeaders ?? {})) {
    for (const value of values ?? []) headers.append(name, value)
  }
  for (const [name, value] of Object.entries(event.headers ?? {})) {
    if (value !== undefined && !headers.has(name)) headers.set(name, value)
  }
  const url = new URL(`https://lambda.invalid${path.startsWith('/') ? path : `/${path}`}`)
  if (event.rawQueryString) url.search = event.rawQueryString
  if (method === 'GET' || method === 'HEAD') return new Request(url, { method, headers })
  const body = Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8')
  return new Request(url, { method, headers, body })
}
