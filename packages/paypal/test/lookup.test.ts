import { createPayPal } from '@payment-status/paypal'
import { describe, expect, it } from 'vitest'
import { connect, type Fields, makeOrder, money, notFound, part, secrets, withCode } from './helpers.ts'

const ORDER = '/v2/checkout/orders/5TY1'
const DISPUTES = '/v1/customer/disputes'
const paid = makeOrder('COMPLETED', { captures: [part('3CA1', 'COMPLETED')] })
const ofOrder = { supplementary_data: { related_ids: { order_id: '5TY1' } } }

describe('a lookup', () => {
  it('of an order without money sends one request', async () => {
    for (const order of [
      makeOrder('CREATED'),
      makeOrder('APPROVED'),
      makeOrder('VOIDED'),
      makeOrder('COMPLETED', { authorizations: [part('8AU1', 'CREATED')] }),
      makeOrder('COMPLETED', { captures: [part('3CA1', 'DECLINED')] }),
    ]) {
      const { provider, paths } = connect({ [ORDER]: order })
      await provider.lookup('5TY1')
      expect(paths()).toEqual([ORDER])
    }
  })

  it('of captured money requests the disputes of each capture', async () => {
    const order = makeOrder('COMPLETED', {
      captures: [
        part('3CA1', 'COMPLETED', { amount: money('10.00') }),
        part('3CA2', 'COMPLETED', { amount: money('9.99') }),
        part('3CA3', 'DECLINED'),
      ],
    })
    const { provider, requests } = connect({ [ORDER]: order, [DISPUTES]: { items: [] } })
    const { payment } = await provider.lookup('5TY1')
    expect(payment).toMatchObject({ status: 'captured', captured: 1999 })
    expect(payment).not.toHaveProperty('dispute')
    const asked = requests.slice(1).map(({ url }) => new URL(url).searchParams.get('disputed_transaction_id'))
    expect(asked).toEqual(['3CA1', '3CA2'])
  })

  it.each<[string, string, Fields]>([
    ['a capture', 'captures', part('3CA1', 'COMPLETED', ofOrder)],
    ['an authorization', 'authorizations', part('3CA1', 'CREATED', ofOrder)],
  ])('by the id of %s answers with its order', async (_, kind, operation) => {
    const { provider, paths } = connect({
      [`/v2/payments/${kind}/3CA1`]: operation,
      [ORDER]: paid,
      [DISPUTES]: { items: [] },
    })
    const { payment } = await provider.lookup('3CA1')
    expect(payment).toMatchObject({ id: '5TY1', status: 'captured' })
    expect(paths()).toContain('/v2/payments/captures/3CA1')
    expect(paths()).toContain(ORDER)
  })

  it('of an id that PayPal does not have is not_found after three requests, and after one for a known order', async () => {
    const { provider, paths } = connect({})
    await expect(provider.lookup('5TY1')).rejects.toMatchObject(withCode('not_found'))
    expect(paths()).toEqual([ORDER, '/v2/payments/captures/5TY1', '/v2/payments/authorizations/5TY1'])
    const known = { provider: 'paypal', id: '5TY1', status: 'open', facts: {} } as const
    await expect(provider.find(known)).rejects.toMatchObject(withCode('not_found'))
    expect(paths()).toHaveLength(4)
  })

  it('of a capture that names no order, or an order that is gone, is not_found', async () => {
    const unnamed = connect({ '/v2/payments/captures/3CA1': part('3CA1', 'COMPLETED') })
    await expect(unnamed.provider.lookup('3CA1')).rejects.toMatchObject({
      code: 'not_found',
      message: expect.stringContaining('does not name its order'),
    })
    const gone = connect({ '/v2/payments/captures/3CA1': part('3CA1', 'COMPLETED', ofOrder) })
    await expect(gone.provider.lookup('3CA1')).rejects.toMatchObject(withCode('not_found'))
  })

  it('does not take a failure for a missing order', async () => {
    const { provider, paths } = connect({ [ORDER]: new Response(null, { status: 503 }) })
    await expect(provider.lookup('5TY1')).rejects.toMatchObject(withCode('unavailable'))
    expect(paths()).toEqual([ORDER])
  })

  it('of another order than the one requested is invalid_payload', async () => {
    const { provider } = connect({ '/v2/checkout/orders/5TY2': makeOrder('CREATED') })
    await expect(provider.lookup('5TY2')).rejects.toMatchObject(withCode('invalid_payload'))
  })

  it.each<[number, unknown, string]>([
    [404, { name: 'RESOURCE_NOT_FOUND' }, 'not_found'],
    [404, { details: [{ issue: 'INVALID_RESOURCE_ID' }] }, 'not_found'],
    [404, { name: 'TELEPORTED' }, 'rejected'], // a wrong path says nothing about an order
    [404, '<h1>Not found</h1>', 'rejected'],
    [400, { name: 'INVALID_REQUEST' }, 'rejected'],
    [422, { name: 'UNPROCESSABLE_ENTITY' }, 'rejected'],
    [403, { name: 'NOT_AUTHORIZED' }, 'unauthorized'],
    [429, { name: 'RATE_LIMIT_REACHED' }, 'rate_limited'],
    [400, { name: 'RATE_LIMIT_REACHED' }, 'rate_limited'],
    [500, { name: 'INTERNAL_SERVER_ERROR' }, 'unavailable'],
    [500, { name: 'RESOURCE_NOT_FOUND' }, 'unavailable'],
  ])('answered with %i %j is %s', async (status, body, code) => {
    const { provider } = connect({
      [ORDER]: typeof body === 'string' ? new Response(body, { status }) : Response.json(body, { status }),
    })
    await expect(provider.lookup('5TY1')).rejects.toMatchObject(withCode(code as never))
  })

  it('keeps the words of an error, and no more', async () => {
    const body = {
      name: 'UNPROCESSABLE_ENTITY',
      message: 'Jane Doe may not',
      debug_id: 'f1d2d2f924e98',
      details: [{ issue: 'PERMISSION_DENIED', description: 'Jane Doe', value: '4111111111111111' }],
    }
    const { provider } = connect({ [ORDER]: Response.json(body, { status: 422 }) })
    const error = await provider.lookup('5TY1').catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ providerCode: 'PERMISSION_DENIED', requestId: 'f1d2d2f924e98' })
    expect(JSON.stringify(error) + String(error)).not.toMatch(/Jane|4111/)
  })
})

describe('the disputes of a lookup', () => {
  const dispute = (id: string, status: string, facts: Fields = {}) => ({
    dispute_id: id,
    status,
    update_time: '2026-01-05T00:00:00Z',
    ...facts,
  })
  const look = async (items: readonly Fields[], more: Readonly<Record<string, unknown>> = {}) => {
    const connected = connect({ [ORDER]: paid, [DISPUTES]: { items }, ...more })
    return { ...(await connected.provider.lookup('5TY1')).payment, paths: connected.paths() }
  }

  it('are stated, the most pressing first', async () => {
    const { dispute: first, disputes } = await look([
      dispute('PP-R-1', 'RESOLVED', { dispute_outcome: { outcome_code: 'RESOLVED_SELLER_FAVOUR' } }),
      dispute('PP-R-2', 'UNDER_REVIEW'),
      dispute('PP-R-3', 'OPEN', { update_time: '2026-01-06T00:00:00Z' }),
    ])
    expect(first?.id).toBe('PP-R-3')
    expect(disputes?.map(({ id }) => id)).toEqual(['PP-R-3', 'PP-R-2', 'PP-R-1'])
  })

  it('that are resolved are requested where the list states no outcome', async () => {
    const whole = dispute('PP-R-1', 'RESOLVED', {
      dispute_outcome: { outcome_code: 'RESOLVED_BUYER_FAVOUR' },
    })
    const read = await look([dispute('PP-R-1', 'RESOLVED')], { [`${DISPUTES}/PP-R-1`]: whole })
    expect(read.dispute).toMatchObject({ id: 'PP-R-1', status: 'lost' })
    expect(read.paths.at(-1)).toBe(`${DISPUTES}/PP-R-1`)
  })

  it('that are resolved, and whose outcome may not be read, are unknown', async () => {
    const read = await look([dispute('PP-R-1', 'RESOLVED')], {
      [`${DISPUTES}/PP-R-1`]: new Response(null, { status: 403 }),
    })
    expect(read.dispute).toMatchObject({ id: 'PP-R-1', status: 'unknown' })
  })

  it('that cannot be read are unknown, and block a delivery', async () => {
    const read = await look([{ dispute_id: 'PP-R-1', status: 7 }])
    expect(read.dispute).toEqual({ id: 'PP-R-1', status: 'unknown' })
  })

  it.each([
    ['may not be read', new Response(null, { status: 403 })],
    ['cannot be read', Response.json({ items: 'none' })],
    ['are missing', notFound()],
  ])('that %s leave the payment as it is', async (_, answer) => {
    const { provider } = connect({ [ORDER]: paid, [DISPUTES]: answer })
    const { payment } = await provider.lookup('5TY1')
    expect(payment.status).toBe('captured')
    expect(payment).not.toHaveProperty('dispute')
  })

  it('that cannot be requested now fail the lookup', async () => {
    const { provider } = connect({ [ORDER]: paid, [DISPUTES]: new Response(null, { status: 429 }) })
    await expect(provider.lookup('5TY1')).rejects.toMatchObject(withCode('rate_limited'))
  })
})

describe('a list', () => {
  const row = (facts: Fields) => ({
    transaction_info: {
      transaction_initiation_date: '2026-01-01T12:00:00+0000',
      transaction_status: 'S',
      ...facts,
    },
  })
  const paidRow = row({ transaction_id: '3CA1', transaction_event_code: 'T0006' })
  const range = { from: new Date('2026-01-01T00:00:00Z'), to: new Date('2026-01-02T00:00:00Z') }
  const PATH = '/v1/reporting/transactions'
  const found = {
    '/v2/payments/captures/3CA1': part('3CA1', 'COMPLETED', { ...ofOrder, custom_id: 'order-1001' }),
    [ORDER]: paid,
    [DISPUTES]: { items: [] },
  }
  const page = (rows: readonly unknown[], total_pages = 1) => ({ transaction_details: rows, total_pages })

  async function listed(answers: Readonly<Record<string, unknown>>, period = range) {
    const connected = connect(answers)
    const reports = []
    for await (const report of connected.provider.list(period)) reports.push(report)
    const queries = connected.requests
      .map(({ url }) => new URL(url))
      .filter(({ pathname }) => pathname === PATH)
      .map(({ searchParams }) => Object.fromEntries(searchParams))
    return { reports, queries, paths: connected.paths() }
  }

  it('leads from a movement to its capture, and from there to its order', async () => {
    const { reports, queries } = await listed({ ...found, [PATH]: page([paidRow]) })
    expect(reports).toMatchObject([
      { source: 'list', payment: { id: '5TY1', status: 'captured', captured: 1999 } },
    ])
    expect(queries).toEqual([
      {
        start_date: '2025-12-31T23:59:59.000Z',
        end_date: '2026-01-02T00:00:01.000Z',
        fields: 'transaction_info',
        page_size: '500',
        page: '1',
      },
    ])
  })

  it.each<[string, Fields]>([
    [
      'a refund',
      {
        transaction_id: '9RF1',
        transaction_event_code: 'T1107',
        paypal_reference_id: '3CA1',
        paypal_reference_id_type: 'TXN',
      },
    ],
    [
      'a reversal',
      {
        transaction_id: '9RV1',
        transaction_event_code: 'T1106',
        paypal_reference_id: '3CA1',
        paypal_reference_id_type: 'TXN',
      },
    ],
    [
      'a chargeback adjustment',
      {
        transaction_id: '9RV1',
        transaction_event_code: 'T1201',
        paypal_reference_id: '3CA1',
        paypal_reference_id_type: 'TXN',
      },
    ],
  ])('leads from %s to the order it is of', async (_, facts) => {
    const { reports } = await listed({ ...found, [PATH]: page([row(facts)]) })
    expect(reports).toMatchObject([{ payment: { id: '5TY1' } }])
  })

  it.each<[string, Fields]>([
    ['a payout', { transaction_id: '3CA1', transaction_event_code: 'T0400' }],
    ['a conversion', { transaction_id: '3CA1', transaction_event_code: 'T0200' }],
    [
      'a refund of a subscription',
      {
        transaction_id: '9RF1',
        transaction_event_code: 'T1107',
        paypal_reference_id: '3CA1',
        paypal_reference_id_type: 'SUB',
      },
    ],
    ['a payment without an id', { transaction_event_code: 'T0006' }],
    ['a payment with an id in another form', { transaction_id: '../3CA1', transaction_event_code: 'T0006' }],
    ['a movement without a code', { transaction_id: '3CA1' }],
  ])('leaves %s out', async (_, facts) => {
    const { reports, paths } = await listed({ ...found, [PATH]: page([row(facts)]) })
    expect([reports, paths]).toEqual([[], [PATH]])
  })

  it('leaves a payment out that is not of an order', async () => {
    const { reports } = await listed({ [PATH]: page([paidRow]) })
    expect(reports).toEqual([])
  })

  it('leaves a movement out that is not of the period', async () => {
    const early = row({
      transaction_id: '3CA1',
      transaction_event_code: 'T0006',
      transaction_initiation_date: '2025-12-31T23:59:59Z',
    })
    const late = row({
      transaction_id: '3CA1',
      transaction_event_code: 'T0006',
      transaction_initiation_date: '2026-01-02T00:00:00Z',
    })
    expect((await listed({ ...found, [PATH]: page([early, late]) })).reports).toEqual([])
  })

  it('holds each order once, however many movements it has', async () => {
    const refund = row({
      transaction_id: '9RF1',
      transaction_event_code: 'T1107',
      paypal_reference_id: '3CA1',
      paypal_reference_id_type: 'TXN',
    })
    const { reports, paths } = await listed({ ...found, [PATH]: page([paidRow, paidRow, refund]) })
    expect(reports).toHaveLength(1)
    expect(paths.filter((path) => path === ORDER)).toHaveLength(1)
  })

  it('reads every page, and ends where one is empty', async () => {
    const pages = Object.fromEntries(
      [1, 2, 3].map((number) => [
        `${PATH}?${new URLSearchParams({
          start_date: '2025-12-31T23:59:59.000Z',
          end_date: '2026-01-02T00:00:01.000Z',
          fields: 'transaction_info',
          page_size: '500',
          page: `${number}`,
        })}`,
        page(number === 2 ? [paidRow] : number === 1 ? [row({ transaction_event_code: 'T0400' })] : [], 1000),
      ]),
    )
    const { reports, queries } = await listed({ ...found, ...pages })
    expect([reports.length, queries.length]).toEqual([1, 3])
  })

  it('asks for 31 days at once', async () => {
    const period = { from: new Date('2026-01-01T00:00:00Z'), to: new Date('2026-03-01T00:00:00Z') }
    const { queries } = await listed({ [PATH]: page([]) }, period)
    const days = queries.map(
      ({ start_date = '', end_date = '' }) => (Date.parse(end_date) - Date.parse(start_date)) / 86_400_000,
    )
    expect(days.length).toBe(2)
    expect(Math.max(...days)).toBe(31)
    expect(queries[1]?.start_date).toBe(queries[0]?.end_date)
  })

  it('halves a period that holds too much', async () => {
    const tooLarge = Response.json({ name: 'RESULTSET_TOO_LARGE' }, { status: 400 })
    let requests = 0
    const provider = createPayPal({
      ...secrets,
      environment: 'production',
      retries: 0,
      async fetch(input) {
        const url = new URL(String(input instanceof Request ? input.url : input))
        if (url.pathname === '/v1/oauth2/token')
          return Response.json({ access_token: 'token', expires_in: 60_000 })
        if (url.pathname !== PATH) return Response.json({ ...found }[url.pathname as never] ?? { items: [] })
        requests++
        const [from, to] = ['start_date', 'end_date'].map((name) =>
          Date.parse(url.searchParams.get(name) ?? ''),
        )
        if ((to ?? 0) - (from ?? 0) > 40_000_000) return tooLarge.clone()
        const isIn =
          (from ?? 0) <= Date.parse('2026-01-01T12:00:00Z') && Date.parse('2026-01-01T12:00:00Z') <= (to ?? 0)
        return Response.json(page(isIn ? [paidRow] : []))
      },
    })
    const reports = []
    for await (const report of provider.list(range)) reports.push(report)
    expect(reports).toHaveLength(1)
    expect(requests).toBe(7)
  })

  it('of one second that holds too much fails', async () => {
    const answers = { [PATH]: Response.json({ name: 'RESULTSET_TOO_LARGE' }, { status: 400 }) }
    await expect(listed(answers)).rejects.toMatchObject({
      code: 'rejected',
      providerCode: 'RESULTSET_TOO_LARGE',
    })
  })

  it.each([
    ['that PayPal no longer has', notFound()],
    ['that cannot be read', Response.json({ id: '5TY1' })],
  ])('holds an order %s as unknown, because its money moved', async (_, answer) => {
    const { reports } = await listed({ ...found, [PATH]: page([paidRow]), [ORDER]: answer })
    expect(reports).toMatchObject([
      {
        source: 'list',
        payment: {
          id: '5TY1',
          reference: 'order-1001',
          status: 'unknown',
          facts: { capture_status: 'COMPLETED' },
        },
      },
    ])
  })

  it('fails where an order cannot be requested now', async () => {
    const answers = { ...found, [PATH]: page([paidRow]), [ORDER]: new Response(null, { status: 503 }) }
    await expect(listed(answers)).rejects.toMatchObject(withCode('unavailable'))
  })

  it('of an empty period sends no request', async () => {
    expect((await listed({}, { from: range.from, to: range.from })).queries).toEqual([])
  })

  it('without the permission is unauthorized', async () => {
    const answers = { [PATH]: Response.json({ name: 'NOT_AUTHORIZED' }, { status: 403 }) }
    await expect(listed(answers)).rejects.toMatchObject(withCode('unauthorized'))
  })
})
