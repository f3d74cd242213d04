import { iso } from './sql.ts'
import type { Tables } from './tables.ts'

/** Notes that something ran: a kind of upkeep, or a worker of this process. */
export async function beat(tables: Tables, name: string): Promise<void> {
  await tables.executeSql(
    `insert into ${tables.schema}.heartbeats (name) values ($1) on conflict (name) do update set seen_at = now()`,
    [name],
  )
}

export async function beginBeat(tables: Tables, name: string): Promise<void> {
  await tables.executeSql(
    `insert into ${tables.schema}.heartbeats (name) values ($1)
     on conflict (name) do update set started_at = now(), seen_at = now()`,
    [name],
  )
}

export interface Heartbeat {
  readonly name: string
  readonly started: string
  readonly seen: string
}

export function readHeartbeats(tables: Tables): Promise<Heartbeat[]> {
  return tables.query<Heartbeat>(
    `select name, ${iso('started_at')} as started, ${iso('seen_at')} as seen from ${tables.schema}.heartbeats order by name`,
  )
}

/** Removes workers that were not seen for a day. */
export async function forgetWorkers(tables: Tables): Promise<void> {
  await tables.executeSql(
    `delete from ${tables.schema}.heartbeats where name like 'worker/%' and seen_at < now() - interval '1 day'`,
  )
}
