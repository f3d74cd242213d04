import type {
  Dispute,
  ListRange,
  LookupOptions,
  Payment,
  PaymentReport,
  ReferenceOptions,
  RequestOptions,
} from '@payment-status/core'
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
  outcomeOf,
  parse,
  readOrUnknown,
  readPages,
  toInstant,
  toReport,
} from '@payment-status/core/kit'
import type { AirwallexApi } from './api.ts'
import { isSameIntent, isSameMoney } from './confirm.ts'
import { isOfRefund, toDispute } from './dispute.ts'
import { type PaymentContext, toPayment } from './payment.ts'
import {
  attemptSchema,
  disputePageSchema,
  disputeSchema,
  pageSchema,
  paymentIdPattern,
  refundSchema,
} from './schema.ts'

export interface LookupContext extends PaymentContext {
  readonly api: AirwallexApi
}

type Query = Readonly<Record<string, string>>
type Row = { readonly id: string }

const INTENTS = '/api/v1/pa/payment_intents'
const ATTEMPTS = '/api/v1/pa/payment_attempts'
const REFUNDS = '/api/v1/pa/refunds'
const DISPUTES = '/api/v1/pa/payment_disputes'
const PAGE_SIZE = '100'
/** Ten million rows: a list with more of them never ends. */
const MAX_PAGES = 100_000
const SECOND_IN_MILLISECONDS = 1000

/** Ids that are easily passed for a payment's, by their prefix. */
const otherIds: ReadonlyArray<readonly [prefix: string, what: string]> = [
  ['att_', 'a payment attempt id: pass its payment_intent_id'],
  ['rfd_', 'a refund id: pass its payment_intent_id'],
  ['dst_', 'a dispute id: pass its payment_intent_id'],
  ['cst_', 'a payment consent id'],
  ['cus_', 'a customer id'],
  ['mtd_', 'a payment method id'],
]

/**
 * Looks up one PaymentIntent. Where money was captured, its attempts, refunds and disputes are requested as well, because
 * the intent does not state them. With `confirm`, its attempts are left out where everything else is as recorded. Throws
 * `invalid_input` for an id that does not begin with `int_`, before a request.
 */
export async function lookup(
  context: LookupContext,
  id: string,
  options?: LookupOptions,
): Promise<PaymentReport> {
  const { provider, api } = context
  if (typeof id !== 'string' || !paymentIdPattern.test(id)) {
    const other = otherIds.find(([prefix]) => typeof id === 'string' && id.startsWith(prefix))
    throw inputError(provider, `id must be a PaymentIntent id (int_…)${other ? `; this is ${other[1]}` : ''}`)
  }
  const reply = await api.get(`${INTENTS}/${id}`, {}, options)
  const payment = checkAnswer(toPayment(reply.body, context), id)
  const recorded = options?.confirm ? options.payment : undefined
  const whole =
    (await confirmed(recorded, payment, reply.body, context, options)) ??
    (await complete(payment, reply, context, options))
  return toLookupReport(whole, 'lookup', reply, context)
}

/**
 * Looks up all payments of one reference, newest first. A row states too little, so each payment whose reference is equal is
 * looked up, unless `confirm` is true and its row states what is recorded.
 */
export async function lookupByReference(
  context: LookupContext,
  reference: string,
  { payments: known = [], confirm = false, ...options }: ReferenceOptions = {},
): Promise<readonly PaymentReport[]> {
  const reports: PaymentReport[] = []
  for await (const { row, reply } of readRows(context, INTENTS, { merchant_order_id: reference }, options)) {
    const payment = toRowPayment(row, context)
    if (payment.reference !== reference) continue
    const recorded = confirm ? known.find(({ id }) => id === payment.id) : undefined
    const own = await confirmed(recorded, payment, row, context, options)
    reports.push(
      own
        ? toLookupReport(own, 'lookup', { ...reply, body: row }, context)
        : await readWhole(payment.id, 'lookup', { row, reply }, context, options),
    )
  }
  return newestFirst(reports.filter(({ payment }) => payment.reference === reference))
}

/**
 * Lists the payments created in `[from, to)`, then older ones with an attempt or a refund created in it, or a dispute
 * updated in it. Each is listed once, and looked up first where its row states too little.
 *
 * Pages are offsets, so a payment that is created meanwhile would move them: the period ends now at the latest. Airwallex
 * documents neither whether the bounds are included nor fractions of a second, so a second more is requested at either end
 * and what lies outside of the range is left out.
 */
export async function* list(
  context: LookupContext,
  range: ListRange,
  options?: RequestOptions,
): AsyncGenerator<PaymentReport, void, undefined> {
  const { clock = Date.now } = context
  if (range.from >= range.to) return
  const from = toAirwallexTime(range.from.getTime() - SECOND_IN_MILLISECONDS)
  const to = toAirwallexTime(Math.min(range.to.getTime() + SECOND_IN_MILLISECONDS, clock()))
  const created = { from_created_at: from, to_created_at: to }
  const listed = new Set<string>()
  for await (const { row, reply } of readRows(context, INTENTS, created, options)) {
    const payment = toRowPayment(row, context)
    if (!isWithin(payment, range)) continue
    listed.add(payment.id)
    yield isStatedByRow(payment, row)
      ? toLookupReport(payment, 'list', { ...reply, body: row }, context)
      : readWhole(payment.id, 'list', { row, reply }, context, options)
  }
  const touched = [
    readRows(context, ATTEMPTS, created, options),
    readRows(context, REFUNDS, created, options),
    readDisputeRows(context, { from_updated_at: from, to_updated_at: to }, options),
  ]
  for (const rows of touched) {
    for await (const { row, reply } of rows) {
      const id = toOwner(row)
      if (id === undefined || listed.has(id) || !isTouchedWithin(row, range)) continue
      listed.add(id)
      yield readWhole(id, 'list', { row: { id }, reply }, context, options)
    }
  }
}

/** Requests one dispute, for a webhook that does not name its payment. */
export function getDispute(
  { api }: LookupContext,
  id: string,
  options: RequestOptions | undefined,
): Promise<HttpReply> {
  return api.get(`${DISPUTES}/${encodeURIComponent(id)}`, {}, options)
}

/**
 * Returns whether a row of a list states what a lookup would. It does not hold refunds, disputes or the latest attempt, which
 * decides between canceled and expired and holds the decline.
 */
function isStatedByRow({ status }: Payment, row: Row): boolean {
  const outcome = outcomeOf(status)
  if (outcome === 'undecided' || outcome === 'held') return true
  const { latest_payment_attempt: latest } = row as { readonly latest_payment_attempt?: unknown }
  return status === 'canceled' && !latest
}

/** Looks a payment up by the id of a row. One that cannot be read is `unknown` and does not end the list. */
async function readWhole(
  id: string,
  source: 'lookup' | 'list',
  { row, reply }: { readonly row: Row; readonly reply: HttpReply },
  context: LookupContext,
  options: RequestOptions | undefined,
): Promise<PaymentReport> {
  try {
    return { ...(await lookup(context, id, options)), source }
  } catch (error) {
    if (!isPaymentError(error) || error.code !== 'invalid_payload') throw error
    return toLookupReport(toUnreadable(row, context), source, { ...reply, body: row }, context)
  }
}

/** Returns the recorded payment where nothing of it changed; captured money needs its refunds and disputes for that. */
async function confirmed(
  recorded: Payment | undefined,
  stated: Payment,
  data: unknown,
  context: LookupContext,
  options: RequestOptions | undefined,
): Promise<Payment | undefined> {
  if (recorded?.provider !== context.provider || !isSameIntent(recorded, stated, data)) return undefined
  if (outcomeOf(recorded.status) === 'unclear') return undefined
  if (!hasMoneyOf(recorded)) return recorded.status === stated.status ? recorded : undefined
  const [refunds, disputes] = await Promise.all([
    readRefunds(recorded.id, context, options),
    readDisputes(context, recorded.id, options),
  ])
  return isSameMoney(recorded, data, { refunds, disputes }, context) ? recorded : undefined
}

function hasMoneyOf({ status }: Payment): boolean {
  return ['paid', 'returned', 'unclear'].includes(outcomeOf(status))
}

/** Adds what the intent does not state. Only captured money has it; known operations are requested as well. */
async function complete(
  payment: Payment,
  reply: HttpReply,
  context: LookupContext,
  options: LookupOptions | undefined,
): Promise<Payment> {
  const { id, operations = [] } = payment
  const hasMoney = hasMoneyOf(payment)
  const missing = (options?.operations ?? []).filter((known) =>
    operations.every((one) => one.id !== known.id),
  )
  const lacks = (prefix: string) => missing.some((known) => known.id.startsWith(prefix))
  if (!hasMoney && !lacks('att_') && !lacks('rfd_')) return payment
  const [attempts, refunds, disputes] = await Promise.all([
    hasMoney || lacks('att_') ? readAttempts(id, context, options) : undefined,
    hasMoney || lacks('rfd_') ? readRefunds(id, context, options) : undefined,
    hasMoney ? readDisputes(context, id, options) : undefined,
  ])
  return toPayment(reply.body, context, { attempts, refunds, disputes })
}

async function readAttempts(id: string, context: LookupContext, options: RequestOptions | undefined) {
  const { provider } = context
  const rows = await readOwned(ATTEMPTS, id, context, options)
  return rows.map((row) => parse(attemptSchema, row, { provider, what: 'a payment attempt' }))
}

async function readRefunds(id: string, context: LookupContext, options: RequestOptions | undefined) {
  const { provider } = context
  const rows = await readOwned(REFUNDS, id, context, options)
  return rows.map((row) => parse(refundSchema, row, { provider, what: 'a refund' }))
}

/**
 * Reads the disputes of a payment. A key that may not read disputes, or an answer that cannot be read, leaves
 * them out; a failure that passes is thrown.
 */
async function readDisputes(
  context: LookupContext,
  id: string,
  options: RequestOptions | undefined,
): Promise<readonly Dispute[] | undefined> {
  const { provider } = context
  try {
    const disputes: Dispute[] = []
    for await (const { row } of readDisputeRows(context, { payment_intent_id: id }, options)) {
      if (isOfAnother(row, id)) continue
      const dispute = readOrUnknown<object, Dispute | undefined>(row, {
        read(data) {
          const read = parse(disputeSchema, data, { provider, what: 'a dispute' })
          return isOfRefund(read) ? undefined : toDispute(read, provider)
        },
        toUnknown: () => ({ id: row.id, status: 'unknown' }),
      })
      if (dispute) disputes.push(dispute)
    }
    return disputes
  } catch (error) {
    if (!isPaymentError(error) || error.retryable) throw error
    return undefined
  }
}

async function readOwned(
  path: string,
  id: string,
  context: LookupContext,
  options: RequestOptions | undefined,
): Promise<readonly Row[]> {
  const rows: Row[] = []
  for await (const { row } of readRows(context, path, { payment_intent_id: id }, options))
    if (!isOfAnother(row, id)) rows.push(row)
  return rows
}

/** Another payment's refund must not count, whatever the filter of a list let through. */
function isOfAnother(row: Row, id: string): boolean {
  const { payment_intent_id: owner = id } = row as { readonly payment_intent_id?: unknown }
  return owner !== null && owner !== id
}

interface ReadRow {
  readonly row: Row
  readonly reply: HttpReply
}

/** Reads the rows of a list by page number, from 0, each once. A page without a new row ends it, whatever `has_more` says. */
async function* readRows(
  { api, provider }: LookupContext,
  path: string,
  query: Query,
  options: RequestOptions | undefined,
): AsyncGenerator<ReadRow, void, undefined> {
  const countRequest = createRequestLimit(provider, MAX_PAGES)
  const pages = readPages(
    async (page: number = 0) => {
      countRequest()
      const reply = await api.get(path, { ...query, page_num: `${page}`, page_size: PAGE_SIZE }, options)
      const { items, has_more } = parse(pageSchema, reply.body, { provider, what: 'the list' })
      return { rows: items, next: has_more ? page + 1 : undefined, reply }
    },
    isFirstOf<Row>(({ id }) => id),
    provider,
  )
  for await (const { newRows, reply } of pages) for (const row of newRows) yield { row, reply }
}

/** Reads the rows of the list of disputes by cursor, each once. */
async function* readDisputeRows(
  { api, provider }: LookupContext,
  query: Query,
  options: RequestOptions | undefined,
): AsyncGenerator<ReadRow, void, undefined> {
  const countRequest = createRequestLimit(provider, MAX_PAGES)
  const pages = readPages(
    async (cursor?: string) => {
      countRequest()
      const page: Query = cursor === undefined ? {} : { page: cursor }
      const reply = await api.get(DISPUTES, { ...query, ...page, size: PAGE_SIZE }, options)
      const { items, page_after } = parse(disputePageSchema, reply.body, {
        provider,
        what: 'the list of disputes',
      })
      return { rows: items, next: page_after || undefined, reply }
    },
    isFirstOf<Row>(({ id }) => id),
    provider,
  )
  for await (const { newRows, reply } of pages) for (const row of newRows) yield { row, reply }
}

/** Returns whether a row was created or updated in a period; one without a readable time is not left out. */
function isTouchedWithin(row: Row, range: ListRange): boolean {
  const { created_at, updated_at } = row as Readonly<Record<string, unknown>>
  const times = [created_at, updated_at].flatMap((text) =>
    typeof text === 'string' ? (toInstant(text) ?? []) : [],
  )
  const isIn = (time: number) => time >= range.from.getTime() && time < range.to.getTime()
  return times.length === 0 || times.some((time) => isIn(Date.parse(time)))
}

function toOwner(row: Row): string | undefined {
  const { payment_intent_id: id } = row as { readonly payment_intent_id?: unknown }
  return typeof id === 'string' && paymentIdPattern.test(id) ? id : undefined
}

/** A row that cannot be read is `unknown`. One without an intent's id is an error, because nothing can be looked up. */
function toRowPayment(row: Row, context: PaymentContext): Payment {
  return readOrUnknown<Row, Payment>(row, {
    read: (intent) => toPayment(intent, context),
    toUnknown: ({ id }) => (paymentIdPattern.test(String(id)) ? toUnreadable(row, context) : undefined),
  })
}

function toUnreadable(row: Row, { provider }: PaymentContext): Payment {
  const { id, status, merchant_order_id: reference } = row as Row & Readonly<Record<string, unknown>>
  return omitUndefined<Payment>({
    provider,
    id,
    reference: typeof reference === 'string' && reference !== '' ? reference : undefined,
    status: 'unknown',
    facts: { status: typeof status === 'string' ? status : null },
  })
}

function toLookupReport(
  payment: Payment,
  source: 'lookup' | 'list',
  { sentAt, body }: HttpReply,
  context: PaymentContext,
): PaymentReport {
  return toReport(payment, { source, observedAt: sentAt }, body, context)
}

/** `2026-01-01T00:00:00+0000`: whole seconds, and an offset without a colon. */
function toAirwallexTime(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, 19)}+0000`
}
