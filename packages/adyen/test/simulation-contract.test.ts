import { createAdyen } from '@payment-status/adyen'
import { adyenAccount, adyenSimulation } from '@payment-status/adyen/fixtures'
import { testProviderSimulation } from '@payment-status/testing'
import { describe, expect, it, vi } from 'vitest'

testProviderSimulation(
  { describe, it, expect },
  {
    simulation: adyenSimulation,
    create: (config) => createAdyen({ ...adyenAccount, capture: 'delayed', ...config }),
    setDate: (now) => vi.setSystemTime(now),
    withoutStory: ['canceled', 'refused_then_paid', 'refused_then_retried'],
  },
)
