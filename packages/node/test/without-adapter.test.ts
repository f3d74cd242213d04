import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createStripe } from '@payment-status/stripe'
import { stripeSimulation } from '@payment-status/stripe/fixtures'
import express from 'express'
import fastify from 'fastify'
import Koa from 'koa'
import { createPayments, createWebhookHandler, memoryClaims } from 'payment-status'
import { describe, expect, it } from 'vitest'

const stripe = createStripe(stripeSimulation.secrets)
const options = { claims: memoryClaims(), onReports() {} }

// biome-ignore lint/suspicious/noExplicitAny: what is tested is a handler in a place that its type does not fit
type Misplaced = any

const handlers = [
  ['createWebhookHandler', createWebhookHandler(stripe, options)],
  ['payments.webhookHandler', createPayments([stripe]).webhookHandler(options)],
] as const

/** Posts to a server that knows the handler without an adapter, and returns the error it met. */
async function post(listener: RequestListener): Promise<void> {
  const server = createServer(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/webhooks/stripe`, {
    method: 'POST',
    body: '{}',
  })
  server.closeAllConnections()
  await new Promise((closed) => server.close(closed))
}

const servers: Readonly<Record<string, (handler: Misplaced) => Promise<unknown>>> = {
  async 'Express needs toNodeHandler(webhooks)'(handler) {
    let met: unknown
    const app = express()
    app.post('/webhooks/:provider', handler)
    app.use(((error, _request, response, _next) => {
      met = error
      response.end()
    }) as express.ErrorRequestHandler)
    await post(app)
    return met
  },
  async "Node's own server needs toNodeHandler(webhooks)"(handler) {
    let met: unknown
    await post(async (request, response) => {
      await handler(request, response).catch((error: unknown) => {
        met = error
      })
      response.end()
    })
    return met
  },
  async 'Fastify needs toFastifyPlugin(webhooks)'(handler) {
    let met: unknown
    const app = fastify()
    app.setErrorHandler((error, _request, reply) => {
      met = error
      reply.send()
    })
    app.post('/webhooks/:provider', handler)
    await app.inject({ method: 'POST', url: '/webhooks/stripe', payload: {} })
    return met
  },
  async 'Koa needs toKoaMiddleware(webhooks)'(handler) {
    let met: unknown
    const app = new Koa()
    app.on('error', (error) => {
      met = error
    })
    app.use(handler)
    await post(app.callback())
    return met
  },
  async 'AWS Lambda needs toLambdaHandler(webhooks)'(handler) {
    const event = {
      version: '2.0',
      rawPath: '/webhooks/stripe',
      headers: {},
      requestContext: {},
      isBase64Encoded: false,
    }
    return handler(event).catch((error: unknown) => error)
  },
}

describe.each(handlers)('%s without an adapter', (_, handler) => {
  it.each(Object.entries(servers))('in %s', async (title, meet) => {
    const [, adapter = ''] = / needs (.+)$/.exec(title) ?? []
    expect(await meet(handler)).toMatchObject({
      code: 'invalid_input',
      message: expect.stringContaining(`${adapter} of @payment-status/node`),
    })
  })
})
