import type { PaymentReport } from '@payment-status/core'
import { lockTargets } from './keys.ts'
import { allowPurging } from './purge.ts'
import { type PaymentKey, type PendingDispute, type TargetKey, targetOf } from './rows.ts'
import { iso } from './sql.ts'
import type { Tables } from './tables.ts'

/** Transactions that began earlier may become visible later. */
const OVERLAP = "interval '10 seconds'"

export interface UnclaimedPayment extends PaymentKey {
  readonly reference: string | null
  /** With microseconds. */
  readonly changed: string
}

/** Reads payments of no order that changed after an instant, or shortly before it. */
export async function readUnclaimedSince(
  tables: Tables,
  position: string,
  limit: number,
): Promise<readonly UnclaimedPayment[]> {
  return tables.query<UnclaimedPayment>(
    `select provider, id, reference, changed_at::text as changed from ${tables.schema}.payments
     where order_id is null and changed_at > $1::text::timestamptz - ${OVERLAP}
     order by payments.changed_at limit ${limit}`,
    [position],
  )
}

/** Row of evidence, to be ingested as what it was. */
export interface UnclaimedEvidence {
  readonly seq: string
  readonly provider: string
  readonly kind: string
  readonly event_id: string | null
  readonly type: string | null
  readonly content: string
  readonly occurred: string | null
}

/** Payments of no order, and everything that was received of them. */
export interface Unclaimed {
  readonly payments: readonly PaymentKey[]
  readonly targets: readonly TargetKey[]
  /** Ids that evidence of them is stored under. */
  readonly ids: readonly TargetKey[]
  readonly evidence: readonly UnclaimedEvidence[]
  readonly disputes: readonly (readonly [TargetKey, PendingDispute])[]
}

/** Reads what no order has claimed of keys. */
export async function readUnclaimed(tables: Tables, keys: readonly TargetKey[]): Promise<Unclaimed> {
  const payments = await tables.query<PaymentKey & { readonly report: string }>(
    `select p.provider, p.id, p.report
     from jsonb_to_recordset($1::text::jsonb) as k(provider text, kind text, value text)
     cross join lateral (
       select p.provider, p.id, p.report::text from ${tables.schema}.payments p
       where k.kind = 'id' and p.provider = k.provider and p.order_id is null
         and p.id = coalesce((select payment_id from ${tables.schema}.targets t
           where t.provider = k.provider and t.kind = 'id' and t.value = k.value), k.value)
       union all
       select p.provider, p.id, p.report::text from ${tables.schema}.payments p
       where k.kind = 'reference' and p.provider = k.provider and p.reference = k.value and p.order_id is null) p`,
    [JSON.stringify(keys)],
  )
  const wanted = [...keys, ...payments.flatMap(({ report }) => namesOf(JSON.parse(report) as PaymentReport))]
  const targets = await tables.query<TargetKey & { readonly disputes: string | null }>(
    `select t.provider, t.kind, t.value, t.disputes::text
     from (select distinct provider, kind, value from jsonb_to_recordset($1::text::jsonb)
       as k(provider text, kind text, value text)) k
     cross join lateral (
       select * from ${tables.schema}.targets t
       where t.provider = k.provider and t.kind = k.kind and t.value = k.value and t.order_id is null) t`,
    [JSON.stringify(wanted)],
  )
  const ids = [...targets.filter(({ kind }) => kind === 'id'), ...payments.map(targetOf)].map(toKey)
  const evidence = await tables.query<UnclaimedEvidence>(
    `select e.* from (select distinct provider, value from jsonb_to_recordset($1::text::jsonb)
       as k(provider text, value text)) k
     cross join lateral (
       select seq, provider, kind, event_id, type, content::text,
         ${iso("(received_at - delay_ms * interval '1 ms')")} as occurred
       from ${tables.schema}.evidence e where e.provider = k.provider and e.payment_id = k.value) e
     order by e.seq`,
    [JSON.stringify(ids)],
  )
  return {
    payments: payments.map(({ provider, id }) => ({ provider, id })),
    targets: targets.map(toKey),
    ids,
    evidence: evidence.map((row) => ({ ...row, seq: String(row.seq) })),
    disputes: targets.flatMap(({ disputes, ...target }) =>
      ((JSON.parse(disputes ?? '[]') ?? []) as PendingDispute[]).map((pending) => [target, pending] as const),
    ),
  }
}

function toKey({ provider, kind, value }: TargetKey): TargetKey {
  return { provider, kind, value }
}

/** Ids under which something of the payment may have been received: its own, its operations' and its dispute's. */
function namesOf({ payment: { provider, id, operations = [], dispute } }: PaymentReport): TargetKey[] {
  const ids = [id, ...operations.map((operation) => operation.id), ...(dispute?.id ? [dispute.id] : [])]
  return ids.map((value) => ({ provider, kind: 'id', value }))
}

/** Removes what was moved to another database. Returns false where more has come meanwhile. */
export async function removeUnclaimed(tx: Tables, moved: Unclaimed): Promise<boolean> {
  const { payments, targets, evidence } = moved
  const ids = JSON.stringify(moved.ids)
  // An ingest of the same payments waits here.
  const locked = await lockTargets(tx, targets)
  if (locked.some(({ order_id }) => order_id !== null)) return true
  const these = 'jsonb_to_recordset($1::text::jsonb) as gone (provider text, kind text, value text)'
  const [row] = await tx.query<{ count: number }>(
    `select count(*)::int as count from ${tx.schema}.evidence e
       join (select distinct provider, value from ${these}) gone on e.provider = gone.provider and e.payment_id = gone.value`,
    [ids],
  )
  if (row?.count !== evidence.length) return false
  await allowPurging(tx)
  await tx.executeSql(
    `delete from ${tx.schema}.outbox b using jsonb_to_recordset($1::text::jsonb) as gone (provider text, id text)
       where b.delivered_at is null and b.kind = 'dispute' and b.key = 'dispute/' || gone.provider || '/' || gone.id`,
    [JSON.stringify(evidence.map(({ provider, event_id }) => ({ provider, id: event_id })))],
  )
  for (const statement of [
    `delete from ${tx.schema}.outbox b using ${these}
       where b.provider = gone.provider and b.payment_id = gone.value and b.order_id is null`,
    `update ${tx.schema}.tasks t set closed_at = now() from ${these}
       where t.provider = gone.provider and t.payment_id = gone.value and t.closed_at is null and t.kind = 'unmatched'`,
    `delete from ${tx.schema}.evidence e using ${these}
       where e.provider = gone.provider and e.payment_id = gone.value`,
  ])
    await tx.executeSql(statement, [ids])
  await tx.executeSql(
    `delete from ${tx.schema}.payments p using jsonb_to_recordset($1::text::jsonb) as gone (provider text, id text)
       where p.provider = gone.provider and p.id = gone.id and p.order_id is null`,
    [JSON.stringify(payments)],
  )
  await tx.executeSql(
    `delete from ${tx.schema}.targets t using ${these}
       where t.provider = gone.provider and t.kind = gone.kind and t.value = gone.value`,
    [JSON.stringify(targets)],
  )
  return true
}
