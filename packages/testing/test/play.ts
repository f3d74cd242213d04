import { createAirwallex } from '@payment-status/airwallex'
import { airwallexSimulation } from '@payment-status/airwallex/fixtures'
import { createCheckoutCom } from '@payment-status/checkout-com'
import { checkoutComSimulation } from '@payment-status/checkout-com/fixtures'
import type { Fetch, PaymentProvider } from '@payment-status/core'
import { createOnerway } from '@payment-status/onerway'
import { onerwayHostedSimulation, onerwaySimulation } from '@payment-status/onerway/fixtures'
import { createStripe } from '@payment-status/stripe'
import { stripeSimulation } from '@payment-status/stripe/fixtures'
import { createSimulator, type Simulator, type SimulatorOptions } from '@payment-status/testing'

export const simulations = [
  checkoutComSimulation,
  onerwaySimulation,
  stripeSimulation,
  onerwayHostedSimulation,
  airwallexSimulation,
] as const
export const providerNames = ['checkout-com', 'onerway', 'stripe', 'onerway-hosted', 'airwallex'] as const
export type ProviderName = (typeof providerNames)[number]

export const MINUTE = 60_000
export const DAY = 24 * 60 * MINUTE
export const startAt = new Date('2026-03-02T00:00:00Z')

/** The providers, asking the simulator. Never again: a test wants to see the first answer. */
export function createProviders(fetch: Fetch): Readonly<Record<ProviderName, PaymentProvider>> {
  const settings = { fetch, retries: 0, timeoutMs: 50 }
  return {
    airwallex: createAirwallex({ ...airwallexSimulation.secrets, ...settings }),
    'checkout-com': createCheckoutCom({ ...checkoutComSimulation.secrets, ...settings }),
    onerway: createOnerway({
      ...onerwaySimulation.secrets,
      ...settings,
      environment: 'sandbox',
      integration: 'direct',
    }),
    'onerway-hosted': createOnerway({
      ...onerwayHostedSimulation.secrets,
      ...settings,
      name: 'onerway-hosted',
      environment: 'sandbox',
      integration: 'hosted',
      // Both Onerways have one host; the first segment distinguishes them.
      baseUrl: 'https://simulator.example/onerway-hosted',
    }),
    stripe: createStripe({ ...stripeSimulation.secrets, ...settings }),
  }
}

/** One webhook as it arrived. */
export interface Arrival {
  readonly at: Date
  readonly provider: string
  readonly request: Request
}

export interface Play {
  readonly simulator: Simulator
  readonly providers: Readonly<Record<ProviderName, PaymentProvider>>
  readonly arrivals: readonly Arrival[]
}

/** Answers a webhook as the shop. */
export type Answer = (request: Request, providers: Play['providers']) => Promise<Response>

/** As a shop does: 200 for what verifies, 401 for what does not. */
export const verify: Answer = async (request, providers) => {
  const name = providerNames.find((known) => request.url.endsWith(`/${known}`)) ?? 'stripe'
  const delivery = { rawBody: await request.bytes(), headers: request.headers }
  return providers[name].readWebhook(delivery).then(
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
      return answer(request, providers)
    },
  })
  const providers = createProviders(simulator.fetch)
  return { simulator, providers, arrivals }
}

/** Moves on to the next thing that happens, as long as anything does. */
export async function* untilTheEnd(simulator: Simulator): AsyncGenerator<Date> {
  for (let next = simulator.next(); next; next = simulator.next()) {
    await simulator.advance(next.getTime() - simulator.now().getTime())
    yield simulator.now()
  }
}
