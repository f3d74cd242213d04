import type { WebhookDelivery } from '@payment-status/core'
import type { ProviderRecording, TestSecrets } from '@payment-status/core/kit'
import { simulatedProviders } from '../simulations.ts'

/** A provider that can be recorded. */
export interface RecordedProvider extends Omit<ProviderRecording, 'sign'> {
  readonly secrets: TestSecrets
  /** Signs a body with the test secret of the provider's simulation. */
  sign(body: string): Promise<WebhookDelivery>
}

/** Every provider with its list of allowed fields. */
export const recordedProviders: readonly RecordedProvider[] = simulatedProviders.map(
  ({ recording, simulation: { secrets } }) => ({
    ...recording,
    secrets,
    sign: (body) => recording.sign(body, secrets),
  }),
)

export function findRecorded(name: string): RecordedProvider | undefined {
  return recordedProviders.find(({ provider }) => provider === name)
}
