import { signWebhook as signCheckoutCom } from '@payment-status/checkout-com'
import { checkoutComFixtures } from '@payment-status/checkout-com/fixtures'
import type { ProviderFixtures } from '@payment-status/core/kit'
import { stripeFixtures } from '@payment-status/stripe/fixtures'
import type { WebhookDelivery, WebhookEvent } from 'payment-status'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type Served, serve } from '../src/serve.ts'
import worker, { type Env } from '../src/webhook-cloudflare-worker.ts'

describe('the endpoint as a Cloudflare Worker', () => {
  let served: Served
  let queued: WebhookEvent[]
  let queueIsDown: boolean

  beforeEach(async () => {
    vi.spyOn(console, 'error').mockImplementation(() => {})
    queued = []
    queueIsDown = false
    const env: Env = {
      CKO_WEBHOOK_SECRET: checkoutComFixtures.secrets.webhookSecrets,
      STRIPE_WEBHOOK_SECRET: stripeFixtures.secrets.webhookSecrets,
      PAYMENT_EVENTS: {
        async send(event) {
          if (queueIsDown) throw new Error('the queue is down')
          queued.push(structuredClone(event)) // as a queue would
        },
      },
    }
    served = await serve((request) => worker.fetch(request, env))
  })

  afterEach(async () => {
    await served.close()
    vi.restoreAllMocks()
  })

  const deliver = async (provider: string, { rawBody, headers }: WebhookDelivery): Promise<number> => {
    const answer = await fetch(`${served.url}/webhooks/${provider}`, {
      method: 'POST',
      headers: headers as Record<string, string>,
      body: rawBody as string,
    })
    return answer.status
  }

  it.each([checkoutComFixtures, stripeFixtures])('queues each event of $provider once', async (fixtures) => {
    const [first, second] = await signedWebhooks(fixtures)
    for (const delivery of [first, first, second, first, second]) {
      expect(await deliver(fixtures.provider, delivery as WebhookDelivery)).toBe(200)
    }
    expect(queued).toHaveLength(2)
    expect(new Set(queued.map(({ id }) => id)).size).toBe(2)
    expect(queued[0]).toMatchObject({ provider: fixtures.provider })
  })

  it.each([checkoutComFixtures, stripeFixtures])(
    'refuses a forged webhook of $provider',
    async (fixtures) => {
      for (const { rawBody, headers } of await signedWebhooks(fixtures)) {
        const forged = { rawBody: String(rawBody).replace(/"id": ?"/, '$&x'), headers }
        expect(await deliver(fixtures.provider, forged)).toBe(401)
      }
      expect(queued).toEqual([])
    },
  )

  it('passes the bytes on unchanged', async () => {
    const body = '{ "id" : "evt_odd", "type":"something_else",\r\n"note":"\\u017c支払い 🧾" }\n'
    const delivery = await signCheckoutCom(body, checkoutComFixtures.secrets.webhookSecrets)
    expect(await deliver('checkout-com', delivery)).toBe(200)
    expect(queued).toMatchObject([{ id: 'evt_odd', kind: 'unrelated' }])
  })

  it('asks for the event again when the queue did not take it', async () => {
    const [, , delivery] = await signedWebhooks(stripeFixtures)
    queueIsDown = true
    expect(await deliver('stripe', delivery as WebhookDelivery)).toBe(500)
    queueIsDown = false
    expect(await deliver('stripe', delivery as WebhookDelivery)).toBe(200)
    expect(queued).toHaveLength(1)
  })
})

async function signedWebhooks({ payments }: ProviderFixtures): Promise<WebhookDelivery[]> {
  return Promise.all(payments.flatMap((fixture) => (fixture.webhook ? [fixture.webhook()] : [])))
}
