import type { IncomingMessage, ServerResponse } from 'node:http'
import { answerTo, headersOf, type WebHandler } from './answer.ts'

/** The part of a Fastify instance that is used, so that Fastify's types need not be installed. */
export interface FastifyLike {
  removeAllContentTypeParsers(): unknown
  addContentTypeParser(
    contentType: string,
    parser: (request: unknown, payload: unknown, done: (error: Error | null, body?: unknown) => void) => void,
  ): unknown
  all(
    path: string,
    handler: (request: FastifyRequestLike, reply: FastifyReplyLike) => Promise<unknown>,
  ): unknown
}

interface FastifyRequestLike {
  readonly raw: IncomingMessage
  readonly originalUrl: string
}

interface FastifyReplyLike {
  readonly raw: ServerResponse
  code(status: number): unknown
  headers(headers: Record<string, string | string[]>): unknown
  send(body: string): unknown
}

/**
 * Adapts a handler to Fastify: `app.register(toFastifyPlugin(webhooks), { prefix: '/webhooks' })`. The plugin parses no
 * body. The parsers of other routes stay as they are, because Fastify scopes a plugin's settings to the plugin.
 *
 * @example
 * app.register(toFastifyPlugin(webhooks), { prefix: '/webhooks' })
 */
export function toFastifyPlugin(handler: WebHandler): (app: FastifyLike) => Promise<void> {
  return async (app) => {
    app.removeAllContentTypeParsers()
    app.addContentTypeParser('*', (_request, _payload, done) => done(null))
    for (const path of ['/', '/*']) {
      app.all(path, async ({ raw, originalUrl }, reply) => {
        const answer = await answerTo(handler, raw, reply.raw, { originalUrl })
        reply.code(answer.status)
        reply.headers(headersOf(answer))
        return reply.send(await answer.text())
      })
    }
  }
}
