import { advance, isPaymentError, type PaymentReport } from '@payment-status/core'
import type { Context } from '../context.ts'
import { ingestReport } from '../ingest/ingest.ts'
import { request } from '../poll/poll.ts'
import { awaitTurn } from '../poll/rate-limit.ts'
import type { ComparisonKey } from '../store/comparisons.ts'
import { confirmListed } from '../store/listed.ts'
import { readOrderOfPayment, readRecorded } from '../store/payments.ts'
import { isDataError } from '../store/sql-errors.ts'
import { inTransaction } from '../store/tables.ts'
import { openTask } from '../store/tasks.ts'

/** Looks up what was never seen or differs, with what the list states of it. Returns whether the status changed. */
export async function heal(
  context: Context,
  key: ComparisonKey,
  report: PaymentReport,
  signal: AbortSignal,
): Promise<boolean> {
  const { database } = context
  const { provider, id } = report.payment
  const recorded = await readRecorded(database, { provider, id })
  if (recorded && advance(recorded, report).outcome === 'repeated') return false
  const before = recorded?.payment.status
  let answer: PaymentReport | undefined
  try {
    // A list may be behind, so what differs is asked. The lookup is given the operations that only the list states.
    await awaitTurn(context, provider, signal)
    const listed = report.payment.operations ?? []
    const answers = await request(context, { provider, kind: 'id', value: id }, signal, { listed })
    answer = answers[0]?.report
    if (answer && lacks(answer, report)) await ingestReport(context, report)
  } catch (error) {
    if (signal.aborted) throw error
    if (isDataError(error)) {
      await openUnstorable(context, provider, id)
      return false
    }
    if (!isPaymentError(error) || error.retryable) throw error
    await ingestReport(context, report)
  }
  const after = await readRecorded(database, { provider, id })
  // What the provider itself states by id, after its list, stands whatever the list says.
  if (answer && after && advance(after, answer).outcome === 'repeated') await confirmListed(database, key, id)
  return after !== undefined && after.payment.status !== before
}

/** Returns whether a lookup left out an operation or a dispute that the list states: then the list is evidence of its own. */
function lacks(answer: PaymentReport, listed: PaymentReport): boolean {
  if (listed.payment.dispute && !answer.payment.dispute) return true
  const known = new Set((answer.payment.operations ?? []).map(({ id }) => id))
  return (listed.payment.operations ?? []).some(({ id }) => !known.has(id))
}

/** Looks up a recorded payment of the day that the list lacks. One that the provider still knows is not missing. */
export async function confirm(
  context: Context,
  key: ComparisonKey,
  recorded: PaymentReport,
  signal: AbortSignal,
): Promise<boolean> {
  const { database } = context
  const { provider, id, status } = recorded.payment
  try {
    await awaitTurn(context, provider, signal)
    const [answer] = await request(context, { provider, kind: 'id', value: id }, signal)
    if (answer?.report.payment.id === id) await confirmListed(database, key, id)
    return answer !== undefined && answer.report.payment.status !== status
  } catch (error) {
    if (signal.aborted) throw error
    if (!isPaymentError(error) || error.retryable) throw error
    // A lookup that was not possible does not make the payment missing.
    if (error.code !== 'not_found') await confirmListed(database, key, id)
    return false
  }
}

async function openUnstorable(context: Context, provider: string, id: string): Promise<void> {
  await inTransaction(context.database, async (tx) =>
    openTask(tx, {
      key: `unstorable/${provider}/${id}`,
      kind: 'unreadable',
      order: await readOrderOfPayment(tx, { provider, id }),
      provider,
      paymentId: id,
      why: 'the answer of the provider could not be stored: look the payment up in its dashboard',
    }),
  )
}
