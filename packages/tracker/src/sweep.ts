import { ms } from './case.ts'
import type { Context } from './context.ts'
import { HORIZON_IN_MILLISECONDS, toJobs } from './record.ts'
import type { HandleKey } from './rows.ts'
import { inTransaction, query } from './sql.ts'

const BATCH = 1_000
/** What should have been done this long ago has lost its job. */
const OVERDUE = "interval '1 minute'"

/**
 * Finds what has to be done in what is stored, and sends jobs for it: after a restore, or when jobs were lost, nothing
 * else is needed. Every five minutes, and when a worker starts.
 */
export async function sweep(context: Context, signal: AbortSignal): Promise<void> {
  while (!signal.aborted && (await sweepLooks(context))) {
    // The next thousand.
  }
  await sweepLanes(context)
  await sweepVouchers(context)
}

async function sweepLooks({ database, schema, engine }: Context): Promise<boolean> {
  return inTransaction(database, async (tx) => {
    const found = await query<HandleKey & { wait: number }>(
      tx,
      `update ${schema}.handles h set planned_for = h.due_at,
         due_at = case when h.due_at < clock_timestamp() - ${OVERDUE} then clock_timestamp() else h.due_at end
       from (
         select provider, kind, value from ${schema}.handles
         where due_at < clock_timestamp() + $1::float8 * interval '1 ms'
           and (planned_for is distinct from due_at or due_at < clock_timestamp() - ${OVERDUE})
         order by due_at limit ${BATCH} for update skip locked
       ) k
       where h.provider = k.provider and h.kind = k.kind and h.value = k.value
       returning h.provider, h.kind, h.value, ${ms('h.due_at - clock_timestamp()')} as wait`,
      [HORIZON_IN_MILLISECONDS],
    )
    await engine.look(
      tx,
      toJobs(
        found.map(({ wait, ...handle }) => ({ ...handle, dueAt: wait })),
        0,
      ),
    )
    return found.length === BATCH
  })
}

async function sweepLanes({ database, schema, engine }: Context): Promise<void> {
  await inTransaction(database, async (tx) => {
    const lanes = await query<{ lane: string }>(
      tx,
      `select distinct lane from ${schema}.outbox
       where handed_at is null and lane is not null and due_at < clock_timestamp() - ${OVERDUE} limit 10000`,
    )
    for (const { lane } of lanes) await engine.handOver(tx, lane)
  })
}

async function sweepVouchers({ database, schema, engine }: Context): Promise<void> {
  await inTransaction(database, async (tx) => {
    const found = await query<{ provider: string; id: string; wait: number }>(
      tx,
      `select provider, payment_id as id, ${ms('due_at - clock_timestamp()')} as wait from ${schema}.vouchers
       where due_at < clock_timestamp() + $1::float8 * interval '1 ms' order by due_at limit 10000`,
      [HORIZON_IN_MILLISECONDS],
    )
    await engine.voucher(
      tx,
      found.map(({ provider, id, wait }) => ({ provider, id, afterMs: wait })),
    )
  })
}
