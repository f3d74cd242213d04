import type { IncomingMessage, ServerResponse } from 'node:http'
import { toWebRequest, type WebHandler } from './request.ts'

/** What is asked of Koa's context, so that its types need not be installed. */
export interface KoaLike {
  readonly req: IncomingMessage
  readonly res: ServerResponse
  readonly originalUrl: string
  readonly request: object
  status: number
  body: unknown
  set(headers: Record<string, string>): void
}

/**
 * A Koa middleware: `router.post('/webhooks/:provider', toKoaMiddleware(webhooks))`. Before any body parser; behind one that
 * keeps `rawBody` (koa-bodyparser does) it works as well.
 */
export function toKoaMiddleware(handler: WebHandler): (context: KoaLike) => Promise<void> {
  return async (context) => {
    const { req, res, request, originalUrl } = context
    const { body, rawBody } = request as { readonly body?: unknown; readonly rawBody?: unknown }
    const response = await handler(toWebRequest(req, res, { originalUrl, body, rawBody }))
    context.status = response.status
    context.set(Object.fromEntries(response.headers))
    // In this order: without a body Koa would write the status's own words.
    context.body = (await response.text()) || null
    context.status = response.status
  }
}
