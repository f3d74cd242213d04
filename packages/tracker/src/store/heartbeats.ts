import { iso, query, type Sql } from './sql.ts'

/** Notes that something ran: a kind of upkeep, or a worker of this process. */
export async function beat(sql: Sql, schema: string, name: string): Promise<void> {
  await sql.executeSql(
    `insert into ${schema}.heartbeats (name) values ($1) on conflict (name) do update set seen_at = now()`,
    [name],
  )
}

export async function beginBeat(sql: Sql, schema: string, name: string): Promise<void> {
  await sql.executeSql(
    `insert into ${schema}.heartbeats (name) values ($1)
     on conflict (name) do update set started_at = now(), seen_at = now()`,
    [name],
  )
}

export interface Heartbeat {
  readonly name: string
  readonly started: string
  readonly seen: string
}

export function readHeartbeats(sql: Sql, schema: string): Promise<Heartbeat[]> {
  return query<Heartbeat>(
    sql,
    `select name, ${iso('started_at')} as started, ${iso('seen_at')} as seen from ${schema}.heartbeats order by name`,
  )
}

/** Removes workers that were not seen for a day. */
export async function forgetWorkers(sql: Sql, schema: string): Promise<void> {
  await sql.executeSql(
    `delete from ${schema}.heartbeats where name like 'worker/%' and seen_at < now() - interval '1 day'`,
  )
}
