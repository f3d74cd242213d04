import { advance, nextStep, type PaymentReport } from '@payment-status/core'
import { describe, expect, it } from 'vitest'
import { connect, makePayment, paymentId, sessionId } from './make.ts'

// Cases from merchants' public bug reports and from Checkout.com's documents, with bodies of our own.

const terms = {
  expected: { amount: { amount: 1000, currency: 'EUR' }, reference: 'order-1001' },
  capture: 'manual',
} as const

async function look(body: object, id = paymentId): Promise<PaymentReport> {
  return connect(() => makePayment({ amount: 1000, ...body })).checkout.lookup(id)
}

describe('a lookup', () => {
  it('of a declined payment whose retries are switched off asks for a new payment', async () => {
    const retry = { enabled: false, max_attempts: 5, attempts_made: 0 }
    const report = await look({ status: 'Declined', approved: false, response_code: '20051', retry })
    expect(report.payment).toMatchObject({ status: 'failed', decline: { reason: 'insufficient_funds' } })
    expect(nextStep(report, terms)).toMatchObject({ kind: 'ask_again', newPayment: true })
  })

  it('of a debit that its bank took back is refunded, and follows from captured', async () => {
    const captured = await look({
      balances: { total_authorized: 1000, total_captured: 1000, total_refunded: 0 },
    })
    const later = { observedAt: new Date(Date.parse(captured.observedAt) + 1000).toISOString() }
    const actions = [{ id: 'act_r', type: 'Return', amount: 1000, response_code: '10000' }]
    for (const balances of [null, { total_authorized: 1000, total_captured: 1000, total_refunded: 0 }]) {
      const returned = { ...(await look({ status: 'Returned', actions, balances })), ...later }
      expect(returned.payment).toMatchObject({
        status: 'refunded',
        operations: [{ id: 'act_r', kind: 'refund', status: 'succeeded', amount: 1000 }],
      })
      expect(returned.payment).not.toHaveProperty('refunded')
      const { outcome, report } = advance(captured, returned)
      expect([outcome, report.payment.status]).toEqual(['applied', 'refunded'])
      expect(nextStep(report, terms).kind).toBe('stop')
    }
  })

  it('of a returned payout stays unknown, without operations', async () => {
    const destination = { type: 'bank_account', id: 'src_x' }
    const actions = [{ id: 'act_r', type: 'Return', response_code: '10000' }]
    const { payment } = await look({ status: 'Returned', destination, actions })
    expect(payment.status).toBe('unknown')
    expect(payment).not.toHaveProperty('operations')
  })

  it('of a hold that was voided in part states what is still held', async () => {
    const balances = { total_authorized: 1000, total_voided: 200, available_to_capture: 800 }
    const report = await look({ status: 'Authorized', balances })
    expect(report.payment).toMatchObject({ status: 'authorized', authorized: 800, amount: { amount: 1000 } })
    expect(nextStep(report, terms).kind).toBe('investigate')
  })

  it.each([
    [{ total_authorized: 1000, total_voided: 1000, total_captured: 0 }, 'Authorized', 'unknown', 0],
    [
      { total_authorized: 1000, total_voided: 200, total_captured: 800, available_to_capture: 0 },
      'Captured',
      'captured',
      800,
    ],
    [
      { total_authorized: 1000, total_captured: 400, available_to_capture: 600 },
      'Partially Captured',
      'partially_captured',
      1000,
    ],
    [
      { total_authorized: 1000, total_captured: 400, available_to_capture: 0 },
      'Partially Captured',
      'partially_captured',
      400,
    ],
    [
      { total_authorized: 1500, total_captured: 0, available_to_capture: 1500 },
      'Authorized',
      'authorized',
      1500,
    ],
    [{ total_authorized: 100, total_voided: 120, total_captured: 0 }, 'Voided', 'canceled', 0],
  ])(
    'of balances %j with %s states %s and what is held or was captured',
    async (balances, word, status, authorized) => {
      expect((await look({ status: word, balances })).payment).toMatchObject({ status, authorized })
    },
  )

  it('by the session of a 3-D Secure return is the payment', async () => {
    const { checkout } = connect(() => makePayment())
    const { key } = checkout.readReturn(`https://shop.example/return?cko-session-id=${sessionId}`)
    expect(key).toEqual({ id: sessionId })
    const [report] = key ? await checkout.find(key) : []
    expect(report?.payment).toMatchObject({ id: paymentId, status: 'captured' })
  })
})

describe('a browser result of Flow', () => {
  const { checkout } = connect(() => ({}))
  const error = (code: string, details: object = {}, type = 'Request') =>
    checkout.readClientResult({
      name: 'CheckoutError',
      message: 'x',
      type,
      code,
      details: { paymentId, ...details },
    })

  it('that was completed names its payment', () => {
    const result = { id: paymentId, status: 'Approved', type: 'card' }
    expect(checkout.readClientResult(result)).toMatchObject({ key: { id: paymentId }, appears: 'looks_paid' })
  })

  it('that was declined names its payment and why', () => {
    expect(error('payment_request_declined', { requestErrorCodes: ['not_enough_funds'] })).toEqual({
      evidence: 'hint',
      provider: 'checkout-com',
      source: 'client',
      key: { id: paymentId },
      appears: 'looks_refused',
      decline: { code: 'not_enough_funds', reason: 'insufficient_funds', retry: 'same_method' },
    })
  })

  it.each([
    ['payment_request_declined', 'Request', 'looks_refused'],
    ['payment_request_aborted', 'Request', 'looks_refused'],
    ['payment_method_attempt_failed', 'PaymentMethod', 'looks_refused'],
    ['payment_request_failed', 'Request', 'looks_unfinished'],
    ['network_error', 'Request', 'looks_unfinished'],
    ['tokenize_request_failed', 'Request', undefined],
    ['component_invalid', 'Submit', undefined],
    ['element_not_found', 'Integration', undefined],
    ['a_code_of_tomorrow', 'Request', undefined],
  ])('with the error %s of type %s looks %s', (code, type, appears) => {
    const hint = error(code, { requestErrorCodes: ['amount_invalid'] }, type)
    expect([hint.key, hint.appears, hint.decline]).toEqual([{ id: paymentId }, appears, undefined])
  })

  it.each([
    'not_enough_funds',
    'invalid_payment_session_data',
    'invalid_customer_data',
    'customer_misconfiguration',
    'merchant_misconfiguration',
    'try_again',
    'payment_cancelled',
    'payment_expired',
    'card_not_supported',
  ])('with the reason %s looks refused, whatever its code', (reason) => {
    const hint = error('payment_request_failed', { requestErrorCodes: ['other', reason] })
    expect(hint).toMatchObject({ appears: 'looks_refused', decline: { code: reason } })
  })

  it('without a payment has no key, and an id that is not valid is refused', () => {
    expect(error('network_error', { paymentId: undefined })).not.toHaveProperty('key')
    for (const wrong of ['pay_x', `${paymentId}/..`, 'ps_2aCpbsBq5ZBbsUQTnTv0BiXeLTr']) {
      expect(() => error('network_error', { paymentId: wrong })).toThrow(
        expect.objectContaining({ code: 'invalid_input' }),
      )
    }
  })
})
