import * as core from '@payment-status/core'
import * as everything from 'payment-status'
import { createPayments, type PaymentProvider } from 'payment-status'
import { describe, expect, it, vi } from 'vitest'
import { makeProvider, report } from './make.ts'

const here = makeProvider('here', [report('here', 'pay_1', 'captured')])
const there = makeProvider('there')
const payments = createPayments([here, there])
const unknownName = {
  code: 'invalid_input',
  provider: 'payment-status',
  message: expect.not.stringContaining('SECRET'),
}

it('re-exports all of core', () => {
  expect(Object.keys(everything)).toEqual(expect.arrayContaining(Object.keys(core)))
})

describe('providers by name', () => {
  it('are the ones that were given', () => {
    expect(payments.provider('here')).toBe(here)
    expect(payments.provider('there')).toBe(there)
    expect(payments.has('there')).toBe(true)
  })

  it.each(['SECRET', '', 'constructor', '__proto__', 'HERE'])('%j is not one of them', async (name) => {
    expect(payments.has(name)).toBe(false)
    expect(() => payments.provider(name as 'here')).toThrow(expect.objectContaining(unknownName))
    expect(() => payments.readReturn(name, '/')).toThrow(expect.objectContaining(unknownName))
    const delivery = { rawBody: '', headers: {} }
    await expect(payments.lookup({ provider: name, id: 'x' })).rejects.toMatchObject(unknownName)
    await expect(payments.find({ provider: name, id: 'x' })).rejects.toMatchObject(unknownName)
    await expect(payments.readWebhook(name, delivery)).rejects.toMatchObject(unknownName)
  })

  it('two of one name are refused', () => {
    expect(() => createPayments([makeProvider('SECRET'), makeProvider('SECRET')])).toThrow(
      expect.objectContaining(unknownName),
    )
  })

  it('none is a shop without payments', async () => {
    expect(createPayments([]).has('here')).toBe(false)
    expect(await createPayments([]).orderStatus('order-1')).toMatchObject({
      status: 'unknown',
      unreachable: [],
    })
  })
})

describe('every source leads to the payment’s own provider', () => {
  it('lookup', async () => {
    expect(await payments.lookup({ provider: 'here', id: 'pay_1' })).toEqual(
      report('here', 'pay_1', 'captured'),
    )
    await expect(payments.lookup({ provider: 'there', id: 'pay_1' })).rejects.toMatchObject({
      code: 'not_found',
      provider: 'there',
    })
  })

  it('find, by id or reference, with nothing else of the handle', async () => {
    const find = vi.fn<PaymentProvider['find']>(async () => [])
    const { find: ask } = createPayments([makeProvider('here', [], { find })])
    const options = { timeoutMs: 5 }
    const row = { provider: 'here', total: 7 }
    await ask({ ...row, id: 'pay_1' }, options)
    await ask({ ...row, reference: 'order-1' })
    expect(find.mock.calls).toEqual([
      [{ id: 'pay_1' }, options],
      [{ reference: 'order-1' }, undefined],
    ])
  })

  it('readReturn and readWebhook', async () => {
    expect(payments.readReturn('there', '/return')).toMatchObject({
      provider: 'there',
      key: { id: '/return' },
    })
    expect(await payments.readWebhook('here', { rawBody: '', headers: {} })).toMatchObject({
      provider: 'here',
    })
  })
})

describe('arguments of the wrong kind', () => {
  const refused = { code: 'invalid_input', provider: 'payment-status' }

  it.each([null, undefined, 'SECRET', {}, [null], [undefined], [{}], [7]])(
    'no list of providers: %o',
    (given) => {
      expect(() => createPayments(given as never)).toThrow(expect.objectContaining(refused))
    },
  )

  it.each([null, 7, 'SECRET'])('no options: %o', async (given) => {
    const options = given as never
    await expect(payments.lookup({ provider: 'here', id: 'pay_1' }, options)).rejects.toMatchObject(refused)
    await expect(payments.orderStatus('order-1', options)).rejects.toMatchObject(refused)
  })

  it.each([null, undefined, 7, 'SECRET'])('no handle: %o', async (given) => {
    const handle = given as never
    await expect(payments.lookup(handle)).rejects.toMatchObject(refused)
    await expect(payments.find(handle)).rejects.toMatchObject(refused)
    expect(() => payments.list(handle)).toThrow(expect.objectContaining(refused))
  })
})
