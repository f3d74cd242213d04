import { randomUUID } from 'node:crypto'
import type { Context } from './context.ts'
import { keepContext, providerOf } from './context.ts'
import { untilMade, withTables } from './database/with-tables.ts'
import { inputError } from './errors.ts'
import { ingestEvent } from './ingest/event.ts'
import { ingest, ingestReport } from './ingest/ingest.ts'
import { unwatch, watch } from './ingest/watch.ts'
import { createWebhooks } from './ingest/webhook.ts'
import { checkSchema, DEFAULT_SCHEMA, migrate } from './migrations/migrate.ts'
import { handleReturn, refreshOrder } from './poll/return.ts'
import { limits, withLimit } from './retry.ts'
import { readReconciliation } from './store/reconciliations.ts'
import { targetOf } from './store/rows.ts'
import { type Database, storable } from './store/sql.ts'
import { isInHandler, openTables, within } from './store/tables.ts'
import { closeTask, readOpenTasks } from './store/tasks.ts'
import type { NamesOf, TrackedPayments, TrackerOptions } from './types/options.ts'
import type { Tracker } from './types/tracker.ts'
import { readHealth } from './upkeep/health.ts'
import { reconcileDay } from './upkeep/reconcile.ts'
import { readStatistics } from './upkeep/statistics.ts'
import { readOrder } from './views/order.ts'
import { readOrders } from './views/orders.ts'
import { readTimeline } from './views/timeline.ts'
import { readUnmatched } from './views/unmatched.ts'
import { startWorkers } from './workers/workers.ts'

const DEFAULT_FOLLOW_UP_DAYS: readonly number[] = [1, 3, 7, 30]
const DEFAULT_NIGHT = { at: '02:00', timeZone: 'UTC' } as const

/**
 * Opens a tracker on your PostgreSQL, or on a database of its own in this process. Runs its migrations first. Rejects with
 * `invalid_input` for options that cannot work, for a standby and for tables of a newer version, and with the driver's own
 * error while the database cannot be reached.
 *
 * @example
 * const tracker = await createTracker({
 *   payments: createPayments([createStripe({ secretKey, webhookSecrets })]),
 *   database: fromPool(pool),
 *   async onChange({ order, step }, tx) {
 *     if (step?.kind === 'fulfill') await tx.executeSql('update orders set paid = true where id = $1', [order])
 *   },
 * })
 * await tracker.work()
 */
export async function createTracker<P extends TrackedPayments>(
  options: TrackerOptions<P>,
): Promise<Tracker<NamesOf<P>>> {
  checkOptions(options)
  const database = options.database ?? (await openDefault())
  try {
    await migrate(database, schemaOf(options))
  } catch (error) {
    if (!options.database) await database.close?.()
    throw error
  }
  return build(options, database)
}

/**
 * Returns a tracker whose database may be away: the migrations run with the first call that reaches it. Throws
 * `invalid_input` for options that cannot work.
 */
export function openLater(options: TrackerOptions): {
  readonly tracker: Tracker
  prepare(): Promise<void>
} {
  checkOptions(options)
  const { database } = options
  if (!database) throw inputError('`database` is missing. Each shard must have a database of its own')
  const prepare = untilMade(() => migrate(database, schemaOf(options)))
  return { tracker: build(options, withTables(database, prepare)), prepare }
}

function schemaOf({ schema = DEFAULT_SCHEMA }: TrackerOptions): string {
  return schema
}

function build(options: TrackerOptions, given: Database): Tracker {
  const report = (error: unknown) => {
    // An error handler must not cause errors, neither now nor later.
    const call = async () => options.onError?.(error)
    call().catch(() => {})
  }
  const database = openTables(given, schemaOf(options))
  const night = options.reconcile ?? DEFAULT_NIGHT
  const context: Context = {
    database,
    given,
    options,
    settings: {
      followUpDays: options.followUpDays ?? DEFAULT_FOLLOW_UP_DAYS,
      nightlyAt: night === 'off' ? DEFAULT_NIGHT : night,
      canLookUp({ provider, kind }) {
        if (!options.payments.has(provider)) return true
        const { answers } = options.payments.provider(provider)
        return (kind === 'id' ? answers?.lookup : answers?.byReference) !== 'none'
      },
      wantsReceipt: (provider) =>
        options.receipts === 'task' ||
        (options.receipts !== undefined && (options.receipts.providers?.includes(provider) ?? true)),
    },
    report,
  }
  const reading = options.replica
    ? { ...context, database: openTables(options.replica, database.schema) }
    : context
  const stopping = new AbortController()
  let starting: ReturnType<typeof startWorkers> | undefined

  const tracker: Tracker = {
    watch: (order, tx) => watch(context, order, tx),
    unwatch: (order, tx) => unwatch(context, storable(order), tx),
    async ingest(news, tx) {
      const { outcome, version } = await ingestReport(context, news, undefined, tx)
      return { outcome, version }
    },
    webhooks: createWebhooks(context),
    ingestEvent: (event, tx) => ingestEvent(context, event, tx),
    async handleReturn(provider, url, given = {}) {
      refuseInHandler('handleReturn')
      return handleReturn(context, provider, url, { ...given, order: given.order && storable(given.order) })
    },
    async refresh(order) {
      refuseInHandler('refresh')
      return refreshOrder(context, storable(order), stopping.signal)
    },
    // No text that the database cannot store is found, and none is an error of the database.
    order: (order) => readOrder(context, storable(order)),
    orders: (asked) => readOrders(reading, asked),
    timeline: ({ provider, id }) => readTimeline(reading, { provider: storable(provider), id: storable(id) }),
    unmatched: (asked) => readUnmatched(reading, asked),
    async reconcile(provider, day) {
      refuseInHandler('reconcile')
      return reconcileDay(context, provider, day, stopping.signal)
    },
    reconciliation: (provider, day) => readReconciliation(reading.database, storable(provider), day),
    openTasks: ({ limit } = {}) => readOpenTasks(database, limit),
    closeTask: (key, tx) => within(database, tx, (own) => closeTask(own, storable(key))),
    async resolveConflict(payment, tx) {
      providerOf(context, payment.provider)
      const keys = [targetOf({ ...payment, id: storable(payment.id) })]
      await ingest(context, { content: { kind: 'resolved' }, keys }, tx)
    },
    statistics: ({ days } = {}) => readStatistics(reading, days),
    async work(options = {}) {
      starting ??= startWorkers(context, {
        ...options,
        id: randomUUID(),
        night,
        stopping: stopping.signal,
      })
      try {
        await starting
      } catch (error) {
        starting = undefined
        throw error
      }
    },
    health: () => readHealth(context),
    async stop() {
      stopping.abort()
      const end = async () => {
        const stopWorkers = await starting?.catch(() => undefined)
        await stopWorkers?.()
        await database.settle()
        if (!options.database) await given.close?.()
      }
      await withLimit(end(), limits.stop, () => new Error('the workers did not end in time')).catch(report)
    },
  }
  return keepContext(tracker, context)
}

/** A request to a provider inside of a handler would hold its transaction open. */
function refuseInHandler(method: string): void {
  if (isInHandler())
    throw inputError(
      `${method} must not be called in a handler: it sends a request to a provider inside of a transaction. Call it after the handler, or use delivery: 'at_least_once'`,
    )
}

/** Loads the driver only for those who pass no `database`. */
async function openDefault(): Promise<Database> {
  const { openEmbedded } = await import('./database/pglite.ts')
  return openEmbedded()
}

function checkOptions(options: TrackerOptions): void {
  const { payments, onChange, database, replica, schema, followUpDays, reconcile, limits, retentionDays } =
    options ?? {}
  if (typeof payments?.has !== 'function' || typeof payments.provider !== 'function')
    throw inputError('`payments` must be what createPayments([…]) of payment-status returns')
  if (typeof onChange !== 'function')
    throw inputError('`onChange` is missing. Pass the function that each change is delivered to')
  if (database !== undefined && typeof database?.executeSql !== 'function')
    throw inputError(
      '`database` must be wrapped: fromPool(pool) for pg, fromPostgresJs(sql) for postgres.js, openEmbedded() for PGlite',
    )
  if (replica !== undefined && typeof replica?.executeSql !== 'function')
    throw inputError('`replica` must be wrapped as `database` is: fromPool(pool) or fromPostgresJs(sql)')
  if (schema !== undefined) checkSchema(schema)
  if (followUpDays?.some((days) => !(days > 0)))
    throw inputError('`followUpDays` must be an array of numbers of days above 0')
  if (retentionDays !== undefined && !(retentionDays > 0))
    throw inputError('`retentionDays` must be a number above 0')
  if (reconcile !== undefined && reconcile !== 'off' && !/^([01]\d|2[0-3]):[0-5]\d$/.test(reconcile.at))
    throw inputError("`reconcile.at` must be a time of day such as '02:00'")
  for (const limit of Object.values(limits ?? {})) {
    const { atOnce, perSecond } = limit ?? {}
    if (atOnce !== undefined && !(Number.isSafeInteger(atOnce) && atOnce > 0))
      throw inputError('`limits.atOnce` must be a whole number above 0')
    if (perSecond !== undefined && !(perSecond > 0))
      throw inputError('`limits.perSecond` must be a number above 0')
  }
}
