import { type Advance, advance, outcomeOf, type PaymentReport, resolveAttempts } from '@payment-status/core'
import type { HandleWriting, NewTask, Writing } from './record.ts'
import { laneOf } from './record.ts'
import type { Case, HandleRow, PaymentRow } from './rows.ts'
import { planAfterNews } from './schedule.ts'
import { decideStep, keyOf, type Saying } from './steps.ts'

export interface Judgement extends Pick<Writing, 'payment' | 'order' | 'outbox' | 'tasks' | 'handles'> {
  readonly outcome: Advance['outcome']
  readonly version: number
}

/**
 * What a report comes to among everything that is known: pure, so that it can be read and tried as a table. Without
 * `incoming`, what is believed already is decided again: the order has only now become known.
 */
export function judge(
  known: Case,
  { provider, id }: { readonly provider: string; readonly id: string },
  incoming: PaymentReport | undefined,
  { aftercare }: { readonly aftercare: readonly number[] },
): Judgement {
  const { now, order, handles } = known
  const isThis = (row: { readonly provider: string; readonly id: string }) =>
    row.provider === provider && row.id === id
  const current = known.payments.find(isThis)
  const news = incoming
    ? advance(current?.report, incoming)
    : { outcome: 'repeated' as const, report: (current as PaymentRow).report, recheck: false }
  const moved = news.outcome === 'applied' || news.outcome === 'corrected'
  const others = known.payments.filter((row) => !isThis(row))
  const believed = (version: number): PaymentRow => ({
    provider,
    id,
    version,
    report: news.report,
    step: current?.step,
    paidAt: toPaidAt(current?.paidAt, news.report, now),
  })
  const before = current?.version ?? 0
  const saying: Saying = order?.watched
    ? decideStep({
        order,
        isNamed: handles.some(
          (handle) =>
            handle.watched && handle.kind === 'id' && isThis({ provider: handle.provider, id: handle.value }),
        ),
        references: handles
          .filter((handle) => handle.watched && handle.kind === 'reference' && handle.provider === provider)
          .map(({ value }) => value),
        report: news.report,
        previous: current?.step,
        payments: [...others, believed(before)],
      })
    : { isNew: false }
  const emits = incoming ? moved || saying.isNew : saying.isNew
  const version = emits ? before + 1 : before
  const payments = [...others, believed(version)]
  const after: Case = { ...known, payments }
  const step = saying.step ?? current?.step
  const standing = resolveAttempts(payments.map(({ report }) => report))

  return {
    outcome: news.outcome,
    version,
    payment: {
      id,
      order: order?.id,
      version,
      report: news.report,
      step,
      paidAt: toPaidAt(current?.paidAt, news.report, now),
      moved,
      repeated: news.outcome === 'repeated' && incoming?.source === 'lookup',
    },
    order: order && {
      id: order.id,
      status: standing.status,
      fulfilledBy: saying.fulfilledBy ?? order.fulfilledBy,
      captureAskedFor: saying.captureAskedFor ?? order.captureAskedFor,
      moved: emits,
    },
    outbox: emits
      ? [
          {
            lane: order?.watched ? laneOf(order.id) : undefined,
            kind: 'change',
            key: `${keyOf({ provider, id })}/${version}`,
            order: order?.id,
            paymentId: id,
            version,
            body: { report: news.report },
            step: saying.isNew ? saying.step : undefined,
          },
        ]
      : [],
    tasks: tasksFor({ provider, id }, version, news, saying, order?.id),
    handles: handles.flatMap((handle) => {
      const isOurs = handle.kind === 'id' && handle.provider === provider && handle.value === id
      const next = isOurs ? withDoubt(handle, news, saying, incoming, now) : handle
      const plan = planAfterNews(next, after, { moved: emits, aftercare })
      const writing: HandleWriting = {
        provider: next.provider,
        kind: next.kind,
        value: next.value,
        order: next.order ?? (isOurs ? order?.id : undefined),
        doubt: next.doubt,
        doubtedAt: next.doubtedAt,
        ...plan,
      }
      return isChanged(handle, writing) ? [writing] : []
    }),
  }
}

/** Doubt ends only with an answer that was asked for after it arose. */
function withDoubt(
  handle: HandleRow,
  { recheck, outcome }: Advance,
  { lookUp }: Saying,
  incoming: PaymentReport | undefined,
  now: number,
): HandleRow {
  const why = lookUp ?? (recheck ? `the news was ${outcome}: a lookup has to tell` : undefined)
  if (why !== undefined) {
    if (handle.doubt !== undefined) return handle
    return { ...handle, doubt: why, doubtedAt: now, doubtTurn: 0, dueAt: undefined }
  }
  if (handle.doubt === undefined || incoming?.source !== 'lookup') return handle
  const isAnswer = Date.parse(incoming.observedAt) >= Math.floor(handle.doubtedAt ?? 0)
  if (!isAnswer) return handle
  return { ...handle, doubt: undefined, doubtedAt: undefined, doubtTurn: 0, dueAt: undefined }
}

function tasksFor(
  payment: { readonly provider: string; readonly id: string },
  version: number,
  { outcome, recheck }: Advance,
  { step, isNew }: Saying,
  order: string | undefined,
): NewTask[] {
  if (order === undefined) return []
  const of = { order, paymentId: payment.id, kind: 'investigate' as const }
  if (isNew && step?.kind === 'investigate')
    return [{ ...of, key: `investigate/${keyOf(payment)}/${version}`, why: step.why }]
  // A lookup that takes back held or taken funds, and that no other lookup can explain.
  if (outcome === 'conflict' && !recheck)
    return [
      {
        ...of,
        key: `conflict/${keyOf(payment)}/${version}`,
        why: 'the provider says less of this payment than it said before',
      },
    ]
  return []
}

function toPaidAt(paidAt: number | undefined, { payment }: PaymentReport, now: number): number | undefined {
  return paidAt ?? (outcomeOf(payment.status) === 'paid' ? now : undefined)
}

function isChanged(handle: HandleRow, writing: HandleWriting): boolean {
  return (
    handle.order !== writing.order ||
    handle.doubt !== writing.doubt ||
    (handle.dueAt ?? null) !== writing.dueAt ||
    handle.turn !== writing.turn ||
    handle.aftercare !== writing.aftercare ||
    handle.doubtTurn !== writing.doubtTurn
  )
}
