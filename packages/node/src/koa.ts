import type { IncomingMessage, ServerResponse } from 'node:http'
import { answerTo, headersOf, type WebHandler } from './answer.ts'

/** The part of Koa's context that is used, so that Koa's types need not be installed. */
export interface KoaLike {
  readonly req: IncomingMessage
  readonly res: ServerResponse
  readonly originalUrl: string
  readonly request: object
  status: number
  body: unknown
  set(headers: Record<string, string | string[]>): void
}

/**
 * Adapts a handler to Koa: `router.post('/webhooks/:provider', toKoaMiddleware(webhooks))`. Register it before any body
 * parser, or after one that keeps `rawBody`, as koa-bodyparser does.
 *
 * @example
 * router.post('/webhooks/:provider', toKoaMiddleware(webhooks))
 */
export function toKoaMiddleware(handler: WebHandler): (context: KoaLike) => Promise<void> {
  return async (context) => {
    const { req, res, request, originalUrl } = context
    const { body, rawBody } = request as { readonly body?: unknown; readonly rawBody?: unknown }
    const answer = await answerTo(handler, req, res, { originalUrl, body, rawBody })
    context.status = answer.status
    context.set(headersOf(answer))
    context.body = (await answer.text()) || null
    context.status = answer.status // an empty body made it 204
  }
}
