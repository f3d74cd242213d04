import type { WebhookDelivery } from '@payment-status/core'
import { simulatedProviders } from '../simulations.ts'
import type { AllowedProvider, TestSecrets } from './allowed-fields.ts'
import { recordedAirwallex } from './providers/airwallex.ts'
import { recordedCheckoutCom } from './providers/checkout-com.ts'
import { recordedOnerway } from './providers/onerway.ts'
import { recordedStripe } from './providers/stripe.ts'

/** A provider that can be recorded. */
export interface RecordedProvider extends Omit<AllowedProvider, 'sign'> {
  readonly secrets: TestSecrets
  /** Signs a body with the test secret of the provider's simulation. */
  sign(body: string): Promise<WebhookDelivery>
}

/** Every provider with its list of allowed fields. A house test fails for a provider that is missing. */
export const recordedProviders: readonly RecordedProvider[] = [
  recordedAirwallex,
  recordedCheckoutCom,
  recordedOnerway,
  recordedStripe,
].map((allowed: AllowedProvider) => {
  const { secrets = {} } = simulatedProviders.find(({ name }) => name === allowed.provider)?.simulation ?? {}
  return { ...allowed, secrets, sign: (body) => allowed.sign(body, secrets) }
})

export function findRecorded(name: string): RecordedProvider | undefined {
  return recordedProviders.find(({ provider }) => provider === name)
}
