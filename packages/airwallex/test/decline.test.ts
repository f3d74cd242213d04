import type { Decline } from '@payment-status/core'
import { describe, expect, it } from 'vitest'
import { lookUp, makeAttempt, makeIntent } from './helpers.ts'

const declineOf = async (facts: object) => {
  const latest_payment_attempt = makeAttempt({ status: 'FAILED', ...facts })
  const intent = makeIntent({ status: 'REQUIRES_PAYMENT_METHOD', captured_amount: 0, latest_payment_attempt })
  return (await lookUp({ intent })).decline
}
const issuer = (provider_original_response_code?: string) => ({
  failure_code: 'issuer_declined',
  provider_original_response_code,
})

type Row = readonly [facts: object, reason: Decline['reason'], retry: Decline['retry']]

const rows: readonly Row[] = [
  [{ failure_code: 'authentication_declined' }, 'authentication_failed', 'same_method'],
  [{ failure_code: 'risk_declined' }, 'fraud_suspected', 'never'],
  [{ failure_code: '3ds_not_supported' }, 'not_permitted', 'other_method'],
  [{ failure_code: 'card_brand_not_supported' }, 'not_permitted', 'other_method'],
  [{ failure_details: { code: 'risk_declined' } }, 'fraud_suspected', 'never'],
  [{ failure_code: 'teleported' }, 'other', 'other_method'],
  [{}, 'other', 'other_method'],
  [issuer(), 'other', 'other_method'],
  [issuer('00'), 'other', 'other_method'],
  [issuer('05'), 'do_not_honor', 'other_method'],
  [issuer('51'), 'insufficient_funds', 'other_method'],
  [{ ...issuer('51'), failure_code: 'provider_declined' }, 'insufficient_funds', 'other_method'],
  [issuer('54'), 'card_expired', 'other_method'],
  [issuer('14'), 'invalid_card', 'same_method'],
  ...['04', '07', '41', '43'].map((code): Row => [issuer(code), 'lost_or_stolen', 'other_method']),
  [issuer('59'), 'fraud_suspected', 'other_method'],
  [issuer('61'), 'limit_exceeded', 'other_method'],
  [issuer('91'), 'issuer_unavailable', 'same_method'],
  // The issuer's code has a meaning only where the issuer or the payment provider declined.
  [
    { failure_code: 'authentication_declined', provider_original_response_code: '51' },
    'authentication_failed',
    'same_method',
  ],
  // The card scheme's advice outranks the usual meaning.
  [{ ...issuer('91'), merchant_advice_code: '01' }, 'issuer_unavailable', 'other_method'],
  [{ ...issuer('51'), merchant_advice_code: '02' }, 'insufficient_funds', 'same_method'],
  [{ ...issuer('05'), merchant_advice_code: '03' }, 'do_not_honor', 'never'],
  [{ ...issuer('05'), merchant_advice_code: '21' }, 'do_not_honor', 'never'],
  [{ ...issuer('05'), merchant_advice_code: '99' }, 'do_not_honor', 'other_method'],
  [{ failure_code: 'risk_declined', merchant_advice_code: '02' }, 'fraud_suspected', 'never'],
]

describe('a decline', () => {
  it.each(rows)('of %o is %s, retry %s', async (facts, reason, retry) => {
    expect(await declineOf(facts)).toMatchObject({ reason, retry })
  })

  it.each(['SUCCEEDED', 'CANCELLED', 'PENDING'])('belongs to an open payment, not to %s', async (status) => {
    const latest_payment_attempt = makeAttempt({ status: 'FAILED', ...issuer('51') })
    const intent = makeIntent({
      status,
      captured_amount: status === 'SUCCEEDED' ? 19.99 : 0,
      latest_payment_attempt,
    })
    const attempts = [latest_payment_attempt, makeAttempt({ id: 'att_0', status: 'SETTLED' })]
    expect((await lookUp({ intent, attempts })).decline).toBeUndefined()
  })
})
