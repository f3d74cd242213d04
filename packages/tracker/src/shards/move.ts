import type { Dispute, Payment, PaymentOperation, PaymentReport } from '@payment-status/core'
import type { Context } from '../context.ts'
import type { Content, EventKey } from '../decide/incoming.ts'
import { ingest, toIncoming } from '../ingest/ingest.ts'
import type { TargetKey } from '../store/rows.ts'
import type { Sql } from '../store/sql.ts'
import { inTransaction, within } from '../store/tables.ts'
import { readUnclaimed, removeUnclaimed, type UnclaimedEvidence } from '../store/unclaimed.ts'

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
    const found = await readUnclaimed(from.database, keys)
    if (found.evidence.length === 0 && found.disputes.length === 0) return
    await within(to.database, tx, async (sql) => {
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
    if (tx) return
    if (await inTransaction(from.database, (own) => removeUnclaimed(own, found))) return
  }
}

/** Ingests one row of evidence as what it was. Evidence of an event that is stored already is a duplicate. */
async function replay(to: Context, sql: Sql, row: UnclaimedEvidence): Promise<void> {
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
    await ingest(to, { ...toIncoming(content as PaymentReport), event }, sql)
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
