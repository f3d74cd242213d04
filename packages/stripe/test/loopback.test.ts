import { createServer, type Server } from 'node:http'
import { afterEach, describe, expect, it } from 'vitest'
import { createStripe } from '../src/index.ts'
import { makeIntent, secretKey, withCode } from './helpers.ts'

describe('over a real server', () => {
  let server: Server | undefined
  afterEach(() => new Promise<void>((done) => (server ? server.close(() => done()) : done())))

  /** Answers with each in turn, the last one for ever. */
  async function serve(
    ...answers: ReadonlyArray<{ status?: number; headers?: Record<string, string>; body?: unknown }>
  ) {
    let count = 0
    server = createServer((_, response) => {
      const { status = 200, headers = {}, body } = answers[Math.min(count, answers.length - 1)] ?? {}
      count++
      response.writeHead(status, { 'content-type': 'application/json', connection: 'close', ...headers })
      response.end(body === undefined ? '' : JSON.stringify(body))
    })
    await new Promise<void>((done) => server?.listen(0, '127.0.0.1', done))
    const { port } = server.address() as { port: number }
    return { baseUrl: `http://127.0.0.1:${port}/`, count: () => count }
  }

  it('looks a payment up', async () => {
    const { baseUrl } = await serve({ body: makeIntent() })
    const { payment } = await createStripe({ secretKey, baseUrl }).lookup('pi_madeHere')
    expect(payment.status).toBe('captured')
  })

  it('tries again after 429 and 5xx, and honours Retry-After', async () => {
    const { baseUrl, count } = await serve(
      { status: 429, headers: { 'retry-after': '0' } },
      { status: 503, headers: { 'retry-after': '0' } },
      { body: makeIntent({ latest_charge: null }) },
    )
    const { payment } = await createStripe({ secretKey, baseUrl, retries: 2 }).lookup('pi_madeHere')
    expect(payment.status).toBe('captured')
    expect(count()).toBe(3)
  })

  it.each([
    [401, 'unauthorized', false],
    [403, 'unauthorized', false],
    [404, 'not_found', false],
    [400, 'rejected', false],
    [402, 'rejected', false],
    [429, 'rate_limited', true],
    [500, 'unavailable', true],
    [302, 'rejected', false],
  ] as const)('reads %i as %s', async (status, code, retryable) => {
    const error = { type: 'invalid_request_error', code: 'resource_missing', message: 'No such pi_madeHere' }
    const headers = { 'request-id': 'req_1', 'retry-after': '7', location: 'http://127.0.0.1:9/' }
    const { baseUrl, count } = await serve({ status, headers, body: { error } })
    const stripe = createStripe({ secretKey, baseUrl, retries: 0 })
    const failure = await stripe.lookup('pi_madeHere').catch((reason: unknown) => reason)
    expect(failure).toMatchObject({
      ...withCode(code),
      retryable,
      httpStatus: status,
      requestId: 'req_1',
      providerCode: 'resource_missing',
      retryAfterMs: 7000,
    })
    expect(String(failure)).not.toContain('No such')
    expect(count()).toBe(1)
  })

  it('stops when an answer takes too long, and when the caller aborts', async () => {
    server = createServer(() => {})
    await new Promise<void>((done) => server?.listen(0, '127.0.0.1', done))
    const { port } = server.address() as { port: number }
    const stripe = createStripe({ secretKey, baseUrl: `http://127.0.0.1:${port}`, retries: 0, timeoutMs: 50 })
    await expect(stripe.lookup('pi_1')).rejects.toMatchObject(withCode('unavailable'))
    const stop = new AbortController()
    const pending = stripe.lookup('pi_1', { signal: stop.signal, timeoutMs: 5000 })
    setTimeout(() => stop.abort(new Error('enough')), 20)
    await expect(pending).rejects.toThrow('enough')
    server.closeAllConnections()
  })
})
