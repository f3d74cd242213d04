import { adyenRefusalCodes } from '@payment-status/adyen'
import { describe, expect, it } from 'vitest'
import { adyenRefusals } from '../src/vocabulary.ts'
import { connect, makeItem, PAYMENT, read } from './helpers.ts'

/** Adyen's page on refusal reasons, by what a shop can do. */
const wanted: ReadonlyArray<readonly [codes: readonly number[], reason: string, retry: string]> = [
  [[2, 3, 26, 27], 'do_not_honor', 'other_method'],
  [[4, 21], 'processing_error', 'same_method'],
  [[9], 'issuer_unavailable', 'same_method'],
  [[6], 'card_expired', 'other_method'],
  [[8, 32], 'invalid_card', 'same_method'],
  [[24], 'incorrect_cvc', 'same_method'],
  [[5, 10, 23, 25, 34, 35, 46], 'not_permitted', 'other_method'],
  [[12], 'insufficient_funds', 'other_method'],
  [[28, 29], 'limit_exceeded', 'other_method'],
  [[11, 17, 39, 42], 'authentication_failed', 'same_method'],
  [[18, 19], 'authentication_failed', 'other_method'],
  [[33, 36, 38, 41, 43], 'authentication_required', 'same_method'],
  [[14, 20, 22, 31], 'fraud_suspected', 'never'],
  [[16], 'canceled_by_shopper', 'same_method'],
  [[7, 15, 37, 40, 44, 45], 'other', 'other_method'],
]
const cases = wanted.flatMap(([codes, reason, retry]) =>
  codes.map((code) => [`${code}`, reason, retry] as const),
)

const ofAnswer = async (refusalReasonCode: string) => {
  const body = { pspReference: PAYMENT, resultCode: 'Refused', refusalReasonCode }
  const report = await connect().readResponse(body)
  return report.evidence === 'report' ? report.payment.decline : undefined
}
const ofWebhook = async (reason: string) => {
  const event = await read(makeItem('AUTHORISATION', { success: 'false', reason }))
  return event.kind === 'operation' ? event.payment?.decline : undefined
}

describe('a decline', () => {
  it('has a meaning for every listed code', () => {
    expect(cases.map(([code]) => Number(code)).toSorted((a, b) => a - b)).toEqual(
      adyenRefusalCodes.map(Number),
    )
  })

  it.each(cases)('by code %s, or its text in a webhook, is %s: %s', async (code, reason, retry) => {
    const message = adyenRefusals[Number(code) as keyof typeof adyenRefusals]
    expect(await ofAnswer(code)).toEqual({ code, reason, retry, message })
    expect(await ofWebhook(message)).toEqual({ code, reason, retry, message })
    expect(await ofWebhook(` ${message.toUpperCase()} `)).toMatchObject({ code, reason, retry })
  })

  it.each(['0', '1', '999', 'toString', ''])(
    'by another code (%j) is no reason to try the same card again',
    async (code) => {
      expect(await ofAnswer(code)).toEqual({ reason: 'other', retry: 'other_method' })
    },
  )

  it.each(['123456:1111:03/2030', 'DECLINED by issuer', ''])(
    'with the text %j keeps nothing of it',
    async (text) => {
      expect(await ofWebhook(text)).toEqual({ reason: 'other', retry: 'other_method' })
    },
  )

  it('that Adyen retries by itself is not one yet', async () => {
    const additionalData = { 'retry.rescueScheduled': 'true' }
    const event = await read(makeItem('AUTHORISATION', { success: 'false', additionalData }))
    expect(event).toMatchObject({ operation: { status: 'pending' }, payment: { status: 'processing' } })
    expect(event).not.toMatchObject({ payment: { decline: expect.anything() } })
  })
})
