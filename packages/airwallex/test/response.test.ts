import { createAirwallex } from '@payment-status/airwallex'
import { nextStep, type PaymentReport } from '@payment-status/core'
import { describe, expect, it } from 'vitest'
import { makeAttempt, makeIntent, withCode } from './helpers.ts'

const airwallex = createAirwallex()
const declined = {
  code: 'issuer_declined',
  message: 'Declined.',
  details: { card_brand: 'visa' },
  trace_id: 'abc',
}

describe('a response', () => {
  it('that is an intent states the payment', async () => {
    const body = makeIntent({ latest_payment_attempt: makeAttempt() })
    expect(await airwallex.readResponse(body)).toMatchObject({
      evidence: 'report',
      source: 'response',
      occurredAt: '2026-01-01T00:00:05.000Z',
      payment: { id: 'int_a1', status: 'captured' },
    })
  })

  it.each([{ id: 'int_a1' }, { payment_intent_id: 'int_a1' }, { intent_id: 'int_a1' }])(
    'that declines the confirmation of %o leaves that intent open',
    async (sent) => {
      const report = (await airwallex.readResponse(declined, sent)) as PaymentReport
      expect(report.payment).toEqual({
        provider: 'airwallex',
        id: 'int_a1',
        status: 'open',
        decline: { code: 'issuer_declined', reason: 'other', retry: 'other_method' },
        facts: { code: 'issuer_declined' },
      })
      const terms = { expected: { amount: { amount: 1999, currency: 'EUR' } }, capture: 'automatic' } as const
      expect(nextStep(report, terms)).toMatchObject({ kind: 'ask_again', newPayment: false })
    },
  )

  it("reads the issuer's code of a decline where one is stated", async () => {
    const details = { provider_original_response_code: '51', merchant_advice_code: '03' }
    const report = await airwallex.readResponse({ ...declined, details }, { id: 'int_a1' })
    expect(report).toMatchObject({ payment: { decline: { reason: 'insufficient_funds', retry: 'never' } } })
  })

  it.each([undefined, {}, { id: 'att_1' }, 'int_a1', { id: 7 }])(
    'that declines and names no payment needs sent.id, not %o',
    async (sent) => {
      await expect(airwallex.readResponse(declined, sent)).rejects.toThrow(
        'Pass { id } of the confirmed intent as `sent`.',
      )
    },
  )

  it.each([
    [{ merchant_order_id: 'order-1001' }, { key: { reference: 'order-1001' } }],
    [{ id: 'int_a1', merchant_order_id: 'order-1001' }, { key: { id: 'int_a1' } }],
    [undefined, {}],
  ])('duplicate_request to %o is a hint with %o', async (sent, wanted) => {
    const hint = await airwallex.readResponse({ code: 'duplicate_request', message: 'x' }, sent)
    expect(hint).toEqual({ evidence: 'hint', provider: 'airwallex', source: 'response', ...wanted })
  })

  it('that is another error is rejected, whatever was sent', async () => {
    for (const code of ['invalid_argument', 'resource_not_found', 'invalid_status_for_operation']) {
      await expect(airwallex.readResponse({ code, message: 'x' }, { id: 'int_a1' })).rejects.toMatchObject({
        ...withCode('rejected'),
        providerCode: code,
      })
    }
  })
})
