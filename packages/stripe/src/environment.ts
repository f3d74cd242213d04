/** Stripe configured by environment variables. @module */
import type { ProviderEnvironment } from '@payment-status/core'
import { checkKeyAndSecret, defineEnvironment } from '@payment-status/core/kit'
import { createStripe, type StripeProvider } from './provider.ts'

/**
 * Stripe's configuration from `STRIPE_SECRET_KEY` and `STRIPE_WEBHOOK_SECRET`; `STRIPE_BASE_URL` leads to a simulator.
 *
 * @example
 * const { provider, gaps } = stripeEnvironment.read(process.env)
 */
export const stripeEnvironment: ProviderEnvironment<StripeProvider> = defineEnvironment(
  'stripe',
  ['STRIPE_SECRET_KEY', 'STRIPE_WEBHOOK_SECRET', 'STRIPE_BASE_URL'],
  (reading) => {
    if (!checkKeyAndSecret(reading, 'STRIPE_SECRET_KEY', 'STRIPE_WEBHOOK_SECRET')) return undefined
    return createStripe({
      secretKey: reading.read('STRIPE_SECRET_KEY'),
      webhookSecrets: reading.read('STRIPE_WEBHOOK_SECRET'),
      baseUrl: reading.read('STRIPE_BASE_URL'),
    })
  },
)
