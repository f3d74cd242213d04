import { createPayPal } from '@payment-status/paypal'
import { paypalSimulation } from '@payment-status/paypal/fixtures'
import { testProviderSimulation } from '@payment-status/testing'
import { describe, expect, it, vi } from 'vitest'

testProviderSimulation(
  { describe, it, expect },
  {
    simulation: paypalSimulation,
    create: (config) => createPayPal({ ...config, environment: 'production' }),
    setDate: (now) => vi.setSystemTime(now),
    // A declined card ends the order.
    withoutStory: ['refused_then_paid', 'refused_then_retried'],
  },
)
