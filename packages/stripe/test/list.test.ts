import { describe, expect, it } from 'vitest'
import { answering, collect, makeCharge, makeIntent, withCode } from './helpers.ts'

const created = 1_772_446_530
const at = (seconds: number) => new Date((created + seconds) * 1000)

describe('list', () => {
  const row = (id: string, seconds: number, facts = {}) =>
    makeIntent({ id, created: created + seconds, ...facts })

  it('walks the cursors, in whole seconds, and leaves out what is not in range', async () => {
    const rows = [5, 4, 3, 2, 1, 0].map((seconds) => row(`pi_${seconds}`, seconds))
    const { stripe, requests } = answering((url) => {
      const start = rows.findIndex(({ id }) => id === url.searchParams.get('starting_after')) + 1
      return { data: rows.slice(start, start + 2), has_more: start + 2 < rows.length }
    })
    const reports = await collect(
      stripe.list({ from: new Date(at(1).getTime() - 500), to: new Date(at(4).getTime() + 500) }),
    )
    expect(reports.map(({ payment }) => payment.id)).toEqual(['pi_4', 'pi_3', 'pi_2', 'pi_1'])
    expect(reports[0]).toMatchObject({ source: 'list' })
    expect(reports[0]).not.toHaveProperty('occurredAt')
    const sent = requests.map(({ url }) => new URL(url))
    const queries = sent
      .filter(({ pathname }) => pathname === '/v1/payment_intents')
      .map(({ searchParams }) => Object.fromEntries(searchParams))
    expect(queries).toEqual(
      [undefined, 'pi_4', 'pi_2'].map((after) => ({
        'created[gte]': `${created}`,
        'created[lt]': `${created + 5}`,
        limit: '100',
        'expand[]': 'data.review',
        ...(after ? { starting_after: after } : {}),
      })),
    )
    expect(sent[0]?.searchParams.getAll('expand[]')).toEqual([
      'data.latest_charge',
      'data.latest_charge.refunds',
      'data.review',
    ])
  })

  it('has its bounds at [from, to)', async () => {
    const { stripe } = answering(() => ({ data: [row('pi_0', 0), row('pi_1', 1)], has_more: false }))
    const reports = await collect(stripe.list({ from: at(0), to: at(1) }))
    expect(reports.map(({ payment }) => payment.id)).toEqual(['pi_0'])
  })

  it('reads refunds from the expanded charge, and none where it is an id', async () => {
    const charge = makeCharge({ amount_refunded: 2500 })
    const { stripe } = answering(() => ({
      data: [row('pi_0', 0, { latest_charge: charge }), row('pi_1', 0)],
    }))
    const [expanded, collapsed] = await collect(stripe.list({ from: at(0), to: at(1) }))
    expect(expanded?.payment).toMatchObject({ status: 'refunded', refunded: 2500 })
    expect(collapsed?.payment).not.toHaveProperty('refunded')
  })

  it('does not let one unreadable row spoil the page', async () => {
    const data = [
      row('pi_0', 0),
      row('pi_1', 0, { currency: 'zzz' }),
      row('pi_2', 0, { metadata: 7, status: 7 }),
    ]
    const { stripe } = answering(() => ({ data, has_more: false }))
    const reports = await collect(stripe.list({ from: at(0), to: at(1) }))
    expect(reports.map(({ payment }) => payment)).toMatchObject([
      { id: 'pi_0', status: 'captured' },
      { id: 'pi_1', status: 'unknown', reference: 'order-1', facts: { status: 'succeeded' } },
      { id: 'pi_2', status: 'unknown', facts: { status: null } },
    ])
  })

  it('ends with an empty page, whatever it states of more', async () => {
    const { stripe, requests } = answering(() => ({ data: [], has_more: true }))
    expect(await collect(stripe.list({ from: at(0), to: at(1) }))).toEqual([])
    expect(requests.length).toBeLessThan(7) // twice at most, for payments, refunds and disputes
  })

  it.each([
    { data: [row('pi_0', 0)], has_more: true },
    { data: [row('pi_0', 0), row('pi_0', 0)], has_more: true },
  ])('is incomplete where a page repeats itself and has more: %o', async (page) => {
    const { stripe, requests } = answering(() => page)
    const reports: unknown[] = []
    const read = async () => {
      for await (const report of stripe.list({ from: at(0), to: at(1) })) reports.push(report)
    }
    await expect(read()).rejects.toMatchObject(withCode('invalid_payload'))
    expect(reports).toHaveLength(1)
    expect(requests.length).toBeLessThan(7)
  })

  it('sends no request for an empty range, and refuses what is not a range', async () => {
    const { stripe, requests } = answering(() => ({ data: [] }))
    expect(await collect(stripe.list({ from: at(0), to: at(0) }))).toEqual([])
    const bad = [
      { from: at(1), to: at(0) },
      { from: new Date(Number.NaN), to: at(0) },
      { from: created as never, to: at(0) },
    ]
    for (const range of bad)
      await expect(collect(stripe.list(range))).rejects.toMatchObject(withCode('invalid_input'))
    expect(requests).toHaveLength(0)
  })

  it('reaches back before 1970', async () => {
    const { stripe, requests } = answering(() => ({ data: [] }))
    await collect(stripe.list({ from: new Date(-5000), to: at(0) }))
    expect(new URL(requests[0]?.url ?? '').searchParams.get('created[gte]')).toBe('0')
  })

  it('stops with its signal', async () => {
    const aborted = AbortSignal.abort(new Error('enough'))
    const { stripe, requests } = answering(() => ({ data: [] }))
    await expect(collect(stripe.list({ from: at(0), to: at(1) }, { signal: aborted }))).rejects.toThrow(
      'enough',
    )
    expect(requests).toHaveLength(0)
  })

  describe('of a period in which older payments were touched', () => {
    const old = (id: string, facts = {}) =>
      makeIntent({ id, created: created - 86_400, latest_charge: makeCharge(facts) })
    const touch = (id: string, payment_intent: unknown, seconds = 0) => ({
      id,
      payment_intent,
      created: created + seconds,
    })
    const intents = [
      old('pi_refunded', { amount_refunded: 2500 }),
      old('pi_disputed', { disputed: true }),
      row('pi_new', 0, { latest_charge: makeCharge({ amount_refunded: 500 }) }),
    ]
    const answer = (url: URL): unknown => {
      const [, , kind, id] = url.pathname.split('/')
      if (kind === 'refunds') {
        return {
          data: [
            touch('re_5', null),
            touch('re_4', 'pi_new'),
            touch('re_3', { id: 'pi_refunded', object: 'payment_intent' }),
            touch('re_2', 'pi_refunded'),
            touch('re_1', 'pi_out_of_range', 10),
          ],
        }
      }
      const dispute = { ...touch('du_1', 'pi_disputed'), status: 'lost', amount: 2500, currency: 'eur' }
      if (kind === 'disputes') return { data: [dispute, touch('du_0', 'pi_refunded')] }
      return id ? intents.find((intent) => intent.id === id) : { data: [row('pi_new', 0)] }
    }

    it('lists each of them once and whole', async () => {
      const { stripe, requests } = answering(answer)
      const reports = await collect(stripe.list({ from: at(0), to: at(1) }))
      expect(reports.map(({ source }) => source)).toEqual(['list', 'list', 'list'])
      expect(reports.map(({ payment }) => payment)).toMatchObject([
        { id: 'pi_new', status: 'captured' },
        { id: 'pi_refunded', status: 'refunded', refunded: 2500, createdAt: '2026-03-01T10:15:30.000Z' },
        { id: 'pi_disputed', status: 'captured', dispute: { id: 'du_1', status: 'lost' } },
      ])
      const touched = requests.filter(({ url }) => /refunds|disputes/.test(new URL(url).pathname))
      expect(touched.map(({ url }) => new URL(url).searchParams.get('created[gte]'))).toContain(`${created}`)
    })

    it('throws what broke off, after what was found', async () => {
      const { stripe } = answering((url) =>
        url.pathname === '/v1/disputes' ? new Response('{}', { status: 403 }) : answer(url),
      )
      const found: string[] = []
      const read = async () => {
        for await (const { payment } of stripe.list({ from: at(0), to: at(1) })) found.push(payment.id)
      }
      await expect(read()).rejects.toMatchObject(withCode('unauthorized'))
      expect(found).toEqual(['pi_new', 'pi_refunded'])
    })

    it('skips the lists that a stand-in does not have', async () => {
      const { stripe } = answering((url) =>
        /refunds|disputes/.test(url.pathname) ? new Response('{}', { status: 404 }) : answer(url),
      )
      const reports = await collect(stripe.list({ from: at(0), to: at(1) }))
      expect(reports.map(({ payment }) => payment.id)).toEqual(['pi_new'])
    })
  })
})
