import {
  type Advance,
  advance,
  type PaymentProvider,
  type PaymentReport,
  type PaymentStatus,
} from '@payment-status/core'
import { createSimulator, type Simulator, type StoryName, storyNames } from '@payment-status/testing'
import { simulatedProviders } from '../../../../packages/cli/src/simulations.ts'

const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE
const LONGEST_STORY = 16 * DAY
const DAYS_OF_POLLS = 12
/** Payments are created at 09:00 and polled at 02:00. */
const UNTIL_FIRST_NIGHT = 17 * 60 * MINUTE

const simulations = simulatedProviders.map(({ simulation }) => simulation)
export const providerNames = simulations.map(({ provider }) => provider)

export type Fault = 'lost' | 'doubled' | 'reordered' | 'late'

/** One moment of a payment's life: what happened, the payment's true status and the recorded one. */
export interface Moment {
  /** Milliseconds since the payment was created. */
  readonly at: number
  readonly what: string
  readonly source: 'truth' | 'response' | 'webhook' | 'lookup'
  readonly truth: PaymentStatus
  readonly recorded?: PaymentStatus
  readonly outcome?: Advance['outcome']
  /** The report that the shop received in this moment, if any. */
  readonly report?: PaymentReport
}

function createProvider(name: string, simulator: Simulator): PaymentProvider {
  // Webhooks are signed with the real time, and the shop's virtual clock is days ahead.
  const options = {
    fetch: simulator.fetch,
    retries: 0,
    clock: () => simulator.now().getTime(),
    toleranceSeconds: Infinity,
  }
  const found = simulatedProviders.find((provider) => provider.name === name)
  if (!found) throw new TypeError('the provider is not in the list')
  return found.create(options)
}

/** Returns the stories that a provider can play. */
export async function readStories(provider: string): Promise<StoryName[]> {
  const found: StoryName[] = []
  for (const story of storyNames) {
    const simulator = createSimulator({ providers: simulations })
    try {
      await simulator.start({ provider, story })
      found.push(story)
    } catch {
      // The provider cannot play it.
    }
  }
  return found
}

/** Plays a payment's life at a shop that receives webhooks and polls once a night. */
export async function liveThrough(options: {
  readonly provider: string
  readonly story: StoryName
  readonly faults: readonly Fault[]
  readonly seed: number
}): Promise<Moment[]> {
  const { provider: name, story, faults, seed } = options
  const moments: Moment[] = []
  let recorded: PaymentReport | undefined
  let id = ''
  const startAt = new Date()
  const simulator: Simulator = createSimulator({
    providers: simulations,
    seed,
    startAt,
    faults: { webhooks: Object.fromEntries(faults.map((fault) => [fault, 0.5])) },
    webhookUrl: 'https://shop.example/webhooks',
    sendWebhook: async (request) => {
      const headers = request.headers
      await receive('webhook', async () => {
        const event = await provider.readWebhook({ rawBody: await request.text(), headers })
        if (event.kind === 'payment') return { what: `webhook ${event.type}`, report: event.report }
        if (event.kind !== 'recheck') return { what: `webhook ${event.type}: ${event.kind}` }
        const [report] = await provider.find(event.key)
        return { what: `webhook ${event.type}: looked up`, ...(report ? { report } : {}) }
      })
      return new Response()
    },
  })
  const provider = createProvider(name, simulator)
  const elapsed = () => simulator.now().getTime() - startAt.getTime()

  async function receive(
    source: Moment['source'],
    read: () => Promise<{ readonly what: string; readonly report?: PaymentReport }>,
  ): Promise<void> {
    const { what, report } = await read()
    // An order paid twice has two payments; this is the life of one.
    if (report && id !== '' && report.payment.id !== id) return
    const news = report && advance(recorded, report)
    if (news) recorded = news.report
    moments.push({
      at: elapsed(),
      what,
      source,
      truth: truth(),
      ...(recorded ? { recorded: recorded.payment.status } : {}),
      ...(news && report ? { outcome: news.outcome, report } : {}),
    })
  }
  const truth = () => simulator.truth(name, id)?.status ?? 'open'

  const started = await simulator.start({ provider: name, story })
  id = started.id
  await receive('response', async () => {
    const answer = await provider.readResponse(started.response.body, started.response.sent)
    const what = 'the answer to the create call'
    return answer.evidence === 'report' ? { what, report: answer } : { what }
  })
  // Payments are asked for by the id that every report of them has.
  id = recorded?.payment.id ?? id
  let known = truth()
  for (let night = 1; night <= DAYS_OF_POLLS; ) {
    const untilNight = UNTIL_FIRST_NIGHT + (night - 1) * DAY - elapsed()
    const next = simulator.next()
    const untilNext =
      next === undefined ? Number.POSITIVE_INFINITY : next.getTime() - simulator.now().getTime()
    if (elapsed() > LONGEST_STORY) break
    await simulator.advance(Math.max(0, Math.min(untilNext, untilNight)))
    if (truth() !== known) {
      known = truth()
      const index = moments.findLastIndex(({ at }) => at < elapsed())
      const before = moments[index]?.recorded
      moments.splice(index + 1, 0, {
        at: elapsed(),
        what: 'something happened at the provider',
        source: 'truth',
        truth: known,
        ...(before ? { recorded: before } : {}),
      })
    }
    if (untilNight <= untilNext) {
      night++
      await receive('lookup', async () => ({ what: 'the nightly poll', report: await provider.lookup(id) }))
      if (simulator.next() === undefined && recorded?.payment.status === truth()) break
    }
  }
  return moments
}

export function describeTime(milliseconds: number): string {
  const days = Math.floor(milliseconds / DAY)
  const rest = new Date(milliseconds).toISOString().slice(11, 19)
  return days === 0 ? rest : `${days} d ${rest}`
}
