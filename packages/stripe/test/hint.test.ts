import { describe, expect, it } from 'vitest'
import { createStripe } from '../src/index.ts'
import { withCode } from './helpers.ts'

const stripe = createStripe()
const secret = 'pi_madeHere_secret_madeHere'

describe('readReturn', () => {
  it('takes the id and the look, and never the client secret', () => {
    const url = `https://shop.example/return?payment_intent=pi_madeHere&payment_intent_client_secret=${secret}&redirect_status=succeeded`
    const expected = {
      evidence: 'hint',
      provider: 'stripe',
      source: 'return_url',
      key: { id: 'pi_madeHere' },
      appears: 'looks_paid',
    }
    expect(stripe.readReturn(url)).toEqual(expected)
    expect(stripe.readReturn(new URL(url))).toEqual(expected)
    expect(stripe.readReturn(url.slice('https://shop.example'.length))).toEqual(expected)
  })

  it('has no key without an id', () => {
    const hint = stripe.readReturn(`/return?payment_intent_client_secret=${secret}`)
    expect(hint).toEqual({ evidence: 'hint', provider: 'stripe', source: 'return_url' })
  })

  it('has no look for a SetupIntent, which pays nothing', () => {
    const hint = stripe.readReturn('/return?setup_intent=seti_1&redirect_status=succeeded')
    expect(hint).toEqual({ evidence: 'hint', provider: 'stripe', source: 'return_url' })
  })

  it('has no look for a word it does not know, or two words', () => {
    for (const query of ['redirect_status=paid', 'redirect_status=failed&redirect_status=succeeded']) {
      expect(stripe.readReturn(`/r?payment_intent=pi_1&${query}`)).not.toHaveProperty('appears')
    }
  })

  it.each([
    'payment_intent=ch_1',
    'payment_intent=pi_1%2F..%2Fcharges',
    'payment_intent=pi_1%0A',
    'payment_intent=pi_',
    `payment_intent=${secret}`,
    'payment_intent=pi_1&payment_intent=pi_2',
  ])('refuses a crafted %s', (query) => {
    expect(() => stripe.readReturn(`/r?${query}`)).toThrow(expect.objectContaining(withCode('invalid_input')))
  })

  it('refuses what is no URL', () => {
    expect(() => stripe.readReturn('nonsense')).toThrow(expect.objectContaining(withCode('invalid_input')))
  })
})

describe('readClientResult', () => {
  it('reads what confirmCardPayment resolves with', () => {
    const paymentIntent = { id: 'pi_madeHere', status: 'succeeded', client_secret: secret }
    expect(stripe.readClientResult({ paymentIntent })).toEqual({
      evidence: 'hint',
      provider: 'stripe',
      source: 'client',
      key: { id: 'pi_madeHere' },
      appears: 'looks_paid',
    })
  })

  it('reads the intent that an error carries', () => {
    const payment_intent = { id: 'pi_madeHere', status: 'requires_payment_method', client_secret: secret }
    const error = { type: 'card_error', code: 'card_declined', message: 'Declined.', payment_intent }
    expect(stripe.readClientResult({ error })).toMatchObject({
      key: { id: 'pi_madeHere' },
      appears: 'looks_refused',
    })
    const paid = { ...error, payment_intent: { ...payment_intent, status: 'succeeded' } }
    expect(stripe.readClientResult({ error: paid })).toMatchObject({ appears: 'looks_paid' })
  })

  it('reads an error without an intent', () => {
    expect(stripe.readClientResult({ error: { type: 'validation_error' } })).toEqual({
      evidence: 'hint',
      provider: 'stripe',
      source: 'client',
      appears: 'looks_refused',
    })
  })

  it('hands on what the shopper has to do', () => {
    const next_action = { type: 'redirect_to_url', redirect_to_url: { url: 'https://hooks.example/a' } }
    const paymentIntent = { id: 'pi_1', status: 'requires_action', next_action }
    expect(stripe.readClientResult({ paymentIntent })).toMatchObject({
      appears: 'looks_unfinished',
      action: { kind: 'redirect', url: 'https://hooks.example/a' },
    })
    const done = { paymentIntent: { ...paymentIntent, status: 'succeeded' } }
    expect(stripe.readClientResult(done)).not.toHaveProperty('action')
  })

  it('has no key where the input has no id', () => {
    for (const result of [{}, { paymentIntent: null }, { setupIntent: { id: 'seti_1' } }]) {
      expect(stripe.readClientResult(result)).toEqual({
        evidence: 'hint',
        provider: 'stripe',
        source: 'client',
      })
    }
  })

  it.each([null, undefined, 'succeeded', 7, { paymentIntent: 'pi_1' }, { paymentIntent: { id: 7 } }])(
    'refuses %j',
    (result) => {
      expect(() => stripe.readClientResult(result)).toThrow(
        expect.objectContaining(withCode('invalid_payload')),
      )
    },
  )

  it.each(['ch_1', 'pi_1/..', secret])('refuses the id %j', (id) => {
    expect(() => stripe.readClientResult({ paymentIntent: { id, status: 'succeeded' } })).toThrow(
      expect.objectContaining(withCode('invalid_input')),
    )
  })
})
