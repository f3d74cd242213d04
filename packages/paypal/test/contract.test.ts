import { createPayPal } from '@payment-status/paypal'
import { paypalFixtures } from '@payment-status/paypal/fixtures'
import { testProviderContract } from '@payment-status/testing'
import { describe, expect, it } from 'vitest'

/** PayPal's list knows movements of money, so an order without a capture is never in it. */
const withoutMoney = [
  'created, and not approved yet',
  'waits for the shopper at PayPal',
  'waits for the shopper, without a page',
  'approved, to be captured by the shop',
  'approved, to be authorized by the shop',
  'approved, and completed by PayPal',
  'saved, to be authorized by the shop',
  'its authorization is pending',
  'authorized, to be captured',
  'its authorization was voided',
  'voided',
  'its authorization lapsed',
  'completed, and its authorization was denied',
  'completed, and nothing says how',
  'its authorization was captured, without a capture',
]

testProviderContract(
  { describe, it, expect },
  {
    fixtures: paypalFixtures,
    create: (config) => createPayPal({ ...config, environment: 'production' }),
    unknownId: '0NOPAYMENTHASTHIS',
    newWord: 'TELEPORTED',
    notFound: () => Response.json({ name: 'RESOURCE_NOT_FOUND' }, { status: 404 }),
    malformedIds: ['5o190127tn364715t', 'EC-5O190127TN364715T', 'WH-1', 'A'.repeat(37)],
    webhookSecrets: ['webhookId'],
    withoutFixture: ['verified'], // a card that is only verified has a setup token, not an order
    exceptions: {
      ...Object.fromEntries(withoutMoney.map((title) => [title, { list: 'left out' } as const])),
      // A dispute says nothing about the payment's status.
      disputed: { webhook: 'dispute' },
      'warned of a dispute': { webhook: 'dispute' },
      'disputed and won': { webhook: 'dispute' },
      'disputed and lost': { webhook: 'dispute' },
      'its money was taken back by PayPal': { webhook: 'dispute' },
    },
  },
)
