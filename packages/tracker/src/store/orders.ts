import type { Tables } from './tables.ts'

export interface UndecidedOrder {
  readonly id: string
  /** True where a payment of the order may still be paid. */
  readonly isPending: boolean
}

/** Takes orders that have waited for a decision as long as their schedule allows, each once. */
export async function takeUndecided(tx: Tables, limit: number): Promise<readonly UndecidedOrder[]> {
  return tx.query<UndecidedOrder>(`update ${tx.schema}.orders o set undecided_at = null, revision = revision + 1
     from (select id from ${tx.schema}.orders where undecided_at <= statement_timestamp()
           order by undecided_at limit ${limit} for update skip locked) due
     where o.id = due.id
     returning o.id, exists (select from ${tx.schema}.payments p where p.order_id = o.id
         and p.status in ('processing', 'authorized', 'unknown'))
       or (o.status = 'unknown' and exists (select from ${tx.schema}.payments p where p.order_id = o.id
         and p.status in ('failed', 'canceled', 'expired', 'refunded')))
       or exists (select from ${tx.schema}.targets t where t.order_id = o.id and t.recheck is not null) as "isPending"`)
}
