import { advance, type ListRange, nextStep, type Payment } from '@payment-status/core'
import { createOnerway, type OnerwayConfig, signWebhook } from '@payment-status/onerway'
import { describe, expect, it } from 'vitest'
import { serve } from './loopback.ts'
import { answerFrom, collect, makeRow, merchantNo, type Row, reportOf, secretKey } from './make.ts'

// Made-up ids in the form of Onerway's: snowflakes, whose upper bits are milliseconds.
const saleAt = Date.parse('2026-03-02T02:15:30Z')
const day: ListRange = { from: new Date('2026-03-02T00:00:00Z'), to: new Date('2026-03-03T00:00:00Z') }

function makeSnowflake(time: number, sequence = 0): string {
  return String((BigInt(time - 1_288_834_974_657) << 22n) + BigInt(sequence))
}

const saleId = makeSnowflake(saleAt)
const sale = makeRow({ transactionId: saleId })

/** Connects a provider to a real server that answers from these rows, and counts its requests. */
async function connect(
  rows: readonly Row[],
  {
    payments = [],
    chargebacks = [],
    ...config
  }: { payments?: readonly Row[]; chargebacks?: readonly Row[] } & Partial<OnerwayConfig<'onerway'>> = {},
) {
  const server = await serve((response, { path, body }) => {
    const fields = JSON.parse(body) as Record<string, string>
    const isAskedFor = ({ paymentId, lastTransactionId, merchantTxnId }: Row) =>
      fields.paymentId
        ? paymentId === fields.paymentId
        : fields.merchantTxnIds
          ? merchantTxnId === fields.merchantTxnIds
          : fields.transactionIds === lastTransactionId
    const page = (content: readonly Row[]) => ({ respCode: '20000', data: { content } })
    const answers: Readonly<Record<string, () => unknown>> = {
      '/v1/txn/queryPayments': () => page(payments.filter(isAskedFor)),
      '/v1/chargeback/list': () => page(chargebacks),
      '/v1/txn/list': () => answerFrom(rows)({ fields, url: new URL(path, 'http://127.0.0.1') } as never),
    }
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answers[path]?.()))
  })
  const onerway = createOnerway({
    merchantNo,
    secretKey,
    environment: 'sandbox',
    integration: 'direct',
    baseUrl: server.url,
    ...config,
  })
  const requests = () =>
    server.received.map(({ path, body }) => {
      const { merchantNo: _, sign: __, current: ___, size: ____, ...fields } = JSON.parse(body) as Row
      return { path, ...fields }
    })
  return { server, onerway, requests }
}

describe('a direct payment', () => {
  const sent = { txnType: 'SALE', merchantTxnId: 'order-1' }
  const terms = { expected: { amount: { amount: 2500, currency: 'USD' } }, capture: 'automatic' } as const

  it.each(['N', 'O', null])(
    'declined with paymentStatus %s is failed, and the shop asks again',
    async (paymentStatus) => {
      const { server, onerway } = await connect([])
      await using _ = server
      const data = { transactionId: '5', status: 'F', paymentStatus }
      const answer = { respCode: '12003', respMsg: 'Declined by router', data }
      const report = reportOf(await onerway.readResponse(answer, sent))
      expect(report.payment).toMatchObject({ status: 'failed', decline: { code: '12003' } })
      expect(nextStep(report, terms)).toMatchObject({ kind: 'ask_again' })
    },
  )

  it('that is redirected before it has an id is a hint with the reference as its key', async () => {
    const { server, onerway } = await connect([makeRow({ merchantTxnId: 'order-1' })])
    await using _ = server
    const redirectUrl = 'https://checkout.example/additional-information'
    const data = { transactionId: null, paymentId: null, merchantTxnId: 'order-1', status: 'R', redirectUrl }
    const hint = await onerway.readResponse({ respCode: '20000', data }, sent)
    expect(hint).toEqual({
      evidence: 'hint',
      provider: 'onerway',
      source: 'response',
      key: { reference: 'order-1' },
      appears: 'looks_unfinished',
      action: { kind: 'redirect', url: redirectUrl },
    })
    if (hint.evidence !== 'hint' || !hint.key) return
    expect(nextStep(hint)).toEqual({ kind: 'send_shopper', url: redirectUrl })
    expect(await onerway.find(hint.key)).toHaveLength(1)
    // The answer need not repeat the merchantTxnId.
    const silent = { respCode: '20000', data: { ...data, merchantTxnId: null } }
    expect(await onerway.readResponse(silent, sent)).toMatchObject({ key: { reference: 'order-1' } })
  })

  it.each([
    ['a link that is not a web page', { redirectUrl: 'javascript:alert(1)' }],
    ['no link', { redirectUrl: null }],
    ['another status', { status: 'S' }],
  ])('without ids and with %s is invalid_payload', async (_, changes) => {
    const { server, onerway } = await connect([])
    await using __ = server
    const data = { transactionId: null, status: 'R', redirectUrl: 'https://a.example/', ...changes }
    await expect(onerway.readResponse({ respCode: '20000', data }, sent)).rejects.toMatchObject({
      code: 'invalid_payload',
    })
  })
})

describe('an operation that only the list shows', () => {
  const following = (txnType: string, changes: Row = {}) =>
    makeRow({
      transactionId: makeSnowflake(saleAt + 3_600_000),
      txnType,
      merchantTxnId: null,
      originTransactionId: saleId,
      txnTime: '2026-03-02 11:15:30',
      ...changes,
    })

  it.each([
    ['REFUND', sale, 'captured', 'refunded'],
    ['CAPTURE', { ...sale, txnType: 'AUTH' }, 'authorized', 'captured'],
    ['VOID', { ...sale, txnType: 'AUTH' }, 'authorized', 'canceled'],
  ])(
    '%s changes its payment, and a lookup that is given it agrees',
    async (txnType, opening, before, after) => {
      const rows: Row[] = [opening]
      const { server, onerway } = await connect(rows)
      await using _ = server
      const known = await onerway.lookup(saleId)
      expect(known.payment.status).toBe(before)
      rows.push(following(txnType))
      const [listed] = await collect(onerway.list(day))
      expect(listed?.payment.status).toBe(after)
      const advanced = advance(known, listed as NonNullable<typeof listed>)
      expect(advanced.report.payment.status).toBe(after)
      const confirmed = await onerway.lookup(saleId, { operations: listed?.payment.operations })
      expect(confirmed.payment.status).toBe(after)
      expect(advance(advanced.report, confirmed).report.payment.status).toBe(after)
    },
  )
})

describe('requests', () => {
  it('of a direct lookup are two, and one once the payment is known', async () => {
    const { server, onerway, requests } = await connect([sale])
    await using _ = server
    const { payment } = await onerway.lookup(saleId)
    expect(requests()).toHaveLength(2)
    await onerway.lookup(saleId, { payment })
    expect(requests().slice(2)).toEqual([{ path: '/v1/txn/list', merchantTxnIds: 'order-1001' }])
    await onerway.find(payment)
    expect(requests()).toHaveLength(4)
  })

  const paymentId = makeSnowflake(saleAt, 7)
  const attempt = { ...sale, paymentId, paymentStatus: 'S' }
  const paymentRow = { paymentId, paymentStatus: 'S', lastTransactionId: saleId, merchantTxnId: 'order-1001' }
  const hosted = { payments: [paymentRow], integration: 'hosted' } as const

  it('of a hosted notice are two', async () => {
    const { server, onerway, requests } = await connect([attempt], hosted)
    await using _ = server
    const notice = { ...attempt, notifyType: 'TXN', merchantNo, responseTime: '2026-03-02 10:16:00' }
    const event = await onerway.readWebhook(await signWebhook(notice, secretKey))
    expect(event).toMatchObject({ kind: 'recheck', key: { id: paymentId, operations: [{ id: saleId }] } })
    if (event.kind !== 'recheck') return
    const [report] = await onerway.find(event.key)
    expect(report?.payment).toMatchObject({ id: paymentId, status: 'captured', captured: 2500 })
    expect(requests()).toEqual([
      { path: '/v1/txn/queryPayments', paymentId },
      { path: '/v1/txn/list', merchantTxnIds: 'order-1001' },
    ])
    await onerway.lookup(paymentId, { payment: report?.payment })
    expect(requests().slice(2)).toEqual([
      { path: '/v1/txn/queryPayments', paymentId },
      { path: '/v1/txn/list', merchantTxnIds: 'order-1001' },
    ])
  })

  it('of a hosted return page do not ask for a transaction as a payment', async () => {
    const { server, onerway, requests } = await connect([attempt], hosted)
    await using _ = server
    const { key } = onerway.readReturn(`https://shop.example/return?transactionId=${saleId}&status=S`)
    const [report] = key ? await onerway.find(key) : []
    expect(report?.payment).toMatchObject({ id: paymentId, status: 'captured' })
    expect(requests()[0]).toEqual({ path: '/v1/txn/list', transactionIds: saleId })
    expect(requests()).toHaveLength(3)
  })

  it('of a closed hosted order lead from its transaction to its paymentId, which the row does not state', async () => {
    const closed = { ...sale, status: 'N' }
    const payments = [{ ...paymentRow, paymentStatus: 'N' }]
    const { server, onerway } = await connect([closed], { ...hosted, payments })
    await using _ = server
    expect((await onerway.lookup(saleId, { operations: [{ id: saleId }] })).payment).toMatchObject({
      id: paymentId,
      status: 'canceled',
    })
    const listed = await collect(onerway.list(day))
    expect(listed.map(({ payment }) => [payment.id, payment.status])).toEqual([[paymentId, 'canceled']])
    const [found] = await onerway.lookupByReference('order-1001')
    expect(found?.payment.id).toBe(paymentId)
  })
})

describe('a lookup that only confirms what is recorded', () => {
  const paymentId = makeSnowflake(saleAt, 7)
  const refund = makeRow({
    transactionId: makeSnowflake(saleAt + 3_600_000),
    txnType: 'REFUND',
    status: 'I',
    merchantTxnId: 'refund-1',
    originTransactionId: saleId,
  })
  const rowOf = (paymentStatus: string, changes: Row = {}) => ({
    paymentId,
    paymentStatus,
    lastTransactionId: saleId,
    merchantTxnId: 'order-1001',
    orderAmount: '25.00',
    orderCurrency: 'USD',
    ...changes,
  })

  it('asks for all transactions of a direct payment at once', async () => {
    const rows: Row[] = [sale, refund]
    const { server, onerway, requests } = await connect(rows)
    await using _ = server
    const { payment } = await onerway.lookup(saleId, { operations: [{ id: refund.transactionId }] })
    const before = requests().length
    const confirmed = await onerway.lookup(saleId, { payment, confirm: true })
    expect(confirmed.payment).toEqual(payment)
    expect(requests().slice(before)).toEqual([
      { path: '/v1/txn/list', transactionIds: `${saleId},${refund.transactionId}` },
    ])
    rows[1] = { ...refund, status: 'S' }
    expect((await onerway.lookup(saleId, { payment, confirm: true })).payment.status).toBe('refunded')
  })

  it.each(['U', 'R', 'P', 'S', 'A'])('asks the payment query only while it says %s', async (word) => {
    const txnType = word === 'A' ? 'AUTH' : 'SALE'
    const status = word === 'A' ? 'S' : word
    const attempt = { ...sale, txnType, status, paymentId, paymentStatus: word }
    const payments = [rowOf(word)]
    const { server, onerway, requests } = await connect([attempt], { payments, integration: 'hosted' })
    await using _ = server
    const { payment } = await onerway.lookup(paymentId)
    const before = requests().length
    const confirmed = await onerway.lookup(paymentId, { payment, confirm: true })
    expect(confirmed).toMatchObject({ source: 'lookup', payment })
    expect(requests().slice(before)).toEqual([{ path: '/v1/txn/queryPayments', paymentId }])
    await onerway.lookup(paymentId, { payment })
    expect(requests()).toHaveLength(before + 3)
  })

  it.each<[string, Row]>([
    ['another word', { paymentStatus: 'N' }],
    ['a transaction that is not recorded', { lastTransactionId: makeSnowflake(saleAt + 60_000) }],
    ['another amount', { orderAmount: '26.00' }],
    ['no amount of money that was taken', { orderAmount: null, orderCurrency: null }],
    ['another reference', { merchantTxnId: 'order-1002' }],
  ])('is a whole lookup where the payment query states %s', async (_, changes) => {
    const payments: Row[] = [rowOf('S')]
    const attempt = { ...sale, paymentId, paymentStatus: 'S' }
    const { server, onerway, requests } = await connect([attempt], { payments, integration: 'hosted' })
    await using __ = server
    const { payment } = await onerway.lookup(paymentId)
    const before = requests().length
    payments[0] = rowOf('S', changes)
    await onerway.lookup(paymentId, { payment, confirm: true })
    expect(requests().length).toBeGreaterThan(before + 1)
  })

  it('asks for the refund that a hosted payment waits for, and for everything once it has ended', async () => {
    const rows: Row[] = [
      { ...sale, paymentId, paymentStatus: 'S' },
      { ...refund, paymentId },
    ]
    const { server, onerway, requests } = await connect(rows, {
      payments: [rowOf('S')],
      integration: 'hosted',
    })
    await using _ = server
    const { payment } = await onerway.lookup(paymentId, { operations: [{ id: refund.transactionId }] })
    const before = requests().length
    expect((await onerway.lookup(paymentId, { payment, confirm: true })).payment).toEqual(payment)
    expect(requests().slice(before)).toEqual([{ path: '/v1/txn/list', transactionIds: refund.transactionId }])
    rows[1] = { ...refund, paymentId, status: 'S' }
    const ended = await onerway.lookup(paymentId, { payment, confirm: true })
    expect(ended.payment).toMatchObject({ status: 'refunded', refunded: 2500 })
  })

  it('by a reference holds the known operations that go by other references', async () => {
    const { server, onerway, requests } = await connect([sale, { ...refund, status: 'S' }])
    await using _ = server
    const operations = [{ id: saleId }, { id: refund.transactionId }]
    const [found] = await onerway.lookupByReference('order-1001', { operations })
    expect(found?.payment).toMatchObject({ id: saleId, status: 'refunded', refunded: 2500 })
    expect(requests()).toEqual([
      { path: '/v1/txn/list', merchantTxnIds: 'order-1001' },
      { path: '/v1/txn/list', transactionIds: refund.transactionId },
    ])
  })

  it('by a reference asks no payment query while every attempt is undecided', async () => {
    const rows: Row[] = [{ ...sale, status: 'F', paymentId, paymentStatus: 'O' }]
    const { server, onerway, requests } = await connect(rows, {
      payments: [rowOf('O')],
      integration: 'hosted',
    })
    await using _ = server
    const [open] = await onerway.lookupByReference('order-1001', { confirm: true })
    expect(open?.payment).toMatchObject({ id: paymentId, status: 'open' })
    expect(requests()).toHaveLength(1)
    rows[0] = { ...sale, paymentId, paymentStatus: 'S' }
    await onerway.lookupByReference('order-1001', { confirm: true })
    expect(requests()).toHaveLength(3)
  })
})

describe('a lookup by reference that only confirms what is recorded', () => {
  const auth: Row = { ...sale, txnType: 'AUTH' }
  const voided = makeRow({
    transactionId: makeSnowflake(saleAt + 3_600_000),
    txnType: 'VOID',
    merchantTxnId: 'void-1',
    originTransactionId: saleId,
  })
  const second = makeRow({ transactionId: makeSnowflake(saleAt + 120_000), status: 'P' })
  const known = { operations: [{ id: saleId }, { id: voided.transactionId }] }
  const byReference = { path: '/v1/txn/list', merchantTxnIds: 'order-1001' }

  it('sends one request for a payment that has ended, however many operations it has', async () => {
    const { server, onerway, requests } = await connect([auth, voided])
    await using _ = server
    const payments = (await onerway.lookupByReference('order-1001', known)).map(({ payment }) => payment)
    expect(payments).toMatchObject([{ status: 'canceled' }])
    const before = requests().length
    const confirmed = await onerway.lookupByReference('order-1001', { ...known, payments, confirm: true })
    expect(confirmed).toMatchObject([{ source: 'lookup', payment: payments[0] }])
    expect(requests().slice(before)).toEqual([byReference])
  })

  it.each<[string, readonly Row[], Partial<Payment>]>([
    ['another attempt was made', [auth, voided, second], {}],
    ['the attempt says something else', [{ ...auth, status: 'F' }, voided], {}],
    ['the attempt is of another amount', [{ ...auth, orderAmount: '26.00' }, voided], {}],
    ['the attempt is missing', [voided], {}],
    [
      'an operation is pending',
      [auth, voided],
      { operations: [{ id: saleId, kind: 'void', status: 'pending' }] },
    ],
    ['a lookup contradicted it', [auth, voided], { conflict: { status: 'failed', since: '2026-03-02' } }],
    ['it is unknown', [auth, voided], { status: 'unknown' }],
  ])('is a whole lookup where %s', async (_, later, recorded) => {
    const rows: Row[] = [auth, voided]
    const { server, onerway, requests } = await connect(rows)
    await using __ = server
    const [found] = await onerway.lookupByReference('order-1001', known)
    const payments = found ? [{ ...found.payment, ...recorded }] : []
    rows.splice(0, rows.length, ...later)
    const before = requests().length
    const answer = await onerway.lookupByReference('order-1001', { ...known, payments, confirm: true })
    const whole = await onerway.lookupByReference('order-1001', known)
    expect(answer.map(({ payment }) => payment)).toEqual(whole.map(({ payment }) => payment))
    expect(requests().slice(before)[1]).toMatchObject({ transactionIds: expect.any(String) })
  })

  describe('with hosted', () => {
    const paymentId = makeSnowflake(saleAt, 7)
    const rowOf = (paymentStatus: string, lastTransactionId: string | null): Row => ({
      paymentId,
      paymentStatus,
      lastTransactionId,
      merchantTxnId: 'order-1001',
      orderAmount: '25.00',
      orderCurrency: 'USD',
    })
    const attempt = (changes: Row = {}): Row => ({ ...sale, paymentId, paymentStatus: 'S', ...changes })
    const byQuery = { path: '/v1/txn/queryPayments', merchantTxnIds: 'order-1001' }

    it.each<[string, Row, Row[]]>([
      ['is paid', rowOf('S', saleId), [attempt()]],
      ['is held', rowOf('A', saleId), [attempt({ txnType: 'AUTH', paymentStatus: 'A' })]],
      ['is closed', rowOf('N', saleId), [attempt({ status: 'F', paymentStatus: 'N' })]],
      ['was not tried', rowOf('U', null), []],
      ['was closed untried', rowOf('N', null), []],
    ])('asks the payment query only while it %s', async (_, payment, rows) => {
      const { server, onerway, requests } = await connect(rows, {
        payments: [payment],
        integration: 'hosted',
      })
      await using __ = server
      const payments = (await onerway.lookupByReference('order-1001')).map((report) => report.payment)
      expect(payments).toMatchObject([{ id: paymentId, reference: 'order-1001' }])
      const before = requests().length
      const confirmed = await onerway.lookupByReference('order-1001', { payments, confirm: true })
      expect(confirmed.map((report) => report.payment)).toEqual(payments)
      expect(requests().slice(before)).toEqual([byQuery])
    })

    it.each<[string, Row]>([
      ['the word has changed', rowOf('N', saleId)],
      ['another attempt was made', rowOf('S', makeSnowflake(saleAt + 60_000))],
      ['another payment was created', { ...rowOf('U', null), paymentId: makeSnowflake(saleAt + 60_000, 9) }],
    ])('is a whole lookup where %s', async (_, changed) => {
      const payments: Row[] = [rowOf('S', saleId)]
      const { server, onerway, requests } = await connect([attempt()], { payments, integration: 'hosted' })
      await using __ = server
      const known = (await onerway.lookupByReference('order-1001')).map((report) => report.payment)
      if (changed.paymentId === paymentId) payments[0] = changed
      else payments.push(changed)
      const before = requests().length
      const answer = await onerway.lookupByReference('order-1001', { payments: known, confirm: true })
      expect(requests().slice(before)).toContainEqual({ path: '/v1/txn/list', merchantTxnIds: 'order-1001' })
      const whole = await onerway.lookup(paymentId)
      expect(answer.map((report) => report.payment)).toContainEqual(whole.payment)
      expect(answer).toHaveLength(payments.length)
    })

    it('finds nothing, and does not fail, where the payment query rejects the filter', async () => {
      const { server, onerway } = await connectRejecting()
      await using _ = server
      expect(await onerway.lookupByReference('order-1001')).toEqual([])
    })
  })
})

/** Connects a hosted provider to a payment query that knows no filter by reference. */
async function connectRejecting() {
  const server = await serve((response, { path }) => {
    const answer =
      path === '/v1/txn/list'
        ? { respCode: '20000', data: { content: [] } }
        : { respCode: '13000', respMsg: 'rejected', data: null }
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer))
  })
  const onerway = createOnerway({
    merchantNo,
    secretKey,
    environment: 'sandbox',
    integration: 'hosted',
    baseUrl: server.url,
  })
  return { server, onerway }
}

describe('a card that is kept while paying', () => {
  it.each([
    ['S', 'direct', {}],
    ['F', 'direct', {}],
    ['S', 'hosted', {}],
    ['F', 'hosted', {}],
    ['F', 'hosted', { paymentId: '77', paymentStatus: 'S' }],
  ] as const)(
    'with %s and %s is an operation of the payment, not an attempt',
    async (status, integration, changes) => {
      const card = makeRow({
        transactionId: makeSnowflake(saleAt + 1000),
        txnType: 'BIND_CARD',
        status,
        orderAmount: '0.00',
      })
      const paid = { ...sale, ...changes }
      const { server, onerway } = await connect([paid, card], { integration })
      await using _ = server
      const id = 'paymentId' in changes ? '77' : saleId
      for (const reports of [
        await onerway.lookupByReference('order-1001'),
        await collect(onerway.list(day)),
        [await onerway.lookup(saleId)],
        [await onerway.lookup(card.transactionId)],
      ]) {
        expect(reports.map(({ payment }) => [payment.id, payment.status])).toEqual([[id, 'captured']])
        expect(reports[0]?.payment.operations?.map(({ kind }) => kind)).toEqual(['payment', 'verification'])
      }
    },
  )

  it('on its own is verified', async () => {
    const card = makeRow({ txnType: 'BIND_CARD', orderAmount: '0.00' })
    const { server, onerway } = await connect([card, { ...sale, merchantTxnId: 'order-2' }])
    await using _ = server
    expect((await onerway.lookup(card.transactionId)).payment.status).toBe('verified')
  })
})

describe('the time in an id', () => {
  it('is when a transaction without a txnTime was created', async () => {
    const { server, onerway } = await connect([{ ...sale, txnTime: null }])
    await using _ = server
    expect((await onerway.lookup(saleId)).payment).toMatchObject({
      createdAt: '2026-03-02T02:15:30.000Z',
      operations: [{ id: saleId, at: '2026-03-02T02:15:30.000Z' }],
    })
  })

  it.each([
    ['+08:00', undefined],
    ['Z', 480],
    ['+09:00', -60],
    ['+05:45', 135],
  ])('warns of a configured time zone that cannot be right: %s', async (timeZone, minutes) => {
    const { server, onerway } = await connect([sale], { timeZone })
    await using _ = server
    const { facts } = (await onerway.lookup(saleId)).payment
    expect(facts.timeZoneDiffersByMinutes).toBe(minutes)
  })

  it('says nothing of a shopper who takes a while to pay', async () => {
    const { server, onerway } = await connect([{ ...sale, txnTime: '2026-03-02 10:21:04' }])
    await using _ = server
    expect((await onerway.lookup(saleId)).payment.facts).not.toHaveProperty('timeZoneDiffersByMinutes')
  })
})

describe('a chargeback', () => {
  const chargeback = {
    merchantNo,
    chargebackId: makeSnowflake(saleAt + 86_400_000),
    importTime: '2026-03-02 20:00:00',
    merchantTxnId: 'order-1001',
    originTransactionId: saleId,
    chargebackAmount: '10.00',
    chargebackCurrency: 'USD',
    chargebackReason: 'not received',
    appealDueTime: '2026-03-16 20:00:00',
    chargebackStatus: 'NEW',
  }

  it('is in a list where the chargeback query is permitted, on a payment of any age', async () => {
    const old = { ...sale, txnTime: '2026-01-02 10:15:30' }
    const { server, onerway, requests } = await connect([old], {
      chargebacks: [chargeback],
      chargebackQuery: true,
    })
    await using _ = server
    const [report, ...more] = await collect(onerway.list(day))
    expect(more).toEqual([])
    expect(report?.payment).toMatchObject({
      id: saleId,
      status: 'captured',
      dispute: {
        id: chargeback.chargebackId,
        status: 'needs_response',
        amount: { amount: 1000, currency: 'USD' },
        reason: 'not received',
        respondBy: '2026-03-16T12:00:00.000Z',
        updatedAt: '2026-03-02T12:00:00.000Z',
      },
    })
    expect(requests()[1]).toEqual({
      path: '/v1/chargeback/list',
      importTimeStart: '2026-03-02 08:00:00',
      importTimeEnd: '2026-03-03 08:00:00',
    })
  })

  it('is not asked for by default', async () => {
    const { server, onerway, requests } = await connect([sale], { chargebacks: [chargeback] })
    await using _ = server
    expect((await collect(onerway.list(day)))[0]?.payment).not.toHaveProperty('dispute')
    expect(requests().map(({ path }) => path)).toEqual(['/v1/txn/list'])
  })

  it.each(['direct', 'hosted'] as const)('notice reaches its payment with %s', async (integration) => {
    const changes = integration === 'hosted' ? { paymentId: '77', paymentStatus: 'S' } : {}
    const { server, onerway } = await connect([{ ...sale, ...changes }], { integration })
    await using _ = server
    const notice = { notifyType: 'CHARGEBACK', transactionId: chargeback.chargebackId, ...chargeback }
    for (const origin of [
      { originTransactionId: saleId, originMerchantTxnId: 'order-1001' },
      { originTransactionId: null, originMerchantTxnId: 'order-1001' },
    ]) {
      const event = await onerway.readWebhook(await signWebhook({ ...notice, ...origin }, secretKey))
      expect(event.kind).toBe('dispute')
      if (event.kind !== 'dispute' || !event.key) continue
      const [report] = await onerway.find(event.key)
      expect(report?.payment.id).toBe(integration === 'hosted' ? '77' : saleId)
    }
  })
})

it('a row that slips between two shifting pages is found', async () => {
  const rows = Array.from({ length: 25 }, (_, index) =>
    makeRow({ transactionId: makeSnowflake(saleAt, index + 1), merchantTxnId: `order-${index}` }),
  )
  let requests = 0
  const server = await serve((response, { path, body }) => {
    const fields = JSON.parse(body) as Record<string, string>
    // Newest first, and a new payment arrives after the first page: everything moves down by one.
    const known = ++requests === 1 ? rows.slice(0, 24) : rows
    const answer = answerFrom(known.toReversed())({ fields, url: new URL(path, 'http://127.0.0.1') } as never)
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer))
  })
  await using _ = server
  const config = { merchantNo, secretKey, environment: 'sandbox', integration: 'direct' } as const
  const onerway = createOnerway({ ...config, baseUrl: server.url })
  expect(await collect(onerway.list(day))).toHaveLength(25)
})
