import { checkoutComFixtures } from '@payment-status/checkout-com/fixtures'
import { describe, expect, it } from 'vitest'
import { connect, makeId, makePayment, paymentId, secretKey, sessionId } from './make.ts'

describe('an id', () => {
  it.each([
    ['another prefix', 'src_madeherefortestsonly222222'],
    ['no prefix', 'madeherefortestsonly222222'],
    ['an upper-case prefix', 'PAY_madeherefortestsonly222222'],
    ['25 characters', 'pay_madeherefortestsonly22222'],
    ['27 characters', 'pay_madeherefortestsonly2222222'],
    ['a hyphen', 'pay_madeherefortestsonly-22222'],
    ['a path in it', 'pay_../../../../disputes/aaaaa'],
    ['a path before it', `../${paymentId}`],
    ['a path behind it', `${paymentId}/../../customers`],
    ['a query behind it', `${paymentId}?limit=1`],
    ['a fragment behind it', `${paymentId}#x`],
    ['a line break behind it', `${paymentId}\n`],
    ['a carriage return behind it', `${paymentId}\r`],
    ['white space before it', ` ${paymentId}`],
    ['an escape in it', 'pay_madeherefortestsonly%2e%2e'],
    ['letters that only look right', 'pay_madeherefortestsonly22222é'],
    ['nothing', ''],
  ])('with %s is refused, and nothing is sent', async (_, id) => {
    const { checkout, requests } = connect(() => makePayment())
    await expect(checkout.lookup(id)).rejects.toMatchObject({ code: 'invalid_input', retryable: false })
    await expect(checkout.find({ id })).rejects.toMatchObject({ code: 'invalid_input' })
    expect(requests).toEqual([])
  })
})

describe('a lookup by pay_ id', () => {
  it('states the whole payment, dated by the moment of the request', async () => {
    const balances = { total_authorized: 2500, total_captured: 2000, total_refunded: 0 }
    const { checkout, requests } = connect(() =>
      makePayment({ balances, processed_on: '2026-03-02T10:15:31' }),
    )
    const before = new Date().toISOString()
    const report = await checkout.lookup(paymentId)
    expect(report).toEqual({
      evidence: 'report',
      source: 'lookup',
      observedAt: report.observedAt,
      payment: {
        provider: 'checkout-com',
        id: paymentId,
        reference: 'order-1001',
        status: 'partially_captured',
        amount: { amount: 2500, currency: 'EUR' },
        authorized: 2500,
        captured: 2000,
        refunded: 0,
        createdAt: '2026-03-02T10:15:30.000Z',
        updatedAt: '2026-03-02T10:15:31.000Z',
        facts: { status: 'Captured', approved: true },
      },
    })
    expect(report.observedAt >= before).toBe(true)
    expect(requests.map(({ method, url }) => `${method} ${url}`)).toEqual([
      `GET https://api.sandbox.checkout.com/payments/${paymentId}`,
    ])
  })

  it('that is answered about another payment is invalid_payload', async () => {
    const { checkout } = connect(() => makePayment({ id: makeId(1) }))
    await expect(checkout.lookup(paymentId)).rejects.toMatchObject({ code: 'invalid_payload' })
  })

  it.each([
    ['an id that is a number', { id: 7 }],
    ['an id with a path', { id: '../../x' }],
    ['no status', { status: undefined }],
    ['a status that is a number', { status: 1 }],
    ['approved in words', { approved: 'true' }],
    ['an amount in words', { amount: '2500' }],
    ['an amount below zero', { amount: -2500 }],
    ['half a minor unit', { amount: 2500.5 }],
    ['an amount no integer holds', { amount: 2 ** 53 }],
    ['a currency in lower case', { currency: 'eur' }],
    ['a currency that does not exist', { currency: 'XXX' }],
    ['a time that is not valid', { requested_on: 'yesterday' }],
    ['30 February', { requested_on: '2026-02-30T00:00:00Z' }],
    ['balances below zero', { balances: { total_captured: -1 } }],
    ['actions that are not a list', { actions: {} }],
  ])('that is answered with %s is invalid_payload, and says where', async (_, changes) => {
    const { checkout } = connect(() => makePayment(changes))
    const error: unknown = await checkout.lookup(paymentId).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'invalid_payload', retryable: false })
    const [changed = ''] = Object.keys(changes)
    const path = changed === 'currency' ? 'amount' : changed // an amount is what cannot be read without it
    expect((error as { issues: { path: string }[] }).issues[0]?.path.startsWith(path)).toBe(true)
  })

  it('does not mind null, empty and unknown members', async () => {
    const none = {
      amount: null,
      reference: '',
      requested_on: null,
      balances: null,
      '3ds': null,
      actions: null,
      _links: null,
    }
    const { checkout } = connect(() => makePayment({ ...none, something_new: { deep: [1] } }))
    const { payment } = await checkout.lookup(paymentId)
    expect(payment).toEqual({
      provider: 'checkout-com',
      id: paymentId,
      status: 'captured',
      facts: { status: 'Captured', approved: true },
    })
  })

  it.each([
    ['2026-03-02T10:15:30Z', '2026-03-02T10:15:30.000Z'],
    ['2026-03-02T10:15:30.1Z', '2026-03-02T10:15:30.100Z'],
    ['2026-03-02T10:15:30.1234567Z', '2026-03-02T10:15:30.123Z'],
    ['2026-03-02T10:15:30.1234567', '2026-03-02T10:15:30.123Z'],
    ['2026-03-02T10:15:30+00:00', '2026-03-02T10:15:30.000Z'],
    ['2026-03-02T10:15:30.9999999+01:00', '2026-03-02T09:15:30.999Z'],
  ])('reads the time %s as %s', async (requested_on, wanted) => {
    const { checkout } = connect(() => makePayment({ requested_on }))
    expect((await checkout.lookup(paymentId)).payment.createdAt).toBe(wanted)
  })

  it('reads Chilean pesos, which are sent in hundredths, as whole ones', async () => {
    const balances = { total_authorized: 250000, total_captured: 100000, total_refunded: 0 }
    const { checkout } = connect(() => makePayment({ amount: 250000, currency: 'CLP', balances }))
    expect((await checkout.lookup(paymentId)).payment).toMatchObject({
      amount: { amount: 2500, currency: 'CLP' },
      authorized: 2500,
      captured: 1000,
      refunded: 0,
    })
    const crooked = connect(() => makePayment({ amount: 250050, currency: 'CLP' }))
    await expect(crooked.checkout.lookup(paymentId)).rejects.toMatchObject({ code: 'invalid_payload' })
  })

  it('leaves the minor units of other currencies alone', async () => {
    for (const currency of ['JPY', 'KWD', 'ISK', 'USD']) {
      const { checkout } = connect(() => makePayment({ amount: 2505, currency }))
      expect((await checkout.lookup(paymentId)).payment.amount).toEqual({ amount: 2505, currency })
    }
  })
})

describe('a lookup by sid_ id', () => {
  it.each([
    [
      'waiting for 3-D Secure',
      'sid_dszjr3brue6epfvlvyq4lv6okm',
      'pay_blm2tkmqurwere5rkd6x7cvdxu',
      'requires_action',
    ],
    ['3-D Secure failed', 'sid_eiac54qsba5u7mc345t3z3cg5e', 'pay_iag2yexmxktkjpvvk4rdp2qvwi', 'failed'],
    ['captured', 'sid_ppk3w4f365delghy6zhb7h2rju', 'pay_eehq4zhpwzdkfbzz6si722uoqu', 'captured'],
  ])('%s: it answers with the payment and its own id', async (_, sid, id, status) => {
    const { secrets, respond } = checkoutComFixtures
    const answer = (url: URL) =>
      respond(new Request(url, { headers: { authorization: `Bearer ${secretKey}` } }))
    const response = await answer(new URL(`https://api.sandbox.checkout.com/payments/${sid}`))
    const { checkout, requests } = connect(() => response, secrets)
    const { payment } = await checkout.lookup(sid)
    expect(payment).toMatchObject({ id, status })
    expect(requests[0]?.url.pathname).toBe(`/payments/${sid}`)
    if (status === 'requires_action') {
      expect(payment.action).toEqual({
        kind: 'redirect',
        url: `https://api.sandbox.checkout.com/sessions-interceptor/${sid}`,
      })
    }
    if (status === 'failed') {
      expect(payment.decline).toEqual({ reason: 'authentication_failed', retry: 'same_method' })
    }
  })

  it('of a session that has ended says so, and says nothing about the payment', async () => {
    const headers = { 'cko-request-id': 'request-1' }
    const { checkout } = connect(() => new Response(null, { status: 404, headers }))
    await expect(checkout.lookup(sessionId)).rejects.toMatchObject({
      code: 'not_found',
      httpStatus: 404,
      requestId: 'request-1',
      message: expect.stringMatching(/session has ended.*says nothing about its payment/),
    })
    const byPayment: unknown = await checkout.lookup(paymentId).catch((thrown: unknown) => thrown)
    expect((byPayment as Error).message).not.toContain('session')
  })
})

describe('a lookup by either id', () => {
  it.each([
    [401, 'unauthorized'],
    [403, 'unauthorized'],
    [422, 'rejected'],
    [429, 'rate_limited'],
    [500, 'unavailable'],
  ])('that is answered with %i is %s', async (status, code) => {
    const { checkout } = connect(() => new Response(null, { status }))
    for (const id of [paymentId, sessionId]) {
      await expect(checkout.lookup(id)).rejects.toMatchObject({ code, httpStatus: status })
    }
  })

  it.each([null, [], 'text', { error_codes: 'text' }, { error_codes: [7] }, { error_type: {} }])(
    'takes no code from an error body like %j',
    async (body) => {
      const { checkout } = connect(() => Response.json(body, { status: 422 }))
      const error: unknown = await checkout.lookup(paymentId).catch((thrown: unknown) => thrown)
      expect(error).toMatchObject({ code: 'rejected' })
      expect(error).not.toHaveProperty('providerCode')
    },
  )
})

describe('find', () => {
  it('asks by either key', async () => {
    const { checkout, requests } = connect(({ url }) =>
      url.pathname === '/payments' ? { data: [makePayment()] } : makePayment(),
    )
    expect(await checkout.find({ id: paymentId })).toHaveLength(1)
    expect(await checkout.find({ reference: 'order-1001' })).toHaveLength(1)
    expect(requests.map(({ url }) => url.pathname)).toEqual([`/payments/${paymentId}`, '/payments'])
  })
})
