import { readSettlementReport, type SettlementReportOptions } from '@payment-status/adyen'
import type { Payment } from '@payment-status/core'
import { describe, expect, it } from 'vitest'
import { fold, makeItem, PAYMENT, permutations, read, secrets } from './helpers.ts'

const HEADING =
  'Company Account,Merchant Account,Psp Reference,Merchant Reference,Payment Method,Creation Date,TimeZone,Type,Modification Reference,Gross Currency,Gross Debit (GC),Gross Credit (GC),Exchange Rate,Net Currency,Net Debit (NC),Net Credit (NC)'
const { merchantAccount } = secrets

/** A line of the report, in the order of the published sample. */
const makeLine = (
  type: string,
  modification: string,
  [debit, credit]: readonly [string, string],
  more = {},
) => {
  const { account, currency, id, reference } = {
    account: merchantAccount as string,
    currency: 'EUR',
    id: PAYMENT,
    reference: 'order-1001',
    ...more,
  }
  return `Shop,${account},${id},${reference},visa,2026-12-01 11:26:49,CET,${type},${modification},${currency},${debit},${credit},1,EUR,,24.50`
}
const readAll = (lines: readonly string[], options: Partial<SettlementReportOptions> = {}) => [
  ...readSettlementReport([HEADING, ...lines].join('\n'), { merchantAccount, capture: 'manual', ...options }),
]
const settled = makeLine('Settled', 'CAPTURE1', ['', '25.00'])

describe('a settlement details report', () => {
  it('states what webhooks state, so that nothing is added twice', async () => {
    const webhooks = await Promise.all([
      read(makeItem('AUTHORISATION')),
      read(makeItem('CAPTURE')),
      read(makeItem('REFUND', { amount: { value: 1000, currency: 'EUR' } })),
    ])
    const entries = readAll([settled, makeLine('Refunded', 'REFUND1', ['10.00', ''])])
    for (const order of permutations([...webhooks, ...entries]))
      expect(fold(order)).toMatchObject({ status: 'partially_refunded', captured: 2500, refunded: 1000 })
  })

  it('adds what no webhook stated', async () => {
    const approved = await read(makeItem('AUTHORISATION'))
    expect(fold([approved, ...readAll([settled])])).toMatchObject({ status: 'captured', captured: 2500 })
    const all = readAll([
      settled,
      makeLine('Refunded', 'REFUND1', ['10.00', '']),
      makeLine('RefundedReversed', 'REFUND1', ['', '10.00']),
    ])
    for (const order of permutations([approved, ...all]))
      expect(fold(order)).toMatchObject({ status: 'captured', captured: 2500, refunded: 0 })
  })

  it('states a whole sale of an account that captures at once', async () => {
    const [entry] = readAll([settled], { capture: 'immediate' })
    expect(entry && fold([entry])).toMatchObject({
      id: PAYMENT,
      reference: 'order-1001',
      status: 'captured',
      captured: 2500,
      amount: { amount: 2500, currency: 'EUR' },
    })
    const approved = await read(makeItem('AUTHORISATION'), { capture: 'immediate' })
    if (entry) for (const order of permutations([approved, entry])) expect(fold(order)?.captured).toBe(2500)
  })

  it('is noticed where it states another amount than the webhook', async () => {
    const webhooks = [await read(makeItem('AUTHORISATION')), await read(makeItem('CAPTURE'))]
    const payment = fold([
      ...webhooks,
      ...readAll([makeLine('Settled', 'CAPTURE1', ['', '20.00'])]),
    ]) as Payment
    expect(payment).toMatchObject({ status: 'partially_captured', captured: 2000 })
  })

  it('states disputes', () => {
    const chargeback = (type: string) => readAll([makeLine(type, 'DISPUTE1', ['25.00', ''])])[0]
    const statuses = {
      Chargeback: 'needs_response',
      SecondChargeback: 'lost',
      ChargebackReversed: 'under_review',
    }
    for (const [type, status] of Object.entries(statuses))
      expect(chargeback(type)).toMatchObject({
        kind: 'dispute',
        key: { id: PAYMENT },
        dispute: { id: 'DISPUTE1', status, amount: { amount: 2500, currency: 'EUR' } },
      })
  })

  it('leaves out fees, payouts and other accounts, and reads its columns by their names', () => {
    const lines = [
      `Shop,${merchantAccount},,,,2026-12-01 11:26:49,CET,Fee,Transaction Fees,EUR,0.10,,1,EUR,0.10,`,
      `Shop,${merchantAccount},,,,2026-12-01 11:26:49,CET,MerchantPayout,"TX1 batch 4, Shop",EUR,24.40,,1,EUR,24.40,`,
      makeLine('Settled', 'CAPTURE1', ['', '25.00'], { account: 'Another' }),
      makeLine('PaymentCost', 'COST1', ['0.10', '']),
      '',
    ]
    expect(readAll(lines)).toEqual([])
    const csv = [
      '\uFEFF"Gross Credit (GC)";'.replace(';', ',') +
        '"Type","Gross Debit (GC)","Psp Reference","Modification Reference",',
      `"25.00","Settled","","${PAYMENT}","CAPTURE1",`,
    ]
    const more = [
      '"Merchant Reference","Gross Currency","Merchant Account"',
      `"order, 1001","EUR","${merchantAccount}"`,
    ]
    const text = csv.map((line, index) => line + more[index]).join('\r\n')
    expect([...readSettlementReport(text, { merchantAccount, capture: 'manual' })]).toMatchObject([
      {
        kind: 'operation',
        operation: { id: 'CAPTURE1', amount: 2500 },
        payment: { reference: 'order, 1001' },
      },
    ])
  })

  it.each([
    makeLine('Teleported', 'CAPTURE1', ['', '25.00']),
    makeLine('Settled', 'no reference', ['', '25.00']),
    makeLine('Settled', 'CAPTURE1', ['', '']),
    makeLine('Settled', 'CAPTURE1', ['1.00', '25.00']),
    makeLine('Settled', 'CAPTURE1', ['', '25.001']),
    makeLine('Settled', 'CAPTURE1', ['', '25.00'], { currency: 'CNH' }),
    makeLine('Settled', 'CAPTURE1', ['', '25.00'], { id: 'no reference' }),
  ])('has an entry for a person: %s', (line) => {
    expect(readAll([settled, line]).map(({ kind }) => kind)).toEqual(['operation', 'unreadable'])
  })

  it('has ids of its own, the same at each reading', () => {
    const ids = readAll([settled, makeLine('Refunded', 'REFUND1', ['10.00', ''])]).map(({ id }) => id)
    expect(new Set(ids).size).toBe(2)
    expect(readAll([settled])[0]?.id).toBe(ids[0])
  })

  it('needs its columns, an account and a mode', () => {
    const options = { merchantAccount, capture: 'manual' } as const
    expect(() => [...readSettlementReport('a,b\n1,2', options)]).toThrow(
      expect.objectContaining({ code: 'invalid_payload' }),
    )
    expect(() => [...readSettlementReport(HEADING, { capture: 'manual' })]).toThrow(
      expect.objectContaining({ code: 'invalid_input' }),
    )
    expect(() => readAll([settled], { capture: undefined })).toThrow(
      expect.objectContaining({ code: 'invalid_input' }),
    )
    expect(() => [...readSettlementReport(Buffer.from('x') as never, options)]).toThrow(
      expect.objectContaining({ code: 'invalid_input' }),
    )
  })
})
