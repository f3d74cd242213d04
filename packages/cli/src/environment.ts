import { checkoutComEnvironment } from '@payment-status/checkout-com/environment'
import type { Environment } from '@payment-status/core'
import { onerwayEnvironment } from '@payment-status/onerway/environment'
import { stripeEnvironment } from '@payment-status/stripe/environment'

export const environments = [checkoutComEnvironment, onerwayEnvironment, stripeEnvironment]

/** Whether an environment says nothing at all of a provider: then nobody meant it to be there. */
export function isUnset(name: string, environment: Environment): boolean {
  return !environments.some(
    ({ provider, variables }) =>
      provider === name && variables.some((variable) => environment[variable]?.trim()),
  )
}
