import { iso, ms } from './sql.ts'
import type { Tables } from './tables.ts'

/** Registers a provider, so that its turns can be given away. */
export async function insertProvider(tables: Tables, provider: string): Promise<void> {
  await tables.executeSql(
    `insert into ${tables.schema}.providers (provider) values ($1) on conflict do nothing`,
    [provider],
  )
}

/**
 * Reserves the next turn at a provider. Returns milliseconds until then, or undefined, with nothing reserved, where it is
 * more than `longest`.
 */
export async function takeTurn(
  tables: Tables,
  provider: string,
  { intervalMs, longest }: { readonly intervalMs: number; readonly longest: number },
): Promise<number | undefined> {
  const [row] = await tables.query<{ wait: number }>(
    `insert into ${tables.schema}.providers as p (provider, slot_at)
     values ($1::text, clock_timestamp() + $2::float8 * interval '1 ms')
     on conflict (provider) do update
       set slot_at = greatest(p.slot_at, p.paused_until, clock_timestamp()) + $2::float8 * interval '1 ms'
       where greatest(p.slot_at, p.paused_until) <= clock_timestamp() + $3::float8 * interval '1 ms'
     returning ${ms('slot_at - clock_timestamp()')} - $2::float8 as wait`,
    [provider, intervalMs, longest],
  )
  return row && Math.max(0, row.wait)
}

/** Ends the pause of a provider: its next failure is a first one. */
export async function endPause(tables: Tables, provider: string): Promise<void> {
  await tables.executeSql(
    `update ${tables.schema}.providers set failures = 0, paused_until = null
     where provider = $1 and (failures > 0 or paused_until is not null)`,
    [provider],
  )
}

export interface Pause {
  /** As the provider stated it; 0 where it states none. */
  readonly stated: number
  /** Of a first failure. It doubles with each that follows. */
  readonly first: number
  readonly longest: number
}

/**
 * Pauses a provider for as long as it stated, or longer and longer. Requests that were under way when it was paused add
 * nothing to the pause. Returns the pause in milliseconds.
 */
export async function pauseProvider(
  tables: Tables,
  provider: string,
  { stated, first, longest }: Pause,
): Promise<number> {
  const [row] = await tables.query<{ wait: number }>(
    `insert into ${tables.schema}.providers as p (provider, failures, paused_until)
     values ($1::text, 1, clock_timestamp() + greatest($2::float8, $3::float8) * interval '1 ms')
     on conflict (provider) do update set
       failures = case when p.paused_until > clock_timestamp() then p.failures else least(p.failures + 1, 20) end,
       paused_until = greatest(p.paused_until, clock_timestamp() + greatest($2::float8,
         case when p.paused_until > clock_timestamp() then 0
         else least($3::float8 * power(2, least(p.failures, 20)), $4::float8) end) * interval '1 ms')
     returning ${ms('paused_until - clock_timestamp()')} as wait`,
    [provider, stated, first, longest],
  )
  return Math.max(0, row?.wait ?? 0)
}

/** Reads the providers that are paused, and until when. */
export async function readPauses(
  tables: Tables,
): Promise<readonly { readonly provider: string; readonly until: string }[]> {
  return tables.query<{
    provider: string
    until: string
  }>(`select provider, ${iso('paused_until')} as until from ${tables.schema}.providers
     where paused_until > clock_timestamp() order by provider`)
}
