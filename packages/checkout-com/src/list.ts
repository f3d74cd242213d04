import type { ListRange, PaymentReport, RequestOptions } from '@payment-status/core'
import {
  createRequestLimit,
  type HttpReply,
  isFirstOf,
  isPaymentError,
  isWithin,
  type Page,
  PaymentError,
  payloadError,
  readPages,
} from '@payment-status/core/kit'
import { addDisputes, findDisputes, type PaymentDisputes } from './disputes.ts'
import {
  type CheckoutComListOptions,
  idOf,
  type LookupContext,
  lookup,
  type Row,
  readPage,
  toReports,
} from './lookup.ts'
import { paymentIdPattern } from './schema.ts'

const SEARCH_PAGE_SIZE = 1000
const SHORTEST_SEARCH_IN_MILLISECONDS = 1000
/** Ten million payments in one period. */
const MAX_SEARCHES = 10_000

/**
 * Lists the payments created in `[from, to)`, through `POST /payments/search`, which newer accounts have. Where an answer
 * links to its next page, that is requested. Where a full answer does not, the period is requested again in halves. With
 * `withDisputes`, it lists the payments whose dispute changed in the period too.
 */
export async function* list(
  context: LookupContext,
  range: ListRange,
  options?: CheckoutComListOptions,
): AsyncGenerator<PaymentReport, void, undefined> {
  const disputes =
    (options?.withDisputes ?? context.withDisputes)
      ? await findDisputesWithin(context, range, options)
      : new Map()
  const listed = new Set<string>()
  for await (const report of listCreated(context, range, options)) {
    const { id } = report.payment
    listed.add(id)
    yield addDisputes(report, disputes.get(id))
  }
  for (const [id, ofPayment] of disputes) {
    if (listed.has(id) || !paymentIdPattern.test(id)) continue
    const report = await lookup(context, id, { ...options, withDisputes: false }).catch(undefinedIfNotFound)
    if (report) yield addDisputes({ ...report, source: 'list' }, ofPayment)
  }
}

async function* listCreated(
  context: LookupContext,
  range: ListRange,
  options: RequestOptions | undefined,
): AsyncGenerator<PaymentReport, void, undefined> {
  const countRequest = createRequestLimit(context.provider, MAX_SEARCHES)
  const seen = new Set<string>()
  const periods: ListRange[] = range.from < range.to ? [range] : []
  for (let period = periods.pop(); period; period = periods.pop()) {
    const within = period
    let hasOwn = false
    let isCut = false
    const request = async (path?: string) => {
      countRequest()
      return search(context, { period: within, path }, options)
    }
    for await (const page of readPages(request, isFirstOf(idOf), context.provider)) {
      const { rows, reply } = page
      isCut = page.isCut
      // Rows outside of the requested period are no reason to request again: they would come again.
      hasOwn ||= rows.some(({ payment }) => isWithin(payment, within))
      const unseen = rows.filter(({ payment }) => !seen.has(payment.id) && isWithin(payment, range))
      for (const { payment } of unseen) seen.add(payment.id)
      yield* toReports(unseen, { source: 'list', reply, context }, options)
    }
    if (isCut && hasOwn) periods.push(...halve(within))
  }
}

/** Disputes are filtered by their last change: no source states whether the ends of the period belong to it. */
async function findDisputesWithin(
  context: LookupContext,
  { from, to }: ListRange,
  options: RequestOptions | undefined,
): Promise<PaymentDisputes> {
  if (from >= to) return new Map()
  return findDisputes(context, { from: from.toISOString(), to: to.toISOString() }, options)
}

function undefinedIfNotFound(error: unknown): undefined {
  if (isPaymentError(error) && error.code === 'not_found') return undefined
  throw error
}

interface SearchPage extends Page<Row, string> {
  readonly reply: HttpReply
  /** `true` if there are more payments in the period and only a shorter period reaches them. */
  readonly isCut: boolean
}

async function search(
  context: LookupContext,
  { period, path }: { readonly period: ListRange; readonly path: string | undefined },
  options: RequestOptions | undefined,
): Promise<SearchPage> {
  const { api, provider } = context
  const { from, to } = period
  const body = { from: from.toISOString(), to: to.toISOString(), limit: SEARCH_PAGE_SIZE }
  const requested = path === undefined ? api.post('/payments/search', body, options) : api.get(path, options)
  const reply = await requested.catch((error: unknown) => {
    if (!isPaymentError(error)) throw error
    // No source states how a next page is requested: where this way fails, shorter periods work.
    if (path !== undefined && (error.code === 'not_found' || error.code === 'rejected')) return undefined
    throw error.code === 'not_found' ? toSearchError(error) : error
  })
  if (!reply) return { rows: [], reply: { body: undefined, sentAt: '' }, isCut: true }
  const { page, rows } = readPage(reply, context)
  const link = page._links?.next?.href
  const next = toSearchPath(link)
  if (path !== undefined || next !== undefined) return { rows, next, reply, isCut: false }
  const isFull = rows.length >= Math.min(SEARCH_PAGE_SIZE, page.limit || SEARCH_PAGE_SIZE)
  const claimsMore = Boolean(link) || (page.total_count ?? 0) > rows.length
  if (isFull && !isDivisible(period)) {
    const expected = 'at most as many payments in one second as a search returns, or no list is complete'
    throw payloadError(provider, 'data', expected)
  }
  return { rows, reply, isCut: isFull || claimsMore }
}

/**
 * Returns the path of a next page: `/payments/search/…?token=…`. It is requested at the configured host, whatever host the
 * link names, so that credentials go nowhere else.
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

/** Returns the two halves of a period, the earlier one last: it is requested first. */
function halve(period: ListRange): readonly ListRange[] {
  if (!isDivisible(period)) return []
  const { from, to } = period
  const middle = new Date((from.getTime() + to.getTime()) / 2)
  return [
    { from: middle, to },
    { from, to: middle },
  ]
}

function toSearchError(error: PaymentError): PaymentError {
  return new PaymentError({
    ...error,
    code: 'rejected',
    message: 'POST /payments/search answers 404. This account has no search, so it cannot list payments',
  })
}
