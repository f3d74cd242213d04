import type { IncomingMessage, ServerResponse } from 'node:http'
import { sendResponse } from '@remix-run/node-fetch-server'
import { type Parsed, toWebRequest, type WebHandler } from './request.ts'

/**
 * For Node's own server, Express, Nest and Next's pages: `createServer(toNodeHandler(webhooks))`,
 * `app.post('/webhooks/:provider', toNodeHandler(webhooks))`, `app.use('/webhooks', toNodeHandler(webhooks))` and
 * `export default toNodeHandler(webhooks)`.
 *
 * It takes the body from the socket, or from what a parser kept of it unchanged. Where one kept nothing, the answer is 500
 * and `onError` hears, as `invalid_input`, what to change.
 */
export function toNodeHandler(
  handler: WebHandler,
): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  return async (incoming, response) => {
    const answer = await answerTo(handler, incoming, response)
    if (!response.destroyed) await sendResponse(response, answer).catch(() => response.destroy())
  }
}

/** Never rejects: on Node's own server that would end the process. */
async function answerTo(
  handler: WebHandler,
  incoming: IncomingMessage,
  response: ServerResponse,
): Promise<Response> {
  let request: Request
  try {
    request = toWebRequest(incoming, response, incoming as Parsed)
  } catch {
    return new Response(null, { status: 400 }) // a path that is no URL, or HTTP/2 authorities that differ
  }
  try {
    return await handler(request)
  } catch {
    return new Response(null, { status: 500 })
  }
}
