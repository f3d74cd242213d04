import { createPayPal, paypalEventNames } from '@payment-status/paypal'
import { paypalFixtures } from '@payment-status/paypal/fixtures'
import { describe, expect, it } from 'vitest'
import {
  connect,
  envelope,
  type Fields,
  makeOrder,
  money,
  part,
  readEvent,
  secrets,
  sign,
  withCode,
} from './helpers.ts'

const ofOrder = { supplementary_data: { related_ids: { order_id: '5TY1' } } }
const up = (href: string) => ({
  links: [
    { rel: 'self', href: 'https://api-m.paypal.com/x' },
    { rel: 'up', href },
  ],
})

describe('an event of an order', () => {
  it.each([
    ['CHECKOUT.ORDER.APPROVED', 'APPROVED', 'processing'],
    ['CHECKOUT.ORDER.SAVED', 'SAVED', 'processing'],
    ['CHECKOUT.ORDER.PROCESSED', 'PAYER_ACTION_REQUIRED', 'requires_action'],
    ['CHECKOUT.ORDER.TELEPORTED', 'CREATED', 'open'],
  ])('%s with the status %s states %s', async (name, status, wanted) => {
    expect(await readEvent(name, makeOrder(status))).toMatchObject({
      kind: 'payment',
      occurredAt: '2026-01-01T00:00:05.000Z',
      reply: { status: 200, body: '' },
      report: {
        source: 'webhook',
        payment: {
          id: '5TY1',
          status: wanted,
          reference: 'order-1001',
          amount: { amount: 1999, currency: 'EUR' },
        },
      },
    })
  })

  it.each<[string, Fields]>([
    ['that is paid', makeOrder('COMPLETED', { captures: [part('3CA1', 'COMPLETED')] })],
    ['that is held', makeOrder('COMPLETED', { authorizations: [part('8AU1', 'CREATED')] })],
    ['that failed', makeOrder('COMPLETED', { captures: [part('3CA1', 'DECLINED')] })],
    ['that is voided', makeOrder('VOIDED')],
    ['that is completed without operations', makeOrder('COMPLETED')],
    ['with a word that is not listed', makeOrder('TELEPORTED')],
    ['without a status', { id: '5TY1', purchase_units: [] }],
    [
      'with an amount in another form',
      makeOrder('APPROVED', undefined, { purchase_units: [{ amount: { total: '1' } }] }),
    ],
  ])('%s is a recheck', async (_, order) => {
    expect(await readEvent('CHECKOUT.ORDER.COMPLETED', order)).toMatchObject({
      kind: 'recheck',
      key: { id: '5TY1' },
    })
  })

  it('never states where to send the shopper: a webhook of PayPal does not prove it', async () => {
    const links = [{ rel: 'payer-action', href: 'https://www.paypal.com/checkoutnow?token=5TY1' }]
    const event = await readEvent(
      'CHECKOUT.ORDER.SAVED',
      makeOrder('PAYER_ACTION_REQUIRED', undefined, { links }),
    )
    expect(event).toMatchObject({ report: { payment: { status: 'requires_action' } } })
    expect(event).not.toHaveProperty('report.payment.action')
  })

  it('takes its time from the envelope where the order has none', async () => {
    const event = await readEvent(
      'CHECKOUT.ORDER.APPROVED',
      makeOrder('APPROVED', undefined, { update_time: undefined }),
    )
    expect(event.occurredAt).toBe('2026-01-01T00:00:09.000Z')
  })

  it('that names no order is unreadable, with the reply that ends its redelivery', async () => {
    for (const resource of [{}, { id: 'no id' }, { id: 7 }, { status: 'APPROVED' }])
      expect(await readEvent('CHECKOUT.ORDER.APPROVED', resource)).toMatchObject({
        kind: 'unreadable',
        id: 'WH-1',
        reply: { status: 200 },
        why: expect.stringContaining('resource.id'),
      })
  })
})

describe('an event of an operation', () => {
  const names = paypalEventNames.filter((name) => /^PAYMENT\./.test(name) && !name.endsWith('REVERSED'))
  it.each([...names, 'PAYMENT.CAPTURE.TELEPORTED', 'PAYMENT.AUTHORIZATION.TELEPORTED'])(
    '%s is a recheck of its order',
    async (name) => {
      const event = await readEvent(name, part('3CA1', 'COMPLETED', ofOrder))
      expect(event).toMatchObject({ kind: 'recheck', key: { id: '5TY1' } })
    },
  )

  it.each<[string, Fields, string]>([
    ['the order', ofOrder, '5TY1'],
    ['a capture above a refund', up('https://api-m.paypal.com/v2/payments/captures/3CA9'), '3CA9'],
    [
      'an authorization above a capture',
      up('https://api-m.paypal.com/v2/payments/authorizations/8AU9'),
      '8AU9',
    ],
    ['an order above a capture', up('https://api.sandbox.paypal.com/v2/checkout/orders/5TY9'), '5TY9'],
    ['nothing but itself', {}, '9RF1'],
    ['a link of another kind', up('https://api-m.paypal.com/v2/payments/refunds/9RF9'), '9RF1'],
    [
      'a link that only looks like one',
      up('https://api-m.paypal.com/v2/payments/captures/3CA9/refund'),
      '9RF1',
    ],
    ['an order with an invalid id', { supplementary_data: { related_ids: { order_id: '../5TY1' } } }, '9RF1'],
    [
      'both, the order first',
      { ...ofOrder, ...up('https://api-m.paypal.com/v2/payments/captures/3CA9') },
      '5TY1',
    ],
  ])('that names %s leads there', async (_, facts, wanted) => {
    const event = await readEvent('PAYMENT.CAPTURE.REFUNDED', part('9RF1', 'COMPLETED', facts))
    expect(event).toMatchObject({ kind: 'recheck', key: { id: wanted } })
  })

  it('of an approval that was taken back leads to its order', async () => {
    const event = await readEvent('CHECKOUT.PAYMENT-APPROVAL.REVERSED', {
      order_id: '5TY1',
      payment_source: {},
    })
    expect(event).toMatchObject({ kind: 'recheck', key: { id: '5TY1' } })
  })

  it('of the older API is unrelated', async () => {
    const resource = { id: '2CA', state: 'completed', amount: { total: '20.00', currency: 'USD' } }
    for (const name of ['PAYMENT.CAPTURE.COMPLETED', 'PAYMENT.AUTHORIZATION.CREATED'])
      expect(await readEvent(name, resource)).toMatchObject({ kind: 'unrelated' })
  })

  it('that names nothing is unreadable', async () => {
    expect(await readEvent('PAYMENT.CAPTURE.COMPLETED', {})).toMatchObject({ kind: 'unreadable' })
    expect(await readEvent('PAYMENT.CAPTURE.COMPLETED', undefined)).toMatchObject({ kind: 'unreadable' })
  })
})

describe('money that PayPal took back', () => {
  const reversed = part('9RV1', 'COMPLETED', up('https://api-m.paypal.com/v2/payments/captures/3CA1'))

  it('is a lost dispute of its order', async () => {
    const event = await readEvent('PAYMENT.CAPTURE.REVERSED', { ...reversed, ...ofOrder })
    expect(event).toMatchObject({
      kind: 'dispute',
      key: { id: '5TY1' },
      dispute: { status: 'lost', reason: 'REVERSED', updatedAt: '2026-01-01T00:00:09.000Z' },
    })
  })

  it('requests the order of its capture where it names none', async () => {
    const answers = { '/v2/payments/captures/3CA1': part('3CA1', 'COMPLETED', ofOrder) }
    expect(await readEvent('PAYMENT.CAPTURE.REVERSED', reversed, answers)).toMatchObject({
      key: { id: '5TY1' },
    })
    expect(await readEvent('PAYMENT.CAPTURE.REVERSED', reversed)).toMatchObject({ key: { id: '3CA1' } })
  })
})

describe('an event of a dispute', () => {
  const dispute = (facts: Fields = {}) => ({
    dispute_id: 'PP-R-1',
    status: 'OPEN',
    disputed_transactions: [
      { seller_transaction_id: '3CA1', custom: 'order-1001', invoice_number: 'invoice-7' },
    ],
    update_time: '2026-01-05T00:00:00Z',
    ...facts,
  })
  const outcome = (outcome_code: string, refunded?: string) => ({
    status: 'RESOLVED',
    dispute_outcome: { outcome_code, ...(refunded ? { amount_refunded: money(refunded) } : {}) },
  })

  it.each<[string, Fields, string]>([
    ['OPEN', { status: 'OPEN' }, 'needs_response'],
    ['OPEN in the channel ALERT', { status: 'OPEN', dispute_channel: 'ALERT' }, 'early_warning'],
    ['WAITING_FOR_SELLER_RESPONSE', { status: 'WAITING_FOR_SELLER_RESPONSE' }, 'needs_response'],
    ['WAITING_FOR_BUYER_RESPONSE', { status: 'WAITING_FOR_BUYER_RESPONSE' }, 'under_review'],
    ['UNDER_REVIEW', { status: 'UNDER_REVIEW' }, 'under_review'],
    [
      'UNDER_REVIEW in the channel ALERT',
      { status: 'UNDER_REVIEW', dispute_channel: 'ALERT' },
      'early_warning',
    ],
    ['OTHER', { status: 'OTHER' }, 'unknown'],
    ['a word that is not listed', { status: 'TELEPORTED' }, 'unknown'],
    ['no status', { status: undefined }, 'unknown'],
    ['RESOLVED without an outcome', { status: 'RESOLVED' }, 'unknown'],
    ['RESOLVED_SELLER_FAVOUR', outcome('RESOLVED_SELLER_FAVOUR'), 'won'],
    ['RESOLVED_BUYER_FAVOUR', outcome('RESOLVED_BUYER_FAVOUR'), 'lost'],
    ['ACCEPTED', outcome('ACCEPTED'), 'lost'],
    ['CANCELED_BY_BUYER', outcome('CANCELED_BY_BUYER'), 'closed'],
    ['CANCELED_BY_BUYER, and 0 refunded', outcome('CANCELED_BY_BUYER', '0.00'), 'closed'],
    ['CANCELED_BY_BUYER, and a part refunded', outcome('CANCELED_BY_BUYER', '0.01'), 'lost'],
    ['RESOLVED_WITH_PAYOUT', outcome('RESOLVED_WITH_PAYOUT'), 'closed'],
    ['DENIED', outcome('DENIED'), 'closed'],
    ['NONE', outcome('NONE'), 'closed'],
    ['an outcome that is not listed', outcome('TELEPORTED'), 'unknown'],
  ])('with %s', async (_, facts, wanted) => {
    for (const name of ['CUSTOMER.DISPUTE.UPDATED', 'RISK.DISPUTE.CREATED'])
      expect(await readEvent(name, dispute(facts))).toMatchObject({
        kind: 'dispute',
        key: { id: '3CA1' },
        dispute: { id: 'PP-R-1', status: wanted },
      })
  })

  it('states amount, reason, deadline and moment', async () => {
    const facts = {
      reason: 'UNAUTHORISED',
      dispute_amount: money('500', 'HUF'),
      seller_response_due_date: '2026-01-20T00:00:00Z',
    }
    expect(await readEvent('CUSTOMER.DISPUTE.CREATED', dispute(facts))).toMatchObject({
      dispute: {
        amount: { amount: 50_000, currency: 'HUF' },
        reason: 'UNAUTHORISED',
        respondBy: '2026-01-20T00:00:00.000Z',
        updatedAt: '2026-01-05T00:00:00.000Z',
      },
    })
  })

  it('requests the order of its capture', async () => {
    const answers = { '/v2/payments/captures/3CA1': part('3CA1', 'COMPLETED', ofOrder) }
    expect(await readEvent('CUSTOMER.DISPUTE.CREATED', dispute(), answers)).toMatchObject({
      key: { id: '5TY1' },
    })
  })

  it('that ended is requested, because a webhook of PayPal does not prove the end', async () => {
    const won = { outcome_code: 'RESOLVED_SELLER_FAVOUR' }
    const dispute = { dispute_id: 'PP-R-1', status: 'RESOLVED', dispute_outcome: won }
    const open = { dispute_id: 'PP-R-1', status: 'WAITING_FOR_SELLER_RESPONSE' }
    const path = '/v1/customer/disputes/PP-R-1'
    for (const [answers, wanted] of [
      [{ [path]: open }, 'needs_response'],
      [{ [path]: dispute }, 'won'],
      [{ [path]: new Response(null, { status: 403 }) }, 'won'], // the app may not read disputes
    ] as const)
      expect(await readEvent('CUSTOMER.DISPUTE.RESOLVED', dispute, answers)).toMatchObject({
        dispute: { id: 'PP-R-1', status: wanted },
      })
  })

  it('without credentials names the capture', async () => {
    const { provider } = connect({}, { clientId: undefined, clientSecret: undefined })
    const delivery = await sign(envelope('CUSTOMER.DISPUTE.CREATED', dispute()))
    expect(await provider.readWebhook(delivery)).toMatchObject({ key: { id: '3CA1' } })
  })

  it('is delivered again where the capture cannot be requested yet', async () => {
    const answers = { '/v2/payments/captures/3CA1': new Response(null, { status: 503 }) }
    await expect(readEvent('CUSTOMER.DISPUTE.CREATED', dispute(), answers)).rejects.toMatchObject(
      withCode('unavailable'),
    )
    const rejected = { '/v2/payments/captures/3CA1': new Response(null, { status: 403 }) }
    expect(await readEvent('CUSTOMER.DISPUTE.CREATED', dispute(), rejected)).toMatchObject({
      key: { id: '3CA1' },
    })
  })

  it.each([
    ['custom_id', 'order-1001'],
    ['invoice_id', 'invoice-7'],
  ] as const)('without a capture names the reference of %s', async (referenceField, reference) => {
    const resource = dispute({
      disputed_transactions: [{ custom: 'order-1001', invoice_number: 'invoice-7' }],
    })
    const { provider } = connect({}, { referenceField })
    const delivery = await sign(envelope('CUSTOMER.DISPUTE.CREATED', resource))
    expect(await provider.readWebhook(delivery)).toMatchObject({ kind: 'dispute', key: { reference } })
    const unnamed = await sign(
      envelope('CUSTOMER.DISPUTE.CREATED', dispute({ disputed_transactions: undefined })),
    )
    expect(await provider.readWebhook(unnamed)).not.toHaveProperty('key')
  })

  it('without an id is unreadable', async () => {
    expect(await readEvent('CUSTOMER.DISPUTE.CREATED', dispute({ dispute_id: '' }))).toMatchObject({
      kind: 'unreadable',
    })
  })
})

describe('an event of anything else', () => {
  it.each([
    'PAYMENT.SALE.COMPLETED',
    'PAYMENT.SALE.REFUNDED',
    'BILLING.SUBSCRIPTION.ACTIVATED',
    'VAULT.PAYMENT-TOKEN.CREATED',
    'PAYMENT.PAYOUTS-ITEM.SUCCEEDED',
    'PAYMENT.ORDER.CREATED',
    'CHECKOUT.ORDERLY.APPROVED',
    'payment.capture.completed',
    'TELEPORTED',
  ])('%s is unrelated', async (name) => {
    expect(await readEvent(name, makeOrder('COMPLETED'))).toMatchObject({ kind: 'unrelated' })
  })

  it.each(['{}', '[]', '{"id":"","event_type":"X"}', '{"event_type":"X"}', '{"id":"WH-1"}', '{"id":"WH-1"'])(
    'that names no event is invalid_payload: %s',
    async (rawBody) => {
      await expect(connect({}).provider.readWebhook(await sign(rawBody))).rejects.toMatchObject(
        withCode('invalid_payload'),
      )
    },
  )
})

describe('a configuration', () => {
  it.each<[object, string]>([
    [{}, "environment must be 'sandbox' or 'production'"],
    [{ environment: 'test' }, "environment must be 'sandbox' or 'production'"],
    [{ environment: 'toString' }, "environment must be 'sandbox' or 'production'"],
    [{ environment: 'sandbox', clientId: 'with space' }, 'clientId must be a text of visible ASCII'],
    [{ environment: 'sandbox', clientId: 'a:b' }, 'clientId must not hold a colon'],
    [{ environment: 'sandbox', webhookSecrets: 'whsec_x' }, 'webhookSecrets must be left out'],
    [{ environment: 'sandbox', webhookId: 'a|b' }, 'webhookId must be the id'],
    [{ environment: 'sandbox', webhookId: ['A', 7] }, 'the secret must be a string'],
    [{ environment: 'sandbox', verification: 'none' }, "verification must be 'certificate' or 'postback'"],
    [
      { environment: 'sandbox', referenceField: 'reference_id' },
      "referenceField must be 'custom_id' or 'invoice_id'",
    ],
    [{ environment: 'sandbox', toleranceSeconds: -1 }, 'toleranceSeconds must be a whole number'],
    [{ environment: 'sandbox', toleranceSeconds: 1.5 }, 'toleranceSeconds must be a whole number'],
    [{ environment: 'sandbox', baseUrl: 'https://user:word@host.example' }, 'baseUrl must be an http(s) URL'],
  ])('%j is refused', (config, message) => {
    expect(() => createPayPal(config as never)).toThrow(message)
  })

  it('needs nothing but the environment until a call needs more', async () => {
    const provider = createPayPal({ environment: 'sandbox' })
    expect(provider.readReturn('/?token=5TY1')).toMatchObject({ key: { id: '5TY1' } })
    await expect(provider.lookup('5TY1')).rejects.toThrow('clientId and clientSecret are missing')
    await expect(provider.lookupByReference('order-1001')).rejects.toMatchObject(withCode('unsupported'))
  })

  it('trims a webhookId, as every secret', async () => {
    const provider = createPayPal({
      environment: 'production',
      webhookId: ` ${secrets.webhookId}\n`,
      fetch: paypalFixtures.respond,
    })
    const delivery = await sign(envelope('BILLING.X', {}))
    expect(await provider.readWebhook(delivery)).toMatchObject({ kind: 'unrelated' })
  })
})
