import {
  dayIn,
  isPaymentError,
  type LookupKey,
  type PaymentProvider,
  type PaymentReport,
  type WebhookEvent,
} from '@payment-status/core'
import type { Context } from '../context.ts'
import { lateError } from '../database/limits.ts'
import { type PreparedDatabase, withTables } from '../database/with-tables.ts'
import { inputError, notFoundError } from '../errors.ts'
import { ingestEach, ingestEvent } from '../ingest/event.ts'
import { ingestReport } from '../ingest/report.ts'
import { checkOrder } from '../ingest/watch.ts'
import { createWebhooks } from '../ingest/webhook.ts'
import { limits as timeLimits, withLimit } from '../retry.ts'
import { isInHandler, withHandlers } from '../store/handler.ts'
import { type TargetKey, targetOf, toTarget } from '../store/rows.ts'
import { type Database, type Sql, storable } from '../store/sql.ts'
import { readClaimed } from '../store/targets.ts'
import { closeTask, readTask, toTaskLimit } from '../store/tasks.ts'
import type { Health } from '../types/health.ts'
import type { ProviderLimit, TrackedPayments } from '../types/options.ts'
import type { OrderQuery, OrderView } from '../types/order.ts'
import type { Tracker } from '../types/tracker.ts'
import type { UnmatchedPayment } from '../types/unmatched.ts'
import { nameOfYesterday, zoneOf } from '../upkeep/days.ts'
import { toLimit } from '../views/pages.ts'
import { type Attempts, createAttempts } from './attempts.ts'
import { createDirectory, DIRECTORY_SCHEMA, migrateDirectory, nameOf } from './directory.ts'
import { createSharedLists, type SharedLists } from './lists.ts'
import { mergeHealth, mergePages, mergeReconciliations, mergeStatistics } from './merge.ts'
import { moveUnclaimed } from './move.ts'
import { isAway, type OpenShard, openShards, type ShardSource } from './open.ts'
import { createGate, type Gate, withGate } from './rates.ts'
import { createRehoming } from './rehome.ts'
import { keysOfEvent, keysOfReport, locateOne, type Shard, type Shards } from './route.ts'

export interface ShardedTrackerOptions {
  /**
   * The shards, each with a database of its own and the same providers: the options of `createTracker`, or trackers that it
   * returned. A shard that is given as options may be away when the process starts. A list names its shards `0`, `1` and so
   * on. The names are stored: never give one to another database. The first shard is the home of what belongs to no order.
   */
  readonly shards: readonly ShardSource[] | Readonly<Record<string, ShardSource>>
  /** Returns the shard of an order, as its name or its place in the list. An order's shard must never change. */
  shardOf(order: string): string | number
  /** Keeps which shard a payment belongs to, and the turns of providers. Default: the database of the first shard. */
  readonly directory?: Database | undefined
  /** Limits of requests over all shards, by provider name. Default: those of the first shard. */
  readonly limits?: Readonly<Record<string, ProviderLimit>> | undefined
}

export interface ShardedHealth extends Health {
  /** The counts leave out what cannot be reached. */
  readonly shards: readonly { readonly name: string; readonly isReachable: boolean }[]
}

export interface ShardedTracker extends Tracker {
  /** Adds the shards that can be reached up. Of times, the worst is taken. */
  health(): Promise<ShardedHealth>
}

/**
 * Returns one tracker over several databases, each with the orders that `shardOf` gives it. A webhook reaches the shard of
 * its order; each provider's limits hold over all shards, and its day is listed once for all of them. From then on the
 * shards send their requests through it. A shard that is away is reported to its `onError`, and works when it is back.
 * Rejects with `invalid_input` for options that cannot work, and with the driver's own error while no shard can be reached
 * or a database rejects the role.
 *
 * @example
 * const tracker = await createShardedTracker({
 *   shards: [{ ...options, database: east }, { ...options, database: west }],
 *   shardOf: (order) => Number(order.slice(-1)) % 2,
 * })
 */
export async function createShardedTracker(options: ShardedTrackerOptions): Promise<ShardedTracker> {
  const all = openShards(options.shards)
  const home = all[0] as Shard
  const shardFor = createShardFor(options, all)
  const { report, options: homeOptions } = home.context
  const { given, database } = chooseDirectory(options, all)
  const withDirectory = withTables(database, () => migrateDirectory(given))
  const preparing = createAttempts(report)
  const failed = await prepareAll(all, withDirectory, preparing)
  if (failed !== undefined) {
    preparing.end()
    for (const shard of all) await shard.abandon()
    throw failed
  }
  const directory = createDirectory(withDirectory)
  const shards: Shards = { all, home, directory, report }
  const limits = options.limits ?? homeOptions.limits
  const gate = createGate(
    { database: directory.database, schema: DIRECTORY_SCHEMA, options: { ...homeOptions, limits }, report },
    all.length,
  )
  const lists = createSharedLists(shards, gate)
  for (const { name, context } of all) {
    context.options = {
      ...context.options,
      limits,
      payments: withSharedRequests(context.options.payments, name, lists, gate),
    }
    context.shards = all.length
  }
  const { payments } = home.context.options
  const rehoming = createRehoming(shards)

  /** Moves what the home has to the shard that it belongs to. Where that fails, it is tried again. */
  async function moveHome(to: Shard, keys: readonly TargetKey[], tx?: Sql): Promise<void> {
    if (to === home) return
    try {
      await moveUnclaimed(home.context, to.context, keys, tx)
      if (tx) rehoming.moveLater(to, keys)
    } catch (error) {
      report(error)
      rehoming.moveLater(to, keys)
    }
  }

  /** Remembers a payment that a report has led to an order, and moves one whose order has meanwhile become known. */
  async function settle(shard: Shard | undefined, keys: readonly TargetKey[]): Promise<void> {
    try {
      const known = await directory.find(keys)
      if (!shard) {
        const name = keys.map((key) => known.get(nameOf(key))).find((other) => other !== undefined)
        const other = all.find((one) => one.name === name)
        if (other) await moveHome(other, keys)
        return
      }
      const unknown = keys.filter((key) => key.kind === 'id' && !known.has(nameOf(key)))
      if (unknown.length > 0) await directory.claim(await readClaimed(shard.context, unknown), shard.name)
    } catch (error) {
      // What was received is stored: the next turn of the workers does the rest.
      report(error)
    }
  }

  async function routeEvent(event: WebhookEvent, tx?: Sql): ReturnType<Tracker['ingestEvent']> {
    if (event.kind === 'several') return ingestEach(event.events, (one) => routeEvent(one, tx))
    const keys = keysOfEvent(event)
    const shard = await locateOne(shards, keys)
    const result = await ingestEvent((shard ?? home).context, event, tx)
    if (result === 'ingested' && keys.length > 0) await settle(shard, keys)
    return result
  }

  async function routeReport(news: PaymentReport, asked?: TargetKey, tx?: Sql) {
    const keys = [...keysOfReport(news), ...(asked ? [asked] : [])]
    const shard = await locateOne(shards, keys)
    const decision = await ingestReport(
      (shard ?? home).context,
      news,
      { asked: asked && { target: asked } },
      tx,
    )
    if (decision === 'duplicate') throw new Error('a report without an event is no duplicate')
    await settle(shard, keys)
    return decision
  }

  const shardOfPayment = async (payment: { readonly provider: string; readonly id: string }) =>
    (await locateOne(shards, [targetOf(payment)])) ?? home

  /** Returns the shard that a key of a return URL leads to. A key that no shard knows is looked up. */
  async function locateReturn(provider: string, key: LookupKey): Promise<Shard | undefined> {
    const target = toTarget(provider, key)
    const named = { ...target, value: storable(target.value) }
    const known = await locateOne(shards, [named])
    if (known) return known
    try {
      const signal = AbortSignal.timeout(timeLimits.returnPage)
      for (const found of await payments.provider(provider).find(key, { signal }))
        await routeReport(found, named)
      return await locateOne(shards, [named])
    } catch (error) {
      if (!isPaymentError(error)) throw error
      return undefined
    }
  }

  let starting = createAttempts(report)

  return {
    async watch(order, tx) {
      const shard = shardFor(order?.order)
      checkOrder(shard.context, order)
      const keys = order.payments.map((payment) => toTarget(payment.provider, payment))
      // In the shop's transaction where it is one of the directory's database, which may have one connection only.
      const isOwn = shard.context.database === database
      if (!(await directory.claim(keys, shard.name, isOwn ? tx : undefined)))
        throw inputError(
          'a payment is watched for an order of another shard. An id or a reference must belong to one order',
        )
      // What came before the order was watched.
      await moveHome(shard, keys, tx)
      await shard.tracker.watch(order, tx)
    },
    unwatch: async (order, tx) => shardFor(order).tracker.unwatch(order, tx),
    async ingest(news, tx) {
      const { outcome, version } = await routeReport(news, undefined, tx)
      return { outcome, version }
    },
    webhooks: createWebhooks(home.context, (_, event) => routeEvent(event)),
    ingestEvent: routeEvent,
    async handleReturn(provider, url, given = {}) {
      const ownShard = given.order === undefined ? undefined : shardFor(given.order)
      const key =
        isInHandler() || !payments.has(provider) ? undefined : readReturnKey(payments, provider, url)
      if (!key) return (ownShard ?? home).tracker.handleReturn(provider, url, given)
      const found = await locateReturn(provider, key).catch((error: unknown) => {
        if (ownShard) return undefined
        throw error
      })
      if (ownShard && found && found !== ownShard)
        throw notFoundError('the payment of the return URL belongs to another order')
      return (found ?? ownShard ?? home).tracker.handleReturn(provider, url, given)
    },
    refresh: async (order) => shardFor(order).tracker.refresh(order),
    order: async (order) => shardFor(order).tracker.order(order),
    async orders(query: OrderQuery = {}) {
      const page = await mergePages(
        all.map(({ name }) => name),
        async (name, cursor, limit) => {
          const { orders, cursor: next } = await named(name).orders({ ...query, cursor, limit })
          return { items: orders, cursor: next }
        },
        { cursor: query.cursor, limit: toLimit(query.limit) },
        isNewer,
      )
      return { orders: page.items, ...(page.cursor === undefined ? {} : { cursor: page.cursor }) }
    },
    async *timeline(payment) {
      yield* (await shardOfPayment(payment)).tracker.timeline(payment)
    },
    async unmatched(query = {}) {
      const page = await mergePages(
        all.map(({ name }) => name),
        async (name, cursor, limit) => {
          const { payments: items, cursor: next } = await named(name).unmatched({ ...query, cursor, limit })
          return { items, cursor: next }
        },
        { cursor: query.cursor, limit: toLimit(query.limit) },
        isOlder,
      )
      return { payments: page.items, ...(page.cursor === undefined ? {} : { cursor: page.cursor }) }
    },
    async reconcile(provider, day) {
      if (isInHandler()) return home.tracker.reconcile(provider, day)
      const name = day === 'yesterday' ? nameOfYesterday(home.context) : day
      await lists.forget(provider, dayIn(name, zoneOf(home.context)))
      const results = await everyShard((tracker) => tracker.reconcile(provider, name))
      const merged = mergeReconciliations(results)
      if (!merged) throw new Error('no shard has compared the day')
      return merged
    },
    async reconciliation(provider, day) {
      const results = await everyShard((tracker) => tracker.reconciliation(provider, day))
      return mergeReconciliations(results.flatMap((result) => result ?? []))
    },
    async openTasks({ limit } = {}) {
      const tasks = (await everyShard((tracker) => tracker.openTasks({ limit }))).flat()
      return tasks
        .toSorted((a, b) => compareText(a.openedAt, b.openedAt) || compareText(a.key, b.key))
        .slice(0, toTaskLimit(limit))
    },
    async closeTask(key, tx) {
      let isClosed = false
      for (const { context } of all) {
        const task = await readTask(context.database, context.schema, key)
        if (task && task.closedAt === undefined) isClosed = (await closeTask(context, key, tx)) || isClosed
      }
      return isClosed
    },
    resolveConflict: async (payment, tx) =>
      (await shardOfPayment(payment)).tracker.resolveConflict(payment, tx),
    statistics: async (given) => mergeStatistics(await everyShard((tracker) => tracker.statistics(given))),
    async work(given) {
      const { run, end } = createAttempts(report)
      starting.end()
      starting = { run, end }
      const errors = await Promise.all(all.map(({ tracker }) => run(() => tracker.work(given))))
      if (errors.every((error) => error !== undefined)) {
        end()
        throw errors[0]
      }
      rehoming.start()
    },
    async health() {
      const requests = all.map(({ tracker }) => tracker.health())
      await Promise.any(requests).catch(({ errors }: AggregateError) => {
        throw errors[0]
      })
      // From the first answer on, a database that is silent does not hold up the others.
      const answers = await Promise.allSettled(
        requests.map((request) => withLimit(request, timeLimits.shardHealth, lateError)),
      )
      const reached = answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []))
      return {
        ...mergeHealth(reached),
        shards: all.map(({ name }, index) => ({
          name,
          isReachable: answers[index]?.status === 'fulfilled',
        })),
      }
    },
    async stop() {
      preparing.end()
      starting.end()
      await rehoming.stop()
      await Promise.all(all.map(({ tracker }) => tracker.stop()))
    },
  }

  function named(name: string): Tracker {
    return (all.find((shard) => shard.name === name) as Shard).tracker
  }

  /** Rejects where a shard cannot be reached: a view that lacks a shard would look complete. */
  function everyShard<T>(ask: (tracker: Tracker) => Promise<T>): Promise<T[]> {
    return Promise.all(all.map(({ tracker }) => ask(tracker)))
  }
}

/** Returns the database of the directory: as it was given, and with the transactions of handlers. */
function chooseDirectory(
  { directory }: ShardedTrackerOptions,
  all: readonly Shard[],
): Pick<Context, 'given' | 'database'> {
  if (!directory) return (all[0] as Shard).context
  // Within a handler, the handler's transaction is used where it is of the same database.
  const own = all.find(({ context }) => context.options.database === directory)
  return own?.context ?? { given: directory, database: withHandlers(directory) }
}

/** Makes what tables are missing; what is away is tried again. Returns the error that nothing can start after. */
async function prepareAll(
  all: readonly OpenShard[],
  directory: PreparedDatabase,
  { run }: Attempts,
): Promise<unknown> {
  const results = await Promise.all(all.map(({ prepare }) => run(prepare)))
  const errors = results.filter((error) => error !== undefined)
  const lasting = errors.find((error) => !isAway(error))
  if (lasting !== undefined || errors.length === all.length) return lasting ?? errors[0]
  const error = await run(directory.prepare)
  return error === undefined || isAway(error) ? undefined : error
}

function createShardFor({ shardOf }: ShardedTrackerOptions, all: readonly Shard[]) {
  if (typeof shardOf !== 'function')
    throw inputError('`shardOf` is missing. Pass the function that returns the shard of an order')
  return (order: string): Shard => {
    const name = String(shardOf(order))
    const shard = all.find((other) => other.name === name)
    if (!shard)
      throw inputError(
        `\`shardOf\` must return the name of a shard for every order: one of ${all.map((other) => other.name).join(', ')}`,
      )
    return shard
  }
}

/** Returns the providers with their lookups behind the gate, and with the shard's part of each list. */
function withSharedRequests(
  payments: TrackedPayments,
  shard: string,
  lists: SharedLists,
  gate: Gate,
): TrackedPayments {
  const wrapped = new Map<string, PaymentProvider>()
  return {
    has: (name) => payments.has(name),
    provider(name) {
      const known = wrapped.get(name)
      if (known) return known
      const provider = payments.provider(name)
      const list: PaymentProvider['list'] = (range, options) =>
        lists.partOf(shard, provider, range, options?.signal)
      const shared = Object.assign(withGate(provider, gate), { list })
      wrapped.set(name, shared)
      return shared
    },
  }
}

function readReturnKey(
  payments: TrackedPayments,
  provider: string,
  url: string | URL,
): LookupKey | undefined {
  try {
    return payments.provider(provider).readReturn(url).key
  } catch (error) {
    // The shard's own handleReturn rejects with it, or goes on where it knows the order.
    if (isPaymentError(error)) return undefined
    throw error
  }
}

function isNewer(a: OrderView, b: OrderView): boolean {
  return (compareText(a.watchedAt, b.watchedAt) || compareText(a.order, b.order)) > 0
}

function isOlder(a: UnmatchedPayment, b: UnmatchedPayment): boolean {
  return (compareText(a.since, b.since) || compareText(a.provider, b.provider) || compareText(a.id, b.id)) < 0
}

function compareText(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1
}
