import { createSimulator } from '@payment-status/testing'
import { createPayments } from 'payment-status'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createProviders, simulations } from '../src/demo/providers.ts'
import { type Served, serve } from '../src/serve.ts'
import { maySwitch, settle } from '../src/switching-providers.ts'

const MINUTE_IN_MILLISECONDS = 60_000
const reference = 'order-7001'

describe('an order begun on Onerway and finished on Checkout.com', () => {
  let simulator: ReturnType<typeof createSimulator>
  let api: Served
  let down: string[]

  beforeEach(async () => {
    down = []
    simulator = createSimulator({ providers: simulations })
    api = await serve(async (request) => {
      const [, provider = ''] = new URL(request.url).pathname.split('/')
      return down.includes(provider) ? new Response(null, { status: 401 }) : simulator.fetch(request)
    })
  })
  afterEach(() => api.close())

  const open = () => createPayments(createProviders(api.url))

  it('is found to be paid on both', async () => {
    const payments = open()
    const first = await simulator.start({ provider: 'onerway', story: 'paid_after_3ds', reference })
    // The shopper closes the page of their bank, and is offered another way to pay.
    expect(await maySwitch(payments, reference)).toBe(true)
    await simulator.advance(MINUTE_IN_MILLISECONDS)
    const second = await simulator.start({ provider: 'checkout-com', story: 'paid_at_once', reference })
    expect(await settle(payments, reference)).toMatchObject({
      keep: { payment: { id: second.id } },
      giveBack: [],
      askAgain: false,
    })
    // And then finds the tab again.
    await simulator.advance(MINUTE_IN_MILLISECONDS)
    const { keep, giveBack } = await settle(payments, reference)
    expect([keep, ...giveBack].map((report) => report?.payment)).toMatchObject([
      { provider: 'onerway', id: first.id, status: 'captured' },
      { provider: 'checkout-com', id: second.id, status: 'captured' },
    ])
  })

  it('is not switched while the first payment is held or paid', async () => {
    const payments = open()
    await simulator.start({ provider: 'onerway', story: 'voided', reference: 'held' })
    await simulator.start({ provider: 'onerway', story: 'paid_at_once', reference: 'paid' })
    expect(await maySwitch(payments, 'held')).toBe(false)
    expect(await maySwitch(payments, 'paid')).toBe(false)
    expect(await maySwitch(payments, 'nobody-has-heard-of-it')).toBe(false)
  })

  it('is not switched on half an answer', async () => {
    const payments = open()
    await simulator.start({ provider: 'onerway', story: 'refused', reference })
    expect(await maySwitch(payments, reference)).toBe(true)
    down.push('checkout-com')
    expect(await maySwitch(payments, reference)).toBe(false)
    expect(await settle(payments, reference)).toEqual({ giveBack: [], askAgain: true })
  })

  it('is known to be paid though another provider cannot be asked', async () => {
    const payments = open()
    const { id } = await simulator.start({ provider: 'onerway', story: 'paid_at_once', reference })
    down.push('checkout-com', 'stripe')
    const settlement = await settle(payments, reference)
    expect(settlement).toMatchObject({ keep: { payment: { id } }, giveBack: [], askAgain: true })
  })
})
