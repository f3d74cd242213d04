import {
  decideOrder,
  type NextStep,
  type OrderState,
  type OrderTerms,
  outcomeOf,
  type Payment,
  type PaymentReport,
  type PaymentStatus,
  paymentStatuses,
} from '@payment-status/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { at, lookup } from './make.ts'

const terms: OrderTerms = {
  expected: { amount: { amount: 1000, currency: 'EUR' }, reference: 'order-1' },
  capture: 'manual',
  split: true,
}

/** A part of an order of 10.00 EUR: `pay_<created>`. */
function part(
  status: PaymentStatus,
  created: number,
  amount: number,
  parts: Partial<Payment> = {},
): PaymentReport {
  const money = { amount: { amount, currency: 'EUR' } }
  return lookup({ id: `pay_${created}`, status, createdAt: at(created), ...money, ...parts }, 100)
}

const decide = (payments: readonly PaymentReport[], state: Partial<OrderState> = {}) => {
  const { step, payment: about } = decideOrder({ terms, payments, now: at(200), ...state })
  return about ? `${step.kind} ${about.payment.id}` : step.kind
}
const key = (created: number) => `test-pay/pay_${created}`

describe('an order that is paid in parts', () => {
  it('captures its holds one after the other', () => {
    const holds = [part('authorized', 1, 400), part('authorized', 5, 600)]
    expect(decide(holds)).toBe('capture pay_5')
    expect(decide(holds, { captureRequestedFor: key(5) })).toBe('none pay_5')
    const next = [part('authorized', 1, 400), part('captured', 5, 600)]
    expect(decide(next, { captureRequestedFor: key(5) })).toBe('capture pay_1')
    expect(decide(next, { captureRequestedFor: key(1) })).toBe('none pay_1')
    // What was captured and returned is over: another hold is captured for the order.
    const again = [part('refunded', 3, 1000), part('authorized', 5, 1000)]
    expect(decide(again, { captureRequestedFor: key(3) })).toBe('capture pay_5')
    expect(decide([part('captured', 1, 400), part('captured', 5, 600)])).toBe('fulfill pay_5')
  })

  it('asks for no further part while a hold is not what it should be', () => {
    const gift = part('captured', 1, 400)
    const dollars = { amount: { amount: 500, currency: 'USD' } }
    expect(decide([gift, part('authorized', 5, 500, dollars)])).toBe('investigate pay_5')
    expect(decide([gift, part('authorized', 5, 300, { dispute: { status: 'early_warning' } })])).toBe(
      'investigate pay_5',
    )
    expect(decide([gift, part('authorized', 5, 300, { authorizationExpiresAt: at(150) })])).toBe(
      'look_up pay_5',
    )
    expect(decide([gift, part('authorized', 5, 300)])).toBe('ask_again pay_5')
  })

  it('asks for the amount that is missing, and names the payment that ended last', () => {
    const asked = (...payments: readonly PaymentReport[]) => {
      const { step, payment } = decideOrder({ terms, payments })
      return [step, payment?.payment.id]
    }
    const again = (amount: number, more = {}) => ({
      kind: 'ask_again',
      newPayment: true,
      ...more,
      amount: { amount, currency: 'EUR' },
    })
    const gift = part('captured', 1, 400)
    const decline = { reason: 'other', retry: 'other_method' } as const
    expect(asked(gift)).toEqual([again(600), 'pay_1'])
    expect(asked(gift, part('authorized', 3, 100))).toEqual([again(500), 'pay_3'])
    for (const status of ['canceled', 'expired', 'refunded'] as const)
      expect(asked(gift, part(status, 5, 600))).toEqual([again(600), 'pay_5'])
    expect(asked(gift, part('failed', 5, 600, { decline }))).toEqual([again(600, { decline }), 'pay_5'])
    expect(asked(part('failed', 5, 600))).toEqual([again(1000), 'pay_5'])
    expect(asked(part('canceled', 5, 600))).toEqual([{ kind: 'stop' }, 'pay_5'])
  })

  it('completes no part that takes more than is missing', () => {
    const gift = part('captured', 1, 400)
    const approved = (amount: number) => part('processing', 5, amount, { awaits: 'merchant' })
    expect(decide([gift, approved(600)])).toBe('complete pay_5')
    expect(decide([gift, approved(601)])).toBe('investigate pay_5')
    expect(decide([gift, part('authorized', 3, 300), approved(400)])).toBe('investigate pay_5')
  })

  it('is for a person where the part that it was fulfilled by is no longer paid', () => {
    expect(decide([part('failed', 1, 400), part('captured', 5, 600)], { fulfilledBy: key(1) })).toBe(
      'investigate pay_1',
    )
    expect(decide([part('refunded', 1, 400), part('captured', 5, 600)], { fulfilledBy: key(1) })).toBe(
      'none pay_1',
    )
  })

  it('and asks for nothing is fulfilled by a verified card, never by an attempt that failed', () => {
    const nothing = { ...terms, expected: { amount: { amount: 0, currency: 'EUR' } } }
    expect(decide([part('failed', 1, 0)], { terms: nothing })).toBe('ask_again pay_1')
    expect(decide([part('verified', 1, 0)], { terms: nothing })).toBe('fulfill pay_1')
    expect(decide([], { terms: nothing })).toBe('wait')
  })
})

const parts = fc.constantFrom<Partial<Payment>>(
  {},
  {},
  { awaits: 'merchant' },
  { dispute: { status: 'needs_response' } },
  { conflict: { status: 'authorized', since: at(0) } },
  { operations: [{ id: 'r', kind: 'refund', status: 'unknown' }] },
  { review: 'open' },
  { amount: { amount: 500, currency: 'USD' } },
)
const anyPart = fc.tuple(
  fc.constantFrom(...paymentStatuses),
  fc.nat(9),
  fc.constantFrom(0, 400, 500, 600, 1000),
  parts,
)

it('whatever its parts come to, an order is delivered for what it asks for, and asks for no more', () => {
  const seen = new Set<NextStep['kind']>()
  fc.assert(
    fc.property(
      fc.uniqueArray(anyPart, { maxLength: 3, selector: ([, created]) => created }),
      fc.constantFrom('automatic', 'manual'),
      fc.constantFrom(undefined, 1, 2, 3),
      (given, capture, requested) => {
        const payments = given.map(([status, created, amount, more]) => part(status, created, amount, more))
        const state = {
          terms: { ...terms, capture: capture as OrderTerms['capture'] },
          ...(requested === undefined ? {} : { captureRequestedFor: key(requested) }),
        }
        const { step, payment: about, paid } = decideOrder({ ...state, payments })
        seen.add(step.kind)
        const sum = (of: readonly PaymentReport[]) =>
          of.reduce((total, { payment }) => total + (payment.amount?.amount ?? 0), 0)
        const held = payments.filter(({ payment }) => outcomeOf(payment.status) === 'held')
        if (step.kind === 'fulfill') {
          expect(sum(paid)).toBe(1000)
          for (const { payment } of paid) {
            expect(payment).toMatchObject({ status: 'captured', amount: { currency: 'EUR' } })
            expect(payment).not.toHaveProperty('conflict')
            expect(payment).not.toHaveProperty('dispute')
            expect(payment).not.toHaveProperty('operations')
            expect(payment).not.toHaveProperty('review')
          }
        }
        if (step.kind === 'capture') {
          expect(sum(paid) + sum(held)).toBe(1000)
          expect(about?.payment.id).not.toBe(`pay_${requested}`)
        }
        if (step.kind === 'complete')
          expect(sum(paid) + sum(held) + sum(about ? [about] : [])).toBeLessThanOrEqual(1000)
        if (step.kind === 'ask_again' && step.newPayment) {
          expect(sum(paid) + sum(held)).toBeLessThan(1000)
          const mayPay = ['undecided', 'unclear']
          expect(payments.filter(({ payment }) => mayPay.includes(outcomeOf(payment.status)))).toEqual([])
        }
        if (step.kind === 'stop') expect([...paid, ...held]).toEqual([])
        expect(decideOrder({ ...state, payments: payments.toReversed() }).step).toEqual(step)
      },
    ),
    { numRuns: 5_000 },
  )
  expect([...seen].toSorted()).toEqual(
    expect.arrayContaining(['ask_again', 'capture', 'complete', 'fulfill', 'investigate', 'none', 'stop']),
  )
})
