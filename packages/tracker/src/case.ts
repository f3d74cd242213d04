import type { NextStep, OrderTerms, PaymentReport } from '@payment-status/core'
import {
  type Case,
  type HandleKey,
  type HandleRow,
  isSameHandle,
  type OrderRow,
  type PaymentRow,
} from './rows.ts'
import { query, type Sql } from './sql.ts'

/** Milliseconds by the database's clock, as a number through every driver. */
export function ms(expression: string): string {
  return `(extract(epoch from ${expression}) * 1000)::float8`
}

/** References before ids: whoever watches a reference goes on from it to the ids of the payments that were made with it. */
export function orderedHandles<Key extends HandleKey>(keys: readonly Key[]): Key[] {
  const text = ({ provider, kind, value }: Key) =>
    JSON.stringify([kind === 'reference' ? 1 : 2, provider, value])
  const byText = new Map(keys.map((key) => [text(key), key]))
  return [...byText.keys()].toSorted().flatMap((key) => byText.get(key) ?? [])
}

interface LockedHandle extends HandleKey {
  readonly order_id: string | null
}

/**
 * Locks an order and handles that lead to it, the strongest first, and makes those that are not there. Everybody locks the
 * order before its handles, and those in one order: news and the order it belongs to cannot miss each other, whichever
 * comes first, and do not wait for one another in a circle.
 */
export async function lockCase(
  tx: Sql,
  schema: string,
  handles: readonly HandleKey[],
): Promise<string | undefined> {
  const expected = toOrderId(handles, await readHandles(tx, schema, handles))
  if (expected !== undefined) {
    await lockOrder(tx, schema, expected)
    const order = toOrderId(handles, await lockHandles(tx, schema, handles))
    if (order !== undefined && order !== expected) await lockOrder(tx, schema, order)
    return order
  }
  await tx.executeSql('savepoint handles')
  const order = toOrderId(handles, await lockHandles(tx, schema, handles))
  if (order === undefined) {
    await tx.executeSql('release savepoint handles')
    return undefined
  }
  // It became known while its handles were waited for: they are let go of, for its lock comes first.
  await tx.executeSql('rollback to savepoint handles')
  return lockCase(tx, schema, handles)
}

function toOrderId(keys: readonly HandleKey[], found: readonly LockedHandle[]): string | undefined {
  const idOf = (key: HandleKey) => found.find((handle) => isSameHandle(handle, key))?.order_id ?? undefined
  return keys.map(idOf).find((id) => id !== undefined)
}

/** One after the other by its key: joined, a planner that knows no better reads the whole table. */
function readHandles(
  sql: Sql,
  schema: string,
  keys: readonly HandleKey[],
  lock: '' | 'for update' = '',
): Promise<LockedHandle[]> {
  return query<LockedHandle>(
    sql,
    `select h.* from ${KEYS} cross join lateral (
       select provider, kind, value, order_id from ${schema}.handles h
       where h.provider = k.provider and h.kind = k.kind and h.value = k.value ${lock}) h`,
    [JSON.stringify(keys)],
  )
}

const KEYS = 'jsonb_to_recordset($1::text::jsonb) as k(provider text, kind text, value text)'

/** Locks handles, and makes those that are not there. */
export async function lockHandles(
  tx: Sql,
  schema: string,
  keys: readonly HandleKey[],
): Promise<readonly LockedHandle[]> {
  const wanted = orderedHandles(keys)
  const found = await readHandles(tx, schema, wanted, 'for update')
  if (found.length === wanted.length) return found
  await tx.executeSql(
    `insert into ${schema}.handles (provider, kind, value) select provider, kind, value from ${KEYS} on conflict do nothing`,
    [JSON.stringify(wanted)],
  )
  return readHandles(tx, schema, wanted, 'for update')
}

/**
 * Locks the order's row: one order, one writer. The row is written, so that whoever read it without a lock finds that it
 * is not the one they read.
 */
export async function lockOrder(tx: Sql, schema: string, id: string): Promise<void> {
  await tx.executeSql(`update ${schema}.orders set watched = watched where id = $1`, [id])
}

interface PaymentData {
  readonly provider: string
  readonly id: string
  readonly version: number
  readonly report: PaymentReport
  readonly step: NextStep | null
  readonly paid_at: number | null
}

interface HandleData extends HandleKey {
  readonly order_id: string | null
  readonly watched: boolean
  readonly due_at: number | null
  readonly turn: number
  readonly aftercare: number
  readonly doubt: string | null
  readonly doubted_at: number | null
  readonly doubt_turn: number
}

/** What a piece of news is about. */
export interface Sought {
  /** The order, where it is known. */
  readonly order?: string | undefined
  readonly payment?: { readonly provider: string; readonly id: string } | undefined
  /** What leads to the order where the payment's own id does not, the strongest first. */
  readonly handles?: readonly HandleKey[]
  /** The webhook that told of it. */
  readonly eventId?: string | undefined
}

interface CaseData {
  readonly now: number
  readonly order_id: string | null
  readonly revision: string
  readonly terms: string
  readonly schedule: string
  readonly watched: boolean
  readonly fulfilled_by: string | null
  readonly capture_asked_for: string | null
  readonly payments: string
  readonly handles: string
  readonly claimed: boolean
}

/**
 * What is known of an order and of a payment that may not be its yet, as it was in one moment. After the locks that is the
 * latest; without them, what comes of it is written with the order's revision.
 */
export async function readCase(
  sql: Sql,
  schema: string,
  { order, payment, handles: [first, second] = [], eventId }: Sought,
): Promise<Case & { readonly claimed: boolean }> {
  const orderOf = (provider: string, kind: string, value: string) =>
    `(select order_id from ${schema}.handles where provider = ${provider} and kind = ${kind} and value = ${value})`
  const [row] = await query<CaseData>(
    sql,
    `select ${ms('clock_timestamp()')} as now, o.id as order_id, o.xmin::text as revision, o.terms::text as terms,
       o.schedule::text as schedule, o.watched, o.fulfilled_by, o.capture_asked_for,
       (select coalesce(json_agg(json_build_object('provider', provider, 'id', id, 'version', version,
          'report', report, 'step', step, 'paid_at', ${ms('paid_at')}) order by provider, id), '[]')::text
        from ${schema}.payments where order_id = o.id or (provider = $2 and id = $3)) as payments,
       (select coalesce(json_agg(json_build_object('provider', provider, 'kind', kind, 'value', value,
          'order_id', order_id, 'watched', watched, 'due_at', ${ms('due_at')}, 'turn', turn, 'aftercare', aftercare,
          'doubt', doubt, 'doubted_at', ${ms('doubted_at')}, 'doubt_turn', doubt_turn)), '[]')::text
        from ${schema}.handles where order_id = o.id or (provider = $2 and kind = 'id' and value = $3)) as handles,
       exists(select from ${schema}.evidence where provider = $2 and event_id = $4) as claimed
     from (select coalesce($1::text, ${orderOf('$2', "'id'", '$3')}, ${orderOf('$5', '$6', '$7')},
       ${orderOf('$8', '$9', '$10')}) as id) sought
     left join ${schema}.orders o on o.id = sought.id`,
    [
      order ?? null,
      payment?.provider ?? null,
      payment?.id ?? null,
      eventId ?? null,
      ...[first, second].flatMap((key) => [key?.provider ?? null, key?.kind ?? null, key?.value ?? null]),
    ],
  )
  if (!row) throw new Error('the database answered nothing')
  return {
    now: row.now,
    claimed: row.claimed,
    payments: (JSON.parse(row.payments) as PaymentData[]).map(toPayment),
    handles: (JSON.parse(row.handles) as HandleData[]).map(toHandle),
    order: row.order_id === null ? undefined : toOrder(row, row.order_id),
  }
}

function toOrder(row: CaseData, id: string): OrderRow {
  return {
    id,
    revision: row.revision,
    terms: JSON.parse(row.terms) as OrderTerms,
    schedule: JSON.parse(row.schedule) as number[],
    watched: row.watched,
    fulfilledBy: row.fulfilled_by ?? undefined,
    captureAskedFor: row.capture_asked_for ?? undefined,
  }
}

function toPayment({ provider, id, version, report, step, paid_at }: PaymentData): PaymentRow {
  return {
    provider,
    id,
    version,
    report,
    step: step ?? undefined,
    paidAt: paid_at ?? undefined,
  }
}

export function toHandle(row: HandleData): HandleRow {
  const { provider, kind, value, order_id, watched, due_at, turn, aftercare, doubt, doubted_at, doubt_turn } =
    row
  return {
    provider,
    kind,
    value,
    watched,
    turn,
    aftercare,
    doubtTurn: doubt_turn,
    order: order_id ?? undefined,
    dueAt: due_at ?? undefined,
    doubt: doubt ?? undefined,
    doubtedAt: doubted_at ?? undefined,
  }
}
