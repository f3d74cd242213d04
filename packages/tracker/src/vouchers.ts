import type { PaymentReport } from '@payment-status/core'
import { ms } from './case.ts'
import type { Context } from './context.ts'
import type { VoucherJob } from './engine.ts'
import { pauseAfter, retries } from './retry.ts'
import { inTransaction, query } from './sql.ts'
import { openTask } from './tasks.ts'

const HOUR_IN_MILLISECONDS = 60 * 60_000
const FETCH_LIMIT_IN_MILLISECONDS = 30_000
/** Onerway's page on receipts: none two hours after success is for the provider's support. */
const SUPPORT_AFTER_IN_MILLISECONDS = 2 * HOUR_IN_MILLISECONDS

interface VoucherData {
  readonly due: number | null
  readonly age: number
  readonly order_id: string | null
  readonly report: string
}

/** Fetches the receipt of a payment, if it is due and not kept yet. */
export async function fetchVoucher(context: Context, job: VoucherJob, signal: AbortSignal): Promise<void> {
  const { database, schema, options } = context
  const { receipts } = options
  const [row] = await query<VoucherData>(
    database,
    `select ${ms('v.due_at - clock_timestamp()')} as due, ${ms('clock_timestamp() - v.succeeded_at')} as age,
       p.order_id, p.report::text
     from ${schema}.vouchers v join ${schema}.payments p on p.provider = v.provider and p.id = v.payment_id
     where v.provider = $1 and v.payment_id = $2 and v.kept_at is null`,
    [job.provider, job.id],
  )
  if (!receipts || !row || row.due === null || row.due > 0) return
  const of = { order: row.order_id ?? undefined, provider: job.provider, paymentId: job.id }
  if (receipts === 'task') {
    await inTransaction(database, async (tx) => {
      await openTask(tx, context, {
        ...of,
        key: `voucher/${job.provider}/${job.id}`,
        kind: 'receipt',
        why: 'the receipt of this payment can be fetched now',
      })
      await tx.executeSql(
        `update ${schema}.vouchers set due_at = null where provider = $1 and payment_id = $2`,
        [job.provider, job.id],
      )
    })
    return
  }
  const { payment } = JSON.parse(row.report) as PaymentReport
  let bytes: Uint8Array | undefined
  try {
    const limit = AbortSignal.timeout(FETCH_LIMIT_IN_MILLISECONDS)
    bytes = await receipts.fetch(payment, { signal: AbortSignal.any([signal, limit]) })
  } catch (error) {
    context.report(error)
  }
  const found = bytes
  if (found) {
    await inTransaction(database, async (tx) => {
      const kept = await query(
        tx,
        `update ${schema}.vouchers set kept_at = clock_timestamp(), due_at = null
         where provider = $1 and payment_id = $2 and kept_at is null returning 1`,
        [job.provider, job.id],
      )
      if (kept.length === 0) return
      await receipts.keep(payment, found, tx)
      await tx.executeSql(
        `update ${schema}.tasks set closed_at = now()
         where provider = $1 and payment_id = $2 and kind = 'contact_support' and closed_at is null`,
        [job.provider, job.id],
      )
    })
    return
  }
  const isLate = row.age >= SUPPORT_AFTER_IN_MILLISECONDS
  await inTransaction(database, async (tx) => {
    if (isLate) {
      await openTask(tx, context, {
        ...of,
        key: `voucher/${job.provider}/${job.id}`,
        kind: 'contact_support',
        why: 'two hours after success there is no receipt',
      })
    }
    const wait = pauseAfter(isLate ? retries.lateReceipt : retries.receipt, 0)
    await tx.executeSql(
      `update ${schema}.vouchers set due_at = clock_timestamp() + $3::float8 * interval '1 ms'
       where provider = $1 and payment_id = $2 and kept_at is null`,
      [job.provider, job.id, wait],
    )
  })
}
