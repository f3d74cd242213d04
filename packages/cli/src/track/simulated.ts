import { createCheckoutCom } from '@payment-status/checkout-com'
import { checkoutComSimulation } from '@payment-status/checkout-com/fixtures'
import type { Fetch, PaymentProvider } from '@payment-status/core'
import { createOnerway } from '@payment-status/onerway'
import { onerwaySimulation } from '@payment-status/onerway/fixtures'
import { createStripe } from '@payment-status/stripe'
import { stripeSimulation } from '@payment-status/stripe/fixtures'
import {
  createControl,
  createSimulator,
  type Faults,
  type Simulator,
  type StoryName,
} from '@payment-status/testing'
import type { Tracker } from '@payment-status/tracker'

export interface SimulatedWorld {
  readonly simulator: Simulator
  readonly providers: readonly PaymentProvider[]
  readonly control: (request: Request) => Promise<Response>
  /** Where webhooks go, once there is somebody to take them. */
  connect(webhooks: (request: Request) => Promise<Response>): void
}

/** What providers do on bad days, all of it at once. */
const usualFaults: Faults = {
  webhooks: { lost: 0.1, doubled: 0.1, reordered: 0.1, swapped: 0.1, cutShort: 0.05 },
  queries: { rateLimited: 0.03, serverError: 0.05, halfBody: 0.02 },
}

/** Providers that misbehave, in this process: nothing leaves the machine. */
export function createSimulatedWorld({
  seed,
  faults = usualFaults,
}: {
  readonly seed: number
  readonly faults?: Faults | undefined
}): SimulatedWorld {
  let webhooks = async (_request: Request): Promise<Response> => new Response(null, { status: 503 })
  const simulator = createSimulator({
    providers: [checkoutComSimulation, onerwaySimulation, stripeSimulation],
    seed,
    faults,
    sendWebhook: (request) => webhooks(request),
  })
  const fetch: Fetch = (input, init) => simulator.fetch(input, init)
  return {
    simulator,
    control: createControl(simulator),
    providers: [
      createCheckoutCom({ ...checkoutComSimulation.secrets, fetch }),
      createOnerway({ ...onerwaySimulation.secrets, environment: 'sandbox', integration: 'direct', fetch }),
      createStripe({ ...stripeSimulation.secrets, fetch }),
    ],
    connect(handler) {
      webhooks = handler
    },
  }
}

/** Those that end within a day, with the way the shop asked for the money to be taken. */
const stories: readonly (readonly [story: StoryName, capture: 'automatic' | 'manual'])[] = [
  ['paid_at_once', 'automatic'],
  ['paid_at_once', 'automatic'],
  ['paid_after_3ds', 'automatic'],
  ['refused', 'automatic'],
  ['three_d_secure_failed', 'automatic'],
  ['authorized_then_captured', 'manual'],
  ['paid_twice', 'automatic'],
]
const SCHEDULE_IN_MILLISECONDS = [500, 1000, 2000, 4000, 8000, 15_000, 30_000, 60_000]

/** Makes one order of a simulated shop: watched first, then paid for in one way or another. */
export async function startOrder(
  { simulator, providers }: SimulatedWorld,
  tracker: Tracker,
  number: number,
): Promise<void> {
  const provider = providers[number % providers.length]
  const [story, capture] = stories[number % stories.length] ?? ['paid_at_once', 'automatic']
  if (!provider) return
  const order = `order-${1000 + number}`
  const amount = { amount: 1000 + ((number * 700) % 9000), currency: 'EUR' }
  await tracker.watch({
    order,
    terms: { expected: { amount, reference: order }, capture },
    payments: [{ provider: provider.name, reference: order }],
    schedule: SCHEDULE_IN_MILLISECONDS,
  })
  const { response } = await simulator.start({ provider: provider.name, story, reference: order, amount })
  const answer = await provider.readResponse(response.body, response.sent)
  if (answer.evidence === 'report') await tracker.ingest(answer)
}
