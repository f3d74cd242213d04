import type { ProviderSimulation } from '@payment-status/core/kit'
import { createOnerway } from '@payment-status/onerway'
import { onerwayHostedSimulation } from '@payment-status/onerway/fixtures'
import {
  createSimulator,
  type Faults,
  type Simulator,
  type StartedPayment,
  type StoryName,
  storiesOf,
} from '@payment-status/testing'
import {
  createPayments,
  isPaymentError,
  outcomeOf,
  type PaymentReport,
  type Payments,
  resolveAttempts,
} from 'payment-status'
import { providers } from '../../tools/providers.ts'
import { createInsuredShop, type Order } from './double-insurance.ts'
import { createReturnPage } from './return-page.ts'
import { watchRecorded } from './watch-recorded.ts'

/** Every fault there is, each one often. */
export const everyFault: Faults = {
  webhooks: {
    lost: 0.08,
    doubled: 0.1,
    reordered: 0.15,
    swapped: 0.15,
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

/** Failures by kind. Every list must stay empty. */
export interface SoakFailures {
  /** Recorded as paid before any money was taken. */
  readonly falselyPaid: string[]
  /** Recorded with a captured or refunded figure that was never true, such as a part for the whole. */
  readonly neverWas: string[]
  /** Recorded as paid, and then no longer, by a late webhook or response. */
  readonly wentBack: string[]
  /** Shipped without a payment that took the money. */
  readonly falselyShipped: string[]
  /** Recorded state and truth differ at the end. */
  readonly wrongAtTheEnd: string[]
  /** Paid twice without the shop knowing, or the other way round. */
  readonly paidTwiceUnnoticed: string[]
  /** Paid and undisputed, and never shipped. */
  readonly neverShipped: string[]
  /** Errors that are not a PaymentError. */
  readonly crashes: string[]
}

export interface SoakResult {
  readonly payments: number
  readonly statuses: Readonly<Record<string, number>>
  readonly webhooks: Readonly<Record<string, number>>
  readonly queries: Readonly<Record<string, number>>
  readonly errors: Readonly<Record<string, number>>
  readonly changes: number
  readonly failures: SoakFailures
}

export interface SoakOptions {
  readonly payments: number
  readonly seed: number
  readonly faults?: Faults
  /** Sets `Date` to the virtual clock, so that `observedAt` and `occurredAt` use one clock. */
  setDate(now: Date): void
}

const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE
/** From one order to the next. */
const PAUSE = 10 * MINUTE
const STORY_DAYS = 16
/** Time limit of a return page, in real milliseconds. */
const TIME_LIMIT_IN_MILLISECONDS = 40
const canLookUp = ({ create }: (typeof providers)[number]) => create({}).answers?.lookup !== 'none'
/** Simulations of the providers with lookups: where a webhook is lost, only they can state the truth. */
export const simulations: readonly ProviderSimulation[] = [
  ...providers.filter(canLookUp).map(({ simulation }) => simulation),
  onerwayHostedSimulation,
]
/** Simulations of the others. Their webhooks are everything there is, so none of them may be lost for good. */
export const simulationsWithoutLookups: readonly ProviderSimulation[] = providers
  .filter((provider) => !canLookUp(provider))
  .map(({ simulation }) => simulation)

/** Creates the simulated providers, Onerway twice: direct and hosted. */
export function createSimulatedPayments(settings: {
  readonly fetch: Simulator['fetch']
  readonly retries: number
  readonly timeoutMs: number
}): Payments {
  return createPayments([
    ...providers.map(({ create }) => create(settings)),
    createOnerway({
      ...onerwayHostedSimulation.secrets,
      ...settings,
      name: onerwayHostedSimulation.provider,
      environment: 'sandbox',
      integration: 'hosted',
      baseUrl: `https://simulator.example/${onerwayHostedSimulation.provider}`,
    }),
  ])
}

/**
 * Runs the documented shop (double-insurance.ts and return-page.ts, the files to copy) through a batch of payments with
 * every fault on, and compares its recorded states with the truth.
 */
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
  let changes = 0
  let isQuiet = false
  /** Payments that are recorded as paid now. */
  const settled = new Set<string>()
  const startAt = new Date('2026-03-02T00:00:00Z')
  setDate(startAt)
  const simulator = createSimulator({
    providers: simulations,
    seed,
    faults: {
      ...faults,
      get queries() {
        return isQuiet ? {} : faults.queries
      },
    },
    startAt,
    onTime: setDate,
    sendWebhook: (request) => shop.webhooks(request),
  })
  const settings = { fetch: simulator.fetch, retries: 0, timeoutMs: 15 }
  const payments = createSimulatedPayments(settings)
  const errors: unknown[] = []
  const onError = (error: unknown) => void errors.push(error)
  const orders = new Map<string, Order>()
  const shop = createInsuredShop(payments, { deliver: () => {}, onError })
  const returnPage = createReturnPage(payments, {
    orderOf: (request) => orders.get(request.headers.get('cookie') ?? ''),
    ingest: shop.ingest,
    schedule: [1, 1], // a real page waits for seconds
  })

  function onRecorded(report: PaymentReport): void {
    changes++
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
  }

  let number = 0
  const started: StartedPayment[] = []
  while (started.length < count) {
    const { provider, story } = choose(number++)
    const reference = `soak-${seed}-${number}`
    const amount = { amount: 1000 + number, currency: 'EUR' }
    const capture = isManual(story) ? 'manual' : 'automatic'
    const order = shop.takeOrder({ reference, provider, amount, capture })
    orders.set(reference, order)
    watchRecorded(order, onRecorded)
    const payment = await simulator.start({ provider, story, reference, amount })
    started.push(payment)
    // Every tenth response never reaches the shop: it broke off on the way. Where no lookup by reference exists, a shop
    // without the response has nowhere to send its shopper.
    const isNeeded = payments.provider(provider).answers?.byReference === 'none'
    if (number % 10 !== 0 || isNeeded) await ingestResponse(payment, payments, shop.ingest).catch(onError)
    await simulator.advance(PAUSE)
    if (number % 3 === 0)
      await returnPage(
        new Request(payment.returnUrl, {
          headers: { cookie: reference },
          signal: AbortSignal.timeout(TIME_LIMIT_IN_MILLISECONDS),
        }),
      ).catch(onError)
  }
  for (let day = 0; day < STORY_DAYS; day++) {
    await simulator.advance(DAY)
    const to = simulator.now()
    await shop.nightly({ from: new Date(to.getTime() - 2 * DAY), to })
  }
  // Then one night without query faults: with what was missed before, it must end on the truth.
  await simulator.advance(2 * DAY)
  isQuiet = true
  let unanswered: readonly string[] = ['everything']
  // A busy machine can take longer than the short time limit of this run.
  for (let tries = 0; tries < 20 && unanswered.length > 0; tries++)
    unanswered = await shop.nightly({ from: startAt, to: simulator.now() })
  if (unanswered.length > 0) failures.crashes.push(`no answer about ${unanswered.join(', ')}`)
  compare(orders, simulator, failures)
  for (const error of errors) {
    if (!isPaymentError(error) && (error as Error).name !== 'TimeoutError')
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
          attempt > 1 ? 'retried' : 'sent or lost',
          ...(attempt > 1 ? [] : faults),
        ]),
    ),
    queries: { ...simulator.queryFaults() },
    errors: tally(errors.map((error) => (isPaymentError(error) ? error.code : 'time limit'))),
    changes,
    failures,
  }
}

async function ingestResponse(
  { provider, response: { body, sent } }: StartedPayment,
  payments: Payments,
  hear: (report: PaymentReport) => Promise<unknown>,
): Promise<void> {
  const answer = await payments.provider(provider).readResponse(body, sent)
  if (answer.evidence === 'report') await hear(answer)
}

function compare(orders: ReadonlyMap<string, Order>, simulator: Simulator, failures: SoakFailures): void {
  const takenByReference = new Map<string, number>()
  for (const { provider, id, reference } of simulator.payments()) {
    const truth = simulator.truth(provider, id)
    const recorded = orders.get(reference)?.recorded.get(`${provider}/${id}`)?.payment
    if (truth && truth.captured > 0)
      takenByReference.set(reference, (takenByReference.get(reference) ?? 0) + 1)
    const isSame =
      truth &&
      recorded?.status === truth.status &&
      (recorded.captured ?? truth.captured) === truth.captured &&
      (recorded.refunded ?? truth.refunded) === truth.refunded
    if (!isSame)
      failures.wrongAtTheEnd.push(`${provider} ${id}: recorded ${recorded?.status}, is ${truth?.status}`)
  }
  for (const order of orders.values()) {
    const taken = takenByReference.get(order.reference) ?? 0
    if (order.fulfilledBy !== undefined && taken === 0) failures.falselyShipped.push(order.reference)
    const { paidTwice } = resolveAttempts([...order.recorded.values()])
    if (paidTwice !== taken > 1 || (paidTwice && order.toInvestigate === undefined))
      failures.paidTwiceUnnoticed.push(order.reference)
    // Nothing is delivered for a payment that was disputed, or whose refund failed, before its first report arrived.
    const isWholly = [...order.recorded.values()].some(
      ({ payment: { status, dispute, operations = [] } }) =>
        status === 'captured' && !dispute && !operations.some(({ kind }) => kind === 'refund'),
    )
    if (isWholly && order.fulfilledBy === undefined) failures.neverShipped.push(order.reference)
  }
}

/** Every provider lives through every story it has words for, in turn. */
function choose(number: number): { readonly provider: string; readonly story: StoryName } {
  const simulation = simulations[number % simulations.length] as ProviderSimulation
  const stories = storiesOf(simulation)
  const story = stories[Math.floor(number / simulations.length) % stories.length] as StoryName
  return { provider: simulation.provider, story }
}

export function isManual(story: StoryName): boolean {
  return [
    'authorized_then_captured',
    'captured_then_refunded',
    'partly_captured',
    'voided',
    'expired',
  ].includes(story)
}

function tally(words: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const word of words) counts[word] = (counts[word] ?? 0) + 1
  return counts
}
