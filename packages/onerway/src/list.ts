import type { Dispute, ListRange, PaymentReport, RequestOptions } from '@payment-status/core'
import { isPaymentError, toInstant } from '@payment-status/core/kit'
import { complete, limitRequests, toFoldedReport } from './lookup.ts'
import type { Operation, ReadContext } from './operation.ts'
import { type Answer, ask, incompleteError, type Query, type QueryContext } from './query.ts'
import { createTransactions } from './transactions.ts'

export interface ListContext extends QueryContext {
  /** `true` where the chargeback query is permitted for the account. */
  readonly chargebackQuery: boolean
}

const LONGEST_WINDOW_IN_MILLISECONDS = 90 * 24 * 60 * 60 * 1000
/** Requests of one list: enough for ten million operations. */
const MAX_LIST_REQUESTS = 1_000_000

/**
 * Lists the payments created in `[from, to)`, and older ones that have an operation in it. It is the documented batch
 * query, in windows of at most 90 days, folded once all of them are read. Throws `invalid_payload` after the last payment
 * where Onerway counted more rows than it delivered, or where a row leads to others without end.
 */
export async function* list(
  context: ListContext,
  range: ListRange,
  options?: RequestOptions,
): AsyncGenerator<PaymentReport, void, undefined> {
  const limited = limitRequests(context, MAX_LIST_REQUESTS)
  const transactions = createTransactions(context)
  const listed = new Set<string>()
  const disputes = new Map<string, Dispute>()
  let isComplete = true
  for (const values of toWindows(range, context)) {
    const answers = [await askCompletely({ kind: 'period', values }, limited, options)]
    if (context.refundQueryPath !== undefined) {
      answers.push(await ask({ kind: 'refunds of a period', values }, limited, options))
    }
    if (context.chargebackQuery) {
      answers.push(await ask({ kind: 'chargebacks of a period', values }, limited, options))
    }
    for (const answer of answers) {
      transactions.add(answer)
      isComplete &&= answer.isComplete
      for (const { id } of answer.operations) listed.add(id)
      for (const { originId, dispute } of answer.chargebacks) {
        const known = disputes.get(originId)?.updatedAt ?? ''
        if ((dispute.updatedAt ?? '') >= known) disputes.set(originId, dispute)
      }
    }
  }
  const endless = await complete(
    transactions,
    { kind: 'period', ids: [...disputes.keys()] },
    limited,
    options,
  ).catch((error: unknown) => {
    if (isPaymentError(error) && error.code === 'invalid_payload') return error
    throw error
  })

  const isInPeriod = ({ id, at }: Operation) =>
    listed.has(id) && (at === undefined || (at >= range.from.toISOString() && at < range.to.toISOString()))
  for (const folded of transactions.payments()) {
    const disputed = folded.operations.find(({ id }) => disputes.has(id))
    const dispute = disputes.get(disputed?.id ?? '')
    if (!dispute && !folded.operations.some(isInPeriod)) continue
    const report = toFoldedReport(folded, 'list', context)
    yield dispute ? { ...report, payment: { ...report.payment, dispute } } : report
  }
  if (endless) throw endless
  if (!isComplete) throw incompleteError(context.provider)
}

/** Asks once more where pages shifted: while rows arrive, a row can slip between two pages. */
async function askCompletely(
  query: Query,
  context: QueryContext,
  options: RequestOptions | undefined,
): Promise<Answer> {
  const first = await ask(query, context, options)
  if (!first.hasShifted) return first
  const second = await ask(query, context, options)
  const known = new Set(second.operations.map(({ id }) => id))
  const operations = [...second.operations, ...first.operations.filter(({ id }) => !known.has(id))]
  return { ...second, operations }
}

/** Returns windows of whole seconds, as Onerway's times are, that touch each other. */
function* toWindows(
  { from, to }: ListRange,
  context: ReadContext,
): Generator<readonly [startTime: string, endTime: string]> {
  const first = Math.floor(from.getTime() / 1000) * 1000
  const last = from < to ? Math.ceil(to.getTime() / 1000) * 1000 : first
  for (let start = first; start < last; start += LONGEST_WINDOW_IN_MILLISECONDS) {
    const end = Math.min(start + LONGEST_WINDOW_IN_MILLISECONDS, last)
    yield [toLocalTime(start, context), toLocalTime(end, context)]
  }
}

/** Returns `yyyy-MM-dd HH:mm:ss` in the configured zone, which is as far from UTC as its midnight is. */
function toLocalTime(time: number, { timeZone }: ReadContext): string {
  const midnight = toInstant('1970-01-01 00:00:00', timeZone) ?? ''
  return new Date(time - Date.parse(midnight)).toISOString().slice(0, 19).replace('T', ' ')
}
