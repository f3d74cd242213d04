import { inputError } from './errors.ts'

type Handler = (request: Request) => Promise<Response>

/** Sends a request to the handler its path's last segment names; 404 where there is none. */
export function routeByLastSegment(handlers: ReadonlyMap<string, Handler>): Handler {
  return async (request) => {
    if (typeof request?.url !== 'string' || !URL.canParse(request.url)) {
      throw inputError(
        'the webhook handler takes a web-standard Request: adapt what your framework hands over',
      )
    }
    const handler = handlers.get(readLastSegment(request.url))
    return handler ? handler(request) : new Response(null, { status: 404 })
  }
}

function readLastSegment(url: string): string {
  const segment = new URL(url).pathname.split('/').findLast((part) => part !== '') ?? ''
  try {
    return decodeURIComponent(segment)
  } catch {
    return '' // a percent sign and nothing sensible after it: no provider's name
  }
}
