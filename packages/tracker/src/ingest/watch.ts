import {
  checkTerms,
  outcomeOf,
  type PaymentStatus,
  type PollSchedule,
  pollSchedules,
} from '@payment-status/core'
import { type Context, providerOf } from '../context.ts'
import { decide } from '../decide/decide.ts'
import { DAY_IN_MILLISECONDS } from '../decide/night.ts'
import { patienceOf } from '../decide/order.ts'
import { planWatched } from '../decide/schedule.ts'
import { inputError } from '../errors.ts'
import { lockOrder, lockTargets } from '../store/keys.ts'
import { type PaymentKey, toTarget } from '../store/rows.ts'
import { readSnapshot } from '../store/snapshot.ts'
import { LONGEST_KEY, type Sql, storable } from '../store/sql.ts'
import { within } from '../store/tables.ts'
import {
  claimPayments,
  endOrder,
  startStream,
  watchTargets,
  writeOrder,
  writeProviders,
} from '../store/watch.ts'
import { write } from '../store/write.ts'
import type { TrackedOrder, UnwatchResult } from '../types/order.ts'

const LONGEST_ORDER = 200
const MOST_PAYMENTS = 100

/** Records an order, and gives it everything that was ingested of its payments before. */
export async function watch(context: Context, order: TrackedOrder, given?: Sql): Promise<void> {
  checkOrder(context, order)
  const { database } = context
  const schedule = toSchedule(order)
  const wanted = order.payments.map((payment) => toTarget(payment.provider, payment))
  await within(database, given, async (tx) => {
    await lockOrder(tx, order.order)
    const locked = await lockTargets(tx, wanted)
    if (locked.some(({ order_id }) => order_id !== null && order_id !== order.order))
      throw inputError(
        'a payment is watched for another order. An id or a reference must belong to one order',
      )
    const notBefore = await writeOrder(tx, order, {
      schedule,
      patienceMs: patienceOf({ terms: order.terms, schedule }),
    })
    await claimPayments(tx, order.order, wanted, notBefore)
    await writeProviders(tx, order)
    await watchTargets(tx, order.order, wanted, planWatched(schedule))
    await startStream(tx, order.order)
    const snapshot = await readSnapshot(tx, { order: order.order })
    const { writing } = decide(snapshot, { content: { kind: 'claimed' }, keys: [] }, context.settings)
    if (!(await write(tx, writing))) throw new Error('an order was written without its lock')
    await tx.wake('polls', 'outbox')
  })
}

/**
 * Stops polling and delivering. What is ingested from then on is recorded, and money of the order counts as unmatched,
 * unless it was delivered for.
 */
export async function unwatch(context: Context, order: string, given?: Sql): Promise<UnwatchResult> {
  return within(context.database, given, async (tx) => {
    await lockOrder(tx, order)
    const payments = await endOrder(tx, order)
    await tx.wake('outbox')
    return toResult(payments)
  })
}

function toResult(payments: readonly (PaymentKey & { readonly status: PaymentStatus })[]): UnwatchResult {
  const undecided = payments.filter(({ status }) =>
    ['undecided', 'held', 'unclear'].includes(outcomeOf(status)),
  )
  if (undecided.length === 0) return { undecided }
  const note =
    'The order has a payment that may still be paid. If it is, it is reported to onUnmatched and counted in health(): cancel it at the provider, or watch the order again.'
  return { undecided, note }
}

function toSchedule({ schedule, terms }: TrackedOrder): PollSchedule {
  if (schedule === undefined) return terms.webhookOnly ? pollSchedules.slowMethod : pollSchedules.card
  return typeof schedule === 'string' ? pollSchedules[schedule] : schedule
}

/** Throws `invalid_input` for an order that cannot be tracked. */
export function checkOrder(
  context: Pick<Context, 'options'>,
  { order, terms, payments, schedule }: TrackedOrder,
): void {
  if (!isText(order) || order.length > LONGEST_ORDER)
    throw inputError(
      `\`order\` must be a string of 1 to ${LONGEST_ORDER} characters that PostgreSQL can store`,
    )
  checkTerms(terms)
  if (!Array.isArray(payments) || payments.length === 0 || payments.length > MOST_PAYMENTS)
    throw inputError(
      `\`payments\` must name 1 to ${MOST_PAYMENTS} payments: { provider, id }, or { provider, reference } as the payment is created with`,
    )
  for (const payment of payments) {
    const key = 'id' in payment ? payment.id : payment.reference
    if (typeof payment.provider !== 'string' || !isText(key))
      throw inputError('each of `payments` must be { provider, id } or { provider, reference }')
    if (key.length > LONGEST_KEY)
      throw inputError(`the id or reference of a payment must have at most ${LONGEST_KEY} characters`)
    const { answers } = providerOf(context, payment.provider)
    if ('reference' in payment && answers?.byReference === 'none' && answers.lookup !== 'none')
      throw inputError(
        `${payment.provider} cannot look payments up by reference. Watch the payment by its id`,
      )
  }
  if (schedule === undefined || schedule === 'card' || schedule === 'slowMethod') return
  if (
    !Array.isArray(schedule) ||
    schedule.length === 0 ||
    !schedule.every((wait) => wait >= 0 && wait < MOST_WAIT)
  )
    throw inputError("`schedule` must be 'card', 'slowMethod' or an array of milliseconds, each below a year")
}

const MOST_WAIT = 365 * DAY_IN_MILLISECONDS

/** PGlite drops a byte order mark at the beginning of a text. */
function isText(text: unknown): text is string {
  return typeof text === 'string' && text !== '' && !text.startsWith('\uFEFF') && text === storable(text)
}
