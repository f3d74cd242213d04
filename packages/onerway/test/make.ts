import { createHash } from 'node:crypto'
import type { PaymentHint, PaymentReport } from '@payment-status/core'
import { createOnerway, type OnerwayConfig, type OnerwayProvider } from '@payment-status/onerway'

export const secretKey = 'test-secret-not-real'
export const merchantNo = '800001'

export type Row = Readonly<Record<string, unknown>>

/** A SALE that succeeded, as the query API shows it, with some of it changed. Ids have 20 digits, more than a number holds. */
export function makeRow(changes: Row = {}): Row & { readonly transactionId: string } {
  return {
    transactionId: makeId(1),
    merchantTxnId: 'order-1001',
    originTransactionId: null,
    txnType: 'SALE',
    status: 'S',
    txnTime: '2026-03-02 10:15:30',
    orderAmount: '25.00',
    orderCurrency: 'USD',
    txnAmount: null,
    txnCurrency: null,
    paymentMethod: 'VISA',
    ...changes,
  } as Row & { readonly transactionId: string }
}

/** The nth of many ids, all of 20 digits. */
export function makeId(index: number): string {
  return `9${String(index).padStart(19, '0')}`
}

/** Returns Onerway's signature, written independently of the code: names sorted, values joined, empty ones left out. */
export function signatureOf(fields: Row, secret = secretKey, unsigned: readonly string[] = ['sign']): string {
  const stated = Object.entries(fields).filter(
    ([name, value]) => !unsigned.includes(name) && value !== null && value !== '' && value !== undefined,
  )
  const values = stated.sort(([a], [b]) => (a < b ? -1 : 1)).map(([, value]) => value)
  return createHash('sha256')
    .update(values.join('') + secret, 'utf8')
    .digest('hex')
}

/** A request over HTTP, in the form that tests compare. */
export interface Asked {
  readonly method: string
  readonly url: URL
  readonly headers: Headers
  readonly fields: Readonly<Record<string, string>>
}

type Config = Partial<OnerwayConfig<string>>

/** Creates a provider whose requests a function answers, and returns them too. */
export function connect(
  answer: (asked: Asked) => unknown,
  config: Config = {},
): { readonly onerway: OnerwayProvider<string>; readonly asked: Asked[] } {
  const asked: Asked[] = []
  const onerway = createOnerway<string>({
    merchantNo,
    secretKey,
    environment: 'sandbox',
    integration: 'direct',
    retries: 0,
    ...config,
    async fetch(input, init) {
      const request = new Request(input, init)
      const { method, headers } = request
      const fields = JSON.parse(await request.text()) as Asked['fields']
      const question = { method, headers, url: new URL(request.url), fields }
      asked.push(question)
      const result = await answer(question)
      return result instanceof Response ? result : Response.json(result)
    },
  })
  return { onerway, asked }
}

/** Returns a page of rows, as the query API returns them. */
export function makePage(content: readonly unknown[], counts: Row = {}): Row {
  const data = { content, current: '1', size: '10', totalPages: '1', totalElements: `${content.length}` }
  return { respCode: '20000', respMsg: 'Success', data: { ...data, ...counts } }
}

/** The query API over these rows: by ids, by merchantTxnIds, by period (both its ends), ten a page; `lies` goes over its counts. */
export function answerFrom(rows: readonly Row[], lies: Row = {}, pageSize = 10) {
  return ({ url, fields }: Asked): unknown => {
    const { transactionIds, merchantTxnIds, startTime = '', endTime = '', paymentId } = fields
    const found = rows.filter((row) => {
      if (url.pathname === '/v1/txn/queryPayments') return row.paymentId && row.paymentId === paymentId
      if (transactionIds) return transactionIds.split(',').includes(String(row.transactionId))
      if (merchantTxnIds) return merchantTxnIds.split(',').includes(String(row.merchantTxnId))
      const time = String(row.txnTime ?? startTime)
      return time >= startTime && time <= endTime
    })
    if (url.pathname === '/v1/txn/queryPayments') {
      // A payment's row holds no transactionId and no txnType.
      const last = found.at(-1)
      const { paymentStatus } = last ?? {}
      return makePage(last ? [{ paymentId, paymentStatus, lastTransactionId: last.transactionId }] : [])
    }
    const start = (Number(fields.current) - 1) * pageSize
    const counts = { current: fields.current, size: `${pageSize}`, totalElements: `${found.length}` }
    return makePage(found.slice(start, start + pageSize), { ...counts, ...lies })
  }
}

/** Returns everything that an async iterable yields. */
export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const collected: T[] = []
  for await (const item of items) collected.push(item)
  return collected
}

/** Returns the error that was thrown. */
export async function errorOf(call: () => unknown): Promise<unknown> {
  try {
    await call()
  } catch (error) {
    return error
  }
  throw new Error('nothing was thrown')
}

export const march = { from: new Date('2026-03-01T00:00:00Z'), to: new Date('2026-04-01T00:00:00Z') }

/** Each payment's id and status, by id. */
export function wordsOf(reports: readonly PaymentReport[]): (readonly [string, string])[] {
  return reports.map(({ payment }) => [payment.id, payment.status] as const).sort()
}

/** Returns the report that a create call's answer was read as; throws for a hint. */
export function reportOf(evidence: PaymentReport | PaymentHint): PaymentReport {
  if (evidence.evidence === 'report') return evidence
  throw new Error('the answer was read as a hint')
}
