import { setTimeout as sleep } from 'node:timers/promises'
import { observe } from '@payment-status/core'
import type { ProviderSimulation } from '@payment-status/core/kit'
import {
  createSimulator,
  type Faults,
  type Simulator,
  type StoryName,
  storiesOf,
} from '@payment-status/testing'
import { isPaymentError, type Payments } from 'payment-status'
import { openTrackedShop } from '../../../../examples/src/tracked-shop.ts'
import type { Database } from '../../src/index.ts'
import { openEmbedded } from '../../src/pglite.ts'
import { judge, type OrderFailures, type Stored, statements } from './judge.ts'
import { plans } from './plans.ts'
import { type Move, type PlayedOrder, type Stage, toMoves, toMovesOfStory } from './play.ts'

export interface TrackedSoakOptions {
  readonly orders: number
  readonly seed: number
  readonly faults: Faults
  readonly simulations: readonly ProviderSimulation[]
  /** Creates the providers, which send their requests to the simulator. */
  createPayments(settings: {
    readonly fetch: Simulator['fetch']
    readonly retries: number
    readonly timeoutMs: number
  }): Payments
  isManual(story: StoryName): boolean
  /** Sets `Date` to the virtual clock. The embedded database reads it too. */
  setDate(now: Date): void
}

export interface TrackedSoakResult {
  readonly orders: number
  readonly payments: number
  readonly changes: number
  readonly steps: Readonly<Record<string, number>>
  readonly webhooks: number
  /** HTTP requests of lookups to each provider, failed ones included. Those of the nightly lists are not counted. */
  readonly requests: Readonly<Record<string, number>>
  /** Payments of each provider. */
  readonly paymentsOf: Readonly<Record<string, number>>
  readonly failures: OrderFailures & { readonly crashes: string[] }
}

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
/** From one order to the next. */
const PAUSE = 20 * MINUTE
/** Days in which stories happen and the nightly comparison runs. */
const STORY_DAYS = 17
/** The last follow-up of a paid payment is after 30 days. */
const FOLLOW_UP_DAYS = 32
const SCHEDULE = [MINUTE, 10 * MINUTE, HOUR, 6 * HOUR, DAY, 2 * DAY, 4 * DAY]
/** Real milliseconds in which the tracker has to come to rest. */
const PATIENCE = 60_000

/**
 * Lets a shop on the tracker take orders for weeks of virtual time with every fault on, and compares it with the truth at
 * the end. Nothing is looked up by hand: webhooks, polls and nightly comparisons have to be enough.
 */
export async function runTrackedSoak(options: TrackedSoakOptions): Promise<TrackedSoakResult> {
  const { orders: count, seed, faults, simulations, createPayments, isManual, setDate } = options
  const startAt = new Date('2026-03-02T00:00:00Z')
  setDate(startAt)
  let answers: 'faulty' | 'slow to change' | 'right' = 'faulty'
  const errors: unknown[] = []
  const simulator = createSimulator({
    providers: simulations,
    seed,
    faults: {
      ...faults,
      get queries() {
        if (answers === 'right') return {}
        const { yesterday, lyingCounts } = faults.queries ?? {}
        return answers === 'faulty' ? faults.queries : { yesterday, lyingCounts }
      },
    },
    startAt,
    onTime: setDate,
    sendWebhook: (request) => tracker.webhooks(request),
  })
  const requests: Record<string, number> = {}
  const stopCounting = observe('request', ({ provider, what, attempts }) => {
    if (what !== 'list') requests[provider] = (requests[provider] ?? 0) + attempts
  })
  const database = await openEmbedded('memory://')
  const wakes: (() => void)[] = []
  const payments = createPayments({ fetch: simulator.fetch, retries: 0, timeoutMs: 40 })
  const hasReferences = (provider: string) => payments.provider(provider).answers?.byReference !== 'none'
  const { tracker, takeOrder } = await openTrackedShop(payments, wakeable(database, wakes), {
    reconcile: 'off', // the nights of virtual time are run below
    limits: Object.fromEntries(simulations.map(({ provider }) => [provider, { perSecond: 10_000 }])),
    onError: (error) => void errors.push(error),
  })
  await tracker.work()
  const rows = async <Row>(text: string) => (await database.executeSql(text)).rows as Row[]

  /** Waits until nothing is due any more at this moment of virtual time. */
  async function settle(): Promise<void> {
    const until = performance.now() + PATIENCE
    for (;;) {
      for (const wake of wakes) wake()
      const [{ due } = { due: 0 }] = await rows<{ due: number }>(dueNow)
      if (due === 0) return
      if (performance.now() > until) throw new Error(`the tracker did not come to rest: ${due} due`)
      await sleep(4)
      await simulator.advance(1) // turns at a provider are a part of a millisecond apart
    }
  }
  const advance = async (milliseconds: number) => {
    await simulator.advance(milliseconds)
    await settle()
  }

  const stage: Stage = { simulator, simulations, takeOrder, unit: HOUR, schedule: SCHEDULE, hasReferences }
  const played: PlayedOrder[] = []
  const moves: (Omit<Move, 'after'> & { readonly at: number })[] = []
  for (let number = 0; played.length < count; number++) {
    const name = `soak-${seed}-${number}`
    const planned =
      number % 2 === 0
        ? toMoves(stage, plans[(number / 2) % plans.length] as (typeof plans)[number], number, name)
        : toMovesOfStory(
            stage,
            chooseStory(simulations, (number - 1) / 2, isManual, hasReferences),
            number,
            name,
          )
    if (!planned) continue
    played.push(planned.played)
    const begin = startAt.getTime() + played.length * PAUSE
    moves.push(...planned.moves.map(({ after, run }) => ({ at: begin + after, run })))
  }
  const providers = simulations.map(({ provider }) => provider)
  const night = async () => {
    // A provider that is paused would be waited for, in real seconds.
    answers = 'slow to change'
    await rows('update payment_status.providers set paused_until = null, failures = 0')
    const day = new Date(simulator.now().getTime() - DAY).toISOString().slice(0, 10)
    for (const provider of providers) {
      const settled = await tracker.reconcile(provider, day).catch((error: unknown) => error)
      if (settled instanceof Error) errors.push(settled)
    }
    answers = 'faulty'
  }
  const lastMove = Math.max(...moves.map(({ at }) => at))
  for (let at = startAt.getTime() + 26 * HOUR; at < lastMove + STORY_DAYS * DAY; at += DAY)
    moves.push({ at, run: night }, ...[6, 12, 18].map((hours) => ({ at: at + hours * HOUR, run: settle })))
  moves.sort((a, b) => a.at - b.at)
  for (const { at, run } of moves) {
    await advance(Math.max(0, at - simulator.now().getTime()))
    await run()
  }
  answers = 'right'
  for (let day = 0; day < FOLLOW_UP_DAYS; day += 4) await advance(4 * DAY)

  const [changes, orders, disputes, recorded, rechecks] = await Promise.all([
    rows<Stored['changes'][number]>(statements.changes),
    rows<Stored['orders'][number]>(statements.orders),
    rows<Stored['disputes'][number]>(statements.disputes),
    rows<Stored['payments'][number]>(statements.payments),
    rows<{ recheck: string }>(statements.rechecks),
  ])
  const canLookUp = (provider: string) => payments.provider(provider).answers?.lookup !== 'none'
  const failures = judge(played, simulator, canLookUp, {
    changes,
    orders,
    disputes,
    payments: recorded,
    rechecks: rechecks.map(({ recheck }) => recheck),
  })
  await tracker.stop()
  await database.close()
  stopCounting()
  return {
    orders: played.length,
    payments: simulator.payments().length,
    changes: changes.length,
    steps: countBy(changes.flatMap(({ step }) => step ?? [])),
    webhooks: simulator.deliveries().length,
    requests,
    paymentsOf: countBy(simulator.payments().map(({ provider }) => provider)),
    failures: {
      ...failures,
      crashes: errors.filter((error) => !isPaymentError(error) && !isTimeout(error)).map(String),
    },
  }
}

/** Polls that are due at a provider which is not paused, polls under way, and deliveries that are due. */
const dueNow = `select ((select count(*) from payment_status.targets t left join payment_status.providers p using (provider)
    where (t.due_at <= clock_timestamp() and (p.paused_until is null or p.paused_until <= clock_timestamp()))
       or t.leased_until > clock_timestamp())
  + (select count(*) from payment_status.outbox
    where delivered_at is null and stream_key is not null and due_at <= clock_timestamp()))::int as due`

/** The database, whose workers are also woken by the given functions: their timers know nothing of virtual time. */
function wakeable<Opened extends Database>(database: Opened, wakes: (() => void)[]): Opened {
  return {
    ...database,
    async listen(channel: string, onNotification: (payload: string) => void, onReconnect: () => void) {
      wakes.push(() => {
        for (const name of ['polls', 'outbox']) onNotification(name)
      })
      const listener = await database.listen?.(channel, onNotification, onReconnect)
      return { close: async () => listener?.close() }
    },
  }
}

function chooseStory(
  simulations: readonly ProviderSimulation[],
  number: number,
  isManual: (story: StoryName) => boolean,
  hasReferences: (provider: string) => boolean,
): { readonly provider: string; readonly story: StoryName; readonly isManual: boolean } {
  const simulation = simulations[number % simulations.length] as ProviderSimulation
  // A second payment that the shop does not know is only found by its reference.
  const isKnown = (story: StoryName) => story !== 'paid_twice' || hasReferences(simulation.provider)
  const stories = storiesOf(simulation).filter(isKnown)
  const story = stories[Math.floor(number / simulations.length) % stories.length] as StoryName
  return { provider: simulation.provider, story, isManual: isManual(story) }
}

function isTimeout(error: unknown): boolean {
  return (error as { name?: unknown } | undefined)?.name === 'TimeoutError'
}

function countBy(words: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const word of words) counts[word] = (counts[word] ?? 0) + 1
  return counts
}
