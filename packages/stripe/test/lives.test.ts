import {
  advance,
  decideOrder,
  type OrderTerms,
  type PaymentReport,
  type WebhookEvent,
} from '@payment-status/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createStripe, signWebhook } from '../src/index.ts'
import { answering, makeCharge, makeIntent, webhookSecrets } from './helpers.ts'

/** Second in which the life begins, and the time from which its events are received, in milliseconds. */
const BEGIN = 1_772_446_530
const OBSERVED_AT = (BEGIN + 86_400) * 1000

interface Life {
  readonly title: string
  readonly capture: OrderTerms['capture']
  /** At most five, in the order in which they happened. */
  readonly events: ReadonlyArray<readonly [type: string, object: object]>
  /** Last state of the API. */
  readonly intent: Record<string, unknown>
  readonly charges?: readonly object[]
  readonly refunds?: readonly object[]
  readonly disputes?: readonly object[]
  /** The final recorded state, and the step for an order over 25.00 EUR. */
  readonly payment: object
  readonly step: string
}

const held = {
  capture_method: 'manual',
  status: 'requires_capture',
  amount_received: 0,
  amount_capturable: 2500,
}
const open = { status: 'requires_payment_method', amount_received: 0, latest_charge: null }
const refund = (status: string) => ({
  id: 're_1',
  object: 'refund',
  amount: 2500,
  charge: 'ch_madeHere',
  payment_intent: 'pi_madeHere',
  created: BEGIN + 3,
  status,
})
const dispute = (status: string, facts = {}) => ({
  id: 'du_1',
  object: 'dispute',
  amount: 2500,
  currency: 'eur',
  charge: 'ch_madeHere',
  payment_intent: 'pi_madeHere',
  reason: 'fraudulent',
  status,
  ...facts,
})
const warning = { id: 'issfr_1', fraud_type: 'made_with_stolen_card', payment_intent: 'pi_madeHere' }
const session = (payment_status: string) => ({
  id: 'cs_test_1',
  object: 'checkout.session',
  payment_intent: 'pi_madeHere',
  payment_status,
  status: 'complete',
})
const charge = (facts: object = {}) =>
  makeCharge({ amount: 2500, payment_intent: 'pi_madeHere', created: BEGIN, ...facts })
const debitFailed = { type: 'invalid_request_error', code: 'debit_not_authorized' }

const lives: readonly Life[] = [
  {
    title: 'several captures, the last one to come',
    capture: 'manual',
    events: [
      ['payment_intent.created', makeIntent(open)],
      ['payment_intent.amount_capturable_updated', makeIntent(held)],
      [
        'payment_intent.amount_capturable_updated',
        makeIntent({ ...held, amount_received: 1000, amount_capturable: 1500 }),
      ],
      ['charge.captured', charge({ amount_captured: 1000 })],
      [
        'payment_intent.amount_capturable_updated',
        makeIntent({ ...held, amount_received: 2000, amount_capturable: 500 }),
      ],
    ],
    intent: makeIntent({
      ...held,
      amount_received: 2000,
      amount_capturable: 500,
      latest_charge: charge({ amount_captured: 2000 }),
    }),
    payment: { status: 'partially_captured', authorized: 2500, captured: 2000 },
    step: 'wait',
  },
  {
    title: 'several captures up to the whole',
    capture: 'manual',
    events: [
      ['payment_intent.amount_capturable_updated', makeIntent(held)],
      [
        'payment_intent.amount_capturable_updated',
        makeIntent({ ...held, amount_received: 1000, amount_capturable: 1500 }),
      ],
      ['charge.captured', charge({ amount_captured: 1000 })],
      ['charge.captured', charge()],
      ['payment_intent.succeeded', makeIntent({ capture_method: 'manual' })],
    ],
    intent: makeIntent({ capture_method: 'manual', latest_charge: charge() }),
    payment: { status: 'captured', captured: 2500 },
    step: 'fulfill',
  },
  {
    title: 'a capture in part, for good',
    capture: 'manual',
    events: [
      ['charge.succeeded', charge({ captured: false, amount_captured: 0 })],
      ['payment_intent.amount_capturable_updated', makeIntent(held)],
      ['charge.captured', charge({ amount_captured: 1000 })],
      ['payment_intent.succeeded', makeIntent({ capture_method: 'manual', amount_received: 1000 })],
    ],
    intent: makeIntent({
      capture_method: 'manual',
      amount_received: 1000,
      latest_charge: charge({ amount_captured: 1000 }),
    }),
    payment: { status: 'partially_captured', authorized: 1000, captured: 1000 },
    step: 'investigate',
  },
  {
    title: 'an authorization raised, then captured',
    capture: 'manual',
    events: [
      [
        'payment_intent.amount_capturable_updated',
        makeIntent({ ...held, amount: 2000, amount_capturable: 2000 }),
      ],
      ['payment_intent.amount_capturable_updated', makeIntent(held)],
      ['charge.updated', charge({ captured: false, amount_captured: 0 })],
      ['charge.captured', charge()],
      ['payment_intent.succeeded', makeIntent({ capture_method: 'manual' })],
    ],
    intent: makeIntent({ capture_method: 'manual', latest_charge: charge() }),
    payment: { status: 'captured', amount: { amount: 2500, currency: 'EUR' }, captured: 2500 },
    step: 'fulfill',
  },
  {
    title: 'a refund that fails after it succeeded',
    capture: 'automatic',
    events: [
      ['payment_intent.succeeded', makeIntent()],
      ['refund.created', refund('succeeded')],
      ['charge.refunded', charge({ amount_refunded: 2500 })],
      ['refund.failed', refund('failed')],
      ['charge.refund.updated', refund('failed')],
    ],
    intent: makeIntent({ latest_charge: charge({ refunds: { data: [refund('failed')], has_more: false } }) }),
    payment: { status: 'captured', captured: 2500, refunded: 0 },
    step: 'investigate',
  },
  {
    title: 'a dispute lost after a refund',
    capture: 'automatic',
    events: [
      ['payment_intent.succeeded', makeIntent()],
      ['charge.refunded', charge({ amount_refunded: 2500 })],
      ['charge.dispute.created', dispute('needs_response')],
      ['charge.dispute.funds_withdrawn', dispute('needs_response')],
      ['charge.dispute.closed', dispute('lost')],
    ],
    intent: makeIntent({
      latest_charge: charge({
        amount_refunded: 2500,
        disputed: true,
        refunds: { data: [refund('succeeded')], has_more: false },
      }),
    }),
    disputes: [dispute('lost')],
    payment: { status: 'refunded', refunded: 2500, dispute: { id: 'du_1', status: 'lost' } },
    step: 'stop',
  },
  {
    title: 'a dispute that Rapid Dispute Resolution settled',
    capture: 'automatic',
    events: [
      ['payment_intent.succeeded', makeIntent()],
      [
        'charge.dispute.created',
        dispute('prevented', { payment_method_details: { card: { case_type: 'resolution' } } }),
      ],
    ],
    intent: makeIntent({ latest_charge: charge({ disputed: true }) }),
    disputes: [dispute('prevented', { payment_method_details: { card: { case_type: 'resolution' } } })],
    payment: { status: 'captured', dispute: { id: 'du_1', status: 'lost' } },
    step: 'investigate',
  },
  {
    title: 'a Checkout Session whose debit fails later',
    capture: 'automatic',
    events: [
      ['payment_intent.processing', makeIntent({ status: 'processing', amount_received: 0 })],
      ['checkout.session.completed', session('unpaid')],
      ['charge.failed', charge({ status: 'failed', amount_captured: 0 })],
      ['payment_intent.payment_failed', makeIntent({ ...open, last_payment_error: debitFailed })],
      ['checkout.session.async_payment_failed', session('unpaid')],
    ],
    intent: makeIntent({
      ...open,
      latest_charge: charge({ status: 'failed', amount_captured: 0 }),
      last_payment_error: debitFailed,
    }),
    payment: { status: 'open', decline: { code: 'debit_not_authorized', reason: 'not_permitted' } },
    step: 'ask_again',
  },
  {
    title: 'an early fraud warning on held funds, then the capture',
    capture: 'manual',
    events: [
      ['payment_intent.amount_capturable_updated', makeIntent(held)],
      ['radar.early_fraud_warning.created', warning],
      ['charge.captured', charge()],
      ['payment_intent.succeeded', makeIntent({ capture_method: 'manual' })],
    ],
    intent: makeIntent({ capture_method: 'manual', latest_charge: charge() }),
    payment: { status: 'captured', dispute: { id: 'issfr_1', status: 'early_warning' } },
    step: 'investigate',
  },
  {
    title: 'a review that is approved',
    capture: 'automatic',
    events: [
      ['payment_intent.succeeded', makeIntent({ review: 'prv_1' })],
      ['review.opened', { id: 'prv_1', payment_intent: 'pi_madeHere', open: true }],
      ['review.closed', { id: 'prv_1', payment_intent: 'pi_madeHere', open: false, reason: 'approved' }],
    ],
    intent: makeIntent({
      latest_charge: charge(),
      review: { id: 'prv_1', open: false, closed_reason: 'approved' },
    }),
    payment: { status: 'captured', review: 'closed' },
    step: 'fulfill',
  },
  {
    title: 'a declined attempt, then a paid one',
    capture: 'automatic',
    events: [
      ['payment_intent.created', makeIntent(open)],
      ['charge.failed', charge({ id: 'ch_1', status: 'failed', amount_captured: 0 })],
      [
        'payment_intent.payment_failed',
        makeIntent({ ...open, last_payment_error: { code: 'card_declined' } }),
      ],
      ['charge.succeeded', charge()],
      ['payment_intent.succeeded', makeIntent()],
    ],
    intent: makeIntent({ latest_charge: charge() }),
    charges: [charge(), charge({ id: 'ch_1', status: 'failed', amount_captured: 0 })],
    payment: { status: 'captured', captured: 2500 },
    step: 'fulfill',
  },
]

/** Reads the events of a life, each in its own second or all in one, and the answer to a lookup after it. */
async function read({ events, intent, charges, refunds, disputes }: Life, isOneSecond: boolean) {
  const clock = () => OBSERVED_AT
  const { stripe } = answering(
    (url) => {
      if (url.pathname === '/v1/charges') return { data: charges ?? [intent.latest_charge] }
      if (url.pathname === '/v1/refunds') return { data: refunds ?? [] }
      return url.pathname === '/v1/disputes' ? { data: disputes ?? [] } : intent
    },
    { clock },
  )
  const reader = createStripe({ webhookSecrets, clock, toleranceSeconds: Number.POSITIVE_INFINITY })
  const read = await Promise.all(
    events.map(async ([type, object], index) => {
      const created = BEGIN + (isOneSecond ? 0 : index)
      const body = JSON.stringify({ id: `evt_${index}`, object: 'event', type, created, data: { object } })
      return reader.readWebhook(await signWebhook(body, webhookSecrets, { timestamp: created }))
    }),
  )
  return { events: read, answer: await stripe.lookup('pi_madeHere') }
}

/** Stores what a shop stores: every event through `advance`, and a lookup where it asks for one, each a second later. */
function live(events: readonly WebhookEvent[], answer: PaymentReport): PaymentReport | undefined {
  let stored: PaymentReport | undefined
  let time = OBSERVED_AT
  const now = () => {
    time += 1000
    return new Date(time).toISOString()
  }
  const lookUp = () => {
    const { report, recheck } = advance(stored, { ...answer, observedAt: now() })
    stored = report
    return recheck
  }
  const add = (evidence: Parameters<typeof advance>[1]) => {
    const { report, recheck } = advance(stored, evidence)
    stored = report
    if (recheck && lookUp()) lookUp()
  }
  for (const event of events) {
    if (event.kind === 'payment') add({ ...event.report, observedAt: now() })
    if (event.kind === 'recheck' && lookUp()) lookUp()
    if (event.kind === 'dispute') add(event)
  }
  return stored
}

function* permutations<T>(items: readonly T[]): Generator<readonly T[]> {
  if (items.length < 2) yield items
  for (const [index, item] of items.entries()) {
    if (items.length < 2) return
    for (const rest of permutations(items.toSpliced(index, 1))) yield [item, ...rest]
  }
}

describe.each(lives)('$title', (life) => {
  const expectEnd = (stored: PaymentReport | undefined, order: readonly WebhookEvent[]) => {
    const path = order.map(({ type }) => type).join(', ')
    expect(stored?.payment, path).toMatchObject(life.payment)
    const terms: OrderTerms = {
      expected: { amount: { amount: 2500, currency: 'EUR' } },
      capture: life.capture,
    }
    const { step } = decideOrder({ terms, payments: stored ? [stored] : [] })
    expect(step.kind, path).toBe(life.step)
  }

  it.each([
    ['of their own seconds', false],
    ['of one second', true],
  ])('ends right in every order of its events %s', async (_, isOneSecond) => {
    const { events, answer } = await read(life, isOneSecond)
    for (const order of permutations(events)) expectEnd(live(order, answer), order)
  })

  it('ends right with events doubled', async () => {
    for (const isOneSecond of [false, true]) {
      const { events, answer } = await read(life, isOneSecond)
      const doubled = fc.shuffledSubarray([...events, ...events], { minLength: events.length * 2 })
      fc.assert(
        fc.property(doubled, (order) => expectEnd(live(order, answer), order)),
        { numRuns: 100 },
      )
    }
  })
})
