import { type Difference, reconcile } from '@payment-status/core'
import { readSettlementFile } from '@payment-status/onerway'
import { describe, expect, it } from 'vitest'
import { answerFrom, connect, makeId, makeRow, march } from './make.ts'

const heading =
  'Settlement Date,Settlement Batch ID,Transaction ID,Merchant Order ID,Production Type,Card Type,APP ID,Transaction URL,Order_Currency,Order Amount,Transaction Type,Transaction Status,Settlement Currency'
const line = (id: string, order: string, amount: string, type: string) =>
  `20260303,B1,${id},${order},CARD,VISA,1,"https://shop.example/?a=1,b",USD,${amount},${type},S,USD`
const file = [
  '\uFEFFSettlement Date,Settlement Currency,Transaction Amount,Refund Amount',
  '20260303,USD,50.00,10.00',
  heading,
  line(makeId(1), 'order-1', '25.00', 'SALE'),
  line(makeId(2), 'order-2', '25.00', 'SALE'),
  line(makeId(3), 'order-2', '-10.00', 'REFUND'),
  line(makeId(4), 'order-1', '25.00', 'CB'),
  line(makeId(5), '"order ""5"""', '5.00', 'REFUND'),
  line(makeId(6), 'order-1', '25.00', 'CB_TELEPORT'),
  '',
].join('\r\n')

describe('a settlement file', () => {
  it('is read as one record for each sale, with its refunds and chargebacks', () => {
    const records = readSettlementFile(file)
    expect(records).toMatchObject([
      { id: makeId(1), reference: 'order-1', amount: { amount: 2500, currency: 'USD' }, captured: 2500 },
      { id: makeId(2), reference: 'order-2', captured: 2500, refunded: 1000 },
      { reference: 'order "5"', refunded: 500 },
    ])
    expect(records[0]).not.toHaveProperty('refunded')
    expect(records[0]?.lines.map(({ type, kind }) => [type, kind])).toEqual([
      ['SALE', 'payment'],
      ['CB', 'chargeback'],
      ['CB_TELEPORT', 'other'],
    ])
    expect(records[2]).not.toHaveProperty('id')
  })

  it('states no refunded amount where the refunds cannot be added up', () => {
    const refunded = (...lines: readonly string[]) =>
      readSettlementFile([heading, line(makeId(1), 'order-1', '25.00', 'SALE'), ...lines].join('\n'))[0]
        ?.refunded
    const refund = line(makeId(2), 'order-1', '-10.00', 'REFUND')
    expect(refunded(refund, line(makeId(3), 'order-1', '5.00', 'REFUND'))).toBe(1500)
    expect(refunded(refund, refund.replace(',USD,', ',EUR,'))).toBeUndefined()
    expect(refunded(line(makeId(3), 'order-1', '', 'REFUND'))).toBeUndefined()
  })

  it('reconciles with the payments of the list', async () => {
    const sale = (index: number) => makeRow({ transactionId: makeId(index), merchantTxnId: `order-${index}` })
    const refund = makeRow({
      transactionId: makeId(3),
      txnType: 'REFUND',
      merchantTxnId: null,
      originTransactionId: makeId(2),
      orderAmount: '10.00',
    })
    const { onerway } = connect(answerFrom([sale(1), sale(2), refund]))
    const differences: Difference[] = []
    const records = readSettlementFile(file).filter(({ id }) => id !== undefined)
    for await (const difference of reconcile(onerway.list(march), records)) differences.push(difference)
    expect(differences).toEqual([])
    const changed = readSettlementFile(file.replace('-10.00', '-11.00')).filter(({ id }) => id !== undefined)
    for await (const difference of reconcile(onerway.list(march), changed)) differences.push(difference)
    expect(differences).toMatchObject([{ kind: 'differs', fields: ['refunded'], ours: { id: makeId(2) } }])
  })

  it.each([
    ['without its columns', 'a,b\n1,2', 'Transaction ID'],
    ['with an id that is not valid', file.replace(makeId(1), 'x4242424242424242'), 'line 4'],
    ['with an amount that is not valid', file.replace('25.00', '1e3'), 'line 4'],
    ['that is empty', '', 'Transaction ID'],
  ])('%s is invalid_payload, without a value of the file', (_, csv, expected) => {
    const read = () => readSettlementFile(csv)
    expect(read).toThrow(
      expect.objectContaining({ code: 'invalid_payload', message: expect.stringContaining(expected) }),
    )
    expect(read).not.toThrow(expect.objectContaining({ message: expect.stringContaining('4242') }))
  })
})
