import type { PaymentStatus } from '@payment-status/core'
import type { Context } from '../context.ts'
import { query } from '../store/sql.ts'
import type { Statistics } from '../types.ts'

const DEFAULT_DAYS = 14
const MOST_DAYS = 90
/** Delays are read of the newest webhooks only, so that the figures of a large shop cost what those of a small one do. */
const MOST_DELAYS = 2_000

/** Returns figures of the last days. Both statements are answered from an index; the first reads the payments of these days. */
export async function readStatistics(
  { database, schema }: Context,
  days = DEFAULT_DAYS,
): Promise<Statistics> {
  const last = Math.min(MOST_DAYS, Math.max(1, Math.trunc(days)))
  const today = `date_trunc('day', now() at time zone 'utc')`
  const since = `(${today} - ${last - 1} * interval '1 day') at time zone 'utc'`
  const payments = await query<{ day: string; status: PaymentStatus; count: number }>(
    database,
    `select to_char(begins, 'YYYY-MM-DD') as day, status, count
     from generate_series(${today} - ${last - 1} * interval '1 day', ${today}, interval '1 day') begins
     cross join lateral (
       select status, count(*)::int as count from ${schema}.payments
       where received_at >= begins at time zone 'utc' and received_at < (begins + interval '1 day') at time zone 'utc'
       group by status) of_day
     order by 1, 2`,
  )
  const delays = await query<{ provider: string; count: number; median: number; p95: number }>(
    database,
    `select provider, count(*)::int as count,
       (percentile_cont(0.5) within group (order by delay_ms))::float8 as median,
       (percentile_cont(0.95) within group (order by delay_ms))::float8 as p95
     from (select provider, delay_ms from ${schema}.evidence where delay_ms is not null and received_at >= ${since}
           order by received_at desc limit ${MOST_DELAYS}) newest
     group by provider order by provider`,
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
