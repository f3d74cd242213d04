import type { LookupOptions, Payment, PaymentReport, RequestOptions } from '@payment-status/core'
import {
  checkAnswer,
  createRequestLimit,
  type HttpReply,
  inputError,
  isFirstOf,
  newestFirst,
  omitUndefined,
  PaymentError,
  parse,
  readOrUnknown,
  readPages,
  toReport,
} from '@payment-status/core/kit'
import { type LookupContext, readCharges, type StripeRow, withDispute, withOperations } from './details.ts'
import { toWarning } from './dispute.ts'
import { findNamingObject, paymentIdPattern } from './ids.ts'
import { PAGE_SIZE } from './pages.ts'
import { type PaymentContext, toPayment } from './payment.ts'
import { eventWarningSchema, intentKeySchema, searchPageSchema, toIntentId } from './schema.ts'
import { checkOfShop, isOfShop } from './shop.ts'

export const INTENTS = '/v1/payment_intents'
/** Ten thousand payments of one reference: an answer with more pages never ends. */
const MAX_SEARCH_PAGES = 100

/**
 * Looks up one PaymentIntent with its charges, refunds, review and disputes. `id` is a PaymentIntent's, or that of a
 * Checkout Session, charge, refund, dispute, review or early fraud warning: the answer is always the PaymentIntent.
 * Throws `invalid_input` for any other id, before a request; `not_found` where the object names no PaymentIntent, or one
 * of another shop of the account.
 */
export async function lookup(
  context: LookupContext,
  id: string,
  options?: LookupOptions,
): Promise<PaymentReport> {
  const { intentId, warning } = await resolve(id, context, options)
  const reply = await retrieve(context, intentId, options)
  checkOfShop(reply.body, context)
  const payment = checkAnswer(toPayment(reply.body, context), intentId)
  const disputed = await withDispute(payment, context, options)
  const warned = disputed.dispute ? disputed : { ...disputed, ...warning }
  const whole = await withOperations(warned, reply, context, options)
  return toReport(whole, { source: 'lookup', observedAt: reply.sentAt }, reply.body, context)
}

interface Resolved {
  readonly intentId: string
  /** Early fraud warning that the lookup began with: the PaymentIntent does not state it. */
  readonly warning?: Pick<Payment, 'dispute'> | undefined
}

/** Finds the PaymentIntent of an id. */
async function resolve(
  id: string,
  { api, provider }: LookupContext,
  options: RequestOptions | undefined,
): Promise<Resolved> {
  const object = findNamingObject(id, provider)
  if (!object) return { intentId: id }
  const { name, path } = object
  const { body } = await api.get(`${path}/${id}`, {}, options)
  const { payment_intent } = parse(intentKeySchema, body, { provider, what: `the ${name}` })
  const intentId = toIntentId(payment_intent)
  if (intentId === undefined) {
    const message = `this ${name} names no PaymentIntent. That does not mean that nothing was paid`
    throw new PaymentError({ code: 'not_found', provider, message })
  }
  if (!id.startsWith('issfr_')) return { intentId }
  return {
    intentId,
    warning: { dispute: toWarning(parse(eventWarningSchema, body, { provider, what: `the ${name}` })) },
  }
}

/**
 * Finds all payments of one reference, newest first. The search only finds ids, and those up to a minute late (up to an hour
 * in outages; not at all for merchants in India). Each is retrieved, and only exact matches of this shop are kept. Throws
 * `invalid_input`, before a request, for a reference that would end the search's quotes.
 */
export async function lookupByReference(
  context: LookupContext,
  reference: string,
  options?: RequestOptions,
): Promise<readonly PaymentReport[]> {
  const { provider } = context
  if (/['"\\]/.test(reference)) {
    throw inputError(
      provider,
      'reference must be a text without quotes and backslashes, because the search is quoted',
    )
  }
  const reports: PaymentReport[] = []
  for (const id of await findIds(context, reference, options)) {
    const report = await readWhole(context, id, 'lookup', options)
    if (report?.payment.reference === reference) reports.push(report)
  }
  return newestFirst(reports)
}

/** Retrieves one payment; an unreadable one is `unknown`. Returns `undefined` for a payment of another shop. */
export async function readWhole(
  context: LookupContext,
  id: string,
  source: 'lookup' | 'list',
  options: RequestOptions | undefined,
): Promise<PaymentReport | undefined> {
  const reply = await retrieve(context, id, options)
  if (!isOfShop(reply.body, context.shop)) return undefined
  const payment = checkAnswer(toRowPayment(reply.body, context), id)
  const disputed = await withDispute(payment, context, options)
  const whole = await withOperations(disputed, reply, context, options)
  return toReport(whole, { source, observedAt: reply.sentAt }, reply.body, context)
}

async function findIds(
  { api, provider, referenceKey, shop }: LookupContext,
  reference: string,
  options: RequestOptions | undefined,
): Promise<ReadonlySet<string>> {
  const clauses = [`metadata['${referenceKey}']:'${reference}'`]
  if (shop) clauses.push(`metadata['${shop.key}']:'${shop.value}'`)
  const query = { query: clauses.join(' AND '), limit: PAGE_SIZE }
  const countRequest = createRequestLimit(provider, MAX_SEARCH_PAGES)
  const pages = readPages(
    async (page?: string) => {
      countRequest()
      const reply = await api.get(`${INTENTS}/search`, { ...query, ...(page ? { page } : {}) }, options)
      const found = parse(searchPageSchema, reply.body, { provider, what: 'the search result' })
      return { rows: found.data, next: (found.has_more && found.next_page) || undefined }
    },
    isFirstOf(({ id }) => id),
    provider,
  )
  const ids = new Set<string>()
  for await (const { newRows } of pages) for (const { id } of newRows) ids.add(id)
  return ids
}

/** Retrieves an intent and its charges. */
async function retrieve(
  context: LookupContext,
  id: string,
  options: RequestOptions | undefined,
): Promise<HttpReply & { readonly charges: readonly StripeRow[] }> {
  const expand = ['latest_charge', 'latest_charge.refunds', 'review']
  const reply = await context.api.get(`${INTENTS}/${id}`, { 'expand[]': expand }, options)
  const { latest_charge } = Object(reply.body) as { readonly latest_charge?: unknown }
  const charges = latest_charge ? await readCharges(id, context, options) : []
  // A proxy may leave the latest charge an id, which states no refunds.
  const latest = charges.find((charge) => charge.id === latest_charge)
  const body = latest ? { ...Object(reply.body), latest_charge: latest } : reply.body
  return { ...reply, body, charges }
}

/** Reads a row. An unreadable one is `unknown` and spoils no page; one without an id throws, because it cannot be named. */
export function toRowPayment(row: unknown, context: PaymentContext): Payment {
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
