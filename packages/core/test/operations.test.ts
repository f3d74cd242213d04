import { foldOperations, type Payment, type PaymentOperation } from '@payment-status/core'
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
