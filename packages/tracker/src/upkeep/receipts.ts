import type { PaymentReport } from '@payment-status/core'
import type { Context } from '../context.ts'
import { limits, pauseAfter, retries, withLimit } from '../retry.ts'
import { inTransaction, ms, query } from '../store/sql.ts'
import { openTask } from '../store/tasks.ts'

/** Onerway's page on receipts: without one two hours after success, contact the provider's support. */
const SUPPORT_AFTER_IN_MILLISECONDS = 2 * 60 * 60_000

interface ReceiptData {
  readonly age: number
  readonly order_id: string | null
  readonly report: string
}

/** Fetches the receipt of a payment, if it is due and not kept yet. */
export async function fetchReceipt(
  context: Context,
  { provider, id }: { readonly provider: string; readonly id: string },
  signal: AbortSignal,
): Promise<void> {
  const { database, schema, options } = context
  const { receipts } = options
  if (!receipts) return
  // Taken: due again when a fetch that never ended would have.
  const [row] = await query<ReceiptData>(
    database,
    `update ${schema}.receipts r set due_at = clock_timestamp() + interval '2 minutes'
     from ${schema}.payments p
     where r.provider = $1 and r.payment_id = $2 and r.kept_at is null and r.due_at <= clock_timestamp()
       and p.provider = r.provider and p.id = r.payment_id
     returning ${ms('clock_timestamp() - r.succeeded_at')} as age, p.order_id, p.report::text`,
    [provider, id],
  )
  if (!row) return
  const task = { key: `receipt/${provider}/${id}`, order: row.order_id ?? undefined, provider, paymentId: id }
  if (receipts === 'task') {
    await inTransaction(database, async (tx) => {
      await openTask(tx, context, {
        ...task,
        kind: 'receipt',
        why: 'the receipt of this payment can be fetched now',
      })
      await tx.executeSql(
        `update ${schema}.receipts set due_at = null where provider = $1 and payment_id = $2`,
        [provider, id],
      )
    })
    return
  }
  const { payment } = JSON.parse(row.report) as PaymentReport
  let found: Uint8Array | undefined
  try {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(limits.receipt)])
    const late = () => new Error('receipts.fetch did not finish in time')
    found = await withLimit(receipts.fetch(payment, { signal: limit }), limits.receipt, late)
  } catch (error) {
    context.report(error)
  }
  const bytes = found
  if (bytes) {
    await inTransaction(database, async (tx) => {
      const kept = await query(
        tx,
        `update ${schema}.receipts set kept_at = clock_timestamp(), due_at = null
         where provider = $1 and payment_id = $2 and kept_at is null returning 1 as kept`,
        [provider, id],
      )
      if (kept.length === 0) return
      await receipts.keep(payment, bytes, tx)
      await tx.executeSql(
        `update ${schema}.tasks set closed_at = now()
         where provider = $1 and payment_id = $2 and kind = 'contact_support' and closed_at is null`,
        [provider, id],
      )
    })
    return
  }
  const isLate = row.age >= SUPPORT_AFTER_IN_MILLISECONDS
  await inTransaction(database, async (tx) => {
    if (isLate) {
      const why = 'there is no receipt two hours after success: contact the support of the provider'
      await openTask(tx, context, { ...task, kind: 'contact_support', why })
    }
    const wait = pauseAfter(isLate ? retries.lateReceipt : retries.receipt, 0)
    await tx.executeSql(
      `update ${schema}.receipts set due_at = clock_timestamp() + $3::float8 * interval '1 ms'
       where provider = $1 and payment_id = $2 and kept_at is null`,
      [provider, id, wait],
    )
  })
}
