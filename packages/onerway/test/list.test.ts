import type { ListRange, PaymentReport } from '@payment-status/core'
import { describe, expect, it } from 'vitest'
import { answerFrom, collect, connect, makeId, makePage, makeRow, march, type Row, wordsOf } from './make.ts'

const at = (index: number, txnTime: string | null, changes: Row = {}) =>
  makeRow({ transactionId: makeId(index), merchantTxnId: `order-${index}`, txnTime, ...changes })

/** Returns the reports of a list, and the error it ended with. */
async function exhaust(list: AsyncIterable<PaymentReport>) {
  const reports: PaymentReport[] = []
  try {
    for await (const report of list) reports.push(report)
  } catch (error) {
    return { reports, error }
  }
  return { reports, error: undefined }
}

describe('a list', () => {
  it('asks for the period in Onerway’s zone, in windows of at most 90 days that leave no gap', async () => {
    const range = { from: new Date('2025-12-31T16:00:00Z'), to: new Date('2026-10-01T00:00:00.500Z') }
    const { onerway, asked } = connect(answerFrom([]))
    await collect(onerway.list(range))
    const periods = asked.map(({ fields }) => [fields.startTime, fields.endTime])
    expect(periods).toEqual([
      ['2026-01-01 00:00:00', '2026-04-01 00:00:00'],
      ['2026-04-01 00:00:00', '2026-06-30 00:00:00'],
      ['2026-06-30 00:00:00', '2026-09-28 00:00:00'],
      ['2026-09-28 00:00:00', '2026-10-01 08:00:01'],
    ])
    for (const { url, fields } of asked) {
      expect(url.pathname).toBe('/v1/txn/list')
      expect(fields.current).toBe('1')
    }
  })

  it.each([
    ['Z', '2026-03-01 00:00:00'],
    ['-03:30', '2026-02-28 20:30:00'],
    ['+05:45', '2026-03-01 05:45:00'],
  ])('in the zone %s begins at %s', async (timeZone, wanted) => {
    const { onerway, asked } = connect(answerFrom([]), { timeZone })
    await collect(onerway.list(march))
    expect(asked[0]?.fields.startTime).toBe(wanted)
  })

  it('begins with its first moment and ends just before its last', async () => {
    const range = { from: new Date('2026-03-01T16:00:00Z'), to: new Date('2026-03-02T16:00:00Z') }
    const rows = [
      at(1, '2026-03-01 23:59:59'),
      at(2, '2026-03-02 00:00:00'),
      at(3, '2026-03-02 23:59:59'),
      at(4, '2026-03-03 00:00:00'),
    ]
    const { onerway } = connect(() => makePage(rows))
    const reports = await collect(onerway.list(range))
    expect(wordsOf(reports).map(([id]) => id)).toEqual([makeId(2), makeId(3)])
    for (const report of reports) {
      expect(report).toMatchObject({ evidence: 'report', source: 'list' })
      expect(report).not.toHaveProperty('occurredAt')
    }
  })

  it.each([0, 1, 10, 11, 95])('of %i payments holds each of them once', async (count) => {
    const rows = Array.from({ length: count }, (_, index) => at(index, '2026-03-02 10:00:00'))
    for (const counts of [{}, { totalElements: count, size: 10 }]) {
      const { onerway, asked } = connect(answerFrom(rows, counts))
      expect(wordsOf(await collect(onerway.list(march)))).toHaveLength(count)
      expect(asked).toHaveLength(Math.floor(count / 10) + 1)
    }
  })

  it('joins what a page or a window cuts in two', async () => {
    const auth = at(1, '2026-02-28 10:00:00', { txnType: 'AUTH' })
    const filling = Array.from({ length: 9 }, (_, index) => at(10 + index, '2026-03-01 10:00:00'))
    const capture = at(2, '2026-06-20 10:00:00', { txnType: 'CAPTURE', originTransactionId: makeId(1) })
    const refund = at(3, '2026-07-20 10:00:00', {
      txnType: 'REFUND',
      originTransactionId: makeId(1),
      merchantTxnId: null,
      orderAmount: '5.00',
    })
    const { onerway, asked } = connect(answerFrom([auth, ...filling, capture, refund]))
    const range = { from: new Date('2026-02-01T00:00:00Z'), to: new Date('2026-08-01T00:00:00Z') }
    const reports = await collect(onerway.list(range))
    expect(reports).toHaveLength(10)
    const whole = reports.find(({ payment }) => payment.id === makeId(1))
    // A refund without a merchantTxnId is found by its time alone.
    expect(whole?.payment).toMatchObject({ status: 'partially_refunded', captured: 2500, refunded: 500 })
    expect(asked.every(({ fields }) => fields.startTime)).toBe(true)
  })

  it('holds a row once that two windows hold', async () => {
    const boundary = at(1, '2026-04-01 00:00:00')
    const { onerway, asked } = connect(answerFrom([boundary]))
    const range = { from: new Date('2025-12-31T16:00:00Z'), to: new Date('2026-06-01T00:00:00Z') }
    expect(wordsOf(await collect(onerway.list(range)))).toEqual([[makeId(1), 'captured']])
    expect(asked).toHaveLength(2)
  })

  it('looks up missing openings, ten at a time, however old they are', async () => {
    const auths = Array.from({ length: 12 }, (_, index) => at(100 + index, null, { txnType: 'AUTH' }))
    const captures = auths.map(({ transactionId }, index) =>
      at(200 + index, '2026-03-05 10:00:00', { txnType: 'CAPTURE', originTransactionId: transactionId }),
    )
    const refund = at(300, '2026-03-06 10:00:00', {
      txnType: 'REFUND',
      orderAmount: '1.00',
      originTransactionId: makeId(199),
    })
    const old = [
      at(199, '2025-06-05 10:00:00', { txnType: 'CAPTURE', originTransactionId: makeId(198) }),
      at(198, null, { txnType: 'AUTH' }),
    ]
    const { onerway, asked } = connect((question) => {
      const { startTime } = question.fields
      return answerFrom(startTime ? [...captures, refund] : [...auths, ...old])(question)
    })
    const reports = await collect(onerway.list(march))
    expect(wordsOf(reports)).toEqual([
      ...auths.map(({ transactionId }) => [transactionId, 'captured']),
      [makeId(198), 'partially_refunded'],
    ])
    const byId = asked.flatMap(({ fields }) => fields.transactionIds ?? [])
    for (const ids of byId) expect(ids.split(',').length).toBeLessThanOrEqual(10)
    expect(new Set(byId.join(',').split(',')).size).toBe(14)
    expect(new Set(byId).size).toBe(3)
  })

  it('holds an older payment with an operation in it, and leaves out the others', async () => {
    const sale = at(1, '2025-11-01 10:00:00')
    const untouched = at(3, '2026-02-28 10:00:00')
    const refund = at(2, '2026-03-05 10:00:00', {
      txnType: 'REFUND',
      originTransactionId: makeId(1),
      merchantTxnId: null,
    })
    const { onerway, asked } = connect(answerFrom([sale, untouched, refund]))
    const [report, ...more] = await collect(onerway.list(march))
    expect(more).toEqual([])
    expect(report?.payment).toMatchObject({
      id: makeId(1),
      status: 'refunded',
      createdAt: '2025-11-01T02:00:00.000Z',
    })
    expect(report?.payment.operations?.map(({ id }) => id)).toEqual([makeId(1), makeId(2)])
    expect(asked).toHaveLength(2)
  })

  it('looks a transaction up by its reference where it has no origin, and is unknown where that finds nothing', async () => {
    const capture = at(1, '2026-03-05 10:00:00', { txnType: 'CAPTURE', paymentId: '77' })
    const auth = at(2, null, { txnType: 'AUTH', paymentId: '77', merchantTxnId: 'order-1' })
    const known = connect((question) =>
      answerFrom(question.fields.startTime ? [capture] : [capture, auth])(question),
    )
    expect(wordsOf(await collect(known.onerway.list(march)))).toEqual([[makeId(2), 'captured']])
    const unknown = connect(answerFrom([capture]))
    expect(wordsOf(await collect(unknown.onerway.list(march)))).toEqual([[makeId(1), 'unknown']])
    expect(unknown.asked).toHaveLength(2)
  })

  it('does not ask for transactions of an unknown type', async () => {
    const strange = Array.from({ length: 5 }, (_, index) =>
      at(index, '2026-03-05 10:00:00', { txnType: 'TELEPORT' }),
    )
    const { onerway, asked } = connect(answerFrom(strange))
    expect(wordsOf(await collect(onerway.list(march))).map(([, status]) => status)).toEqual(
      Array(5).fill('unknown'),
    )
    expect(asked).toHaveLength(1)
  })

  it('reads a row it cannot read as unknown, and the others as they are', async () => {
    const rows = [
      at(1, '2026-03-02 10:00:00'),
      at(2, '2026-03-02 10:00:00', { orderAmount: '1e3' }),
      at(3, '2026-02-02 10:00:00', { orderAmount: '1e3' }),
      at(4, 'yesterday', {}),
    ]
    const { onerway } = connect(() => makePage(rows))
    expect(wordsOf(await collect(onerway.list(march)))).toEqual([
      [makeId(1), 'captured'],
      [makeId(2), 'unknown'],
      [makeId(4), 'unknown'],
    ])
  })

  it.each([
    ['text', '3'],
    ['a number', 3],
    ['far too high', '1000000'],
  ])(
    'that claims more rows than it has, as %s, yields what it found and then throws',
    async (_, totalElements) => {
      const rows = [at(1, '2026-03-02 10:00:00'), at(2, '2026-03-02 11:00:00')]
      const { onerway, asked } = connect(answerFrom(rows, { totalElements }))
      const { reports, error } = await exhaust(onerway.list(march))
      expect(wordsOf(reports)).toEqual([
        [makeId(1), 'captured'],
        [makeId(2), 'captured'],
      ])
      expect(error).toMatchObject({ code: 'invalid_payload', issues: [{ path: 'data.totalElements' }] })
      expect(asked.length).toBeLessThan(4)
    },
  )

  it('says so, too, of a window that is not the last', async () => {
    const range = { from: new Date('2026-01-01T00:00:00Z'), to: new Date('2026-06-01T00:00:00Z') }
    const { onerway } = connect((question) => {
      const isFirst = question.fields.startTime?.startsWith('2026-01')
      return answerFrom([at(1, '2026-05-02 10:00:00')], isFirst ? { totalElements: '2' } : {})(question)
    })
    const { reports, error } = await exhaust(onerway.list(range))
    expect(reports).toHaveLength(1)
    expect(error).toMatchObject({ code: 'invalid_payload' })
  })

  it('says so though the last of its pages counts nothing', async () => {
    const rows = Array.from({ length: 10 }, (_, index) => at(index, '2026-03-02 10:00:00'))
    const { onerway } = connect(({ fields }) =>
      fields.current === '1' ? makePage(rows, { totalElements: '30' }) : makePage([], { totalElements: '0' }),
    )
    const { reports, error } = await exhaust(onerway.list(march))
    expect(reports).toHaveLength(10)
    expect(error).toMatchObject({ code: 'invalid_payload' })
  })

  it('of a server that ignores pages is incomplete, though it delivered as many rows as it counts', async () => {
    const rows = Array.from({ length: 10 }, (_, index) => at(index, '2026-03-02 10:00:00'))
    const { onerway } = connect(() => makePage(rows, { totalElements: '20' }))
    const { reports, error } = await exhaust(onerway.list(march))
    expect(reports).toHaveLength(10)
    expect(error).toMatchObject({ code: 'invalid_payload' })
  })

  it('with a row on two pages, because a new one came in between, is complete', async () => {
    const rows = Array.from({ length: 12 }, (_, index) => at(index, '2026-03-02 10:00:00'))
    const shifted = [...rows.slice(0, 10), ...rows.slice(9)]
    const { onerway } = connect(answerFrom(shifted))
    expect(wordsOf(await collect(onerway.list(march)))).toHaveLength(12)
  })

  it('of an empty period sends no request, and one that runs backwards is rejected', async () => {
    const { onerway, asked } = connect(answerFrom([]))
    expect(await collect(onerway.list({ from: march.from, to: march.from }))).toEqual([])
    const wrong: ListRange[] = [
      { from: march.to, to: march.from },
      { from: new Date('x'), to: march.to },
    ]
    for (const range of wrong) {
      await expect(collect(onerway.list(range))).rejects.toMatchObject({ code: 'invalid_input' })
    }
    expect(asked).toEqual([])
  })

  it('ends with the error of a page that fails', async () => {
    const rows = Array.from({ length: 15 }, (_, index) => at(index, '2026-03-02 10:00:00'))
    const { onerway } = connect((question) =>
      question.fields.current === '2' ? new Response(null, { status: 500 }) : answerFrom(rows)(question),
    )
    const { reports, error } = await exhaust(onerway.list(march))
    expect(reports).toEqual([])
    expect(error).toMatchObject({ code: 'unavailable' })
  })
})
