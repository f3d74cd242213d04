import type { Context } from '../context.ts'
import {
  allowPurging,
  purgeOrders,
  purgeRest,
  purgeUnclaimedPayments,
  purgeUnclaimedTargets,
} from '../store/purge.ts'
import { inTransaction, type Tables } from '../store/tables.ts'
import { retentionDaysOf } from './days.ts'

/** Keys that never led to a payment are kept for as long as providers deliver a webhook again. */
const UNCLAIMED_DAYS = 30

/** Removes what is over and old, in batches: orders with all their evidence, and what never belonged to an order. */
export async function purge(context: Context, signal: AbortSignal): Promise<void> {
  const { database } = context
  const days = retentionDaysOf(context)
  const batches: readonly ((tx: Tables) => Promise<boolean>)[] = [
    (tx) => purgeOrders(tx, days),
    (tx) => purgeUnclaimedPayments(tx, days),
    (tx) => purgeUnclaimedTargets(tx, Math.min(days, UNCLAIMED_DAYS)),
    (tx) => purgeRest(tx, days),
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
