import type { IncomingMessage, ServerResponse } from 'node:http'
import { sendResponse } from '@remix-run/node-fetch-server'
import { answerTo, type WebHandler } from './answer.ts'
import type { Parsed } from './parsed-body.ts'

/**
 * Adapts a handler to Node's own server, Express, Nest and Next's pages: `createServer(toNodeHandler(webhooks))`,
 * `app.post('/webhooks/:provider', toNodeHandler(webhooks))`, `app.use('/webhooks', toNodeHandler(webhooks))` and
 * `export default toNodeHandler(webhooks)`.
 *
 * The body is read from the socket, or from the bytes a parser kept. When a parser kept none, the answer is 500 and
 * `onError` receives an `invalid_input` that says what to change.
 *
 * @example
 * createServer(toNodeHandler(webhooks)).listen(3000)
 * app.post('/webhooks/:provider', toNodeHandler(webhooks)) // Express
 */
export function toNodeHandler(
  handler: WebHandler,
): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  return async (incoming, response) => {
    // A rejection would end the process of Node's own server.
    const answer = await answerTo(handler, incoming, response, incoming as Parsed).catch(
      () => new Response(null, { status: 500 }),
    )
    if (!response.destroyed) await sendResponse(response, answer).catch(() => response.destroy())
  }
}
