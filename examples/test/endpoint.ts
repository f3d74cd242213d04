import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { signWebhook as signCheckoutCom } from '@payment-status/checkout-com'
import { checkoutComSimulation } from '@payment-status/checkout-com/fixtures'
import { signWebhook as signOnerway } from '@payment-status/onerway'
import { onerwaySimulation } from '@payment-status/onerway/fixtures'
import { signWebhook as signStripe } from '@payment-status/stripe'
import { stripeSimulation } from '@payment-status/stripe/fixtures'
import { createSimulator, type Simulator, type StartedPayment } from '@payment-status/testing'
import type { WebhookDelivery } from 'payment-status'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { simulations } from '../src/demo/providers.ts'
import { type Served, serve } from '../src/serve.ts'

/** An example that listens on the loopback interface. */
export interface Endpoint extends Served {
  /** The references of the orders it delivered, in turn. */
  acted(): readonly string[]
  takeOrder(order: Pick<StartedPayment, 'provider' | 'reference' | 'amount'>): void
}

/** Simulated providers whose webhooks are kept here until a test sends them, over real HTTP. */
export interface Stage {
  readonly simulator: Simulator
  readonly endpoint: Endpoint
  /** A payment that was paid, and the webhooks about it. */
  pay(provider: string, reference: string): Promise<readonly Request[]>
  send(request: Request): Promise<number>
}

const amount = { amount: 2500, currency: 'EUR' }
const DAY_IN_MILLISECONDS = 24 * 60 * 60 * 1000

/** The tests every webhook example has to pass. `open` is given the URL of the providers' query APIs, a segment for each. */
export function testEndpoint(
  providers: readonly string[],
  open: (apiUrl: string, simulator: Simulator) => Promise<Endpoint>,
): void {
  let stage: Stage
  let close: () => Promise<void>

  beforeEach(async () => {
    vi.spyOn(console, 'error').mockImplementation(() => {})
    const kept: Request[] = []
    const simulator = createSimulator({
      providers: simulations,
      webhookUrl: 'http://127.0.0.1/webhooks',
      sendWebhook: async (request) => {
        kept.push(request)
        return new Response()
      },
    })
    const api = await serve((request) => simulator.fetch(request))
    const endpoint = await open(api.url, simulator)
    stage = {
      simulator,
      endpoint,
      async pay(provider, reference) {
        endpoint.takeOrder({ provider, reference, amount })
        await simulator.start({ provider, reference, amount, story: 'paid_at_once' })
        await simulator.advance(DAY_IN_MILLISECONDS)
        return kept.splice(0)
      },
      async send(request) {
        const { pathname } = new URL(request.url)
        const { method, headers } = request
        const body = await request.clone().bytes()
        const answer = await fetch(endpoint.url + pathname, { method, headers, body })
        await answer.body?.cancel()
        return answer.status
      },
    }
    close = async () => void (await Promise.all([api.close(), endpoint.close()]))
  })

  afterEach(async () => {
    await close()
    vi.restoreAllMocks()
  })

  it.each(providers)(
    'acts once on a payment at %s, though each webhook is delivered twice',
    async (provider) => {
      const webhooks = await stage.pay(provider, 'order-1')
      for (const webhook of [...webhooks, ...webhooks]) expect(await stage.send(webhook)).toBe(200)
      expect(stage.endpoint.acted()).toEqual(['order-1'])
    },
  )

  it('acts once when one webhook is delivered ten times at the same moment', async () => {
    const [webhook] = (await stage.pay('stripe', 'order-1')) as [Request]
    const answers = await Promise.all(Array.from({ length: 10 }, () => stage.send(webhook)))
    expect(answers.filter((status) => status === 200).length).toBeGreaterThan(0)
    expect(answers.filter((status) => status !== 200 && status !== 503)).toEqual([])
    expect(stage.endpoint.acted()).toEqual(['order-1'])
  })

  it.each(providers)('answers a forged webhook of %s with 401, and acts on nothing', async (provider) => {
    const [webhook] = (await stage.pay(provider, 'order-1')) as [Request]
    const forged = new Request(webhook, {
      body: (await webhook.clone().text()).replace(/2500|25\.00/, '2600'),
    })
    expect(await stage.send(forged)).toBe(401)
    expect(stage.endpoint.acted()).toEqual([])
  })

  it.each(providers)('passes the bytes of %s on unchanged', async (provider) => {
    const webhooks = await stage.pay(provider, 'order-1')
    for (const webhook of webhooks) {
      const { rawBody, headers } = await signOddly(provider, await webhook.clone().text())
      const odd = new Request(webhook.url, {
        method: 'POST',
        headers: headers as Record<string, string>,
        body: rawBody as string,
      })
      expect(await stage.send(odd)).toBe(200)
    }
    expect(stage.endpoint.acted()).toEqual(['order-1'])
  })

  it('rejects requests that are not webhooks', async () => {
    const post = (path: string, body: string) => fetch(stage.endpoint.url + path, { method: 'POST', body })
    expect((await post('/webhooks/nobody', '{}')).status).toBe(404)
    expect((await post('/webhooks/stripe', '')).status).toBe(401)
    expect((await fetch(`${stage.endpoint.url}/webhooks/stripe`)).ok).toBe(false)
    expect(stage.endpoint.acted()).toEqual([])
  })
}

/** The same event in bytes no serialiser would write again: odd spaces, escapes, another script, a line break at the end. */
async function signOddly(provider: string, body: string): Promise<WebhookDelivery> {
  const event = { ...(JSON.parse(body) as Record<string, string>), note: 'Zażółć, 支払い 🧾' }
  const write = (fields: object) =>
    `${JSON.stringify(fields, null, '\t').replaceAll('": ', '" :\r\n  ').replace('ż', '\\u017c')}\n`
  if (provider === 'checkout-com')
    return signCheckoutCom(write(event), checkoutComSimulation.secrets.webhookSecrets)
  if (provider === 'stripe') return signStripe(write(event), stripeSimulation.secrets.webhookSecrets)
  // Onerway signs the values, so its bytes may be written anew; the values must arrive as they were.
  const { rawBody, headers } = await signOnerway(event, onerwaySimulation.secrets.secretKey)
  return { rawBody: write(JSON.parse(String(rawBody)) as object), headers }
}

/** A server that listens, or is about to. */
export async function listen(server: Server): Promise<Served> {
  if (!server.listening) {
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
  }
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
