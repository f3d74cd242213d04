import type { ListRange, Payment, PaymentReport, RequestOptions } from '@payment-status/core'
import {
  checkAnswer,
  createRequestLimit,
  type HttpReply,
  inputError,
  isFirstOf,
  isPaymentError,
  isWithin,
  newestFirst,
  omitUndefined,
  type Page,
  PaymentError,
  parse,
  payloadError,
  readOrUnknown,
  readPages,
  toInstant,
  toReport,
} from '@payment-status/core/kit'
import * as v from 'valibot'
import type { CheckoutComApi } from './api.ts'
import { readPayment, toPayment } from './payment.ts'
import type { ReadContext } from './response.ts'
import { lookupIdPattern, pageSchema, paymentSchema, rowIdSchema } from './schema.ts'
import { isHalfTold } from './status.ts'

export interface LookupContext extends ReadContext {
  readonly api: CheckoutComApi
}

const REFERENCE_PAGE_SIZE = 100
const SEARCH_PAGE_SIZE = 1000
const SHORTEST_SEARCH_IN_MILLISECONDS = 1000
/** 100 000 payments of one reference: beyond that somebody invents them. */
const MAX_REFERENCE_PAGES = 1000
/** Ten million payments in one period. */
const MAX_SEARCHES = 10_000
/** Rows that leave out what their word means are looked up, this many side by side. */
const LOOKUPS_AT_ONCE = 5

/**
 * One payment, by its `pay_` id or by the `sid_` of its 3-D Secure session (the answer's id is the `pay_` id always).
 * Throws `invalid_input` for any other id, before a request; `not_found` for a session that is gone, which does not
 * mean the payment is.
 */
export async function lookup(
  context: LookupContext,
  id: string,
  options?: RequestOptions,
): Promise<PaymentReport> {
  const { api, provider } = context
  if (typeof id !== 'string' || !lookupIdPattern.test(id)) {
    throw inputError(provider, 'a payment is looked up by a pay_ or sid_ id with 26 characters behind it')
  }
  const reply = await api.get(`/payments/${id}`, options).catch((error: unknown) => {
    throw isPaymentError(error) && id.startsWith('sid_') ? asSessionError(error) : error
  })
  const payment = toPayment(reply.body, provider)
  if (id.startsWith('pay_')) checkAnswer(payment, id)
  return toReport(payment, { source: 'lookup', observedAt: reply.sentAt }, reply.body, context)
}

/** All payments of one reference, newest first by their own time: the provider's order and counts are not relied on. */
export async function lookupByReference(
  context: LookupContext,
  reference: string,
  options?: RequestOptions,
): Promise<readonly PaymentReport[]> {
  const reports = new Map<string, PaymentReport>()
  const countRequest = createRequestLimit(context.provider, MAX_REFERENCE_PAGES)
  const ask = async (skip = 0) => {
    countRequest()
    return askByReference(context, { reference, skip }, options)
  }
  for await (const { rows, reply } of readPages(ask, isFirstOf(idOf))) {
    // What cannot be read was still an answer to this question, unless it states another reference.
    const answers = rows.filter(
      ({ payment, isUnread }) =>
        payment.reference === reference || (payment.reference === undefined && isUnread),
    )
    // On two pages: the later one is the newer news. A row that is no answer takes no other's place.
    for await (const report of toReports(answers, { source: 'lookup', reply, context }, options)) {
      reports.set(report.payment.id, report)
    }
  }
  return newestFirst([...reports.values()])
}

async function askByReference(
  { api, provider }: LookupContext,
  { reference, skip }: { readonly reference: string; readonly skip: number },
  options: RequestOptions | undefined,
): Promise<Page<Row, number> & { readonly reply: HttpReply }> {
  const query = new URLSearchParams({ reference, limit: `${REFERENCE_PAGE_SIZE}`, skip: `${skip}` })
  const reply = await api.get(`/payments?${query}`, options).catch((error: unknown) => {
    // Whether an unknown reference answers 404 or an empty list is not stated: both mean none.
    if (isPaymentError(error) && error.code === 'not_found') return { body: { data: [] }, sentAt: '' }
    throw error
  })
  const page = parse(pageSchema, reply.body, { provider, what: 'the list of payments' })
  const rows = page.data.map((row) => readRow(row, provider))
  const read = skip + rows.length
  const isFull = rows.length >= Math.min(REFERENCE_PAGE_SIZE, page.limit || REFERENCE_PAGE_SIZE)
  // A count is no reason to stop early: one that is not what came so far is asked about.
  const mayHaveMore = isFull || (page.total_count ?? read) !== read
  return { rows, next: mayHaveMore ? read : undefined, reply }
}

/**
 * The payments created in `[from, to)`, through `POST /payments/search`, which newer accounts have. Where an answer links
 * to its next page, that is followed; where a full one does not, the period is asked for again in halves.
 */
export async function* list(
  context: LookupContext,
  range: ListRange,
  options?: RequestOptions,
): AsyncGenerator<PaymentReport, void, undefined> {
  const countRequest = createRequestLimit(context.provider, MAX_SEARCHES)
  const seen = new Set<string>()
  const periods: ListRange[] = range.from < range.to ? [range] : []
  for (let period = periods.pop(); period; period = periods.pop()) {
    const within = period
    let hasOwn = false
    let isCut = false
    const ask = async (path?: string) => {
      countRequest()
      return search(context, { period: within, path }, options)
    }
    for await (const page of readPages(ask, isFirstOf(idOf))) {
      const { rows, reply } = page
      isCut = page.isCut
      // Rows outside of the period asked for are no reason to ask again: whoever sends them would send them for ever.
      hasOwn ||= rows.some(({ payment }) => isWithin(payment, within))
      const news = rows.filter(({ payment }) => !seen.has(payment.id) && isWithin(payment, range))
      for (const { payment } of news) seen.add(payment.id)
      yield* toReports(news, { source: 'list', reply, context }, options)
    }
    if (isCut && hasOwn) periods.push(...halve(within))
  }
}

interface SearchPage extends Page<Row, string> {
  readonly reply: HttpReply
  /** Whether there are more payments in the period, with no way to ask for them but a shorter one. */
  readonly isCut: boolean
}

async function search(
  { api, provider }: LookupContext,
  { period, path }: { readonly period: ListRange; readonly path: string | undefined },
  options: RequestOptions | undefined,
): Promise<SearchPage> {
  const { from, to } = period
  const body = { from: from.toISOString(), to: to.toISOString(), limit: SEARCH_PAGE_SIZE }
  const asked = path === undefined ? api.post('/payments/search', body, options) : api.get(path, options)
  const reply = await asked.catch((error: unknown) => {
    if (!isPaymentError(error)) throw error
    // How a next page is asked for stands nowhere: where our way does not work, shorter periods do.
    if (path !== undefined && (error.code === 'not_found' || error.code === 'rejected')) return undefined
    throw error.code === 'not_found' ? asSearchError(error) : error
  })
  if (!reply) return { rows: [], reply: { body: undefined, sentAt: '' }, isCut: true }
  const page = parse(pageSchema, reply.body, { provider, what: 'the list of payments' })
  const rows = page.data.map((row) => readRow(row, provider))
  const link = page._links?.next?.href
  const next = toSearchPath(link)
  if (path !== undefined || next !== undefined) return { rows, next, reply, isCut: false }
  const isFull = rows.length >= Math.min(SEARCH_PAGE_SIZE, page.limit || SEARCH_PAGE_SIZE)
  const claimsMore = Boolean(link) || (page.total_count ?? 0) > rows.length
  if (isFull && !isDivisible(period)) {
    const expected =
      'no more payments in one second than a search answers with: else no list of them is complete'
    throw payloadError(provider, 'data', expected)
  }
  return { rows, reply, isCut: isFull || claimsMore }
}

/**
 * The path of a next page: `/payments/search/…?token=…`. It is asked for at our own host, whichever the link names:
 * credentials go nowhere else.
 */
function toSearchPath(link: string | null | undefined): string | undefined {
  if (!link || !URL.canParse(link, 'https://link.invalid')) return undefined
  const { pathname, search: query } = new URL(link, 'https://link.invalid')
  const [path] = /\/payments\/search(?:\/[\w.~%-]+)?$/.exec(pathname) ?? []
  return path === undefined ? undefined : path + query
}

function isDivisible({ from, to }: ListRange): boolean {
  return to.getTime() - from.getTime() > SHORTEST_SEARCH_IN_MILLISECONDS
}

/** The two halves of a period, the earlier one last: it is asked for first. */
function halve(period: ListRange): readonly ListRange[] {
  if (!isDivisible(period)) return []
  const { from, to } = period
  const middle = new Date((from.getTime() + to.getTime()) / 2)
  return [
    { from: middle, to },
    { from, to: middle },
  ]
}

/** One row of a page: a payment, and what of it only a lookup tells. */
interface Row {
  readonly payment: Payment
  readonly raw: unknown
  /** Whether its word needs an `approved` that is not there. */
  readonly isHalfTold: boolean
  readonly isUnread: boolean
}

/**
 * One row that cannot be read is `unknown` and does not spoil the page; one without an id does, it cannot be named. The
 * actions that a search shows are not those of a lookup, so a row tells no steps.
 */
function readRow(raw: unknown, provider: string): Row {
  return readOrUnknown<unknown, Row>(raw, {
    read(row) {
      const read = parse(paymentSchema, row, { provider, what: 'the payment' })
      return { payment: readPayment(read, provider), raw, isHalfTold: isHalfTold(read), isUnread: false }
    },
    toUnknown({ id, reference, status, requested_on }) {
      if (!v.is(rowIdSchema, { id })) return undefined
      const payment = omitUndefined<Payment>({
        provider,
        id: id as string,
        reference: typeof reference === 'string' && reference !== '' ? reference : undefined,
        status: 'unknown',
        createdAt: typeof requested_on === 'string' ? toInstant(requested_on) : undefined,
        facts: { status: typeof status === 'string' ? status : null },
      })
      return { payment, raw, isHalfTold: false, isUnread: true }
    },
  })
}

function idOf({ payment }: Row): string {
  return payment.id
}

interface ReportOrigin {
  readonly source: 'lookup' | 'list'
  readonly reply: HttpReply
  readonly context: LookupContext
}

/** The rows as reports, in their order; those that leave out what their word means are looked up first, a few at a time. */
async function* toReports(
  rows: readonly Row[],
  origin: ReportOrigin,
  options: RequestOptions | undefined,
): AsyncGenerator<PaymentReport, void, undefined> {
  let batch: (PaymentReport | Promise<PaymentReport>)[] = []
  let lookups = 0
  for (const row of rows) {
    batch.push(row.isHalfTold ? completeRow(row, origin, options) : toRowReport(row, origin))
    if (row.isHalfTold) lookups++
    if (lookups < LOOKUPS_AT_ONCE) continue
    yield* await Promise.all(batch)
    batch = []
    lookups = 0
  }
  yield* await Promise.all(batch)
}

async function completeRow(
  row: Row,
  origin: ReportOrigin,
  options: RequestOptions | undefined,
): Promise<PaymentReport> {
  try {
    return { ...(await lookup(origin.context, row.payment.id, options)), source: origin.source }
  } catch (error) {
    // The row stays what it is, `unknown`: it was still told.
    if (isPaymentError(error) && (error.code === 'not_found' || error.code === 'invalid_payload')) {
      return toRowReport(row, origin)
    }
    throw error
  }
}

function toRowReport(
  { payment, raw }: Pick<Row, 'payment' | 'raw'>,
  { source, reply, context }: ReportOrigin,
): PaymentReport {
  return toReport(payment, { source, observedAt: reply.sentAt }, raw, context)
}

/** A session lives about 15 minutes; its payment lives on. */
function asSessionError(error: PaymentError): PaymentError {
  if (error.code !== 'not_found') return error
  return new PaymentError({
    ...error,
    message:
      'the 3-D Secure session is gone (they live about 15 minutes), which says nothing of its payment: look that up by its pay_ id or reference',
  })
}

function asSearchError(error: PaymentError): PaymentError {
  return new PaymentError({
    ...error,
    code: 'rejected',
    message: 'POST /payments/search answers 404: this account has no search, so it cannot list',
  })
}
