import { deepStrictEqual } from 'node:assert/strict'
import { describe, it } from 'node:test'
import { testProviderContract } from '@payment-status/testing'
import { createAcmePay } from './acme-pay.ts'
import { acmePayFixtures } from './fixtures.ts'

const expect = (actual: unknown) => ({
  toBe: (expected: unknown) => deepStrictEqual(actual, expected),
  toEqual: (expected: unknown) => deepStrictEqual(actual, expected),
})

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
