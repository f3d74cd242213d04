import { createAirwallex } from '@payment-status/airwallex'
import { describe, expect, it } from 'vitest'
import { withCode } from './helpers.ts'

const airwallex = createAirwallex()
const shop = 'https://shop.example/return'

describe('a return URL', () => {
  it.each([
    ['?payment_intent_id=int_a1&succeeded=true', { key: { id: 'int_a1' }, appears: 'looks_paid' }],
    ['?payment_intent_id=int_a1&succeeded=false', { key: { id: 'int_a1' }, appears: 'looks_refused' }],
    ['?intent_id=int_a1', { key: { id: 'int_a1' } }],
    ['?id=int_a1', { key: { id: 'int_a1' } }],
    ['?id=order-1001', {}],
    ['?id=order-1001&payment_intent_id=int_a1', { key: { id: 'int_a1' } }],
    ['?payment_intent_id=int_a1&id=int_a1', { key: { id: 'int_a1' } }],
    ['?payment_intent_id=att_a1', {}],
    ['?succeeded=true&succeeded=false', {}],
    ['?status=SUCCEEDED', {}],
    ['', {}],
  ])('%j is a hint with %o', (query, wanted) => {
    const base = { evidence: 'hint', provider: 'airwallex', source: 'return_url' }
    expect(airwallex.readReturn(`${shop}${query}`)).toEqual({ ...base, ...wanted })
  })

  it('that names two payments is refused', () => {
    expect(() => airwallex.readReturn(`${shop}?payment_intent_id=int_a1&id=int_b2`)).toThrow(
      '[airwallex] the return URL must name one payment',
    )
  })
})

describe('a browser result', () => {
  const base = { evidence: 'hint', provider: 'airwallex', source: 'client' }
  const intent = { id: 'int_a1', client_secret: 'eyJhbGciOiJIUzI1NiJ9.secret', amount: 19.99 }
  const action = { type: 'redirect', method: 'GET', url: 'https://acs.example/a' }

  it.each([
    [
      'of onSuccess',
      { type: 'onSuccess', detail: { intent: { ...intent, status: 'SUCCEEDED' } } },
      'looks_paid',
    ],
    ['of a held payment', { detail: { intent: { ...intent, status: 'REQUIRES_CAPTURE' } } }, 'looks_paid'],
    ['of a pending payment', { detail: { intent: { ...intent, status: 'PENDING' } } }, 'looks_unfinished'],
    ['of a word that is not listed', { detail: { intent: { ...intent, status: 'TELEPORTED' } } }, undefined],
    ['of confirmPaymentIntent', { ...intent, status: 'SUCCEEDED' }, 'looks_paid'],
    [
      'of onError with an intent',
      { detail: { intent, error: { code: 'issuer_declined', message: 'x' } } },
      'looks_refused',
    ],
  ])('%s keeps the id and no client secret', (_, result, appears) => {
    const hint = airwallex.readClientResult(result)
    expect(hint).toEqual({ ...base, key: { id: 'int_a1' }, ...(appears ? { appears } : {}) })
    expect(JSON.stringify(hint)).not.toContain('secret')
  })

  it.each([
    [true, {}],
    [false, {}],
    [{ detail: { error: { code: 'risk_declined', message: 'x' } } }, { appears: 'looks_refused' }],
    [{ type: 'onCancel' }, { appears: 'looks_unfinished' }],
    [{ type: 'onPendingVerifyAccount', detail: {} }, { appears: 'looks_unfinished' }],
    [
      { ...intent, status: 'REQUIRES_CUSTOMER_ACTION', next_action: action },
      { key: { id: 'int_a1' }, appears: 'looks_unfinished', action: { kind: 'redirect', url: action.url } },
    ],
  ])('%o is a hint with %o', (result, wanted) => {
    expect(airwallex.readClientResult(result)).toEqual({ ...base, ...wanted })
  })

  it('with an id of another kind is refused', () => {
    expect(() => airwallex.readClientResult({ id: 'att_a1' })).toThrow(
      'must have an id that begins with int_',
    )
    expect(() => airwallex.readClientResult('int_a1')).toThrow(
      expect.objectContaining(withCode('invalid_payload')),
    )
  })
})
