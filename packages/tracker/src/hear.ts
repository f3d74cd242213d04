import {
  type Dispute,
  type LookupKey,
  PaymentError,
  type PaymentReport,
  type WebhookEvent,
} from '@payment-status/core'
import { match } from 'ts-pattern'
import { lockCase, readCase } from './case.ts'
import { type Context, within } from './context.ts'
import { inputError } from './errors.ts'
import { type Judgement, judge } from './judge.ts'
import { laneOf, type Writing, write } from './record.ts'
import { type Case, type HandleKey, isSameHandle, newHandle } from './rows.ts'
import { inTransaction, isPassing, query, type Sql } from './sql.ts'
import type { IngestResult } from './types.ts'

/** Where a report came from, besides what it says itself. */
export interface Origin {
  /** The webhook that told of it: its claim. */
  readonly event?: { readonly id: string; readonly type: string }
  /** The question it answers: what was asked for an order is the order's. */
  readonly asked?: HandleKey
}

interface News extends Origin {
  readonly report: PaymentReport
  readonly own: HandleKey
  /** What leads to the order where the payment's id does not, the strongest first. */
  readonly others: readonly HandleKey[]
}

/**
 * Everything that is said of a payment comes through here: it is claimed, compared with what is believed, decided and
 * written down, with the change the shop has to hear of, all of it or nothing, and for one order one after the other.
 */
export async function hear(
  context: Context,
  report: PaymentReport,
  origin: Origin = {},
  given?: Sql,
): Promise<IngestResult | 'duplicate'> {
  const { provider, id, reference } = checkReport(report)
  const own: HandleKey = { provider, kind: 'id', value: id }
  const others: HandleKey[] = origin.asked ? [origin.asked] : []
  if (reference !== undefined) others.push({ provider, kind: 'reference', value: reference })
  const news: News = { ...origin, report, own, others }
  if (given) return hearLocked(context, given, news)
  return (
    (await hearUnlocked(context, news)) ??
    (await inTransaction(context.database, (tx) => hearLocked(context, tx, news)))
  )
}

/**
 * News of an order that is known: what is known is read, and what comes of it is written by a statement that writes
 * nothing if the order has been written to in between. Undefined then, and where no order is known yet: with the locks it
 * cannot be overtaken.
 */
async function hearUnlocked(context: Context, news: News): Promise<IngestResult | 'duplicate' | undefined> {
  const { database, schema } = context
  const { own, others: handles, event } = news
  try {
    const payment = { provider: own.provider, id: own.value }
    const known = await readCase(database, schema, { payment, handles, eventId: event?.id })
    if (known.claimed) return 'duplicate'
    if (known.order === undefined) return undefined
    const there = known.handles.find((handle) => isSameHandle(handle, own))
    if (there && there.order !== known.order.id) return undefined
    const { heard, writing } = decide(
      context,
      news,
      there ? known : { ...known, handles: [...known.handles, newHandle(own)] },
    )
    const isWritten = await write(database, context, known.now, {
      ...writing,
      revision: known.order.revision,
      ...(there ? {} : { makes: own }),
    })
    return isWritten ? heard : undefined
  } catch (error) {
    if (isPassing(error)) return undefined
    throw error
  }
}

async function hearLocked(context: Context, tx: Sql, news: News): Promise<IngestResult | 'duplicate'> {
  const { schema } = context
  const { own, others, event } = news
  const order = await lockCase(tx, schema, [own, ...others])
  const payment = { provider: own.provider, id: own.value }
  const known = await readCase(tx, schema, { order, payment, eventId: event?.id })
  if (known.claimed) return 'duplicate'
  const { heard, writing } = decide(context, news, known)
  await write(tx, context, known.now, writing)
  return heard
}

/** What news comes to among all that is known. */
function decide(
  context: Context,
  { report, own, event }: News,
  known: Case,
): { readonly heard: IngestResult; readonly writing: Writing } {
  const { provider, value: id } = own
  const incoming = toOurClock(report, known.now)
  const { outcome, version, ...judgement } = judge(known, { provider, id }, incoming, context)
  const isRepeatedLook = outcome === 'repeated' && !event && isAsked(incoming)
  const evidence = {
    kind: incoming.source,
    ...(event ? { eventId: event.id, type: event.type } : {}),
    content: incoming,
    outcome,
  }
  return {
    heard: { outcome, version },
    writing: {
      provider,
      ...judgement,
      ...voucherOf(context, judgement.payment, known.now, incoming),
      ...(isRepeatedLook ? {} : { evidence }),
    },
  }
}

/** A receipt is wanted from the moment a payment of a watched order is believed captured. */
export function voucherOf(
  { options: { receipts } }: Context,
  payment: Judgement['payment'],
  now: number,
  incoming?: PaymentReport,
): { readonly voucherSince?: number } {
  if (receipts === undefined || payment?.order === undefined) return {}
  const { provider, status } = payment.report.payment
  const wants = receipts === 'task' || (receipts.providers?.includes(provider) ?? true)
  if (!wants || status !== 'captured') return {}
  const told = Date.parse(incoming?.occurredAt ?? '')
  return { voucherSince: Math.min(now, Number.isNaN(told) ? now : told) }
}

/** A webhook that was verified and read. Its evidence is its claim. */
export async function hearEvent(
  context: Context,
  event: WebhookEvent,
  given?: Sql,
): Promise<'ingested' | 'duplicate' | 'unrelated'> {
  const { id, type } = event
  return match(event)
    .returnType<Promise<'ingested' | 'duplicate' | 'unrelated'>>()
    .with({ kind: 'payment' }, async ({ report }) => {
      const heard = await hear(context, report, { event: { id, type } }, given)
      return heard === 'duplicate' ? heard : 'ingested'
    })
    .with({ kind: 'recheck' }, async ({ provider, key, why }) =>
      within(context, given, async (tx) => {
        const handle = toHandleKey(provider, key)
        await lockCase(tx, context.schema, [handle])
        const isNew = await claim(tx, context, event, 'recheck', { key, why })
        if (!isNew) return 'duplicate'
        await doubt(tx, context, handle, why)
        return 'ingested'
      }),
    )
    .with({ kind: 'dispute' }, async ({ provider, key, dispute }) =>
      within(context, given, async (tx) => {
        const handle = key && toHandleKey(provider, key)
        const order = handle && (await lockCase(tx, context.schema, [handle]))
        const isNew = await claim(tx, context, event, 'dispute', { key, dispute })
        if (!isNew) return 'duplicate'
        const lane = order === undefined ? `dispute:${provider}/${id}` : laneOf(order)
        await write(tx, context, 0, {
          provider,
          outbox: [
            {
              lane,
              kind: 'dispute',
              key: `dispute/${provider}/${id}`,
              ...(order === undefined ? {} : { order }),
              body: { payment: key, dispute },
            },
          ],
          tasks: [],
          handles: [],
        })
        if (handle) await doubt(tx, context, handle, 'a dispute was told of')
        return 'ingested'
      }),
    )
    .with({ kind: 'operation' }, async ({ provider, key }) =>
      within(context, given, async (tx) => {
        const handle = toHandleKey(provider, key)
        await lockCase(tx, context.schema, [handle])
        const isNew = await claim(tx, context, event, 'recheck', { key, why: 'an operation was reported' })
        if (!isNew) return 'duplicate'
        await doubt(tx, context, handle, 'an operation was reported')
        return 'ingested'
      }),
    )
    .with({ kind: 'unreadable' }, async ({ provider, why }) => {
      throw new PaymentError({ code: 'invalid_payload', provider, message: why })
    })
    .with({ kind: 'unrelated' }, async () => 'unrelated')
    .exhaustive()
}

async function claim(
  tx: Sql,
  { schema }: Context,
  { provider, id, type }: WebhookEvent,
  kind: 'recheck' | 'dispute',
  content: {
    readonly key?: LookupKey | undefined
    readonly why?: string
    readonly dispute?: Dispute
  },
): Promise<boolean> {
  const { key } = content
  const rows = await query(
    tx,
    `insert into ${schema}.evidence (provider, payment_id, kind, event_id, type, content)
     values ($1::text, $2::text, $3::text, $4::text, $5::text, $6::text::jsonb) on conflict do nothing returning seq`,
    [provider, key && 'id' in key ? key.id : null, kind, id, type, JSON.stringify(content)],
  )
  return rows.length > 0
}

/** A question that has to be asked, as a row: it survives whoever asks it. */
async function doubt(tx: Sql, { schema, engine }: Context, handle: HandleKey, why: string): Promise<void> {
  await tx.executeSql(
    `update ${schema}.handles set doubt = $4, doubted_at = clock_timestamp(), doubt_turn = 0,
       due_at = clock_timestamp(), planned_for = clock_timestamp()
     where provider = $1 and kind = $2 and value = $3`,
    [handle.provider, handle.kind, handle.value, why],
  )
  await engine.look(tx, [{ ...handle, afterMs: 0 }])
}

export function toHandleKey(
  provider: string,
  key: { readonly id: string } | { readonly reference: string },
): HandleKey {
  return 'id' in key
    ? { provider, kind: 'id', value: key.id }
    : { provider, kind: 'reference', value: key.reference }
}

/**
 * Reports are stamped by the clock of whoever read them, and compared by one clock, the database's. Read late, so that a
 * lookup never counts as sent later than it was.
 */
function toOurClock(report: PaymentReport, now: number): PaymentReport {
  const age = Math.max(0, Date.now() - Date.parse(report.observedAt))
  return { ...report, observedAt: new Date(now - age).toISOString() }
}

function isAsked({ source }: PaymentReport): boolean {
  return source === 'lookup' || source === 'list'
}

function checkReport(report: PaymentReport): PaymentReport['payment'] {
  if (report?.evidence !== 'report' || typeof report.payment?.id !== 'string')
    throw inputError('only a report is heard: a hint proves nothing, look its payment up')
  if (!Number.isFinite(Date.parse(report.observedAt)))
    throw inputError('a report states when it was observed, as an ISO 8601 instant')
  return report.payment
}
