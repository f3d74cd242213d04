import type { PaymentProvider } from '@payment-status/core'
import { createPayments } from 'payment-status'
import { expectTypeOf, it } from 'vitest'
import { createTracker, type TrackedOrder, type Tracker } from '../src/index.ts'

declare const here: PaymentProvider<'here'>
declare const there: PaymentProvider<'there'>
declare const some: readonly PaymentProvider[]
const onChange = () => {}
const terms = { expected: { amount: { amount: 1, currency: 'EUR' } }, capture: 'automatic' } as const

const payments = createPayments([here, there])
const tracker = await createTracker({ payments, onChange })
const dynamic = await createTracker({ payments: createPayments(some), onChange })

it('literal names of providers are checked, and completed', () => {
  expectTypeOf(tracker).toEqualTypeOf<Tracker<'here' | 'there'>>()
  tracker.watch({
    order: 'o-1',
    terms,
    payments: [
      { provider: 'here', id: 'pay_1' },
      { provider: 'there', reference: 'order-1' },
    ],
  })
  // @ts-expect-error
  tracker.watch({ order: 'o-1', terms, payments: [{ provider: 'nowhere', id: 'pay_1' }] })
  tracker.watch({
    order: 'o-1',
    terms,
    payments: [
      { provider: 'here', id: 'pay_1' },
      // @ts-expect-error
      { provider: 'nowhere', id: 'pay_1' },
    ],
  })
  tracker.handleReturn('here', 'https://shop.example', { order: 'o-1' })
  // @ts-expect-error
  tracker.handleReturn('nowhere', 'https://shop.example')
  // @ts-expect-error
  tracker.reconcile('nowhere', 'yesterday')
})

it('a stored name is a string, and is checked at run time', () => {
  const provider: string = 'here'
  const order: TrackedOrder = { order: 'o-1', terms, payments: [{ provider, id: 'pay_1' }] }
  tracker.watch(order)
  tracker.watch({ order: 'o-1', terms, payments: [{ provider, id: 'pay_1' }] })
  tracker.handleReturn(provider, 'https://shop.example')
  tracker.reconcile(provider, 'yesterday')
})

it('what is stored is read by any name: its provider may be gone', () => {
  tracker.orders({ provider: 'gone' })
  tracker.reconciliation('gone', 'yesterday')
  tracker.timeline({ provider: 'gone', id: 'pay_1' })
})

it('limits are those of the given providers', () => {
  createTracker({ payments, onChange, limits: { here: { atOnce: 1 } } })
  // @ts-expect-error
  createTracker({ payments, onChange, limits: { nowhere: { atOnce: 1 } } })
  const stored: Readonly<Record<string, { readonly atOnce: number }>> = {}
  createTracker({ payments, onChange, limits: stored })
})

it('a list made at run time has providers of any name', () => {
  expectTypeOf(dynamic).toEqualTypeOf<Tracker>()
  dynamic.watch({ order: 'o-1', terms, payments: [{ provider: 'anywhere', id: 'pay_1' }] })
  dynamic.reconcile('anywhere', 'yesterday')
  createTracker({ payments: createPayments(some), onChange, limits: { anywhere: { perSecond: 1 } } })
})

it('a tracker of known names is a tracker', () => {
  expectTypeOf(tracker).toExtend<Tracker>()
})
