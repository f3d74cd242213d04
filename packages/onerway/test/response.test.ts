import { nextStep } from '@payment-status/core'
import { createOnerway } from '@payment-status/onerway'
import { describe, expect, it } from 'vitest'
import { errorOf, makeId, merchantNo, type Row, reportOf, secretKey, signatureOf } from './make.ts'

const config = { merchantNo, secretKey, environment: 'sandbox' } as const
const direct = createOnerway({ ...config, integration: 'direct' })
const hosted = createOnerway({ ...config, integration: 'hosted' })
const sent = { txnType: 'SALE', merchantTxnId: 'order-1001' }
const id = makeId(1)

/** The answer to a create call, as Onerway's page on direct card payments shows it, signed; with some of it changed. */
function makeResponse(changes: Row = {}, { respCode = '20000', respMsg = 'Success' } = {}) {
  const data = {
    transactionId: id,
    responseTime: '2026-03-02 10:15:33',
    txnTime: '2026-03-02 10:15:30',
    txnTimeZone: '+08:00',
    orderAmount: '25.00',
    orderCurrency: 'USD',
    txnAmount: null,
    txnCurrency: null,
    status: 'S',
    redirectUrl: null,
    codeForm: null,
    presentContext: null,
    actionType: null,
    ...changes,
  }
  return { respCode, respMsg, data: { ...data, sign: signatureOf(data) } }
}

const paymentOf = async (changes: Row, outer = {}, provider = direct) =>
  reportOf(await provider.readResponse(makeResponse(changes, outer), sent)).payment

describe('the response to a create call', () => {
  it('is a report of all it says, and of what was sent', async () => {
    expect(await direct.readResponse(makeResponse(), sent)).toEqual({
      evidence: 'report',
      source: 'response',
      occurredAt: '2026-03-02T02:15:33.000Z',
      observedAt: expect.any(String),
      payment: {
        provider: 'onerway',
        id,
        reference: 'order-1001',
        status: 'captured',
        amount: { amount: 2500, currency: 'USD' },
        captured: 2500,
        createdAt: '2026-03-02T02:15:30.000Z',
        updatedAt: '2026-03-02T02:15:30.000Z',
        facts: { txnType: 'SALE', status: 'S', paymentStatus: null, operations: 'SALE S' },
      },
    })
  })

  it.each([
    ['SALE', 'captured'],
    ['AUTH', 'authorized'],
    ['PRE_AUTH', 'authorized'],
    ['BIND_CARD', 'verified'],
  ])('means with S what was sent: %s, %s', async (txnType, wanted) => {
    const { payment } = reportOf(await direct.readResponse(makeResponse(), { ...sent, txnType }))
    expect(payment.status).toBe(wanted)
  })

  it.each([undefined, null, {}, { merchantTxnId: 'order-1001' }, { txnType: '' }, { txnType: 'sale' }])(
    'cannot be read without the txnType that was sent: %j',
    async (missing) => {
      const error = await errorOf(() => direct.readResponse(makeResponse(), missing as never))
      expect(error).toMatchObject({ code: 'invalid_input', message: expect.stringContaining('txnType') })
    },
  )

  it('of a capture, a void or a refund is not the answer of a payment', async () => {
    for (const txnType of ['CAPTURE', 'VOID', 'REFUND', 'TELEPORT']) {
      const reading = direct.readResponse(makeResponse(), { ...sent, txnType })
      await expect(reading).rejects.toMatchObject({ code: 'invalid_input' })
    }
    const wrong = { txnType: 'SALE', merchantTxnId: 7 } as never
    await expect(direct.readResponse(makeResponse(), wrong)).rejects.toMatchObject({ code: 'invalid_input' })
  })

  it('takes nothing else from what was sent, which holds card data', async () => {
    const whole = { ...sent, cardInfo: '{"cardNumber":"4242424242424242"}', orderAmount: '1.00' }
    const report = reportOf(await direct.readResponse(makeResponse(), whole))
    expect(JSON.stringify(report)).not.toContain('4242')
    expect(report.payment.amount?.amount).toBe(2500)
  })

  it('has the reference that Onerway repeats, else the one that was sent', async () => {
    expect((await paymentOf({})).reference).toBe(sent.merchantTxnId)
    expect((await paymentOf({ merchantTxnId: '' })).reference).toBe(sent.merchantTxnId)
    expect((await paymentOf({ merchantTxnId: 'order-2' }, {}, hosted)).reference).toBe('order-2')
  })

  it('has the paymentId for its id on the provider’s own page', async () => {
    expect((await paymentOf({ paymentId: '77', paymentStatus: 'S' })).id).toBe(id)
    expect((await paymentOf({ paymentId: '77', paymentStatus: 'S' }, {}, hosted)).id).toBe('77')
  })

  it('with F has failed, or is open on the provider’s own page', async () => {
    expect(await paymentOf({ status: 'F' })).toMatchObject({ status: 'failed' })
    const open = await paymentOf({ status: 'F' }, {}, hosted)
    expect(open).toMatchObject({ status: 'open', decline: { reason: 'other', retry: 'other_method' } })
  })

  it.each([
    ['a respCode that is a number', { ...makeResponse(), respCode: 20000 }],
    ['no respCode', { data: makeResponse().data }],
    ['no data', { respCode: '20000' }],
    ['data that is null', { respCode: '20000', data: null }],
    ['data that is a list', { respCode: '20000', data: [] }],
    ['an id that is a number', makeResponse({ transactionId: 7 })],
    ['an id with letters', makeResponse({ transactionId: '12a' })],
    ['no id', makeResponse({ transactionId: null })],
    ['an amount with an exponent', makeResponse({ orderAmount: '1e3' })],
    ['an amount below zero', makeResponse({ orderAmount: '-1' })],
    ['an amount with too many decimals', makeResponse({ orderAmount: '1.001' })],
    ['an amount that is a number', makeResponse({ orderAmount: 25 })],
    ['a currency that does not exist', makeResponse({ orderCurrency: 'XXX' })],
    ['a time zone that is not valid', makeResponse({ txnTimeZone: 'Mars' })],
    ['a time that is not valid', makeResponse({ responseTime: 'soon' })],
    ['nothing at all', {}],
    ['null', null],
    ['text', 'S'],
  ])('with %s is invalid_payload', async (_, body) => {
    await expect(direct.readResponse(body, sent)).rejects.toMatchObject({
      code: 'invalid_payload',
      retryable: false,
    })
  })
})

describe('the signature of a response', () => {
  it('is refused for every field that was changed, emptied, left out or added', async () => {
    const { data, ...envelope } = makeResponse({ redirectUrl: 'https://a.example/', status: 'R' })
    const names = Object.entries(data).flatMap(([name, value]) => (value === null ? [] : [name]))
    for (const name of names.filter((one) => one !== 'sign')) {
      for (const value of [undefined, null, '', 'S', 'https://elsewhere.example/']) {
        const reading = direct.readResponse({ ...envelope, data: { ...data, [name]: value } }, sent)
        await expect(reading).rejects.toMatchObject({ code: 'invalid_signature', retryable: false })
      }
    }
    const added = { ...envelope, data: { ...data, paymentStatus: 'S' } }
    await expect(direct.readResponse(added, sent)).rejects.toMatchObject({ code: 'invalid_signature' })
  })

  it.each(['0'.repeat(64), 'x', 7, [], {}, true])('that is %j is refused', async (sign) => {
    const { data, ...envelope } = makeResponse()
    const reading = direct.readResponse({ ...envelope, data: { ...data, sign } }, sent)
    await expect(reading).rejects.toMatchObject({ code: 'invalid_signature' })
  })

  it('is rejected with a decline too', async () => {
    const { data, ...envelope } = makeResponse({ status: 'F' }, { respCode: '40201' })
    const reading = direct.readResponse({ ...envelope, data: { ...data, status: 'S' } }, sent)
    await expect(reading).rejects.toMatchObject({ code: 'invalid_signature' })
  })

  it('need not be there', async () => {
    for (const sign of [undefined, null, '']) {
      const { data, ...envelope } = makeResponse()
      const report = reportOf(await direct.readResponse({ ...envelope, data: { ...data, sign } }, sent))
      expect(report.payment.status).toBe('captured')
    }
  })

  it('cannot be checked without a secret', async () => {
    const unready = createOnerway({ ...config, secretKey: '', integration: 'direct' })
    await expect(unready.readResponse(makeResponse(), sent)).rejects.toMatchObject({ code: 'invalid_input' })
  })
})

describe('what the shopper has to do', () => {
  const order = {
    expected: { amount: { amount: 2500, currency: 'USD' }, reference: 'order-1001' },
    capture: 'automatic',
  } as const

  it('is to follow the redirect of R', async () => {
    const redirectUrl = 'https://sandbox-3ds.onerway.com/step?x=1'
    const body = makeResponse({ status: 'R', actionType: 'RedirectURL', redirectUrl })
    const report = reportOf(await direct.readResponse(body, sent))
    expect(report.payment).toMatchObject({
      status: 'requires_action',
      action: { kind: 'redirect', url: redirectUrl },
    })
    expect(report.payment).not.toHaveProperty('captured')
    expect(nextStep(report, order)).toEqual({ kind: 'send_shopper', url: redirectUrl })
  })

  it.each(['javascript:alert(1)', 'data:text/html,x', '//elsewhere.example', '', null])(
    'is never to follow %s',
    async (redirectUrl) => {
      const body = makeResponse({ status: 'R', actionType: 'RedirectURL', redirectUrl })
      const report = reportOf(await direct.readResponse(body, sent))
      expect(report.payment.status).toBe('requires_action')
      expect(report.payment).not.toHaveProperty('action')
      expect(nextStep(report, order)).toEqual({ kind: 'wait', poll: true })
    },
  )

  it.each([
    ['QrCode', { codeForm: '00020101' }, { what: 'qr_code', text: '00020101' }],
    ['QrCode', { presentContext: '00020101' }, { what: 'qr_code', text: '00020101' }],
    [
      'QrCode',
      { codeForm: 'https://qr.example/1.png' },
      { what: 'qr_code', url: 'https://qr.example/1.png' },
    ],
    ['QrCode', { codeForm: 'first', presentContext: 'second' }, { what: 'qr_code', text: 'first' }],
    ['ShowContext', { codeForm: 'first', presentContext: 'second' }, { what: 'other', text: 'second' }],
    ['ShowContext', { presentContext: 'Pay at any OXXO' }, { what: 'other', text: 'Pay at any OXXO' }],
    ['ShowContext', { codeForm: 'Pay at any OXXO' }, { what: 'other', text: 'Pay at any OXXO' }],
    [
      'ShowContext',
      { presentContext: 'javascript:alert(1)' },
      { what: 'other', text: 'javascript:alert(1)' },
    ],
  ])('is to be shown what %s holds', async (actionType, content, shown) => {
    const redirectUrl = 'https://pay.example/'
    for (const changes of [content, { ...content, redirectUrl }]) {
      const payment = await paymentOf({ status: 'R', actionType, ...changes })
      expect(payment.action).toEqual({ kind: 'show', ...shown })
    }
    const empty = await paymentOf({ status: 'R', actionType, redirectUrl })
    expect(empty.action).toEqual({ kind: 'redirect', url: redirectUrl })
  })

  it.each<readonly [string, object, object]>([
    [
      'an object',
      { qrCode: '00020101', expireTime: '2026-03-02 11:15:30' },
      { text: '00020101', expiresAt: '2026-03-02T03:15:30.000Z' },
    ],
    ['an object with a link', { link: 'https://qr.example/1' }, { url: 'https://qr.example/1' }],
    [
      'an object with several values',
      { bank: 'Bank', account: 12345, link: 'https://qr.example/1', expireTime: 'soon' },
      { url: 'https://qr.example/1', text: 'Bank\n12345' },
    ],
  ])('is to be shown what is in a codeForm that is %s, or that as text', async (_, codeForm, shown) => {
    const action = { kind: 'show', what: 'qr_code', ...shown }
    const asText = await paymentOf({ status: 'R', actionType: 'QrCode', codeForm: JSON.stringify(codeForm) })
    expect(asText.action).toEqual(action)
    const { data, ...envelope } = makeResponse({ status: 'R', actionType: 'QrCode' })
    const body = { ...envelope, data: { ...data, sign: null, codeForm } }
    expect(reportOf(await direct.readResponse(body, sent)).payment.action).toEqual(action)
  })

  it('is nothing that cannot be read, and the answer is read all the same', async () => {
    const { data, ...envelope } = makeResponse({ status: 'R', actionType: 'QrCode' })
    for (const codeForm of [
      7,
      true,
      [],
      {},
      { expireTime: '2026-03-02 11:15:30' },
      { a: { b: 'c' } },
      '{"',
    ]) {
      const answer = { ...envelope, data: { ...data, sign: null, codeForm } }
      const { payment } = reportOf(await direct.readResponse(answer, sent))
      expect(payment.status).toBe('requires_action')
      if (codeForm !== '{"') expect(payment).not.toHaveProperty('action')
    }
  })

  it('is to follow the redirect of a hosted payment that was not tried yet', async () => {
    const redirectUrl = 'https://sandbox-checkout.onerway.com/1'
    const untried = { status: 'U', paymentId: '77', paymentStatus: 'U', redirectUrl }
    const report = reportOf(await hosted.readResponse(makeResponse(untried), sent))
    expect(report.payment).toMatchObject({
      id: '77',
      status: 'requires_action',
      action: { kind: 'redirect', url: redirectUrl },
    })
    expect(nextStep(report, order)).toEqual({ kind: 'send_shopper', url: redirectUrl })
    const nowhere = reportOf(
      await hosted.readResponse(makeResponse({ ...untried, redirectUrl: 'javascript:x' }), sent),
    )
    expect(nowhere.payment.status).toBe('open')
  })

  it('is nothing once the status asks for nothing', async () => {
    const redirectUrl = 'https://sandbox-3ds.onerway.com/step'
    for (const status of ['S', 'F', 'P', 'N', 'I', 'U', 'Z']) {
      expect(await paymentOf({ status, actionType: 'RedirectURL', redirectUrl })).not.toHaveProperty('action')
    }
  })

  it('is to wait for the webhook of a voucher, without asking', async () => {
    const report = reportOf(await direct.readResponse(makeResponse({ status: 'P' }), sent))
    expect(nextStep(report, { ...order, webhookOnly: true })).toEqual({ kind: 'wait', poll: false })
  })
})

describe('a respCode other than 20000', () => {
  it.each([
    ['40201', 'rejected'],
    ['40202', 'rejected'],
    ['40203', 'rejected'],
    ['70002', 'rejected'],
    ['12001', 'rejected'],
    ['13001', 'rejected'],
    ['40013', 'rejected'],
    ['11001', 'unavailable'],
    ['12009', 'unavailable'],
  ])('%s without a transactionId is %s', async (respCode, code) => {
    for (const data of [undefined, null, {}, { transactionId: null }, { transactionId: '', status: 'F' }]) {
      const error = await errorOf(() => direct.readResponse({ respCode, respMsg: 'no', data }, sent))
      expect(error).toMatchObject({ code, retryable: code === 'unavailable', providerCode: respCode })
    }
  })

  it.each(['11001', '12009'])(
    '%s leaves what became of the payment open, though it is named',
    async (respCode) => {
      const reading = direct.readResponse(makeResponse({ status: 'F' }, { respCode }), sent)
      await expect(reading).rejects.toMatchObject({ code: 'unavailable', retryable: true })
    },
  )

  it.each([
    ['40201', 'authentication_failed', 'same_method'],
    ['40202', 'authentication_timed_out', 'same_method'],
    ['40203', 'authentication_failed', 'other_method'],
    ['70002', 'other', 'other_method'],
    ['70051', 'other', 'other_method'],
  ])(
    '%s with a transactionId is the decline of a failed payment: %s, %s',
    async (respCode, reason, retry) => {
      const respMsg = 'refused'
      for (const status of ['F', null, '']) {
        const payment = await paymentOf({ status }, { respCode, respMsg })
        expect(payment).toMatchObject({ id, reference: 'order-1001', status: 'failed' })
        expect(payment.decline).toEqual({ code: respCode, reason, retry, message: respMsg })
      }
      const open = await paymentOf({ status: 'F' }, { respCode, respMsg }, hosted)
      expect(open).toMatchObject({ status: 'open', decline: { code: respCode, reason, retry } })
    },
  )

  it('contradicts a status that says otherwise: unknown, with no money counted', async () => {
    for (const respCode of ['40201', '70002', '13001']) {
      for (const status of ['S', 'R', 'P', 'I']) {
        const payment = await paymentOf({ status, redirectUrl: 'https://a.example/' }, { respCode })
        expect(payment.status).toBe('unknown')
        for (const member of ['captured', 'authorized', 'action', 'decline']) {
          expect(payment).not.toHaveProperty(member)
        }
      }
      const payment = await paymentOf({ status: 'F', paymentStatus: 'S' }, { respCode }, hosted)
      expect(payment.status).toBe('unknown')
    }
  })

  it('that is not a decline, and names a payment without a status, is unknown', async () => {
    for (const respCode of ['13001', '13004'])
      expect((await paymentOf({ status: null }, { respCode })).status).toBe('unknown')
    expect(await paymentOf({ status: 'F' }, { respCode: '13004' })).toMatchObject({
      status: 'failed',
      decline: { code: '13004', reason: 'card_expired' },
    })
  })

  it('hands on no message that could hold a card', async () => {
    const payment = await paymentOf(
      { status: 'F' },
      { respCode: '70002', respMsg: 'card 4242 4242 4242 4242' },
    )
    expect(payment.decline).not.toHaveProperty('message')
  })
})

describe('other fields of a response', () => {
  it('is the eci, and the body itself only where that is asked for', async () => {
    const body = makeResponse({ eci: '05' })
    const report = reportOf(await direct.readResponse(body, sent))
    expect(report.payment.authentication).toEqual({ eci: '05' })
    expect(report).not.toHaveProperty('raw')
    const clock = () => Date.parse('2026-03-20T12:00:00Z')
    const keeping = createOnerway({ ...config, integration: 'direct', keepRaw: true, clock })
    expect(await keeping.readResponse(body, sent)).toMatchObject({
      raw: body,
      observedAt: '2026-03-20T12:00:00.000Z',
    })
  })
})

describe('a reason', () => {
  it.each([
    [
      '{"respCode":"40203","respMsg":"no"}',
      { code: '40203', reason: 'authentication_failed', retry: 'other_method', message: 'no' },
    ],
    ['{"respCode":"13002"}', { code: '13002', reason: 'invalid_card', retry: 'same_method' }],
    ['{"respCode":"13004"}', { code: '13004', reason: 'card_expired', retry: 'other_method' }],
    ['{"respCode":"13005"}', { code: '13005', reason: 'other', retry: 'other_method' }],
    ['{"respCode":"79999","respMsg":null}', { code: '79999', reason: 'other', retry: 'other_method' }],
    ['{"respMsg":"Do not honour"}', { reason: 'other', retry: 'other_method', message: 'Do not honour' }],
    ['Do not honour', { reason: 'other', retry: 'other_method', message: 'Do not honour' }],
    [
      '{"respCode":"4242424242424242","respMsg":"4242424242424242"}',
      { reason: 'other', retry: 'other_method' },
    ],
    ['{"respCode":"20000","respMsg":"Success"}', undefined],
    ['{"respCode":70002}', undefined],
    ['{}', undefined],
    ['7', undefined],
    ['', undefined],
    [null, undefined],
  ])('of %s is read as what it is', async (reason, decline) => {
    expect((await paymentOf({ status: 'F', reason })).decline).toEqual(decline)
  })
})
