import type { NextStep, PaymentReport } from '@payment-status/core'
import { match } from 'ts-pattern'
import type { Context } from '../context.ts'
import { decideRecorded } from '../decide/order.ts'
import { isObserved, type ObservedOutbox, publish } from '../observed.ts'
import { limits, pauseAfter, retries, withLimit } from '../retry.ts'
import {
  type Delivery,
  holdDelivery,
  markDelivered,
  postponeStream,
  readBefore,
  takeDelivery,
} from '../store/outbox.ts'
import { readReconciliation } from '../store/reconciliations.ts'
import { readSnapshot } from '../store/snapshot.ts'
import { inHandler, inTransaction, type Tables } from '../store/tables.ts'
import { openTask, readTask } from '../store/tasks.ts'
import { readUnmatchedPayment } from '../store/unmatched.ts'
import type { Change, TrackedDispute } from '../types/change.ts'

/** After so many failures a person should look at the handler. */
const FAILURES_FOR_A_TASK = 5

/** Delivers what is due, one row after the other, until nothing is. */
export async function deliverDue(context: Context, signal: AbortSignal): Promise<void> {
  const { database } = context
  let next = await takeDelivery(database)
  while (next && !signal.aborted) {
    const delivery = next
    const startedAt = performance.now()
    try {
      if (delivery.attempts > FAILURES_FOR_A_TASK) await askPerson(context, delivery)
      next =
        context.options.delivery === 'at_least_once'
          ? await deliverOutside(context, delivery)
          : await deliverInside(context, delivery)
      observe(delivery, 'delivered', performance.now() - startedAt)
    } catch (error) {
      observe(delivery, 'retry_later', performance.now() - startedAt)
      context.report(error)
      await retryLater(context, delivery)
      next = await takeDelivery(database)
    }
  }
  if (next) await postponeStream(database, next, 0)
}

/** In the transaction that marks it delivered. The next one is taken with it, so that its attempt is counted before. */
async function deliverInside(context: Context, delivery: Delivery): Promise<Delivery | undefined> {
  const { database } = context
  const transaction = await database.beginTransaction()
  const { db: tx } = transaction
  try {
    if (await holdDelivery(tx, delivery)) {
      await withLimit(
        inHandler(database, tx, () => callHandler(context, delivery, tx)),
        limits.handler,
        () => new Error('a handler did not finish in time, and its transaction was rolled back'),
      )
      await markDelivered(tx, delivery)
    }
    const next = await takeDelivery(tx)
    await transaction.commit()
    return next
  } finally {
    await transaction.rollback()
  }
}

async function deliverOutside(context: Context, delivery: Delivery): Promise<Delivery | undefined> {
  const { database } = context
  await withLimit(
    callHandler(context, delivery, database),
    limits.handler,
    () => new Error('a handler did not finish in time'),
  )
  await markDelivered(database, delivery)
  return takeDelivery(database)
}

/** The row comes back after a pause that grows. Later rows of its stream wait, other streams go on. */
async function retryLater(context: Context, delivery: Delivery): Promise<void> {
  const { database } = context
  await postponeStream(database, delivery, pauseAfter(retries.handler, delivery.attempts - 1))
  if (delivery.attempts >= FAILURES_FOR_A_TASK) await askPerson(context, delivery)
}

async function askPerson(context: Context, { key, kind, order_id, provider, payment_id }: Delivery) {
  if (kind === 'task') return
  await inTransaction(context.database, (tx) =>
    openTask(tx, {
      key: `handler/${key}`,
      kind: 'investigate',
      order: order_id ?? undefined,
      provider: provider ?? undefined,
      paymentId: payment_id ?? undefined,
      why: `a handler failed ${FAILURES_FOR_A_TASK} times: later changes of the order wait for it`,
    }),
  )
}

async function callHandler(context: Context, delivery: Delivery, tx: Tables): Promise<void> {
  const { options } = context
  const { body, provider } = delivery
  await match(delivery.kind)
    .with('change', async () => options.onChange(await toChange(context, delivery, tx), tx))
    .with('dispute', async () => options.onDispute?.(toDispute(delivery), tx))
    .with('task', async () => {
      const task = options.onTask && (await readTask(tx, (body as { key: string }).key))
      if (task) await options.onTask?.(task, tx)
    })
    .with('reconciliation', async () => {
      const { day } = body as { day: string }
      const result = options.onReconciled && (await readReconciliation(tx, provider ?? '', day))
      if (result) await options.onReconciled?.(result, tx)
    })
    .with('unmatched', async () => {
      const payment = await readUnmatchedPayment(tx, {
        provider: provider ?? '',
        id: delivery.payment_id ?? '',
      })
      // An order that is watched by now has claimed it.
      if (!payment) return
      await options.onUnmatched?.(payment, tx)
      await openTask(tx, {
        key: `unmatched/${payment.provider}/${payment.id}`,
        kind: 'unmatched',
        order: payment.order,
        provider: payment.provider,
        paymentId: payment.id,
        why: `the payment is ${payment.report.payment.status} and belongs to no tracked order: refund it, or watch its order`,
      })
    })
    .exhaustive()
}

/** The change as it was, with the status that its order has now. */
async function toChange(context: Context, delivery: Delivery, tx: Tables): Promise<Change> {
  const { settings } = context
  const { key, change_id, step, body, order_id: order } = delivery
  const { report } = body as { report: PaymentReport }
  const before = await readBefore(tx, delivery)
  const snapshot = await readSnapshot(tx, { order: order ?? '' })
  const {
    step: _,
    payment: __,
    ...orderStatus
  } = snapshot.order
    ? decideRecorded(snapshot.order, snapshot.targets, snapshot.payments, snapshot.now, settings)
    : { status: 'unknown' as const, paid: [], paidTwice: false, step: undefined, payment: undefined }
  return {
    key,
    changeId: change_id,
    order: order ?? '',
    report,
    ...(before ? { before } : {}),
    ...(step ? { step: step as NextStep } : {}),
    orderStatus,
  }
}

function toDispute({ key, provider, order_id, body }: Delivery): TrackedDispute {
  const { payment, dispute, type, occurredAt } = body as Pick<
    TrackedDispute,
    'payment' | 'dispute' | 'type' | 'occurredAt'
  >
  return {
    key,
    provider: provider ?? '',
    type,
    ...(occurredAt === undefined ? {} : { occurredAt }),
    ...(order_id === null ? {} : { order: order_id }),
    ...(payment ? { payment } : {}),
    dispute,
  }
}

function observe(
  { kind, provider, step, body, attempts, waited }: Delivery,
  outcome: ObservedOutbox['outcome'],
  durationMs: number,
): void {
  if (!isObserved('outbox')) return
  const task = kind === 'task' ? (body as { kind?: string }).kind : undefined
  publish('outbox', {
    what: kind,
    outcome,
    ...(provider === null ? {} : { provider }),
    ...(step ? { step: (step as NextStep).kind } : {}),
    ...(task === undefined ? {} : { task }),
    attempts: attempts - 1,
    waitedMs: waited,
    durationMs,
  })
}
