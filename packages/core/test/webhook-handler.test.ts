import {
  createWebhookHandler,
  memoryClaims,
  PaymentError,
  type PaymentErrorCode,
  type PaymentProvider,
  type WebhookClaims,
  type WebhookDelivery,
  type WebhookEvent,
  type WebhookHandlerOptions,
} from '@payment-status/core'
import { describe, expect, it, vi } from 'vitest'
import { eventBase, lookup, makeProvider, webhook } from './make.ts'

const report = webhook({ status: 'captured' }, 1)
const events = {
  payment: { ...eventBase, kind: 'payment', report },
  recheck: { ...eventBase, kind: 'recheck', key: { id: 'pay_1' }, why: 'a refund' },
  dispute: { ...eventBase, kind: 'dispute', key: { id: 'pay_1' }, dispute: { status: 'lost' } },
  operation: {
    ...eventBase,
    kind: 'operation',
    key: { id: 'pay_1' },
    operation: { id: 'cap_1', kind: 'capture', status: 'succeeded', amount: 1000 },
  },
  unreadable: { ...eventBase, kind: 'unreadable', why: 'the amount is missing' },
  unrelated: { ...eventBase, kind: 'unrelated' },
} as const satisfies Record<string, WebhookEvent>

const error = (code: PaymentErrorCode, retryAfterMs?: number) =>
  new PaymentError({ code, provider: 'test-pay', message: 'SECRET', retryAfterMs })
const fails = (reason: unknown) => async () => {
  throw reason
}
const post = (body: BodyInit | null = '{}', init: RequestInit = {}) =>
  new Request('https://shop.example/webhooks/test-pay', { method: 'POST', body, ...init })

/** A handler whose provider reads every delivery as this event, with spies at its ends. */
function makeHandler(
  event: WebhookEvent | Error,
  parts: { provider?: Partial<PaymentProvider>; options?: Partial<WebhookHandlerOptions> } = {},
) {
  const readWebhook = vi.fn(async (_: WebhookDelivery) => {
    if (event instanceof Error) throw event
    return event
  })
  const onReports = vi.fn<(reports: unknown, event: WebhookEvent) => void | Promise<void>>()
  const onError = vi.fn()
  const provider = makeProvider({ readWebhook, ...parts.provider })
  const options = { claims: memoryClaims(), onReports, onError, ...parts.options } as WebhookHandlerOptions
  return { handle: createWebhookHandler(provider, options), readWebhook, onReports, onError, provider }
}

async function look(response: Response) {
  return { status: response.status, body: await response.text(), type: response.headers.get('content-type') }
}

const good = { status: 200, body: 'evt_1', type: 'text/plain' }
const refused = (status: number) => ({ status, body: '', type: null })

describe('what it answers', () => {
  it('the reply the provider expects, once the code has run', async () => {
    const { handle, onReports, onError } = makeHandler(events.payment)
    expect(await look(await handle(post()))).toEqual(good)
    expect(onReports).toHaveBeenCalledExactlyOnceWith([report], events.payment)
    expect(onError).not.toHaveBeenCalled()
  })

  it('nothing, and no type of it, where the reply is empty', async () => {
    const reply = { status: 200, body: '', contentType: 'text/plain' }
    const { handle } = makeHandler({ ...events.payment, reply })
    const response = await handle(post())
    expect([response.status, response.body, [...response.headers]]).toEqual([200, null, []])
  })

  it.each([204, 205, 304])('a reply of %i has no body', async (status) => {
    const { handle } = makeHandler({
      ...events.payment,
      reply: { status, body: '', contentType: 'text/plain' },
    })
    expect(await look(await handle(post()))).toEqual(refused(status))
  })

  it('401 to a forged one, which is never acted on', async () => {
    const { handle, onReports, onError } = makeHandler(error('invalid_signature'))
    expect(await look(await handle(post()))).toEqual(refused(401))
    expect(onReports).not.toHaveBeenCalled()
    expect(onError).toHaveBeenCalledOnce()
  })

  it('405 to what is not a POST, with the method that is allowed', async () => {
    const { handle, readWebhook } = makeHandler(events.payment)
    for (const method of ['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS']) {
      const response = await handle(new Request('https://shop.example/', { method }))
      expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST'])
    }
    expect(readWebhook).not.toHaveBeenCalled()
  })

  it('500 to an authentic one that cannot be read: an upgrade may read the redelivery', async () => {
    const { handle, onError } = makeHandler(error('invalid_payload'))
    expect(await look(await handle(post()))).toEqual(refused(500))
    expect(onError).toHaveBeenCalledOnce()
  })

  it('500 when no secret is configured', async () => {
    const { handle, onError } = makeHandler(error('invalid_input'))
    expect(await look(await handle(post()))).toEqual(refused(500))
    expect(onError).toHaveBeenCalledWith(expect.objectContaining({ code: 'invalid_input' }))
  })

  it('500 when reading it threw something else', async () => {
    const { handle } = makeHandler(new TypeError('SECRET'))
    expect(await look(await handle(post()))).toEqual(refused(500))
  })

  it('500 when your code threw, reported to onError', async () => {
    for (const reason of [new Error('SECRET'), 'SECRET', undefined, error('invalid_signature')]) {
      const { handle, onError } = makeHandler(events.payment, { options: { onReports: fails(reason) } })
      expect(await look(await handle(post()))).toEqual(refused(500))
      expect(onError).toHaveBeenCalledExactlyOnceWith(reason)
    }
  })

  it('500 when your code threw before it could promise anything', async () => {
    const onReports = () => {
      throw new Error('SECRET')
    }
    const { handle } = makeHandler(events.payment, { options: { onReports } })
    expect(await look(await handle(post()))).toEqual(refused(500))
  })

  it.each<readonly [string, (error: unknown) => unknown]>([
    [
      'throws',
      () => {
        throw new Error('broken logger')
      },
    ],
    ['rejects', fails(new Error('broken logger'))],
  ])('the same when onError itself %s', async (_, onError) => {
    const { handle } = makeHandler(error('invalid_signature'), { options: { onError } })
    expect((await handle(post())).status).toBe(401)
    await new Promise((resolve) => setTimeout(resolve, 5)) // an unhandled rejection would fail the run
  })
})

describe('the body', () => {
  it('reaches the provider as raw bytes, with the headers', async () => {
    const { handle, readWebhook } = makeHandler(events.payment)
    const bytes = new Uint8Array([0xef, 0xbb, 0xbf, 0xff, 0, 13, 10])
    await handle(post(bytes, { headers: { 'X-Signature': 'v1=abc' } }))
    const [[{ rawBody, headers }]] = readWebhook.mock.calls as [[WebhookDelivery]]
    expect(rawBody).toBeInstanceOf(Uint8Array)
    expect([...(rawBody as Uint8Array)]).toEqual([...bytes])
    expect((headers as Headers).get('x-signature')).toBe('v1=abc')
  })

  it('in many parts reaches the provider whole', async () => {
    const { handle, readWebhook } = makeHandler(events.payment)
    await handle(post(streamOf(['{"a":', '1,"b"', ':2}']), { duplex: 'half' } as RequestInit))
    expect(new TextDecoder().decode(readWebhook.mock.calls[0]?.[0].rawBody as Uint8Array)).toBe(
      '{"a":1,"b":2}',
    )
  })

  it('that is empty is the provider’s to judge', async () => {
    const { handle, readWebhook } = makeHandler(events.payment)
    await handle(post(null))
    expect(readWebhook.mock.calls[0]?.[0].rawBody).toEqual(new Uint8Array(0))
  })

  it('that says it is too large is answered with 413, unread', async () => {
    const { handle, readWebhook } = makeHandler(events.payment, { options: { maxBodyBytes: 10 } })
    const request = post('short', { headers: { 'content-length': '11' } })
    expect(await look(await handle(request))).toEqual(refused(413))
    expect(request.bodyUsed).toBe(false)
    expect(readWebhook).not.toHaveBeenCalled()
  })

  it('that turns out too large is answered with 413, and not read to its end', async () => {
    const { handle, readWebhook } = makeHandler(events.payment, { options: { maxBodyBytes: 10 } })
    let read = 0
    const endless = new ReadableStream<Uint8Array>(
      {
        pull(controller) {
          read++
          controller.enqueue(new Uint8Array(4))
        },
      },
      { highWaterMark: 0 },
    )
    expect((await handle(post(endless, { duplex: 'half' } as RequestInit))).status).toBe(413)
    expect(read).toBe(3)
    expect(readWebhook).not.toHaveBeenCalled()
  })

  it('that stalls is answered with 408, and never acted on', async () => {
    const { handle, readWebhook, onError } = makeHandler(events.payment, { options: { bodyTimeoutMs: 20 } })
    const stalled = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(new Uint8Array(4)),
    })
    expect(await look(await handle(post(stalled, { duplex: 'half' } as RequestInit)))).toEqual(refused(408))
    expect(readWebhook).not.toHaveBeenCalled()
    expect(onError).not.toHaveBeenCalled()
  })

  it('that stalls is answered with 408 also without an immediate turn of the event loop', async () => {
    vi.stubGlobal('setImmediate', undefined)
    try {
      const { handle } = makeHandler(events.payment, { options: { bodyTimeoutMs: 20 } })
      expect((await handle(post(new ReadableStream(), { duplex: 'half' } as RequestInit))).status).toBe(408)
      expect((await handle(post())).status).toBe(200)
    } finally {
      vi.unstubAllGlobals()
    }
  })

  it('that keeps dripping is answered with 408', async () => {
    const { handle, readWebhook } = makeHandler(events.payment, { options: { bodyTimeoutMs: 50 } })
    let timer: ReturnType<typeof setInterval> | undefined
    const dripping = new ReadableStream<Uint8Array>({
      start(controller) {
        timer = setInterval(() => controller.enqueue(new Uint8Array(1)), 5)
      },
    })
    expect((await handle(post(dripping, { duplex: 'half' } as RequestInit))).status).toBe(408)
    clearInterval(timer)
    expect(readWebhook).not.toHaveBeenCalled()
  })

  it('that stalls is answered with 408 also where a runtime has no stream of it', async () => {
    const { handle } = makeHandler(events.payment, { options: { bodyTimeoutMs: 20 } })
    const request = { method: 'POST', headers: new Headers(), arrayBuffer: () => new Promise(() => {}) }
    expect((await handle(request as unknown as Request)).status).toBe(408)
  })

  it('is taken over as it comes: what happens to the buffers of its parts later changes nothing', async () => {
    const { handle, readWebhook } = makeHandler(events.payment)
    const buffer = new Uint8Array(1)
    let byte = 0
    const inBytes = new ReadableStream<Uint8Array>(
      {
        pull(controller) {
          if (byte === 1000) return controller.close()
          buffer[0] = byte++ % 256
          controller.enqueue(buffer)
        },
      },
      { highWaterMark: 0 },
    )
    await handle(post(inBytes, { duplex: 'half' } as RequestInit))
    expect(readWebhook.mock.calls[0]?.[0].rawBody).toEqual(
      Uint8Array.from({ length: 1000 }, (_, index) => index % 256),
    )
  })

  it('of exactly the limit is read, of one byte more it is not', async () => {
    const { handle } = makeHandler(events.payment, { options: { maxBodyBytes: 10 } })
    expect((await handle(post('x'.repeat(10)))).status).toBe(200)
    expect((await handle(post('x'.repeat(11)))).status).toBe(413)
  })

  it('may be a mebibyte when nothing else is said', async () => {
    const { handle } = makeHandler(events.payment)
    expect((await handle(post(new Uint8Array(1024 * 1024)))).status).toBe(200)
    expect((await handle(post(new Uint8Array(1024 * 1024 + 1)))).status).toBe(413)
  })

  it('that lies about its length is counted', async () => {
    const { handle } = makeHandler(events.payment, { options: { maxBodyBytes: 10 } })
    for (const length of ['1', 'x', '-5', '']) {
      expect((await handle(post('x'.repeat(11), { headers: { 'content-length': length } }))).status).toBe(413)
    }
  })

  it('of a short stated length is read from the runtime whole, without a stream', async () => {
    const { handle, readWebhook } = makeHandler(events.payment, { options: { maxBodyBytes: 100_000 } })
    const arrayBuffer = vi.fn(async () => new TextEncoder().encode('{}').buffer)
    const body = vi.fn(() => streamOf(['in', ' parts']))
    const stated = (headers: Record<string, string>) =>
      handle(
        Object.defineProperty({ method: 'POST', headers: new Headers(headers), arrayBuffer }, 'body', {
          get: body,
        }) as unknown as Request,
      )
    const read = () => new TextDecoder().decode(readWebhook.mock.lastCall?.[0].rawBody as Uint8Array)
    expect((await stated({ 'content-length': '16384' })).status).toBe(200)
    expect(read()).toBe('{}')
    expect(body).not.toHaveBeenCalled()
    // Its parts would all be kept until the last has come; and an unpacked body is longer than stated.
    for (const headers of [
      { 'content-length': '16385' },
      { 'content-length': '2', 'content-encoding': 'gzip' },
      {},
    ]) {
      expect((await stated(headers as Record<string, string>)).status).toBe(200)
      expect(read()).toBe('in parts')
    }
    expect(arrayBuffer).toHaveBeenCalledOnce()
  })

  it('of a stated length that stalls, or breaks off, is answered like any other', async () => {
    const { handle, onError } = makeHandler(events.payment, { options: { bodyTimeoutMs: 20 } })
    const stated = (arrayBuffer: () => Promise<ArrayBuffer>) =>
      handle({
        method: 'POST',
        headers: new Headers({ 'content-length': '2' }),
        arrayBuffer,
      } as unknown as Request)
    expect((await stated(() => new Promise(() => {}))).status).toBe(408)
    expect(onError).not.toHaveBeenCalled()
    expect((await stated(() => Promise.reject(new Error('SECRET')))).status).toBe(500)
    expect(onError).toHaveBeenCalledOnce()
  })

  it('that breaks off is answered with 500', async () => {
    const { handle, onError } = makeHandler(events.payment)
    const broken = new ReadableStream({ start: (controller) => controller.error(new Error('SECRET')) })
    expect(await look(await handle(post(broken, { duplex: 'half' } as RequestInit)))).toEqual(refused(500))
    expect(onError).toHaveBeenCalledOnce()
  })

  it('that was read before is a mistake of the shop, not a forgery', async () => {
    const { handle, onError, readWebhook } = makeHandler(events.payment)
    const request = post()
    await request.text()
    expect((await handle(request)).status).toBe(500)
    expect(onError).toHaveBeenCalledWith(expect.objectContaining({ code: 'invalid_input' }))
    expect(readWebhook).not.toHaveBeenCalled()
  })

  it('is read also where a runtime has no stream of it', async () => {
    const { handle, readWebhook } = makeHandler(events.payment, { options: { maxBodyBytes: 10 } })
    const plain = (text: string) =>
      ({
        method: 'POST',
        url: 'https://shop.example/',
        headers: new Headers(),
        arrayBuffer: async () => new TextEncoder().encode(text).buffer,
      }) as unknown as Request
    expect((await handle(plain('{}'))).status).toBe(200)
    expect(readWebhook.mock.calls[0]?.[0].rawBody).toEqual(new TextEncoder().encode('{}'))
    expect((await handle(plain('x'.repeat(11)))).status).toBe(413)
  })
})

describe('what is no Request', () => {
  const nodeRequest = { method: 'POST', url: '/', headers: { host: 'shop.example' }, on: () => {} }
  it.each([undefined, null, '{}', {}, nodeRequest, { rawBody: '{}', headers: {} }])(
    'is refused as invalid_input: %o',
    async (value) => {
      const { handle } = makeHandler(events.payment)
      await expect(handle(value as unknown as Request)).rejects.toMatchObject({ code: 'invalid_input' })
    },
  )
})

describe('what is called', () => {
  it('a recheck is looked up first', async () => {
    const answers = [lookup({ status: 'refunded' }, 5)]
    const find = vi.fn(async () => answers)
    const { handle, onReports } = makeHandler(events.recheck, { provider: { find } })
    expect(await look(await handle(post()))).toEqual(good)
    expect(find).toHaveBeenCalledExactlyOnceWith({ id: 'pay_1' }, { signal: expect.any(AbortSignal) })
    expect(onReports).toHaveBeenCalledExactlyOnceWith(answers, events.recheck)
  })

  it('a dispute goes to onDispute, or is acknowledged without it', async () => {
    const onDispute = vi.fn()
    const { handle, onReports } = makeHandler(events.dispute, { options: { onDispute } })
    expect(await look(await handle(post()))).toEqual(good)
    expect(onDispute).toHaveBeenCalledExactlyOnceWith(events.dispute)
    const without = makeHandler(events.dispute)
    expect(await look(await without.handle(post()))).toEqual(good)
    expect(onReports).not.toHaveBeenCalled()
    expect(without.onReports).not.toHaveBeenCalled()
  })

  it('one operation is looked up where the provider can be asked, else it goes to onOperation', async () => {
    const answers = [lookup({ status: 'captured' }, 5)]
    const asked = makeHandler(events.operation, { provider: { find: async () => answers } })
    expect(await look(await asked.handle(post()))).toEqual(good)
    expect(asked.onReports).toHaveBeenCalledExactlyOnceWith(answers, events.operation)
    const provider = { answers: { lookup: 'none', byReference: 'none', list: 'none' } } as const
    const onOperation = vi.fn()
    const alone = makeHandler(events.operation, { provider, options: { onOperation } })
    expect(await look(await alone.handle(post()))).toEqual(good)
    expect(onOperation).toHaveBeenCalledExactlyOnceWith(events.operation)
    const without = makeHandler(events.operation, { provider })
    expect(await look(await without.handle(post()))).toEqual(refused(500))
    expect(without.onError).toHaveBeenCalledWith(
      expect.objectContaining({ message: expect.stringContaining('onOperation is missing') }),
    )
  })

  it('an authentic one that is not as documented is acknowledged with onUnreadable, and 500 without', async () => {
    const onUnreadable = vi.fn()
    const { handle } = makeHandler(events.unreadable, { options: { onUnreadable } })
    expect(await look(await handle(post()))).toEqual(good)
    expect(onUnreadable).toHaveBeenCalledExactlyOnceWith(events.unreadable)
    const without = makeHandler(events.unreadable)
    expect(await look(await without.handle(post()))).toEqual(refused(500))
  })

  it('an unrelated one is acknowledged', async () => {
    const { handle, onReports } = makeHandler(events.unrelated)
    expect(await look(await handle(post()))).toEqual(good)
    expect(onReports).not.toHaveBeenCalled()
  })

  it('nothing for a kind of event that is not known, which is not acknowledged', async () => {
    const { handle, onReports, onError } = makeHandler({ ...eventBase, kind: 'news' } as never)
    expect(await look(await handle(post()))).toEqual(refused(500))
    expect(onReports).not.toHaveBeenCalled()
    expect(onError).toHaveBeenCalledOnce()
  })

  it.each(Object.values(events))('onEvent gets every event as it came: $kind', async (event) => {
    const onEvent = vi.fn()
    const { handle, provider } = makeHandler(event, { options: { onReports: undefined, onEvent } as never })
    expect(await look(await handle(post()))).toEqual(good)
    expect(onEvent).toHaveBeenCalledExactlyOnceWith(event, provider)
  })
})

describe('a recheck that does not succeed', () => {
  it.each<readonly [PaymentErrorCode, number]>([
    ['unavailable', 503],
    ['rate_limited', 503],
    ['not_found', 503],
    ['unauthorized', 500],
    ['rejected', 500],
    ['invalid_payload', 500],
    ['invalid_input', 500],
    ['invalid_signature', 500],
  ])('%s is answered with %i', async (code, status) => {
    const { handle, onReports, onError } = makeHandler(events.recheck, {
      provider: { find: fails(error(code)) },
    })
    expect(await look(await handle(post()))).toEqual(refused(status))
    expect(onReports).not.toHaveBeenCalled()
    expect(onError).toHaveBeenCalledOnce()
  })

  it('states when to retry, where that is known', async () => {
    const { handle } = makeHandler(events.recheck, { provider: { find: fails(error('rate_limited', 1200)) } })
    expect((await handle(post())).headers.get('retry-after')).toBe('2')
    const silent = makeHandler(events.recheck, { provider: { find: fails(error('rate_limited')) } })
    expect((await silent.handle(post())).headers.get('retry-after')).toBeNull()
  })

  it('for a payment that the provider does not know yet is redelivered', async () => {
    const find = vi.fn().mockResolvedValueOnce([]).mockResolvedValueOnce([report])
    const { handle, onReports } = makeHandler(events.recheck, { provider: { find } })
    expect((await handle(post())).status).toBe(503)
    expect(onReports).not.toHaveBeenCalled()
    expect((await handle(post())).status).toBe(200)
    expect(onReports).toHaveBeenCalledOnce()
  })
})

describe('rechecks', () => {
  it('that are not answered in time are answered with 503', async () => {
    const find = () => new Promise<never>(() => {})
    const { handle, onError } = makeHandler(events.recheck, {
      provider: { find },
      options: { recheckTimeoutMs: 5 },
    })
    expect(await look(await handle(post()))).toEqual(refused(503))
    expect(onError).toHaveBeenCalledWith(expect.objectContaining({ code: 'unavailable' }))
  })

  it('beyond the limit of a minute are answered with 503, and not made', async () => {
    const find = vi.fn(async () => [report])
    const { handle } = makeHandler(events.recheck, {
      provider: { find },
      options: { claims: 'none', rechecksPerMinute: 3 },
    })
    const statuses: number[] = []
    for (let count = 0; count < 20; count++) statuses.push((await handle(post())).status)
    // The minute may end in between, once.
    expect(find.mock.calls.length).toBeLessThanOrEqual(6)
    expect(statuses.filter((status) => status === 200)).toHaveLength(find.mock.calls.length)
    expect(statuses).toContain(503)
  })
})

describe('claims', () => {
  it('an event that is done gets the same reply again, and nothing is called', async () => {
    const { handle, onReports } = makeHandler(events.payment)
    const first = await look(await handle(post()))
    expect(await look(await handle(post()))).toEqual(first)
    expect(onReports).toHaveBeenCalledOnce()
  })

  it('an event that is being handled is answered with 503', async () => {
    let finish = () => {}
    const working = new Promise<void>((resolve) => {
      finish = resolve
    })
    const onReports = vi.fn(() => working)
    const { handle } = makeHandler(events.payment, { options: { onReports } })
    const first = handle(post())
    expect(await look(await handle(post()))).toEqual(refused(503))
    finish()
    expect(await look(await first)).toEqual(good)
    expect(onReports).toHaveBeenCalledOnce()
  })

  it('are released when your code threw or the recheck failed', async () => {
    const onReports = vi.fn().mockRejectedValueOnce(new Error('no database')).mockResolvedValue(undefined)
    const find = vi.fn().mockRejectedValueOnce(error('unavailable')).mockResolvedValue([report])
    const { handle } = makeHandler(events.recheck, { provider: { find }, options: { onReports } })
    expect((await handle(post())).status).toBe(503)
    expect((await handle(post())).status).toBe(500)
    expect((await handle(post())).status).toBe(200)
    expect((await handle(post())).status).toBe(200)
    expect(onReports).toHaveBeenCalledTimes(2)
  })

  it('are not begun for what is not verified', async () => {
    const claims = { begin: vi.fn(), end: vi.fn() }
    const { handle } = makeHandler(error('invalid_signature'), { options: { claims } })
    await handle(post())
    expect(claims.begin).not.toHaveBeenCalled()
  })

  it('begin before the code runs and end after it', async () => {
    const order: string[] = []
    const claims: WebhookClaims = {
      async begin() {
        order.push('begin')
        return 'new'
      },
      async end(event, result) {
        order.push(`end ${event.id} ${result}`)
      },
    }
    const { handle } = makeHandler(events.payment, {
      options: { claims, onReports: () => void order.push('act') },
    })
    await handle(post())
    expect(order).toEqual(['begin', 'act', 'end evt_1 done'])
  })

  it('that cannot be begun are answered with 500, and nothing is called', async () => {
    const reason = new Error('SECRET')
    const claims = { begin: fails(reason), end: vi.fn() }
    const { handle, onReports, onError } = makeHandler(events.payment, { options: { claims } })
    expect(await look(await handle(post()))).toEqual(refused(500))
    expect(onReports).not.toHaveBeenCalled()
    expect(onError).toHaveBeenCalledExactlyOnceWith(reason)
  })

  it('that cannot be ended after the work was done do not ask for it to be done again', async () => {
    const reason = new Error('SECRET')
    for (const end of [
      fails(reason),
      () => {
        throw reason
      },
    ]) {
      const claims = { begin: async () => 'new' as const, end }
      const { handle, onError } = makeHandler(events.payment, { options: { claims } })
      expect(await look(await handle(post()))).toEqual(good)
      expect(onError).toHaveBeenCalledExactlyOnceWith(reason)
    }
  })

  it('that cannot be released do not hide the error', async () => {
    const claims = { begin: async () => 'new' as const, end: fails(new Error('store')) }
    const { handle, onError } = makeHandler(events.payment, {
      options: { claims, onReports: fails(new Error('work')) },
    })
    expect((await handle(post())).status).toBe(500)
    expect(onError.mock.calls.map(([reason]) => reason.message)).toEqual(['store', 'work'])
  })

  it("'none' acts on every delivery", async () => {
    const { handle, onReports } = makeHandler(events.payment, { options: { claims: 'none' } })
    await handle(post())
    await handle(post())
    expect(onReports).toHaveBeenCalledTimes(2)
  })
})

describe('options that cannot work are refused', () => {
  const onReports = () => {}
  it.each([
    { onReports },
    { claims: undefined, onReports },
    { claims: 'none' },
    { claims: 'none', onReports, onEvent: onReports },
    { claims: 'none', onReports, maxBodyBytes: 0 },
    { claims: 'none', onReports, maxBodyBytes: Number.NaN },
    { claims: 'none', onReports, bodyTimeoutMs: 0 },
    { claims: 'none', onReports, bodyTimeoutMs: 2 ** 31 },
    { claims: 'none', onReports, recheckTimeoutMs: 0 },
    { claims: 'none', onReports, rechecksPerMinute: 0 },
    { claims: 'none', onReports, onOperation: 'SECRET' },
    { claims: 'none', onReports: 'SECRET' },
    { claims: 'none', onReports, onError: 'SECRET' },
    { claims: {}, onReports },
    { claims: 'memory', onReports },
    null,
    undefined,
  ])('%o', (options) => {
    expect(() => createWebhookHandler(makeProvider(), options as unknown as WebhookHandlerOptions)).toThrow(
      expect.objectContaining({ code: 'invalid_input', message: expect.not.stringContaining('SECRET') }),
    )
  })

  it.each([null, undefined, {}, 'SECRET'])('an invalid provider: %o', (provider) => {
    expect(() => createWebhookHandler(provider as never, { claims: 'none', onReports })).toThrow(
      expect.objectContaining({ code: 'invalid_input' }),
    )
  })
})

function streamOf(parts: readonly string[]): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      for (const part of parts) controller.enqueue(new TextEncoder().encode(part))
      controller.close()
    },
  })
}
