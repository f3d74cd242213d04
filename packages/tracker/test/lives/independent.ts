import { createOnerway, type Integration, type WebhookTrust } from '@payment-status/onerway'
import {
  createPayments,
  isPaymentError,
  type OrderTerms,
  outcomeOf,
  type PaymentReport,
} from 'payment-status'
import { createDeliveries } from '../../../onerway/test/independent/deliveries.ts'
import { live, planLife } from '../../../onerway/test/independent/lives.ts'
import {
  type IndependentOnerway,
  type Order,
  startOnerway,
} from '../../../onerway/test/independent/onerway.ts'
import { createRandom, createWorld } from '../../../onerway/test/independent/world.ts'
import { createTracker, type TrackedOrder, type Tracker } from '../../src/index.ts'
import { openEmbedded } from '../../src/pglite.ts'
import { becomeIdle, lastPause, nextPoll, serve, withWakes } from './stage.ts'

export interface IndependentOptions {
  readonly seed: number
  /** Random lives for each of the four accounts. */
  readonly lives: number
  readonly days: number
  /** Share of notifications that are lost; as many are doubled, overtaken and late. */
  readonly faulty: number
  /** Share of queries that are rate-limited or answered by a fault, and of lists whose pages shift. */
  readonly troubles: number
  setDate(now: Date): void
}

interface Account {
  readonly name: string
  readonly integration: Integration
  readonly webhooks: WebhookTrust
}

export const independentAccounts: readonly Account[] = (['direct', 'hosted'] as const).flatMap(
  (integration) =>
    (['recheck', 'believe'] as const).map((webhooks) => ({
      name: `${integration}-${webhooks}`,
      integration,
      webhooks,
    })),
)

/** Failures by kind. Every list must stay empty. */
export interface IndependentFailures {
  /** Recorded as paid before money was taken, or as ended before it was. */
  readonly falsely: string[]
  readonly wrongInTheMorning: string[]
  readonly wronglyFulfilled: string[]
  readonly rechecks: string[]
  readonly errors: string[]
}

export interface IndependentResult {
  readonly failures: IndependentFailures
  readonly payments: number
  /** Requests of lookups for each payment, by account. */
  readonly requests: Readonly<Record<string, number>>
}

const HOUR = 3_600_000
const DAY = 24 * HOUR
const MINUTE = 60_000
const START = Date.parse('2026-03-02T05:00:00Z')
const NIGHT_HOUR = 2
const MORNING_HOUR = 4.5
/** The key is rotated: Onerway signs with the new one already, the shop still with the old one. */
const secretKey = ['independent-secret-not-real', 'independent-secret-new-not-real']
const merchantNo = '800209'

interface Life {
  readonly account: Account
  readonly order: TrackedOrder
  /** References under which the shop created payments. */
  readonly references: Set<string>
  readonly steps: string[]
}

/** Plays random lives at an Onerway written from its documentation alone, over HTTP, against a shop on the tracker. */
export async function playIndependentLives(options: IndependentOptions): Promise<IndependentResult> {
  const { seed, lives: count, days, faulty, troubles: share, setDate } = options
  const failures: IndependentFailures = {
    falsely: [],
    wrongInTheMorning: [],
    wronglyFulfilled: [],
    rechecks: [],
    errors: [],
  }
  const random = createRandom(seed)
  const world = createWorld(START, setDate)
  const { database, wake } = withWakes(await openEmbedded('memory://'))
  const shop = await serve((request) => tracker.webhooks(request))
  const servers = new Map<string, IndependentOnerway>()
  for (const { name, integration } of independentAccounts) {
    const deliver = createDeliveries(world, () => `${shop.url}/webhooks/${name}`, random, faulty)
    const { now } = world
    servers.set(
      name,
      await startOnerway({
        integration,
        merchantNo,
        secretKey,
        now,
        random,
        notify: deliver,
        troubles: { share, random: createRandom(seed + servers.size + 1_000_000) },
      }),
    )
  }
  const serverOf = ({ name }: Account) => servers.get(name) as IndependentOnerway
  const lives = new Map<string, Life>()
  const onError = (error: unknown) => {
    if (share === 0 || !isTrouble(error)) failures.errors.push(String(error))
  }
  const tracker = await createTracker({
    payments: createPayments(
      independentAccounts.map((account) =>
        createOnerway({
          merchantNo,
          secretKey,
          name: account.name,
          environment: 'sandbox',
          integration: account.integration,
          webhooks: account.webhooks,
          chargebackQuery: true,
          baseUrl: serverOf(account).url,
          retries: 0,
        }),
      ),
    ),
    database,
    reconcile: 'off',
    limits: Object.fromEntries(independentAccounts.map(({ name }) => [name, { perSecond: 1e12 }])),
    onChange({ order, step, report }) {
      const life = lives.get(order)
      if (step) life?.steps.push(step.kind)
      if (life) failures.falsely.push(...findFalse(life, report, serverOf(life.account)))
    },
    onError,
  })

  async function begin(account: Account, number: number): Promise<void> {
    const { name, integration } = account
    const plan = planLife(`${name}-${number}`, random)
    const terms: OrderTerms = {
      expected: { amount: { amount: plan.amount, currency: 'EUR' } },
      capture: plan.isAuth ? 'manual' : 'automatic',
      webhookOnly: plan.isLocalMethod,
    }
    const isById = number % 2 === 0
    const life: Life = {
      account,
      order: { order: plan.reference, terms, payments: [] },
      references: new Set([plan.reference]),
      steps: [],
    }
    lives.set(plan.reference, life)
    const watch = async (created: Order) => {
      life.references.add(created.reference)
      const id = integration === 'direct' ? created.firstId : created.paymentId
      await tracker.watch({
        ...life.order,
        payments: [{ provider: name, ...(isById ? { id } : { reference: created.reference }) }],
      })
    }
    if (!isById)
      await tracker.watch({ ...life.order, payments: [{ provider: name, reference: plan.reference }] })
    const order = await live({
      world,
      onerway: serverOf(account),
      integration,
      random,
      plan,
      onCreated: watch,
      onReturn: (url) =>
        world.later(1_000, async () => {
          await tracker.handleReturn(name, url, { order: plan.reference }).catch(onError)
        }),
    })
    if (isById) await watch(order)
  }

  async function liveUntil(end: number): Promise<void> {
    for (let now = world.now(); now < end; ) {
      const slack = Math.min(10 * MINUTE, 2_000 + (now - START) / 10)
      const poll = (await nextPoll(database)) ?? Number.POSITIVE_INFINITY
      const event = world.next() ?? Number.POSITIVE_INFINITY
      now = Math.ceil(Math.max(now, Math.min(end, event, Math.max(now, poll) + slack)))
      await world.advanceTo(now)
      wake()
      await becomeIdle(database)
    }
  }

  /** The night's comparison is repeated until the provider's list is complete, as `nightly` does. */
  async function reconcile(name: string): Promise<void> {
    for (let tries = 0; tries < 20; tries++) {
      await liveUntil(await lastPause(database))
      const result = await tracker.reconcile(name, 'yesterday').catch(onError)
      if (result?.summary.complete) return
    }
    failures.errors.push(`${name}: the night's list was never complete`)
  }

  await tracker.work()
  for (let number = 0; number < count; number++) {
    for (const account of independentAccounts) world.later(random() * 20 * HOUR, () => begin(account, number))
  }
  const midnight = START - (START % DAY)
  for (let day = 1; day <= days; day++) {
    await liveUntil(midnight + day * DAY + NIGHT_HOUR * HOUR)
    for (const { name } of independentAccounts) await reconcile(name)
    await liveUntil(midnight + day * DAY + MORNING_HOUR * HOUR)
    for (const life of lives.values()) {
      const wrong = await compare(tracker, life, serverOf(life.account), midnight + day * DAY)
      failures.wrongInTheMorning.push(...wrong.map((what) => `day ${day}, ${what}`))
    }
  }
  for (const life of lives.values())
    failures.wronglyFulfilled.push(...checkFulfilled(life, serverOf(life.account)))
  const { rows } = await database.executeSql(
    'select provider, kind, value, recheck from payment_status.targets where recheck is not null',
  )
  failures.rechecks.push(...rows.map((row) => JSON.stringify(row)))
  await tracker.stop()
  await database.close?.()
  for (const server of [shop]) await server.close()
  for (const server of servers.values()) await server.stop()
  const requests = [...servers].map(([name, server]) => [
    name,
    server.requests.lookups / Math.max(1, server.orders.length),
  ])
  return {
    failures,
    payments: [...servers.values()].reduce((sum, { orders }) => sum + orders.length, 0),
    requests: Object.fromEntries(requests),
  }
}

/** Returns whether an error is one of the server's troubles: a limit, a fault, or pages that shifted. */
function isTrouble(error: unknown): boolean {
  return isPaymentError(error) && ['rate_limited', 'unavailable', 'invalid_payload'].includes(error.code)
}

function ordersOf({ references }: Life, { orders }: IndependentOnerway): readonly Order[] {
  return orders.filter(({ reference }) => references.has(reference))
}

function idOf({ account }: Life, { firstId, paymentId }: Order): string {
  return account.integration === 'direct' ? firstId : paymentId
}

/** Money that was never taken, and an end that never was, at any moment. */
function findFalse(life: Life, { payment }: PaymentReport, onerway: IndependentOnerway): readonly string[] {
  // An attempt whose row names no payment is one of its own until the payment query names it.
  const order = ordersOf(life, onerway).find(
    (one) =>
      idOf(life, one) === payment.id ||
      one.transactions.some(({ transactionId }) => transactionId === payment.id),
  )
  const isEmpty = ['undecided', 'verified'].includes(outcomeOf(payment.status))
  if (!order)
    return isEmpty ? [] : [`${payment.provider} ${payment.id}: ${payment.status}, a payment that never was`]
  const truth = onerway.truthOf(order)
  const isPaid = ['paid', 'returned'].includes(outcomeOf(payment.status))
  const isFalse =
    (isPaid && truth.captured === 0) ||
    (payment.captured ?? 0) > truth.captured ||
    (payment.refunded ?? 0) > truth.refunded ||
    (payment.status === 'failed' && truth.status !== 'failed') ||
    (payment.status === 'canceled' && truth.status !== 'canceled')
  return isFalse ? [`${order.reference}: ${describe(payment)}, is ${describe(truth)}`] : []
}

/** Compares an order with the truth. One that changed since midnight is left out: no night's list has it yet. */
async function compare(
  tracker: Tracker,
  life: Life,
  onerway: IndependentOnerway,
  midnight: number,
): Promise<readonly string[]> {
  const view = await tracker.order(life.order.order)
  const recorded = new Map(view?.payments.map(({ id, report }) => [id, report.payment]))
  const wrong: string[] = []
  for (const order of ordersOf(life, onerway)) {
    const truth = onerway.truthOf(order)
    const payment = recorded.get(idOf(life, order))
    recorded.delete(idOf(life, order))
    if (order.touchedAt >= midnight) continue
    const isSame =
      payment?.status === truth.status &&
      (payment.captured ?? truth.captured) === truth.captured &&
      (payment.refunded ?? truth.refunded) === truth.refunded &&
      (payment.dispute !== undefined || !truth.isDisputed)
    if (!isSame)
      wrong.push(`${order.reference}: ${describe(payment)}, is ${describe(truth)}: ${story(order)}`)
  }
  for (const { id, status } of recorded.values())
    wrong.push(`${life.order.order}: a second payment ${id}, ${status}`)
  return wrong
}

function describe(
  state: {
    readonly status?: string
    readonly captured?: number | undefined
    readonly refunded?: number | undefined
  } = {},
): string {
  return `${state.status} (${state.captured} captured, ${state.refunded} refunded)`
}

/** Returns an order's transactions, for a failure's text. */
function story({ transactions, chargebacks, isClosed, losesPaymentId }: Order): string {
  const all = transactions.map(
    ({ txnType, status, at, transactionId }) =>
      `${txnType} ${status} ${new Date(at).toISOString()} ${transactionId}`,
  )
  const ends = [isClosed ? 'closed' : '', losesPaymentId ? 'without paymentId' : '']
  return [...all, ...chargebacks.map(({ status }) => `chargeback ${status}`), ...ends]
    .filter(Boolean)
    .join(', ')
}

function checkFulfilled(life: Life, onerway: IndependentOnerway): readonly string[] {
  const count = life.steps.filter((step) => step === 'fulfill').length
  const truths = ordersOf(life, onerway).map((order) => onerway.truthOf(order))
  const isTaken = truths.some(({ captured }) => captured > 0)
  const isPaid = truths.some(({ status }) => status === 'captured')
  // Money that may go back before it was delivered for is for a person: a dispute, or a refund that is pending or failed.
  const isForPerson =
    truths.some((truth) => truth.isDisputed) ||
    (life.steps.includes('investigate') &&
      ordersOf(life, onerway).some(({ transactions }) =>
        transactions.some(({ txnType }) => txnType === 'REFUND'),
      ))
  const isRight = count <= 1 && (isTaken || count === 0) && (!isPaid || count === 1 || isForPerson)
  return isRight ? [] : [`${life.order.order}: ${life.steps.join(', ')}`]
}
