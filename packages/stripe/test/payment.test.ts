import type { ShopperAction } from '@payment-status/core'
import { describe, expect, it } from 'vitest'
import { createStripe, stripeNextActionTypes } from '../src/index.ts'
import { toAction, toMoney } from '../src/payment.ts'
import { makeCharge, makeIntent, withCode } from './helpers.ts'

const read = async (facts: object) => (await createStripe().readResponse(makeIntent(facts))).payment

describe('a payment', () => {
  it('says all that its intent says', async () => {
    expect(await read({ latest_charge: makeCharge({ amount_refunded: 500 }) })).toEqual({
      provider: 'stripe',
      id: 'pi_madeHere',
      reference: 'order-1',
      status: 'partially_refunded',
      amount: { amount: 2500, currency: 'EUR' },
      captured: 2500,
      refunded: 500,
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

  it('does not say what was refunded where the charge is an id', async () => {
    expect(await read({})).not.toHaveProperty('refunded')
    expect(await read({ latest_charge: null })).not.toHaveProperty('refunded')
    expect(await read({ latest_charge: makeCharge() })).toHaveProperty('refunded', 0)
  })

  it('says nothing of refunds where nothing was taken', async () => {
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

  it('says what is authorized while it is held', async () => {
    const held = { status: 'requires_capture', amount_received: 0, amount_capturable: 2400 }
    expect(await read(held)).toMatchObject({ status: 'authorized', authorized: 2400, captured: 0 })
    expect(await read({ ...held, amount_received: 100 })).not.toHaveProperty('authorized')
    expect(await read({})).not.toHaveProperty('authorized')
  })

  it('has a dispute beside it, of which the charge tells no more than that', async () => {
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

  it('keeps a word nobody knows in its facts', async () => {
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

  it('does not mind fields it does not read', async () => {
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
    { amount_capturable: -1 },
    { currency: 'xxx' },
    { currency: '' },
    { currency: null },
    { created: 'yesterday' },
    { created: -1 },
    { created: 1e15 },
    { latest_charge: 7 },
    { latest_charge: makeCharge({ amount_refunded: -1 }) },
    { latest_charge: makeCharge({ amount_refunded: '0' }) },
    { latest_charge: makeCharge({ amount_captured: 0.1 }) },
    { latest_charge: makeCharge({ disputed: 'no' }) },
    { last_payment_error: 'card_declined' },
    { next_action: { type: 7 } },
  ])('is refused with %o', async (facts) => {
    await expect(read(facts)).rejects.toMatchObject(withCode('invalid_payload'))
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
    alipay_handle_redirect: [{ url, native_url: null }, sdk],
    blik_authorize: [{}, sdk],
    card_await_notification: [{ charge_attempt_at: 1 }, sdk],
    verify_with_microdeposits: [{ hosted_verification_url: url }, sdk],
    wechat_pay_redirect_to_android_app: [{ app_id: 'a' }, sdk],
    wechat_pay_redirect_to_ios_app: [{ native_url: 'weixin://a' }, sdk],
    boleto_display_details: [
      { hosted_voucher_url: url, expires_at: expires, number: '0123', pdf: null },
      voucher({ url, expiresAt, text: '0123' }),
    ],
    konbini_display_details: [
      { hosted_voucher_url: url, expires_at: expires, stores: {} },
      voucher({ url, expiresAt }),
    ],
    multibanco_display_details: [
      { hosted_voucher_url: url, expires_at: null, entity: '1' },
      voucher({ url }),
    ],
    oxxo_display_details: [
      { hosted_voucher_url: url, expires_after: expires, number: '0123' },
      voucher({ url, expiresAt, text: '0123' }),
    ],
    display_bank_transfer_instructions: [
      { hosted_instructions_url: url, amount_remaining: 1, reference: 'R' },
      { kind: 'show', what: 'bank_details', url },
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
    cashapp_handle_redirect_or_display_qr_code: qrCodePicture,
    swish_handle_redirect_or_display_qr_code: qrCodePicture,
    upi_handle_redirect_or_display_qr_code: qrCodePicture,
    // invented tomorrow
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
    'hands on no redirect to %j',
    (bad) => {
      expect(toAction({ type: 'redirect_to_url', redirect_to_url: { url: bad } })).toBeUndefined()
      expect(
        toAction({ type: 'oxxo_display_details', oxxo_display_details: { hosted_voucher_url: bad } }),
      ).toEqual(voucher({}))
    },
  )

  it.each([undefined, null, 7, 'x', []])('takes %j for no details', (details) => {
    expect(toAction({ type: 'redirect_to_url', redirect_to_url: details })).toBeUndefined()
    expect(toAction({ type: 'pix_display_qr_code', pix_display_qr_code: details })).toEqual(qrCode({}))
  })

  it('belongs to a payment that waits for the shopper, and to no other', async () => {
    const next_action = { type: 'redirect_to_url', redirect_to_url: { url } }
    expect(await read({ status: 'requires_action', amount_received: 0, next_action })).toMatchObject({
      status: 'requires_action',
      action: { kind: 'redirect', url },
    })
    expect(await read({ next_action })).not.toHaveProperty('action')
    expect(await read({ status: 'requires_action', next_action: null })).not.toHaveProperty('action')
  })
})
