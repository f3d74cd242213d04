import { limits } from '../retry.ts'
import type { Health } from '../types/health.ts'
import { iso } from './sql.ts'
import type { Tables } from './tables.ts'

/** The parts of a comparison, in sequence. */
export type Part = 'list' | 'heal' | 'unlisted' | 'compare'

export interface ComparisonKey {
  readonly provider: string
  readonly day: string
}

export interface Progress {
  readonly part: Part
  /** Where the last page of the part ended. */
  readonly position: string
  readonly healed: number
}

/** Enters a comparison that begins anew, unless a worker works on it. One that was put off does not wait for its pause. */
export async function enterComparison(tables: Tables, { provider, day }: ComparisonKey): Promise<void> {
  await tables.executeSql(
    `insert into ${tables.schema}.comparisons as c (provider, day, part) values ($1, $2, 'list')
     on conflict (provider, day) do update set part = 'list', position = '', state = '{}', attempts = 0, leased_until = null
     where c.is_put_off or c.leased_until is null or c.leased_until <= clock_timestamp()`,
    [provider, day],
  )
}

/** Enters a comparison, unless the day is being compared already. */
export async function beginComparison(tables: Tables, { provider, day }: ComparisonKey): Promise<void> {
  await tables.executeSql(
    `insert into ${tables.schema}.comparisons (provider, day, part) values ($1, $2, 'list') on conflict do nothing`,
    [provider, day],
  )
}

/** Enters a comparison of a provider that no target names, unless the day was compared within the hour. */
export async function beginWithoutTargets(tables: Tables, { provider, day }: ComparisonKey): Promise<void> {
  await tables.executeSql(
    `insert into ${tables.schema}.comparisons (provider, day, part)
     select $1::text, $2::text, 'list'
     where not exists (select from ${tables.schema}.targets where provider = $1::text)
       and not exists (select from ${tables.schema}.reconciliations where provider = $1::text and day = $2::text
         and compared_at > now() - interval '1 hour')
     on conflict do nothing`,
    [provider, day],
  )
}

/** Reads comparisons that no worker has. */
export async function readIdleComparisons(tables: Tables, limit: number): Promise<readonly ComparisonKey[]> {
  return tables.query<ComparisonKey>(`select provider, day from ${tables.schema}.comparisons
     where leased_until is null or leased_until <= statement_timestamp() limit ${limit}`)
}

export async function isUnderWay(tables: Tables, { provider, day }: ComparisonKey): Promise<boolean> {
  const rows = await tables.query(
    `select 1 as under_way from ${tables.schema}.comparisons where provider = $1 and day = $2`,
    [provider, day],
  )
  return rows.length > 0
}

/** Takes a comparison for a minute; undefined where another worker has it. */
export async function takeComparison(
  tables: Tables,
  { provider, day }: ComparisonKey,
): Promise<(Progress & { readonly attempts: number }) | undefined> {
  const [row] = await tables.query<{ part: Part; position: string; healed: number; attempts: number }>(
    `update ${tables.schema}.comparisons set attempts = attempts + 1, is_put_off = false,
       leased_until = clock_timestamp() + $3::float8 * interval '1 ms'
     where provider = $1 and day = $2 and (leased_until is null or leased_until <= clock_timestamp())
     returning part, position, coalesce((state ->> 'healed')::int, 0) as healed, attempts`,
    [provider, day, limits.comparisonLease],
  )
  if (row?.part === 'list') {
    await tables.executeSql(`delete from ${tables.schema}.listed where provider = $1 and day = $2`, [
      provider,
      day,
    ])
  }
  return row
}

/** Notes how far a comparison has come, and renews the lease. */
export async function saveProgress(
  tables: Tables,
  { provider, day }: ComparisonKey,
  { part, position, healed }: Progress,
): Promise<void> {
  await tables.executeSql(
    `update ${tables.schema}.comparisons set part = $3, position = $4, state = $5::text::jsonb,
       leased_until = clock_timestamp() + $6::float8 * interval '1 ms' where provider = $1 and day = $2`,
    [provider, day, part, position, JSON.stringify({ healed }), limits.comparisonLease],
  )
}

/** Ends the lease; the comparison goes on after a pause. */
export async function putOffComparison(
  tables: Tables,
  { provider, day }: ComparisonKey,
  pauseMs: number,
): Promise<void> {
  await tables.executeSql(
    `update ${tables.schema}.comparisons set is_put_off = true,
       leased_until = clock_timestamp() + $3::float8 * interval '1 ms' where provider = $1 and day = $2`,
    [provider, day, pauseMs],
  )
}

export async function endComparison(tables: Tables, { provider, day }: ComparisonKey): Promise<void> {
  for (const table of ['listed', 'comparisons'])
    await tables.executeSql(`delete from ${tables.schema}.${table} where provider = $1 and day = $2`, [
      provider,
      day,
    ])
}

/** Reads the comparisons that are under way. */
export async function readComparisons(tables: Tables): Promise<Health['comparisons']> {
  return tables.query<Health['comparisons'][number]>(
    `select provider, day, part, attempts, ${iso('started_at')} as "startedAt" from ${tables.schema}.comparisons order by provider, day`,
  )
}
