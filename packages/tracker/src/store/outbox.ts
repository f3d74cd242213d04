import type { PaymentReport } from '@payment-status/core'
import { ATTEMPTS_BEFORE_DAILY, DAY, limits, retries } from '../retry.ts'
import { ms } from './sql.ts'
import type { Tables } from './tables.ts'
import type { OutboxEntry } from './writing.ts'

/** A row of the outbox that a worker has taken. */
export interface Delivery {
  readonly id: string
  readonly stream_key: string
  readonly kind: OutboxEntry['kind']
  readonly key: string
  readonly change_id: string
  readonly order_id: string | null
  readonly provider: string | null
  readonly payment_id: string | null
  readonly version: number | null
  readonly body: unknown
  readonly step: unknown
  /** This one included. */
  readonly attempts: number
  /** Milliseconds since it was stored. */
  readonly waited: number
}

interface DeliveryData extends Omit<Delivery, 'body' | 'step'> {
  readonly body: string | null
  readonly step: string | null
}

/**
 * Takes the oldest row that is due and first in its stream. Its attempt is counted with it, and it is due again when the
 * lease ends: later and later, in case the handler ends its process, which reports no error.
 */
export async function takeDelivery(tables: Tables): Promise<Delivery | undefined> {
  const [row] = await tables.query<DeliveryData>(
    `update ${tables.schema}.outbox set attempts = attempts + 1, due_at = clock_timestamp() + interval '1 ms' * case
       when attempts + 1 >= ${ATTEMPTS_BEFORE_DAILY} then ${DAY}
       else greatest($1::float8, least($2::float8 * power(2, attempts), $3::float8)) end
     where id = (
       select b.id from ${tables.schema}.outbox b
       where b.delivered_at is null and b.stream_key is not null and b.due_at <= statement_timestamp()
         and not exists (select from ${tables.schema}.outbox first where first.stream_key = b.stream_key
           and first.delivered_at is null and first.id < b.id)
       order by b.due_at, b.id limit 1 for update skip locked)
       and delivered_at is null and stream_key is not null
     returning id::text, stream_key, kind, key, change_id::text, order_id, provider, payment_id, version, body::text,
       step::text, attempts, ${ms('clock_timestamp() - created_at')} as waited`,
    [limits.handlerLease, retries.handler.first, retries.handler.longest],
  )
  return (
    row && {
      ...row,
      body: row.body === null ? {} : JSON.parse(row.body),
      step: row.step === null ? undefined : JSON.parse(row.step),
    }
  )
}

/** Locks a taken row; false where its lease ended and another worker has taken it. */
export async function holdDelivery(tx: Tables, { id, attempts }: Delivery): Promise<boolean> {
  const found = await tx.query(
    `select 1 as held from ${tx.schema}.outbox
     where id = $1::text::bigint and attempts = $2::int and delivered_at is null and stream_key is not null for update`,
    [id, attempts],
  )
  return found.length > 0
}

export async function markDelivered(tables: Tables, { id }: Delivery): Promise<void> {
  await tables.executeSql(
    `update ${tables.schema}.outbox set delivered_at = clock_timestamp() where id = $1::text::bigint`,
    [id],
  )
}

/** Puts a row and the rest of its stream off. */
export async function postponeStream(
  tables: Tables,
  { id, attempts, stream_key }: Delivery,
  afterMs: number,
): Promise<void> {
  await tables.executeSql(
    `update ${tables.schema}.outbox set due_at = case when id = $2::text::bigint then due.at else greatest(due_at, due.at) end
     from (select clock_timestamp() + $4::float8 * interval '1 ms' as at) due
     where stream_key = $1 and delivered_at is null and (id > $2::text::bigint
       or (id = $2::text::bigint and attempts = $3::int))`,
    [stream_key, id, attempts, afterMs],
  )
}

/** Reads the version before a change; undefined for the first one. */
export async function readBefore(
  tables: Tables,
  { provider, payment_id, version }: Delivery,
): Promise<PaymentReport | undefined> {
  const [row] = await tables.query<{ report: string }>(
    `select (body -> 'report')::text as report from ${tables.schema}.outbox where key = $1`,
    [`${provider}/${payment_id}/${(version ?? 1) - 1}`],
  )
  return row && (JSON.parse(row.report) as PaymentReport)
}

/** Returns when the next row is due, in milliseconds from now; undefined where none waits. */
export async function nextDelivery(tables: Tables): Promise<number | undefined> {
  const [row] = await tables.query<{
    wait: number | null
  }>(`select ${ms('min(due_at) - clock_timestamp()')} as wait from ${tables.schema}.outbox
     where delivered_at is null and stream_key is not null`)
  return row?.wait ?? undefined
}

/** Inserts a row that no report brought. */
export async function insertDelivery(
  tx: Tables,
  { key, kind, order, provider, body }: Pick<OutboxEntry, 'key' | 'kind' | 'order' | 'provider' | 'body'>,
): Promise<void> {
  await tx.executeSql(
    `insert into ${tx.schema}.outbox (stream_key, kind, key, order_id, provider, body)
     values ($1::text, $2::text, $1::text, $3::text, $4::text, $5::text::jsonb)
     on conflict (key) do update set delivered_at = null, attempts = 0, due_at = now()`,
    [key, kind, order ?? null, provider ?? null, JSON.stringify(body)],
  )
}
