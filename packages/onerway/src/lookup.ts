import type {
  LookupOptions,
  Payment,
  PaymentOperation,
  PaymentReport,
  PaymentStatus,
  ReferenceOptions,
  RequestOptions,
} from '@payment-status/core'
import {
  createRequestLimit,
  inputError,
  newestFirst,
  outcomeOf,
  PaymentError,
  toReport,
} from '@payment-status/core/kit'
import { type Folded, oldest, type PaymentRow } from './fold.ts'
import type { Operation } from './operation.ts'
import { toPayment } from './payment.ts'
import { type Answer, ask, IDS_IN_A_QUERY, incompleteError, type QueryContext } from './query.ts'
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
  const { payment, operations = payment?.operations, confirm = false } = options ?? {}
  const known = readKnownIds(operations, provider)
  const target: Target = { kind: 'payment', id, operations: known, reference: payment?.reference }
  const transactions = createTransactions(context)
  const limited = limitRequests(context, MAX_REQUESTS)
  if (confirm && payment?.id === id && payment.provider === provider) {
    const confirmed = await confirmPayment(payment, transactions, limited, options)
    if (confirmed) return confirmed
  }
  await complete(transactions, target, limited, options)

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
 * Confirms a recorded payment by one request: from all of its transactions, or from a part that states what is recorded.
 * Otherwise the answer is kept for the whole lookup, and `undefined` is returned.
 */
async function confirmPayment(
  payment: Payment,
  transactions: Transactions,
  context: QueryContext,
  options: RequestOptions | undefined,
): Promise<PaymentReport | undefined> {
  const query = context.integration.confirmation(payment.id, payment.operations ?? [])
  if (query.values.length > IDS_IN_A_QUERY) return undefined
  const answer = await ask(query, context, options)
  transactions.add(answer)
  if (query.values.includes(payment.id) && query.kind === 'transactions') {
    const [own, ...others] = transactions.payments()
    const isWhole = own?.id === payment.id && own.operations.length === query.values.length
    return isWhole && others.length === 0 ? toFoldedReport(own, 'lookup', context) : undefined
  }
  if (!isSameState(answer, payment)) return undefined
  return toConfirmed(payment, [...answer.operations, ...answer.paymentRows], context)
}

/** Returns whether an answer about a part of a payment states what is recorded, to the minor unit. */
function isSameState({ query, operations, paymentRows }: Answer, payment: Payment): boolean {
  if (query.kind === 'transactions') {
    const known = new Map(payment.operations?.map((operation) => [operation.id, operation]))
    const isSame = (operation: Operation) => isSameOperation(operation, known.get(operation.id))
    return operations.length === query.values.length && operations.every(isSame)
  }
  const [row, ...others] = paymentRows
  return row !== undefined && others.length === 0 && isSameWhole(row, payment)
}

/** Returns whether the payment query states what is recorded, and no transaction that is new. */
function isSameWhole(row: PaymentRow, payment: Payment): boolean {
  const known = new Set(payment.operations?.map(({ id }) => id))
  const isSameAmount = row.amount === payment.amount?.amount && row.currency === payment.amount?.currency
  return (
    row.paymentId === payment.id &&
    row.paymentStatus === payment.facts.paymentStatus &&
    row.status === beforeRefunds(payment.status) &&
    row.transactionIds.every((id) => known.has(id)) &&
    (isSameAmount || (row.amount === undefined && outcomeOf(payment.status) === 'undecided')) &&
    (row.reference === undefined || row.reference === payment.reference)
  )
}

function isSameOperation(
  { kind, status, amount, isReadable }: Operation,
  recorded: PaymentOperation | undefined,
): boolean {
  return isReadable && recorded?.kind === kind && recorded.status === status && recorded.amount === amount
}

/** Returns what the payment query states of a payment: it says nothing of refunds. */
function beforeRefunds(status: PaymentStatus): PaymentStatus {
  return status === 'partially_refunded' || status === 'refunded' ? 'captured' : status
}

/**
 * Looks up all payments that have an operation with this merchantTxnId, newest first. Throws `invalid_input` for a comma,
 * which would ask for several, and `invalid_payload` where Onerway counted more rows than it delivered and none of those is paid.
 */
export async function lookupByReference(
  context: QueryContext,
  reference: string,
  options?: ReferenceOptions,
): Promise<readonly PaymentReport[]> {
  if (!referencePattern.test(reference)) {
    throw inputError(
      context.provider,
      'a reference must be one merchantTxnId: 1 to 64 characters, without a comma',
    )
  }
  const transactions = createTransactions(context)
  const limited = limitRequests(context, MAX_REQUESTS)
  const operations = readKnownIds(options?.operations, context.provider)
  const target: Target = { kind: 'reference', reference, operations, isRoutine: options?.confirm }
  let isWhole = true
  const read: typeof ask = async (...query) => {
    const answer = await ask(...query)
    isWhole &&= answer.isComplete
    return answer
  }
  if (options?.confirm) {
    const known = options.payments ?? []
    const confirmed = await confirmReference(reference, known, transactions, limited, options, read)
    if (confirmed && isWhole) return confirmed
  }
  await complete(transactions, target, limited, options, read)
  const isOwn = ({ operations, row }: Folded) =>
    operations.some((operation) => operation.reference === reference) ||
    (operations.length === 0 && row?.reference === reference)
  const own = [...transactions.payments()].filter(isOwn)
  const reports = newestFirst(own.map((folded) => toFoldedReport(folded, 'lookup', context)))
  // A row that was counted and not delivered may be the attempt that paid.
  const isPaid = reports.some(({ payment }) => outcomeOf(payment.status) === 'paid')
  if (!isWhole && !isPaid) throw incompleteError(context.provider)
  return reports
}

/**
 * Confirms the recorded payments of a reference by one request: none is new, none is missing, and each is stated as it is
 * recorded. Otherwise the answer is kept for the whole lookup, and `undefined` is returned.
 */
async function confirmReference(
  reference: string,
  payments: readonly Payment[],
  transactions: Transactions,
  context: QueryContext,
  options: RequestOptions | undefined,
  read: typeof ask,
): Promise<readonly PaymentReport[] | undefined> {
  const isConfirmable = ({ provider, status, conflict, operations = [] }: Payment) =>
    provider === context.provider &&
    status !== 'unknown' &&
    conflict === undefined &&
    operations.every((operation) => operation.status !== 'pending')
  if (payments.length === 0 || !payments.every(isConfirmable)) return undefined
  const answer = await read(context.integration.confirmationOfReference(reference), context, options)
  transactions.add(answer)
  const found = payments.map((payment) => ({ payment, parts: findParts(answer, payment) }))
  const stated = [...answer.operations, ...answer.paymentRows].filter((part) => part.reference === reference)
  const isKnown = (part: Operation | PaymentRow) => found.some(({ parts }) => parts.includes(part))
  if (!stated.every(isKnown) || found.some(({ parts }) => parts.length === 0)) return undefined
  return newestFirst(found.map(({ payment, parts }) => toConfirmed(payment, parts, context)))
}

/** Returns the parts of an answer that state the payment as it is recorded. */
function findParts(
  { operations, paymentRows }: Answer,
  payment: Payment,
): readonly (Operation | PaymentRow)[] {
  const known = new Map(payment.operations?.map((operation) => [operation.id, operation]))
  return [
    ...operations.filter((operation) => isSameOperation(operation, known.get(operation.id))),
    ...paymentRows.filter((row) => isSameWhole(row, payment)),
  ]
}

/** Returns a report of a recorded payment that an answer about parts of it has confirmed. */
function toConfirmed(payment: Payment, parts: readonly (Operation | PaymentRow)[], context: QueryContext) {
  const { conflict: _, dispute: __, disputes: ___, ...stated } = payment
  const raws = parts.flatMap((part) => ('raws' in part ? part.raws : [part.raw]))
  return toReport(stated, { source: 'lookup', observedAt: oldest(parts) }, raws, context)
}

/** Sends the missing queries and adds their answers, until everything known of the target has been asked for. */
export async function complete(
  transactions: Transactions,
  target: Target,
  context: QueryContext,
  options: RequestOptions | undefined,
  read = ask,
): Promise<void> {
  const countRound = createRequestLimit(context.provider, MAX_ROUNDS)
  for (;;) {
    const queries = transactions.missing(target)
    if (queries.length === 0) return
    countRound()
    for (const query of queries) transactions.add(await read(query, context, options))
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
