import { signWebhook } from '@payment-status/checkout-com'
import { advance, isDecided, outcomeOf, type Payment, type PaymentReport } from '@payment-status/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { connect, makePayment, paymentId, webhookSecret } from './make.ts'
import { checkProperty } from './property.ts'

// Lives of payments, by Checkout.com's pages on event types. A shop that stores every report and looks up when it should
// must know the end, in whatever order the events arrive, doubled, and of one second.

interface Life {
  /** Events with their own `data`, in the order they happened. */
  readonly events: ReadonlyArray<readonly [type: string, data?: object]>
  /** The payment as a lookup returns it after all of them. */
  readonly lookup: object
  readonly ends: Partial<Payment>
}

const sums = (authorized: number, captured: number, more: object = {}) => ({
  balances: {
    total_authorized: authorized,
    total_voided: 0,
    total_captured: captured,
    available_to_capture: authorized - captured,
    total_refunded: 0,
    ...more,
  },
})
const action = (id: string, type: string, amount: number, response_code = '10000') => ({
  id: `act_${id}`,
  type,
  amount,
  response_code,
})
const plan = (ends_on: string) => ({ enabled: true, attempts_made: 1, max_attempts: 6, ends_on })
const DECLINED = { response_code: '20051', response_summary: 'Insufficient funds' }
const END_OF_PLAN = '2026-03-05T00:00:00Z'

const lives: Readonly<Record<string, Life>> = {
  'captured in two parts': {
    events: [
      ['payment_approved', sums(1000, 0)],
      ['payment_captured', { amount: 400, ...sums(1000, 400) }],
      ['payment_captured', { amount: 600, ...sums(1000, 1000) }],
    ],
    lookup: { status: 'Captured', ...sums(1000, 1000) },
    ends: { status: 'captured', authorized: 1000, captured: 1000 },
  },
  'captured in part, the rest voided': {
    events: [
      ['payment_approved', sums(1000, 0)],
      ['payment_captured', { amount: 400, ...sums(1000, 400) }],
      ['payment_voided', { amount: 600, ...sums(1000, 400, { total_voided: 600, available_to_capture: 0 }) }],
    ],
    lookup: {
      status: 'Partially Captured',
      ...sums(1000, 400, { total_voided: 600, available_to_capture: 0 }),
    },
    ends: { status: 'partially_captured', authorized: 400, captured: 400 },
  },
  'voided in part, the rest captured': {
    events: [
      ['payment_approved', sums(1000, 0)],
      ['payment_voided', { amount: 200, ...sums(1000, 0, { total_voided: 200, available_to_capture: 800 }) }],
      [
        'payment_captured',
        { amount: 800, ...sums(1000, 800, { total_voided: 200, available_to_capture: 0 }) },
      ],
    ],
    lookup: { status: 'Captured', ...sums(1000, 800, { total_voided: 200, available_to_capture: 0 }) },
    ends: { status: 'captured', authorized: 800, captured: 800 },
  },
  'voided in two parts': {
    events: [
      ['payment_approved', sums(1000, 0)],
      ['payment_voided', { amount: 200, ...sums(1000, 0, { total_voided: 200, available_to_capture: 800 }) }],
      ['payment_voided', { amount: 800, ...sums(1000, 0, { total_voided: 1000, available_to_capture: 0 }) }],
    ],
    lookup: { status: 'Voided', ...sums(1000, 0, { total_voided: 1000, available_to_capture: 0 }) },
    ends: { status: 'canceled', authorized: 0, captured: 0 },
  },
  'authorized in two increments, then captured': {
    events: [
      ['payment_approved', sums(1000, 0)],
      ['payment_authorization_incremented', { amount: 500, ...sums(1500, 0) }],
      ['payment_captured', { amount: 1500, ...sums(1500, 1500) }],
    ],
    lookup: { status: 'Captured', amount: 1500, ...sums(1500, 1500) },
    ends: { status: 'captured', authorized: 1500, captured: 1500, amount: { amount: 1500, currency: 'EUR' } },
  },
  'refunded in part, then whole': {
    events: [
      ['payment_approved', sums(1000, 0)],
      ['payment_captured', sums(1000, 1000)],
      ['payment_refunded', { amount: 300, ...sums(1000, 1000, { total_refunded: 300 }) }],
      ['payment_refunded', { amount: 700, ...sums(1000, 1000, { total_refunded: 1000 }) }],
    ],
    lookup: { status: 'Refunded', ...sums(1000, 1000, { total_refunded: 1000 }) },
    ends: { status: 'refunded', captured: 1000, refunded: 1000 },
  },
  'captured, and a refund that failed': {
    events: [
      ['payment_approved', sums(1000, 0)],
      ['payment_captured', sums(1000, 1000)],
      ['payment_refund_pending', { amount: 1000 }],
      ['payment_refund_declined', { amount: 1000, response_code: '50001' }],
    ],
    lookup: {
      status: 'Captured',
      ...sums(1000, 1000),
      actions: [action('r', 'Refund', 1000, '50001'), action('c', 'Capture', 1000)],
    },
    ends: { status: 'captured', captured: 1000 },
  },
  'refunded, and a dispute lost after it': {
    events: [
      ['payment_approved', sums(1000, 0)],
      ['payment_captured', sums(1000, 1000)],
      ['payment_refunded', sums(1000, 1000, { total_refunded: 1000 })],
      ['dispute_evidence_required', { id: 'dsp_1', payment_id: paymentId }],
      ['dispute_lost', { id: 'dsp_1', payment_id: paymentId }],
    ],
    lookup: { status: 'Refunded', ...sums(1000, 1000, { total_refunded: 1000 }) },
    ends: { status: 'refunded', refunded: 1000, dispute: expect.objectContaining({ status: 'lost' }) },
  },
  'disputed after a report of fraud, and resolved by refunding at once': {
    events: [
      ['payment_captured', sums(1000, 1000)],
      ['dispute_received', { id: 'dsp_1', payment_id: paymentId }],
      [
        'dispute_resolved',
        { id: 'dsp_1', payment_id: paymentId, resolved_reason: 'rapid_dispute_resolution' },
      ],
    ],
    lookup: { status: 'Captured', ...sums(1000, 1000) },
    ends: { status: 'captured', dispute: expect.objectContaining({ id: 'dsp_1', status: 'lost' }) },
  },
  'a debit that its bank took back': {
    events: [
      ['payment_pending'],
      ['payment_approved', sums(1000, 0)],
      ['payment_captured', sums(1000, 1000)],
      ['payment_returned'],
    ],
    lookup: { status: 'Returned', ...sums(1000, 1000), actions: [action('b', 'Return', 1000)] },
    ends: { status: 'refunded', captured: 1000 },
  },
  'declined with a plan that ended by days': {
    events: [
      ['payment_declined', { ...DECLINED, retry: plan(END_OF_PLAN) }],
      ['payment_retry_scheduled', { retry: plan(END_OF_PLAN) }],
    ],
    lookup: { status: 'Declined', approved: false, ...DECLINED, retry: plan(END_OF_PLAN) },
    ends: { status: 'failed' },
  },
  'declined with a plan that the merchant canceled': {
    events: [
      ['payment_declined', { ...DECLINED, retry: plan('2027-03-05T00:00:00Z') }],
      ['payment_declined', { ...DECLINED, retry: { ...plan('2027-03-05T00:00:00Z'), enabled: false } }],
    ],
    lookup: { status: 'Declined', approved: false, ...DECLINED, retry: { enabled: false, max_attempts: 6 } },
    ends: { status: 'failed' },
  },
  'declined, then paid by a retry': {
    events: [
      ['payment_declined', { ...DECLINED, retry: plan('2027-03-05T00:00:00Z') }],
      ['payment_retry_scheduled', { retry: plan('2027-03-05T00:00:00Z') }],
      ['payment_approved', sums(1000, 0)],
      ['payment_captured', sums(1000, 1000)],
    ],
    lookup: { status: 'Captured', ...sums(1000, 1000) },
    ends: { status: 'captured', captured: 1000 },
  },
  'a session that fails later': {
    events: [
      ['payment_pending'],
      ['payment_authentication_failed'],
      ['payment_declined', { response_code: '20151' }],
    ],
    lookup: {
      status: 'Declined',
      approved: false,
      response_code: '20151',
      '3ds': { authentication_response: 'N' },
    },
    ends: { status: 'failed' },
  },
  'a hold that expired': {
    events: [['payment_approved', sums(1000, 0)], ['payment_capture_declined'], ['payment_expired']],
    lookup: { status: 'Expired', ...sums(1000, 0) },
    ends: { status: 'expired' },
  },
}

const START = Date.parse('2026-03-02T10:00:00Z')
const HOUR = 60 * 60_000

/** Returns what a shop knows after the events arrived in this order, all of them after everything happened. */
async function know(life: Life, order: readonly number[], isOneSecond: boolean) {
  const now = START + 7 * 24 * HOUR
  let requests = 0
  const { checkout } = connect(() => makePayment({ amount: 1000, ...life.lookup }), {
    webhookSecrets: webhookSecret,
    clock: () => now + requests++, // each request and each event is read a moment later
  })
  const seen: Payment[] = []
  let stored: PaymentReport | undefined
  const record = async (evidence: Parameters<typeof advance>[1]) => {
    const { report, recheck } = advance(stored, evidence)
    stored = report
    seen.push(report.payment)
    if (recheck) stored = advance(stored, await checkout.lookup(paymentId)).report
  }
  for (const index of order) {
    const [type, data] = life.events[index] ?? ['']
    const created_on = new Date(START + (isOneSecond ? 0 : index * HOUR)).toISOString()
    const common = { id: paymentId, reference: 'order-1001', amount: 1000, currency: 'EUR' }
    const body = { id: `evt_${index}`, type, created_on, data: { ...common, ...data } }
    const event = await checkout.readWebhook(await signWebhook(JSON.stringify(body), webhookSecret))
    if (event.kind === 'payment') await record(event.report)
    else if (event.kind === 'dispute') await record(event)
    else await record(await checkout.lookup(paymentId))
  }
  // What is not decided is polled, as any shop does.
  if (stored && !(isDecided(stored.payment.status) || stored.payment.status === 'authorized')) {
    await record(await checkout.lookup(paymentId))
  }
  return { payment: stored?.payment, seen }
}

/** Every order in which these arrive. */
function permutations(items: readonly number[]): number[][] {
  if (items.length <= 1) return [[...items]]
  return items.flatMap((item, index) =>
    permutations(items.toSpliced(index, 1)).map((rest) => [item, ...rest]),
  )
}

describe.each(Object.entries(lives))('a payment %s', (_, life) => {
  const indexes = life.events.map((_, index) => index)
  const neverPaid = outcomeOf(life.ends.status ?? 'unknown') === 'not_paid'

  it.each([
    ['an hour apart', false],
    ['of one second', true],
  ])('ends right in every order of its events, %s, once and doubled', async (_, isOneSecond) => {
    for (const order of permutations(indexes)) {
      for (const arrivals of [order, order.flatMap((index) => [index, index]), [...order, ...order]]) {
        const { payment, seen } = await know(life, arrivals, isOneSecond)
        expect({ arrivals, ...payment }).toMatchObject(life.ends)
        expect({ arrivals, conflict: payment?.conflict }).toEqual({ arrivals, conflict: undefined })
        if (neverPaid) expect(seen.some(({ status }) => outcomeOf(status) === 'paid')).toBe(false)
      }
    }
  })
})

it('any life ends right with any of its events repeated, in any order', async () => {
  const property = fc.asyncProperty(
    fc.constantFrom(...Object.values(lives)).chain((life) => {
      const indexes = life.events.map((_, index) => index)
      const repeated = fc.array(fc.constantFrom(...indexes), { maxLength: 4 })
      const order = repeated.chain((more) =>
        fc.shuffledSubarray([...indexes, ...more], { minLength: indexes.length + more.length }),
      )
      return fc.tuple(fc.constant(life), order, fc.boolean())
    }),
    async ([life, order, isOneSecond]) => {
      expect((await know(life, order, isOneSecond)).payment).toMatchObject(life.ends)
    },
  )
  await checkProperty(property)
})
