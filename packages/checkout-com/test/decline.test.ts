import { checkoutComDeclineCodes, createCheckoutCom } from '@payment-status/checkout-com'
import type { Decline } from '@payment-status/core'
import { describe, expect, it } from 'vitest'
import { makePayment } from './make.ts'

const checkout = createCheckoutCom()

async function declineOf(changes: Readonly<Record<string, unknown>>): Promise<Decline | undefined> {
  const body = makePayment({ status: 'Declined', approved: false, ...changes })
  return (await checkout.readResponse(body)).payment.decline
}

const table: ReadonlyArray<readonly [code: string, reason: string, retry: string]> = [
  ['20001', 'do_not_honor', 'other_method'],
  ['20005', 'do_not_honor', 'same_method'],
  ['20014', 'invalid_card', 'same_method'],
  ['20038', 'not_permitted', 'other_method'],
  ['20051', 'insufficient_funds', 'same_method'],
  ['20054', 'card_expired', 'other_method'],
  ['20057', 'not_permitted', 'other_method'],
  ['20059', 'fraud_suspected', 'other_method'],
  ['20061', 'limit_exceeded', 'same_method'],
  ['20062', 'not_permitted', 'other_method'],
  ['20068', 'issuer_unavailable', 'same_method'],
  ['20087', 'incorrect_cvc', 'same_method'],
  ['20088', 'processing_error', 'same_method'],
  ['20091', 'issuer_unavailable', 'same_method'],
  ['20093', 'not_permitted', 'other_method'],
  ['20096', 'processing_error', 'same_method'],
  ['20100', 'invalid_card', 'same_method'],
  ['20150', 'authentication_failed', 'other_method'],
  ['20151', 'authentication_failed', 'same_method'],
  ['20152', 'authentication_timed_out', 'same_method'],
  ['20154', 'authentication_required', 'same_method'],
  ['20179', 'invalid_card', 'other_method'],
  ['20182', 'not_permitted', 'other_method'],
  ['20183', 'fraud_suspected', 'other_method'],
  ['200R1', 'not_permitted', 'other_method'],
  ['200R3', 'not_permitted', 'other_method'],
  ['30004', 'lost_or_stolen', 'other_method'],
  ['30041', 'lost_or_stolen', 'other_method'],
  ['30043', 'lost_or_stolen', 'other_method'],
  ['40104', 'incorrect_cvc', 'same_method'],
  ['40108', 'invalid_card', 'same_method'],
  ['40111', 'invalid_card', 'same_method'],
  ['43401', 'authentication_required', 'same_method'],
]

// The set of codes is open: what is not named goes by its family.
const families: typeof table = [
  ['20012', 'other', 'same_method'],
  ['2005C', 'other', 'same_method'],
  ['30015', 'other', 'other_method'],
  ['40101', 'fraud_suspected', 'never'],
  ['50001', 'other', 'other_method'],
  ['70000', 'other', 'other_method'],
  ['110000', 'other', 'other_method'],
  ['100000', 'other', 'other_method'],
  ['Q1', 'other', 'other_method'],
]

describe('a refusal', () => {
  it.each([...table, ...families])(
    'with %s is %s, to be tried again with: %s',
    async (code, reason, retry) => {
      expect(await declineOf({ response_code: code })).toEqual({ code, reason, retry })
    },
  )

  it('has a row here for every code with a meaning of its own', () => {
    expect(table.map(([code]) => code).toSorted()).toEqual(checkoutComDeclineCodes.toSorted())
  })

  it.each([
    // advice, code, retry without advice, with it
    [{ recommendation_code: '03' }, '20051', 'other_method'],
    [{ recommendation_code: 3 }, '20051', 'other_method'],
    [{ partner_merchant_advice_code: '03' }, '20051', 'other_method'],
    [{ partner_merchant_advice_code: '21' }, '20012', 'other_method'],
    [{ recommendation_code: '02' }, '20051', 'same_method'],
    [{ recommendation_code: '02', partner_merchant_advice_code: '03' }, '20051', 'same_method'],
    [{ partner_merchant_advice_code: '24' }, '30015', 'same_method'],
    [{ recommendation_code: '02' }, '30015', 'same_method'],
    [{ recommendation_code: '02' }, '20054', 'other_method'], // the card stays expired
    [{ recommendation_code: '02' }, '40101', 'never'],
    [{ recommendation_code: '03' }, '40101', 'never'],
    [{ recommendation_code: '01' }, '20051', 'same_method'],
    [{ recommendation_code: '99' }, '30015', 'other_method'],
    [{ recommendation_code: '' }, '20051', 'same_method'],
  ])('with the advice %j for %s is to be tried again with: %s', async (processing, code, retry) => {
    expect(await declineOf({ response_code: code, processing })).toMatchObject({ retry })
    const actions = [{ type: 'Authorization', response_code: code, processing }]
    expect(await declineOf({ actions })).toMatchObject({ code, retry })
    expect(await declineOf({ actions: [{ response_code: code }], processing })).toMatchObject({ retry })
  })

  it('takes its code from the newest action that was refused', async () => {
    const actions = [
      { type: 'Authorization', response_code: '20051', response_summary: 'Insufficient funds' },
      { type: 'Authorization', response_code: '20005' },
    ]
    expect(await declineOf({ actions })).toMatchObject({ code: '20051', message: 'Insufficient funds' })
    const approvedFirst = [{ response_code: '10000' }, { response_code: '20005' }]
    expect(await declineOf({ actions: approvedFirst })).toMatchObject({ code: '20005' })
  })

  it('without a code is one of 3-D Secure where that said no, and has no decline otherwise', async () => {
    const no = { '3ds': { authentication_response: 'N' } }
    for (const authentication_response of ['N', 'R']) {
      expect(await declineOf({ '3ds': { authentication_response } })).toEqual({
        reason: 'authentication_failed',
        retry: 'same_method',
      })
    }
    expect(await declineOf({ ...no, response_code: '20051' })).toMatchObject({ reason: 'insufficient_funds' })
    for (const nothing of [
      {},
      { actions: [] },
      { '3ds': { authentication_response: 'Y' } },
      { response_code: '10000' },
    ]) {
      expect(await declineOf(nothing)).toBe(undefined)
    }
  })

  it('is stated only of a payment that failed', async () => {
    const actions = [
      { type: 'Refund', response_code: '50001' },
      { type: 'Capture', response_code: '10000' },
    ]
    const { payment } = await checkout.readResponse(makePayment({ actions }))
    expect(payment).not.toHaveProperty('decline')
  })

  it('repeats the provider’s text where that can be shown, and leaves it out where it could hold a card', async () => {
    const message = async (response_summary: unknown) =>
      (await declineOf({ response_code: '20005', response_summary }))?.message
    expect(await message('Declined - Do Not Honour')).toBe('Declined - Do Not Honour')
    const others = [
      '',
      null,
      'card 4242424242424242',
      'card 4242 4242 4242 4242',
      'two\nlines',
      'a'.repeat(201),
    ]
    for (const text of others) expect(await message(text)).toBe(undefined)
  })
})
