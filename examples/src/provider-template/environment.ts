/** Acme Pay configured by environment variables. @module */
import type { ProviderEnvironment } from '@payment-status/core'
import { checkKeyAndSecret, defineEnvironment } from '@payment-status/core/kit'
import { type AcmePayProvider, createAcmePay } from './provider.ts'

/**
 * Acme Pay by `ACME_PAY_API_KEY` and `ACME_PAY_WEBHOOK_SECRET`. `ACME_PAY_BASE_URL` leads to a simulator instead.
 *
 * @example
 * const { provider, gaps } = acmePayEnvironment.read(process.env)
 */
export const acmePayEnvironment: ProviderEnvironment<AcmePayProvider> = defineEnvironment(
  'acme-pay',
  ['ACME_PAY_API_KEY', 'ACME_PAY_WEBHOOK_SECRET', 'ACME_PAY_BASE_URL'],
  (reading) => {
    if (!checkKeyAndSecret(reading, 'ACME_PAY_API_KEY', 'ACME_PAY_WEBHOOK_SECRET')) return undefined
    return createAcmePay({
      apiKey: reading.read('ACME_PAY_API_KEY'),
      webhookSecrets: reading.read('ACME_PAY_WEBHOOK_SECRET'),
      baseUrl: reading.read('ACME_PAY_BASE_URL'),
    })
  },
)
