import { adyenEnvironment } from '@payment-status/adyen/environment'
import { adyenExplanation } from '@payment-status/adyen/explain'
import { airwallexEnvironment } from '@payment-status/airwallex/environment'
import { airwallexExplanation } from '@payment-status/airwallex/explain'
import { checkoutComEnvironment } from '@payment-status/checkout-com/environment'
import { checkoutComExplanation } from '@payment-status/checkout-com/explain'
import type { Environment, ProviderEnvironment } from '@payment-status/core'
import type { ProviderExplanation } from '@payment-status/core/kit'
import { onerwayEnvironment } from '@payment-status/onerway/environment'
import { onerwayExplanation } from '@payment-status/onerway/explain'
import { paypalEnvironment } from '@payment-status/paypal/environment'
import { paypalExplanation } from '@payment-status/paypal/explain'
import { stripeEnvironment } from '@payment-status/stripe/environment'
import { stripeExplanation } from '@payment-status/stripe/explain'

/** A provider of the command line: how the environment configures it, and how `explain` reads its payloads. */
export interface KnownProvider {
  readonly name: string
  readonly title: string
  readonly environment: ProviderEnvironment
  readonly explanation: ProviderExplanation
}

/** Every provider of this project. `simulations.ts` adds the fixtures, and `tools/providers.ts` joins both lists. */
export const knownProviders: readonly KnownProvider[] = [
  [adyenEnvironment, adyenExplanation] as const,
  [airwallexEnvironment, airwallexExplanation] as const,
  [checkoutComEnvironment, checkoutComExplanation] as const,
  [onerwayEnvironment, onerwayExplanation] as const,
  [paypalEnvironment, paypalExplanation] as const,
  [stripeEnvironment, stripeExplanation] as const,
].map(([environment, explanation]) => ({
  name: explanation.provider,
  title: explanation.title,
  environment,
  explanation,
}))

/** Returns whether an environment sets no variable of a provider, so the provider is not meant to be there. */
export function isUnset(name: string, environment: Environment): boolean {
  const known = knownProviders.find((provider) => provider.name === name)
  return !known?.environment.variables.some((variable) => environment[variable]?.trim())
}

/** Returns provider names as a sentence writes them: `a, b or c`. */
export function listNames(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`
}
