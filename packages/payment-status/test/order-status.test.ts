import fc from 'fast-check'
import {
  createPayments,
  isPaymentError,
  outcomeOf,
  type PaymentProvider,
  type PaymentStatus,
  paymentStatuses,
} from 'payment-status'
import { describe, expect, it, vi } from 'vitest'
import { makeProvider, report, unavailable } from './make.ts'

const down = (name: string, reason: unknown = unavailable(name)) =>
  makeProvider(name, [], {
    lookupByReference: async () => {
      throw reason
    },
  })
const knows = (name: string, ...statuses: readonly PaymentStatus[]) =>
  makeProvider(
    name,
    statuses.map((status, index) => report(name, `pay_${index}`, status)),
  )
const orderStatus = (...providers: readonly PaymentProvider[]) =>
  createPayments(providers).orderStatus('order-1')

describe('the status of an order over all providers', () => {
  it('finds out that it was paid on both', async () => {
    expect(await orderStatus(knows('here', 'captured'), knows('there', 'captured'))).toMatchObject({
      status: 'captured',
      paidTwice: true,
      paid: [{ payment: { provider: 'here' } }, { payment: { provider: 'there' } }],
      unreachable: [],
    })
  })

  it('a failed attempt here does not hide the paid one there', async () => {
    expect(await orderStatus(knows('here', 'failed', 'open'), knows('there', 'captured'))).toMatchObject({
      status: 'captured',
      paidTwice: false,
      deciding: { payment: { provider: 'there' } },
    })
  })

  it('all answered and nothing is paid: the status is that of the newest attempt', async () => {
    expect(await orderStatus(knows('here', 'failed'), knows('there'))).toMatchObject({
      status: 'failed',
      deciding: { payment: { provider: 'here' } },
    })
    expect((await orderStatus(knows('here', 'failed'), knows('there', 'processing'))).status).toBe(
      'processing',
    )
  })

  it('no reports at all: unknown', async () => {
    expect(await orderStatus(knows('here'), knows('there'))).toStrictEqual({
      status: 'unknown',
      paid: [],
      paidTwice: false,
      unreachable: [],
    })
  })

  it('an unreachable provider does not hide that it is paid, and is listed', async () => {
    expect(await orderStatus(down('here'), knows('there', 'captured'))).toMatchObject({
      status: 'captured',
      deciding: { payment: { provider: 'there' } },
      unreachable: [{ provider: 'here', error: { code: 'unavailable' } }],
    })
  })

  it.each(paymentStatuses.filter((status) => outcomeOf(status) !== 'paid'))(
    'an unreachable provider and nothing paid: unknown, and nothing decides (%s elsewhere)',
    async (status) => {
      const result = await orderStatus(knows('here', status), down('there'))
      expect(result).toMatchObject({ status: 'unknown', paid: [], unreachable: [{ provider: 'there' }] })
      expect(result).not.toHaveProperty('deciding')
    },
  )

  it('all unreachable: unknown, and all are listed', async () => {
    const result = await orderStatus(down('here'), down('there'))
    expect(result.status).toBe('unknown')
    expect(result.unreachable.map(({ provider }) => provider)).toEqual(['here', 'there'])
  })

  it('an error that is not a PaymentError is listed without its text', async () => {
    for (const reason of [new Error('SECRET'), 'SECRET', undefined]) {
      const { unreachable } = await orderStatus(down('here', reason))
      const error = unreachable[0]?.error
      expect(isPaymentError(error) && error.code).toBe('unavailable')
      expect(error?.message).toMatch(/^\[here\] (?!.*SECRET)/)
      expect(error?.cause).toBeUndefined()
    }
  })

  it('a provider that throws before it promises anything is unreachable', async () => {
    const lookupByReference = () => {
      throw unavailable('here')
    }
    expect(await orderStatus(makeProvider('here', [], { lookupByReference }))).toMatchObject({
      status: 'unknown',
      unreachable: [{ provider: 'here' }],
    })
  })

  it('asks side by side, with what was asked and the options', async () => {
    const asked: unknown[] = []
    const slow = (name: string) =>
      makeProvider(name, [], {
        async lookupByReference(reference, options) {
          asked.push([name, reference, options?.timeoutMs])
          await new Promise((resolve) => setTimeout(resolve, 20))
          expect(asked).toHaveLength(2)
          return []
        },
      })
    await createPayments([slow('here'), slow('there')]).orderStatus('order-1', { timeoutMs: 7 })
    expect(asked).toEqual([
      ['here', 'order-1', 7],
      ['there', 'order-1', 7],
    ])
  })
})

describe('an abort', () => {
  const reason = new Error('the shopper left')

  it('rejects with the signal’s reason, and is no unreachable provider', async () => {
    const stop = new AbortController()
    const listens = makeProvider('here', [], {
      lookupByReference: (_, options) =>
        new Promise((_resolve, reject) => {
          options?.signal?.addEventListener('abort', () => reject(options.signal?.reason))
        }),
    })
    const asked = createPayments([listens, knows('there', 'captured')]).orderStatus('order-1', {
      signal: stop.signal,
    })
    stop.abort(reason)
    await expect(asked).rejects.toBe(reason)
  })

  it('does not wait for a provider that does not listen', async () => {
    const deaf = makeProvider('here', [], { lookupByReference: () => new Promise(() => {}) })
    const stop = new AbortController()
    const asked = createPayments([deaf]).orderStatus('order-1', { signal: stop.signal })
    stop.abort(reason)
    await expect(asked).rejects.toBe(reason)
  })

  it('before it begins sends no request', async () => {
    const lookupByReference = vi.fn()
    const asked = createPayments([makeProvider('here', [], { lookupByReference })])
    await expect(asked.orderStatus('order-1', { signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
    expect(lookupByReference).not.toHaveBeenCalled()
  })
})

it('with a provider down it never says that nothing was paid', async () => {
  const anyProvider = fc.record({
    isDown: fc.boolean(),
    statuses: fc.array(fc.constantFrom(...paymentStatuses), { maxLength: 3 }),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(anyProvider, { maxLength: 4 }), async (shops) => {
      const providers = shops.map(({ isDown, statuses }, index) =>
        isDown ? down(`p${index}`) : knows(`p${index}`, ...statuses),
      )
      const { status, paid, paidTwice, unreachable, deciding } = await orderStatus(...providers)
      const stated = shops.filter(({ isDown }) => !isDown).flatMap(({ statuses }) => statuses)
      const paidCount = stated.filter((word) => outcomeOf(word) === 'paid').length
      expect(unreachable).toHaveLength(shops.filter(({ isDown }) => isDown).length)
      expect(paid).toHaveLength(paidCount)
      expect(paidTwice).toBe(paidCount > 1)
      if (paidCount > 0) expect(outcomeOf(status)).toBe('paid')
      else if (unreachable.length > 0 || stated.length === 0) {
        expect([status, deciding]).toEqual(['unknown', undefined])
      }
      if (deciding) expect(deciding.payment.status).toBe(status)
    }),
    { numRuns: 1000 },
  )
})

describe('an invalid request', () => {
  it.each(['', ' ', undefined, null, 7])(
    '%j as a reference is refused, not listed as an outage',
    async (reference) => {
      const asked = createPayments([knows('here', 'captured')]).orderStatus(reference as unknown as string)
      await expect(asked).rejects.toMatchObject({ code: 'invalid_input' })
    },
  )

  it.each([null, undefined, 'pay_1'])('%j as a handle is refused', async (handle) => {
    const payments = createPayments([knows('here', 'captured')])
    await expect(payments.lookup(handle as never)).rejects.toMatchObject({ code: 'invalid_input' })
    await expect(payments.find(handle as never)).rejects.toMatchObject({ code: 'invalid_input' })
  })
})

describe('with the order’s terms', () => {
  const amount = { amount: 1000, currency: 'EUR' }
  const terms = { expected: { amount }, capture: 'automatic' } as const
  const ask = (...providers: readonly PaymentProvider[]) =>
    createPayments(providers).orderStatus('order-1', { terms })

  it('the step is that of all payments at all providers', async () => {
    const { step, payment, unreachable } = await ask(knows('here', 'failed'), knows('there', 'processing'))
    expect([step, payment?.payment.provider, unreachable]).toEqual([
      { kind: 'wait', poll: true },
      'there',
      [],
    ])
    expect((await ask(knows('here', 'failed'), knows('there'))).step).toEqual({
      kind: 'ask_again',
      newPayment: true,
    })
    expect((await ask(knows('here', 'captured'), knows('there', 'captured'))).step.kind).toBe('investigate')
  })

  it('a provider that cannot be reached means to look up again, unless the order is paid', async () => {
    expect(await ask(knows('here', 'failed'), down('there'))).toMatchObject({
      status: 'unknown',
      step: { kind: 'look_up' },
    })
    expect((await ask(knows('here', 'captured'), down('there'))).step.kind).toMatch(
      /fulfill|investigate|look_up/,
    )
  })

  it('what was fulfilled already is not fulfilled again', async () => {
    const options = { terms, fulfilledBy: 'here/pay_0' }
    const paid = await createPayments([knows('here', 'captured')]).orderStatus('order-1', { terms })
    const key = `here/${paid.paid[0]?.payment.id}`
    const { step } = await createPayments([knows('here', 'captured')]).orderStatus('order-1', {
      ...options,
      fulfilledBy: key,
    })
    expect(step).toEqual({ kind: 'none' })
  })

  it('that cannot be right are refused before any request', async () => {
    const bigint = {
      ...terms,
      expected: { amount: { amount: '1000' as unknown as number, currency: 'EUR' } },
    }
    await expect(createPayments([]).orderStatus('order-1', { terms: bigint })).rejects.toThrow(
      'convert it with Number()',
    )
  })
})
