import { randomUUID } from 'node:crypto'
import {
  type Difference,
  type ListRange,
  type OwnRecord,
  type PaymentReport,
  type ReconcileSummary,
  reconcile,
} from '@payment-status/core'
import type { Context } from '../context.ts'
import { type ComparisonKey, endComparison } from '../store/comparisons.ts'
import { countNotKept, readConfirmed, readListed, readOwnOfDay, readRecordedListed } from '../store/listed.ts'
import { insertDelivery } from '../store/outbox.ts'
import { readOrderOfPayment } from '../store/payments.ts'
import { saveReconciliation } from '../store/reconciliations.ts'
import { inTransaction } from '../store/tables.ts'
import { openTask } from '../store/tasks.ts'
import { readUnmatchedOfDay } from '../store/unmatched.ts'
import type { NewTask } from '../store/writing.ts'
import type { Reconciliation } from '../types/reconciliation.ts'
import { createDayCount } from './day-statistics.ts'

/** Compares what is listed with what is recorded by now, and stores the result. */
export async function conclude(
  context: Context,
  { provider, day }: ComparisonKey,
  range: ListRange,
  healed: number,
  broken: { readonly error: unknown } | undefined,
): Promise<Reconciliation> {
  const { database } = context
  const key = { provider, day }
  const confirmed = new Set(await readConfirmed(database, key))
  const isListed = new Set<string>()
  const theirs = async function* () {
    yield* readPages(
      (after) => readListed(database, key, after),
      ({ payment }) => payment.id,
    )
    if (broken) throw broken.error
  }
  const count = createDayCount()
  const ours = async function* (): AsyncGenerator<OwnRecord> {
    const listed = readPages(
      (after) => readRecordedListed(database, key, after),
      ({ id }) => id,
    )
    for await (const { id, report } of listed) {
      if (!report) continue
      isListed.add(id)
      yield toRecord(report)
    }
    const ofDay = readPages(
      (after) => readOwnOfDay(database, provider, range, after),
      ({ position }) => position,
    )
    for await (const { report, hadAction } of ofDay) {
      const { id } = report.payment
      count.add(report.payment, hadAction)
      if (!isListed.has(id) && !confirmed.has(id)) yield toRecord(report)
    }
  }
  const { found, summary } = await toEnd(reconcile(theirs(), ours()))
  const { error: _, ...stated } = summary
  const notKept = await countNotKept(database, key)
  const result: Reconciliation = {
    provider,
    day,
    from: range.from.toISOString(),
    to: range.to.toISOString(),
    healed,
    summary: stated,
    ...(notKept > 0 ? { notKept } : {}),
    differences: found.filter(({ ours }) => ours?.id === undefined || !confirmed.has(ours.id)),
    unmatched: await readUnmatchedOfDay(database, provider, range),
    statistics: count.read(),
  }
  await store(context, result)
  return result
}

/** Yields the rows of all pages. A page begins after the position of the row before it; an empty one is the last. */
async function* readPages<Row>(
  read: (after: string) => Promise<readonly Row[]>,
  positionOf: (row: Row) => string,
): AsyncGenerator<Row, void> {
  for (let after = ''; ; ) {
    const rows = await read(after)
    const last = rows.at(-1)
    if (!last) return
    yield* rows
    after = positionOf(last)
  }
}

async function toEnd(comparison: ReturnType<typeof reconcile>) {
  const found: Difference[] = []
  for (;;) {
    const next: IteratorResult<Difference, ReconcileSummary> = await comparison.next()
    if (next.done) return { found, summary: next.value }
    found.push(next.value)
  }
}

function toRecord({ payment }: PaymentReport): OwnRecord {
  const { id, reference, status, amount, captured, refunded, settlement } = payment
  return { id, reference, status, amount, captured, refunded, settlement }
}

async function store(context: Context, result: Reconciliation): Promise<void> {
  const { database } = context
  const { provider, day, differences } = result
  await inTransaction(database, async (tx) => {
    await saveReconciliation(tx, result)
    await endComparison(tx, result)
    for (const { kind, theirs, ours, fields } of differences) {
      const id = theirs?.payment.id ?? ours?.id
      await openTask(tx, {
        key: `difference/${provider}/${day}/${id ?? ours?.reference ?? kind}`,
        kind: 'difference',
        order: id === undefined ? undefined : await readOrderOfPayment(tx, { provider, id }),
        provider,
        paymentId: id,
        why: `${kind}${fields ? `: ${fields.join(', ')}` : ''}`,
      })
    }
    // Every comparison of the day that broke off is a task of its own.
    if (!result.summary.complete) await openTask(tx, incomplete(result, `/${randomUUID().slice(0, 8)}`))
    await insertDelivery(tx, {
      key: `reconciliation/${provider}/${day}`,
      kind: 'reconciliation',
      order: undefined,
      provider,
      body: { day },
    })
    await tx.wake('outbox')
  })
}

/** Opens a task for a day that is not compared after several attempts. */
export async function openIncomplete(context: Context, key: ComparisonKey): Promise<void> {
  await inTransaction(context.database, (tx) => openTask(tx, incomplete(key)))
}

function incomplete({ provider, day }: ComparisonKey, attempt = ''): NewTask {
  return {
    key: `incomplete/${provider}/${day}${attempt}`,
    kind: 'difference',
    order: undefined,
    provider,
    paymentId: undefined,
    why: 'the day could not be compared: the list of the provider broke off. Call reconcile for this day again',
  }
}
