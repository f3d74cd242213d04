import { createCheckoutCom } from '@payment-status/checkout-com'
import { checkoutComSimulation } from '@payment-status/checkout-com/fixtures'
import { createOnerway } from '@payment-status/onerway'
import { onerwaySimulation } from '@payment-status/onerway/fixtures'
import { createStripe } from '@payment-status/stripe'
import { stripeSimulation } from '@payment-status/stripe/fixtures'
import { createPayments } from 'payment-status'

export const simulations = [checkoutComSimulation, onerwaySimulation, stripeSimulation] as const

/** The three providers, their query APIs under `<url>/<provider>`. */
export function createSimulatedPayments(url: string) {
  const each = { retries: 0, timeoutMs: 1_000 }
  return createPayments([
    createCheckoutCom({ ...checkoutComSimulation.secrets, ...each, baseUrl: `${url}/checkout-com` }),
    createOnerway({
      ...onerwaySimulation.secrets,
      ...each,
      environment: 'sandbox',
      integration: 'direct',
      baseUrl: `${url}/onerway`,
    }),
    createStripe({ ...stripeSimulation.secrets, ...each, baseUrl: `${url}/stripe` }),
  ])
}
