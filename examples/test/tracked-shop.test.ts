import { createStripe } from '@payment-status/stripe'
import { stripeSimulation } from '@payment-status/stripe/fixtures'
import { createSimulator } from '@payment-status/testing'
import { openEmbedded } from '@payment-status/tracker/pglite'
import { createPayments } from 'payment-status'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { openTrackedShop } from '../src/tracked-shop.ts'

let database: Awaited<ReturnType<typeof openEmbedded>>
beforeAll(async () => {
  database = await openEmbedded('memory://')
}, 60_000)
afterAll(() => database.close())

it('a shop that was away while its webhooks came delivers every paid order once', async () => {
  const simulator = createSimulator({
    providers: [stripeSimulation],
    faults: { webhooks: { doubled: 0.5, swapped: 0.5 } },
    sendWebhook: (request) => shop.tracker.webhooks(request),
  })
  const payments = createPayments([
    createStripe({ ...stripeSimulation.secrets, fetch: simulator.fetch, retries: 0 }),
  ])
  const open = () => openTrackedShop(payments, database, { reconcile: 'off', onError: () => {} })
  let shop = await open()
  const amount = { amount: 2500, currency: 'EUR' }
  for (const [number, story] of (['paid_at_once', 'refused', 'paid_at_once'] as const).entries()) {
    const order = `order-${number}`
    const terms = { expected: { amount }, capture: 'automatic' } as const
    await shop.takeOrder({ order, terms, payments: [{ provider: 'stripe', reference: order }] })
    await simulator.start({ provider: 'stripe', story, reference: order, amount })
  }
  // Everything so far is only stored: now it stops, and another process takes over.
  await shop.tracker.stop()
  shop = await open()
  await shop.tracker.work()
  await vi.waitFor(
    async () => {
      const { rows } = await database.executeSql(
        'select status, delivered, to_investigate is not null as investigated from shop_orders order by id',
      )
      expect(rows).toEqual([
        { status: 'captured', delivered: 1, investigated: false },
        { status: 'open', delivered: 0, investigated: false },
        { status: 'captured', delivered: 1, investigated: false },
      ])
    },
    { timeout: 25_000, interval: 100 },
  )
  await shop.tracker.stop()
}, 60_000)
