import { randomUUID } from 'node:crypto'
import { type ListRange, PaymentError, type PaymentProvider, type PaymentReport } from '@payment-status/core'
import { sleepUnless } from '../poll/rate-limit.ts'
import { limits } from '../retry.ts'
import { beginWithoutTargets } from '../store/comparisons.ts'
import { toJson } from '../store/sql.ts'
import { zoneOf } from '../upkeep/days.ts'
import type { Gate } from './rates.ts'
import { keysOfReport, locate, type Shards } from './route.ts'

const PAGE = 200
const WAIT_IN_MILLISECONDS = 200
/** A list of a period is used by all shards that compare it within this time. */
const REUSED = "interval '1 hour'"
const KEPT = "interval '2 days'"

interface ListKey {
  readonly provider: string
  readonly from_at: string
  readonly to_at: string
}

/** Lists of providers, each requested once for all shards. */
export interface SharedLists {
  /** Returns the part of one shard: the payments of its orders, and for the home also those of no order. */
  partOf(
    shard: string,
    provider: PaymentProvider,
    range: ListRange,
    signal?: AbortSignal,
  ): AsyncIterable<PaymentReport>
  /** Forgets a list, so that the provider is requested again. */
  forget(provider: string, range: ListRange): Promise<void>
}

/**
 * Keeps lists in the directory's database. The first shard that compares a day requests the list, divides each page, and
 * stores it; the other shards read their parts while it grows. One that breaks off is requested again by the next shard.
 */
export function createSharedLists(shards: Shards, gate: Gate): SharedLists {
  const { tables } = shards.directory
  const { schema } = tables
  const where = 'provider = $1 and from_at = $2 and to_at = $3'
  const valuesOf = ({ provider, from_at, to_at }: ListKey) => [provider, from_at, to_at]

  /** Returns whether the caller has to request the list: it is new, old, or its lister has ended without a result. */
  async function take(key: ListKey, lister: string): Promise<boolean> {
    const rows = await tables.query(
      `insert into ${schema}.lists as l (provider, from_at, to_at, lister, leased_until)
       values ($1, $2, $3, $4, clock_timestamp() + $5::float8 * interval '1 ms')
       on conflict (provider, from_at, to_at) do update set lister = excluded.lister, is_complete = false,
         started_at = clock_timestamp(), leased_until = excluded.leased_until
         where (l.is_complete and l.started_at < clock_timestamp() - ${REUSED})
           or (not l.is_complete and l.leased_until < clock_timestamp())
       returning 1 as taken`,
      [...valuesOf(key), lister, limits.comparisonLease],
    )
    if (rows.length === 0) return false
    await tables.executeSql(`delete from ${schema}.listed where ${where}`, valuesOf(key))
    for (const table of ['listed', 'lists'])
      await tables.executeSql(
        `delete from ${schema}.${table} l using ${schema}.lists old
         where old.started_at < clock_timestamp() - ${KEPT} and l.provider = old.provider
           and l.from_at = old.from_at and l.to_at = old.to_at`,
      )
    return true
  }

  async function save(key: ListKey, page: readonly PaymentReport[]): Promise<void> {
    if (page.length === 0) return
    const located = await locate(shards, page.map(keysOfReport))
    const rows = page.map((report, number) => ({
      shard: (located.get(number) ?? shards.home).name,
      report,
    }))
    await tables.executeSql(
      `insert into ${schema}.listed (provider, from_at, to_at, shard, report)
       select $1, $2, $3, n.shard, n.report from jsonb_to_recordset($4::text::jsonb) as n(shard text, report jsonb)`,
      [...valuesOf(key), toJson(rows)],
    )
  }

  /** Renews the lease; rejects where another shard has taken the list. */
  async function renew(key: ListKey, lister: string, isComplete: boolean): Promise<void> {
    const rows = await tables.query(
      `update ${schema}.lists set is_complete = $5::boolean,
         leased_until = clock_timestamp() + $6::float8 * interval '1 ms'
       where ${where} and lister = $4 returning 1 as renewed`,
      [...valuesOf(key), lister, isComplete, limits.comparisonLease],
    )
    if (rows.length === 0) throw interrupted(key.provider)
  }

  async function request(
    key: ListKey,
    lister: string,
    provider: PaymentProvider,
    range: ListRange,
    signal: AbortSignal,
  ): Promise<void> {
    const renewing = setInterval(
      () => renew(key, lister, false).catch(shards.report),
      limits.comparisonLease / 3,
    )
    try {
      await gate(provider.name, signal, async () => {
        let page: PaymentReport[] = []
        for await (const report of provider.list(range, { signal })) {
          page.push(report)
          if (page.length < PAGE) continue
          await save(key, page)
          page = []
        }
        await save(key, page)
      })
      clearInterval(renewing)
      await renew(key, lister, true)
    } catch (error) {
      await tables
        .executeSql(`delete from ${schema}.lists where ${where} and lister = $4`, [...valuesOf(key), lister])
        .catch(shards.report)
      throw error
    } finally {
      clearInterval(renewing)
    }
    await compareAtHome(key, range).catch(shards.report)
  }

  /** The night compares providers that a shard has orders of. What belongs to no order is compared at home all the same. */
  async function compareAtHome(key: ListKey, { from }: ListRange): Promise<void> {
    const { context } = shards.home
    const timeZone = zoneOf(context)
    const day = new Intl.DateTimeFormat('en-CA', { timeZone, dateStyle: 'short' }).format(from)
    const parts = await tables.query(
      `select 1 as part from ${schema}.listed where ${where} and shard = $4 limit 1`,
      [...valuesOf(key), shards.home.name],
    )
    if (parts.length === 0) return
    await beginWithoutTargets(context.database, { provider: key.provider, day })
  }

  async function readAfter(key: ListKey, shard: string, after: string) {
    return tables.query<{ number: string; report: string }>(
      `select number::text, report::text from ${schema}.listed
       where ${where} and shard = $4 and number > $5::text::bigint order by listed.number limit ${PAGE}`,
      [...valuesOf(key), shard, after],
    )
  }

  async function* partOf(
    shard: string,
    provider: PaymentProvider,
    range: ListRange,
    signal: AbortSignal = new AbortController().signal,
  ): AsyncGenerator<PaymentReport> {
    const key = toKey(provider.name, range)
    const lister = randomUUID()
    if (await take(key, lister)) await request(key, lister, provider, range, signal)
    for (let after = '0'; ; ) {
      signal.throwIfAborted()
      // In this sequence: what was stored before the end of the list is read after it.
      const [list] = await tables.query<{ is_complete: boolean; is_alive: boolean }>(
        `select is_complete, leased_until > clock_timestamp() as is_alive from ${schema}.lists where ${where}`,
        valuesOf(key),
      )
      const rows = await readAfter(key, shard, after)
      for (const { report } of rows) yield JSON.parse(report) as PaymentReport
      after = rows.at(-1)?.number ?? after
      if (rows.length > 0) continue
      if (list?.is_complete) return
      if (!list?.is_alive) throw interrupted(provider.name)
      await sleepUnless(WAIT_IN_MILLISECONDS, signal)
    }
  }

  return {
    partOf,
    async forget(provider, range) {
      const key = toKey(provider, range)
      await tables.executeSql(`delete from ${schema}.lists where ${where} and is_complete`, valuesOf(key))
    },
  }
}

function toKey(provider: string, { from, to }: ListRange): ListKey {
  return { provider, from_at: from.toISOString(), to_at: to.toISOString() }
}

function interrupted(provider: string): PaymentError {
  return new PaymentError({
    code: 'unavailable',
    provider,
    message: 'the list that another shard requested broke off: the day is compared again later',
  })
}
