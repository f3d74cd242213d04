import { createCheckoutCom } from '@payment-status/checkout-com'
import { checkoutComSimulation } from '@payment-status/checkout-com/fixtures'
import { createOnerway } from '@payment-status/onerway'
import { onerwaySimulation } from '@payment-status/onerway/fixtures'
import { createStripe } from '@payment-status/stripe'
import { stripeSimulation } from '@payment-status/stripe/fixtures'
import type { ProviderOptions } from 'payment-status'

/** The three simulations, from each provider's fixtures. */
export const simulations = [checkoutComSimulation, onerwaySimulation, stripeSimulation] as const

/** The three providers, their query APIs under `<url>/<provider>`. */
export function createProviders(url: string, settings: Pick<ProviderOptions, 'retries'> = {}) {
  return [
    createCheckoutCom({ ...settings, ...checkoutComSimulation.secrets, baseUrl: `${url}/checkout-com` }),
    createOnerway({
      ...settings,
      ...onerwaySimulation.secrets,
      environment: 'sandbox',
      integration: 'direct',
      baseUrl: `${url}/onerway`,
    }),
    createStripe({ ...settings, ...stripeSimulation.secrets, baseUrl: `${url}/stripe` }),
  ] as const
}
