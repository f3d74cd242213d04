import { testProviderContract } from '@payment-status/testing'
import { describe, expect, it } from 'vitest'
import { createAcmePay } from '../src/custom-provider/acme-pay.ts'
import { acmePayFixtures } from '../src/custom-provider/fixtures.ts'

testProviderContract(
  { describe, it, expect },
  {
    fixtures: acmePayFixtures,
    create: (config) => createAcmePay(config),
    unknownId: 'ch_nobodyhasthis',
    newWord: 'teleported',
    withoutFixture: ['processing', 'partially_captured', 'partially_refunded', 'verified', 'expired'],
    withoutSource: ['clientResult'], // Acme Pay has no browser SDK
  },
)
