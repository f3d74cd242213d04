import { createSimulator, type Faults, type Simulator } from '@payment-status/testing'
import { serve } from '../serve.ts'
import { createShop, type OnBelief, type Shop } from '../shop.ts'
import { createProviders, simulations } from './providers.ts'

/** Three simulated providers and a shop, each behind real HTTP. */
export interface Stage {
  readonly simulator: Simulator
  readonly shop: Shop
  close(): Promise<void>
}

export async function setStage(faults: Faults, onBelief?: OnBelief): Promise<Stage> {
  const shopServer = await serve((request) => shop.webhooks(request))
  const simulator = createSimulator({
    providers: simulations,
    faults,
    webhookUrl: `${shopServer.url}/webhooks`,
    sendWebhook: (request) => fetch(request),
  })
  const api = await serve((request) => simulator.fetch(request))
  const shop = createShop(createProviders(api.url), onBelief ? { onBelief } : {})
  return {
    simulator,
    shop,
    close: async () => void (await Promise.all([shopServer.close(), api.close()])),
  }
}
