import { testProviderSimulation } from '@payment-status/testing'
import { describe, expect, it, vi } from 'vitest'
import { acmePaySimulation } from '../../src/provider-template/fixtures/index.ts'
import { createAcmePay } from '../../src/provider-template/index.ts'

testProviderSimulation(
  { describe, it, expect },
  {
    simulation: acmePaySimulation,
    create: (config) => createAcmePay(config),
    setDate: (now) => vi.setSystemTime(now),
    withoutStory: ['refused_then_paid', 'refused_then_retried'], // a rejected charge cannot be paid again
  },
)
