import { signWebhook } from '@payment-status/stripe'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type PostgresServer, postgresFolder, startPostgres } from '../../tracker/test/postgres-server.ts'
import { createFolder, run, simulate } from './run.ts'
import { type Service, startService } from './service.ts'

const token = 'made-up-token-for-tests'
const WAIT = { timeout: 20_000 }
const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }

/** A folder with a configuration of two shards: orders `e-…` are in the east. */
function configure(databases: Readonly<Record<string, string>>, more = '') {
  return createFolder({
    'payment-status.config.mjs': `export default {
  shards: {
    databases: ${JSON.stringify(databases)},
    ${more || "shardOf: (order) => (order.startsWith('e') ? 'east' : 'west'),"}
  },
}`,
  }).path
}

async function get({ url }: Service, path: string) {
  const response = await fetch(url + path, { headers })
  return { status: response.status, body: await response.json() }
}

const watch = ({ url }: Service, order: string) =>
  fetch(`${url}/orders/${order}`, {
    method: 'PUT',
    headers,
    body: JSON.stringify({
      terms: { expected: { amount: { amount: 2500, currency: 'EUR' } }, capture: 'automatic' },
      payments: [{ provider: 'stripe', id: `pi_${order.replace('-', '')}` }],
    }),
  })

describe.skipIf(postgresFolder === undefined)('a service on two databases', () => {
  let east: PostgresServer
  let west: PostgresServer
  let env: Readonly<Record<string, string>>
  beforeAll(async () => {
    east = await startPostgres()
    west = await startPostgres()
    const simulated = await simulate()
    const { STRIPE_SECRET_KEY = '', STRIPE_WEBHOOK_SECRET = '', STRIPE_BASE_URL = '' } = simulated.env
    env = { STRIPE_SECRET_KEY, STRIPE_WEBHOOK_SECRET, STRIPE_BASE_URL, PAYMENT_STATUS_TOKEN: token }
  }, 60_000)
  afterAll(async () => {
    await east.remove()
    await west.remove()
  })

  /** Reports the payment of an order as paid. */
  async function pay({ url }: Service, order: string) {
    const object = {
      id: `pi_${order.replace('-', '')}`,
      object: 'payment_intent',
      status: 'succeeded',
      amount: 2500,
      amount_received: 2500,
      currency: 'eur',
      created: 1763640000,
    }
    const event = { object: 'event', type: 'payment_intent.succeeded', created: 1763640000, data: { object } }
    const { rawBody, headers: signed } = await signWebhook(
      JSON.stringify({ ...event, id: `evt_${order.replace('-', '')}` }),
      env.STRIPE_WEBHOOK_SECRET ?? '',
    )
    return fetch(`${url}/webhooks/stripe`, {
      method: 'POST',
      headers: signed as Record<string, string>,
      body: String(rawBody),
    })
  }

  it('keeps each order in its shard, and starts and serves one while the other is down', async () => {
    const cwd = configure({ east: east.url, west: west.url })
    const first = await startService(['--print-changes'], { env, cwd })
    expect(first.started.database).toMatch(
      /^PostgreSQL, 2 shards: east is postgres at 127.*; west is postgres/,
    )
    expect(first.started.gaps).toHaveLength(1)
    for (const order of ['e-1', 'w-1']) {
      expect((await watch(first, order)).status).toBe(200)
      expect((await pay(first, order)).status).toBe(200)
    }
    const { body } = await get(first, '/orders')
    expect(body.orders.map(({ order }: { readonly order: string }) => order)).toEqual(['w-1', 'e-1'])
    await expect
      .poll(async () => (await get(first, '/health')).body.shards, WAIT)
      .toEqual([
        { name: 'east', isReachable: true },
        { name: 'west', isReachable: true },
      ])
    const { stdout } = await run(['reconcile', 'stripe', '--day', '2026-11-20', '--json'], { env, cwd })
    expect(JSON.parse(stdout.trim().split('\n').at(-1) ?? '')).toMatchObject({
      kind: 'summary',
      complete: true,
    })
    await first.stop()

    await west.stop()
    const second = await startService(['--print-changes'], { env, cwd })
    expect(second.started.gaps.join()).toContain('The shard west cannot be reached')
    expect((await get(second, '/orders/e-1')).body).toMatchObject({ order: 'e-1' })
    expect((await get(second, '/orders/w-1')).status).toBe(503)
    expect((await pay(second, 'w-1')).status).toBe(503)
    expect((await fetch(`${second.url}/healthz`)).status).toBe(200)
    const readMetrics = async () => (await fetch(`${second.url}/metrics`, { headers })).text()
    expect(await readMetrics()).toMatch(/^payment_status_unreachable_shards 1$/m)
    await west.start()
    await expect.poll(async () => (await get(second, '/orders/w-1')).status, WAIT).toBe(200)
    await expect.poll(readMetrics, WAIT).toMatch(/^payment_status_unreachable_shards 0$/m)
    await second.stop()
  }, 60_000)

  it.each<[string, (urls: { east: string; west: string }) => string, Record<string, string>, RegExp]>([
    [
      'another database',
      (urls) => configure(urls),
      { DATABASE_URL: 'postgres://h/d' },
      /DATABASE_URL.*shards/,
    ],
    ['no URL', ({ east }) => configure({ east, west: '' }), {}, /shards\.databases\.west/],
    ['no shard', () => configure({}), {}, /shards\.databases/],
    ['no function', (urls) => configure(urls, 'shardOf: 1,'), {}, /shards\.shardOf/],
  ])('does not start with %s', async (_, folderOf, more, message) => {
    const cwd = folderOf({ east: east.url, west: west.url })
    const { code, stderr } = await run(['track', '--port', '0'], { env: { ...env, ...more }, cwd })
    expect([code, stderr]).toEqual([2, expect.stringMatching(message)])
  })
})
