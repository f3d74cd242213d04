import { describe, expect, it } from 'vitest'
import { answering, makeCharge, makeIntent, secretKey, withCode } from './helpers.ts'

describe('lookup', () => {
  it('asks for the intent with its charge, in the pinned version', async () => {
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
    expect(request?.url).toBe(
      'https://api.stripe.com/v1/payment_intents/pi_madeHere?expand%5B%5D=latest_charge',
    )
    expect(Object.fromEntries(request?.headers ?? [])).toMatchObject({
      authorization: `Bearer ${secretKey}`,
      'stripe-version': '2026-07-29.dahlia',
    })
  })

  it.each([
    '',
    'pi_',
    'ch_1',
    'PI_1',
    'pi_1/../x',
    'pi_1?x',
    'pi_1\n',
    ' pi_1',
    'pi_1_secret_2',
    7,
    null,
    undefined,
  ])('refuses %j before it asks', async (id) => {
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
})
