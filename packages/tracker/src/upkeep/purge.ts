import type { Context } from '../context.ts'
import {
  allowPurging,
  purgeOrders,
  purgeRest,
  purgeUnclaimedPayments,
  purgeUnclaimedTargets,
} from '../store/purge.ts'
import type { Sql } from '../store/sql.ts'
import { inTransaction } from '../store/transaction.ts'

const DEFAULT_RETENTION_IN_DAYS = 400
/** Keys that never led to a payment are kept for as long as providers deliver a webhook again. */
const UNCLAIMED_DAYS = 30

/** Removes what is over and old, in batches: orders with all their evidence, and what never belonged to an order. */
export async function purge(context: Context, signal: AbortSignal): Promise<void> {
  const { database, schema, options } = context
  const days = options.retentionDays ?? DEFAULT_RETENTION_IN_DAYS
  const batches: readonly ((tx: Sql) => Promise<boolean>)[] = [
    (tx) => purgeOrders(tx, schema, days),
    (tx) => purgeUnclaimedPayments(tx, schema, days),
    (tx) => purgeUnclaimedTargets(tx, schema, Math.min(days, UNCLAIMED_DAYS)),
    (tx) => purgeRest(tx, schema, days),
  ]
  for (const purgeBatch of batches) {
    let isMore = true
    while (isMore && !signal.aborted) {
      isMore = await inTransaction(database, async (tx) => {
        await allowPurging(tx)
        return purgeBatch(tx)
      })
    }
  }
}
