import { createOnerway } from '@payment-status/onerway'
import { onerwayHostedSimulation, onerwaySimulation } from '@payment-status/onerway/fixtures'
import { createSimulator, type Faults, type Simulator } from '@payment-status/testing'
import { createPayments } from 'payment-status'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { createProviders, simulations } from '../src/demo/providers.ts'
import { createInsuredShop } from '../src/double-insurance.ts'
import { type Served, serve } from '../src/serve.ts'

const amount = { amount: 2500, currency: 'EUR' }
const MINUTE_IN_MILLISECONDS = 60_000
const DAY_IN_MILLISECONDS = 24 * 60 * 60 * 1000
const servers: Served[] = []

/** A shop and simulated providers, each behind a real server. */
async function open(faults: Faults = {}) {
  const delivered: string[] = []
  const shopServer = await serve((request) => shop.webhooks(request))
  let isDown = false
  const simulator: Simulator = createSimulator({
    providers: simulations,
    faults,
    webhookUrl: `${shopServer.url}/webhooks`,
  })
  const api = await serve(async (request) =>
    isDown ? new Response(null, { status: 401 }) : simulator.fetch(request),
  )
  servers.push(shopServer, api)
  const payments = createPayments(createProviders(api.url, { retries: 0 }))
  const shop = createInsuredShop(payments, {
    deliver: ({ reference }) => delivered.push(reference),
    onError: () => {},
  })
  return {
    simulator,
    payments,
    shop,
    nightly: () =>
      shop.nightly({
        from: new Date(simulator.now().getTime() - 2 * DAY_IN_MILLISECONDS),
        to: simulator.now(),
      }),
    delivered,
    setDown: (down: boolean) => {
      isDown = down
    },
    async orderMany(count: number): Promise<string[]> {
      const references = Array.from({ length: count }, (_, index) => `order-${1000 + index}`)
      for (const [index, reference] of references.entries()) {
        const provider = simulations[index % simulations.length]?.provider ?? ''
        shop.takeOrder({ provider, reference, amount })
        await simulator.start({ provider, story: 'paid_at_once', reference, amount })
      }
      return references
    },
    async order(provider: string, story: 'paid_at_once' | 'refused_then_paid' | 'three_d_secure_failed') {
      const reference = `${provider} ${story}`
      shop.takeOrder({ provider, reference, amount })
      await simulator.start({ provider, story, reference, amount })
    },
  }
}

describe('double insurance', () => {
  afterEach(async () => {
    for (const { close } of servers.splice(0)) await close()
    vi.restoreAllMocks()
  })

  it('delivers by webhook, and the night adds nothing', async () => {
    const { simulator, payments, shop, nightly, delivered, order } = await open()
    for (const { provider } of simulations) await order(provider, 'paid_at_once')
    await simulator.advance(DAY_IN_MILLISECONDS)
    const byWebhook = [...delivered].toSorted()
    expect(byWebhook).toEqual(['checkout-com paid_at_once', 'onerway paid_at_once', 'stripe paid_at_once'])
    expect(await nightly()).toEqual([])
    // A lookup states more than a webhook, and changes nothing.
    for (const { provider, id } of simulator.payments())
      await shop.ingest(await payments.lookup({ provider, id }))
    expect(delivered.toSorted()).toEqual(byWebhook)
  })

  it('finds at night a payment whose webhooks were all lost', async () => {
    const { simulator, nightly, delivered, order } = await open({ webhooks: { lost: 1 } })
    for (const { provider } of simulations) await order(provider, 'paid_at_once')
    await simulator.advance(DAY_IN_MILLISECONDS)
    expect(delivered).toEqual([])
    await nightly()
    expect(delivered).toHaveLength(3)
    await nightly()
    expect(delivered).toHaveLength(3)
  })

  it('delivers once whatever the webhooks do: twice, late, in any order', async () => {
    const { simulator, nightly, delivered, order } = await open({
      webhooks: { lost: 0.2, doubled: 0.5, reordered: 0.5, late: 0.3, delayed: 0.2 },
    })
    for (const { provider } of simulations) await order(provider, 'paid_at_once')
    await order('stripe', 'refused_then_paid')
    for (let day = 0; day < 8; day++) {
      await simulator.advance(DAY_IN_MILLISECONDS)
      await nightly()
    }
    expect(delivered.toSorted()).toEqual([
      'checkout-com paid_at_once',
      'onerway paid_at_once',
      'stripe paid_at_once',
      'stripe refused_then_paid',
    ])
  })

  it('delivers 200 of 200 orders whose webhooks swapped within a moment', async () => {
    const { simulator, delivered, orderMany } = await open({ webhooks: { swapped: 1 } })
    const references = await orderMany(200)
    await simulator.advance(MINUTE_IN_MILLISECONDS)
    expect(simulator.deliveries().some(({ faults }) => faults.includes('swapped'))).toBe(true)
    expect(delivered.toSorted()).toEqual(references)
  })

  it('delivers 200 of 200 when lookups fail as well, once they are repeated', async () => {
    const { simulator, delivered, nightly, orderMany } = await open({
      webhooks: { swapped: 1 },
      queries: { rateLimited: 0.2, serverError: 0.2 },
    })
    const references = await orderMany(200)
    await simulator.advance(2 * DAY_IN_MILLISECONDS)
    for (let night = 0; night < 100 && delivered.length < references.length; night++) await nightly()
    expect(delivered.toSorted()).toEqual(references)
  })

  it.each(['onerway', 'onerway-hosted'])(
    'a chargeback at %s reaches its order, and nothing else is delivered',
    async (name) => {
      const simulation = name === 'onerway' ? onerwaySimulation : onerwayHostedSimulation
      const shopServer = await serve((request) => shop.webhooks(request))
      const simulator = createSimulator({ providers: [simulation], webhookUrl: `${shopServer.url}/webhooks` })
      const api = await serve((request) => simulator.fetch(request))
      servers.push(shopServer, api)
      const onerway = createOnerway({
        ...simulation.secrets,
        name,
        environment: 'sandbox',
        integration: name === 'onerway' ? 'direct' : 'hosted',
        baseUrl: `${api.url}/${name}`,
      })
      const shop = createInsuredShop(createPayments([onerway]), { deliver: () => {} })
      const disputed: string[] = []
      // Two payments: the simulator names the origin of one, and the reference alone of the other.
      for (const reference of ['order-1', 'order-2']) {
        const order = shop.takeOrder({ provider: name, reference, amount })
        await simulator.start({ provider: name, story: 'disputed_and_lost', reference, amount })
        await simulator.advance(12 * DAY_IN_MILLISECONDS)
        const [report] = order.recorded.values()
        if (report?.payment.dispute) disputed.push(reference)
        expect(order.fulfilledBy).toBeDefined()
        expect(order.toInvestigate).toBeDefined()
      }
      expect(disputed).toEqual(['order-1', 'order-2'])
    },
  )

  it('delivers nothing for a declined payment', async () => {
    const { simulator, nightly, delivered, order } = await open()
    for (const { provider } of simulations) await order(provider, 'three_d_secure_failed')
    await simulator.advance(DAY_IN_MILLISECONDS)
    await nightly()
    expect(delivered).toEqual([])
  })

  it('returns the orders without an answer, and polls them again the next night', async () => {
    const { simulator, nightly, delivered, order, setDown } = await open({ webhooks: { lost: 1 } })
    await order('stripe', 'paid_at_once')
    await simulator.advance(DAY_IN_MILLISECONDS)
    setDown(true)
    expect(await nightly()).toEqual(['stripe', 'stripe paid_at_once'])
    expect(delivered).toEqual([])
    setDown(false)
    expect(await nightly()).toEqual([])
    expect(delivered).toEqual(['stripe paid_at_once'])
  })
})
