import {
  type Outcome,
  outcomeOf,
  type PaymentStatus,
  type PollSchedule,
  paymentStatuses,
} from '@payment-status/core'
import type { TrackedOrder } from '../types/order.ts'
import { type PaymentKey, streamOf, type TargetKey } from './rows.ts'
import { toJson } from './sql.ts'
import type { Tables } from './tables.ts'

/**
 * Inserts an order, or replaces its terms. Returns the instant, in whole seconds, before which a payment with the order's
 * reference is of another order.
 */
export async function writeOrder(
  tx: Tables,
  { order, terms }: TrackedOrder,
  { schedule, patienceMs }: { readonly schedule: PollSchedule; readonly patienceMs: number },
): Promise<string> {
  const { notBefore } = terms
  const [row] = await tx.query<{ not_before: string }>(
    `insert into ${tx.schema}.orders (id, terms, not_before, schedule, status, state, watched, undecided_at)
     values ($1::text, $2::text::jsonb, date_trunc('second', coalesce($3::text::timestamptz, now() - interval '1 day')), $4::text::jsonb,
       'unknown', 'waiting', true, now() + $5::float8 * interval '1 ms')
     on conflict (id) do update set terms = excluded.terms, schedule = excluded.schedule, watched = true,
       revision = orders.revision + 1, undecided_at = excluded.undecided_at,
       not_before = case when $3::text is null then orders.not_before else excluded.not_before end
     returning not_before::text`,
    [
      order,
      toJson(terms),
      notBefore === undefined ? null : new Date(notBefore).toISOString(),
      JSON.stringify(schedule),
      patienceMs,
    ],
  )
  return row?.not_before ?? ''
}

const KEYS = 'jsonb_to_recordset($2::text::jsonb) as k(provider text, kind text, value text)'

/**
 * Claims payments that were ingested before the order, and the targets that lead to them. A payment that does not state
 * when it was created was created before it was first received.
 */
export async function claimPayments(
  tx: Tables,
  order: string,
  wanted: readonly TargetKey[],
  notBefore: string,
): Promise<void> {
  const claimed = await tx.query<PaymentKey>(
    `update ${tx.schema}.payments p set order_id = $1::text, unmatched_since = null
     from (
       select p.provider, p.id from ${KEYS} cross join lateral (
         select p.provider, p.id from ${tx.schema}.payments p where k.kind = 'id' and p.provider = k.provider
           and p.id = coalesce((select payment_id from ${tx.schema}.targets t
             where t.provider = k.provider and t.kind = 'id' and t.value = k.value), k.value)
         union select p.provider, p.id from ${tx.schema}.payments p where k.kind = 'reference'
           and p.provider = k.provider and p.reference = k.value
           and coalesce(p.made_at, p.received_at) >= $3::text::timestamptz) p) found
     where p.provider = found.provider and p.id = found.id and (p.order_id is null or p.order_id = $1::text)
     returning p.provider, p.id`,
    [order, JSON.stringify(wanted), notBefore],
  )
  if (claimed.length === 0) return
  await tx.executeSql(
    `update ${tx.schema}.targets t set order_id = $1::text
     from jsonb_to_recordset($2::text::jsonb) as p(provider text, id text)
     where t.provider = p.provider and t.kind = 'id' and t.value = p.id and t.order_id is null`,
    [order, JSON.stringify(claimed)],
  )
  await tx.executeSql(
    `update ${tx.schema}.outbox o set order_id = $1::text
     from jsonb_to_recordset($2::text::jsonb) as p(provider text, id text)
     where o.order_id is null and o.provider = p.provider and o.payment_id = p.id and o.delivered_at is null
       and o.stream_key is null`,
    [order, JSON.stringify(claimed)],
  )
  await tx.executeSql(
    `update ${tx.schema}.tasks t set closed_at = now()
     from jsonb_to_recordset($2::text::jsonb) as p(provider text, id text)
     where t.provider = p.provider and t.payment_id = p.id and t.kind = 'unmatched' and t.closed_at is null
       and $1::text is not null`,
    [order, JSON.stringify(claimed)],
  )
}

export async function writeProviders(tx: Tables, { order, payments }: TrackedOrder): Promise<void> {
  await tx.executeSql(
    `insert into ${tx.schema}.order_providers (provider, watched_at, order_id)
     select name, o.watched_at, o.id from ${tx.schema}.orders o, jsonb_array_elements_text($2::text::jsonb) name
     where o.id = $1 on conflict do nothing`,
    [order, JSON.stringify(payments.map(({ provider }) => provider))],
  )
}

/** Lists the statuses with one of the outcomes, for `in (…)`. */
function statusesOf(...outcomes: readonly Outcome[]): string {
  const found = paymentStatuses.filter((status) => outcomes.includes(outcomeOf(status)))
  return found.map((status) => `'${status}'`).join(', ')
}

/**
 * A target that is watched already keeps its plan. A reference of an order whose attempts have ended does not: it is
 * watched again before the shopper is sent to pay again.
 */
const keepsPlan = (schema: string) =>
  `t.watched and not (t.kind = 'reference' and exists (select from ${schema}.orders
     where id = $1 and status in (${statusesOf('not_paid')})))`

export async function watchTargets(
  tx: Tables,
  order: string,
  wanted: readonly TargetKey[],
  { firstMs, priority }: { readonly firstMs: number; readonly priority: number },
): Promise<void> {
  await tx.executeSql(
    `insert into ${tx.schema}.targets as t (provider, kind, value, order_id, watched, priority, due_at)
     select provider, kind, value, $1::text, true, $4::int, clock_timestamp() + $3::float8 * interval '1 ms'
     from (select distinct provider, kind, value from ${KEYS}) k
     on conflict (provider, kind, value) do update set order_id = excluded.order_id, watched = true,
       turn = case when ${keepsPlan(tx.schema)} then t.turn else 0 end,
       answered = ${keepsPlan(tx.schema)} and t.answered,
       priority = case when ${keepsPlan(tx.schema)} then t.priority else excluded.priority end,
       due_at = case when ${keepsPlan(tx.schema)} then t.due_at else least(t.due_at, excluded.due_at) end`,
    [order, JSON.stringify(wanted), firstMs, priority],
  )
}

/** Delivers from now on what waited for the order to be watched. */
export async function startStream(tx: Tables, order: string): Promise<void> {
  await tx.executeSql(
    `update ${tx.schema}.outbox set stream_key = $2::text, due_at = now()
     where order_id = $1::text and stream_key is null and delivered_at is null`,
    [order, streamOf(order)],
  )
}

/** Ends polling and delivering. Returns the payments of the order; those with money are unmatched from now on. */
export async function endOrder(
  tx: Tables,
  order: string,
): Promise<readonly (PaymentKey & { readonly status: PaymentStatus })[]> {
  await tx.executeSql(
    `update ${tx.schema}.orders set watched = false, state = 'unwatched', revision = revision + 1, undecided_at = null,
       changed_at = now() where id = $1`,
    [order],
  )
  await tx.executeSql(
    `update ${tx.schema}.targets set watched = false, due_at = null, leased_until = null, recheck = null,
       recheck_since = null where order_id = $1`,
    [order],
  )
  await tx.executeSql(
    `update ${tx.schema}.outbox set stream_key = null where stream_key = $1 and delivered_at is null`,
    [streamOf(order)],
  )
  const payments = await tx.query<PaymentKey & { readonly status: PaymentStatus }>(
    `update ${tx.schema}.payments p set unmatched_since = case
       when p.status in (${statusesOf('held', 'paid')})
         and (select fulfilled_by from ${tx.schema}.orders where id = $1) is distinct from p.provider || '/' || p.id
       then coalesce(p.unmatched_since, now()) end
     where order_id = $1 returning provider, id, status`,
    [order],
  )
  await tx.executeSql(
    `insert into ${tx.schema}.outbox (stream_key, kind, key, provider, payment_id, body)
     select 'unmatched:' || provider || '/' || id, 'unmatched', 'unmatched/' || provider || '/' || id, provider, id, '{}'
     from ${tx.schema}.payments where order_id = $1 and unmatched_since is not null on conflict do nothing`,
    [order],
  )
  return payments
}
