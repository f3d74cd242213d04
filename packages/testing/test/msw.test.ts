import { createCheckoutCom } from '@payment-status/checkout-com'
import { checkoutComFixtures } from '@payment-status/checkout-com/fixtures'
import { handlersFor } from '@payment-status/testing/msw'
import { setupServer } from 'msw/node'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const server = setupServer(...handlersFor(checkoutComFixtures))
const [fixture] = checkoutComFixtures.payments
const id = fixture?.id ?? ''

describe('handlersFor', () => {
  beforeAll(() => server.listen({ onUnhandledFrame: 'error' }))
  afterAll(() => server.close())

  it("answers the platform's own fetch from the fixtures", async () => {
    const checkout = createCheckoutCom(checkoutComFixtures.secrets)
    const { payment } = await checkout.lookup(id)
    expect(payment).toMatchObject({ id, status: fixture?.status })
    expect(await checkout.lookupByReference(payment.reference ?? '')).toHaveLength(1)
  })

  it('answers a search, which is a POST', async () => {
    const checkout = createCheckoutCom(checkoutComFixtures.secrets)
    const from = new Date('2026-03-02T00:00:00Z')
    const ids: string[] = []
    for await (const { payment } of checkout.list({ from, to: new Date('2026-03-03T00:00:00Z') })) {
      ids.push(payment.id)
    }
    expect(ids.length).toBeGreaterThan(10)
  })

  it('answers wrong keys and unknown ids as the provider does', async () => {
    const stranger = createCheckoutCom({ secretKey: 'sk_sbox_someoneelse' })
    await expect(stranger.lookup(id)).rejects.toMatchObject({ code: 'unauthorized' })
    const checkout = createCheckoutCom(checkoutComFixtures.secrets)
    const unknown = checkout.lookup('pay_nobodyhasthispaymentid2222')
    await expect(unknown).rejects.toMatchObject({ code: 'not_found' })
  })
})
