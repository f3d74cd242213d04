import { describe, expect, it } from 'vitest'
import { createStripe, signWebhook } from '../src/index.ts'
import { answering, collect, makeEvent, makeIntent, webhookSecrets, withCode } from './helpers.ts'

const shop = { key: 'site', value: 'shop-a' }
const ours = makeIntent({ id: 'pi_ours', metadata: { order_id: 'A-1', site: 'shop-a' } })
const strangers = [
  makeIntent({ id: 'pi_b', metadata: { order_id: 'A-1', site: 'shop-b' } }),
  makeIntent({ id: 'pi_none', metadata: { order_id: 'A-1' } }),
  makeIntent({ id: 'pi_null', metadata: null }),
  makeIntent({ id: 'pi_list', metadata: { order_id: 'A-1', site: ['shop-a'] } }),
  makeIntent({ id: 'pi_odd', metadata: { order_id: 'A-1', site: 'shop-b' }, currency: 'zzz' }),
]
const all = [ours, ...strangers]

describe('two shops of one account', () => {
  const answer = (url: URL): unknown => {
    if (/refunds|disputes|charges/.test(url.pathname)) return { data: [] }
    const id = url.pathname.split('/').at(-1)
    return all.find((intent) => intent.id === id) ?? { data: all }
  }

  it.each(strangers)('a webhook of another shop is unrelated: $id', async (intent) => {
    const stripe = createStripe({ webhookSecrets, shop })
    const delivery = await signWebhook(makeEvent('payment_intent.succeeded', intent), webhookSecrets)
    expect(await stripe.readWebhook(delivery)).toMatchObject({ kind: 'unrelated', id: 'evt_madeHere' })
  })

  it('a webhook of this shop states its payment', async () => {
    const delivery = await signWebhook(makeEvent('payment_intent.succeeded', ours), webhookSecrets)
    const event = await createStripe({ webhookSecrets, shop }).readWebhook(delivery)
    expect(event).toMatchObject({ kind: 'payment', report: { payment: { id: 'pi_ours', reference: 'A-1' } } })
  })

  it.each(strangers)('a lookup does not find a payment of another shop: $id', async ({ id }) => {
    const { stripe } = answering(answer, { shop })
    await expect(stripe.lookup(String(id))).rejects.toMatchObject(withCode('not_found'))
  })

  it('a lookup by reference and a list hold the payments of this shop only', async () => {
    const { stripe, requests } = answering(answer, { shop })
    const reports = await stripe.lookupByReference('A-1')
    expect(reports.map(({ payment }) => payment.id)).toEqual(['pi_ours'])
    expect(new URL(requests[0]?.url ?? '').searchParams.get('query')).toBe(
      "metadata['order_id']:'A-1' AND metadata['site']:'shop-a'",
    )
    const listed = await collect(stripe.list({ from: new Date(0), to: new Date('2030-01-01') }))
    expect(listed.map(({ payment }) => payment.id)).toEqual(['pi_ours'])
  })

  it('a refund of another shop touches no payment of this one', async () => {
    const { stripe } = answering(
      (url) => {
        if (url.pathname === '/v1/refunds') return { data: [{ id: 're_1', payment_intent: 'pi_b' }] }
        return url.pathname === '/v1/payment_intents' ? { data: [] } : answer(url)
      },
      { shop },
    )
    expect(await collect(stripe.list({ from: new Date(0), to: new Date('2030-01-01') }))).toEqual([])
  })

  it('without a configured shop every payment belongs to it', async () => {
    const { stripe } = answering(answer)
    expect((await stripe.lookup('pi_b')).payment.id).toBe('pi_b')
  })

  it.each([
    {},
    { key: 'site' },
    { key: '', value: 'a' },
    { key: "si'te", value: 'a' },
    { key: 'site', value: "a'b" },
    { key: 'site', value: '' },
    { key: 'site', value: 7 },
    null,
    'shop-a',
  ])('%j is refused as a shop', (bad) => {
    expect(() => createStripe({ shop: bad as never })).toThrow(
      expect.objectContaining(withCode('invalid_input')),
    )
  })
})
