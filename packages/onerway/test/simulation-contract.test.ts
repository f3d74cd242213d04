import { createOnerway } from '@payment-status/onerway'
import { onerwayHostedSimulation, onerwaySimulation } from '@payment-status/onerway/fixtures'
import { testProviderSimulation } from '@payment-status/testing'
import { describe, expect, it, vi } from 'vitest'

testProviderSimulation(
  { describe, it, expect },
  {
    simulation: onerwaySimulation,
    create: (config) => createOnerway({ ...config, environment: 'sandbox', integration: 'direct' }),
    setDate: (now) => vi.setSystemTime(now),
    withoutStory: ['partly_captured', 'expired', 'refused_then_paid', 'refused_then_retried'],
  },
)

testProviderSimulation(
  { describe, it, expect },
  {
    simulation: onerwayHostedSimulation,
    create: (config) => createOnerway({ ...config, environment: 'sandbox', integration: 'hosted' }),
    setDate: (now) => vi.setSystemTime(now),
    withoutStory: ['partly_captured', 'expired', 'refused_then_retried'],
  },
)
