/** Configures Checkout.com by environment variables. @module */

import type { ProviderEnvironment } from '@payment-status/core'
import { checkKeyAndSecret, defineEnvironment } from '@payment-status/core/kit'
import { type CheckoutComProvider, createCheckoutCom } from './provider.ts'

/**
 * Reads `CKO_SECRET_KEY` and `CKO_WEBHOOK_SECRET`. `CKO_BASE_URL` leads to a simulator instead.
 *
 * @example
 * const { provider, gaps } = checkoutComEnvironment.read(process.env)
 */
export const checkoutComEnvironment: ProviderEnvironment<CheckoutComProvider> = defineEnvironment(
  'checkout-com',
  ['CKO_SECRET_KEY', 'CKO_WEBHOOK_SECRET', 'CKO_BASE_URL'],
  (reading) => {
    if (!checkKeyAndSecret(reading, 'CKO_SECRET_KEY', 'CKO_WEBHOOK_SECRET')) return undefined
    return createCheckoutCom({
      secretKey: reading.read('CKO_SECRET_KEY'),
      webhookSecrets: reading.read('CKO_WEBHOOK_SECRET'),
      baseUrl: reading.read('CKO_BASE_URL'),
    })
  },
)
