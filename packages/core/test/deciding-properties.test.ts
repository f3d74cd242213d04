import {
  checkAmount,
  nextStep,
  type Payment,
  type PaymentStatus,
  paymentStatuses,
  resolveAttempts,
} from '@payment-status/core'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import {
  attempts,
  inWords,
  listed,
  lookup,
  makePayment,
  permutations,
  runReconcile,
  toList,
  webhook,
} from './make.ts'

const decline = { reason: 'do_not_honor', retry: 'other_method', code: '20005' } as const
const redirect = { kind: 'redirect', url: 'https://bank.example/3ds' } as const
const voucher = { kind: 'show', what: 'voucher', text: '1234' } as const
const sdk = { kind: 'sdk' } as const

const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined })
const anyMoney = fc.record({ amount: fc.nat(2), currency: fc.constantFrom('EUR', 'USD') })
const anyPayment = fc
  .record({
    status: fc.constantFrom<PaymentStatus>(...paymentStatuses),
    reference: maybe(fc.constantFrom('order-1', 'order-2')),
    amount: maybe(anyMoney),
    authorized: maybe(fc.nat(2)),
    captured: maybe(fc.nat(2)),
    refunded: maybe(fc.nat(2)),
    decline: maybe(fc.constant(decline)),
    action: maybe(fc.constantFrom(redirect, voucher, sdk)),
  })
  .map(
    (parts) =>
      JSON.parse(JSON.stringify({ ...parts, provider: 'test-pay', id: 'pay_1', facts: {} })) as Payment,
  )
const anyOrder = fc.record({
  expected: fc.record({ amount: anyMoney, reference: maybe(fc.constantFrom('order-1', 'order-2')) }),
  capture: fc.constantFrom('automatic', 'manual'),
  webhookOnly: maybe(fc.boolean()),
})

it('fulfill is said only for captured money whose reference, currency and amount are the order’s', () => {
  let said = 0
  fc.assert(
    fc.property(anyPayment, anyOrder, (payment, terms) => {
      const { kind } = nextStep({ ...lookup({}, 0), payment }, terms)
      if (kind !== 'fulfill' && kind !== 'capture') return
      said++
      const { amount, reference } = terms.expected
      if (reference !== undefined) expect(payment.reference).toBe(reference)
      if (payment.status === 'verified') {
        expect([kind, amount.amount]).toEqual(['fulfill', 0])
        return
      }
      expect(payment.status).toMatch(kind === 'fulfill' ? /captured$/ : /^authorized$/)
      expect(payment.amount?.currency).toBe(amount.currency)
      const figure = kind === 'fulfill' ? payment.captured : payment.authorized
      expect(figure ?? payment.amount?.amount).toBe(amount.amount)
    }),
    { numRuns: 10_000 },
  )
  expect(said).toBeGreaterThan(0)
})

it('matches means: same currency, and the very figure', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...paymentStatuses),
      fc.record({ authorized: fc.nat(3), captured: fc.nat(3), refunded: fc.nat(3) }, { requiredKeys: [] }),
      fc.nat(3),
      fc.nat(3),
      (status, figures, asked, wanted) => {
        const payment = makePayment({ status, ...figures, amount: { amount: asked, currency: 'EUR' } })
        const result = checkAmount(payment, { amount: wanted, currency: 'EUR' })
        if (result === 'matches') {
          const own = status === 'authorized' ? figures.authorized : figures.captured
          expect(own ?? asked).toBe(wanted)
          expect(status).toMatch(/captured|authorized|partially_refunded/)
        }
      },
    ),
    { numRuns: 3000 },
  )
})

it('a paid or held attempt is never hidden by others, in any order', () => {
  const anyAttempt = fc.tuple(
    fc.constantFrom<PaymentStatus>(
      'open',
      'failed',
      'processing',
      'unknown',
      'authorized',
      'captured',
      'refunded',
    ),
    fc.option(fc.nat(9), { nil: undefined }),
  )
  fc.assert(
    fc.property(fc.array(anyAttempt, { maxLength: 6 }), (words) => {
      const reports = attempts(
        ...words.map(([status, created]) => (created === undefined ? status : `${status}@${created}`)),
      )
      const { status, deciding, paid, paidTwice } = resolveAttempts(reports)
      const count = (wanted: PaymentStatus) => words.filter(([word]) => word === wanted).length
      expect(status).toBe(deciding?.payment.status ?? 'unknown')
      expect(paid).toHaveLength(count('captured'))
      expect(paidTwice).toBe(count('captured') > 1)
      if (count('captured') > 0) expect(status).toBe('captured')
      else if (count('authorized') > 0) expect(status).toBe('authorized')
      else if (count('processing') + count('unknown') > 0) expect(status).toMatch(/processing|unknown/)
    }),
    { numRuns: 2000 },
  )
})

it('does not matter among reports of one payment, equal moments included', () => {
  const anyReport = fc
    .record({
      status: fc.constantFrom<PaymentStatus>(
        'open',
        'failed',
        'authorized',
        'captured',
        'refunded',
        'unknown',
      ),
      captured: fc.constantFrom(undefined, 400, 1000),
      method: fc.constantFrom(undefined, { kind: 'card' as const }, { kind: 'wallet' as const }),
      time: fc.nat(2),
      isWebhook: fc.boolean(),
    })
    .map(({ time, isWebhook, captured, method, status }) => {
      const parts = {
        status,
        ...(captured === undefined ? {} : { captured }),
        ...(method ? { method } : {}),
      }
      return isWebhook ? webhook(parts, time) : lookup(parts, time)
    })
  fc.assert(
    fc.property(fc.array(anyReport, { minLength: 2, maxLength: 3 }), (reports) => {
      const [first, ...others] = permutations(reports).map((given) => resolveAttempts(given))
      for (const other of others) expect(other).toStrictEqual(first)
    }),
  )
})

it('give the same differences in whatever order they come', async () => {
  const statuses = ['captured', 'failed', 'authorized'] as const
  const row = fc.record({ id: fc.integer({ min: 0, max: 30 }), status: fc.constantFrom(...statuses) })
  const rows = fc.uniqueArray(row, { selector: ({ id }) => id, maxLength: 20 })
  const byReference = fc.boolean()
  await fc.assert(
    fc.asyncProperty(
      rows,
      rows,
      byReference,
      fc.infiniteStream(fc.double({ noNaN: true })),
      async (a, b, isByReference, chance) => {
        const theirs = a.map(({ id, status }) =>
          listed({ id: `pay_${id}`, reference: `order-${id}`, status }),
        )
        const ours = b.map(({ id, status }) => ({
          ...(isByReference && id % 2 === 0 ? {} : { id: `pay_${id}` }),
          reference: `order-${id}`,
          status,
        }))
        // A second opinion, in the simplest way: everything in memory.
        const known = new Map(b.map(({ id, status }) => [id, status]))
        const expected = [
          ...a.flatMap(({ id, status }) => {
            if (!known.has(id)) return `only_theirs pay_${id}`
            return known.get(id) === status ? [] : `differs pay_${id} status`
          }),
          ...b
            .filter(({ id }) => !a.some((other) => other.id === id))
            .map(({ id }) => `only_ours ${isByReference && id % 2 === 0 ? 'order-' : 'pay_'}${id}`),
        ].toSorted()
        const shuffled = <T>(list: readonly T[]): T[] =>
          list
            .map((item) => [chance.next().value as number, item] as const)
            .toSorted(([x], [y]) => x - y || 0)
            .map(([, item]) => item)
        const result = await runReconcile(toList(shuffled(theirs)), shuffled(ours))
        expect(inWords(result)).toEqual(expected)
        const { only_theirs, differs } = result.summary.differences
        expect(result.summary.same + only_theirs + differs).toBe(a.length)
      },
    ),
    { numRuns: 200 },
  )
})
