import type { TargetKey } from './rows.ts'
import type { Tables } from './tables.ts'

/** Reads the targets of an order, one for each payment: a session's id and its payment's are asked once. */
export async function readTargetsOf(
  tables: Tables,
  order: string,
  provider?: string,
): Promise<readonly TargetKey[]> {
  return tables.query<TargetKey>(
    `select provider, kind, value from ${tables.schema}.targets t
     where order_id = $1 and ($2::text is null or provider = $2) and (t.kind = 'reference' or t.payment_id is null or t.payment_id = t.value
       or not exists (select from ${tables.schema}.targets other where other.provider = t.provider and other.kind = 'id'
         and other.value = t.payment_id))
     order by provider, kind, value`,
    [order, provider ?? null],
  )
}

export async function readOrderOfTarget(
  tables: Tables,
  { provider, kind, value }: TargetKey,
): Promise<string | undefined> {
  const [row] = await tables.query<{ order_id: string | null }>(
    `select order_id from ${tables.schema}.targets where provider = $1 and kind = $2 and value = $3`,
    [provider, kind, value],
  )
  return row?.order_id ?? undefined
}

/** Reads the providers that any target names: one step of the primary key for each. */
export async function readPolledProviders(tables: Tables): Promise<readonly string[]> {
  const rows = await tables.query<{ provider: string }>(`with recursive names as (
       (select provider from ${tables.schema}.targets order by provider limit 1)
       union all
       select (select provider from ${tables.schema}.targets where provider > names.provider order by provider limit 1)
       from names where names.provider is not null)
     select provider from names where provider is not null`)
  return rows.map(({ provider }) => provider)
}

/** Returns the keys that an order has. */
export async function readClaimed(tables: Tables, keys: readonly TargetKey[]): Promise<readonly TargetKey[]> {
  return tables.query<TargetKey>(
    `select k.provider, k.kind, k.value
     from jsonb_to_recordset($1::text::jsonb) as k(provider text, kind text, value text)
     cross join lateral (
       select 1 as found from ${tables.schema}.targets t
       where t.provider = k.provider and t.kind = k.kind and t.value = k.value and t.order_id is not null
       union all
       select 1 from ${tables.schema}.payments p
       where k.kind = 'id' and p.provider = k.provider and p.id = k.value and p.order_id is not null
       limit 1) claimed`,
    [JSON.stringify(keys)],
  )
}
