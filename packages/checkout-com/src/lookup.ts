import type { LookupOptions, Payment, PaymentReport, RequestOptions } from '@payment-status/core'
import {
  checkAnswer,
  createRequestLimit,
  type HttpReply,
  inputError,
  isFirstOf,
  isPaymentError,
  newestFirst,
  omitUndefined,
  type Page,
  PaymentError,
  parse,
  readOrUnknown,
  readPages,
  toInstant,
  toReport,
} from '@payment-status/core/kit'
import * as v from 'valibot'
import type { CheckoutComApi } from './api.ts'
import { type ChannelContext, isOtherChannel, lacksChannel } from './channel.ts'
import { addDisputes, findDisputes } from './disputes.ts'
import { parsePayment, toPayment, toRowPayment } from './payment.ts'
import type { ReadContext } from './response.ts'
import { type CheckoutComPage, lookupIdPattern, pageSchema, rowIdSchema } from './schema.ts'
import { isHalfStated } from './status.ts'

export interface LookupContext extends ReadContext, ChannelContext {
  readonly api: CheckoutComApi
  /** Requests the payments' disputes too, in lookups and lists. */
  readonly withDisputes: boolean
}

/** Options of Checkout.com's lookups. */
export interface CheckoutComLookupOptions extends LookupOptions {
  /** Requests the payment's disputes too. Default: `withDisputes` of the configuration. */
  readonly withDisputes?: boolean | undefined
}

/** Options of Checkout.com's lists. */
export interface CheckoutComListOptions extends RequestOptions {
  /** Adds the disputes that changed in the period. Default: `withDisputes` of the configuration. */
  readonly withDisputes?: boolean | undefined
}

const REFERENCE_PAGE_SIZE = 100
/** 100 000 payments of one reference. */
const MAX_REFERENCE_PAGES = 1000
/** Rows that leave out what their word means are looked up, this many at once. */
const LOOKUPS_AT_ONCE = 5

/**
 * Looks up one payment, by its `pay_` id or by the `sid_` of its 3-D Secure session. The answer's id is always the `pay_`
 * id. Throws `invalid_input` for any other id, before a request. Throws `not_found` for a session that has ended, which
 * says nothing about its payment, and for a payment of another processing channel.
 */
export async function lookup(
  context: LookupContext,
  id: string,
  options?: CheckoutComLookupOptions,
): Promise<PaymentReport> {
  const { provider } = context
  if (typeof id !== 'string' || !lookupIdPattern.test(id)) {
    throw inputError(provider, 'a payment is looked up by a pay_ or a sid_ id with 26 characters after it')
  }
  const found = await requestPayment(context, id, options)
  if (!found) throw channelError(provider)
  if (!(options?.withDisputes ?? context.withDisputes)) return found
  const disputes = await findDisputes(context, { payment_id: found.payment.id }, options)
  return addDisputes(found, disputes.get(found.payment.id))
}

/** Requests one payment. Returns `undefined` for a payment of another processing channel. */
async function requestPayment(
  context: LookupContext,
  id: string,
  options: RequestOptions | undefined,
): Promise<PaymentReport | undefined> {
  const { api, provider } = context
  const reply = await api.get(`/payments/${id}`, options).catch((error: unknown) => {
    throw isPaymentError(error) && id.startsWith('sid_') ? toSessionError(error) : error
  })
  const read = parsePayment(reply.body, provider)
  const payment = toPayment(read, { provider, at: reply.sentAt })
  if (id.startsWith('pay_')) checkAnswer(payment, id)
  if (isOtherChannel(read.processing_channel_id, context)) return undefined
  return toReport(payment, { source: 'lookup', observedAt: reply.sentAt }, reply.body, context)
}

/** Looks up all payments of one reference, newest first by their own time. The provider's order and counts are not relied on. */
export async function lookupByReference(
  context: LookupContext,
  reference: string,
  options?: CheckoutComListOptions,
): Promise<readonly PaymentReport[]> {
  const reports = new Map<string, PaymentReport>()
  const countRequest = createRequestLimit(context.provider, MAX_REFERENCE_PAGES)
  const request = async (skip = 0) => {
    countRequest()
    return requestByReference(context, { reference, skip }, options)
  }
  for await (const { rows, reply } of readPages(request, isFirstOf(idOf), context.provider)) {
    // A row that cannot be read still answers this request, unless it states another reference.
    const answers = rows.filter(
      ({ payment, isUnread }) =>
        payment.reference === reference || (payment.reference === undefined && isUnread),
    )
    // Of a payment on two pages, the later one is newer.
    for await (const report of toReports(answers, { source: 'lookup', reply, context }, options)) {
      reports.set(report.payment.id, report)
    }
  }
  const all = newestFirst([...reports.values()])
  if (all.length === 0 || !(options?.withDisputes ?? context.withDisputes)) return all
  const disputes = await findDisputes(context, { payment_reference: reference }, options)
  return all.map((report) => addDisputes(report, disputes.get(report.payment.id)))
}

async function requestByReference(
  context: LookupContext,
  { reference, skip }: { readonly reference: string; readonly skip: number },
  options: RequestOptions | undefined,
): Promise<Page<Row, number> & { readonly reply: HttpReply }> {
  const { api } = context
  const query = new URLSearchParams({ reference, limit: `${REFERENCE_PAGE_SIZE}`, skip: `${skip}` })
  const reply = await api.get(`/payments?${query}`, options).catch((error: unknown) => {
    if (!isPaymentError(error) || error.code !== 'not_found') throw error
    // No source states whether an unknown reference answers 404 or an empty list: both mean that none was found.
    if (skip === 0) return { body: { data: [] }, sentAt: '' }
    const message = 'the list is incomplete: one of its pages answers 404. Try again'
    throw new PaymentError({ code: 'unavailable', provider: context.provider, message })
  })
  const { page, rows } = readPage(reply, context)
  const read = skip + rows.length
  const isFull = rows.length >= Math.min(REFERENCE_PAGE_SIZE, page.limit || REFERENCE_PAGE_SIZE)
  // A count is no reason to stop early: if it differs from the rows so far, the next page is requested.
  const mayHaveMore = isFull || (page.total_count ?? read) !== read
  return { rows, next: mayHaveMore ? read : undefined, reply }
}

/** Row of a page: a payment, and what only a lookup states of it. */
export interface Row {
  readonly payment: Payment
  readonly raw: unknown
  /** `true` if only a lookup states what the row means, or whose it is. */
  readonly needsLookup: boolean
  /** `true` if it states another processing channel than the configured one. */
  readonly isForeign: boolean
  readonly isUnread: boolean
}

/** Reads a page of payments. Throws `invalid_payload`. */
export function readPage(
  { body, sentAt: at }: HttpReply,
  { provider, channel }: ChannelContext & { readonly provider: string },
): { readonly page: CheckoutComPage; readonly rows: readonly Row[] } {
  const page = parse(pageSchema, body, { provider, what: 'the list of payments' })
  return { page, rows: page.data.map((row) => readRow(row, { provider, at, channel })) }
}

/**
 * Reads one row. A row that cannot be read is `unknown`, so that the page's other rows are still reported. A row without
 * an id throws: it cannot be named.
 */
function readRow(
  raw: unknown,
  { provider, at, channel }: ChannelContext & { readonly provider: string; readonly at: string },
): Row {
  return readOrUnknown<unknown, Row>(raw, {
    read(row) {
      const read = parsePayment(row, provider)
      const { processing_channel_id } = read
      return {
        payment: toRowPayment(read, { provider, at }),
        raw,
        needsLookup: isHalfStated(read) || lacksChannel(processing_channel_id, { channel }),
        isForeign: isOtherChannel(processing_channel_id, { channel }),
        isUnread: false,
      }
    },
    toUnknown({ id, reference, status, requested_on, processing_channel_id }) {
      if (!v.is(rowIdSchema, { id })) return undefined
      const payment = omitUndefined<Payment>({
        provider,
        id: id as string,
        reference: typeof reference === 'string' && reference !== '' ? reference : undefined,
        status: 'unknown',
        createdAt: typeof requested_on === 'string' ? toInstant(requested_on) : undefined,
        facts: { status: typeof status === 'string' ? status : null },
      })
      const stated = typeof processing_channel_id === 'string' ? processing_channel_id : undefined
      return {
        payment,
        raw,
        needsLookup: false,
        isForeign: isOtherChannel(stated, { channel }),
        isUnread: true,
      }
    },
  })
}

export function idOf({ payment }: Row): string {
  return payment.id
}

export interface ReportOrigin {
  readonly source: 'lookup' | 'list'
  readonly reply: HttpReply
  readonly context: LookupContext
}

/** Yields the rows as reports, in their order. Rows that need a lookup are looked up first, a few at a time. */
export async function* toReports(
  rows: readonly Row[],
  origin: ReportOrigin,
  options: RequestOptions | undefined,
): AsyncGenerator<PaymentReport, void, undefined> {
  let batch: (PaymentReport | undefined | Promise<PaymentReport | undefined>)[] = []
  let lookups = 0
  for (const row of rows) {
    if (row.isForeign) continue
    batch.push(row.needsLookup ? completeRow(row, origin, options) : toRowReport(row, origin))
    if (row.needsLookup) lookups++
    if (lookups < LOOKUPS_AT_ONCE) continue
    yield* (await Promise.all(batch)).filter((report) => report !== undefined)
    batch = []
    lookups = 0
  }
  yield* (await Promise.all(batch)).filter((report) => report !== undefined)
}

/** Looks a row up. Returns `undefined` for a payment of another processing channel. */
async function completeRow(
  row: Row,
  origin: ReportOrigin,
  options: RequestOptions | undefined,
): Promise<PaymentReport | undefined> {
  try {
    const report = await requestPayment(origin.context, row.payment.id, options)
    return report && { ...report, source: origin.source }
  } catch (error) {
    // The provider listed the payment, so it is still reported: as far as the row states it, which is `unknown`.
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

/** A session lives about 15 minutes, its payment lives on. */
function toSessionError(error: PaymentError): PaymentError {
  if (error.code !== 'not_found') return error
  return new PaymentError({
    ...error,
    message:
      'the 3-D Secure session has ended (sessions live about 15 minutes), which says nothing about its payment. Look the payment up by its pay_ id or its reference',
  })
}

function channelError(provider: string): PaymentError {
  return new PaymentError({
    code: 'not_found',
    provider,
    message:
      'this payment belongs to another processing channel than `processingChannelId`: another shop of the account',
  })
}
