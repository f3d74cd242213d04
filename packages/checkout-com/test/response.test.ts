import { createCheckoutCom } from '@payment-status/checkout-com'
import { describe, expect, it } from 'vitest'
import { makePayment, paymentId } from './make.ts'

const checkout = createCheckoutCom()

describe('the response to a create call', () => {
  it('that is pending has neither an amount nor a time, and they stay absent', async () => {
    const href = 'https://3ds2-sandbox.ckotech.co/interceptor/3ds_x'
    const body = {
      id: paymentId,
      status: 'Pending',
      reference: 'order-1001',
      '3ds': {},
      _links: { redirect: { href } },
    }
    const report = await checkout.readResponse(body)
    expect(report).toEqual({
      evidence: 'report',
      source: 'response',
      observedAt: report.observedAt,
      payment: {
        provider: 'checkout-com',
        id: paymentId,
        reference: 'order-1001',
        status: 'requires_action',
        action: { kind: 'redirect', url: href },
        facts: { status: 'Pending', approved: null },
      },
    })
  })

  it('is dated by the provider where it says when it was processed', async () => {
    const body = makePayment({ status: 'Authorized', processed_on: '2026-03-02T10:15:31Z' })
    expect(await checkout.readResponse(body)).toMatchObject({
      occurredAt: '2026-03-02T10:15:31.000Z',
      payment: { status: 'authorized', amount: { amount: 2500, currency: 'EUR' } },
    })
    expect(await checkout.readResponse(makePayment())).not.toHaveProperty('occurredAt')
  })

  it('never hands on a redirect to a script, and still waits for the shopper', async () => {
    const body = { id: paymentId, status: 'Pending', _links: { redirect: { href: 'javascript:alert(1)' } } }
    const { payment } = await checkout.readResponse(body)
    expect(payment.status).toBe('requires_action')
    expect(payment).not.toHaveProperty('action')
  })

  it('has an action only while the shopper is waited for', async () => {
    const _links = { redirect: { href: 'https://3ds.example/' } }
    const { payment } = await checkout.readResponse(makePayment({ _links }))
    expect(payment.status).toBe('captured')
    expect(payment).not.toHaveProperty('action')
  })

  it('that is a refusal of the request is rejected, with the provider’s code', async () => {
    const body = {
      request_id: 'request-1',
      error_type: 'request_invalid',
      error_codes: ['amount_invalid', 'other'],
    }
    await expect(checkout.readResponse(body)).rejects.toMatchObject({
      code: 'rejected',
      retryable: false,
      providerCode: 'amount_invalid',
      requestId: 'request-1',
    })
    const bare = checkout.readResponse({ error_type: 'processing_error' })
    await expect(bare).rejects.toMatchObject({ code: 'rejected', providerCode: 'processing_error' })
  })

  it('that is a refusal holds nothing but short words for codes', async () => {
    const strange = [
      '4242424242424242',
      'sk_sbox_madeherethisisnotarealkey22',
      'the card 4242',
      'a'.repeat(65),
    ]
    for (const word of strange) {
      const body = { request_id: word, error_type: 'request_invalid', error_codes: [word] }
      const error: unknown = await checkout.readResponse(body).catch((thrown: unknown) => thrown)
      expect(error).toMatchObject({ code: 'rejected' })
      expect(error).not.toHaveProperty('providerCode')
      expect(error).not.toHaveProperty('requestId')
    }
  })

  it.each([
    undefined,
    null,
    '',
    'text',
    7,
    [],
    {},
    { id: paymentId },
    { status: 'Captured', approved: true },
  ])('that is %j is invalid_payload', async (body) => {
    await expect(checkout.readResponse(body)).rejects.toMatchObject({ code: 'invalid_payload' })
  })

  it('that names a payment is no refusal, whatever else it holds', async () => {
    const { payment } = await checkout.readResponse(makePayment({ error_type: 'none' }))
    expect(payment.status).toBe('captured')
  })
})

describe("the answer to a Flow payment session's submission", () => {
  const flow = { id: paymentId, type: 'card', payment_session_id: 'ps_2aCpbsBq5ZBbsUQTnTv0BiXeLTr' }

  it.each([
    ['Approved', {}, { status: 'authorized', facts: { status: 'Approved' } }],
    [
      'Declined',
      { decline_reason: 'The issuer said no' },
      {
        status: 'failed',
        decline: { reason: 'other', retry: 'other_method', message: 'The issuer said no' },
      },
    ],
    [
      'Declined',
      { decline_reason: '20051' },
      { status: 'failed', decline: { reason: 'insufficient_funds' } },
    ],
    ['Declined', { decline_reason: null }, { status: 'failed' }],
    [
      'Action Required',
      { action: { type: 'redirect', url: 'https://3ds.example/' } },
      { status: 'requires_action', action: { kind: 'redirect', url: 'https://3ds.example/' } },
    ],
    ['Action Required', { action: { type: 'sdk' } }, { status: 'requires_action', action: { kind: 'sdk' } }],
    [
      'Action Required',
      { action: { url: 'javascript:alert(1)' } },
      { status: 'requires_action', action: { kind: 'sdk' } },
    ],
  ])('that is %s, with %j, is a report', async (status, changes, wanted) => {
    const { payment } = await checkout.readResponse({ ...flow, status, ...changes })
    expect(payment).toMatchObject({ id: paymentId, method: { kind: 'card', name: 'card' }, ...wanted })
    expect(payment).not.toHaveProperty('amount')
  })

  it.each([
    ['not_enough_funds', 'insufficient_funds', 'same_method'],
    ['invalid_payment_session_data', 'processing_error', 'other_method'],
    ['invalid_customer_data', 'other', 'same_method'],
    ['customer_misconfiguration', 'not_permitted', 'other_method'],
    ['merchant_misconfiguration', 'processing_error', 'other_method'],
    ['try_again', 'processing_error', 'same_method'],
    ['payment_cancelled', 'canceled_by_shopper', 'same_method'],
    ['payment_expired', 'other', 'same_method'],
    ['card_not_supported', 'not_permitted', 'other_method'],
  ])('declined with Flow’s reason %s is %s', async (decline_reason, reason, retry) => {
    const { payment } = await checkout.readResponse({ ...flow, status: 'Declined', decline_reason })
    expect(payment.decline).toEqual({ code: decline_reason, reason, retry })
  })

  it.each([
    ['Approved', { approved: true, amount: 2500, currency: 'EUR' }, 'authorized', 2500],
    ['Approved', { approved: true, amount: 0, currency: 'EUR' }, 'verified', 0],
    ['Approved', { approved: false, amount: 2500, currency: 'EUR' }, 'unknown', 2500],
    ['Declined', { approved: false, amount: 2500, currency: 'EUR' }, 'failed', 2500],
    ['Declined', { approved: true, amount: 2500, currency: 'EUR' }, 'unknown', 2500],
    ['Action Required', { approved: false, amount: 2500, currency: 'EUR' }, 'requires_action', 2500],
  ] as const)('%s with %j is %s', async (status, stated, wanted, amount) => {
    const { payment } = await checkout.readResponse({ ...flow, ...stated, status, reference: 'order-1001' })
    expect(payment).toMatchObject({
      status: wanted,
      amount: { amount, currency: 'EUR' },
      reference: 'order-1001',
    })
    expect(payment.facts).toEqual({ status, approved: stated.approved })
  })

  it('is not read from a payment object with a plan to try again', async () => {
    const retry = { attempts_made: 1, max_attempts: 4 }
    const body = makePayment({ status: 'Declined', approved: false, type: 'card', retry })
    expect((await checkout.readResponse(body)).payment.status).toBe('processing')
  })

  it('that would hold a card number holds none', async () => {
    const answer = { ...flow, status: 'Declined', decline_reason: 'card 4242 4242 4242 4242' }
    expect((await checkout.readResponse(answer)).payment.decline).not.toHaveProperty('message')
  })

  it('is not what the payment object is that was refused', async () => {
    const body = { id: paymentId, status: 'Declined', type: 'card', approved: true }
    expect((await checkout.readResponse(body)).payment.status).toBe('unknown')
    expect((await checkout.readResponse({ id: paymentId, status: 'Declined' })).payment.status).toBe(
      'unknown',
    )
  })
})

describe('an answer that is not a payment', () => {
  const documents = [
    ['a hosted payments page', 'hpp_Q3mDGfMnWCVn'],
    ['a payment link', 'pl_Q3mDGfMnWCVn'],
    ['a payment session', 'ps_2aCpbsBq5ZBbsUQTnTv0BiXeLTr'],
    ['a payment setup', 'psu_abc'],
    ['a payment context', 'pct_y3oqhf46pyzuxjbcn2giaqnb44'],
  ] as const
  const read = async (body: object) =>
    checkout.readResponse(body).then(
      () => undefined,
      (thrown: unknown) => thrown as Error,
    )

  it.each(documents)('is named as %s, with where the payment’s id comes from', async (document, id) => {
    const body = { id, status: 'Payment Pending', _links: { redirect: { href: 'https://pay.example/' } } }
    const error = await read(body)
    expect(error).toMatchObject({
      code: 'invalid_payload',
      message: expect.stringMatching(`this is ${document}: .*webhook or the return URL`),
      issues: [{ path: 'id' }],
    })
    expect(error?.message).not.toContain(id)
  })

  it.each(documents.slice(0, 2))('names `payment_id` once %s was paid', async (document, id) => {
    const error = await read({ id, status: 'Payment Received', payment_id: paymentId })
    expect(error).toMatchObject({
      code: 'invalid_payload',
      message: expect.stringMatching(
        `this is ${document}: it was paid, so look up the id in its \`payment_id\``,
      ),
    })
    expect(error?.message).not.toContain(paymentId)
    const strange = await read({ id, status: 'Payment Received', payment_id: 7 })
    expect(strange?.message).toMatch(/webhook or the return URL/)
  })
})
