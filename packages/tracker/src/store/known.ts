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

/** Reads the operations that are recorded of the one payment with a reference. Of several payments none are read. */
export async function readOperationsOf(
  sql: Sql,
  schema: string,
  { provider, value }: TargetKey,
): Promise<readonly { readonly id: string }[]> {
  const rows = await query<{ operations: string | null }>(
    sql,
    `select (report -> 'payment' -> 'operations')::text as operations from ${schema}.payments
     where provider = $1 and reference = $2 limit 2`,
    [provider, value],
  )
  const [{ operations = null } = {}, ...others] = rows
  return operations === null || others.length > 0 ? [] : (JSON.parse(operations) as { readonly id: string }[])
}
