import type { Payment } from '@payment-status/core'
import type { Context } from '../context.ts'
import { limits, pauseAfter, retries, withLimit } from '../retry.ts'
import { markKept, planReceipt, takeReceipt } from '../store/receipts.ts'
import type { PaymentKey } from '../store/rows.ts'
import { inTransaction } from '../store/tables.ts'
import { closeTasksOfPayment, openTask } from '../store/tasks.ts'
import type { Receipts } from '../types/options.ts'

/** Onerway's page on receipts: without one two hours after success, contact the provider's support. */
const SUPPORT_AFTER_IN_MILLISECONDS = 2 * 60 * 60_000

/** Fetches the receipt of a payment, if it is due and not kept yet. */
export async function fetchReceipt(
  context: Context,
  { provider, id }: PaymentKey,
  signal: AbortSignal,
): Promise<void> {
  const { database, options } = context
  const { receipts } = options
  if (!receipts) return
  const payment = { provider, id }
  const due = await takeReceipt(database, payment)
  if (!due) return
  const task = { key: `receipt/${provider}/${id}`, order: due.order, provider, paymentId: id }
  if (receipts === 'task') {
    await inTransaction(database, async (tx) => {
      const why = 'the receipt of this payment can be fetched now'
      await openTask(tx, { ...task, kind: 'receipt', why })
      await planReceipt(tx, payment, undefined)
    })
    return
  }
  const bytes = await callFetch(context, receipts, due.report.payment, signal)
  await inTransaction(database, async (tx) => {
    if (bytes) {
      if (!(await markKept(tx, payment))) return
      await receipts.keep(due.report.payment, bytes, tx)
      await closeTasksOfPayment(tx, payment, 'contact_support')
      return
    }
    const isLate = due.age >= SUPPORT_AFTER_IN_MILLISECONDS
    if (isLate) {
      const why = 'there is no receipt two hours after success: contact the support of the provider'
      await openTask(tx, { ...task, kind: 'contact_support', why })
    }
    await planReceipt(tx, payment, pauseAfter(isLate ? retries.lateReceipt : retries.receipt, 0))
  })
}

/** Calls the shop's function. One that throws or takes too long counts as no receipt yet. */
async function callFetch(
  context: Context,
  receipts: Receipts,
  payment: Payment,
  signal: AbortSignal,
): Promise<Uint8Array | undefined> {
  try {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(limits.receipt)])
    const late = () => new Error('receipts.fetch did not finish in time')
    return await withLimit(receipts.fetch(payment, { signal: limit }), limits.receipt, late)
  } catch (error) {
    context.report(error)
    return undefined
  }
}
