import { type CheckoutComConfig, createCheckoutCom } from '@payment-status/checkout-com'
import { describe, expect, it } from 'vitest'
import { connect, makePayment, paymentId } from './make.ts'

const guid = '0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0'

/** Where a lookup goes and what it shows there. */
async function requestOf(config: CheckoutComConfig): Promise<string> {
  const { checkout, requests } = connect(() => makePayment(), { secretKey: undefined, ...config })
  await checkout.lookup(paymentId)
  const [sent] = requests
  return `${sent?.method} ${sent?.url} with ${sent?.headers.get('authorization')}`
}

describe('a key', () => {
  it.each([
    [
      'sandbox, current platform',
      'sk_sbox_madeherethisisnotarealkey22',
      'api.sandbox.checkout.com',
      'Bearer ',
    ],
    ['production, current platform', 'sk_madeherenotarealkeyatall22', 'api.checkout.com', 'Bearer '],
    ['sandbox, previous platform', `sk_test_${guid}`, 'api.sandbox.checkout.com', ''],
    ['production, previous platform', `sk_${guid}`, 'api.checkout.com', ''],
  ])('of %s is sent as that platform wants it, to its host', async (_, secretKey, host, scheme) => {
    const wanted = `GET https://${host}/payments/${paymentId} with ${scheme}${secretKey}`
    expect(await requestOf({ secretKey })).toBe(wanted)
  })

  it.each([
    ['is a public one', 'pk_sbox_madeherenotarealkeyatall2'],
    ['has a line break', 'sk_sbox_madeherethisisnotarealkey22\n'],
    ['has a space', 'sk_sbox_made here'],
    ['is not ASCII', 'sk_sbox_é'],
    ['carries its scheme', 'Bearer sk_sbox_madeherethisisnotarealkey22'],
  ])('that %s is refused at once, without being repeated', (_, secretKey) => {
    expect(() => createCheckoutCom({ secretKey })).toThrow(
      /^\[checkout-com\] secretKey must be a secret key \(sk_…\)$/,
    )
  })

  it('of the one environment is refused for the other', () => {
    const sandbox = { secretKey: 'sk_sbox_madeherethisisnotarealkey22' }
    expect(() => createCheckoutCom({ ...sandbox, environment: 'production' })).toThrow(/sandbox environment/)
    const production = { secretKey: `sk_${guid}` }
    expect(() => createCheckoutCom({ ...production, environment: 'sandbox' })).toThrow(
      /production environment/,
    )
    expect(() => createCheckoutCom({ ...sandbox, environment: 'sandbox' })).not.toThrow()
  })

  it('that was not given fails at the lookup, and nothing is sent', async () => {
    const baseUrl = 'https://proxy.example'
    for (const config of [{}, { secretKey: '' }, { baseUrl }, { environment: 'sandbox' as const }]) {
      const { checkout, requests } = connect(() => makePayment(), { secretKey: undefined, ...config })
      await expect(checkout.lookup(paymentId)).rejects.toMatchObject({ code: 'invalid_input' })
      expect(requests).toEqual([])
    }
  })
})

describe('an access token', () => {
  const environment = 'production'

  it('is fetched before each request and sent as Bearer', async () => {
    let count = 0
    const accessToken = async () => `token-${++count}`
    const { checkout, requests } = connect(() => makePayment(), {
      secretKey: undefined,
      accessToken,
      environment,
    })
    await checkout.lookup(paymentId)
    await checkout.lookup(paymentId)
    const sent = requests.map(({ headers }) => headers.get('authorization'))
    expect(sent).toEqual(['Bearer token-1', 'Bearer token-2'])
    expect(requests[0]?.url.host).toBe('api.checkout.com')
  })

  it('needs an environment or a base URL', async () => {
    const accessToken = async () => 'token'
    const { checkout } = connect(() => makePayment(), { secretKey: undefined, accessToken })
    await expect(checkout.lookup(paymentId)).rejects.toMatchObject({ code: 'invalid_input' })
    const baseUrl = 'https://proxy.example'
    expect(await requestOf({ accessToken, baseUrl })).toContain('https://proxy.example/payments/')
  })

  it('that cannot be had is unavailable, and what was thrown is not repeated', async () => {
    const accessToken = async () => {
      throw new Error('client_secret=made-here-client-secret')
    }
    const { checkout, requests } = connect(() => makePayment(), {
      secretKey: undefined,
      accessToken,
      environment,
    })
    const error: unknown = await checkout.lookup(paymentId).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'unavailable', message: '[checkout-com] accessToken() failed' })
    expect(error).not.toHaveProperty('cause')
    expect(requests).toEqual([])
  })

  it.each(['', 'two words', 'line\nbreak', undefined as unknown as string])(
    'that reads %j is refused',
    async (token) => {
      const config = { secretKey: undefined, accessToken: async () => token, environment } as const
      const { checkout, requests } = connect(() => makePayment(), config)
      await expect(checkout.lookup(paymentId)).rejects.toMatchObject({ code: 'invalid_input' })
      expect(requests).toEqual([])
    },
  )

  it('is no longer waited for once the caller aborts', async () => {
    const reason = new Error('the shopper left')
    const controller = new AbortController()
    const accessToken = () => {
      queueMicrotask(() => controller.abort(reason))
      return new Promise<string>(() => {})
    }
    const { checkout, requests } = connect(() => makePayment(), {
      secretKey: undefined,
      accessToken,
      environment,
    })
    await expect(checkout.lookup(paymentId, { signal: controller.signal })).rejects.toBe(reason)
    expect(requests).toEqual([])
  })
})

describe('the host', () => {
  const secretKey = 'sk_sbox_madeherethisisnotarealkey22'

  it('is the account’s own where its subdomain is given', async () => {
    const sandbox = await requestOf({ secretKey, subdomain: 'vkuhvk4v' })
    expect(sandbox).toContain('https://vkuhvk4v.api.sandbox.checkout.com/payments/')
    const production = await requestOf({ secretKey: `sk_${guid}`, subdomain: 'vkuhvk4v' })
    expect(production).toContain('https://vkuhvk4v.api.checkout.com/payments/')
  })

  it.each(['evil.example/', 'a.b', 'evil.example#', '-x', 'a b', 'a@b', 'a:80', 'https://a'])(
    'is not made out of a subdomain like %j',
    (subdomain) => {
      expect(() => createCheckoutCom({ secretKey, subdomain })).toThrow(/subdomain must be/)
    },
  )

  it('is the base URL where one is given, before the subdomain, its path kept', async () => {
    const config = { secretKey, subdomain: 'vkuhvk4v', baseUrl: 'http://127.0.0.1:4010/checkout/' }
    expect(await requestOf(config)).toContain(`GET http://127.0.0.1:4010/checkout/payments/${paymentId} `)
  })

  it.each([
    '127.0.0.1',
    'ftp://a.example',
    'https://user:password@a.example',
    'https://a.example/?b',
    'https://a.example/#b',
  ])('is not made out of a base URL like %j', (baseUrl) => {
    expect(() => createCheckoutCom({ secretKey, baseUrl })).toThrow(/baseUrl must be/)
  })
})
