import type { ListRange, Payment, PaymentReport, RequestOptions } from '@payment-status/core'
import {
  createRequestLimit,
  isPaymentError,
  omitUndefined,
  parse,
  readPages,
  toInstant,
} from '@payment-status/core/kit'
import * as v from 'valibot'
import { findByCapture, isNotFound, type LookupContext, lookupOrder, toLookupReport } from './lookup.ts'
import { idPattern, type PayPalTransaction, relatedSchema, transactionPageSchema } from './schema.ts'

const TRANSACTIONS = '/v1/reporting/transactions'
const PAGE_SIZE = '500'
/** Five million rows: a list with more of them never ends. */
const MAX_REQUESTS = 10_000
const SECOND_IN_MILLISECONDS = 1000
/** PayPal documents 31 days as the longest period of one request. */
const LONGEST_PERIOD_IN_MILLISECONDS = 31 * 24 * 60 * 60 * SECOND_IN_MILLISECONDS

/**
 * Lists the orders whose money moved in `[from, to)`: payments, refunds, reversals and adjustments of captures, whenever the
 * order was created. Each is listed once, and looked up, because a row states one movement.
 *
 * PayPal's transaction search shows a movement up to three hours late and never an order without money, so a payment
 * that a list lacks may still exist. PayPal documents neither whether the bounds are included, so a second
 * more is requested at either end.
 */
export async function* list(
  context: LookupContext,
  range: ListRange,
  options?: RequestOptions,
): AsyncGenerator<PaymentReport, void, undefined> {
  if (range.from >= range.to) return
  const countRequest = createRequestLimit(context.provider, MAX_REQUESTS)
  const seen = { captures: new Set<string>(), orders: new Set<string>() }
  const begin = range.from.getTime() - SECOND_IN_MILLISECONDS
  const end = range.to.getTime() + SECOND_IN_MILLISECONDS
  for (let from = begin; from < end; from += LONGEST_PERIOD_IN_MILLISECONDS) {
    const to = Math.min(from + LONGEST_PERIOD_IN_MILLISECONDS, end)
    for await (const row of readRows(context, { from, to }, countRequest, options)) {
      const capture = toCaptureId(row)
      if (capture === undefined || seen.captures.has(capture) || !isWithin(row, range)) continue
      seen.captures.add(capture)
      const report = await readOrder(capture, seen.orders, context, options)
      if (report) yield report
    }
  }
}

interface Period {
  readonly from: number
  readonly to: number
}

/** Reads the rows of a period. PayPal refuses more than 10,000 rows: then the period is halved. */
async function* readRows(
  context: LookupContext,
  { from, to }: Period,
  countRequest: () => void,
  options: RequestOptions | undefined,
): AsyncGenerator<PayPalTransaction, void, undefined> {
  const { api, provider } = context
  const rows: PayPalTransaction[] = []
  const pages = readPages(
    async (page: number = 1) => {
      countRequest()
      const query = {
        start_date: new Date(from).toISOString(),
        end_date: new Date(to).toISOString(),
        fields: 'transaction_info',
        page_size: PAGE_SIZE,
        page: `${page}`,
      }
      const { body } = await api.get(TRANSACTIONS, query, options)
      const read = parse(transactionPageSchema, body, { provider, what: 'the list of transactions' })
      const next = page < (read.total_pages ?? 0) ? page + 1 : undefined
      return { rows: read.transaction_details ?? [], next }
    },
    () => true, // an id may stand there twice: the number of pages ends the list
  )
  try {
    for await (const page of pages) rows.push(...page.rows.map((row) => row.transaction_info))
  } catch (error) {
    const isTooLarge = isPaymentError(error) && error.providerCode === 'RESULTSET_TOO_LARGE'
    if (!isTooLarge || to - from <= SECOND_IN_MILLISECONDS) throw error
    const middle = from + Math.floor((to - from) / 2)
    yield* readRows(context, { from, to: middle }, countRequest, options)
    yield* readRows(context, { from: middle, to }, countRequest, options)
    return
  }
  yield* rows
}

/** Returns the capture that a movement is of: itself, or the one that a refund, a reversal or an adjustment names. */
function toCaptureId(row: PayPalTransaction): string | undefined {
  const { transaction_event_code: code, paypal_reference_id: reference, paypal_reference_id_type: type } = row
  const isOfCapture = /^T1[12]/.test(code ?? '') && type === 'TXN'
  const id = /^T00/.test(code ?? '') ? row.transaction_id : isOfCapture ? reference : undefined
  return id && idPattern.test(id) ? id : undefined
}

/** Returns whether a movement began or changed in a period; one without a readable time is not left out. */
function isWithin(row: PayPalTransaction, range: ListRange): boolean {
  const times = [row.transaction_initiation_date, row.transaction_updated_date].flatMap((text) => {
    const instant = toInstant(text)
    return instant === undefined ? [] : Date.parse(instant)
  })
  return times.length === 0 || times.some((time) => time >= range.from.getTime() && time < range.to.getTime())
}

/**
 * Looks up the order of a capture. A movement of something else (a payout, a payment of an older product) is left out. An
 * order that PayPal no longer has, or that cannot be read, is `unknown`: its money moved.
 */
async function readOrder(
  capture: string,
  listed: Set<string>,
  context: LookupContext,
  options: RequestOptions | undefined,
): Promise<PaymentReport | undefined> {
  const found = await findByCapture(context, capture, options)
  if (found?.orderId === undefined || listed.has(found.orderId)) return undefined
  const { orderId, reply } = found
  listed.add(orderId)
  try {
    return { ...(await lookupOrder(context, orderId, options)), source: 'list' }
  } catch (error) {
    const isUnreadable = isPaymentError(error) && error.code === 'invalid_payload'
    if (!isNotFound(error) && !isUnreadable) throw error
    const stated = v.parse(relatedSchema, reply.body)
    const { status } = reply.body as { readonly status?: unknown }
    const payment = omitUndefined<Payment>({
      provider: context.provider,
      id: orderId,
      reference: stated[context.referenceField] || undefined,
      status: 'unknown',
      facts: { capture_status: typeof status === 'string' ? status : null },
    })
    return toLookupReport(payment, 'list', reply, context)
  }
}
