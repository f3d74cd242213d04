import type { IncomingMessage, ServerResponse } from 'node:http'
import { toWebRequest, type WebHandler } from './request.ts'

/** What is asked of a Fastify instance, so that its types need not be installed. */
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
  headers(headers: Record<string, string>): unknown
  send(body: string): unknown
}

/**
 * A Fastify plugin: `app.register(toFastifyPlugin(webhooks), { prefix: '/webhooks' })`. It parses nothing, and leaves the
 * parsers of other routes as they are: Fastify keeps a plugin's settings to the plugin.
 */
export function toFastifyPlugin(handler: WebHandler): (app: FastifyLike) => Promise<void> {
  return async (app) => {
    app.removeAllContentTypeParsers()
    app.addContentTypeParser('*', (_request, _payload, done) => done(null))
    for (const path of ['/', '/*']) {
      app.all(path, async ({ raw, originalUrl }, reply) => {
        const response = await handler(toWebRequest(raw, reply.raw, { originalUrl }))
        reply.code(response.status)
        reply.headers(Object.fromEntries(response.headers))
        return reply.send(await response.text())
      })
    }
  }
}
