import { createCheckoutCom } from '@payment-status/checkout-com'
import { checkoutComSimulation } from '@payment-status/checkout-com/fixtures'
import { testProviderSimulation } from '@payment-status/testing'
import { describe, expect, it, vi } from 'vitest'

testProviderSimulation(
  { describe, it, expect },
  {
    simulation: checkoutComSimulation,
    create: (config) => createCheckoutCom(config),
    setDate: (now) => vi.setSystemTime(now),
    withoutStory: ['refused_then_paid'],
  },
)
