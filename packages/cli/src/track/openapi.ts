import { paymentStatuses } from '@payment-status/core'
import { taskKinds } from '@payment-status/tracker'
import { version } from '../version.ts'
import { orderStates } from './bodies.ts'

type Schema = Readonly<Record<string, unknown>>

const text: Schema = { type: 'string' }
const instant: Schema = { type: 'string', format: 'date-time' }
const whole: Schema = { type: 'integer', minimum: 0 }
const share: Schema = { type: 'number', minimum: 0, maximum: 1 }
const reference = (name: string): Schema => ({ $ref: `#/components/schemas/${name}` })
const list = (items: Schema): Schema => ({ type: 'array', items })

/** An object of which nothing may be there but what is named; what is not in `optional` must be. */
function object(members: Readonly<Record<string, Schema>>, optional: readonly string[] = []): Schema {
  const required = Object.keys(members).filter((name) => !optional.includes(name))
  return { type: 'object', properties: members, required, additionalProperties: false }
}

const money = object({ amount: { type: 'integer', description: 'Minor units by ISO 4217' }, currency: text })
const lookupKey: Schema = { anyOf: [object({ id: text }), object({ reference: text })] }
const watchedPayment: Schema = {
  anyOf: [object({ provider: text, id: text }), object({ provider: text, reference: text })],
}

const schemas: Readonly<Record<string, Schema>> = {
  Error: object({ error: object({ code: text, message: text }) }),
  Money: money,
  PaymentStatus: { type: 'string', enum: [...paymentStatuses] },
  Payment: object(
    {
      provider: text,
      id: text,
      reference: text,
      status: reference('PaymentStatus'),
      amount: reference('Money'),
      authorized: whole,
      captured: whole,
      refunded: whole,
      settlement: { type: 'object' },
      action: { type: 'object' },
      decline: { type: 'object' },
      dispute: { type: 'object' },
      operations: list({ type: 'object' }),
      method: { type: 'object' },
      authentication: { type: 'object' },
      trace: { type: 'object' },
      authorizationExpiresAt: instant,
      createdAt: instant,
      updatedAt: instant,
      facts: { type: 'object' },
    },
    [
      'reference',
      'amount',
      'authorized',
      'captured',
      'refunded',
      'settlement',
      'action',
      'decline',
      'dispute',
      'operations',
      'method',
      'authentication',
      'trace',
      'authorizationExpiresAt',
      'createdAt',
      'updatedAt',
    ],
  ),
  PaymentReport: object(
    {
      evidence: { type: 'string', const: 'report' },
      source: { type: 'string', enum: ['response', 'webhook', 'lookup', 'list'] },
      payment: reference('Payment'),
      occurredAt: instant,
      observedAt: instant,
      raw: {},
    },
    ['occurredAt', 'raw'],
  ),
  OrderTerms: object(
    {
      expected: object({ amount: reference('Money'), reference: text }, ['reference']),
      capture: { type: 'string', enum: ['automatic', 'manual'] },
      webhookOnly: { type: 'boolean' },
      notBefore: instant,
      split: { type: 'boolean' },
    },
    ['webhookOnly', 'notBefore', 'split'],
  ),
  WatchedPayment: watchedPayment,
  Watched: object(
    {
      terms: reference('OrderTerms'),
      payments: list(reference('WatchedPayment')),
      schedule: {
        anyOf: [
          { type: 'string', enum: ['card', 'slowMethod'] },
          { ...list(whole), minItems: 1, maxItems: 100, description: 'Milliseconds before each next look' },
        ],
      },
    },
    ['schedule'],
  ),
  OrderStatus: object(
    {
      status: reference('PaymentStatus'),
      deciding: reference('PaymentReport'),
      paid: list(reference('PaymentReport')),
      paidTwice: { type: 'boolean' },
    },
    ['deciding'],
  ),
  OrderDecision: object(
    {
      status: reference('PaymentStatus'),
      deciding: reference('PaymentReport'),
      paid: list(reference('PaymentReport')),
      paidTwice: { type: 'boolean' },
      step: reference('Step'),
      payment: reference('PaymentReport'),
    },
    ['deciding', 'payment'],
  ),
  Step: {
    type: 'object',
    description: 'What may be done now: `fulfill` and `capture` are said once for an order',
    properties: { kind: text },
    required: ['kind'],
  },
  PaymentView: object(
    {
      provider: text,
      id: text,
      version: whole,
      report: reference('PaymentReport'),
      recheck: text,
      repeatedPolls: whole,
    },
    ['recheck'],
  ),
  Task: object(
    {
      key: text,
      kind: { type: 'string', enum: [...taskKinds] },
      order: text,
      payment: object({ provider: text, id: text }),
      why: text,
      openedAt: instant,
      closedAt: instant,
    },
    ['order', 'payment', 'why', 'closedAt'],
  ),
  OrderView: object(
    {
      order: text,
      terms: reference('OrderTerms'),
      orderStatus: reference('OrderStatus'),
      decision: reference('OrderDecision'),
      step: reference('Step'),
      delivered: object({ key: text, at: instant }),
      state: { type: 'string', enum: [...orderStates] },
      watchedAt: instant,
      changedAt: instant,
      nextPollAt: instant,
      payments: list(reference('PaymentView')),
      tasks: list(reference('Task')),
    },
    ['step', 'delivered', 'nextPollAt'],
  ),
  OrderPage: object({ orders: list(reference('OrderView')), cursor: text }, ['cursor']),
  IngestResult: object({
    outcome: { type: 'string', enum: ['applied', 'corrected', 'repeated', 'stale', 'conflict'] },
    version: whole,
  }),
  IngestedReport: object({ report: reference('PaymentReport'), ingested: reference('IngestResult') }),
  Evidence: object(
    {
      kind: {
        type: 'string',
        enum: ['webhook', 'response', 'lookup', 'list', 'recheck', 'dispute', 'unreadable'],
      },
      receivedAt: instant,
      type: text,
      eventId: text,
      report: reference('PaymentReport'),
      dispute: { type: 'object' },
      why: text,
      outcome: text,
      version: whole,
    },
    ['type', 'eventId', 'report', 'dispute', 'why', 'outcome', 'version'],
  ),
  Timeline: object({ evidence: list(reference('Evidence')) }),
  Difference: object(
    {
      kind: { type: 'string', enum: ['only_theirs', 'only_ours', 'differs', 'unreadable'] },
      theirs: reference('PaymentReport'),
      ours: { type: 'object' },
      fields: list(text),
    },
    ['theirs', 'ours', 'fields'],
  ),
  Reconciliation: {
    type: 'object',
    properties: {
      provider: text,
      day: text,
      from: instant,
      to: instant,
      healed: whole,
      summary: { type: 'object' },
      differences: list(reference('Difference')),
      unmatched: list(object({ id: text, status: reference('PaymentStatus') })),
      statistics: reference('DayStatistics'),
    },
    required: ['provider', 'day', 'from', 'to', 'healed', 'summary', 'differences', 'statistics'],
  },
  DayStatistics: object(
    {
      payments: { ...whole, description: 'Made in the day, by the clock of the provider' },
      statuses: {
        type: 'object',
        propertyNames: reference('PaymentStatus'),
        additionalProperties: whole,
      },
      paid: { ...whole, description: 'That took money, those whose money went back included' },
      notPaid: { ...whole, description: 'That ended with nothing taken' },
      successRate: { ...share, description: 'paid / (paid + notPaid); absent while none has ended' },
      volume: list(
        object({ currency: text, payments: whole, captured: whole, refunded: whole, notStated: whole }),
      ),
      refusals: list(object({ reason: text, count: whole })),
      threeDSecure: object(
        {
          asked: whole,
          passed: whole,
          failed: whole,
          timedOut: whole,
          unfinished: whole,
          successRate: { ...share, description: 'passed / (passed + failed + timedOut)' },
        },
        ['successRate'],
      ),
    },
    ['successRate'],
  ),
  Health: object(
    {
      backlog: whole,
      oldestChangeMs: { type: 'number' },
      blocked: whole,
      overduePolls: whole,
      unmatched: whole,
      openTasks: whole,
      unreadable: whole,
      pausedProviders: list(object({ provider: text, until: instant })),
      lastSweepAt: instant,
      lastNight: object({ startedAt: instant, endedAt: instant }, ['endedAt']),
      comparisons: list(
        object({ provider: text, day: text, part: text, attempts: whole, startedAt: instant }),
      ),
      workers: list(object({ id: text, startedAt: instant, seenAt: instant })),
    },
    ['oldestChangeMs', 'lastSweepAt', 'lastNight'],
  ),
  Change: object(
    {
      key: { type: 'string', description: '`provider/id/version`: the same at every attempt' },
      changeId: { type: 'string', description: 'Unique for ever: deduplicate by it' },
      order: text,
      report: reference('PaymentReport'),
      before: reference('PaymentReport'),
      step: reference('Step'),
      orderStatus: reference('OrderStatus'),
    },
    ['before', 'step'],
  ),
  TrackedDispute: object(
    {
      key: text,
      provider: text,
      type: text,
      occurredAt: instant,
      order: text,
      payment: lookupKey,
      dispute: { type: 'object' },
    },
    ['occurredAt', 'order', 'payment'],
  ),
  Outgoing: object({
    type: {
      type: 'string',
      enum: ['payment.changed', 'payment.disputed', 'task.opened', 'task.closed', 'day.reconciled'],
    },
    timestamp: instant,
    data: {
      anyOf: ['Change', 'TrackedDispute', 'Task', 'Reconciliation'].map(reference),
    },
  }),
}

const json = (schema: Schema) => ({ 'application/json': { schema } })
const answer = (description: string, name: string) => ({ description, content: json(reference(name)) })
const problem = (description: string) => answer(description, 'Error')
const body = (schema: Schema) => ({ required: true, content: json(schema) })
const inPath = (name: string, description: string) => ({
  name,
  in: 'path',
  required: true,
  description,
  schema: text,
})
const inQuery = (name: string, schema: Schema) => ({ name, in: 'query', schema })

const common = {
  400: problem('The request is not as described'),
  401: problem('The bearer token is missing, or is another'),
  413: problem('The body is larger than 1 MiB'),
  503: problem('The database or a provider cannot be asked now: ask again'),
}

/** The service as OpenAPI 3.1 describes it: clients in other languages are generated from this. */
export function createDocument(): Schema {
  const order = inPath('order', "The shop's own id of the order")
  const provider = inPath('provider', "The provider's name")
  return {
    openapi: '3.1.0',
    info: {
      title: 'payment-status tracker',
      version,
      description: 'Remembers orders that wait to be paid, and hands every change to the shop.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    security: [{ bearer: [] }],
    paths: {
      '/orders': {
        get: {
          operationId: 'listOrders',
          summary: 'Orders, newest first',
          parameters: [
            inQuery('state', { type: 'string', enum: [...orderStates] }),
            inQuery('status', reference('PaymentStatus')),
            inQuery('provider', text),
            inQuery('since', instant),
            inQuery('cursor', text),
            inQuery('limit', { type: 'integer', minimum: 1, maximum: 500 }),
          ],
          responses: { 200: answer('A page', 'OrderPage'), ...common },
        },
      },
      '/orders/{order}': {
        put: {
          operationId: 'watchOrder',
          summary: 'Watch an order, best before the shopper is sent away; again to add an attempt',
          parameters: [order],
          requestBody: body(reference('Watched')),
          responses: { 200: answer('Where it stands', 'OrderView'), ...common },
        },
        get: {
          operationId: 'getOrder',
          summary: 'Where an order stands',
          parameters: [order],
          responses: {
            200: answer('Where it stands', 'OrderView'),
            404: problem('Nobody watches it'),
            ...common,
          },
        },
        delete: {
          operationId: 'unwatchOrder',
          summary: 'Stop watching an order',
          parameters: [order],
          responses: { 204: { description: 'It is not watched any more' }, ...common },
        },
      },
      '/reports': {
        post: {
          operationId: 'hearReport',
          summary: 'The body that answered a create call',
          requestBody: body(
            object(
              {
                provider: text,
                body: { type: 'object' },
                sent: { type: 'object', description: 'Onerway: { txnType, merchantTxnId }' },
              },
              ['sent'],
            ),
          ),
          responses: {
            200: answer('What it says', 'IngestedReport'),
            422: problem('The body is not what the provider documents'),
            502: problem('The provider refused the request: no payment came of it'),
            ...common,
          },
        },
      },
      '/returns': {
        post: {
          operationId: 'readReturn',
          summary: 'The URL the shopper came back on: looks now, waits a little',
          requestBody: body(object({ provider: text, url: { type: 'string', format: 'uri' } })),
          responses: {
            200: answer('Where its order stands', 'OrderView'),
            404: problem('It belongs to no watched order'),
            502: problem('The provider refused to be asked'),
            ...common,
          },
        },
      },
      '/payments/{provider}/{id}/timeline': {
        get: {
          operationId: 'readTimeline',
          summary: 'Everything received about a payment, oldest first',
          parameters: [provider, inPath('id', "The provider's id of the payment")],
          responses: { 200: answer('The evidence', 'Timeline'), ...common },
        },
      },
      '/reconciliations/{provider}/{day}': {
        get: {
          operationId: 'readReconciliation',
          summary: 'What the nightly comparison of a day came to',
          parameters: [provider, inPath('day', 'Such as 2026-11-20')],
          responses: {
            200: answer('The comparison', 'Reconciliation'),
            404: problem('Not compared yet'),
            ...common,
          },
        },
      },
      '/tasks/{key}': {
        delete: {
          operationId: 'closeTask',
          summary: 'What only a person could do is done',
          parameters: [inPath('key', 'The key of the task')],
          responses: { 204: { description: 'It is closed, now or before; or there is none' }, ...common },
        },
      },
      '/health': {
        get: {
          operationId: 'readHealth',
          summary: 'What waits, and what is late',
          responses: { 200: answer('Now', 'Health'), ...common },
        },
      },
      '/metrics': {
        get: {
          operationId: 'readMetrics',
          summary: 'The same for Prometheus',
          responses: {
            200: { description: 'Prometheus text', content: { 'text/plain': { schema: text } } },
            ...common,
          },
        },
      },
    },
    webhooks: {
      outgoing: {
        post: {
          operationId: 'receiveChange',
          summary: 'POSTed to CHANGES_URL, signed as Standard Webhooks says, until it is answered 2xx',
          requestBody: body(reference('Outgoing')),
          responses: { 200: { description: 'It is done: it will not come again' } },
        },
      },
    },
    components: { schemas, securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } } },
  }
}
