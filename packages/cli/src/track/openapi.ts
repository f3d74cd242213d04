import { toJsonSchema, toJsonSchemaDefs } from '@valibot/to-json-schema'
import type { GenericSchema } from 'valibot'
import { version } from '../version.ts'
import { listQuery, ordersQuery, reportBody, returnBody, taskQuery, watchBody } from './bodies.ts'
import { examples } from './examples.ts'
import { components, messages } from './schemas.ts'

type Json = Readonly<Record<string, unknown>>
type Component = keyof typeof components

const settings = {
  target: 'draft-2020-12',
  // What a query's text becomes after it was read: `limit` is a number for clients.
  typeMode: 'output',
  // Safe integers and regular expressions with a message have no word of their own in JSON Schema.
  errorMode: 'ignore',
  overrideRef: ({ referenceId }: { readonly referenceId: string }) => `#/components/schemas/${referenceId}`,
} as const

const reference = (name: Component): Json => ({ $ref: `#/components/schemas/${name}` })
const json = (schema: Json, example?: unknown) => ({
  'application/json': { schema, ...(example === undefined ? {} : { example }) },
})

/** Converts a schema that validates; what has a name becomes a reference. */
function convert(schema: GenericSchema): Json {
  const { $schema: _, $defs: __, ...rest } = toJsonSchema(schema, { ...settings, definitions: components })
  return rest
}

function answer(description: string, name: Component): Json {
  return { description, content: json(reference(name), examples[name]) }
}

function problem(description: string, code: string): Json {
  const example = { error: { code, message: `[payment-status] ${description}` } }
  return { description, content: json(reference('Error'), example) }
}

const common = {
  400: problem('The request is not as described', 'invalid_input'),
  401: problem('The bearer token is missing or wrong', 'unauthorized'),
  403: problem('The request comes from a page of another site', 'forbidden'),
  413: problem('The body is larger than 1 MiB', 'too_large'),
  415: problem('The body is not declared as application/json', 'unsupported_media_type'),
  429: problem('Too many wrong tokens came from this address', 'rate_limited'),
  503: problem('The database or a provider cannot be reached: try again', 'unavailable'),
}
const body = (schema: Json, example: unknown) => ({ required: true, content: json(schema, example) })
const inPath = (name: string, description: string, example: string) => ({
  name,
  in: 'path',
  required: true,
  description,
  schema: { type: 'string' },
  example,
})

function inQuery({ entries }: { readonly entries: Readonly<Record<string, GenericSchema>> }): Json[] {
  return Object.entries(entries).map(([name, schema]) => ({ name, in: 'query', schema: convert(schema) }))
}

/** Returns the service as OpenAPI 3.1 describes it, generated from the schemas that validate. */
export function createDocument(): Json {
  const order = inPath('order', "The shop's own id of the order", 'order-1001')
  const provider = inPath('provider', "The provider's name", 'stripe')
  const notTracked = problem('No order of this id is tracked', 'not_found')
  const viewed = answer('The order', 'OrderView')
  return {
    openapi: '3.1.0',
    info: {
      title: 'payment-status tracker',
      version,
      description: 'Records orders that wait to be paid, and delivers every change to the shop.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    security: [{ bearer: [] }],
    paths: {
      '/orders': {
        get: {
          operationId: 'listOrders',
          summary: 'List orders, newest first',
          parameters: inQuery(ordersQuery),
          responses: { 200: answer('A page of orders', 'OrderPage'), ...common },
        },
      },
      '/orders/{order}': {
        put: {
          operationId: 'watchOrder',
          summary: 'Track an order, best before the shopper is sent to pay; repeat it to add an attempt',
          parameters: [order],
          requestBody: body(convert(watchBody), examples.TrackedOrder),
          responses: { 200: viewed, ...common },
        },
        get: {
          operationId: 'getOrder',
          summary: 'Read an order',
          parameters: [order],
          responses: { 200: viewed, 404: notTracked, ...common },
        },
        delete: {
          operationId: 'unwatchOrder',
          summary: 'Stop tracking an order',
          parameters: [order],
          responses: {
            200: answer(
              'It is not tracked any more, and some of its payments may still be paid',
              'UnwatchResult',
            ),
            204: { description: 'It is not tracked any more' },
            404: notTracked,
            ...common,
          },
        },
      },
      '/orders/{order}/refresh': {
        post: {
          operationId: 'refreshOrder',
          summary: 'Look all payments of an order up now',
          parameters: [order],
          responses: {
            200: viewed,
            404: notTracked,
            422: problem('The provider’s answer is not as documented', 'invalid_payload'),
            502: problem('The provider rejects the request', 'rejected'),
            ...common,
          },
        },
      },
      '/reports': {
        post: {
          operationId: 'ingestReport',
          summary: 'Ingest the answer to a create call, and what was sent',
          requestBody: body(convert(reportBody), examples.reportBody),
          responses: {
            200: answer(
              'The report that was ingested, or a hint that names no payment yet',
              'IngestedReport',
            ),
            422: problem('The body is not as the provider documents', 'invalid_payload'),
            502: problem('The provider rejected the request: no payment was created', 'rejected'),
            ...common,
          },
        },
      },
      '/returns': {
        post: {
          operationId: 'handleReturn',
          summary: 'Look up the payment of the URL that the shopper returned on, for a few seconds',
          requestBody: body(convert(returnBody), examples.returnBody),
          responses: {
            200: viewed,
            404: problem('The payment belongs to no tracked order, or to another', 'not_found'),
            422: problem('The provider’s answer is not as documented', 'invalid_payload'),
            502: problem('The provider rejects the request', 'rejected'),
            ...common,
          },
        },
      },
      '/payments/{provider}/{id}/timeline': {
        get: {
          operationId: 'readTimeline',
          summary: 'Read the evidence of a payment, oldest first',
          parameters: [
            provider,
            inPath('id', "The provider's id of the payment", 'pi_3MtwBwLkdIwHu7ix28a3tqPa'),
          ],
          responses: { 200: answer('The evidence', 'Timeline'), ...common },
        },
      },
      '/unmatched': {
        get: {
          operationId: 'listUnmatched',
          summary: 'List payments with money that belong to no tracked order, oldest first',
          parameters: inQuery(listQuery),
          responses: { 200: answer('A page of payments', 'UnmatchedPage'), ...common },
        },
      },
      '/reconciliations/{provider}/{day}': {
        get: {
          operationId: 'readReconciliation',
          summary: 'Read the nightly comparison of a day',
          parameters: [provider, inPath('day', 'A day such as 2026-11-20', '2026-11-20')],
          responses: {
            200: answer('The comparison', 'Reconciliation'),
            404: problem('This day has not been compared yet', 'not_found'),
            ...common,
          },
        },
      },
      '/tasks': {
        get: {
          operationId: 'listTasks',
          summary: 'List open tasks, oldest first',
          parameters: inQuery(taskQuery),
          responses: { 200: answer('The open tasks', 'TaskList'), ...common },
        },
      },
      '/tasks/{key}': {
        delete: {
          operationId: 'closeTask',
          summary: 'Close a task after a person has done it',
          parameters: [inPath('key', 'The key of the task', 'undecided/order-1001')],
          responses: {
            204: { description: 'The task is closed' },
            404: problem('No open task has this key', 'not_found'),
            ...common,
          },
        },
      },
      '/health': {
        get: {
          operationId: 'readHealth',
          summary: 'Read what waits and what is late',
          responses: { 200: answer('The state at this moment', 'Health'), ...common },
        },
      },
      '/healthz': {
        get: {
          operationId: 'probe',
          summary: 'Probe for load balancers: no token, no data',
          security: [],
          responses: {
            200: {
              description: 'The service works',
              content: { 'text/plain': { schema: { type: 'string' }, example: 'ok' } },
            },
            503: {
              description: 'The database cannot be reached',
              content: {
                'text/plain': { schema: { type: 'string' }, example: 'the database cannot be reached' },
              },
            },
          },
        },
      },
      '/metrics': {
        get: {
          operationId: 'readMetrics',
          summary: 'Read the metrics for Prometheus',
          responses: {
            200: {
              description: 'Prometheus text',
              content: { 'text/plain': { schema: { type: 'string' }, example: 'payment_status_backlog 0' } },
            },
            ...common,
          },
        },
      },
    },
    webhooks: {
      outgoing: {
        post: {
          operationId: 'receiveMessage',
          summary: 'POSTed to CHANGES_URL, signed by Standard Webhooks, until the answer is 2xx',
          requestBody: body(
            {
              oneOf: Object.values(messages).map(reference),
              discriminator: {
                propertyName: 'type',
                mapping: Object.fromEntries(
                  Object.entries(messages).map(([type, name]) => [type, reference(name).$ref]),
                ),
              },
            },
            examples.PaymentChanged,
          ),
          responses: { 200: { description: 'The message is done and is not sent again' } },
        },
      },
    },
    components: {
      schemas: toJsonSchemaDefs(components, settings),
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } },
    },
  }
}
