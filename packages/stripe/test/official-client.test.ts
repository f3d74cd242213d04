import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Simulator, StoryName } from '@payment-status/testing'
import Stripe from 'stripe'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { liveAll } from '../../testing/test/lived.ts'
import { stripeSimulation } from '../src/fixtures/index.ts'
import { createStripe } from '../src/index.ts'

const { secretKey, webhookSecrets } = stripeSimulation.secrets
const startAt = new Date('2026-03-02T00:00:00Z')
const DAY = 24 * 60 * 60_000
const seconds = (time: number) => Math.floor(time / 1000)

/** Serves the simulator over HTTP, as another team would run it. */
async function serve(simulator: Simulator) {
  const server = createServer(async (incoming, outgoing) => {
    const url = `http://${incoming.headers.host}${incoming.url}`
    const headers = incoming.headers as Record<string, string>
    const answer = await simulator.fetch(new Request(url, { method: incoming.method ?? 'GET', headers }))
    outgoing.writeHead(answer.status, Object.fromEntries(answer.headers))
    outgoing.end(await answer.text())
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  return { server, port: (server.address() as AddressInfo).port }
}

const { simulator, ids, webhooks } = await liveAll(stripeSimulation, 'stripe-signature')
const stories = [...ids.keys()]
const idOf = (story: StoryName) => ids.get(story) ?? ''
let server: Awaited<ReturnType<typeof serve>>['server']
let port = 0
beforeAll(async () => {
  const served = await serve(simulator)
  server = served.server
  port = served.port
})
afterAll(() => new Promise<void>((done) => server.close(() => done())))

const ways: ReadonlyArray<readonly [name: string, connect: (key?: string) => Stripe]> = [
  [
    'in this process',
    (key = secretKey) =>
      new Stripe(key, { httpClient: Stripe.createFetchHttpClient(simulator.fetch), maxNetworkRetries: 0 }),
  ],
  [
    'over HTTP',
    (key = secretKey) => new Stripe(key, { host: '127.0.0.1', port, protocol: 'http', maxNetworkRetries: 0 }),
  ],
]

describe.each(ways)('the official client queries the simulation %s', (_, connect) => {
  it.each(stories)('about a payment that was %s', async (story) => {
    const official = connect()
    const id = idOf(story)
    const truth = simulator.truth('stripe', id)
    const expand = ['latest_charge', 'latest_charge.refunds']
    const intent = await official.paymentIntents.retrieve(id, { expand })
    const charge = intent.latest_charge as Stripe.Charge | null
    expect(intent.amount_received).toBe(truth?.captured)
    expect(charge?.amount_refunded ?? 0).toBe(truth?.refunded)
    const given = (charge?.refunds?.data ?? []).filter(({ status }) => status !== 'failed')
    expect(given.reduce((sum, { amount }) => sum + amount, 0)).toBe(truth?.refunded)

    const { payment } = await createStripe({ secretKey, fetch: simulator.fetch }).lookup(id)
    expect(payment).toMatchObject({ id, status: truth?.status, captured: truth?.captured })
    const attempts = await official.charges.list({ payment_intent: id })
    expect(attempts.data.map((attempt) => attempt.id)).toEqual(
      expect.arrayContaining(
        (payment.operations ?? []).filter(({ kind }) => kind === 'payment').map((operation) => operation.id),
      ),
    )
    const collapsed = await official.paymentIntents.retrieve(id)
    expect(collapsed.latest_charge).toBe(charge?.id ?? null)
  })

  it('by metadata, a period, a page and a part of a page', async () => {
    const official = connect()
    const query = "metadata['order_id']:'order-paid_twice'"
    const found = await official.paymentIntents.search({ query, limit: 1 }).autoPagingToArray({ limit: 10 })
    expect(found).toHaveLength(2)
    const created = { gte: seconds(startAt.getTime()), lt: seconds(startAt.getTime() + DAY) }
    const all = await official.paymentIntents.list({ created, limit: 3 }).autoPagingToArray({ limit: 100 })
    expect(new Set(all.map(({ id }) => id)).size).toBe(stories.length + 1)
    expect(await official.paymentIntents.list({ created: { lt: created.gte } })).toMatchObject({ data: [] })
    const back = await official.paymentIntents.list({ ending_before: all.at(-1)?.id ?? '', limit: 2 })
    expect(back.data.map(({ id }) => id)).toEqual(all.slice(-3, -1).map(({ id }) => id))
    expect(
      await official.paymentIntents.search({ query: "status:'canceled' AND amount>2000" }),
    ).toMatchObject({
      object: 'search_result',
      has_more: false,
    })
  })

  it('about refunds and disputes', async () => {
    const official = connect()
    const refunds = await official.refunds.list({
      payment_intent: idOf('refund_failed_later'),
      expand: ['data.payment_intent', 'data.charge'],
    })
    expect(refunds.data).toMatchObject([
      { status: 'failed', payment_intent: { id: idOf('refund_failed_later') }, charge: { object: 'charge' } },
    ])
    expect(await official.refunds.retrieve(refunds.data[0]?.id ?? '')).toMatchObject({ status: 'failed' })
    const created = { gte: seconds(startAt.getTime()) }
    expect((await official.refunds.list({ created, limit: 100 })).data.length).toBeGreaterThan(1)
    const disputes = await official.disputes.list({ created })
    expect(disputes.data).toMatchObject([{ status: 'lost', payment_intent: idOf('disputed_and_lost') }])
    expect(await official.disputes.retrieve(disputes.data[0]?.id ?? '')).toMatchObject({ status: 'lost' })
  })

  it('about charges, by their id and by a search', async () => {
    const official = connect()
    const { data } = await official.charges.list({ payment_intent: idOf('refused_then_paid') })
    expect(data.map(({ status }) => status)).toEqual(['succeeded', 'failed'])
    for (const { id, status } of data) {
      const charge = await official.charges.retrieve(id, { expand: ['payment_intent'] })
      expect(charge).toMatchObject({ id, status, payment_intent: { id: idOf('refused_then_paid') } })
      const { payment } = await createStripe({ secretKey, fetch: simulator.fetch }).lookup(id)
      expect(payment).toMatchObject({ id: idOf('refused_then_paid'), status: 'captured' })
      expect(payment.operations?.map((operation) => operation.status)).toEqual(['failed', 'succeeded'])
    }
    const found = await official.charges.search({ query: "metadata['order_id']:'order-refunded_whole'" })
    expect(found.data).toMatchObject([{ payment_intent: idOf('refunded_whole') }])
  })

  it('about Checkout Sessions', async () => {
    const official = connect()
    const { data } = await official.checkout.sessions.list({ payment_intent: idOf('paid_at_once') })
    const [session] = data
    expect(session).toMatchObject({
      status: 'complete',
      payment_status: 'paid',
      client_reference_id: 'order-paid_at_once',
    })
    const id = session?.id ?? ''
    const expanded = await official.checkout.sessions.retrieve(id, {
      expand: ['payment_intent.latest_charge'],
    })
    expect(expanded.payment_intent).toMatchObject({
      status: 'succeeded',
      latest_charge: { object: 'charge' },
    })
    const stripe = createStripe({ secretKey, fetch: simulator.fetch })
    const { key } = stripe.readReturn(`https://shop.example/success?session_id=${id}`)
    expect(await stripe.find(key ?? { id: '' })).toMatchObject([{ payment: { id: idOf('paid_at_once') } }])
  })

  it('about events, several of one step in one second', async () => {
    const official = connect()
    const created = { gte: seconds(startAt.getTime()) }
    const events = await official.events.list({ created, limit: 100 }).autoPagingToArray({ limit: 1000 })
    expect(events.map(({ id }) => id)).toEqual(
      expect.arrayContaining(webhooks.map(({ body }) => JSON.parse(body).id)),
    )
    const of = (story: StoryName) =>
      events.filter(({ data }) => JSON.stringify(data.object).includes(idOf(story))).toReversed()
    const secondsOf = (story: StoryName) => {
      const moments = [...new Set(of(story).map(({ created }) => created))]
      return moments.map((moment) =>
        of(story)
          .filter(({ created }) => created === moment)
          .map(({ type }) => type)
          .toSorted(),
      )
    }
    expect(secondsOf('paid_at_once')).toEqual([['charge.succeeded', 'payment_intent.succeeded']])
    expect(secondsOf('authorized_then_captured')).toEqual([
      ['charge.succeeded', 'payment_intent.amount_capturable_updated'],
      ['charge.captured', 'payment_intent.succeeded'],
    ])
    expect(secondsOf('refunded_whole').at(-1)).toEqual(['charge.refunded', 'refund.created'])
    expect(secondsOf('disputed_and_lost').slice(1)).toEqual([
      ['charge.dispute.created', 'charge.dispute.funds_withdrawn'],
      ['charge.dispute.closed'],
    ])
    expect(secondsOf('refused')).toEqual([['charge.failed', 'payment_intent.payment_failed']])
    const [first] = events
    expect(await official.events.retrieve(first?.id ?? '')).toMatchObject({
      object: 'event',
      type: first?.type,
    })
    const refunds = await official.events.list({ types: ['refund.created', 'refund.failed'], limit: 100 })
    expect(new Set(refunds.data.map(({ type }) => type))).toEqual(
      new Set(['refund.created', 'refund.failed']),
    )
  })

  it('about reviews and early fraud warnings, of which it has none', async () => {
    const official = connect()
    expect((await official.reviews.list()).data).toEqual([])
    expect((await official.radar.earlyFraudWarnings.list({ payment_intent: idOf('refused') })).data).toEqual(
      [],
    )
    await expect(official.reviews.retrieve('prv_unknown')).rejects.toMatchObject({ statusCode: 404 })
  })

  it.each([
    'customer',
    'payment_method',
    'latest_charge.balance_transaction',
    'latest_charge.refunds.data.charge.x',
  ])('and may not expand %s, which is not simulated', async (path) => {
    await expect(
      connect().paymentIntents.retrieve(idOf('refunded_whole'), { expand: [path] }),
    ).rejects.toMatchObject({ type: 'StripeInvalidRequestError', statusCode: 400 })
  })

  it('and is refused as Stripe refuses', async () => {
    const official = connect()
    await expect(official.paymentIntents.retrieve('pi_unknown')).rejects.toMatchObject({
      type: 'StripeInvalidRequestError',
      code: 'resource_missing',
      statusCode: 404,
      requestId: 'req_madeHere',
    })
    await expect(official.paymentIntents.list({ limit: 101 })).rejects.toMatchObject({
      type: 'StripeInvalidRequestError',
      param: 'limit',
    })
    await expect(official.paymentIntents.search({ query: 'anything' })).rejects.toMatchObject({
      statusCode: 400,
    })
    await expect(
      official.paymentIntents.retrieve(idOf('refused'), { expand: ['colour'] }),
    ).rejects.toMatchObject({ statusCode: 400 })
    await expect(connect('sk_test_madeUpByNobody').paymentIntents.list()).rejects.toMatchObject({
      type: 'StripeAuthenticationError',
      statusCode: 401,
    })
    await expect(official.customers.list()).rejects.toMatchObject({ statusCode: 404 })
  })
})

it('the official client verifies every webhook of the simulation, and we read it', async () => {
  const official = new Stripe(secretKey)
  const stripe = createStripe({ webhookSecrets })
  expect(webhooks.length).toBeGreaterThan(stories.length)
  for (const { body, signature } of webhooks) {
    const theirs = official.webhooks.constructEvent(body, signature, webhookSecrets)
    const headers = { 'stripe-signature': signature }
    expect(await stripe.readWebhook({ rawBody: body, headers })).toMatchObject({
      id: theirs.id,
      type: theirs.type,
    })
    expect(() => official.webhooks.constructEvent(`${body} `, signature, webhookSecrets)).toThrow()
  }
})
