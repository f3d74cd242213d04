import type { Context } from '../context.ts'
import { readIdleComparisons } from '../store/comparisons.ts'
import { addUpDays } from '../store/day-counts.ts'
import { beat, forgetWorkers } from '../store/heartbeats.ts'
import { takeUndecided } from '../store/orders.ts'
import { readDueReceipts } from '../store/receipts.ts'
import { inTransaction } from '../store/tables.ts'
import { openTask } from '../store/tasks.ts'
import { keepCounts } from '../store/waiting.ts'
import type { Engine } from '../workers/jobs.ts'

const BATCH = 500

/**
 * Finds what only a clock makes due, every minute: receipts, comparisons that no worker has, and orders that have waited
 * too long for a decision. Adds up what statistics and health show. Polls and deliveries need no sweep: workers take them
 * from their tables.
 */
export async function sweep(context: Context, engine: Engine, signal: AbortSignal): Promise<void> {
  const { database } = context
  await beat(database, 'sweep')
  if (context.options.receipts) await engine.send('receipt', await readDueReceipts(database, BATCH))
  await engine.send('comparison', await readIdleComparisons(database, BATCH))
  while (!signal.aborted && (await openUndecidedTasks(context))) {
    // The next batch.
  }
  await forgetWorkers(database)
  await addUpDays(database)
  await keepCounts(database)
}

/** Asks a person about orders whose payment may still be paid, and about which the provider has not decided in time. */
async function openUndecidedTasks(context: Context): Promise<boolean> {
  const { database } = context
  return inTransaction(database, async (tx) => {
    const found = await takeUndecided(tx, BATCH)
    for (const { id, isPending } of found) {
      if (!isPending) continue
      await openTask(tx, {
        key: `undecided/${id}`,
        kind: 'undecided',
        order: id,
        provider: undefined,
        paymentId: undefined,
        why: 'the provider has not decided in the time that the schedule allows: look the payment up in its dashboard',
      })
    }
    return found.length === BATCH
  })
}
