/** PayPal configured by environment variables. @module */
import type { ProviderEnvironment } from '@payment-status/core'
import { defineEnvironment, isOneOf } from '@payment-status/core/kit'
import { createPayPal, type PayPalProvider } from './provider.ts'

const environments = ['sandbox', 'production'] as const

/**
 * PayPal by `PAYPAL_CLIENT_ID` and `PAYPAL_CLIENT_SECRET`, `PAYPAL_WEBHOOK_ID`, and `PAYPAL_ENVIRONMENT` (`sandbox` or
 * `production`), which has no default. `PAYPAL_REFERENCE_FIELD` is `custom_id`, the default, or `invoice_id`.
 * `PAYPAL_BASE_URL` leads to a simulator instead.
 *
 * @example
 * const { provider, gaps } = paypalEnvironment.read(process.env)
 */
export const paypalEnvironment: ProviderEnvironment<PayPalProvider> = defineEnvironment(
  'paypal',
  [
    'PAYPAL_CLIENT_ID',
    'PAYPAL_CLIENT_SECRET',
    'PAYPAL_WEBHOOK_ID',
    'PAYPAL_ENVIRONMENT',
    'PAYPAL_REFERENCE_FIELD',
    'PAYPAL_BASE_URL',
  ],
  ({ read, reportFatal, reportLack }) => {
    const keys = ['PAYPAL_CLIENT_ID', 'PAYPAL_CLIENT_SECRET'] as const
    const missing = keys.filter((name) => read(name) === undefined)
    const hasWebhook = read('PAYPAL_WEBHOOK_ID') !== undefined
    if (missing.length > 0) {
      const sentence = `${missing.join(' and ')} ${missing.length === 1 ? 'is' : 'are'} not set`
      if (!hasWebhook) {
        reportFatal([...missing, 'PAYPAL_WEBHOOK_ID'], sentence)
        return undefined
      }
      reportLack(missing, `${sentence}, so nothing can be looked up`)
    } else if (!hasWebhook) {
      reportLack(['PAYPAL_WEBHOOK_ID'], 'PAYPAL_WEBHOOK_ID is not set, so no webhook can be verified')
    }
    const environment = read('PAYPAL_ENVIRONMENT')
    if (!isOneOf(environments, environment)) {
      reportFatal(['PAYPAL_ENVIRONMENT'], "PAYPAL_ENVIRONMENT must be 'sandbox' or 'production'")
      return undefined
    }
    const referenceField = read('PAYPAL_REFERENCE_FIELD')
    if (referenceField !== undefined && referenceField !== 'custom_id' && referenceField !== 'invoice_id') {
      reportFatal(['PAYPAL_REFERENCE_FIELD'], "PAYPAL_REFERENCE_FIELD must be 'custom_id' or 'invoice_id'")
      return undefined
    }
    return createPayPal({
      clientId: read('PAYPAL_CLIENT_ID'),
      clientSecret: read('PAYPAL_CLIENT_SECRET'),
      webhookId: read('PAYPAL_WEBHOOK_ID'),
      environment,
      referenceField,
      baseUrl: read('PAYPAL_BASE_URL'),
    })
  },
)
