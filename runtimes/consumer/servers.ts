import { createServer } from 'node:http'
import { toFastifyPlugin, toKoaMiddleware, toLambdaHandler, toNodeHandler } from '@payment-status/node'
import express from 'express'
import fastify from 'fastify'
import { Hono } from 'hono'
import Koa from 'koa'
import { createWebhookHandler, memoryClaims, observe, type PaymentProvider } from 'payment-status'

declare const provider: PaymentProvider
const webhooks = createWebhookHandler(provider, { claims: memoryClaims(), onReports: () => {} })
createServer(toNodeHandler(webhooks))
express().post('/webhooks/:provider', toNodeHandler(webhooks))
fastify().register(toFastifyPlugin(webhooks), { prefix: '/webhooks' })
new Koa().use(toKoaMiddleware(webhooks))
new Hono().post('/webhooks', (context) => webhooks(context.req.raw))
export const handler = toLambdaHandler(webhooks)
export const POST: (request: Request) => Promise<Response> = webhooks
observe('delivery', ({ outcome }) => outcome === 'forged')
