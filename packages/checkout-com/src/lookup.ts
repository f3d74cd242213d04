import {
  isPaymentError,
  type ListRange,
  type Payment,
  PaymentError,
  type PaymentReport,
  type RequestOptions,
} from '@payment-status/core'
import {
  checkAnswer,
  checkRange,
  checkReference,
  type HttpReply,
  isWithin,
  newestFirst,
  omitUndefined,
  parse,
  toInstant,
} from '@payment-status/core/kit'
import * as v from 'valibot'
import type { CheckoutComApi } from './api.ts'
import { toPayment } from './payment.ts'
import { lookupIdPattern, pageSchema, rowIdSchema } from './schema.ts'

export interface LookupContext {
  readonly api: CheckoutComApi
  readonly provider: string
}

const REFERENCE_PAGE_SIZE = 100
const SEARCH_PAGE_SIZE = 1000
const SHORTEST_SEARCH_IN_MILLISECONDS = 1000
/** 100 000 payments of one reference: beyond that somebody invents them. */
const MAX_REFERENCE_PAGES = 1000

/**
 * One payment, by its `pay_` id or by the `sid_` of its 3-D Secure session (the answer's id is the `pay_` id always).
 * Throws `invalid_input` for any other id, before a request; `not_found` for a session that is gone, which does not
 * mean the payment is.
 */
export async function lookup(
  { api, provider }: LookupContext,
  id: string,
  options?: RequestOptions,
): Promise<PaymentReport> {
  if (typeof id !== 'string' || !lookupIdPattern.test(id)) {
    throw new PaymentError({
      code: 'invalid_input',
      provider,
      message: 'a payment is looked up by a pay_ or sid_ id with 26 characters behind it',
    })
  }
  const reply = await api.get(`/payments/${id}`, options).catch((error: unknown) => {
    throw isPaymentError(error) && id.startsWith('sid_') ? asSessionError(error) : error
  })
  const payment = toPayment(reply.body, provider)
  if (id.startsWith('pay_')) checkAnswer(payment, id)
  return toReport(payment, 'lookup', reply)
}

/** All payments of one reference, newest first by their own time: the provider's order and counts are not relied on. */
export async function lookupByReference(
  { api, provider }: LookupContext,
  reference: string,
  options?: RequestOptions,
): Promise<readonly PaymentReport[]> {
  checkReference(reference, provider)
  const reports = new Map<string, PaymentReport>()
  const seen = new Set<string>()
  const unread = new Set<string>()
  // What cannot be read was still an answer to this question, unless it states another reference.
  const isAnswer = (payment: Payment) =>
    payment.reference === reference || (payment.reference === undefined && unread.has(payment.id))
  for (let skip = 0, pages = 1; ; pages++) {
    if (pages > MAX_REFERENCE_PAGES) throw endlessError(provider)
    const query = new URLSearchParams({ reference, limit: `${REFERENCE_PAGE_SIZE}`, skip: `${skip}` })
    const reply = await api.get(`/payments?${query}`, options).catch((error: unknown) => {
      // Whether an unknown reference answers 404 or an empty list is not stated: both mean none.
      if (isPaymentError(error) && error.code === 'not_found') return undefined
      throw error
    })
    if (!reply) break
    const page = parse(pageSchema, reply.body, { provider, what: 'the list of payments' })
    const known = seen.size
    for (const row of page.data) {
      const payment = toRowPayment(row, provider, unread)
      seen.add(payment.id)
      // On two pages: the later one is the newer news. A row that is no answer takes no other's place.
      if (isAnswer(payment)) reports.set(payment.id, toReport(payment, 'lookup', reply))
    }
    skip += page.data.length
    const isFull = page.data.length >= Math.min(REFERENCE_PAGE_SIZE, page.limit || REFERENCE_PAGE_SIZE)
    // A count is no reason to stop early: one that is not what came so far is asked about.
    const mayHaveMore = isFull || (page.total_count ?? skip) !== skip
    // A page that brings nothing new ends it, whatever total_count says.
    if (seen.size === known || !mayHaveMore) break
  }
  return newestFirst([...reports.values()])
}

/**
 * The payments created in `[from, to)`, through `POST /payments/search`, which newer accounts have. A period with more
 * payments than one answer holds is asked again in halves, so no paging has to be trusted.
 */
export async function* list(
  context: LookupContext,
  range: ListRange,
  options?: RequestOptions,
): AsyncGenerator<PaymentReport, void, undefined> {
  const { api, provider } = context
  checkRange(range, provider)
  const seen = new Set<string>()
  const periods: ListRange[] = range.from < range.to ? [range] : []
  for (let period = periods.pop(); period; period = periods.pop()) {
    const { from, to } = period
    const body = { from: from.toISOString(), to: to.toISOString(), limit: SEARCH_PAGE_SIZE }
    const reply = await api.post('/payments/search', body, options).catch((error: unknown) => {
      throw isPaymentError(error) && error.code === 'not_found' ? asSearchError(error) : error
    })
    const page = parse(pageSchema, reply.body, { provider, what: 'the list of payments' })
    const length = to.getTime() - from.getTime()
    const payments = page.data.map((row) => toRowPayment(row, provider))
    const isFull = payments.length >= Math.min(SEARCH_PAGE_SIZE, page.limit || SEARCH_PAGE_SIZE)
    const claimsMore = (page.total_count ?? 0) > payments.length || !!page._links?.next
    // Rows outside of the period asked for are no reason to ask again: whoever sends them would send them for ever.
    const hasOwn = payments.some((payment) => isWithin(payment, period))
    if (hasOwn && (isFull || claimsMore) && length > SHORTEST_SEARCH_IN_MILLISECONDS) {
      const middle = new Date(from.getTime() + Math.floor(length / 2))
      periods.push({ from: middle, to }, { from, to: middle })
      continue
    }
    if (isFull && hasOwn) {
      throw new PaymentError({
        code: 'invalid_payload',
        provider,
        message: 'more payments in one second than a search answers with: the list cannot be complete',
      })
    }
    for (const payment of payments) {
      if (seen.has(payment.id) || !isWithin(payment, range)) continue
      seen.add(payment.id)
      yield toReport(payment, 'list', reply)
    }
  }
}

/** One row that cannot be read is `unknown` and does not spoil the page; one without an id does, it cannot be named. */
function toRowPayment(row: unknown, provider: string, unread?: Set<string>): Payment {
  try {
    return toPayment(row, provider)
  } catch (error) {
    if (!v.is(rowIdSchema, row)) throw error
    unread?.add(row.id)
    const { reference, status, requested_on } = row as Record<string, unknown>
    return omitUndefined({
      provider,
      id: row.id,
      reference: typeof reference === 'string' && reference !== '' ? reference : undefined,
      status: 'unknown',
      createdAt: typeof requested_on === 'string' ? toInstant(requested_on) : undefined,
      facts: { status: typeof status === 'string' ? status : null },
    })
  }
}

function toReport(payment: Payment, source: 'lookup' | 'list', { sentAt }: HttpReply): PaymentReport {
  return { evidence: 'report', source, payment, observedAt: sentAt }
}

function endlessError(provider: string): PaymentError {
  return new PaymentError({
    code: 'invalid_payload',
    provider,
    message: `the list of payments of one reference does not end after ${MAX_REFERENCE_PAGES} pages`,
  })
}

/** A session lives about 15 minutes; its payment lives on. */
function asSessionError(error: PaymentError): PaymentError {
  if (error.code !== 'not_found') return error
  return new PaymentError({
    code: 'not_found',
    provider: error.provider,
    httpStatus: error.httpStatus,
    requestId: error.requestId,
    message:
      'the 3-D Secure session is gone (they live about 15 minutes), which says nothing of its payment: look that up by its pay_ id or reference',
  })
}

function asSearchError({ provider, httpStatus, requestId }: PaymentError): PaymentError {
  return new PaymentError({
    code: 'rejected',
    provider,
    httpStatus,
    requestId,
    message: 'POST /payments/search answers 404: this account has no search, so it cannot list',
  })
}
