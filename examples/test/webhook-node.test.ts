import { createPayments } from 'payment-status'
import { describe } from 'vitest'
import { createProviders } from '../src/demo/providers.ts'
import { createInsuredShop } from '../src/double-insurance.ts'
import { createWebhookServer } from '../src/webhook-node.ts'
import { listen, testEndpoint } from './endpoint.ts'

describe('the endpoint on Node’s own server', () => {
  testEndpoint(['checkout-com', 'onerway', 'stripe'], async (apiUrl) => {
    const acted: string[] = []
    const payments = createPayments(createProviders(apiUrl))
    const shop = createInsuredShop(payments, { deliver: ({ reference }) => void acted.push(reference) })
    const served = await listen(createWebhookServer(payments, shop.ingest))
    return { ...served, acted: () => acted, takeOrder: shop.takeOrder }
  })
})
