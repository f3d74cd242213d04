import type { PaymentProvider, WebhookDelivery } from '@payment-status/core'
import { defineProvider } from '@payment-status/core/kit'
import { describe, expect, it, vi } from 'vitest'
import { eventBase, lookup, makeProvider } from '../make.ts'

const noon = new Date('2026-11-20T12:00:00Z')
const range = { from: noon, to: noon }
const invalid = { code: 'invalid_input', message: expect.stringMatching(/^\[test-pay\] /) }

function makeDefined(sources: Partial<PaymentProvider> = {}) {
  const { find: _, ...closed } = makeProvider(sources)
  return defineProvider<PaymentProvider<'test-pay'>>(closed)
}

async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const collected: Item[] = []
  for await (const item of items) collected.push(item)
  return collected
}

describe('a provider out of its sources', () => {
  it('asks them with what it was asked with', async () => {
    const report = lookup({}, 1)
    const options = { timeoutMs: 5, signal: new AbortController().signal, operations: [{ id: 'act_1' }] }
    const sources = {
      lookup: vi.fn(async () => report),
      lookupByReference: vi.fn(async () => [report]),
      list: vi.fn(async function* () {
        yield report
      }),
    }
    const provider = makeDefined(sources)
    expect(await provider.lookup('pay_1', options)).toBe(report)
    expect(await provider.lookupByReference('order-1', options)).toEqual([report])
    expect(await collect(provider.list(range, options))).toEqual([report])
    expect(sources.lookup).toHaveBeenCalledWith('pay_1', options)
    expect(sources.lookupByReference).toHaveBeenCalledWith('order-1', options)
    expect(sources.list).toHaveBeenCalledWith(range, options)
    expect(await provider.find({ id: 'pay_1' })).toEqual([report])
    expect(await provider.find({ reference: 'order-1' })).toEqual([report])
    expect(provider.name).toBe('test-pay')
  })

  it.each([
    null,
    7,
    'SECRET',
    { signal: {} },
    { signal: null },
    { operations: 'SECRET' },
    { operations: [null] },
    { operations: [{ id: 7 }] },
  ])('refuses invalid options, without a request: %o', async (given) => {
    const provider = makeDefined()
    const options = given as never
    await expect(provider.lookup('pay_1', options)).rejects.toMatchObject(invalid)
    await expect(provider.lookupByReference('order-1', options)).rejects.toMatchObject(invalid)
    await expect(collect(provider.list(range, options))).rejects.toMatchObject(invalid)
    await expect(provider.find({ id: 'pay_1' }, options)).rejects.toMatchObject(invalid)
  })

  it.each([
    undefined,
    null,
    {},
    7,
    { from: noon },
    { from: '2026', to: '2027' },
    { from: noon, to: new Date(0) },
  ])('refuses an invalid range: %o', async (given) => {
    await expect(collect(makeDefined().list(given as never))).rejects.toMatchObject(invalid)
  })

  it.each(['', ' ', 7, null, undefined, {}, 'a\nb', '\ud800'])(
    'refuses an invalid reference: %j',
    async (given) => {
      await expect(makeDefined().lookupByReference(given as never)).rejects.toMatchObject(invalid)
    },
  )

  it('reads the bytes that were delivered, whatever the server puts into their buffer later', async () => {
    const provider = makeDefined({
      async readWebhook({ rawBody }: WebhookDelivery) {
        await Promise.resolve()
        return { ...eventBase, id: new TextDecoder().decode(rawBody as Uint8Array), kind: 'unrelated' }
      },
    })
    const rawBody = Buffer.from('first')
    const reading = provider.readWebhook({ rawBody, headers: {} })
    rawBody.write('other')
    expect((await reading).id).toBe('first')
  })

  it.each([null, undefined, {}, { rawBody: {}, headers: {} }, { rawBody: '', headers: { a: 7 } }])(
    'refuses an invalid delivery: %o',
    async (given) => {
      await expect(makeDefined().readWebhook(given as never)).rejects.toMatchObject(invalid)
    },
  )
})

describe('a query that the provider does not have', () => {
  it('is refused before any request, as unsupported', async () => {
    const provider = makeDefined({ answers: { lookup: 'none', byReference: 'none', list: 'none' } })
    const unsupported = {
      code: 'unsupported',
      retryable: false,
      message: expect.stringMatching(/^\[test-pay\] /),
    }
    await expect(provider.lookup('pay_1')).rejects.toMatchObject(unsupported)
    await expect(provider.lookupByReference('order-1')).rejects.toMatchObject(unsupported)
    await expect(provider.find({ id: 'pay_1' })).rejects.toMatchObject(unsupported)
    await expect(collect(provider.list(range))).rejects.toMatchObject(unsupported)
  })

  it('leaves the others as they are', async () => {
    const report = lookup({}, 1)
    const answers = { lookup: 'asked', byReference: 'none', list: 'none' } as const
    expect(await makeDefined({ answers, lookup: async () => report }).lookup('pay_1')).toBe(report)
  })
})
