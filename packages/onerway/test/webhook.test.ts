import type { WebhookEvent } from '@payment-status/core'
import { createOnerway, type OnerwayConfig, signWebhook } from '@payment-status/onerway'
import { onerwayFixtures } from '@payment-status/onerway/fixtures'
import { describe, expect, it } from 'vitest'
import { answerFrom, connect, makeId, makeRow, merchantNo, type Row, secretKey } from './make.ts'

const config = { merchantNo, secretKey, environment: 'sandbox', integration: 'direct' } as const
const paid: Row = {
  ...makeRow(),
  notifyType: 'TXN',
  responseTime: '2026-03-02 10:17:42',
  txnTimeZone: '+08:00',
  reason: '{"respCode":"20000","respMsg":"Success"}',
}

async function read(
  changes: Row = {},
  changed: Partial<OnerwayConfig<'onerway'>> = {},
): Promise<WebhookEvent> {
  const onerway = createOnerway({ ...config, ...changed })
  return onerway.readWebhook(await signWebhook({ ...paid, ...changes }, secretKey))
}

async function paymentOf(changes: Row = {}, changed: Partial<OnerwayConfig<'onerway'>> = {}) {
  const event = await read(changes, changed)
  if (event.kind !== 'payment') throw new Error(event.kind)
  return event.report.payment
}

describe('a webhook of a payment', () => {
  it('is a report of all it says', async () => {
    const event = await read({ eci: '05', cardBinCountry: 'US', somethingNew: 'tomorrow' })
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
          facts: { txnType: 'SALE', status: 'S', paymentStatus: null, steps: 'SALE S' },
        },
      },
    })
  })

  it('is dated by responseTime, which moves after 3-D Secure where txnTime does not', async () => {
    const [, , afterSecure] = onerwayFixtures.payments
    const delivery = await afterSecure?.webhook?.()
    const event =
      delivery && (await createOnerway({ ...config, ...onerwayFixtures.secrets }).readWebhook(delivery))
    // Seed 003_e769d28ba38fe36d.txt: txnTime 15:14:50, as in the response with R; responseTime 15:17:42.
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
    expect((await read({ txnTimeZone }, { timeZone })).occurredAt).toBe(wanted)
  })

  it('without a responseTime has no time at all, rather than the time of something else', async () => {
    for (const responseTime of [null, '', undefined]) {
      expect(await read({ responseTime })).not.toHaveProperty('occurredAt')
    }
  })

  it.each([
    ['a zone nobody knows', { txnTimeZone: 'Mars/Olympus' }],
    ['a zone by name', { txnTimeZone: 'Asia/Shanghai' }],
    ['30 February', { responseTime: '2026-02-30 10:00:00' }],
    ['a time in words', { responseTime: 'yesterday' }],
    ['a time of the step in words', { txnTime: 'yesterday' }],
    ['an amount with an exponent', { orderAmount: '1e3' }],
    ['an amount below zero', { orderAmount: '-25.00' }],
    ['an amount with a plus', { orderAmount: '+25.00' }],
    ['an amount with too many decimals', { orderAmount: '25.001' }],
    ['an amount with a comma', { orderAmount: '1,000.00' }],
    ['half a yen', { orderAmount: '25.50', orderCurrency: 'JPY' }],
    ['an amount no integer holds', { orderAmount: '90071992547409.93' }],
    ['a currency that does not exist', { orderCurrency: 'XXX' }],
    ['a currency in lower case', { orderCurrency: 'usd' }],
    ['an amount that is a number', { orderAmount: 25 }],
    ['a status that is a list', { status: ['S'] }],
    ['an id with letters', { transactionId: '12a' }],
    ['an id of 21 digits', { transactionId: '123456789012345678901' }],
    ['an id that is a number', { transactionId: Number('1919652333131005952') }],
    ['a paymentId that is a number', { paymentId: 77 }],
    ['no id', { transactionId: null }],
    ['no notifyType', { notifyType: '' }],
  ])('with %s is invalid_payload, though authentic', async (_, changes) => {
    await expect(read(changes)).rejects.toMatchObject({ code: 'invalid_payload', retryable: false })
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

  it('tells what was settled, at which rate', async () => {
    const settled = { txnAmount: '180.55', txnCurrency: 'HKD', settleRate: '7.2220' }
    expect((await paymentOf(settled)).settlement).toEqual({
      amount: { amount: 18055, currency: 'HKD' },
      rate: '7.2220',
    })
    expect(await paymentOf({ txnAmount: null, txnCurrency: '', settleRate: '' })).not.toHaveProperty(
      'settlement',
    )
    expect((await paymentOf({ settleRate: '7.2' })).settlement).toEqual({ rate: '7.2' })
    expect(await paymentOf({ settleRate: 'about seven' })).not.toHaveProperty('settlement')
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
    expect(await paymentOf({ status: 'S', paymentStatus: 'P' })).not.toHaveProperty('captured')
    expect(await paymentOf({ txnType: 'AUTH', status: 'S', paymentStatus: 'N' })).not.toHaveProperty(
      'authorized',
    )
    expect(await paymentOf({ txnType: 'BIND_CARD' })).not.toHaveProperty('captured')
    expect(await paymentOf({ txnType: 'AUTH' })).toMatchObject({ status: 'authorized', authorized: 2500 })
  })
})

describe('a cancellation', () => {
  it('says that the payment ended, and nothing of money', async () => {
    for (const txnType of ['SALE', 'AUTH']) {
      const payment = await paymentOf({
        notifyType: 'CANCEL',
        txnType,
        txnAmount: '1.00',
        txnCurrency: 'USD',
      })
      expect(payment).toMatchObject({ id: makeId(1), status: 'canceled', facts: { notifyType: 'CANCEL' } })
      for (const figure of ['captured', 'authorized', 'refunded', 'settlement']) {
        expect(payment).not.toHaveProperty(figure)
      }
    }
  })
})

describe('an event’s id', () => {
  it('tells one transaction’s events apart, and is the same on every redelivery', async () => {
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
      { notifyType: 'NEWS', transactionId: null, text: 'one' },
      { notifyType: 'NEWS', transactionId: null, text: 'two' },
    ]
    const ids = await Promise.all(events.map(async (changes) => (await read(changes)).id))
    const again = await Promise.all(events.map(async (changes) => (await read(changes)).id))
    expect(again).toEqual(ids)
    expect(new Set(ids).size).toBe(events.length)
  })
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
  const refund = { notifyType: 'REFUND', txnType: 'REFUND', status: 'S', transactionId: makeId(5) }

  it('that names another payment is a key to look up, and no more', async () => {
    const { rawBody, headers } = await signWebhook(
      { ...paid, ...refund, originTransactionId: makeId(1) },
      secretKey,
    )
    const changed = { ...(JSON.parse(String(rawBody)) as Row), originTransactionId: makeId(9) }
    const { onerway } = connect(answerFrom([makeRow({ transactionId: makeId(9), status: 'P' })]))
    const event = await onerway.readWebhook({ rawBody: JSON.stringify(changed), headers })
    expect(event).toMatchObject({ kind: 'recheck', key: { id: makeId(9) } })
    if (event.kind !== 'recheck') return
    const [report] = await onerway.find(event.key)
    expect(report?.payment).toMatchObject({ id: makeId(9), status: 'processing' })
  })

  it('does not move a sale to another payment', async () => {
    const { rawBody, headers } = await signWebhook(paid, secretKey)
    const other = { originTransactionId: makeId(9), originMerchantTxnId: 'order-9' }
    const changed = JSON.stringify({ ...(JSON.parse(String(rawBody)) as Row), ...other })
    const event = await createOnerway(config).readWebhook({ rawBody: changed, headers })
    expect(event).toMatchObject({
      kind: 'payment',
      report: { payment: { id: makeId(1), reference: 'order-1001' } },
    })
  })
})

describe('the boundary between two fields', () => {
  it('is not signed, so what was moved over it has to look right by itself', async () => {
    const { rawBody, headers } = await signWebhook(paid, secretKey)
    const signed = JSON.parse(String(rawBody)) as Record<string, string>
    // "25.00" and "USD" are signed as "25.00USD": Onerway's way of signing cannot tell.
    const moved = { ...signed, orderAmount: '25.00U', orderCurrency: 'SD' }
    const reading = createOnerway(config).readWebhook({ rawBody: JSON.stringify(moved), headers })
    await expect(reading).rejects.toMatchObject({ code: 'invalid_payload' })
  })
})

describe('a notification of a kind nobody knows', () => {
  it.each([
    ['an id that is none', { notifyType: 'NEWS', transactionId: 'abc-1' }, 'unrelated'],
    ['a status that is no text', { notifyType: 'NEWS', status: 1 }, 'recheck'],
  ])('with %s is acknowledged', async (_, changes, kind) => {
    expect(await read(changes as unknown as Row)).toMatchObject({ kind, reply: { status: 200 } })
  })
})
