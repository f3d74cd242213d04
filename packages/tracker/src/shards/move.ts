import type { Dispute, Payment, PaymentOperation, PaymentReport } from '@payment-status/core'
import type { Context } from '../context.ts'
import type { Content, EventKey } from '../decide/incoming.ts'
import { ingest } from '../ingest/ingest.ts'
import { ingestReport } from '../ingest/report.ts'
import { lockTargets } from '../store/keys.ts'
import { type PaymentKey, type TargetKey, targetOf } from '../store/rows.ts'
import { inTransaction, iso, query, type Sql, within } from '../store/sql.ts'
import type { PendingDispute } from '../store/writing.ts'

/** Evidence that came while it was moved is moved in another turn. */
const TURNS = 5

/**
 * Moves payments without an order, and everything that was received of them, to another shard. Their evidence is ingested
 * there under the ids of its events, and only then removed here: a process that ends between the two has lost nothing, and
 * the next turn repeats it. With `tx`, it is ingested in that transaction, and removed by a later turn.
 */
export async function moveUnclaimed(
  from: Context,
  to: Context,
  keys: readonly TargetKey[],
  tx?: Sql,
): Promise<void> {
  for (let turn = 0; turn < TURNS; turn++) {
    const found = await readUnclaimed(from, keys)
    if (found.evidence.length === 0 && found.disputes.length === 0) return
    await within(to, tx, async (sql) => {
      for (const row of found.evidence) await replay(to, sql, row)
      for (const [target, { event }] of found.disputes) {
        const claim = {
          provider: event.provider,
          id: event.id,
          type: event.type,
          occurredAt: event.occurredAt,
        }
        await ingest(to, { content: { kind: 'dispute', event }, keys: [target], event: claim }, sql)
      }
    })
    if (tx || (await remove(from, found))) return
  }
}

interface EvidenceData {
  readonly seq: string
  readonly provider: string
  readonly kind: string
  readonly event_id: string | null
  readonly type: string | null
  readonly content: string
  readonly occurred: string | null
}

interface Unclaimed {
  readonly payments: readonly PaymentKey[]
  readonly targets: readonly TargetKey[]
  /** Ids that evidence of them is stored under. */
  readonly ids: readonly TargetKey[]
  readonly evidence: readonly EvidenceData[]
  readonly disputes: readonly (readonly [TargetKey, PendingDispute])[]
}

async function readUnclaimed({ database, schema }: Context, keys: readonly TargetKey[]): Promise<Unclaimed> {
  const payments = await query<PaymentKey & { readonly report: string }>(
    database,
    `select p.provider, p.id, p.report
     from jsonb_to_recordset($1::text::jsonb) as k(provider text, kind text, value text)
     cross join lateral (
       select p.provider, p.id, p.report::text from ${schema}.payments p
       where k.kind = 'id' and p.provider = k.provider and p.order_id is null
         and p.id = coalesce((select payment_id from ${schema}.targets t
           where t.provider = k.provider and t.kind = 'id' and t.value = k.value), k.value)
       union all
       select p.provider, p.id, p.report::text from ${schema}.payments p
       where k.kind = 'reference' and p.provider = k.provider and p.reference = k.value and p.order_id is null) p`,
    [JSON.stringify(keys)],
  )
  const wanted = [...keys, ...payments.flatMap(({ report }) => namesOf(JSON.parse(report) as PaymentReport))]
  const targets = await query<TargetKey & { readonly disputes: string | null }>(
    database,
    `select t.provider, t.kind, t.value, t.disputes::text
     from (select distinct provider, kind, value from jsonb_to_recordset($1::text::jsonb)
       as k(provider text, kind text, value text)) k
     cross join lateral (
       select * from ${schema}.targets t
       where t.provider = k.provider and t.kind = k.kind and t.value = k.value and t.order_id is null) t`,
    [JSON.stringify(wanted)],
  )
  const ids = [...targets.filter(({ kind }) => kind === 'id'), ...payments.map(targetOf)].map(toKey)
  const evidence = await query<EvidenceData>(
    database,
    `select e.* from (select distinct provider, value from jsonb_to_recordset($1::text::jsonb)
       as k(provider text, value text)) k
     cross join lateral (
       select seq, provider, kind, event_id, type, content::text,
         ${iso("(received_at - delay_ms * interval '1 ms')")} as occurred
       from ${schema}.evidence e where e.provider = k.provider and e.payment_id = k.value) e
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

/** Ingests one row of evidence as what it was. Evidence of an event that is stored already is a duplicate. */
async function replay(to: Context, sql: Sql, row: EvidenceData): Promise<void> {
  const { provider, kind, event_id, type, occurred } = row
  const event: EventKey | undefined =
    event_id === null
      ? undefined
      : { provider, id: event_id, type: type ?? '', occurredAt: occurred ?? undefined }
  const content = JSON.parse(row.content) as Partial<PaymentReport> & {
    readonly key?: TargetKey
    readonly dispute?: Dispute
    readonly operation?: PaymentOperation
    readonly payment?: Payment
    readonly why?: string
  }
  if (content.evidence === 'report') {
    await ingestReport(to, content as PaymentReport, { event }, sql)
    return
  }
  const read = toContent(kind, content, event)
  if (read && content.key) await ingest(to, { content: read, keys: [content.key], event }, sql)
}

function toContent(
  kind: string,
  content: { readonly dispute?: Dispute; readonly operation?: PaymentOperation; readonly why?: string },
  event: EventKey | undefined,
): Content | undefined {
  if (content.operation) return { kind: 'operation', operation: content.operation }
  if (kind === 'recheck') return { kind, why: content.why ?? 'something happened' }
  if (kind !== 'dispute' || !content.dispute || !event) return undefined
  const { provider, id, type, occurredAt } = event
  const reply = { status: 200, body: '', contentType: 'text/plain' }
  return {
    kind,
    event: {
      provider,
      id,
      type,
      reply,
      kind,
      dispute: content.dispute,
      ...(occurredAt === undefined ? {} : { occurredAt }),
    },
  }
}

/** Removes what was moved. Returns false where more has come meanwhile. */
function remove({ database, schema }: Context, moved: Unclaimed): Promise<boolean> {
  const { payments, targets, evidence } = moved
  const ids = JSON.stringify(moved.ids)
  return inTransaction(database, async (tx) => {
    // An ingest of the same payments waits here.
    const locked = await lockTargets(tx, schema, targets)
    if (locked.some(({ order_id }) => order_id !== null)) return true
    const these = 'jsonb_to_recordset($1::text::jsonb) as gone (provider text, kind text, value text)'
    const [row] = await query<{ count: number }>(
      tx,
      `select count(*)::int as count from ${schema}.evidence e
       join (select distinct provider, value from ${these}) gone on e.provider = gone.provider and e.payment_id = gone.value`,
      [ids],
    )
    if (row?.count !== evidence.length) return false
    await tx.executeSql("select set_config('payment_status.purging', 'yes', true) as purging")
    await tx.executeSql(
      `delete from ${schema}.outbox b using jsonb_to_recordset($1::text::jsonb) as gone (provider text, id text)
       where b.delivered_at is null and b.kind = 'dispute' and b.key = 'dispute/' || gone.provider || '/' || gone.id`,
      [JSON.stringify(evidence.map(({ provider, event_id }) => ({ provider, id: event_id })))],
    )
    for (const statement of [
      `delete from ${schema}.outbox b using ${these}
       where b.provider = gone.provider and b.payment_id = gone.value and b.order_id is null`,
      `update ${schema}.tasks t set closed_at = now() from ${these}
       where t.provider = gone.provider and t.payment_id = gone.value and t.closed_at is null and t.kind = 'unmatched'`,
      `delete from ${schema}.evidence e using ${these}
       where e.provider = gone.provider and e.payment_id = gone.value`,
    ])
      await tx.executeSql(statement, [ids])
    await tx.executeSql(
      `delete from ${schema}.payments p using jsonb_to_recordset($1::text::jsonb) as gone (provider text, id text)
       where p.provider = gone.provider and p.id = gone.id and p.order_id is null`,
      [JSON.stringify(payments)],
    )
    await tx.executeSql(
      `delete from ${schema}.targets t using ${these}
       where t.provider = gone.provider and t.kind = gone.kind and t.value = gone.value`,
      [JSON.stringify(targets)],
    )
    return true
  })
}
