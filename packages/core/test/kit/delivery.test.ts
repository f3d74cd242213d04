import type { WebhookDelivery } from '@payment-status/core'
import {
  checkDelivery,
  copyDelivery,
  createFind,
  newestFirst,
  readHeader,
  readText,
} from '@payment-status/core/kit'
import { describe, expect, it, vi } from 'vitest'
import { at, lookup } from '../make.ts'

const delivery = (headers: unknown, rawBody: unknown = '{}') => ({ rawBody, headers }) as WebhookDelivery

describe('a header', () => {
  it.each([
    new Headers({ 'X-Signature': 'abc' }),
    { 'x-signature': 'abc' },
    { 'X-SIGNATURE': 'abc' },
    { 'X-Signature': ['abc'] },
  ])('is found in any case: %o', (headers) =>
    expect(readHeader(delivery(headers), 'x-signature')).toBe('abc'),
  )

  it('is found in the Headers of another implementation', () => {
    const foreign = { get: (name: string) => (name === 'x-signature' ? 'abc' : null) }
    expect(readHeader(delivery(foreign), 'x-signature')).toBe('abc')
    expect(readHeader(delivery(foreign), 'other')).toBeUndefined()
  })

  it('that is repeated is joined by commas', () => {
    const repeated = new Headers([
      ['x-signature', 'a'],
      ['x-signature', 'b'],
    ])
    expect(readHeader(delivery(repeated), 'x-signature')).toBe('a, b')
    expect(readHeader(delivery({ 'x-signature': ['a', 'b'] }), 'x-signature')).toBe('a, b')
    expect(readHeader(delivery({ 'x-signature': 'a', 'X-Signature': 'b' }), 'x-signature')).toBe('a, b')
  })

  it('in something like Headers that is not a string is undefined', () => {
    expect(readHeader(delivery(new Map([['x-signature', 7]])), 'x-signature')).toBeUndefined()
  })

  it('that is not there is undefined', () => {
    for (const headers of [new Headers(), {}, { 'x-signature': undefined }, { 'x-signatures': 'abc' }]) {
      expect(readHeader(delivery(headers), 'x-signature')).toBeUndefined()
    }
  })
})

describe('a delivery', () => {
  it.each(['', '{}', new Uint8Array(), Buffer.from('{}')])('with a raw body is one: %o', (rawBody) => {
    expect(() => checkDelivery(delivery({}, rawBody), 'test-pay')).not.toThrow()
  })

  it.each([
    delivery({}, { parsed: 'SECRET' }),
    { headers: {} },
    delivery({}, null),
    delivery({}, 7),
    delivery(undefined),
    delivery(null),
    delivery('SECRET'),
    undefined,
    null,
  ])('that was parsed, or is not a body, is refused: %o', (value) => {
    expect(() => checkDelivery(value as WebhookDelivery, 'test-pay')).toThrow(
      expect.objectContaining({ code: 'invalid_input', message: expect.not.stringContaining('SECRET') }),
    )
  })

  it.each([{ 'x-count': 7 }, { 'x-list': ['a', 7] }, { 'x-object': {} }, { 'x-yes': true }])(
    'with a header that is not a string is refused, with what to give: %o',
    (headers) => {
      expect(() => checkDelivery(delivery(headers), 'test-pay')).toThrow(
        expect.objectContaining({ code: 'invalid_input', message: expect.stringContaining('string') }),
      )
    },
  )

  it('with headers that were not sent is one', () => {
    expect(() => checkDelivery(delivery({ 'x-none': undefined, 'x-null': null }), 'test-pay')).not.toThrow()
  })

  it.each([new Uint8Array([1, 2, 3]), Buffer.from([0, 1, 2, 3]).subarray(1)])(
    'is copied: a buffer that is used again later changes nothing',
    (rawBody) => {
      const { rawBody: copy } = copyDelivery(delivery({}, rawBody), 'test-pay')
      rawBody.fill(9)
      expect([...(copy as Uint8Array)]).toEqual([1, 2, 3])
    },
  )

  it('is read as UTF-8, a byte order mark included', () => {
    expect(readText(delivery({}, '¥'), 'test-pay')).toBe('¥')
    expect(readText(delivery({}, new TextEncoder().encode('\ufeff¥')), 'test-pay')).toBe('\ufeff¥')
  })

  it('of other bytes is refused', () => {
    expect(() => readText(delivery({}, new Uint8Array([0xff])), 'test-pay')).toThrow(
      expect.objectContaining({ code: 'invalid_payload' }),
    )
  })
})

describe('find', () => {
  const sources = { lookup: vi.fn(async () => lookup({}, 1)), lookupByReference: vi.fn(async () => []) }
  const find = createFind('test-pay', sources)

  it('asks by id or by reference, and passes the options on', async () => {
    const options = { timeoutMs: 5 }
    expect(await find({ id: 'pay_1' }, options)).toEqual([lookup({}, 1)])
    expect(sources.lookup).toHaveBeenCalledWith('pay_1', options)
    expect(await find({ reference: 'order-1' }, options)).toEqual([])
    expect(sources.lookupByReference).toHaveBeenCalledWith('order-1', options)
  })

  it.each([{}, null, undefined, 'pay_1', 7])('refuses a key that is neither: %o', async (key) => {
    await expect(find(key as never)).rejects.toMatchObject({ code: 'invalid_input' })
  })

  it('refuses invalid options', async () => {
    await expect(find({ id: 'pay_1' }, null as never)).rejects.toMatchObject({ code: 'invalid_input' })
  })
})

it('newest first means by the payment’s own time, those without one last', () => {
  const reports = [
    lookup({ id: 'none' }, 1),
    lookup({ id: 'old', createdAt: at(1) }, 1),
    lookup({ id: 'new', createdAt: at(2) }, 1),
  ]
  expect(newestFirst(reports).map(({ payment }) => payment.id)).toEqual(['new', 'old', 'none'])
})
