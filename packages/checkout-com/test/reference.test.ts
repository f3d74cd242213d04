import { describe, expect, it } from 'vitest'
import { connect, makeId, makePayment, type SentRequest } from './make.ts'

const reference = 'order-1001'

/** Payments of one reference, each a minute after the one before. */
function makeRows(count: number): Record<string, unknown>[] {
  return Array.from({ length: count }, (_, index) =>
    makePayment({ id: makeId(index), requested_on: new Date(Date.UTC(2026, 0, 1, 0, index)).toISOString() }),
  )
}

/** An API that holds these rows, and whose counts say what they like. */
function answerFrom(rows: readonly unknown[], lies: object = {}) {
  return ({ url }: SentRequest) => {
    const skip = Number(url.searchParams.get('skip'))
    const limit = Number(url.searchParams.get('limit'))
    return { total_count: rows.length, skip, limit, data: rows.slice(skip, skip + limit), ...lies }
  }
}

const idsOf = (reports: readonly { readonly payment: { readonly id: string } }[]) =>
  reports.map(({ payment }) => payment.id)

const newestFirst = (count: number) => Array.from({ length: count }, (_, index) => makeId(count - 1 - index))

describe('a lookup by reference', () => {
  it.each([
    [0, 1],
    [1, 1],
    [99, 1],
    [100, 2],
    [101, 2],
    [250, 3],
  ])('of %i payments reads all pages, %i of them, newest first', async (count, pages) => {
    const { checkout, requests } = connect(answerFrom(makeRows(count)))
    expect(idsOf(await checkout.lookupByReference(reference))).toEqual(newestFirst(count))
    expect(requests).toHaveLength(pages)
    for (const { url } of requests) expect(url.searchParams.get('reference')).toBe(reference)
  })

  it.each([
    ['too high', { total_count: 9999 }],
    ['too high for ever', { total_count: Number.MAX_SAFE_INTEGER }],
    ['too low', { total_count: 1 }],
    ['zero', { total_count: 0 }],
    ['below zero', { total_count: -1 }],
    ['absent', { total_count: undefined }],
    ['null, and so are the others', { total_count: null, skip: null, limit: null }],
  ])('is not misled by a total_count that is %s', async (_, lies) => {
    const { checkout, requests } = connect(answerFrom(makeRows(150), lies))
    expect(idsOf(await checkout.lookupByReference(reference))).toEqual(newestFirst(150))
    expect(requests.length).toBeLessThan(5)
  })

  it('reads on where the pages are shorter than requested', async () => {
    const rows = makeRows(25)
    const { checkout } = connect(({ url }) => {
      const skip = Number(url.searchParams.get('skip'))
      return { total_count: 10, skip, limit: 10, data: rows.slice(skip, skip + 10) }
    })
    expect(idsOf(await checkout.lookupByReference(reference))).toEqual(newestFirst(25))
  })

  it('is incomplete where every page is the first one again', async () => {
    const { checkout, requests } = connect(() => ({ total_count: 9999, data: makeRows(100) }))
    await expect(checkout.lookupByReference(reference)).rejects.toMatchObject({ code: 'invalid_payload' })
    expect(requests).toHaveLength(2)
  })

  it('ends, by an error, where new payments are invented for ever', async () => {
    let invented = 0
    const { checkout } = connect(() => ({
      total_count: 9999,
      data: [makePayment({ id: makeId(++invented) })],
    }))
    await expect(checkout.lookupByReference(reference)).rejects.toMatchObject({ code: 'invalid_payload' })
  })

  it('holds a payment once that two pages hold', async () => {
    const rows = makeRows(150)
    const shifted = [...rows.slice(0, 100), ...rows.slice(99)]
    const { checkout } = connect(answerFrom(shifted))
    expect(idsOf(await checkout.lookupByReference(reference))).toEqual(newestFirst(150))
  })

  it('takes the newer row of a payment that changed while the pages were read', async () => {
    const rows = makeRows(100)
    const pending = { ...rows[99], status: 'Pending', approved: undefined }
    const { checkout } = connect(({ url }) => ({
      total_count: 101,
      data: url.searchParams.get('skip') === '0' ? [...rows.slice(0, 99), pending] : [rows[99]],
    }))
    const [newest] = await checkout.lookupByReference(reference)
    expect(newest?.payment).toMatchObject({ id: makeId(99), status: 'captured' })
  })

  it('sorts by the payments’ own time, and those without one last', async () => {
    const rows = [
      makePayment({ id: makeId(1), requested_on: '2026-01-01T00:00:00.5Z' }),
      makePayment({ id: makeId(2), requested_on: undefined }),
      makePayment({ id: makeId(3), requested_on: '2026-01-01T01:00:00+01:00' }),
      makePayment({ id: makeId(4), requested_on: '2026-01-02T00:00:00' }),
    ]
    const { checkout } = connect(answerFrom(rows))
    expect(idsOf(await checkout.lookupByReference(reference))).toEqual([4, 1, 3, 2].map(makeId))
  })

  it('keeps exact matches only', async () => {
    const others = ['order-10011', 'ORDER-1001', ' order-1001', 'order-1001 ', '', null, undefined]
    const rows = others.map((other, index) => makePayment({ id: makeId(index), reference: other }))
    const { checkout } = connect(answerFrom([...rows, makePayment({ id: makeId(99) })]))
    expect(idsOf(await checkout.lookupByReference(reference))).toEqual([makeId(99)])
  })

  it('without payments is an empty list, whether the answer is 404 or empty', async () => {
    const missing = connect(() => new Response(null, { status: 404 }))
    expect(await missing.checkout.lookupByReference(reference)).toEqual([])
    const empty = connect(() => ({ total_count: 0, data: [] }))
    expect(await empty.checkout.lookupByReference(reference)).toEqual([])
  })

  it('is incomplete where a later page answers 404', async () => {
    const { checkout } = connect(({ url }) =>
      url.searchParams.get('skip') === '0'
        ? { total_count: 2, data: [makePayment({ id: makeId(1) })] }
        : new Response(null, { status: 404 }),
    )
    await expect(checkout.lookupByReference(reference)).rejects.toMatchObject({ code: 'unavailable' })
  })

  it('reads a row it cannot read as unknown, and the others as they are', async () => {
    const rows = [
      makePayment({ id: makeId(1) }),
      makePayment({ id: makeId(2), amount: 'much', requested_on: '2026-03-05T00:00:00Z' }),
      makePayment({ id: makeId(3), status: 'Teleported', requested_on: '2026-03-01T00:00:00Z' }),
      makePayment({ id: makeId(4), status: ['Captured'], requested_on: '2026-02-01T00:00:00Z' }),
      makePayment({ id: makeId(5), currency: 'EURO', requested_on: 'yesterday' }),
    ]
    const { checkout } = connect(answerFrom(rows))
    const reports = await checkout.lookupByReference(reference)
    const read = reports.map(({ payment: { id, status } }) => [id, status])
    expect(read).toEqual([
      [makeId(2), 'unknown'],
      [makeId(1), 'captured'],
      [makeId(3), 'unknown'],
      [makeId(4), 'unknown'],
      [makeId(5), 'unknown'],
    ])
    expect(reports[0]?.payment.facts).toEqual({ status: 'Captured' })
    expect(reports[3]?.payment.facts).toEqual({ status: null })
  })

  it('refuses a page with a row that has no name, rather than lose it', async () => {
    for (const row of [null, 'text', {}, { id: 'src_x' }, { ...makePayment(), id: 7 }]) {
      const { checkout } = connect(answerFrom([makePayment(), row]))
      await expect(checkout.lookupByReference(reference)).rejects.toMatchObject({ code: 'invalid_payload' })
    }
  })

  it.each([
    ['a bare list', []],
    ['no data', { total_count: 0 }],
    ['data that is not a list', { data: {} }],
  ])('that is answered with %s is invalid_payload', async (_, answer) => {
    const { checkout } = connect(() => answer)
    await expect(checkout.lookupByReference(reference)).rejects.toMatchObject({ code: 'invalid_payload' })
  })

  it('asks for a reference as it is written', async () => {
    const strange = 'a&limit=1&reference=b/../?#é+ %20'
    const { checkout, requests } = connect(() => ({ data: [makePayment({ reference: strange })] }))
    expect(await checkout.lookupByReference(strange)).toHaveLength(1)
    expect(requests[0]?.url.pathname).toBe('/payments')
    expect(requests[0]?.url.searchParams.getAll('reference')).toEqual([strange])
    expect(requests[0]?.url.searchParams.getAll('limit')).toEqual(['100'])
  })

  it('fails as a whole where a page fails', async () => {
    const rows = makeRows(150)
    const { checkout } = connect((requests) =>
      requests.url.searchParams.get('skip') === '0'
        ? answerFrom(rows)(requests)
        : new Response(null, { status: 500 }),
    )
    await expect(checkout.lookupByReference(reference)).rejects.toMatchObject({ code: 'unavailable' })
  })
})

describe('a row that cannot be read', () => {
  const id = makeId(7)

  it.each([
    ['nothing but its id', { id }],
    ['no status', { id, status: null }],
    ['a reference that is a number', { id, status: 'Captured', approved: true, reference: 12345 }],
  ])('with %s was still an answer to the sent', async (_, row) => {
    const { checkout } = connect(answerFrom([row]))
    const reports = await checkout.lookupByReference('12345')
    expect(reports.map(({ payment }) => [payment.id, payment.status])).toEqual([[id, 'unknown']])
  })

  it('is left out where it states another reference', async () => {
    const { checkout } = connect(answerFrom([{ id, status: null, reference: 'another' }]))
    expect(await checkout.lookupByReference('12345')).toEqual([])
  })
})

describe('a server that returns ten rows a page, whatever is requested', () => {
  it.each([
    ['too low', { total_count: 5, limit: 100 }],
    ['zero', { total_count: 0, limit: undefined }],
    ['text', { total_count: '25' }],
  ])('is read to its end though its count is %s', async (what, lies) => {
    const rows = makeRows(25)
    const { checkout } = connect(({ url }: SentRequest) => {
      const skip = Number(url.searchParams.get('skip'))
      return { skip, data: rows.slice(skip, skip + 10), ...(what === 'text' ? { limit: 10 } : {}), ...lies }
    })
    expect(idsOf(await checkout.lookupByReference(reference))).toEqual(newestFirst(25))
  })
})

describe('two rows of one payment', () => {
  it.each([
    ['states no reference', {}],
    ['states another reference', { reference: 'another' }],
  ])('of which the later one %s: the other still is the answer', async (_, changes) => {
    const [good] = makeRows(1)
    const { reference: __, ...silent } = good as { reference: string }
    const { checkout } = connect(answerFrom([good, { ...silent, ...changes }]))
    expect(idsOf(await checkout.lookupByReference(reference))).toEqual([makeId(0)])
  })
})
