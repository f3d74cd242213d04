import { describe, expect, it } from 'vitest'
import { createStripe, signWebhook, stripeEventTypes } from '../src/index.ts'
import { makeEvent, readEvent, webhookSecrets, withCode } from './helpers.ts'

const thin = (type: string, related_object: unknown, facts = {}) =>
  JSON.stringify({
    id: 'evt_thin',
    object: 'v2.core.event',
    type,
    created: '2026-03-02T10:16:00.123Z',
    livemode: true,
    related_object,
    ...facts,
  })

const ids: ReadonlyArray<readonly [family: string, id: string]> = [
  ['payment_intent', 'pi_1'],
  ['charge.dispute', 'du_1'],
  ['charge.refund', 're_1'],
  ['charge', 'ch_1'],
  ['refund', 're_1'],
  ['review', 'prv_1'],
  ['radar.early_fraud_warning', 'issfr_1'],
  ['checkout.session', 'cs_test_1'],
]
const idOf = (type: string) => ids.find(([family]) => type.startsWith(`${family}.`))?.[1]
const types = stripeEventTypes.filter((type) => idOf(type) !== undefined)

describe('a thin event of an object of API v1', () => {
  it.each([...types, 'payment_intent.invented_tomorrow'])(
    'v1.%s asks for a lookup by its object',
    async (type) => {
      const id = idOf(type)
      const event = await readEvent(thin(`v1.${type}`, { id, type: 'any', url: '/v1/any' }))
      expect(event).toEqual({
        provider: 'stripe',
        id: 'evt_thin',
        type: `v1.${type}`,
        occurredAt: '2026-03-02T10:16:00.123Z',
        reply: { status: 200, body: '', contentType: 'text/plain' },
        kind: 'recheck',
        key: { id },
        why: expect.any(String),
      })
    },
  )

  it('covers every family that a lookup can begin with', () => {
    expect(types).toHaveLength(stripeEventTypes.length - 1) // a cash balance transaction needs its customer
  })

  it.each([null, undefined, {}, { id: 'cus_1' }, { id: 'pi_1_secret_2' }, { id: 7 }])(
    'is refused where it names %j',
    async (related) => {
      await expect(readEvent(thin('v1.payment_intent.succeeded', related))).rejects.toMatchObject(
        withCode('invalid_payload'),
      )
    },
  )

  it('of test mode is unrelated for a live key', async () => {
    const body = thin('v1.payment_intent.succeeded', { id: 'pi_1' }, { livemode: false })
    const delivery = await signWebhook(body, webhookSecrets)
    const stripe = createStripe({ webhookSecrets, secretKey: 'sk_live_madeHere' })
    expect(await stripe.readWebhook(delivery)).toMatchObject({ kind: 'unrelated' })
  })
})

describe('a cash balance transaction', () => {
  const type = 'customer_cash_balance_transaction.created'
  const movement = (facts: object) => ({
    id: 'ccsbtxn_1',
    object: 'customer_cash_balance_transaction',
    customer: 'cus_1',
    net_amount: 2500,
    ending_balance: 2500,
    currency: 'eur',
    ...facts,
  })

  it.each([
    ['unapplied_from_payment', 'pi_1'],
    ['unapplied_from_payment', { id: 'pi_1', object: 'payment_intent' }],
    ['applied_to_payment', 'pi_1'],
  ])('of type %s asks for a lookup of its payment', async (kind, payment_intent) => {
    const event = await readEvent(makeEvent(type, movement({ type: kind, [kind]: { payment_intent } })))
    expect(event).toMatchObject({ kind: 'recheck', key: { id: 'pi_1' } })
  })

  it.each([
    { type: 'funded', funded: { bank_transfer: {} } },
    { type: 'refunded_from_payment', refunded_from_payment: { refund: 're_1' } }, // its refund has events of its own
    { type: 'unapplied_from_payment', unapplied_from_payment: null },
  ])('without a payment is unrelated: %o', async (facts) => {
    expect(await readEvent(makeEvent(type, movement(facts)))).toMatchObject({ kind: 'unrelated' })
  })

  it('is refused where its payment is not one', async () => {
    const bad = movement({ unapplied_from_payment: { payment_intent: 'ch_1' } })
    await expect(readEvent(makeEvent(type, bad))).rejects.toMatchObject(withCode('invalid_payload'))
  })
})
