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
    const strange = ['4242424242424242', 'sk_sbox_madeherenotarealkeyatall2', 'the card 4242', 'a'.repeat(65)]
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
