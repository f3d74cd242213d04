import { inspect } from 'node:util'
import { createOnerway, signWebhook } from '@payment-status/onerway'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { collect, connect, makePage, makeRow, march, type Row, signatureOf } from './make.ts'

const secretKey = 'planted-secret-key'
const oldKey = 'planted-old-secret-key'
const webhookSecret = 'planted-webhook-secret'
const card = '4242424242424242'
const value = 'planted payload value'
const secrets = [secretKey, oldKey, webhookSecret, card, value]
const config = { merchantNo: '800001', secretKey: [secretKey, oldKey], environment: 'sandbox' } as const
const sent = { txnType: 'SALE', merchantTxnId: 'order-1001', cardInfo: `{"cardNumber":"${card}"}` }

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
let refused = 0

/** Whatever is refused is refused without a word of what it held; what is taken is not looked at here. */
async function expectSilence(call: () => unknown, more: readonly string[] = []): Promise<void> {
  const thrown: unknown = await (async () => call())().then(
    () => undefined,
    (error: unknown) => error,
  )
  if (thrown === undefined) return
  refused++
  expect(thrown).toMatchObject({ name: 'PaymentError' })
  const text = [textOf(thrown), ...written].join('\n')
  expect([...secrets, ...more].filter((secret) => text.includes(secret))).toEqual([])
}

/** An object of our own making, each member in turn taken by something planted. */
function plant(original: Row): Row[] {
  const plants = [value, card, Number(card), { [value]: card }, [value], `${value}\n`]
  return Object.keys(original).flatMap((member) =>
    plants.map((planted) => ({ ...original, [member]: planted })),
  )
}

const step = makeRow({
  paymentId: '77',
  paymentStatus: 'S',
  txnTimeZone: '+08:00',
  responseTime: '2026-03-02 10:15:33',
})

describe('a value that was planted is in nothing that is thrown or logged', () => {
  beforeEach(() => {
    refused = 0
    for (const method of ['log', 'info', 'warn', 'error', 'debug'] as const) {
      vi.spyOn(console, method).mockImplementation((...words: unknown[]) => void written.push(inspect(words)))
    }
  })
  afterEach(() => {
    vi.restoreAllMocks()
    expect(written.splice(0)).toEqual([])
  })

  it('when a response is not as documented, or not as it was signed', async () => {
    const onerway = createOnerway({ ...config, integration: 'direct' })
    for (const data of plant(step)) {
      await expectSilence(() => onerway.readResponse({ respCode: '20000', data }, sent))
      const sign = signatureOf(step, 'another')
      await expectSilence(
        () => onerway.readResponse({ respCode: '20000', data: { ...data, sign } }, sent),
        [sign],
      )
    }
    for (const body of plant({ respCode: '20000', respMsg: '', data: step })) {
      await expectSilence(() => onerway.readResponse(body, sent))
    }
    for (const txnType of [value, card, { [value]: card }] as never[]) {
      await expectSilence(() => onerway.readResponse({ respCode: '20000', data: step }, { ...sent, txnType }))
    }
    expect(refused).toBeGreaterThan(80)
  })

  it('when a refusal repeats it', async () => {
    const onerway = createOnerway({ ...config, integration: 'direct' })
    for (const planted of [value, card, secretKey]) {
      await expectSilence(() =>
        onerway.readResponse({ respCode: planted, respMsg: planted, data: null }, sent),
      )
      const { onerway: asking } = connect(
        () => ({ respCode: planted, respMsg: planted, data: planted }),
        config,
      )
      await expectSilence(() => asking.lookup('1'))
    }
    expect(refused).toBe(6)
  })

  it('when a webhook is authentic and not as documented', async () => {
    const notification = { ...step, notifyType: 'TXN', reason: '{}' }
    for (const webhooks of ['recheck', 'believe'] as const) {
      const onerway = createOnerway({
        ...config,
        webhookSecrets: webhookSecret,
        integration: 'direct',
        webhooks,
      })
      for (const fields of [...plant(notification), ...plant({ ...notification, notifyType: 'CANCEL' })]) {
        const delivery = await signWebhook(fields, webhookSecret)
        const { sign } = JSON.parse(String(delivery.rawBody)) as { sign: string }
        await expectSilence(() => onerway.readWebhook(delivery), [sign])
      }
    }
    // What cannot be read of a webhook is not needed to ring; only its kind and its id are.
    expect(refused).toBeGreaterThan(20)
  })

  it('when a webhook is forged', async () => {
    const onerway = createOnerway({
      ...config,
      webhookSecrets: [webhookSecret, oldKey],
      integration: 'direct',
    })
    const sign = signatureOf({ notifyType: value }, webhookSecret)
    const forged = [
      { rawBody: value, headers: {} },
      { rawBody: `{"${value}":"${card}"`, headers: { 'x-rh-signature': `v1=${card}` } },
      { rawBody: JSON.stringify({ notifyType: card, sign }), headers: {} },
      { rawBody: JSON.stringify({ notifyType: card }), headers: { 'x-rh-signature': `v1=${sign}` } },
    ]
    for (const delivery of forged) await expectSilence(() => onerway.readWebhook(delivery), [sign])
    const unready = createOnerway({ ...config, secretKey: '', integration: 'direct' })
    for (const delivery of forged) await expectSilence(() => unready.readWebhook(delivery), [sign])
    expect(refused).toBe(8)
  })

  it('when rows are not as documented', async () => {
    const rows: unknown[] = [...plant(step), value, card, { [value]: card }]
    for (const row of rows) {
      const { onerway } = connect(() => makePage([row], { totalElements: card, size: value }), config)
      await expectSilence(() => onerway.lookup('1'))
      const { onerway: other } = connect(() => makePage([row]), config)
      await expectSilence(() => other.lookupByReference('order-1001'))
      await expectSilence(() => collect(other.list(march)))
    }
    expect(refused).toBeGreaterThan(80)
  })

  it.each([301, 400, 401, 403, 404, 422, 429, 500, 502])('when the answer is %i', async (status) => {
    for (const planted of [value, card, secretKey]) {
      const body = { respCode: planted, respMsg: planted, data: { [planted]: planted } }
      const headers = { location: `https://elsewhere.example/${card}`, 'x-request-id': planted }
      const { onerway, asked } = connect(() => Response.json(body, { status, headers }), config)
      await expectSilence(() => onerway.lookup('1'))
      await expectSilence(() => onerway.lookupByReference('order-1001'))
      await expectSilence(() => collect(onerway.list(march)))
      expect(new Set(asked.map(({ url }) => url.host))).toEqual(new Set(['sandbox-acq.onerway.com']))
    }
    expect(refused).toBe(9)
  })

  it('when no answer comes, or one that is not JSON', async () => {
    const { onerway: unreachable } = connect(({ fields }) => {
      throw new TypeError(`${value} ${fields.sign}`, { cause: new Error(`${card} ${secretKey}`) })
    }, config)
    await expectSilence(() => unreachable.lookup('1'))
    for (const text of [value, `{"${value}"`, `<b>${card}</b>`]) {
      const { onerway } = connect(() => new Response(text), config)
      await expectSilence(() => onerway.lookup('1'))
    }
    expect(refused).toBe(4)
  })

  it('when a question, a return URL or a browser result is made up', async () => {
    const onerway = createOnerway({ ...config, integration: 'hosted' })
    for (const planted of [value, `${card}x`, secretKey]) {
      await expectSilence(() => onerway.lookup(planted))
      await expectSilence(() => onerway.lookupByReference(`${planted},${card}`))
      await expectSilence(() => onerway.readReturn(planted))
      await expectSilence(() => onerway.readReturn(`/return?transactionId=${encodeURIComponent(planted)}`))
      await expectSilence(() => onerway.readReturn(`/return?merchantTxnId=${planted},${card}`))
      await expectSilence(() =>
        onerway.readClientResult({ respCode: '20000', data: { transactionId: planted } }),
      )
      await expectSilence(() => onerway.readClientResult({ paymentId: planted }))
      await expectSilence(() => onerway.readClientResult({ respCode: { [planted]: planted } }))
    }
    expect(refused).toBe(24)
  })

  it('when the configuration cannot be right', async () => {
    const wrong: Row[] = [
      { integration: value },
      { timeZone: value },
      { webhookSignature: value },
      { webhooks: value },
      { refundQueryPath: value },
      { secretKey: [7] },
      { environment: value },
      { baseUrl: `https://${secretKey}:${card}@a.example` },
      { timeoutMs: -1 },
      { retries: 0.5 },
    ]
    for (const changes of wrong) {
      await expectSilence(() => createOnerway({ ...config, integration: 'direct', ...changes } as never))
    }
    expect(refused).toBe(wrong.length)
  })
})
