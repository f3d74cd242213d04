import { createPayments, type NextStep, type PaymentProvider } from 'payment-status'
import { expectTypeOf, it } from 'vitest'

interface Special extends PaymentProvider<'there'> {
  special(): number
}
declare const here: PaymentProvider<'here'>
declare const there: Special
declare const some: readonly PaymentProvider[]

const payments = createPayments([here, there])

it('a provider is typed by its own name', () => {
  expectTypeOf(payments.provider('there')).toEqualTypeOf<Special>()
  expectTypeOf(payments.provider('here')).toEqualTypeOf<PaymentProvider<'here'>>()
  // @ts-expect-error
  payments.provider('nowhere')
})

it('a name from a database becomes a provider’s name', () => {
  const name: string = 'here'
  // @ts-expect-error
  payments.provider(name)
  if (payments.has(name)) expectTypeOf(name).toEqualTypeOf<'here' | 'there'>()
  payments.lookup({ provider: name, id: 'pay_1' })
  payments.find({ provider: name, reference: 'order-1' })
  // @ts-expect-error
  payments.find({ provider: name })
})

it('a literal name must be one of those given', () => {
  payments.lookup({ provider: 'here', id: 'pay_1' })
  // @ts-expect-error
  payments.lookup({ provider: 'nowhere', id: 'pay_1' })
  // @ts-expect-error
  payments.readReturn('nowhere', 'https://shop.example')
})

it('terms bring a step', async () => {
  const terms = { expected: { amount: { amount: 1, currency: 'EUR' } }, capture: 'automatic' } as const
  expectTypeOf((await payments.orderStatus('order-1', { terms })).step).toEqualTypeOf<NextStep>()
  // @ts-expect-error
  ;(await payments.orderStatus('order-1')).step
})

it('a list made at run time has providers of any name', () => {
  expectTypeOf(createPayments(some).provider('here')).toEqualTypeOf<PaymentProvider>()
})

it('an optional input can be undefined', () => {
  payments.orderStatus('order-1', undefined)
  payments.orderStatus('order-1', { signal: undefined, timeoutMs: undefined })
})
