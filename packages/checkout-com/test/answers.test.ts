import type { ServerResponse } from 'node:http'
import { type CheckoutComConfig, createCheckoutCom } from '@payment-status/checkout-com'
import type { PaymentError } from '@payment-status/core'
import { describe, expect, it } from 'vitest'
import { serve } from './loopback.ts'
import { makePayment, paymentId, secretKey } from './make.ts'

type Answer = (response: ServerResponse) => unknown

const json = (status: number, body: unknown, headers = {}): Answer => {
  return (response) =>
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))
}
const raw = (status: number, body: string, headers = {}): Answer => {
  return (response) => response.writeHead(status, headers).end(body)
}
const captured = json(200, makePayment())

/** Asks a real server that gives these answers, the last one again and again. */
async function ask(answers: readonly [Answer, ...Answer[]], config: CheckoutComConfig = {}) {
  await using server = await serve((response, count) => {
    const answer = answers[Math.min(count, answers.length) - 1] ?? answers[0]
    answer(response)
  })
  const checkout = createCheckoutCom({ secretKey, baseUrl: server.url, ...config })
  const began = performance.now()
  const result: unknown = await checkout.lookup(paymentId).catch((thrown: unknown) => thrown)
  return { result: result as PaymentError, attempts: server.requests.length, took: performance.now() - began }
}

describe.concurrent('over real HTTP, a server that answers', () => {
  it.each([
    ['401 and nothing', raw(401, ''), 'unauthorized', 401],
    ['403', json(403, { error_type: 'forbidden' }), 'unauthorized', 403],
    ['404 and nothing', raw(404, ''), 'not_found', 404],
    ['422', json(422, {}), 'rejected', 422],
    ['400 in HTML', raw(400, '<h1>Bad request</h1>', { 'content-type': 'text/html' }), 'rejected', 400],
    ['409', raw(409, ''), 'rejected', 409],
    ['200 and nothing', raw(200, ''), 'invalid_payload', 200],
    ['204', raw(204, ''), 'invalid_payload', 204],
    ['200 in HTML', raw(200, '<h1>Welcome</h1>', { 'content-type': 'text/html' }), 'invalid_payload', 200],
    [
      '200 and half of some JSON',
      raw(200, '{"id":"pay_', { 'content-type': 'application/json' }),
      'invalid_payload',
      200,
    ],
  ])('%s is requested once', async (_, answer, code, httpStatus) => {
    const { result, attempts } = await ask([answer])
    expect(result).toMatchObject({ code, httpStatus, provider: 'checkout-com', retryable: false })
    expect(attempts).toBe(1)
  })

  it.each([
    ['500', json(500, {}), 500],
    ['502 in HTML', raw(502, '<h1>Bad gateway</h1>', { 'content-type': 'text/html' }), 502],
    ['503 and nothing', raw(503, ''), 503],
    ['522, as content networks do', raw(522, ''), 522],
  ])('%s is requested three times and then unavailable', async (_, answer, httpStatus) => {
    const { result, attempts } = await ask([answer])
    expect(result).toMatchObject({ code: 'unavailable', httpStatus, retryable: true })
    expect(attempts).toBe(3)
  })

  it('422 is reported with the provider’s code and the id of the request', async () => {
    const body = {
      request_id: 'in-the-body',
      error_type: 'request_invalid',
      error_codes: ['payment_id_invalid'],
    }
    const { result } = await ask([json(422, body, { 'Cko-Request-Id': 'in-the-header' })])
    expect(result).toMatchObject({ providerCode: 'payment_id_invalid', requestId: 'in-the-header' })
    const { result: bare } = await ask([json(422, body)])
    expect(bare.requestId).toBe('in-the-body')
  })

  it('500 once, and then the payment, gives the payment', async () => {
    const { result, attempts } = await ask([json(500, {}), captured])
    expect(result).toMatchObject({ payment: { id: paymentId, status: 'captured' } })
    expect(attempts).toBe(2)
  })

  it('429 with a Retry-After of a second is requested again after that second', async () => {
    const { result, attempts, took } = await ask([raw(429, '', { 'retry-after': '1' }), captured])
    expect(result).toMatchObject({ payment: { status: 'captured' } })
    expect(attempts).toBe(2)
    expect(took).toBeGreaterThan(950)
  })

  it('429 with a long Retry-After is not waited for: the error states how long', async () => {
    const { result, attempts } = await ask([raw(429, '', { 'retry-after': '120' })])
    expect(result).toMatchObject({ code: 'rate_limited', retryable: true, retryAfterMs: 120_000 })
    expect(attempts).toBe(1)
  })

  it('429 without Retry-After is requested again, and its error states no wait', async () => {
    const { result, attempts } = await ask([raw(429, '')], { retries: 1 })
    expect(result).toMatchObject({ code: 'rate_limited', httpStatus: 429 })
    expect(result).not.toHaveProperty('retryAfterMs')
    expect(attempts).toBe(2)
  })

  it('503 with a date to come back at states the wait', async () => {
    const later = new Date(Date.now() + 60_000).toUTCString()
    const { result, attempts } = await ask([raw(503, '', { 'retry-after': later })])
    expect(result.code).toBe('unavailable')
    expect(result.retryAfterMs).toBeGreaterThan(50_000)
    expect(attempts).toBe(1)
  })

  it('a body that breaks off is requested again', async () => {
    const broken: Answer = (response) => {
      response.writeHead(200, { 'content-length': '1000' })
      response.write('{"id":"pay_')
      setTimeout(() => response.destroy(), 10)
    }
    const { result, attempts } = await ask([broken, captured])
    expect(result).toMatchObject({ payment: { status: 'captured' } })
    expect(attempts).toBe(2)
    const always = await ask([broken], { retries: 1 })
    expect(always.result).toMatchObject({ code: 'unavailable', retryable: true })
    expect(always.attempts).toBe(2)
  })

  it('by cutting the line is requested again, and unavailable in the end', async () => {
    const reset: Answer = (response) => response.socket?.destroy()
    const { result, attempts } = await ask([reset])
    expect(result).toMatchObject({ code: 'unavailable', retryable: true })
    expect(result).not.toHaveProperty('httpStatus')
    expect(attempts).toBe(3)
    expect((await ask([reset, captured])).result).toMatchObject({ payment: { status: 'captured' } })
  })

  it('never is given up at the time limit, each attempt at its own', async () => {
    const { result, attempts } = await ask([() => {}], { timeoutMs: 100, retries: 1 })
    expect(result).toMatchObject({ code: 'unavailable', message: '[checkout-com] no answer within 100 ms' })
    expect(attempts).toBe(2)
  })

  it('with headers and then nothing is given up at the time limit too', async () => {
    const stalling: Answer = (response) => response.writeHead(200).write('{')
    const { result, attempts } = await ask([stalling], { timeoutMs: 100, retries: 0 })
    expect(result.code).toBe('unavailable')
    expect(attempts).toBe(1)
  })
})

describe.concurrent('over real HTTP, a lookup', () => {
  it('is left at once when its signal aborts, and not requested again', async () => {
    const reason = new Error('the shopper left')
    const controller = new AbortController()
    await using server = await serve(() => controller.abort(reason))
    const checkout = createCheckoutCom({ secretKey, baseUrl: server.url })
    await expect(checkout.lookup(paymentId, { signal: controller.signal })).rejects.toBe(reason)
    expect(server.requests).toHaveLength(1)
  })

  it('is left while it waits to ask again, too', async () => {
    const controller = new AbortController()
    await using server = await serve((response) => {
      response.writeHead(429, { 'retry-after': '5' }).end()
      setTimeout(() => controller.abort(), 50)
    })
    const checkout = createCheckoutCom({ secretKey, baseUrl: server.url })
    const { signal } = controller
    const error: unknown = await checkout.lookup(paymentId, { signal }).catch((thrown: unknown) => thrown)
    expect(error).toBe(signal.reason)
    expect(server.requests).toHaveLength(1)
  })

  it.each([301, 302, 303, 307, 308])(
    'redirected elsewhere with %i never shows its key there',
    async (status) => {
      await using elsewhere = await serve((response) => captured(response))
      await using server = await serve((response, _, { url }) =>
        response
          .writeHead(status, { location: `${elsewhere.url.replace('127.0.0.1', 'localhost')}${url}` })
          .end(),
      )
      const checkout = createCheckoutCom({ secretKey, baseUrl: server.url })
      await expect(checkout.lookup(paymentId)).rejects.toMatchObject({ code: 'rejected', httpStatus: status })
      expect(server.requests[0]?.authorization).toBe(`Bearer ${secretKey}`)
      expect(elsewhere.requests).toEqual([])
    },
  )

  it('to a closed port is unavailable, and states why', async () => {
    const gone = await serve(() => {})
    await gone[Symbol.asyncDispose]()
    const checkout = createCheckoutCom({ secretKey, baseUrl: gone.url, retries: 0 })
    await expect(checkout.lookup(paymentId)).rejects.toMatchObject({
      code: 'unavailable',
      message: '[checkout-com] no answer from the provider (ECONNREFUSED)',
    })
  })

  it('is dated by the attempt that was answered, not by the first', async () => {
    let [first, second] = ['', '']
    await using server = await serve((response, count) => {
      first = second
      second = new Date().toISOString()
      if (count === 1) raw(500, '')(response)
      else captured(response)
    })
    const report = await createCheckoutCom({ secretKey, baseUrl: server.url }).lookup(paymentId)
    expect(report.observedAt > first && report.observedAt <= second).toBe(true)
  })

  it('by a search is requested again although it is a POST: it reads', async () => {
    await using server = await serve((response, count) => {
      if (count === 1) raw(503, '')(response)
      else json(200, { data: [makePayment()] })(response)
    })
    const checkout = createCheckoutCom({ secretKey, baseUrl: server.url })
    const range = { from: new Date('2026-03-02T00:00:00Z'), to: new Date('2026-03-03T00:00:00Z') }
    const ids: string[] = []
    for await (const { payment } of checkout.list(range)) ids.push(payment.id)
    expect(ids).toEqual([paymentId])
    expect(server.requests).toHaveLength(2)
  })
})
