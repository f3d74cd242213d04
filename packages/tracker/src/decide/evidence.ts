import type { TargetKey } from '../store/rows.ts'
import type { EvidenceWriting } from '../store/writing.ts'
import type { Content, Incoming } from './incoming.ts'
import type { Moved } from './payment.ts'

export function toEvidence(
  { content, event, keys, polled }: Incoming,
  moved: Moved | undefined,
  version: number | undefined,
  now: number,
): EvidenceWriting | undefined {
  const [own] = keys
  const isPoll = content.kind === 'report' && ['lookup', 'list'].includes(content.report.source)
  // A poll that repeats the recorded state is counted, not stored.
  if (isPoll && !event && moved?.outcome === 'repeated' && !moved.isChanged) return undefined
  const occurredAt = content.kind === 'report' ? content.report.occurredAt : event?.occurredAt
  const delay = event && occurredAt !== undefined ? now - Date.parse(occurredAt) : undefined
  return {
    provider: own?.provider ?? polled?.provider ?? event?.provider ?? '',
    paymentId: moved?.key.id ?? (own?.kind === 'id' ? own.value : undefined),
    kind:
      content.kind === 'report'
        ? content.report.source
        : content.kind === 'operation'
          ? 'webhook'
          : content.kind,
    eventId: event?.id,
    type: event?.type,
    content: toStored(content, own, moved),
    outcome: moved && content.kind !== 'dispute' ? moved.outcome : undefined,
    version: moved ? version : undefined,
    delayMs: delay === undefined || Number.isNaN(delay) ? undefined : Math.max(0, delay),
  }
}

function toStored(content: Content, key: TargetKey | undefined, moved: Moved | undefined): unknown {
  if (content.kind === 'report') return content.report
  if (content.kind === 'operation') return moved ? moved.report : { key, operation: content.operation }
  if (content.kind === 'dispute')
    return { key, ...operationsOf(content.event.key), dispute: content.event.dispute }
  return { key, ...operationsOf(content), why: 'why' in content ? content.why : undefined }
}

/** The operations that a webhook names: the lookup that follows is given them. */
function operationsOf(named: object | undefined): object {
  return named && 'operations' in named && named.operations ? { operations: named.operations } : {}
}
