import type { PaymentReport } from '@payment-status/core'
import type { Context } from '../context.ts'
import { type EvidenceData, readEvidence } from '../store/evidence.ts'
import type { PaymentKey } from '../store/rows.ts'
import type { Evidence } from '../types/evidence.ts'

const PAGE = 200

/** Yields the stored evidence of a payment, oldest first. */
export async function* readTimeline(
  { database }: Context,
  { provider, id }: PaymentKey,
): AsyncGenerator<Evidence, void> {
  for (let after = '0'; ; ) {
    const rows = await readEvidence(database, { provider, id }, after, PAGE)
    for (const row of rows) yield toEvidence(row)
    const last = rows.at(-1)
    if (rows.length < PAGE || !last) return
    after = last.seq
  }
}

function toEvidence({ kind, received, type, event_id, content, outcome, version }: EvidenceData): Evidence {
  const held = JSON.parse(content) as PaymentReport & Pick<Evidence, 'dispute' | 'why'>
  return {
    kind,
    receivedAt: received,
    ...(type === null ? {} : { type }),
    ...(event_id === null ? {} : { eventId: event_id }),
    ...(held.evidence === 'report' ? { report: held } : {}),
    ...(held.dispute ? { dispute: held.dispute } : {}),
    ...(held.why === undefined ? {} : { why: held.why }),
    ...(outcome ? { outcome } : {}),
    ...(version === null ? {} : { version }),
  }
}
