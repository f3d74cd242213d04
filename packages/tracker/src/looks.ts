import { setTimeout as sleep } from 'node:timers/promises'
import { isPaymentError, type PaymentReport } from '@payment-status/core'
import { lockCase, ms, readCase } from './case.ts'
import { type Context, providerOf } from './context.ts'
import { hear } from './hear.ts'
import { isObserved, type ObservedPoll, publish } from './observed.ts'
import { notePause, notePresence, takeSlot } from './pauses.ts'
import { HORIZON_IN_MILLISECONDS, toJobs } from './record.ts'
import { pauseAfter, retries, withJitter } from './retry.ts'
import { type HandleKey, type HandleRow, isSameHandle, newHandle } from './rows.ts'
import { type Plan, planAfterLook } from './schedule.ts'
import { inTransaction, query, type Sql } from './sql.ts'

// Well within the lease of a job, so that no two workers ask the same.
const LOOK_LIMIT_IN_MILLISECONDS = 40_000
/** A turn that is further away than this is waited for in the queue, not in a worker. */
const LONGEST_WAIT_IN_MILLISECONDS = 2_000
/** A job may come a moment before its time by the database's clock. */
const EARLY_IN_MILLISECONDS = 50

/** A planned look: asks if it is due, hears every answer, and plans the next one. Never throws for what a provider does. */
export async function lookWhenDue(context: Context, key: HandleKey, signal: AbortSignal): Promise<void> {
  const { schema, database, options } = context
  const [handle] = await query<{
    due: number | null
    due_at: string | null
    has_turn: boolean
    doubts: boolean
  }>(
    database,
    `select ${ms('due_at - clock_timestamp()')} as due, due_at::text as due_at, doubt is not null as doubts,
       reserved and not exists (
         select from ${schema}.pauses p where p.provider = h.provider and p.until > clock_timestamp()) as has_turn
     from ${schema}.handles h where provider = $1 and kind = $2 and value = $3`,
    [key.provider, key.kind, key.value],
  )
  if (!handle || handle.due === null || handle.due_at === null || handle.due > EARLY_IN_MILLISECONDS) return
  if (!options.payments.has(key.provider)) {
    context.report(new Error(`orders wait for a provider that is not among the payments: ${key.provider}`))
    await replan(context, key, handle.due_at, () => null)
    return
  }
  const wait = handle.has_turn ? 0 : await takeSlot(context, key.provider)
  if (wait > LONGEST_WAIT_IN_MILLISECONDS) {
    await postpone(context, key, handle.due_at, wait, true)
    return
  }
  if (wait > 0) await sleep(wait, undefined, { signal }).catch(() => {})
  if (signal.aborted) return
  const tell = (outcome: ObservedPoll['outcome']) => {
    if (!isObserved('poll')) return
    const why = handle.doubts ? 'recheck' : 'schedule'
    publish('poll', { provider: key.provider, why, outcome, lateMs: Math.max(0, -(handle.due ?? 0)) })
  }
  try {
    await ask(context, key, AbortSignal.any([signal, AbortSignal.timeout(LOOK_LIMIT_IN_MILLISECONDS)]))
    tell('answered')
  } catch (error) {
    tell(isPaymentError(error) ? error.code : 'aborted')
    if (signal.aborted) return
    if (!isPaymentError(error)) context.report(error)
    if (isPaymentError(error) && error.code === 'not_found') {
      await notePresence(context, key.provider)
    } else {
      await putOff(context, key, handle.due_at, error)
      return
    }
  }
  await replan(context, key, handle.due_at)
}

/** Asks now, and hears what is answered. Rejects as the provider's lookup. */
export async function ask(
  context: Context,
  key: HandleKey,
  signal: AbortSignal,
  listed: readonly { readonly id: string }[] = [],
): Promise<readonly PaymentReport[]> {
  const provider = providerOf(context, key.provider)
  const reports =
    key.kind === 'id'
      ? [
          await provider.lookup(key.value, {
            signal,
            operations: [...(await readSteps(context, key)), ...listed],
          }),
        ]
      : await provider.lookupByReference(key.value, { signal })
  await notePresence(context, key.provider)
  for (const report of reports) await hear(context, report, { asked: key })
  const isOther = key.kind === 'reference' || reports.every(({ payment }) => payment.id !== key.value)
  if (reports.length > 0 && isOther) await endDoubt(context, key, reports)
  return reports
}

/** The steps known already: a provider that keeps steps and not payments is asked for all of them. */
async function readSteps(
  { database, schema }: Context,
  key: HandleKey,
): Promise<readonly { readonly id: string }[]> {
  const [row] = await query<{ steps: string | null }>(
    database,
    `select (report -> 'payment' -> 'operations')::text as steps from ${schema}.payments where provider = $1 and id = $2`,
    [key.provider, key.value],
  )
  return row?.steps ? (JSON.parse(row.steps) as { id: string }[]) : []
}

/** A doubt about a reference ends with an answer that was asked for after it arose. */
async function endDoubt(
  { database, schema }: Context,
  key: HandleKey,
  reports: readonly PaymentReport[],
): Promise<void> {
  const age = Math.max(...reports.map(({ observedAt }) => Date.now() - Date.parse(observedAt)))
  await database.executeSql(
    `update ${schema}.handles set doubt = null, doubted_at = null
     where provider = $1 and kind = $4 and value = $2
       and doubted_at <= clock_timestamp() - $3::float8 * interval '1 ms'`,
    [key.provider, key.value, age, key.kind],
  )
}

/** Plans the next look, unless somebody has done so meanwhile. */
async function replan(
  context: Context,
  key: HandleKey,
  dueAt: string,
  plan: (() => null) | undefined = undefined,
): Promise<void> {
  const { database, schema, engine, aftercare } = context
  await inTransaction(database, async (tx) => {
    const order = await lockCase(tx, schema, [key])
    const payment = key.kind === 'id' ? { provider: key.provider, id: key.value } : undefined
    const known = await readCase(tx, schema, { order, payment })
    const handle = known.handles.find((other) => isSameHandle(other, key)) ?? {
      ...newHandle(key),
      ...(await readDoubt(tx, schema, key)),
    }
    const next: Plan = plan ? { ...handle, dueAt: plan() } : planAfterLook(handle, known, { aftercare })
    const written = await query(
      tx,
      `update ${schema}.handles set due_at = to_timestamp($5::float8 / 1000), turn = $6::int, aftercare = $7::int,
         doubt_turn = $8::int, faults = 0, reserved = false,
         planned_for = case when $9::boolean then to_timestamp($5::float8 / 1000) end
       where provider = $1 and kind = $2 and value = $3 and due_at = $4::text::timestamptz returning 1`,
      [
        key.provider,
        key.kind,
        key.value,
        dueAt,
        next.dueAt,
        next.turn,
        next.aftercare,
        next.doubtTurn,
        next.dueAt !== null && next.dueAt - known.now <= HORIZON_IN_MILLISECONDS,
      ],
    )
    if (written.length > 0) await engine.look(tx, toJobs([{ ...key, dueAt: next.dueAt }], known.now))
  })
}

/** Of a reference nobody watches: it is in no order's case. */
async function readDoubt(
  tx: Sql,
  schema: string,
  key: HandleKey,
): Promise<Pick<HandleRow, 'doubt' | 'doubtTurn'>> {
  const [row] = await query<{ doubt: string | null; doubt_turn: number }>(
    tx,
    `select doubt, doubt_turn from ${schema}.handles where provider = $1 and kind = $2 and value = $3`,
    [key.provider, key.kind, key.value],
  )
  return { doubt: row?.doubt ?? undefined, doubtTurn: row?.doubt_turn ?? 0 }
}

/** The look was not made: it keeps its turn, and comes back when the provider may be asked. */
async function putOff(context: Context, key: HandleKey, dueAt: string, error: unknown): Promise<void> {
  const { database, schema } = context
  const isPassing = !isPaymentError(error) || error.retryable
  const pause = isPassing ? await notePause(context, key.provider, error) : 0
  if (!isPassing) context.report(error)
  const [row] = await query<{ faults: number }>(
    database,
    `update ${schema}.handles set faults = least(faults + 1, 20)
     where provider = $1 and kind = $2 and value = $3 returning faults`,
    [key.provider, key.kind, key.value],
  )
  const retry = pauseAfter(retries.lookup, (row?.faults ?? 1) - 1)
  await postpone(context, key, dueAt, withJitter(isPassing ? pause : Math.max(retry, pause)), false)
}

/** `reserved`: the time is its turn at the provider, so that it does not have to queue again. */
async function postpone(
  context: Context,
  key: HandleKey,
  dueAt: string,
  afterMs: number,
  reserved: boolean,
): Promise<void> {
  const { database, schema, engine } = context
  await inTransaction(database, async (tx) => {
    const written = await query(
      tx,
      `update ${schema}.handles set due_at = clock_timestamp() + $5::float8 * interval '1 ms',
         planned_for = case when $6::boolean then clock_timestamp() + $5::float8 * interval '1 ms' end, reserved = $7::boolean
       where provider = $1 and kind = $2 and value = $3 and due_at = $4::text::timestamptz returning 1`,
      [key.provider, key.kind, key.value, dueAt, afterMs, afterMs <= HORIZON_IN_MILLISECONDS, reserved],
    )
    if (written.length > 0) await engine.look(tx, toJobs([{ ...key, dueAt: afterMs }], 0))
  })
}
