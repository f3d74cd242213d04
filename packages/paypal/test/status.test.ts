import { decideOrder, type PaymentStatus } from '@payment-status/core'
import {
  type PayPalFacts,
  paypalCaptureReasons,
  paypalMethodTypes,
  toPaymentStatus,
} from '@payment-status/paypal'
import { describe, expect, it } from 'vitest'
import { connect, lookUp, makeOrder, money, part } from './helpers.ts'

const capture = (status: string, amount?: number, reason?: string) => ({ status, amount, reason })
const read = (status: string, facts: Partial<PayPalFacts> = {}) =>
  toPaymentStatus({ status, amount: 10, ...facts })

describe('an order without operations', () => {
  it.each<[string, PaymentStatus]>([
    ['CREATED', 'open'],
    ['PAYER_ACTION_REQUIRED', 'requires_action'],
    ['SAVED', 'processing'],
    ['APPROVED', 'processing'],
    ['COMPLETED', 'unknown'], // completed decides nothing
    ['VOIDED', 'canceled'],
    ['TELEPORTED', 'unknown'],
    ['completed', 'unknown'],
    ['', 'unknown'],
  ])('%s is %s', (status, wanted) => {
    expect(read(status)).toBe(wanted)
    expect(toPaymentStatus({ status })).toBe(wanted) // a short answer states no amount
  })
})

describe('captures decide before the order does', () => {
  it.each<[string, PayPalFacts['captures'], PaymentStatus]>([
    ['the whole', [capture('COMPLETED', 10)], 'captured'],
    ['more than the whole', [capture('COMPLETED', 11)], 'captured'],
    ['a part', [capture('COMPLETED', 4)], 'partially_captured'],
    ['the whole in parts', [capture('COMPLETED', 4), capture('COMPLETED', 6)], 'captured'],
    [
      'a part, and one that is pending',
      [capture('COMPLETED', 4), capture('PENDING', 6)],
      'partially_captured',
    ],
    [
      'a part, and one that was declined',
      [capture('COMPLETED', 4), capture('DECLINED', 6)],
      'partially_captured',
    ],
    ['one refunded in part', [capture('PARTIALLY_REFUNDED', 10)], 'partially_refunded'],
    ['one refunded', [capture('REFUNDED', 10)], 'refunded'],
    ['a part that was refunded', [capture('REFUNDED', 4)], 'refunded'],
    [
      'one refunded, and one that is not',
      [capture('REFUNDED', 4), capture('COMPLETED', 6)],
      'partially_refunded',
    ],
    ['one refunded, and one that is pending', [capture('REFUNDED', 4), capture('PENDING', 6)], 'unknown'],
    ['one refunded, and one that failed', [capture('REFUNDED', 4), capture('FAILED', 6)], 'refunded'],
    ['one that is pending', [capture('PENDING', 10)], 'processing'],
    ['one that was declined', [capture('DECLINED', 10)], 'failed'],
    ['one that failed', [capture('FAILED', 10)], 'failed'],
    ['one declined, and one pending', [capture('DECLINED', 10), capture('PENDING', 10)], 'processing'],
    ['an unlisted word', [capture('TELEPORTED', 10)], 'unknown'],
    ['an unlisted word after the whole', [capture('COMPLETED', 10), capture('TELEPORTED')], 'unknown'],
    ['nothing at all', [capture('COMPLETED', 0)], 'unknown'],
    ['an amount that is not stated', [capture('COMPLETED')], 'unknown'],
    ['an amount that is not a number', [capture('COMPLETED', Number.NaN)], 'unknown'],
    ['a negative amount', [capture('COMPLETED', -10)], 'unknown'],
  ])('%s', (_, captures, wanted) => {
    expect(read('COMPLETED', { captures })).toBe(wanted)
  })

  it('also where the order’s own word lags behind', () => {
    for (const word of ['CREATED', 'APPROVED', 'SAVED', 'PAYER_ACTION_REQUIRED'])
      expect(read(word, { captures: [capture('COMPLETED', 10)] })).toBe('captured')
  })

  it('but money on a voided order contradicts itself', () => {
    for (const word of ['COMPLETED', 'PENDING', 'REFUNDED', 'PARTIALLY_REFUNDED'])
      expect(read('VOIDED', { captures: [capture(word, 10)] })).toBe('unknown')
    expect(read('VOIDED', { captures: [capture('DECLINED', 10)] })).toBe('canceled')
    expect(read('VOIDED', { authorizations: [{ status: 'CREATED' }] })).toBe('unknown')
    expect(read('VOIDED', { authorizations: [{ status: 'VOIDED' }] })).toBe('canceled')
  })

  it('and an order whose amount is not stated is unknown once it has money', () => {
    expect(toPaymentStatus({ status: 'COMPLETED', captures: [capture('COMPLETED', 10)] })).toBe('unknown')
    expect(toPaymentStatus({ status: 'COMPLETED', captures: [capture('PENDING', 10)] })).toBe('processing')
  })
})

describe('the reason of a capture', () => {
  const cameAndWent = ['BUYER_COMPLAINT', 'CHARGEBACK', 'REFUNDED', 'TELEPORTED']
  it.each([...paypalCaptureReasons, 'TELEPORTED'])('%s', (reason) => {
    const isUnclear = cameAndWent.includes(reason)
    const of = (status: string) => read('COMPLETED', { captures: [capture(status, 10, reason)] })
    expect(of('PENDING')).toBe(isUnclear ? 'unknown' : 'processing')
    expect(of('DECLINED')).toBe(isUnclear ? 'unknown' : 'failed')
    expect(of('FAILED')).toBe(isUnclear ? 'unknown' : 'failed')
    expect(of('COMPLETED')).toBe('captured') // documented only for the others
  })
})

describe('refunds', () => {
  const captures = [capture('COMPLETED', 10)]
  it.each<[string, PayPalFacts['refunds'], PaymentStatus]>([
    ['pending', [capture('PENDING', 10)], 'captured'],
    ['failed', [capture('FAILED', 10)], 'captured'],
    ['canceled', [capture('CANCELLED', 10)], 'captured'],
    ['in part', [capture('COMPLETED', 4)], 'partially_refunded'],
    ['in parts, to the whole', [capture('COMPLETED', 4), capture('COMPLETED', 6)], 'refunded'],
    [
      'in part, with the rest pending',
      [capture('COMPLETED', 4), capture('PENDING', 6)],
      'partially_refunded',
    ],
    ['more than was captured', [capture('COMPLETED', 11)], 'unknown'],
    ['in an unlisted word', [capture('TELEPORTED', 10)], 'unknown'],
    ['without an amount', [capture('COMPLETED')], 'unknown'],
  ])('%s', (_, refunds, wanted) => {
    expect(read('COMPLETED', { captures, refunds })).toBe(wanted)
  })

  it('of money that no capture took contradict themselves', () => {
    expect(read('COMPLETED', { refunds: [capture('COMPLETED', 4)] })).toBe('unknown')
    expect(
      read('COMPLETED', { captures: [capture('PENDING', 10)], refunds: [capture('COMPLETED', 4)] }),
    ).toBe('unknown')
  })
})

describe('authorizations', () => {
  const hold = (status: string, expiration_time?: string, update_time?: string) => ({
    status,
    expiration_time,
    update_time,
  })
  it.each<[string, PayPalFacts['authorizations'], PaymentStatus]>([
    ['CREATED', [hold('CREATED')], 'authorized'],
    ['PENDING', [hold('PENDING')], 'processing'],
    ['one held, one denied', [hold('CREATED'), hold('DENIED')], 'authorized'],
    ['DENIED', [hold('DENIED')], 'failed'],
    ['CAPTURED without a capture', [hold('CAPTURED')], 'unknown'],
    ['PARTIALLY_CAPTURED without a capture', [hold('PARTIALLY_CAPTURED')], 'unknown'],
    ['VOIDED before its end', [hold('VOIDED', '2026-02-01T00:00:00Z', '2026-01-01T00:00:00Z')], 'canceled'],
    ['VOIDED at its end', [hold('VOIDED', '2026-02-01T00:00:00Z', '2026-02-01T00:00:00Z')], 'expired'],
    ['VOIDED after its end', [hold('VOIDED', '2026-02-01T00:00:00Z', '2026-02-01T00:00:01Z')], 'expired'],
    ['VOIDED without times', [hold('VOIDED')], 'canceled'],
    ['VOIDED with times that cannot be read', [hold('VOIDED', 'soon', 'later')], 'canceled'],
    [
      'one voided, one at its end',
      [hold('VOIDED'), hold('VOIDED', '2026-02-01T00:00:00Z', '2026-02-01T00:00:00Z')],
      'canceled',
    ],
    ['an unlisted word', [hold('TELEPORTED')], 'unknown'],
  ])('%s', (_, authorizations, wanted) => {
    expect(read('COMPLETED', { authorizations })).toBe(wanted)
  })

  it('are still held while a capture of them was declined', () => {
    const facts = { authorizations: [hold('CREATED')], captures: [capture('DECLINED', 10)] }
    expect(read('COMPLETED', facts)).toBe('authorized')
  })

  it('that state a capture whose money never came contradict themselves', () => {
    const facts = { authorizations: [hold('CAPTURED')], captures: [capture('DECLINED', 10)] }
    expect(read('COMPLETED', facts)).toBe('unknown')
    expect(read('COMPLETED', { ...facts, captures: [capture('PENDING', 10)] })).toBe('processing')
  })
})

describe('a payment', () => {
  const terms = {
    expected: { amount: { amount: 1999, currency: 'EUR' }, reference: 'order-1001' },
    capture: 'automatic',
  } as const
  const report = (payment: Awaited<ReturnType<typeof lookUp>>) =>
    ({ evidence: 'report', source: 'lookup', payment, observedAt: '2026-01-01T00:00:10.000Z' }) as const

  it('that is approved waits for the shop, which completes it only where everything matches', async () => {
    const payment = await lookUp(makeOrder('APPROVED'))
    expect(payment).toMatchObject({ status: 'processing', awaits: 'merchant' })
    expect(decideOrder({ terms, payments: [report(payment)] }).step).toEqual({ kind: 'complete' })
    const other = { ...terms, expected: { ...terms.expected, amount: { amount: 1, currency: 'EUR' } } }
    expect(decideOrder({ terms: other, payments: [report(payment)] }).step.kind).toBe('investigate')
  })

  it.each([
    [
      'that PayPal completes by itself',
      makeOrder('APPROVED', undefined, { processing_instruction: 'ORDER_COMPLETE_ON_PAYMENT_APPROVAL' }),
    ],
    ['whose capture is pending', makeOrder('APPROVED', { captures: [part('3CA1', 'PENDING')] })],
    ['that is completed', makeOrder('COMPLETED', { captures: [part('3CA1', 'PENDING')] })],
  ])('%s does not wait for the shop', async (_, order) => {
    const payment = await lookUp(order)
    expect(payment.status).toBe('processing')
    expect(payment).not.toHaveProperty('awaits')
  })

  it('of another order of the account is not this one’s', async () => {
    const payment = await lookUp(makeOrder('COMPLETED', { captures: [part('3CA1', 'COMPLETED')] }))
    const other = { ...terms, expected: { ...terms.expected, reference: 'order-of-the-other-shop' } }
    expect(decideOrder({ terms, payments: [report(payment)] }).step).toEqual({ kind: 'fulfill' })
    expect(decideOrder({ terms: other, payments: [report(payment)] }).step).toMatchObject({
      kind: 'investigate',
      why: "the payment's reference is not the order's",
    })
  })

  it.each([
    ['custom_id', 'order-1001'],
    ['invoice_id', 'invoice-7'],
  ] as const)('has its reference in %s', async (referenceField, wanted) => {
    const order = makeOrder('CREATED', undefined, {
      purchase_units: [
        { reference_id: 'default', custom_id: 'order-1001', invoice_id: 'invoice-7', amount: money('19.99') },
      ],
    })
    const { provider } = connect({ '/v2/checkout/orders/5TY1': order }, { referenceField })
    expect((await provider.lookup('5TY1')).payment.reference).toBe(wanted)
  })

  it('of several units has a reference only where they state the same one', async () => {
    const units = (...ids: (string | undefined)[]) =>
      makeOrder('CREATED', undefined, {
        purchase_units: ids.map((custom_id) => ({ custom_id, amount: money('5.00') })),
      })
    expect((await lookUp(units('a', 'a'))).reference).toBe('a')
    expect(await lookUp(units('a', 'b'))).not.toHaveProperty('reference')
    expect(await lookUp(units('a', undefined))).not.toHaveProperty('reference')
    expect(await lookUp(units(''))).not.toHaveProperty('reference')
  })

  it('adds its units up, and has no amount in two currencies', async () => {
    const units = (second: object, ...captures: object[]) =>
      makeOrder('COMPLETED', undefined, {
        purchase_units: [
          {
            amount: money('5.10'),
            payments: { captures: [part('3CA1', 'COMPLETED', { amount: money('5.10') })] },
          },
          { amount: second, payments: { captures } },
        ],
      })
    const both = await lookUp(units(money('4.90'), part('3CA2', 'COMPLETED', { amount: money('4.90') })))
    expect(both).toMatchObject({
      status: 'captured',
      amount: { amount: 1000, currency: 'EUR' },
      captured: 1000,
    })
    const one = await lookUp(units(money('4.90'), part('3CA2', 'DECLINED', { amount: money('4.90') })))
    expect(one).toMatchObject({ status: 'partially_captured', captured: 510 })
    const mixed = await lookUp(units(money('4.90', 'USD')))
    expect(mixed.status).toBe('unknown')
    expect(mixed).not.toHaveProperty('amount')
    expect(mixed).not.toHaveProperty('captured')
  })

  it.each([
    ['HUF', '500', 50_000], // no decimals at PayPal, two by ISO 4217
    ['TWD', '300', 30_000],
    ['JPY', '1500', 1500],
    ['JPY', '1500.00', 1500],
    ['EUR', '.5', 50],
    ['EUR', '10', 1000],
    ['EUR', '10.00', 1000],
    ['EUR', '10.0000', 1000],
    ['EUR', '0.1', 10],
    ['EUR', '70368744177664.01', 7_036_874_417_766_401],
  ])('in %s reads %s as %d minor units', async (currency, value, wanted) => {
    const payment = await lookUp(
      makeOrder('CREATED', undefined, { purchase_units: [{ amount: money(value, currency) }] }),
    )
    expect(payment.amount).toEqual({ amount: wanted, currency })
  })

  it.each(['-10.00', '1e3', '10.001', '', '10.', 'ten', '1,000.00', '999999999999999999'])(
    'with the amount "%s" is not as documented',
    async (value) => {
      const order = makeOrder('CREATED', undefined, { purchase_units: [{ amount: money(value) }] })
      const ending = lookUp(order)
      if (value === '') expect(await ending).not.toHaveProperty('amount')
      else await expect(ending).rejects.toMatchObject({ code: 'invalid_payload' })
    },
  )

  it('states what is held, and what was captured of it', async () => {
    const of = async (status: string, ...captures: object[]) =>
      (await lookUp(makeOrder('COMPLETED', { authorizations: [part('8AU1', status)], captures }))).authorized
    const five = (status: string) => part('3CA1', status, { amount: money('5.00') })
    expect(await of('CREATED')).toBe(1999)
    expect(await of('CREATED', five('DECLINED'))).toBe(1999)
    expect(await of('PARTIALLY_CAPTURED', five('COMPLETED'))).toBe(1999)
    expect(await of('CAPTURED', five('COMPLETED'))).toBe(500)
    expect(await of('VOIDED', five('COMPLETED'))).toBe(500)
    expect(await of('VOIDED')).toBe(undefined)
    expect(await of('PENDING')).toBe(undefined)
  })

  it('with two authorizations of one unit does not state what is held', async () => {
    const authorizations = [part('8AU1', 'CREATED'), part('8AU2', 'CREATED')]
    const payment = await lookUp(makeOrder('COMPLETED', { authorizations }))
    expect(payment).toMatchObject({ status: 'authorized', operations: [{ id: '8AU1' }, { id: '8AU2' }] })
    expect(payment).not.toHaveProperty('authorized')
    const manual = { ...terms, capture: 'manual' } as const
    expect(decideOrder({ terms: manual, payments: [report(payment)] }).step.kind).not.toBe('fulfill')
  })

  it('leaves a refunded sum out that no refund accounts for', async () => {
    const of = (status: string, ...refunds: object[]) =>
      lookUp(makeOrder('COMPLETED', { captures: [part('3CA1', status)], refunds }))
    const five = part('9RF1', 'COMPLETED', { amount: money('5.00') })
    expect(await of('PARTIALLY_REFUNDED')).not.toHaveProperty('refunded')
    expect(await of('PARTIALLY_REFUNDED', five)).toMatchObject({ refunded: 500 })
    expect(await of('REFUNDED')).not.toHaveProperty('refunded')
    expect(await of('REFUNDED', five)).not.toHaveProperty('refunded')
    expect(await of('REFUNDED', part('9RF1', 'COMPLETED'))).toMatchObject({ refunded: 1999 })
    expect(await of('COMPLETED', part('9RF1', 'FAILED'))).toMatchObject({ status: 'captured', refunded: 0 })
  })

  it('takes a refund back that fails later', async () => {
    const of = (status: string) =>
      lookUp(
        makeOrder('COMPLETED', { captures: [part('3CA1', 'COMPLETED')], refunds: [part('9RF1', status)] }),
      )
    expect(await of('COMPLETED')).toMatchObject({ status: 'refunded', refunded: 1999 })
    expect(await of('FAILED')).toMatchObject({
      status: 'captured',
      refunded: 0,
      operations: [{ kind: 'capture' }, { kind: 'refund', status: 'failed' }],
    })
  })

  it('is in review while PayPal reviews it', async () => {
    const reason = { status_details: { reason: 'PENDING_REVIEW' } }
    expect(
      await lookUp(makeOrder('COMPLETED', { captures: [part('3CA1', 'PENDING', reason)] })),
    ).toMatchObject({
      status: 'processing',
      review: 'open',
      facts: { capture_reason: 'PENDING_REVIEW' },
    })
  })

  it('keeps how it was paid, and no name, number or address', async () => {
    const payment = await lookUp(
      makeOrder(
        'COMPLETED',
        {
          captures: [part('3CA1', 'COMPLETED', { network_transaction_reference: { id: '016150703802094' } })],
        },
        {
          payment_source: {
            card: {
              name: 'Jane Doe',
              number: '4111111111111111',
              last_digits: '1111',
              brand: 'VISA',
              expiry: '2034-12',
              bin_details: { bin: '411111', bin_country_code: 'de' },
              authentication_result: {
                liability_shift: 'POSSIBLE',
                three_d_secure: { authentication_status: 'Y', enrollment_status: 'Y' },
              },
            },
          },
          payer: { email_address: 'jane@example.com' },
        },
      ),
    )
    expect(payment).toMatchObject({
      method: { kind: 'card', name: 'card', brand: 'VISA', last4: '1111', country: 'DE' },
      authentication: { status: 'Y' },
      trace: { networkTransactionId: '016150703802094' },
      facts: { liability_shift: 'POSSIBLE', enrollment_status: 'Y' },
    })
    expect(JSON.stringify(payment)).not.toMatch(/Jane|jane|411111|2034/)
  })

  it.each(paypalMethodTypes)('names the method %s', async (type) => {
    const { method } = await lookUp(makeOrder('CREATED', undefined, { payment_source: { [type]: {} } }))
    expect(method).toMatchObject({ name: type })
  })

  it('reads the card of a wallet', async () => {
    const apple_pay = { card: { brand: 'MASTERCARD', last_digits: '4444' } }
    const { method } = await lookUp(makeOrder('CREATED', undefined, { payment_source: { apple_pay } }))
    expect(method).toEqual({ kind: 'wallet', name: 'apple_pay', brand: 'MASTERCARD', last4: '4444' })
  })

  it('sends the shopper to PayPal only by http(s)', async () => {
    const of = (href: string) =>
      lookUp(makeOrder('PAYER_ACTION_REQUIRED', undefined, { links: [{ rel: 'payer-action', href }] }))
    expect((await of('https://www.paypal.com/checkoutnow?token=5TY1')).action).toEqual({
      kind: 'redirect',
      url: 'https://www.paypal.com/checkoutnow?token=5TY1',
    })
    expect(await of('javascript:alert(1)')).not.toHaveProperty('action')
  })
})
