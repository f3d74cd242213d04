import type { OrderRow, PaymentRow, Snapshot, TargetKey, TargetRow } from './rows.ts'
import { indexable, ms } from './sql.ts'
import type { Tables } from './tables.ts'

/** How to find what a report or an event is about. */
export interface Sought {
  /** The order, where it is known. */
  readonly order?: string | undefined
  /** Targets that lead to the order, the strongest first; at most three. */
  readonly keys?: readonly TargetKey[] | undefined
  /** The webhook that is to be stored. */
  readonly event?: { readonly provider: string; readonly id: string } | undefined
}

interface SnapshotData {
  readonly now: number
  readonly order: string | null
  readonly payments: string
  readonly targets: string
  readonly is_duplicate: boolean
}

const MOST_KEYS = 3

/** Empty rather than null: a null makes a plan of its own cheaper, and planning takes longer than reading. */
const NO_KEY = { provider: '', kind: '', value: '' }

const keyOf = (number: number) => `provider = $${number} and kind = $${number + 1} and value = $${number + 2}`

const orderOf = (schema: string, number: number) =>
  `(select order_id from ${schema}.targets where ${keyOf(number)})`

/** A target that is named, and not of the order. */
const named = (schema: string, number: number) =>
  `${schema}.targets where ${keyOf(number)} and (order_id is null or order_id <> (select id from sought))`

const snapshotText = (schema: string) => `
  with sought as (select coalesce($1::text, ${orderOf(schema, 4)}, ${orderOf(schema, 7)},
    ${orderOf(schema, 10)}) as id),
  found as (
    select * from ${schema}.targets where order_id = (select id from sought)
    union all select * from ${named(schema, 4)} union all select * from ${named(schema, 7)}
    union all select * from ${named(schema, 10)})
  select ${ms('clock_timestamp()')} as now,
    (select json_build_object('id', id, 'revision', revision, 'terms', terms, 'notBefore', ${ms('not_before')},
       'schedule', schedule, 'watched', watched, 'step', step, 'fulfilledBy', fulfilled_by,
       'captureRequestedFor', capture_requested_for, 'undecidedAt', ${ms('undecided_at')})::text
     from ${schema}.orders where id = (select id from sought)) as "order",
    (select coalesce(json_agg(json_build_object('provider', provider, 'id', id, 'version', version, 'report', report,
       'paidAt', ${ms('paid_at')}, 'unmatchedSince', ${ms('unmatched_since')}) order by provider, id), '[]')::text
     from (
       select * from ${schema}.payments where order_id = (select id from sought)
       union all select p.* from ${schema}.payments p
       where (p.order_id is null or p.order_id is distinct from (select id from sought)) and p.provider = $4 and p.id = (
         select coalesce(payment_id, value) from found where ${keyOf(4)})) p) as payments,
    (select coalesce(json_agg(json_build_object('provider', provider, 'kind', kind, 'value', value,
       'revision', revision, 'order', order_id, 'paymentId', payment_id, 'watched', watched, 'dueAt', ${ms('due_at')},
       'priority', priority, 'turn', turn, 'followUp', follow_up, 'failures', failures, 'answered', answered, 'recheck', recheck,
       'recheckSince', ${ms('recheck_since')}, 'recheckTurn', recheck_turn,
       'disputes', coalesce(disputes, '[]'))), '[]')::text
     from found) as targets,
    exists(select from ${schema}.evidence where provider = $2 and event_id = $3) as is_duplicate`

const texts = new Map<string, string>()

/**
 * Reads everything that is known of an order and of a payment, as it was at one moment. Under the locks of `lock` it is the
 * latest. Without them, it is written only if the order still has the revision that was read.
 */
export async function readSnapshot(tables: Tables, { order, keys = [], event }: Sought): Promise<Snapshot> {
  const text = texts.get(tables.schema) ?? snapshotText(tables.schema)
  texts.set(tables.schema, text)
  const three = Array.from({ length: MOST_KEYS }, (_, index) => keys[index] ?? NO_KEY)
  const [row] = await tables.query<SnapshotData>(text, [
    order ?? null,
    event?.provider ?? '',
    event ? indexable(event.id) : '',
    ...three.flatMap(({ provider, kind, value }) => [provider, kind, value]),
  ])
  if (!row) throw new Error('the database returned no row')
  return {
    now: row.now,
    isDuplicate: row.is_duplicate,
    order: row.order === null ? undefined : toRow<OrderRow>(JSON.parse(row.order)),
    payments: (JSON.parse(row.payments) as object[]).map(toRow<PaymentRow>),
    targets: (JSON.parse(row.targets) as object[]).map(toRow<TargetRow>),
  }
}

/** Returns the members of a row with `undefined` for null. They are named in SQL as the row names them. */
function toRow<Row>(data: object): Row {
  return Object.fromEntries(Object.entries(data).map(([name, value]) => [name, value ?? undefined])) as Row
}
