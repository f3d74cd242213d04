/** Airwallex configured by environment variables. @module */
import type { ProviderEnvironment } from '@payment-status/core'
import { defineEnvironment, isOneOf } from '@payment-status/core/kit'
import { type AirwallexProvider, createAirwallex } from './provider.ts'

const environments = ['sandbox', 'production'] as const

/**
 * Airwallex by `AIRWALLEX_CLIENT_ID` and `AIRWALLEX_API_KEY`, `AIRWALLEX_WEBHOOK_SECRET` and `AIRWALLEX_ENVIRONMENT`
 * (`sandbox` or `production`, the default). `AIRWALLEX_BASE_URL` leads to a simulator instead.
 *
 * @example
 * const { provider, gaps } = airwallexEnvironment.read(process.env)
 */
export const airwallexEnvironment: ProviderEnvironment<AirwallexProvider> = defineEnvironment(
  'airwallex',
  [
    'AIRWALLEX_CLIENT_ID',
    'AIRWALLEX_API_KEY',
    'AIRWALLEX_WEBHOOK_SECRET',
    'AIRWALLEX_ENVIRONMENT',
    'AIRWALLEX_BASE_URL',
  ],
  ({ read, reportFatal, reportLack }) => {
    const keys = ['AIRWALLEX_CLIENT_ID', 'AIRWALLEX_API_KEY'] as const
    const missing = keys.filter((name) => read(name) === undefined)
    const hasSecret = read('AIRWALLEX_WEBHOOK_SECRET') !== undefined
    if (missing.length > 0) {
      const sentence = `${missing.join(' and ')} ${missing.length === 1 ? 'is' : 'are'} not set`
      if (!hasSecret) {
        reportFatal([...missing, 'AIRWALLEX_WEBHOOK_SECRET'], sentence)
        return undefined
      }
      reportLack(missing, `${sentence}, so nothing can be looked up`)
    } else if (!hasSecret) {
      reportLack(
        ['AIRWALLEX_WEBHOOK_SECRET'],
        'AIRWALLEX_WEBHOOK_SECRET is not set, so no webhook can be verified',
      )
    }
    const environment = read('AIRWALLEX_ENVIRONMENT')
    if (environment !== undefined && !isOneOf(environments, environment)) {
      reportFatal(['AIRWALLEX_ENVIRONMENT'], "AIRWALLEX_ENVIRONMENT must be 'sandbox' or 'production'")
      return undefined
    }
    return createAirwallex({
      clientId: read('AIRWALLEX_CLIENT_ID'),
      apiKey: read('AIRWALLEX_API_KEY'),
      webhookSecrets: read('AIRWALLEX_WEBHOOK_SECRET'),
      environment,
      baseUrl: read('AIRWALLEX_BASE_URL'),
    })
  },
)
