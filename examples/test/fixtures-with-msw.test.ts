import { createStripe } from '@payment-status/stripe'
import { stripeFixtures } from '@payment-status/stripe/fixtures'
import { handlersFor } from '@payment-status/testing/msw'
import { HttpResponse, http } from 'msw'
import { setupServer } from 'msw/node'
import { type NextStep, nextStep } from 'payment-status'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'

// A test as another team would write it: its own code asks Stripe, and msw answers from the fixtures.
const server = setupServer(...handlersFor(stripeFixtures))
const stripe = createStripe({ secretKey: stripeFixtures.secrets.secretKey, retries: 0 })

/** The code under test: what a warehouse asks before it packs. */
async function whatToDo(id: string): Promise<NextStep['kind']> {
  const report = await stripe.lookup(id)
  const amount = { amount: 2500, currency: 'EUR' }
  return nextStep(report, { expected: { amount }, capture: 'automatic' }).kind
}

describe('a warehouse, tested with fixtures', () => {
  beforeAll(() => server.listen({ onUnhandledFrame: 'error' }))
  afterEach(() => server.resetHandlers())
  afterAll(() => server.close())

  it.each([
    ['pi_madeHereCaptured', 'fulfill'],
    ['pi_madeHereProcessing', 'wait'],
    ['pi_madeHereCanceled', 'stop'],
  ])('%s to %s', async (id, step) => {
    expect(await whatToDo(id)).toBe(step)
  })

  it('packs nothing while the provider is down', async () => {
    server.use(http.all(`${stripeFixtures.origin}/*`, () => new HttpResponse(null, { status: 503 })))
    await expect(whatToDo('pi_madeHereCaptured')).rejects.toMatchObject({
      code: 'unavailable',
      retryable: true,
    })
  })
})
