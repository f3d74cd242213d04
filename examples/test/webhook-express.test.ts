import express from 'express'
import { createPayments } from 'payment-status'
import { describe, expect, it } from 'vitest'
import { createProviders } from '../src/demo/providers.ts'
import { createInsuredShop } from '../src/double-insurance.ts'
import { createApp } from '../src/webhook-express.ts'
import { listen, testEndpoint } from './endpoint.ts'

describe('the endpoint in Express', () => {
  testEndpoint(['checkout-com', 'onerway', 'stripe'], async (apiUrl) => {
    const acted: string[] = []
    const payments = createPayments(createProviders(apiUrl))
    const shop = createInsuredShop(payments, { deliver: ({ reference }) => void acted.push(reference) })
    const served = await listen(createApp(payments, shop.ingest).listen(0, '127.0.0.1'))
    return { ...served, acted: () => acted, takeOrder: shop.takeOrder }
  })

  it('leaves other routes their JSON parser', async () => {
    const served = await listen(createApp(createPayments([]), async () => {}).listen(0, '127.0.0.1'))
    const answer = await fetch(`${served.url}/orders`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{ "reference": "order-1" }',
    })
    expect(await answer.json()).toEqual({ reference: 'order-1' })
    await served.close()
  })

  it('answers 500, instead of guessing, where the adapter was forgotten', async () => {
    const app = express()
    const webhooks = createPayments([]).webhookHandler({ claims: 'none', onEvent: () => {} })
    app.post('/webhooks/:provider', webhooks) // this compiles
    app.set('env', 'test') // Express prints errors otherwise
    const served = await listen(app.listen(0, '127.0.0.1'))
    const answer = await fetch(`${served.url}/webhooks/stripe`, { method: 'POST', body: '{}' })
    expect(answer.status).toBe(500)
    await served.close()
  })
})
