import type { Context } from '../context.ts'
import { readDayCounts } from '../store/day-counts.ts'
import { query } from '../store/sql.ts'
import type { Statistics } from '../types.ts'

const DEFAULT_DAYS = 14
const MOST_DAYS = 90
/** Delays are read of the newest webhooks only, so that the figures of a large shop cost what those of a small one do. */
const MOST_DELAYS = 2_000

/** Returns figures of the last days: counts that writers keep by day, and the delays of the newest webhooks. */
export async function readStatistics(
  { database, schema }: Context,
  days = DEFAULT_DAYS,
): Promise<Statistics> {
  const last = Math.min(MOST_DAYS, Math.max(1, Math.trunc(days)))
  const payments = await readDayCounts(database, schema, last)
  const delays = await query<{ provider: string; count: number; median: number; p95: number }>(
    database,
    `select provider, count(*)::int as count,
       (percentile_cont(0.5) within group (order by delay_ms))::float8 as median,
       (percentile_cont(0.95) within group (order by delay_ms))::float8 as p95
     from (select provider, delay_ms from ${schema}.evidence where delay_ms is not null 
             and received_at >= (date_trunc('day', now() at time zone 'utc') - $1::int * interval '1 day') at time zone 'utc'
           order by received_at desc limit ${MOST_DELAYS}) newest
     group by provider order by provider`,
    [last - 1],
  )
  return {
    payments,
    webhookDelays: delays.map(({ provider, count, median, p95 }) => ({
      provider,
      count,
      medianMs: Math.round(median),
      p95Ms: Math.round(p95),
    })),
  }
}
