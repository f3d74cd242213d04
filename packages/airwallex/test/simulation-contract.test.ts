import { createAirwallex } from '@payment-status/airwallex'
import { airwallexSimulation } from '@payment-status/airwallex/fixtures'
import { testProviderSimulation } from '@payment-status/testing'
import { describe, expect, it, vi } from 'vitest'

testProviderSimulation(
  { describe, it, expect },
  {
    simulation: airwallexSimulation,
    create: (config) => createAirwallex(config),
    setDate: (now) => vi.setSystemTime(now),
    withoutStory: ['refused_then_retried'],
  },
)
