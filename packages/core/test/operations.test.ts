import { advance, foldEvent, foldOperations, type Payment, type PaymentOperation } from '@payment-status/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { at, makePayment, permutations } from './make.ts'

const held = makePayment({ status: 'authorized', operations: [], authorized: 1000 })
const operation = (
  kind: PaymentOperation['kind'],
  id: string,
  amount: number | undefined,
  status: PaymentOperation['status'] = 'succeeded',
  seconds = 1,
): PaymentOperation => ({ id, kind, status, at: at(seconds), ...(amount === undefined ? {} : { amount }) })
const fold = (payment: Payment, ...operations: readonly PaymentOperation[]) =>
  operations.reduce(foldOperations, payment)
const words = ({ status, captured, refunded }: Payment) =>
  [status, captured, refunded].filter((word) => word !== undefined).join(' ')

const [half, rest, whole] = [
  operation('capture', 'c1', 400),
  operation('capture', 'c2', 600),
  operation('capture', 'c3', 1000),
]

describe('operations add up', () => {
  it.each<readonly [string, readonly PaymentOperation[]]>([
    ['captured 1000', [whole]],
    ['partially_captured 400', [half]],
    ['captured 1000', [half, rest]],
    ['partially_refunded 1000 300', [whole, operation('refund', 'r1', 300)]],
    ['refunded 1000 1000', [whole, operation('refund', 'r1', 300), operation('refund', 'r2', 700)]],
    ['captured 1000', [whole, operation('refund', 'r1', 300, 'pending')]],
    ['captured 1000', [whole, operation('refund', 'r1', 300, 'failed')]],
    ['canceled', [operation('void', 'v1', undefined)]],
    ['authorized', [operation('void', 'v1', undefined, 'failed')]],
    ['authorized', [operation('capture', 'c1', 1000, 'pending')]],
    ['authorized', [operation('capture', 'c1', 1000, 'failed')]],
    ['unknown', [operation('capture', 'c1', undefined)]],
  ])('to %s, in whatever order they come, and twice', (wanted, operations) => {
    for (const order of permutations(operations)) {
      expect(words(fold(held, ...order))).toBe(wanted)
      expect(words(fold(held, ...order, ...order))).toBe(wanted)
    }
  })

  it.each<readonly [string, readonly PaymentOperation[]]>([
    [
      'captured 1000 0',
      [whole, operation('refund', 'r1', 300, 'succeeded', 2), operation('refund', 'r1', 300, 'failed', 3)],
    ],
    ['authorized 0', [whole, operation('capture', 'c3', 1000, 'failed', 3)]],
    [
      'authorized',
      [operation('void', 'v1', undefined, 'succeeded', 2), operation('void', 'v1', undefined, 'failed', 3)],
    ],
  ])('and one that fails later takes its figure back: %s', (wanted, operations) => {
    const state = fold(held, ...operations)
    expect(words(state).split(' ')[0]).toBe(wanted.split(' ')[0])
    expect(fold(held, ...operations.toReversed()).status).toBe(state.status)
    expect(state.captured ?? 0).toBe(wanted.startsWith('captured') ? 1000 : 0)
    expect(state.refunded ?? 0).toBe(0)
  })

  it('to a payment that nothing is known of yet', () => {
    const unknown = makePayment({ status: 'unknown', amount: { amount: 1000, currency: 'EUR' } })
    expect(fold(unknown, operation('authorization', 'a1', 1000))).toMatchObject({
      status: 'authorized',
      authorized: 1000,
    })
    expect(fold(unknown, operation('refund', 'r1', 300)).status).toBe('unknown')
    expect(words(fold(unknown, operation('refund', 'r1', 300), whole))).toBe('partially_refunded 1000 300')
    expect(words(fold(unknown, operation('payment', 's1', 1000)))).toBe('captured 1000')
  })

  it('and leave a payment as it was that no money moved for', () => {
    for (const status of ['failed', 'expired', 'requires_action', 'open'] as const)
      expect(fold(makePayment({ status }), operation('authorization', 'a1', 1000, 'failed')).status).toBe(
        status,
      )
  })

  it('also where the payment states no figures of its own', () => {
    expect(words(fold(makePayment({ status: 'captured' }), operation('refund', 'r1', 300)))).toBe(
      'partially_refunded 300',
    )
  })
})

it('no order of operations refunds more than it says, or calls a failed capture captured', () => {
  const any = fc.array(
    fc.record({
      kind: fc.constantFrom('capture', 'refund', 'void'),
      id: fc.constantFrom('1', '2', '3'),
      amount: fc.constantFrom(400, 600, 1000),
      status: fc.constantFrom('succeeded', 'pending', 'failed'),
      at: fc.nat(5).map(at),
    }),
    { maxLength: 6 },
  )
  fc.assert(
    fc.property(any, (rows) => {
      const operations = rows.map((row) => ({ ...row, id: `${row.kind}_${row.id}` }))
      const {
        status,
        captured = 0,
        refunded = 0,
        operations: kept = [],
      } = fold(held, ...(operations as PaymentOperation[]))
      const sum = (kind: string) =>
        kept
          .filter((one) => one.kind === kind && one.status === 'succeeded')
          .reduce((total, one) => total + (one.amount ?? 0), 0)
      expect([captured, refunded]).toEqual([sum('capture'), sum('refund')])
      if (status === 'captured') expect(captured).toBeGreaterThanOrEqual(1000)
      if (status === 'canceled' || status === 'authorized') expect([captured, refunded]).toEqual([0, 0])
    }),
    { numRuns: 5_000 },
  )
})

/** Content of an event at a provider without lookups: an operation, and the payment as far as the event knows it. */
type Stated = Parameters<typeof foldEvent>[1]
const unknown: Payment = { provider: 'test-pay', id: 'p1', status: 'unknown', facts: {} }
const EUR = (amount: number) => ({ amount, currency: 'EUR' })
const authorization = (
  status: PaymentOperation['status'],
  seconds?: number,
  kind: 'authorization' | 'payment' = 'authorization',
): Stated => ({
  operation: { id: 'p1', kind, status, amount: 1000, ...(seconds === undefined ? {} : { at: at(seconds) }) },
  payment: {
    ...unknown,
    reference: 'order-1',
    amount: EUR(1000),
    ...(status === 'failed' ? { status: 'failed', decline: { reason: 'other', retry: 'other_method' } } : {}),
  },
})
const modification = (
  kind: PaymentOperation['kind'],
  id: string,
  more: Partial<PaymentOperation> = {},
  status: Payment['status'] = 'unknown',
): Stated => ({ operation: { id, kind, status: 'succeeded', ...more }, payment: { ...unknown, status } })
const foldEvents = (events: readonly Stated[]) =>
  events.reduce<Payment | undefined>((payment, event) => foldEvent(payment, event), undefined)

describe('events that overtake each other', () => {
  const hold = authorization('succeeded', 1)
  const sale = authorization('succeeded', 1, 'payment')
  const capture = modification('capture', 'c1', { amount: 1000 })
  const captureFailed = modification('capture', 'c1', { amount: 1000, status: 'failed', takesBack: true })
  const refund = modification('refund', 'r1', { amount: 300 })
  const refundFailed = modification('refund', 'r1', { amount: 300, status: 'failed', takesBack: true })

  it.each<readonly [string, string, readonly Stated[]]>([
    ['a hold that is captured', 'captured 1000', [hold, capture]],
    ['a sale', 'captured 1000', [sale]],
    ['a sale whose capture is stated too', 'captured 1000', [sale, capture]],
    ['a sale whose capture failed', 'authorized 0', [sale, captureFailed]],
    [
      'a sale that was captured, and a failure that may be of this capture',
      'unknown 1000',
      [sale, captureFailed, modification('capture', 'c2', { amount: 1000 })],
    ],
    ['a capture that was taken back', 'authorized 0', [hold, capture, captureFailed]],
    [
      'a part that is the last',
      'partially_captured 400',
      [hold, modification('capture', 'c1', { amount: 400, final: true })],
    ],
    ['a refund of a part', 'partially_refunded 1000 300', [hold, capture, refund]],
    ['a refund that was taken back', 'captured 1000 0', [hold, capture, refund, refundFailed]],
    [
      'a refund that was only requested first',
      'partially_refunded 1000 300',
      [hold, capture, modification('refund', 'r1', { amount: 300, status: 'pending' }), refund],
    ],
    ['a hold that was released', 'canceled', [hold, modification('void', 'v1')]],
    ['a hold that lapsed', 'expired', [hold, modification('void', 'e1', {}, 'expired')]],
    [
      'a hold of which the rest lapsed',
      'partially_captured 400',
      [hold, modification('capture', 'c1', { amount: 400 }), modification('void', 'e1', {}, 'expired')],
    ],
    [
      'a reversal of what was captured',
      'refunded 1000 1000',
      [hold, capture, modification('void', 'v1', { final: true })],
    ],
    ['a reversal of a hold', 'canceled', [hold, modification('void', 'v1', { final: true })]],
    ['a decline', 'failed', [authorization('failed', 1)]],
    [
      'a decline, and an approval six seconds later',
      'authorized',
      [authorization('failed', 1), authorization('succeeded', 7)],
    ],
    [
      'an approval, and a decline six seconds later',
      'unknown',
      [authorization('succeeded', 1), authorization('failed', 7)],
    ],
    [
      'an approval and a decline without times',
      'unknown',
      [authorization('succeeded'), authorization('failed')],
    ],
    [
      'an offer that ended, and an approval',
      'authorized',
      [modification('other', 'o1', {}, 'expired'), hold],
    ],
    [
      'an offer that ended, and a decline',
      'failed',
      [modification('other', 'o1', {}, 'expired'), authorization('failed', 1)],
    ],
    [
      'a pending approval',
      'authorized',
      [modification('other', 'p1', { status: 'pending' }, 'processing'), hold],
    ],
  ])('end alike in every order and doubled: %s', (_, wanted, events) => {
    for (const order of permutations(events)) {
      const payment = foldEvents(order)
      expect(payment && words(payment)).toBe(wanted)
      expect(words(foldEvents([...order, ...order]) as Payment)).toBe(wanted)
      const [status] = wanted.split(' ')
      if (events.some((event) => event.payment?.reference))
        expect(payment).toMatchObject({ reference: 'order-1', amount: EUR(1000) })
      expect(payment?.decline === undefined).toBe(status !== 'failed')
    }
  })

  it('state how much is still held or captured', () => {
    const part = modification('capture', 'c1', { amount: 400 })
    const last = modification('capture', 'c2', { amount: 100, final: true })
    expect(foldEvents([hold, part])?.authorized).toBe(1000)
    expect(foldEvents([hold, part, last])?.authorized).toBe(500)
    expect(foldEvents([hold, part, modification('void', 'v1')])?.authorized).toBe(400)
    expect(foldEvents([hold, modification('void', 'v1', { amount: 300 })])).toMatchObject({
      status: 'authorized',
      authorized: 700,
    })
  })

  it('leave a capture without its approval open, and a failure that names no known capture', () => {
    expect(foldEvents([capture])?.status).toBe('unknown')
    const other = modification('capture', 'x9', { amount: 1000, status: 'failed', takesBack: true })
    for (const order of permutations([hold, capture, other]))
      expect(foldEvents(order)?.status).toBe('unknown')
    // The capture that it takes back is known at last.
    const late = modification('capture', 'x9', { amount: 1000 })
    for (const order of permutations([hold, capture, other, late]))
      expect(foldEvents(order)?.status).toBe('captured')
  })

  it('keep a review closed that was closed once', () => {
    const open: Stated = { ...hold, payment: { ...unknown, review: 'open' } }
    const closed = modification('other', 'm1')
    const ended: Stated = { ...closed, payment: { ...unknown, review: 'closed' } }
    for (const order of permutations([open, ended])) expect(foldEvents(order)?.review).toBe('closed')
  })

  it('are not overruled by an answer to the create call that comes late', () => {
    const report = (payment: Payment) =>
      ({ evidence: 'report', source: 'response', payment, observedAt: at(9) }) as const
    const recorded = foldEvents([hold, capture]) as Payment
    const current = { ...report(recorded), source: 'webhook' } as const
    for (const answer of [
      { ...unknown, status: 'authorized', authorized: 1000, operations: [hold.operation] },
      { ...unknown, status: 'failed' },
      { ...unknown, status: 'requires_action' },
    ] as const) {
      const { payment } = advance(current, report(answer), { canLookUp: false }).report
      expect(words(payment)).toBe('captured 1000')
      expect(payment.operations?.map(({ id }) => id)).toEqual(['p1', 'c1'])
    }
  })
})
