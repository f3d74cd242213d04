import { describe, expect, it } from 'vitest'
import { stripeExplanation } from '../src/explain.ts'
import { createStripe } from '../src/index.ts'
import { answering, makeCharge, makeIntent, withCode } from './helpers.ts'

const objects = [
  [
    'cs_test_1',
    '/v1/checkout/sessions/cs_test_1',
    { object: 'checkout.session', client_reference_id: 'A-1' },
  ],
  ['ch_1', '/v1/charges/ch_1', { object: 'charge' }],
  ['py_1', '/v1/charges/py_1', { object: 'charge' }],
  ['re_1', '/v1/refunds/re_1', { object: 'refund' }],
  ['pyr_1', '/v1/refunds/pyr_1', { object: 'refund' }],
  ['du_1', '/v1/disputes/du_1', { object: 'dispute' }],
  ['dp_1', '/v1/disputes/dp_1', { object: 'dispute' }],
  ['prv_1', '/v1/reviews/prv_1', { object: 'review' }],
  ['issfr_1', '/v1/radar/early_fraud_warnings/issfr_1', { object: 'radar.early_fraud_warning' }],
] as const

describe('a lookup by the id of an object that names its PaymentIntent', () => {
  it.each(objects)('%s answers with the PaymentIntent', async (id, path, object) => {
    for (const payment_intent of ['pi_madeHere', { id: 'pi_madeHere', object: 'payment_intent' }]) {
      const { stripe, requests } = answering((url) =>
        url.pathname === path ? { id, ...object, payment_intent } : makeIntent(),
      )
      const report = await stripe.lookup(id)
      expect(report).toMatchObject({ source: 'lookup', payment: { id: 'pi_madeHere', status: 'captured' } })
      // The shopper can write a session's client_reference_id, so it is not the reference.
      expect(report.payment.reference).toBe('order-1')
      expect(new URL(requests[0]?.url ?? '').pathname).toBe(path)
    }
  })

  it.each(objects)('%s is not found where it names none', async (id, path, object) => {
    for (const payment_intent of [null, undefined]) {
      const { stripe, requests } = answering(() => ({ id, ...object, payment_intent }))
      await expect(stripe.find({ id })).rejects.toMatchObject(withCode('not_found'))
      expect(requests.map(({ url }) => new URL(url).pathname)).toEqual([path])
    }
  })

  it.each([7, 'ch_2', {}, 'pi_1_secret_2'])('is refused where it names %j', async (payment_intent) => {
    const { stripe } = answering(() => ({ id: 'cs_test_1', payment_intent }))
    await expect(stripe.lookup('cs_test_1')).rejects.toMatchObject(withCode('invalid_payload'))
  })

  it('keeps an early fraud warning, which the PaymentIntent does not state', async () => {
    const warning = { id: 'issfr_1', fraud_type: 'made_with_stolen_card', payment_intent: 'pi_madeHere' }
    const answer = (facts: object) => (url: URL) => {
      if (url.pathname.includes('radar')) return warning
      if (url.pathname === '/v1/disputes') return { data: [{ id: 'du_1', status: 'needs_response' }] }
      return makeIntent({ latest_charge: makeCharge(facts) })
    }
    expect((await answering(answer({})).stripe.lookup('issfr_1')).payment.dispute).toEqual({
      id: 'issfr_1',
      status: 'early_warning',
      reason: 'made_with_stolen_card',
    })
    const disputed = await answering(answer({ disputed: true })).stripe.lookup('issfr_1')
    expect(disputed.payment.dispute).toMatchObject({ id: 'du_1', status: 'needs_response' })
  })
})

describe('an id of another kind', () => {
  it.each([
    ['seti_1', 'this is the id of a SetupIntent, which does not name one payment'],
    ['cus_1', 'this is the id of a Customer, which does not name one payment'],
    ['in_1', 'this is the id of an Invoice, which does not name one payment'],
    ['pm_1', 'this is the id of a PaymentMethod, which does not name one payment'],
    ['sub_1', 'this is the id of a Subscription, which does not name one payment'],
    ['evt_1', 'this is the id of an Event, which does not name one payment'],
    ['pi_1_secret_2', 'this is a client secret. The id is the part before _secret_'],
    ['cs_test_1_secret_2', 'this is a client secret. The id is the part before _secret_'],
    ['order-1', 'this is not a Stripe payment id'],
    ['constructor_1', 'this is not a Stripe payment id'],
    ['cs_test_1/../x', 'this is not a Stripe payment id'],
    ['', 'id must be a text that is not empty'],
    [7, 'id must be a text that is not empty'],
  ])('%j is named and refused before a request', async (id, why) => {
    const { stripe, requests } = answering(() => makeIntent())
    await expect(stripe.lookup(id as string)).rejects.toMatchObject({
      code: 'invalid_input',
      message: `[stripe] ${why}. Look a payment up by the id of its PaymentIntent (pi_…), Checkout Session (cs_…) or charge (ch_…)`,
    })
    expect(requests).toHaveLength(0)
  })
})

describe('the return URL of Checkout', () => {
  const read = (query: string) => createStripe().readReturn(`https://shop.example/success?${query}`)

  it('leads to the PaymentIntent by its session', async () => {
    const hint = read('session_id=cs_test_a1B2')
    expect(hint).toEqual({
      evidence: 'hint',
      provider: 'stripe',
      source: 'return_url',
      key: { id: 'cs_test_a1B2' },
    })
    const { stripe } = answering((url) =>
      url.pathname.includes('sessions') ? { payment_intent: 'pi_madeHere' } : makeIntent(),
    )
    const [report] = await stripe.find(hint.key ?? { id: '' })
    expect(report?.payment.id).toBe('pi_madeHere')
  })

  it("is recognized as Stripe's by explain, and a session of another system is not", () => {
    expect(stripeExplanation.ownsQuery(new URLSearchParams('session_id=cs_test_1'))).toBe(true)
    expect(stripeExplanation.ownsQuery(new URLSearchParams('session_id=5f3a'))).toBe(false)
  })

  it('prefers a PaymentIntent', () => {
    expect(read('session_id=cs_test_1&payment_intent=pi_1').key).toEqual({ id: 'pi_1' })
  })

  it.each(['session_id=', 'session_id={CHECKOUT_SESSION_ID}', 'session_id=5f3a', 'other=cs_test_1'])(
    "has no key in %s: the parameter may be the shop's own",
    (query) => {
      expect(read(query)).not.toHaveProperty('key')
    },
  )

  it.each([
    'session_id=cs_',
    'session_id=cs_1_secret_2',
    'session_id=cs_1&session_id=cs_2',
    'session_id=cs_1%2F..',
  ])('is refused with %s', (query) => {
    expect(() => read(query)).toThrow(expect.objectContaining(withCode('invalid_input')))
  })
})
