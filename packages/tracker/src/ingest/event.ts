import type { LookupKey, Payment, WebhookEvent } from '@payment-status/core'
import { match } from 'ts-pattern'
import type { Context } from '../context.ts'
import type { Content, EventKey } from '../decide/incoming.ts'
import { toTarget } from '../store/rows.ts'
import { indexable, type Sql, storable } from '../store/sql.ts'
import { ingest, toIncoming } from './ingest.ts'

/** A webhook that was verified and read. Its evidence is its claim. */
export async function ingestEvent(context: Context, event: WebhookEvent, tx?: Sql): Promise<Outcome> {
  const { provider, type, occurredAt } = event
  const claim: EventKey = { provider, id: indexable(event.id), type, occurredAt }
  const store = async (content: Content, ...named: readonly (LookupKey | undefined)[]) => {
    const keys = named.flatMap((key) => (key ? [toStorable(toTarget(provider, key))] : []))
    const decision = await ingest(context, { content, keys, event: claim }, tx)
    return decision === 'duplicate' ? decision : 'ingested'
  }
  return match(event)
    .returnType<Promise<Outcome>>()
    .with({ kind: 'payment' }, async ({ report }) => {
      const decision = await ingest(context, { ...toIncoming(report), event: claim }, tx)
      return decision === 'duplicate' ? decision : 'ingested'
    })
    .with({ kind: 'operation' }, ({ key, operation, payment }) =>
      // A shop may know its order by reference only, and the event the payment by its id.
      store(
        { kind: 'operation', operation, payment: payment && { ...payment, id: storable(payment.id) } },
        key,
        toReference(payment),
      ),
    )
    .with({ kind: 'recheck' }, ({ key, why }) =>
      store({ kind: 'recheck', why, operations: 'id' in key ? key.operations : undefined }, key),
    )
    .with({ kind: 'dispute' }, (dispute) => store({ kind: 'dispute', event: dispute }, dispute.key))
    .with({ kind: 'unreadable' }, ({ why }) => store({ kind: 'unreadable', why }, undefined))
    .with({ kind: 'unrelated' }, async () => 'unrelated')
    .with({ kind: 'several' }, ({ events }) => ingestEach(events, (one) => ingestEvent(context, one, tx)))
    .exhaustive()
}

type Outcome = 'ingested' | 'duplicate' | 'unrelated'

/** Ingests the events of one body, one after the other. */
export async function ingestEach(
  events: readonly WebhookEvent[],
  ingestOne: (event: WebhookEvent) => Promise<Outcome>,
): Promise<Outcome> {
  const outcomes: Outcome[] = []
  for (const event of events) outcomes.push(await ingestOne(event))
  return (['ingested', 'duplicate'] as const).find((outcome) => outcomes.includes(outcome)) ?? 'unrelated'
}

function toReference(payment: Payment | undefined): LookupKey | undefined {
  return payment?.reference === undefined ? undefined : { reference: payment.reference }
}

function toStorable(key: ReturnType<typeof toTarget>): ReturnType<typeof toTarget> {
  return { ...key, value: storable(key.value) }
}
