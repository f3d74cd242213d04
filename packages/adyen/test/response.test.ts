import { describe, expect, it } from 'vitest'
import { codeOf, connect, type Fields, fold, makeItem, PAYMENT, read } from './helpers.ts'

const amount = { value: 2500, currency: 'EUR' }
const makeResponse = (resultCode: string, facts: Fields = {}): Fields => ({
  pspReference: PAYMENT,
  resultCode,
  merchantReference: 'order-1001',
  amount,
  ...facts,
})
const readResponse = (body: unknown, sent?: unknown, config = {}) => connect(config).readResponse(body, sent)

describe('an answer to /payments', () => {
  it.each([
    ['Authorised', 'authorized'],
    ['Refused', 'failed'],
    ['Error', 'failed'],
    ['Cancelled', 'canceled'],
    ['Pending', 'processing'],
    ['Received', 'processing'],
    ['RedirectShopper', 'requires_action'],
    ['IdentifyShopper', 'requires_action'],
    ['ChallengeShopper', 'requires_action'],
    ['PresentToShopper', 'requires_action'],
    ['AuthenticationFinished', 'open'],
    ['AuthenticationNotRequired', 'open'],
    ['PartiallyAuthorised', 'unknown'],
    ['Success', 'unknown'],
    ['Teleported', 'unknown'],
  ])('%s is %s', async (resultCode, status) => {
    const report = await readResponse(makeResponse(resultCode))
    expect(report).toMatchObject({
      evidence: 'report',
      source: 'response',
      payment: { id: PAYMENT, reference: 'order-1001', status, facts: { resultCode } },
    })
  })

  it('that approves states the operation that its webhook states again', async () => {
    const manual = await readResponse(makeResponse('Authorised'))
    expect(manual).toMatchObject({
      payment: { authorized: 2500, operations: [{ id: PAYMENT, kind: 'authorization', amount: 2500 }] },
    })
    const sale = await readResponse(makeResponse('Authorised'), undefined, { capture: 'immediate' })
    expect(sale).toMatchObject({
      payment: { status: 'captured', captured: 2500, operations: [{ kind: 'payment' }] },
    })
    const event = await read(makeItem('AUTHORISATION'))
    expect(fold([event])).toMatchObject({ status: 'authorized', authorized: 2500 })
    const verified = await readResponse(makeResponse('Authorised', { amount: { value: 0, currency: 'EUR' } }))
    expect(verified).toMatchObject({ payment: { status: 'verified' } })
    expect(
      await codeOf(() => readResponse(makeResponse('Authorised'), undefined, { capture: undefined })),
    ).toBe('invalid_input')
  })

  it('is completed by what was sent', async () => {
    const body = { pspReference: PAYMENT, resultCode: 'Authorised' }
    expect(await readResponse(body, { reference: 'order-7', amount })).toMatchObject({
      payment: { reference: 'order-7', amount: { amount: 2500, currency: 'EUR' }, authorized: 2500 },
    })
    expect(await readResponse(body, 'text')).toMatchObject({ payment: { status: 'authorized' } })
  })

  it('that names no payment is a hint', async () => {
    const body = {
      resultCode: 'RedirectShopper',
      action: {
        type: 'redirect',
        method: 'GET',
        url: 'https://acs.example/challenge',
        paymentData: 'secret-data',
      },
    }
    const hint = await readResponse(body, { reference: 'order-1001' })
    expect(hint).toEqual({
      evidence: 'hint',
      provider: 'adyen',
      source: 'response',
      key: { reference: 'order-1001' },
      appears: 'looks_unfinished',
      action: { kind: 'redirect', url: 'https://acs.example/challenge' },
    })
    expect(await readResponse({ resultCode: 'ChallengeShopper' })).not.toHaveProperty('key')
  })

  it.each<readonly [Fields, object | undefined]>([
    [{ type: 'redirect', method: 'GET', url: 'javascript:alert(1)' }, undefined],
    [{ type: 'redirect', method: 'POST', url: 'https://acs.example' }, { kind: 'sdk' }],
    [
      { type: 'qrCode', qrCodeData: 'code' },
      { kind: 'show', what: 'qr_code', text: 'code' },
    ],
    [
      { type: 'voucher', reference: '123 456', entity: '11523', expiresAt: '2026-12-01T00:00:00+01:00' },
      { kind: 'show', what: 'voucher', text: '11523 123 456', expiresAt: '2026-11-30T23:00:00.000Z' },
    ],
    [
      { type: 'bankTransfer', iban: 'NL00ADYB', bic: 'ADYB' },
      { kind: 'show', what: 'bank_details', text: 'NL00ADYB ADYB' },
    ],
    [{ type: 'threeDS2', token: 'secret-token' }, { kind: 'sdk' }],
    [{ type: 'await' }, { kind: 'sdk' }],
    [{ type: 'teleport' }, { kind: 'sdk' }],
  ])('with the action %j', async (action, wanted) => {
    const report = await readResponse(makeResponse('PresentToShopper', { action }))
    expect(report.evidence === 'report' && report.payment.action).toEqual(wanted)
  })

  it('that declines states the reason by its code', async () => {
    const body = makeResponse('Refused', { refusalReasonCode: '12', refusalReason: 'Not enough balance' })
    expect(await readResponse(body)).toMatchObject({
      payment: { decline: { code: '12', reason: 'insufficient_funds', retry: 'other_method' } },
    })
    const odd = makeResponse('Refused', { refusalReason: 'card 4111 1111 1111 1111 declined' })
    const report = await readResponse(odd)
    expect(report).toMatchObject({ payment: { decline: { reason: 'other', retry: 'other_method' } } })
    expect(JSON.stringify(report)).not.toContain('4111')
  })

  it.each([
    [
      {
        status: 422,
        errorCode: '14_030',
        message: 'planted',
        errorType: 'validation',
        pspReference: PAYMENT,
      },
      'rejected',
    ],
    [{ status: 401, errorCode: '000', message: 'planted', errorType: 'security' }, 'rejected'],
    [makeResponse('Authorised', { pspReference: 'no reference' }), 'invalid_payload'],
    [makeResponse('Authorised', { amount: { value: 1.5, currency: 'EUR' } }), 'invalid_payload'],
    [makeResponse('Authorised', { amount: { value: 1, currency: 'CNH' } }), 'invalid_payload'],
    [{ hello: 'world' }, 'invalid_payload'],
    ['text', 'invalid_payload'],
    [null, 'invalid_payload'],
  ])('%j is %s', async (body, code) => {
    expect(await codeOf(() => readResponse(body))).toBe(code)
  })
})

describe('other answers', () => {
  const session = { id: 'CS0123456789ABCDEF', reference: 'order-1001' }

  it('to a modification prove nothing', async () => {
    const body = {
      merchantAccount: 'x',
      paymentPspReference: PAYMENT,
      pspReference: 'CAPTURE1',
      status: 'received',
    }
    expect(await readResponse(body)).toMatchObject({ evidence: 'hint', key: { id: PAYMENT } })
  })

  it('of a new session name no payment, and keep no session data', async () => {
    const hint = await readResponse({
      ...session,
      amount,
      sessionData: 'secret-data',
      url: 'https://x.example',
    })
    expect(hint).toEqual({
      evidence: 'hint',
      provider: 'adyen',
      source: 'response',
      key: { reference: 'order-1001' },
    })
  })

  it.each([
    ['completed', [{ pspReference: PAYMENT, resultCode: 'Authorised', amount }], 'authorized'],
    ['refused', [{ pspReference: PAYMENT, resultCode: 'Refused', amount }], 'failed'],
    ['paymentPending', [{ pspReference: PAYMENT, resultCode: 'Received', amount }], 'processing'],
    [
      'completed',
      [
        { pspReference: 'DECLINED00000001', resultCode: 'Refused', amount },
        { pspReference: PAYMENT, resultCode: 'Authorised', amount },
      ],
      'authorized',
    ],
  ])('of a session that is %s state its payment', async (status, payments, wanted) => {
    expect(await readResponse({ ...session, status, payments })).toMatchObject({
      payment: { id: PAYMENT, reference: 'order-1001', status: wanted },
    })
  })

  it('of a session without a payment, or with several parts, are hints', async () => {
    for (const status of ['active', 'canceled', 'expired'])
      expect(await readResponse({ ...session, status })).toMatchObject({ evidence: 'hint' })
    const parts = ['PART000000000001', 'PART000000000002'].map((pspReference) => ({
      pspReference,
      resultCode: 'Authorised',
      amount,
    }))
    expect(await readResponse({ ...session, status: 'completed', payments: parts })).toMatchObject({
      evidence: 'hint',
      key: { reference: 'order-1001' },
    })
    expect(await codeOf(() => readResponse({ ...session, status: 'teleported' }))).toBe('invalid_payload')
  })
})

describe('a hint', () => {
  it('of the return URL has the reference that the shop put there', () => {
    const adyen = connect({ returnParameter: 'order' })
    expect(adyen.readReturn('/return?order=order-1001&redirectResult=secret').key).toEqual({
      reference: 'order-1001',
    })
    expect(adyen.readReturn('/return?order=a&order=b').key).toBeUndefined()
    expect(connect().readReturn('/return?order=order-1001&sessionId=CS1&sessionResult=x').key).toBeUndefined()
    expect(JSON.stringify(adyen.readReturn('/return?redirectResult=secret'))).not.toContain('secret')
  })

  it.each([
    [{ resultCode: 'Authorised', sessionData: 'x', sessionResult: 'y' }, 'looks_paid'],
    [{ resultCode: 'Refused' }, 'looks_refused'],
    [{ resultCode: 'Received' }, 'looks_unfinished'],
    [{ name: 'CANCEL', message: 'x' }, 'looks_unfinished'],
    [{ name: 'NETWORK_ERROR' }, 'looks_unfinished'],
    [{ resultCode: 'Teleported' }, undefined],
    [undefined, 'looks_refused'],
  ])('of the browser: %j %s', (result, appears) => {
    const hint = connect().readClientResult(result)
    expect(hint.appears).toBe(appears)
    expect(hint).not.toHaveProperty('key')
  })

  it('is all that a query could give, and every query is unsupported', async () => {
    const adyen = connect()
    expect(adyen.answers).toEqual({ lookup: 'none', byReference: 'none', list: 'none' })
    const range = { from: new Date(0), to: new Date(1) }
    const queries = [
      () => adyen.lookup(PAYMENT),
      () => adyen.lookupByReference('order-1001'),
      () => adyen.find({ id: PAYMENT }),
      () => adyen.find({ reference: 'order-1001' }),
      () => adyen.list(range)[Symbol.asyncIterator]().next(),
    ]
    for (const query of queries) expect(await codeOf(query)).toBe('unsupported')
  })
})
