import { createPayPal } from '@payment-status/paypal'
import { describe, expect, it } from 'vitest'
import { withCode } from './helpers.ts'

const paypal = createPayPal({ environment: 'production' })

describe('a return URL', () => {
  it.each([
    'https://shop.example/return?token=5O190127TN364715T&PayerID=QYR5Z8XDVJNXQ',
    'https://shop.example/cancel?token=5O190127TN364715T',
    '/return?token=5O190127TN364715T&token=5O190127TN364715T',
    '?order=7&token=5O190127TN364715T',
  ])('%s names its order, and looks unfinished', (url) => {
    expect(paypal.readReturn(url)).toEqual({
      evidence: 'hint',
      provider: 'paypal',
      source: 'return_url',
      key: { id: '5O190127TN364715T' },
      appears: 'looks_unfinished',
    })
  })

  it.each([
    '/return',
    '/return?token=',
    '/return?PayerID=QYR5Z8XDVJNXQ',
    '/return?ba_token=BA-8A802366G0648845Y',
    '/return?token=EC-5O190127TN364715T',
    '/return?token=5o190127tn364715t',
    '/return?token=../5O190127TN364715T',
    `/return?token=${'A'.repeat(37)}`,
  ])('%s names none', (url) => {
    expect(paypal.readReturn(url)).toEqual({ evidence: 'hint', provider: 'paypal', source: 'return_url' })
  })

  it('that names two orders is refused', () => {
    expect(() => paypal.readReturn('/return?token=5TY1&token=5TY2')).toThrow('must name one order')
  })
})

describe('a browser result', () => {
  it.each<[string, object, object]>([
    [
      'onApprove, version 5',
      { orderID: '5TY1', payerID: 'P', billingToken: null, facilitatorAccessToken: 'A21-x' },
      { key: { id: '5TY1' } },
    ],
    [
      'onApprove, version 6',
      { orderId: '5TY1', payerId: 'P', fundingSource: 'paypal' },
      { key: { id: '5TY1' } },
    ],
    ['onCancel', { orderId: '5TY1' }, { key: { id: '5TY1' } }],
    ['onCancel before an order', {}, {}],
    ['onComplete', { paymentSessionState: 'approved' }, {}],
    ['onError', { code: 'ERR_X', isRecoverable: true }, {}],
    ['a card form, version 5', { orderID: '5TY1', liabilityShift: 'POSSIBLE' }, { key: { id: '5TY1' } }],
    [
      'a card form that succeeded',
      { state: 'succeeded', data: { orderId: '5TY1' } },
      { key: { id: '5TY1' } },
    ],
    [
      'a card form that was canceled',
      { state: 'canceled', data: { orderId: '5TY1' } },
      { key: { id: '5TY1' } },
    ],
  ])('of %s moved no money yet', (_, result, wanted) => {
    expect(paypal.readClientResult(result)).toEqual({
      evidence: 'hint',
      provider: 'paypal',
      source: 'client',
      appears: 'looks_unfinished',
      ...wanted,
    })
  })

  it('of a card form that failed looks declined', () => {
    const result = { state: 'failed', data: { orderId: '5TY1', message: 'declined' } }
    expect(paypal.readClientResult(result)).toMatchObject({ key: { id: '5TY1' }, appears: 'looks_refused' })
  })

  it('keeps no token', () => {
    const hint = paypal.readClientResult({
      orderID: '5TY1',
      facilitatorAccessToken: 'A21AA-secret',
      billingToken: 'BA-1',
    })
    expect(JSON.stringify(hint)).not.toMatch(/A21AA|BA-1/)
  })

  it.each(['EC-1', 'x', '../5TY1'])('with the id %s is refused', (orderID) => {
    expect(() => paypal.readClientResult({ orderID })).toThrow('must be the id of an order')
    expect(() => paypal.readClientResult({ data: { orderId: orderID } })).toThrow(
      'must be the id of an order',
    )
  })

  it('of another form is refused', () => {
    expect(() => paypal.readClientResult('5TY1')).toThrow(
      expect.objectContaining(withCode('invalid_payload')),
    )
  })
})
