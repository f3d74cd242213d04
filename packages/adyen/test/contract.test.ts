import { createAdyen } from '@payment-status/adyen'
import { adyenFixtures } from '@payment-status/adyen/fixtures'
import { testProviderContract } from '@payment-status/testing'
import { describe, expect, it } from 'vitest'

testProviderContract(
  { describe, it, expect },
  {
    fixtures: adyenFixtures,
    create: (config) => createAdyen(config),
    unknownId: 'an id of the right form that no fixture has',
    newWord: 'a status that the provider never sends, in one fixture',
  },
)
