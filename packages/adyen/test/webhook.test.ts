import adyenLibrary from '@adyen/api-library'
import { createAdyen, signWebhook } from '@payment-status/adyen'
import type { WebhookEvent } from '@payment-status/core'
import { describe, expect, it } from 'vitest'
import { codeOf, connect, type Fields, makeBody, makeItem, PAYMENT, read, secrets, sign } from './helpers.ts'

const KEY = secrets.webhookSecrets
const { hmacValidator: HmacValidator } = adyenLibrary as unknown as {
  readonly hmacValidator: new () => {
    validateHMAC(item: unknown, key: string): boolean
    calculateHmac(item: unknown, key: string): string
  }
}

const itemOf = (rawBody: unknown) =>
  (
    JSON.parse(String(rawBody)) as {
      notificationItems: { NotificationRequestItem: Fields & { additionalData: Fields } }[]
    }
  ).notificationItems[0]?.NotificationRequestItem

const keyOf = (event: WebhookEvent) => ('key' in event ? event.key : undefined)

describe('the signature', () => {
  // Adyen's page on HMAC signatures.
  it('of the published example', async () => {
    const item = {
      pspReference: '7914073381342284',
      originalReference: '',
      merchantAccountCode: 'TestMerchant',
      merchantReference: 'TestPayment-1407325143704',
      amount: { value: 1130, currency: 'EUR' },
      eventCode: 'AUTHORISATION',
      success: 'true',
    }
    const key = '44782DEF547AAA06C910C43932B1EB0C71FC68D9D0C057550C48EC2ACF6BA056'
    const delivery = await signWebhook(makeBody(item), key)
    expect(itemOf(delivery.rawBody)?.additionalData.hmacSignature).toBe(
      'coqCmt/IZ4E3CzPvMY8zTjQVL5hYJUiBRg8UU+iCWo0=',
    )
    const adyen = createAdyen({ webhookSecrets: key, merchantAccount: 'TestMerchant', capture: 'immediate' })
    expect((await adyen.readWebhook(delivery)).kind).toBe('operation')
  })

  it('of a reference with a colon, a backslash and a letter that is not ASCII', async () => {
    const item = {
      ...makeItem('AUTHORISATION', { pspReference: PAYMENT, merchantReference: 'ord:7\\é' }),
      merchantAccountCode: 'ExampleShopECOM',
    }
    const delivery = await signWebhook(makeBody(item), KEY)
    expect(itemOf(delivery.rawBody)?.additionalData.hmacSignature).toBe(
      'iBMsn/gkh5K9yR+iL96luZ1qhMNGLdws03lv6z2iwbI=',
    )
    const event = await connect({ merchantAccount: 'ExampleShopECOM' }).readWebhook(delivery)
    expect(event).toMatchObject({ payment: { reference: 'ord:7\\é' } })
  })

  const odd: readonly Fields[] = [
    {},
    { merchantReference: 'a:b' },
    { merchantReference: 'a\\:b\\\\' },
    { merchantReference: '注文 №7 😀' },
    { merchantReference: '' },
    { merchantReference: ' order-1001 ' },
    { originalReference: '' },
    { amount: { value: 0, currency: 'EUR' } },
    { success: 'false' },
  ]
  it.each(odd)('agrees with the official library for %j', async (facts) => {
    const library = new HmacValidator()
    const item = makeItem('AUTHORISATION', facts)
    const delivery = await sign(item)
    expect(library.validateHMAC(itemOf(delivery.rawBody), KEY)).toBe(true)
    const hmacSignature = library.calculateHmac(itemOf(delivery.rawBody), KEY)
    const rawBody = makeBody({ ...item, additionalData: { hmacSignature } })
    expect((await connect().readWebhook({ rawBody, headers: {} })).type).toBe('AUTHORISATION')
  })

  it('is of no other value than the signed one', async () => {
    const signed = itemOf((await sign(makeItem('CAPTURE'))).rawBody) as Fields
    const changes: readonly Fields[] = [
      { pspReference: 'ANOTHER1' },
      { originalReference: 'ANOTHER1' },
      { merchantAccountCode: 'Another' },
      { merchantReference: 'order-2' },
      { amount: { value: 2501, currency: 'EUR' } },
      { amount: { value: 2500, currency: 'USD' } },
      { amount: undefined },
      { eventCode: 'REFUND' },
      { success: 'false' },
      { merchantAccountCode: `${secrets.merchantAccount}:modification`, merchantReference: '1' },
    ]
    for (const change of changes) {
      const delivery = { rawBody: makeBody({ ...signed, ...change }), headers: {} }
      expect([change, await codeOf(() => connect().readWebhook(delivery))]).toEqual([
        change,
        'invalid_signature',
      ])
    }
  })

  it('that also fits another split of the account and the reference is not of this account', async () => {
    const item = makeItem('AUTHORISATION', { merchantReference: 'a:b' })
    const { additionalData } = itemOf((await sign(item)).rawBody) ?? {}
    const moved = {
      ...item,
      merchantAccountCode: `${secrets.merchantAccount}:a`,
      merchantReference: 'b',
      additionalData,
    }
    const event = await connect().readWebhook({ rawBody: makeBody(moved), headers: {} })
    expect(event.kind).toBe('unrelated')
  })

  it.each([{ pspReference: 'A:B' }, { originalReference: 'A:B' }])(
    'is refused with a colon in %j',
    async (facts) => {
      expect(await codeOf(() => read(makeItem('CAPTURE', facts)))).toBe('invalid_signature')
    },
  )

  it('may be made with an old key, with a key in lower case, and with white space around it', async () => {
    const other = 'ab'.repeat(32)
    const delivery = await signWebhook(makeBody(makeItem('AUTHORISATION')), other.toUpperCase())
    for (const webhookSecrets of [
      other,
      other.toUpperCase(),
      ` ${other}\n`,
      [KEY, other],
      [undefined, other],
    ])
      expect((await connect({ webhookSecrets }).readWebhook(delivery)).kind).toBe('operation')
    expect(await codeOf(() => connect().readWebhook(delivery))).toBe('invalid_signature')
  })

  it.each(['abc', 'zz'.repeat(32), `${'ab'.repeat(31)}a`, 'ab'.repeat(4), 'not a key'])(
    'cannot be made with the key %j',
    (webhookSecrets) => {
      expect(() => connect({ webhookSecrets })).toThrow(
        expect.objectContaining({ code: 'invalid_input', message: expect.stringContaining('hexadecimal') }),
      )
    },
  )
})

describe('a body', () => {
  it('of another account is unrelated, and of another environment unreadable', async () => {
    expect((await read(makeItem('AUTHORISATION'), { merchantAccount: 'Another' })).kind).toBe('unrelated')
    expect(
      (await read(makeItem('AUTHORISATION'), { merchantAccount: ['Another', secrets.merchantAccount] })).kind,
    ).toBe('operation')
    expect((await read(makeItem('AUTHORISATION'), { environment: 'test' })).kind).toBe('operation')
    expect((await read(makeItem('AUTHORISATION'), { environment: 'live' })).kind).toBe('unreadable')
  })

  it('without items is unrelated where it is a webhook of another kind, and refused otherwise', async () => {
    const readBody = (rawBody: string) => connect().readWebhook({ rawBody, headers: {} })
    expect((await readBody('{"type":"balancePlatform.transfer.created","data":{}}')).kind).toBe('unrelated')
    for (const rawBody of [
      '{}',
      '[]',
      'null',
      '7',
      '"x"',
      '',
      'live=false',
      makeBody(),
      '{"notificationItems":{}}',
    ])
      expect([rawBody, await codeOf(() => readBody(rawBody))]).toEqual([rawBody, 'invalid_signature'])
  })

  it('needs the username and the password where they are configured', async () => {
    const basicAuth = { username: 'adyen', password: 'pässword:1' }
    const body = makeBody(makeItem('AUTHORISATION'))
    const adyen = connect({ basicAuth })
    expect((await adyen.readWebhook(await signWebhook(body, KEY, { basicAuth }))).kind).toBe('operation')
    for (const other of [undefined, { ...basicAuth, password: 'x' }, { ...basicAuth, username: 'x' }]) {
      const delivery = await signWebhook(body, KEY, { basicAuth: other })
      expect(await codeOf(() => adyen.readWebhook(delivery))).toBe('invalid_signature')
    }
  })

  it('without a signature is for a person where Basic auth is right, and refused otherwise', async () => {
    const basicAuth = { username: 'adyen', password: 'secret' }
    const { headers } = await signWebhook(makeBody(makeItem('EXPIRE')), KEY, { basicAuth })
    const unsigned = { rawBody: makeBody(makeItem('EXPIRE')), headers }
    expect((await connect({ basicAuth }).readWebhook(unsigned)).kind).toBe('unreadable')
    expect(await codeOf(() => connect().readWebhook(unsigned))).toBe('invalid_signature')
  })

  it('is answered [accepted], which any endpoint of Adyen takes', async () => {
    expect((await read(makeItem('AUTHORISATION'))).reply).toEqual({
      status: 200,
      body: '[accepted]',
      contentType: 'text/plain',
    })
  })
})

describe('several items in one body', () => {
  const items = [makeItem('AUTHORISATION'), makeItem('CAPTURE'), makeItem('REPORT_AVAILABLE')]

  it('are several events, each as it would be alone', async () => {
    const event = await read(items)
    const alone = await Promise.all(items.map((item) => read(item)))
    expect(event).toMatchObject({ kind: 'several', events: alone, reply: { body: '[accepted]' } })
  })

  it('are all refused where one of them is tampered with or unsigned', async () => {
    const { rawBody } = await sign(...items)
    const body = JSON.parse(String(rawBody)) as { notificationItems: { NotificationRequestItem: Fields }[] }
    for (const index of items.keys()) {
      for (const change of [{ success: 'false' }, { additionalData: {} }, { pspReference: 7 }]) {
        const changed = body.notificationItems.map(({ NotificationRequestItem }, at) => ({
          NotificationRequestItem:
            at === index ? { ...NotificationRequestItem, ...change } : NotificationRequestItem,
        }))
        const delivery = { rawBody: JSON.stringify({ ...body, notificationItems: changed }), headers: {} }
        expect(await codeOf(() => connect().readWebhook(delivery))).toBe('invalid_signature')
      }
    }
  })

  it('are read although one of them cannot be', async () => {
    const odd = makeItem('CAPTURE', { amount: { value: 100, currency: 'CNH' } })
    const event = await read([makeItem('AUTHORISATION'), odd])
    expect(event).toMatchObject({ events: [{ kind: 'operation' }, { kind: 'unreadable' }] })
  })
})

describe('an item', () => {
  it.each([
    ['a currency that ISO 4217 does not have', { amount: { value: 100, currency: 'CNH' } }],
    ['no amount', { amount: undefined }],
    ['a negative amount', { amount: { value: -1, currency: 'EUR' } }],
    ['a fraction of a minor unit', { amount: { value: 101, currency: 'CLP' } }],
    ['an amount with decimals', { amount: { value: 25.5, currency: 'EUR' } }],
    ['an amount as text', { amount: { value: '2500', currency: 'EUR' } }],
    ['a currency in lower case', { amount: { value: 2500, currency: 'eur' } }],
    ['another word for its success', { success: 'TRUE' }],
    ['no success', { success: null }],
    ['a payment id that is not a reference', { originalReference: 'no reference' }],
    ['no payment', { originalReference: '' }],
  ])('with %s is for a person, and acknowledged', async (_, facts) => {
    const event = await read(makeItem('CAPTURE', facts))
    expect(event).toMatchObject({ kind: 'unreadable', reply: { status: 200 } })
  })

  it.each([
    [{ value: 250_000, currency: 'CLP' }, 2500],
    [{ value: 250_000, currency: 'ISK' }, 2500],
    [{ value: 25, currency: 'CVE' }, 2500],
    [{ value: 25, currency: 'IDR' }, 2500],
    [{ value: 2500, currency: 'JPY' }, 2500],
    [{ value: 2500, currency: 'KWD' }, 2500],
  ])('of %j counts %i minor units', async (amount, wanted) => {
    const event = await read(makeItem('AUTHORISATION', { amount }))
    expect(event).toMatchObject({
      operation: { amount: wanted },
      payment: { amount: { amount: wanted, currency: amount.currency } },
    })
  })

  it('may state its success as a boolean: the signed text is the same', async () => {
    const [text, boolean] = [
      await read(makeItem('CAPTURE')),
      await read(makeItem('CAPTURE', { success: true })),
    ]
    expect(boolean).toEqual(text)
  })

  it('with a code that is not listed is a recheck of its payment', async () => {
    const event = await read(makeItem('TELEPORTED'))
    expect([event.kind, keyOf(event)]).toEqual(['recheck', { id: PAYMENT }])
    const own = await read(makeItem('TELEPORTED', { pspReference: PAYMENT, originalReference: undefined }))
    expect(keyOf(own)).toEqual({ id: PAYMENT })
  })

  it.each(['RECURRING_CONTRACT', 'REPORT_AVAILABLE', 'PAYOUT_THIRDPARTY', 'ISSUER_COMMENTS', 'DONATION'])(
    '%s is unrelated, whatever its references are',
    async (eventCode) => {
      const facts = {
        pspReference: 'settlement_detail_report_batch_4.csv',
        originalReference: '',
        amount: undefined,
      }
      expect((await read(makeItem(eventCode, facts))).kind).toBe('unrelated')
    },
  )

  it.each([
    ['HANDLED_EXTERNALLY', 'true'],
    ['AUTORESCUE', 'true'],
    ['CAPTURE_FAILED', 'false'],
    ['REFUND_FAILED', 'false'],
    ['POSTPONED_REFUND', 'false'],
    ['PENDING', 'false'],
    ['EXPIRE', 'false'],
    ['OFFER_CLOSED', 'false'],
    ['MANUAL_REVIEW_ACCEPT', 'false'],
  ])('%s, success %s, is for a person', async (eventCode, success) => {
    expect((await read(makeItem(eventCode, { success }))).kind).toBe('unreadable')
  })

  it('has an id that its eight signed values make', async () => {
    const first = await read(makeItem('CAPTURE'))
    const moved = { eventDate: '2026-12-01T00:00:00+01:00', reason: 'other', paymentMethod: 'mc' }
    expect((await read(makeItem('CAPTURE', moved))).id).toBe(first.id)
    const ids = await Promise.all(
      [{ success: 'false' }, { pspReference: 'CAPTURE2' }, { amount: { value: 1, currency: 'EUR' } }].map(
        async (facts) => (await read(makeItem('CAPTURE', facts))).id,
      ),
    )
    expect(new Set([...ids, first.id]).size).toBe(4)
  })

  it('keeps no number, name, expiry or token of a card', async () => {
    const event = await read(
      makeItem('AUTHORISATION', {
        reason: '123456:1111:03/2030',
        paymentMethod: 'visa',
        additionalData: {
          cardSummary: '1111',
          cardHolderName: 'J. Smith',
          cardBin: '411111',
          expiryDate: '03/2030',
          cavv: 'AQIDBAUGBwgJCgsMDQ4PEBESExQ=',
          'recurring.recurringDetailReference': 'TOKEN00000000001',
          authCode: '123456',
          eci: '05',
          threeDSVersion: '2.2.0',
          liabilityShift: 'true',
        },
      }),
    )
    const text = JSON.stringify(event)
    for (const secret of ['J. Smith', '411111', '03/2030', 'AQID', 'TOKEN'])
      expect(text).not.toContain(secret)
    expect(event).toMatchObject({
      payment: {
        method: { kind: 'card', brand: 'visa', last4: '1111' },
        authentication: { eci: '05', version: '2.2.0' },
        trace: { authorizationCode: '123456' },
        facts: { AUTHORISATION: 'true', liabilityShift: 'true' },
      },
    })
  })

  it('takes the order from an approval only', async () => {
    expect(await read(makeItem('CAPTURE'))).not.toMatchObject({ payment: { reference: expect.anything() } })
    expect(await read(makeItem('AUTHORISATION'))).toMatchObject({ payment: { reference: 'order-1001' } })
  })
})

describe('how an account captures', () => {
  it('must be configured, and by reference where requests override it', async () => {
    const approval = makeItem('AUTHORISATION')
    expect(await codeOf(() => read(approval, { capture: undefined }))).toBe('invalid_input')
    const capture = (reference: string | undefined) => (reference === 'order-1001' ? 'immediate' : 'manual')
    expect(await read(approval, { capture })).toMatchObject({ operation: { kind: 'payment' } })
    const other = makeItem('AUTHORISATION', { merchantReference: 'order-2' })
    expect(await read(other, { capture })).toMatchObject({ operation: { kind: 'authorization' } })
    expect(await codeOf(() => read(approval, { capture: (() => 'later') as never }))).toBe('invalid_input')
  })

  it('needs no mode for a decline, and none for another account', async () => {
    expect((await read(makeItem('AUTHORISATION', { success: 'false' }), { capture: undefined })).kind).toBe(
      'operation',
    )
    const config = { capture: undefined, merchantAccount: 'Another' }
    expect((await read(makeItem('AUTHORISATION'), config)).kind).toBe('unrelated')
  })

  it('needs to know whether several captures are possible', async () => {
    const part = makeItem('CAPTURE', { amount: { value: 1000, currency: 'EUR' } })
    expect(await codeOf(() => read(part, { multipleCaptures: undefined }))).toBe('invalid_input')
    expect(await read(part, { multipleCaptures: false })).toMatchObject({ operation: { final: true } })
    expect(await read(part, { multipleCaptures: true })).not.toMatchObject({ operation: { final: true } })
    expect((await read(part, { capture: 'immediate', multipleCaptures: undefined })).kind).toBe('operation')
  })

  it('is at once for methods without a capture, which only Basic auth vouches for', async () => {
    const basicAuth = { username: 'adyen', password: 'secret' }
    const adyen = connect({ basicAuth, immediateMethods: ['ideal'] })
    const readMethod = async (paymentMethod: string) => {
      const body = makeBody(makeItem('AUTHORISATION', { paymentMethod }))
      return adyen.readWebhook(await signWebhook(body, KEY, { basicAuth }))
    }
    expect(await readMethod('ideal')).toMatchObject({ operation: { kind: 'payment' } })
    expect(await readMethod('visa')).toMatchObject({ operation: { kind: 'authorization' } })
    expect(() => connect({ immediateMethods: ['ideal'] })).toThrow(
      expect.objectContaining({ code: 'invalid_input' }),
    )
  })

  it.each([
    { merchantAccount: 'a:b' },
    { merchantAccount: 'a b' },
    { capture: 'later' },
    { multipleCaptures: 'true' },
    { environment: 'production' },
    { basicAuth: { username: 'adyen' } },
    { immediateMethods: 'ideal' },
  ])('cannot be configured as %j', (config) => {
    expect(() => createAdyen(config as never)).toThrow(expect.objectContaining({ code: 'invalid_input' }))
  })

  it('and its account must be configured', async () => {
    expect(await codeOf(() => read(makeItem('AUTHORISATION'), { merchantAccount: undefined }))).toBe(
      'invalid_input',
    )
    expect(await codeOf(() => read(makeItem('AUTHORISATION'), { merchantAccount: [] }))).toBe('invalid_input')
  })
})
