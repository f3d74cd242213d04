import { createStripe } from '@payment-status/stripe'
import { stripeFixtures } from '@payment-status/stripe/fixtures'
import { testProviderContract } from '@payment-status/testing'
import { describe, expect, it } from 'vitest'

testProviderContract(
  { describe, it, expect },
  {
    fixtures: stripeFixtures,
    create: (config) => createStripe(config),
    unknownId: 'pi_nobodyhasthisid',
    newWord: 'teleported',
    withoutFixture: ['verified', 'failed'], // no card is checked for nothing, and no PaymentIntent ever fails
    // The progress of a dispute does not change the payment's status.
    exceptions: {
      disputed: { webhook: 'dispute' },
      'disputed, and lost': { webhook: 'dispute' },
      'reported as fraud by the issuer': { webhook: 'dispute' },
    },
  },
)
