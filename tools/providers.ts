import { knownProviders } from '../packages/cli/src/providers.ts'
import { simulatedProviders } from '../packages/cli/src/simulations.ts'
import type { PaymentProvider, ProviderEnvironment, ProviderOptions } from '../packages/core/src/index.ts'
import type {
  ProviderExplanation,
  ProviderFixtures,
  ProviderRecording,
  ProviderSimulation,
} from '../packages/core/src/kit/index.ts'

/** A provider with everything that tools, tests and pages read of it. */
export interface ListedProvider {
  readonly name: string
  /** The provider's name as people write it. */
  readonly title: string
  readonly environment: ProviderEnvironment
  readonly explanation: ProviderExplanation
  readonly fixtures: ProviderFixtures
  readonly simulation: ProviderSimulation
  readonly recording: ProviderRecording
  readonly variables: Readonly<Record<string, string>>
  create(options: ProviderOptions): PaymentProvider
}

/**
 * Every provider of this project: the one list. It lives in the command line's package, in `providers.ts` and
 * `simulations.ts`, because a published program cannot import from `tools/`. A house test fails for a package with a
 * `provider.ts` that is missing here.
 */
export const providers: readonly ListedProvider[] = knownProviders.map((known) => {
  const simulated = simulatedProviders.find(({ name }) => name === known.name)
  if (!simulated) throw new Error(`${known.name} is missing in packages/cli/src/simulations.ts`)
  return { ...known, ...simulated }
})
