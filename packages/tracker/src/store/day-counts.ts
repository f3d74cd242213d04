import type { PaymentStatus } from '@payment-status/core'
import type { Tables } from './tables.ts'

export interface CountOfDay {
  readonly day: string
  readonly status: PaymentStatus
  readonly count: number
}

/** Counts with the changes that are not added up yet. */
const counted = (schema: string, where: string) => `(
  select day, status, count from ${schema}.day_counts where ${where}
  union all select day, status, change from ${schema}.day_changes where ${where}) counted`

/** Reads how many payments were first received on each of the last days, by their status now. */
export function readDayCounts(tables: Tables, days: number): Promise<readonly CountOfDay[]> {
  return tables.query<CountOfDay>(
    `select to_char(day, 'YYYY-MM-DD') as day, status, sum(count)::int as count
     from ${counted(tables.schema, `day > (now() at time zone 'utc')::date - $1::int`)}
     group by 1, 2 having sum(count) > 0 order by 1, 2`,
    [days],
  )
}

/** Selects how many payments have money and no order. */
export const countUnmatched = (schema: string) =>
  `select coalesce(sum(count), 0)::int from ${counted(schema, 'is_unmatched')}`

/** Adds up what writers have changed since the last time. */
export async function addUpDays(tables: Tables): Promise<void> {
  await tables.executeSql(
    `with taken as (delete from ${tables.schema}.day_changes returning day, status, is_unmatched, change)
     insert into ${tables.schema}.day_counts as c (day, status, is_unmatched, count)
     select day, status, is_unmatched, sum(change) from taken group by day, status, is_unmatched having sum(change) <> 0
     on conflict (day, status, is_unmatched) do update set count = c.count + excluded.count`,
  )
  await tables.executeSql(`delete from ${tables.schema}.day_counts where count = 0`)
}
