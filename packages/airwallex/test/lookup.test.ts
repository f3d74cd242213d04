import { createAirwallex } from '@payment-status/airwallex'
import { checkAmount, type PaymentReport } from '@payment-status/core'
import { describe, expect, it } from 'vitest'
import {
  type Answers,
  connect,
  type Fields,
  login,
  lookUp,
  makeAttempt,
  makeIntent,
  secrets,
  withCode,
} from './helpers.ts'

const PA = '/api/v1/pa'

describe('a lookup', () => {
  it('of captured money requests attempts, refunds and disputes as well', async () => {
    const { provider, requests, paths } = connect({})
    await provider.lookup('int_a1')
    expect(paths()).toEqual([
      `${PA}/payment_intents/int_a1`,
      `${PA}/payment_attempts`,
      `${PA}/refunds`,
      `${PA}/payment_disputes`,
    ])
    const queries = requests.slice(1).map(({ url }) => new URL(url).searchParams.get('payment_intent_id'))
    expect(queries).toEqual(['int_a1', 'int_a1', 'int_a1'])
  })

  it('of an undecided payment sends one request', async () => {
    for (const status of [
      'REQUIRES_PAYMENT_METHOD',
      'REQUIRES_CUSTOMER_ACTION',
      'PENDING',
      'REQUIRES_CAPTURE',
    ]) {
      const { provider, paths } = connect({ intent: makeIntent({ status, captured_amount: 0 }) })
      await provider.lookup('int_a1')
      expect(paths()).toEqual([`${PA}/payment_intents/int_a1`])
    }
  })

  it('counts nothing of another payment, whatever the filter of a list let through', async () => {
    const other = { payment_intent_id: 'int_other', currency: 'EUR', amount: 19.99 }
    const { status, dispute, operations } = await lookUp({
      attempts: [makeAttempt({ captured_amount: 19.99 }), { ...other, id: 'att_o', status: 'PAID' }],
      refunds: [{ ...other, id: 'rfd_o', status: 'SETTLED' }],
      disputes: [{ ...other, id: 'dst_o', status: 'REQUIRES_RESPONSE' }],
    })
    expect([status, dispute, operations?.map(({ id }) => id)]).toEqual(['captured', undefined, ['att_a1_b2']])
  })

  it('that only confirms leaves the attempts out where everything else is as recorded', async () => {
    const held: Answers = { attempts: [makeAttempt()], refunds: [], disputes: [] }
    const recorded = await lookUp(held)
    const refund = { id: 'rfd_1', payment_intent_id: 'int_a1', currency: 'EUR', amount: 5, status: 'SETTLED' }
    const dispute = { id: 'dst_1', payment_intent_id: 'int_a1', status: 'REQUIRES_RESPONSE' }
    const changes: readonly (readonly [string, Answers])[] = [
      ['captured', held],
      ['partially_refunded', { ...held, refunds: [refund] }],
      ['captured needs_response', { ...held, disputes: [dispute] }],
      [
        'partially_captured',
        { ...held, intent: makeIntent({ captured_amount: 10, updated_at: '2026-01-01T00:00:05+0000' }) },
      ],
      [
        'unknown',
        {
          ...held,
          intent: makeIntent({ latest_payment_attempt: makeAttempt({ id: 'att_2', status: 'FAILED' }) }),
          attempts: [makeAttempt({ id: 'att_2', status: 'FAILED' })],
        },
      ],
    ]
    for (const [wanted, answers] of changes) {
      const { provider, paths } = connect(answers)
      const { payment } = await provider.lookup('int_a1', { confirm: true, payment: recorded })
      expect([payment.status, payment.dispute?.status].filter(Boolean).join(' ')).toBe(wanted)
      expect(paths().includes(`${PA}/payment_attempts`)).toBe(answers !== held)
      const byReference = connect(answers)
      const known = { confirm: true, payments: [recorded] }
      const [found] = await byReference.provider.lookupByReference('order-1001', known)
      expect(found?.payment).toEqual(payment)
      expect(byReference.paths().includes(`${PA}/payment_intents/int_a1`)).toBe(answers !== held)
    }
  })

  it('with known operations holds at least those', async () => {
    const intent = makeIntent({
      status: 'REQUIRES_PAYMENT_METHOD',
      captured_amount: 0,
      latest_payment_attempt: makeAttempt({ status: 'FAILED', failure_code: 'issuer_declined' }),
    })
    const attempts = [makeAttempt({ id: 'att_0', status: 'EXPIRED', created_at: '2025-12-31T00:00:00+0000' })]
    const { provider, paths } = connect({ intent, attempts })
    const { payment } = await provider.lookup('int_a1', { operations: [{ id: 'att_0' }] })
    expect(payment.operations?.map(({ id, status }) => [id, status])).toEqual([
      ['att_0', 'failed'],
      ['att_a1_b2', 'failed'],
    ])
    expect(paths()).toEqual([`${PA}/payment_intents/int_a1`, `${PA}/payment_attempts`])
  })

  it.each([
    ['att_1', 'a payment attempt id'],
    ['rfd_1', 'a refund id'],
    ['dst_1', 'a dispute id'],
    ['cst_1', 'a payment consent id'],
    ['cus_1', 'a customer id'],
    ['mtd_1', 'a payment method id'],
  ])('of %s is refused by name', async (id, what) => {
    await expect(connect({}).provider.lookup(id)).rejects.toThrow(
      `id must be a PaymentIntent id (int_…); this is ${what}`,
    )
  })

  it('of another payment than the one requested is invalid_payload', async () => {
    await expect(
      connect({ intent: makeIntent({ id: 'int_b2' }) }).provider.lookup('int_a1'),
    ).rejects.toMatchObject(withCode('invalid_payload'))
  })

  it('reads how it was paid and keeps no card data', async () => {
    const latest = makeAttempt({
      authorization_code: '123456',
      acquirer_reference_number: '74537604221431003881865',
      authentication_data: {
        ds_data: {
          eci: '05',
          version: '2.2.0',
          cavv: 'secret-cavv',
          xid: 'secret-xid',
          frictionless: 'Y',
          liability_shift_indicator: 'Y',
        },
      },
      payment_method: {
        type: 'card',
        card: {
          brand: 'visa',
          last4: '0008',
          issuer_country_code: 'US',
          bin: '403550',
          expiry_year: '2034',
          name: 'A Shopper',
        },
      },
    })
    const payment = await lookUp({ intent: makeIntent({ latest_payment_attempt: latest }) })
    expect(payment).toMatchObject({
      method: { kind: 'card', name: 'card', brand: 'visa', last4: '0008', country: 'US' },
      authentication: { eci: '05', version: '2.2.0' },
      trace: { authorizationCode: '123456', acquirerReference: '74537604221431003881865' },
      facts: { frictionless: 'Y', liability_shift_indicator: 'Y' },
    })
    expect(JSON.stringify(payment)).not.toMatch(/secret-|403550|2034|A Shopper/)
  })

  it.each([
    [
      'redirect by GET',
      { type: 'redirect', method: 'GET', url: 'https://acs.example/a' },
      { kind: 'redirect', url: 'https://acs.example/a' },
    ],
    [
      'redirect without a method',
      { type: 'redirect', url: 'https://acs.example/a' },
      { kind: 'redirect', url: 'https://acs.example/a' },
    ],
    [
      'redirect by POST',
      { type: 'redirect', method: 'POST', url: 'https://acs.example/a', data: {} },
      { kind: 'sdk' },
    ],
    ['redirect to no web page', { type: 'redirect', method: 'GET', url: 'javascript:alert(1)' }, undefined],
    [
      'code',
      { type: 'render_qrcode', qrcode: 'weixin://pay' },
      { kind: 'show', what: 'qr_code', text: 'weixin://pay' },
    ],
    ['iframe', { type: 'redirect_iframe', url: 'https://acs.example/a' }, { kind: 'sdk' }],
    ['type that is not listed', { type: 'teleport' }, { kind: 'sdk' }],
  ])('reads the next action: %s', async (_, next_action, action) => {
    const intent = makeIntent({ status: 'REQUIRES_CUSTOMER_ACTION', captured_amount: 0, next_action })
    expect((await lookUp({ intent })).action).toEqual(action)
  })

  it('keeps the amount as stated, so that a converted one does not match the order', async () => {
    const intent = makeIntent({ currency: 'USD', original_amount: 18.5, original_currency: 'EUR' })
    const payment = await lookUp({ intent })
    expect(payment.amount).toEqual({ amount: 1999, currency: 'USD' })
    expect(payment.facts).toMatchObject({ original_amount: 18.5, original_currency: 'EUR' })
    expect(checkAmount(payment, { amount: 1850, currency: 'EUR' })).not.toBe('matches')
  })

  it.each([
    [1500, 'JPY', 1500],
    [1000, 'HUF', 100_000],
    [9.99, 'EUR', 999],
    [0.07, 'EUR', 7],
    [1.005, 'KWD', 1005],
    [4_503_599_627_370.49, 'EUR', 450_359_962_737_049],
  ])('reads %d %s as %i minor units', async (amount, currency, minor) => {
    const intent = makeIntent({ amount, captured_amount: amount, currency })
    expect(await lookUp({ intent })).toMatchObject({ amount: { amount: minor, currency }, captured: minor })
  })

  it.each([
    [1.5, 'JPY'],
    [9.999, 'EUR'],
    [-1, 'EUR'],
    [1e21, 'EUR'],
    [1e-7, 'EUR'],
    [12_345_678_901_234.56, 'EUR'],
    [1, 'EURO'],
  ])('of an amount of %d %s is invalid_payload', async (amount, currency) => {
    const intent = makeIntent({ amount, captured_amount: amount, currency })
    await expect(lookUp({ intent })).rejects.toMatchObject(withCode('invalid_payload'))
  })

  it('of a payment in review says that the review is open', async () => {
    const payment = await lookUp({ intent: makeIntent({ status: 'PENDING_REVIEW', captured_amount: 0 }) })
    expect(payment).toMatchObject({ status: 'processing', review: 'open', facts: { review: true } })
  })

  it('of a held payment states what is held', async () => {
    const intent = makeIntent({
      status: 'REQUIRES_CAPTURE',
      captured_amount: 0,
      latest_payment_attempt: makeAttempt(),
    })
    expect(await lookUp({ intent })).toMatchObject({
      status: 'authorized',
      authorized: 1999,
      operations: [{ id: 'att_a1_b2', kind: 'authorization', status: 'succeeded', amount: 1999 }],
    })
  })
})

describe('disputes', () => {
  const dispute = (id: string, status: string, facts: Fields = {}) => ({
    id,
    status,
    stage: 'CHARGEBACK',
    payment_intent_id: 'int_a1',
    amount: 19.99,
    currency: 'EUR',
    reason: { type: 'FRAUDULENT' },
    due_at: '2026-02-01T00:00:00+0000',
    updated_at: '2026-01-10T00:00:00+0000',
    ...facts,
  })

  it('are read from their own list, the most pressing first', async () => {
    const disputes = [
      dispute('dst_1', 'WON', { updated_at: '2026-01-20T00:00:00+0000' }),
      dispute('dst_2', 'REQUIRES_RESPONSE'),
      dispute('dst_3', 'LOST', { transaction_type: 'REFUND' }),
    ]
    const payment = await lookUp({ disputes })
    expect(payment.dispute).toEqual({
      id: 'dst_2',
      status: 'needs_response',
      reason: 'FRAUDULENT',
      amount: { amount: 1999, currency: 'EUR' },
      respondBy: '2026-02-01T00:00:00.000Z',
      updatedAt: '2026-01-10T00:00:00.000Z',
    })
    expect(payment.disputes?.map(({ id }) => id)).toEqual(['dst_2', 'dst_1'])
  })

  it.each([
    [403, 'captured'],
    [503, 'unavailable'],
  ])('that a %i keeps away end in %s', async (status, wanted) => {
    const provider = createAirwallex({
      ...secrets,
      retries: 0,
      async fetch(input, init) {
        const { url } = new Request(input, init)
        if (url.endsWith('/login')) return login()
        if (url.includes('payment_disputes')) return Response.json({}, { status })
        if (url.includes('payment_intents/')) return Response.json(makeIntent())
        return Response.json({ items: [], has_more: false })
      },
    })
    const ending = await provider.lookup('int_a1').then(
      ({ payment }) => payment.status,
      ({ code }: { code: string }) => code,
    )
    expect(ending).toBe(wanted)
  })
})

describe('a lookup by reference', () => {
  it('reads every page, keeps equal references, and looks each payment up', async () => {
    const intents = [
      makeIntent({
        id: 'int_1',
        created_at: '2026-01-01T00:00:00+0000',
        status: 'CANCELLED',
        captured_amount: 0,
      }),
      makeIntent({ id: 'int_2', merchant_order_id: 'order-1001-b' }),
      makeIntent({ id: 'int_3', created_at: '2026-01-03T00:00:00+0000' }),
    ]
    const asked: string[] = []
    const provider = createAirwallex({
      ...secrets,
      async fetch(input, init) {
        const { url } = new Request(input, init)
        const { pathname, searchParams } = new URL(url)
        if (pathname.endsWith('/login')) return login()
        const id = pathname.split('/').at(-1)
        if (id?.startsWith('int_')) return Response.json(intents.find((intent) => intent.id === id))
        if (!pathname.endsWith('/payment_intents')) return Response.json({ items: [], has_more: false })
        asked.push(`${searchParams.get('merchant_order_id')} ${searchParams.get('page_num')}`)
        const page = Number(searchParams.get('page_num'))
        return Response.json({ items: [intents[page]], has_more: page < 2 })
      },
    })
    const reports = await provider.lookupByReference('order-1001')
    expect(reports.map(({ payment }) => [payment.id, payment.status])).toEqual([
      ['int_3', 'captured'],
      ['int_1', 'canceled'],
    ])
    expect(asked).toEqual(['order-1001 0', 'order-1001 1', 'order-1001 2'])
  })
})

describe('a list', () => {
  const range = { from: new Date('2026-01-01T00:00:00Z'), to: new Date('2026-01-02T00:00:00Z') }
  const collect = async (items: AsyncIterable<PaymentReport>) => {
    const reports: PaymentReport[] = []
    for await (const report of items) reports.push(report)
    return reports
  }

  it('requests the period with a second more at either end, in whole seconds', async () => {
    const { provider, requests } = connect({ rows: [] })
    await collect(provider.list({ from: new Date('2026-01-01T00:00:00.500Z'), to: range.to }))
    const queries = requests.map(({ url }) => Object.fromEntries(new URL(url).searchParams))
    const created = { from_created_at: '2025-12-31T23:59:59+0000', to_created_at: '2026-01-02T00:00:01+0000' }
    const pages = { page_num: '0', page_size: '100' }
    expect(queries).toEqual([
      { ...created, ...pages },
      { ...created, ...pages },
      { ...created, ...pages },
      { from_updated_at: created.from_created_at, to_updated_at: created.to_created_at, size: '100' },
    ])
  })

  it('ends now at the latest, because pages are offsets', async () => {
    const clock = () => Date.parse('2026-01-01T12:00:00Z')
    const { provider, requests } = connect({ rows: [] }, { clock })
    await collect(provider.list(range))
    expect(new URL(requests[0]?.url ?? '').searchParams.get('to_created_at')).toBe('2026-01-01T12:00:00+0000')
  })

  it('looks up each row that states too little, and no other', async () => {
    const row = (facts: Fields) =>
      makeIntent({ captured_amount: 0, latest_payment_attempt: { id: 'att_1' }, ...facts })
    const cases: ReadonlyArray<readonly [Fields, boolean]> = [
      [row({ status: 'SUCCEEDED', captured_amount: 19.99 }), true],
      [row({ status: 'CANCELLED' }), true],
      [row({ status: 'CANCELLED', latest_payment_attempt: null }), false],
      [row({ status: 'REQUIRES_PAYMENT_METHOD' }), false],
      [row({ status: 'PENDING' }), false],
      [row({ status: 'REQUIRES_CAPTURE' }), false],
    ]
    for (const [intent, isLookedUp] of cases) {
      const { provider, paths } = connect({ intent, rows: [intent] })
      const [report] = await collect(provider.list(range))
      expect(report?.source).toBe('list')
      expect(paths().includes(`${PA}/payment_intents/int_a1`)).toBe(isLookedUp)
    }
  })

  it('holds older payments with a new attempt, refund or dispute, each once', async () => {
    const touch = (id: string, at = '2026-01-01T10:00:00+0000') => ({
      id,
      payment_intent_id: 'int_a1',
      created_at: at,
      updated_at: at,
    })
    for (const related of ['attempts', 'refunds', 'disputes'] as const) {
      const rows = [touch('x_1'), touch('x_2')]
      const { provider } = connect({ rows: [], [related]: rows })
      // The row itself is not readable as a refund, so only its owner is: the payment is unknown, and listed.
      const reports = await collect(provider.list(range))
      expect(reports.map(({ payment }) => payment.id)).toEqual(['int_a1'])
      const outside = connect({ rows: [], [related]: [touch('x_1', '2026-01-02T00:00:00+0000')] })
      expect(await collect(outside.provider.list(range))).toEqual([])
    }
  })

  it('holds a row that cannot be read as unknown', async () => {
    const intent = makeIntent({ amount: 'twenty' })
    const reports = await collect(connect({ intent }).provider.list(range))
    expect(reports.map(({ payment }) => [payment.id, payment.status, payment.reference])).toEqual([
      ['int_a1', 'unknown', 'order-1001'],
    ])
  })
})
