import { signWebhook } from '@payment-status/stripe'
import { Webhook } from 'standardwebhooks'
import { expect, it } from 'vitest'
import { createFolder, run, simulate } from './run.ts'
import { changesSecret, type Service, startReceiver, startService } from './service.ts'

const token = 'made-up-token-for-tests'
const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
const WAIT = { timeout: 30_000 }

/** A shop's account at a simulated Stripe, with one paid payment. */
async function createShop(reference: string) {
  const { simulator, env } = await simulate()
  const { id } = await simulator.start({ provider: 'stripe', reference, story: 'paid_at_once' })
  const { STRIPE_SECRET_KEY = '', STRIPE_WEBHOOK_SECRET = '', STRIPE_BASE_URL = '' } = env
  return {
    id,
    cwd: createFolder().path,
    env: { STRIPE_SECRET_KEY, STRIPE_WEBHOOK_SECRET, STRIPE_BASE_URL, PAYMENT_STATUS_TOKEN: token },
    async sendWebhook({ url }: Service) {
      const intent = {
        id,
        object: 'payment_intent',
        status: 'succeeded',
        amount: 2500,
        amount_received: 2500,
      }
      const object = { ...intent, currency: 'eur', created: 1763640000, metadata: { order_id: reference } }
      const event = { id: 'evt_1', object: 'event', type: 'payment_intent.succeeded', created: 1763640000 }
      const { rawBody, headers: signed } = await signWebhook(
        JSON.stringify({ ...event, data: { object } }),
        STRIPE_WEBHOOK_SECRET,
      )
      const answer = await fetch(`${url}/webhooks/stripe`, {
        method: 'POST',
        headers: signed as Record<string, string>,
        body: String(rawBody),
      })
      expect(answer.status).toBe(200)
    },
  }
}

const get = async ({ url }: Service, path: string) => (await fetch(url + path, { headers })).json()
const watch = (service: Service, order: string) =>
  fetch(`${service.url}/orders/${order}`, {
    method: 'PUT',
    headers,
    body: JSON.stringify({
      terms: {
        expected: { amount: { amount: 2500, currency: 'EUR' }, reference: order },
        capture: 'automatic',
      },
      payments: [{ provider: 'stripe', reference: order }],
    }),
  })

it('without a target changes wait, and are delivered once there is one', async () => {
  const { cwd, env, sendWebhook } = await createShop('order-1')
  const first = await startService([], { env, cwd })
  expect(first.started).toMatchObject({ changes: 'wait until CHANGES_URL is set' })
  expect((await watch(first, 'order-1')).status).toBe(200)
  await sendWebhook(first)
  await expect.poll(async () => (await get(first, '/orders/order-1')).step?.kind, WAIT).toBe('fulfill')
  const waiting = await get(first, '/orders/order-1')
  expect(waiting).not.toHaveProperty('delivered')
  expect((await get(first, '/health')).backlog).toBeGreaterThan(0)
  expect((await first.stop()).stdout).not.toContain('"kind":"change"')

  const shop = await startReceiver()
  const second = await startService([], {
    env: { ...env, CHANGES_URL: shop.url, CHANGES_SECRET: changesSecret },
    cwd,
  })
  await expect.poll(async () => (await get(second, '/orders/order-1')).delivered, WAIT).toBeDefined()
  const messages = shop.received.map(({ body, headers: sent }) => ({
    message: new Webhook(changesSecret).verify(body, sent) as {
      data: { step?: { kind: string }; changeId: string }
    },
    id: sent['webhook-id'],
  }))
  expect(messages.filter(({ message }) => message.data.step?.kind === 'fulfill')).toHaveLength(1)
  for (const { message, id } of messages) expect(id).toBe(message.data.changeId)
  await second.stop()
}, 120_000)

it('with --print-changes they are printed and count as delivered', async () => {
  const { cwd, env, sendWebhook } = await createShop('order-1')
  const service = await startService(['--print-changes'], { env, cwd })
  expect(service.started.gaps.join()).toContain('--print-changes is set')
  await watch(service, 'order-1')
  await sendWebhook(service)
  await expect.poll(async () => (await get(service, '/orders/order-1')).delivered, WAIT).toBeDefined()
  expect(service.output()).toMatch(/"kind":"change","order":"order-1","status":"captured","step":"fulfill"/)
  await service.stop()
}, 120_000)

it('money without an order is listed, and reported to the shop once', async () => {
  const { id, cwd, env, sendWebhook } = await createShop('order-unknown')
  const shop = await startReceiver()
  const service = await startService(['--database', 'memory://'], {
    env: { ...env, CHANGES_URL: shop.url, CHANGES_SECRET: changesSecret },
    cwd,
  })
  await sendWebhook(service)
  await expect.poll(async () => (await get(service, '/unmatched')).payments.length, WAIT).toBe(1)
  expect((await get(service, '/unmatched')).payments[0]).toMatchObject({ provider: 'stripe', id })
  await expect
    .poll(() => shop.received.filter(({ body }) => body.includes('payment.unmatched')).length, WAIT)
    .toBe(1)
  await service.stop()
}, 120_000)

it('a simulation ignores the environment, and refuses a database with real orders', async () => {
  const { cwd, env } = await createShop('order-1')
  const real = await startService(['--database', 'books'], { env, cwd })
  await watch(real, 'order-1')
  await real.stop()
  const refused = await run(['track', '--simulate', '--port', '0', '--database', 'books'], { cwd })
  expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining('holds real orders') })
  const elsewhere = { DATABASE_URL: 'postgres://127.0.0.1:9/none', CHANGES_URL: 'http://127.0.0.1:9' }
  const simulated = await startService(['--simulate', '--orders', '1'], { env: { ...env, ...elsewhere } })
  expect(simulated.started).toMatchObject({ database: 'embedded, in memory' })
  expect(simulated.started.changes).toContain('printed here')
  await simulated.stop()
}, 120_000)
