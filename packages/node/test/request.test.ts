import { once } from 'node:events'
import { createServer, request as send } from 'node:http'
import {
  connect as connectHttp2,
  createServer as createHttp2Server,
  type Http2ServerRequest,
  type Http2ServerResponse,
} from 'node:http2'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { createStripe, signWebhook } from '@payment-status/stripe'
import { stripeFixtures } from '@payment-status/stripe/fixtures'
import express from 'express'
import { createWebhookHandler, type WebhookHandlerOptions } from 'payment-status'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { toNodeHandler, type WebHandler } from '../src/index.ts'
import { createEndpoint, listen, openServers, type Served, signedDelivery } from './serve.ts'

const open: Served[] = []
afterEach(async () => {
  for (const served of open.splice(0)) await served.close()
})

async function serve(handler: WebHandler): Promise<number> {
  const served = await listen(createServer(toNodeHandler(handler)))
  open.push(served)
  return served.port
}

/** Posts a request and returns what `look` finds in the one the handler receives. */
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

describe('the request a handler receives', () => {
  it('is a Request of the runtime, which fetch and new Request accept', async () => {
    const seen = await see(async (request) => [request instanceof Request, await new Request(request).text()])
    expect(seen).toEqual([true, '{"id":1}'])
  })

  it.each<[string, (request: Request) => Promise<unknown>, unknown]>([
    ['text', (request) => request.text(), '{"id":1}'],
    ['json', (request) => request.json(), { id: 1 }],
    ['arrayBuffer', async (request) => new Uint8Array(await request.arrayBuffer()).length, 8],
    ['bytes', async (request) => (await request.bytes()).length, 8],
    ['a stream', (request) => new Response(request.body).text(), '{"id":1}'],
    ['a clone', (request) => request.clone().text(), '{"id":1}'],
  ])('gives its body as %s', async (_, read, expected) => {
    expect(await see(read)).toEqual(expected)
  })

  it('keeps the raw bytes of its body, whatever they are', async () => {
    const bytes = Uint8Array.from({ length: 100_000 }, (_, index) => (index * 7) % 256)
    const seen = await see(async (request) => Buffer.from(await request.arrayBuffer()), { body: bytes })
    expect(seen.equals(bytes)).toBe(true)
  })

  it('fails the webhook handler when its body was consumed before', async () => {
    const onError = vi.fn()
    const webhooks = createHandler({ onError })
    const port = await serve(async (request) => {
      await request.arrayBuffer()
      return webhooks(request)
    })
    expect(await post(port, '{}', {})).toMatchObject({ status: 500 })
    expect(onError).toHaveBeenCalledWith(expect.objectContaining({ code: 'invalid_input' }))
  })

  it.each([
    ['POST /webhooks/stripe', 'shop.example', 'http://shop.example/webhooks/stripe'],
    [
      'POST /webhooks/stripe?x=%zz#y',
      'shop.example:8443',
      'http://shop.example:8443/webhooks/stripe?x=%zz#y',
    ],
    ['POST //stripe', '127.0.0.1:80', 'http://127.0.0.1//stripe'],
    ['POST /webhooks/%2e%2e/stripe?x=1', '[::1]:4000', 'http://[::1]:4000/stripe?x=1'],
    ['GET /status?find=1', 'Shop.Example', 'http://shop.example/status?find=1'],
  ])('has the URL of its request line %s and its Host %s', async (line, host, expected) => {
    const port = await serve(async (request) => new Response(request.url))
    const answer = await raw(port, `${line} HTTP/1.1\r\nhost: ${host}\r\ncontent-length: 0\r\n`)
    expect(answer).toContain(`\r\n${expected}\r\n`)
  })

  it('has a host that resolves to no machine when it states none', async () => {
    const port = await serve(async (request) => new Response(request.url))
    expect(await raw(port, 'GET /status HTTP/1.0\r\n')).toContain('\r\n\r\nhttp://unknown.invalid/status')
  })

  it.each([
    ['/', '<shop>'],
    ['/', 'shop.example/webhooks/stripe?'],
    ['/', 'user@127.0.0.1'],
    ['/', 'shop.example:99999'],
    ['/', ''],
    ['/', 'a b'],
    ['http://other.example/', 'shop.example'],
  ])('is answered 400 for the path %s and the Host "%s", and reaches no handler', async (path, host) => {
    const handler = vi.fn(async () => new Response())
    const port = await serve(handler)
    const answer = await raw(port, `POST ${path} HTTP/1.1\r\nhost: ${host}\r\ncontent-length: 0\r\n`)
    expect(answer).toMatch(/^HTTP\/1.1 400 /)
    expect(handler).not.toHaveBeenCalled()
  })

  it('has the URL it was sent to where the handler is mounted, and the headers and body it came with', async () => {
    const app = express()
    app.use(
      '/webhooks',
      toNodeHandler(async (request) =>
        Response.json([new URL(request.url).pathname, request.headers.get('x-one'), await request.text()]),
      ),
    )
    const served = await listen(createServer(app))
    open.push(served)
    const answer = await post(served.port, '{}', { 'x-one': 'a' })
    expect(JSON.parse(answer.body)).toEqual(['/webhooks/stripe', 'a', '{}'])
  })

  it('answers 500 when the handler throws, and the server lives on', async () => {
    const port = await serve(async () => Promise.reject(new Error('a handler')))
    expect(await post(port, '{}', {})).toMatchObject({ status: 500 })
    expect(await post(port, '{}', {})).toMatchObject({ status: 500 })
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

  it('before the body is read aborts the request, and the body cannot be read', async () => {
    const seen = withResolvers<unknown>()
    const closed = withResolvers<void>()
    const served = await listen(
      createServer((incoming, response) => {
        response.once('close', () => closed.resolve())
        toNodeHandler(async (request) => {
          await closed.promise
          const error = await request.arrayBuffer().catch(({ name }: Error) => name)
          seen.resolve([request.signal.aborted, error])
          return new Response()
        })(incoming, response)
      }),
    )
    open.push(served)
    const socket = connect(served.port, '127.0.0.1')
    socket.write('POST / HTTP/1.1\r\nhost: shop\r\ncontent-length: 100\r\n\r\n{')
    setTimeout(() => socket.destroy(), 20)
    expect(await seen.promise).toEqual([true, 'AbortError'])
  })

  it('after its answer aborts nothing', async () => {
    const received = withResolvers<AbortSignal>()
    const port = await serve(async (request) => {
      received.resolve(request.signal)
      return new Response('done')
    })
    const answer = await raw(port, 'POST / HTTP/1.1\r\nhost: shop\r\ncontent-length: 0\r\n')
    expect(answer).toContain('done')
    expect((await received.promise).aborted).toBe(false)
  })

  it('is an error of the webhook handler, which acts on nothing', async () => {
    const failed = withResolvers<unknown>()
    const onEvent = vi.fn()
    const port = await serve(createHandler({ onEvent, onError: failed.resolve }))
    const socket = connect(port, '127.0.0.1')
    socket.write('POST / HTTP/1.1\r\nhost: shop\r\ncontent-length: 100\r\n\r\n{')
    setTimeout(() => socket.destroy(), 20)
    expect(await failed.promise).toBeInstanceOf(Error)
    expect(onEvent).not.toHaveBeenCalled()
  })
})

describe('a webhook over HTTP', () => {
  it('of version 2 is read', async () => {
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

  it('of any length is read, with a stated length or in chunks', async () => {
    const onEvent = vi.fn()
    const port = await serve(createHandler({ onEvent }))
    const { rawBody } = await signedDelivery()
    for (const length of [0, 20_000, 200_000]) {
      for (const isStated of [true, false]) {
        const body = rawBody + ' '.repeat(length)
        const headers = { ...(await sign(body)), ...(isStated && { 'content-length': `${body.length}` }) }
        expect(await post(port, body, headers)).toMatchObject({ status: 200 })
      }
    }
    expect(onEvent).toHaveBeenCalledTimes(6)
  })

  it('that arrives in parts is read as one body', async () => {
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

  it('that is longer than its stated length is cut there, and fails its signature', async () => {
    const failed = withResolvers<unknown>()
    const onEvent = vi.fn()
    const port = await serve(createHandler({ onEvent, onError: failed.resolve }))
    const { rawBody } = await signedDelivery()
    const { 'stripe-signature': signature } = await sign(rawBody)
    const head = `POST / HTTP/1.1\r\nhost: shop\r\nstripe-signature: ${signature}\r\ncontent-length: 100\r\n`
    expect(await raw(port, head, rawBody)).toMatch(/^HTTP\/1.1 40[01] /)
    expect(await failed.promise).toBeInstanceOf(Error)
    expect(onEvent).not.toHaveBeenCalled()
  })

  it('is answered where the path names no provider, and its connection serves the next request', async () => {
    const port = await serve(createEndpoint().webhooks)
    const body = Buffer.alloc(300_000, 'x')
    const unread = `POST /webhooks/other HTTP/1.1\r\nhost: shop\r\ncontent-length: ${body.length}\r\n\r\n`
    const socket = connect(port, '127.0.0.1')
    socket.write(unread)
    socket.write(body)
    socket.write('GET /webhooks/stripe HTTP/1.1\r\nhost: shop\r\nconnection: close\r\n\r\n')
    expect(statusesOf(await readAll(socket))).toEqual([404, 405])
  })
})

describe.each(Object.entries(openServers))('a body that %s does not accept', (_, openServer) => {
  async function serveOn(options: Partial<WebhookHandlerOptions>): Promise<number> {
    const served = await openServer(createHandler(options))
    open.push(served)
    return served.port
  }

  it('because it stays incomplete is answered 408, and the connection closes', async () => {
    const socket = connect(await serveOn({ bodyTimeoutMs: 50 }), '127.0.0.1')
    socket.write('POST /webhooks/stripe HTTP/1.1\r\nhost: shop\r\ncontent-length: 100\r\n\r\n{')
    const answer = await readAll(socket)
    expect(statusesOf(answer)).toEqual([408])
    expect(answer).toMatch(/^connection: close\r$/im)
  })

  it.each([
    ['by its stated length', 'content-length: 3000000\r\n\r\n', ''],
    ['in chunks', 'transfer-encoding: chunked\r\n\r\n2dc6c0\r\n', '\r\n0\r\n\r\n'],
  ])('because it is too large %s is answered 413, and the connection closes', async (_, begin, end) => {
    const socket = connect(await serveOn({}), '127.0.0.1')
    socket.write(`POST /webhooks/stripe HTTP/1.1\r\nhost: shop\r\n${begin}`)
    socket.write(Buffer.alloc(3_000_000, 'x'))
    socket.write(`${end}GET / HTTP/1.1\r\nhost: shop\r\n\r\n`)
    const answer = await readAll(socket)
    expect(statusesOf(answer)).toEqual([413])
    expect(answer).toMatch(/^connection: close\r$/im)
  })

  it('because it is too large is answered 413 to a client that never sends it', async () => {
    const socket = connect(await serveOn({}), '127.0.0.1')
    socket.write('POST /webhooks/stripe HTTP/1.1\r\nhost: shop\r\ncontent-length: 3000000\r\n\r\n')
    expect(statusesOf(await readAll(socket))).toEqual([413])
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

/** Sends a request over a connection of its own, and returns the whole answer. */
function raw(port: number, head: string, body = ''): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  socket.write(`${head}connection: close\r\n\r\n${body}`)
  return readAll(socket)
}

async function readAll(socket: Socket): Promise<string> {
  let answer = ''
  for await (const part of socket) answer += part
  return answer
}

function statusesOf(answer: string): number[] {
  return [...answer.matchAll(/^HTTP\/1.1 (\d+)/gm)].map(([, status]) => Number(status))
}
