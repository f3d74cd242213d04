import type { IncomingMessage, ServerResponse } from 'node:http'
import { createHeaders, createRequest } from '@remix-run/node-fetch-server'
import { createLazily } from './lazily.ts'

/** What a lazy request is made of, and what was made of it so far. */
interface Parts {
  readonly incoming: IncomingMessage
  readonly response: ServerResponse
  readonly path: string
  isRead: boolean
  url?: string
  headers?: Headers
  signal?: AbortSignal
  realHeaders?: Headers
  realRequest?: Request
}

/**
 * A POST whose `Request` is made when somebody asks for more than its URL, its signal, a header and its bytes: making one takes
 * longer than reading a webhook. It is a `Request` to everybody but the runtime itself, which wants those it made: give
 * `request.clone()` to `fetch` and to `new Request`. The path begins with a slash, so that it makes a URL.
 */
export function createLazyRequest(
  incoming: IncomingMessage,
  response: ServerResponse,
  path: string,
): Request {
  return toLazyRequest({ incoming, response, path, isRead: false })
}

const toLazyRequest = /* @__PURE__ */ createLazily<Request, Parts>(Request.prototype, toRealRequest, {
  method: () => 'POST',
  url: toUrl,
  headers: (parts) => {
    parts.headers ??= toLazyHeaders(parts)
    return parts.headers
  },
  signal: toSignal,
  bodyUsed: ({ isRead, realRequest }) => isRead || realRequest?.bodyUsed === true,
  arrayBuffer: (parts) => async () => {
    if (parts.isRead || parts.realRequest) return toRealRequest(parts).arrayBuffer()
    parts.isRead = true
    return readBytes(parts.incoming)
  },
})

const toLazyHeaders = /* @__PURE__ */ createLazily<Headers, Parts>(Headers.prototype, toRealHeaders, {
  get: (parts) => (name) => {
    if (parts.realHeaders || !isLowerCase(name)) return toRealHeaders(parts).get(name)
    const value = parts.incoming.headers[name]
    if (value === undefined) return null
    return typeof value === 'string' ? value : toRealHeaders(parts).get(name)
  },
})

/** As Node spells the names of headers. */
function isLowerCase(name: string): boolean {
  return /^[a-z\d-]+$/.test(name)
}

function toUrl(parts: Parts): string {
  parts.url ??= new URL(`http://localhost${parts.path}`).href
  return parts.url
}

/** Aborted when the connection closes before the answer is out. */
function toSignal(parts: Parts): AbortSignal {
  if (parts.signal) return parts.signal
  const { response } = parts
  const controller = new AbortController()
  const close = () => {
    if (!response.writableFinished) controller.abort()
  }
  if (response.closed) close()
  else response.once('close', close)
  parts.signal = controller.signal
  return parts.signal
}

function toRealHeaders(parts: Parts): Headers {
  parts.realHeaders ??= createHeaders(parts.incoming)
  return parts.realHeaders
}

function toRealRequest(parts: Parts): Request {
  if (parts.realRequest) return parts.realRequest
  parts.realRequest = makeRealRequest(parts)
  parts.realHeaders = parts.realRequest.headers
  return parts.realRequest
}

function makeRealRequest(parts: Parts): Request {
  const init = { method: 'POST', headers: toRealHeaders(parts), signal: toSignal(parts) }
  if (parts.isRead) {
    const real = new Request(toUrl(parts), { ...init, body: new Uint8Array() })
    real.arrayBuffer() // as was that of the one it stands for
    return real
  }
  const { incoming, response } = parts
  const { body } = createRequest(incoming, response, { host: 'localhost' })
  const real = new Request(toUrl(parts), { ...init, body, duplex: 'half' } as RequestInit)
  response.once('finish', () => readAway(real, incoming))
  return real
}

/** What nobody wants any more would stand in the way of the connection's next request. */
function readAway({ body }: Request, incoming: IncomingMessage): void {
  if (!body || body.locked) return
  body.cancel().catch(() => {})
  incoming.resume()
}

/** The body as it comes from the socket, with nothing in between. */
function readBytes(incoming: IncomingMessage): Promise<ArrayBuffer> {
  return new Promise((resolve, reject) => {
    const received: Uint8Array<ArrayBuffer>[] = []
    const breakOff = () => reject(new DOMException('The request was aborted.', 'AbortError'))
    if (incoming.destroyed) return breakOff()
    incoming.on('data', (part: Uint8Array<ArrayBuffer>) => received.push(part))
    incoming.once('end', () => resolve(join(received)))
    incoming.once('error', reject)
    incoming.once('close', () => {
      if (!incoming.readableEnded) breakOff()
    })
  })
}

function join(received: readonly Uint8Array<ArrayBuffer>[]): ArrayBuffer {
  const [first] = received
  // What came in one part has, in Node, a buffer of its own.
  if (first && received.length === 1 && first.length === first.buffer.byteLength) return first.buffer
  const whole = new Uint8Array(received.reduce((length, part) => length + part.length, 0))
  let length = 0
  for (const part of received) {
    whole.set(part, length)
    length += part.length
  }
  return whole.buffer
}
