import { randomUUID } from 'node:crypto'
import {
  advance,
  type Difference,
  dayIn,
  isPaymentError,
  type ListRange,
  type OwnRecord,
  type PaymentReport,
  type ReconcileSummary,
  reconcile,
} from '@payment-status/core'
import { type Context, providerOf } from '../context.ts'
import { inputError } from '../errors.ts'
import { ingestReport } from '../ingest/report.ts'
import { awaitTurn, backOff, sleepUnless } from '../poll/rate-limit.ts'
import { request } from '../poll/request.ts'
import { limits, pauseAfter, retries } from '../retry.ts'
import {
  type ComparisonKey,
  endComparison,
  enterComparison,
  type Part,
  putOffComparison,
  readListed,
  readOwnOfDay,
  readRecorded,
  readUnlisted,
  saveListed,
  saveProgress,
  takeComparison,
} from '../store/comparisons.ts'
import { insertDelivery } from '../store/outbox.ts'
import { inTransaction, isDataError, query, type Sql, toJson } from '../store/sql.ts'
import { openTask } from '../store/tasks.ts'
import type { Reconciliation } from '../types.ts'
import { createDayCount } from './day-statistics.ts'

/** A day that could not be compared after so many attempts ends with what there is, and a task. */
const MOST_ATTEMPTS = 10

/**
 * Compares a day of a provider's payments with the recorded state, and heals what it can: a payment that was never seen is
 * looked up, one that is behind is advanced with what the list states, one that is not listed is looked up by id. What
 * remains is a task. The same day again comes to the same.
 */
export async function reconcileDay(
  context: Context,
  provider: string,
  day: string,
  signal: AbortSignal,
): Promise<Reconciliation> {
  providerOf(context, provider)
  const name = day === 'yesterday' ? nameOfYesterday(context) : day
  dayIn(name, zoneOf(context))
  const key = { provider, day: name }
  const { database, schema } = context
  await enterComparison(database, schema, key)
  for (;;) {
    const taken = await takeComparison(database, schema, key, limits.comparisonLease)
    if (taken) {
      const result = await compare(context, { ...key, ...taken, isLast: true }, signal)
      if (result) return result
    } else {
      // The night compares this day right now.
      await sleepUnless(500, signal)
      signal.throwIfAborted()
      const done = await readReconciliation(database, schema, provider, name)
      if (done && !(await isUnderWay(context, key))) return done
    }
  }
}

/** One turn of a comparison that the night began. It is put off when the provider is away, and ends after some attempts. */
export async function continueComparison(
  context: Context,
  key: ComparisonKey,
  signal: AbortSignal,
): Promise<void> {
  const { database, schema } = context
  if (!context.options.payments.has(key.provider)) return
  const taken = await takeComparison(database, schema, key, limits.comparisonLease)
  if (!taken) return
  await compare(context, { ...key, ...taken, isLast: taken.attempts >= MOST_ATTEMPTS }, signal)
}

interface Turn extends ComparisonKey {
  readonly part: Part
  readonly position: string
  readonly healed: number
  readonly attempts: number
  /** True where a list that breaks off ends the comparison, instead of putting it off. */
  readonly isLast: boolean
}

/** Works through the parts. Undefined where it was put off. */
async function compare(
  context: Context,
  turn: Turn,
  signal: AbortSignal,
): Promise<Reconciliation | undefined> {
  const { database, schema } = context
  const range = dayIn(turn.day, zoneOf(context))
  let { part, position, healed } = turn
  let broken: { readonly error: unknown } | undefined
  const save = async (next: Part, at: string) => {
    part = next
    position = at
    await saveProgress(database, schema, turn, { part, position, healed }, limits.comparisonLease)
  }
  try {
    if (part === 'list') {
      try {
        await list(context, turn, range, () => save('list', ''), signal)
      } catch (error) {
        if (signal.aborted || !turn.isLast) throw error
        context.report(error)
        broken = { error }
      }
      await save('heal', '')
    }
    while (part === 'heal') {
      const rows = await readListed(database, schema, turn, position)
      for (const report of rows) if (await heal(context, turn, report, signal)) healed++
      const last = rows.at(-1)
      await (last ? save('heal', last.payment.id) : save('unlisted', ''))
    }
    while (part === 'unlisted') {
      const rows = await readUnlisted(database, schema, turn, range, position)
      for (const { report } of rows) if (await confirm(context, turn, report, signal)) healed++
      const last = rows.at(-1)
      await (last ? save('unlisted', last.position) : save('compare', ''))
    }
    return await conclude(context, turn, range, healed, broken)
  } catch (error) {
    if (turn.isLast && !signal.aborted && isPaymentError(error) && error.code === 'invalid_input') {
      await endComparison(database, schema, turn)
      throw error
    }
    const pause = signal.aborted ? 0 : pauseAfter(retries.comparison, turn.attempts - 1)
    await putOffComparison(database, schema, turn, pause)
    signal.throwIfAborted()
    if (isPaymentError(error) && error.retryable) await backOff(context, turn.provider, error)
    context.report(error)
    if (turn.attempts >= MOST_ATTEMPTS) await openIncomplete(context, turn)
    return turn.isLast ? rejectWith(error) : undefined
  }
}

function rejectWith(error: unknown): never {
  throw error
}

/** The provider's list of the day, stored page by page. A list that breaks off begins again: it has no position. */
async function list(
  context: Context,
  { provider, day }: ComparisonKey,
  range: ListRange,
  renew: () => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  const { database, schema } = context
  await awaitTurn(context, provider, signal)
  let page: PaymentReport[] = []
  const store = async () => {
    await saveListed(database, schema, { provider, day }, page)
    page = []
    await renew()
  }
  // A list may be slow: the lease is renewed whatever has come of it.
  const renewing = setInterval(() => renew().catch(context.report), limits.comparisonLease / 3)
  try {
    for await (const report of providerOf(context, provider).list(range, { signal })) {
      page.push(report)
      if (page.length >= PAGE) await store()
    }
  } finally {
    clearInterval(renewing)
  }
  await store()
}

const PAGE = 200

/** Looks up what was never seen or differs, with what the list states of it. Returns whether the status changed. */
async function heal(
  context: Context,
  key: ComparisonKey,
  report: PaymentReport,
  signal: AbortSignal,
): Promise<boolean> {
  const { database, schema } = context
  const { provider, id } = report.payment
  const recorded = await readRecorded(database, schema, provider, id)
  if (recorded && advance(recorded, report).outcome === 'repeated') return false
  const before = recorded?.payment.status
  let answer: PaymentReport | undefined
  try {
    // A list may be behind, so what differs is asked. The lookup is given the operations that only the list states.
    await awaitTurn(context, provider, signal)
    const listed = report.payment.operations ?? []
    const answers = await request(context, { provider, kind: 'id', value: id }, signal, { listed })
    answer = answers[0]?.report
    if (answer && lacks(answer, report)) await ingestReport(context, report)
  } catch (error) {
    if (signal.aborted) throw error
    if (isDataError(error)) {
      await openUnstorable(context, provider, id)
      return false
    }
    if (!isPaymentError(error) || error.retryable) throw error
    await ingestReport(context, report)
  }
  const after = await readRecorded(database, schema, provider, id)
  // What the provider itself states by id, after its list, stands whatever the list says.
  if (answer && after && advance(after, answer).outcome === 'repeated') await confirmListed(context, key, id)
  return after !== undefined && after.payment.status !== before
}

/** Returns whether a lookup left out an operation or a dispute that the list states: then the list is evidence of its own. */
function lacks(answer: PaymentReport, listed: PaymentReport): boolean {
  if (listed.payment.dispute && !answer.payment.dispute) return true
  const known = new Set((answer.payment.operations ?? []).map(({ id }) => id))
  return (listed.payment.operations ?? []).some(({ id }) => !known.has(id))
}

/** Looks up a recorded payment of the day that the list lacks. One that the provider still knows is not missing. */
async function confirm(
  context: Context,
  key: ComparisonKey,
  recorded: PaymentReport,
  signal: AbortSignal,
): Promise<boolean> {
  const { provider, id, status } = recorded.payment
  try {
    await awaitTurn(context, provider, signal)
    const [answer] = await request(context, { provider, kind: 'id', value: id }, signal)
    if (answer?.report.payment.id === id) await confirmListed(context, key, id)
    return answer !== undefined && answer.report.payment.status !== status
  } catch (error) {
    if (signal.aborted) throw error
    if (!isPaymentError(error) || error.retryable) throw error
    // A lookup that was not possible does not make the payment missing.
    if (error.code !== 'not_found') await confirmListed(context, key, id)
    return false
  }
}

async function confirmListed({ database, schema }: Context, { provider, day }: ComparisonKey, id: string) {
  await database.executeSql(
    `insert into ${schema}.listed (provider, day, id, report, confirmed) values ($1, $2, $3, 'null', true)
     on conflict (provider, day, id) do update set confirmed = true`,
    [provider, day, id],
  )
}

/** Compares what is listed with what is recorded by now, and stores the result. */
async function conclude(
  context: Context,
  { provider, day }: ComparisonKey,
  range: ListRange,
  healed: number,
  broken: { readonly error: unknown } | undefined,
): Promise<Reconciliation> {
  const { database, schema } = context
  const key = { provider, day }
  const confirmed = new Set(
    (
      await query<{ id: string }>(
        database,
        `select id from ${schema}.listed where provider = $1 and day = $2 and confirmed`,
        [provider, day],
      )
    ).map(({ id }) => id),
  )
  const isListed = new Set<string>()
  const theirs = async function* () {
    for (let after = ''; ; ) {
      const rows = await readListed(database, schema, key, after)
      yield* rows
      const last = rows.at(-1)
      if (!last) break
      after = last.payment.id
    }
    if (broken) throw broken.error
  }
  const count = createDayCount()
  const ours = async function* (): AsyncGenerator<OwnRecord> {
    for await (const report of readAllListed(database, schema, key)) {
      isListed.add(report.payment.id)
      yield toRecord(report)
    }
    for (let after = ''; ; ) {
      const rows = await readOwnOfDay(database, schema, provider, range, after)
      for (const { report, hadAction } of rows) {
        const { id } = report.payment
        count.add(report.payment, hadAction)
        if (!isListed.has(id) && !confirmed.has(id)) yield toRecord(report)
      }
      const last = rows.at(-1)
      if (!last) return
      after = last.position
    }
  }
  const found: Difference[] = []
  const comparison = reconcile(theirs(), ours())
  let summary: ReconcileSummary
  for (;;) {
    const next = await comparison.next()
    if (next.done) {
      summary = next.value
      break
    }
    found.push(next.value)
  }
  const { error: _, ...stated } = summary
  const result: Reconciliation = {
    provider,
    day,
    from: range.from.toISOString(),
    to: range.to.toISOString(),
    healed,
    summary: stated,
    differences: found.filter(({ ours }) => ours?.id === undefined || !confirmed.has(ours.id)),
    unmatched: await readUnmatchedOfDay(context, provider, range),
    statistics: count.read(),
  }
  await store(context, result)
  return result
}

async function* readAllListed(sql: Sql, schema: string, key: ComparisonKey): AsyncGenerator<PaymentReport> {
  for (let after = ''; ; ) {
    const rows = await readListed(sql, schema, key, after)
    for (const { payment } of rows) {
      const recorded = await readRecorded(sql, schema, payment.provider, payment.id)
      if (recorded) yield recorded
    }
    const last = rows.at(-1)
    if (!last) return
    after = last.payment.id
  }
}

/** Paid payments of the day without an order: listed apart, for the provider and the records agree on them. */
async function readUnmatchedOfDay(
  { database, schema }: Context,
  provider: string,
  { from, to }: ListRange,
): Promise<Reconciliation['unmatched']> {
  return query<{ id: string; status: Reconciliation['unmatched'][number]['status'] }>(
    database,
    `select id, status from ${schema}.payments where provider = $1 and made_at >= $2::text::timestamptz
       and made_at < $3::text::timestamptz and unmatched_since is not null order by id limit 1000`,
    [provider, from.toISOString(), to.toISOString()],
  )
}

function toRecord({ payment }: PaymentReport): OwnRecord {
  const { id, reference, status, amount, captured, refunded, settlement } = payment
  return { id, reference, status, amount, captured, refunded, settlement }
}

async function store(context: Context, result: Reconciliation): Promise<void> {
  const { database, schema } = context
  const { provider, day, differences } = result
  await inTransaction(database, async (tx) => {
    await tx.executeSql(
      `insert into ${schema}.reconciliations (provider, day, result, compared_at) values ($1, $2, $3::text::jsonb, now())
       on conflict (provider, day) do update set result = excluded.result, compared_at = now()`,
      [provider, day, toJson(result)],
    )
    await endComparison(tx, schema, result)
    for (const { kind, theirs, ours, fields } of differences) {
      const id = theirs?.payment.id ?? ours?.id
      await openTask(tx, context, {
        key: `difference/${provider}/${day}/${id ?? ours?.reference ?? kind}`,
        kind: 'difference',
        order: await readOrderOf(tx, schema, provider, id),
        provider,
        paymentId: id,
        why: `${kind}${fields ? `: ${fields.join(', ')}` : ''}`,
      })
    }
    if (!result.summary.complete) await openTask(tx, context, incomplete(provider, day))
    await insertDelivery(tx, schema, {
      key: `reconciliation/${provider}/${day}`,
      kind: 'reconciliation',
      order: undefined,
      provider,
      body: { day },
    })
    await context.wake(tx, ['outbox'])
  })
}

function incomplete(provider: string, day: string) {
  return {
    key: `incomplete/${provider}/${day}/${randomUUID().slice(0, 8)}`,
    kind: 'difference' as const,
    order: undefined,
    provider,
    paymentId: undefined,
    why: 'the day could not be compared: the list of the provider broke off. Call reconcile for this day again',
  }
}

async function openIncomplete({ database, ...context }: Context, { provider, day }: ComparisonKey) {
  await inTransaction(database, (tx) =>
    openTask(
      tx,
      { ...context, database },
      { ...incomplete(provider, day), key: `incomplete/${provider}/${day}` },
    ),
  )
}

async function openUnstorable(context: Context, provider: string, id: string): Promise<void> {
  await inTransaction(context.database, async (tx) =>
    openTask(tx, context, {
      key: `unstorable/${provider}/${id}`,
      kind: 'unreadable',
      order: await readOrderOf(tx, context.schema, provider, id),
      provider,
      paymentId: id,
      why: 'the answer of the provider could not be stored: look the payment up in its dashboard',
    }),
  )
}

async function readOrderOf(
  tx: Sql,
  schema: string,
  provider: string,
  id: string | undefined,
): Promise<string | undefined> {
  const [row] = await query<{ order_id: string | null }>(
    tx,
    `select order_id from ${schema}.payments where provider = $1 and id = $2`,
    [provider, id ?? ''],
  )
  return row?.order_id ?? undefined
}

async function isUnderWay({ database, schema }: Context, { provider, day }: ComparisonKey) {
  const rows = await query(
    database,
    `select 1 as under_way from ${schema}.comparisons where provider = $1 and day = $2`,
    [provider, day],
  )
  return rows.length > 0
}

/** Returns what a comparison came to, the last time it was made. */
export async function readReconciliation(
  sql: Sql,
  schema: string,
  provider: string,
  day: string,
): Promise<Reconciliation | undefined> {
  const [row] = await query<{ result: string }>(
    sql,
    `select result::text from ${schema}.reconciliations where provider = $1 and day = $2 and result is not null`,
    [provider, day],
  )
  return row && (JSON.parse(row.result) as Reconciliation)
}

export function zoneOf({ options: { reconcile } }: Pick<Context, 'options'>): string {
  return reconcile === undefined || reconcile === 'off' ? 'UTC' : reconcile.timeZone
}

/** Returns yesterday as `2026-11-20`, in the time zone of the nightly work. */
export function nameOfYesterday(context: Pick<Context, 'options'>): string {
  const timeZone = zoneOf(context)
  const { from } = dayIn('yesterday', timeZone)
  const day = new Intl.DateTimeFormat('en-CA', { timeZone, dateStyle: 'short' }).format(from)
  if (!/^\d{4}-\d{2}-\d{2}$/.test(day))
    throw inputError('`reconcile.timeZone` must be a time zone whose days Intl can format')
  return day
}
