import { checkWebRequest } from '@payment-status/core'

type Handler = (request: Request) => Promise<Response>

/** Routes a request to the handler named by the last segment of its path. 404 for an unknown name. */
export function routeByLastSegment(handlers: ReadonlyMap<string, Handler>): Handler {
  return async (request) => {
    checkWebRequest(request)
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
