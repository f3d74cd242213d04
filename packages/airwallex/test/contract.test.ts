import { createAirwallex } from '@payment-status/airwallex'
import { airwallexFixtures } from '@payment-status/airwallex/fixtures'
import { testProviderContract } from '@payment-status/testing'
import { describe, expect, it } from 'vitest'

testProviderContract(
  { describe, it, expect },
  {
    fixtures: airwallexFixtures,
    create: (config) => createAirwallex(config),
    unknownId: 'int_nopaymenthasthisid',
    newWord: 'TELEPORTED',
    notFound: () => Response.json({ code: 'resource_not_found' }, { status: 400 }),
    malformedIds: [
      'att_synthetic1',
      'rfd_synthetic1',
      'dst_synthetic1',
      'cst_x',
      'cus_x',
      'mtd_x',
      'int_a-b',
    ],
    withoutFixture: ['failed'], // after a decline the same intent can be paid again
    // A dispute says nothing about the payment's status.
    exceptions: {
      disputed: { webhook: 'dispute' },
      'the issuer requests information': { webhook: 'dispute' },
      'disputed and lost': { webhook: 'dispute' },
    },
  },
)
