import {
  isDecided,
  type NextStep,
  type OrderTerms,
  type PaymentReport,
  paymentStatuses,
  resolveAttempts,
} from '@payment-status/core'
import { inputError } from './errors.ts'
import { iso, query, type Sql } from './sql.ts'
import { keyOf } from './steps.ts'
import { readOpenTasks } from './tasks.ts'
import type { Evidence, OrderPage, OrderQuery, OrderState, OrderView, PaymentView } from './types.ts'

const DEFAULT_PAGE = 50
const LARGEST_PAGE = 500
const TIMELINE_PAGE = 200

interface OrderData {
  readonly id: string
  readonly terms: string
  readonly state: OrderState
  readonly watched_at: string
  readonly position: string
  readonly changed_at: string
  readonly next_look_at: string | null
  readonly payments: string
}

const decided = paymentStatuses
  .filter(isDecided)
  .map((status) => `'${status}'`)
  .join(', ')

function select(schema: string): string {
  return `select o.id, o.terms::text, ${stateOf(schema)} as state, ${iso('o.watched_at')} as watched_at,
    to_char(o.watched_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as position,
    ${iso('o.changed_at')} as changed_at,
    (select ${iso('min(due_at)')} from ${schema}.handles where order_id = o.id) as next_look_at,
    (select coalesce(json_agg(json_build_object('provider', p.provider, 'id', p.id, 'version', p.version,
       'report', p.report, 'step', p.step, 'repeatedPolls', p.repeated_looks,
       'doubt', (select doubt from ${schema}.handles h
                 where h.provider = p.provider and h.kind = 'id' and h.value = p.id)) order by p.provider, p.id), '[]')::text
     from ${schema}.payments p where p.order_id = o.id) as payments
    from ${schema}.orders o`
}

function stateOf(schema: string): string {
  return `case when not o.watched then 'unwatched' when o.status in (${decided}) then 'decided'
    when exists(select from ${schema}.handles h where h.order_id = o.id and h.due_at is not null) then 'waiting'
    else 'exhausted' end`
}

export async function readOrder(sql: Sql, schema: string, id: string): Promise<OrderView | undefined> {
  const rows = await query<OrderData>(sql, `${select(schema)} where o.id = $1`, [id])
  const [view] = await toViews(sql, schema, rows)
  return view
}

export async function readOrders(sql: Sql, schema: string, asked: OrderQuery = {}): Promise<OrderPage> {
  const limit = Math.min(LARGEST_PAGE, Math.max(1, Math.trunc(asked.limit ?? DEFAULT_PAGE)))
  const values: unknown[] = []
  const $ = (value: unknown) => `$${values.push(value)}`
  const conditions: string[] = []
  if (asked.state !== undefined) conditions.push(`${stateOf(schema)} = ${$(asked.state)}::text`)
  if (asked.status !== undefined) conditions.push(`o.status = ${$(asked.status)}::text`)
  if (asked.provider !== undefined)
    conditions.push(
      `exists(select from ${schema}.handles h where h.order_id = o.id and h.provider = ${$(asked.provider)}::text)`,
    )
  if (asked.payment !== undefined)
    conditions.push(
      `o.id in (select h.order_id from ${schema}.handles h where h.value = ${$(asked.payment)}::text
       union select p.order_id from ${schema}.payments p where ${$(asked.payment)}::text in (p.id, p.reference))`,
    )
  if (asked.since !== undefined) {
    if (!Number.isFinite(Date.parse(asked.since))) throw inputError('since is an ISO 8601 instant')
    conditions.push(`o.watched_at >= ${$(new Date(asked.since).toISOString())}::text::timestamptz`)
  }
  if (asked.cursor !== undefined) {
    const { at, id } = fromCursor(asked.cursor)
    conditions.push(`(o.watched_at, o.id) < (${$(at)}::text::timestamptz, ${$(id)}::text)`)
  }
  const where = conditions.length > 0 ? `where ${conditions.join(' and ')}` : ''
  const rows = await query<OrderData>(
    sql,
    `${select(schema)} ${where} order by o.watched_at desc, o.id desc limit ${limit + 1}`,
    values,
  )
  const page = rows.slice(0, limit)
  const last = page.at(-1)
  return {
    orders: await toViews(sql, schema, page),
    ...(rows.length > limit && last ? { cursor: toCursor(last) } : {}),
  }
}

function toCursor({ position, id }: OrderData): string {
  return Buffer.from(JSON.stringify([position, id])).toString('base64url')
}

function fromCursor(cursor: string): { at: string; id: string } {
  try {
    const [at, id] = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')) as unknown[]
    if (typeof at === 'string' && Number.isFinite(Date.parse(at)) && typeof id === 'string') return { at, id }
  } catch {
    // Not one of ours.
  }
  throw inputError('the cursor is not one that a page of orders ended with')
}

async function toViews(sql: Sql, schema: string, rows: readonly OrderData[]): Promise<OrderView[]> {
  if (rows.length === 0) return []
  const tasks = await readOpenTasks(
    sql,
    schema,
    rows.map(({ id }) => id),
  )
  return rows.map((row): OrderView => {
    const payments = JSON.parse(row.payments) as (PaymentView & {
      step: NextStep | null
      doubt: string | null
    })[]
    const orderStatus = resolveAttempts(payments.map(({ report }) => report))
    const deciding = orderStatus.deciding?.payment
    const step = deciding && payments.find((payment) => keyOf(payment) === keyOf(deciding))?.step
    return {
      order: row.id,
      terms: JSON.parse(row.terms) as OrderTerms,
      orderStatus,
      ...(step ? { step } : {}),
      state: row.state,
      watchedAt: row.watched_at,
      changedAt: row.changed_at,
      ...(row.next_look_at === null ? {} : { nextPollAt: row.next_look_at }),
      payments: payments.map(({ step: _, doubt, ...payment }) => ({
        ...payment,
        ...(doubt === null ? {} : { recheck: doubt }),
      })),
      tasks: tasks.filter(({ order }) => order === row.id),
    }
  })
}

interface EvidenceData {
  readonly seq: string
  readonly kind: Evidence['kind']
  readonly heard_at: string
  readonly type: string | null
  readonly event_id: string | null
  readonly content: string
  readonly outcome: Evidence['outcome'] | null
  readonly version: number | null
}

export async function* readTimeline(
  sql: Sql,
  schema: string,
  { provider, id }: { readonly provider: string; readonly id: string },
): AsyncGenerator<Evidence, void> {
  for (let after = '0'; ; ) {
    const rows = await query<EvidenceData>(
      sql,
      `select seq::text, kind, ${iso('heard_at')} as heard_at, type, event_id, content::text, outcome, version
       from ${schema}.evidence where provider = $1 and payment_id = $2 and seq > $3::text::bigint
       order by evidence.seq limit ${TIMELINE_PAGE}`,
      [provider, id, after],
    )
    for (const row of rows) yield toEvidence(row)
    const last = rows.at(-1)
    if (rows.length < TIMELINE_PAGE || !last) return
    after = last.seq
  }
}

function toEvidence({ kind, heard_at, type, event_id, content, outcome, version }: EvidenceData): Evidence {
  const held = JSON.parse(content) as PaymentReport & Pick<Evidence, 'dispute'>
  return {
    kind,
    receivedAt: heard_at,
    ...(type === null ? {} : { type }),
    ...(event_id === null ? {} : { eventId: event_id }),
    ...(held.evidence === 'report' ? { report: held } : {}),
    ...(held.dispute ? { dispute: held.dispute } : {}),
    ...(outcome ? { outcome } : {}),
    ...(version === null ? {} : { version }),
  }
}
