import type { OrderTerms, PaymentReport } from '@payment-status/core'
import type {
  OrderRow,
  PaymentKey,
  PaymentRow,
  PendingDispute,
  Snapshot,
  StepOfOrder,
  TargetKey,
  TargetRow,
} from './rows.ts'
import { indexable, ms, query } from './sql.ts'
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

interface OrderData {
  readonly id: string
  readonly revision: number
  readonly terms: OrderTerms
  readonly not_before: number
  readonly schedule: readonly number[]
  readonly watched: boolean
  readonly step: StepOfOrder | null
  readonly fulfilled_by: string | null
  readonly capture_requested_for: string | null
  readonly undecided_at: number | null
}

interface PaymentData extends PaymentKey {
  readonly version: number
  readonly report: PaymentReport
  readonly paid_at: number | null
  readonly unmatched_since: number | null
}

interface TargetData extends TargetKey {
  readonly revision: number
  readonly order_id: string | null
  readonly payment_id: string | null
  readonly watched: boolean
  readonly due_at: number | null
  readonly priority: number
  readonly turn: number
  readonly follow_up: number
  readonly failures: number
  readonly recheck: string | null
  readonly recheck_since: number | null
  readonly recheck_turn: number
  readonly disputes: readonly PendingDispute[] | null
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
    (select json_build_object('id', id, 'revision', revision, 'terms', terms, 'not_before', ${ms('not_before')},
       'schedule', schedule, 'watched', watched, 'step', step, 'fulfilled_by', fulfilled_by,
       'capture_requested_for', capture_requested_for, 'undecided_at', ${ms('undecided_at')})::text
     from ${schema}.orders where id = (select id from sought)) as "order",
    (select coalesce(json_agg(json_build_object('provider', provider, 'id', id, 'version', version, 'report', report,
       'paid_at', ${ms('paid_at')}, 'unmatched_since', ${ms('unmatched_since')}) order by provider, id), '[]')::text
     from (
       select * from ${schema}.payments where order_id = (select id from sought)
       union all select p.* from ${schema}.payments p
       where (p.order_id is null or p.order_id is distinct from (select id from sought)) and p.provider = $4 and p.id = (
         select coalesce(payment_id, value) from found where ${keyOf(4)})) p) as payments,
    (select coalesce(json_agg(json_build_object('provider', provider, 'kind', kind, 'value', value,
       'revision', revision, 'order_id', order_id, 'payment_id', payment_id, 'watched', watched, 'due_at', ${ms('due_at')},
       'priority', priority, 'turn', turn, 'follow_up', follow_up, 'failures', failures, 'recheck', recheck,
       'recheck_since', ${ms('recheck_since')}, 'recheck_turn', recheck_turn, 'disputes', disputes)), '[]')::text
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
  const [row] = await query<SnapshotData>(tables, text, [
    order ?? null,
    event?.provider ?? '',
    event ? indexable(event.id) : '',
    ...three.flatMap(({ provider, kind, value }) => [provider, kind, value]),
  ])
  if (!row) throw new Error('the database returned no row')
  return {
    now: row.now,
    isDuplicate: row.is_duplicate,
    order: row.order === null ? undefined : toOrder(JSON.parse(row.order) as OrderData),
    payments: (JSON.parse(row.payments) as PaymentData[]).map(toPayment),
    targets: (JSON.parse(row.targets) as TargetData[]).map(toTargetRow),
  }
}

function toOrder(row: OrderData): OrderRow {
  const { id, revision, terms, schedule, watched } = row
  return {
    id,
    revision,
    terms,
    schedule,
    watched,
    notBefore: row.not_before,
    step: row.step ?? undefined,
    fulfilledBy: row.fulfilled_by ?? undefined,
    captureRequestedFor: row.capture_requested_for ?? undefined,
    undecidedAt: row.undecided_at ?? undefined,
  }
}

function toPayment({ provider, id, version, report, paid_at, unmatched_since }: PaymentData): PaymentRow {
  return {
    provider,
    id,
    version,
    report,
    paidAt: paid_at ?? undefined,
    unmatchedSince: unmatched_since ?? undefined,
  }
}

function toTargetRow(row: TargetData): TargetRow {
  const { provider, kind, value, revision, watched, priority, turn, failures } = row
  return {
    provider,
    kind,
    value,
    revision,
    watched,
    priority,
    turn,
    failures,
    order: row.order_id ?? undefined,
    paymentId: row.payment_id ?? undefined,
    dueAt: row.due_at ?? undefined,
    followUp: row.follow_up,
    recheck: row.recheck ?? undefined,
    recheckSince: row.recheck_since ?? undefined,
    recheckTurn: row.recheck_turn,
    disputes: row.disputes ?? [],
  }
}
