import type { Payment } from '@payment-status/core'
import type { TargetKey } from './rows.ts'
import { ms } from './sql.ts'
import type { Tables } from './tables.ts'

/** Recorded state that the request of a target starts from. */
export interface Known {
  /** The id to look up: a key that the shop did not watch, such as an operation's, gives way to the payment it led to. */
  readonly id: string
  /** The payment of an id, or all payments under a reference; none where they are too many to compare. */
  readonly payments: readonly Payment[]
  /** Operations that the newest webhooks of the one payment named. */
  readonly named: readonly string[]
  /** True for a reference while a payment under it has to be looked up itself. */
  readonly isRechecked: boolean
  /** When this was read, in milliseconds by the database's clock. */
  readonly readAt: number
}

export interface KnownData {
  readonly known_id: string | null
  readonly known_payments: string
  readonly named: string
  readonly is_rechecked: boolean
  readonly read_at: number
}

/** Named one by one: a statement that selects all columns cannot stay prepared. */
export const knownColumns =
  'known.known_id, known.known_payments, known.named, known.is_rechecked, known.read_at'

/** As many payments under one reference are compared with an answer. */
const MOST_PAYMENTS = 10
/** As many webhooks of a payment are read for the operations they named. */
const MOST_WEBHOOKS = 50

/** Selects what is known around the target `t`, for a lateral join named `known`. */
export function selectKnown(schema: string, t: string): string {
  return `
    with led as (
      select coalesce((select payment_id from ${schema}.targets
        where provider = ${t}.provider and kind = 'id' and value = ${t}.value and not watched), ${t}.value) as id
      where ${t}.kind = 'id'),
    found as (
      select p.id, p.report -> 'payment' as payment
      from led cross join lateral (select id, report from ${schema}.payments where provider = ${t}.provider and id = led.id) p
      union all
      (select id, report -> 'payment' from ${schema}.payments
       where ${t}.kind = 'reference' and provider = ${t}.provider and reference = ${t}.value limit ${MOST_PAYMENTS + 1})),
    ids as (
      select id from led union select ${t}.value where ${t}.kind = 'id' union select id from found)
    select (select id from led) as known_id, ${ms('statement_timestamp()')} as read_at,
      (select coalesce(json_agg(payment), '[]') from found)::text as known_payments,
      (select coalesce(json_agg(distinct operation ->> 'id'), '[]') from ids
       cross join lateral (
         select content -> 'operations' as operations from ${schema}.evidence
         where provider = ${t}.provider and payment_id = ids.id and kind in ('recheck', 'dispute')
         order by seq desc limit ${MOST_WEBHOOKS}) webhooks
       cross join lateral jsonb_array_elements(webhooks.operations) operation)::text as named,
      ${t}.kind = 'reference' and (
        exists (select from found cross join lateral (select recheck from ${schema}.targets
          where provider = ${t}.provider and kind = 'id' and value = found.id) own where own.recheck is not null)
        or exists (select from ${schema}.targets where recheck is not null and order_id = (
          select order_id from ${schema}.targets
          where provider = ${t}.provider and kind = 'reference' and value = ${t}.value))) as is_rechecked`
}

export function toKnown({ kind, value }: Pick<TargetKey, 'kind' | 'value'>, row: KnownData): Known {
  const id = row.known_id ?? value
  const payments = JSON.parse(row.known_payments) as Payment[]
  const named = JSON.parse(row.named) as string[]
  return {
    id,
    payments: payments.length > MOST_PAYMENTS ? [] : payments,
    named: kind === 'id' ? [...named, ...(id === value ? [] : [value])] : payments.length === 1 ? named : [],
    isRechecked: row.is_rechecked,
    readAt: row.read_at,
  }
}

/** Reads what is known around a target that is requested out of turn. */
export async function readKnown(tables: Tables, { provider, kind, value }: TargetKey): Promise<Known> {
  const [row] = await tables.query<KnownData>(
    `select ${knownColumns} from (select $1::text as provider, $2::text as kind, $3::text as value) t
     cross join lateral (${selectKnown(tables.schema, 't')}) known`,
    [provider, kind, value],
  )
  if (!row) throw new Error('the database returned no row')
  return toKnown({ kind, value }, row)
}
