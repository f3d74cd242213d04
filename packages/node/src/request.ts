import type { IncomingMessage, ServerResponse } from 'node:http'
import { createHeaders, createRequest } from '@remix-run/node-fetch-server'
import { keptBytes, type Parsed, refusingBody } from './parsed-body.ts'

/** A request's body is a stream, so it needs this; TypeScript's `RequestInit` does not list it. */
const streamed = { duplex: 'half' } as const

/** A host of a URL: a name or an address, and a port. Anything else in a Host header would change the URL's path or user. */
const validHost = /^(?:[\w.~-]+|\[[\d.:a-f]+\])(?::\d{1,5})?$/i

/** Stands for the host where a request states none, as HTTP/1.0 allows. It resolves to no machine (RFC 2606). */
export const UNKNOWN_HOST = 'unknown.invalid'

/**
 * Makes a web-standard request with the URL it was sent to and the raw bytes of its body. Throws when the path or the Host
 * header makes no URL. The body rejects when a parser consumed it and kept no bytes.
 */
export function toWebRequest(incoming: IncomingMessage, response: ServerResponse, parsed: Parsed): Request {
  const url = toUrl(incoming, typeof parsed.originalUrl === 'string' ? parsed.originalUrl : incoming.url)
  const method = incoming.method ?? 'GET'
  const hasBody = method !== 'GET' && method !== 'HEAD'
  if (hasBody && (incoming.readableDidRead || incoming.readableEnded)) {
    const body = keptBytes(parsed) ?? refusingBody()
    return new Request(url, { method, headers: createHeaders(incoming), body, ...streamed })
  }
  const request = createRequest(incoming, response, { host: url.host, protocol: url.protocol })
  // A framework that mounts a handler cuts the path it is mounted at from `incoming.url`.
  return request.url === url.href ? request : new Request(url, request)
}

function toUrl({ headers, socket }: IncomingMessage, path = '/'): URL {
  const host = String(headers[':authority'] ?? headers.host ?? UNKNOWN_HOST)
  if (!validHost.test(host) || !path.startsWith('/')) throw new TypeError('the request names no valid URL')
  const protocol = socket && 'encrypted' in socket && socket.encrypted ? 'https' : 'http'
  return new URL(`${protocol}://${host}${path}`)
}
