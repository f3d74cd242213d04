import { isPaymentError } from '@payment-status/core'
import { handOver } from './changes.ts'
import type { Context } from './context.ts'
import { type Engine, startEngine, startWorkers, type Work } from './engine.ts'
import { inputError } from './errors.ts'
import { readHealth } from './health.ts'
import { hear, hearEvent } from './hear.ts'
import { lookWhenDue } from './looks.ts'
import { checkSchema, DEFAULT_SCHEMA, migrate } from './migrate.ts'
import { keepNight } from './night.ts'
import { readReconciliation, reconcileDay } from './reconcile.ts'
import { retries } from './retry.ts'
import { lookAtOrder, readReturned } from './returned.ts'
import type { Database } from './sql.ts'
import { readStatistics } from './statistics.ts'
import { sweep } from './sweep.ts'
import { closeTask, readAllOpenTasks } from './tasks.ts'
import type { IngestResult, Tracker, TrackerOptions } from './types.ts'
import { readOrder, readOrders, readTimeline } from './views.ts'
import { fetchVoucher } from './vouchers.ts'
import { unwatch, watch } from './watch.ts'
import { createWebhooks } from './webhooks.ts'

const DEFAULT_AFTERCARE_IN_DAYS: readonly number[] = [1, 3, 7, 30]
const DEFAULT_NIGHT = { at: '02:00', timeZone: 'UTC' } as const

/**
 * Remembers orders, in your PostgreSQL or in a database of its own in this process. Brings its tables to where this
 * version expects them first. Rejects with `invalid_input` for options that cannot work and for tables of a newer
 * version, and with the driver's own error while the database is away.
 */
export async function createTracker(options: TrackerOptions): Promise<Tracker> {
  checkOptions(options)
  const schema = options.schema ?? DEFAULT_SCHEMA
  const report = (error: unknown) => {
    // What reports errors must not cause any, neither now nor later.
    const told = async () => options.onError?.(error)
    told().catch(() => {})
  }
  const database = options.database ?? (await openDefault())
  let engine: Engine
  try {
    await migrate(database, schema)
    engine = await startEngine({ database, schema, onError: report })
  } catch (error) {
    if (!options.database) await database.close?.()
    throw error
  }
  const context: Context = {
    database,
    schema,
    engine,
    options,
    aftercare: options.followUpDays ?? DEFAULT_AFTERCARE_IN_DAYS,
    report,
  }
  const stopping = new AbortController()
  let workers: { stop(): Promise<void> } | undefined

  const work: Work = {
    handOver: (lane) =>
      orSoon(context, handOver(context, lane), () => engine.handOver(database, lane, retries.job.first)),
    look: (job, signal) =>
      orSoon(context, lookWhenDue(context, job, AbortSignal.any([signal, stopping.signal])), () =>
        engine.look(database, [{ ...job, afterMs: retries.job.first }]),
      ),
    voucher: (job, signal) =>
      told(context, fetchVoucher(context, job, AbortSignal.any([signal, stopping.signal]))),
    upkeep: (kind, signal) => {
      const upkeep = kind === 'night' ? keepNight : sweep
      return told(context, upkeep(context, AbortSignal.any([signal, stopping.signal])))
    },
  }

  return {
    watch: (order, tx) => watch(context, order, tx),
    unwatch: (order, tx) => unwatch(context, order, tx),
    ingest: async (news, tx) => (await hear(context, news, {}, tx)) as IngestResult,
    webhooks: createWebhooks(context),
    ingestEvent: (event, tx) => hearEvent(context, event, tx),
    handleReturn: (provider, url, given = {}) => readReturned(context, provider, url, given),
    refresh: (order) => lookAtOrder(context, order, stopping.signal),
    order: (order) => readOrder(database, schema, order),
    orders: (asked) => readOrders(database, schema, asked),
    timeline: (payment) => readTimeline(database, schema, payment),
    reconcile: (provider, day) => reconcileDay(context, provider, day, stopping.signal),
    reconciliation: (provider, day) => readReconciliation(database, schema, provider, day),
    openTasks: ({ limit } = {}) => readAllOpenTasks(database, schema, limit),
    closeTask: (key, tx) => closeTask(context, key, tx),
    statistics: ({ days } = {}) => readStatistics(database, schema, days),
    async work({ polls = 2, handlers = 2 } = {}) {
      if (workers) return
      workers = await startWorkers(work, {
        database,
        schema,
        onError: report,
        looks: polls,
        handlers,
        atOnce: toAtOnce(options),
        night: options.reconcile ?? DEFAULT_NIGHT,
      })
      await sweep(context, stopping.signal)
    },
    health: () => readHealth(database, schema),
    async stop() {
      stopping.abort()
      await workers?.stop()
      await engine.stop()
      if (!options.database) await database.close?.()
    },
  }
}

/** The driver is asked for only by those who bring no database of their own. */
async function openDefault(): Promise<Database> {
  const { openEmbedded } = await import('./database/pglite.ts')
  return openEmbedded()
}

/** A connection that broke: the job is done, and another one comes soon. Where even that cannot be stored, its lease ends. */
async function orSoon(context: Context, work: Promise<void>, again: () => Promise<void>): Promise<void> {
  try {
    await work
  } catch (error) {
    context.report(error)
    await again()
  }
}

/** The engine tries again, and the sweep after it; somebody should know all the same. */
async function told(context: Context, work: Promise<void>): Promise<void> {
  try {
    await work
  } catch (error) {
    if (!isPaymentError(error) || !error.retryable) context.report(error)
    throw error
  }
}

function toAtOnce({ limits = {} }: TrackerOptions): Record<string, number> {
  return Object.fromEntries(
    Object.entries(limits).flatMap(([name, { atOnce }]) => (atOnce === undefined ? [] : [[name, atOnce]])),
  )
}

function checkOptions(options: TrackerOptions): void {
  const { payments, onChange, schema, followUpDays, reconcile, limits, retentionDays } = options
  if (typeof payments?.has !== 'function' || typeof payments.provider !== 'function')
    throw inputError('payments must be given: createPayments([…]) of payment-status makes it')
  if (typeof onChange !== 'function')
    throw inputError('onChange must be given: it is what the changes are handed to')
  if (schema !== undefined) checkSchema(schema)
  if (followUpDays?.some((days) => !(days > 0))) throw inputError('aftercare is a list of days above 0')
  if (retentionDays !== undefined && !(retentionDays > 0))
    throw inputError('retentionDays is a number above 0')
  if (reconcile !== undefined && reconcile !== 'off' && !/^([01]\d|2[0-3]):[0-5]\d$/.test(reconcile.at))
    throw inputError("reconcile.at is a time of day such as '02:00'")
  for (const { atOnce, perSecond } of Object.values(limits ?? {})) {
    if (atOnce !== undefined && !(Number.isSafeInteger(atOnce) && atOnce > 0))
      throw inputError('limits.atOnce is a whole number above 0')
    if (perSecond !== undefined && !(perSecond > 0)) throw inputError('limits.perSecond is a number above 0')
  }
}
