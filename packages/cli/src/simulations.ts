import { createAdyen } from '@payment-status/adyen'
import { adyenAccount, adyenFixtures, adyenRecording, adyenSimulation } from '@payment-status/adyen/fixtures'
import { createAirwallex } from '@payment-status/airwallex'
import {
  airwallexFixtures,
  airwallexRecording,
  airwallexSimulation,
} from '@payment-status/airwallex/fixtures'
import { createCheckoutCom } from '@payment-status/checkout-com'
import {
  checkoutComFixtures,
  checkoutComRecording,
  checkoutComSimulation,
} from '@payment-status/checkout-com/fixtures'
import type { PaymentProvider, ProviderOptions } from '@payment-status/core'
import type { ProviderFixtures, ProviderRecording, ProviderSimulation } from '@payment-status/core/kit'
import { createOnerway } from '@payment-status/onerway'
import { onerwayFixtures, onerwayRecording, onerwaySimulation } from '@payment-status/onerway/fixtures'
import { createPayPal } from '@payment-status/paypal'
import { paypalFixtures, paypalRecording, paypalSimulation } from '@payment-status/paypal/fixtures'
import { createStripe } from '@payment-status/stripe'
import { stripeFixtures, stripeRecording, stripeSimulation } from '@payment-status/stripe/fixtures'
import { knownProviders } from './providers.ts'

/** A provider with its fixtures and its simulation. */
export interface SimulatedProvider {
  readonly name: string
  readonly fixtures: ProviderFixtures
  readonly simulation: ProviderSimulation
  /** List of what a recording of its sandbox keeps. */
  readonly recording: ProviderRecording
  /** Environment variables with the synthetic credentials, without the base URL. */
  readonly variables: Readonly<Record<string, string>>
  /** Creates the provider with the synthetic credentials. */
  create(options: ProviderOptions): PaymentProvider
}

/**
 * Every provider of `knownProviders`, with its fixtures. This list is a file of its own, because fixtures are loaded only
 * where something is simulated.
 */
export const simulatedProviders: readonly SimulatedProvider[] = [
  {
    name: 'adyen',
    fixtures: adyenFixtures,
    simulation: adyenSimulation,
    recording: adyenRecording,
    variables: {
      ADYEN_HMAC_KEY: adyenSimulation.secrets.webhookSecrets,
      ADYEN_MERCHANT_ACCOUNT: adyenSimulation.secrets.merchantAccount,
      ADYEN_CAPTURE: 'delayed',
      ADYEN_MULTIPLE_CAPTURES: 'true',
      ADYEN_RETURN_PARAMETER: adyenAccount.returnParameter,
    },
    create: (options) =>
      createAdyen({ ...adyenSimulation.secrets, ...adyenAccount, capture: 'delayed', ...options }),
  },
  {
    name: 'airwallex',
    fixtures: airwallexFixtures,
    simulation: airwallexSimulation,
    recording: airwallexRecording,
    variables: {
      AIRWALLEX_CLIENT_ID: airwallexSimulation.secrets.clientId,
      AIRWALLEX_API_KEY: airwallexSimulation.secrets.apiKey,
      AIRWALLEX_WEBHOOK_SECRET: airwallexSimulation.secrets.webhookSecrets,
    },
    create: (options) => createAirwallex({ ...airwallexSimulation.secrets, ...options }),
  },
  {
    name: 'checkout-com',
    fixtures: checkoutComFixtures,
    simulation: checkoutComSimulation,
    recording: checkoutComRecording,
    variables: {
      CKO_SECRET_KEY: checkoutComSimulation.secrets.secretKey,
      CKO_WEBHOOK_SECRET: checkoutComSimulation.secrets.webhookSecrets,
    },
    create: (options) => createCheckoutCom({ ...checkoutComSimulation.secrets, ...options }),
  },
  {
    name: 'onerway',
    fixtures: onerwayFixtures,
    simulation: onerwaySimulation,
    recording: onerwayRecording,
    variables: {
      ONERWAY_MERCHANT_NO: onerwaySimulation.secrets.merchantNo,
      ONERWAY_SECRET_KEY: onerwaySimulation.secrets.secretKey,
      ONERWAY_ENVIRONMENT: 'sandbox',
      ONERWAY_INTEGRATION: 'direct',
    },
    create: (options) =>
      createOnerway({
        ...onerwaySimulation.secrets,
        environment: 'sandbox',
        integration: 'direct',
        ...options,
      }),
  },
  {
    name: 'paypal',
    fixtures: paypalFixtures,
    simulation: paypalSimulation,
    recording: paypalRecording,
    variables: {
      PAYPAL_CLIENT_ID: paypalSimulation.secrets.clientId,
      PAYPAL_CLIENT_SECRET: paypalSimulation.secrets.clientSecret,
      PAYPAL_WEBHOOK_ID: paypalSimulation.secrets.webhookId,
      PAYPAL_ENVIRONMENT: 'production',
    },
    create: (options) => createPayPal({ ...paypalSimulation.secrets, environment: 'production', ...options }),
  },
  {
    name: 'stripe',
    fixtures: stripeFixtures,
    simulation: stripeSimulation,
    recording: stripeRecording,
    variables: {
      STRIPE_SECRET_KEY: stripeSimulation.secrets.secretKey,
      STRIPE_WEBHOOK_SECRET: stripeSimulation.secrets.webhookSecrets,
    },
    create: (options) => createStripe({ ...stripeSimulation.secrets, ...options }),
  },
]

/** Returns the variables that lead a shop or this command line to a simulator. Their keys are synthetic. */
export function toEnvironment(
  simulations: ReadonlyArray<Pick<ProviderSimulation, 'provider'>>,
  url: string,
): Readonly<Record<string, string>> {
  const entries = simulatedProviders
    .filter(({ name }) => simulations.some(({ provider }) => provider === name))
    .flatMap(({ name, variables }) => {
      const known = knownProviders.find((provider) => provider.name === name)
      const baseUrls = known?.environment.variables.filter((variable) => variable.endsWith('_BASE_URL')) ?? []
      return [...Object.entries(variables), ...baseUrls.map((variable) => [variable, `${url}/${name}`])]
    })
  return Object.fromEntries(entries)
}
