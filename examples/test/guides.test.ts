import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { DatabaseSync } from 'node:sqlite'
import { fileURLToPath } from 'node:url'
import { Module } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { checkoutComSimulation } from '@payment-status/checkout-com/fixtures'
import { createStripe } from '@payment-status/stripe'
import { stripeSimulation } from '@payment-status/stripe/fixtures'
import { createSimulator, type Simulator, type StoryName } from '@payment-status/testing'
import express from 'express'
import { createPayments, memoryClaims, type PaymentReport } from 'payment-status'
import { Pool } from 'pg'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { postgresFolder, startPostgres } from '../../packages/tracker/test/postgres-server.ts'
import type { D1Like } from '../src/d1-claims.ts'
import worker from '../src/guides/cloudflare-worker.ts'
import { addPayments } from '../src/guides/express-pg.ts'
import { createStripeWebhooks } from '../src/guides/from-stripe.ts'
import { addWebhooks } from '../src/guides/nestjs/webhooks.ts'
import { type Served, serve } from '../src/serve.ts'
import { listen } from './endpoint.ts'

const HOUR_IN_MILLISECONDS = 60 * 60_000
const amount = { amount: 2500, currency: 'EUR' }
const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
  vi.unstubAllEnvs()
  vi.restoreAllMocks()
})

interface Api extends Served {
  readonly simulator: Simulator
}

/** Serves a provider's API: requests that create a payment start a story, all others are answered by the simulator. */
async function serveApi(
  provider: 'stripe' | 'checkout-com',
  create: { readonly path: string; readonly story: StoryName },
  webhookUrl: () => string,
): Promise<Api> {
  const simulation = provider === 'stripe' ? stripeSimulation : checkoutComSimulation
  const simulator: Simulator = createSimulator({
    providers: [simulation],
    sendWebhook: (request) => fetch(new Request(webhookUrl(), request)),
  })
  const served = await serve(async (request) => {
    if (request.method !== 'POST' || new URL(request.url).pathname !== create.path)
      return simulator.fetch(request)
    const text = await request.text()
    const reference =
      new URLSearchParams(text).get('metadata[order_id]') ??
      (JSON.parse(text) as { reference: string }).reference
    const { response } = await simulator.start({ provider, story: create.story, reference, amount })
    return Response.json(response.body)
  })
  closing.push(served.close)
  return { ...served, simulator }
}

/** Runs a guide's file as `node shop.ts` does, in an empty folder, until it listens. */
async function run(file: string, environment: Readonly<Record<string, string>>) {
  const folder = mkdtempSync(join(tmpdir(), 'guide-'))
  const port = await freePort()
  const path = fileURLToPath(new URL(`../src/guides/${file}`, import.meta.url))
  const flags = ['--conditions=@payment-status/source', '--disable-warning=ExperimentalWarning']
  const child: ChildProcess = spawn(process.execPath, [...flags, path], {
    cwd: folder,
    env: { ...process.env, ...environment, PORT: `${port}` },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  closing.push(async () => {
    child.kill('SIGKILL')
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  })
  const lines: string[] = []
  if (child.stdout) createInterface(child.stdout).on('line', (line) => lines.push(line))
  await vi.waitFor(() => expect(lines).toContain(`listening on ${port}`), { timeout: 25_000, interval: 50 })
  return { url: `http://127.0.0.1:${port}`, lines }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

describe('getting started', () => {
  it.each([
    ['stripe', 'stripe.ts', '/v1/payment_intents', {}],
    ['checkout-com', 'checkout-com.ts', '/payments', { token: 'tok_synthetic' }],
  ] as const)(
    'with %s: an order, a webhook, a delivery, a return page',
    async (provider, file, path, body) => {
      let shopUrl = ''
      const api = await serveApi(
        provider,
        { path, story: 'paid_after_3ds' },
        () => `${shopUrl}/webhooks/${provider}`,
      )
      const { secrets } = provider === 'stripe' ? stripeSimulation : checkoutComSimulation
      const prefix = provider === 'stripe' ? 'STRIPE' : 'CKO'
      const shop = await run(file, {
        [`${prefix}_SECRET_KEY`]: secrets.secretKey,
        [`${prefix}_WEBHOOK_SECRET`]: secrets.webhookSecrets,
        [`${prefix}_BASE_URL`]: api.url,
      })
      shopUrl = shop.url

      const created = await fetch(`${shop.url}/orders/order-1`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      })
      expect(created.status).toBe(201)
      const { id } = (await created.json()) as { id: string }
      await api.simulator.advance(HOUR_IN_MILLISECONDS)
      expect(api.simulator.truth(provider, id)).toMatchObject({ status: 'captured' })
      await vi.waitFor(() => expect(shop.lines).toContain('deliver order-1'), { timeout: 25_000 })

      const query = provider === 'stripe' ? `payment_intent=${id}` : `cko-payment-id=${id}`
      expect(await (await fetch(`${shop.url}/return?${query}`)).text()).toBe('captured')
      expect(shop.lines.filter((line) => line === 'deliver order-1')).toHaveLength(1)
    },
    90_000,
  )
})

describe.skipIf(postgresFolder === undefined)('an existing shop on PostgreSQL', () => {
  const shopTables = `
    create table orders (id text primary key, amount int not null, currency text not null,
      status text not null default 'new', problem text);
    create table shipments (order_id text not null)`

  async function open() {
    const server = await startPostgres()
    closing.push(server.remove, server.stop)
    const pool = new Pool({ connectionString: server.url })
    pool.on('error', () => {})
    closing.push(() => pool.end())
    await pool.query(shopTables)
    await pool.query(`insert into orders (id, amount, currency) values ('order-1', 2500, 'EUR')`)
    return { pool, url: server.url }
  }

  it('with Express and pg ships a paid order once', async () => {
    const { pool } = await open()
    const app = express()
    const served = await listen(app.listen(0, '127.0.0.1'))
    closing.push(served.close)
    const api = await serveApi(
      'stripe',
      { path: '/v1/payment_intents', story: 'paid_at_once' },
      () => `${served.url}/webhooks/stripe`,
    )
    const stripe = createStripe({ ...stripeSimulation.secrets, baseUrl: api.url })
    const tracker = await addPayments(app, pool, createPayments([stripe]))
    closing.push(() => tracker.stop())

    const checkout = await fetch(`${served.url}/checkout`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ order: 'order-1', provider: 'stripe' }),
    })
    expect(checkout.status).toBe(202)
    await api.simulator.start({ provider: 'stripe', story: 'paid_at_once', reference: 'order-1', amount })
    await api.simulator.advance(HOUR_IN_MILLISECONDS)
    await vi.waitFor(
      async () => {
        const { rows } = await pool.query(
          'select status, (select count(*)::int from shipments) as shipped from orders',
        )
        expect(rows).toEqual([{ status: 'captured', shipped: 1 }])
      },
      { timeout: 25_000 },
    )
  }, 90_000)

  it('with Next.js ships a paid order, and shows it on the return page', async () => {
    const { pool, url } = await open()
    vi.stubEnv('DATABASE_URL', url)
    vi.stubEnv('STRIPE_SECRET_KEY', stripeSimulation.secrets.secretKey)
    vi.stubEnv('STRIPE_WEBHOOK_SECRET', stripeSimulation.secrets.webhookSecrets)
    vi.stubEnv('NEXT_RUNTIME', 'nodejs')
    const route = await import('../src/guides/nextjs/route.ts')
    const page = await import('../src/guides/nextjs/return.ts')
    const site = await serve((request) =>
      request.method === 'POST' ? route.POST(request) : page.GET(request),
    )
    closing.push(site.close)
    const api = await serveApi(
      'stripe',
      { path: '/v1/payment_intents', story: 'paid_at_once' },
      () => `${site.url}/webhooks/stripe`,
    )
    vi.stubEnv('STRIPE_BASE_URL', api.url)
    const { register } = await import('../src/guides/nextjs/instrumentation.ts')
    await register()
    const { getTracker } = await import('../src/guides/nextjs/payments.ts')
    const tracker = await getTracker()
    closing.push(() => tracker.stop())

    await tracker.watch({
      order: 'order-1',
      terms: { expected: { amount }, capture: 'automatic' },
      payments: [{ provider: 'stripe', reference: 'order-1' }],
    })
    const { id } = await api.simulator.start({ provider: 'stripe', reference: 'order-1', amount })
    await api.simulator.advance(HOUR_IN_MILLISECONDS)
    expect(await (await fetch(`${site.url}/return?payment_intent=${id}`)).text()).toBe(
      'Thank you. Your order is paid.',
    )
    await vi.waitFor(
      async () =>
        expect((await pool.query('select order_id from shipments')).rows).toEqual([{ order_id: 'order-1' }]),
      { timeout: 25_000 },
    )
  }, 90_000)
})

it('Nest passes webhooks on with their raw body', async () => {
  class AppModule {}
  Module({})(AppModule)
  const app = await NestFactory.create(AppModule, { logger: false })
  const received: [string, string][] = []
  addWebhooks(app, {
    async webhooks(request) {
      received.push([new URL(request.url).pathname, await request.text()])
      return new Response()
    },
  })
  await app.listen(0, '127.0.0.1')
  closing.push(() => app.close())
  const { port } = app.getHttpServer().address() as AddressInfo
  const answer = await fetch(`http://127.0.0.1:${port}/webhooks/stripe`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{ "odd":1 }',
  })
  expect([answer.status, received]).toEqual([200, [['/webhooks/stripe', '{ "odd":1 }']]])
})

it('a Cloudflare Worker delivers a paid order once, with claims and reports in D1', async () => {
  const database = new DatabaseSync(':memory:')
  closing.push(() => database.close())
  const guide = readFileSync(new URL('../../docs/guides/cloudflare-workers.md', import.meta.url), 'utf8')
  database.exec(/```sql\n(.*?)```/s.exec(guide)?.[1] ?? '')
  const terms = JSON.stringify({ expected: { amount, reference: 'order-1' }, capture: 'automatic' })
  database.prepare('insert into orders (id, terms) values (?, ?)').run('order-1', terms)
  const DB: D1Like = {
    prepare: (sql) => ({
      bind: (...values) => ({
        first: async () => database.prepare(sql).get(...values) ?? null,
        run: async () => database.prepare(sql).run(...values),
      }),
    }),
  }
  const log = vi.spyOn(console, 'log').mockImplementation(() => {})
  const { secretKey, webhookSecrets } = stripeSimulation.secrets
  const statuses: number[] = []
  const simulator: Simulator = createSimulator({
    providers: [stripeSimulation],
    faults: { webhooks: { doubled: 1 } },
    async sendWebhook(request) {
      const keys = { STRIPE_SECRET_KEY: secretKey, STRIPE_WEBHOOK_SECRET: webhookSecrets }
      const env = { DB, ...keys, STRIPE_BASE_URL: api.url }
      const response = await worker.fetch(request, env)
      statuses.push(response.status)
      return response
    },
  })
  const api = await serve((request) => simulator.fetch(request))
  closing.push(api.close)
  await simulator.start({ provider: 'stripe', story: 'paid_after_3ds', reference: 'order-1', amount })
  await simulator.advance(HOUR_IN_MILLISECONDS)
  expect(new Set(statuses)).toEqual(new Set([200]))
  expect(log.mock.calls).toEqual([['deliver order-1']])
})

it("a shop that replaces Stripe's webhook handler stores the newest report, whatever the order of events", async () => {
  const stored = new Map<string, PaymentReport>()
  const webhooks = createStripeWebhooks(
    createStripe({ ...stripeSimulation.secrets, fetch: (...request) => simulator.fetch(...request) }),
    { update: async (id, change) => void stored.set(id, change(stored.get(id))) },
    memoryClaims(),
  )
  const simulator: Simulator = createSimulator({
    providers: [stripeSimulation],
    faults: { webhooks: { doubled: 0.5, reordered: 0.9 } },
    seed: 3,
    sendWebhook: (request) => webhooks(request),
  })
  const { id } = await simulator.start({ provider: 'stripe', story: 'paid_after_3ds', reference: 'order-1' })
  await simulator.advance(HOUR_IN_MILLISECONDS)
  expect(stored.get(id)?.payment).toMatchObject({ status: 'captured', captured: 2500 })
})
