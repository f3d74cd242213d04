import type { Sql } from './sql.ts'
import type { Tables } from './tables.ts'

const BATCH = 500

/** Lets the transaction delete evidence, which is append-only for any other. */
export async function allowPurging(tx: Sql): Promise<void> {
  await tx.executeSql("select set_config('payment_status.purging', 'yes', true) as purging")
}

/** Deletes a batch of orders that are decided, unwatched or exhausted, delivered, without an open task, and old. Returns whether more may follow. */
export async function purgeOrders(tx: Tables, days: number): Promise<boolean> {
  const orders = await tx.query<{ id: string }>(
    // One order after the other: as `not exists`, the planner may read all open tasks.
    `select o.id from ${tx.schema}.orders o
     where o.state <> 'waiting' and o.changed_at < now() - $1::float8 * interval '1 day'
       and (select true from ${tx.schema}.outbox b where b.order_id = o.id and b.delivered_at is null
         and b.stream_key is not null limit 1) is null
       and (select true from ${tx.schema}.tasks t where t.order_id = o.id and t.closed_at is null limit 1) is null
     order by o.changed_at limit ${BATCH} for update of o skip locked`,
    [days],
  )
  if (orders.length === 0) return false
  const ids = JSON.stringify(orders.map(({ id }) => id))
  const these = 'jsonb_array_elements_text($1::text::jsonb) as gone (id)'
  const payments = `(select p.provider, p.id from ${these} join ${tx.schema}.payments p on p.order_id = gone.id) p`
  for (const statement of [
    `delete from ${tx.schema}.evidence e using ${payments} where e.provider = p.provider and e.payment_id = p.id`,
    `delete from ${tx.schema}.receipts r using ${payments} where r.provider = p.provider and r.payment_id = p.id`,
    `delete from ${tx.schema}.outbox b using ${these} where b.order_id = gone.id`,
    `delete from ${tx.schema}.tasks t using ${these} where t.order_id = gone.id`,
    `delete from ${tx.schema}.order_providers p using ${these} where p.order_id = gone.id`,
    `delete from ${tx.schema}.targets t using ${these} where t.order_id = gone.id`,
    `delete from ${tx.schema}.payments p using ${these} where p.order_id = gone.id`,
    `delete from ${tx.schema}.orders o using ${these} where o.id = gone.id`,
  ])
    await tx.executeSql(statement, [ids])
  return orders.length === BATCH
}

/** Deletes payments that no order ever claimed. */
export async function purgeUnclaimedPayments(tx: Tables, days: number): Promise<boolean> {
  const gone = await tx.query<{ provider: string; id: string; reference: string | null }>(
    `delete from ${tx.schema}.payments p using (
       select provider, id from ${tx.schema}.payments
       where order_id is null and changed_at < now() - $1::float8 * interval '1 day'
       order by changed_at limit ${BATCH} for update skip locked) old
     where p.provider = old.provider and p.id = old.id returning p.provider, p.id, p.reference`,
    [days],
  )
  if (gone.length === 0) return false
  const these = 'jsonb_to_recordset($1::text::jsonb) as gone (provider text, id text, reference text)'
  for (const statement of [
    `delete from ${tx.schema}.evidence e using ${these} where e.provider = gone.provider and e.payment_id = gone.id`,
    `delete from ${tx.schema}.outbox b using ${these}
     where b.order_id is null and b.provider = gone.provider and b.payment_id = gone.id`,
    `delete from ${tx.schema}.targets t using ${these} where t.provider = gone.provider and t.order_id is null
       and t.value = case t.kind when 'id' then gone.id else gone.reference end`,
  ])
    await tx.executeSql(statement, [JSON.stringify(gone)])
  return gone.length === BATCH
}

/** Deletes targets that no order claimed, that never led to a payment, and that are not asked any more. */
export async function purgeUnclaimedTargets(tx: Tables, days: number): Promise<boolean> {
  const gone = await tx.query<{ provider: string; kind: string; value: string }>(
    `delete from ${tx.schema}.targets t using (
       select provider, kind, value from ${tx.schema}.targets
       where order_id is null and payment_id is null and due_at is null
         and created_at < now() - $1::float8 * interval '1 day'
       order by created_at limit ${BATCH} for update skip locked) old
     where t.provider = old.provider and t.kind = old.kind and t.value = old.value
     returning t.provider, t.kind, t.value`,
    [days],
  )
  if (gone.length === 0) return false
  await tx.executeSql(
    `delete from ${tx.schema}.evidence e using jsonb_to_recordset($1::text::jsonb) as gone (provider text, kind text, value text)
     where gone.kind = 'id' and e.provider = gone.provider and e.payment_id = gone.value`,
    [JSON.stringify(gone)],
  )
  return gone.length === BATCH
}

/** Deletes evidence and deliveries that name neither a payment nor an order. */
export async function purgeRest(tx: Tables, days: number): Promise<boolean> {
  const old = (column: string) => `${column} < now() - $1::float8 * interval '1 day'`
  const evidence = await tx.query(
    `delete from ${tx.schema}.evidence e using (select seq from ${tx.schema}.evidence
       where payment_id is null and ${old('received_at')} order by received_at limit ${BATCH}) old
     where e.seq = old.seq returning 1 as gone`,
    [days],
  )
  const outbox = await tx.query(
    `delete from ${tx.schema}.outbox b using (select id from ${tx.schema}.outbox
       where order_id is null and ${old('created_at')} and (stream_key is null or delivered_at is not null)
       order by created_at limit ${BATCH}) old
     where b.id = old.id returning 1 as gone`,
    [days],
  )
  return evidence.length === BATCH || outbox.length === BATCH
}
