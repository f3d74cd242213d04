import { createHash, createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { createCheckoutCom } from '../packages/checkout-com/src/index.ts'
import type { PaymentProvider } from '../packages/core/src/index.ts'
import { createOnerway } from '../packages/onerway/src/index.ts'
import { createStripe } from '../packages/stripe/src/index.ts'

const onerway = { merchantNo: '800001', environment: 'sandbox', integration: 'direct' } as const
const never = async () => {
  throw new Error('no request must be sent')
}

/** Each provider, with one of its ids. */
const providers: readonly (readonly [string, (config: object) => PaymentProvider, string])[] = [
  [
    'checkout-com',
    (config) => createCheckoutCom({ fetch: never, ...config }),
    'pay_mbabizu24mvu3mela5njyhpit4',
  ],
  [
    'onerway',
    (config) => createOnerway({ ...onerway, secretKey: 'a', fetch: never, ...config }),
    '1919652333131005952',
  ],
  ['stripe', (config) => createStripe({ fetch: never, ...config }), 'pi_3MtwBwLkdIwHu7ix28a3tqPa'],
]

async function collect(items: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of items) throw new Error('nothing must be listed')
}

describe.each(providers)('%s rejects, and states what to give instead of', (_, create, id) => {
  const provider = create({ secretKey: 'sk_test_1', webhookSecrets: 'whsec_a' })
  const noon = new Date()
  const range = { from: noon, to: noon }
  const refused = { code: 'invalid_input', retryable: false, message: expect.not.stringContaining('SECRET') }

  it.each([null, 7, 'SECRET'])('an invalid configuration: %o', (config) => {
    const make = { 'checkout-com': createCheckoutCom, onerway: createOnerway, stripe: createStripe }
    const [name] = Object.entries(make).find(([name]) => name === provider.name) ?? []
    expect(() => make[name as 'stripe'](config as never)).toThrow(expect.objectContaining(refused))
  })

  it.each([
    { name: 7 },
    { name: '' },
    { fetch: 'SECRET' },
    { clock: 7 },
    { webhookSecrets: 7 },
    { webhookSecrets: ['whsec_a', {}] },
  ])('a configuration that cannot work: %o', (config) =>
    expect(() => create(config)).toThrow(expect.objectContaining(refused)),
  )

  it.each([null, 7, 'SECRET', { signal: {} }, { operations: 'SECRET' }])(
    'invalid options: %o',
    async (given) => {
      const options = given as never
      await expect(provider.lookup(id, options)).rejects.toMatchObject(refused)
      await expect(provider.lookupByReference('order-1', options)).rejects.toMatchObject(refused)
      await expect(provider.find({ id }, options)).rejects.toMatchObject(refused)
      await expect(collect(provider.list(range, options))).rejects.toMatchObject(refused)
    },
  )

  it.each([null, undefined, 7, {}, [], ''])(
    'an invalid id, key, reference, range or URL: %o',
    async (given) => {
      const value = given as never
      await expect(provider.lookup(value)).rejects.toMatchObject(refused)
      await expect(provider.lookupByReference(value)).rejects.toMatchObject(refused)
      await expect(provider.find(value)).rejects.toMatchObject(refused)
      await expect(collect(provider.list(value))).rejects.toMatchObject(refused)
      await expect(provider.readWebhook(value)).rejects.toMatchObject(refused)
      expect(() => provider.readReturn(value)).toThrow(expect.objectContaining(refused))
    },
  )

  it.each([{ 'cko-signature': 7 }, { 'stripe-signature': {} }, { 'x-rh-signature': [7] }])(
    'headers that are not text: %o',
    async (headers) => {
      await expect(provider.readWebhook({ rawBody: '{}', headers: headers as never })).rejects.toMatchObject(
        refused,
      )
    },
  )
})

describe.each(providers)('%s', (_, create) => {
  const body = '{"notifyType":"TXN","transactionId":"1","txnType":"SALE","status":"S"}'

  /** Returns the outcome of reading this body, signed with a secret as each provider does. */
  async function outcomeOf(secret: string): Promise<string> {
    const provider = create({ webhookSecrets: ['whsec_real', undefined, null, ''] })
    const time = Math.floor(Date.now() / 1000)
    const hmac = (text: string) => createHmac('sha256', secret).update(text).digest('hex')
    const headers = {
      'cko-signature': hmac(body),
      'stripe-signature': `t=${time},v1=${hmac(`${time}.${body}`)}`,
      'x-rh-signature': `v1=${createHash('sha256').update(`TXNS1SALE${secret}`).digest('hex')}`,
    }
    const reading = provider.readWebhook({ rawBody: body, headers })
    return reading.then(
      () => 'read',
      (error: { code: string }) => error.code,
    )
  }

  it.each(['undefined', 'null', ''])('never verifies with a secret that is not set: %j', async (unset) => {
    expect(await outcomeOf(unset)).toBe('invalid_signature')
  })

  it('verifies with the secret that is set', async () => {
    expect(await outcomeOf('whsec_real')).not.toBe('invalid_signature')
  })
})
