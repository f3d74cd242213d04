import type { Evidence } from '../types/evidence.ts'
import type { PaymentKey } from './rows.ts'
import { iso } from './sql.ts'
import type { Tables } from './tables.ts'

export interface EvidenceData {
  readonly seq: string
  readonly kind: Evidence['kind']
  readonly received: string
  readonly type: string | null
  readonly event_id: string | null
  readonly content: string
  readonly outcome: Evidence['outcome'] | null
  readonly version: number | null
}

/** Reads a page of the evidence of a payment, oldest first, after a position. */
export async function readEvidence(
  tables: Tables,
  { provider, id }: PaymentKey,
  after: string,
  limit: number,
): Promise<readonly EvidenceData[]> {
  return tables.query<EvidenceData>(
    `select seq::text, kind, ${iso('received_at')} as received, type, event_id, content::text, outcome, version
     from ${tables.schema}.evidence where provider = $1 and payment_id = $2 and seq > $3::text::bigint
     order by evidence.seq limit ${limit}`,
    [provider, id, after],
  )
}

interface WebhookDelays {
  readonly provider: string
  readonly count: number
  readonly median: number
  readonly p95: number
}

/** Delays are read of the newest webhooks only, so that the figures of a large shop cost what those of a small one do. */
const MOST_DELAYS = 2_000

/** Reads how long the newest webhooks of the last days took, by provider, in milliseconds. */
export async function readWebhookDelays(tables: Tables, days: number): Promise<readonly WebhookDelays[]> {
  return tables.query<WebhookDelays>(
    `select provider, count(*)::int as count,
       (percentile_cont(0.5) within group (order by delay_ms))::float8 as median,
       (percentile_cont(0.95) within group (order by delay_ms))::float8 as p95
     from (select provider, delay_ms from ${tables.schema}.evidence where delay_ms is not null 
             and received_at >= (date_trunc('day', now() at time zone 'utc') - $1::int * interval '1 day') at time zone 'utc'
           order by received_at desc limit ${MOST_DELAYS}) newest
     group by provider order by provider`,
    [days - 1],
  )
}
