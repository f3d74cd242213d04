import { createOnerway, type Integration, type WebhookTrust } from '@payment-status/onerway'
import { createOnerwaySimulation } from '@payment-status/onerway/fixtures'
import { type Faults, type Simulator, type StoryName, storiesOf } from '@payment-status/testing'
import { type SimulatorServer, startSimulatorServer } from '@payment-status/testing/server'
import { createPayments, type OrderTerms, outcomeOf, type PaymentReport } from 'payment-status'
import { createTracker, type Tracker } from '../../src/index.ts'
import { openEmbedded } from '../../src/pglite.ts'
import { becomeIdle, forward, nextPoll, serve, withWakes } from './stage.ts'

/** An account at Onerway, and how well its webhooks arrive. */
export interface Account {
  readonly integration: Integration
  readonly webhooks: WebhookTrust
  readonly deliveries: 'some_lost' | 'all_lost'
}

export interface LivesOptions {
  readonly accounts: readonly Account[]
  readonly seed: number
  /** How often each story is lived. */
  readonly rounds: number
  /** Every account lives one of this many stories in turn, so that as many accounts share all of them. Default 1: all. */
  readonly share?: number
  /** How the shop watches its payments, each second one by either. One that is paid twice is watched by its reference. Default `both`. */
  readonly watch?: 'id' | 'reference' | 'both'
  /** Days that are lived, each with its night. */
  readonly days: number
  /** Sets `Date` to the virtual clock. */
  setDate(now: Date): void
}

/** Figures of one account. */
export interface AccountResult extends Account {
  readonly payments: number
  /** Requests of lookups. */
  readonly lookups: number
  /** Requests of the nights' lists: ten rows in each. */
  readonly lists: number
}

/** Failures by kind. Every list must stay empty. */
export interface LivesFailures {
  /** Recorded state and truth differed in the morning after a night's comparison. */
  readonly wrongInTheMorning: string[]
  /** Paid orders without a `fulfill`, orders with two, and orders that took no money and have one. */
  readonly wronglyFulfilled: string[]
  /** Targets that still have to be looked up after the last night. */
  readonly rechecks: string[]
  readonly errors: string[]
}

export interface LivesResult {
  readonly accounts: readonly AccountResult[]
  readonly failures: LivesFailures
}

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
/** Days of UTC: nothing happens between midnight and the hour of the start, so that a night sees whole days. */
const START = Date.parse('2026-03-02T05:00:00Z')
const NIGHT_HOUR = 2
const MORNING_HOUR = 4.5

/** 15 of 100 deliveries are lost, doubled, overtaken or swapped; others come days late. */
const faults: Readonly<Record<Account['deliveries'], Faults>> = {
  some_lost: {
    webhooks: { lost: 0.15, doubled: 0.15, reordered: 0.15, swapped: 0.15, delayed: 0.05, late: 0.05 },
  },
  all_lost: { webhooks: { lost: 1 } },
}
/** Both integrations: with webhooks of which some are lost, trusted or not, and with none that arrives. */
export const accounts: readonly Account[] = (['direct', 'hosted'] as const).flatMap(
  (integration): Account[] => [
    { integration, webhooks: 'recheck', deliveries: 'some_lost' },
    { integration, webhooks: 'believe', deliveries: 'some_lost' },
    { integration, webhooks: 'recheck', deliveries: 'all_lost' },
  ],
)
const manualStories: readonly StoryName[] = ['authorized_then_captured', 'captured_then_refunded', 'voided']
/** With vouchers, which the shop offers by a productType of their own. */
const slowStories: readonly StoryName[] = ['canceled', 'canceled_too_late', 'voucher_paid_after_days']

/** One order, and the steps that were delivered for it. */
interface Life {
  readonly order: string
  readonly provider: string
  readonly simulator: Simulator
  readonly steps: string[]
}

/**
 * Plays every life of a payment at Onerway against a shop on the tracker for some days, by a virtual clock. Every morning,
 * after the night's comparison, the recorded states are compared with the truth.
 */
export async function playLives(options: LivesOptions): Promise<LivesResult> {
  const { accounts, seed, rounds, share = 1, watch = 'both', days, setDate } = options
  const failures: LivesFailures = { wrongInTheMorning: [], wronglyFulfilled: [], rechecks: [], errors: [] }
  const onError = (error: unknown) => void failures.errors.push(String(error))
  // PGlite reads the clock of its process: it follows `Date`, and stands still between two moments.
  setDate(new Date(START))
  const { database, wake } = withWakes(await openEmbedded('memory://'))
  const requests = new Map<string, { lookups: number; lists: number }>(
    accounts.map((account) => [nameOf(account), { lookups: 0, lists: 0 }]),
  )
  const shop = await serve((request) => tracker.webhooks(request))
  const servers = new Map<Account['deliveries'], SimulatorServer>()
  for (const deliveries of new Set(accounts.map((account) => account.deliveries))) {
    const server = await startSimulatorServer({
      port: 0,
      frozen: true,
      providers: accounts
        .filter((account) => account.deliveries === deliveries)
        .map(({ integration, ...account }) =>
          createOnerwaySimulation({ integration, name: nameOf({ integration, ...account }) }),
        ),
      seed,
      faults: faults[deliveries],
      startAt: new Date(START),
      onTime: setDate,
      sendWebhook: (request) => forward(request, shop),
    })
    servers.set(deliveries, server)
  }
  const lives = new Map<string, Life>()
  const tracker = await createTracker({
    payments: createPayments(
      accounts.map((account) => {
        const name = nameOf(account)
        const { secrets } = createOnerwaySimulation()
        return createOnerway({
          ...secrets,
          name,
          environment: 'sandbox',
          integration: account.integration,
          webhooks: account.webhooks,
          chargebackQuery: true,
          baseUrl: `${serverOf(account).url}/${name}`,
          retries: 0,
          async fetch(input, init) {
            const request = new Request(input, init)
            const isList = /Time(Start)?":/.test(await request.clone().text())
            const counts = requests.get(name)
            if (counts) counts[isList ? 'lists' : 'lookups']++
            return fetch(request)
          },
        })
      }),
    ),
    database,
    reconcile: 'off',
    limits: Object.fromEntries(accounts.map((account) => [nameOf(account), { perSecond: 1e12 }])),
    onChange({ order, step }) {
      if (step) lives.get(order)?.steps.push(step.kind)
    },
    onError,
  })
  function serverOf({ deliveries }: Account): SimulatorServer {
    return servers.get(deliveries) as SimulatorServer
  }

  /** Goes on to the next event or poll, until `end`. */
  async function liveUntil(end: number): Promise<void> {
    for (let now = Date.now(); now < end; ) {
      const events = [...servers.values()].flatMap(({ simulator }) => simulator.next()?.getTime() ?? [])
      const slack = Math.min(10 * MINUTE, 2_000 + (now - START) / 10)
      const poll = (await nextPoll(database)) ?? Number.POSITIVE_INFINITY
      now = Math.ceil(Math.max(now, Math.min(end, ...events, Math.max(now, poll) + slack)))
      for (const { simulator } of servers.values()) await simulator.advance(now - simulator.now().getTime())
      wake()
      await becomeIdle(database)
    }
  }

  await tracker.work()
  for (let round = 0; round < rounds; round++) {
    for (const [index, account] of accounts.entries()) {
      const stories = storiesOf(createOnerwaySimulation(account))
      const own = stories.filter((_, nth) => (nth + index + round) % share === 0)
      for (const story of own) {
        const isByReference =
          watch === 'both' ? stories.indexOf(story) % 2 === round % 2 : watch === 'reference'
        await begin({ account, story, round, isByReference: isByReference || story === 'paid_twice' })
      }
    }
  }
  interface Beginning {
    readonly account: Account
    readonly story: StoryName
    readonly round: number
    readonly isByReference: boolean
  }
  async function begin({ account, story, round, isByReference }: Beginning): Promise<void> {
    const provider = nameOf(account)
    const { simulator } = serverOf(account)
    const order = `${story}-${round}-${provider}`
    const amount = { amount: 2_000 + round, currency: 'EUR' }
    const terms: OrderTerms = {
      expected: { amount, reference: order },
      capture: manualStories.includes(story) ? 'manual' : 'automatic',
      webhookOnly: slowStories.includes(story),
    }
    lives.set(order, { order, provider, simulator, steps: [] })
    const watchBy = (key: { id: string } | { reference: string }) =>
      tracker.watch({ order, terms, payments: [{ provider, ...key }] })
    if (isByReference) await watchBy({ reference: order })
    const { id } = await simulator.start({ provider, story, reference: order, amount })
    if (!isByReference) await watchBy({ id })
  }

  await becomeIdle(database)
  const midnight = START - (START % DAY)
  for (let day = 1; day <= days; day++) {
    await liveUntil(midnight + day * DAY + NIGHT_HOUR * HOUR)
    for (const account of accounts) await tracker.reconcile(nameOf(account), 'yesterday')
    // Polls of the night are spread over two hours.
    await liveUntil(midnight + day * DAY + MORNING_HOUR * HOUR)
    failures.wrongInTheMorning.push(...(await compare(tracker, lives, day)))
  }
  for (const life of lives.values()) failures.wronglyFulfilled.push(...checkFulfilled(life))
  const { rows } = await database.executeSql(
    'select kind, value, recheck from payment_status.targets where recheck is not null',
  )
  failures.rechecks.push(...rows.map((row) => JSON.stringify(row)))
  await tracker.stop()
  await database.close?.()
  for (const server of [shop, ...servers.values()]) await server.close()
  return {
    accounts: accounts.map((account) => {
      const name = nameOf(account)
      const own = serverOf(account)
        .simulator.payments()
        .filter(({ provider }) => provider === name)
      return { ...account, payments: own.length, ...(requests.get(name) ?? { lookups: 0, lists: 0 }) }
    }),
    failures,
  }
}

function nameOf({ integration, webhooks, deliveries }: Account): string {
  return `${integration}-${webhooks}-${deliveries}`.replaceAll('_', '-')
}

async function compare(
  tracker: Tracker,
  lives: ReadonlyMap<string, Life>,
  day: number,
): Promise<readonly string[]> {
  const wrong: string[] = []
  for (const { order, provider, simulator } of lives.values()) {
    const view = await tracker.order(order)
    const recorded = new Map(view?.payments.map(({ id, report }) => [id, report]))
    for (const { id, steps } of simulator
      .payments()
      .filter((one) => one.provider === provider && one.reference === order)) {
      const truth = simulator.truth(provider, id)
      const payment = recorded.get(id)?.payment
      const isSame =
        truth !== undefined &&
        payment?.status === truth.status &&
        (payment.captured ?? truth.captured) === truth.captured &&
        (payment.refunded ?? truth.refunded) === truth.refunded &&
        (payment.dispute !== undefined) === steps.some(({ kind }) => kind === 'disputed')
      if (!isSame) wrong.push(`day ${day}, ${order}: ${describe(payment)} instead of ${describe(truth)}`)
    }
  }
  return wrong
}

function describe(state: Partial<Pick<PaymentReport['payment'], 'status' | 'captured' | 'refunded'>> = {}) {
  return `${state.status} (${state.captured} captured, ${state.refunded} refunded)`
}

function checkFulfilled({ order, provider, simulator, steps }: Life): readonly string[] {
  const count = steps.filter((step) => step === 'fulfill').length
  const own = simulator.payments().filter((one) => one.provider === provider && one.reference === order)
  const truths = own.map(({ id }) => simulator.truth(provider, id))
  const isTaken = truths.some((truth) => truth && truth.captured > 0)
  const isPaid = truths.some((truth) => truth && outcomeOf(truth.status) === 'paid')
  const isRight = count <= 1 && (isTaken || count === 0) && (!isPaid || count === 1)
  return isRight ? [] : [`${order}: ${steps.join(', ')}`]
}
