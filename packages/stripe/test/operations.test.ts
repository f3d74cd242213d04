import { describe, expect, it } from 'vitest'
import { answering, collect, makeCharge, makeIntent, withCode } from './helpers.ts'

const created = 1_772_446_530
const latest = makeCharge({ id: 'ch_2', amount: 2500, created: created + 60 })
const failed = makeCharge({ id: 'ch_1', amount: 2500, amount_captured: 0, status: 'failed', created })
const refund = (serial: number, facts = {}) => ({
  id: `re_${serial}`,
  amount: 100,
  status: 'succeeded',
  created: created + 90 + serial,
  ...facts,
})
const paths = (requests: readonly Request[]) => requests.map(({ url }) => new URL(url).pathname)

describe('the operations of a lookup', () => {
  const { stripe, requests } = answering((url) => {
    if (url.pathname === '/v1/charges') return { data: [latest, failed] }
    if (url.pathname === '/v1/refunds') return { data: [refund(1, { status: 'failed' })] }
    return makeIntent({ latest_charge: latest })
  })

  it('are all charges of the intent, failed ones too', async () => {
    requests.length = 0
    const { payment } = await stripe.lookup('pi_madeHere')
    expect(payment.operations).toEqual([
      { id: 'ch_1', kind: 'payment', status: 'failed', amount: 2500, at: '2026-03-02T10:15:30.000Z' },
      { id: 'ch_2', kind: 'payment', status: 'succeeded', amount: 2500, at: '2026-03-02T10:16:30.000Z' },
    ])
    expect(paths(requests)).toEqual(['/v1/payment_intents/pi_madeHere', '/v1/charges'])
    expect(new URL(requests[1]?.url ?? '').searchParams.get('payment_intent')).toBe('pi_madeHere')
  })

  it.each([[undefined], [[]], [[{ id: 'ch_2' }]], [[{ id: 'evt_1' }, { id: 'not an id' }]]])(
    'need no list of refunds where %j is recorded',
    async (operations) => {
      requests.length = 0
      await stripe.lookup('pi_madeHere', { operations })
      expect(paths(requests)).not.toContain('/v1/refunds')
    },
  )

  it('hold a recorded refund that the latest charge is not expanded with', async () => {
    const [report] = await stripe.find({ id: 'pi_madeHere', operations: [{ id: 're_1' }] })
    expect(report?.payment.operations).toMatchObject([
      { id: 'ch_1' },
      { id: 'ch_2' },
      { id: 're_1', kind: 'refund', status: 'failed', amount: 100 },
    ])
  })

  it('are not requested for an intent without a charge', async () => {
    const open = makeIntent({ status: 'requires_payment_method', amount_received: 0, latest_charge: null })
    const { stripe, requests: sent } = answering(() => open)
    expect((await stripe.lookup('pi_madeHere')).payment).not.toHaveProperty('operations')
    expect(sent).toHaveLength(1)
  })

  it.each([
    ['may not be read', () => new Response('{}', { status: 403 })],
    ['are not as documented', () => ({ object: 'charge' })],
  ])('are those of the latest charge where the charges %s', async (_, charges) => {
    const { stripe } = answering((url) =>
      url.pathname === '/v1/charges' ? charges() : makeIntent({ latest_charge: latest }),
    )
    expect((await stripe.lookup('pi_madeHere')).payment.operations).toMatchObject([{ id: 'ch_2' }])
  })

  it('leave out the charges of another intent', async () => {
    const theirs = makeCharge({ id: 'ch_3', payment_intent: 'pi_another' })
    const { stripe } = answering((url) =>
      url.pathname === '/v1/charges' ? { data: [theirs, latest] } : makeIntent({ latest_charge: latest }),
    )
    expect((await stripe.lookup('pi_madeHere')).payment.operations).toMatchObject([{ id: 'ch_2' }])
  })

  it('state the refunds of a latest charge that was not expanded', async () => {
    const returned = makeCharge({ id: 'ch_2', amount_refunded: 2500 })
    const { stripe } = answering((url) =>
      url.pathname === '/v1/charges' ? { data: [returned] } : makeIntent({ latest_charge: 'ch_2' }),
    )
    expect((await stripe.lookup('pi_madeHere')).payment).toMatchObject({ status: 'refunded', refunded: 2500 })
  })

  it('throw a fault that passes', async () => {
    const { stripe } = answering((url) =>
      url.pathname === '/v1/charges' ? new Response(null, { status: 503 }) : makeIntent(),
    )
    await expect(stripe.lookup('pi_madeHere')).rejects.toMatchObject(withCode('unavailable'))
  })

  it('have an unreadable charge as unknown', async () => {
    const { stripe } = answering((url) =>
      url.pathname === '/v1/charges'
        ? { data: [{ id: 'ch_1', amount: '2500' }] }
        : makeIntent({ latest_charge: latest }),
    )
    expect((await stripe.lookup('pi_madeHere')).payment.operations).toMatchObject([
      { id: 'ch_1', status: 'unknown' },
      { id: 'ch_2' },
    ])
  })
})

describe('refunds beyond ten', () => {
  const refunds = Array.from({ length: 12 }, (_, index) => refund(index))
  const expanded = { data: refunds.slice(2), has_more: true }
  const intent = makeIntent({
    latest_charge: makeCharge({ amount_refunded: 1200, refunds: expanded }),
  })
  const answer = (url: URL): unknown => {
    if (url.pathname === '/v1/refunds') {
      const after = refunds.findIndex(({ id }) => id === url.searchParams.get('starting_after')) + 1
      return { data: refunds.slice(after, after + 6), has_more: after + 6 < refunds.length }
    }
    if (url.pathname === '/v1/charges') return { data: [] }
    if (url.pathname === '/v1/disputes') return { data: [] }
    return url.pathname === '/v1/payment_intents' ? { data: [intent] } : intent
  }

  it('are read page by page', async () => {
    const { stripe, requests } = answering(answer)
    const { payment } = await stripe.lookup('pi_madeHere')
    expect(payment.operations?.filter(({ kind }) => kind === 'refund')).toHaveLength(12)
    expect(paths(requests).filter((path) => path === '/v1/refunds')).toHaveLength(2)
  })

  it('are read for a row of a list, too', async () => {
    const { stripe } = answering(answer)
    const range = { from: new Date(created * 1000), to: new Date((created + 1) * 1000) }
    const [report] = await collect(stripe.list(range))
    expect(report?.payment.operations?.filter(({ kind }) => kind === 'refund')).toHaveLength(12)
  })
})
