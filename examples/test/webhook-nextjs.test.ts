import { checkoutComSimulation } from '@payment-status/checkout-com/fixtures'
import { stripeSimulation } from '@payment-status/stripe/fixtures'
import { handlersFor } from '@payment-status/testing/msw'
import { setupServer } from 'msw/node'
import { describe, vi } from 'vitest'
import { serve } from '../src/serve.ts'
import { testEndpoint } from './endpoint.ts'

describe('the endpoint as a route handler of Next.js', () => {
  testEndpoint(['checkout-com', 'stripe'], async (_, simulator) => {
    vi.stubEnv('CKO_SECRET_KEY', checkoutComSimulation.secrets.secretKey)
    vi.stubEnv('CKO_WEBHOOK_SECRET', checkoutComSimulation.secrets.webhookSecrets)
    vi.stubEnv('STRIPE_SECRET_KEY', stripeSimulation.secrets.secretKey)
    vi.stubEnv('STRIPE_WEBHOOK_SECRET', stripeSimulation.secrets.webhookSecrets)
    vi.resetModules() // the route reads its environment when it is imported
    const { POST } = await import('../src/webhook-nextjs.ts')
    const { shop } = await import('../src/shop-from-env.ts')
    const log = vi.spyOn(console, 'log').mockImplementation(() => {})

    // The providers' own hosts are answered by the simulator; what goes to the loopback interface goes there.
    const hosts = [checkoutComSimulation, stripeSimulation].map(({ origin }) => origin)
    const mocked = setupServer(
      ...hosts.flatMap((origin) => handlersFor({ origin, respond: simulator.fetch })),
    )
    mocked.listen({ onUnhandledFrame: 'bypass' })

    const served = await serve(async (request) =>
      request.method === 'POST' ? POST(request) : new Response(null, { status: 405 }),
    )
    return {
      url: served.url,
      acted: () => log.mock.calls.map(([line]) => String(line).replace('deliver ', '')),
      takeOrder: shop.takeOrder,
      async close() {
        mocked.close()
        vi.unstubAllEnvs()
        await served.close()
      },
    }
  })
})
