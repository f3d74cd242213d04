import { dayIn, isPaymentError, type LookupKey, type PaymentProvider } from '@payment-status/core'
import { inputError, notFoundError } from '../errors.ts'
import { checkOrder } from '../ingest/watch.ts'
import { createWebhooks } from '../ingest/webhook.ts'
import { type PaymentKey, targetOf, toTarget } from '../store/rows.ts'
import type { Database } from '../store/sql.ts'
import { isInHandler } from '../store/tables.ts'
import type { ProviderLimit } from '../types/options.ts'
import type { Tracker } from '../types/tracker.ts'
import { nameOfYesterday, zoneOf } from '../upkeep/days.ts'
import { createAttempts } from './attempts.ts'
import { type Directory, openDirectory } from './directory.ts'
import { createShardedIngest } from './ingest.ts'
import { createSharedLists, type SharedLists } from './lists.ts'
import { mergeReconciliations } from './merge.ts'
import { openShards, prepareAll, type ShardSource } from './open.ts'
import { createGate, withSharedRequests } from './rates.ts'
import { createRehoming } from './rehome.ts'
import { locateOne, type Shard, type Shards } from './route.ts'
import { createViews, type ShardedHealth } from './views.ts'

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
  const { report } = home.context
  const directory = openDirectoryOf(options, all)
  const preparing = createAttempts(report)
  await prepareAll(all, directory, preparing)
  const shards: Shards = { all, home, directory, report }
  const rehoming = createRehoming(shards)
  const ingest = createShardedIngest(shards, rehoming)
  const lists = shareRequests(shards, options)
  const { payments } = home.context.options
  let starting = createAttempts(report)

  const shardOfPayment = async (payment: PaymentKey) => (await locateOne(shards, [targetOf(payment)])) ?? home

  return {
    ...createViews(all),
    async watch(order, tx) {
      const shard = shardFor(order?.order)
      checkOrder(shard.context, order)
      const keys = order.payments.map((payment) => toTarget(payment.provider, payment))
      // In the shop's transaction where it is one of the directory's database, which may have one connection only.
      const isOwn = shard === shardOfDirectory(options, all)
      if (!(await directory.claim(keys, shard.name, isOwn ? tx : undefined)))
        throw inputError(
          'a payment is watched for an order of another shard. An id or a reference must belong to one order',
        )
      // What came before the order was watched.
      await ingest.moveHome(shard, keys, tx)
      await shard.tracker.watch(order, tx)
    },
    unwatch: async (order, tx) => shardFor(order).tracker.unwatch(order, tx),
    async ingest(news, tx) {
      const { outcome, version } = await ingest.report(news, undefined, tx)
      return { outcome, version }
    },
    webhooks: createWebhooks(home.context, (_, event) => ingest.event(event)),
    ingestEvent: ingest.event,
    async handleReturn(provider, url, given = {}) {
      const ownShard = given.order === undefined ? undefined : shardFor(given.order)
      const key =
        isInHandler() || !payments.has(provider) ? undefined : readReturnKey(payments.provider(provider), url)
      if (!key) return (ownShard ?? home).tracker.handleReturn(provider, url, given)
      const found = await ingest.locateReturn(payments.provider(provider), key).catch((error: unknown) => {
        if (ownShard) return undefined
        throw error
      })
      if (ownShard && found && found !== ownShard)
        throw notFoundError('the payment of the return URL belongs to another order')
      return (found ?? ownShard ?? home).tracker.handleReturn(provider, url, given)
    },
    refresh: async (order) => shardFor(order).tracker.refresh(order),
    order: async (order) => shardFor(order).tracker.order(order),
    async *timeline(payment) {
      yield* (await shardOfPayment(payment)).tracker.timeline(payment)
    },
    async reconcile(provider, day) {
      if (isInHandler()) return home.tracker.reconcile(provider, day)
      const name = day === 'yesterday' ? nameOfYesterday(home.context) : day
      await lists.forget(provider, dayIn(name, zoneOf(home.context)))
      const results = await Promise.all(all.map(({ tracker }) => tracker.reconcile(provider, name)))
      const merged = mergeReconciliations(results)
      if (!merged) throw new Error('no shard has compared the day')
      return merged
    },
    resolveConflict: async (payment, tx) =>
      (await shardOfPayment(payment)).tracker.resolveConflict(payment, tx),
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
    async stop() {
      preparing.end()
      starting.end()
      await rehoming.stop()
      await Promise.all(all.map(({ tracker }) => tracker.stop()))
    },
  }
}

/** Returns the shard whose database holds the directory; undefined for a database of its own. */
function shardOfDirectory({ directory }: ShardedTrackerOptions, all: readonly Shard[]): Shard | undefined {
  return directory ? all.find(({ context }) => context.options.database === directory) : all[0]
}

function openDirectoryOf(options: ShardedTrackerOptions, all: readonly Shard[]): Directory {
  const own = shardOfDirectory(options, all)?.context
  const database = own?.given ?? (options.directory as Database)
  return openDirectory(database, own?.database ?? database)
}

/** Sends the requests of all shards through one gate, and lets them share the lists of providers. */
function shareRequests(shards: Shards, { limits: given }: ShardedTrackerOptions): SharedLists {
  const { all, home, directory, report } = shards
  const limits = given ?? home.context.options.limits
  const rates = { database: directory.tables, options: { ...home.context.options, limits }, report }
  const gate = createGate(rates, all.length)
  const lists = createSharedLists(shards, gate)
  for (const { name, context } of all) {
    const payments = withSharedRequests(
      context.options.payments,
      gate,
      (provider) => (range, options) => lists.partOf(name, provider, range, options?.signal),
    )
    context.options = { ...context.options, limits, payments }
    context.shards = all.length
  }
  return lists
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

function readReturnKey(provider: PaymentProvider, url: string | URL): LookupKey | undefined {
  try {
    return provider.readReturn(url).key
  } catch (error) {
    // The shard's own handleReturn rejects with it, or goes on where it knows the order.
    if (isPaymentError(error)) return undefined
    throw error
  }
}
