import { ms } from './case.ts'
import { iso, query, type Sql } from './sql.ts'
import type { Health } from './types.ts'

export async function readHealth(sql: Sql, schema: string): Promise<Health> {
  const [row] = await query<{ backlog: number; oldest: number | null; blocked: number; overdue: number }>(
    sql,
    `select
       (select count(*) from ${schema}.outbox where handed_at is null and lane is not null)::int as backlog,
       (select ${ms('clock_timestamp() - min(created_at)')} from ${schema}.outbox
        where handed_at is null and lane is not null) as oldest,
       (select count(distinct lane) from ${schema}.outbox
        where handed_at is null and lane is not null and attempts > 0)::int as blocked,
       (select count(*) from ${schema}.handles where due_at < clock_timestamp() - interval '1 minute')::int as overdue`,
  )
  const pausedProviders = await query<{ provider: string; until: string }>(
    sql,
    `select provider, ${iso('until')} as until from ${schema}.pauses where pauses.until > clock_timestamp() order by provider`,
  )
  return {
    backlog: row?.backlog ?? 0,
    ...(row?.oldest === null || row?.oldest === undefined ? {} : { oldestChangeMs: Math.round(row.oldest) }),
    blocked: row?.blocked ?? 0,
    overduePolls: row?.overdue ?? 0,
    pausedProviders,
  }
}
