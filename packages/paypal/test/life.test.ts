import { advance, decideOrder, type PaymentReport } from '@payment-status/core'
import { createPayPal } from '@payment-status/paypal'
import { paypalSigner } from '@payment-status/paypal/fixtures'
import { describe, expect, it } from 'vitest'
import { envelope, type Fields, makeOrder, money, part, secrets, sign } from './helpers.ts'

const terms = {
  expected: { amount: { amount: 1999, currency: 'EUR' }, reference: 'order-1001' },
  capture: 'automatic',
} as const
const at = (second: number) => `2026-01-01T00:00:${String(second).padStart(2, '0')}Z`
const ofOrder = { supplementary_data: { related_ids: { order_id: '5TY1' } } }

/** An order as PayPal has it after each of its events, with the webhook of the event. */
const life: ReadonlyArray<readonly [event: string, order: Fields, resource?: Fields]> = [
  ['CHECKOUT.ORDER.APPROVED', makeOrder('APPROVED', undefined, { update_time: at(1) })],
  [
    'PAYMENT.CAPTURE.PENDING',
    makeOrder('COMPLETED', { captures: [part('3CA1', 'PENDING')] }, { update_time: at(2) }),
    part('3CA1', 'PENDING', ofOrder),
  ],
  [
    'PAYMENT.CAPTURE.COMPLETED',
    makeOrder('COMPLETED', { captures: [part('3CA1', 'COMPLETED')] }, { update_time: at(3) }),
    part('3CA1', 'COMPLETED', ofOrder),
  ],
  [
    'CHECKOUT.ORDER.COMPLETED',
    makeOrder('COMPLETED', { captures: [part('3CA1', 'COMPLETED')] }, { update_time: at(3) }),
  ],
  [
    'PAYMENT.CAPTURE.REFUNDED',
    makeOrder(
      'COMPLETED',
      {
        captures: [part('3CA1', 'PARTIALLY_REFUNDED')],
        refunds: [part('9RF1', 'COMPLETED', { amount: money('5.00'), create_time: at(5) })],
      },
      { update_time: at(5) },
    ),
    part('9RF1', 'COMPLETED', ofOrder),
  ],
]

/** Receives webhooks in an order, each while PayPal is as far as `stage`, and resolves to the recorded state. */
async function receive(
  order: readonly number[],
  stageOf: (index: number) => number,
): Promise<PaymentReport | undefined> {
  let stage = 0
  const provider = createPayPal({
    ...secrets,
    environment: 'production',
    retries: 0,
    async fetch(input) {
      const { pathname } = new URL(input instanceof Request ? input.url : String(input))
      if (pathname === '/v1/oauth2/token') return Response.json({ access_token: 'token', expires_in: 32_400 })
      if (pathname.startsWith('/v1/notifications')) return new Response(paypalSigner.certificate)
      return pathname === '/v1/customer/disputes'
        ? Response.json({ items: [] })
        : Response.json(life[stage]?.[1])
    },
  })
  let recorded: PaymentReport | undefined
  for (const [index, number] of order.entries()) {
    stage = stageOf(index)
    const [event, whole, resource] = life[number] ?? ['', {}]
    const facts = { id: `WH-${number}`, create_time: at(number + 1) }
    const read = await provider.readWebhook(await sign(envelope(event, resource ?? whole, facts)))
    const report =
      read.kind === 'payment'
        ? read.report
        : (await provider.find('key' in read && read.key ? read.key : { id: '5TY1' }))[0]
    if (!report) continue
    const advanced = advance(recorded, report)
    recorded = advanced.report
    if (advanced.recheck) recorded = advance(recorded, await provider.lookup('5TY1')).report
  }
  return recorded
}

function* permutations(items: readonly number[]): Generator<readonly number[]> {
  if (items.length <= 1) yield items
  for (const [index, item] of items.entries())
    for (const rest of permutations(items.toSpliced(index, 1))) yield [item, ...rest]
}

const final = { status: 'partially_refunded', captured: 1999, refunded: 500 }

describe('the webhooks of one order', () => {
  it('end on the same state in every order, with PayPal already at the end', async () => {
    for (const order of permutations([0, 1, 2, 3, 4])) {
      const recorded = await receive(order, () => 4)
      // An approval that comes alone and late is all that is known then.
      expect([order, recorded?.payment.status]).toEqual([order, 'partially_refunded'])
      expect(recorded?.payment).toMatchObject(final)
    }
  })

  it('end on the same state when each comes as it happens, and twice', async () => {
    const once = await receive([0, 1, 2, 3, 4], (index) => index)
    expect(once?.payment).toMatchObject(final)
    const twice = await receive([0, 0, 1, 1, 2, 2, 3, 3, 4, 4], (index) => Math.floor(index / 2))
    expect(twice?.payment).toMatchObject(final)
  })

  it('never take a paid order back, whichever comes late', async () => {
    for (const late of [0, 1, 2, 3]) {
      const recorded = await receive([2, late, late], () => 2)
      expect([late, recorded?.payment.status]).toEqual([late, 'captured'])
      expect(recorded && decideOrder({ terms, payments: [recorded] }).step).toEqual({ kind: 'fulfill' })
    }
  })

  it('say complete once, before the capture', async () => {
    const recorded = await receive([0], () => 0)
    expect(recorded && decideOrder({ terms, payments: [recorded] }).step).toEqual({ kind: 'complete' })
    const pending = await receive([0, 1, 0], (index) => Math.min(index, 1))
    expect(pending && decideOrder({ terms, payments: [pending] }).step).toMatchObject({ kind: 'wait' })
  })
})
