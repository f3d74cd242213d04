import {
  type Fetch,
  outcomeOf,
  type Payment,
  type PaymentProvider,
  resolveAttempts,
} from '@payment-status/core'
import type { ProviderSimulation } from '@payment-status/core/kit'
import { readReport } from './contract/evidence.ts'
import { codeOf, collect } from './contract/outcome.ts'
import type { TestRunner } from './contract/runner.ts'
import { createShop } from './contract/shop.ts'
import { changeOneCharacter } from './contract/subject.ts'
import { createSimulator, type Simulator } from './simulator/simulator.ts'
import { type StoryName, storiesOf, storyNames } from './simulator/stories.ts'
import type { Truth } from './simulator/truth.ts'

/** Configuration that the suite gives to `create`: the simulation's secrets and its own settings. */
export type SimulationConfig<Secrets> = { readonly [Name in keyof Secrets]: string } & {
  readonly fetch: Fetch
  readonly timeoutMs: number
  readonly retries: number
}

/** Options of the suite for one provider's simulation. */
export interface SimulationContractOptions<
  Secrets extends Readonly<Record<string, string>> = Readonly<Record<string, string>>,
> {
  readonly simulation: ProviderSimulation<Secrets>
  /** Makes the provider: spread the configuration into `create<Provider>`. */
  readonly create: (config: SimulationConfig<Secrets>) => PaymentProvider
  /**
   * Sets the time that `Date` returns: signatures and reports hold it. `vi.setSystemTime` of vitest, `setSystemTime` of
   * bun and jest.
   */
  readonly setDate: (now: Date) => unknown
  /** The stories the provider has no words for. */
  readonly withoutStory?: readonly StoryName[] | undefined
}

const START = new Date('2026-03-02T00:00:00Z')
const DAY_IN_MILLISECONDS = 86_400_000
const LIST_PERIOD = 7 * DAY_IN_MILLISECONDS

/** A simulator of one provider, its provider, and the webhooks that arrived since the last `take`. */
interface Stage {
  readonly simulator: Simulator
  readonly provider: PaymentProvider
  take(): readonly Request[]
}

/**
 * Defines the tests that a provider's simulation must pass, with the functions of the given test runner: each life of a
 * payment reads the same from its create call, its return URL, its webhooks and its lookups, and ends as it really ended.
 * A simulation written from the provider's documentation and an adapter that passes them check each other.
 *
 * @example
 * import { describe, expect, it, vi } from 'vitest'
 *
 * testProviderSimulation({ describe, it, expect }, {
 *   simulation: checkoutComSimulation,
 *   create: (config) => createCheckoutCom(config),
 *   setDate: (now) => vi.setSystemTime(now),
 *   withoutStory: ['refused_then_paid'],
 * })
 */
export function testProviderSimulation<const Secrets extends Readonly<Record<string, string>>>(
  { describe, it, expect }: TestRunner,
  options: SimulationContractOptions<Secrets>,
): void {
  const { create, setDate, withoutStory = [] } = options
  const simulation = options.simulation as ProviderSimulation
  const stories = storiesOf(simulation)

  function openStage(faults = {}): Stage {
    const arrived: Request[] = []
    setDate(START)
    const simulator = createSimulator({
      providers: [simulation],
      startAt: START,
      onTime: setDate,
      faults,
      sendWebhook: async (request) => {
        arrived.push(request)
        return new Response()
      },
    })
    const provider = create({ ...options.simulation.secrets, ...toSettings(simulator) })
    return { simulator, provider, take: () => arrived.splice(0) }
  }

  describe(`the simulation of ${simulation.provider}`, () => {
    it('has words for every story but the ones left out by name', async () => {
      expect({ withoutStory: storyNames.filter((story) => !stories.includes(story)) }).toEqual({
        withoutStory: storyNames.filter((story) => withoutStory.includes(story)),
      })
    })

    for (const story of stories) {
      it(`is true from every source: ${story}`, () => playFromEverySource(story))
      it(`sends webhooks that verify, each event with its own id: ${story}`, () => playWebhooks(story))
    }

    it('says an unlisted word, which is read as unknown or looked up', async () => {
      const { simulator, provider, take } = openStage({ webhooks: { unknownWord: 1 } })
      const shop = createShop(provider)
      const { id } = await simulator.start({ story: 'paid_at_once' })
      let count = 0
      for (let more = true; more; more = await passTime(simulator)) {
        for (const request of take()) {
          await shop.receive(request)
          count += 1
        }
      }
      expect(count > 1).toBe(true)
      const { status = 'nothing' } = shop.recorded.get(id)?.payment ?? {}
      const wanted = provider.answers?.lookup === 'none' ? ['captured', 'unknown'] : ['captured']
      expect(wanted.includes(status) ? 'as wanted' : status).toBe('as wanted')
    })

    it('creates ids that no two payments share', async () => {
      const ids = Array.from({ length: 500 }, (_, index) => simulation.createId(index + 1, START))
      expect(new Set(ids).size).toBe(500)
    })

    it('redelivers after positive periods', async () => {
      expect(simulation.redeliveries.filter((wait) => !(Number.isSafeInteger(wait) && wait > 0))).toEqual([])
    })

    it('answers nothing for a payment it does not have', async () => {
      const { provider } = openStage()
      const wanted = provider.answers?.lookup === 'none' ? 'unsupported' : 'not_found'
      expect(await codeOf(() => provider.lookup(simulation.createId(9999, START)))).toBe(wanted)
    })

    it('answers a wrong key with an error', async () => {
      const { simulator } = openStage()
      const { id } = await simulator.start({ story: 'paid_at_once' })
      const codes: string[] = []
      for (const [name, secret] of Object.entries(simulation.secrets)) {
        const changed = { ...options.simulation.secrets, [name]: changeOneCharacter(secret) }
        codes.push(await codeOf(() => create({ ...changed, ...toSettings(simulator) }).lookup(id)))
      }
      const wanted = ['unauthorized', 'rejected', 'unsupported', 'not_found']
      expect(codes.some((code) => wanted.includes(code)) ? 'an error' : codes).toBe('an error')
    })

    it('lists what was created on a day, and nothing before it', async () => {
      const { simulator, provider } = openStage()
      if (provider.answers?.list === 'none') return
      const { id } = await simulator.start({ story: 'paid_at_once' })
      await simulator.advance(3_600_000)
      const idsOf = async (from: number) => {
        const range = { from: new Date(from), to: new Date(from + DAY_IN_MILLISECONDS) }
        return (await collect(provider.list(range))).map(({ payment }) => payment.id)
      }
      expect(await idsOf(START.getTime())).toEqual([id])
      expect(await idsOf(START.getTime() - DAY_IN_MILLISECONDS)).toEqual([])
    })

    it('never makes a list look complete with counts that lie', async () => {
      const { simulator, provider } = openStage({ queries: { lyingCounts: 1 } })
      if (provider.answers?.list === 'none') return
      const { id } = await simulator.start({ story: 'paid_at_once' })
      const range = { from: START, to: new Date(START.getTime() + DAY_IN_MILLISECONDS) }
      const ending = await collect(provider.list(range)).then(
        (reports) => reports.map(({ payment }) => payment.id),
        () => 'rejected' as const,
      )
      expect(ending === 'rejected' || ending.includes(id)).toBe(true)
    })
  })

  async function playFromEverySource(story: StoryName): Promise<void> {
    const { simulator, provider, take } = openStage()
    const shop = createShop(provider)
    const { id, reference, amount, response, returnUrl } = await simulator.start({ story })
    const truthOf = (paymentId: string) => simulator.truth(simulation.provider, paymentId) as Truth
    const { lookup = 'asked', byReference = 'asked', list = 'asked' } = provider.answers ?? {}

    // A pending answer may state no amount.
    const answered = await readReport(provider, response)
    if (simulation.answersFirst) expect(answered.payment.status).toBe('requires_action')
    else expect(toTruth(answered.payment, truthOf(id))).toEqual(truthOf(id))
    expect(answered.payment.id).toBe(id)
    if (answered.payment.amount) expect(answered.payment.amount).toEqual(amount)
    await shop.record(answered)

    const key = provider.readReturn(returnUrl).key ?? { reference }
    if (('id' in key ? lookup : byReference) === 'asked') {
      const found = await provider.find(key)
      expect(found.some(({ payment }) => payment.id === id)).toBe(true)
    }

    for (let more = true; more; more = await passTime(simulator)) {
      for (const payment of await lookUpAll()) {
        const truths = simulation.lookupsNeedSteps
          ? simulator.history(simulation.provider, payment.id)
          : [truthOf(payment.id)]
        const stated = toTruth(
          payment,
          truths.find(({ status }) => status === payment.status),
        )
        expect(truths.some((truth) => isSame(truth, stated)) ? 'true' : { stated, truths }).toBe('true')
      }
      for (const request of take()) await shop.receive(request)
      for (const { payment } of shop.recorded.values()) {
        const isPaid = outcomeOf(payment.status) === 'paid'
        expect(isPaid && truthOf(payment.id).captured === 0).toBe(false)
      }
    }

    // A provider may have no webhook for a payment that expires, or for an operation: the list and the lookup report it.
    for (
      let from = START.getTime();
      list === 'asked' && from < simulator.now().getTime();
      from += LIST_PERIOD
    ) {
      const range = { from: new Date(from), to: new Date(from + LIST_PERIOD) }
      for (const report of await collect(provider.list(range))) await shop.record(report)
    }
    if (lookup === 'asked') {
      for (const { id: known } of simulator.payments()) await shop.record(await provider.lookup(known))
    }
    for (const { id: known } of simulator.payments()) {
      const truth = truthOf(known)
      const payment = shop.recorded.get(known)?.payment
      expect(payment && toTruth(payment, truth)).toEqual(truth)
    }
    expect(resolveAttempts([...shop.recorded.values()]).paidTwice).toBe(story === 'paid_twice')

    async function lookUpAll(): Promise<readonly Payment[]> {
      const known = simulator.payments().map((payment) => payment.id)
      const reports = lookup === 'asked' ? await Promise.all(known.map((each) => provider.lookup(each))) : []
      if (byReference === 'asked') {
        const found = await provider.lookupByReference(reference)
        expect(found.map(({ payment }) => payment.id).toSorted()).toEqual(known.toSorted())
        reports.push(...found)
      }
      return reports.map(({ payment }) => payment)
    }
  }

  async function playWebhooks(story: StoryName): Promise<void> {
    const { simulator, provider, take } = openStage()
    await simulator.start({ story })
    const ids: string[] = []
    for (let more = true; more; more = await passTime(simulator)) {
      for (const request of take()) ids.push((await provider.readWebhook(await toDelivery(request))).id)
    }
    expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([])
    expect(simulator.deliveries().map(({ status }) => status)).toEqual(ids.map(() => 200))
  }
}

function toSettings({ fetch }: Simulator) {
  return { fetch, timeoutMs: 1000, retries: 0 }
}

/** Moves on to the next event. Returns false when every story has ended. */
async function passTime(simulator: Simulator): Promise<boolean> {
  const next = simulator.next()
  if (next) await simulator.advance(next.getTime() - simulator.now().getTime())
  return next !== undefined
}

async function toDelivery(request: Request) {
  return { rawBody: await request.bytes(), headers: request.headers }
}

/** Returns what a payment states, with the truth for every figure that it does not state. */
function toTruth({ status, captured, refunded }: Payment, truth: Truth | undefined): Truth {
  return {
    status,
    captured: captured ?? truth?.captured ?? 0,
    refunded: refunded ?? truth?.refunded ?? 0,
  }
}

function isSame(a: Truth, b: Truth): boolean {
  return a.status === b.status && a.captured === b.captured && a.refunded === b.refunded
}
