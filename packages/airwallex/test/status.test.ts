import { type AirwallexFacts, toPaymentStatus } from '@payment-status/airwallex'
import type { PaymentStatus } from '@payment-status/core'
import { describe, expect, it } from 'vitest'
import { lookUp, makeAttempt, makeIntent } from './helpers.ts'

const AUTHORIZED = { status: 'AUTHORIZED', captured_amount: 0 }
const FAILED = { status: 'FAILED', captured_amount: 0 }
const SETTLED = { status: 'SETTLED', captured_amount: 20 }

type Row = readonly [wanted: PaymentStatus, facts: AirwallexFacts]

const amount = 20
const paid = { status: 'SUCCEEDED', amount, captured_amount: amount }

const rows: readonly Row[] = [
  ['open', { status: 'REQUIRES_PAYMENT_METHOD', amount, captured_amount: 0 }],
  ['open', { status: 'REQUIRES_PAYMENT_METHOD', amount }],
  ['open', { status: 'REQUIRES_PAYMENT_METHOD', amount, latest_payment_attempt: FAILED }],
  ['open', { status: 'CREATED', amount }],
  ['requires_action', { status: 'REQUIRES_CUSTOMER_ACTION', amount, captured_amount: 0 }],
  ['processing', { status: 'PENDING', amount, captured_amount: 0 }],
  ['processing', { status: 'PENDING_REVIEW', amount, captured_amount: 0 }],
  ['authorized', { status: 'REQUIRES_CAPTURE', amount, captured_amount: 0 }],
  ['authorized', { status: 'CAPTURE_REQUIRED', amount }],
  ['partially_captured', { status: 'REQUIRES_CAPTURE', amount, captured_amount: 5 }],
  ['partially_refunded', { status: 'REQUIRES_CAPTURE', amount, captured_amount: 5, refunded_amount: 1 }],
  ['captured', paid],
  ['captured', { ...paid, latest_payment_attempt: AUTHORIZED }],
  ['captured', { ...paid, latest_payment_attempt: { status: 'TELEPORTED' } }],
  ['captured', { ...paid, latest_payment_attempt: FAILED, attempts: [FAILED, SETTLED] }],
  ['captured', { status: 'CAPTURE_REQUESTED', amount, captured_amount: amount }],
  ['captured', { status: 'REQUESTED_CAPTURE', amount, captured_amount: amount }],
  ['partially_captured', { ...paid, captured_amount: 19.99 }],
  ['partially_refunded', { ...paid, refunded_amount: 0.01 }],
  ['partially_refunded', { ...paid, latest_payment_attempt: { ...SETTLED, refunded_amount: 5 } }],
  ['refunded', { ...paid, refunded_amount: 20 }],
  ['refunded', { ...paid, captured_amount: 5, refunded_amount: 5 }],
  ['refunded', { ...paid, refunded_amount: 5, latest_payment_attempt: { ...SETTLED, refunded_amount: 20 } }],
  ['verified', { status: 'SUCCEEDED', amount: 0, captured_amount: 0 }],
  ['verified', { status: 'SUCCEEDED', amount: 0 }],
  ['canceled', { status: 'CANCELLED', amount, captured_amount: 0 }],
  ['canceled', { status: 'CANCELLED', amount, latest_payment_attempt: { status: 'CANCELLED' } }],
  ['expired', { status: 'CANCELLED', amount, latest_payment_attempt: { status: 'EXPIRED' } }],
]

const contradictions: readonly AirwallexFacts[] = [
  ...[
    'CREATED',
    'REQUIRES_PAYMENT_METHOD',
    'REQUIRES_CUSTOMER_ACTION',
    'PENDING',
    'PENDING_REVIEW',
    'CANCELLED',
  ].flatMap((status) => [
    { status, amount, captured_amount: 0.01 },
    { status, amount, captured_amount: 0, refunded_amount: 1 },
    { status, amount, captured_amount: 0, latest_payment_attempt: SETTLED },
  ]),
  { status: 'SUCCEEDED', amount },
  { ...paid, captured_amount: null },
  { ...paid, captured_amount: 0 },
  { ...paid, captured_amount: 20.01 },
  { ...paid, latest_payment_attempt: FAILED },
  { ...paid, latest_payment_attempt: FAILED, attempts: [FAILED, { status: 'EXPIRED' }] },
  { ...paid, attempts: [SETTLED, SETTLED] },
  { ...paid, attempts: [SETTLED, { status: 'PAID' }] },
  { status: 'SUCCEEDED', amount: 0, captured_amount: 5 },
  { status: 'SUCCEEDED', amount: 0, refunded_amount: 5 },
  { status: 'REQUIRES_CAPTURE', amount, latest_payment_attempt: FAILED },
  { status: 'REQUIRES_CAPTURE', amount, captured_amount: 21 },
  { status: 'REQUIRES_CAPTURE', amount, captured_amount: 0, refunded_amount: 1 },
  { status: 'REQUIRES_CAPTURE', amount, captured_amount: 5, refunded_amount: 5 },
  { status: 'CAPTURE_REQUESTED', amount },
  { status: 'REQUESTED_CAPTURE', amount, captured_amount: 5 },
  { ...paid, amount: -1 },
  { ...paid, amount: Number.NaN },
  { ...paid, captured_amount: -1 },
  { ...paid, refunded_amount: -1 },
  { status: 'SUCCEEDED', captured_amount: 20 },
]

/** Words of other people's code and of old mobile SDKs, which no current list holds. */
const unlisted = [
  'REQUIRES_MERCHANT_ACTION',
  'FAILED',
  'PROCESSING',
  'EXPIRED',
  'REQUIRES_CONFIRMATION',
  'succeeded',
  '',
]

describe('the status of an intent', () => {
  it.each(rows)('is %s for %o', (wanted, facts) => {
    expect(toPaymentStatus(facts)).toBe(wanted)
  })

  it.each(contradictions)('is unknown for the contradiction %o', (facts) => {
    expect(toPaymentStatus(facts)).toBe('unknown')
  })

  it.each(unlisted)('is unknown for the unlisted word %j', (status) => {
    expect(toPaymentStatus({ status, amount, captured_amount: amount })).toBe('unknown')
  })
})

describe('refunds', () => {
  const refund = (status: string, figure: unknown = 5, facts = {}) => ({
    id: 'rfd_1',
    payment_intent_id: 'int_a1',
    amount: figure,
    currency: 'EUR',
    status,
    created_at: '2026-01-02T00:00:00+0000',
    ...facts,
  })

  it.each([
    ['RECEIVED', 'captured', 0, 'pending'],
    ['PROCESSING', 'captured', 0, 'pending'],
    ['ACCEPTED', 'partially_refunded', 500, 'pending'],
    ['SETTLED', 'partially_refunded', 500, 'succeeded'],
    ['SUCCEEDED', 'partially_refunded', 500, 'succeeded'],
    ['FAILED', 'captured', 0, 'failed'],
  ] as const)(
    '%s make it %s, with %i refunded and a %s operation',
    async (word, status, refunded, operation) => {
      const payment = await lookUp({ refunds: [refund(word)] })
      expect(payment).toMatchObject({ status, refunded, captured: 1999 })
      expect(payment.operations).toEqual([
        { id: 'rfd_1', kind: 'refund', status: operation, amount: 500, at: '2026-01-02T00:00:00.000Z' },
      ])
    },
  )

  it('add up without rounding', async () => {
    const refunds = [
      refund('SETTLED', 0.1),
      refund('SETTLED', 0.2, { id: 'rfd_2' }),
      refund('ACCEPTED', 19.69, { id: 'rfd_3' }),
    ]
    expect(await lookUp({ refunds })).toMatchObject({ status: 'refunded', refunded: 1999 })
  })

  it('are at least what the attempt states', async () => {
    const intent = makeIntent({
      latest_payment_attempt: makeAttempt({ status: 'SETTLED', refunded_amount: 7 }),
    })
    expect(await lookUp({ intent, refunds: [refund('SETTLED', 5)] })).toMatchObject({ refunded: 700 })
  })

  it.each([
    ['in a word that is not listed', refund('TELEPORTED')],
    ['in another currency', refund('SETTLED', 5, { currency: 'USD' })],
  ])('%s make a paid payment unknown', async (_, one) => {
    expect((await lookUp({ refunds: [one] })).status).toBe('unknown')
  })

  it('are not stated by a webhook that holds none', async () => {
    const payment = await lookUp({ intent: makeIntent({ latest_payment_attempt: makeAttempt() }) })
    expect(payment.refunded).toBe(0)
  })
})
