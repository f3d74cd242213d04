import type {
  Dispute,
  ListRange,
  LookupOptions,
  Payment,
  PaymentOperation,
  PaymentReport,
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
  parse,
  readOrUnknown,
  readPages,
  toReport,
} from '@payment-status/core/kit'
import type * as v from 'valibot'
import type { StripeApi } from './api.ts'
import { oldestFirst, toRefundStep, toSteps } from './charge.ts'
import { mostPressing, toDispute } from './dispute.ts'
import { type PaymentContext, toPayment } from './payment.ts'
import {
  chargeSchema,
  disputeSchema,
  pageSchema,
  paymentIdPattern,
  refundSchema,
  rowsSchema,
  searchPageSchema,
  touchSchema,
} from './schema.ts'

export interface LookupContext extends PaymentContext {
  readonly api: StripeApi
}

const INTENTS = '/v1/payment_intents'
const CHARGES = '/v1/charges'
const REFUNDS = '/v1/refunds'
const DISPUTES = '/v1/disputes'
const PAGE_SIZE = '100'
/** Ten million payments in one period, and ten thousand of one reference: more is an answer that never ends. */
const MAX_LIST_PAGES = 100_000
const MAX_SEARCH_PAGES = 100

/** The ids of charges and refunds; those of other methods than cards begin with py and pyr. */
const stepIdPattern = /^(?:ch|py|re|pyr)_\w+$/

/**
 * One PaymentIntent with its latest charge and that charge's refunds. Where a step is known already that the answer does
 * not hold (an earlier attempt, say), all charges and refunds of the intent are asked for. Where the charge is disputed,
 * the dispute is asked for. Throws `invalid_input` for what is not a `pi_` id, before a request.
 */
export async function lookup(
  context: LookupContext,
  id: string,
  options?: LookupOptions,
): Promise<PaymentReport> {
  if (typeof id !== 'string' || !paymentIdPattern.test(id)) {
    throw inputError(context.provider, 'a payment is looked up by a pi_ id (a client secret is not one)')
  }
  const reply = await retrieve(context, id, options)
  const payment = checkAnswer(toPayment(reply.body, context), id)
  const whole = await withSteps(await withDispute(payment, context, options), context, options)
  return toReport(whole, { source: 'lookup', observedAt: reply.sentAt }, reply.body, context)
}

/**
 * All payments of one reference, newest first. The search only finds ids, and those up to a minute late (up to an hour
 * in outages; not at all for merchants in India): each is retrieved, and only exact matches are kept. Throws
 * `invalid_input`, before a request, for a reference that would end the search's quotes.
 */
export async function lookupByReference(
  context: LookupContext,
  reference: string,
  options?: RequestOptions,
): Promise<readonly PaymentReport[]> {
  const { provider } = context
  if (/['"\\]/.test(reference)) {
    throw inputError(provider, 'a reference with quotes or backslashes cannot be searched for')
  }
  const reports: PaymentReport[] = []
  for (const id of await findIds(context, reference, options)) {
    const report = await readWhole(context, id, 'lookup', options)
    if (report.payment.reference === reference) reports.push(report)
  }
  return newestFirst(reports)
}

/**
 * The payments created in `[from, to)`, then the older ones of which a refund or a dispute was created in it, each once and
 * whole. Stripe's clock has whole seconds: it is asked for a little more, and the rest is left out here.
 */
export async function* list(
  context: LookupContext,
  range: ListRange,
  options?: RequestOptions,
): AsyncGenerator<PaymentReport, void, undefined> {
  if (range.from >= range.to) return
  const period = {
    'created[gte]': `${Math.max(0, Math.floor(range.from.getTime() / 1000))}`,
    'created[lt]': `${Math.max(0, Math.ceil(range.to.getTime() / 1000))}`,
  }
  const told = new Set<string>()
  const query = { ...period, 'expand[]': ['data.latest_charge', 'data.latest_charge.refunds'] }
  const what = 'the list of PaymentIntents'
  for await (const { row, reply } of readRows(
    context,
    { path: INTENTS, query, schema: pageSchema, what },
    options,
  )) {
    const payment = toRowPayment(row, context)
    if (!isWithin(payment, range)) continue
    told.add(payment.id)
    const whole = await withDispute(payment, context, options)
    yield toReport(whole, { source: 'list', observedAt: reply.sentAt }, row, context)
  }
  for (const path of [REFUNDS, DISPUTES]) {
    for await (const id of findTouched(context, path, period, range, options)) {
      if (told.has(id)) continue
      told.add(id)
      yield readWhole(context, id, 'list', options)
    }
  }
}

/** The payments of the refunds or disputes created in a period. */
async function* findTouched(
  context: LookupContext,
  path: string,
  query: Query,
  { from, to }: ListRange,
  options: RequestOptions | undefined,
): AsyncGenerator<string, void, undefined> {
  const what = path === REFUNDS ? 'the list of refunds' : 'the list of disputes'
  try {
    for await (const { row } of readRows(context, { path, query, schema: rowsSchema, what }, options)) {
      const { payment_intent, created } = parse(touchSchema, row, { provider: context.provider, what })
      const time = typeof created === 'number' ? created * 1000 : from.getTime()
      if (!payment_intent || time < from.getTime() || time >= to.getTime()) continue
      yield typeof payment_intent === 'string' ? payment_intent : payment_intent.id
    }
  } catch (error) {
    // Stripe has these lists. Whoever stands in for it with its payments alone can be asked for no more.
    if (!isPaymentError(error) || error.code !== 'not_found') throw error
  }
}

/** One payment, retrieved; unreadable it is `unknown`. */
async function readWhole(
  context: LookupContext,
  id: string,
  source: 'lookup' | 'list',
  options: RequestOptions | undefined,
): Promise<PaymentReport> {
  const reply = await retrieve(context, id, options)
  const payment = checkAnswer(toRowPayment(reply.body, context), id)
  const whole = await withDispute(payment, context, options)
  return toReport(whole, { source, observedAt: reply.sentAt }, reply.body, context)
}

/**
 * A charge says that it is disputed, and only the dispute how it stands. A key that may not ask for disputes, or an answer
 * that cannot be read, leaves it `unknown`; a fault that passes is told.
 */
async function withDispute(
  payment: Payment,
  context: LookupContext,
  options: RequestOptions | undefined,
): Promise<Payment> {
  if (!payment.dispute) return payment
  const { provider } = context
  const query = { payment_intent: payment.id }
  const what = 'the list of disputes'
  try {
    const disputes: Dispute[] = []
    for await (const { row } of readRows(
      context,
      { path: DISPUTES, query, schema: rowsSchema, what },
      options,
    )) {
      disputes.push(
        readOrUnknown<object, Dispute>(row, {
          read: (dispute) => toDispute(parse(disputeSchema, dispute, { provider, what }), provider),
          toUnknown: () => ({ id: row.id, status: 'unknown' }),
        }),
      )
    }
    return { ...payment, dispute: mostPressing(disputes) ?? payment.dispute }
  } catch (error) {
    if (!isPaymentError(error) || error.retryable) throw error
    return payment
  }
}

/** All attempts and refunds, where one is known that the latest charge does not tell of. */
async function withSteps(
  payment: Payment,
  context: LookupContext,
  options: LookupOptions | undefined,
): Promise<Payment> {
  const { operations: told = [], amount } = payment
  const known = (options?.operations ?? []).filter(({ id }) => stepIdPattern.test(id))
  if (!amount || known.every(({ id }) => told.some((step) => step.id === id))) return payment
  const { provider } = context
  const about = { provider, currency: amount.currency }
  const query = { payment_intent: payment.id }
  const steps: PaymentOperation[] = [...told]
  const charges = { path: CHARGES, query, schema: rowsSchema, what: 'the list of charges' }
  for await (const { row } of readRows(context, charges, options)) {
    steps.push(...(toSteps(parse(chargeSchema, row, { provider, what: charges.what }), about) ?? []))
  }
  const refunds = { path: REFUNDS, query, schema: rowsSchema, what: 'the list of refunds' }
  for await (const { row } of readRows(context, refunds, options)) {
    steps.push(toRefundStep(parse(refundSchema, row, { provider, what: refunds.what }), about))
  }
  return { ...payment, operations: oldestFirst(steps) }
}

async function findIds(
  { api, provider, referenceKey }: LookupContext,
  reference: string,
  options: RequestOptions | undefined,
): Promise<ReadonlySet<string>> {
  const query = { query: `metadata['${referenceKey}']:'${reference}'`, limit: PAGE_SIZE }
  const countRequest = createRequestLimit(provider, MAX_SEARCH_PAGES)
  const pages = readPages(
    async (page?: string) => {
      countRequest()
      const reply = await api.get(`${INTENTS}/search`, { ...query, ...(page ? { page } : {}) }, options)
      const found = parse(searchPageSchema, reply.body, { provider, what: 'the search result' })
      return { rows: found.data, next: (found.has_more && found.next_page) || undefined }
    },
    isFirstOf(({ id }) => id),
  )
  const ids = new Set<string>()
  for await (const { news } of pages) for (const { id } of news) ids.add(id)
  return ids
}

type Query = Readonly<Record<string, string | readonly string[]>>

/** A list, and the schema of its pages. */
interface Question<Row> {
  readonly path: string
  readonly query: Query
  readonly schema: v.GenericSchema<unknown, { data: Row[]; has_more?: boolean | null | undefined }>
  readonly what: string
}

/** The rows of a list, each once. A page that brings nothing new ends it, whatever `has_more` says. */
async function* readRows<Row extends { readonly id: string }>(
  { api, provider }: LookupContext,
  { path, query, schema, what }: Question<Row>,
  options: RequestOptions | undefined,
): AsyncGenerator<{ readonly row: Row; readonly reply: HttpReply }, void, undefined> {
  const countRequest = createRequestLimit(provider, MAX_LIST_PAGES)
  const pages = readPages(
    async (after?: string) => {
      countRequest()
      const cursor = after === undefined ? {} : { starting_after: after }
      const reply = await api.get(path, { ...query, limit: PAGE_SIZE, ...cursor }, options)
      const { data, has_more } = parse(schema, reply.body, { provider, what })
      return { rows: data, next: has_more ? data.at(-1)?.id : undefined, reply }
    },
    isFirstOf(({ id }) => id),
  )
  for await (const { news, reply } of pages) for (const row of news) yield { row, reply }
}

function retrieve(
  { api }: LookupContext,
  id: string,
  options: RequestOptions | undefined,
): Promise<HttpReply> {
  return api.get(`${INTENTS}/${id}`, { 'expand[]': ['latest_charge', 'latest_charge.refunds'] }, options)
}

/** One row that cannot be read is `unknown` and does not spoil the page; one without an id does, it cannot be named. */
function toRowPayment(row: unknown, context: PaymentContext): Payment {
  const { provider, referenceKey } = context
  return readOrUnknown(row, {
    read: (intent) => toPayment(intent, context),
    toUnknown({ id, status, metadata }) {
      if (typeof id !== 'string' || !paymentIdPattern.test(id)) return undefined
      const members = typeof metadata === 'object' && metadata ? Object.entries(metadata) : []
      const reference = members.find(([key]) => key === referenceKey)?.[1]
      return omitUndefined<Payment>({
        provider,
        id,
        reference: typeof reference === 'string' && reference !== '' ? reference : undefined,
        status: 'unknown',
        facts: { status: typeof status === 'string' ? status : null },
      })
    },
  })
}
