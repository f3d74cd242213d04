import type { Context } from '../context.ts'
import { addUpDays } from '../store/day-counts.ts'
import { beat, forgetWorkers } from '../store/heartbeats.ts'
import { inTransaction, query } from '../store/sql.ts'
import { openTask } from '../store/tasks.ts'
import { keepCounts } from '../store/waiting.ts'

const BATCH = 500

/**
 * Finds what only a clock makes due, every minute: receipts, comparisons that no worker has, and orders that have waited
 * too long for a decision. Adds up what statistics and health show. Polls and deliveries need no sweep: workers take them
 * from their tables.
 */
export async function sweep(context: Context, signal: AbortSignal): Promise<void> {
  const { database, schema, engine } = context
  await beat(database, schema, 'sweep')
  await engine.send('receipt', await readDueReceipts(context))
  await engine.send('comparison', await readIdleComparisons(context))
  while (!signal.aborted && (await openUndecidedTasks(context))) {
    // The next batch.
  }
  await forgetWorkers(database, schema)
  await addUpDays(database, schema)
  await keepCounts(database, schema)
}

function readDueReceipts({ database, schema }: Context) {
  return query<{ provider: string; id: string }>(
    database,
    `select provider, payment_id as id from ${schema}.receipts
     where due_at <= statement_timestamp() order by due_at limit ${BATCH}`,
  )
}

function readIdleComparisons({ database, schema }: Context) {
  return query<{ provider: string; day: string }>(
    database,
    `select provider, day from ${schema}.comparisons
     where leased_until is null or leased_until <= statement_timestamp() limit ${BATCH}`,
  )
}

/** Asks a person about orders whose payment may still be paid, and about which the provider has not decided in time. */
async function openUndecidedTasks(context: Context): Promise<boolean> {
  const { database, schema } = context
  return inTransaction(database, async (tx) => {
    const found = await query<{ id: string; is_pending: boolean }>(
      tx,
      `update ${schema}.orders o set undecided_at = null, revision = revision + 1
       from (select id from ${schema}.orders where undecided_at <= statement_timestamp()
             order by undecided_at limit ${BATCH} for update skip locked) due
       where o.id = due.id
       returning o.id, exists (select from ${schema}.payments p where p.order_id = o.id
           and p.status in ('processing', 'authorized', 'unknown'))
         or exists (select from ${schema}.targets t where t.order_id = o.id and t.recheck is not null) as is_pending`,
    )
    for (const { id, is_pending } of found) {
      if (!is_pending) continue
      await openTask(tx, context, {
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
