import type { Server } from 'node:http'
import { createAdaptorServer } from '@hono/node-server'
import { createPayments } from 'payment-status'
import { describe } from 'vitest'
import { createProviders } from '../src/demo/providers.ts'
import { createInsuredShop } from '../src/double-insurance.ts'
import { createApp } from '../src/webhook-hono.ts'
import { listen, testEndpoint } from './endpoint.ts'

describe('the endpoint in Hono', () => {
  testEndpoint(['checkout-com', 'onerway', 'stripe'], async (apiUrl) => {
    const acted: string[] = []
    const payments = createPayments(createProviders(apiUrl))
    const shop = createInsuredShop(payments, { deliver: ({ reference }) => void acted.push(reference) })
    const served = await listen(createAdaptorServer(createApp(payments, shop.ingest)) as Server)
    return { ...served, acted: () => acted, takeOrder: shop.takeOrder }
  })
})
