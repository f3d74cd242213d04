import type { ShopperAction } from '@payment-status/core'
import { describe, expect, it } from 'vitest'
import { toAction } from '../src/action.ts'
import { createStripe, stripeNextActionTypes } from '../src/index.ts'
import { toMoney } from '../src/money.ts'
import { makeCharge, makeIntent, withCode } from './helpers.ts'

const read = async (facts: object) => (await createStripe().readResponse(makeIntent(facts))).payment

describe('a payment', () => {
  it('states what its intent states', async () => {
    expect(await read({ latest_charge: makeCharge({ amount_refunded: 500 }) })).toEqual({
      provider: 'stripe',
      id: 'pi_madeHere',
      reference: 'order-1',
      status: 'partially_refunded',
      amount: { amount: 2500, currency: 'EUR' },
      captured: 2500,
      refunded: 500,
      operations: [{ id: 'ch_madeHere', kind: 'payment', status: 'succeeded', amount: 2500 }],
      createdAt: '2026-03-02T10:15:30.000Z',
      facts: {
        status: 'succeeded',
        amount: 2500,
        amount_received: 2500,
        cancellation_reason: null,
        amount_captured: 2500,
        amount_refunded: 500,
      },
    })
  })

  it('states no refunds where the charge is an id', async () => {
    expect(await read({})).not.toHaveProperty('refunded')
    expect(await read({ latest_charge: null })).not.toHaveProperty('refunded')
    expect(await read({ latest_charge: makeCharge() })).toHaveProperty('refunded', 0)
  })

  it('states no refunds where nothing was taken', async () => {
    const canceled = {
      status: 'canceled',
      amount_received: 0,
      latest_charge: makeCharge({ amount_refunded: 2500 }),
    }
    const payment = await read(canceled)
    expect(payment.status).toBe('canceled')
    expect(payment).not.toHaveProperty('refunded')
    expect(payment.captured).toBe(0)
  })

  it('states what is authorized while it is held', async () => {
    const held = { status: 'requires_capture', amount_received: 0, amount_capturable: 2400 }
    expect(await read(held)).toMatchObject({ status: 'authorized', authorized: 2400, captured: 0 })
    // With several captures, what was captured and what is still held.
    expect(await read({ ...held, amount_received: 100 })).toMatchObject({ authorized: 2500, captured: 100 })
    expect(await read({ ...held, amount_capturable: 2500, amount_received: 100 })).toMatchObject({
      authorized: 2500,
    })
    expect(await read({ ...held, amount_capturable: undefined })).not.toHaveProperty('authorized')
    // A final capture in part releases the rest.
    expect(await read({ amount_received: 1000 })).toMatchObject({
      status: 'partially_captured',
      authorized: 1000,
    })
    expect(await read({})).not.toHaveProperty('authorized')
  })

  it('has a dispute whose status the charge does not state', async () => {
    expect(await read({ latest_charge: makeCharge({ disputed: true }) })).toMatchObject({
      status: 'captured',
      dispute: { status: 'unknown' },
    })
    expect(await read({ latest_charge: makeCharge() })).not.toHaveProperty('dispute')
  })

  it('has a decline only while it is open', async () => {
    const last_payment_error = { type: 'card_error', code: 'card_declined', decline_code: 'expired_card' }
    const facts = { amount_received: 0, last_payment_error }
    expect(await read({ ...facts, status: 'requires_payment_method' })).toMatchObject({
      status: 'open',
      decline: { code: 'expired_card', reason: 'card_expired' },
    })
    for (const status of ['requires_action', 'processing', 'canceled', 'requires_capture']) {
      expect(await read({ ...facts, status })).not.toHaveProperty('decline')
    }
    expect(await read({ last_payment_error })).not.toHaveProperty('decline')
  })

  it('keeps an unlisted word in its facts', async () => {
    const payment = await read({ status: 'teleported' })
    expect(payment).toMatchObject({ status: 'unknown', facts: { status: 'teleported' } })
  })

  it('reads its reference under the configured key only', async () => {
    const metadata = { order_id: 'a', 'Order No': 'b', empty: '', number: 7 }
    const readWith = async (referenceKey: string) =>
      (await createStripe({ referenceKey }).readResponse(makeIntent({ metadata }))).payment.reference
    expect(await readWith('order_id')).toBe('a')
    expect(await readWith('Order No')).toBe('b')
    expect(await readWith('empty')).toBeUndefined()
    expect(await readWith('constructor')).toBeUndefined()
    expect(await readWith('toString')).toBeUndefined()
    await expect(readWith('number')).rejects.toMatchObject({
      ...withCode('invalid_payload'),
      issues: [{ path: 'metadata.number', expected: 'a text' }],
    })
    expect(await read({ metadata: null })).not.toHaveProperty('reference')
  })

  it('ignores fields it does not read', async () => {
    expect(await read({ metadata: { other: 1, order_id: 'x' }, charges: 'a', processing: 7 })).toHaveProperty(
      'reference',
      'x',
    )
  })

  it.each([
    { id: 'ch_1' },
    { id: 'pi_1_secret_2' },
    { id: 7 },
    { status: null },
    { amount: -1 },
    { amount: 0.5 },
    { amount: 2 ** 53 },
    { amount: '2500' },
    { amount: null },
    { amount_received: -1 },
    { amount_received: 1.5 },
    { status: 'requires_capture', amount_received: 0, amount_capturable: -1 },
    { status: 'requires_capture', amount_received: 0, amount_capturable: '' },
    { currency: 'xxx' },
    { currency: '' },
    { currency: null },
    { latest_charge: 7 },
    { latest_charge: makeCharge({ amount_refunded: -1 }) },
    { latest_charge: makeCharge({ amount_refunded: '0' }) },
    { latest_charge: makeCharge({ amount_captured: 0.1 }) },
    { latest_charge: makeCharge({ disputed: 'no' }) },
  ])('is refused with %o', async (facts) => {
    await expect(read(facts)).rejects.toMatchObject(withCode('invalid_payload'))
  })
})

/** API versions before 2022-11-15 list the latest charge under `charges`, and count what a capture in part released as refunded. */
describe('the charges of an older API version', () => {
  const former = (charge: object, facts = {}) => ({
    latest_charge: undefined,
    charges: { object: 'list', data: [makeCharge({ amount: 2500, ...charge })] },
    ...facts,
  })
  it.each([
    ['captured in full', former({}), { status: 'captured', captured: 2500, refunded: 0 }],
    ['refunded', former({ amount_refunded: 2500 }), { status: 'refunded', refunded: 2500 }],
    [
      'captured in part',
      former({ amount_captured: 1000, amount_refunded: 1500 }, { amount_received: 1000 }),
      { status: 'partially_captured', captured: 1000, refunded: 0 },
    ],
    [
      'captured in part and refunded in part',
      former({ amount_captured: 1000, amount_refunded: 1900 }, { amount_received: 1000 }),
      { status: 'partially_refunded', captured: 1000, refunded: 400 },
    ],
    [
      'listed with the id of the latest charge',
      former({}, { latest_charge: 'ch_2' }),
      { status: 'captured' },
    ],
    [
      'not listed',
      { latest_charge: undefined, charges: { data: [] } },
      { status: 'captured', captured: 2500 },
    ],
    ['unreadable', { latest_charge: undefined, charges: 7 }, { status: 'captured', captured: 2500 }],
  ])('are read where it was %s', async (_, facts, payment) => {
    expect(await read(facts)).toMatchObject(payment)
  })
})

it('captured what its charge captured where it does not state what it received', async () => {
  const facts = { amount_received: undefined, latest_charge: makeCharge({ amount_captured: 1000 }) }
  expect(await read(facts)).toMatchObject({ status: 'partially_captured', captured: 1000, authorized: 1000 })
})

describe('an odd field that decides nothing', () => {
  it.each([
    { next_action: '' },
    { next_action: [] },
    { next_action: { type: 7 } },
    { last_payment_error: '' },
    { last_payment_error: 'card_declined' },
    { last_payment_error: { code: 7 } },
    { cancellation_reason: 7 },
    { amount_capturable: '' },
    { amount_capturable: -1 },
    { metadata: '' },
    { metadata: 7 },
    { created: 'yesterday' },
    { created: -1 },
    { created: 1e15 },
    {
      latest_charge: makeCharge({
        payment_method_details: '',
        created: 'soon',
        refunds: { data: [{ id: 're_1', amount: 0, reason: 7 }] },
      }),
    },
    ...['', '2500', -1, 25.5, 1e21, true, {}].flatMap((odd) => [
      { latest_charge: makeCharge({ amount: odd }) },
      { latest_charge: makeCharge({ refunds: { data: [{ id: 're_1', status: 'canceled', amount: odd }] } }) },
    ]),
    ...['', 7, {}].map((odd) => ({ latest_charge: makeCharge({ id: odd, captured: odd }) })),
  ])('leaves a paid intent readable: %o', async (facts) => {
    expect(await read(facts)).toMatchObject({ status: 'captured', captured: 2500 })
  })

  it.each([{ next_action: '' }, { next_action: { type: 7 } }])('is no action: %o', async (facts) => {
    const payment = await read({ status: 'requires_action', amount_received: 0, ...facts })
    expect(payment.status).toBe('requires_action')
    expect(payment).not.toHaveProperty('action')
  })

  it('is no reason to cancel for', async () => {
    expect(
      await read({ status: 'canceled', amount_received: 0, cancellation_reason: ['expired'] }),
    ).toMatchObject({
      status: 'canceled',
      facts: { cancellation_reason: null },
    })
  })
})

describe('what the merchant has to do', () => {
  const unconfirmed = { status: 'requires_confirmation', amount_received: 0 }
  it('is to confirm an intent that requires confirmation', async () => {
    expect(await read(unconfirmed)).toMatchObject({ status: 'processing', awaits: 'merchant' })
  })

  it.each([
    { status: 'processing', amount_received: 0 },
    { status: 'requires_payment_method', amount_received: 0 },
    { ...unconfirmed, amount_received: 1 },
    {},
  ])('is nothing for %o', async (facts) => {
    expect(await read(facts)).not.toHaveProperty('awaits')
  })
})

describe('a review', () => {
  it.each([
    ['prv_1', 'open'], // an id does not state whether it is closed
    [{ id: 'prv_1', open: true, closed_reason: null }, 'open'],
    [{ id: 'prv_1', open: false, closed_reason: 'approved' }, 'closed'],
    [null, undefined],
    ['', undefined],
    [undefined, undefined],
  ])('%o is %s', async (review, stated) => {
    expect((await read({ review })).review).toBe(stated)
  })

  it('keeps the reason it was closed for', async () => {
    const review = { id: 'prv_1', open: false, closed_reason: 'refunded_as_fraud' }
    expect(await read({ review })).toMatchObject({ facts: { review_closed_reason: 'refunded_as_fraud' } })
  })

  it.each([7, {}, { open: 'no' }])('is refused where it is %o', async (review) => {
    await expect(read({ review })).rejects.toMatchObject(withCode('invalid_payload'))
  })
})

describe('toMoney', () => {
  const context = { provider: 'stripe', path: 'amount' }
  it.each([
    ['eur', 2500, 2500],
    ['EUR', 2500, 2500],
    ['jpy', 2500, 2500],
    ['krw', 2500, 2500],
    ['kwd', 2500, 2500],
    ['isk', 2500, 25],
    ['ugx', 100, 1],
    ['isk', 0, 0],
    ['mga', 25, 2500],
    ['huf', 2500, 2500],
    ['twd', 2500, 2500],
  ])('%s %i is %i', (currency, theirs, ours) => {
    expect(toMoney(theirs, currency, context)).toEqual({ amount: ours, currency: currency.toUpperCase() })
  })

  it.each([
    ['isk', 2501],
    ['ugx', 50],
    ['mga', Number.MAX_SAFE_INTEGER],
    ['mga', -1],
    ['zzz', 1],
    ['std', 1], // in Stripe's list of currencies and not in ISO 4217
  ])('refuses %s %i', (currency, amount) => {
    expect(() => toMoney(amount, currency, context)).toThrow(/expected amount: /)
  })

  it('converts every amount of a payment alike', async () => {
    const charge = makeCharge({ amount_captured: 250_000, amount_refunded: 100 })
    const isk = { currency: 'isk', amount: 250_000, amount_received: 250_000, latest_charge: charge }
    expect(await read(isk)).toMatchObject({
      status: 'partially_refunded',
      amount: { amount: 2500, currency: 'ISK' },
      captured: 2500,
      refunded: 1,
    })
    await expect(read({ ...isk, amount_received: 249_950 })).rejects.toMatchObject({
      issues: [{ path: 'amount_received' }],
    })
  })
})

describe('toAction', () => {
  const url = 'https://pay.example/a'
  const expires = 1_772_705_730
  const expiresAt = '2026-03-05T10:15:30.000Z'
  const sdk = { kind: 'sdk' } as const
  const qrCode = (facts: object): ShopperAction => ({ kind: 'show', what: 'qr_code', ...facts })
  const voucher = (facts: object): ShopperAction => ({ kind: 'show', what: 'voucher', ...facts })
  const hostedQrCode = [
    { hosted_instructions_url: url, data: '000201' },
    qrCode({ url, text: '000201' }),
  ] as const
  const qrCodePicture = [
    {
      hosted_instructions_url: url,
      mobile_auth_url: 'x:y',
      qr_code: { expires_at: expires, image_url_png: 'https://a.b/c.png' },
    },
    qrCode({ url, expiresAt }),
  ] as const

  const rows: Record<string, readonly [details: unknown, action: ShopperAction | undefined]> = {
    redirect_to_url: [
      { url, return_url: 'https://shop.example' },
      { kind: 'redirect', url },
    ],
    use_stripe_sdk: [{ type: 'three_d_secure_redirect', stripe_js: 'x' }, sdk],
    alipay_handle_redirect: [
      { url, native_url: null },
      { kind: 'redirect', url },
    ],
    blik_authorize: [{}, sdk],
    card_await_notification: [{ charge_attempt_at: 1 }, sdk],
    verify_with_microdeposits: [{ hosted_verification_url: url }, { kind: 'redirect', url }],
    wechat_pay_redirect_to_android_app: [{ app_id: 'a' }, sdk],
    wechat_pay_redirect_to_ios_app: [{ native_url: 'weixin://a' }, sdk],
    boleto_display_details: [
      { hosted_voucher_url: url, expires_at: expires, number: '0123', pdf: null },
      voucher({ url, expiresAt, text: '0123' }),
    ],
    konbini_display_details: [
      {
        hosted_voucher_url: url,
        expires_at: expires,
        stores: {
          familymart: { payment_code: '113-7489-1', confirmation_number: '401-3937-6464' },
          lawson: { payment_code: '111-2222' },
          ministop: null,
        },
      },
      voucher({
        url,
        expiresAt,
        text: 'familymart: 113-7489-1, confirmation number 401-3937-6464\nlawson: 111-2222',
      }),
    ],
    multibanco_display_details: [
      { hosted_voucher_url: url, expires_at: null, entity: '12345', reference: '999 999 999' },
      voucher({ url, text: 'entity: 12345\nreference: 999 999 999' }),
    ],
    oxxo_display_details: [
      { hosted_voucher_url: url, expires_after: expires, number: '0123' },
      voucher({ url, expiresAt, text: '0123' }),
    ],
    display_bank_transfer_instructions: [
      {
        hosted_instructions_url: url,
        amount_remaining: 1,
        currency: 'eur',
        reference: 'R',
        financial_addresses: [
          {
            type: 'iban',
            supported_networks: ['sepa'],
            iban: { iban: 'DE00', bic: 'ABC', account_holder_name: 'Shop', bank_address: { country: 'DE' } },
          },
          { type: 'sort_code', sort_code: { sort_code: '108800', account_number: '0001' } },
          { type: 'invented_tomorrow' },
        ],
      },
      {
        kind: 'show',
        what: 'bank_details',
        url,
        text: [
          'reference: R\namount_remaining: 0.01 EUR',
          'iban: DE00\nbic: ABC\naccount_holder_name: Shop',
          'sort_code: 108800\naccount_number: 0001',
        ].join('\n\n'),
      },
    ],
    klarna_display_qr_code: [
      { data: 'd', expires_at: expires, image_url_png: url, image_url_svg: 'x' },
      qrCode({ url, text: 'd', expiresAt }),
    ],
    paynow_display_qr_code: hostedQrCode,
    pix_display_qr_code: [
      { ...hostedQrCode[0], expires_at: expires },
      qrCode({ url, text: '000201', expiresAt }),
    ],
    promptpay_display_qr_code: hostedQrCode,
    wechat_pay_display_qr_code: hostedQrCode,
    cashapp_handle_redirect_or_display_qr_code: [
      {
        hosted_instructions_url: url,
        mobile_auth_url: 'https://cash.example/a',
        qr_code: { expires_at: expires, image_url_png: 'https://a.b/c.png' },
      },
      qrCode({ url, text: 'https://cash.example/a', expiresAt }),
    ],
    swish_handle_redirect_or_display_qr_code: [
      {
        hosted_instructions_url: url,
        mobile_auth_url: 'https://swish.example/a',
        qr_code: { data: 'D0123', expires_at: expires, image_url_png: 'https://a.b/c.png' },
      },
      qrCode({ url, text: 'D0123', expiresAt }),
    ],
    upi_handle_redirect_or_display_qr_code: qrCodePicture,
    // unlisted types
    bizum_display_qr_code: [{ qr_code: { image_url_png: url } }, qrCode({ url })],
    bizum_display_details: [{ hosted_voucher_url: url }, sdk],
    bizum_authorize: [{}, sdk],
  }

  it.each(Object.entries(rows))('%s', (type, [details, action]) => {
    expect(toAction({ type, [type]: details })).toEqual(action)
  })

  it('has a row for every type', () => {
    expect(Object.keys(rows)).toEqual(expect.arrayContaining([...stripeNextActionTypes]))
  })

  it.each(['javascript:alert(1)', 'data:text/html,x', 'myapp://pay', '', 'not a url', null, 7])(
    'keeps no redirect to %j',
    (bad) => {
      expect(toAction({ type: 'redirect_to_url', redirect_to_url: { url: bad } })).toBeUndefined()
      expect(
        toAction({ type: 'oxxo_display_details', oxxo_display_details: { hosted_voucher_url: bad } }),
      ).toEqual(voucher({}))
    },
  )

  it.each([undefined, null, 7, 'x', []])('reads %j as no details', (details) => {
    expect(toAction({ type: 'redirect_to_url', redirect_to_url: details })).toBeUndefined()
    expect(toAction({ type: 'pix_display_qr_code', pix_display_qr_code: details })).toEqual(qrCode({}))
  })

  it('belongs only to a payment that waits for the shopper', async () => {
    const next_action = { type: 'redirect_to_url', redirect_to_url: { url } }
    expect(await read({ status: 'requires_action', amount_received: 0, next_action })).toMatchObject({
      status: 'requires_action',
      action: { kind: 'redirect', url },
    })
    expect(await read({ next_action })).not.toHaveProperty('action')
    expect(await read({ status: 'requires_action', next_action: null })).not.toHaveProperty('action')
  })
})

it.each([
  [
    'a boleto without a page has its PDF',
    'boleto_display_details',
    { hosted_voucher_url: null, pdf: 'https://a.b/pdf', number: '7' },
    { url: 'https://a.b/pdf', text: '7' },
  ],
  [
    'a transfer in an unlisted currency has no amount',
    'display_bank_transfer_instructions',
    { reference: 'R', amount_remaining: 1, currency: 'zzz' },
    { text: 'reference: R' },
  ],
  [
    'a transfer in yen has no decimals',
    'display_bank_transfer_instructions',
    { amount_remaining: 2500, currency: 'jpy' },
    { text: 'amount_remaining: 2500 JPY' },
  ],
  [
    'a code without a page has the link into the app',
    'cashapp_handle_redirect_or_display_qr_code',
    { mobile_auth_url: 'https://a.b/app' },
    { url: 'https://a.b/app', text: 'https://a.b/app' },
  ],
])('%s', (_, type, details, action) => {
  expect(toAction({ type, [type]: details })).toMatchObject({ kind: 'show', ...action })
})

describe('how a payment was paid', () => {
  const visa = {
    brand: 'visa',
    last4: '4242',
    country: 'US',
    exp_month: 12,
    exp_year: 2034,
    fingerprint: 'f',
    iin: '424242',
    issuer: 'A Bank',
    authorization_code: '000123',
    network_transaction_id: '104102978678771',
    three_d_secure: { electronic_commerce_indicator: '05', version: '2.2.0', result: 'authenticated' },
    wallet: null,
  }
  const details = (type: string, facts: unknown) => ({ payment_method_details: { type, [type]: facts } })
  const readWith = (charge: object, facts = {}) => read({ latest_charge: makeCharge(charge), ...facts })

  it('is read from the expanded charge', async () => {
    expect(await readWith(details('card', visa))).toMatchObject({
      method: { kind: 'card', name: 'card', brand: 'visa', last4: '4242', country: 'US' },
      authentication: { eci: '05', version: '2.2.0', status: 'authenticated' },
      trace: { authorizationCode: '000123', networkTransactionId: '104102978678771' },
    })
  })

  it.each<[type: string, facts: unknown, method: object]>([
    [
      'card',
      { ...visa, wallet: { type: 'apple_pay' } },
      { kind: 'wallet', name: 'apple_pay', brand: 'visa' },
    ],
    ['card_present', { ...visa, receipt: { authorization_code: 'A1' } }, { kind: 'card', last4: '4242' }],
    ['mobilepay', { card: visa }, { kind: 'wallet', name: 'mobilepay', brand: 'visa', last4: '4242' }],
    ['revolut_pay', { funding: { type: 'card', card: visa } }, { kind: 'wallet', brand: 'visa' }],
    [
      'ideal',
      { iban_last4: '1234', verified_name: 'J' },
      { kind: 'bank_redirect', name: 'ideal', last4: '1234' },
    ],
    ['sepa_debit', { country: 'DE', last4: '3000' }, { kind: 'bank_transfer', country: 'DE', last4: '3000' }],
    ['customer_balance', {}, { kind: 'bank_transfer', name: 'customer_balance' }],
    ['oxxo', { number: '01234567890123' }, { kind: 'voucher', name: 'oxxo' }],
    [
      'klarna',
      { payer_details: { address: { country: 'SE' } } },
      { kind: 'buy_now_pay_later', name: 'klarna' },
    ],
    ['invented_tomorrow', undefined, { kind: 'other', name: 'invented_tomorrow' }],
    ['card', 7, { kind: 'card', name: 'card' }],
  ])('knows how %s with %o was paid', async (type, facts, method) => {
    const payment = await readWith(details(type, facts))
    expect(payment.method).toMatchObject(method)
    expect(Object.keys(payment.method ?? {})).not.toContain('issuer')
    expect(JSON.stringify(payment)).not.toMatch(/2034|424242|01234567890123|A Bank/)
  })

  it('finds the authorization code where Stripe puts it', async () => {
    const receipt = details('card_present', { receipt: { authorization_code: 'R1' } })
    expect(await readWith(receipt)).toMatchObject({ trace: { authorizationCode: 'R1' } })
    expect(await readWith({ ...receipt, authorization_code: 'C1' })).toMatchObject({
      trace: { authorizationCode: 'C1' },
    })
    expect(await readWith(details('ideal', {}))).not.toHaveProperty('trace')
  })

  it('is not stated for an attempt that failed, which leaves its operation', async () => {
    const failed = {
      status: 'failed',
      captured: false,
      amount: 2500,
      created: 1_772_446_530,
      ...details('card', visa),
    }
    const payment = await readWith(failed, { status: 'requires_payment_method', amount_received: 0 })
    expect(payment.operations).toEqual([
      { id: 'ch_madeHere', kind: 'payment', status: 'failed', amount: 2500, at: '2026-03-02T10:15:30.000Z' },
    ])
    for (const member of ['method', 'authentication', 'trace']) expect(payment).not.toHaveProperty(member)
  })

  it('is not stated where the charge is an id, or holds nothing of it', async () => {
    for (const payment of [await read({}), await readWith({ id: undefined })]) {
      for (const member of ['method', 'authentication', 'trace', 'operations'])
        expect(payment).not.toHaveProperty(member)
    }
  })

  it('states until when held funds can be captured, while they are held', async () => {
    const held = {
      captured: false,
      amount_captured: 0,
      ...details('card', { capture_before: 1_773_051_330 }),
    }
    const facts = { status: 'requires_capture', amount_received: 0, amount_capturable: 2500 }
    const payment = await readWith({ amount: 2500, ...held }, facts)
    expect(payment).toMatchObject({
      status: 'authorized',
      authorizationExpiresAt: '2026-03-09T10:15:30.000Z',
      operations: [{ kind: 'authorization', status: 'succeeded', amount: 2500 }],
    })
    expect(await readWith({ amount: 2500, ...held }, { ...facts, amount_received: 1000 })).toMatchObject({
      status: 'partially_captured',
      authorizationExpiresAt: '2026-03-09T10:15:30.000Z',
    })
    expect(await readWith(held)).not.toHaveProperty('authorizationExpiresAt')
  })

  it('has the refunds expanded with the charge, oldest first', async () => {
    const refund = (id: string, status: string, created: number, facts = {}) => ({
      id,
      status,
      amount: 100,
      created,
      ...facts,
    })
    const data = [
      refund('re_5', 'invented_tomorrow', 50),
      refund('re_4', 'canceled', 40),
      refund('re_3', 'requires_action', 30),
      refund('re_2', 'pending', 20, { reason: 'expired_uncaptured_charge' }),
      refund('re_1', 'succeeded', 10),
    ]
    const { operations } = await readWith({ created: 1, amount_refunded: 100, refunds: { data } })
    expect(operations?.map(({ id, kind, status }) => [id, kind, status])).toEqual([
      ['ch_madeHere', 'payment', 'succeeded'],
      ['re_1', 'refund', 'succeeded'],
      ['re_2', 'void', 'pending'],
      ['re_3', 'refund', 'pending'],
      ['re_4', 'refund', 'failed'],
      ['re_5', 'refund', 'unknown'],
    ])
  })

  it('converts the amounts of operations like those of the payment', async () => {
    const refunds = { data: [{ id: 're_1', amount: 100, status: 'succeeded' }] }
    const isk = { currency: 'isk', amount: 250_000, amount_received: 250_000 }
    const charge = { amount_captured: 250_000, amount_refunded: 100, refunds }
    expect((await readWith(charge, isk)).operations).toMatchObject([{ amount: 2500 }, { amount: 1 }])
    // An odd amount of one refund is not stated: what was refunded is the charge's own sum.
    const odd = { ...charge, refunds: { data: [{ id: 're_1', amount: -1 }] } }
    expect((await readWith(odd, isk)).operations?.at(-1)).toEqual({
      id: 're_1',
      kind: 'refund',
      status: 'unknown',
    })
  })
})
