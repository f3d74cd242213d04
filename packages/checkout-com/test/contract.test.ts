import { createCheckoutCom } from '@payment-status/checkout-com'
import { checkoutComFixtures } from '@payment-status/checkout-com/fixtures'
import { testProviderContract } from '@payment-status/testing'
import { describe, expect, it } from 'vitest'

testProviderContract(
  { describe, it, expect },
  {
    fixtures: checkoutComFixtures,
    create: (config) => createCheckoutCom(config),
    unknownId: 'pay_nobodyhasthispaymentid2222',
    newWord: 'Teleported',
    withoutFixture: ['open'], // a shopper never pays a refused payment again under its own id
    exceptions: { 'a payout, and payment_paid': { webhook: 'unrelated' } }, // money that goes out is no payment
  },
)
