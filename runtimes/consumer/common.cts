import { toNodeHandler } from '@payment-status/node'
import { createStripe } from '@payment-status/stripe'
import { stripeFixtures } from '@payment-status/stripe/fixtures'

import payments = require('payment-status')

const stripe = createStripe({ ...stripeFixtures.secrets })
export const listener = toNodeHandler(
  payments.createPayments([stripe]).webhookHandler({ claims: payments.memoryClaims(), onReports: () => {} }),
)
