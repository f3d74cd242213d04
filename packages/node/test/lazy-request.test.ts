import { once } from 'node:events'
import { createServer, request as send } from 'node:http'
import {
  connect as connectHttp2,
  createServer as createHttp2Server,
  type Http2ServerRequest,
  type Http2ServerResponse,
} from 'node:http2'
import { type AddressInfo, connect } from 'node:net'
import { createStripe, signWebhook } from '@payment-status/stripe'
import { stripeFixtures } from '@payment-status/stripe/fixtures'
import express from 'express'
import { createWebhookHandler, type WebhookHandlerOptions } from 'payment-status'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { toNodeHandler, type WebHandler } from '../src/index.ts'
import { listen, type Served, signedDelivery } from './serve.ts'

const open: Served[] = []
afterEach(async () => {
  for (const served of open.splice(0)) await served.close()
})

async function serve(handler: WebHandler): Promise<number> {
  const served = await listen(createServer(toNodeHandler(handler)))
  open.push(served)
  return served.port
}

/** What a handler sees of a request that is posted to it. */
async function see<T>(look: (request: Request) => T | Promise<T>, init: RequestInit = {}): Promise<T> {
  let seen: Promise<T> | undefined
  const port = await serve(async (request) => {
    seen = Promise.resolve(look(request))
    await seen.catch(() => {})
    return new Response(null, { status: 204 })
  })
  await fetch(`http://127.0.0.1:${port}/webhooks/stripe?a=1`, { method: 'POST', body: '{"id":1}', ...init })
  return seen as Promise<T>
}

describe('the request a handler gets', () => {
  it('is a Request with Headers, and says of itself what one of the runtime does', async () => {
    const real = new Request('http://localhost/webhooks/stripe?a=1', { method: 'POST', body: '{"id":1}' })
    const names = Object.entries(Object.getOwnPropertyDescriptors(Request.prototype)).flatMap(
      ([name, { get }]) => (get ? [name as keyof Request] : []),
    )
    const describeMembers = (request: Request) =>
      names.map((name) => {
        const value: unknown = request[name]
        return [name, typeof value === 'object' ? Object.prototype.toString.call(value) : value]
      })
    expect(names).toEqual(expect.arrayContaining(['url', 'headers', 'signal', 'body', 'duplex', 'mode']))
    expect(await see(describeMembers)).toEqual(describeMembers(real))
    expect(await see((request) => [request instanceof Request, request.headers instanceof Headers])).toEqual([
      true,
      true,
    ])
  })

  it('makes none of the runtime’s for a webhook', async () => {
    const made = vi.fn()
    const Real = Request
    vi.stubGlobal(
      'Request',
      new Proxy(Real, {
        construct(target, given) {
          made()
          return Reflect.construct(target, given)
        },
      }),
    )
    try {
      const onEvent = vi.fn()
      const { rawBody, headers } = await signedDelivery()
      const webhooks = createHandler({ onEvent })
      const port = await serve(webhooks)
      const answer = await post(port, rawBody, { ...headers, 'content-length': `${rawBody.length}` })
      expect(answer).toMatchObject({ status: 200 })
      expect(onEvent).toHaveBeenCalledOnce()
      expect(made).not.toHaveBeenCalled()
      const asking = await serve(async (request) => webhooks(request.clone()))
      expect(await post(asking, rawBody, headers)).toMatchObject({ status: 200 })
      expect(made).toHaveBeenCalled()
    } finally {
      vi.unstubAllGlobals()
    }
  })

  it.each<[string, (request: Request) => Promise<unknown>, unknown]>([
    ['text', (request) => request.text(), '{"id":1}'],
    ['json', (request) => request.json(), { id: 1 }],
    ['arrayBuffer', async (request) => new Uint8Array(await request.arrayBuffer()).length, 8],
    ['bytes', async (request) => (await request.bytes()).length, 8],
    ['blob', async (request) => (await request.blob()).size, 8],
    ['a stream', (request) => new Response(request.body).text(), '{"id":1}'],
    ['a clone', (request) => request.clone().text(), '{"id":1}'],
    ['a Request of the runtime', (request) => new Request(request.clone()).text(), '{"id":1}'],
  ])('gives its body as %s', async (_, read, expected) => {
    expect(await see(read)).toEqual(expected)
  })

  it.each<[string, (request: Request) => Promise<unknown>]>([
    ['bytes', (request) => request.arrayBuffer()],
    ['text', (request) => request.text()],
  ])('gives its body once: after its %s there is none', async (_, read) => {
    const seen = await see(async (request) => {
      const before = request.bodyUsed
      await read(request)
      const again = [request.arrayBuffer(), request.text(), request.json(), request.blob()]
      const settled = (await Promise.allSettled(again)).map((one) =>
        one.status === 'rejected' ? one.reason.constructor : 'read',
      )
      expect(() => request.clone()).toThrow(TypeError)
      return [before, request.bodyUsed, ...settled, request.method, request.signal.aborted]
    })
    expect(seen).toEqual([false, true, TypeError, TypeError, TypeError, TypeError, 'POST', false])
  })

  it('whose body somebody read before is refused by the webhook handler', async () => {
    const onError = vi.fn()
    const webhooks = createHandler({ onError })
    const port = await serve(async (request) => {
      await request.arrayBuffer()
      return webhooks(request)
    })
    expect(await post(port, '{}', {})).toMatchObject({ status: 500 })
    expect(onError).toHaveBeenCalledWith(expect.objectContaining({ code: 'invalid_input' }))
  })

  it('gives its headers by any name, joined and listed as the runtime does', async () => {
    const headers = { 'X-One': ' a ', 'x-two': 'ü', cookie: 'a=1' }
    const seen = await see(
      (request) => {
        const get = (name: string) => request.headers.get(name)
        const before = ['x-one', 'X-One', 'x-two', 'x-none', 'constructor', 'set-cookie', 'cookie'].map(get)
        expect(() => get('no name')).toThrow(TypeError)
        request.headers.set('x-one', 'b')
        const clone = request.clone()
        request.headers.append('x-one', 'c')
        return [
          before,
          [get('x-one'), clone.headers.get('x-one'), request.headers.has('x-none')],
          Object.fromEntries(request.headers)['x-one'],
        ]
      },
      { headers },
    )
    expect(seen).toEqual([['a', 'a', 'ü', null, null, null, 'a=1'], ['b, c', 'b', false], 'b, c'])
  })

  it.each([
    ['/webhooks/stripe', '/webhooks/stripe'],
    ['/webhooks/stripe?x=%zz#y', '/webhooks/stripe?x=%zz#y'],
    ['//stripe', '//stripe'],
    ['/webhooks/%2e%2e/stripe?x=1', '/stripe?x=1'],
    ['/', '/'],
  ])('has the URL that its path %s makes', async (path, expected) => {
    const port = await serve(async (request) => new Response(request.url))
    const answer = await raw(port, `POST ${path} HTTP/1.1\r\nhost: <shop>\r\ncontent-length: 0\r\n`)
    expect(answer).toContain(`\r\nhttp://localhost${expected}\r\n`)
  })

  it('has the URL it came to where it is mounted', async () => {
    const app = express()
    app.use(
      '/webhooks',
      toNodeHandler(async ({ url }) => new Response(url)),
    )
    const served = await listen(createServer(app))
    open.push(served)
    expect(await post(served.port, '{}', {})).toMatchObject({ body: 'http://localhost/webhooks/stripe' })
  })
})

describe('a connection that breaks', () => {
  it.each<[string, (request: Request) => Promise<unknown>]>([
    ['bytes', (request) => request.arrayBuffer()],
    ['stream', (request) => request.text()],
  ])('in the middle of a body aborts the request, and its %s cannot be read', async (_, read) => {
    const seen = withResolvers<unknown>()
    const port = await serve(async (request) => {
      const error = await read(request).catch((reason: unknown) => reason)
      if (!request.signal.aborted) await once(request.signal, 'abort')
      seen.resolve(error)
      return new Response()
    })
    const socket = connect(port, '127.0.0.1')
    socket.write('POST / HTTP/1.1\r\nhost: shop\r\ncontent-length: 100\r\n\r\n{')
    setTimeout(() => socket.destroy(), 20)
    expect(await seen.promise).toBeInstanceOf(Error)
  })

  it('before anybody asked is told to whoever asks', async () => {
    const seen = withResolvers<unknown>()
    const closed = withResolvers<void>()
    const served = await listen(
      createServer((incoming, response) => {
        response.once('close', () => closed.resolve())
        toNodeHandler(async (request) => {
          await closed.promise
          const error = await request.arrayBuffer().catch(({ name }: Error) => name)
          seen.resolve([request.signal.aborted, error, request.bodyUsed])
          return new Response()
        })(incoming, response)
      }),
    )
    open.push(served)
    const socket = connect(served.port, '127.0.0.1')
    socket.write('POST / HTTP/1.1\r\nhost: shop\r\ncontent-length: 100\r\n\r\n{')
    setTimeout(() => socket.destroy(), 20)
    expect(await seen.promise).toEqual([true, 'AbortError', true])
  })

  it('after its answer aborts nothing', async () => {
    const asked = withResolvers<AbortSignal>()
    const port = await serve(async (request) => {
      asked.resolve(request.signal)
      return new Response('done')
    })
    const answer = await raw(port, 'POST / HTTP/1.1\r\nhost: shop\r\ncontent-length: 0\r\n')
    expect(answer).toContain('done')
    expect((await asked.promise).aborted).toBe(false)
  })

  it('is an error of the webhook handler, which acts on nothing', async () => {
    const heard = withResolvers<unknown>()
    const onEvent = vi.fn()
    const port = await serve(createHandler({ onEvent, onError: heard.resolve }))
    const socket = connect(port, '127.0.0.1')
    socket.write('POST / HTTP/1.1\r\nhost: shop\r\ncontent-length: 100\r\n\r\n{')
    setTimeout(() => socket.destroy(), 20)
    expect(await heard.promise).toBeInstanceOf(Error)
    expect(onEvent).not.toHaveBeenCalled()
  })
})

describe('a webhook over HTTP', () => {
  it('of version 2 is read as well', async () => {
    const onEvent = vi.fn()
    const served = await listenHttp2(createHandler({ onEvent }))
    const client = connectHttp2(`http://127.0.0.1:${served.port}`)
    const { rawBody } = await signedDelivery()
    for (const length of [{ 'content-length': Buffer.byteLength(rawBody) }, {}]) {
      const sent = client.request({ ':method': 'POST', ...(await sign(rawBody)), ...length })
      sent.end(rawBody)
      const [headers] = await once(sent, 'response')
      expect(headers[':status']).toBe(200)
      sent.resume()
    }
    expect(onEvent).toHaveBeenCalledTimes(2)
    client.close()
    served.close()
  })

  it('of any length is read, told or in chunks', async () => {
    const onEvent = vi.fn()
    const port = await serve(createHandler({ onEvent }))
    const { rawBody } = await signedDelivery()
    for (const length of [0, 20_000, 200_000]) {
      for (const told of [true, false]) {
        const body = rawBody + ' '.repeat(length)
        const headers = { ...(await sign(body)), ...(told && { 'content-length': `${body.length}` }) }
        expect(await post(port, body, headers)).toMatchObject({ status: 200 })
      }
    }
    expect(onEvent).toHaveBeenCalledTimes(6)
  })

  it('in parts is put together', async () => {
    const { rawBody } = await signedDelivery()
    const port = await serve(createHandler({}))
    const bytes = Buffer.from(rawBody)
    const headers = { ...(await sign(rawBody)), 'content-length': `${bytes.length}` }
    const sent = send({ port, path: '/webhooks/stripe', method: 'POST', headers })
    const answered = once(sent, 'response')
    for (const [from, to] of [[0, 1], [1, 100], [100]]) {
      await new Promise<void>((resolve) => sent.write(bytes.subarray(from, to), () => setTimeout(resolve, 5)))
    }
    sent.end()
    const [answer] = await answered
    expect(answer.statusCode).toBe(200)
    answer.resume()
  })

  it('that is longer than it tells is cut there, and so a forged one', async () => {
    const heard = withResolvers<unknown>()
    const onEvent = vi.fn()
    const port = await serve(createHandler({ onEvent, onError: heard.resolve }))
    const { rawBody } = await signedDelivery()
    const { 'stripe-signature': signature } = await sign(rawBody)
    const head = `POST / HTTP/1.1\r\nhost: shop\r\nstripe-signature: ${signature}\r\ncontent-length: 100\r\n`
    expect(await raw(port, head, rawBody)).toMatch(/^HTTP\/1.1 40[01] /)
    expect(await heard.promise).toBeInstanceOf(Error)
    expect(onEvent).not.toHaveBeenCalled()
  })

  it('that is shorter than it tells is too slow', async () => {
    const port = await serve(createHandler({ bodyTimeoutMs: 50 }))
    const { rawBody } = await signedDelivery()
    const head = `POST / HTTP/1.1\r\nhost: shop\r\ncontent-length: ${rawBody.length + 5}\r\n`
    const answer = await raw(port, head, rawBody)
    expect(answer).toMatch(/^HTTP\/1.1 408/)
  })

  it.each([
    ['told', 'content-length: 3000000\r\n\r\n', ''],
    ['in chunks', 'transfer-encoding: chunked\r\n\r\n2dc6c0\r\n', '\r\n0\r\n\r\n'],
  ])('that is too large, %s, is read away, and the connection goes on', async (_, begin, end) => {
    const port = await serve(createHandler({}))
    const socket = connect(port, '127.0.0.1')
    let heard = ''
    socket.pause()
    const body = Buffer.alloc(3_000_000, 'x')
    socket.write(`POST / HTTP/1.1\r\nhost: shop\r\n${begin}`)
    await new Promise((resolve) => socket.write(body, resolve))
    socket.write(`${end}GET / HTTP/1.1\r\nhost: shop\r\nconnection: close\r\n\r\n`)
    for await (const part of socket) heard += part
    expect(heard.match(/^HTTP\/1.1 \d+/gm)).toEqual(['HTTP/1.1 413', 'HTTP/1.1 405'])
  })
})

async function listenHttp2(handler: WebHandler) {
  const listener = toNodeHandler(handler) as unknown as (
    incoming: Http2ServerRequest,
    response: Http2ServerResponse,
  ) => void
  const server = createHttp2Server(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { port: (server.address() as AddressInfo).port, close: () => server.close() }
}

function withResolvers<T>() {
  let resolve: (value: T) => void = () => {}
  const promise = new Promise<T>((settle) => {
    resolve = settle
  })
  return { promise, resolve }
}

function createHandler(options: Partial<WebhookHandlerOptions>): WebHandler {
  return createWebhookHandler(createStripe({ ...stripeFixtures.secrets }), {
    claims: 'none',
    onEvent() {},
    ...options,
  } as WebhookHandlerOptions)
}

async function sign(rawBody: string): Promise<Record<string, string>> {
  const { headers } = await signWebhook(rawBody, stripeFixtures.secrets.webhookSecrets)
  return headers as Record<string, string>
}

async function post(port: number, body: string, headers: Record<string, string>) {
  const sent = send({ port, path: '/webhooks/stripe', method: 'POST', headers })
  sent.end(body)
  const [answer] = await once(sent, 'response')
  let text = ''
  for await (const part of answer) text += part
  return { status: answer.statusCode as number, body: text }
}

/** What comes back over a connection of its own, until it is closed. */
async function raw(port: number, head: string, body = ''): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  socket.write(`${head}connection: close\r\n\r\n${body}`)
  let heard = ''
  for await (const part of socket) heard += part
  return heard
}
