/** Onerway configured by environment variables. @module */
import type { ProviderEnvironment } from '@payment-status/core'
import { defineEnvironment, isOneOf } from '@payment-status/core/kit'
import { createOnerway, type OnerwayProvider } from './provider.ts'

const needed = [
  'ONERWAY_MERCHANT_NO',
  'ONERWAY_SECRET_KEY',
  'ONERWAY_ENVIRONMENT',
  'ONERWAY_INTEGRATION',
] as const
const environments = ['sandbox', 'production'] as const
const integrations = ['direct', 'hosted'] as const

/**
 * Onerway configured by `ONERWAY_MERCHANT_NO`, `ONERWAY_SECRET_KEY`, `ONERWAY_ENVIRONMENT` (`sandbox` or `production`) and
 * `ONERWAY_INTEGRATION` (`direct` or `hosted`); `ONERWAY_BASE_URL` points to a simulator instead.
 *
 * @example
 * const { provider, gaps } = onerwayEnvironment.read(process.env)
 */
export const onerwayEnvironment: ProviderEnvironment<OnerwayProvider> = defineEnvironment(
  'onerway',
  [...needed, 'ONERWAY_BASE_URL'],
  ({ read, reportFatal }) => {
    const lacking = needed.filter((name) => read(name) === undefined)
    if (lacking.length > 0) {
      reportFatal(lacking, `${lacking.join(', ')} ${lacking.length === 1 ? 'is' : 'are'} not set`)
      return undefined
    }
    const environment = read('ONERWAY_ENVIRONMENT')
    if (!isOneOf(environments, environment)) {
      reportFatal(['ONERWAY_ENVIRONMENT'], "ONERWAY_ENVIRONMENT must be 'sandbox' or 'production'")
      return undefined
    }
    const integration = read('ONERWAY_INTEGRATION')
    if (!isOneOf(integrations, integration)) {
      reportFatal(['ONERWAY_INTEGRATION'], "ONERWAY_INTEGRATION must be 'direct' or 'hosted'")
      return undefined
    }
    return createOnerway({
      merchantNo: read('ONERWAY_MERCHANT_NO'),
      secretKey: read('ONERWAY_SECRET_KEY'),
      environment,
      integration,
      baseUrl: read('ONERWAY_BASE_URL'),
    })
  },
)
