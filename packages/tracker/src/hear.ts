import type { Dispute, LookupKey, PaymentReport, WebhookEvent } from '@payment-status/core'
import { match } from 'ts-pattern'
import { lockHandles, lockOrder, readCase } from './case.ts'
import { type Context, within } from './context.ts'
import { inputError } from './errors.ts'
import { type Judgement, judge } from './judge.ts'
import { laneOf, write } from './record.ts'
import { type HandleKey, isSameHandle } from './rows.ts'
import { query, type Sql } from './sql.ts'
import type { Heard } from './types.ts'

/** Where a report came from, besides what it says itself. */
export interface Origin {
  /** The webhook that told of it: its claim. */
  readonly event?: { readonly id: string; readonly type: string }
  /** The question it answers: what was asked for an order is the order's. */
  readonly asked?: HandleKey
}

/**
 * Everything that is said of a payment comes through here: under the lock of its order it is claimed, compared with
 * what is believed, decided and written down, with the change the shop has to hear of, in one transaction.
 */
export async function hear(
  context: Context,
  report: PaymentReport,
  { event, asked }: Origin = {},
  given?: Sql,
): Promise<Heard | 'claimed'> {
  const { schema, engine, aftercare } = context
  const { provider, id, reference } = checkReport(report)
  return within(context, given, async (tx) => {
    const own: HandleKey = { provider, kind: 'id', value: id }
    const keys: HandleKey[] = [own]
    if (reference !== undefined) keys.push({ provider, kind: 'reference', value: reference })
    if (asked) keys.push(asked)
    const locked = await lockHandles(tx, schema, keys)
    const orderOf = (key: HandleKey | undefined) =>
      (key && locked.find((handle) => isSameHandle(handle, key))?.order_id) ?? undefined
    const orderId = orderOf(own) ?? orderOf(asked) ?? orderOf(keys[1])
    const order = orderId === undefined ? undefined : await lockOrder(tx, schema, orderId)
    const known = await readCase(tx, schema, order, { provider, id }, event?.id)
    if (known.claimed) return 'claimed'

    const incoming = toOurClock(report, known.now)
    const { outcome, version, ...judgement } = judge(known, { provider, id }, incoming, { aftercare })
    const isRepeatedLook = outcome === 'repeated' && !event && isAsked(incoming)
    await write(tx, engine, schema, known.now, {
      provider,
      ...judgement,
      ...voucherOf(context, judgement.payment, known.now, incoming),
      ...(isRepeatedLook
        ? {}
        : {
            evidence: {
              kind: incoming.source,
              ...(event ? { eventId: event.id, type: event.type } : {}),
              content: incoming,
              outcome,
            },
          }),
    })
    return { outcome, version }
  })
}

/** A receipt is wanted from the moment a payment of a watched order is believed captured. */
export function voucherOf(
  { options: { vouchers } }: Context,
  payment: Judgement['payment'],
  now: number,
  incoming?: PaymentReport,
): { readonly voucherSince?: number } {
  if (vouchers === undefined || payment?.order === undefined) return {}
  const { provider, status } = payment.report.payment
  const wants = vouchers === 'task' || (vouchers.providers?.includes(provider) ?? true)
  if (!wants || status !== 'captured') return {}
  const told = Date.parse(incoming?.occurredAt ?? '')
  return { voucherSince: Math.min(now, Number.isNaN(told) ? now : told) }
}

/** A webhook that was verified and read. Its evidence is its claim. */
export async function hearEvent(
  context: Context,
  event: WebhookEvent,
  given?: Sql,
): Promise<'heard' | 'claimed' | 'unrelated'> {
  const { id, type } = event
  return match(event)
    .returnType<Promise<'heard' | 'claimed' | 'unrelated'>>()
    .with({ kind: 'payment' }, async ({ report }) => {
      const heard = await hear(context, report, { event: { id, type } }, given)
      return heard === 'claimed' ? heard : 'heard'
    })
    .with({ kind: 'recheck' }, async ({ provider, key, why }) =>
      within(context, given, async (tx) => {
        const handle = toHandleKey(provider, key)
        await lockHandles(tx, context.schema, [handle])
        const isNew = await claim(tx, context, event, 'recheck', { key, why })
        if (!isNew) return 'claimed'
        await doubt(tx, context, handle, why)
        return 'heard'
      }),
    )
    .with({ kind: 'dispute' }, async ({ provider, key, dispute }) =>
      within(context, given, async (tx) => {
        const handle = key && toHandleKey(provider, key)
        const [locked] = handle ? await lockHandles(tx, context.schema, [handle]) : []
        const isNew = await claim(tx, context, event, 'dispute', { key, dispute })
        if (!isNew) return 'claimed'
        const order = locked?.order_id ?? undefined
        const lane = order === undefined ? `dispute:${provider}/${id}` : laneOf(order)
        await write(tx, context.engine, context.schema, 0, {
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
        return 'heard'
      }),
    )
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
