import { inspect } from 'node:util'
import { createCheckoutCom, signWebhook } from '@payment-status/checkout-com'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { collect, connect, makePayment, paymentId, sessionId } from './make.ts'

const key = 'sk_sbox_plantedplantedplantedpl1'
const token = 'planted-access-token'
const webhookSecret = 'planted-webhook-secret'
const authorization = 'Basic planted-authorization'
const card = '4242424242424242'
const value = 'planted payload value'
const secrets = [key, token, webhookSecret, authorization, card, value]

/** Everything a person, a logger or an error tracker could make of something thrown. */
function textOf(thrown: unknown): string {
  const error = thrown as Error
  const shown = inspect(thrown, { depth: Infinity, showHidden: true, getters: true })
  return [
    shown,
    JSON.stringify(thrown),
    String(thrown),
    error.message,
    error.stack,
    inspect(error.cause),
  ].join('\n')
}

const written: string[] = []

async function expectSilence(call: () => unknown, more: readonly string[] = []): Promise<void> {
  const thrown: unknown = await (async () => call())().then(
    () => undefined,
    (error: unknown) => error,
  )
  expect(thrown).toMatchObject({ name: 'PaymentError' })
  const text = [textOf(thrown), ...written].join('\n')
  expect([...secrets, ...more].filter((secret) => text.includes(secret))).toEqual([])
}

/** An object of our own making, each member in turn taken by something planted. */
function plant(original: Readonly<Record<string, unknown>>): Record<string, unknown>[] {
  const plants = [value, card, Number(card), { [value]: card }, [value], `${value}\n`]
  return Object.keys(original).flatMap((member) =>
    plants.map((planted) => ({ ...original, [member]: planted })),
  )
}

const whole = makePayment({
  requested_on: '2026-03-02T10:15:30Z',
  processed_on: '2026-03-02T10:15:30Z',
  response_code: '10000',
  response_summary: 'Approved',
  '3ds': { authentication_response: 'Y' },
  balances: { total_authorized: 1 },
  actions: [{ response_code: '10000' }],
  _links: { redirect: { href: 'https://3ds.example/' } },
})

/** Only what is refused is looked at: a planted reference, for one, is a reference. */
async function isRefused(call: () => unknown): Promise<boolean> {
  return (async () => call())().then(
    () => false,
    () => true,
  )
}

describe('a value that was planted is in nothing that is thrown or logged', () => {
  beforeEach(() => {
    for (const method of ['log', 'info', 'warn', 'error', 'debug'] as const) {
      vi.spyOn(console, method).mockImplementation((...words: unknown[]) => void written.push(inspect(words)))
    }
  })
  afterEach(() => {
    vi.restoreAllMocks()
    expect(written.splice(0)).toEqual([])
  })

  it('when a payment is not as documented, in a response or a lookup', async () => {
    let refused = 0
    for (const body of plant(whole)) {
      const { checkout } = connect(() => body, { secretKey: key })
      if (!(await isRefused(() => checkout.lookup(sessionId)))) continue
      refused++
      await expectSilence(() => checkout.lookup(sessionId))
      await expectSilence(() => checkout.readResponse(body))
    }
    expect(refused).toBeGreaterThan(40)
  })

  it('when a webhook is authentic and not as documented', async () => {
    const checkout = createCheckoutCom({ webhookSecrets: webhookSecret })
    const data = { id: paymentId, amount: 1, currency: 'EUR', balances: {}, reference: 'order-1001' }
    const event = { id: 'evt_1', type: 'payment_approved', created_on: '2026-03-02T10:15:30Z', data }
    const bodies = [...plant(event), ...plant(data).map((changed) => ({ ...event, data: changed }))]
    const texts = [...bodies.map((body) => JSON.stringify(body)), value, `{"${value}"`, `"${card}`]
    let refused = 0
    for (const text of texts) {
      const delivery = await signWebhook(text, webhookSecret)
      if (!(await isRefused(() => checkout.readWebhook(delivery)))) continue
      refused++
      await expectSilence(() => checkout.readWebhook(delivery), Object.values(delivery.headers))
    }
    expect(refused).toBeGreaterThan(20)
  })

  it('when a webhook is forged', async () => {
    const webhookSecrets = [webhookSecret, `${webhookSecret}-2`]
    const checkout = createCheckoutCom({ webhookSecrets, webhookAuthorization: authorization })
    const signed = await signWebhook(value, webhookSecret)
    const signature = String((signed.headers as Record<string, string>)['cko-signature'])
    const forged = [
      { rawBody: value, headers: {} },
      { rawBody: value, headers: { 'cko-signature': card } },
      { rawBody: card, headers: { 'cko-signature': signature, authorization } },
      { rawBody: value, headers: { 'cko-signature': signature, authorization: token } },
    ]
    for (const delivery of forged) await expectSilence(() => checkout.readWebhook(delivery), [signature])
    await expectSilence(() => createCheckoutCom().readWebhook(signed), [signature])
  })

  it.each([301, 400, 401, 403, 404, 409, 422, 429, 500, 502])('when the answer is %i', async (status) => {
    for (const planted of [value, card, key]) {
      const body = { request_id: planted, error_type: planted, error_codes: [planted], message: planted }
      const headers = { 'cko-request-id': planted, location: `https://elsewhere.example/${card}` }
      const { checkout } = connect(() => Response.json(body, { status, headers }), { secretKey: key })
      await expectSilence(() => checkout.lookup(paymentId))
      await expectSilence(() => checkout.lookup(sessionId))
      await expectSilence(() => checkout.readResponse(body))
      const range = { from: new Date(0), to: new Date(1) }
      await expectSilence(() => collect(checkout.list(range)))
    }
  })

  it('when there is no answer, or one that is not JSON', async () => {
    const { checkout: unreachable } = connect(
      ({ headers }) => {
        throw new TypeError(`${value} ${headers.get('authorization')}`, {
          cause: new Error(`${card} ${key}`),
        })
      },
      { secretKey: key },
    )
    await expectSilence(() => unreachable.lookup(paymentId))
    for (const text of [value, `{"${value}"`, `<b>${card}</b>`]) {
      const { checkout } = connect(() => new Response(text), { secretKey: key })
      await expectSilence(() => checkout.lookup(paymentId))
      await expectSilence(() => checkout.lookupByReference('order-1001'))
    }
  })

  it('when a sent, a return URL or a browser result is made up', async () => {
    const checkout = createCheckoutCom({ secretKey: key })
    for (const planted of [value, card, key]) {
      await expectSilence(() => checkout.lookup(planted))
      await expectSilence(() => checkout.find({ id: `pay_${planted}` }))
      await expectSilence(() => checkout.lookupByReference(`${planted}\n`))
      await expectSilence(() => checkout.readReturn(planted))
      await expectSilence(() => checkout.readReturn(`/return?cko-payment-id=${encodeURIComponent(planted)}`))
      await expectSilence(() => checkout.readClientResult({ id: planted }))
      await expectSilence(() => checkout.readClientResult({ status: { [planted]: planted } }))
    }
  })

  it('when the configuration cannot be right', async () => {
    await expectSilence(() => createCheckoutCom({ secretKey: `${key}\n` }))
    await expectSilence(() => createCheckoutCom({ secretKey: key, environment: 'production' }))
    await expectSilence(() => createCheckoutCom({ secretKey: key, subdomain: value }))
    await expectSilence(() =>
      createCheckoutCom({ secretKey: key, baseUrl: `https://${token}:${card}@a.example` }),
    )
    const accessToken = async () => `${token}\n`
    const checkout = createCheckoutCom({ accessToken, environment: 'sandbox' })
    await expectSilence(() => checkout.lookup(paymentId))
  })
})
