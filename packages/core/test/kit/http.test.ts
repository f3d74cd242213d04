import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { inspect } from 'node:util'
import { gzipSync } from 'node:zlib'
import { isPaymentError, type PaymentError } from '@payment-status/core'
import { createHttp, type HttpOptions, type HttpRequest } from '@payment-status/core/kit'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'

type Answer = (response: ServerResponse, request: IncomingMessage) => void

const seen: { readonly at: number; readonly method: string; body: string }[] = []
let answers: Answer[] = []
let server: Server
let base: string

beforeAll(async () => {
  server = createServer((request, response) => {
    const entry = { at: Date.now(), method: request.method ?? '', body: '' }
    seen.push(entry)
    request.on('data', (chunk) => {
      entry.body += chunk
    })
    const answer = answers.length > 1 ? answers.shift() : answers[0]
    request.on('end', () => answer?.(response, request))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterEach(() => {
  seen.length = 0
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})

const json =
  (status: number, body: unknown, headers: Record<string, string> = {}): Answer =>
  (response) =>
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))
const text =
  (status: number, body: string, headers: Record<string, string> = {}): Answer =>
  (response) =>
    response.writeHead(status, headers).end(body)
const hang: Answer = () => {}
const breakOff: Answer = (response) => {
  response.writeHead(200, { 'content-length': '1000' }).write('{"id":"SECRET-BODY')
  setTimeout(() => response.destroy(), 5)
}
const hangInBody: Answer = (response) => {
  response.writeHead(200, { 'content-type': 'application/json' }).write('{"id":')
}

/** Asks the server, which answers so, one after another, the last one for ever. */
function ask(
  replies: Answer | readonly Answer[],
  options: Partial<HttpOptions> = {},
  request: Partial<HttpRequest> = {},
) {
  answers = [replies].flat()
  const send = createHttp({
    provider: 'test-pay',
    retries: 0,
    timeoutMs: 2000,
    describeError: () => ({}),
    ...options,
  })
  return send({
    method: 'GET',
    url: `${base}/payments/pay_1?reference=SECRET-QUERY`,
    headers: { authorization: 'Bearer SECRET-KEY' },
    ...request,
  })
}

/** Returns the error of a request, and checks that it holds nothing that was sent or received. */
async function refusal(promise: Promise<unknown>): Promise<PaymentError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (!isPaymentError(error)) throw error ?? new Error('it was answered')
  expect(inspect(error, { depth: 9, showHidden: true })).not.toMatch(/SECRET/)
  expect(error.message).toMatch(/^\[test-pay\] /)
  return error
}

const secrets = { error: 'SECRET-BODY', 'x-trace': 'SECRET' }

describe('an answer', () => {
  it('in the 200s is its body, and when it was asked for', async () => {
    const before = Date.now()
    const { body, sentAt } = await ask(json(200, { id: 'pay_1' }))
    expect(body).toEqual({ id: 'pay_1' })
    expect(Date.parse(sentAt)).toBeGreaterThanOrEqual(before)
    expect(Date.parse(sentAt)).toBeLessThanOrEqual(Date.now())
  })

  it('sentAt is when the attempt that was answered was sent, not the first one', async () => {
    const slowly: Answer = (response, request) => setTimeout(() => json(503, {})(response, request), 30)
    const { sentAt } = await ask([slowly, json(200, {})], { retries: 1 })
    expect(seen).toHaveLength(2)
    expect(Date.parse(sentAt)).toBeGreaterThanOrEqual((seen[0]?.at ?? 0) + 25)
    expect(Date.parse(sentAt)).toBeLessThanOrEqual(seen[1]?.at ?? 0)
  })

  it.each([
    [401, 'unauthorized'],
    [403, 'unauthorized'],
    [404, 'not_found'],
    [422, 'rejected'],
    [400, 'rejected'],
    [409, 'rejected'],
    [408, 'unavailable'],
    [429, 'rate_limited'],
    [500, 'unavailable'],
    [503, 'unavailable'],
    [520, 'unavailable'],
  ])('of %i is %s', async (status, code) => {
    expect(await refusal(ask(json(status, secrets)))).toMatchObject({ code, httpStatus: status })
    expect(await refusal(ask(text(status, '')))).toMatchObject({ code, httpStatus: status })
    expect(await refusal(ask(text(status, '<html>SECRET-BODY</html>')))).toMatchObject({ code })
  })

  it('in the 200s without a body is invalid', async () => {
    expect(await refusal(ask(text(200, '')))).toMatchObject({ code: 'invalid_payload', httpStatus: 200 })
    expect(await refusal(ask(text(204, '')))).toMatchObject({ code: 'invalid_payload', httpStatus: 204 })
  })

  it('in the 200s of HTML is invalid', async () => {
    const error = await refusal(ask(text(200, '<html>SECRET-BODY</html>')))
    expect(error).toMatchObject({ code: 'invalid_payload', message: '[test-pay] the answer is not JSON' })
  })

  it('of a redirect to another host is not followed', async () => {
    let reached = 0
    const other = createServer((_, response) => {
      reached++
      response.end('{}')
    })
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
    const location = `http://localhost:${(other.address() as AddressInfo).port}/SECRET`
    for (const status of [301, 302, 303, 307, 308]) {
      expect(await refusal(ask(text(status, '', { location })))).toMatchObject({
        code: 'rejected',
        httpStatus: status,
      })
    }
    expect(reached).toBe(0)
    other.close()
  })

  it('with Retry-After states it, in seconds or as a date', async () => {
    const seconds = await refusal(ask(json(429, secrets, { 'retry-after': '7' })))
    expect(seconds.retryAfterMs).toBe(7000)
    const later = new Date(Date.now() + 60_000).toUTCString()
    const date = await refusal(ask(json(503, {}, { 'retry-after': later })))
    expect(date.retryAfterMs).toBeGreaterThan(50_000)
    expect(date.retryAfterMs).toBeLessThanOrEqual(60_000)
    for (const far of ['86400', '1795996800', new Date(Date.now() + 86_400_000).toUTCString()])
      expect((await refusal(ask(json(429, {}, { 'retry-after': far })))).retryAfterMs).toBe(3_600_000)
    for (const odd of ['soon', '-5', '+5', '5, 10', '0x10', '1e3', '30s', 'Infinity', 'Monday'])
      expect([odd, 'retryAfterMs' in (await refusal(ask(json(429, {}, { 'retry-after': odd }))))]).toEqual([
        odd,
        false,
      ])
    expect((await refusal(ask(json(429, {}, { 'retry-after': '1.5' })))).retryAfterMs).toBe(1500)
    const past = 'Wed, 21 Oct 2015 07:28:00 GMT'
    expect((await refusal(ask(json(429, {}, { 'retry-after': past })))).retryAfterMs).toBe(0)
    expect('retryAfterMs' in (await refusal(ask(json(429, {}))))).toBe(false)
  })
})

describe('a long answer', () => {
  const long = 33 * 1024 * 1024
  // A busy machine may need long for so much.
  const timeoutMs = 60_000

  it('is refused, and not requested again', async () => {
    const error = await refusal(ask(text(200, `"${'a'.repeat(long)}"`), { retries: 2, timeoutMs }))
    expect(error).toMatchObject({ code: 'invalid_payload', message: expect.stringContaining('32 MiB') })
    expect(seen).toHaveLength(1)
  })

  it('is refused also where it was sent compressed', async () => {
    const packed = gzipSync(`"${'a'.repeat(long)}"`)
    const respond = (response: ServerResponse) =>
      response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' }).end(packed)
    expect(await refusal(ask(respond, { timeoutMs }))).toMatchObject({ code: 'invalid_payload' })
  })
})

describe('an answer of text', () => {
  it('is passed on as it is, where the request says so', async () => {
    expect((await ask(text(200, '-----BEGIN'), {}, { answer: 'text' })).body).toBe('-----BEGIN')
    expect((await ask(text(200, ''), {}, { answer: 'text' })).body).toBe('')
    expect(await refusal(ask(text(404, '<h1>'), {}, { answer: 'text' }))).toMatchObject({ code: 'not_found' })
  })

  it('is no longer than the request allows', async () => {
    const allowed = { answer: 'text', maxBytes: 2048 } as const
    expect((await ask(text(200, 'a'.repeat(2048)), {}, allowed)).body).toHaveLength(2048)
    expect(await refusal(ask(text(200, 'a'.repeat(2049)), {}, allowed))).toMatchObject({
      code: 'invalid_payload',
      message: expect.stringContaining('2 KiB'),
    })
  })
})

describe('retries', () => {
  it.each([429, 500, 503])('%i is asked again, as often as it is allowed', async (status) => {
    expect((await ask([json(status, {}), json(200, { id: 1 })], { retries: 1 })).body).toEqual({ id: 1 })
    seen.length = 0
    await refusal(ask(json(status, {}, { 'retry-after': '0' }), { retries: 2 }))
    expect(seen).toHaveLength(3)
  })

  it.each([400, 401, 403, 404, 422, 302])('%i is not', async (status) => {
    await refusal(ask(json(status, {}), { retries: 2 }))
    expect(seen).toHaveLength(1)
  })

  it('an answer that is not JSON is not', async () => {
    await refusal(ask(text(200, 'SECRET'), { retries: 2 }))
    expect(seen).toHaveLength(1)
  })

  it('a POST is asked again too, with its body', async () => {
    const request = { method: 'POST', body: '{"a":1}' } as const
    await ask([json(500, {}), json(200, {})], { retries: 1 }, request)
    expect(seen.map(({ method, body }) => [method, body])).toEqual([
      ['POST', '{"a":1}'],
      ['POST', '{"a":1}'],
    ])
  })

  it('Retry-After is waited for', async () => {
    const started = Date.now()
    await ask([json(429, {}, { 'retry-after': '1' }), json(200, {})], { retries: 1 })
    expect(Date.now() - started).toBeGreaterThanOrEqual(990)
  })

  it('a Retry-After longer than an attempt may take is left to the caller', async () => {
    const error = await refusal(ask(json(429, {}, { 'retry-after': '3600' }), { retries: 2 }))
    expect(error.retryAfterMs).toBe(3_600_000)
    expect(seen).toHaveLength(1)
  })

  it('a body that breaks off is asked for again', async () => {
    expect((await ask([breakOff, json(200, { id: 1 })], { retries: 1 })).body).toEqual({ id: 1 })
  })
})

describe('no answer', () => {
  it('a server that hangs is given up after the time limit, each attempt anew', async () => {
    const error = await refusal(ask(hang, { timeoutMs: 500, retries: 1 }))
    expect(error).toMatchObject({ code: 'unavailable', message: '[test-pay] no answer within 500 ms' })
    expect(seen).toHaveLength(2)
  })

  it('a server that hangs in the middle of the body is given up too', async () => {
    expect(await refusal(ask(hangInBody, { timeoutMs: 60 }))).toMatchObject({
      code: 'unavailable',
      message: '[test-pay] no answer within 60 ms',
    })
  })

  it('a body that breaks off is unavailable', async () => {
    expect(await refusal(ask(breakOff))).toMatchObject({ code: 'unavailable' })
  })

  it('a fault of the network is unavailable, with the system’s word for it', async () => {
    const error = await refusal(ask(hang, {}, { url: 'http://127.0.0.1:1/SECRET' }))
    expect(error).toMatchObject({ code: 'unavailable' })
    expect(error.message).toMatch(/ECONNREFUSED|^\[test-pay\] no answer from the provider$/)
  })

  it('a fault that is its own cause ends all the same', async () => {
    const own = new Error('SECRET')
    own.cause = own
    const fetch = async () => {
      throw own
    }
    expect(await refusal(ask(hang, { fetch }))).toMatchObject({ code: 'unavailable' })
  })

  it('the word for a fault is found behind its causes', async () => {
    const deep = new Error('SECRET', { cause: Object.assign(new Error('SECRET'), { code: 'ENOTFOUND' }) })
    const fetch = async () => {
      throw new TypeError('SECRET', { cause: deep })
    }
    expect((await refusal(ask(hang, { fetch }))).message).toContain('(ENOTFOUND)')
  })

  it('a fetch that throws anything is unavailable, without what it threw', async () => {
    for (const reason of [new Error('SECRET'), 'SECRET', undefined]) {
      const fetch = async () => {
        throw reason
      }
      expect(await refusal(ask(hang, { fetch }))).toMatchObject({ code: 'unavailable' })
    }
  })
})

describe('an abort', () => {
  const reason = new Error('the shopper left')
  const send = (signal: AbortSignal, reply: Answer, timeoutMs = 5000) => {
    answers = [reply]
    const http = createHttp({ provider: 'test-pay', retries: 5, timeoutMs, describeError: () => ({}) })
    return http({ method: 'GET', url: base, headers: {} }, { signal })
  }

  it('before it begins rejects with the reason, and asks nothing', async () => {
    await expect(send(AbortSignal.abort(reason), json(200, {}))).rejects.toBe(reason)
    expect(seen).toHaveLength(0)
  })

  it.each([
    ['while the server hangs', hang],
    ['while the body hangs', hangInBody],
    ['while it waits to try again', json(503, {}, { 'retry-after': '3' })],
  ] as const)('%s rejects with the reason at once', async (_, reply) => {
    const stop = new AbortController()
    const started = Date.now()
    setTimeout(() => stop.abort(reason), 80)
    await expect(send(stop.signal, reply)).rejects.toBe(reason)
    expect(Date.now() - started).toBeLessThan(2900)
    expect(seen).toHaveLength(1)
  })
})

describe('what a provider says of its own errors', () => {
  it('is stated, its words only where they look like words', async () => {
    const describeError = (body: unknown, headers: Headers) => ({
      providerCode: (body as { code?: string })?.code,
      requestId: headers.get('x-request-id') ?? undefined,
      message: 'it does not like the reference',
    })
    const stated = json(422, { code: 'invalid_reference' }, { 'x-request-id': 'req_1' })
    expect(await refusal(ask(stated, { describeError }))).toMatchObject({
      providerCode: 'invalid_reference',
      requestId: 'req_1',
      message: '[test-pay] it does not like the reference',
    })
    for (const code of ['4242424242424242', 'sk_SECRET', 'two words', 'x'.repeat(65), '']) {
      expect('providerCode' in (await refusal(ask(json(422, { code }), { describeError })))).toBe(false)
    }
  })

  it('is asked also when the body is no JSON', async () => {
    const bodies: unknown[] = []
    const describeError = (body: unknown) => {
      bodies.push(body)
      return {}
    }
    await refusal(ask(text(422, '<html>'), { describeError }))
    expect(bodies).toEqual([undefined])
  })
})

describe('configuration', () => {
  it.each([{ timeoutMs: 0 }, { timeoutMs: 1.5 }, { timeoutMs: 2 ** 31 }, { retries: -1 }, { retries: 0.5 }])(
    'that cannot work is refused: %o',
    (options) => {
      expect(() => createHttp({ provider: 'test-pay', describeError: () => ({}), ...options })).toThrow(
        expect.objectContaining({ code: 'invalid_input' }),
      )
    },
  )

  it('a question’s own time limit counts before the provider’s', async () => {
    answers = [hang]
    const send = createHttp({ provider: 'test-pay', retries: 0, describeError: () => ({}) })
    const asked = send({ method: 'GET', url: base, headers: {} }, { timeoutMs: 40 })
    expect((await refusal(asked)).message).toContain('40 ms')
  })

  it('the platform’s fetch is looked up at each call', async () => {
    const own = globalThis.fetch
    const send = createHttp({ provider: 'test-pay', describeError: () => ({}) })
    globalThis.fetch = async () => Response.json({ id: 'replaced' })
    try {
      expect((await send({ method: 'GET', url: base, headers: {} })).body).toEqual({ id: 'replaced' })
    } finally {
      globalThis.fetch = own
    }
  })
})

describe('a fetch that ignores the signal', () => {
  const ask = (fetch: HttpOptions['fetch'], signal?: AbortSignal) =>
    createHttp({ provider: 'test-pay', fetch, retries: 0, timeoutMs: 5000, describeError: () => ({}) })(
      { method: 'GET', url: 'https://api.test/', headers: {} },
      { signal },
    )

  it.each([
    ['never answers', () => new Promise<Response>(() => {})],
    ['answers with a body that never ends', async () => new Response(new ReadableStream({}))],
  ])('and %s is left when its caller aborts', async (_, fetch) => {
    const controller = new AbortController()
    setTimeout(() => controller.abort('enough'), 20)
    await expect(ask(fetch, controller.signal)).rejects.toBe('enough')
  })

  it.each([
    ['retry-after', '99999999999999999999'],
    ['retry-after', '3600'],
  ])('%s: %s is stated, not waited for', async (name, value) => {
    const error = await ask(
      async () => new Response(null, { status: 429, headers: { [name]: value } }),
    ).catch((caught: unknown) => caught)
    expect(error).toMatchObject({ code: 'rate_limited', retryAfterMs: expect.any(Number) })
  })
})
