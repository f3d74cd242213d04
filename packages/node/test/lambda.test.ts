import { describe, expect, it } from 'vitest'
import { type LambdaEvent, toLambdaHandler } from '../src/index.ts'
import { createEndpoint, signedDelivery } from './serve.ts'

type Delivery = Awaited<ReturnType<typeof signedDelivery>>
const path = '/webhooks/stripe'
const toBase64 = (text: string) => Buffer.from(text).toString('base64')

/** Makes one HTTP request as each of Lambda's callers passes it. */
const callers: Record<string, (delivery: Delivery) => LambdaEvent> = {
  'a function URL': ({ rawBody, headers }) => ({
    rawPath: path,
    rawQueryString: 'a=1',
    headers,
    requestContext: { http: { method: 'POST' } },
    body: rawBody,
    isBase64Encoded: false,
  }),
  'an API Gateway with payload 2.0, in Base64': ({ rawBody, headers }) => ({
    rawPath: path,
    rawQueryString: '',
    headers,
    requestContext: { http: { method: 'POST' } },
    body: toBase64(rawBody),
    isBase64Encoded: true,
  }),
  'an API Gateway with payload 1.0': ({ rawBody, headers }) => ({
    httpMethod: 'POST',
    path,
    headers,
    multiValueHeaders: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]])),
    requestContext: {},
    body: rawBody,
    isBase64Encoded: false,
  }),
  'a load balancer with multi-value headers': ({ rawBody, headers }) => ({
    httpMethod: 'POST',
    path,
    multiValueHeaders: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]])),
    body: rawBody,
    isBase64Encoded: false,
  }),
}

describe('a webhook endpoint in Lambda', () => {
  it.each(Object.entries(callers))(
    'accepts a signed webhook of %s, and refuses a forged one',
    async (_, toEvent) => {
      const { webhooks, received } = createEndpoint()
      const handler = toLambdaHandler(webhooks)
      const delivery = await signedDelivery()
      const taken = await handler(toEvent(delivery))
      expect([taken.statusCode, taken.body, taken.isBase64Encoded]).toEqual([200, '', false])
      const forged = toEvent({ ...delivery, rawBody: `${delivery.rawBody} ` })
      expect((await handler(forged)).statusCode).toBe(401)
      expect(received.length).toBe(1)
    },
  )

  it('answers a GET with 405, and an unknown provider with 404', async () => {
    const handler = toLambdaHandler(createEndpoint().webhooks)
    const get = { rawPath: path, requestContext: { http: { method: 'GET' } } }
    expect(await handler(get)).toMatchObject({ statusCode: 405, headers: { allow: 'POST' } })
    expect((await handler({ httpMethod: 'POST', path: '/webhooks/other' })).statusCode).toBe(404)
  })

  it.each([
    ['a header value', { headers: { 'x-note': 'secret\n' + 'x: y' } }],
    ['a header name', { headers: { 'a secret name': 'x' } }],
    ['a character beyond Latin-1', { headers: { 'x-note': 'ключ' } }],
  ])('answers 400 to %s that HTTP does not allow, and repeats nothing of it', async (_, more) => {
    const event = { httpMethod: 'POST', path: '/webhooks/stripe', body: '{}', ...more }
    const handler = toLambdaHandler(async () => new Response('not reached'))
    expect(await handler(event)).toEqual({ statusCode: 400, headers: {}, body: '', isBase64Encoded: false })
  })

  it('rejects an event that is not an HTTP request', async () => {
    const handler = toLambdaHandler(createEndpoint().webhooks)
    await expect(handler({ Records: [] } as LambdaEvent)).rejects.toMatchObject({ code: 'invalid_input' })
  })

  it.each<[string, LambdaEvent, string, string | undefined]>([
    [
      'a function URL',
      {
        rawPath: path,
        headers: { Host: 'pay.shop.example' },
        requestContext: { http: { method: 'GET', sourceIp: '192.0.2.1' } },
      },
      'pay.shop.example',
      '192.0.2.1',
    ],
    [
      'an API Gateway with payload 1.0',
      {
        httpMethod: 'GET',
        path,
        requestContext: { domainName: 'api.example', identity: { sourceIp: '192.0.2.2' } },
      },
      'api.example',
      '192.0.2.2',
    ],
    ['an event without a host', { httpMethod: 'GET', path }, 'unknown.invalid', undefined],
  ])('passes on the real host and address of %s', async (_, event, host, address) => {
    const handler = toLambdaHandler(async (request, connection) =>
      Response.json([new URL(request.url).host, connection?.remoteAddress]),
    )
    expect(JSON.parse((await handler(event)).body)).toEqual([host, address ?? null])
  })
})
