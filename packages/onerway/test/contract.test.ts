import type { WebhookDelivery } from '@payment-status/core'
import { paymentStatuses } from '@payment-status/core'
import { createOnerway } from '@payment-status/onerway'
import { onerwayFixtures, onerwayHostedFixtures } from '@payment-status/onerway/fixtures'
import { testProviderContract } from '@payment-status/testing'
import { describe, expect, it } from 'vitest'

// Onerway signs the values of the fields, and nine fields take no part (its page about status updates).
const unsignedMembers = [
  'originTransactionId',
  'originMerchantTxnId',
  'customsDeclarationAmount',
  'customsDeclarationCurrency',
  'paymentMethod',
  'walletTypeName',
  'periodValue',
  'tokenExpireTime',
]
/** Returns the values in the order of their names, without those fields. */
function signedPart({ rawBody }: WebhookDelivery): string {
  const members: Readonly<Record<string, unknown>> = JSON.parse(
    typeof rawBody === 'string' ? rawBody : new TextDecoder().decode(rawBody),
  )
  return Object.entries(members)
    .filter(([name]) => !unsignedMembers.includes(name))
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([, value]) => String(value ?? ''))
    .join('')
}

const shared = {
  unknownId: '99999999999999999999',
  malformedIds: ['123456789012345678901', '12a', ' 1'],
  webhookSecrets: ['secretKey'] as const,
  withoutSignature: ({ rawBody, headers }: WebhookDelivery) => ({
    rawBody: JSON.stringify({ ...JSON.parse(String(rawBody)), sign: null }),
    headers,
  }),
  signedPart,
}

testProviderContract(
  { describe, it, expect },
  {
    ...shared,
    fixtures: onerwayFixtures,
    create: (config) => createOnerway({ ...config, environment: 'sandbox', integration: 'direct' }),
    newWord: 'Z',
    withoutFixture: ['expired'], // Onerway has no word for it
  },
)

describe('on the provider’s own page', () => {
  testProviderContract(
    { describe, it, expect },
    {
      ...shared,
      fixtures: onerwayHostedFixtures,
      create: (config) => createOnerway({ ...config, environment: 'sandbox', integration: 'hosted' }),
      newWord: 'Z',
      // The fixtures above show the rest; these are for what the page makes of it.
      withoutFixture: paymentStatuses.filter((status) => !['open', 'captured', 'unknown'].includes(status)),
    },
  )
})
