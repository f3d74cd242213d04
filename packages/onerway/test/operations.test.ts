import type { PaymentReport } from '@payment-status/core'
import { describe, expect, it } from 'vitest'
import {
  type Asked,
  answerFrom,
  collect,
  connect,
  makeId,
  makePage,
  makeRow,
  march,
  type Row,
  reportOf,
  wordsOf,
} from './make.ts'

const id = makeId(1)
const sale = makeRow()
const auth = makeRow({ txnType: 'AUTH' })

/** A later step as Onerway shows it: it has no merchantTxnId, or one of its own. */
const later = (index: number, changes: Row): Row =>
  makeRow({
    originTransactionId: id,
    merchantTxnId: null,
    txnTime: `2026-03-${10 + (index % 15)} 10:00:00`,
    ...changes,
    transactionId: makeId(index),
  })
const capture = later(2, { txnType: 'CAPTURE', merchantTxnId: 'capture-1' })
const refund = later(3, { txnType: 'REFUND', orderAmount: '10.00' })
const otherHalf = later(4, { txnType: 'REFUND', orderAmount: '15.00', merchantTxnId: 'refund-2' })

const questionsOf = (asked: readonly Asked[]) =>
  asked.map(({ fields: { merchantNo: _, sign: __, current: ___, size: ____, ...question } }) => question)
const idsOf = (steps: readonly { readonly id: string }[] | undefined) => steps?.map((step) => step.id)

describe('the operations of a payment', () => {
  it('are stated by lookups, oldest first, by Onerway’s own ids', async () => {
    const rows = [auth, capture, later(3, { ...refund, status: 'I' })]
    const { onerway } = connect(answerFrom(rows))
    const { payment } = await onerway.lookup(id, { operations: [{ id: makeId(3) }, { id: makeId(2) }] })
    expect(payment.operations).toEqual([
      { id, kind: 'authorization', status: 'succeeded', amount: 2500, at: '2026-03-02T02:15:30.000Z' },
      { id: makeId(2), kind: 'capture', status: 'succeeded', amount: 2500, at: '2026-03-12T02:00:00.000Z' },
      { id: makeId(3), kind: 'refund', status: 'pending', amount: 1000, at: '2026-03-13T02:00:00.000Z' },
    ])
  })

  it('are not found by the payment’s merchantTxnId; known ones are asked for in the same request', async () => {
    const rows = [sale, refund, otherHalf]
    const { onerway, asked } = connect(answerFrom(rows))
    const plain = await onerway.lookup(id)
    expect(plain.payment.status).toBe('captured')
    expect(plain.payment).not.toHaveProperty('refunded')
    expect(questionsOf(asked.splice(0))).toEqual([{ transactionIds: id }, { merchantTxnIds: 'order-1001' }])

    const known = await onerway.lookup(id, { operations: [{ id }, { id: makeId(3) }, { id: makeId(4) }] })
    expect(known.payment).toMatchObject({ status: 'refunded', captured: 2500, refunded: 2500 })
    expect(questionsOf(asked.splice(0))).toEqual([
      { transactionIds: [id, makeId(3), makeId(4)].join(',') },
      { merchantTxnIds: 'order-1001' },
    ])
    // A payment is a key: what was looked up once is looked up whole ever after.
    const [again] = await onerway.find(known.payment)
    expect(again?.payment).toEqual(known.payment)
  })

  it('lead to their payment by their own ids, and by their own numbers', async () => {
    const { onerway } = connect(
      answerFrom([auth, capture, later(4, { ...otherHalf, originTransactionId: makeId(2) })]),
    )
    const reports = [
      await onerway.lookup(makeId(2)),
      await onerway.lookup(makeId(4)),
      ...(await onerway.lookupByReference('capture-1')),
      ...(await onerway.lookupByReference('refund-2')),
    ]
    expect(reports.map(({ payment }) => payment.id)).toEqual([id, id, id, id])
    expect(reports.map(({ payment }) => payment.status)).toEqual([
      'captured',
      'partially_refunded',
      'captured',
      'partially_refunded',
    ])
  })

  it('are kept where they follow a known one and have no merchantTxnId, whichever request they answered', async () => {
    const { onerway } = connect((question) => {
      const answer = answerFrom([sale])(question) as { data: { content: Row[] } }
      const ofRefund = later(5, { txnType: 'REFUND', orderAmount: '1.00', originTransactionId: makeId(3) })
      return makePage(
        question.fields.merchantTxnIds ? [ofRefund, ...answer.data.content, refund] : answer.data.content,
      )
    })
    expect((await onerway.lookup(id)).payment).toMatchObject({ status: 'partially_refunded', refunded: 1100 })
    const [found] = await onerway.lookupByReference('order-1001')
    expect(idsOf(found?.payment.operations)).toEqual([id, makeId(3), makeId(5)])
  })

  it('of other payments are not kept', async () => {
    const strangers = [
      later(3, { ...refund, originTransactionId: makeId(9) }),
      later(4, { ...refund, merchantTxnId: 'somebody-else' }),
      later(5, { ...refund, originTransactionId: null }),
    ]
    const { onerway } = connect((question) => {
      const answer = answerFrom([sale])(question) as { data: { content: Row[] } }
      return makePage([...answer.data.content, ...strangers])
    })
    expect(idsOf((await onerway.lookup(id)).payment.operations)).toEqual([id])
  })

  it('that are another payment’s are asked for, and stay there', async () => {
    const other = makeRow({ transactionId: makeId(8), merchantTxnId: 'order-8' })
    const ofOther = later(9, { ...refund, originTransactionId: makeId(8) })
    const { onerway } = connect(answerFrom([sale, other, ofOther]))
    const { payment } = await onerway.lookup(id, { operations: [{ id: makeId(9) }] })
    expect(payment).toMatchObject({ id, status: 'captured' })
    expect(idsOf(payment.operations)).toEqual([id])
  })

  it('are not stated by a response', async () => {
    const { onerway } = connect(answerFrom([]))
    const answer = { respCode: '20000', data: { transactionId: id, status: 'S' } }
    const sent = { txnType: 'SALE', merchantTxnId: 'order-1001' }
    const response = reportOf(await onerway.readResponse(answer, sent))
    expect(response.payment).not.toHaveProperty('operations')
  })
})

describe('a list of known operations', () => {
  it.each([
    ['a word', [{ id: 'refund' }]],
    ['21 digits', [{ id: '1'.repeat(21) }]],
    ['a comma', [{ id: '1,2' }]],
    ['nothing', [{ id: '' }]],
    ['a number', [{ id: 7 }]],
    ['null for an operation', [null]],
    ['text', 'operations'],
    ['more than a payment can have', Array.from({ length: 10_001 }, (_, index) => ({ id: makeId(index) }))],
  ])('with %s is rejected before a request', async (_, steps) => {
    const { onerway, asked } = connect(answerFrom([sale]))
    await expect(onerway.lookup(id, { operations: steps as never })).rejects.toMatchObject({
      code: 'invalid_input',
    })
    await expect(onerway.find({ id, operations: steps as never })).rejects.toMatchObject({
      code: 'invalid_input',
    })
    expect(asked).toEqual([])
  })

  it('costs nothing up to ten ids, and one request for each ten more', async () => {
    const rows = [
      sale,
      ...Array.from({ length: 250 }, (_, index) =>
        later(100 + index, { txnType: 'REFUND', orderAmount: '0.10' }),
      ),
    ]
    const steps = rows.map(({ transactionId }) => ({ id: String(transactionId) }))
    for (const [count, requests] of [
      [1, 2],
      [9, 2],
      [10, 2],
      [11, 3],
      [251, 27],
    ] as const) {
      const { onerway, asked } = connect((question) => {
        const { transactionIds } = question.fields
        // As many ids as a page has rows leave no second page to ask for.
        const answer = answerFrom(rows)(question)
        return transactionIds && question.fields.current !== '1' ? makePage([]) : answer
      })
      const { payment } = await onerway.lookup(id, { operations: steps.slice(0, count) })
      expect(payment.refunded ?? 0).toBe((count - 1) * 10)
      const first = asked.filter(({ fields }) => fields.current === '1')
      expect(first).toHaveLength(requests)
    }
  })

  it('that Onerway forgot is no reason to say nothing', async () => {
    const { onerway } = connect(answerFrom([sale]))
    const { payment } = await onerway.lookup(id, { operations: [{ id: makeId(3) }] })
    expect(payment.status).toBe('captured')
    expect(idsOf(payment.operations)).toEqual([id])
  })
})

describe('an originTransactionId', () => {
  it('that loops leads nowhere twice', async () => {
    const circle = [
      later(2, { ...refund, originTransactionId: makeId(3) }),
      later(3, { ...refund, originTransactionId: makeId(2) }),
    ]
    const { onerway, asked } = connect(answerFrom(circle))
    expect((await onerway.lookup(makeId(2))).payment).toMatchObject({ status: 'unknown' })
    expect(asked).toHaveLength(2)
    expect(wordsOf(await collect(onerway.list(march)))).toEqual([[makeId(2), 'unknown']])
  })

  it('of an unknown type leaves the payment unknown, and no other operation is lost', async () => {
    const { onerway, asked } = connect(answerFrom([refund]))
    const { payment } = await onerway.lookup(makeId(3))
    expect(payment).toMatchObject({ id, status: 'unknown' })
    expect(idsOf(payment.operations)).toEqual([makeId(3)])
    expect(questionsOf(asked.splice(0))).toEqual([{ transactionIds: makeId(3) }, { transactionIds: id }])
    expect(wordsOf(await collect(onerway.list(march)))).toEqual([[id, 'unknown']])
    expect(asked).toHaveLength(2)
  })

  it('that leads to others without end spoils no other payment, and is an error after the last one', async () => {
    let invented = 100
    const other = makeRow({ transactionId: makeId(50), merchantTxnId: 'order-50' })
    const { onerway, asked } = connect(({ fields }) => {
      if (fields.startTime)
        return makePage([other, later(2, { ...refund, originTransactionId: makeId(100) })])
      if (!fields.transactionIds) return makePage([])
      return makePage([later(invented, { ...refund, originTransactionId: makeId(++invented) })])
    })
    const reports: PaymentReport[] = []
    const list = async () => {
      for await (const report of onerway.list(march)) reports.push(report)
    }
    await expect(list()).rejects.toMatchObject({ code: 'invalid_payload' })
    const words = wordsOf(reports)
    expect(words).toContainEqual([makeId(50), 'captured'])
    expect(words.map(([, status]) => status).toSorted()).toEqual(['captured', 'unknown'])
    expect(asked.length).toBeLessThanOrEqual(101)
  })
})

describe('a step that names two payments', () => {
  it('leaves both unknown: either may have moved', async () => {
    const rows = [
      makeRow({ paymentId: '77' }),
      makeRow({ transactionId: makeId(5), merchantTxnId: 'order-5', paymentId: '78' }),
      later(3, { ...refund, paymentId: '78' }),
    ]
    for (const integration of ['direct', 'hosted'] as const) {
      const { onerway } = connect(answerFrom(rows), { integration })
      const reports = await collect(onerway.list(march))
      expect(reports.map(({ payment }) => payment.status)).toEqual(['unknown', 'unknown'])
    }
  })

  it('in two answers is what the later one says', async () => {
    const moved = { ...refund, originTransactionId: makeId(5) }
    const other = makeRow({ transactionId: makeId(5), merchantTxnId: 'order-5' })
    const rows = [sale, other]
    let answers = 0
    const { onerway } = connect((question) => {
      const isFirst = answers++ === 0
      return answerFrom([...rows, isFirst ? refund : moved])(question)
    })
    const { payment } = await onerway.lookup(id, { operations: [{ id: makeId(3) }] })
    expect(payment).toMatchObject({ id, status: 'partially_refunded' })
  })
})

describe('the refund query', () => {
  const refundQueryPath = '/v1/txn/made-here-refunds'
  const rows = [auth, capture, later(3, { ...refund, originTransactionId: makeId(2) }), otherHalf]

  /** Rows as its page names their fields; with the amounts where asked for. */
  const answerRefunds =
    (withAmounts: boolean) =>
    (question: Asked): unknown => {
      if (question.url.pathname !== refundQueryPath) return answerFrom(rows)(question)
      const { originTransactionId, startTime } = question.fields
      const found = rows.filter(
        (row) => row.txnType === 'REFUND' && (startTime || row.originTransactionId === originTransactionId),
      )
      return makePage(
        found.map(({ transactionId, originTransactionId, status, orderAmount, orderCurrency, txnTime }) => ({
          transactionId,
          originTransactionId,
          paymentId: null,
          status,
          ...(withAmounts ? { orderAmount, orderCurrency, txnTime } : {}),
        })),
      )
    }

  it('is asked only where its path is given', async () => {
    const { onerway, asked } = connect(answerRefunds(true))
    await onerway.lookup(id)
    await collect(onerway.list(march))
    expect(asked.map(({ url }) => url.pathname)).not.toContain(refundQueryPath)
  })

  it('finds every refund of what was taken, by the step that took it', async () => {
    for (const withAmounts of [true, false]) {
      const { onerway, asked } = connect(answerRefunds(withAmounts), { refundQueryPath })
      const { payment } = await onerway.lookup(id, { operations: [{ id: makeId(2) }] })
      expect(payment).toMatchObject({ status: 'partially_refunded', captured: 2500, refunded: 1000 })
      const questions = questionsOf(asked)
      expect(questions).toContainEqual({ originTransactionId: makeId(2) })
      // A refund without an amount is asked for by its id.
      expect(questions).toHaveLength(withAmounts ? 3 : 4)
    }
  })

  it('adds a period’s refunds to the list', async () => {
    const { onerway, asked } = connect(
      (question) =>
        question.fields.startTime && question.url.pathname !== refundQueryPath
          ? makePage([])
          : answerRefunds(false)(question),
      { refundQueryPath },
    )
    const [report, ...more] = await collect(onerway.list(march))
    expect(more).toEqual([])
    expect(report?.payment).toMatchObject({ id, status: 'refunded' })
    expect(asked.map(({ url }) => url.pathname)).toContain(refundQueryPath)
  })

  it.each(['v1/refunds', '', 'https://elsewhere.example/', '/v1?x=1', 7])(
    'is not asked at %s, which is no path',
    (path) => {
      expect(() => connect(answerFrom([]), { refundQueryPath: path as string })).toThrow(/refundQueryPath/)
    },
  )
})

describe('other fields of a row', () => {
  it.each<readonly [Row, object | undefined]>([
    [
      { paymentMethod: 'VISA', productType: 'CARD' },
      { kind: 'card', brand: 'VISA' },
    ],
    [
      { paymentMethod: 'MASTERCARD', productType: 'CARD', cardBinCountry: 'US' },
      { kind: 'card', brand: 'MASTERCARD', country: 'US' },
    ],
    [
      { paymentMethod: 'VISA', productType: 'CARD', walletTypeName: 'GooglePay' },
      { kind: 'wallet', name: 'GooglePay', brand: 'VISA' },
    ],
    [
      { paymentMethod: 'OXXO', productType: 'LPMS' },
      { kind: 'voucher', name: 'OXXO' },
    ],
    [
      { paymentMethod: 'Trustly', productType: 'LPMS' },
      { kind: 'bank_redirect', name: 'Trustly' },
    ],
    [
      { paymentMethod: 'Something', productType: 'LPMS' },
      { kind: 'other', name: 'Something' },
    ],
    [{ paymentMethod: '4242424242424242', productType: 'CARD' }, { kind: 'card' }],
    [{ paymentMethod: { VISA: 1 }, productType: 'CARD' }, { kind: 'card' }],
    [{ paymentMethod: null, productType: null }, undefined],
  ])('%j is how the shopper paid', async (changes, method) => {
    const { onerway } = connect(answerFrom([makeRow(changes)]))
    expect((await onerway.lookup(id)).payment.method).toEqual(method)
  })

  it('is the eci of 3-D Secure', async () => {
    const { onerway } = connect(answerFrom([makeRow({ eci: '05' })]))
    expect((await onerway.lookup(id)).payment.authentication).toEqual({ eci: '05' })
    const { onerway: odd } = connect(answerFrom([makeRow({ eci: '4242424242424242' })]))
    expect((await odd.lookup(id)).payment).not.toHaveProperty('authentication')
  })

  it('is kept as it came only where that is asked for', async () => {
    const { onerway } = connect(answerFrom([sale, refund]), { keepRaw: true })
    const report = await onerway.lookup(id, { operations: [{ id: makeId(3) }] })
    expect(report.raw).toEqual([sale, refund])
    const { onerway: plain } = connect(answerFrom([sale]))
    expect(await plain.lookup(id)).not.toHaveProperty('raw')
  })

  it('is as old as the configured clock says', async () => {
    const clock = () => Date.parse('2026-03-20T12:00:00Z')
    const { onerway } = connect(answerFrom([sale]), { clock })
    expect((await onerway.lookup(id)).observedAt).toBe('2026-03-20T12:00:00.000Z')
  })
})
