/** Adyen configured by environment variables. @module */
import type { ProviderEnvironment } from '@payment-status/core'
import { defineEnvironment, isOneOf } from '@payment-status/core/kit'
import { type AdyenProvider, createAdyen } from './provider.ts'
import { adyenCaptureModes } from './vocabulary.ts'

const environments = ['test', 'live'] as const

/**
 * Adyen by `ADYEN_HMAC_KEY`, `ADYEN_MERCHANT_ACCOUNT` and `ADYEN_CAPTURE` (`immediate`, `delayed` or `manual`),
 * `ADYEN_MULTIPLE_CAPTURES` (`true` or `false`), `ADYEN_ENVIRONMENT` (`test` or `live`), `ADYEN_WEBHOOK_USERNAME` with
 * `ADYEN_WEBHOOK_PASSWORD`, and `ADYEN_RETURN_PARAMETER`.
 *
 * @example
 * const { provider, gaps } = adyenEnvironment.read(process.env)
 */
export const adyenEnvironment: ProviderEnvironment<AdyenProvider> = defineEnvironment(
  'adyen',
  [
    'ADYEN_HMAC_KEY',
    'ADYEN_MERCHANT_ACCOUNT',
    'ADYEN_CAPTURE',
    'ADYEN_MULTIPLE_CAPTURES',
    'ADYEN_ENVIRONMENT',
    'ADYEN_WEBHOOK_USERNAME',
    'ADYEN_WEBHOOK_PASSWORD',
    'ADYEN_RETURN_PARAMETER',
  ],
  ({ read, reportFatal, reportLack }) => {
    // Webhooks are all there is: without one of these, nothing is ever known.
    const needed = ['ADYEN_HMAC_KEY', 'ADYEN_MERCHANT_ACCOUNT', 'ADYEN_CAPTURE'] as const
    const missing = needed.filter((name) => read(name) === undefined)
    if (missing.length > 0) {
      reportFatal(missing, `${missing.join(' and ')} ${missing.length === 1 ? 'is' : 'are'} not set`)
      return undefined
    }
    const capture = read('ADYEN_CAPTURE')
    if (!isOneOf(adyenCaptureModes, capture)) {
      reportFatal(['ADYEN_CAPTURE'], "ADYEN_CAPTURE must be 'immediate', 'delayed' or 'manual'")
      return undefined
    }
    const multiple = read('ADYEN_MULTIPLE_CAPTURES')
    if (multiple !== undefined && multiple !== 'true' && multiple !== 'false') {
      reportFatal(['ADYEN_MULTIPLE_CAPTURES'], "ADYEN_MULTIPLE_CAPTURES must be 'true' or 'false'")
      return undefined
    }
    if (multiple === undefined && capture !== 'immediate')
      reportLack(
        ['ADYEN_MULTIPLE_CAPTURES'],
        'ADYEN_MULTIPLE_CAPTURES is not set, so no webhook about a capture can be read',
      )
    const environment = read('ADYEN_ENVIRONMENT')
    if (environment !== undefined && !isOneOf(environments, environment)) {
      reportFatal(['ADYEN_ENVIRONMENT'], "ADYEN_ENVIRONMENT must be 'test' or 'live'")
      return undefined
    }
    const [username, password] = [read('ADYEN_WEBHOOK_USERNAME'), read('ADYEN_WEBHOOK_PASSWORD')]
    if ((username === undefined) !== (password === undefined)) {
      const both = ['ADYEN_WEBHOOK_USERNAME', 'ADYEN_WEBHOOK_PASSWORD'] as const
      reportFatal(both, 'ADYEN_WEBHOOK_USERNAME and ADYEN_WEBHOOK_PASSWORD must be set together')
      return undefined
    }
    return createAdyen({
      webhookSecrets: read('ADYEN_HMAC_KEY'),
      merchantAccount: read('ADYEN_MERCHANT_ACCOUNT')
        ?.split(',')
        .map((account) => account.trim()),
      capture,
      multipleCaptures: multiple === undefined ? undefined : multiple === 'true',
      environment,
      basicAuth: username === undefined || password === undefined ? undefined : { username, password },
      returnParameter: read('ADYEN_RETURN_PARAMETER'),
    })
  },
)
