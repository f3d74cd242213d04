import { describe, expect, it } from 'vitest'
import { stripeFixtures } from '../src/fixtures/index.ts'
import { createStripe, stripeStatuses } from '../src/index.ts'
import { collect } from './helpers.ts'

const { payments, respond, secrets, origin } = stripeFixtures
const fetch = (input: string | URL | Request, init?: RequestInit) => respond(new Request(input, init))
const stripe = createStripe({ ...secrets, fetch })
const ask = (path: string, headers: Record<string, string> = {}) =>
  respond(
    new Request(origin + path, {
      headers: {
        authorization: `Bearer ${secrets.secretKey}`,
        'stripe-version': '2026-07-29.dahlia',
        ...headers,
      },
    }),
  )

describe.each(payments)('$title', (fixture) => {
  it(`is ${fixture.status} from every source that reports`, async () => {
    const { payment } = await stripe.lookup(fixture.id)
    expect(payment).toMatchObject({ id: fixture.id, status: fixture.status })
    if (fixture.response) {
      const { payment: answered } = await stripe.readResponse(fixture.response.body)
      expect(answered).toMatchObject({ id: fixture.id, status: fixture.status })
    }
    const event = fixture.webhook && (await stripe.readWebhook(await fixture.webhook()))
    if (event?.kind === 'payment') {
      expect(event.report.payment).toMatchObject({ id: fixture.id, status: fixture.status })
    } else if (event) {
      expect(event).toMatchObject({ key: { id: fixture.id } })
    }
    const found = await stripe.lookupByReference(payment.reference ?? '')
    expect(found.map((report) => report.payment)).toContainEqual(payment)
  })

  it('is named by both hints', () => {
    expect(stripe.readReturn(fixture.returnUrl ?? '')).toMatchObject({ key: { id: fixture.id } })
    expect(stripe.readClientResult(fixture.clientResult)).toMatchObject({ key: { id: fixture.id } })
  })
})

it('has one for every status, and for each event of the table', async () => {
  const bodies = await Promise.all(payments.map(async ({ webhook }) => (await webhook?.())?.rawBody))
  const types = bodies.filter((body) => body !== undefined).map((body) => JSON.parse(String(body)).type)
  for (const suffix of ['processing', 'succeeded', 'amount_capturable_updated', 'payment_failed']) {
    expect(types).toContain(`payment_intent.${suffix}`)
  }
  const statuses = payments.map(({ response }) => (response?.body as { status?: string } | undefined)?.status)
  expect(statuses).toEqual(expect.arrayContaining([...stripeStatuses]))
  expect(new Set(payments.map(({ id }) => id)).size).toBe(payments.length)
})

describe('respond', () => {
  it('lists all of them, newest first', async () => {
    const range = { from: new Date('2026-03-02T00:00:00Z'), to: new Date('2026-03-03T00:00:00Z') }
    const reports = await collect(stripe.list(range))
    expect(reports).toHaveLength(payments.length)
    expect(reports[0]?.payment.id).toBe('pi_madeHereSecondTry')
    expect(await collect(stripe.list({ from: range.to, to: new Date('2026-03-04T00:00:00Z') }))).toEqual([])
  })

  it('pages', async () => {
    const page = await (await ask('/v1/payment_intents?limit=2')).json()
    expect(page).toMatchObject({ has_more: true, data: [{ id: 'pi_madeHereSecondTry' }, {}] })
    const next = await (await ask(`/v1/payment_intents?limit=100&starting_after=${page.data[1].id}`)).json()
    expect(next).toMatchObject({ has_more: false })
    expect(next.data).toHaveLength(payments.length - 2)
    const query = encodeURIComponent("metadata['order_id']:'made-here-two-tries'")
    const first = await (await ask(`/v1/payment_intents/search?query=${query}&limit=1`)).json()
    expect(first).toMatchObject({
      has_more: true,
      next_page: expect.any(String),
      data: [{ latest_charge: 'ch_madeHereSecondTry' }],
    })
    const second = await (
      await ask(
        `/v1/payment_intents/search?query=${query}&limit=1&page=${encodeURIComponent(first.next_page)}`,
      )
    ).json()
    expect(second).toMatchObject({ has_more: false, next_page: null, data: [{ id: 'pi_madeHereFirstTry' }] })
  })

  it('expands charges where the request says so', async () => {
    const path = '/v1/payment_intents/pi_madeHereRefunded'
    expect(await (await ask(path)).json()).toMatchObject({ latest_charge: 'ch_madeHereRefunded' })
    const expanded = await (await ask(`${path}?expand[]=latest_charge`)).json()
    expect(expanded).toMatchObject({ latest_charge: { amount_refunded: 2500 } })
  })

  it.each([
    ['/v1/payment_intents/pi_unknown', {}, 404],
    ['/v1/charges/ch_unknown', {}, 404],
    ['/v1/customers', {}, 404],
    ['/v1/payment_intents/search?query=colour:%27x%27', {}, 400],
    ['/v1/payment_intents/search', {}, 400],
    ['/v1/payment_intents?limit=0', {}, 400],
    ['/v1/payment_intents?limit=101', {}, 400],
    ['/v1/payment_intents?starting_after=pi_unknown', {}, 400],
    ['/v1/payment_intents?expand[]=latest_charge', {}, 400],
    ['/v1/payment_intents/pi_madeHereCaptured?expand[]=colour', {}, 400],
    ['/v1/payment_intents', { authorization: 'Bearer sk_test_other' }, 401],
    ['/v1/payment_intents', { 'stripe-version': 'tomorrow' }, 400],
    ['/v1/payment_intents', { authorization: '' }, 401],
    ['/v1/payment_intents', { authorization: `Basic ${btoa(`${secrets.secretKey}:`)}` }, 200],
  ])('answers %s with %o by %o', async (path, headers, status) => {
    expect((await ask(path, headers as Record<string, string>)).status).toBe(status)
  })

  it('is reported through our errors', async () => {
    await expect(stripe.lookup('pi_unknown')).rejects.toMatchObject({
      code: 'not_found',
      providerCode: 'resource_missing',
      requestId: 'req_madeHere',
    })
    const stranger = createStripe({ secretKey: 'sk_test_other', fetch })
    await expect(stranger.lookup('pi_unknown')).rejects.toMatchObject({ code: 'unauthorized' })
    expect(await stripe.lookupByReference('unknown')).toEqual([])
  })
})
