import {
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
  parse,
} from '@payment-status/core/kit'
import type { StripeApi } from './api.ts'
import { type PaymentContext, toPayment } from './payment.ts'
import { pageSchema, paymentIdPattern, searchPageSchema } from './schema.ts'

export interface LookupContext extends PaymentContext {
  readonly api: StripeApi
}

const PATH = '/v1/payment_intents'
const PAGE_SIZE = '100'

/** One PaymentIntent with its latest charge. Throws `invalid_input` for what is not a `pi_` id, before a request. */
export async function lookup(
  context: LookupContext,
  id: string,
  options?: RequestOptions,
): Promise<PaymentReport> {
  if (typeof id !== 'string' || !paymentIdPattern.test(id)) {
    throw new PaymentError({
      code: 'invalid_input',
      provider: context.provider,
      message: 'a payment is looked up by a pi_ id (a client secret is not one)',
    })
  }
  const reply = await retrieve(context, id, options)
  return toReport(checkAnswer(toPayment(reply.body, context), id), 'lookup', reply)
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
  checkReference(reference, provider)
  if (/['"\\]/.test(reference)) {
    throw new PaymentError({
      code: 'invalid_input',
      provider,
      message: 'a reference with quotes or backslashes cannot be searched for',
    })
  }
  const reports: PaymentReport[] = []
  for (const id of await findIds(context, reference, options)) {
    const reply = await retrieve(context, id, options)
    const payment = checkAnswer(toRowPayment(reply.body, context), id)
    if (payment.reference === reference) reports.push(toReport(payment, 'lookup', reply))
  }
  return newestFirst(reports)
}

/** The payments created in `[from, to)`. Stripe's clock has whole seconds: it is asked for a little more, and the rest is left out here. */
export async function* list(
  context: LookupContext,
  range: ListRange,
  options?: RequestOptions,
): AsyncGenerator<PaymentReport, void, undefined> {
  const { api, provider } = context
  checkRange(range, provider)
  if (range.from >= range.to) return
  const query = {
    'created[gte]': `${Math.max(0, Math.floor(range.from.getTime() / 1000))}`,
    'created[lt]': `${Math.max(0, Math.ceil(range.to.getTime() / 1000))}`,
    limit: PAGE_SIZE,
    'expand[]': 'data.latest_charge',
  }
  const seen = new Set<string>()
  for (let after: { starting_after: string } | undefined; ; ) {
    const reply = await api.get(PATH, { ...query, ...after }, options)
    const page = parse(pageSchema, reply.body, { provider, what: 'the list of PaymentIntents' })
    const known = seen.size
    for (const row of page.data) {
      if (seen.has(row.id)) continue
      seen.add(row.id)
      const payment = toRowPayment(row, context)
      if (isWithin(payment, range)) yield toReport(payment, 'list', reply)
    }
    const last = page.data.at(-1)
    // A page that brings nothing new ends it, whatever has_more says.
    if (!page.has_more || !last || seen.size === known) return
    after = { starting_after: last.id }
  }
}

async function findIds(
  { api, provider, referenceKey }: LookupContext,
  reference: string,
  options: RequestOptions | undefined,
): Promise<ReadonlySet<string>> {
  const ids = new Set<string>()
  const query = { query: `metadata['${referenceKey}']:'${reference}'`, limit: PAGE_SIZE }
  for (let next: { page: string } | undefined; ; ) {
    const reply = await api.get(`${PATH}/search`, { ...query, ...next }, options)
    const page = parse(searchPageSchema, reply.body, { provider, what: 'the search result' })
    const known = ids.size
    for (const { id } of page.data) ids.add(id)
    if (!page.has_more || !page.next_page || ids.size === known) return ids
    next = { page: page.next_page }
  }
}

function retrieve(
  { api }: LookupContext,
  id: string,
  options: RequestOptions | undefined,
): Promise<HttpReply> {
  return api.get(`${PATH}/${id}`, { 'expand[]': 'latest_charge' }, options)
}

/** One row that cannot be read is `unknown` and does not spoil the page; one without an id does, it cannot be named. */
function toRowPayment(row: unknown, context: PaymentContext): Payment {
  try {
    return toPayment(row, context)
  } catch (error) {
    const { id, status, metadata } = (row ?? {}) as Record<string, unknown>
    if (typeof id !== 'string' || !paymentIdPattern.test(id)) throw error
    const words = typeof metadata === 'object' && metadata ? Object.entries(metadata) : []
    const reference = words.find(([key]) => key === context.referenceKey)?.[1]
    return {
      provider: context.provider,
      id,
      ...(typeof reference === 'string' && reference !== '' ? { reference } : {}),
      status: 'unknown',
      facts: { status: typeof status === 'string' ? status : null },
    }
  }
}

function toReport(payment: Payment, source: 'lookup' | 'list', { sentAt }: HttpReply): PaymentReport {
  return { evidence: 'report', source, payment, observedAt: sentAt }
}
