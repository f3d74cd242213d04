import { createStripe } from '@payment-status/stripe'
import { stripeSimulation } from '@payment-status/stripe/fixtures'
import { createSimulator } from '@payment-status/testing'
import { advance, createWebhookHandler, memoryClaims, nextStep, type PaymentReport } from 'payment-status'
import { expect, it } from 'vitest'

/** The code under test: stores what the guard returns, and delivers once. */
function createShop(stripe: ReturnType<typeof createStripe>) {
  const delivered: string[] = []
  let stored: PaymentReport | undefined
  const terms = { expected: { amount: { amount: 2500, currency: 'EUR' } }, capture: 'automatic' } as const
  const webhooks = createWebhookHandler(stripe, {
    claims: memoryClaims(),
    onReports([report]) {
      if (!report) return
      stored = advance(stored, report).report
      if (nextStep(stored, terms).kind === 'fulfill' && delivered.length === 0) delivered.push('order-1')
    },
  })
  return { webhooks, delivered }
}

it.each([
  ['paid_after_3ds', ['order-1']],
  ['refused', []],
  ['expired', []],
] as const)('%s, with every webhook doubled and most of them reordered', async (story, expected) => {
  const simulator = createSimulator({
    providers: [stripeSimulation],
    faults: { webhooks: { doubled: 1, reordered: 0.8 } },
    seed: 7,
    sendWebhook: (request) => shop.webhooks(request),
  })
  const shop = createShop(createStripe({ ...stripeSimulation.secrets, fetch: simulator.fetch }))
  await simulator.start({ story, reference: 'order-1', amount: { amount: 2500, currency: 'EUR' } })
  await simulator.advance(30 * 24 * 60 * 60_000)
  expect(shop.delivered).toEqual(expected)
})
