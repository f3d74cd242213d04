import type { Dispute, RequestOptions } from '@payment-status/core'
import {
  fromDecimal,
  isPaymentError,
  PaymentError,
  parse,
  readOrUnknown,
  readPages,
} from '@payment-status/core/kit'
import * as v from 'valibot'
import type { OnerwayApi } from './api.ts'
import { readChargeback } from './dispute.ts'
import type { PaymentRow } from './fold.ts'
import { type Operation, type ReadContext, toOperation, toUnreadableOperation } from './operation.ts'
import { pageSchema, paymentRowSchema, refundRowSchema, rowIdSchema, rowSchema } from './schema.ts'
import { toQueriedStatus } from './status.ts'

export interface QueryContext extends ReadContext {
  readonly api: OnerwayApi
  /** Rows that name another merchant are no answer. */
  readonly merchantNo: string | undefined
  /** Path of the refund query, from Onerway's own page. Without it, no refund query is sent. */
  readonly refundQueryPath?: string | undefined
}

/** One query: what it asks for, and the ids, the reference or the period (start, end) it asks by. */
export interface Query {
  readonly kind:
    | 'transactions'
    | 'reference'
    | 'period'
    | 'payment'
    | 'payments of transactions'
    | 'payments of a reference'
    | 'refunds of a transaction'
    | 'refunds of a payment'
    | 'refunds of a period'
    | 'chargebacks of a period'
  readonly values: readonly string[]
}

/** Answer to a query, all of its pages. */
export interface Answer {
  readonly query: Query
  readonly operations: readonly Operation[]
  readonly paymentRows: readonly PaymentRow[]
  readonly chargebacks: readonly Chargeback[]
  /** `true` where Onerway delivered as many rows as it counted. */
  readonly isComplete: boolean
  /** `true` where its pages overlapped, so that a row may have slipped between two of them. */
  readonly hasShifted: boolean
}

/** A dispute, and the transaction that it disputes. */
export interface Chargeback {
  readonly originId: string
  readonly dispute: Dispute
}

type Fields = Readonly<Record<string, string>>

interface Request {
  readonly path: string
  readonly fields: Fields
  readonly rows: 'operations' | 'refunds' | 'paymentRows' | 'chargebacks'
}

/** One query asks for at most as many ids as a page of its answer holds. */
export const IDS_IN_A_QUERY = 10
const PAGE_SIZE = 10
const LARGE_PAGE_SIZE = 100

/** Sends a query and reads every page of its answer. */
export async function ask(
  query: Query,
  context: QueryContext,
  options: RequestOptions | undefined,
): Promise<Answer> {
  const request = toRequest(query, context)
  const empty = { query, operations: [], paymentRows: [], chargebacks: [] }
  switch (request.rows) {
    case 'operations':
    case 'refunds': {
      const read = request.rows === 'refunds' ? readRefund : readOperation
      const merge = mergeOperations
      const { rows, ...counts } = await readAnswer(context, request, { read, idOf, merge }, options)
      return { ...empty, ...counts, operations: rows }
    }
    case 'paymentRows': {
      const read = readPaymentRow
      const answer = readAnswer(context, request, { read, idOf: nameOf }, options)
      const isOptional = query.kind === 'payments of a reference'
      const { rows, ...counts } = await (isOptional ? answer.catch(orNothing) : answer)
      return { ...empty, ...counts, paymentRows: rows }
    }
    case 'chargebacks': {
      const read = readChargeback
      const idOfChargeback = ({ originId, dispute }: Chargeback) => `${originId} ${dispute.id}`
      const { rows, ...counts } = await readAnswer(context, request, { read, idOf: idOfChargeback }, options)
      return { ...empty, ...counts, chargebacks: rows }
    }
  }
}

/** Returns the error for an answer of which Onerway delivered fewer rows than it counted. */
export function incompleteError(provider: string): PaymentError {
  return new PaymentError({
    code: 'invalid_payload',
    provider,
    message:
      'Onerway counted more rows than it delivered: this answer may be incomplete. Send the query again',
    issues: [{ path: 'data.totalElements', expected: 'the number of rows that were delivered' }],
  })
}

function toRequest({ kind, values }: Query, { refundQueryPath }: QueryContext): Request {
  const [first = '', second = ''] = values
  const list = (fields: Fields): Request => ({ path: '/v1/txn/list', fields, rows: 'operations' })
  const payments = (fields: Fields): Request => ({
    path: '/v1/txn/queryPayments',
    fields: { ...fields, size: `${LARGE_PAGE_SIZE}` },
    rows: 'paymentRows',
  })
  const refunds = (fields: Fields): Request => ({
    path: refundQueryPath ?? '',
    fields: { ...fields, size: `${LARGE_PAGE_SIZE}` },
    rows: 'refunds',
  })
  switch (kind) {
    case 'transactions':
      return list({ transactionIds: values.join(',') })
    case 'reference':
      return list({ merchantTxnIds: first })
    case 'period':
      return list({ startTime: first, endTime: second })
    case 'payment':
      return payments({ paymentId: first })
    case 'payments of transactions':
      return payments({ transactionIds: values.join(',') })
    case 'payments of a reference':
      return payments({ merchantTxnIds: first })
    case 'refunds of a transaction':
      return refunds({ originTransactionId: first })
    case 'refunds of a payment':
      return refunds({ paymentId: first })
    case 'refunds of a period':
      return refunds({ startTime: first, endTime: second })
    case 'chargebacks of a period':
      return {
        path: '/v1/chargeback/list',
        fields: { importTimeStart: first, importTimeEnd: second },
        rows: 'chargebacks',
      }
  }
}

/** Onerway's page on the payment query lists this filter. Where the query rejects it all the same, it finds nothing. */
function orNothing(error: unknown) {
  if (!isPaymentError(error) || error.code !== 'rejected') throw error
  return { rows: [], isComplete: true, hasShifted: false }
}

interface Reading<Row> {
  read(row: unknown, context: QueryContext, sentAt: string): Row
  idOf(row: Row): string
  /** Of two rows with one id. Default: the later one. */
  merge?(known: Row, row: Row): Row
}

/** Reads every page of an answer. Pages may overlap while rows arrive. */
async function readAnswer<Row>(
  context: QueryContext,
  { path, fields }: Request,
  { read, idOf, merge = (_, row) => row }: Reading<Row>,
  options: RequestOptions | undefined,
): Promise<{ readonly rows: readonly Row[] } & Pick<Answer, 'isComplete' | 'hasShifted'>> {
  const { api, provider } = context
  const size = Number(fields.size ?? PAGE_SIZE)
  const rows = new Map<string, Row>()
  let counted = 0
  let delivered = 0
  let hasShifted = false
  const readPage = async (current = 1) => {
    const { data, sentAt } = await api.query(path, { ...fields, current: `${current}` }, options)
    const page = parse(pageSchema, data, { provider, what: "the answer's data" })
    const { length } = page.content
    counted = Math.max(counted, page.totalElements ?? 0)
    const isFull = length >= Math.min(page.size || size, size)
    const next = isFull || delivered + length < counted ? current + 1 : undefined
    const own = page.content.filter((row) => !isOfAnother(row, context))
    return { rows: own.map((row) => read(row, context, sentAt)), length, next }
  }
  const isNew = (row: Row) => {
    const id = idOf(row)
    const known = rows.get(id)
    rows.set(id, known === undefined ? row : merge(known, row))
    return known === undefined
  }
  for await (const page of readPages(readPage, isNew)) {
    if (page.newRows.length > 0 || page.rows.length === 0) delivered += page.length
    hasShifted ||= page.newRows.length < page.rows.length
  }
  return {
    rows: [...rows.values()],
    isComplete: delivered >= counted,
    hasShifted,
  }
}

/** Returns whether a row names another merchant. Onerway's pages show rows without a merchantNo: these are ours. */
function isOfAnother(row: unknown, { merchantNo }: QueryContext): boolean {
  return (
    v.is(v.object({ merchantNo: v.string() }), row) && row.merchantNo !== '' && row.merchantNo !== merchantNo
  )
}

/** Reads a row as an operation. One that has an id and cannot be read otherwise is kept, and makes its payment `unknown`. */
function readOperation(row: unknown, context: ReadContext, observedAt: string): Operation {
  const { provider } = context
  return readOrUnknown(row, {
    read: () => toOperation(parse(rowSchema, row, { provider, what: 'a row' }), context, observedAt, row),
    toUnknown: (members) =>
      v.is(rowIdSchema, members) ? toUnreadableOperation(members, context, observedAt) : undefined,
  })
}

/** Reads a row of the refund query. It is a refund, whatever else the row calls itself. */
function readRefund(row: unknown, context: ReadContext, observedAt: string): Operation {
  const isRefund = v.is(refundRowSchema, row)
  return readOperation(isRefund ? { ...(row as object), txnType: 'REFUND' } : row, context, observedAt)
}

function readPaymentRow(row: unknown, { provider, keepRaw }: ReadContext, observedAt: string): PaymentRow {
  const parsed = parse(paymentRowSchema, row, { provider, what: 'a row of the payment query' })
  const { paymentId, paymentStatus, transactionId, lastTransactionId, txnType } = parsed
  const amount = readAmount(parsed, provider)
  return {
    paymentId,
    status: toQueriedStatus(paymentStatus, txnType),
    paymentStatus: paymentStatus || null,
    transactionIds: [lastTransactionId, transactionId].flatMap((id) => id || []),
    reference: parsed.merchantTxnId || undefined,
    amount: amount?.amount,
    currency: amount?.currency,
    observedAt,
    raws: keepRaw ? [row] : [],
  }
}

/** Rows of the payment query repeat each other where they say the same of the same transactions. */
export function nameOf({ paymentId, transactionIds, status, paymentStatus }: PaymentRow): string {
  return [paymentId, ...transactionIds, status, paymentStatus].join(' ')
}

/** Reads an amount that the payment query's page does not promise: one that is not valid is left out. */
function readAmount(
  { orderAmount, orderCurrency }: v.InferOutput<typeof paymentRowSchema>,
  provider: string,
) {
  try {
    return fromDecimal(orderAmount, orderCurrency, { provider, path: 'orderAmount' })
  } catch {
    return undefined
  }
}

function idOf({ id }: Operation): string {
  return id
}

/** Keeps the row whose request was sent later. Where two rows of one moment differ, the operation is unreadable. */
function mergeOperations(known: Operation, row: Operation): Operation {
  if (known.observedAt !== row.observedAt) return row
  if (wordsOf(known) === wordsOf(row)) return known
  const one = wordsOf(known) > wordsOf(row) ? known : row
  return { ...one, status: 'unknown', isReadable: false }
}

function wordsOf({ isReadable: _, raw: __, status: ___, ...words }: Operation): string {
  return JSON.stringify(words)
}
