import {
  isPaymentError,
  outcomeOf,
  type PaymentHint,
  type PaymentReport,
  paymentStatuses,
  type WebhookEvent,
} from '@payment-status/core'
import { createOnerway, signWebhook } from '@payment-status/onerway'
import { onerwayFixtures, onerwayHostedFixtures } from '@payment-status/onerway/fixtures'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  answerFrom,
  collect,
  connect,
  makeId,
  makeRow,
  march,
  merchantNo,
  type Row,
  reportOf,
  secretKey,
} from './make.ts'

const config = { merchantNo, secretKey, environment: 'sandbox', webhooks: 'believe' } as const
const providers = [
  createOnerway({ ...config, integration: 'direct' }),
  createOnerway({ ...config, integration: 'hosted' }),
] as const
const provider = fc.constantFrom(...providers)
const sent = { txnType: 'SALE', merchantTxnId: 'order-1001' }
const runs = { numRuns: 250 }

const fixtures = [...onerwayFixtures.payments, ...onerwayHostedFixtures.payments]
const withoutSign = ({ sign: _, ...fields }: Row): Row => fields
const responses = fixtures.flatMap(({ response }) => {
  const body = response?.body as { data: Row } | undefined
  return body ? [{ ...body, data: withoutSign(body.data) }] : []
})
const results = fixtures.flatMap(({ clientResult }) => (clientResult ? [clientResult as Row] : []))
const notifications: readonly Row[] = await Promise.all(
  fixtures.flatMap(({ webhook }) =>
    webhook ? [webhook().then(({ rawBody }) => withoutSign(JSON.parse(String(rawBody)) as Row))] : [],
  ),
)
const rows: readonly Row[] = ['S', 'F', 'P', 'R', 'N', 'I', 'U', 'Z'].flatMap((status) =>
  ['SALE', 'AUTH', 'CAPTURE', 'VOID', 'REFUND', 'BIND_CARD'].map((txnType) => makeRow({ status, txnType })),
)

const words = [
  'S',
  'F',
  'P',
  'R',
  'O',
  'A',
  'SALE',
  'AUTH',
  'TXN',
  'CANCEL',
  '20000',
  '40201',
  '',
  '77',
  makeId(1),
]
const anything = fc.oneof(
  fc.constantFrom<unknown>(
    ...words,
    null,
    true,
    0,
    1,
    -1,
    25.5,
    2 ** 60,
    [],
    {},
    '1e3',
    '+08:00',
    'javascript:x',
  ),
  fc.jsonValue({ maxDepth: 2 }),
)

/** One of these, with up to two of its places taken by something else, or left out. */
function mutated(originals: readonly Row[]): fc.Arbitrary<unknown> {
  const change = fc.tuple(fc.nat(), fc.option(anything, { nil: undefined }))
  return fc
    .tuple(fc.constantFrom(...originals), fc.array(change, { maxLength: 2 }))
    .map(([original, changes]) =>
      changes.reduce<unknown>((value, [nth, replacement]) => {
        const paths = pathsOf(value)
        return replaceAt(value, paths[nth % Math.max(1, paths.length)] ?? [], replacement)
      }, original),
    )
}

function pathsOf(value: unknown, path: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, member]) => [
    [...path, key],
    ...pathsOf(member, [...path, key]),
  ])
}

function replaceAt(value: unknown, [key, ...rest]: readonly string[], replacement: unknown): unknown {
  if (key === undefined) return replacement
  const copy = structuredClone(value) as Record<string, unknown>
  copy[key] = replaceAt(copy[key], rest, replacement)
  return JSON.parse(JSON.stringify(copy))
}

/** Returns what a reader returns, or `undefined` for a `PaymentError`. Any other error fails the property. */
async function through<T>(read: () => T | Promise<T>): Promise<T | undefined> {
  try {
    return await read()
  } catch (error) {
    if (isPaymentError(error)) return undefined
    throw error
  }
}

function checkReport(report: PaymentReport): void {
  const { payment } = report
  expect(report.evidence).toBe('report')
  expect(paymentStatuses).toContain(payment.status)
  expect(payment.id).toMatch(/^\d{1,20}$/)
  expect(JSON.parse(JSON.stringify(report))).toStrictEqual(report)
  for (const amount of [payment.amount?.amount, payment.authorized, payment.captured, payment.refunded]) {
    if (amount !== undefined) expect(Number.isSafeInteger(amount) && amount >= 0).toBe(true)
  }
  if (payment.action?.kind === 'redirect') expect(payment.action.url).toMatch(/^https?:/)
  if (payment.action) expect(payment.status).toBe('requires_action')
}

function checkHint(hint: PaymentHint): void {
  expect(hint.evidence).toBe('hint')
  expect(hint).not.toHaveProperty('status')
  expect(hint).not.toHaveProperty('payment')
  expect(JSON.parse(JSON.stringify(hint))).toStrictEqual(hint)
  if (hint.key && 'id' in hint.key) expect(hint.key.id).toMatch(/^\d{1,20}$/)
  if (hint.action?.kind === 'redirect') expect(hint.action.url).toMatch(/^https?:/)
}

/** The oracle, in other words than the code's: whether one step of a sale says that money was taken. */
function saysPaid(fields: Row | undefined, txnType: unknown = fields?.txnType): boolean {
  if (!fields || !['SALE', 'AUTH', 'PRE_AUTH'].includes(String(txnType))) return false
  return fields.paymentStatus ? fields.paymentStatus === 'S' : fields.status === 'S' && txnType === 'SALE'
}

const isPaid = ({ payment }: PaymentReport) => ['paid', 'returned'].includes(outcomeOf(payment.status))

describe('any input', () => {
  it('as a response is a report, or a PaymentError, and never paid unless it states so', async () => {
    const bodies = fc.oneof(anything, mutated(responses), mutated(responses))
    const property = fc.asyncProperty(provider, bodies, async (onerway, body) => {
      const report = await through(() => onerway.readResponse(body, sent))
      if (!report) return
      if (report.evidence === 'hint') return checkHint(report)
      checkReport(report)
      const { respCode, data } = body as { respCode: string; data: Row }
      if (isPaid(report)) expect(respCode === '20000' && saysPaid(data, 'SALE')).toBe(true)
      if (report.payment.captured !== undefined) expect(isPaid(report)).toBe(true)
    })
    await fc.assert(property, runs)
  })

  it('as what was sent is taken, or refused', async () => {
    const property = fc.asyncProperty(
      provider,
      anything,
      anything,
      async (onerway, txnType, merchantTxnId) => {
        const whole = await through(() =>
          onerway.readResponse(responses[0], { txnType, merchantTxnId } as never),
        )
        if (whole?.evidence === 'report') checkReport(whole)
        await through(() => onerway.readResponse(responses[0], txnType as never))
      },
    )
    await fc.assert(property, runs)
  })

  it('as a signed webhook is an event, or a PaymentError, and never paid unless it states so', async () => {
    const bodies = fc.oneof(
      mutated(notifications),
      mutated(notifications),
      fc.dictionary(fc.string(), anything),
    )
    const property = fc.asyncProperty(provider, bodies, async (onerway, body) => {
      if (typeof body !== 'object' || body === null || Array.isArray(body)) return
      const delivery = await signWebhook(body as Row, secretKey)
      const event: WebhookEvent | undefined = await through(() => onerway.readWebhook(delivery))
      if (!event) return
      expect(JSON.parse(JSON.stringify(event))).toStrictEqual(event)
      expect(typeof event.id === 'string' && event.id !== '').toBe(true)
      expect(event.reply).toMatchObject({ status: 200, contentType: 'text/plain' })
      if (event.kind === 'recheck') expect(Object.keys(event.key)).toHaveLength(1)
      if (event.kind !== 'payment') return
      checkReport(event.report)
      const fields = body as Row
      if (isPaid(event.report)) expect(fields.notifyType === 'TXN' && saysPaid(fields)).toBe(true)
    })
    await fc.assert(property, { numRuns: 500 })
  })

  it('as a webhook that is not signed is refused, whatever it says', async () => {
    const bodies = fc.oneof(
      fc.string(),
      fc.uint8Array(),
      mutated(notifications).map((body) => JSON.stringify(body) ?? ''),
    )
    const property = fc.asyncProperty(provider, bodies, fc.string(), async (onerway, rawBody, header) => {
      for (const headers of [{}, { 'x-rh-signature': header }, { 'X-Rh-Signature': `v1=${header}` }]) {
        await expect(onerway.readWebhook({ rawBody, headers })).rejects.toMatchObject({
          code: 'invalid_signature',
        })
      }
    })
    await fc.assert(property, runs)
  })

  it('as a browser result is a hint, or a PaymentError', async () => {
    const bodies = fc.oneof(anything, mutated(results), mutated(results))
    const property = fc.asyncProperty(provider, bodies, async (onerway, result) => {
      const hint = await through(() => onerway.readClientResult(result))
      if (hint) checkHint(hint)
    })
    await fc.assert(property, runs)
  })

  it('as a return URL is a hint, or a PaymentError', async () => {
    const names = fc.constantFrom('transactionId', 'merchantTxnId', 'status', 'txnTimeZone')
    const values = fc.oneof(fc.string(), fc.constantFrom(makeId(1), 'order-1001', 'a,b', '../..', '+08:00'))
    const made = fc
      .array(fc.tuple(names, values), { maxLength: 4 })
      .map((query) => `https://shop.example/return?${new URLSearchParams(query)}`)
    const property = fc.asyncProperty(
      provider,
      fc.oneof(fc.string(), fc.webUrl(), made),
      async (onerway, url) => {
        const hint = await through(() => onerway.readReturn(url))
        if (!hint) return
        checkHint(hint)
        expect(hint).not.toHaveProperty('appears')
      },
    )
    await fc.assert(property, runs)
  })

  it('as an answer to a question is reports, or a PaymentError, and never paid unless its rows state so', async () => {
    const contents = fc.array(fc.oneof(mutated(rows), mutated(rows), anything), { maxLength: 4 })
    const answers = fc.oneof(
      contents.map((content) => ({ respCode: '20000', data: { content } })),
      mutated([{ respCode: '20000', data: { content: rows.slice(0, 3), totalElements: '3', size: 10 } }]),
      anything,
    )
    const integration = fc.constantFrom('direct' as const, 'hosted' as const)
    const property = fc.asyncProperty(answers, integration, async (answer, kind) => {
      const { onerway } = connect(() => answer as object, { integration: kind })
      const found = [
        ...((await through(() => onerway.find({ id: makeId(1) }))) ?? []),
        ...((await through(() => onerway.lookupByReference('order-1001'))) ?? []),
        ...((await through(() => collect(onerway.list(march)))) ?? []),
      ]
      for (const report of found) checkReport(report)
      if (!found.some(isPaid)) return
      const { content } = (answer as { data: { content: Row[] } }).data
      const isCapture = (row: Row) =>
        row.txnType === 'CAPTURE' &&
        row.status === 'S' &&
        [undefined, null, '', 'S'].includes(row.paymentStatus as string)
      expect(content.some((row) => saysPaid(row) || isCapture(row))).toBe(true)
    })
    await fc.assert(property, { numRuns: 400 })
  })
})

describe('one payment', () => {
  const auth = makeRow({ txnType: 'AUTH', paymentId: '77' })
  const capture = makeRow({
    txnType: 'CAPTURE',
    transactionId: makeId(2),
    originTransactionId: makeId(1),
    paymentId: '77',
  })

  it.each(['direct', 'hosted'] as const)('has one id from every source, with %s', async (integration) => {
    const { onerway } = connect(answerFrom([auth, capture]), { integration, webhooks: 'believe' })
    const id = integration === 'direct' ? makeId(1) : '77'
    const response = { respCode: '20000', data: { ...auth, redirectUrl: null } }
    const webhook = await onerway.readWebhook(
      await signWebhook(
        { ...auth, merchantNo, notifyType: 'TXN', responseTime: '2026-03-02 10:15:30' },
        secretKey,
      ),
    )
    const later = await onerway.readWebhook(
      await signWebhook({ ...capture, merchantNo, notifyType: 'TXN' }, secretKey),
    )
    const found = later.kind === 'recheck' ? await onerway.find(later.key) : []
    const reports = [
      reportOf(await onerway.readResponse(response, { txnType: 'AUTH', merchantTxnId: 'order-1001' })),
      ...(webhook.kind === 'payment' ? [webhook.report] : []),
      ...found,
      await onerway.lookup(id),
      await onerway.lookup(makeId(1)),
      await onerway.lookup(makeId(2)),
      ...(await onerway.lookupByReference('order-1001')),
      ...(await collect(onerway.list(march))),
    ]
    expect(reports.map(({ payment }) => payment.id)).toEqual(Array(8).fill(id))
    expect(new Set(reports.map(({ payment }) => payment.reference))).toEqual(new Set(['order-1001']))
    expect(reports.map(({ payment }) => payment.status)).toEqual([
      'authorized',
      'authorized',
      ...Array(6).fill('captured'),
    ])
  })
})
