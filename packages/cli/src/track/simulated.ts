import type { Fetch, LookupKey, PaymentProvider } from '@payment-status/core'
import {
  createControl,
  createSimulator,
  type Faults,
  type Simulator,
  type StoryName,
  type WebhookFault,
} from '@payment-status/testing'
import type { Tracker } from '@payment-status/tracker'
import { simulatedProviders } from '../simulations.ts'

export interface SimulatedWorld {
  readonly simulator: Simulator
  readonly providers: readonly PaymentProvider[]
  readonly control: (request: Request) => Promise<Response>
  /** Sends webhooks to this handler from now on. */
  connect(webhooks: (request: Request) => Promise<Response>): void
}

/** Faults of providers on bad days, all at once. */
const usualFaults: Faults = {
  webhooks: { lost: 0.1, doubled: 0.1, reordered: 0.1, swapped: 0.1, cutShort: 0.05 },
  queries: { rateLimited: 0.03, serverError: 0.05, halfBody: 0.02 },
}

/** Creates providers that misbehave, in this process: nothing leaves the machine. */
export function createSimulatedWorld({
  seed,
  faults = usualFaults,
}: {
  readonly seed: number
  readonly faults?: Faults | undefined
}): SimulatedWorld {
  let webhooks = async (_request: Request): Promise<Response> => new Response(null, { status: 503 })
  const simulator = createSimulator({
    providers: simulatedProviders.map(({ simulation }) => simulation),
    seed,
    faults,
    sendWebhook: (request) => webhooks(request),
  })
  const fetch: Fetch = (input, init) => simulator.fetch(input, init)
  return {
    simulator,
    control: createControl(simulator),
    providers: simulatedProviders.map(({ create }) => create({ fetch })),
    connect(handler) {
      webhooks = handler
    },
  }
}

/** Stories that end within a day, with the capture mode of their orders. */
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

const TICK_IN_MILLISECONDS = 250

/** Lets the simulated day go by: a new order at each tick, and the providers' clock faster than ours. Returns its end. */
export function live(
  world: SimulatedWorld,
  tracker: Tracker,
  { orders, pace }: { readonly orders: number; readonly pace: number },
  onError: (error: unknown) => void,
): () => Promise<void> {
  let number = 0
  let turn = Promise.resolve()
  const timer = setInterval(() => {
    turn = turn
      .then(async () => {
        if (number < orders) await startOrder(world, tracker, number++)
        if (pace > 0) await world.simulator.advance(TICK_IN_MILLISECONDS * pace)
      })
      .catch(onError)
  }, TICK_IN_MILLISECONDS)
  return async () => {
    clearInterval(timer)
    await turn
  }
}

/** Compares what the providers did with what was recorded and delivered. */
export async function summarize(
  { simulator }: SimulatedWorld,
  tracker: Tracker,
  delivered: ReadonlyMap<string, number>,
) {
  const deliveries = simulator.deliveries()
  const withFault = (fault: WebhookFault) => deliveries.filter(({ faults }) => faults.includes(fault))
  const lost = new Set(withFault('lost').map(({ provider, paymentId }) => `${provider}/${paymentId}`))
  const recorded = new Map<string, string>()
  for (let cursor: string | undefined, isFirst = true; isFirst || cursor; isFirst = false) {
    const page = await tracker.orders({ limit: 500, cursor })
    for (const { payments } of page.orders)
      for (const { provider, id, report } of payments)
        recorded.set(`${provider}/${id}`, report.payment.status)
    cursor = page.cursor
  }
  const isRight = (key: string) => {
    const [provider = '', id = ''] = key.split('/')
    return recorded.get(key) === simulator.truth(provider, id)?.status
  }
  const figures = {
    payments: simulator.payments().length,
    webhooks: deliveries.length,
    lost: withFault('lost').length,
    doubled: withFault('doubled').length,
    outOfOrder: withFault('reordered').length + withFault('swapped').length,
    brokenAnswers: Object.values(simulator.queryFaults()).reduce((sum, count) => sum + count, 0),
    healed: [...lost].filter(isRight).length,
    behind: [...recorded.keys()].filter((key) => !isRight(key)).length,
    fulfilled: delivered.get('fulfill') ?? 0,
  }
  const lines = [
    `simulated payments: ${figures.payments}. Webhooks: ${figures.webhooks}, of which ${figures.lost} lost, ${figures.doubled} doubled, ${figures.outOfOrder} out of order. Failed queries: ${figures.brokenAnswers}`,
    `payments with a lost webhook: ${lost.size}, healed by polling: ${figures.healed}. Recorded payments that are still behind their provider: ${figures.behind}`,
    `orders delivered, each once: ${figures.fulfilled}`,
  ]
  return { figures, lines }
}

/** Makes one order of a simulated shop: tracked first, then paid in one way or another. */
async function startOrder(
  { simulator, providers }: SimulatedWorld,
  tracker: Tracker,
  number: number,
): Promise<void> {
  const provider = providers[number % providers.length]
  const [story, capture] = stories[number % stories.length] ?? ['paid_at_once', 'automatic']
  if (!provider) return
  const order = `order-${1000 + number}`
  const amount = { amount: 1000 + ((number * 700) % 9000), currency: 'EUR' }
  const { name, answers } = provider
  const watch = (key: LookupKey) =>
    tracker.watch({
      order,
      terms: { expected: { amount, reference: order }, capture },
      payments: [{ provider: name, ...key }],
      schedule: SCHEDULE_IN_MILLISECONDS,
    })
  // PayPal finds no payment by its reference, so its orders are tracked by the id of the answer.
  const needsId = answers?.byReference === 'none' && answers.lookup !== 'none'
  if (!needsId) await watch({ reference: order })
  const { id, response } = await simulator.start({ provider: name, story, reference: order, amount })
  if (needsId) await watch({ id })
  const answer = await provider.readResponse(response.body, response.sent)
  if (answer.evidence === 'report') await tracker.ingest(answer)
}
