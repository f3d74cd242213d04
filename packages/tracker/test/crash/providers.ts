import type { ProviderSimulation } from '@payment-status/core/kit'
import { createOnerway } from '@payment-status/onerway'
import { onerwayHostedSimulation } from '@payment-status/onerway/fixtures'
import { createPayments } from 'payment-status'
import { type ListedProvider, providers } from '../../../../tools/providers.ts'

const canLookUp = ({ create }: ListedProvider) => create({}).answers?.lookup !== 'none'

/** Simulations of the providers with lookups, Onerway twice: direct and hosted. */
export const simulations: readonly ProviderSimulation[] = [
  ...providers.filter(canLookUp).map(({ simulation }) => simulation),
  onerwayHostedSimulation,
]

/**
 * Simulations of the others. Their redeliveries take hours, and here a second: what is not acknowledged comes again, until it
 * is.
 */
export const simulationsWithoutLookups: readonly ProviderSimulation[] = providers
  .filter((provider) => !canLookUp(provider))
  .map(({ simulation }) => ({ ...simulation, redeliveries: Array.from({ length: 1_000 }, () => 1_000) }))

/** Creates every provider, Onerway twice. Their query APIs are under `<url>/<provider>`. */
export function createSimulatedPayments(url: string) {
  const each = { retries: 0, timeoutMs: 1_000 }
  return createPayments([
    ...providers.map(({ name, create }) => create({ ...each, baseUrl: `${url}/${name}` })),
    createOnerway({
      ...onerwayHostedSimulation.secrets,
      ...each,
      name: onerwayHostedSimulation.provider,
      environment: 'sandbox',
      integration: 'hosted',
      baseUrl: `${url}/${onerwayHostedSimulation.provider}`,
    }),
  ])
}
