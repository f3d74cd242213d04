// Each server that Node runs, as docs/servers.md writes it.
import 'reflect-metadata'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { Controller, Module, Post, Req, Res } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { FastifyAdapter } from '@nestjs/platform-fastify'
import { toFastifyPlugin, toKoaMiddleware, toLambdaHandler, toNodeHandler } from '@payment-status/node'
import express from 'express'
import fastify from 'fastify'
import { Hono } from 'hono'
import Koa from 'koa'
import { check, signedDelivery, webhooks } from './endpoint.mjs'

async function checkServer(server) {
  if (!server.listening) await once(server.listen(0, '127.0.0.1'), 'listening')
  await check(`http://127.0.0.1:${server.address().port}`)
}

const stacks = {
  'node:http': () => checkServer(createServer(toNodeHandler(webhooks))),
  Express: () => {
    const app = express()
    app.post('/webhooks/:provider', toNodeHandler(webhooks))
    return checkServer(createServer(app))
  },
  async Nest() {
    class App {}
    Module({})(App)
    const app = await NestFactory.create(App, { logger: false })
    app.use('/webhooks', toNodeHandler(webhooks))
    await app.listen(0, '127.0.0.1')
    await checkServer(app.getHttpServer())
  },
  async 'Nest, a controller with rawBody'() {
    class Webhooks {
      take(request, response) {
        toNodeHandler(webhooks)(request, response)
      }
    }
    // What decorators do, where there is no compiler.
    Controller('webhooks')(Webhooks)
    Post(':provider')(Webhooks.prototype, 'take', { value: Webhooks.prototype.take })
    Req()(Webhooks.prototype, 'take', 0)
    Res()(Webhooks.prototype, 'take', 1)
    class App {}
    Module({ controllers: [Webhooks] })(App)
    const app = await NestFactory.create(App, { logger: false, rawBody: true })
    await app.listen(0, '127.0.0.1')
    await checkServer(app.getHttpServer())
  },
  async 'Nest on Fastify'() {
    class App {}
    Module({})(App)
    const app = await NestFactory.create(App, new FastifyAdapter(), { logger: false })
    await app.getHttpAdapter().getInstance().register(toFastifyPlugin(webhooks), { prefix: '/webhooks' })
    await app.listen(0, '127.0.0.1')
    await checkServer(app.getHttpServer())
  },
  async Fastify() {
    const app = fastify()
    app.register(toFastifyPlugin(webhooks), { prefix: '/webhooks' })
    await app.listen({ port: 0, host: '127.0.0.1' })
    await checkServer(app.server)
  },
  Koa: () => {
    const app = new Koa()
    app.use(toKoaMiddleware(webhooks))
    return checkServer(createServer(app.callback()))
  },
  Hono: () => {
    const app = new Hono()
    app.post('/webhooks/:provider', (context) => webhooks(context.req.raw))
    return checkServer(createServer(toNodeHandler((request) => app.fetch(request))))
  },
  async Lambda() {
    const handler = toLambdaHandler(webhooks)
    const { body, headers } = await signedDelivery()
    const event = { rawPath: '/webhooks/stripe', headers, requestContext: { http: { method: 'POST' } } }
    const taken = await handler({ ...event, body })
    const refused = await handler({ ...event, body: `${body} ` })
    if (taken.statusCode !== 200 || refused.statusCode !== 401)
      throw new Error(`answered ${taken.statusCode}, ${refused.statusCode}`)
  },
}

let failed = 0
for (const [name, run] of Object.entries(stacks)) {
  await run().catch((error) => {
    failed++
    console.log(`${name}: ${error.stack}`)
  })
}
console.log(`${Object.keys(stacks).length - failed} passed, ${failed} failed`)
process.exit(failed)
