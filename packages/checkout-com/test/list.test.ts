import { describe, expect, it } from 'vitest'
import { collect, connect, makeId, makePayment, type SentRequest } from './make.ts'

const from = new Date('2026-03-01T00:00:00Z')
const to = new Date('2026-03-02T00:00:00Z')
const DAY_IN_SECONDS = 86_400

/** Payments spread evenly over the day of 1 March. */
function makeRows(count: number): { id: string; requested_on: string }[] {
  return Array.from({ length: count }, (_, index) => {
    const second = Math.floor((index * DAY_IN_SECONDS) / count)
    const requested_on = new Date(from.getTime() + second * 1000).toISOString()
    return makePayment({ id: makeId(index), requested_on }) as { id: string; requested_on: string }
  })
}

/** A search that answers with at most `limit` rows of the period, ends included, and mentions no others. */
function search(rows: readonly { requested_on: string }[], extra: object = {}) {
  return ({ body }: SentRequest) => {
    const wanted = JSON.parse(body) as { from: string; to: string; limit: number }
    const inPeriod = rows.filter(
      ({ requested_on }) => requested_on >= wanted.from && requested_on <= wanted.to,
    )
    return { data: inPeriod.slice(0, wanted.limit), ...extra }
  }
}

async function idsOf(answer: (request: SentRequest) => unknown, range = { from, to }) {
  const { checkout, requests } = connect(answer)
  const reports = await collect(checkout.list(range))
  return { ids: reports.map(({ payment }) => payment.id), reports, requests }
}

describe('a list', () => {
  it('is a search, with the period in UTC and the largest page there is', async () => {
    const { requests, reports } = await idsOf(search(makeRows(3)))
    expect(requests.map(({ method, url }) => `${method} ${url}`)).toEqual([
      'POST https://api.sandbox.checkout.com/payments/search',
    ])
    expect(requests[0]?.headers.get('content-type')).toBe('application/json')
    expect(JSON.parse(requests[0]?.body ?? '')).toEqual({
      from: '2026-03-01T00:00:00.000Z',
      to: '2026-03-02T00:00:00.000Z',
      limit: 1000,
    })
    expect(reports[0]).toMatchObject({ evidence: 'report', source: 'list', payment: { status: 'captured' } })
    expect(reports[0]).not.toHaveProperty('occurredAt')
  })

  it.each([0, 1, 999, 1000, 1001, 3500])('of %i payments holds each of them once', async (count) => {
    const rows = makeRows(count)
    const { ids } = await idsOf(search(rows))
    expect(ids.toSorted()).toEqual(rows.map(({ id }) => id).toSorted())
  })

  it.each([
    ['a count that is too high', { total_count: 9999 }],
    ['a link to a next page', { _links: { next: { href: 'https://elsewhere.example/' } } }],
    ['a count that is too low', { total_count: 0 }],
  ])('is complete and ends in spite of %s', async (_, extra) => {
    const rows = makeRows(20)
    const { ids, requests } = await idsOf(search(rows, extra))
    expect(ids.toSorted()).toEqual(rows.map(({ id }) => id).toSorted())
    expect(requests.length).toBeLessThan(1000)
    expect(new Set(requests.map(({ url }) => url.host)).size).toBe(1)
  })

  it.each([
    ['a count of all', (total: number) => ({ total_count: total })],
    [
      'a link to the next page',
      (_: number, isCut: boolean) => (isCut ? { _links: { next: { href: 'x' } } } : {}),
    ],
    ['the limit it kept to', () => ({ limit: 5 })],
  ])('is complete where the search gives 5 at a time and says so by %s', async (_, say) => {
    const rows = makeRows(40)
    const { ids, requests } = await idsOf((sent) => {
      const { data } = search(rows)(sent)
      return { data: data.slice(0, 5), ...say(data.length, data.length > 5) }
    })
    expect(ids.toSorted()).toEqual(rows.map(({ id }) => id).toSorted())
    expect(requests.length).toBeLessThan(100)
  })

  it('is not requested in halves without need', async () => {
    const counted = await idsOf(search(makeRows(20), { total_count: 20, _links: {} }))
    expect(counted.requests).toHaveLength(1)
  })

  it.each([
    [401, 'unauthorized'],
    [422, 'rejected'],
    [429, 'rate_limited'],
    [500, 'unavailable'],
  ])('that is answered with %i is %s', async (status, code) => {
    const failing = () => new Response(null, { status })
    await expect(idsOf(failing)).rejects.toMatchObject({ code, httpStatus: status })
  })

  it('ends where the search does not heed the period', async () => {
    const rows = makeRows(10)
    const { ids } = await idsOf(() => ({ data: rows, total_count: 9999 }))
    expect(ids.toSorted()).toEqual(rows.map(({ id }) => id).toSorted())
  })

  it('begins with its first moment and ends just before its last', async () => {
    const at = (id: number, requested_on: string) => makePayment({ id: makeId(id), requested_on })
    const rows = [
      at(1, '2026-02-28T23:59:59.999Z'),
      at(2, '2026-03-01T00:00:00Z'),
      at(3, '2026-03-01T23:59:59.9999999Z'),
      at(4, '2026-03-02T00:00:00Z'),
    ]
    expect((await idsOf(() => ({ data: rows }))).ids).toEqual([makeId(2), makeId(3)])
  })

  it('refuses a second that holds more than a search answers with', async () => {
    const crowded = makeRows(1000).map((row) => ({ ...row, requested_on: '2026-03-01T10:00:00.5Z' }))
    await expect(idsOf(search(crowded))).rejects.toMatchObject({ code: 'invalid_payload' })
  })

  it('reads a row it cannot read as unknown, and keeps it to its own day', async () => {
    const rows = [
      makePayment({ id: makeId(1), requested_on: '2026-03-01T10:00:00Z', amount: 'much' }),
      makePayment({ id: makeId(2), requested_on: '2026-03-01T11:00:00Z' }),
      makePayment({ id: makeId(3), requested_on: '2026-03-03T10:00:00Z', amount: 'much' }),
      makePayment({ id: makeId(4), requested_on: 'some day', amount: 'much' }),
    ]
    const { reports } = await idsOf(() => ({ data: rows }))
    expect(reports.map(({ payment }) => [payment.id, payment.status])).toEqual([
      [makeId(1), 'unknown'],
      [makeId(2), 'captured'],
      [makeId(4), 'unknown'],
    ])
  })

  it('keeps the reference of a row it cannot read, where that is one', async () => {
    const references = ['order-1001', '', 7, null]
    const data = references.map((reference, index) =>
      makePayment({ id: makeId(index), requested_on: from.toISOString(), amount: 'much', reference }),
    )
    const { reports } = await idsOf(() => ({ data }))
    const read = reports.map(
      ({ payment }) => payment.reference ?? ('reference' in payment ? 'there' : 'absent'),
    )
    expect(read).toEqual(['order-1001', 'absent', 'absent', 'absent'])
  })

  it('of an empty period sends no request', async () => {
    const { ids, requests } = await idsOf(search(makeRows(3)), { from, to: from })
    expect([ids, requests]).toEqual([[], []])
  })

  it('of an account without search is rejected, and says why', async () => {
    const missing = () => new Response(null, { status: 404 })
    await expect(idsOf(missing)).rejects.toMatchObject({
      code: 'rejected',
      httpStatus: 404,
      message: expect.stringContaining('no search'),
    })
  })

  it('stops asking when its reader stops reading', async () => {
    const { checkout, requests } = connect(search(makeRows(3500)))
    for await (const _ of checkout.list({ from, to })) break
    const before = requests.length
    await new Promise((resolve) => setTimeout(resolve, 10))
    expect(requests).toHaveLength(before)
  })

  it('of an account whose next pages cannot be requested is complete by halves', async () => {
    const rows = makeRows(2500)
    const { ids, requests } = await idsOf((sent) => {
      if (sent.method === 'GET') return new Response(null, { status: 405 })
      const { data } = search(rows)(sent)
      return data.length < 1000
        ? { data }
        : { data, _links: { next: { href: '/payments/search/x?token=1' } } }
    })
    expect(ids.toSorted()).toEqual(rows.map(({ id }) => id).toSorted())
    expect(requests.length).toBeLessThan(20)
  })

  it.each([
    ['links to itself', '/payments/search/x?token=1'],
    ['links to another host', 'https://elsewhere.example/payments/search/x?token=1'],
  ])('that %s is incomplete, and sends nothing elsewhere', async (_, href) => {
    const rows = makeRows(20)
    const { checkout, requests } = connect(() => ({ data: rows, _links: { next: { href } } }))
    const ids: string[] = []
    const read = async () => {
      for await (const { payment } of checkout.list({ from, to })) ids.push(payment.id)
    }
    await expect(read()).rejects.toMatchObject({ code: 'invalid_payload' })
    expect(ids.toSorted()).toEqual(rows.map(({ id }) => id).toSorted())
    expect(requests.map(({ method, url }) => `${method} ${url.host}${url.pathname}`)).toEqual([
      'POST api.sandbox.checkout.com/payments/search',
      'GET api.sandbox.checkout.com/payments/search/x',
    ])
  })

  it.each(['/payments/pay_x/refunds', '/payments/search/../pay_x', '//elsewhere.example/x', 'mailto:x'])(
    'never follows a link to %s',
    async (href) => {
      const { requests } = await idsOf(() => ({ data: makeRows(1), _links: { next: { href } } }))
      expect(requests.filter(({ method }) => method === 'GET')).toEqual([])
    },
  )

  it('of endless pages ends by an error', async () => {
    let invented = 0
    const answer = () => {
      const row = makePayment({ id: makeId(++invented), requested_on: from.toISOString() })
      return { data: [row], _links: { next: { href: `/payments/search/x?token=${invented}` } } }
    }
    await expect(idsOf(answer)).rejects.toMatchObject({ code: 'invalid_payload' })
  })
})

describe('a row of a list that leaves out whether it was approved', () => {
  const row = (status: string, changes: object = {}) =>
    makePayment({ id: makeId(1), requested_on: from.toISOString(), status, approved: undefined, ...changes })

  /** Reads the row with this answer to its lookup, and counts the requests. */
  async function readRow(answer: unknown, listed: object) {
    const { reports, requests } = await idsOf(({ url }) =>
      url.pathname === '/payments/search' ? { data: [listed] } : answer,
    )
    const [report] = reports
    return { status: report?.payment.status, source: report?.source, requests: requests.length, report }
  }

  it.each([
    'captured',
    'partially captured',
    'refunded',
    'authorized',
    'voided',
    'card verified',
    'declined',
  ])('is looked up when it says %s', async (status) => {
    const answer = row('Captured', { approved: true })
    expect(await readRow(answer, row(status))).toMatchObject({
      status: 'captured',
      source: 'list',
      requests: 2,
    })
  })

  it('is looked up though its balances contradict its word, as in a recorded one', async () => {
    const balances = { total_authorized: 200, total_captured: 150, total_refunded: 50 }
    const answer = row('Partially Refunded', { approved: true, balances })
    expect(await readRow(answer, row('captured', { balances }))).toMatchObject({
      status: 'partially_refunded',
    })
  })

  it.each([
    ['pending', 'processing'],
    ['canceled', 'canceled'],
    ['expired', 'expired'],
    ['paid', 'unknown'],
    ['teleported', 'unknown'],
  ])('is not looked up when it says %s', async (status, wanted) => {
    expect(await readRow(null, row(status))).toMatchObject({ status: wanted, requests: 1 })
  })

  it('is not looked up when it is a payout', async () => {
    const payout = row('captured', { destination: { type: 'card' }, source: undefined })
    expect(await readRow(null, payout)).toMatchObject({ status: 'unknown', requests: 1 })
  })

  it('is dated by its lookup, and states what the lookup states', async () => {
    const answer = row('Captured', { approved: true, actions: [{ id: 'act_1', type: 'Capture' }] })
    const { report } = await readRow(answer, row('captured'))
    expect(report?.payment.operations).toHaveLength(1)
    expect(report).not.toHaveProperty('occurredAt')
  })

  it.each([
    ['is not found', new Response(null, { status: 404 })],
    ['is another payment', row('Captured', { id: makeId(2), approved: true })],
    ['makes no sense', { id: makeId(1) }],
  ])('stays unknown where its lookup %s, and spoils no page', async (_, answer) => {
    expect(await readRow(answer, row('captured'))).toMatchObject({ status: 'unknown', requests: 2 })
  })

  it.each([401, 429, 503])(
    'ends the list where its lookup answers %i: it would not be complete',
    async (status) => {
      await expect(readRow(new Response(null, { status }), row('captured'))).rejects.toMatchObject({
        httpStatus: status,
      })
    },
  )

  it('is looked up by its reference too', async () => {
    const { checkout } = connect(({ url }) =>
      url.pathname === '/payments' ? { data: [row('captured')] } : row('Captured', { approved: true }),
    )
    const [report] = await checkout.lookupByReference('order-1001')
    expect(report).toMatchObject({ source: 'lookup', payment: { status: 'captured' } })
  })
})
