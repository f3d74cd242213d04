import { createSimulator, type StartedPayment, type StoryName } from '@payment-status/testing'
import { createPayments, type PaymentReport } from 'payment-status'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createProviders, simulations } from '../src/demo/providers.ts'
import { createReturnPage, type ReturningOrder } from '../src/return-page.ts'
import { type Served, serve } from '../src/serve.ts'

const amount = { amount: 2500, currency: 'EUR' }
const MINUTE_IN_MILLISECONDS = 60_000

describe('the return page', () => {
  let simulator: ReturnType<typeof createSimulator>
  let api: Served
  let shop: Served
  let ingested: PaymentReport[]
  /** The order of the one shopper there is: what a session would hold. */
  let order: ReturningOrder | undefined
  let onLook: () => Promise<void>

  beforeEach(async () => {
    ingested = []
    order = undefined
    onLook = async () => {}
    simulator = createSimulator({ providers: simulations })
    api = await serve(async (request) => {
      await onLook()
      return simulator.fetch(request)
    })
    const page = createReturnPage(createPayments(createProviders(api.url)), {
      orderOf: () => order,
      async ingest(report) {
        ingested.push(report)
        return report
      },
      schedule: [5, 5],
    })
    shop = await serve(page)
  })
  afterEach(async () => void (await Promise.all([api.close(), shop.close()])))

  async function begin(provider: string, story: StoryName, reference = 'order-1'): Promise<StartedPayment> {
    const started = await simulator.start({ provider, story, reference, amount })
    order = { provider, reference, amount, capture: 'automatic' }
    return started
  }

  const visit = async (query: string): Promise<string> => (await fetch(`${shop.url}/return${query}`)).text()
  const queryOf = ({ returnUrl }: StartedPayment): string => new URL(returnUrl).search

  it.each(simulations)('thanks the shopper who paid at $provider', async ({ provider }) => {
    const payment = await begin(provider, 'paid_at_once')
    expect(await visit(queryOf(payment))).toBe('Thank you. Your order is paid.')
    expect(ingested).toMatchObject([{ source: 'lookup', payment: { id: payment.id, status: 'captured' } }])
  })

  it.each(simulations)(
    'waits for the bank of the shopper who is back too early from $provider',
    async ({ provider }) => {
      const payment = await begin(provider, 'paid_after_3ds')
      let looks = 0
      onLook = async () => {
        if (++looks === 2) await simulator.advance(3 * MINUTE_IN_MILLISECONDS)
      }
      expect(await visit(queryOf(payment))).toBe('Thank you. Your order is paid.')
    },
  )

  it.each(simulations)(
    'asks the shopper who was declined at $provider to try again',
    async ({ provider }) => {
      const payment = await begin(provider, 'refused')
      expect(await visit(queryOf(payment))).toMatch(/^The payment was declined/)
    },
  )

  it('does not trust a URL that states success', async () => {
    const { id } = await begin('stripe', 'refused')
    const query = `?payment_intent=${id}&redirect_status=succeeded`
    expect(await visit(query)).toMatch(/^The payment was declined/)
    await begin('onerway', 'refused', 'order-2')
    expect(await visit('?status=S&respCode=20000')).toMatch(/^The payment was declined/)
  })

  it('does not take the payment of another shopper for this order’s', async () => {
    const theirs = await begin('checkout-com', 'paid_at_once', 'order-of-somebody-else')
    await begin('checkout-com', 'refused', 'order-1')
    expect(await visit(queryOf(theirs))).toBe('We are looking into your payment, and will write to you.')
  })

  it('does not take a smaller payment under the same reference for the order’s', async () => {
    await simulator.start({
      provider: 'stripe',
      reference: 'order-1',
      amount: { amount: 100, currency: 'EUR' },
    })
    order = { provider: 'stripe', reference: 'order-1', amount, capture: 'automatic' }
    expect(await visit('')).toBe('We are looking into your payment, and will write to you.')
  })

  it('looks the order up by its reference when the URL names nothing, or nonsense', async () => {
    await begin('checkout-com', 'paid_at_once')
    expect(await visit('')).toBe('Thank you. Your order is paid.')
    expect(await visit('?cko-payment-id=../../payouts')).toBe('Thank you. Your order is paid.')
  })

  it('sends the shopper on who has not been to the bank yet', async () => {
    const payment = await begin('stripe', 'abandoned')
    expect(await visit(queryOf(payment))).toMatch(/^Your bank would like you to confirm the payment: https:/)
  })

  it('says that the result is not known yet where the provider has no payment, or does not answer', async () => {
    await begin('stripe', 'paid_at_once')
    const notKnownYet = /^Thank you\. Your bank has not answered yet/
    expect(await visit('?payment_intent=pi_nobodyhasthis')).toMatch(notKnownYet)
    order = { ...(order as ReturningOrder), reference: 'order-nobody-has' }
    expect(await visit('')).toMatch(notKnownYet)
    await api.close()
    expect(await visit('?payment_intent=pi_sim0000000001')).toMatch(notKnownYet)
    expect(ingested).toEqual([])
  })

  it('shows nothing without an order', async () => {
    const answer = await fetch(`${shop.url}/return?payment_intent=pi_sim0000000001`)
    expect([answer.status, await answer.text()]).toEqual([404, 'We know of no order of yours.'])
  })
})
