import * as node from 'node:test'
import { createCheckoutCom } from '@payment-status/checkout-com'
import { checkoutComFixtures } from '@payment-status/checkout-com/fixtures'
import type { PaymentProvider } from '@payment-status/core'
import { createStripe } from '@payment-status/stripe'
import { type Expectation, type ProviderContractOptions, testProviderContract } from '@payment-status/testing'
import { createPayments } from 'payment-status'
import { describe, expect, expectTypeOf, it } from 'vitest'

type Options = ProviderContractOptions<typeof checkoutComFixtures.secrets>
declare const options: Options
declare const assert: (actual: unknown) => Expectation

describe('the contract suite', () => {
  it('takes the functions of vitest, and of node:test with an expect', () => {
    expectTypeOf(testProviderContract<typeof checkoutComFixtures.secrets>).toBeCallableWith(
      { describe, it, expect },
      options,
    )
    expectTypeOf(testProviderContract<typeof checkoutComFixtures.secrets>).toBeCallableWith(
      { describe: node.describe, it: node.it, expect: assert },
      options,
    )
  })

  it('gives create the secrets under their own names', () => {
    const create: Options['create'] = (config) => {
      expectTypeOf(config.secretKey).toEqualTypeOf<string>()
      expectTypeOf(config.webhookSecrets).toEqualTypeOf<string>()
      expectTypeOf(config.timeoutMs).toEqualTypeOf<number | undefined>()
      return createCheckoutCom(config)
    }
    expectTypeOf(create).returns.toEqualTypeOf<PaymentProvider>()
  })

  it('knows the names of the secrets and of the statuses', () => {
    // @ts-expect-error no secret is called so
    const wrongSecret: Partial<Options> = { webhookSecrets: ['webhookSecret'] }
    // @ts-expect-error no status is called so
    const wrongStatus: Partial<Options> = { withoutFixture: ['paid'] }
    expectTypeOf([wrongSecret, wrongStatus]).toEqualTypeOf<Partial<Options>[]>()
  })

  it('requires a new word and an unknown id', () => {
    const fixtures = checkoutComFixtures
    // @ts-expect-error without them two promises could not be tested
    testProviderContract({ describe, it, expect }, { fixtures, create: createCheckoutCom })
  })
})

describe('the facade', () => {
  it('knows the names of providers that are made inline', () => {
    const payments = createPayments([createStripe(), createCheckoutCom({ name: 'checkout-eu' })])
    expectTypeOf(payments.provider('stripe').name).toEqualTypeOf<'stripe'>()
    expectTypeOf(payments.provider('checkout-eu').name).toEqualTypeOf<'checkout-eu'>()
    // @ts-expect-error
    payments.provider('strpie')
  })
})
