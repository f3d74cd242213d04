import { describe, expect, it } from 'vitest'
import { answering, makeCharge, makeIntent, secretKey, withCode } from './helpers.ts'

describe('lookup', () => {
  it('requests the intent with its charge and review, in the pinned version', async () => {
    const { stripe, requests } = answering(() =>
      makeIntent({ latest_charge: makeCharge({ amount_refunded: 2500 }) }),
    )
    const before = new Date().toISOString()
    const report = await stripe.lookup('pi_madeHere')
    expect(report).toMatchObject({
      evidence: 'report',
      source: 'lookup',
      payment: { status: 'refunded', refunded: 2500 },
    })
    expect(report).not.toHaveProperty('occurredAt')
    expect(report.observedAt >= before).toBe(true)
    const [request] = requests
    const { origin, pathname, searchParams } = new URL(request?.url ?? '')
    expect(origin + pathname).toBe('https://api.stripe.com/v1/payment_intents/pi_madeHere')
    expect([...searchParams]).toEqual([
      ['expand[]', 'latest_charge'],
      ['expand[]', 'latest_charge.refunds'],
      ['expand[]', 'review'],
    ])
    expect(requests.map(({ url }) => new URL(url).pathname).slice(1)).toEqual(['/v1/charges'])
    expect(Object.fromEntries(request?.headers ?? [])).toMatchObject({
      authorization: `Bearer ${secretKey}`,
      'stripe-version': '2026-07-29.dahlia',
    })
  })

  it.each([
    '',
    'pi_',
    'ch_',
    'PI_1',
    'pi_1/../x',
    'pi_1?x',
    'pi_1\n',
    ' pi_1',
    'pi_1_secret_2',
    7,
    null,
    undefined,
  ])('refuses %j before a request', async (id) => {
    const { stripe, requests } = answering(() => makeIntent())
    await expect(stripe.lookup(id as string)).rejects.toMatchObject(withCode('invalid_input'))
    expect(requests).toHaveLength(0)
  })

  it.each([
    makeIntent({ id: 'pi_another' }),
    makeIntent({ currency: 'zzz' }),
    makeIntent({ amount: -1 }),
    { object: 'list', data: [] },
    [],
    null,
  ])('refuses the answer %o', async (body) => {
    const { stripe } = answering(() => Response.json(body))
    await expect(stripe.lookup('pi_madeHere')).rejects.toMatchObject(withCode('invalid_payload'))
  })

  it('is what find does with an id', async () => {
    const { stripe } = answering(() => makeIntent())
    expect(await stripe.find({ id: 'pi_madeHere' })).toMatchObject([{ payment: { id: 'pi_madeHere' } }])
  })

  it('keeps the whole object where keepRaw is set, and uses the configured clock', async () => {
    const intent = makeIntent({ receipt_email: 'shopper@made-here.example' })
    const clock = () => Date.parse('2026-03-02T12:00:00Z')
    const kept = answering(() => intent, { keepRaw: true, clock })
    expect(await kept.stripe.lookup('pi_madeHere')).toMatchObject({
      raw: intent,
      observedAt: '2026-03-02T12:00:00.000Z',
    })
    expect(await kept.stripe.readResponse(intent)).toMatchObject({
      raw: intent,
      observedAt: '2026-03-02T12:00:00.000Z',
    })
    const { stripe } = answering(() => intent)
    expect(await stripe.lookup('pi_madeHere')).not.toHaveProperty('raw')
  })
})

describe('a lookup of a disputed payment', () => {
  const disputed = makeIntent({ latest_charge: makeCharge({ disputed: true }) })
  const dispute = (id: string, status: string) => ({
    id,
    status,
    reason: 'fraudulent',
    amount: 2500,
    currency: 'eur',
  })
  const answeredWith = (disputes: () => unknown) =>
    answering((url) => (url.pathname === '/v1/disputes' ? disputes() : disputed))

  it.each([
    [[dispute('du_1', 'won')], { id: 'du_1', status: 'won' }],
    [[dispute('du_2', 'won'), dispute('du_1', 'lost')], { id: 'du_1', status: 'lost' }],
    [[dispute('du_2', 'warning_closed'), dispute('du_1', 'won')], { id: 'du_2', status: 'closed' }],
    [[dispute('du_2', 'needs_response'), dispute('du_1', 'lost')], { id: 'du_2', status: 'needs_response' }],
    [[], { status: 'unknown' }],
  ])('requests the dispute', async (data, dispute) => {
    const { stripe, requests } = answeredWith(() => ({ data }))
    expect((await stripe.lookup('pi_madeHere')).payment).toMatchObject({ status: 'captured', dispute })
    expect(new URL(requests[1]?.url ?? '').searchParams.get('payment_intent')).toBe('pi_madeHere')
  })

  it('states an unknown dispute where the key may not read it, or the answer is unreadable', async () => {
    const unreadable = { data: [{ id: 'du_2' }, dispute('du_1', 'won')] }
    for (const answer of [() => new Response('{}', { status: 403 }), () => ({}), () => unreadable]) {
      const { payment } = await answeredWith(answer).stripe.lookup('pi_madeHere')
      expect(payment).toMatchObject({ status: 'captured', dispute: { status: 'unknown' } })
    }
  })

  it('throws a fault that passes', async () => {
    const { stripe } = answeredWith(() => new Response(null, { status: 503 }))
    await expect(stripe.lookup('pi_madeHere')).rejects.toMatchObject(withCode('unavailable'))
  })
})
