import type { Fetch, PaymentProvider } from '@payment-status/core'
import type { ProviderSimulation } from '@payment-status/core/kit'
import { createOnerway } from '@payment-status/onerway'
import { onerwayHostedSimulation } from '@payment-status/onerway/fixtures'
import { createSimulator, type Simulator, type SimulatorOptions } from '@payment-status/testing'
import { providers as listed } from '../../../tools/providers.ts'

/** The simulation of every provider, and Onerway's second one. */
export const simulations: readonly ProviderSimulation[] = [
  ...listed.map(({ simulation }) => simulation),
  onerwayHostedSimulation,
]

/** Names of the providers, and of those that can be asked. */
export const providerNames = simulations.map(({ provider }) => provider)
export const askedNames = simulations.filter(({ respond }) => respond).map(({ provider }) => provider)

export const MINUTE = 60_000
export const DAY = 24 * 60 * MINUTE
export const startAt = new Date('2026-03-02T00:00:00Z')

/** The providers, asking the simulator. Never again: a test wants to see the first answer. */
export function createProviders(fetch: Fetch): ReadonlyMap<string, PaymentProvider> {
  const settings = { fetch, retries: 0, timeoutMs: 50 }
  const hosted = createOnerway({
    ...onerwayHostedSimulation.secrets,
    ...settings,
    name: 'onerway-hosted',
    environment: 'sandbox',
    integration: 'hosted',
    // Both Onerways have one host; the first segment distinguishes them.
    baseUrl: 'https://simulator.example/onerway-hosted',
  })
  const all: readonly PaymentProvider[] = [...listed.map(({ create }) => create(settings)), hosted]
  return new Map(all.map((provider) => [provider.name, provider]))
}

/** One webhook as it arrived. */
export interface Arrival {
  readonly at: Date
  readonly provider: string
  readonly request: Request
}

export interface Play {
  readonly simulator: Simulator
  providerOf(name: string): PaymentProvider
  readonly arrivals: readonly Arrival[]
}

/** Answers a webhook as the shop. */
export type Answer = (request: Request, providerOf: Play['providerOf']) => Promise<Response>

/** As a shop does: 200 for what verifies, 401 for what does not. */
export const verify: Answer = async (request, providerOf) => {
  const name = new URL(request.url).pathname.split('/').at(-1) ?? ''
  const delivery = { rawBody: await request.bytes(), headers: request.headers }
  return providerOf(name)
    .readWebhook(delivery)
    .then(
      () => new Response(),
      () => new Response(null, { status: 401 }),
    )
}

/** A simulator whose webhooks are kept, and answered with `answer`. */
export function play(
  options: Partial<SimulatorOptions> = {},
  answer: Answer = async () => new Response(),
): Play {
  const arrivals: Arrival[] = []
  const simulator: Simulator = createSimulator({
    providers: simulations,
    startAt,
    ...options,
    sendWebhook: async (request) => {
      const provider = new URL(request.url).pathname.split('/').at(-1) ?? ''
      arrivals.push({ at: simulator.now(), provider, request: request.clone() })
      return answer(request, providerOf)
    },
  })
  const providers = createProviders(simulator.fetch)
  const providerOf = (name: string): PaymentProvider => {
    const provider = providers.get(name)
    if (provider) return provider
    throw new TypeError(`no provider is called ${name}`)
  }
  return { simulator, providerOf, arrivals }
}

/** Moves on to the next thing that happens, as long as anything does. */
export async function* untilTheEnd(simulator: Simulator): AsyncGenerator<Date> {
  for (let next = simulator.next(); next; next = simulator.next()) {
    await simulator.advance(next.getTime() - simulator.now().getTime())
    yield simulator.now()
  }
}
