import { createCheckoutCom, signWebhook } from '@payment-status/checkout-com'
import { describe, expect, it } from 'vitest'
import { collect, connect, makeId, makePayment, paymentId, webhookSecret } from './make.ts'

const card = {
  id: 'src_5rhdhpjvsyaednudqsxpozxdte',
  type: 'card',
  billing_address: { address_line1: '1 Some Street', city: 'London', zip: 'W1T 4TJ', country: 'GB' },
  expiry_month: 6,
  expiry_year: 2029,
  name: 'Jane Doe',
  scheme: 'Visa',
  last4: '4242',
  fingerprint: '038243847473D6ABE9CDF2E1E812A656CC71C3A5552C09CB3D1FE6E3AC676C84',
  bin: '424242',
  issuer_country: 'US',
}

async function look(changes: object, config = {}) {
  const { checkout } = connect(() => makePayment({ ...changes }), config)
  return checkout.lookup(paymentId)
}

const methodOf = async (source: unknown) => (await look({ source })).payment.method

describe('how the shopper paid', () => {
  it('is stated without the number, the expiry, and the name and address of a person', async () => {
    expect(await methodOf(card)).toEqual({
      kind: 'card',
      name: 'card',
      brand: 'Visa',
      last4: '4242',
      country: 'US',
    })
  })

  it.each([
    [
      'applepay',
      { ...card, card_wallet_type: 'applepay' },
      { kind: 'wallet', name: 'applepay', last4: '4242' },
    ],
    ['a network token', { ...card, type: 'network_token' }, { kind: 'card', name: 'network_token' }],
    ['iDEAL', { type: 'ideal', bic: 'INGBNL2A' }, { kind: 'bank_redirect', name: 'ideal' }],
    ['Klarna', { type: 'klarna' }, { kind: 'buy_now_pay_later', name: 'klarna' }],
    ['SEPA', { type: 'sepa', id: 'src_x' }, { kind: 'bank_transfer', name: 'sepa' }],
    ['Multibanco', { type: 'multibanco', payment_country: 'PT' }, { kind: 'voucher', country: 'PT' }],
    ['PayPal', { type: 'PayPal' }, { kind: 'wallet', name: 'PayPal' }],
    ['something new', { type: 'telepathy' }, { kind: 'other', name: 'telepathy' }],
  ])('is stated for %s', async (_, source, wanted) => {
    expect(await methodOf(source)).toMatchObject(wanted)
  })

  it.each([undefined, null, 'card', 7, [], {}, { type: 7 }, { type: '' }])(
    'is absent for a source like %j, and the payment is still read',
    async (source) => expect(await methodOf(source)).toBe(undefined),
  )

  it('is the same from a webhook, which spells it in another way', async () => {
    const { last4, ...rest } = card
    const data = {
      id: paymentId,
      amount: 2500,
      currency: 'EUR',
      source: { ...rest, scheme: 'VISA', last_4: last4 },
    }
    const body = JSON.stringify({ id: 'evt_1', type: 'payment_approved', data })
    const checkout = createCheckoutCom({ webhookSecrets: webhookSecret })
    const event = await checkout.readWebhook(await signWebhook(body, webhookSecret))
    expect(event.kind === 'payment' && event.report.payment.method).toEqual(await methodOf(card))
  })
})

describe('what a bank asks for', () => {
  it('has the numbers of the authorization and the capture', async () => {
    const { payment } = await look({
      auth_code: '643381',
      scheme_id: '956063208697024',
      processing: { acquirer_reference_number: '10754814874042406789848' },
      eci: '05',
      '3ds': { version: '2.1.0', authentication_response: 'Y', cryptogram: 'x', xid: 'y' },
    })
    expect(payment.trace).toEqual({
      authorizationCode: '643381',
      networkTransactionId: '956063208697024',
      acquirerReference: '10754814874042406789848',
    })
    expect(payment.authentication).toEqual({ eci: '05', version: '2.1.0', status: 'Y' })
  })

  it('is taken from the newest action where the payment does not state it, and never from a refund', async () => {
    const actions = [
      { id: 'act_3', type: 'Refund', auth_code: 'refund', processing: { acquirer_reference_number: '333' } },
      { id: 'act_2', type: 'Capture', auth_code: '983647', processing: { acquirer_reference_number: '222' } },
      { id: 'act_1', type: 'Authorization', auth_code: '111111' },
    ]
    const { trace } = (await look({ actions })).payment
    expect(trace).toEqual({ authorizationCode: '983647', acquirerReference: '222' })
  })

  it('of a refund is not the payment’s', async () => {
    const data = {
      id: paymentId,
      amount: 100,
      currency: 'EUR',
      balances: { total_authorized: 2500, total_captured: 2500, total_refunded: 100 },
      processing: { acquirer_reference_number: '333' },
    }
    const checkout = createCheckoutCom({ webhookSecrets: webhookSecret })
    const of = async (type: string, balances: object = data.balances) => {
      const body = JSON.stringify({ id: 'evt_1', type, data: { ...data, balances } })
      const event = await checkout.readWebhook(await signWebhook(body, webhookSecret))
      return event.kind === 'payment' ? event.report.payment.trace : 'recheck'
    }
    expect(await of('payment_refunded')).toBe(undefined)
    expect(await of('payment_captured', { ...data.balances, total_refunded: 0 })).toEqual({
      acquirerReference: '333',
    })
  })
})

describe('held funds', () => {
  it('can be captured until the stated moment, while they are held', async () => {
    const expires_on = '2026-03-09T10:15:30.079866Z'
    const held = (await look({ status: 'Authorized', expires_on })).payment
    expect(held.authorizationExpiresAt).toBe('2026-03-09T10:15:30.079Z')
    for (const changes of [
      { status: 'Captured', expires_on },
      { status: 'Authorized', expires_on: 'soon' },
    ]) {
      expect((await look(changes)).payment).not.toHaveProperty('authorizationExpiresAt')
    }
  })
})

describe('the operations of a payment', () => {
  const action = (id: string, changes: object) => ({ id, response_code: '10000', ...changes })

  it('are its actions, oldest first', async () => {
    const actions = [
      action('act_refund', { type: 'Refund', amount: 100, response_code: '50001' }),
      action('act_void', { type: 'Void', response_code: undefined, approved: false }),
      action('act_capture', { type: 'Capture', amount: 2500, processed_on: '2026-03-02T10:16:00.1234567Z' }),
      action('act_authorization', { type: 'Authorization' }),
    ]
    expect((await look({ actions })).payment.operations).toEqual([
      { id: 'act_authorization', kind: 'authorization', status: 'succeeded' },
      {
        id: 'act_capture',
        kind: 'capture',
        status: 'succeeded',
        amount: 2500,
        at: '2026-03-02T10:16:00.123Z',
      },
      { id: 'act_void', kind: 'void', status: 'failed' },
      { id: 'act_refund', kind: 'refund', status: 'failed', amount: 100 },
    ])
  })

  it('are stated once for each id, with the current status', async () => {
    const actions = [
      action('act_1', { type: 'Authorization', response_code: undefined, status: 'Approved' }),
      action('act_1', { type: 'Authorization', response_code: undefined, status: 'Pending' }),
    ]
    expect((await look({ actions })).payment.operations).toEqual([
      { id: 'act_1', kind: 'authorization', status: 'succeeded' },
    ])
    expect((await look({ actions: actions.slice(1) })).payment.operations).toMatchObject([
      { status: 'pending' },
    ])
  })

  it('leave out an amount or a time that is not valid, and the payment is still read', async () => {
    for (const amount of [-1, 0.5, '2500', 2 ** 53]) {
      const actions = [
        action('act_1', { type: 'Teleported', amount, processed_on: '2026-03-02T10:3448464Z' }),
      ]
      expect((await look({ actions })).payment.operations).toEqual([
        { id: 'act_1', kind: 'other', status: 'succeeded' },
      ])
    }
    const actions = [action('act_1', { type: 'Capture', amount: 250000 })]
    const { operations } = (await look({ actions, currency: 'CLP', amount: 250000 })).payment
    expect(operations).toMatchObject([{ amount: 2500 }])
  })

  it('are left out where the list is empty, where only a search shows them, and for other objects', async () => {
    expect((await look({ actions: [] })).payment).not.toHaveProperty('operations')
    const others = [action('sid_x', { type: 'Authentication' }), action('dsp_x', { type: 'Dispute' })]
    expect((await look({ actions: others })).payment).not.toHaveProperty('operations')
    const row = makePayment({ id: makeId(1), actions: [action('act_1', { type: 'Capture' })] })
    const { checkout } = connect(() => ({ data: [row] }))
    const range = { from: new Date('2026-03-02T00:00:00Z'), to: new Date('2026-03-03T00:00:00Z') }
    const [listed] = await collect(checkout.list(range))
    expect(listed?.payment.id).toBe(makeId(1))
    expect(listed?.payment).not.toHaveProperty('operations')
  })
})

describe("the provider's own object", () => {
  const range = { from: new Date('2026-03-02T00:00:00Z'), to: new Date('2026-03-03T00:00:00Z') }
  const body = makePayment({ source: card })

  async function reportsOf(keepRaw: boolean | undefined) {
    const { checkout } = connect(({ url }) => (url.pathname.includes('pay_') ? body : { data: [body] }), {
      keepRaw,
      webhookSecrets: webhookSecret,
    })
    const event = { id: 'evt_1', type: 'payment_approved', data: { id: paymentId } }
    const read = await checkout.readWebhook(await signWebhook(JSON.stringify(event), webhookSecret))
    const lookups = [await checkout.lookup(paymentId), await checkout.readResponse(body)]
    const pages = [
      ...(await checkout.lookupByReference('order-1001')),
      ...(await collect(checkout.list(range))),
    ]
    return {
      lookups: [...lookups, ...pages],
      webhook: read.kind === 'payment' ? read.report : undefined,
      event,
    }
  }

  it('is in every report where the configuration asks for it', async () => {
    const { lookups, webhook, event } = await reportsOf(true)
    expect(lookups.map(({ raw }) => raw)).toEqual([body, body, body, body])
    expect(webhook?.raw).toEqual(event)
  })

  it('is in none otherwise', async () => {
    for (const keepRaw of [undefined, false]) {
      const { lookups, webhook } = await reportsOf(keepRaw)
      for (const report of [...lookups, webhook]) expect(report).not.toHaveProperty('raw')
    }
  })
})

describe('the clock of the configuration', () => {
  it('dates every report', async () => {
    const at = '2026-03-04T05:06:07.000Z'
    const { checkout } = connect(() => makePayment(), {
      clock: () => Date.parse(at),
      webhookSecrets: webhookSecret,
    })
    const event = JSON.stringify({ id: 'evt_1', type: 'payment_approved', data: { id: paymentId } })
    const read = await checkout.readWebhook(await signWebhook(event, webhookSecret))
    expect([
      (await checkout.lookup(paymentId)).observedAt,
      (await checkout.readResponse(makePayment())).observedAt,
      read.kind === 'payment' && read.report.observedAt,
    ]).toEqual([at, at, at])
  })
})
