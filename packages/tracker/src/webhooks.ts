import { createWebhookHandler } from '@payment-status/core'
import type { Context } from './context.ts'
import { inputError, toUnavailable } from './errors.ts'
import { hearEvent } from './hear.ts'

type Handler = (request: Request) => Promise<Response>

/** One endpoint for all providers: what is acknowledged is stored. */
export function createWebhooks(context: Context): Handler {
  const { payments } = context.options
  const handlers = new Map<string, Handler>()
  const handlerFor = (name: string): Handler | undefined => {
    const known = handlers.get(name)
    if (known || !payments.has(name)) return known
    const handler = createWebhookHandler(payments.provider(name), {
      // The claim is stored in the transaction of what it claims.
      claims: 'none',
      onError: context.report,
      async onEvent(event) {
        try {
          await hearEvent(context, event)
        } catch (error) {
          context.report(error)
          throw toUnavailable(error)
        }
      },
    })
    handlers.set(name, handler)
    return handler
  }
  return async (request) => {
    if (typeof request?.url !== 'string' || !URL.canParse(request.url))
      throw inputError(
        'the webhook handler takes a web-standard Request: adapt what your framework hands over',
      )
    const handler = handlerFor(readLastSegment(request.url))
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
