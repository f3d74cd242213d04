import { type NextStep, type PaymentReport, resolveAttempts } from '@payment-status/core'
import { match } from 'ts-pattern'
import { ms } from './case.ts'
import type { Context } from './context.ts'
import { isObserved, type ObservedOutbox, publish } from './observed.ts'
import { readReconciliation } from './reconcile.ts'
import { pauseAfter, retries } from './retry.ts'
import { inTransaction, query, type Sql } from './sql.ts'
import { openTask, readTask } from './tasks.ts'
import type { Change, TrackedDispute } from './types.ts'

/** How long a handler outside of a transaction may take before another worker tries. */
const LEASE_IN_SECONDS = 60
/** After so many refusals a person should look at the handler. */
const REFUSALS_FOR_A_TASK = 5

interface Head {
  readonly id: string
  readonly kind: 'change' | 'dispute' | 'task' | 'reconciliation'
  readonly key: string
  readonly order_id: string | null
  readonly provider: string | null
  readonly payment_id: string | null
  readonly version: number | null
  readonly body: string | null
  readonly step: string | null
  readonly attempts: number
  /** Milliseconds since it was stored. */
  readonly waited: number
}

/** Hands over what waits in a lane, oldest first, one after the other, until nothing waits or a handler throws. */
export async function handOver(context: Context, lane: string): Promise<void> {
  const hand = context.options.delivery === 'at_least_once' ? handAtLeastOnce : handInTransaction
  for (let handed = true; handed; ) {
    const tried = await hand(context, lane)
    if (tried) tell(tried)
    handed = tried?.outcome === 'delivered'
  }
}

/** What became of the head of a lane. */
interface Tried {
  readonly head: Head
  readonly outcome: ObservedOutbox['outcome']
  readonly durationMs: number
}

function tell({ head, outcome, durationMs }: Tried): void {
  if (!isObserved('outbox')) return
  const { kind: what, provider, attempts, waited: waitedMs } = head
  const step = head.step === null ? undefined : (JSON.parse(head.step) as NextStep).kind
  const task = what === 'task' ? (JSON.parse(head.body ?? '{}') as { kind?: string }).kind : undefined
  publish('outbox', {
    what,
    outcome,
    ...(provider === null ? {} : { provider }),
    ...(step === undefined ? {} : { step }),
    ...(task === undefined ? {} : { task }),
    attempts,
    waitedMs,
    durationMs,
  })
}

/**
 * The oldest one, locked. Another worker that has it is left to it: the ones after it are not taken, so that the order
 * is kept.
 */
async function takeHead(tx: Sql, { schema }: Context, lane: string): Promise<Head | undefined> {
  const [head] = await query<Head>(
    tx,
    `select id::text, kind, key, order_id, provider, payment_id, version, body::text, step::text, attempts,
       ${ms('clock_timestamp() - created_at')} as waited
     from ${schema}.outbox
     where id = (select id from ${schema}.outbox where lane = $1 and handed_at is null order by id limit 1)
       and lane = $1 and handed_at is null and due_at <= clock_timestamp()
       and (leased_until is null or leased_until <= clock_timestamp())
     for update skip locked`,
    [lane],
  )
  return head
}

async function handInTransaction(context: Context, lane: string): Promise<Tried | undefined> {
  return inTransaction(context.database, async (tx) => {
    const head = await takeHead(tx, context, lane)
    if (!head) return undefined
    const startedAt = performance.now()
    await tx.executeSql('savepoint handler')
    try {
      await act(context, head, tx)
      const durationMs = performance.now() - startedAt
      await tickOff(tx, context, head)
      return { head, outcome: 'delivered', durationMs }
    } catch (error) {
      await tx.executeSql('rollback to savepoint handler')
      const durationMs = performance.now() - startedAt
      await putBack(tx, context, lane, head)
      context.report(error)
      return { head, outcome: 'retry_later', durationMs }
    }
  })
}

async function handAtLeastOnce(context: Context, lane: string): Promise<Tried | undefined> {
  const { database, schema } = context
  const head = await inTransaction(database, async (tx) => {
    const taken = await takeHead(tx, context, lane)
    if (taken) {
      await tx.executeSql(
        `update ${schema}.outbox set leased_until = clock_timestamp() + $2::int * interval '1 s' where id = $1::bigint`,
        [taken.id, LEASE_IN_SECONDS],
      )
    }
    return taken
  })
  if (!head) return undefined
  const startedAt = performance.now()
  try {
    await act(context, head, database)
  } catch (error) {
    const durationMs = performance.now() - startedAt
    await inTransaction(database, (tx) => putBack(tx, context, lane, head))
    context.report(error)
    return { head, outcome: 'retry_later', durationMs }
  }
  const durationMs = performance.now() - startedAt
  await tickOff(database, context, head)
  return { head, outcome: 'delivered', durationMs }
}

async function tickOff(sql: Sql, { schema }: Context, { id }: Head): Promise<void> {
  await sql.executeSql(
    `update ${schema}.outbox set handed_at = clock_timestamp(), leased_until = null where id = $1::bigint`,
    [id],
  )
}

/** It comes back after a pause that grows; what comes after it in its lane waits, other lanes go on. */
async function putBack(tx: Sql, context: Context, lane: string, head: Head): Promise<void> {
  const { schema, engine } = context
  const pause = pauseAfter(retries.handler, head.attempts)
  // Jobs count from the beginning of their transaction, which the handler had a part of.
  const [row] = await query<{ wait: number }>(
    tx,
    `update ${schema}.outbox set attempts = attempts + 1, leased_until = null,
       due_at = clock_timestamp() + $2::float8 * interval '1 ms' where id = $1::bigint
     returning ${ms('due_at - now()')} as wait`,
    [head.id, pause],
  )
  if (head.attempts + 1 === REFUSALS_FOR_A_TASK && head.kind !== 'task') {
    await openTask(tx, context, {
      key: `handler/${head.key}`,
      kind: 'investigate',
      order: head.order_id ?? undefined,
      provider: head.provider ?? undefined,
      paymentId: head.payment_id ?? undefined,
      why: `the handler threw ${REFUSALS_FOR_A_TASK} times`,
    })
  }
  await engine.handOver(tx, lane, Math.ceil(row?.wait ?? pause))
}

async function act(context: Context, head: Head, tx: Sql): Promise<void> {
  const { options, schema } = context
  await match(head.kind)
    .with('change', async () => options.onChange(await readChange(tx, schema, head), tx))
    .with('dispute', async () => options.onDispute?.(toDispute(head), tx))
    .with('task', async () => {
      const { key } = JSON.parse(head.body ?? '{}') as { key: string }
      const task = options.onTask && (await readTask(tx, schema, key))
      if (task) await options.onTask?.(task, tx)
    })
    .with('reconciliation', async () => {
      const { provider, day } = JSON.parse(head.body ?? '{}') as { provider: string; day: string }
      const result = options.onReconciled && (await readReconciliation(tx, schema, provider, day))
      if (result) await options.onReconciled?.(result, tx)
    })
    .exhaustive()
}

/** The change as it was, in the light of all that is known of its order now. */
async function readChange(tx: Sql, schema: string, head: Head): Promise<Change> {
  const { report } = JSON.parse(head.body ?? '{}') as { report: PaymentReport }
  const order = head.order_id ?? ''
  const [row] = await query<{ before: string | null; reports: string }>(
    tx,
    `select
       (select (body -> 'report')::text from ${schema}.outbox
        where provider = $2 and payment_id = $3 and version = $4 and kind = 'change') as before,
       (select coalesce(json_agg(report), '[]')::text from ${schema}.payments where order_id = $1) as reports`,
    [order, head.provider, head.payment_id, (head.version ?? 1) - 1],
  )
  return {
    key: head.key,
    order,
    report,
    ...(row?.before ? { before: JSON.parse(row.before) as PaymentReport } : {}),
    ...(head.step ? { step: JSON.parse(head.step) as NextStep } : {}),
    orderStatus: resolveAttempts(JSON.parse(row?.reports ?? '[]') as PaymentReport[]),
  }
}

function toDispute({ key, provider, order_id, body }: Head): TrackedDispute {
  const { payment, dispute } = JSON.parse(body ?? '{}') as Pick<TrackedDispute, 'payment' | 'dispute'>
  return {
    key,
    provider: provider ?? '',
    ...(order_id === null ? {} : { order: order_id }),
    ...(payment ? { payment } : {}),
    dispute,
  }
}
