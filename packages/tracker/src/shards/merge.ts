import type { DeclineReason, PaymentStatus } from '@payment-status/core'
import { inputError } from '../errors.ts'
import type { Health } from '../types/health.ts'
import type { DayStatistics, DayVolume, Reconciliation, Statistics } from '../types/reconciliation.ts'
import { toRate } from '../upkeep/day-statistics.ts'

/** Page of one shard. */
interface Page<Item> {
  readonly items: readonly Item[]
  readonly cursor?: string | undefined
}

/** Reads a page of one shard, from a cursor on. */
type ReadPage<Shard, Item> = (shard: Shard, cursor: string | undefined, limit: number) => Promise<Page<Item>>

/** Where each shard's next page begins: null where the shard has no more. */
type Cursors = Readonly<Record<string, string | null>>

/**
 * Merges the next page of all shards, each of them sorted by `isBefore`. The cursor holds one for each shard, so no item is
 * left out and none comes twice.
 */
export async function mergePages<Shard extends { readonly name: string }, Item>(
  shards: readonly Shard[],
  read: ReadPage<Shard, Item>,
  { cursor, limit }: { readonly cursor?: string | undefined; readonly limit: number },
  isBefore: (a: Item, b: Item) => boolean,
): Promise<Page<Item>> {
  const cursors = cursor === undefined ? {} : readCursor(cursor)
  const from = ({ name }: Shard) => cursors[name] ?? undefined
  const open = shards.filter(({ name }) => cursors[name] !== null)
  const pages = await Promise.all(
    open.map(async (shard) => ({ shard, taken: 0, page: await read(shard, from(shard), limit) })),
  )
  const items: Item[] = []
  while (items.length < limit) {
    let next: (typeof pages)[number] | undefined
    for (const page of pages) {
      const head = page.page.items[page.taken]
      const best = next?.page.items[next.taken]
      if (head !== undefined && (best === undefined || isBefore(head, best))) next = page
    }
    if (!next) break
    items.push(next.page.items[next.taken++] as Item)
  }
  const ends = await Promise.all(
    pages.map(async ({ shard, taken, page }) => {
      if (taken === page.items.length) return [shard.name, page.cursor ?? null] as const
      if (taken === 0) return [shard.name, from(shard)] as const
      // The shard's own cursor behind what was taken.
      return [shard.name, (await read(shard, from(shard), taken)).cursor ?? null] as const
    }),
  )
  const after = { ...cursors, ...Object.fromEntries(ends) }
  const hasMore = shards.some(({ name }) => after[name] !== null)
  return { items, ...(hasMore ? { cursor: Buffer.from(JSON.stringify(after)).toString('base64url') } : {}) }
}

function readCursor(cursor: string): Cursors {
  try {
    const read: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))
    const isCursors =
      typeof read === 'object' &&
      read !== null &&
      !Array.isArray(read) &&
      Object.values(read).every((value) => value === null || typeof value === 'string')
    if (isCursors) return read as Cursors
  } catch {
    // Not JSON: no page ended with it.
  }
  throw inputError('`cursor` must be the cursor that a page ended with')
}

/** Adds the figures of shards up. A median of delays is weighted by their counts; the 95th percentile is the highest. */
export function mergeStatistics(all: readonly Statistics[]): Statistics {
  const payments = new Map<string, { day: string; status: PaymentStatus; count: number }>()
  const delays = new Map<string, { provider: string; count: number; sum: number; p95Ms: number }>()
  for (const { day, status, count } of all.flatMap((one) => one.payments)) {
    const key = `${day} ${status}`
    payments.set(key, { day, status, count: count + (payments.get(key)?.count ?? 0) })
  }
  for (const { provider, count, medianMs, p95Ms } of all.flatMap((one) => one.webhookDelays)) {
    const known = delays.get(provider) ?? { provider, count: 0, sum: 0, p95Ms: 0 }
    delays.set(provider, {
      provider,
      count: known.count + count,
      sum: known.sum + medianMs * count,
      p95Ms: Math.max(known.p95Ms, p95Ms),
    })
  }
  return {
    payments: [...payments.entries()].toSorted(byKey).map(([, figures]) => figures),
    webhookDelays: [...delays.entries()].toSorted(byKey).map(([, { provider, count, sum, p95Ms }]) => ({
      provider,
      count,
      medianMs: count === 0 ? 0 : Math.round(sum / count),
      p95Ms,
    })),
  }
}

function byKey([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1
}

/** Adds counts up. Of times, the worst of all shards is taken: the oldest sweep, the longest wait. */
export function mergeHealth(all: readonly Health[]): Health {
  const { lastSweepAt: _, ...sums } = addUp(all)
  const waits = all.flatMap(({ oldestChangeMs }) => oldestChangeMs ?? [])
  const sweeps = all.flatMap(({ lastSweepAt }) => lastSweepAt ?? []).toSorted()
  const nights = all
    .flatMap(({ lastNight }) => lastNight ?? [])
    .toSorted((a, b) => (a.startedAt < b.startedAt ? -1 : 1))
  const [night] = nights
  const ends = nights.flatMap(({ endedAt }) => endedAt ?? []).toSorted()
  const endedAt = ends.length === nights.length ? ends.at(-1) : undefined
  const pauses = new Map<string, string>()
  for (const { provider, until } of sums.pausedProviders)
    if (until > (pauses.get(provider) ?? '')) pauses.set(provider, until)
  const isSwept = sweeps.length === all.length
  return {
    ...sums,
    ...(waits.length > 0 ? { oldestChangeMs: Math.max(...waits) } : {}),
    pausedProviders: [...pauses].toSorted(byKey).map(([provider, until]) => ({ provider, until })),
    ...(isSwept && sweeps[0] !== undefined ? { lastSweepAt: sweeps[0] } : {}),
    ...(night
      ? { lastNight: { startedAt: night.startedAt, ...(endedAt === undefined ? {} : { endedAt }) } }
      : {}),
  }
}

/** Adds comparisons of one day up. Undefined where no shard has compared it. */
export function mergeReconciliations(all: readonly Reconciliation[]): Reconciliation | undefined {
  if (all.length === 0) return undefined
  const sums = addUp(all)
  return {
    ...sums,
    summary: { ...sums.summary, complete: all.every(({ summary }) => summary.complete) },
    statistics: mergeDays(sums.statistics),
  }
}

/** Merges what adding up has left in lists, and divides again. */
function mergeDays(sums: DayStatistics): DayStatistics {
  const volumes = new Map<string, DayVolume>()
  const refusals = new Map<DeclineReason | 'not_stated', number>()
  for (const volume of sums.volume)
    volumes.set(volume.currency, addVolume(volumes.get(volume.currency), volume))
  for (const { reason, count } of sums.refusals) refusals.set(reason, (refusals.get(reason) ?? 0) + count)
  const { paid, notPaid, threeDSecure } = sums
  const { passed, failed, timedOut } = threeDSecure
  return {
    ...sums,
    ...toRate(paid, paid + notPaid),
    volume: [...volumes.values()].toSorted((a, b) => (a.currency < b.currency ? -1 : 1)),
    refusals: [...refusals]
      .map(([reason, count]) => ({ reason, count }))
      .toSorted((a, b) => b.count - a.count || (a.reason < b.reason ? -1 : 1)),
    threeDSecure: { ...threeDSecure, ...toRate(passed, passed + failed + timedOut) },
  }
}

/** Adds objects of one shape up: numbers are added, lists are joined, and any other member is that of the first one. */
function addUp<T extends object>(all: readonly T[]): T {
  const sums: Record<string, unknown> = {}
  for (const [name, value] of all.flatMap((one) => Object.entries(one))) sums[name] = add(sums[name], value)
  return sums as T
}

function add(sum: unknown, value: unknown): unknown {
  if (sum === undefined) return value
  if (typeof sum === 'number' && typeof value === 'number') return sum + value
  if (Array.isArray(sum) && Array.isArray(value)) return [...sum, ...value]
  const areObjects = typeof sum === 'object' && typeof value === 'object' && sum !== null && value !== null
  return areObjects ? addUp([sum, value]) : sum
}

/** A sum beyond exact integers is left out, as in the statistics of one shard. */
function addVolume(known: DayVolume | undefined, more: DayVolume): DayVolume {
  if (!known) return more
  const captured = known.captured + more.captured
  const refunded = known.refunded + more.refunded
  const isExact = Number.isSafeInteger(captured) && Number.isSafeInteger(refunded)
  return {
    currency: more.currency,
    payments: known.payments + more.payments,
    captured: isExact ? captured : known.captured,
    refunded: isExact ? refunded : known.refunded,
    notStated: known.notStated + (isExact ? more.notStated : more.payments),
  }
}
