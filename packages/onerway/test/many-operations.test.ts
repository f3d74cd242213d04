import { describe, expect, it } from 'vitest'
import { collect, connect, makeId, makePage, makeRow, march, type Row } from './make.ts'

/** More than any payment has: what takes the square of it would take minutes. */
const COUNT = 20_000

const auth = makeRow({ txnType: 'AUTH', orderAmount: '999.00' })

/** Captures of a cent, each naming the one before it, the first one the authorization. */
const captures = Array.from({ length: COUNT }, (_, index) =>
  makeRow({
    txnType: 'CAPTURE',
    transactionId: makeId(index + 2),
    originTransactionId: makeId(index + 1),
    merchantTxnId: null,
    orderAmount: '0.01',
  }),
)

const captured = { status: 'partially_captured', captured: COUNT }

describe('a chain of 20,000 captures', () => {
  it('is one payment in a list', async () => {
    const rows = [auth, ...captures]
    const { onerway } = connect(({ fields }) => makePage(fields.current === '1' ? rows : []))
    const reports = await collect(onerway.list(march))
    expect(reports).toHaveLength(1)
    expect(reports[0]?.payment).toMatchObject(captured)
    expect(reports[0]?.payment.operations).toHaveLength(COUNT + 1)
  }, 60_000)

  it('is one payment looked up by its reference, newest steps first', async () => {
    const rows = [auth, ...captures].toReversed()
    const { onerway } = connect(({ fields }) => makePage(fields.current === '1' ? rows : []))
    const reports = await onerway.lookupByReference('order-1001')
    expect(reports.map(({ payment }) => payment)).toMatchObject([captured])
  }, 60_000)
})

it('attempts that succeeded under one paymentId are as many payments', async () => {
  const sales = Array.from({ length: COUNT }, (_, index) =>
    makeRow({ transactionId: makeId(index + 1), paymentId: '77' }),
  )
  const { onerway } = connect(
    ({ url, fields }) => makePage(url.pathname === '/v1/txn/list' && fields.current === '1' ? sales : []),
    { integration: 'hosted' },
  )
  expect(await collect(onerway.list(march))).toHaveLength(COUNT)
}, 60_000)

describe('captures in a circle, or naming one that names another without end,', () => {
  const isAbout = ({ transactionIds }: Row, id: string) => String(transactionIds).split(',').includes(id)

  it('lead nowhere', async () => {
    const [one, two] = [makeId(2), makeId(3)]
    const circle = [
      makeRow({ txnType: 'CAPTURE', transactionId: one, originTransactionId: two, merchantTxnId: null }),
      makeRow({ txnType: 'CAPTURE', transactionId: two, originTransactionId: one, merchantTxnId: null }),
    ]
    const { onerway } = connect(({ fields }) =>
      makePage(circle.filter(({ transactionId }) => isAbout(fields, transactionId))),
    )
    expect((await onerway.lookup(one)).payment.status).toBe('unknown')
  })

  it('end the question by an error, the list after what was found', async () => {
    let invented = 10
    const { onerway, asked } = connect(({ fields }) => {
      if (fields.startTime !== undefined) return makePage([auth, endless(makeId(10), makeId(11))])
      const id = String(fields.transactionIds)
      return makePage([endless(id, makeId(++invented + 1))])
    })
    await expect(onerway.lookup(makeId(10))).rejects.toMatchObject({ code: 'invalid_payload' })
    expect(asked.length).toBeLessThanOrEqual(100)

    const found: string[] = []
    const list = async () => {
      for await (const { payment } of onerway.list(march)) found.push(payment.id)
    }
    await expect(list()).rejects.toMatchObject({ code: 'invalid_payload' })
    expect(found).toContain(auth.transactionId)
  })

  function endless(transactionId: string, originTransactionId: string) {
    return makeRow({ txnType: 'CAPTURE', transactionId, originTransactionId, merchantTxnId: null })
  }
})
