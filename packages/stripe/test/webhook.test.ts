import { describe, expect, it } from 'vitest'
import { createStripe, signWebhook, stripeEventTypes } from '../src/index.ts'
import { makeCharge, makeEvent, makeIntent, readEvent, webhookSecrets, withCode } from './helpers.ts'

describe('an event', () => {
  const base = {
    provider: 'stripe',
    id: 'evt_madeHere',
    occurredAt: '2026-03-02T10:16:00.000Z',
    reply: { status: 200, body: '', contentType: 'text/plain' },
  }

  it.each(
    stripeEventTypes
      .filter((type) => type.startsWith('payment_intent.'))
      .concat('payment_intent.new' as never),
  )('%s states the payment', async (type) => {
    const event = await readEvent(makeEvent(type, makeIntent()))
    expect(event).toMatchObject({ ...base, type, kind: 'payment' })
    expect(event).toMatchObject({
      report: {
        evidence: 'report',
        source: 'webhook',
        occurredAt: base.occurredAt,
        payment: { id: 'pi_madeHere', reference: 'order-1', status: 'captured' },
      },
    })
  })

  it.each([
    ['payment_intent.processing', { status: 'processing', amount_received: 0 }, 'processing'],
    ['payment_intent.succeeded', {}, 'captured'],
    [
      'payment_intent.amount_capturable_updated',
      { status: 'requires_capture', amount_received: 0, amount_capturable: 2500 },
      'authorized',
    ],
    ['payment_intent.payment_failed', { status: 'requires_payment_method', amount_received: 0 }, 'open'],
    // The object counts, whatever the type is called.
    ['payment_intent.succeeded', { status: 'processing', amount_received: 0 }, 'processing'],
  ])('%s with %o is %s', async (type, facts, status) => {
    expect(await readEvent(makeEvent(type, makeIntent(facts)))).toMatchObject({
      report: { payment: { status } },
    })
  })

  it('states no refunds where the charge is an id', async () => {
    const event = await readEvent(makeEvent('payment_intent.succeeded', makeIntent()))
    expect(event.kind === 'payment' && event.report.payment).not.toHaveProperty('refunded')
  })

  it('of test mode is unrelated for a shop with a live key, which a Connect endpoint receives all the same', async () => {
    const read = async (
      secretKey: string | undefined,
      livemode: unknown,
      type = 'payment_intent.succeeded',
    ) => {
      const delivery = await signWebhook(
        makeEvent(type, { ...makeIntent(), payment_intent: 'pi_1' }, { livemode }),
        webhookSecrets,
      )
      return (await createStripe({ secretKey, webhookSecrets }).readWebhook(delivery)).kind
    }
    for (const key of ['sk_live_madeHere', 'rk_live_madeHere', 'sk_org_live_madeHere']) {
      expect(await read(key, false)).toBe('unrelated')
      for (const type of stripeEventTypes) expect(await read(key, false, type)).toBe('unrelated')
      expect(await read(key, true)).toBe('payment')
      expect(await read(key, undefined)).toBe('payment')
    }
    for (const key of ['sk_test_live_madeHere', 'rk_test_madeHere', undefined]) {
      expect(await read(key, false)).toBe('payment')
      // Live money is money: a shop with the wrong key learns it at the first lookup.
      expect(await read(key, true)).toBe('payment')
    }
  })

  const rechecks = stripeEventTypes.filter(
    (type) => !/^payment_intent|^charge\.dispute|^radar|^customer_cash/.test(type),
  )
  it.each([...rechecks, 'charge.new', 'refund.new', 'review.new', 'checkout.session.new'])(
    '%s asks for a lookup',
    async (type) => {
      for (const payment_intent of ['pi_1', { id: 'pi_1', object: 'payment_intent' }]) {
        const event = await readEvent(makeEvent(type, makeCharge({ payment_intent })))
        expect(event).toEqual({
          ...base,
          type,
          kind: 'recheck',
          key: { id: 'pi_1' },
          why: expect.any(String),
        })
      }
      for (const payment_intent of [null, undefined, '']) {
        const event = await readEvent(makeEvent(type, makeCharge({ payment_intent })))
        expect(event).toEqual({ ...base, type, kind: 'unrelated' })
      }
      for (const payment_intent of [7, 'ch_1', {}, 'pi_1_secret_2']) {
        await expect(readEvent(makeEvent(type, { payment_intent }))).rejects.toMatchObject(
          withCode('invalid_payload'),
        )
      }
    },
  )

  const dispute = {
    id: 'du_1',
    object: 'dispute',
    amount: 2500,
    currency: 'eur',
    charge: 'ch_1',
    payment_intent: 'pi_1',
    reason: 'fraudulent',
    status: 'needs_response',
    evidence_details: { due_by: 1_773_446_399 },
  }
  it.each(stripeEventTypes.filter((type) => type.startsWith('charge.dispute.')))(
    '%s states a dispute',
    async (type) => {
      expect(await readEvent(makeEvent(type, dispute))).toEqual({
        ...base,
        type,
        kind: 'dispute',
        key: { id: 'pi_1' },
        dispute: {
          id: 'du_1',
          status: 'needs_response',
          reason: 'fraudulent',
          amount: { amount: 2500, currency: 'EUR' },
          respondBy: '2026-03-13T23:59:59.000Z',
          updatedAt: base.occurredAt,
        },
      })
    },
  )

  it.each(['created', 'updated', 'invented_tomorrow'])(
    'radar.early_fraud_warning.%s warns of a dispute',
    async (word) => {
      const type = `radar.early_fraud_warning.${word}`
      const warning = {
        id: 'issfr_1',
        object: 'radar.early_fraud_warning',
        actionable: true,
        charge: 'ch_1',
        fraud_type: 'made_with_stolen_card',
      }
      const dispute = {
        id: 'issfr_1',
        status: 'early_warning',
        reason: 'made_with_stolen_card',
        updatedAt: base.occurredAt,
      }
      for (const payment_intent of ['pi_1', { id: 'pi_1', object: 'payment_intent' }]) {
        const event = await readEvent(makeEvent(type, { ...warning, payment_intent }))
        expect(event).toEqual({ ...base, type, kind: 'dispute', key: { id: 'pi_1' }, dispute })
      }
      expect(await readEvent(makeEvent(type, warning))).toEqual({ ...base, type, kind: 'dispute', dispute })
    },
  )

  it('asks for a lookup of the payment of a Checkout Session, where it has one', async () => {
    const session = {
      id: 'cs_test_1',
      object: 'checkout.session',
      client_reference_id: 'order-1',
      payment_status: 'paid',
    }
    const type = 'checkout.session.completed'
    expect(await readEvent(makeEvent(type, { ...session, payment_intent: 'pi_1' }))).toMatchObject({
      kind: 'recheck',
      key: { id: 'pi_1' },
    })
    expect(await readEvent(makeEvent(type, { ...session, payment_intent: null }))).toMatchObject({
      kind: 'unrelated',
    })
  })

  it('states a dispute without a payment, or with less', async () => {
    const bare = {
      status: 'invented_tomorrow',
      payment_intent: null,
      evidence_details: null,
      amount: 100,
      currency: 'isk',
    }
    expect(await readEvent(makeEvent('charge.dispute.created', bare))).toEqual({
      ...base,
      type: 'charge.dispute.created',
      kind: 'dispute',
      dispute: { status: 'unknown', amount: { amount: 1, currency: 'ISK' }, updatedAt: base.occurredAt },
    })
    const expanded = { ...dispute, payment_intent: { id: 'pi_2' } }
    expect(await readEvent(makeEvent('charge.dispute.created', expanded))).toMatchObject({
      key: { id: 'pi_2' },
    })
  })

  it.each(['customer.created', 'invented.tomorrow'])('%s is acknowledged', async (type) => {
    expect(await readEvent(makeEvent(type, null))).toEqual({ ...base, type, kind: 'unrelated' })
    expect(await readEvent(makeEvent(type, null, { data: 7 }))).toMatchObject({ kind: 'unrelated' })
  })

  it.each([
    'payment_intent.succeeded',
    'v1.customer.created',
    'v1.customer_cash_balance_transaction.created', // its id alone cannot be looked up
    'v2.core.account.updated',
    'charge.refunded',
  ])('the thin event %s is acknowledged', async (type) => {
    const thin = {
      id: 'evt_thin',
      object: 'v2.core.event',
      type,
      created: '2026-03-02T10:16:00.123Z',
      related_object: { id: 'pi_1', type: 'payment_intent' },
    }
    expect(await readEvent(JSON.stringify(thin))).toEqual({
      ...base,
      id: 'evt_thin',
      type,
      occurredAt: '2026-03-02T10:16:00.123Z',
      kind: 'unrelated',
    })
    expect(await readEvent(JSON.stringify({ ...thin, created: 'soon' }))).not.toHaveProperty('occurredAt')
  })

  it.each([
    '',
    '{',
    'null',
    '[]',
    '7',
    JSON.stringify({ id: '', type: 'payment_intent.succeeded' }),
    JSON.stringify({ id: 'evt_1', type: 'payment_intent.succeeded' }),
    makeEvent('payment_intent.succeeded', null),
    makeEvent('payment_intent.succeeded', makeIntent({ currency: 'zzz' })),
    makeEvent('payment_intent.succeeded', makeIntent(), { created: '2026-03-02' }),
    makeEvent('charge.refunded', 'ch_1'),
    makeEvent('charge.dispute.created', { status: 7 }),
    makeEvent('charge.dispute.created', { status: 'lost', amount: 1.5, currency: 'eur' }),
  ])('is refused though well signed: %s', async (body) => {
    await expect(readEvent(body)).rejects.toMatchObject(withCode('invalid_payload'))
  })

  it('is refused where its bytes are not text', async () => {
    const bytes = new Uint8Array([0x7b, 0xff, 0x7d])
    const delivery = await signWebhook(bytes, webhookSecrets)
    await expect(createStripe({ webhookSecrets }).readWebhook(delivery)).rejects.toMatchObject(
      withCode('invalid_payload'),
    )
  })
})

describe('an event that cannot be read states why', () => {
  it.each([
    ['{', 'the webhook is not JSON'],
    ['{}', 'the webhook is not as documented (expected '],
    [
      JSON.stringify({ id: 'evt_1', type: 'payment_intent.succeeded' }),
      'the webhook is not as documented (expected ',
    ],
    [makeEvent('charge.refunded', 'ch_1'), "the webhook's object is not as documented (expected "],
    [makeEvent('charge.dispute.created', 7), 'the dispute is not as documented (expected '],
    [
      makeEvent('radar.early_fraud_warning.created', 7),
      'the early fraud warning is not as documented (expected ',
    ],
  ])('%s: %s', async (body, why) => {
    await expect(readEvent(body)).rejects.toMatchObject({
      code: 'invalid_payload',
      provider: 'stripe',
      message: expect.stringContaining(`[stripe] ${why}`),
    })
  })
})

it('an early fraud warning that states little is read with no more', async () => {
  const event = await readEvent(
    makeEvent('radar.early_fraud_warning.created', { id: '', fraud_type: '', payment_intent: 'pi_1' }),
  )
  expect(event).toMatchObject({ kind: 'dispute', key: { id: 'pi_1' } })
  expect(event.kind === 'dispute' && event.dispute).toEqual({
    status: 'early_warning',
    updatedAt: '2026-03-02T10:16:00.000Z',
  })
})
