import { describe, expect, it } from 'vitest'
import { checkoutComEnvironment } from '../packages/checkout-com/src/environment.ts'
import { defineEnvironment } from '../packages/core/src/kit/environment.ts'
import { onerwayEnvironment } from '../packages/onerway/src/environment.ts'
import { createPayments, providersFromEnvironment } from '../packages/payment-status/src/index.ts'
import { stripeEnvironment } from '../packages/stripe/src/environment.ts'

const all = [checkoutComEnvironment, onerwayEnvironment, stripeEnvironment] as const
const onerway = {
  ONERWAY_MERCHANT_NO: '800001',
  ONERWAY_SECRET_KEY: 'hunter2',
  ONERWAY_ENVIRONMENT: 'sandbox',
  ONERWAY_INTEGRATION: 'direct',
}
const complete = {
  CKO_SECRET_KEY: 'sk_sbox_madeherethisisnotarealkey22',
  CKO_WEBHOOK_SECRET: 'hunter2',
  ...onerway,
  STRIPE_SECRET_KEY: 'sk_test_hunter2',
  STRIPE_WEBHOOK_SECRET: 'whsec_hunter2',
}
const namesOf = (providers: readonly { readonly name: string }[]) => providers.map(({ name }) => name)

describe('providers of an environment', () => {
  it('are all there where every variable is set, and known by their names in the types', () => {
    const { providers, gaps } = providersFromEnvironment(complete, all)
    expect(namesOf(providers)).toEqual(['checkout-com', 'onerway', 'stripe'])
    expect(gaps).toEqual([])
    const payments = createPayments(providers)
    const name: 'stripe' = payments.provider('stripe').name
    expect(name).toBe('stripe')
    // @ts-expect-error none of them is called that
    expect(() => payments.provider('strpie')).toThrow()
  })

  it('are those that are configured; of the others it is said what is not set', () => {
    const { providers, gaps } = providersFromEnvironment(onerway, all)
    expect(namesOf(providers)).toEqual(['onerway'])
    expect(gaps.map(({ sentence, isFatal }) => [sentence, isFatal])).toEqual([
      ['checkout-com: CKO_SECRET_KEY is not set', true],
      ['stripe: STRIPE_SECRET_KEY is not set', true],
    ])
  })

  it.each([
    [
      { STRIPE_SECRET_KEY: 'sk_test_hunter2' },
      'STRIPE_WEBHOOK_SECRET is not set, so no webhook can be verified',
    ],
    [
      { STRIPE_WEBHOOK_SECRET: 'whsec_hunter2', STRIPE_SECRET_KEY: ' ' },
      'STRIPE_SECRET_KEY is not set, so nothing can be looked up',
    ],
  ])('can do one thing of two, and the other is said to be missing: %o', (environment, sentence) => {
    const { providers, gaps } = providersFromEnvironment(environment, [stripeEnvironment])
    expect(namesOf(providers)).toEqual(['stripe'])
    expect(gaps).toEqual([
      expect.objectContaining({ provider: 'stripe', isFatal: false, sentence: `stripe: ${sentence}` }),
    ])
  })

  it.each([
    [{ ONERWAY_MERCHANT_NO: undefined }, ['ONERWAY_MERCHANT_NO'], 'ONERWAY_MERCHANT_NO is not set'],
    [
      { ONERWAY_ENVIRONMENT: '', ONERWAY_INTEGRATION: undefined },
      ['ONERWAY_ENVIRONMENT', 'ONERWAY_INTEGRATION'],
      'ONERWAY_ENVIRONMENT, ONERWAY_INTEGRATION are not set',
    ],
    [
      { ONERWAY_ENVIRONMENT: 'hunter2' },
      ['ONERWAY_ENVIRONMENT'],
      "ONERWAY_ENVIRONMENT must be 'sandbox' or 'production'",
    ],
    [
      { ONERWAY_INTEGRATION: 'hunter2' },
      ['ONERWAY_INTEGRATION'],
      "ONERWAY_INTEGRATION must be 'direct' or 'hosted'",
    ],
  ])('of Onerway need all of it, and right: %o', (change, variables, sentence) => {
    const { providers, gaps } = providersFromEnvironment({ ...onerway, ...change }, [onerwayEnvironment])
    expect(providers).toEqual([])
    expect(gaps).toEqual([
      { provider: 'onerway', variables, isFatal: true, sentence: `onerway: ${sentence}` },
    ])
  })

  it('say what cannot be right, and no value', () => {
    const wrong = {
      ...complete,
      CKO_SECRET_KEY: 'hunter2',
      STRIPE_BASE_URL: 'hunter2',
      ONERWAY_BASE_URL: 'hunter2',
    }
    const { providers, gaps } = providersFromEnvironment(wrong, all)
    expect(namesOf(providers)).toEqual([])
    expect(gaps.map(({ provider, isFatal }) => [provider, isFatal])).toEqual([
      ['checkout-com', true],
      ['onerway', true],
      ['stripe', true],
    ])
    expect(JSON.stringify(gaps)).not.toContain('hunter2')
  })

  it('hide the error of a factory, which may hold a value', () => {
    const strange = defineEnvironment('strange', ['STRANGE_KEY'], ({ read }) => {
      throw new Error(`no such key: ${read('STRANGE_KEY')}`)
    })
    expect(strange.read({ STRANGE_KEY: 'abc123' }).gaps).toEqual([
      {
        provider: 'strange',
        variables: ['STRANGE_KEY'],
        isFatal: true,
        sentence: 'strange: this configuration is not valid',
      },
    ])
  })
})
