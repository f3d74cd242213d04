import { checkWebRequest, createWebhookHandler, type WebhookEvent } from '@payment-status/core'
import type { Context } from '../context.ts'
import { notFoundError, toUnavailable } from '../errors.ts'
import { isDataError } from '../store/sql-errors.ts'
import { ingestEvent as ingestIntoOne } from './event.ts'

type Handler = (request: Request) => Promise<Response>

/** Returns one endpoint for all providers: it acknowledges what is stored, and nothing else. */
export function createWebhooks(
  context: Context,
  ingestEvent: (context: Context, event: WebhookEvent) => Promise<unknown> = ingestIntoOne,
): Handler {
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
          await ingestEvent(context, event)
        } catch (error) {
          context.report(error)
          if (!isDataError(error)) throw toUnavailable(error)
          await ingestEvent(context, toUnreadable(event))
        }
      },
    })
    handlers.set(name, handler)
    return handler
  }
  return async (request) => {
    checkWebRequest(request)
    const name = readLastSegment(request.url)
    const handler = handlerFor(name)
    if (handler) return handler(request)
    const sentence = 'the last segment of the webhook URL must be the name of a configured provider'
    context.report(notFoundError(sentence))
    return new Response(`${sentence}\n`, { status: 404, headers: { 'content-type': 'text/plain' } })
  }
}

/** An event whose content the database refuses is a task, and acknowledged: it would be refused at every delivery. */
function toUnreadable({ provider, id, type, occurredAt, reply }: WebhookEvent): WebhookEvent {
  const why = 'the event could not be stored: look the payment up at the provider'
  const event = { provider, id, type, reply, kind: 'unreadable', why } as const
  return occurredAt === undefined ? event : { ...event, occurredAt }
}

function readLastSegment(url: string): string {
  const segment = new URL(url).pathname.split('/').findLast((part) => part !== '') ?? ''
  try {
    return decodeURIComponent(segment)
  } catch {
    return '' // a percent sign without a code after it: not a provider's name
  }
}
