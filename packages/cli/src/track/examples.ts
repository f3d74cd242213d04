/** Examples of the OpenAPI document, by component or body. A test validates each against its schema. */

const at = '2026-11-20T13:22:00.000Z'
const amount = { amount: 3800, currency: 'EUR' }
const terms = { expected: { amount, reference: 'order-1001' }, capture: 'automatic' }
const payment = {
  provider: 'stripe',
  id: 'pi_3MtwBwLkdIwHu7ix28a3tqPa',
  reference: 'order-1001',
  status: 'captured',
  amount,
  captured: 3800,
  method: { kind: 'card', brand: 'visa', last4: '4242' },
  createdAt: at,
  facts: { status: 'succeeded' },
}
const report = { evidence: 'report', source: 'webhook', payment, occurredAt: at, observedAt: at }
const orderStatus = { status: 'captured', deciding: report, paid: [report], paidTwice: false }
const step = { kind: 'fulfill' }
const task = {
  key: 'investigate/stripe/pi_3MtwBwLkdIwHu7ix28a3tqPa',
  kind: 'investigate',
  order: 'order-1001',
  payment: { provider: 'stripe', id: payment.id },
  why: 'another payment of this order is paid already',
  openedAt: at,
}
const order = {
  order: 'order-1001',
  terms,
  orderStatus,
  decision: { ...orderStatus, step, payment: report },
  step,
  state: 'decided',
  watchedAt: at,
  changedAt: at,
  payments: [{ provider: 'stripe', id: payment.id, version: 1, report, repeatedPolls: 0 }],
  tasks: [],
}
const unmatched = { provider: 'stripe', id: payment.id, report, since: at }
const statistics = {
  payments: 2,
  statuses: { captured: 1, failed: 1 },
  paid: 1,
  notPaid: 1,
  successRate: 0.5,
  volume: [{ currency: 'EUR', payments: 1, captured: 3800, refunded: 0, notStated: 0 }],
  refusals: [{ reason: 'insufficient_funds', count: 1 }],
  threeDSecure: { asked: 0, passed: 0, failed: 0, timedOut: 0, unfinished: 0 },
}
const { id, reference } = payment

export const examples: Readonly<Record<string, unknown>> = {
  TrackedOrder: { terms, payments: [{ provider: 'stripe', reference: 'order-1001' }], schedule: 'card' },
  reportBody: {
    provider: 'stripe',
    body: {
      id,
      object: 'payment_intent',
      status: 'requires_action',
      amount: 3800,
      currency: 'eur',
      metadata: { order_id: reference },
    },
  },
  returnBody: {
    provider: 'stripe',
    url: `https://shop.example/return?payment_intent=${id}&redirect_status=succeeded`,
    order: 'order-1001',
  },
  OrderView: order,
  OrderPage: { orders: [order] },
  UnwatchResult: {
    undecided: [{ provider: 'stripe', id, status: 'processing' }],
    note: 'money of these payments will be reported as unmatched',
  },
  IngestedReport: { report: { ...report, source: 'response' }, ingested: { outcome: 'applied', version: 1 } },
  Timeline: {
    evidence: [
      {
        kind: 'webhook',
        receivedAt: at,
        type: 'payment_intent.succeeded',
        eventId: 'evt_1',
        report,
        outcome: 'applied',
        version: 1,
      },
    ],
  },
  UnmatchedPage: { payments: [unmatched] },
  TaskList: { tasks: [task] },
  Reconciliation: {
    provider: 'stripe',
    day: '2026-11-20',
    from: '2026-11-20T00:00:00.000Z',
    to: '2026-11-21T00:00:00.000Z',
    healed: 1,
    summary: {
      theirs: 2,
      ours: 2,
      same: 2,
      differences: { only_theirs: 0, only_ours: 0, differs: 0, unreadable: 0 },
      complete: true,
    },
    differences: [],
    unmatched: [],
    statistics,
  },
  Health: {
    backlog: 0,
    blocked: 0,
    overduePolls: 0,
    unmatched: 0,
    openTasks: 1,
    unreadable: 0,
    pausedProviders: [],
    comparisons: [],
    workers: [{ id: 'worker-1', startedAt: at, seenAt: at }],
  },
  PaymentChanged: {
    type: 'payment.changed',
    timestamp: at,
    data: {
      key: `stripe/${id}/1`,
      changeId: '0199a1b2-0000-7000-8000-000000000001',
      order: 'order-1001',
      report,
      step,
      orderStatus,
    },
  },
}
