import type { PaymentReport } from '@payment-status/core'
import type { Context } from '../context.ts'
import { type Decision, decide, type EventKey, type Incoming } from '../decide/decide.ts'
import { inputError } from '../errors.ts'
import { lock } from '../store/keys.ts'
import { isSameTarget, type Snapshot, type TargetKey, targetOf } from '../store/rows.ts'
import { readSnapshot } from '../store/snapshot.ts'
import { inTransaction, isTransient, type Sql, storable } from '../store/sql.ts'
import { inTurn } from '../store/turns.ts'
import { write } from '../store/write.ts'

/** Origin of a report. */
export interface Origin {
  readonly event?: EventKey | undefined
  /** The target whose lookup it answers: it leads to the order where the report itself does not. */
  readonly asked?: TargetKey | undefined
  /** True where the answer ends the poll of that target, whose next poll is then planned with it. */
  readonly isPoll?: boolean | undefined
}

export async function ingestReport(
  context: Context,
  report: PaymentReport,
  { event, asked, isPoll }: Origin = {},
  tx?: Sql,
): Promise<Decision | 'duplicate'> {
  const { provider, reference, ...payment } = checkReport(report)
  const own = targetOf({ provider, id: storable(payment.id) })
  const keys = [own, ...(asked && !isSameTarget(asked, own) ? [asked] : [])]
  if (reference !== undefined) keys.push({ provider, kind: 'reference', value: storable(reference) })
  const polled = isPoll ? asked : undefined
  return ingest(context, { content: { kind: 'report', report }, keys, event, polled }, tx)
}

/**
 * Everything that comes in goes this way: read what is known, decide what follows, write all of it or nothing. Reports and
 * events of one order go one after the other.
 */
export async function ingest(
  context: Context,
  incoming: Incoming,
  tx?: Sql,
): Promise<Decision | 'duplicate'> {
  if (tx) return locked(context, tx, incoming)
  const decision = await unlocked(context, incoming)
  if (decision) return decision
  // One after the other within this process: what waits for a lock must not take the whole pool.
  const [key] = incoming.keys
  return inTurn(context.database, key ? JSON.stringify(key) : undefined, () =>
    inTransaction(context.database, (own) => locked(context, own, incoming)),
  )
}

/**
 * Without locks: two statements for a report of a known order. Undefined where another writer was quicker, and where the
 * order is not known or the payment is new: that needs the locks.
 */
async function unlocked(context: Context, incoming: Incoming): Promise<Decision | 'duplicate' | undefined> {
  const { database, schema } = context
  const { keys, event } = incoming
  try {
    const snapshot = await readSnapshot(database, schema, { keys, event })
    if (snapshot.isDuplicate) return 'duplicate'
    const own = snapshot.targets.find((target) => keys[0] && isSameTarget(target, keys[0]))
    if (!snapshot.order || own?.order !== snapshot.order.id) return undefined
    return await attempt(context, database, snapshot, incoming)
  } catch (error) {
    if (isTransient(error)) return undefined
    throw error
  }
}

async function locked(context: Context, tx: Sql, incoming: Incoming): Promise<Decision | 'duplicate'> {
  const { schema } = context
  const { keys, event } = incoming
  const order = await lock(tx, schema, keys)
  const snapshot = await readSnapshot(tx, schema, { order, keys, event })
  if (snapshot.isDuplicate) return 'duplicate'
  const own = keys.slice(0, 1)
  const known = isOtherOrder(snapshot, incoming)
    ? await readSnapshot(tx, schema, { keys: own, event })
    : snapshot
  const decision = await attempt(context, tx, known, incoming)
  if (!decision) throw new Error('an order was written without its lock')
  return decision
}

async function attempt(
  context: Context,
  sql: Sql,
  snapshot: Snapshot,
  incoming: Incoming,
): Promise<Decision | undefined> {
  const decision = decide(snapshot, atDatabaseTime(incoming, snapshot.now), context.settings)
  return (await write(sql, context, decision.writing)) ? decision : undefined
}

/**
 * A payment that only a reference leads to the order, and that was created before the order was: a shop that uses an order
 * number again, or another site on the same account. It is recorded as a payment without an order.
 */
function isOtherOrder({ order, targets, payments }: Snapshot, { content, keys: [own] }: Incoming): boolean {
  const stated = content.kind === 'report' ? content.report.payment : undefined
  const payment = content.kind === 'operation' ? content.payment : stated
  if (!payment || !order || !own) return false
  const target = targets.find((other) => isSameTarget(other, own))
  const isKnown = payments.some(({ provider, id }) => provider === own.provider && id === own.value)
  const isOwn = target?.order === order.id
  const isAsked = targets.some(
    ({ kind, order: id, paymentId }) => kind === 'id' && id === order.id && paymentId === own.value,
  )
  if (isOwn || isAsked || (isKnown && isOwn)) return false
  return Date.parse(payment.createdAt ?? '') < order.notBefore
}

/**
 * Reports are stamped by the clock of the process that read them, and compared by one clock, the database's. Converted
 * late, so that a lookup never counts as sent later than it was.
 */
function atDatabaseTime(incoming: Incoming, now: number): Incoming {
  const { content } = incoming
  if (content.kind !== 'report') return incoming
  const age = Math.max(0, Date.now() - Date.parse(content.report.observedAt))
  const report = { ...content.report, observedAt: new Date(now - age).toISOString() }
  return { ...incoming, content: { kind: 'report', report } }
}

function checkReport(report: PaymentReport): PaymentReport['payment'] {
  if (report?.evidence !== 'report' || typeof report.payment?.id !== 'string')
    throw inputError('only a report can be ingested. A hint proves nothing: look its payment up')
  if (!Number.isFinite(Date.parse(report.observedAt)))
    throw inputError('`observedAt` of a report must be an ISO 8601 instant')
  return report.payment
}
