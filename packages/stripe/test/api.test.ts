import { describe, expect, it } from 'vitest'
import { describeError } from '../src/api.ts'
import { createStripe, signWebhook } from '../src/index.ts'
import { answering, makeEvent, makeIntent, secretKey, webhookSecrets, withCode } from './helpers.ts'

describe('the configuration', () => {
  it.each(['sk_test_1', 'sk_live_1', 'rk_test_1', 'rk_live_1', '', undefined])(
    'accepts the key %j',
    (key) => {
      expect(createStripe({ secretKey: key }).name).toBe('stripe')
    },
  )

  it.each(['pk_test_1', 'whsec_1', 'sk_', 'sk_test 1', 'sk_test_1\n', 'Bearer sk_test_1'])(
    'refuses the key %j',
    (key) => {
      expect(() => createStripe({ secretKey: key })).toThrow(
        expect.objectContaining(withCode('invalid_input')),
      )
    },
  )

  it.each(['whsec_1', ' whsec_1\n', ['whsec_1', undefined, '', ' '], undefined, ''])(
    'accepts the webhook secret %j',
    (webhookSecrets) => {
      expect(createStripe({ webhookSecrets }).name).toBe('stripe')
    },
  )

  it.each(['sk_test_1', 'rk_live_1', 'pk_test_1', 'whsec_', 'whsec', 'whsec_1 whsec_2', 'WHSEC_1', 'secret'])(
    'refuses the webhook secret %j, and says what to give',
    (secret) => {
      for (const webhookSecrets of [secret, ['whsec_1', secret]]) {
        expect(() => createStripe({ webhookSecrets })).toThrow(
          expect.objectContaining({
            ...withCode('invalid_input'),
            message: expect.stringMatching(
              /webhookSecrets must be the endpoint's signing secret \(whsec_…\)/,
            ),
          }),
        )
      }
    },
  )

  it('verifies with a secret that came with white space around it', async () => {
    const delivery = await signWebhook(makeEvent('payment_intent.succeeded', makeIntent()), webhookSecrets)
    for (const padded of [
      `${webhookSecrets}\n`,
      ` ${webhookSecrets}`,
      ['whsec_old', `\t${webhookSecrets} `],
    ]) {
      const event = await createStripe({ webhookSecrets: padded }).readWebhook(delivery)
      expect(event.kind).toBe('payment')
    }
  })

  it('needs the key at the call that needs it', async () => {
    const { stripe, requests } = answering(() => makeIntent(), { secretKey: '' })
    await expect(stripe.lookup('pi_1')).rejects.toMatchObject(withCode('invalid_input'))
    await expect(stripe.lookupByReference('a')).rejects.toMatchObject(withCode('invalid_input'))
    expect(requests).toHaveLength(0)
  })

  it.each(['2025-03-31.basil', '2025-08-27.basil', '2026-07-29.dahlia', '2026-10-28.endive'])(
    'sends version %s',
    async (apiVersion) => {
      const { stripe, requests } = answering(() => makeIntent(), { apiVersion })
      await stripe.lookup('pi_madeHere')
      expect(requests[0]?.headers.get('stripe-version')).toBe(apiVersion)
    },
  )

  it.each([
    '2025-02-24.acacia',
    '2024-06-20',
    '2022-11-15',
    '2025-03-30.basil',
    'latest',
    '',
    '2026-07-29',
    '2026-07-29.dahlia\n',
  ])('refuses version %j', (apiVersion) => {
    expect(() => createStripe({ apiVersion })).toThrow(expect.objectContaining(withCode('invalid_input')))
  })

  it.each(['order_id', 'Order No.', 'orderId', 'a'.repeat(40), '订单'])(
    'accepts the reference key %j',
    (referenceKey) => {
      expect(createStripe({ referenceKey }).name).toBe('stripe')
    },
  )

  it.each(["a'b", 'a"b', 'a\\b', 'a]b', 'a[b', '', 'a\nb', 'a'.repeat(41), 7])(
    'refuses the reference key %j',
    (key) => {
      expect(() => createStripe({ referenceKey: key as string })).toThrow(
        expect.objectContaining(withCode('invalid_input')),
      )
    },
  )

  it.each([-1, 0.5, Number.NaN, Number.NEGATIVE_INFINITY, '300'])('refuses a tolerance of %j', (seconds) => {
    expect(() => createStripe({ toleranceSeconds: seconds as number })).toThrow(
      expect.objectContaining(withCode('invalid_input')),
    )
  })

  it.each([{ timeoutMs: 0 }, { retries: -1 }, { baseUrl: 'api.stripe.com' }, { baseUrl: 'https://a:b@c.d' }])(
    'refuses %o',
    (config) => {
      expect(() => createStripe(config)).toThrow(expect.objectContaining(withCode('invalid_input')))
    },
  )

  it('uses the name it was given', async () => {
    const stripe = createStripe({ name: 'stripe-eu' })
    expect(stripe.name).toBe('stripe-eu')
    expect((await stripe.readResponse(makeIntent())).payment.provider).toBe('stripe-eu')
    expect(stripe.readReturn('/r').provider).toBe('stripe-eu')
    await expect(stripe.lookup('pi_1')).rejects.toThrow(/^\[stripe-eu] /)
  })

  it('sends its requests to another base URL', async () => {
    const { stripe, requests } = answering(() => makeIntent(), { baseUrl: 'https://proxy.example/stripe/' })
    await stripe.lookup('pi_madeHere')
    expect(requests[0]?.url).toMatch(/^https:\/\/proxy\.example\/stripe\/v1\/payment_intents\/pi_madeHere\?/)
  })

  it('calls the global fetch where none is given', async () => {
    const real = globalThis.fetch
    try {
      globalThis.fetch = async () => Response.json(makeIntent())
      const { payment } = await createStripe({ secretKey }).lookup('pi_madeHere')
      expect(payment.id).toBe('pi_madeHere')
    } finally {
      globalThis.fetch = real
    }
  })
})

describe('describeError', () => {
  const headers = new Headers({ 'Request-Id': 'req_1' })
  it.each([
    [
      { error: { type: 'invalid_request_error', code: 'resource_missing', message: 'No such.' } },
      'resource_missing',
    ],
    [{ error: { type: 'card_error', code: 'card_declined', decline_code: 'lost_card' } }, 'card_declined'],
    [{ error: { type: 'card_error', decline_code: 'lost_card' } }, 'lost_card'],
    [{ error: { type: 'api_error' } }, 'api_error'],
    [{ error: { code: 'whsec_1_secret_2', type: 'api_error' } }, 'api_error'],
    [{ error: { code: 'sk_test_1' } }, undefined],
    [{ error: { code: 'card 4242424242424242' } }, undefined],
    [{ error: { code: 7 } }, undefined],
    [undefined, undefined],
  ])('reads %o', (body, providerCode) => {
    expect(describeError(body, headers)).toEqual({ providerCode, requestId: 'req_1' })
  })
})
