import type { RequestOptions } from '@payment-status/core'
import { fromDecimal, parse, readOrUnknown, readPages } from '@payment-status/core/kit'
import * as v from 'valibot'
import type { OnerwayApi } from './api.ts'
import type { Whole } from './fold.ts'
import { pageSchema, refundRowSchema, rowIdSchema, rowSchema, wholeSchema } from './schema.ts'
import { toJoinedStatus, toQueriedStatus } from './status.ts'
import { type FoldContext, type Step, toStep, toUnreadableStep } from './step.ts'

export interface PagingContext extends FoldContext {
  readonly api: OnerwayApi
  /** The path of the refund query, from Onerway's own page; without one it is not asked. */
  readonly refundQueryPath?: string | undefined
}

/** What a question is answered with: rows by their ids, and whether as many were handed over as were counted. */
export interface Rows<Row> {
  readonly rows: readonly Row[]
  readonly isComplete: boolean
}

type Fields = Readonly<Record<string, string>>

interface Question<Row> {
  readonly path: string
  readonly fields: Fields
  /** Rows a page. */
  readonly size: number
  read(row: unknown, sentAt: string): Row
  keep(rows: Map<string, Row>, row: Row): void
}

const LIST_PATH = '/v1/txn/list'
const PAYMENTS_PATH = '/v1/txn/queryPayments'
const PAGE_SIZE = 10
const LARGE_PAGE_SIZE = 100

/** Steps, by `transactionIds`, `merchantTxnIds` or a period: the order query. */
export function readSteps(
  context: PagingContext,
  fields: Fields,
  options: RequestOptions | undefined,
): Promise<Rows<Step>> {
  const read = (row: unknown, sentAt: string) => readStep(row, context, sentAt)
  return readAnswer(context, { path: LIST_PATH, fields, size: PAGE_SIZE, read, keep }, options)
}

/** A payment, by its paymentId: the payment query, of which one row or several may speak of it. A row about another one is no answer. */
export async function readWhole(
  context: PagingContext,
  paymentId: string,
  options: RequestOptions | undefined,
): Promise<Whole | undefined> {
  const rows = await readWholeRows(context, { paymentId }, options)
  const own = rows.filter((whole) => whole.paymentId === paymentId)
  const paying = own.filter(({ status }) => status !== 'verified') // a card that is kept beside a payment says nothing of it
  return join(paying.length > 0 ? paying : own)
}

/** The paymentIds of the rows by which the payment query names a step. */
export async function readPaymentIds(
  context: PagingContext,
  transactionId: string,
  options: RequestOptions | undefined,
): Promise<string[]> {
  const rows = await readWholeRows(context, { transactionIds: transactionId }, options)
  const own = rows.filter(({ transactionIds }) => transactionIds.includes(transactionId))
  return own.map(({ paymentId }) => paymentId)
}

async function readWholeRows(
  context: PagingContext,
  fields: Fields,
  options: RequestOptions | undefined,
): Promise<readonly Whole[]> {
  const { rows } = await readAnswer(
    context,
    {
      path: PAYMENTS_PATH,
      fields: { ...fields, size: `${LARGE_PAGE_SIZE}` },
      size: LARGE_PAGE_SIZE,
      read: (row, sentAt) => readWholeRow(row, context, sentAt),
      keep: (wholes, whole: Whole) => void wholes.set(nameOf(whole), whole),
    },
    options,
  )
  return rows
}

/**
 * Refunds, by `originTransactionId`, `paymentId` or a period: the refund query. A row that tells no amount is told by its
 * id alone: the order query has the rest.
 */
export async function readRefunds(
  context: PagingContext,
  fields: Fields,
  options: RequestOptions | undefined,
): Promise<{ readonly steps: readonly Step[]; readonly ids: readonly string[] }> {
  const { refundQueryPath: path } = context
  if (path === undefined) return { steps: [], ids: [] }
  const { rows } = await readAnswer(
    context,
    {
      path,
      fields: { ...fields, size: `${LARGE_PAGE_SIZE}` },
      size: LARGE_PAGE_SIZE,
      read: (row, sentAt) => readRefund(row, context, sentAt),
      keep,
    },
    options,
  )
  const isTold = ({ isReadable, amount }: Step) => isReadable && amount !== undefined
  return {
    steps: rows.filter(isTold),
    ids: rows.filter((row) => !isTold(row)).map(({ id }) => id),
  }
}

/** Every page of an answer, repeated rows dropped. */
async function readAnswer<Row>(
  { api, provider }: PagingContext,
  { path, fields, size, read, keep: keepRow }: Question<Row>,
  options: RequestOptions | undefined,
): Promise<Rows<Row>> {
  const rows = new Map<string, Row>()
  let handedOver = 0
  let claimed = 0
  const ask = async (current = 1) => {
    const { data, sentAt } = await api.query(path, { ...fields, current: `${current}` }, options)
    const page = parse(pageSchema, data, { provider, what: "the answer's data" })
    const { length } = page.content
    claimed = Math.max(claimed, page.totalElements ?? 0)
    const isFull = length >= Math.min(page.size || size, size)
    const next = isFull || handedOver + length < claimed ? current + 1 : undefined
    return { rows: page.content.map((row) => read(row, sentAt)), next }
  }
  const isNew = (row: Row) => {
    const known = rows.size
    keepRow(rows, row)
    return rows.size > known
  }
  for await (const page of readPages(ask, isNew)) if (page.news.length > 0) handedOver += page.rows.length
  return { rows: [...rows.values()], isComplete: handedOver >= claimed }
}

/** A row of a list as a step; one with an id that cannot be read otherwise is kept, and makes its payment unclear. */
function readStep(row: unknown, context: FoldContext, observedAt: string): Step {
  return readOrUnknown(row, {
    read: () =>
      toStep(parse(rowSchema, row, { provider: context.provider, what: 'a row' }), context, observedAt, row),
    toUnknown: (members) =>
      v.is(rowIdSchema, members) ? toUnreadableStep(members, context, observedAt) : undefined,
  })
}

function readRefund(row: unknown, context: FoldContext, observedAt: string): Step {
  const parsed = v.safeParse(refundRowSchema, row)
  const whole = { ...(row as object), txnType: 'REFUND' }
  // What is read of it is a refund's, whatever else the row calls itself.
  return parsed.success ? readStep(whole, context, observedAt) : readStep(row, context, observedAt)
}

function readWholeRow(row: unknown, { provider, keepRaw }: FoldContext, observedAt: string): Whole {
  const parsed = parse(wholeSchema, row, { provider, what: 'a row of the payment query' })
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

/** A row is repeated where it says the same of the same steps. */
function nameOf({ paymentId, transactionIds, status, paymentStatus }: Whole): string {
  return [paymentId, ...transactionIds, status, paymentStatus].join(' ')
}

/** What all rows of one payment say together, in whatever order they came. */
function join(rows: readonly Whole[]): Whole | undefined {
  const [first, ...others] = rows.toSorted((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1))
  if (!first || others.length === 0) return first
  const status = toJoinedStatus(rows.flatMap(({ status }) => status ?? []))
  return {
    ...first,
    status,
    paymentStatus: status === first.status ? first.paymentStatus : null,
    transactionIds: rows.flatMap(({ transactionIds }) => transactionIds),
    raws: rows.flatMap(({ raws }) => raws),
  }
}

/** An amount nobody promised: one that cannot be read is none. */
function readAmount({ orderAmount, orderCurrency }: v.InferOutput<typeof wholeSchema>, provider: string) {
  try {
    return fromDecimal(orderAmount, orderCurrency, { provider, path: 'orderAmount' })
  } catch {
    return undefined
  }
}

/** Keeps one row of a step: the one asked for later; where two differ at one moment, nobody knows which is true. */
function keep(steps: Map<string, Step>, step: Step): void {
  const known = steps.get(step.id)
  if (!known || known.observedAt !== step.observedAt) steps.set(step.id, step)
  else if (wordsOf(known) !== wordsOf(step)) {
    const one = wordsOf(known) > wordsOf(step) ? known : step
    steps.set(step.id, { ...one, status: 'unknown', isReadable: false })
  }
}

function wordsOf({ isReadable: _, raw: __, status: ___, ...words }: Step): string {
  return JSON.stringify(words)
}
