import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createStripe } from '@payment-status/stripe'
import { stripeFixtures } from '@payment-status/stripe/fixtures'
import fastify from 'fastify'
import Koa from 'koa'
import { createPayments } from 'payment-status'
import { expect } from 'vitest'
import { toFastifyPlugin, toKoaMiddleware, toNodeHandler, type WebHandler } from '../src/index.ts'

export interface Served {
  readonly port: number
  close(): Promise<unknown>
}

/** Starts a server on the loopback interface. */
export async function listen(server: Server): Promise<Served> {
  if (!server.listening) {
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
  }
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** Opens a server of every adapter, with `webhooks` under `/webhooks/`. */
export const openServers: Readonly<Record<string, (webhooks: WebHandler) => Promise<Served>>> = {
  'node:http': (webhooks) => listen(createServer(toNodeHandler(webhooks))),
  Fastify: async (webhooks) => {
    const app = fastify()
    app.register(toFastifyPlugin(webhooks), { prefix: '/webhooks' })
    await app.listen({ port: 0, host: '127.0.0.1' })
    return { port: (app.server.address() as AddressInfo).port, close: () => app.close() }
  },
  Koa: (webhooks) => {
    const app = new Koa()
    const serve = toKoaMiddleware(webhooks)
    app.use((context, next) => (context.path.startsWith('/webhooks/') ? serve(context) : next()))
    return listen(createServer(app.callback()))
  },
}

export interface Endpoint {
  readonly webhooks: WebHandler
  readonly received: readonly string[]
  readonly errors: readonly unknown[]
}

/** Creates one endpoint for all providers, and collects what it received. */
export function createEndpoint(): Endpoint {
  const received: string[] = []
  const errors: unknown[] = []
  const payments = createPayments([
    createStripe({ ...stripeFixtures.secrets, fetch: stripeFixtures.respond }),
  ])
  const webhooks = payments.webhookHandler({
    claims: 'none',
    onEvent: ({ id }) => void received.push(id),
    onError: (error) => errors.push(error),
  })
  return { webhooks, received, errors }
}

export async function signedDelivery(): Promise<{
  readonly rawBody: string
  readonly headers: Record<string, string>
}> {
  const [deliver] = stripeFixtures.payments.flatMap(({ webhook }) => webhook ?? [])
  if (!deliver) throw new Error('no recording has a webhook')
  const { rawBody, headers } = await deliver()
  return {
    rawBody: String(rawBody),
    headers: { 'content-type': 'application/json; charset=utf-8', ...(headers as Record<string, string>) },
  }
}

/** Sends a signed webhook, a forged one, one to an unknown provider and a GET over real HTTP, and checks the answers. */
export async function expectToServe(port: number, { received, errors }: Endpoint): Promise<void> {
  const { rawBody, headers } = await signedDelivery()
  const send = async (path: string, body: string) => {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, { method: 'POST', headers, body })
    return { status: answer.status, body: await answer.text() }
  }
  expect(await send('/webhooks/stripe', rawBody)).toEqual({ status: 200, body: '' })
  expect(errors).toEqual([])
  expect(received.length).toBe(1)
  expect(await send('/webhooks/stripe', rawBody.replace('"object"', '"object" '))).toEqual({
    status: 401,
    body: '',
  })
  expect((await send('/webhooks/other', rawBody)).status).toBe(404)
  expect((await fetch(`http://127.0.0.1:${port}/webhooks/stripe`)).ok).toBe(false)
  expect(received.length).toBe(1)
}
