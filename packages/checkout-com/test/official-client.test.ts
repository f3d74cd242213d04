import { createHmac } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { PaymentStatus } from '@payment-status/core'
import { createSimulator, type StoryName } from '@payment-status/testing'
import { Checkout } from 'checkout-sdk-node'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { liveAll } from '../../testing/test/lived.ts'
import { checkoutComSimulation } from '../src/fixtures/index.ts'
import { createRespond } from '../src/fixtures/respond.ts'
import { createCheckoutCom } from '../src/index.ts'

const { secretKey, webhookSecrets } = checkoutComSimulation.secrets
const startAt = new Date('2026-03-02T00:00:00Z')
const DAY = 24 * 60 * 60_000

/** Checkout.com's words for the true status of a payment. A decline that will be tried again is Declined in its words. */
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

  it('by the query of a search', async () => {
    const idsOf = async (body: object) => {
      const { data } = (await connect().payments.search({ limit: 1000, ...body })) as {
        data: { id: string }[]
      }
      return data.map(({ id }) => id)
    }
    const paidTwice = "reference:'order-paid_twice'"
    expect(await idsOf({ query: paidTwice })).toHaveLength(2)
    expect(await idsOf({ query: `${paidTwice} AND id:'${idOf('paid_twice')}'` })).toEqual([
      idOf('paid_twice'),
    ])
    expect(await idsOf({ query: `${paidTwice} AND status:declined` })).toEqual([])
    expect(await idsOf({ query: `${paidTwice} AND NOT id:${idOf('paid_twice')}` })).toHaveLength(1)
    expect(await idsOf({ query: `id:${idOf('refused')} OR id:"${idOf('voided')}"` })).toHaveLength(2)
    expect(await idsOf({ query: 'amount>2500' })).toEqual([])
    expect((await idsOf({ query: 'amount>=2500 AND status:Captured' })).length).toBeGreaterThan(3)
    const later = { from: new Date(startAt.getTime() + 60 * DAY).toISOString(), to: '2027-01-01T00:00:00Z' }
    expect(await idsOf({ query: paidTwice, ...later })).toEqual([])
    for (const query of ['amount', 'amount:', 'moon:full', `${paidTwice} ${paidTwice}`, `${paidTwice} AND`]) {
      await expect(connect().payments.search({ query, limit: 10 })).rejects.toMatchObject({ http_code: 422 })
    }
  })

  it('about disputes', async () => {
    const payment_id = idOf('disputed_and_lost')
    const official = connect().disputes
    const list = async (filter: object) =>
      (await official.get(filter)) as { data: object[]; total_count: number }
    const { data, total_count } = await list({ payment_id, limit: 10 })
    const wanted = {
      id: `dsp_${payment_id.slice(4)}`,
      payment_id,
      status: 'lost',
      amount: 2500,
      currency: 'EUR',
    }
    expect([data, total_count]).toMatchObject([[wanted], 1])
    expect(await official.getDetails(wanted.id)).toMatchObject(wanted)
    const reference = { payment_reference: 'order-disputed_and_lost' }
    expect((await list({ ...reference, statuses: 'won,lost' })).data).toHaveLength(1)
    expect((await list({ ...reference, statuses: 'evidence_required' })).data).toEqual([])
    expect((await list({ payment_id: idOf('paid_at_once') })).data).toEqual([])
    const moment = startAt.getTime() + 9 * DAY
    const period = (from: number, to: number) => ({
      from: new Date(moment + from).toISOString(),
      to: new Date(moment + to).toISOString(),
    })
    expect((await list(period(-DAY, DAY))).data).toHaveLength(1)
    expect((await list(period(DAY, 2 * DAY))).data).toEqual([])
    await expect(official.getDetails('dsp_none')).rejects.toMatchObject({ http_code: 404 })
    const ours = createCheckoutCom({ secretKey, fetch: simulator.fetch, withDisputes: true })
    expect((await ours.lookup(payment_id)).payment.dispute).toMatchObject({ id: wanted.id, status: 'lost' })
  })

  it('about what was done to a payment, with amounts and times', async () => {
    const actions = (await connect().payments.getActions(idOf('captured_then_refunded'))) as object[]
    expect(actions).toMatchObject([
      { type: 'Refund', amount: 2500, processed_on: '2026-03-07T00:00:00.0002739Z', response_code: '10000' },
      { type: 'Capture', amount: 2500, processed_on: '2026-03-03T00:00:00.0002739Z' },
      { type: 'Authorization', amount: 2500, processed_on: '2026-03-02T00:00:00.0002739Z' },
    ])
  })

  it('and is refused as Checkout.com refuses', async () => {
    const official = connect()
    const unknown = `pay_${'a'.repeat(26)}`
    await expect(official.payments.get(unknown)).rejects.toMatchObject({
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
    source: 'synthetic',
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

it('a session can be looked up for 15 minutes, its payment for ever', async () => {
  const young = createSimulator({ providers: [checkoutComSimulation], startAt })
  const { id, returnUrl } = await young.start({ story: 'paid_after_3ds' })
  const ours = createCheckoutCom({ secretKey, fetch: young.fetch })
  const key = ours.readReturn(returnUrl).key as { id: string }
  expect(key.id).toMatch(/^sid_/)
  await young.advance(15 * 60_000)
  expect((await ours.lookup(key.id)).payment).toMatchObject({ id, status: 'captured' })
  await young.advance(1)
  await expect(ours.lookup(key.id)).rejects.toMatchObject({ code: 'not_found' })
  expect((await ours.lookup(id)).payment.status).toBe('captured')
  const { id: withoutSession } = await young.start({ story: 'paid_at_once' })
  await expect(ours.lookup(withoutSession.replace('pay_', 'sid_'))).rejects.toMatchObject({
    code: 'not_found',
  })
})

it.each([
  ['EUR', { kind: 'show', what: 'voucher', text: expect.stringMatching(/^11854 9*\w+$/) }],
  ['EGP', { kind: 'show', what: 'voucher' }],
  ['BHD', { kind: 'show', what: 'qr_code' }],
])('a voucher in %s has a source with a code, until the shopper has used it', async (currency, action) => {
  const young = createSimulator({ providers: [checkoutComSimulation], startAt })
  const amount = { amount: 3000, currency }
  const { id, response } = await young.start({ story: 'voucher_paid_after_days', amount })
  const ours = createCheckoutCom({ secretKey, fetch: young.fetch })
  expect((await ours.lookup(id)).payment).toMatchObject({ status: 'requires_action', action })
  expect(await ours.readResponse(response.body)).toMatchObject({ payment: { status: 'requires_action' } })
  await young.advance(60 * 60_000)
  expect((await ours.lookup(id)).payment.status).toBe('processing')
  await young.advance(3 * DAY)
  expect((await ours.lookup(id)).payment).toMatchObject({
    status: 'captured',
    method: { kind: currency === 'BHD' ? 'wallet' : 'voucher' },
  })
})

it('webhooks carry their action, its code, its time and links, as the pages on event types show them', () => {
  for (const { body } of webhooks) {
    const { type, data, _links } = JSON.parse(body)
    if (data.destination) continue // a payout
    const isDispute = type.startsWith('dispute_')
    const paymentId = isDispute ? data.payment_id : data.id
    expect(_links.subject.href).toContain(paymentId)
    expect(data.processing_channel_id).toMatch(/^pc_/)
    if (isDispute) continue
    expect(data).toMatchObject({
      response_code: expect.stringMatching(/^\d{5}$/),
      response_summary: expect.any(String),
      processed_on: expect.stringMatching(/^2026-.*\d{7}Z$/),
    })
    const hasAction = /^payment_(approved|captured|voided|refunded|refund_declined)$/.test(type)
    if (hasAction) {
      const actions = simulator.payments().find((payment) => payment.id === paymentId)
      expect([type, Boolean(actions), data.action_id]).toEqual([type, true, expect.stringMatching(/^act_/)])
    }
  }
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
