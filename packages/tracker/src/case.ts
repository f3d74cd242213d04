import type { OrderTerms, PaymentReport, ReportStep } from '@payment-status/core'
import type { Case, HandleKey, HandleRow, OrderRow, PaymentRow } from './rows.ts'
import { query, type Sql } from './sql.ts'

/** Milliseconds by the database's clock, as a number through every driver. */
export function ms(expression: string): string {
  return `(extract(epoch from ${expression}) * 1000)::float8`
}

export function orderedHandles<Key extends HandleKey>(keys: readonly Key[]): Key[] {
  const text = ({ provider, kind, value }: Key) => JSON.stringify([provider, kind, value])
  const byText = new Map(keys.map((key) => [text(key), key]))
  return [...byText.keys()].toSorted().flatMap((key) => byText.get(key) ?? [])
}

interface LockedHandle extends HandleKey {
  readonly order_id: string | null
}

/**
 * Locks handles, and makes those that are not there. Everybody takes them in one order, before the order's row: news and
 * the order it belongs to cannot miss each other, whichever comes first.
 */
export async function lockHandles(
  tx: Sql,
  schema: string,
  keys: readonly HandleKey[],
): Promise<readonly LockedHandle[]> {
  const wanted = orderedHandles(keys)
  const list = JSON.stringify(wanted)
  const lock = () =>
    query<LockedHandle>(
      tx,
      `select h.provider, h.kind, h.value, h.order_id from ${schema}.handles h
       join jsonb_to_recordset($1::text::jsonb) as k(provider text, kind text, value text) using (provider, kind, value)
       order by h.provider collate "C", h.kind collate "C", h.value collate "C" for update of h`,
      [list],
    )
  const found = await lock()
  if (found.length === wanted.length) return found
  await tx.executeSql(
    `insert into ${schema}.handles (provider, kind, value)
     select provider, kind, value from jsonb_to_recordset($1::text::jsonb) as k(provider text, kind text, value text)
     on conflict do nothing`,
    [list],
  )
  return lock()
}

interface OrderData {
  readonly terms: string
  readonly schedule: string
  readonly watched: boolean
  readonly fulfilled_by: string | null
  readonly capture_asked_for: string | null
}

/** The order's row, locked: one order, one writer. */
export async function lockOrder(tx: Sql, schema: string, id: string): Promise<OrderRow | undefined> {
  const [row] = await query<OrderData>(
    tx,
    `select terms::text, schedule::text, watched, fulfilled_by, capture_asked_for
     from ${schema}.orders where id = $1 for update`,
    [id],
  )
  if (!row) return undefined
  return {
    id,
    terms: JSON.parse(row.terms) as OrderTerms,
    schedule: JSON.parse(row.schedule) as number[],
    watched: row.watched,
    ...(row.fulfilled_by === null ? {} : { fulfilledBy: row.fulfilled_by }),
    ...(row.capture_asked_for === null ? {} : { captureAskedFor: row.capture_asked_for }),
  }
}

interface PaymentData {
  readonly provider: string
  readonly id: string
  readonly version: number
  readonly report: PaymentReport
  readonly step: ReportStep | null
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

/** What is known of an order and of a payment that may not be its yet. Read after the locks, so that it is the latest. */
export async function readCase(
  tx: Sql,
  schema: string,
  order: OrderRow | undefined,
  payment: { readonly provider: string; readonly id: string } | undefined,
  eventId?: string,
): Promise<Case & { readonly claimed: boolean }> {
  const [row] = await query<{ now: number; payments: string; handles: string; claimed: boolean }>(
    tx,
    `select ${ms('clock_timestamp()')} as now,
       (select coalesce(json_agg(json_build_object('provider', provider, 'id', id, 'version', version,
          'report', report, 'step', step, 'paid_at', ${ms('paid_at')}) order by provider, id), '[]')::text
        from ${schema}.payments where order_id = $1 or (provider = $2 and id = $3)) as payments,
       (select coalesce(json_agg(json_build_object('provider', provider, 'kind', kind, 'value', value,
          'order_id', order_id, 'watched', watched, 'due_at', ${ms('due_at')}, 'turn', turn, 'aftercare', aftercare,
          'doubt', doubt, 'doubted_at', ${ms('doubted_at')}, 'doubt_turn', doubt_turn)), '[]')::text
        from ${schema}.handles where order_id = $1 or (provider = $2 and kind = 'id' and value = $3)) as handles,
       exists(select from ${schema}.evidence where provider = $2 and event_id = $4) as claimed`,
    [order?.id ?? null, payment?.provider ?? null, payment?.id ?? null, eventId ?? null],
  )
  if (!row) throw new Error('the database answered nothing')
  return {
    now: row.now,
    claimed: row.claimed,
    payments: (JSON.parse(row.payments) as PaymentData[]).map(toPayment),
    handles: (JSON.parse(row.handles) as HandleData[]).map(toHandle),
    ...(order ? { order } : {}),
  }
}

function toPayment({ provider, id, version, report, step, paid_at }: PaymentData): PaymentRow {
  return {
    provider,
    id,
    version,
    report,
    ...(step === null ? {} : { step }),
    ...(paid_at === null ? {} : { paidAt: paid_at }),
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
    ...(order_id === null ? {} : { order: order_id }),
    ...(due_at === null ? {} : { dueAt: due_at }),
    ...(doubt === null ? {} : { doubt }),
    ...(doubted_at === null ? {} : { doubtedAt: doubted_at }),
  }
}
