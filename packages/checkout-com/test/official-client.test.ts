import { createHmac } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { PaymentStatus } from '@payment-status/core'
import type { StoryName } from '@payment-status/testing'
import { Checkout } from 'checkout-sdk-node'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { liveAll } from '../../testing/test/lived.ts'
import { checkoutComSimulation } from '../src/fixtures/index.ts'
import { createRespond } from '../src/fixtures/respond.ts'
import { createCheckoutCom } from '../src/index.ts'

const { secretKey, webhookSecrets } = checkoutComSimulation.secrets
const startAt = new Date('2026-03-02T00:00:00Z')
const DAY = 24 * 60 * 60_000

/** What Checkout.com calls where a payment really stands. A refusal that will be tried again is a refusal in its words. */
const words: Readonly<Record<PaymentStatus, readonly string[]>> = {
  open: [],
  requires_action: ['Pending'],
  processing: ['Pending', 'Declined', 'Retry Scheduled'],
  authorized: ['Authorized'],
  partially_captured: ['Partially Captured'],
  captured: ['Captured'],
  partially_refunded: ['Partially Refunded'],
  refunded: ['Refunded'],
  verified: ['Card Verified'],
  canceled: ['Voided', 'Canceled'],
  expired: ['Expired'],
  failed: ['Declined'],
  unknown: [],
}

const { simulator, ids, webhooks } = await liveAll(checkoutComSimulation, 'cko-signature')
const stories = [...ids.keys()]
const idOf = (story: StoryName) => ids.get(story) ?? ''

const server = createServer(async (incoming, outgoing) => {
  const chunks: Buffer[] = []
  for await (const chunk of incoming) chunks.push(chunk as Buffer)
  const { method = 'GET', headers } = incoming
  const body = method === 'POST' ? Buffer.concat(chunks).toString() : undefined
  const request = new Request(`http://${headers.host}${incoming.url}`, {
    method,
    headers: headers as Record<string, string>,
    ...(body === undefined ? {} : { body }),
  })
  const answer = await simulator.fetch(request)
  outgoing.writeHead(answer.status, Object.fromEntries(answer.headers))
  outgoing.end(await answer.text())
})
beforeAll(() => new Promise<void>((done) => server.listen(0, '127.0.0.1', done)))
afterAll(() => new Promise<void>((done) => server.close(() => done())))

const portOf = () => (server.address() as AddressInfo).port
const ways: ReadonlyArray<
  readonly [name: string, connect: (key?: string) => Checkout, isInProcess: boolean]
> = [
  ['in this process', (key = secretKey) => new Checkout(key, { host: checkoutComSimulation.origin }), true],
  ['over HTTP', (key = secretKey) => new Checkout(key, { host: `http://127.0.0.1:${portOf()}` }), false],
  [
    'over HTTP, under its name',
    (key = secretKey) => new Checkout(key, { host: `http://127.0.0.1:${portOf()}/checkout-com` }),
    false,
  ],
]

describe.each(ways)('the official client asks the simulation %s', (_, connect, isInProcess) => {
  beforeEach(() => {
    vi.stubEnv('CKO_SECRET_KEY', undefined) // it would take precedence
    if (isInProcess) vi.stubGlobal('fetch', simulator.fetch) // it takes no other way
  })
  afterEach(() => {
    vi.unstubAllGlobals()
    vi.unstubAllEnvs()
  })

  it.each(stories)('about a payment that was %s', async (story) => {
    const id = idOf(story)
    const truth = simulator.truth('checkout-com', id)
    const payment = await connect().payments.get(id)
    expect(words[truth?.status ?? 'unknown']).toContain(payment.status)
    expect(payment.balances?.total_captured ?? 0).toBe(truth?.captured)
    expect(payment.balances?.total_refunded ?? 0).toBe(truth?.refunded)
    expect(await connect().payments.getActions(id)).toEqual(payment.actions ?? [])
    const ours = createCheckoutCom({ secretKey, fetch: simulator.fetch })
    expect((await ours.lookup(id)).payment).toMatchObject({ id, status: truth?.status })
  })

  it('by reference, and by period', async () => {
    const official = connect()
    const found = await official.payments.getPaymentList({ reference: 'order-paid_twice', limit: 10 })
    expect(found).toMatchObject({ total_count: 2 })
    expect(found.data.map((payment: { id: string }) => payment.id)).toContain(idOf('paid_twice'))
    const day = { from: startAt.toISOString(), to: new Date(startAt.getTime() + DAY).toISOString() }
    const period = (await official.payments.search({ ...day, limit: 1000 })) as { data: { id: string }[] }
    expect(period.data.map(({ id }) => id)).toEqual(expect.arrayContaining([...ids.values()]))
  })

  it('and is refused as Checkout.com refuses', async () => {
    const official = connect()
    const nobody = `pay_${'a'.repeat(26)}`
    await expect(official.payments.get(nobody)).rejects.toMatchObject({
      name: 'NotFoundError',
      http_code: 404,
    })
    const stranger = connect('sk_sbox_another2key2made2up2here2')
    await expect(stranger.payments.get(idOf('paid_at_once'))).rejects.toMatchObject({
      name: 'AuthenticationError',
      http_code: 401,
    })
    await expect(official.payments.getPaymentList({ limit: 0 })).rejects.toMatchObject({
      name: 'ValidationError',
      http_code: 422,
    })
  })
})

it('a key of the previous platform is sent as it is, by the official client and by us', async () => {
  const key = 'sk_test_00000000-0000-4000-8000-000000000000'
  const id = idOf('paid_at_once')
  const payment = await createCheckoutCom({ secretKey, fetch: simulator.fetch, keepRaw: true }).lookup(id)
  const entry = {
    title: '',
    source: 'made here',
    id,
    status: 'captured' as const,
    payment: payment.raw as { id: string },
  }
  const respond = createRespond({ entries: [entry], secretKey: key })
  expect(await createCheckoutCom({ secretKey: key, fetch: respond }).lookup(id)).toMatchObject({
    payment: { id },
  })
  vi.stubEnv('CKO_SECRET_KEY', undefined)
  vi.stubGlobal('fetch', respond)
  const official = new Checkout(key, { host: checkoutComSimulation.origin })
  expect(await official.payments.get(id)).toMatchObject({ id })
  vi.unstubAllGlobals()
  vi.unstubAllEnvs()
})

it('every webhook of the simulation is signed as the page on webhooks says, and we read it', async () => {
  const checkout = createCheckoutCom({ webhookSecrets })
  expect(webhooks.length).toBeGreaterThan(stories.length)
  for (const { body, signature } of webhooks) {
    expect(createHmac('sha256', webhookSecrets).update(body).digest('hex')).toBe(signature)
    const headers = { 'cko-signature': signature }
    expect(await checkout.readWebhook({ rawBody: body, headers })).toMatchObject({ id: JSON.parse(body).id })
  }
})
