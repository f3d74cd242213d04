import { createPayPal, paypalDeclineIssues, paypalLookupIssues } from '@payment-status/paypal'
import { describe, expect, it } from 'vitest'
import { type Fields, makeOrder, money, part, withCode } from './helpers.ts'

const paypal = createPayPal({ environment: 'production' })
const refusal = (issue: string | undefined, facts: Fields = {}) => ({
  name: 'UNPROCESSABLE_ENTITY',
  message: 'The requested action could not be performed',
  debug_id: '90957fca61718',
  details: issue === undefined ? [] : [{ issue, description: 'synthetic' }],
  ...facts,
})

describe('the answer to a call', () => {
  it('in its short form states an order that is not tried yet', async () => {
    const links = [{ rel: 'payer-action', href: 'https://www.paypal.com/checkoutnow?token=5TY1' }]
    expect(await paypal.readResponse({ id: '5TY1', status: 'CREATED', links })).toMatchObject({
      source: 'response',
      payment: { id: '5TY1', status: 'open' },
    })
    expect(await paypal.readResponse({ id: '5TY1', status: 'PAYER_ACTION_REQUIRED', links })).toMatchObject({
      payment: { status: 'requires_action', action: { kind: 'redirect' } },
    })
  })

  it('of a capture call that only says COMPLETED is unknown', async () => {
    expect(await paypal.readResponse({ id: '5TY1', status: 'COMPLETED' })).toMatchObject({
      payment: { status: 'unknown' },
    })
  })

  it('of a capture call with the operations states the money', async () => {
    const order = makeOrder('COMPLETED', { captures: [part('3CA1', 'COMPLETED')] })
    expect(await paypal.readResponse(order)).toMatchObject({
      occurredAt: '2026-01-01T00:00:05.000Z',
      payment: { id: '5TY1', status: 'captured', captured: 1999, operations: [{ id: '3CA1' }] },
    })
  })

  it('reads the documented sample in forints', async () => {
    const order = {
      id: '5TY1',
      intent: 'CAPTURE',
      status: 'COMPLETED',
      purchase_units: [
        {
          custom_id: 'o-7',
          amount: money('500', 'HUF'),
          payments: {
            captures: [
              {
                id: '3CA1',
                status: 'PENDING',
                status_details: { reason: 'ECHECK' },
                amount: money('500', 'HUF'),
              },
            ],
          },
        },
      ],
    }
    expect(await paypal.readResponse(order)).toMatchObject({
      payment: {
        reference: 'o-7',
        status: 'processing',
        amount: { amount: 50_000, currency: 'HUF' },
        operations: [{ id: '3CA1', kind: 'capture', status: 'pending', amount: 50_000 }],
      },
    })
  })

  it.each<[string, Fields, object | undefined]>([
    ['a capture', part('3CA1', 'COMPLETED', { final_capture: true }), { id: '3CA1' }],
    [
      'a capture that names its order',
      part('3CA1', 'COMPLETED', { supplementary_data: { related_ids: { order_id: '5TY1' } } }),
      { id: '5TY1' },
    ],
    [
      'a refund',
      part('9RF1', 'COMPLETED', {
        links: [{ rel: 'up', href: 'https://api-m.paypal.com/v2/payments/captures/3CA1' }],
      }),
      { id: '3CA1' },
    ],
    [
      'a capture in its short form',
      {
        id: '3CA1',
        status: 'COMPLETED',
        links: [{ rel: 'self', href: 'https://api-m.paypal.com/v2/payments/captures/3CA1' }],
      },
      { id: '3CA1' },
    ],
    ['an operation without an id', { status: 'COMPLETED', amount: money('1.00') }, undefined],
  ])('that is %s states a part: a hint to look the order up', async (_, body, key) => {
    const hint = await paypal.readResponse(body)
    expect(hint).toEqual({
      evidence: 'hint',
      provider: 'paypal',
      source: 'response',
      ...(key ? { key } : {}),
    })
  })
})

describe('an error that answers a capture call', () => {
  it.each(paypalDeclineIssues)('%s leaves the order open, with a decline', async (issue) => {
    for (const sent of [{ id: '5TY1' }, { order_id: '5TY1' }, { orderID: '5TY1' }, { orderId: '5TY1' }])
      expect(await paypal.readResponse(refusal(issue), sent)).toMatchObject({
        evidence: 'report',
        payment: { id: '5TY1', status: 'open', decline: { code: issue }, facts: { issue } },
      })
  })

  it.each<[string, string, string]>([
    ['INSTRUMENT_DECLINED', 'other', 'other_method'],
    ['CARD_EXPIRED', 'card_expired', 'other_method'],
    ['PAYER_ACCOUNT_RESTRICTED', 'not_permitted', 'other_method'],
    ['COMPLIANCE_VIOLATION', 'not_permitted', 'never'],
    ['PAYEE_BLOCKED_TRANSACTION', 'fraud_suspected', 'other_method'],
    ['TRANSACTION_LIMIT_EXCEEDED', 'limit_exceeded', 'other_method'],
  ])('%s means %s, and %s', async (issue, reason, retry) => {
    expect(await paypal.readResponse(refusal(issue), { id: '5TY1' })).toMatchObject({
      payment: { decline: { reason, retry } },
    })
  })

  it('PAYER_ACTION_REQUIRED sends the shopper on', async () => {
    const links = [{ rel: 'payer-action', href: 'https://www.paypal.com/checkoutnow?token=5TY1' }]
    expect(
      await paypal.readResponse(refusal('PAYER_ACTION_REQUIRED', { links }), { id: '5TY1' }),
    ).toMatchObject({
      payment: { status: 'requires_action', action: { kind: 'redirect', url: links[0]?.href } },
    })
  })

  it.each(paypalLookupIssues)('%s is a hint to look the order up, and never a failure', async (issue) => {
    expect(await paypal.readResponse(refusal(issue), { id: '5TY1' })).toMatchObject({
      evidence: 'hint',
      key: { id: '5TY1' },
    })
    expect(await paypal.readResponse(refusal(issue))).not.toHaveProperty('key')
  })

  it.each([
    'ORDER_NOT_APPROVED',
    'DUPLICATE_INVOICE_ID',
    'PERMISSION_DENIED',
    'MAX_NUMBER_OF_PAYMENT_ATTEMPTS_EXCEEDED',
    'TELEPORTED',
    undefined,
  ])('%s is rejected', async (issue) => {
    await expect(paypal.readResponse(refusal(issue), { id: '5TY1' })).rejects.toMatchObject({
      code: 'rejected',
      providerCode: issue ?? 'UNPROCESSABLE_ENTITY',
      requestId: '90957fca61718',
    })
  })

  it.each([undefined, null, {}, { id: '' }, { id: 7 }, { id: '../5TY1' }, 'text'])(
    'that is a decline needs the id that was sent: %j',
    async (sent) => {
      await expect(paypal.readResponse(refusal('INSTRUMENT_DECLINED'), sent)).rejects.toThrow(
        'Pass { id } of the order',
      )
    },
  )

  it('of the login is rejected', async () => {
    await expect(paypal.readResponse({ error: 'invalid_client' })).rejects.toMatchObject(withCode('rejected'))
  })
})
