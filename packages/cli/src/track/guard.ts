import type { MiddlewareHandler } from 'hono'
import { refuse } from './refusal.ts'

const reads = new Set(['GET', 'HEAD'])

/**
 * Refuses requests that a page of another site makes a browser send. Browsers state where such a request comes from in
 * `Origin` and `Sec-Fetch-Site`; programs send neither. A link to the status page from elsewhere may be followed.
 */
export const refuseOtherSites: MiddlewareHandler = async (c, next) => {
  const { origin, 'sec-fetch-site': site } = c.req.header()
  const isRead = reads.has(c.req.method)
  const isForeignOrigin = origin !== undefined && !isOwn(origin, c.req.url)
  const isForeignSite = site !== undefined && site !== 'same-origin' && site !== 'none'
  if (isForeignOrigin || (isForeignSite && !(isRead && c.req.path.startsWith('/status'))))
    return refuse(
      c,
      403,
      'forbidden',
      'the request comes from a page of another site: call the service from your server',
    )
  return next()
}

/** Demands JSON of every request with a body: a form of another site can send three other types, and this one never. */
export const requireJson: MiddlewareHandler = async (c, next) => {
  const type = c.req.header('content-type')
  const { 'content-length': length = '0', 'transfer-encoding': encoding } = c.req.header()
  const hasBody = length !== '0' || encoding !== undefined
  const isJson = /^application\/json\s*(;|$)/i.test(type ?? '')
  if (!reads.has(c.req.method) && !isJson && (type !== undefined || hasBody) && c.req.method !== 'DELETE')
    return refuse(
      c,
      415,
      'unsupported_media_type',
      'the body must be JSON, with the header `content-type: application/json`',
    )
  return next()
}

/** Refuses a path or query with NUL or half a character: a database stores neither. */
export const refuseUnstorable: MiddlewareHandler = async (c, next) => {
  const { pathname, search } = new URL(c.req.url)
  if (/%00|%ED%[AB]/i.test(pathname + search))
    return refuse(
      c,
      400,
      'invalid_input',
      'the path and the query must be text without NUL and half characters',
    )
  return next()
}

/** A proxy that ends TLS keeps the host, so the host is compared and the scheme is not. */
function isOwn(origin: string, url: string): boolean {
  return URL.canParse(origin) && new URL(origin).host === new URL(url).host
}
