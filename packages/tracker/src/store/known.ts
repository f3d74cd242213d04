import type { Payment } from '@payment-status/core'
import type { TargetKey } from './rows.ts'
import { query, type Sql } from './sql.ts'

/** Recorded state around a target that is looked up by an id. */
export interface KnownTarget {
  /** The id to look up: a key that the shop did not watch, such as an operation's, gives way to the payment it led to. */
  readonly id: string
  readonly payment: Payment | undefined
  /** Operations that the payment's newest webhooks named. */
  readonly named: readonly string[]
}

/** How many webhooks of a payment are read for the operations they named. */
const MOST_WEBHOOKS = 50

/** Reads what is known of a target before it is looked up. */
export async function readKnown(
  sql: Sql,
  schema: string,
  { provider, value }: TargetKey,
): Promise<KnownTarget> {
  const [row] = await query<{ id: string; payment: string | null; named: string }>(
    sql,
    `with target as (
       select coalesce((select payment_id from ${schema}.targets
         where provider = $1::text and kind = 'id' and value = $2::text and not watched), $2::text) as id)
     select target.id, (p.report -> 'payment')::text as payment,
       (select coalesce(json_agg(distinct operation ->> 'id'), '[]') from (
          select content -> 'operations' as operations from ${schema}.evidence
          where provider = $1::text and payment_id in ($2::text, target.id) and kind in ('recheck', 'dispute')
          order by seq desc limit ${MOST_WEBHOOKS}) webhooks
        cross join lateral jsonb_array_elements(webhooks.operations) operation)::text as named
     from target left join ${schema}.payments p on p.provider = $1::text and p.id = target.id`,
    [provider, value],
  )
  const { id = value, payment = null, named = '[]' } = row ?? {}
  return {
    id,
    payment: payment === null ? undefined : (JSON.parse(payment) as Payment),
    named: [...(JSON.parse(named) as string[]), ...(id === value ? [] : [value])],
  }
}

/** Recorded state around a reference that is looked up. */
export interface KnownReference {
  /** All payments under the reference; none where they are too many to compare. */
  readonly payments: readonly Payment[]
  /** Operations of the one payment, as they are recorded. Of several payments none are given. */
  readonly recorded: readonly { readonly id: string }[]
  /** Operations that webhooks of the one payment named, and that are not recorded yet. */
  readonly added: readonly { readonly id: string }[]
  /** True while a payment under the reference has to be looked up itself. */
  readonly isRechecked: boolean
}

/** As many payments under one reference are compared with an answer. */
const MOST_PAYMENTS = 10

/** Reads what is known of a reference before it is looked up. */
export async function readKnownOfReference(
  sql: Sql,
  schema: string,
  { provider, value }: TargetKey,
): Promise<KnownReference> {
  const [row] = await query<{ payments: string; named: string; is_rechecked: boolean }>(
    sql,
    `with found as (
       select id, report -> 'payment' as payment from ${schema}.payments
       where provider = $1::text and reference = $2::text limit ${MOST_PAYMENTS + 1})
     select (select coalesce(json_agg(payment), '[]') from found)::text as payments,
       (select coalesce(json_agg(distinct operation ->> 'id'), '[]') from found
        cross join lateral (
          select content -> 'operations' as operations from ${schema}.evidence e
          where e.provider = $1::text and e.payment_id = found.id and e.kind in ('recheck', 'dispute')
          order by seq desc limit ${MOST_WEBHOOKS}) webhooks
        cross join lateral jsonb_array_elements(webhooks.operations) operation)::text as named,
       exists (select from found join ${schema}.targets t on t.provider = $1::text and t.kind = 'id' and t.value = found.id
         where t.recheck is not null)
       or exists (select from ${schema}.targets t where t.recheck is not null and t.order_id = (
         select order_id from ${schema}.targets
         where provider = $1::text and kind = 'reference' and value = $2::text)) as is_rechecked`,
    [provider, value],
  )
  const payments = JSON.parse(row?.payments ?? '[]') as Payment[]
  const isOne = payments.length === 1
  const recorded = isOne ? (payments[0]?.operations ?? []) : []
  const named = isOne ? (JSON.parse(row?.named ?? '[]') as string[]) : []
  return {
    payments: payments.length > MOST_PAYMENTS ? [] : payments,
    recorded,
    added: named.filter((id) => !recorded.some((operation) => operation.id === id)).map((id) => ({ id })),
    isRechecked: row?.is_rechecked ?? false,
  }
}
