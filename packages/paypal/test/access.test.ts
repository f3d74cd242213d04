import { createPayPal, type PayPalConfig } from '@payment-status/paypal'
import { describe, expect, it } from 'vitest'
import { makeOrder, secrets, withCode } from './helpers.ts'

const order = makeOrder('APPROVED')
const token = (access_token = 'first', expires_in = 32_400) => Response.json({ access_token, expires_in })

/** A provider and the requests it sends, each answered by its path and number. */
function spy(
  answer: (request: Request, count: number) => Response | undefined,
  config: Partial<PayPalConfig<string>> = {},
) {
  const requests: Request[] = []
  const provider = createPayPal({
    ...secrets,
    environment: 'production',
    retries: 0,
    async fetch(input, init) {
      const request = new Request(input, init)
      requests.push(request.clone())
      return answer(request, requests.length) ?? (isLogin(request) ? token() : Response.json(order))
    },
    ...config,
  })
  return {
    provider,
    requests,
    paths: () => requests.map((request) => (isLogin(request) ? 'token' : 'order')),
  }
}
const isLogin = ({ url }: Request) => url.endsWith('/v1/oauth2/token')

describe('access', () => {
  it('exchanges the credentials for a token, once for several lookups', async () => {
    const { provider, requests, paths } = spy(() => undefined)
    await Promise.all([provider.lookup('5TY1'), provider.lookup('5TY1')])
    await provider.lookup('5TY1')
    expect(paths()).toEqual(['token', 'order', 'order', 'order'])
    const [first, second] = requests
    expect(first?.method).toBe('POST')
    expect(await first?.text()).toBe('grant_type=client_credentials')
    expect(first?.headers.get('content-type')).toBe('application/x-www-form-urlencoded')
    expect(first?.headers.get('authorization')).toBe(
      `Basic ${btoa(`${secrets.clientId}:${secrets.clientSecret}`)}`,
    )
    expect(second?.headers.get('authorization')).toBe('Bearer first')
  })

  it('replaces a stale token after a 401, once', async () => {
    let tokens = 0
    const { provider, paths } = spy((request) => {
      if (isLogin(request)) return token(`token-${++tokens}`)
      return request.headers.get('authorization') === 'Bearer token-1'
        ? Response.json({ error: 'invalid_token' }, { status: 401 })
        : undefined
    })
    expect((await provider.lookup('5TY1')).payment.status).toBe('processing')
    expect(paths()).toEqual(['token', 'order', 'token', 'order'])

    const refused = spy((request) =>
      isLogin(request) ? undefined : Response.json({ error: 'invalid_token' }, { status: 401 }),
    )
    await expect(refused.provider.lookup('5TY1')).rejects.toMatchObject(withCode('unauthorized'))
    expect(refused.paths()).toEqual(['token', 'order', 'token', 'order'])
  })

  it('replaces a token a minute before it ends', async () => {
    let now = Date.parse('2026-01-01T00:00:00Z')
    const { provider, paths } = spy(() => undefined, { clock: () => now })
    await provider.lookup('5TY1')
    now += 32_400_000 - 60_001
    await provider.lookup('5TY1')
    expect(paths()).toEqual(['token', 'order', 'order'])
    now += 1
    await provider.lookup('5TY1')
    expect(paths()).toEqual(['token', 'order', 'order', 'token', 'order'])
  })

  it('does not try wrong credentials twice', async () => {
    const { provider, paths } = spy(() => Response.json({ error: 'invalid_client' }, { status: 401 }))
    await expect(provider.lookup('5TY1')).rejects.toMatchObject({
      ...withCode('unauthorized'),
      providerCode: 'invalid_client',
    })
    expect(paths()).toEqual(['token'])
  })

  it.each([
    {},
    { access_token: 'a b', expires_in: 1 },
    { access_token: 'a', expires_in: '9' },
    { access_token: '' },
  ])('answered with %j has no token', async (body) => {
    const { provider } = spy((request) => (isLogin(request) ? Response.json(body) : undefined))
    await expect(provider.lookup('5TY1')).rejects.toMatchObject(withCode('invalid_payload'))
  })

  it.each([
    [{ environment: 'sandbox' }, 'https://api-m.sandbox.paypal.com'],
    [{ environment: 'production' }, 'https://api-m.paypal.com'],
    [{ environment: 'sandbox', baseUrl: 'https://proxy.example/paypal/' }, 'https://proxy.example/paypal'],
  ] as const)('with %o sends requests to %s', async (config, base) => {
    const { provider, requests } = spy(() => undefined, config)
    await provider.lookup('5TY1')
    expect(requests.map(({ url }) => url)).toEqual([
      `${base}/v1/oauth2/token`,
      `${base}/v2/checkout/orders/5TY1`,
    ])
  })
})
