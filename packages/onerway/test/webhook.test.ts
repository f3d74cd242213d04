import {
  createWebhookHandler,
  memoryClaims,
  type WebhookDelivery,
  type WebhookEvent,
} from '@payment-status/core'
import { createOnerway, type OnerwayConfig, signWebhook } from '@payment-status/onerway'
import { onerwayFixtures } from '@payment-status/onerway/fixtures'
import { describe, expect, it } from 'vitest'
import { answerFrom, connect, makeId, makeRow, merchantNo, type Row, secretKey, signatureOf } from './make.ts'

const config = { merchantNo, secretKey, environment: 'sandbox', integration: 'direct' } as const
const paid: Row = {
  ...makeRow(),
  merchantNo,
  notifyType: 'TXN',
  responseTime: '2026-03-02 10:17:42',
  txnTimeZone: '+08:00',
  reason: '{"respCode":"20000","respMsg":"Success"}',
}

async function read(
  changes: Row = {},
  changed: Partial<OnerwayConfig<'onerway'>> = {},
): Promise<WebhookEvent> {
  const onerway = createOnerway({ ...config, webhooks: 'believe', ...changed })
  return onerway.readWebhook(await signWebhook({ ...paid, ...changes }, secretKey))
}

async function paymentOf(changes: Row = {}, changed: Partial<OnerwayConfig<'onerway'>> = {}) {
  const event = await read(changes, changed)
  if (event.kind !== 'payment') throw new Error(event.kind)
  return event.report.payment
}

describe('a webhook', () => {
  it('is notification-only: its own id is taken from it, and the query states the rest', async () => {
    const { onerway, asked } = connect(answerFrom([makeRow({ status: 'P' })]))
    const event = await onerway.readWebhook(await signWebhook({ ...paid, paymentStatus: 'S' }, secretKey))
    expect(event).toEqual({
      provider: 'onerway',
      id: `TXN:${makeId(1)}:S:S`,
      type: 'TXN',
      kind: 'recheck',
      key: { id: makeId(1) },
      why: expect.any(String),
      occurredAt: '2026-03-02T02:17:42.000Z',
      reply: { status: 200, body: makeId(1), contentType: 'text/plain' },
    })
    expect(asked).toEqual([])
    if (event.kind !== 'recheck') return
    const [report] = await onerway.find(event.key)
    expect(report?.payment).toMatchObject({ id: makeId(1), status: 'processing' })
  })

  it.each<readonly [string, Row]>([
    ['an amount that is not valid', { orderAmount: '1e3' }],
    ['a time in words', { responseTime: 'yesterday' }],
    ['a zone that is not valid', { txnTimeZone: 'Mars/Olympus' }],
    ['a status that is a list', { status: ['S'] }],
    ['a paymentId that is a number', { paymentId: 77 }],
    ['an object', { products: { name: 'banana' } }],
  ])('with %s is a recheck', async (_, changes) => {
    for (const webhooks of ['recheck', 'believe'] as const) {
      expect(await read(changes, { webhooks })).toMatchObject({ kind: 'recheck', key: { id: makeId(1) } })
    }
  })

  it('of which a copy was altered is still read: the copy is the same event, or another one', async () => {
    const genuine = await signWebhook({ ...paid, originTransactionId: makeId(7) }, secretKey)
    const fields = JSON.parse(String(genuine.rawBody)) as Record<string, string>
    // What is not signed can be changed at will; where one value ends and the next begins is not signed either.
    const altered = [
      { ...fields, originTransactionId: makeId(9), paymentMethod: 'MASTERCARD' },
      { ...fields, orderAmount: '25.00U', orderCurrency: 'SD' },
      { ...fields, status: `S${makeId(1).slice(0, 1)}`, transactionId: makeId(1).slice(1) },
    ]
    const looked: string[] = []
    const { onerway } = connect((question) => {
      looked.push(question.fields.transactionIds ?? '')
      return answerFrom([makeRow()])(question)
    })
    const ingested: string[] = []
    const handle = createWebhookHandler(onerway, {
      claims: memoryClaims(),
      onReports: (reports) => void ingested.push(...reports.map(({ payment }) => payment.id)),
    })
    const post = (body: unknown) =>
      handle(new Request('https://shop.example/', { method: 'POST', body: JSON.stringify(body) }))
    for (const copy of altered) await post(copy)
    expect((await post(fields)).status).toBe(200)
    expect(ingested).toContain(makeId(1))
    expect(new Set(looked)).not.toContain(makeId(9))
  })

  it('that says canceled can be altered to S without the secret: it stays a recheck', async () => {
    // Values are signed in the order of their names, joined with nothing between them; names are not signed at all. The
    // S is the first letter of "Success", and what stood there is put away under a documented name that sorts behind it.
    const genuine = await signWebhook({ ...paid, status: 'N' }, secretKey)
    const fields = JSON.parse(String(genuine.rawBody)) as Record<string, string>
    const { responseTime, reason = '', ...rest } = fields
    const [before = '', after = ''] = reason.split('Success')
    const forged = { ...rest, reason: before, status: 'S', tokenId: `uccess${after}${responseTime}N` }
    const delivery = { rawBody: JSON.stringify(forged), headers: {} }
    for (const webhooks of ['recheck', 'believe'] as const) {
      const { onerway } = connect(answerFrom([makeRow({ status: 'N' })]), { webhooks })
      const event = await onerway.readWebhook(delivery)
      expect(event).toMatchObject({ kind: 'recheck', key: { id: makeId(1) } })
      if (event.kind === 'recheck')
        expect((await onerway.find(event.key)).map(({ payment }) => payment.status)).toEqual(['canceled'])
    }
  })
})

describe('a trusted webhook', () => {
  it('is one in which every field is documented, and none is missing', async () => {
    expect((await read()).kind).toBe('payment')
    const odd: readonly Row[] = [
      { somethingNew: 'tomorrow' },
      { somethingNew: null },
      { responseTime: null },
      { responseTime: '' },
      { responseTime: 'yesterday' },
      { responseTime: undefined },
      { merchantTxnId: null },
      { orderAmount: null },
      { orderCurrency: null },
      { status: null },
      { eci: 5 },
      { cardBinCountry: 5 },
      { notifyType: 'CANCEL' },
      // Both status words have to agree.
      { status: 'S', paymentStatus: 'P' },
      { status: 'S', paymentStatus: 'N' },
      { status: 'F', paymentStatus: 'S' },
      { status: 'F', paymentStatus: 'O' },
      { status: 'S', paymentStatus: 'Z' },
      { txnType: 'AUTH', status: 'S', paymentStatus: 'S' },
      { txnType: 'CAPTURE' },
      // A card that may have been kept while paying is not a payment of its own.
      { txnType: 'BIND_CARD', orderAmount: '0.00' },
      { txnType: 'BIND_CARD', orderAmount: '0.00', status: 'F' },
    ]
    for (const changes of odd) {
      expect(await read(changes)).toMatchObject({ kind: 'recheck', key: { id: makeId(1) } })
    }
    for (const merchantNo of ['800999', '', null]) expect((await read({ merchantNo })).kind).toBe('unrelated')
    const unconfigured = await read({}, { merchantNo: undefined })
    expect(unconfigured.kind).toBe('recheck')
    expect((await read({ paymentStatus: 'S' })).kind).toBe('payment')
    expect((await read({ status: 'F', paymentStatus: 'N' })).kind).toBe('payment')
  })

  it('holds its raw fields only with keepRaw', async () => {
    const event = await read({}, { keepRaw: true })
    expect(event.kind === 'payment' && event.report.raw).toMatchObject({
      notifyType: 'TXN',
      orderAmount: '25.00',
    })
    const plain = await read()
    expect(plain.kind === 'payment' && plain.report).not.toHaveProperty('raw')
  })

  it('was observed when the configured clock says', async () => {
    const clock = () => Date.parse('2026-03-05T12:00:00Z')
    const event = await read({}, { clock })
    expect(event.kind === 'payment' && event.report.observedAt).toBe('2026-03-05T12:00:00.000Z')
  })

  it('is a report of everything it states', async () => {
    const event = await read({ eci: '05', cardBinCountry: 'US' })
    expect(event).toEqual({
      provider: 'onerway',
      id: `TXN:${makeId(1)}:S:`,
      type: 'TXN',
      kind: 'payment',
      occurredAt: '2026-03-02T02:17:42.000Z',
      reply: { status: 200, body: makeId(1), contentType: 'text/plain' },
      report: {
        evidence: 'report',
        source: 'webhook',
        occurredAt: '2026-03-02T02:17:42.000Z',
        observedAt: expect.any(String),
        payment: {
          provider: 'onerway',
          id: makeId(1),
          reference: 'order-1001',
          status: 'captured',
          amount: { amount: 2500, currency: 'USD' },
          captured: 2500,
          createdAt: '2026-03-02T02:15:30.000Z',
          updatedAt: '2026-03-02T02:15:30.000Z',
          authentication: { eci: '05' },
          facts: { txnType: 'SALE', status: 'S', paymentStatus: null, operations: 'SALE S' },
        },
      },
    })
  })

  it('is dated by responseTime, which moves after 3-D Secure where txnTime does not', async () => {
    const [, , afterSecure] = onerwayFixtures.payments
    const delivery = await afterSecure?.webhook?.()
    const event =
      delivery && (await createOnerway({ ...config, ...onerwayFixtures.secrets }).readWebhook(delivery))
    // Onerway's page on direct card payments: txnTime 15:14:50, as in the response with R; responseTime 15:17:42.
    expect(event?.occurredAt).toBe('2025-05-06T07:17:42.000Z')
  })

  it.each([
    ['+08:00', undefined, '2026-03-02T02:17:42.000Z'],
    ['+00:00', undefined, '2026-03-02T10:17:42.000Z'],
    ['-05:30', undefined, '2026-03-02T15:47:42.000Z'],
    ['Z', undefined, '2026-03-02T10:17:42.000Z'],
    [null, undefined, '2026-03-02T02:17:42.000Z'],
    ['', '+01:00', '2026-03-02T09:17:42.000Z'],
    ['+08:00', '+01:00', '2026-03-02T02:17:42.000Z'],
  ])('in the zone %s, with %s configured, happened at %s', async (txnTimeZone, timeZone, wanted) => {
    const event = await read({ txnTimeZone }, { timeZone })
    expect(event.occurredAt).toBe(wanted)
    expect(event.kind === 'payment' && event.report.occurredAt).toBe(wanted)
    const about = { notifyType: 'CHARGEBACK', chargebackStatus: 'NEW', appealDueTime: '2026-03-02 10:17:42' }
    const dispute = await read({ ...about, txnTimeZone }, { timeZone })
    expect(dispute.kind === 'dispute' && dispute.dispute.respondBy).toBe(wanted)
  })

  it('ends with what the configured clock throws, which is nothing about the webhook', async () => {
    const clock = () => {
      throw new TypeError('the clock is away')
    }
    await expect(read({}, { clock })).rejects.toThrow('the clock is away')
  })

  it('without a responseTime has no time at all, rather than the time of something else', async () => {
    for (const responseTime of [null, '', undefined, 'yesterday']) {
      expect(await read({ responseTime })).not.toHaveProperty('occurredAt')
    }
  })

  it.each([
    ['an id with letters', { transactionId: '12a' }],
    ['an id of 21 digits', { transactionId: '123456789012345678901' }],
    ['an id that is a number', { transactionId: Number('1919652333131005952') }],
    ['no notifyType', { notifyType: '' }],
  ])('with %s is invalid_payload, though authentic', async (_, changes) => {
    await expect(read(changes)).rejects.toMatchObject({
      code: 'invalid_payload',
      retryable: false,
      provider: 'onerway',
      message: expect.stringMatching(/^\[onerway\] the webhook /),
    })
  })

  it.each<readonly [string, Row]>([
    ['below zero', { orderAmount: '-25.00' }],
    ['with a plus', { orderAmount: '+25.00' }],
    ['with too many decimals', { orderAmount: '25.001' }],
    ['with a comma', { orderAmount: '1,000.00' }],
    ['of half a yen', { orderAmount: '25.50', orderCurrency: 'JPY' }],
    ['no integer holds', { orderAmount: '90071992547409.93' }],
    ['in a currency that does not exist', { orderCurrency: 'XXX' }],
    ['in a currency in lower case', { orderCurrency: 'usd' }],
    ['that is a number', { orderAmount: 25 }],
  ])('with an amount %s is a recheck', async (_, changes) => {
    expect(await read(changes)).toMatchObject({ kind: 'recheck', key: { id: makeId(1) } })
  })

  it('has a surplus of zeros, and currencies of other digits, read as what they are', async () => {
    expect((await paymentOf({ orderAmount: '25.0000' })).amount?.amount).toBe(2500)
    expect((await paymentOf({ orderAmount: '25' })).amount?.amount).toBe(2500)
    expect((await paymentOf({ orderAmount: '2500', orderCurrency: 'JPY' })).captured).toBe(2500)
    expect((await paymentOf({ orderAmount: '25.001', orderCurrency: 'KWD' })).captured).toBe(25001)
  })

  it('says why a refused one was refused, and nothing where it was not', async () => {
    const reason = '{"respCode":"40202","respMsg":"3DS timed out"}'
    expect((await paymentOf({ status: 'F', reason })).decline).toEqual({
      code: '40202',
      reason: 'authentication_timed_out',
      retry: 'same_method',
      message: '3DS timed out',
    })
    expect(await paymentOf({ status: 'S', reason })).not.toHaveProperty('decline')
    expect(await paymentOf({ status: 'P', reason })).not.toHaveProperty('decline')
  })

  it('states the settled amount and the rate', async () => {
    const settled = { txnAmount: '180.55', txnCurrency: 'HKD', settleRate: '7.2220' }
    expect((await paymentOf(settled)).settlement).toEqual({
      amount: { amount: 18055, currency: 'HKD' },
      rate: '7.2220',
    })
    expect(await paymentOf({ txnAmount: null, txnCurrency: '', settleRate: '' })).not.toHaveProperty(
      'settlement',
    )
    expect((await paymentOf({ settleRate: '7.2' })).settlement).toEqual({ rate: '7.2' })
    // Text in place of a rate could have been cut from the status next to it.
    expect((await read({ settleRate: 'about seven' })).kind).toBe('recheck')
  })

  it('has the paymentId for its id on the provider’s own page, and the transactionId otherwise', async () => {
    const named = { paymentId: makeId(77), paymentStatus: 'S' }
    expect((await paymentOf(named)).id).toBe(makeId(1))
    expect((await paymentOf(named, { integration: 'hosted' })).id).toBe(makeId(77))
    expect((await paymentOf({}, { integration: 'hosted' })).id).toBe(makeId(1))
  })

  it('never counts money as taken or held that its status does not', async () => {
    for (const txnType of ['SALE', 'AUTH', 'PRE_AUTH', 'BIND_CARD']) {
      for (const status of ['F', 'P', 'R', 'N', 'I', 'U', 'Z']) {
        const payment = await paymentOf({ txnType, status })
        expect(payment).not.toHaveProperty('captured')
        expect(payment).not.toHaveProperty('authorized')
      }
    }
    expect(await paymentOf({ txnType: 'BIND_CARD' })).not.toHaveProperty('captured')
    expect(await paymentOf({ txnType: 'AUTH' })).toMatchObject({ status: 'authorized', authorized: 2500 })
  })
})

describe('an event’s id', () => {
  it('differs between a transaction’s events, and is the same on every redelivery', async () => {
    const dispute = { notifyType: 'CHARGEBACK', txnType: undefined, status: undefined }
    const events: readonly Row[] = [
      {},
      { status: 'F' },
      { status: 'F', paymentStatus: 'O' },
      { paymentStatus: 'S' },
      { transactionId: makeId(2) },
      { notifyType: 'CANCEL' },
      { notifyType: 'REFUND' },
      { ...dispute, chargebackStatus: 'NEW' },
      { ...dispute, chargebackStatus: 'FA' },
      { ...dispute, notifyType: 'PRE_DISPUTE' },
      // What a dispute is about is not signed: a copy that names another payment is another event.
      { ...dispute, chargebackStatus: 'NEW', originTransactionId: makeId(7) },
      { notifyType: 'NEWS', transactionId: null, text: 'one' },
      { notifyType: 'NEWS', transactionId: null, text: 'two' },
    ]
    const ids = await Promise.all(events.map(async (changes) => (await read(changes)).id))
    const again = await Promise.all(events.map(async (changes) => (await read(changes)).id))
    expect(again).toEqual(ids)
    expect(new Set(ids).size).toBe(events.length)
  })
})

describe('an event’s id, which shops have stored', () => {
  const silent = { status: undefined, transactionId: null }
  const fields = { ...paid, notifyType: 'NEWS', ...silent }
  it.each<readonly [string, Row]>([
    [`TXN:${makeId(1)}:S:`, {}],
    [`TXN:${makeId(1)}:F:O`, { status: 'F', paymentStatus: 'O' }],
    [`REFUND:${makeId(1)}::`, { notifyType: 'REFUND', status: null }],
    [`CHARGEBACK:${makeId(1)}::`, { notifyType: 'CHARGEBACK' }],
    [
      `CHARGEBACK:${makeId(1)}:NEW:order-7`,
      { notifyType: 'CHARGEBACK', chargebackStatus: 'NEW', originMerchantTxnId: 'order-7' },
    ],
    [
      `CHARGEBACK:${makeId(1)}:FA:${makeId(7)}`,
      { notifyType: 'CHARGEBACK', chargebackStatus: 'FA', originTransactionId: makeId(7) },
    ],
    [`NEWS:${signatureOf(fields, '', ['paymentMethod'])}::`, { notifyType: 'NEWS', ...silent }],
  ])('is %s', async (id, changes) => {
    expect((await read(changes)).id).toBe(id)
  })
})

describe('a webhook that is refused', () => {
  const onerway = createOnerway(config)
  const bytes = new Uint8Array([0xff, 0xfe])
  const unsigned = JSON.stringify(paid)

  it.each<readonly [string, WebhookDelivery['rawBody'], string | undefined, string]>([
    ['no signature', unsigned, undefined, 'the webhook is not signed'],
    ['an empty sign', JSON.stringify({ ...paid, sign: '' }), undefined, 'the webhook is not signed'],
    [
      'a sign that is not text',
      JSON.stringify({ ...paid, sign: true }),
      undefined,
      'the webhook is not signed',
    ],
    ['a header of another version', unsigned, 'v2=abc', 'the webhook is not signed'],
    [
      'the sign of another secret',
      JSON.stringify({ ...paid, sign: 'abc' }),
      undefined,
      'the webhook does not verify with any configured secret',
    ],
    [
      'the header of another secret',
      unsigned,
      'v1=abc',
      'the webhook does not verify with any configured secret',
    ],
    ['bytes that are not text', bytes, 'v1=abc', 'the webhook does not verify with any configured secret'],
    ['bytes that are not text, unsigned', bytes, undefined, 'the webhook is not signed'],
  ])('says so: %s', async (_, rawBody, header, why) => {
    await expect(
      onerway.readWebhook({ rawBody, headers: { 'X-Rh-Signature': header } }),
    ).rejects.toMatchObject({ code: 'invalid_signature', message: `[onerway] ${why}` })
  })
})

it('signWebhook signs in the body by default, and states that it is JSON', async () => {
  const { rawBody, headers } = await signWebhook(paid, secretKey)
  expect(JSON.parse(String(rawBody))).toHaveProperty('sign')
  expect(headers).toEqual({ 'content-type': 'application/json' })
})

describe('the reply', () => {
  it('is the bare transactionId as plain text, whatever the event is', async () => {
    for (const changes of [
      {},
      { txnType: 'CAPTURE' },
      { notifyType: 'REFUND' },
      { notifyType: 'CHARGEBACK' },
    ]) {
      expect((await read(changes)).reply).toEqual({
        status: 200,
        body: makeId(1),
        contentType: 'text/plain',
      })
    }
    expect((await read({ notifyType: 'NEWS', transactionId: null })).reply.body).toBe('')
  })
})

describe('a field that is not signed', () => {
  it('moves no refund to another payment: the recheck is keyed by the refund’s own id', async () => {
    const refund = {
      txnType: 'REFUND',
      status: 'S',
      transactionId: makeId(5),
      originTransactionId: makeId(1),
    }
    const rows = [
      makeRow(),
      makeRow({ transactionId: makeId(9) }),
      makeRow({ ...refund, merchantTxnId: null }),
    ]
    const { rawBody, headers } = await signWebhook({ ...paid, ...refund, txnTime: null }, secretKey)
    const signed = JSON.parse(String(rawBody)) as Row
    const ids: string[] = []
    for (const originTransactionId of [makeId(1), makeId(9), null, undefined]) {
      const { onerway } = connect(answerFrom(rows))
      const event = await onerway.readWebhook({
        rawBody: JSON.stringify({ ...signed, originTransactionId }),
        headers,
      })
      ids.push(event.id)
      expect(event).toMatchObject({ kind: 'recheck', key: { id: makeId(5) } })
      if (event.kind !== 'recheck') continue
      const [report] = await onerway.find(event.key)
      expect(report?.payment).toMatchObject({ id: makeId(1), status: 'refunded' })
    }
    expect(new Set(ids).size).toBe(1)
  })

  it('does not move a sale to another payment', async () => {
    const { rawBody, headers } = await signWebhook(paid, secretKey)
    const other = { originTransactionId: makeId(9), originMerchantTxnId: 'order-9' }
    const changed = JSON.stringify({ ...(JSON.parse(String(rawBody)) as Row), ...other })
    const event = await createOnerway({ ...config, webhooks: 'believe' }).readWebhook({
      rawBody: changed,
      headers,
    })
    expect(event).toMatchObject({
      kind: 'payment',
      report: { payment: { id: makeId(1), reference: 'order-1001' } },
    })
  })
})

describe('an undocumented notification', () => {
  it.each([
    ['an id that is not valid', { notifyType: 'NEWS', transactionId: 'abc-1' }, 'unrelated'],
    ['an id that is a number', { notifyType: 'NEWS', transactionId: 7 }, 'unrelated'],
    ['a status that is not text', { notifyType: 'NEWS', status: 1 }, 'unrelated'],
  ])('with %s is acknowledged', async (_, changes, kind) => {
    expect(await read(changes as unknown as Row)).toMatchObject({ kind, reply: { status: 200 } })
  })
})

describe('a dispute', () => {
  it('names its payment by its reference where its id is not valid', async () => {
    const about = { notifyType: 'CHARGEBACK', originTransactionId: 'abc-1', originMerchantTxnId: 'order-7' }
    expect(await read(about)).toMatchObject({ kind: 'dispute', key: { reference: 'order-7' } })
    expect(await read({ ...about, originMerchantTxnId: 'a,b' })).not.toHaveProperty('key')
  })
})
