import { currencyDigits, type Money, PaymentError } from '@payment-status/core'
import type { ProviderSimulation, SimulatedHappening, SimulatedPayment } from '@payment-status/core/kit'
import { createClock } from './clock.ts'
import { createDeliveries, type DeliveryRecord, type SendWebhook } from './deliveries.ts'
import { answerWith, checkFaults, drawQueryFault, type Faults, type QueryFault } from './faults.ts'
import { createRandom, type Random } from './random.ts'
import { checkStory, createStory, isTellable, type Story, type StoryName, storyNames } from './stories.ts'
import { type Truth, toTruth } from './truth.ts'
import { createWorld, type World } from './world.ts'

export interface SimulatorOptions {
  /** The providers to play, from their `fixtures`: `checkoutComSimulation` and the like. */
  readonly providers: readonly ProviderSimulation[]
  /** Where all chance comes from: the same seed and the same calls give the same run. Default 1. */
  readonly seed?: number | undefined
  readonly faults?: Faults | undefined
  /** Where webhooks go; the provider's name is added as the last segment. Default `https://shop.example/webhooks`. */
  readonly webhookUrl?: string | undefined
  /** Hands a webhook to the shop: your own handler, or `fetch` (the default where `webhookUrl` is given). Without either, none are sent. */
  readonly sendWebhook?: SendWebhook | undefined
  /** When the virtual clock begins. Default now. */
  readonly startAt?: Date | undefined
  /** Called with every moment that the virtual clock reaches, for example to set a faked `Date`. */
  readonly onTime?: ((now: Date) => void) | undefined
}

export interface StartOptions {
  /** A provider's name; the first one's where none is given. */
  readonly provider?: string | undefined
  /** A story by its name, or one of your own: `{ capture, scenes: [{ after, happening }] }`. Default `paid_at_once`. */
  readonly story?: StoryName | Story | undefined
  /** The merchant's order. One of its own where none is given. */
  readonly reference?: string | undefined
  /** Default 25.00 EUR. */
  readonly amount?: Money | undefined
}

/** A payment that was just created, as the shop learns of it. */
export interface StartedPayment {
  readonly provider: string
  readonly id: string
  readonly reference: string
  readonly amount: Money
  /** Name of the story; `own` for one of your own. */
  readonly story: StoryName | 'own'
  /** The provider's response to the create call, for `readResponse(body, sent)`. */
  readonly response: { readonly body: unknown; readonly sent?: unknown }
  /** Where its page would send the shopper back to. */
  readonly returnUrl: string
}

/** Providers that misbehave the way providers do, on a clock that tests move. */
export interface Simulator {
  /** Creates a payment that lives through a story. Throws `invalid_input` for a story the provider has no words for. */
  start(options?: StartOptions): Promise<StartedPayment>
  /**
   * Moves the virtual clock; what is due happens in order, each webhook answered before the next is sent. Who moves it while it
   * moves waits for their turn, so `sendWebhook` must not wait for it.
   */
  advance(milliseconds: number): Promise<void>
  /** The virtual clock. */
  now(): Date
  /** When the next thing happens; `undefined` when every story has ended and nothing is on its way. */
  next(): Date | undefined
  /** Answers a provider's query API: give it as `fetch`. Requests are distinguished by their origin, or by a provider's name as first path segment; of a single provider, all are. */
  fetch(input: string | URL | Request, init?: RequestInit): Promise<Response>
  /** Where a payment really stands; `undefined` for one that is not known. */
  truth(provider: string, id: string): Truth | undefined
  /** Every status a payment really had so far, oldest first. */
  history(provider: string, id: string): readonly Truth[]
  payments(): readonly SimulatedPayment[]
  /** Every webhook that was sent or lost. */
  deliveries(): readonly DeliveryRecord[]
  /** How many queries were answered with each fault. */
  queryFaults(): Readonly<Partial<Record<QueryFault, number>>>
}

const DAY_IN_MILLISECONDS = 24 * 60 * 60 * 1000

interface Stage {
  readonly simulation: ProviderSimulation
  readonly world: World
  readonly random: Random
}

/**
 * Creates a simulator of one or several providers.
 *
 * @example
 * const simulator = createSimulator({ providers: [stripeSimulation] })
 * const stripe = createStripe({ ...stripeSimulation.secrets, fetch: simulator.fetch })
 * const { id } = await simulator.start({ story: 'refunded_in_parts' })
 * await simulator.advance(60 * 24 * 60 * 60_000)
 * console.log((await stripe.lookup(id)).payment.status) // refunded
 */
export function createSimulator(options: SimulatorOptions): Simulator {
  checkFaults(options.faults)
  const { providers, seed = 1, faults = {}, startAt = new Date(), onTime, webhookUrl, sendWebhook } = options
  if (new Set(providers.map(({ provider }) => provider)).size < providers.length) {
    throw inputError('two simulations have one name')
  }
  if (webhookUrl !== undefined && !URL.canParse(webhookUrl)) throw inputError('webhookUrl must be a URL')
  if (!Number.isSafeInteger(seed)) throw inputError('seed must be a whole number')
  const clock = createClock(startAt.getTime(), (now) => onTime?.(new Date(now)))
  const stages = new Map(
    providers.map((simulation, index): [string, Stage] => [
      simulation.provider,
      { simulation, world: createWorld(), random: createRandom(seed * 31 + index + 1) },
    ]),
  )
  const deliveries = createDeliveries({
    clock,
    random: createRandom(seed),
    faults,
    webhookUrl: (webhookUrl ?? 'https://shop.example/webhooks').replace(/\/$/, ''),
    latest: (payment) => stages.get(payment.provider)?.world.get(payment.id) ?? payment,
    send:
      sendWebhook ?? (webhookUrl === undefined ? async () => new Response() : (request) => fetch(request)),
  })
  const faultCounts: Partial<Record<QueryFault, number>> = {}
  let serial = 0

  async function happen(stage: Stage, id: string, happening: SimulatedHappening): Promise<void> {
    const payment = stage.world.get(id)
    if (!payment) return
    const step = { ...happening, number: payment.steps.length + 1, at: new Date(clock.now()).toISOString() }
    const changed = { ...payment, steps: [...payment.steps, step] }
    stage.world.update(changed)
    await deliveries.announce(changed, stage.simulation)
  }

  async function create(
    stage: Stage,
    story: Story,
    order: Pick<SimulatedPayment, 'reference' | 'amount'>,
  ): Promise<string> {
    const { simulation, world } = stage
    const at = new Date(clock.now())
    const id = simulation.createId(++serial, at)
    const createdAt = at.toISOString()
    world.add({ provider: simulation.provider, id, ...order, capture: story.capture, createdAt, steps: [] })
    for (const { after, happening } of story.scenes) {
      if (after === 0) await happen(stage, id, happening)
      else clock.at(clock.now() + after, () => happen(stage, id, happening))
    }
    return id
  }

  function stageOf(name: string | undefined): Stage {
    const stage = name === undefined ? [...stages.values()][0] : stages.get(name)
    if (stage) return stage
    throw inputError('the simulator was not given a provider of this name')
  }

  return {
    async start({
      provider,
      story: given = 'paid_at_once',
      reference = `order-${serial + 1}`,
      amount = { amount: 2500, currency: 'EUR' },
    } = {}) {
      const stage = stageOf(provider)
      checkOrder(reference, amount)
      const isOwn = typeof given !== 'string'
      if (!isOwn && !storyNames.includes(given))
        throw inputError(`a story is one of ${storyNames.join(', ')}`)
      if (isOwn) checkStory(given)
      const story = isOwn ? given : createStory(given, amount.amount)
      const name = isOwn ? 'own' : given
      if (!isTellable(story, name, amount.amount, stage.simulation)) {
        throw inputError(`${stage.simulation.provider} has no such story as ${name}`)
      }
      const id = await create(stage, story, { reference, amount })
      if (story.isPaidTwice) {
        clock.at(clock.now() + 60_000, async () => void (await create(stage, story, { reference, amount })))
      }
      const payment = stage.world.get(id) as SimulatedPayment
      return {
        provider: stage.simulation.provider,
        id,
        reference,
        amount,
        story: name,
        response: stage.simulation.createResponse(payment),
        returnUrl: stage.simulation.createReturnUrl(payment, 'https://shop.example/return'),
      }
    },
    async advance(milliseconds) {
      if (!Number.isSafeInteger(milliseconds) || milliseconds < 0) {
        throw inputError('the clock is advanced by a whole number of milliseconds')
      }
      await clock.advance(milliseconds)
    },
    now: () => new Date(clock.now()),
    next() {
      const next = clock.next()
      return next === undefined ? undefined : new Date(next)
    },
    async fetch(input, init) {
      const request = new Request(input, init)
      const stage = findStage(request, stages)
      if (!stage) return new Response(null, { status: 404 })
      const { simulation, world, random } = stage
      const fault = drawQueryFault(faults, random)
      if (fault) faultCounts[fault] = (faultCounts[fault] ?? 0) + 1
      const moment = fault === 'yesterday' ? clock.now() - DAY_IN_MILLISECONDS : clock.now()
      const answer = async () =>
        (await simulation.respond?.(withoutPrefix(request, simulation), world.asOf(moment))) ??
        new Response(null, { status: 404 })
      return fault
        ? answerWith(fault, request, {
            answer,
            random,
            miscount: (body) => simulation.miscount?.(body) ?? body,
          })
        : answer()
    },
    truth(provider, id) {
      const stage = stages.get(provider)
      const payment = stage?.world.get(id)
      return stage && payment && toTruth(payment, stage.simulation)
    },
    history(provider, id) {
      const stage = stages.get(provider)
      const payment = stage?.world.get(id)
      if (!stage || !payment) return []
      return payment.steps.map((_, index) =>
        toTruth({ ...payment, steps: payment.steps.slice(0, index + 1) }, stage.simulation),
      )
    },
    payments: () => [...stages.values()].flatMap(({ world }) => [...world.all()]),
    deliveries: () => deliveries.records,
    queryFaults: () => ({ ...faultCounts }),
  }
}

/** At least 3 minor units: a story divides them into parts. */
function checkOrder(reference: unknown, amount: Money): void {
  if (typeof reference !== 'string' || reference === '') throw inputError('reference must be a text')
  const isAmount = Number.isSafeInteger(amount?.amount) && amount.amount >= 3
  if (!isAmount || currencyDigits(amount.currency) === undefined) {
    throw inputError('amount must be { amount, currency }: minor units from 3, and an ISO 4217 code')
  }
}

function findStage(request: Request, stages: ReadonlyMap<string, Stage>): Stage | undefined {
  const { origin, pathname } = new URL(request.url)
  const named = stages.get(pathname.split('/')[1] ?? '')
  const all = [...stages.values()]
  // A provider's own client may not take a path before its paths: alone, a provider is at the root as well.
  return (
    named ??
    all.find(({ simulation }) => [simulation.origin, ...(simulation.otherOrigins ?? [])].includes(origin)) ??
    (all.length === 1 ? all[0] : undefined)
  )
}

/** The request as the provider's own host would see it. */
function withoutPrefix(request: Request, { provider, origin }: ProviderSimulation): Request {
  const { pathname, search } = new URL(request.url)
  const prefix = `/${provider}/`
  const path = pathname.startsWith(prefix) ? pathname.slice(prefix.length - 1) : pathname
  return new Request(new URL(path + search, origin), request)
}

function inputError(message: string): PaymentError {
  return new PaymentError({ code: 'invalid_input', provider: 'simulator', message })
}
