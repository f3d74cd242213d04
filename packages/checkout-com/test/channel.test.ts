import { createCheckoutCom, signWebhook } from '@payment-status/checkout-com'
import { describe, expect, it } from 'vitest'
import { collect, connect, makeId, makePayment, paymentId, webhookSecret } from './make.ts'

const ours = 'pc_ourshop22222222222222222222'
const theirs = 'pc_theirshop2222222222222222222'
const range = { from: new Date('2026-03-02T00:00:00Z'), to: new Date('2026-03-03T00:00:00Z') }
const config = { processingChannelId: ours, webhookSecrets: webhookSecret }

async function read(type: string, data: object) {
  const checkout = createCheckoutCom(config)
  const body = JSON.stringify({ id: 'evt_1', type, created_on: '2026-03-02T10:16:00Z', data })
  return checkout.readWebhook(await signWebhook(body, webhookSecret))
}

describe('two shops of one account with `processingChannelId`', () => {
  const data = { id: paymentId, reference: 'order-1001', amount: 2500, currency: 'EUR' }

  it.each([
    ['payment_approved', data],
    ['payment_pending', data],
    ['something_new', data],
    ['dispute_received', { id: 'dsp_1', payment_id: paymentId }],
    ['fraud_reported', { payment: { id: paymentId } }],
  ])('%s of the other shop is unrelated', async (type, named) => {
    expect((await read(type, { ...named, processing_channel_id: theirs })).kind).toBe('unrelated')
    expect((await read(type, { ...named, processing_channel_id: ours })).kind).not.toBe('unrelated')
  })

  it('an event that states no channel is decided by a lookup', async () => {
    expect(await read('payment_approved', data)).toMatchObject({ kind: 'recheck', key: { id: paymentId } })
    expect((await read('payment_approved', { ...data, processing_channel_id: ours })).kind).toBe('payment')
  })

  it('a dispute may name the channel with its other prefix', async () => {
    const named = { id: 'dsp_1', payment_id: paymentId, processing_channel_id: ours.replace('pc_', 'c_') }
    expect((await read('dispute_received', named)).kind).toBe('dispute')
  })

  it('a lookup of the other shop’s payment is not_found', async () => {
    const { checkout } = connect(() => makePayment({ processing_channel_id: theirs }), config)
    await expect(checkout.lookup(paymentId)).rejects.toMatchObject({
      code: 'not_found',
      message: expect.stringContaining('`processingChannelId`'),
    })
    const own = connect(() => makePayment({ processing_channel_id: ours }), config)
    expect((await own.checkout.lookup(paymentId)).payment.status).toBe('captured')
  })

  it('lists leave the other shop’s payments out, whether or not their rows state the channel', async () => {
    const channels = [ours, theirs, ours, theirs]
    const payments = channels.map((processing_channel_id, index) =>
      makePayment({ id: makeId(index), processing_channel_id }),
    )
    const rows = payments.map((payment, index) =>
      index < 2 ? payment : { ...payment, processing_channel_id: undefined },
    )
    const { checkout, requests } = connect(
      ({ url }) =>
        /^\/payments\/pay_/.test(url.pathname)
          ? (payments.find(({ id }) => url.pathname.endsWith(String(id))) as object)
          : { data: rows },
      config,
    )
    const wanted = [makeId(0), makeId(2)]
    const idsOf = (reports: readonly { payment: { id: string } }[]) =>
      reports.map(({ payment }) => payment.id)
    expect(idsOf(await collect(checkout.list(range)))).toEqual(wanted)
    expect(requests.filter(({ url }) => url.pathname.includes('pay_'))).toHaveLength(2)
    expect(idsOf(await checkout.lookupByReference('order-1001')).toSorted()).toEqual(wanted)
  })

  it('without the option, every channel is this shop’s', async () => {
    const { checkout } = connect(() => makePayment({ processing_channel_id: theirs }))
    expect((await checkout.lookup(paymentId)).payment.status).toBe('captured')
  })

  it.each(['pc_x/..', 'pc 1', ' ', 7])('is refused as %j', (processingChannelId) => {
    expect(() => createCheckoutCom({ processingChannelId: processingChannelId as string })).toThrow(
      expect.objectContaining({ code: 'invalid_input' }),
    )
  })
})
