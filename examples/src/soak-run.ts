import { createCheckoutCom } from '@payment-status/checkout-com'
import { checkoutComSimulation } from '@payment-status/checkout-com/fixtures'
import { isPaymentError, outcomeOf } from '@payment-status/core'
import type { ProviderSimulation } from '@payment-status/core/kit'
import { createOnerway } from '@payment-status/onerway'
import { onerwaySimulation } from '@payment-status/onerway/fixtures'
import { createStripe } from '@payment-status/stripe'
import { stripeSimulation } from '@payment-status/stripe/fixtures'
import {
  createSimulator,
  type Faults,
  type Simulator,
  type StartedPayment,
  type StoryName,
  storyNames,
} from '@payment-status/testing'
import { createShop, type Shop } from './shop.ts'

/** Every fault there is, each one often. */
export const everyFault: Faults = {
  webhooks: {
    lost: 0.08,
    doubled: 0.1,
    reordered: 0.15,
    delayed: 0.06,
    late: 0.06,
    cutShort: 0.04,
    unknownWord: 0.05,
  },
  queries: {
    rateLimited: 0.03,
    serverError: 0.04,
    timeout: 0.01,
    halfBody: 0.02,
    yesterday: 0.05,
    lyingCounts: 0.03,
  },
}

/** What went wrong: each kind must stay at none. */
export interface SoakFailures {
  /** Believed paid, though no money had been taken by then. */
  readonly falselyPaid: string[]
  /** Believed to have taken or given back what it never had: a part for the whole, say. */
  readonly neverWas: string[]
  /** Believed paid, and then by a webhook or a response no longer: late news that got past the guard. */
  readonly wentBack: string[]
  /** Shipped without a payment that took the money. */
  readonly falselyShipped: string[]
  /** Believed something else than the truth at the end. */
  readonly wrongAtTheEnd: string[]
  /** Paid twice without the shop knowing, or the other way round. */
  readonly paidTwiceUnnoticed: string[]
  /** Paid and undisputed, and never shipped. */
  readonly neverShipped: string[]
  /** Thrown somewhere, and no PaymentError. */
  readonly crashes: string[]
}

export interface SoakResult {
  readonly payments: number
  readonly statuses: Readonly<Record<string, number>>
  readonly webhooks: Readonly<Record<string, number>>
  readonly queries: Readonly<Record<string, number>>
  readonly errors: Readonly<Record<string, number>>
  readonly beliefs: number
  readonly failures: SoakFailures
}

export interface SoakOptions {
  readonly payments: number
  readonly seed: number
  readonly faults?: Faults
  /** Sets `Date` to the virtual clock, so that what was observed and what occurred are told by one time. */
  setDate(now: Date): void
}

const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE
const STORY_DAYS = 16
const simulations: readonly ProviderSimulation[] = [
  checkoutComSimulation,
  onerwaySimulation,
  stripeSimulation,
]

/** Lets a shop live through a batch of payments with every fault on, and holds what it believed against the truth. */
export async function runSoak({
  payments: count,
  seed,
  faults = everyFault,
  setDate,
}: SoakOptions): Promise<SoakResult> {
  const failures: SoakFailures = {
    falselyPaid: [],
    neverWas: [],
    wentBack: [],
    falselyShipped: [],
    wrongAtTheEnd: [],
    paidTwiceUnnoticed: [],
    neverShipped: [],
    crashes: [],
  }
  let beliefs = 0
  /** The payments believed to have taken money, now. */
  const settled = new Set<string>()
  const startAt = new Date('2026-03-02T00:00:00Z')
  setDate(startAt)
  const simulator = createSimulator({
    providers: simulations,
    seed,
    faults,
    startAt,
    onTime: setDate,
    sendWebhook: (request) => shop.webhooks(request),
  })
  const settings = { fetch: simulator.fetch, retries: 0, timeoutMs: 15 }
  const shop = createShop(
    [
      createCheckoutCom({ ...checkoutComSimulation.secrets, ...settings }),
      createOnerway({
        ...onerwaySimulation.secrets,
        ...settings,
        environment: 'sandbox',
        integration: 'direct',
      }),
      createStripe({ ...stripeSimulation.secrets, ...settings }),
    ],
    {
      patienceMs: 40,
      onBelief(report) {
        beliefs++
        const { provider, id, status } = report.payment
        const what = `${provider} ${id} ${report.source}`
        const history = simulator.history(provider, id)
        const isSettled = outcomeOf(status) === 'paid' || outcomeOf(status) === 'returned'
        if (isSettled && !history.some(({ captured }) => captured > 0)) failures.falselyPaid.push(what)
        if (isSettled && !history.some((truth) => truth.status === status)) failures.neverWas.push(what)
        const isFromProvider = report.source === 'webhook' || report.source === 'response'
        if (settled.has(`${provider} ${id}`) && !isSettled && isFromProvider) failures.wentBack.push(what)
        if (isSettled) settled.add(`${provider} ${id}`)
        else settled.delete(`${provider} ${id}`)
      },
    },
  )

  let number = 0
  const started: StartedPayment[] = []
  while (started.length < count) {
    const { provider, story } = choose(number++)
    const reference = `soak-${seed}-${number}`
    const amount = { amount: 1000 + number, currency: 'EUR' }
    const order = shop.takeOrder(reference, amount, isManual(story) ? 'manual' : 'automatic')
    const payment = await simulator.start({ provider, story, reference, amount })
    started.push(payment)
    const { body, sent } = payment.response
    // Every tenth response never reaches the shop: it broke off on the way.
    if (number % 10 !== 0) await shop.hearResponse(provider, body, sent)
    await simulator.advance(5000)
    if (number % 3 === 0) await shop.hearReturn(provider, payment.returnUrl)
    if (number % 25 === 0) await shop.reconcile(order)
  }
  for (let day = 0; day < STORY_DAYS; day++) {
    await simulator.advance(DAY)
    await shop.nightly(({ shipped }) => !shipped || day % 5 === 0)
  }
  await settle(shop, simulator)
  compare(shop, simulator, failures)
  for (const error of shop.errors) {
    if (!['PaymentError', 'TimeoutError'].includes((error as Error).name))
      failures.crashes.push(String(error))
  }
  return {
    payments: simulator.payments().length,
    statuses: tally(
      simulator.payments().map(({ provider, id }) => simulator.truth(provider, id)?.status ?? ''),
    ),
    webhooks: tally(
      simulator
        .deliveries()
        .flatMap(({ faults, attempt }) => [
          attempt > 1 ? 'sent again' : 'sent or lost',
          ...(attempt > 1 ? [] : faults),
        ]),
    ),
    queries: { ...simulator.queryFaults() },
    errors: tally(shop.errors.map((error) => (isPaymentError(error) ? error.code : 'patience ran out'))),
    beliefs,
    failures,
  }
}

/** After the last story: asks until everything has been answered on a day when yesterday was like today. */
async function settle(shop: Shop, simulator: Simulator): Promise<void> {
  await simulator.advance(2 * DAY)
  for (const order of shop.orders.values()) await shop.reconcile(order)
  await simulator.advance(MINUTE)
  await shop.nightly()
}

function compare(shop: Shop, simulator: Simulator, failures: SoakFailures): void {
  const takenByReference = new Map<string, number>()
  for (const { provider, id, reference } of simulator.payments()) {
    const truth = simulator.truth(provider, id)
    const believed = shop.orders.get(reference)?.believed.get(`${provider} ${id}`)?.payment
    if (truth && truth.captured > 0)
      takenByReference.set(reference, (takenByReference.get(reference) ?? 0) + 1)
    const isSame =
      truth &&
      believed?.status === truth.status &&
      (believed.captured ?? truth.captured) === truth.captured &&
      (believed.refunded ?? truth.refunded) === truth.refunded
    if (!isSame)
      failures.wrongAtTheEnd.push(`${provider} ${id}: believed ${believed?.status}, is ${truth?.status}`)
  }
  for (const order of shop.orders.values()) {
    const taken = takenByReference.get(order.reference) ?? 0
    if (order.shipped && taken === 0) failures.falselyShipped.push(order.reference)
    if (order.paidTwice !== taken > 1) failures.paidTwiceUnnoticed.push(order.reference)
    // Nothing is delivered for a payment that was disputed before its first news came through.
    const isWholly = [...order.believed.values()].some(
      ({ payment }) => payment.status === 'captured' && !payment.dispute,
    )
    if (isWholly && !order.shipped) failures.neverShipped.push(order.reference)
  }
}

/** Every provider lives through every story it has words for, in turn. */
function choose(number: number): { readonly provider: string; readonly story: StoryName } {
  const simulation = simulations[number % simulations.length] as ProviderSimulation
  const { provider, without, refused } = simulation
  const stories = storyNames.filter(
    (story) =>
      !(story === 'expired' && without.includes('expired')) &&
      !(story === 'refused_then_paid' && refused === 'failed'),
  )
  return { provider, story: stories[Math.floor(number / simulations.length) % stories.length] as StoryName }
}

function isManual(story: StoryName): boolean {
  return ['authorized_then_captured', 'partly_captured', 'voided', 'expired'].includes(story)
}

function tally(words: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const word of words) counts[word] = (counts[word] ?? 0) + 1
  return counts
}
