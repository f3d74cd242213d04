import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type AirwallexConfig, createAirwallex } from '@payment-status/airwallex'
import { describe, expect, it } from 'vitest'
import { login, makeIntent, secrets, withCode } from './helpers.ts'

const intent = makeIntent({ status: 'PENDING', captured_amount: 0 })

/** A provider and the requests it sends, each answered by its path and number. */
function spy(
  answer: (request: Request, count: number) => Response | undefined,
  config: AirwallexConfig<string> = {},
) {
  const requests: Request[] = []
  const provider = createAirwallex({
    ...secrets,
    retries: 0,
    async fetch(input, init) {
      const request = new Request(input, init)
      requests.push(request)
      const isLogin = request.url.endsWith('/login')
      return answer(request, requests.length) ?? (isLogin ? login() : Response.json(intent))
    },
    ...config,
  })
  const paths = () => requests.map(({ url }) => (url.endsWith('/login') ? 'login' : 'intent'))
  return { provider, requests, paths }
}

describe('access', () => {
  it('exchanges the keys for a token, once for several lookups', async () => {
    const { provider, requests, paths } = spy(() => undefined, { loginAs: 'acct_1', onBehalfOf: 'acct_2' })
    await Promise.all([provider.lookup('int_a1'), provider.lookup('int_a1')])
    await provider.lookup('int_a1')
    expect(paths()).toEqual(['login', 'intent', 'intent', 'intent'])
    const [first, second] = requests.map(({ method, headers }) => ({
      method,
      ...Object.fromEntries(headers),
    }))
    expect(first).toMatchObject({
      method: 'POST',
      'x-client-id': secrets.clientId,
      'x-api-key': secrets.apiKey,
      'x-login-as': 'acct_1',
    })
    expect(second).toMatchObject({
      method: 'GET',
      authorization: 'Bearer synthetic-token',
      'x-api-version': '2025-06-30',
      'x-on-behalf-of': 'acct_2',
    })
  })

  it('logs in again after a 401, once', async () => {
    const { provider, paths } = spy((_, count) =>
      count === 2 ? new Response('{}', { status: 401 }) : undefined,
    )
    expect((await provider.lookup('int_a1')).payment.status).toBe('processing')
    expect(paths()).toEqual(['login', 'intent', 'login', 'intent'])

    const refused = spy(({ url }) =>
      url.endsWith('/login') ? undefined : new Response('{}', { status: 401 }),
    )
    await expect(refused.provider.lookup('int_a1')).rejects.toMatchObject(withCode('unauthorized'))
    expect(refused.paths()).toEqual(['login', 'intent', 'login', 'intent'])
  })

  it('does not try wrong keys twice', async () => {
    const { provider, paths } = spy(() => Response.json({ code: 'credentials_invalid' }, { status: 401 }))
    await expect(provider.lookup('int_a1')).rejects.toMatchObject({
      ...withCode('unauthorized'),
      providerCode: 'credentials_invalid',
    })
    expect(paths()).toEqual(['login'])
  })

  it.each([
    [400, { code: 'resource_not_found' }, 'not_found'],
    [404, { code: 'resource_not_found' }, 'not_found'],
    [404, { code: 'not_found' }, 'rejected'],
    [404, {}, 'rejected'],
    [400, { code: 'invalid_argument' }, 'rejected'],
    [400, { code: 'provider_unavailable' }, 'unavailable'],
    [500, { code: 'internal_error' }, 'unavailable'],
    [429, { code: 'too_many_requests' }, 'rate_limited'],
    [403, { code: 'operation_not_supported' }, 'unauthorized'],
  ] as const)('reads %i with %o as %s', async (status, body, code) => {
    const { provider } = spy(({ url }) =>
      url.endsWith('/login') ? undefined : Response.json(body, { status }),
    )
    await expect(provider.lookup('int_a1')).rejects.toMatchObject(withCode(code))
  })

  it('keeps the trace id and no message of an error', async () => {
    const body = {
      code: 'invalid_argument',
      message: 'order-1001 is wrong',
      trace_id: 'd8c0b1a2',
      source: 'id',
    }
    const { provider } = spy(({ url }) =>
      url.endsWith('/login') ? undefined : Response.json(body, { status: 400 }),
    )
    const error = await provider.lookup('int_a1').catch((thrown: Error) => thrown)
    expect(error).toMatchObject({ requestId: 'd8c0b1a2', providerCode: 'invalid_argument' })
    expect(String(error)).not.toContain('order-1001')
  })

  it.each([
    [{ environment: 'sandbox' }, 'https://api-demo.airwallex.com'],
    [{ environment: 'production' }, 'https://api.airwallex.com'],
    [{}, 'https://api.airwallex.com'],
    [{ environment: 'sandbox', baseUrl: 'https://proxy.example/awx/' }, 'https://proxy.example/awx'],
  ] as const)('with %o sends requests to %s', async (config, base) => {
    const { provider, requests } = spy(() => undefined, config)
    await provider.lookup('int_a1')
    expect(requests.map(({ url }) => url)).toEqual([
      `${base}/api/v1/authentication/login`,
      `${base}/api/v1/pa/payment_intents/int_a1`,
    ])
  })

  it.each([
    [{ environment: 'demo' }, "environment must be 'sandbox' or 'production'"],
    [{ apiVersion: 'latest' }, 'apiVersion must be a date'],
    [{ clientId: 'a b' }, 'clientId must be a text'],
    [{ apiKey: 'clé' }, 'apiKey must be a text'],
    [{ toleranceSeconds: -1 }, 'toleranceSeconds must be a whole number'],
  ])('refuses the configuration %o', (config, message) => {
    expect(() => createAirwallex(config as AirwallexConfig)).toThrow(message)
  })

  it('names the missing keys at the first lookup', async () => {
    await expect(createAirwallex().lookup('int_a1')).rejects.toThrow(
      '[airwallex] clientId and apiKey are missing: a lookup needs both',
    )
  })

  it('logs in over real HTTP', async () => {
    const seen: string[] = []
    const server = createServer((request, response) => {
      seen.push(`${request.method} ${request.url}`)
      response.setHeader('content-type', 'application/json')
      const isLogin = request.url?.endsWith('/login')
      const body = isLogin ? { token: 'abc', expires_at: '2126-01-01T00:00:00+0000' } : intent
      response.writeHead(isLogin ? 201 : 200).end(JSON.stringify(body))
    })
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
    const { port } = server.address() as AddressInfo
    try {
      const provider = createAirwallex({ ...secrets, baseUrl: `http://127.0.0.1:${port}` })
      expect((await provider.lookup('int_a1')).payment.status).toBe('processing')
    } finally {
      server.close()
      server.closeAllConnections()
    }
    expect(seen).toEqual(['POST /api/v1/authentication/login', 'GET /api/v1/pa/payment_intents/int_a1'])
  })
})
