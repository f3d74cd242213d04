import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Parsed } from './parsed-body.ts'
import { toWebRequest } from './request.ts'

/** The connection a request came over. */
export interface Connection {
  /** Address of the socket's other end. Behind a proxy that is the proxy's address. */
  readonly remoteAddress?: string | undefined
}

/** A handler that `createWebhookHandler`, `payments.webhookHandler` and `createStatusPage` return. */
export type WebHandler = (request: Request, connection?: Connection) => Promise<Response>

const LONGEST_DRAIN_IN_MILLISECONDS = 1000

/**
 * Calls the handler with a web-standard request and returns its answer: 400 when the path or the Host header makes no URL.
 * After 408 and 413 the connection closes. After any other answer an unread body is discarded, so that the connection's next
 * request can be read.
 */
export async function answerTo(
  handler: WebHandler,
  incoming: IncomingMessage,
  response: ServerResponse,
  parsed: Parsed,
): Promise<Response> {
  let request: Request
  try {
    request = toWebRequest(incoming, response, parsed)
  } catch {
    return new Response(null, { status: 400 })
  }
  response.once('finish', () => discard(request, incoming))
  const answer = await handler(request, { remoteAddress: incoming.socket?.remoteAddress })
  if (answer.status === 413) await drain(request, incoming)
  if (answer.status === 408 || answer.status === 413) closeAfter(response)
  return answer
}

/** Waits while a client sends the rest of its body: if the connection closed meanwhile, the client would see no answer. */
async function drain(request: Request, incoming: IncomingMessage): Promise<void> {
  discard(request, incoming)
  if (incoming.complete || incoming.destroyed) return
  await once(incoming, 'end', { signal: AbortSignal.timeout(LONGEST_DRAIN_IN_MILLISECONDS) }).catch(() => {})
}

function closeAfter(response: ServerResponse): void {
  // HTTP/2 has no such header: there a stream ends by itself.
  if (response.req.httpVersionMajor === 1) response.setHeader('connection', 'close')
}

function discard({ body }: Request, incoming: IncomingMessage): void {
  if (body?.locked) return // the handler is still reading it
  body?.cancel().catch(() => {})
  incoming.resume()
}

/** Returns an answer's headers, with every cookie it sets. */
export function headersOf({ headers }: Response): Record<string, string | string[]> {
  const cookies = headers.getSetCookie()
  return { ...Object.fromEntries(headers), ...(cookies.length > 0 && { 'set-cookie': cookies }) }
}
