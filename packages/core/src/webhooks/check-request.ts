import { inputError } from '../model/errors.ts'

/**
 * Throws `invalid_input` for anything else than a web-standard `Request`. The message names the adapter of
 * `@payment-status/node` for what was given: Express, Nest, Next's pages, Fastify, Koa or AWS Lambda.
 */
export function checkWebRequest(request: unknown): asserts request is Request {
  const { method, headers, arrayBuffer } = Object(request) as Partial<Request>
  if (typeof method === 'string' && typeof headers?.get === 'function' && typeof arrayBuffer === 'function')
    return
  const adapter =
    adapters.find(({ owns }) => owns(Object(request) as object))?.name ?? 'toNodeHandler(webhooks)'
  throw inputError(
    'payment-status',
    `the webhook handler must be given a web-standard Request. Wrap it for your server: ${adapter} of @payment-status/node`,
  )
}

interface Adapter {
  readonly name: string
  owns(request: object): boolean
}

/** The first that fits. The last is the request of Node's own server, which Express, Nest and Next's pages pass on. */
const adapters: readonly Adapter[] = [
  { name: 'toFastifyPlugin(webhooks)', owns: (request) => 'raw' in request && 'server' in request },
  { name: 'toKoaMiddleware(webhooks)', owns: (request) => 'req' in request && 'app' in request },
  {
    name: 'toLambdaHandler(webhooks)',
    owns: (request) => 'requestContext' in request || 'isBase64Encoded' in request,
  },
  { name: 'toNodeHandler(webhooks)', owns: (request) => 'socket' in request },
]
