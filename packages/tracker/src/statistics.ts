import type { PaymentStatus } from '@payment-status/core'
import { query, type Sql } from './sql.ts'
import type { Statistics } from './types.ts'

const DEFAULT_DAYS = 14
const MOST_DAYS = 90

export async function readStatistics(sql: Sql, schema: string, days = DEFAULT_DAYS): Promise<Statistics> {
  const last = Math.min(MOST_DAYS, Math.max(1, Math.trunc(days)))
  const since = `(date_trunc('day', now() at time zone 'utc') - ${last - 1} * interval '1 day') at time zone 'utc'`
  const payments = await query<{ day: string; status: PaymentStatus; count: number }>(
    sql,
    `select to_char(heard_at at time zone 'utc', 'YYYY-MM-DD') as day, status, count(*)::int as count
     from ${schema}.payments where heard_at >= ${since} group by 1, 2 order by 1, 2`,
  )
  const delays = await query<{ provider: string; count: number; median: number; p95: number }>(
    sql,
    `select provider, count(*)::int as count,
       (percentile_cont(0.5) within group (order by delay))::float8 as median,
       (percentile_cont(0.95) within group (order by delay))::float8 as p95
     from (select provider,
         greatest(0, extract(epoch from heard_at - (content->>'occurredAt')::timestamptz) * 1000)::float8 as delay
       from ${schema}.evidence where kind = 'webhook' and heard_at >= ${since} and content ? 'occurredAt') heard
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
