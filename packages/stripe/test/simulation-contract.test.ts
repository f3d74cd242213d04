import { createStripe } from '@payment-status/stripe'
import { stripeSimulation } from '@payment-status/stripe/fixtures'
import { testProviderSimulation } from '@payment-status/testing'
import { describe, expect, it, vi } from 'vitest'

testProviderSimulation(
  { describe, it, expect },
  {
    simulation: stripeSimulation,
    create: (config) => createStripe(config),
    setDate: (now) => vi.setSystemTime(now),
    withoutStory: ['refused_then_retried'],
  },
)
