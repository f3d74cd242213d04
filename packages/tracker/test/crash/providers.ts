import { createAirwallex } from '@payment-status/airwallex'
import { airwallexSimulation } from '@payment-status/airwallex/fixtures'
import { createCheckoutCom } from '@payment-status/checkout-com'
import { checkoutComSimulation } from '@payment-status/checkout-com/fixtures'
import { createOnerway } from '@payment-status/onerway'
import { onerwayHostedSimulation, onerwaySimulation } from '@payment-status/onerway/fixtures'
import { createPayPal } from '@payment-status/paypal'
import { paypalSimulation } from '@payment-status/paypal/fixtures'
import { createStripe } from '@payment-status/stripe'
import { stripeSimulation } from '@payment-status/stripe/fixtures'
import { createPayments } from 'payment-status'

export const simulations = [
  checkoutComSimulation,
  onerwaySimulation,
  stripeSimulation,
  onerwayHostedSimulation,
  paypalSimulation,
  airwallexSimulation,
] as const

/**
 * Every provider that can be asked, Onerway twice: direct and hosted. Their query APIs are under `<url>/<provider>`. Adyen
 * cannot be asked, and its redeliveries take hours: the soak plays it in virtual time.
 */
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
    createOnerway({
      ...onerwayHostedSimulation.secrets,
      ...each,
      name: onerwayHostedSimulation.provider,
      environment: 'sandbox',
      integration: 'hosted',
      baseUrl: `${url}/${onerwayHostedSimulation.provider}`,
    }),
    createStripe({ ...stripeSimulation.secrets, ...each, baseUrl: `${url}/stripe` }),
    createPayPal({
      ...paypalSimulation.secrets,
      ...each,
      environment: 'production',
      baseUrl: `${url}/paypal`,
    }),
    createAirwallex({ ...airwallexSimulation.secrets, ...each, baseUrl: `${url}/airwallex` }),
  ])
}
