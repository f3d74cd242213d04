import {
  checkTerms,
  nextWait,
  outcomeOf,
  type PaymentStatus,
  type PollSchedule,
  paymentStatuses,
  pollSchedules,
} from '@payment-status/core'
import { type Context, providerOf, within } from '../context.ts'
import { decide } from '../decide/decide.ts'
import { patienceOf } from '../decide/order.ts'
import { DAY_IN_MILLISECONDS, priorities } from '../decide/schedule.ts'
import { inputError } from '../errors.ts'
import type { TrackedOrder, UnwatchResult } from '../types.ts'
import { lockOrder, lockTargets } from './keys.ts'
import { streamOf, type TargetKey, toTarget } from './rows.ts'
import { readSnapshot } from './snapshot.ts'
import { query, type Sql, storable, toJson } from './sql.ts'
import { write } from './write.ts'

const LONGEST_ORDER = 200
const MOST_PAYMENTS = 100

/** Records an order, and gives it everything that was ingested of its payments before. */
export async function watch(context: Context, order: TrackedOrder, given?: Sql): Promise<void> {
  checkOrder(context, order)
  const { schema } = context
  const schedule = toSchedule(order)
  const wanted = order.payments.map((payment) => toTarget(payment.provider, payment))
  await within(context, given, async (tx) => {
    await lockOrder(tx, schema, order.order)
    const locked = await lockTargets(tx, schema, wanted)
    if (locked.some(({ order_id }) => order_id !== null && order_id !== order.order))
      throw inputError(
        'a payment is watched for another order. An id or a reference must belong to one order',
      )
    const notBefore = await writeOrder(tx, schema, order, schedule)
    await claimPayments(tx, schema, order.order, wanted, notBefore)
    await writeProviders(tx, schema, order)
    await watchTargets(tx, schema, order.order, wanted, nextWait(schedule, 0) ?? 0)
    await startStream(tx, schema, order.order)
    const snapshot = await readSnapshot(tx, schema, { order: order.order })
    const { writing } = decide(snapshot, { content: { kind: 'claimed' }, keys: [] }, context.settings)
    if (!(await write(tx, context, writing))) throw new Error('an order was written without its lock')
    await context.wake(tx, ['polls', 'outbox'])
  })
}

/** Returns the instant, in whole seconds, before which a payment with the order's reference is of another order. */
async function writeOrder(
  tx: Sql,
  schema: string,
  { order, terms }: TrackedOrder,
  schedule: PollSchedule,
): Promise<string> {
  const [row] = await query<{ not_before: string }>(
    tx,
    `insert into ${schema}.orders (id, terms, not_before, schedule, status, state, watched, undecided_at)
     values ($1::text, $2::text::jsonb, date_trunc('second', coalesce($3::text::timestamptz, now() - interval '1 day')), $4::text::jsonb,
       'unknown', 'waiting', true, now() + $5::float8 * interval '1 ms')
     on conflict (id) do update set terms = excluded.terms, schedule = excluded.schedule, watched = true,
       revision = orders.revision + 1, undecided_at = excluded.undecided_at,
       not_before = case when $3::text is null then orders.not_before else excluded.not_before end
     returning not_before::text`,
    [
      order,
      toJson(terms),
      terms.notBefore ?? null,
      JSON.stringify(schedule),
      patienceOf({ terms, schedule }),
    ],
  )
  return row?.not_before ?? ''
}

const KEYS = 'jsonb_to_recordset($2::text::jsonb) as k(provider text, kind text, value text)'

/**
 * Claims payments that were ingested before the order, and the targets that lead to them. A payment that does not state
 * when it was created was created before it was first received.
 */
async function claimPayments(
  tx: Sql,
  schema: string,
  order: string,
  wanted: readonly TargetKey[],
  notBefore: string,
): Promise<void> {
  const claimed = await query<{ provider: string; id: string }>(
    tx,
    `update ${schema}.payments p set order_id = $1::text, unmatched_since = null
     from (
       select p.provider, p.id from ${KEYS} cross join lateral (
         select p.provider, p.id from ${schema}.payments p where k.kind = 'id' and p.provider = k.provider
           and p.id = coalesce((select payment_id from ${schema}.targets t
             where t.provider = k.provider and t.kind = 'id' and t.value = k.value), k.value)
         union select p.provider, p.id from ${schema}.payments p where k.kind = 'reference'
           and p.provider = k.provider and p.reference = k.value
           and coalesce(p.made_at, p.received_at) >= $3::text::timestamptz) p) found
     where p.provider = found.provider and p.id = found.id and (p.order_id is null or p.order_id = $1::text)
     returning p.provider, p.id`,
    [order, JSON.stringify(wanted), notBefore],
  )
  if (claimed.length === 0) return
  await tx.executeSql(
    `update ${schema}.targets t set order_id = $1::text
     from jsonb_to_recordset($2::text::jsonb) as p(provider text, id text)
     where t.provider = p.provider and t.kind = 'id' and t.value = p.id and t.order_id is null`,
    [order, JSON.stringify(claimed)],
  )
  await tx.executeSql(
    `update ${schema}.outbox o set order_id = $1::text
     from jsonb_to_recordset($2::text::jsonb) as p(provider text, id text)
     where o.order_id is null and o.provider = p.provider and o.payment_id = p.id and o.delivered_at is null
       and o.stream_key is null`,
    [order, JSON.stringify(claimed)],
  )
  await tx.executeSql(
    `update ${schema}.tasks t set closed_at = now()
     from jsonb_to_recordset($2::text::jsonb) as p(provider text, id text)
     where t.provider = p.provider and t.payment_id = p.id and t.kind = 'unmatched' and t.closed_at is null
       and $1::text is not null`,
    [order, JSON.stringify(claimed)],
  )
}

async function writeProviders(tx: Sql, schema: string, { order, payments }: TrackedOrder): Promise<void> {
  await tx.executeSql(
    `insert into ${schema}.order_providers (provider, watched_at, order_id)
     select name, o.watched_at, o.id from ${schema}.orders o, jsonb_array_elements_text($2::text::jsonb) name
     where o.id = $1 on conflict do nothing`,
    [order, JSON.stringify(payments.map(({ provider }) => provider))],
  )
}

const withoutMoney = paymentStatuses.filter((status) => outcomeOf(status) === 'not_paid')

/** A reference of an order whose attempts have ended is watched again before the shopper is sent to pay again. */
const isPaidAgain = (schema: string) =>
  `(t.kind = 'reference' and exists (select from ${schema}.orders
     where id = $1 and status in (${withoutMoney.map((status) => `'${status}'`).join(', ')})))`

async function watchTargets(
  tx: Sql,
  schema: string,
  order: string,
  wanted: readonly TargetKey[],
  firstMs: number,
): Promise<void> {
  await tx.executeSql(
    `insert into ${schema}.targets as t (provider, kind, value, order_id, watched, priority, due_at)
     select provider, kind, value, $1::text, true, ${priorities.now}, clock_timestamp() + $3::float8 * interval '1 ms'
     from ${KEYS}
     on conflict (provider, kind, value) do update set order_id = excluded.order_id, watched = true,
       turn = case when t.watched and not ${isPaidAgain(schema)} then t.turn else 0 end,
       priority = case when t.watched and not ${isPaidAgain(schema)} then t.priority else excluded.priority end,
       due_at = case when t.watched and not ${isPaidAgain(schema)} then t.due_at else least(t.due_at, excluded.due_at) end`,
    [order, JSON.stringify(wanted), firstMs],
  )
}

/** Delivers from now on what waited for the order to be watched. */
async function startStream(tx: Sql, schema: string, order: string): Promise<void> {
  await tx.executeSql(
    `update ${schema}.outbox set stream_key = $2::text, due_at = now()
     where order_id = $1::text and stream_key is null and delivered_at is null`,
    [order, streamOf(order)],
  )
}

const withMoney = paymentStatuses.filter((status) => ['held', 'paid'].includes(outcomeOf(status)))

/**
 * Stops polling and delivering. What is ingested from then on is recorded, and money of the order counts as unmatched,
 * unless it was delivered for.
 */
export async function unwatch(context: Context, order: string, given?: Sql): Promise<UnwatchResult> {
  const { schema } = context
  return within(context, given, async (tx) => {
    await lockOrder(tx, schema, order)
    await tx.executeSql(
      `update ${schema}.orders set watched = false, state = 'unwatched', revision = revision + 1, undecided_at = null,
         changed_at = now() where id = $1`,
      [order],
    )
    await tx.executeSql(
      `update ${schema}.targets set watched = false, due_at = null, leased_until = null, recheck = null,
         recheck_since = null where order_id = $1`,
      [order],
    )
    await tx.executeSql(
      `update ${schema}.outbox set stream_key = null where stream_key = $1 and delivered_at is null`,
      [streamOf(order)],
    )
    const payments = await query<{ provider: string; id: string; status: PaymentStatus }>(
      tx,
      `update ${schema}.payments p set unmatched_since = case
         when (p.status in (${withMoney.map((status) => `'${status}'`).join(', ')}))
           and (select fulfilled_by from ${schema}.orders where id = $1) is distinct from p.provider || '/' || p.id
         then coalesce(p.unmatched_since, now()) end
       where order_id = $1 returning provider, id, status`,
      [order],
    )
    await tx.executeSql(
      `insert into ${schema}.outbox (stream_key, kind, key, provider, payment_id, body)
       select 'unmatched:' || provider || '/' || id, 'unmatched', 'unmatched/' || provider || '/' || id, provider, id, '{}'
       from ${schema}.payments where order_id = $1 and unmatched_since is not null on conflict do nothing`,
      [order],
    )
    await context.wake(tx, ['outbox'])
    return toResult(payments)
  })
}

function toResult(
  payments: readonly { readonly provider: string; readonly id: string; readonly status: PaymentStatus }[],
): UnwatchResult {
  const undecided = payments.filter(({ status }) =>
    ['undecided', 'held', 'unclear'].includes(outcomeOf(status)),
  )
  if (undecided.length === 0) return { undecided }
  const note =
    'The order has a payment that may still be paid. If it is, it is reported to onUnmatched and counted in health(): cancel it at the provider, or watch the order again.'
  return { undecided, note }
}

function toSchedule({ schedule, terms }: TrackedOrder): PollSchedule {
  if (schedule === undefined) return terms.webhookOnly ? pollSchedules.slowMethod : pollSchedules.card
  return typeof schedule === 'string' ? pollSchedules[schedule] : schedule
}

/** Throws `invalid_input` for an order that cannot be tracked. */
export function checkOrder(
  context: Pick<Context, 'options'>,
  { order, terms, payments, schedule }: TrackedOrder,
): void {
  if (!isText(order) || order.length > LONGEST_ORDER)
    throw inputError(
      `\`order\` must be a string of 1 to ${LONGEST_ORDER} characters that PostgreSQL can store`,
    )
  checkTerms(terms)
  if (!Array.isArray(payments) || payments.length === 0 || payments.length > MOST_PAYMENTS)
    throw inputError(
      `\`payments\` must name 1 to ${MOST_PAYMENTS} payments: { provider, id }, or { provider, reference } as the payment is created with`,
    )
  for (const payment of payments) {
    const key = 'id' in payment ? payment.id : payment.reference
    if (typeof payment.provider !== 'string' || !isText(key))
      throw inputError('each of `payments` must be { provider, id } or { provider, reference }')
    const { answers } = providerOf(context, payment.provider)
    if ('reference' in payment && answers?.byReference === 'none' && answers.lookup !== 'none')
      throw inputError(
        `${payment.provider} cannot look payments up by reference. Watch the payment by its id`,
      )
  }
  if (schedule === undefined || schedule === 'card' || schedule === 'slowMethod') return
  if (
    !Array.isArray(schedule) ||
    schedule.length === 0 ||
    !schedule.every((wait) => wait >= 0 && wait < MOST_WAIT)
  )
    throw inputError("`schedule` must be 'card', 'slowMethod' or an array of milliseconds, each below a year")
}

const MOST_WAIT = 365 * DAY_IN_MILLISECONDS

function isText(text: unknown): text is string {
  return typeof text === 'string' && text !== '' && text === storable(text)
}
