import type { Context } from '../context.ts'
import { readDayCounts } from '../store/day-counts.ts'
import { readWebhookDelays } from '../store/evidence.ts'
import type { Statistics } from '../types/reconciliation.ts'

const DEFAULT_DAYS = 14
const MOST_DAYS = 90

/** Returns figures of the last days: counts that writers keep by day, and the delays of the newest webhooks. */
export async function readStatistics({ database }: Context, days = DEFAULT_DAYS): Promise<Statistics> {
  const last = Math.min(MOST_DAYS, Math.max(1, Math.trunc(days)))
  const payments = await readDayCounts(database, last)
  const delays = await readWebhookDelays(database, last)
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
