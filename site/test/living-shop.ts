import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout } from 'node:timers/promises'
import { toNodeHandler } from '@payment-status/node'
import { createStripe } from '@payment-status/stripe'
import { stripeSimulation } from '@payment-status/stripe/fixtures'
import { createSimulator, type StoryName } from '@payment-status/testing'
import { createTracker, type Database, type Tracker } from '@payment-status/tracker'
import { createStatusPage } from '@payment-status/tracker/page'
import { openEmbedded } from '@payment-status/tracker/pglite'
import { createPayments } from 'payment-status'

const HOUR = 60 * 60_000
const amount = { amount: 3800, currency: 'EUR' }

/** Orders of the shop, by the life of their payment. */
const orders: Readonly<Record<string, StoryName>> = {
  'order-1001': 'paid_after_3ds',
  'order-1002': 'refused',
  'order-1003': 'refunded_in_parts',
  'order-1004': 'abandoned',
  'order-1005': 'paid_at_once',
  'order-1006': 'authorized_then_captured',
  'order-1007': 'voided',
  'order-1008': 'disputed_and_lost',
  'order-1009': 'refunded_whole',
  'order-1010': 'paid_twice',
}

export interface LivingShop {
  readonly origin: string
  readonly tracker: Tracker
  readonly database: Database
  /** Payment ids by order. */
  readonly payments: Readonly<Record<string, string>>
  close(): Promise<void>
}

/** Opens a shop whose simulated payments went on for nine days, and serves its status page over HTTP. */
export async function openLivingShop(moreOrders: readonly string[] = []): Promise<LivingShop> {
  const database = await openEmbedded('memory://')
  let tracker: Tracker | undefined
  const simulator = createSimulator({
    providers: [stripeSimulation],
    sendWebhook: async (request) => (await tracker?.webhooks(request)) ?? new Response(null, { status: 503 }),
  })
  const stripe = createStripe({
    ...stripeSimulation.secrets,
    fetch: simulator.fetch,
    clock: () => simulator.now().getTime(),
    toleranceSeconds: Infinity, // signatures carry the real time, and the simulator's clock is days ahead
  })
  tracker = await createTracker({
    payments: createPayments([stripe]),
    database,
    reconcile: 'off',
    onChange() {},
  })
  const payments: Record<string, string> = {}
  const start = async (order: string, story: StoryName) => {
    const payment = await simulator.start({ story, reference: order, amount })
    payments[order] = payment.id
    await tracker.watch({
      order,
      terms: { expected: { amount }, capture: 'automatic' },
      payments: [{ provider: 'stripe', id: payment.id }],
    })
    await tracker.ingest(await stripe.readResponse(payment.response.body))
  }
  for (const [order, story] of Object.entries(orders)) await start(order, story)
  for (const order of moreOrders) await start(order, 'paid_at_once')
  const second = await simulator.start({ story: 'paid_at_once', reference: 'order-1010', amount })
  await tracker.watch({
    order: 'order-1010',
    terms: { expected: { amount }, capture: 'automatic' },
    payments: [{ provider: 'stripe', id: second.id }],
  })
  await simulator.advance(9 * 24 * HOUR)
  for (const order of Object.keys(orders)) await tracker.refresh(order)
  const lost = await simulator.start({ story: 'paid_at_once', reference: 'order-2001', amount })
  await tracker.ingest(await stripe.lookup(lost.id)) // no order expects it
  await tracker.work()
  while ((await tracker.health()).backlog > 0) await setTimeout(50)

  const page = createStatusPage(tracker, { authorize: () => true })
  const server = createServer(toNodeHandler(page)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    tracker,
    database,
    payments,
    async close() {
      server.closeAllConnections()
      server.close()
      await tracker.stop()
      await database.close()
    },
  }
}
