import 'reflect-metadata'
import { once } from 'node:events'
import { createServer, request as send } from 'node:http'
import { Controller, Module, Post, type RawBodyRequest, Req, Res } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import type { NestExpressApplication } from '@nestjs/platform-express'
import express, { type Request as ExpressRequest, type Response as ExpressResponse } from 'express'
import fastify from 'fastify'
import Koa from 'koa'
import parseBody from 'koa-bodyparser'
import { isPaymentError } from 'payment-status'
import { describe, expect, it, vi } from 'vitest'
import { toFastifyPlugin, toKoaMiddleware, toNodeHandler, type WebHandler } from '../src/index.ts'
import { createEndpoint, expectToServe, listen, openServers, type Served, signedDelivery } from './serve.ts'

const servers: Record<string, (webhooks: WebHandler) => Promise<Served>> = {
  ...openServers,
  Express: (webhooks) => {
    const app = express()
    app.post('/webhooks/:provider', toNodeHandler(webhooks))
    app.use(express.json())
    return listen(createServer(app))
  },
  'Express, mounted at the provider’s own path': (webhooks) => {
    const app = express()
    app.use('/webhooks/stripe', toNodeHandler(webhooks))
    app.use('/webhooks', toNodeHandler(webhooks))
    return listen(createServer(app))
  },
  'Express, behind express.raw()': (webhooks) => {
    const app = express()
    app.use(express.raw({ type: '*/*' }))
    app.post('/webhooks/:provider', toNodeHandler(webhooks))
    return listen(createServer(app))
  },
  'Express, behind express.text()': (webhooks) => {
    const app = express()
    app.use(express.text({ type: '*/*' }))
    app.post('/webhooks/:provider', toNodeHandler(webhooks))
    return listen(createServer(app))
  },
  'Nest, before its parser': (webhooks) =>
    openNest(class {}, {}, (app) => app.use('/webhooks', toNodeHandler(webhooks))),
  'Nest, a controller with rawBody': (webhooks) => {
    class Webhooks {
      take(request: RawBodyRequest<ExpressRequest>, response: ExpressResponse) {
        toNodeHandler(webhooks)(request, response)
      }
    }
    Controller('webhooks')(Webhooks)
    Post(':provider')(Webhooks.prototype, 'take', {
      value: Webhooks.prototype.take,
    })
    Req()(Webhooks.prototype, 'take', 0)
    Res()(Webhooks.prototype, 'take', 1)
    return openNest(class {}, { controllers: [Webhooks] }, () => {}, { rawBody: true })
  },
  'Koa, behind koa-bodyparser': (webhooks) => {
    const app = new Koa()
    app.use(parseBody())
    app.use(toKoaMiddleware(webhooks))
    return listen(createServer(app.callback()))
  },
}

async function openNest(
  module: new () => object,
  settings: { readonly controllers?: (new () => object)[] },
  prepare: (app: NestExpressApplication) => void,
  options: { readonly rawBody?: boolean } = {},
): Promise<Served> {
  Module(settings)(module)
  const app = await NestFactory.create<NestExpressApplication>(module, { ...options, logger: false })
  prepare(app)
  await app.listen(0, '127.0.0.1')
  const { port } = app.getHttpServer().address() as { port: number }
  return { port, close: () => app.close() }
}

describe('a webhook endpoint in', () => {
  it.each(Object.entries(servers))(
    '%s accepts a signed webhook and refuses a forged one',
    async (_, open) => {
      const endpoint = createEndpoint()
      const served = await open(endpoint.webhooks)
      try {
        await expectToServe(served.port, endpoint)
      } finally {
        await served.close()
      }
    },
  )

  it.each<[string, (webhooks: WebHandler) => Promise<Served>]>([
    [
      'Express, behind express.json()',
      (webhooks) => {
        const app = express()
        app.use(express.json())
        app.post('/webhooks/:provider', toNodeHandler(webhooks))
        return listen(createServer(app))
      },
    ],
    [
      'Nest, a middleware behind its parser',
      (webhooks) =>
        openNest(class {}, {}, (app) => {
          app.useBodyParser('json')
          app.use('/webhooks', toNodeHandler(webhooks))
        }),
    ],
    [
      'Koa, behind a parser that keeps nothing',
      (webhooks) => {
        const app = new Koa()
        app.use(parseBody())
        app.use((context) => {
          Object.assign(context.request, { rawBody: undefined })
          return toKoaMiddleware(webhooks)(context)
        })
        return listen(createServer(app.callback()))
      },
    ],
  ])('%s reports that the body was consumed, and what to change', async (_, open) => {
    const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => {})
    const { webhooks, received, errors } = createEndpoint()
    const served = await open(webhooks)
    try {
      const { rawBody, headers } = await signedDelivery()
      const url = `http://127.0.0.1:${served.port}/webhooks/stripe`
      const answer = await fetch(url, { method: 'POST', headers, body: rawBody })
      expect(answer.status).toBe(500)
      expect(received).toEqual([])
      const [error] = errors
      expect(isPaymentError(error) && error.code).toBe('invalid_input')
      expect(String(error)).toMatch(
        /a parser consumed the body before the webhook handler[\s\S]*express\.json\(\)[\s\S]*rawBody: true/,
      )
      expect(warned.mock.calls.length).toBeLessThan(2)
    } finally {
      await served.close()
      warned.mockRestore()
    }
  })

  it.each(Object.entries(servers))('%s passes on the real host and the socket’s address', async (_, open) => {
    const seen: unknown[] = []
    const served = await open(async (request, connection) => {
      seen.push([new URL(request.url).host, connection?.remoteAddress])
      return new Response()
    })
    try {
      const headers = { host: 'pay.shop.example:8443', 'content-length': '2' }
      const sent = send({ port: served.port, path: '/webhooks/stripe', method: 'POST', headers })
      sent.end('{}')
      const [answer] = await once(sent, 'response')
      answer.resume()
      expect(answer.statusCode).toBe(200)
      expect(seen).toEqual([['pay.shop.example:8443', expect.stringMatching(/^(::ffff:)?127\.0\.0\.1$/)]])
    } finally {
      await served.close()
    }
  })

  it('Fastify leaves other routes their JSON parser', async () => {
    const app = fastify()
    app.register(toFastifyPlugin(createEndpoint().webhooks), { prefix: '/webhooks' })
    app.post('/orders', (request) => request.body)
    const answer = await app.inject({ method: 'POST', url: '/orders', payload: { reference: 'order-1' } })
    expect(answer.json()).toEqual({ reference: 'order-1' })
  })
})
