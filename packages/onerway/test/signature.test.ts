import { createHash } from 'node:crypto'
import { createOnerway, signRequest, signWebhook } from '@payment-status/onerway'
import { onerwayFixtures, onerwayHostedFixtures } from '@payment-status/onerway/fixtures'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readAsWritten } from '../src/signature.ts'
import {
  answerFrom,
  connect,
  makeRow,
  merchantNo,
  type Row,
  reportOf,
  secretKey,
  signatureOf,
} from './make.ts'

// Onerway's page on notifications.
const nineNames = [
  'originTransactionId',
  'originMerchantTxnId',
  'customsDeclarationAmount',
  'customsDeclarationCurrency',
  'paymentMethod',
  'walletTypeName',
  'periodValue',
  'tokenExpireTime',
  'sign',
]
const refused = { code: 'invalid_signature', retryable: false }
const direct = { merchantNo, secretKey, environment: 'sandbox', integration: 'direct' } as const
const onerway = createOnerway(direct)

const names = fc.oneof(
  fc.stringMatching(/^[A-Za-z][A-Za-z0-9_]{0,12}$/),
  fc.constantFrom('sign', ...nineNames),
)
const values = fc.oneof(
  fc.string(),
  fc.constantFrom('', '0', '00', ' ', null),
  fc.string({ unit: 'grapheme' }),
)
const fieldSets: fc.Arbitrary<Row> = fc.dictionary(names, values, { maxKeys: 12, noNullPrototype: true })

function reordered(fields: Row, seed: number): Row {
  const entries = Object.entries(fields)
  const start = entries.length === 0 ? 0 : seed % entries.length
  return Object.fromEntries([...entries.slice(start), ...entries.slice(0, start)].reverse())
}

describe('the signature', () => {
  it('is the published vector, with one field that takes no part', async () => {
    const fields = {
      test1: '0',
      test2: 'whatever it says',
      test3: 'test3value',
      test4: 'test4value',
      test5: '',
      test6: null,
    }
    const wanted = '836831ae68fce5e61d4a64363bb72c636efe6e94b62ecaa8d1c95fc58cc9cbed'
    expect(await signRequest(fields, '3b5e10b65bff4172a5b9ca2d2ec00a6e', ['test2', 'sign'])).toBe(wanted)
    const { test2: _, ...without } = fields
    expect(await signRequest(without, '3b5e10b65bff4172a5b9ca2d2ec00a6e')).toBe(wanted)
  })

  it('is the synthetic vector', async () => {
    const fields = {
      merchantNo: '800001',
      merchantTxnIds: 'order-1001',
      transactionIds: '',
      txnTypes: null,
      current: '1',
    }
    const wanted = 'b6e37f10467e13a624fe94ad54b780a5018b20d3cb0e917155cb62cfde5b5cb5'
    expect(await signRequest(fields, 'test-secret-not-real')).toBe(wanted)
    expect(await signRequest({ ...fields, sign: wanted }, 'test-secret-not-real')).toBe(wanted)
  })

  it('is the same in whatever order the fields come, and as another hand computes it', async () => {
    const property = fc.asyncProperty(fieldSets, fc.nat(), fc.string(), async (fields, seed, secret) => {
      const sign = await signRequest(fields, secret)
      expect(await signRequest(reordered(fields, seed), secret)).toBe(sign)
      expect(sign).toBe(signatureOf(fields, secret))
      expect(sign).toMatch(/^[0-9a-f]{64}$/)
    })
    await fc.assert(property, { numRuns: 300 })
  })

  it('leaves out null and nothing, and keeps a zero', async () => {
    const bare = await signRequest({ a: '1' }, secretKey)
    expect(await signRequest({ a: '1', b: null, c: '', d: undefined }, secretKey)).toBe(bare)
    expect(await signRequest({ a: '1', b: '0' }, secretKey)).not.toBe(bare)
    expect(await signRequest({ a: '1', b: ' ' }, secretKey)).not.toBe(bare)
  })

  it('sorts names by ASCII, capitals first', async () => {
    expect(await signRequest({ b: '2', a: '1', Z: '0' }, secretKey)).toBe(
      await signRequest({ x: '012' }, secretKey),
    )
  })

  it('leaves nothing unsigned in a value that is not text', async () => {
    const fields = { data: { a: ['1'] } }
    const signed = await signRequest(fields, secretKey)
    expect(await signRequest({ data: { a: ['2'] } }, secretKey)).not.toBe(signed)
    expect(await signRequest({ data: [] }, secretKey)).not.toBe(await signRequest({}, secretKey))
  })

  it('is not made of a value that cannot be written out', async () => {
    const loop: Record<string, unknown> = {}
    loop.self = loop
    await expect(signRequest({ data: loop }, secretKey)).rejects.toMatchObject({
      code: 'invalid_input',
      message: expect.stringContaining('must be JSON'),
    })
  })
})

describe('a webhook’s signature', () => {
  const body: Row = {
    notifyType: 'TXN',
    merchantNo,
    transactionId: '90000000000000000001',
    txnType: 'SALE',
    status: 'S',
    orderAmount: '5.00',
    orderCurrency: 'USD',
  }
  const wide: fc.Arbitrary<Row> = fieldSets.map((fields) => ({ ...fields, ...body }))

  async function codeOf(rawBody: string, headers: Record<string, string> = {}): Promise<string> {
    return onerway.readWebhook({ rawBody, headers }).then(
      ({ kind }) => kind,
      (error: { code: string }) => error.code,
    )
  }

  it('holds whatever the nine unsigned fields say, and for one Onerway adds tomorrow only as it came', async () => {
    const property = fc.asyncProperty(
      wide,
      fc.constantFrom(...nineNames.slice(0, -1)),
      names.filter((name) => !nineNames.includes(name)),
      fc.string({ minLength: 1 }),
      async (fields, unsigned, other, value) => {
        const { rawBody } = await signWebhook(fields, secretKey)
        const signed = JSON.parse(String(rawBody)) as Row
        expect(signed.sign).toBe(signatureOf(fields, secretKey, nineNames))
        expect(await codeOf(JSON.stringify({ ...signed, [unsigned]: value }))).not.toBe('invalid_signature')
        const changed = { ...signed, [other]: `${signed[other] ?? ''}${value}` }
        expect(await codeOf(JSON.stringify(changed))).toBe('invalid_signature')
      },
    )
    await fc.assert(property, { numRuns: 100 })
  })

  it.each(nineNames.slice(0, -1))('holds whatever %s says', async (name) => {
    const { rawBody } = await signWebhook({ ...body, [name]: 'before' }, secretKey)
    const signed = JSON.parse(String(rawBody)) as Row
    expect(signed.sign).toBe(signatureOf(body, secretKey))
    expect(await codeOf(JSON.stringify({ ...signed, [name]: 'after' }))).toBe('recheck')
  })

  it('holds in whatever order and with whatever white space the fields come', async () => {
    const property = fc.asyncProperty(wide, fc.nat(), async (fields, seed) => {
      const { rawBody } = await signWebhook(fields, secretKey)
      const other = JSON.stringify(reordered(JSON.parse(String(rawBody)) as Row, seed), null, 2)
      expect(await codeOf(other)).not.toBe('invalid_signature')
    })
    await fc.assert(property, { numRuns: 100 })
  })

  it('is refused when a field is left out, emptied or added', async () => {
    const { rawBody } = await signWebhook(body, secretKey)
    const signed = JSON.parse(String(rawBody)) as Row
    for (const name of Object.keys(body)) {
      for (const value of [undefined, null, '', 'x', 7, [], {}]) {
        expect(await codeOf(JSON.stringify({ ...signed, [name]: value }))).toBe('invalid_signature')
      }
    }
    expect(await codeOf(JSON.stringify({ ...signed, somethingNew: '1' }))).toBe('invalid_signature')
  })

  it.each([
    ['missing', undefined],
    ['null', null],
    ['empty', ''],
    ['a number', 7],
    ['a list of itself', [signatureOf(body, secretKey, nineNames)]],
    ['upper-case', signatureOf(body, secretKey, nineNames).toUpperCase()],
    ['cut short', signatureOf(body, secretKey, nineNames).slice(0, -1)],
    ['another secret’s', signatureOf(body, 'another', nineNames)],
    ['a request’s', signatureOf({ ...body, paymentMethod: 'VISA' }, secretKey)],
  ])('that is %s is refused', async (_, sign) => {
    expect(await codeOf(JSON.stringify({ ...body, paymentMethod: 'VISA', sign }))).toBe('invalid_signature')
  })

  it.each(['', 'not JSON', '{"a":', '[]', 'null', '7', '"text"'])(
    'cannot be over what has no fields: %s',
    async (rawBody) => {
      expect(await codeOf(rawBody)).toBe('invalid_signature')
      expect(await codeOf(rawBody, { 'x-rh-signature': `v1=${signatureOf({})}` })).toBe('invalid_signature')
    },
  )

  it('is not looked at where no secret is configured, or an empty one', async () => {
    const delivery = await signWebhook(body, '')
    for (const secret of ['', [], ['']]) {
      const unready = createOnerway({ ...direct, secretKey: secret })
      await expect(unready.readWebhook(delivery)).rejects.toMatchObject({
        code: 'invalid_input',
        message:
          '[onerway] `secretKey` is missing, and a webhook needs it. Set it to your Onerway secret key',
      })
    }
  })
})

describe('the signature in the header', () => {
  const body = { notifyType: 'TXN', merchantNo, transactionId: '1', txnType: 'SALE', status: 'S' }
  const right = signatureOf(body, secretKey, nineNames)
  const wrong = signatureOf(body, 'another', nineNames)

  async function isRead(
    header: string | readonly string[] | undefined,
    { sign, mode }: { sign?: string; mode?: 'either' | 'header' | 'body' } = {},
  ): Promise<boolean> {
    const reading = createOnerway({ ...direct, webhookSignature: mode }).readWebhook({
      rawBody: JSON.stringify({ ...body, sign }),
      headers: { 'X-Rh-Signature': header },
    })
    return reading.then(
      () => true,
      (error) => {
        expect(error).toMatchObject(refused)
        return false
      },
    )
  }

  it('holds alone, among several during rotation, and in several headers', async () => {
    expect(await isRead(`v1=${right}`)).toBe(true)
    expect(await isRead(`v1=${wrong}, v1=${right}`)).toBe(true)
    expect(await isRead(`v1=${right},v1=${wrong}`)).toBe(true)
    expect(await isRead([`v1=${wrong}`, `v1=${right}`])).toBe(true)
    expect(await isRead(`v1=${right}, v1=${right}`)).toBe(true)
    expect(await isRead(`v0=abc, v1=${right}, v2=def`)).toBe(true)
  })

  it.each([
    ['wrong', `v1=${wrong}`],
    ['without its version', right],
    ['of another version', `v2=${right}`],
    ['empty', ''],
    ['empty behind its version', 'v1='],
    ['with a digit more', `v1=${right}0`],
  ])('that is %s is refused, whatever the body’s sign says', async (_, header) => {
    expect(await isRead(header)).toBe(false)
    expect(await isRead(header, { sign: right })).toBe(false)
  })

  it('is looked for where the configuration says', async () => {
    expect(await isRead(undefined, { sign: right })).toBe(true)
    expect(await isRead(undefined, { sign: right, mode: 'either' })).toBe(true)
    expect(await isRead(undefined, { sign: right, mode: 'header' })).toBe(false)
    expect(await isRead(`v1=${right}`, { mode: 'header' })).toBe(true)
    expect(await isRead(`v1=${right}`, { mode: 'body' })).toBe(false)
    expect(await isRead(`v1=${wrong}`, { sign: right, mode: 'body' })).toBe(true)
  })

  it('is made by signWebhook where asked for', async () => {
    for (const signature of ['body', 'header', 'both'] as const) {
      const { rawBody, headers } = await signWebhook(JSON.stringify(body), secretKey, { signature })
      const { sign } = JSON.parse(String(rawBody)) as Row
      expect(sign).toBe(signature === 'header' ? undefined : right)
      const header = (headers as Record<string, string>)['x-rh-signature']
      expect(header).toBe(signature === 'body' ? undefined : `v1=${right}`)
    }
  })
})

describe('an invented body', () => {
  const deep = (inner: string, depth = 200_000) => '['.repeat(depth) + inner + ']'.repeat(depth)
  const opening = '"notifyType":"TXN","transactionId":"90000000000000000001","txnType":"SALE","status":"S"'

  it.each([
    ['is a deep list', deep('')],
    ['has a deep field', `{${opening},"a":${deep('')},"sign":"x"}`],
    ['has a deep field of numbers', `{${opening},"n":1,"a":${deep('1,2')},"sign":"x"}`],
    ['has deep objects', `{${opening},"a":${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)},"sign":"x"}`],
    ['is all numbers', `{${opening},"a":[${'1,'.repeat(100_000)}1],"b":1,"sign":"x"}`],
    [
      'has a hundred thousand fields',
      `{${Array.from({ length: 100_000 }, (_, i) => `"f${i}":${i}`)},"sign":"x"}`,
    ],
  ])('that %s is a forgery like any other', async (_, rawBody) => {
    await expect(onerway.readWebhook({ rawBody, headers: {} })).rejects.toMatchObject(refused)
    const headers = { 'x-rh-signature': `v1=${signatureOf({})}` }
    await expect(onerway.readWebhook({ rawBody, headers })).rejects.toMatchObject(refused)
  })

  it('is no less of one as the answer to a request', async () => {
    const data = { transactionId: '1', status: 'S', a: JSON.parse(deep('')) as unknown, sign: 'x' }
    const sent = { txnType: 'SALE', merchantTxnId: 'order-1001' }
    await expect(onerway.readResponse({ respCode: '20000', data }, sent)).rejects.toMatchObject(refused)
  })
})

describe('a secret that is not set', () => {
  const body = { notifyType: 'TXN', merchantNo, transactionId: '1', txnType: 'SALE', status: 'S' }

  it.each(['undefined', 'null', '', 'NaN', '[object Object]'])(
    'is never one to verify with: a webhook signed with %j is refused',
    async (secret) => {
      const delivery = await signWebhook(body, secret)
      const unset = [undefined, null, ''] as never[]
      for (const config of [
        { ...direct, secretKey: [secretKey, ...unset] },
        { ...direct, webhookSecrets: [secretKey, ...unset] },
      ]) {
        await expect(createOnerway(config).readWebhook(delivery)).rejects.toMatchObject(refused)
      }
      for (const secretKey of [undefined, null, '', unset]) {
        const unready = createOnerway({ ...direct, secretKey: secretKey as never })
        await expect(unready.readWebhook(delivery)).rejects.toMatchObject({ code: 'invalid_input' })
      }
    },
  )

  it.each([7, true, {}, [7], [secretKey, {}]])('must be text: %o', (secret) => {
    for (const given of [{ secretKey: secret }, { webhookSecrets: secret }]) {
      expect(() => createOnerway({ ...direct, ...(given as object) })).toThrow(
        expect.objectContaining({ code: 'invalid_input' }),
      )
    }
  })
})

describe('secrets in rotation', () => {
  const body = { notifyType: 'TXN', merchantNo, transactionId: '1', txnType: 'SALE', status: 'S' }
  const old = 'the-old-secret'

  it('verify webhooks and responses with any of them', async () => {
    const rotating = createOnerway({ ...direct, secretKey: [secretKey, old] })
    for (const secret of [secretKey, old]) {
      expect((await rotating.readWebhook(await signWebhook(body, secret))).kind).toBe('recheck')
      const data = { transactionId: '1', status: 'S' }
      const response = { respCode: '20000', data: { ...data, sign: signatureOf(data, secret) } }
      const sent = { txnType: 'SALE', merchantTxnId: 'order-1001' }
      expect(reportOf(await rotating.readResponse(response, sent)).payment.status).toBe('captured')
    }
    await expect(rotating.readWebhook(await signWebhook(body, 'a stranger’s'))).rejects.toMatchObject(refused)
  })

  it('sign questions with the first', async () => {
    const { onerway: asking, asked } = connect(answerFrom([makeRow()]), { secretKey: [old, secretKey] })
    await asking.lookup(makeRow().transactionId)
    for (const { fields } of asked) expect(fields.sign).toBe(signatureOf(fields, old))
  })

  it('of webhooks are their own where given, and the secretKey where not', async () => {
    const own = createOnerway({ ...direct, webhookSecrets: ['its-own', 'its-next'] })
    expect((await own.readWebhook(await signWebhook(body, 'its-next'))).kind).toBe('recheck')
    await expect(own.readWebhook(await signWebhook(body, secretKey))).rejects.toMatchObject(refused)
    for (const webhookSecrets of [undefined, '', []]) {
      const shared = createOnerway({ ...direct, webhookSecrets })
      expect((await shared.readWebhook(await signWebhook(body, secretKey))).kind).toBe('recheck')
    }
  })
})

describe('the fixtures', () => {
  const responses = [...onerwayFixtures.payments, ...onerwayHostedFixtures.payments].flatMap(
    ({ title, response }) => (response ? [[title, response.body as { data: Row }] as const] : []),
  )

  it.each(responses)('sign the response of “%s” with the made-up secret', (_, { data }) => {
    expect(data.sign).toBe(signatureOf(data, onerwayFixtures.secrets.secretKey))
  })

  it('answer no question that is wrongly signed, or whose content type has a charset', async () => {
    const fields = { merchantNo: onerwayFixtures.secrets.merchantNo, transactionIds: '1', current: '1' }
    const ask = async (sign: string, type = 'application/json') => {
      const headers = { 'content-type': type }
      const body = JSON.stringify({ ...fields, sign })
      const url = `${onerwayFixtures.origin}/v1/txn/list`
      const answer = await onerwayFixtures.respond(new Request(url, { method: 'POST', headers, body }))
      return ((await answer.json()) as { respCode: string }).respCode
    }
    expect(await ask(signatureOf(fields))).toBe('20000')
    expect(await ask(signatureOf(fields, 'another'))).not.toBe('20000')
    expect(await ask(signatureOf(fields), 'application/json; charset=utf-8')).not.toBe('20000')
  })
})

describe('a number in a future field', () => {
  it.each(['1.50', '80020919196523331310055', '0', '1e3'])(
    'is signed as it was written: %s',
    async (written) => {
      const values = `${merchantNo}${written}TXN20260301000000000001`
      const sign = createHash('sha256').update(`${values}${secretKey}`).digest('hex')
      const rawBody = `{"notifyType":"TXN","merchantNo":"${merchantNo}","newFee":${written},"transactionId":"20260301000000000001","sign":"${sign}"}`
      const { onerway } = connect(() => ({}))
      expect(await onerway.readWebhook({ rawBody, headers: {} })).toMatchObject({ kind: 'recheck' })
      const forged = rawBody.replace(written, `${written}0`)
      await expect(onerway.readWebhook({ rawBody: forged, headers: {} })).rejects.toMatchObject({
        code: expect.stringMatching(/invalid_signature/),
      })
    },
  )
})

describe('a body’s fields as they were written', () => {
  it.each([
    [
      'a nested number of the same name',
      '{"fee":1.50,"a":{"fee":2.50},"b":[{"fee":3.50}]}',
      { fee: '1.50', a: '{"fee":2.50}', b: '[{"fee":3.50}]' },
    ],
    ['one of the same name before it', '{"a":{"fee":2.50},"fee":1.50}', { a: '{"fee":2.50}', fee: '1.50' }],
    ['the later of two', '{"fee":1.50,"fee":2.0}', { fee: '2.0' }],
    ['a later one that is text', '{"fee":1.50,"fee":"x"}', { fee: 'x' }],
    ['a later one that is nothing', '{"fee":1.50,"fee":null}', { fee: null }],
    ['braces, commas and quotes in text', '{"x":"},\\"fee\\":9","fee":1.0}', { x: '},"fee":9', fee: '1.0' }],
    ['a backslash that ends a text', '{"x":"\\\\","fee":1.0}', { x: '\\', fee: '1.0' }],
    ['a name that is escaped', '{"f\\u0065e":1.0}', { fee: '1.0' }],
    ['white space', ' {\n "fee" :\t1.0 \r\n, "x" : "y" } ', { fee: '1.0', x: 'y' }],
    ['a nested value', '{"a":{ "b": [1.0] }}', { a: '{ "b": [1.0] }' }],
    ['what is true', '{"a":true,"b":false,"c":null}', { a: true, b: false, c: null }],
    ['nothing', '{}', {}],
  ])('%s', (_, json, expected) => expect(readAsWritten(json)).toEqual(expected))

  it('are those JSON.parse reads, by the same names', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), fc.jsonValue()),
        fc.constantFrom(undefined, 1),
        (fields, indent) => {
          const json = JSON.stringify(fields, null, indent)
          const parsed = JSON.parse(json) as Row
          const written = readAsWritten(json) ?? {}
          expect(Object.keys(written)).toEqual(Object.keys(parsed))
          for (const name of Object.keys(parsed)) {
            const isText = typeof parsed[name] === 'string'
            expect(isText ? written[name] : JSON.parse(String(written[name]))).toEqual(parsed[name])
          }
        },
      ),
    )
  })

  it.each(['[]', '[{"fee":1}]', 'null', '7', '"text"'])('are not those of %s', (json) =>
    expect(readAsWritten(json)).toBeUndefined(),
  )

  it.each(['{"a":1,"b":"\\x"}', '{"a":1,b:2}', '{"a":1,"b":"x"y}', '{:1}'])(
    'are rejected where a name or a text is not JSON: %s',
    (json) => expect(readAsWritten(json)).toBeUndefined(),
  )

  it.each([
    ['{"a":trueish}', { a: 'trueish' }],
    ['{"a":falsely}', { a: 'falsely' }],
    ['{"a":nullable}', { a: 'nullable' }],
    ['{"a":1,"b', { a: '1' }],
    ['{"a":1', {}],
    ['{"a', {}],
  ])('are taken as they stand where a value is no JSON, which is for JSON.parse to say: %s', (json, fields) =>
    expect(readAsWritten(json)).toEqual(fields),
  )

  it('are a thousand at most', () => {
    const withFields = (count: number) =>
      readAsWritten(JSON.stringify(Object.fromEntries(Array.from({ length: count }, (_, i) => [`f${i}`, i]))))
    expect(Object.keys(withFields(1000) ?? {})).toHaveLength(1000)
    expect(withFields(1001)).toBeUndefined()
  })
})
