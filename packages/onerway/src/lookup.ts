import type { LookupOptions, PaymentReport, RequestOptions } from '@payment-status/core'
import { createRequestLimit, inputError, newestFirst, PaymentError, toReport } from '@payment-status/core/kit'
import type { Folded } from './fold.ts'
import { toPayment } from './payment.ts'
import { ask, type QueryContext } from './query.ts'
import { idPattern, referencePattern } from './schema.ts'
import { createTransactions, type Target, type Transactions } from './transactions.ts'

/** As many ids as a thousand queries ask for. A longer list is not a payment's. */
const MAX_KNOWN_OPERATIONS = 10_000
/**
 * How often answers may lead to further queries. A refund of a capture of an authorization takes three; answers that lead
 * on for longer are invented.
 */
const MAX_ROUNDS = 100
/** Requests of one lookup: enough for 25 000 operations of one payment. */
const MAX_REQUESTS = 2500

/**
 * Looks up one payment by its id or by the id of any of its operations. Asks for everything that belongs to it, then folds
 * it. Throws `invalid_input` for an id that is not valid, before any request.
 */
export async function lookup(
  context: QueryContext,
  id: string,
  options?: LookupOptions,
): Promise<PaymentReport> {
  const { provider } = context
  if (typeof id !== 'string' || !idPattern.test(id)) {
    throw inputError(provider, 'the id of a payment must be a string of 1 to 20 digits')
  }
  const { payment, operations = payment?.operations } = options ?? {}
  const known = readKnownIds(operations, provider)
  const target: Target = { kind: 'payment', id, operations: known, reference: payment?.reference }
  const transactions = createTransactions(context)
  await complete(transactions, target, limitRequests(context, MAX_REQUESTS), options)

  const all = [...transactions.payments()]
  const own =
    all.find((one) => one.id === id) ??
    all.find((one) => one.operations.some((operation) => operation.id === id)) ??
    all.find(({ row }) => row?.transactionIds.includes(id))
  if (own) return toFoldedReport(own, 'lookup', context)
  throw new PaymentError({
    code: 'not_found',
    provider,
    message: 'Onerway has no transaction with this id. That does not mean that nothing was paid',
  })
}

/**
 * Looks up all payments that have an operation with this merchantTxnId, newest first. Throws `invalid_input` for a comma,
 * which would ask for several.
 */
export async function lookupByReference(
  context: QueryContext,
  reference: string,
  options?: RequestOptions,
): Promise<readonly PaymentReport[]> {
  if (!referencePattern.test(reference)) {
    throw inputError(
      context.provider,
      'a reference must be one merchantTxnId: 1 to 64 characters, without a comma',
    )
  }
  const transactions = createTransactions(context)
  const limited = limitRequests(context, MAX_REQUESTS)
  await complete(transactions, { kind: 'reference', reference }, limited, options)
  const isOwn = ({ operations }: Folded) => operations.some((operation) => operation.reference === reference)
  const own = [...transactions.payments()].filter(isOwn)
  return newestFirst(own.map((folded) => toFoldedReport(folded, 'lookup', context)))
}

/** Sends the missing queries and adds their answers, until everything known of the target has been asked for. */
export async function complete(
  transactions: Transactions,
  target: Target,
  context: QueryContext,
  options: RequestOptions | undefined,
): Promise<void> {
  const countRound = createRequestLimit(context.provider, MAX_ROUNDS)
  for (;;) {
    const queries = transactions.missing(target)
    if (queries.length === 0) return
    countRound()
    for (const query of queries) transactions.add(await ask(query, context, options))
  }
}

/** Returns a context whose requests are counted: answers that lead to others without end end in `invalid_payload`. */
export function limitRequests(context: QueryContext, max: number): QueryContext {
  const countRequest = createRequestLimit(context.provider, max)
  const { api } = context
  const query: typeof api.query = (...request) => {
    countRequest()
    return api.query(...request)
  }
  return { ...context, api: { query } }
}

/** Returns a report of a payment, with its operations. */
export function toFoldedReport(
  folded: Folded,
  source: 'lookup' | 'list',
  context: QueryContext,
): PaymentReport {
  const { operations, row, observedAt } = folded
  const payment = toPayment(folded, context.provider, { withOperations: true })
  const raws = [...(row?.raws ?? []), ...operations.map(({ raw }) => raw)]
  return toReport(payment, { source, observedAt }, raws, context)
}

function readKnownIds(operations: LookupOptions['operations'] = [], provider: string): string[] {
  const isValid =
    operations.length <= MAX_KNOWN_OPERATIONS && operations.every(({ id }) => idPattern.test(id))
  if (isValid) return [...new Set(operations.map(({ id }) => id))]
  throw inputError(
    provider,
    `\`operations\` must be a list of at most ${MAX_KNOWN_OPERATIONS} operations, each with an id of 1 to 20 digits as a string`,
  )
}
