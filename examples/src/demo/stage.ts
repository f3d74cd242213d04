import { createSimulator, type Faults, type Simulator } from '@payment-status/testing'
import { createPayments, type Payments } from 'payment-status'
import { createInsuredShop } from '../double-insurance.ts'
import { serve } from '../serve.ts'
import { createProviders, simulations } from './providers.ts'

/** Three simulated providers and a shop, each behind real HTTP. */
export interface Stage {
  readonly simulator: Simulator
  readonly payments: Payments
  readonly shop: ReturnType<typeof createInsuredShop>
  close(): Promise<void>
}

export async function setStage(faults: Faults): Promise<Stage> {
  const shopServer = await serve((request) => shop.webhooks(request))
  const simulator = createSimulator({
    providers: simulations,
    faults,
    webhookUrl: `${shopServer.url}/webhooks`,
    sendWebhook: (request) => fetch(request),
  })
  const api = await serve((request) => simulator.fetch(request))
  const payments = createPayments(createProviders(api.url))
  const shop = createInsuredShop(payments, { deliver: () => {}, onError: () => {} })
  return {
    simulator,
    payments,
    shop,
    close: async () => void (await Promise.all([shopServer.close(), api.close()])),
  }
}
