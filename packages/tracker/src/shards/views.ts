import { lateError } from '../database/limits.ts'
import { limits, withLimit } from '../retry.ts'
import { within } from '../store/tables.ts'
import { closeTask, readTask, toTaskLimit } from '../store/tasks.ts'
import type { Health } from '../types/health.ts'
import type { OrderView } from '../types/order.ts'
import type { Tracker } from '../types/tracker.ts'
import type { UnmatchedPayment } from '../types/unmatched.ts'
import { toLimit } from '../views/pages.ts'
import { mergeHealth, mergePages, mergeReconciliations, mergeStatistics } from './merge.ts'
import type { Shard } from './route.ts'

export interface ShardedHealth extends Health {
  /** The counts leave out what cannot be reached. */
  readonly shards: readonly { readonly name: string; readonly isReachable: boolean }[]
}

type Views = Pick<
  Tracker,
  'orders' | 'unmatched' | 'reconciliation' | 'openTasks' | 'closeTask' | 'statistics'
> & { health(): Promise<ShardedHealth> }

/** Returns what is read of all shards together. A view that lacks a shard would look complete: it rejects. */
export function createViews(all: readonly Shard[]): Views {
  const every = <T>(read: (tracker: Tracker) => Promise<T>) =>
    Promise.all(all.map(({ tracker }) => read(tracker)))
  return {
    async orders(query = {}) {
      const { items, cursor } = await mergePages(
        all,
        async ({ tracker }, from, limit) => {
          const page = await tracker.orders({ ...query, cursor: from, limit })
          return { items: page.orders, cursor: page.cursor }
        },
        { cursor: query.cursor, limit: toLimit(query.limit) },
        isNewer,
      )
      return { orders: items, ...(cursor === undefined ? {} : { cursor }) }
    },
    async unmatched(query = {}) {
      const { items, cursor } = await mergePages(
        all,
        async ({ tracker }, from, limit) => {
          const page = await tracker.unmatched({ ...query, cursor: from, limit })
          return { items: page.payments, cursor: page.cursor }
        },
        { cursor: query.cursor, limit: toLimit(query.limit) },
        isOlder,
      )
      return { payments: items, ...(cursor === undefined ? {} : { cursor }) }
    },
    async reconciliation(provider, day) {
      const results = await every((tracker) => tracker.reconciliation(provider, day))
      return mergeReconciliations(results.flatMap((result) => result ?? []))
    },
    async openTasks({ limit } = {}) {
      const tasks = (await every((tracker) => tracker.openTasks({ limit }))).flat()
      return tasks
        .toSorted((a, b) => compareText(a.openedAt, b.openedAt) || compareText(a.key, b.key))
        .slice(0, toTaskLimit(limit))
    },
    async closeTask(key, tx) {
      let isClosed = false
      for (const { context } of all) {
        const task = await readTask(context.database, key)
        if (!task || task.closedAt !== undefined) continue
        isClosed = (await within(context.database, tx, (own) => closeTask(own, key))) || isClosed
      }
      return isClosed
    },
    statistics: async (options) => mergeStatistics(await every((tracker) => tracker.statistics(options))),
    async health() {
      const requests = all.map(({ tracker }) => tracker.health())
      await Promise.any(requests).catch(({ errors }: AggregateError) => {
        throw errors[0]
      })
      // From the first answer on, a database that is silent does not hold up the others.
      const answers = await Promise.allSettled(
        requests.map((request) => withLimit(request, limits.shardHealth, lateError)),
      )
      const reached = answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []))
      const isReachable = (index: number) => answers[index]?.status === 'fulfilled'
      return {
        ...mergeHealth(reached),
        shards: all.map(({ name }, index) => ({ name, isReachable: isReachable(index) })),
      }
    },
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
