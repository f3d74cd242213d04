import { isDecided, paymentStatuses } from '@payment-status/core'
import type { Context } from './context.ts'
import { reconcileDay } from './reconcile.ts'
import { toJobs } from './record.ts'
import type { HandleKey } from './rows.ts'
import { inTransaction, query } from './sql.ts'
import { openTask } from './tasks.ts'

const DEFAULT_RETENTION_IN_DAYS = 400
/** Still no answer after so many days: a person should ask. */
const UNDECIDED_AFTER_IN_DAYS = 3
/** The looks of a night are spread over this time. */
const SPREAD_IN_MILLISECONDS = 2 * 60 * 60_000
const BATCH = 500

const decided = paymentStatuses
  .filter(isDecided)
  .map((status) => `'${status}'`)
  .join(', ')

/** What is done once a night: asking where asking was given up, calling a person, letting go of what is long over. */
export async function keepNight(context: Context, signal: AbortSignal): Promise<void> {
  await askAgain(context)
  for (const provider of await readProviders(context)) {
    if (signal.aborted) return
    // One that does not answer keeps the night of no other.
    await reconcileDay(context, provider, 'yesterday', signal).catch(context.report)
  }
  await callForUndecided(context)
  while (!signal.aborted && (await expunge(context))) {
    // The next five hundred.
  }
  await expungeUnclaimed(context)
}

async function readProviders({ database, schema, options: { payments } }: Context): Promise<string[]> {
  const rows = await query<{ provider: string }>(
    database,
    `select distinct provider from ${schema}.handles order by provider`,
  )
  return rows.map(({ provider }) => provider).filter((provider) => payments.has(provider))
}

/** Giving up is not failing: what is spent is asked once a night, as long as the order is watched. */
async function askAgain({ database, schema, engine }: Context): Promise<void> {
  await inTransaction(database, async (tx) => {
    const found = await query<HandleKey & { wait: number }>(
      tx,
      `update ${schema}.handles h set due_at = clock_timestamp() + random() * $1::float8 * interval '1 ms', planned_for = null
       where h.due_at is null and (h.doubt is not null or (h.watched and exists (
         select from ${schema}.orders o where o.id = h.order_id and o.watched and o.status not in (${decided}))))
       returning provider, kind, value, (extract(epoch from due_at - clock_timestamp()) * 1000)::float8 as wait`,
      [SPREAD_IN_MILLISECONDS],
    )
    await engine.look(
      tx,
      toJobs(
        found.map(({ wait, ...handle }) => ({ ...handle, dueAt: wait })),
        0,
      ),
    )
  })
}

async function callForUndecided(context: Context): Promise<void> {
  const { database, schema } = context
  await inTransaction(database, async (tx) => {
    const found = await query<{ id: string }>(
      tx,
      `select o.id from ${schema}.orders o where o.watched
         and o.changed_at < now() - $1::int * interval '1 day'
         and (exists (select from ${schema}.payments p where p.order_id = o.id
                and p.status in ('processing', 'authorized', 'unknown'))
           or exists (select from ${schema}.handles h where h.order_id = o.id
                and h.doubted_at < now() - $1::int * interval '1 day' and h.doubt is not null))
         and not exists (select from ${schema}.tasks t where t.key = 'undecided/' || o.id)
       limit 10000`,
      [UNDECIDED_AFTER_IN_DAYS],
    )
    for (const { id } of found) {
      await openTask(tx, context, {
        key: `undecided/${id}`,
        kind: 'undecided',
        order: id,
        why: `the provider was asked for ${UNDECIDED_AFTER_IN_DAYS} days and has not decided`,
      })
    }
  })
}

/** Lets go of orders that are decided, handed over and old, with everything that was heard of them. */
async function expunge({ database, schema, options }: Context): Promise<boolean> {
  return inTransaction(database, async (tx) => {
    await tx.executeSql("select set_config('payment_status.expunging', 'yes', true)")
    const orders = await query<{ id: string }>(
      tx,
      `select o.id from ${schema}.orders o
       where o.changed_at < now() - $1::float8 * interval '1 day'
         and (o.status in (${decided}) or not o.watched)
         and not exists (select from ${schema}.outbox b where b.order_id = o.id and b.handed_at is null and b.lane is not null)
         and not exists (select from ${schema}.tasks t where t.order_id = o.id and t.closed_at is null)
       order by o.changed_at limit ${BATCH} for update of o skip locked`,
      [options.retentionDays ?? DEFAULT_RETENTION_IN_DAYS],
    )
    if (orders.length === 0) return false
    const ids = JSON.stringify(orders.map(({ id }) => id))
    const these = '(select jsonb_array_elements_text($1::text::jsonb))'
    const ofThese = `(provider, payment_id) in (select provider, id from ${schema}.payments where order_id in ${these})`
    for (const statement of [
      `delete from ${schema}.evidence where ${ofThese}`,
      `delete from ${schema}.vouchers where ${ofThese}`,
      `delete from ${schema}.outbox where order_id in ${these}`,
      `delete from ${schema}.tasks where order_id in ${these}`,
      `delete from ${schema}.handles where order_id in ${these}`,
      `delete from ${schema}.payments where order_id in ${these}`,
      `delete from ${schema}.orders where id in ${these}`,
    ])
      await tx.executeSql(statement, [ids])
    return orders.length === BATCH
  })
}

/** What nobody ever watched goes after the same time. */
async function expungeUnclaimed({ database, schema, options }: Context): Promise<void> {
  const days = options.retentionDays ?? DEFAULT_RETENTION_IN_DAYS
  const old = (column: string) => `${column} < now() - $1::float8 * interval '1 day'`
  await inTransaction(database, async (tx) => {
    await tx.executeSql("select set_config('payment_status.expunging', 'yes', true)")
    const these = `select provider, id from ${schema}.payments where order_id is null and ${old('heard_at')}`
    for (const statement of [
      `delete from ${schema}.evidence where (payment_id is null and ${old('heard_at')}) or (provider, payment_id) in (${these})`,
      `delete from ${schema}.outbox where order_id is null and ${old('created_at')} and (lane is null or handed_at is not null)`,
      `delete from ${schema}.handles h where order_id is null and kind = 'id' and (provider, value) in (${these})`,
      `delete from ${schema}.handles h where order_id is null and kind = 'reference' and ${old('made_at')}
         and not exists (select from ${schema}.payments p where p.provider = h.provider and p.reference = h.value)`,
      `delete from ${schema}.payments where order_id is null and ${old('heard_at')}`,
    ])
      await tx.executeSql(statement, [days])
  })
}
