import { toJson } from './sql.ts'
import type { Tables } from './tables.ts'
import type { Writing } from './writing.ts'

const at = (column: string) => `to_timestamp(${column} / 1000)`

const rows = (parameter: string, columns: string) =>
  `jsonb_to_recordset(${parameter}::text::jsonb) as n(${columns})`

const outboxColumns =
  'stream text, kind text, key text, "order" text, provider text, "paymentId" text, version int, body jsonb, step jsonb, "afterMs" float8'

const targetColumns =
  'provider text, kind text, value text, revision bigint, "order" text, "paymentId" text, "dueAt" float8, priority int, turn int, "followUp" int, failures int, answered boolean, recheck text, "recheckSince" float8, "recheckTurn" int, disputes jsonb, "isPolled" boolean'

const targetNames =
  'provider, kind, value, order_id, payment_id, due_at, priority, turn, follow_up, failures, answered, recheck, recheck_since, recheck_turn, disputes'

const targetValues = `n.provider, n.kind, n.value, n."order", n."paymentId", ${at('n."dueAt"')}, n.priority, n.turn,
  n."followUp", n.failures, n.answered, n.recheck, ${at('n."recheckSince"')}, n."recheckTurn", nullif(n.disputes, '[]'::jsonb)`

/**
 * The order's row is the gate, or its targets while no order is known: everything else is written only if their revision
 * was the one that was decided on, and no other transaction has them. A target that another writer inserted meanwhile
 * violates the primary key, and nothing is written.
 */
const parts = (schema: string): Readonly<Record<string, string>> => ({
  // Materialized: with a plan for each value one side of the gate falls away, but planning takes longer than running.
  given: 'select $1::text is not null as has_order',
  locked: `
    update ${schema}.orders o set revision = o.revision + 1, status = n.status, state = n.state, step = n.step,
      fulfilled_by = n."fulfilledBy", capture_requested_for = n."captureRequestedFor",
      undecided_at = ${at('n."undecidedAt"')}, changed_at = case when n."isChanged" then now() else o.changed_at end
    from jsonb_to_record($1::text::jsonb) as n(id text, revision bigint, status text, state text, step jsonb,
      "fulfilledBy" text, "captureRequestedFor" text, "undecidedAt" float8, "isChanged" boolean)
    where o.id = n.id and o.revision = n.revision
      and o.id = (select id from ${schema}.orders where id = $1::text::jsonb ->> 'id' for update skip locked) returning 1`,
  held: `
    select 1 from given, ${rows('$4', targetColumns)} cross join lateral (
      select from ${schema}.targets t where not given.has_order and t.provider = n.provider and t.kind = n.kind
        and t.value = n.value and t.revision = n.revision and t.order_id is not distinct from n."order"
      for update skip locked) t`,
  gate: `
    select 1 from given where exists (select from locked) or (not has_order and (select count(*) from held)
      = (select count(*) from ${rows('$4', 'revision bigint')} where n.revision > 0))`,
  evidence: `
    insert into ${schema}.evidence (provider, payment_id, kind, event_id, type, content, outcome, version, delay_ms)
    select n.provider, n."paymentId", n.kind, n."eventId", n.type, n.content, n.outcome, n.version, n."delayMs"
    from gate, ${rows('$2', 'provider text, "paymentId" text, kind text, "eventId" text, type text, content jsonb, outcome text, version int, "delayMs" float8')}`,
  payments: `
    insert into ${schema}.payments as p (provider, id, order_id, reference, version, report, status, made_at, paid_at,
      unmatched_since, repeated_polls)
    select n.provider, n.id, n."order", n.reference, n.version, n.report, n.status, n."madeAt"::timestamptz,
      ${at('n."paidAt"')}, ${at('n."unmatchedSince"')}, n."isRepeated"::int
    from gate, ${rows('$3', 'provider text, id text, "order" text, reference text, version int, report jsonb, status text, "madeAt" text, "paidAt" float8, "unmatchedSince" float8, "isRepeated" boolean')}
    on conflict (provider, id) do update set order_id = excluded.order_id, reference = excluded.reference,
      version = excluded.version, report = excluded.report, status = excluded.status, made_at = excluded.made_at,
      paid_at = excluded.paid_at, unmatched_since = excluded.unmatched_since,
      changed_at = case when excluded.version > p.version then now() else p.changed_at end,
      repeated_polls = p.repeated_polls + excluded.repeated_polls`,
  inserted: `
    insert into ${schema}.targets (${targetNames})
    select ${targetValues} from gate, ${rows('$4', targetColumns)} where n.revision = 0`,
  // Upserted, though each is there: joined, a planner without statistics would read the whole table.
  targets: `
    insert into ${schema}.targets as t (${targetNames}, leased_until)
    select ${targetValues}, case when n."isPolled" then null else 'infinity'::timestamptz end
    from gate, ${rows('$4', targetColumns)} where n.revision > 0
    on conflict (provider, kind, value) do update set revision = t.revision + 1, order_id = excluded.order_id,
      payment_id = excluded.payment_id, due_at = excluded.due_at,
      leased_until = case when excluded.leased_until is null then null else t.leased_until end,
      priority = excluded.priority, turn = excluded.turn, follow_up = excluded.follow_up, failures = excluded.failures,
      answered = excluded.answered, recheck = excluded.recheck, recheck_since = excluded.recheck_since, recheck_turn = excluded.recheck_turn,
      disputes = excluded.disputes`,
  opened: `
    insert into ${schema}.tasks (key, kind, order_id, provider, payment_id, why)
    select n.key, n.kind, n."order", n.provider, n."paymentId", n.why
    from gate, ${rows('$5', 'key text, kind text, "order" text, provider text, "paymentId" text, why text')}
    on conflict do nothing returning key, kind, order_id, provider, payment_id`,
  // The key of a change is never there: one that is would be a version that was lost.
  changes: `
    insert into ${schema}.outbox (stream_key, kind, key, order_id, provider, payment_id, version, body, step)
    select n.stream, n.kind, n.key, n."order", n.provider, n."paymentId", n.version, n.body, n.step
    from gate, ${rows('$6', outboxColumns)} where n.kind = 'change' returning 1`,
  // After the changes, so that the tasks of an order follow the change they are about.
  outbox: `
    insert into ${schema}.outbox (stream_key, kind, key, order_id, provider, payment_id, version, body, step, due_at)
    select n.stream, n.kind, n.key, n."order", n.provider, n."paymentId", n.version, n.body, n.step,
      now() + n."afterMs" * interval '1 ms'
    from gate, ${rows('$6', outboxColumns)} where n.kind <> 'change' and (select count(*) from changes) >= 0
    union all
    select coalesce('order:' || order_id, 'task:' || key), 'task', 'task/' || key, order_id, provider, payment_id, null,
      jsonb_build_object('key', key, 'kind', kind), null, now() from opened where (select count(*) from changes) >= 0
    on conflict do nothing`,
  releases: `
    update ${schema}.outbox b set stream_key = n.stream, order_id = n."order", due_at = now()
    from gate, ${rows('$7', 'key text, stream text, "order" text')}
    where b.key = n.key and b.delivered_at is null`,
  receipts: `
    insert into ${schema}.receipts (provider, payment_id, succeeded_at, due_at)
    select n.provider, n.id, ${at('n."succeededAt"')}, ${at('n."dueAt"')}
    from gate, ${rows('$8', 'provider text, id text, "succeededAt" float8, "dueAt" float8')} on conflict do nothing`,
})

const texts = new Map<string, string>()

function writeText(schema: string): string {
  const known = texts.get(schema)
  if (known !== undefined) return known
  const all = Object.entries(parts(schema)).map(([name, text]) => `${name} as materialized (${text})`)
  const text = `with ${all.join(',\n')} select exists (select from gate) as "isWritten"`
  texts.set(schema, text)
  return text
}

/** Writes everything, or nothing: returns false where another writer was quicker. */
export async function write(tables: Tables, writing: Writing): Promise<boolean> {
  const { order, evidence, payments, targets, tasks, outbox, releases, receipts } = writing
  const [row] = await tables.query<{ isWritten: boolean }>(writeText(tables.schema), [
    order ? toJson(order) : null,
    toJson(evidence ? [evidence] : []),
    toJson(payments),
    toJson(targets),
    toJson(tasks),
    toJson(outbox),
    toJson(releases),
    toJson(receipts),
  ])
  if (!row?.isWritten) return false
  if (outbox.length + tasks.length + releases.length > 0) await tables.wake('outbox')
  if (targets.some(({ dueAt }) => dueAt !== undefined)) await tables.wake('polls')
  return true
}
