import type { PaymentReport } from '@payment-status/core'
import { createOnerway, type OnerwayProvider } from '@payment-status/onerway'
import { describe, expect, it } from 'vitest'
import { serve } from './loopback.ts'
import {
  answerFrom,
  collect,
  connect,
  errorOf,
  makeId,
  makePage,
  makeRow,
  march,
  merchantNo,
  type Row,
  secretKey,
  signatureOf,
  wordsOf,
} from './make.ts'

const id = makeId(1)
const auth = makeRow({ txnType: 'AUTH' })
const capture = makeRow({
  txnType: 'CAPTURE',
  transactionId: makeId(2),
  originTransactionId: id,
  orderAmount: '10.00',
})
const refund = makeRow({
  txnType: 'REFUND',
  transactionId: makeId(3),
  originTransactionId: makeId(2),
  orderAmount: '4.00',
})
const story = [auth, capture, refund]

/** Returns the fields of each request, without those that every request has. */
const questionsOf = (asked: ReadonlyArray<{ readonly fields: Row }>) =>
  asked.map(({ fields: { merchantNo: _, sign: __, ...question } }) => question)

describe('a request', () => {
  it('is a signed POST of text fields, to the host of its environment', async () => {
    const { onerway, asked } = connect(answerFrom(story))
    await onerway.lookup(id)
    expect(questionsOf(asked)).toEqual([
      { transactionIds: id, current: '1' },
      { merchantTxnIds: 'order-1001', current: '1' },
    ])
    for (const { method, url, headers, fields } of asked) {
      expect(`${method} ${url}`).toBe('POST https://sandbox-acq.onerway.com/v1/txn/list')
      expect(headers.get('content-type')).toBe('application/json')
      expect(fields.merchantNo).toBe(merchantNo)
      expect(fields.sign).toBe(signatureOf(fields))
      for (const value of Object.values(fields)) expect(typeof value).toBe('string')
    }
  })

  it.each([
    ['production', undefined, 'https://acq.onerway.com'],
    ['sandbox', undefined, 'https://sandbox-acq.onerway.com'],
    ['production', 'https://proxy.example/onerway/', 'https://proxy.example/onerway'],
  ] as const)('of %s with the base %s goes to %s', async (environment, baseUrl, wanted) => {
    const { onerway, asked } = connect(answerFrom(story), { environment, baseUrl })
    await onerway.lookup(id)
    expect(asked[0]?.url.href).toBe(`${wanted}/v1/txn/list`)
  })

  it('has exactly the content type, its signature over exactly the bytes sent, on a real server', async () => {
    await using server = await serve((response, { path, body }, count) => {
      if (count <= 2) return void response.writeHead(count === 1 ? 500 : 429).end()
      const fields = JSON.parse(body) as Record<string, string>
      const answer = answerFrom(story)({ fields, url: new URL(path, 'http://127.0.0.1') } as never)
      response
        .writeHead(200, { 'content-type': 'application/json;charset=UTF-8' })
        .end(JSON.stringify(answer))
    })
    const onerway = createOnerway({
      merchantNo,
      secretKey,
      environment: 'sandbox',
      integration: 'direct',
      baseUrl: server.url,
    })
    const { payment } = await onerway.lookup(id)
    expect(payment).toMatchObject({ id, status: 'partially_refunded' })
    // The POST reads, so it was sent again after 500 and after 429.
    expect(server.received).toHaveLength(4)
    for (const { method, path, headers, body } of server.received) {
      expect({ method, path }).toEqual({ method: 'POST', path: '/v1/txn/list' })
      expect(headers['content-type']).toBe('application/json')
      const { sign, ...fields } = JSON.parse(body) as Record<string, string>
      expect(sign).toBe(signatureOf(fields))
    }
    expect(new Set(server.received.slice(0, 3).map(({ body }) => body)).size).toBe(1)
  })

  it('that fails for good is rejected, with its respCode', async () => {
    await using server = await serve((response) => {
      response.writeHead(400).end('{"respCode":"40013","respMsg":"unreadable"}')
    })
    const { merchantNo: _, ...config } = { merchantNo, secretKey, integration: 'direct', retries: 0 } as const
    const onerway = createOnerway({ merchantNo, ...config, environment: 'sandbox', baseUrl: server.url })
    await expect(onerway.lookup(id)).rejects.toMatchObject({
      code: 'rejected',
      httpStatus: 400,
      providerCode: '40013',
    })
  })

  it.each([
    ['40013', 'rejected', false],
    ['13001', 'rejected', false],
    ['12001', 'rejected', false],
    ['11001', 'unavailable', true],
    ['11999', 'unavailable', true],
    ['12009', 'unavailable', true],
    ['70002', 'rejected', false],
  ])('that is answered with %s is %s', async (respCode, code, retryable) => {
    const { onerway } = connect(() => ({ respCode, respMsg: 'no', data: null }))
    await expect(onerway.lookup(id)).rejects.toMatchObject({ code, retryable, providerCode: respCode })
    await expect(onerway.lookupByReference('order-1001')).rejects.toMatchObject({ code })
  })

  it.each([
    ['a respCode that is a number', { respCode: 20000, data: { content: [] } }],
    ['no data', { respCode: '20000' }],
    ['data that is null', { respCode: '20000', data: null }],
    ['no content', { respCode: '20000', data: {} }],
    ['content that is not a list', { respCode: '20000', data: { content: {} } }],
    ['counts in words', { respCode: '20000', data: { content: [], totalElements: 'many' } }],
    ['counts below zero, as text', { respCode: '20000', data: { content: [], totalElements: '-1' } }],
  ])('that is answered with %s is invalid_payload', async (_, answer) => {
    const { onerway } = connect(() => answer)
    await expect(onerway.lookup(id)).rejects.toMatchObject({ code: 'invalid_payload' })
  })

  it('needs what it is signed with and sent to', async () => {
    const options = [
      { merchantNo: '' },
      { secretKey: '' },
      { secretKey: [] },
      { environment: undefined as never },
    ]
    for (const config of options) {
      const { onerway, asked } = connect(answerFrom(story), config)
      await expect(onerway.lookup(id)).rejects.toMatchObject({ code: 'invalid_input' })
      expect(asked).toEqual([])
    }
  })
})

describe('an id', () => {
  it.each(['', '12a', ' 1', '1 ', '1\n', '123456789012345678901', '../1', '1,2', '-1', '1e3', '１２'])(
    'of “%s” is refused, and nothing is sent',
    async (wrong) => {
      const { onerway, asked } = connect(answerFrom(story))
      await expect(onerway.lookup(wrong)).rejects.toMatchObject({ code: 'invalid_input', retryable: false })
      await expect(onerway.find({ id: wrong })).rejects.toMatchObject({ code: 'invalid_input' })
      expect(asked).toEqual([])
    },
  )

  it('that is a number is refused', async () => {
    const { onerway } = connect(answerFrom(story))
    await expect(onerway.lookup(Number('1919652333131005952') as never)).rejects.toMatchObject({
      code: 'invalid_input',
    })
  })

  it('of 20 digits comes back digit for digit', async () => {
    const long = '18446744073709551615'
    const { onerway, asked } = connect(answerFrom([makeRow({ transactionId: long })]))
    expect((await onerway.lookup(long)).payment.id).toBe(long)
    expect(asked[0]?.fields.transactionIds).toBe(long)
  })

  it('that does not exist is not_found, which does not mean unpaid', async () => {
    const { onerway } = connect(answerFrom(story))
    const error = await errorOf(() => onerway.lookup(makeId(9)))
    expect(error).toMatchObject({ code: 'not_found', message: expect.stringContaining('does not mean') })
  })

  it('is compared with the rows: those of other payments are ignored', async () => {
    const { onerway, asked } = connect(() => makePage([makeRow({ transactionId: makeId(8) })]))
    await expect(onerway.lookup(id)).rejects.toMatchObject({ code: 'not_found' })
    expect(asked).toHaveLength(1)
  })
})

describe('a lookup', () => {
  it.each([
    ['the authorization', makeId(1)],
    ['the capture', makeId(2)],
    ['the refund', makeId(3)],
  ])('by the id of %s answers with the whole payment', async (_, asked) => {
    const { onerway } = connect(answerFrom(story))
    const before = new Date().toISOString()
    const report = await onerway.lookup(asked)
    expect(report).toMatchObject({
      evidence: 'report',
      source: 'lookup',
      payment: {
        id,
        reference: 'order-1001',
        status: 'partially_refunded',
        amount: { amount: 2500, currency: 'USD' },
        authorized: 2500,
        captured: 1000,
        refunded: 400,
      },
    })
    expect(report).not.toHaveProperty('occurredAt')
    expect(report.observedAt >= before && report.observedAt <= new Date().toISOString()).toBe(true)
  })

  it('does not find refunds whose merchantTxnId is null: then refunded is absent, and never zero', async () => {
    const hidden = { ...refund, merchantTxnId: null }
    const { onerway } = connect(answerFrom([auth, capture, hidden]))
    const { payment } = await onerway.lookup(id)
    expect(payment.status).toBe('partially_captured')
    expect(payment).not.toHaveProperty('refunded')
    // Asked for by its own id it is found, and brings its payment along.
    expect((await onerway.lookup(makeId(3))).payment).toMatchObject({ id, refunded: 400 })
  })

  it('is dated by its first request: later changes may be missing', async () => {
    const hidden = { ...refund, merchantTxnId: null }
    const moments: string[] = []
    const { onerway } = connect(async (question) => {
      moments.push(new Date().toISOString())
      await new Promise((resolve) => setTimeout(resolve, 5))
      return answerFrom([auth, capture, hidden])(question)
    })
    const { observedAt } = await onerway.lookup(makeId(3))
    expect(moments.length).toBeGreaterThan(2)
    expect(observedAt < (moments[1] ?? '')).toBe(true)
  })

  it('of a row without a reference is that row', async () => {
    const { onerway, asked } = connect(answerFrom([makeRow({ merchantTxnId: null })]))
    const { payment } = await onerway.lookup(id)
    expect(payment.status).toBe('captured')
    expect(payment).not.toHaveProperty('reference')
    expect(asked).toHaveLength(1)
  })

  it('does not ask for a reference that would ask for several', async () => {
    const { onerway, asked } = connect(answerFrom([makeRow({ merchantTxnId: 'order-1,order-2' })]))
    expect((await onerway.lookup(id)).payment.reference).toBe('order-1,order-2')
    expect(asked).toHaveLength(1)
  })

  it('keeps to its own payment where a reference has several', async () => {
    const other = makeRow({ transactionId: makeId(5), status: 'F' })
    const { onerway } = connect(answerFrom([...story, other]))
    expect((await onerway.lookup(makeId(5))).payment).toMatchObject({ id: makeId(5), status: 'failed' })
    expect((await onerway.lookup(id)).payment.status).toBe('partially_refunded')
  })

  it('of a later transaction whose opening is gone is unknown', async () => {
    const { onerway, asked } = connect(answerFrom([capture]))
    expect((await onerway.lookup(makeId(2))).payment).toMatchObject({ id, status: 'unknown' })
    expect(questionsOf(asked).map(({ current: _, ...question }) => question)).toEqual([
      { transactionIds: makeId(2) },
      { transactionIds: id },
      { merchantTxnIds: 'order-1001' },
    ])
  })

  it('states what changed between its two requests', async () => {
    let count = 0
    const { onerway } = connect(() => makePage([makeRow({ status: count++ === 0 ? 'P' : 'S' })]))
    expect((await onerway.lookup(id)).payment.status).toBe('captured')
  })

  it('takes no row of another merchant, nor counts it as missing', async () => {
    const others = [
      makeRow({ merchantNo: '800999' }),
      makeRow({ transactionId: makeId(2), merchantNo: '800999' }),
    ]
    const foreign = connect(answerFrom(others)).onerway
    await expect(foreign.lookup(id)).rejects.toMatchObject({ code: 'not_found' })
    expect(await foreign.lookupByReference('order-1001')).toEqual([])
    expect(await collect(foreign.list(march))).toEqual([])
    for (const merchantNo of ['800001', '', null]) {
      const { onerway } = connect(answerFrom([makeRow({ merchantNo }), ...others.slice(1)]))
      expect(wordsOf(await collect(onerway.list(march)))).toEqual([[id, 'captured']])
    }
  })

  it('of a row that cannot be read otherwise is unknown', async () => {
    const strange: readonly Row[] = [
      { orderAmount: '1e3' },
      { orderAmount: '-1' },
      { orderAmount: 25 },
      { orderCurrency: 'usd' },
      { orderAmount: '25.001' },
      { txnAmount: 'much', txnCurrency: 'USD' },
      { txnTime: 'yesterday' },
      { txnTimeZone: 'Mars' },
      { status: ['S'] },
      { paymentId: 77 },
      { originTransactionId: 'abc' },
    ]
    for (const changes of strange) {
      const { onerway } = connect(answerFrom([makeRow(changes)]))
      expect((await onerway.lookup(id)).payment).toMatchObject({ id, status: 'unknown' })
    }
  })

  it.each([null, 'text', [], {}, { transactionId: 7 }, { transactionId: '12a' }, { transactionId: '' }])(
    'that is answered with a row without an id is invalid_payload: %j',
    async (row) => {
      const { onerway } = connect(() => makePage([makeRow(), row]))
      await expect(onerway.lookup(id)).rejects.toMatchObject({ code: 'invalid_payload' })
    },
  )
})

describe('a hosted lookup', () => {
  const paymentId = makeId(77)
  const first = makeRow({ paymentId, status: 'F', paymentStatus: 'S' })
  const paid = makeRow({
    paymentId,
    transactionId: makeId(2),
    txnTime: '2026-03-02 10:16:00',
    paymentStatus: 'S',
  })

  it('by paymentId asks the payment query first', async () => {
    const { onerway, asked } = connect(answerFrom([first, paid]), { integration: 'hosted' })
    expect((await onerway.lookup(paymentId)).payment).toMatchObject({ id: paymentId, status: 'captured' })
    expect(questionsOf(asked)).toEqual([
      { paymentId, size: '100', current: '1' },
      { transactionIds: makeId(2), current: '1' },
      { merchantTxnIds: 'order-1001', current: '1' },
    ])
    expect(asked[0]?.url.pathname).toBe('/v1/txn/queryPayments')
    expect(asked[0]?.fields.sign).toBe(signatureOf(asked[0]?.fields ?? {}))
    await expect(onerway.lookup(makeId(9))).rejects.toMatchObject({ code: 'not_found' })
  })

  it('without transactions yet is what the payment query states', async () => {
    const whole = { paymentId, merchantTxnId: 'order-1001', orderAmount: '25.00', orderCurrency: 'USD' }
    const cases = [
      [{ ...whole, paymentStatus: 'U' }, 'open'],
      [{ ...whole, paymentStatus: 'S', lastTransactionId: makeId(2) }, 'captured'],
      [{ ...whole, paymentStatus: 'N' }, 'canceled'],
      [{ paymentId, paymentStatus: 'S' }, 'captured'],
      [{ ...whole, paymentStatus: 'S', orderAmount: '0.00' }, 'unknown'],
      [{ ...whole, paymentStatus: 'Z' }, 'unknown'],
      [whole, 'unknown'],
    ] as const
    for (const [row, status] of cases) {
      const { onerway } = connect(
        ({ url }) => makePage(url.pathname.endsWith('queryPayments') ? [row] : []),
        { integration: 'hosted' },
      )
      const { payment } = await onerway.lookup(paymentId)
      expect(payment).toMatchObject({ id: paymentId, status })
      expect(payment).not.toHaveProperty('captured')
      expect(payment).not.toHaveProperty('operations')
    }
  })

  /** Looks up where the payment query answers with these rows, and the order query with those. */
  async function foundBy(payments: readonly Row[], rows: readonly Row[] = []) {
    const { onerway, asked } = connect(
      (question) =>
        question.url.pathname.endsWith('queryPayments') ? makePage(payments) : answerFrom(rows)(question),
      { integration: 'hosted', keepRaw: true },
    )
    return { report: await onerway.lookup(paymentId), asked: questionsOf(asked) }
  }

  it('by the id of a new transaction is found together with the known ones', async () => {
    const sale = makeRow({ paymentId })
    const refund = makeRow({
      paymentId,
      transactionId: makeId(5),
      merchantTxnId: null,
      originTransactionId: id,
      txnType: 'REFUND',
      orderAmount: '10.00',
    })
    const whole = { paymentId, paymentStatus: 'S', lastTransactionId: id }
    const { onerway } = connect(
      (question) =>
        question.url.pathname.endsWith('queryPayments')
          ? makePage(question.fields.paymentId === paymentId ? [whole] : [])
          : answerFrom([sale, refund])(question),
      { integration: 'hosted' },
    )
    for (const operations of [undefined, [], [{ id }], [{ id }, { id: makeId(5) }]]) {
      const { payment } = await onerway.lookup(makeId(5), { operations })
      expect(payment).toMatchObject({ id: paymentId, status: 'partially_refunded', refunded: 1000 })
    }
    await expect(onerway.lookup(makeId(9), { operations: [{ id }] })).rejects.toMatchObject({
      code: 'not_found',
    })
  })

  it('by a transaction that is not listed yet is found where the payment query names it', async () => {
    const ask = (named: Row, rows: readonly Row[] = []) =>
      connect(
        (question) => {
          if (!question.url.pathname.endsWith('queryPayments')) return answerFrom(rows)(question)
          const { paymentId: asked, transactionIds } = question.fields
          return makePage(asked === paymentId || transactionIds === makeId(2) ? [named] : [])
        },
        { integration: 'hosted' },
      )
    const row = { paymentId, merchantTxnId: 'order-1001', orderAmount: '25.00', orderCurrency: 'USD' }
    for (const name of ['transactionId', 'lastTransactionId']) {
      const named = { ...row, paymentStatus: 'S', [name]: makeId(2) }
      const { onerway, asked } = ask(named)
      expect((await onerway.lookup(makeId(2))).payment).toMatchObject({ id: paymentId, status: 'captured' })
      expect(questionsOf(asked)).toEqual([
        { paymentId: makeId(2), size: '100', current: '1' },
        { transactionIds: makeId(2), current: '1' },
        { transactionIds: makeId(2), size: '100', current: '1' },
        { paymentId, size: '100', current: '1' },
      ])
      await expect(onerway.lookup(makeId(3))).rejects.toMatchObject({ code: 'not_found' })
    }
    // A row that does not name the step is another payment's, whatever was asked.
    const other = ask({ ...row, paymentStatus: 'S', transactionId: makeId(8) })
    await expect(other.onerway.lookup(makeId(2))).rejects.toMatchObject({ code: 'not_found' })
  })

  it('is found with all its attempts where the payment query has a row for each', async () => {
    const refused = makeRow({ paymentId, status: 'F', merchantTxnId: 'try-1' })
    const taken = makeRow({ paymentId, transactionId: makeId(2), merchantTxnId: 'try-2' })
    const attempts = [
      { paymentId, transactionId: id, txnType: 'SALE', status: 'F', paymentStatus: 'S' },
      { paymentId, transactionId: makeId(2), txnType: 'SALE', status: 'S', paymentStatus: 'S' },
    ]
    const { report, asked } = await foundBy(attempts, [refused, taken])
    expect(report.payment).toMatchObject({ id: paymentId, status: 'captured', captured: 2500 })
    expect(report.payment.operations?.map((step) => step.id)).toEqual([id, makeId(2)])
    expect(report.raw).toEqual([...attempts, refused, taken])
    expect(asked[1]).toEqual({ transactionIds: `${id},${makeId(2)}`, current: '1' })
  })

  it('with differing rows of the payment query is what its transactions state, else unknown', async () => {
    const row = (paymentStatus: string, changes: Row = {}) => ({
      paymentId,
      transactionId: changes.txnType ? makeId(3) : makeId(2),
      paymentStatus,
      ...changes,
    })
    const cases = [
      [['S', 'S'], 'captured', 'captured'],
      [['O', 'S'], 'unknown', 'captured'],
      [['P', 'N'], 'unknown', 'captured'],
      [['S', 'N'], 'unknown', 'unknown'],
      [['S', 'Z'], 'unknown', 'unknown'],
    ] as const
    for (const [words, alone, withSale] of cases) {
      for (const one of [words, words.toReversed()]) {
        const rows = one.map((word) => row(word))
        expect([one, (await foundBy(rows)).report.payment.status]).toEqual([one, alone])
        const sale = makeRow({ paymentId, transactionId: makeId(2) })
        expect([one, (await foundBy(rows, [sale])).report.payment.status]).toEqual([one, withSale])
      }
    }
    // A kept card is not a payment, and says nothing of the payment.
    const bound = row('S', { txnType: 'BIND_CARD' })
    expect((await foundBy([bound])).report.payment.status).toBe('verified')
    expect((await foundBy([bound, row('O')])).report.payment.status).toBe('open')
    expect((await foundBy([row('O'), bound])).report.payment.status).toBe('open')
  })

  it('that was closed is found by its transaction, whose row states no paymentId', async () => {
    const closed = makeRow({ status: 'N' })
    const { report } = await foundBy([{ paymentId, paymentStatus: 'N', lastTransactionId: id }], [closed])
    expect(report.payment).toMatchObject({
      id: paymentId,
      status: 'canceled',
      reference: 'order-1001',
      amount: { amount: 2500, currency: 'USD' },
      operations: [{ id, kind: 'payment', status: 'failed' }],
    })
  })

  it('that was closed has all of its attempts, though no row of theirs states the paymentId', async () => {
    // A client's sandbox record: rows of a closed payment state none. The payment query names the last attempt only.
    const attempts = [1, 2, 3].map((index) => makeRow({ transactionId: makeId(index), status: 'F' }))
    const operations = attempts.map(({ transactionId }) => ({ id: transactionId }))
    const closed = {
      paymentId,
      paymentStatus: 'N',
      lastTransactionId: makeId(3),
      merchantTxnId: 'order-1001',
    }
    const open = (found: readonly Row[]) =>
      connect(
        (question) =>
          question.url.pathname.endsWith('queryPayments') ? makePage(found) : answerFrom(attempts)(question),
        { integration: 'hosted' },
      )
    const queries: readonly ((onerway: OnerwayProvider<string>) => Promise<readonly PaymentReport[]>)[] = [
      async (onerway) => [await onerway.lookup(paymentId, { operations })],
      async (onerway) => [await onerway.lookup(makeId(1), { operations })],
      (onerway) => onerway.lookupByReference('order-1001'),
      (onerway) => collect(onerway.list(march)),
    ]
    for (const query of queries) {
      const { onerway, asked } = open([closed])
      const reports = await query(onerway)
      expect(wordsOf(reports)).toEqual([[paymentId, 'canceled']])
      expect(reports[0]?.payment.operations?.map(({ id }) => id)).toEqual(operations.map(({ id }) => id))
      expect(asked.length).toBeLessThan(5)
    }
    // Two payments under one merchantTxnId: to which of them an attempt belongs is not stated.
    const { onerway } = open([closed, { ...closed, paymentId: '78', lastTransactionId: makeId(9) }])
    const reports = await onerway.lookupByReference('order-1001')
    expect(reports.map(({ payment }) => payment.operations?.length ?? 0)).not.toContain(3)
  })

  it('is what its transactions and the payment query state together', async () => {
    const attempt = (changes: Row) => makeRow({ paymentId, ...changes })
    const cases: readonly (readonly [rows: readonly Row[], paymentStatus: string, status: string])[] = [
      [[attempt({ status: 'F' })], 'O', 'open'],
      [[attempt({ status: 'F' })], 'N', 'canceled'],
      [[attempt({ status: 'F' })], 'P', 'processing'],
      [[attempt({ status: 'F' })], 'S', 'captured'], // the attempt that succeeded is not listed yet
      [[attempt({ status: 'U' })], 'R', 'requires_action'],
      [[attempt({})], 'P', 'captured'], // the step was asked for later
      [[attempt({})], 'N', 'unknown'],
      [[attempt({})], 'O', 'unknown'],
      [[attempt({})], 'U', 'unknown'],
      [[attempt({})], 'R', 'unknown'],
      [[attempt({ paymentStatus: 'O' })], 'O', 'unknown'],
      [[attempt({ txnType: 'AUTH' })], 'O', 'unknown'],
      [[attempt({})], 'Z', 'unknown'],
      [[attempt({ txnType: 'AUTH' })], 'S', 'captured'],
      [[attempt({ txnType: 'AUTH' })], 'N', 'canceled'],
      [[attempt({ txnType: 'BIND_CARD' })], 'S', 'verified'],
    ]
    for (const [rows, paymentStatus, status] of cases) {
      const { onerway } = connect(
        (question) =>
          question.url.pathname.endsWith('queryPayments')
            ? makePage([{ paymentId, paymentStatus, lastTransactionId: id }])
            : answerFrom(rows)(question),
        { integration: 'hosted' },
      )
      expect([paymentStatus, (await onerway.lookup(paymentId)).payment.status]).toEqual([
        paymentStatus,
        status,
      ])
    }
  })

  it('by transactionId answers with the same payment', async () => {
    const { onerway } = connect(answerFrom([first, paid]), { integration: 'hosted' })
    for (const asked of [makeId(1), makeId(2)]) {
      expect((await onerway.lookup(asked)).payment).toMatchObject({ id: paymentId, status: 'captured' })
    }
    expect(wordsOf(await onerway.lookupByReference('order-1001'))).toEqual([[paymentId, 'captured']])
  })

  it('ignores rows of another paymentId', async () => {
    const { onerway, asked } = connect(
      ({ url }) => makePage(url.pathname.endsWith('queryPayments') ? [makeRow({ paymentId: '78' })] : []),
      { integration: 'hosted' },
    )
    await expect(onerway.lookup(paymentId)).rejects.toMatchObject({ code: 'not_found' })
    expect(asked).toHaveLength(3)
  })

  it('is not sent with direct, where a paymentId is not the id of a payment', async () => {
    const { onerway, asked } = connect(answerFrom([first, paid]))
    await expect(onerway.lookup(paymentId)).rejects.toMatchObject({ code: 'not_found' })
    expect(asked.map(({ url }) => url.pathname)).toEqual(['/v1/txn/list'])
  })
})

describe('a lookup by reference', () => {
  /** Sales of one reference, each a minute after the one before. */
  const makeSales = (count: number) =>
    Array.from({ length: count }, (_, index) =>
      makeRow({
        transactionId: makeId(index),
        status: 'F',
        txnTime: `2026-03-02 ${10 + Math.floor(index / 60)}:${String(index % 60).padStart(2, '0')}:00`,
      }),
    )
  const newestFirst = (count: number) =>
    Array.from({ length: count }, (_, index) => makeId(count - 1 - index))
  const idsOf = (reports: ReadonlyArray<{ readonly payment: { readonly id: string } }>) =>
    reports.map(({ payment }) => payment.id)

  it.each([
    [0, 1],
    [1, 1],
    [9, 1],
    [10, 2],
    [11, 2],
    [25, 3],
  ])('of %i sales reads all pages, %i of them, newest first', async (count, pages) => {
    const { onerway, asked } = connect(answerFrom(makeSales(count)))
    expect(idsOf(await onerway.lookupByReference('order-1001'))).toEqual(newestFirst(count))
    expect(asked.map(({ fields }) => fields.current)).toEqual(
      Array.from({ length: pages }, (_, index) => `${index + 1}`),
    )
  })

  it.each([
    ['numbers', { totalElements: 25, size: 10, totalPages: 3, current: 1 }],
    ['too low', { totalElements: '1', totalPages: '1' }],
    ['zero', { totalElements: '0', size: '0' }],
    ['below zero', { totalElements: -1, size: -1 }],
    ['too low, with pages said to be larger', { totalElements: '1', size: '100' }],
    ['absent', { totalElements: undefined, size: undefined, totalPages: undefined }],
    ['null', { totalElements: null, size: null }],
    ['empty', { totalElements: '', size: '' }],
  ])('is not misled by counts that are %s', async (_, lies) => {
    const { onerway, asked } = connect(answerFrom(makeSales(25), lies))
    expect(idsOf(await onerway.lookupByReference('order-1001'))).toEqual(newestFirst(25))
    expect(asked.length).toBeLessThan(6)
  })

  it('reads on where pages are shorter than they say, as long as more are counted', async () => {
    const { onerway } = connect(answerFrom(makeSales(25), { size: '10' }, 7))
    expect(idsOf(await onerway.lookupByReference('order-1001'))).toEqual(newestFirst(25))
  })

  // The rows that are missing may hold the attempt that paid: "declined" would charge the shopper twice.
  it.each([
    ['every page is the first one again', () => makeSales(10)],
    ['a later page is empty', (current: string) => (current === '1' ? makeSales(10) : [])],
    [
      'a later page is short',
      (current: string) => (current === '1' ? makeSales(10) : makeSales(11).slice(10)),
    ],
  ])('ends, by an error, where %s and more rows are counted', async (_, rowsOf) => {
    const known = await connect(answerFrom(makeSales(10))).onerway.lookupByReference('order-1001')
    const payments = known.map(({ payment }) => payment)
    for (const totalElements of ['12', 9999, Number.MAX_SAFE_INTEGER]) {
      for (const options of [undefined, { confirm: true, payments }]) {
        const { onerway, asked } = connect(({ fields }) =>
          makePage(rowsOf(fields.current ?? ''), { totalElements }),
        )
        await expect(onerway.lookupByReference('order-1001', options)).rejects.toMatchObject({
          code: 'invalid_payload',
          issues: [{ path: 'data.totalElements' }],
        })
        expect(asked.length).toBeLessThan(4)
      }
    }
  })

  it('states a payment that is paid, although more rows are counted', async () => {
    const rows = [...makeSales(3), makeRow({ transactionId: makeId(3), status: 'S' })]
    const { onerway } = connect(() => makePage(rows, { totalElements: '9999' }))
    const reports = await onerway.lookupByReference('order-1001')
    expect(reports.filter(({ payment }) => payment.status === 'captured')).toHaveLength(1)
    expect(reports).toHaveLength(4)
    const payments = reports.map(({ payment }) => payment)
    expect(await onerway.lookupByReference('order-1001', { confirm: true, payments })).toHaveLength(4)
  })

  it('ends, by an error, where new rows are invented for ever', async () => {
    let invented = 0
    const { onerway } = connect(() =>
      makePage([makeRow({ transactionId: makeId(++invented) })], { totalElements: '9999999' }),
    )
    await expect(onerway.lookupByReference('order-1001')).rejects.toMatchObject({ code: 'invalid_payload' })
  })

  it('sends one request where it finds only sales', async () => {
    const { onerway, asked } = connect(answerFrom([makeRow()]))
    await onerway.lookupByReference('order-1001')
    expect(asked).toHaveLength(1)
  })

  it('keeps exact matches only', async () => {
    const others = ['order-10011', 'ORDER-1001', ' order-1001', 'order-1001 ', '', null]
    const rows = others.map((merchantTxnId, index) =>
      makeRow({ transactionId: makeId(10 + index), merchantTxnId }),
    )
    const { onerway } = connect(() => makePage([...rows, makeRow()]))
    expect(wordsOf(await onerway.lookupByReference('order-1001'))).toEqual([[id, 'captured']])
  })

  it('finds the payment of a capture that was given a reference of its own', async () => {
    const other = makeRow({ transactionId: makeId(9) })
    const { onerway } = connect(answerFrom([auth, { ...capture, merchantTxnId: 'capture-7' }, other]))
    const [report, ...more] = await onerway.lookupByReference('capture-7')
    expect(more).toEqual([])
    expect(report?.payment).toMatchObject({ id, reference: 'order-1001', status: 'partially_captured' })
  })

  it('holds a transaction once that two pages hold; where they differ at one moment it is unknown', async () => {
    const [sale] = [makeRow()]
    const twice = connect(() => makePage([sale, sale]))
    expect(wordsOf(await twice.onerway.lookupByReference('order-1001'))).toEqual([[id, 'captured']])
    const read: unknown[] = []
    for (const rows of [
      [sale, { ...sale, status: 'F' }],
      [{ ...sale, status: 'F' }, sale],
    ]) {
      const { onerway } = connect(() => makePage(rows))
      read.push(...(await onerway.lookupByReference('order-1001')).map(({ payment }) => payment))
    }
    expect(read).toEqual([expect.objectContaining({ id, status: 'unknown' }), read[0]])
  })

  it('takes the later page, where a transaction that changed meanwhile is on two', async () => {
    const filling = makeSales(9)
    const moving = { transactionId: makeId(50) }
    const { onerway } = connect(async ({ fields }) => {
      await new Promise((resolve) => setTimeout(resolve, 5))
      return fields.current === '1'
        ? makePage([...filling, makeRow({ ...moving, status: 'P' })], { totalElements: '10' })
        : makePage([makeRow(moving)], { totalElements: '10' })
    })
    const reports = await onerway.lookupByReference('order-1001')
    expect(reports.find(({ payment }) => payment.id === makeId(50))?.payment.status).toBe('captured')
  })

  it('reads an unreadable row as unknown, and the others as they are', async () => {
    const rows = [
      makeRow(),
      makeRow({ transactionId: makeId(2), orderAmount: 'much', txnTime: '2026-03-05 00:00:00' }),
    ]
    const { onerway } = connect(answerFrom(rows))
    const reports = await onerway.lookupByReference('order-1001')
    expect(reports.map(({ payment }) => [payment.id, payment.status, payment.createdAt])).toEqual([
      [makeId(2), 'unknown', '2026-03-04T16:00:00.000Z'],
      [id, 'captured', '2026-03-02T02:15:30.000Z'],
    ])
  })

  it.each([
    ['a comma', 'order-1,order-2'],
    ['nothing', ''],
    ['white space', '  '],
    ['a line break', 'order\n'],
    ['65 characters', 'x'.repeat(65)],
    ['half a character', '\ud83d'],
  ])('with %s is refused, and nothing is sent', async (_, reference) => {
    const { onerway, asked } = connect(answerFrom(story))
    await expect(onerway.lookupByReference(reference)).rejects.toMatchObject({ code: 'invalid_input' })
    await expect(onerway.find({ reference })).rejects.toMatchObject({ code: 'invalid_input' })
    expect(asked).toEqual([])
  })

  it('asks for a reference as it is written', async () => {
    const strange = 'Zoë ☕ "&=%20+/../'
    const { onerway, asked } = connect(answerFrom([makeRow({ merchantTxnId: strange })]))
    expect(await onerway.lookupByReference(strange)).toHaveLength(1)
    expect(asked[0]?.fields.merchantTxnIds).toBe(strange)
    expect(asked[0]?.fields.sign).toBe(signatureOf(asked[0]?.fields ?? {}))
  })
})

describe('a time in a row', () => {
  it.each([
    [undefined, '2026-03-02T02:15:30.000Z'],
    ['+08:00', '2026-03-02T02:15:30.000Z'],
    ['-03:30', '2026-03-02T13:45:30.000Z'],
    ['Z', '2026-03-02T10:15:30.000Z'],
  ])('has no zone of its own: with %s configured it is %s', async (timeZone, wanted) => {
    const { onerway } = connect(answerFrom([makeRow()]), { timeZone })
    expect((await onerway.lookup(id)).payment.createdAt).toBe(wanted)
  })

  it('must have a valid zone, which is checked at once', async () => {
    for (const timeZone of ['Asia/Shanghai', '+8', '8', '', '+15:00']) {
      const error = await errorOf(() => connect(answerFrom([]), { timeZone }))
      expect(error).toMatchObject({ code: 'invalid_input' })
    }
  })

  it('may be missing', async () => {
    const { onerway } = connect(answerFrom([makeRow({ txnTime: null })]))
    expect((await onerway.lookup(id)).payment).not.toHaveProperty('createdAt')
  })
})
