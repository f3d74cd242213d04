import type { PaymentStatus } from '@payment-status/core'
import { query, type Sql } from './sql.ts'

const TODAY = `(now() at time zone 'utc')::date`

/** The first day that is counted: statistics show fewer days. */
const FIRST_DAY = `${TODAY} - 100`

export interface CountOfDay {
  readonly day: string
  readonly status: PaymentStatus
  readonly count: number
}

/** Reads how many payments were first received on each of the last days, by their status now. */
export function readDayCounts(sql: Sql, schema: string, days: number): Promise<readonly CountOfDay[]> {
  const since = `${TODAY} - ($1::int - 1)`
  return query<CountOfDay>(
    sql,
    `select to_char(day, 'YYYY-MM-DD') as day, status, sum(count)::int as count from (
       select day, status, count from ${schema}.day_counts where day >= ${since}
       union all select day, status, change from ${schema}.day_changes where day >= ${since}) counted
     group by 1, 2 having sum(count) > 0 order by 1, 2`,
    [days],
  )
}

/** Adds up what writers have changed since the last time. */
export async function addUpDays(sql: Sql, schema: string): Promise<void> {
  await sql.executeSql(
    `with taken as (delete from ${schema}.day_changes returning day, status, change)
     insert into ${schema}.day_counts as c (day, status, count)
     select day, status, sum(change) from taken where day >= ${FIRST_DAY}
     group by day, status having sum(change) <> 0
     on conflict (day, status) do update set count = c.count + excluded.count`,
  )
  await sql.executeSql(`delete from ${schema}.day_counts where day < ${FIRST_DAY}`)
}
