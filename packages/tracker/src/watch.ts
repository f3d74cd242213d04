import { nextWait, type PollSchedule, pollSchedules } from '@payment-status/core'
import { lockHandles, lockOrder, readCase } from './case.ts'
import { type Context, within } from './context.ts'
import { inputError } from './errors.ts'
import { toHandleKey, voucherOf } from './hear.ts'
import { judge } from './judge.ts'
import { laneOf, toJobs, write } from './record.ts'
import type { HandleKey } from './rows.ts'
import { query, type Sql } from './sql.ts'
import type { TrackedOrder } from './types.ts'

const LONGEST_ORDER = 200

/** Remembers an order, and all that was heard of its payments before. */
export async function watch(context: Context, order: TrackedOrder, given?: Sql): Promise<void> {
  checkWatched(order)
  const { schema, engine } = context
  const schedule = toSchedule(order)
  const wanted = order.payments.map((payment) => toHandleKey(payment.provider, payment))
  await within(context, given, async (tx) => {
    await lockOrder(tx, schema, order.order)
    const locked = await lockHandles(tx, schema, wanted)
    if (locked.some(({ order_id }) => order_id !== null && order_id !== order.order))
      throw inputError('a payment is watched for another order already: an id or a reference belongs to one')
    await tx.executeSql(
      `insert into ${schema}.orders (id, terms, schedule, status, watched)
       values ($1::text, $2::text::jsonb, $3::text::jsonb, 'unknown', true)
       on conflict (id) do update set terms = excluded.terms, schedule = excluded.schedule, watched = true`,
      [order.order, JSON.stringify(order.terms), JSON.stringify(schedule)],
    )
    const list = JSON.stringify(wanted)
    const keys = `jsonb_to_recordset($2::text::jsonb) as k(provider text, kind text, value text)`
    // What was heard before the order: its payments, and what was kept of them for whoever asks.
    const claimed = await query<{ provider: string; id: string }>(
      tx,
      `update ${schema}.payments p set order_id = $1::text from ${keys}
       where p.order_id is null and p.provider = k.provider
         and ((k.kind = 'id' and p.id = k.value) or (k.kind = 'reference' and p.reference = k.value))
       returning p.provider, p.id`,
      [order.order, list],
    )
    if (claimed.length > 0) {
      await tx.executeSql(
        `update ${schema}.handles h set order_id = $1::text
         from jsonb_to_recordset($2::text::jsonb) as p(provider text, id text)
         where h.provider = p.provider and h.kind = 'id' and h.value = p.id and h.order_id is null`,
        [order.order, JSON.stringify(claimed)],
      )
    }
    const waiting = await query(
      tx,
      `update ${schema}.outbox o set lane = $2::text, order_id = $1::text
       where o.lane is null and o.handed_at is null and (o.order_id = $1::text or exists (
         select from ${schema}.payments p
         where p.order_id = $1::text and p.provider = o.provider and p.id = o.payment_id))
       returning 1`,
      [order.order, laneOf(order.order)],
    )
    const first = nextWait(schedule, 0)
    const planned = await query<HandleKey & { due: number }>(
      tx,
      `update ${schema}.handles h set order_id = $1::text, watched = true,
         turn = case when h.watched then h.turn else 0 end,
         due_at = case when h.watched then h.due_at
           else least(h.due_at, clock_timestamp() + $3::float8 * interval '1 ms') end
       from ${keys} where h.provider = k.provider and h.kind = k.kind and h.value = k.value
       returning h.provider, h.kind, h.value,
         (extract(epoch from h.due_at - clock_timestamp()) * 1000)::float8 as due`,
      [order.order, list, first],
    )
    const known = await readCase(tx, schema, { order: order.order })
    for (const { provider, id } of known.payments) {
      // The earlier ones may have said something that the later ones have to know of.
      const latest = await readCase(tx, schema, { order: order.order })
      const { outcome: _, version: __, ...judgement } = judge(latest, { provider, id }, undefined, context)
      await write(tx, context, latest.now, {
        provider,
        ...judgement,
        ...voucherOf(context, judgement.payment, latest.now),
      })
    }
    if (waiting.length > 0) await engine.handOver(tx, laneOf(order.order))
    await engine.look(
      tx,
      toJobs(
        planned.map(({ due, ...handle }) => ({ ...handle, dueAt: due })),
        0,
      ),
    )
  })
}

/** Stops looking and handing over; what is heard is kept. */
export async function unwatch(context: Context, order: string, given?: Sql): Promise<void> {
  const { schema } = context
  await within(context, given, async (tx) => {
    await tx.executeSql(`update ${schema}.orders set watched = false, changed_at = now() where id = $1`, [
      order,
    ])
    await tx.executeSql(
      `update ${schema}.handles set watched = false, due_at = null, planned_for = null where order_id = $1`,
      [order],
    )
    await tx.executeSql(`update ${schema}.outbox set lane = null where lane = $1 and handed_at is null`, [
      laneOf(order),
    ])
  })
}

function toSchedule({ schedule, terms }: TrackedOrder): PollSchedule {
  if (schedule === undefined) return terms.webhookOnly ? pollSchedules.slowMethod : pollSchedules.card
  return typeof schedule === 'string' ? pollSchedules[schedule] : schedule
}

function checkWatched({ order, terms, payments, schedule }: TrackedOrder): void {
  if (typeof order !== 'string' || order === '' || order.length > LONGEST_ORDER)
    throw inputError(`an order is named by a text of 1 to ${LONGEST_ORDER} characters`)
  const amount = terms?.expected?.amount
  if (!Number.isSafeInteger(amount?.amount) || amount.amount < 0 || !/^[A-Z]{3}$/.test(amount.currency))
    throw inputError(
      'the terms of an order state its amount: whole minor units, and a currency of three capitals',
    )
  if (terms.capture !== 'automatic' && terms.capture !== 'manual')
    throw inputError("the terms of an order state its capture: 'automatic' or 'manual'")
  if (!Array.isArray(payments) || payments.length === 0)
    throw inputError(
      'an order is watched with at least one payment: its id, or the reference it is created with',
    )
  for (const payment of payments) {
    const key = 'id' in payment ? payment.id : payment.reference
    if (
      typeof payment.provider !== 'string' ||
      typeof key !== 'string' ||
      payment.provider === '' ||
      key === ''
    )
      throw inputError('a payment is named by its provider and its id or reference')
  }
  if (schedule === undefined || schedule === 'card' || schedule === 'slowMethod') return
  if (!Array.isArray(schedule) || schedule.length === 0 || !schedule.every((wait) => wait >= 0))
    throw inputError("a schedule is 'card', 'slowMethod' or a list of milliseconds")
}
