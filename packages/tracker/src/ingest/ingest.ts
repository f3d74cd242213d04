import type { PaymentReport } from '@payment-status/core'
import type { Context } from '../context.ts'
import { type Decision, decide } from '../decide/decide.ts'
import type { Incoming } from '../decide/incoming.ts'
import { inputError } from '../errors.ts'
import { lock } from '../store/keys.ts'
import { isSameTarget, newTarget, type Snapshot, type TargetKey, targetOf } from '../store/rows.ts'
import { readSnapshot } from '../store/snapshot.ts'
import { type Sql, storable } from '../store/sql.ts'
import { isTransient } from '../store/sql-errors.ts'
import { inTransaction, isInHandler, type Tables } from '../store/tables.ts'
import { inTurn } from '../store/turns.ts'
import { write } from '../store/write.ts'

/** Request that a report answers. */
export interface Asked {
  /** Target that the request named. It leads to the order where the report itself does not. */
  readonly target: TargetKey
  /** When the recorded state was read that the request named, in milliseconds by the database's clock. */
  readonly knownAt?: number | undefined
  /** True where the answer ends the poll of the target, whose next poll is then planned with it. */
  readonly isPoll?: boolean | undefined
}

/** Ingests a report that no event brought. */
export async function ingestReport(
  context: Context,
  report: PaymentReport,
  asked?: Asked,
  tx?: Sql,
): Promise<Decision> {
  const decision = await ingest(context, toIncoming(report, asked), tx)
  if (decision === 'duplicate') throw new Error('a report without an event is no duplicate')
  return decision
}

/** Returns a report with the keys that lead to its order. Throws `invalid_input` for what is not a report. */
export function toIncoming(report: PaymentReport, asked?: Asked): Incoming {
  const { provider, reference, ...payment } = checkReport(report)
  const id = storable(payment.id)
  const named: readonly (TargetKey | undefined)[] = [
    targetOf({ provider, id }),
    asked?.target,
    reference === undefined ? undefined : { provider, kind: 'reference', value: storable(reference) },
  ]
  // A payment that was asked for by its id or its reference is named twice.
  const keys = named
    .filter((key) => key !== undefined)
    .filter((key, index, all) => all.findIndex((other) => isSameTarget(other, key)) === index)
  // Recorded under the id that is stored, so that the next report is of the same payment.
  const stored = id === payment.id ? report : { ...report, payment: { ...report.payment, id } }
  const content = { kind: 'report', report: stored, knownAt: asked?.knownAt } as const
  return { content, keys, polled: asked?.isPoll ? asked.target : undefined }
}

function checkReport(report: PaymentReport): PaymentReport['payment'] {
  if (report?.evidence !== 'report' || typeof report.payment?.id !== 'string')
    throw inputError('only a report can be ingested. A hint proves nothing: look its payment up')
  if (!Number.isFinite(Date.parse(report.observedAt)))
    throw inputError('`observedAt` of a report must be an ISO 8601 instant')
  return report.payment
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
  const { database } = context
  if (tx) return locked(context, database.within(tx), incoming)
  const inLocks = () => inTransaction(database, (own) => locked(context, own, incoming))
  // In a handler's transaction: its webhooks of the same payment may wait for it.
  if (isInHandler()) return inLocks()
  // One after the other within this process: what waits for a lock must not take the whole pool.
  const [key] = incoming.keys
  return inTurn(
    database,
    key && JSON.stringify(key),
    async () => (await unlocked(context, incoming)) ?? inLocks(),
  )
}

/**
 * Without locks: two statements. Undefined where another writer was quicker, and where the payment may belong to another
 * order than its reference: that needs the locks.
 */
async function unlocked(context: Context, incoming: Incoming): Promise<Decision | 'duplicate' | undefined> {
  const { database } = context
  const { keys, event } = incoming
  try {
    const snapshot = await readSnapshot(database, { keys, event })
    if (snapshot.isDuplicate) return 'duplicate'
    const known = withNewTargets(snapshot, keys)
    const own = known.targets.find((target) => keys[0] && isSameTarget(target, keys[0]))
    const isElsewhere = own !== undefined && own.revision > 0 && own.order !== snapshot.order?.id
    if (isElsewhere || isOtherOrder(known, incoming)) return undefined
    return await attempt(context, database, known, incoming)
  } catch (error) {
    if (isTransient(error)) return undefined
    throw error
  }
}

/**
 * Adds the targets that are not stored yet; they are inserted with what is decided. A reference is one only while no order
 * is known, for an order that is watched by it later.
 */
function withNewTargets(snapshot: Snapshot, keys: readonly TargetKey[]): Snapshot {
  const needed = snapshot.order ? keys.slice(0, 1) : keys
  const missing = needed.filter((key) => !snapshot.targets.some((target) => isSameTarget(target, key)))
  return { ...snapshot, targets: [...snapshot.targets, ...missing.map(newTarget)] }
}

async function locked(context: Context, tx: Tables, incoming: Incoming): Promise<Decision | 'duplicate'> {
  const { keys, event } = incoming
  const order = await lock(tx, keys)
  const snapshot = await readSnapshot(tx, { order, keys, event })
  if (snapshot.isDuplicate) return 'duplicate'
  const own = keys.slice(0, 1)
  const known = isOtherOrder(snapshot, incoming) ? await readSnapshot(tx, { keys: own, event }) : snapshot
  const decision = await attempt(context, tx, known, incoming)
  if (!decision) throw new Error('an order was written without its lock')
  return decision
}

async function attempt(
  context: Context,
  tables: Tables,
  snapshot: Snapshot,
  incoming: Incoming,
): Promise<Decision | undefined> {
  const decision = decide(snapshot, atDatabaseTime(incoming, snapshot.now), context.settings)
  return (await write(tables, decision.writing)) ? decision : undefined
}

/**
 * A payment that only a reference leads to the order, and that was created before the order was: a shop that uses an order
 * number again, or another site on the same account. It is recorded as a payment without an order.
 */
function isOtherOrder({ order, targets }: Snapshot, { content, keys: [own] }: Incoming): boolean {
  const stated = content.kind === 'report' ? content.report.payment : undefined
  const payment = content.kind === 'operation' ? content.payment : stated
  if (!payment || !order || !own) return false
  const target = targets.find((other) => isSameTarget(other, own))
  const isOwn = target?.order === order.id
  const isAsked = targets.some(
    ({ kind, order: id, paymentId }) => kind === 'id' && id === order.id && paymentId === own.value,
  )
  if (isOwn || isAsked) return false
  // Not every webhook states when its payment was created: at the latest when the event happened.
  const occurredAt = content.kind === 'report' ? content.report.occurredAt : undefined
  return Date.parse(payment.createdAt ?? occurredAt ?? '') < order.notBefore
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
  return { ...incoming, content: { ...content, report } }
}
