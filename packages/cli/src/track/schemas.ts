import { paymentStatuses } from '@payment-status/core'
import { taskKinds } from '@payment-status/tracker'
import * as v from 'valibot'
import { orderStates, orderTerms, watchBody } from './bodies.ts'

/** Schemas of everything the service sends, from which the OpenAPI document is generated. */

const text = v.string()
const instant = v.pipe(v.string(), v.isoTimestamp())
const whole = v.pipe(v.number(), v.integer(), v.minValue(0))
const share = v.pipe(v.number(), v.minValue(0), v.maxValue(1))
const optional = v.exactOptional
const described = <const Schema extends v.GenericSchema>(schema: Schema, description: string) =>
  v.pipe(schema, v.description(description))

const PaymentStatus = v.picklist(paymentStatuses)
const minorUnits = described(whole, 'Minor units of the currency')
const Money = v.strictObject({
  amount: described(v.pipe(v.number(), v.integer()), 'Minor units by ISO 4217'),
  currency: described(text, 'Upper-case ISO 4217 code'),
})

const Decline = v.strictObject({
  code: optional(text),
  reason: v.picklist([
    'insufficient_funds',
    'do_not_honor',
    'card_expired',
    'invalid_card',
    'incorrect_cvc',
    'lost_or_stolen',
    'fraud_suspected',
    'limit_exceeded',
    'not_permitted',
    'authentication_required',
    'authentication_failed',
    'authentication_timed_out',
    'issuer_unavailable',
    'processing_error',
    'canceled_by_shopper',
    'other',
  ]),
  retry: v.picklist(['same_method', 'other_method', 'never']),
  message: optional(text),
})

const Dispute = v.strictObject({
  id: optional(text),
  status: v.picklist(['early_warning', 'needs_response', 'under_review', 'won', 'lost', 'closed', 'unknown']),
  reason: optional(text),
  amount: optional(Money),
  respondBy: optional(instant),
  updatedAt: optional(instant),
  proven: optional(v.literal(false)),
})

const redirect = v.strictObject({ kind: v.literal('redirect'), url: text })
const show = v.strictObject({
  kind: v.literal('show'),
  what: v.picklist(['qr_code', 'barcode', 'voucher', 'bank_details', 'other']),
  url: optional(text),
  text: optional(text),
  expiresAt: optional(instant),
})
const sdk = v.strictObject({ kind: v.literal('sdk') })
const ShopperAction = v.variant('kind', [redirect, show, sdk])

const Payment = v.strictObject({
  provider: text,
  id: text,
  reference: optional(text),
  status: PaymentStatus,
  amount: optional(Money),
  authorized: optional(minorUnits),
  captured: optional(minorUnits),
  refunded: optional(minorUnits),
  settlement: optional(v.strictObject({ amount: optional(Money), rate: optional(text) })),
  action: optional(ShopperAction),
  decline: optional(Decline),
  dispute: optional(Dispute),
  disputes: optional(v.array(Dispute)),
  review: optional(v.picklist(['open', 'closed'])),
  awaits: optional(v.picklist(['merchant'])),
  conflict: optional(v.strictObject({ status: PaymentStatus, since: instant })),
  operations: optional(
    v.array(
      v.strictObject({
        id: text,
        kind: v.picklist(['payment', 'authorization', 'verification', 'capture', 'void', 'refund', 'other']),
        status: v.picklist(['succeeded', 'pending', 'failed', 'unknown']),
        amount: optional(minorUnits),
        at: optional(instant),
      }),
    ),
  ),
  method: optional(
    v.strictObject({
      kind: v.picklist([
        'card',
        'wallet',
        'bank_transfer',
        'bank_redirect',
        'voucher',
        'buy_now_pay_later',
        'other',
      ]),
      name: optional(text),
      brand: optional(text),
      last4: optional(text),
      country: optional(text),
    }),
  ),
  authentication: optional(
    v.strictObject({ eci: optional(text), version: optional(text), status: optional(text) }),
  ),
  trace: optional(
    v.strictObject({
      authorizationCode: optional(text),
      networkTransactionId: optional(text),
      acquirerReference: optional(text),
    }),
  ),
  authorizationExpiresAt: optional(instant),
  createdAt: optional(instant),
  updatedAt: optional(instant),
  facts: described(
    v.record(v.string(), v.nullable(v.union([v.string(), v.number(), v.boolean()]))),
    'The provider’s own words',
  ),
})

const PaymentReport = v.strictObject({
  evidence: v.literal('report'),
  source: v.picklist(['response', 'webhook', 'lookup', 'list']),
  payment: Payment,
  occurredAt: optional(instant),
  observedAt: instant,
  raw: optional(v.unknown()),
})

const LookupKey = v.union([v.strictObject({ id: text }), v.strictObject({ reference: text })])

const PaymentHint = v.strictObject({
  evidence: v.literal('hint'),
  provider: text,
  source: v.picklist(['client', 'return_url', 'response']),
  key: optional(LookupKey),
  appears: optional(v.picklist(['looks_paid', 'looks_unfinished', 'looks_refused'])),
  action: optional(ShopperAction),
  decline: optional(Decline),
  facts: optional(v.record(v.string(), v.nullable(v.union([v.string(), v.number(), v.boolean()])))),
})

const Step = described(
  v.variant('kind', [
    v.strictObject({ kind: v.literal('send_shopper'), action: redirect }),
    v.strictObject({ kind: v.literal('show_shopper'), action: v.variant('kind', [show, sdk]) }),
    v.strictObject({ kind: v.literal('wait'), poll: v.boolean() }),
    v.strictObject({ kind: v.literal('capture') }),
    v.strictObject({ kind: v.literal('fulfill') }),
    v.strictObject({
      kind: v.literal('ask_again'),
      newPayment: v.boolean(),
      decline: optional(Decline),
      amount: optional(Money),
    }),
    v.strictObject({ kind: v.literal('stop') }),
    v.strictObject({ kind: v.literal('complete') }),
    v.strictObject({ kind: v.literal('look_up') }),
    v.strictObject({ kind: v.literal('investigate'), why: text }),
    v.strictObject({ kind: v.literal('none') }),
  ]),
  'The next step of the shop. `fulfill` and `capture` are delivered once for an order',
)

const orderStatus = {
  status: PaymentStatus,
  deciding: optional(PaymentReport),
  paid: v.array(PaymentReport),
  paidTwice: v.boolean(),
}
const OrderStatus = v.strictObject(orderStatus)
const OrderDecision = v.strictObject({ ...orderStatus, step: Step, payment: optional(PaymentReport) })

const PaymentView = v.strictObject({
  provider: text,
  id: text,
  version: whole,
  report: PaymentReport,
  recheck: optional(text),
  repeatedPolls: whole,
})

const Task = v.strictObject({
  key: text,
  kind: v.picklist(taskKinds),
  order: optional(text),
  payment: optional(v.strictObject({ provider: text, id: text })),
  why: optional(text),
  openedAt: instant,
  closedAt: optional(instant),
})
const TaskList = v.strictObject({ tasks: v.array(Task) })

const OrderView = v.strictObject({
  order: text,
  terms: orderTerms,
  orderStatus: OrderStatus,
  decision: OrderDecision,
  step: optional(Step),
  delivered: optional(v.strictObject({ key: text, at: instant })),
  state: v.picklist(orderStates),
  watchedAt: instant,
  changedAt: instant,
  nextPollAt: optional(instant),
  payments: v.array(PaymentView),
  tasks: v.array(Task),
})
const OrderPage = v.strictObject({ orders: v.array(OrderView), cursor: optional(text) })

const UnwatchResult = v.strictObject({
  undecided: v.array(v.strictObject({ provider: text, id: text, status: PaymentStatus })),
  note: optional(text),
})

const outcome = v.picklist(['applied', 'corrected', 'repeated', 'stale', 'conflict'])
const IngestedReport = v.union([
  v.strictObject({
    report: PaymentReport,
    ingested: v.strictObject({ outcome, version: whole }),
  }),
  v.strictObject({ hint: PaymentHint }),
])

const Timeline = v.strictObject({
  evidence: v.array(
    v.strictObject({
      kind: v.picklist(['webhook', 'response', 'lookup', 'list', 'recheck', 'dispute', 'unreadable']),
      receivedAt: instant,
      type: optional(text),
      eventId: optional(text),
      report: optional(PaymentReport),
      dispute: optional(Dispute),
      why: optional(text),
      outcome: optional(outcome),
      version: optional(whole),
    }),
  ),
})

const UnmatchedPayment = v.strictObject({
  provider: text,
  id: text,
  report: PaymentReport,
  since: instant,
  order: optional(described(text, 'The order that was unwatched')),
})
const UnmatchedPage = v.strictObject({ payments: v.array(UnmatchedPayment), cursor: optional(text) })

const differences = v.picklist(['only_theirs', 'only_ours', 'differs', 'unreadable'])
const DayStatistics = v.strictObject({
  payments: described(whole, 'Payments created in the day, by the clock of the provider'),
  statuses: v.record(v.string(), whole),
  paid: described(whole, 'Payments that captured money, refunded ones included'),
  notPaid: described(whole, 'Payments that ended without money'),
  successRate: optional(described(share, 'paid / (paid + notPaid); absent while both are 0')),
  volume: v.array(
    v.strictObject({
      currency: text,
      payments: whole,
      captured: whole,
      refunded: whole,
      notStated: whole,
    }),
  ),
  refusals: v.array(v.strictObject({ reason: text, count: whole })),
  threeDSecure: v.strictObject({
    asked: whole,
    passed: whole,
    failed: whole,
    timedOut: whole,
    unfinished: whole,
    successRate: optional(described(share, 'passed / (passed + failed + timedOut)')),
  }),
})
const Reconciliation = v.strictObject({
  provider: text,
  day: text,
  from: instant,
  to: instant,
  healed: whole,
  summary: v.strictObject({
    theirs: whole,
    ours: whole,
    same: whole,
    differences: v.strictObject({
      only_theirs: whole,
      only_ours: whole,
      differs: whole,
      unreadable: whole,
    }),
    complete: v.boolean(),
  }),
  notKept: optional(
    described(whole, 'Listed payments that are older than what is kept, and not recorded: not compared.'),
  ),
  differences: v.array(
    v.strictObject({
      kind: differences,
      theirs: optional(PaymentReport),
      ours: optional(v.record(v.string(), v.unknown())),
      fields: optional(v.array(v.picklist(['status', 'amount', 'captured', 'refunded', 'settlement']))),
    }),
  ),
  unmatched: v.array(v.strictObject({ id: text, status: PaymentStatus })),
  statistics: DayStatistics,
})

const Health = v.strictObject({
  backlog: described(whole, 'Changes, disputes, tasks and unmatched payments that wait to be delivered'),
  oldestChangeMs: optional(v.number()),
  blocked: described(whole, 'Streams whose later changes wait for one that failed'),
  overduePolls: whole,
  unmatched: described(whole, 'Payments with money that belong to no tracked order'),
  openTasks: whole,
  unreadable: whole,
  pausedProviders: v.array(v.strictObject({ provider: text, until: instant })),
  lastSweepAt: optional(instant),
  lastNight: optional(v.strictObject({ startedAt: instant, endedAt: optional(instant) })),
  comparisons: v.array(
    v.strictObject({ provider: text, day: text, part: text, attempts: whole, startedAt: instant }),
  ),
  workers: v.array(v.strictObject({ id: text, startedAt: instant, seenAt: instant })),
  shards: optional(
    described(
      v.array(v.strictObject({ name: text, isReachable: v.boolean() })),
      'Of a service on several databases. The counts leave out what cannot be reached',
    ),
  ),
})

const Change = v.strictObject({
  key: described(text, '`provider/id/version`: the same at every attempt'),
  changeId: described(text, 'Unique for ever: deduplicate by it'),
  order: text,
  report: PaymentReport,
  before: optional(PaymentReport),
  step: optional(Step),
  orderStatus: OrderStatus,
})
const TrackedDispute = v.strictObject({
  key: text,
  provider: text,
  type: text,
  occurredAt: optional(instant),
  order: optional(text),
  payment: optional(LookupKey),
  dispute: Dispute,
})

const message = <const Type extends string, const Data extends v.GenericSchema>(type: Type, data: Data) =>
  v.strictObject({ type: v.literal(type), timestamp: instant, data })
const PaymentChanged = message('payment.changed', Change)
const PaymentDisputed = message('payment.disputed', TrackedDispute)
const PaymentUnmatched = message('payment.unmatched', UnmatchedPayment)
const TaskOpened = message('task.opened', Task)
const TaskClosed = message('task.closed', Task)
const DayReconciled = message('day.reconciled', Reconciliation)

const ServiceError = v.strictObject({ error: v.strictObject({ code: text, message: text }) })

/** Components of the document, by their names. */
export const components = {
  Error: ServiceError,
  Money,
  PaymentStatus,
  Decline,
  Dispute,
  ShopperAction,
  Payment,
  PaymentReport,
  PaymentHint,
  LookupKey,
  OrderTerms: orderTerms,
  TrackedOrder: watchBody,
  Step,
  OrderStatus,
  OrderDecision,
  PaymentView,
  Task,
  TaskList,
  OrderView,
  OrderPage,
  UnwatchResult,
  IngestedReport,
  Timeline,
  UnmatchedPayment,
  UnmatchedPage,
  DayStatistics,
  Reconciliation,
  Health,
  Change,
  TrackedDispute,
  PaymentChanged,
  PaymentDisputed,
  PaymentUnmatched,
  TaskOpened,
  TaskClosed,
  DayReconciled,
} as const

/** Messages to the shop, by their types. */
export const messages = {
  'payment.changed': 'PaymentChanged',
  'payment.disputed': 'PaymentDisputed',
  'payment.unmatched': 'PaymentUnmatched',
  'task.opened': 'TaskOpened',
  'task.closed': 'TaskClosed',
  'day.reconciled': 'DayReconciled',
} as const satisfies Readonly<Record<string, keyof typeof components>>
