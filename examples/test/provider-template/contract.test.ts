import { testProviderContract } from '@payment-status/testing'
import { describe, expect, it } from 'vitest'
import { acmePayFixtures } from '../../src/provider-template/fixtures/index.ts'
import { createAcmePay } from '../../src/provider-template/index.ts'

testProviderContract(
  { describe, it, expect },
  {
    fixtures: acmePayFixtures,
    create: (config) => createAcmePay(config),
    unknownId: 'chg_nobodyhasthis',
    newWord: 'teleported',
    withoutFixture: ['verified'], // Acme Pay has no word for it
    withoutSource: ['clientResult'], // Acme Pay has no browser SDK
  },
)
