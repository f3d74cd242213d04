import type { TargetKey } from './rows.ts'
import { query, type Sql } from './sql.ts'

/** Reads the targets of an order, one for each payment: a session's id and its payment's are asked once. */
export async function readTargetsOf(
  sql: Sql,
  schema: string,
  order: string,
  provider?: string,
): Promise<readonly TargetKey[]> {
  return query<TargetKey>(
    sql,
    `select provider, kind, value from ${schema}.targets t
     where order_id = $1 and ($2::text is null or provider = $2) and (t.kind = 'reference' or t.payment_id is null or t.payment_id = t.value
       or not exists (select from ${schema}.targets other where other.provider = t.provider and other.kind = 'id'
         and other.value = t.payment_id))
     order by provider, kind, value`,
    [order, provider ?? null],
  )
}

export async function readOrderOfTarget(
  sql: Sql,
  schema: string,
  { provider, kind, value }: TargetKey,
): Promise<string | undefined> {
  const [row] = await query<{ order_id: string | null }>(
    sql,
    `select order_id from ${schema}.targets where provider = $1 and kind = $2 and value = $3`,
    [provider, kind, value],
  )
  return row?.order_id ?? undefined
}

/** Reads the providers that any target names: one step of the primary key for each. */
export async function readPolledProviders(sql: Sql, schema: string): Promise<readonly string[]> {
  const rows = await query<{ provider: string }>(
    sql,
    `with recursive names as (
       (select provider from ${schema}.targets order by provider limit 1)
       union all
       select (select provider from ${schema}.targets where provider > names.provider order by provider limit 1)
       from names where names.provider is not null)
     select provider from names where provider is not null`,
  )
  return rows.map(({ provider }) => provider)
}
