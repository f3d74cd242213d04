import { describe, expect, it } from 'vitest'
import { answering, makeIntent, withCode } from './helpers.ts'

const created = 1_772_446_530

describe('lookupByReference', () => {
  const intents: Record<string, object> = {
    pi_a: makeIntent({ id: 'pi_a', created: created + 1 }),
    pi_b: makeIntent({ id: 'pi_b', created: created + 3 }),
    pi_c: makeIntent({ id: 'pi_c', created: created + 2, currency: 'zzz' }),
    pi_other: makeIntent({ id: 'pi_other', metadata: { order_id: 'order-10' } }),
    pi_case: makeIntent({ id: 'pi_case', metadata: { order_id: 'ORDER-1' } }),
    pi_none: makeIntent({ id: 'pi_none', metadata: {} }),
  }
  const stale = (id: string) => ({ id, status: 'processing', metadata: { order_id: 'order-1' } })
  const pages: Record<string, object> = {
    '': { data: ['pi_a', 'pi_other', 'pi_b'].map(stale), has_more: true, next_page: 'two' },
    two: { data: ['pi_b', 'pi_c', 'pi_case'].map(stale), has_more: true, next_page: 'three' },
    three: { data: [stale('pi_none')], has_more: false, next_page: null },
  }
  const answer = (url: URL) =>
    url.pathname.endsWith('/search')
      ? pages[url.searchParams.get('page') ?? '']
      : (intents[url.pathname.split('/').at(-1) ?? ''] ?? { data: [] })

  it('retrieves what the search finds, keeps exact matches and sorts by their own time', async () => {
    const { stripe, requests } = answering(answer)
    const reports = await stripe.lookupByReference('order-1')
    expect(reports.map(({ payment }) => [payment.id, payment.status])).toEqual([
      ['pi_b', 'captured'],
      ['pi_a', 'captured'],
      ['pi_c', 'unknown'],
    ])
    expect(reports.every(({ source }) => source === 'lookup')).toBe(true)
    expect(new URL(requests[0]?.url ?? '').searchParams.get('query')).toBe("metadata['order_id']:'order-1'")
    const retrieved = requests
      .map(({ url }) => new URL(url))
      .filter(({ pathname }) => !pathname.endsWith('search'))
    const intentsRead = retrieved.filter(({ pathname }) => pathname.startsWith('/v1/payment_intents/'))
    expect(intentsRead).toHaveLength(6)
    expect(intentsRead.every(({ searchParams }) => searchParams.get('expand[]') === 'latest_charge')).toBe(
      true,
    )
  })

  it('searches under the configured key', async () => {
    const { stripe, requests } = answering(() => ({ data: [], has_more: false }), {
      referenceKey: 'Order No.',
    })
    expect(await stripe.find({ reference: 'a b&c=d' })).toEqual([])
    expect(new URL(requests[0]?.url ?? '').searchParams.get('query')).toBe("metadata['Order No.']:'a b&c=d'")
  })

  it.each(["a'b", 'a"b', 'a\\b', "' OR metadata['x']:'y", '', '  ', 'a\nb', '\ud800', 7, undefined])(
    'refuses %j before a request',
    async (reference) => {
      const { stripe, requests } = answering(answer)
      await expect(stripe.lookupByReference(reference as string)).rejects.toMatchObject(
        withCode('invalid_input'),
      )
      expect(requests).toHaveLength(0)
    },
  )

  it.each([
    { data: [], has_more: true, next_page: 'again' },
    { data: [{ id: 'pi_a' }], has_more: true, next_page: null },
    { data: [{ id: 'pi_a' }], has_more: true },
  ])('is not kept for ever by %o', async (page) => {
    const { stripe, requests } = answering((url) => (url.pathname.endsWith('/search') ? page : intents.pi_a))
    expect(await stripe.lookupByReference('order-1')).toHaveLength(page.data.length)
    expect(requests.length).toBeLessThan(5)
  })

  it('is incomplete where the search repeats a page and names a next one', async () => {
    const page = { data: [{ id: 'pi_a' }], has_more: true, next_page: 'again' }
    const { stripe, requests } = answering((url) => (url.pathname.endsWith('/search') ? page : intents.pi_a))
    await expect(stripe.lookupByReference('order-1')).rejects.toMatchObject(withCode('invalid_payload'))
    expect(requests.length).toBeLessThan(5)
  })

  it.each([
    { data: [{ id: 'ch_1' }] },
    { data: [{ id: 'pi_1/../x' }] },
    { data: [{}] },
    { data: 'none' },
    {},
  ])('refuses the search result %o', async (page) => {
    const { stripe } = answering(() => page)
    await expect(stripe.lookupByReference('order-1')).rejects.toMatchObject(withCode('invalid_payload'))
  })

  it('refuses another payment than the one retrieved', async () => {
    const { stripe } = answering((url) =>
      url.pathname.endsWith('/search') ? { data: [{ id: 'pi_z' }] } : intents.pi_a,
    )
    await expect(stripe.lookupByReference('order-1')).rejects.toMatchObject(withCode('invalid_payload'))
  })

  it('throws where one of them could not be retrieved', async () => {
    const { stripe } = answering((url) =>
      url.pathname.endsWith('/search')
        ? { data: [{ id: 'pi_a' }, { id: 'pi_b' }] }
        : url.pathname.endsWith('pi_a')
          ? intents.pi_a
          : new Response('', { status: 503 }),
    )
    await expect(stripe.lookupByReference('order-1')).rejects.toMatchObject(withCode('unavailable'))
  })
})
