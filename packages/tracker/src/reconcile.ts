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
import { type Context, providerOf } from './context.ts'
import { createDayCount, type DayCount } from './day-statistics.ts'
import { inputError } from './errors.ts'
import { hear } from './hear.ts'
import { ask } from './looks.ts'
import { inTransaction, query, type Sql } from './sql.ts'
import { openTask } from './tasks.ts'
import type { Reconciliation } from './types.ts'

const PAGE = 200

/**
 * Compares a day of a provider's payments with what is believed, and heals what it can: what was never heard of is looked
 * up, what is behind is advanced, what the provider does not list is asked by id. What remains is a task. The same day
 * again comes to the same.
 */
export async function reconcileDay(
  context: Context,
  provider: string,
  day: string,
  signal: AbortSignal,
): Promise<Reconciliation> {
  const zone = zoneOf(context)
  const range = dayIn(day, zone)
  const name = day === 'yesterday' ? nameDay(range.from, zone) : day
  const counts = { healed: 0 }
  const listed: PaymentReport[] = []
  /** What the provider itself said by id, after its list, and what is believed now: whatever the list says. */
  const confirmed = new Set<string>()
  let broken: { readonly error: unknown } | undefined
  try {
    for await (const report of providerOf(context, provider).list(range, { signal })) {
      if (await heal(context, report, counts, signal)) confirmed.add(report.payment.id)
      listed.push(report)
    }
  } catch (error) {
    if (signal.aborted) throw error
    context.report(error)
    broken = { error }
  }
  const asked = await askForUnlisted(context, provider, range, listed, counts, signal)
  const theirs = async function* () {
    yield* listed
    if (broken) throw broken.error
  }
  const count = createDayCount()
  const ours = readOwn(context.database, context.schema, provider, range, listed, asked, count)
  const found: Difference[] = []
  const comparison = reconcile(theirs(), ours)
  let summary: ReconcileSummary
  for (;;) {
    const next = await comparison.next()
    if (next.done) {
      summary = next.value
      break
    }
    found.push(next.value)
  }
  const differences = found.filter(
    ({ ours }) => ours?.id === undefined || !(asked.has(ours.id) || confirmed.has(ours.id)),
  )
  const { error: _, ...stated } = summary
  const result: Reconciliation = {
    provider,
    day: name,
    from: range.from.toISOString(),
    to: range.to.toISOString(),
    healed: counts.healed,
    summary: stated,
    differences,
    statistics: count.read(),
  }
  await store(context, result, listed)
  return result
}

/** What was never heard of, or differs, is looked up. Whether what is believed now is what the lookup said. */
async function heal(
  context: Context,
  report: PaymentReport,
  counts: { healed: number },
  signal: AbortSignal,
): Promise<boolean> {
  const { provider, id } = report.payment
  const believed = await readBelief(context.database, context.schema, provider, id)
  if (believed && advance(believed, report).outcome === 'repeated') return false
  const before = believed?.payment.status
  let answer: PaymentReport | undefined
  try {
    // A list may be behind: what differs is asked before it is believed.
    ;[answer] = await ask(context, { provider, kind: 'id', value: id }, signal, report.payment.operations)
  } catch (error) {
    if (signal.aborted || !isPaymentError(error)) throw error
    await hear(context, report)
  }
  const after = await readBelief(context.database, context.schema, provider, id)
  if (after && after.payment.status !== before) counts.healed++
  return answer !== undefined && after !== undefined && advance(after, answer).outcome === 'repeated'
}

/** Ours of that day which the provider's list lacks. Answers with those it knows all the same. */
async function askForUnlisted(
  context: Context,
  provider: string,
  range: ListRange,
  listed: readonly PaymentReport[],
  counts: { healed: number },
  signal: AbortSignal,
): Promise<ReadonlySet<string>> {
  const known = new Set(listed.map(({ payment }) => payment.id))
  const answered = new Set<string>()
  for await (const { report } of readBeliefs(context.database, context.schema, provider, range)) {
    const { id, status } = report.payment
    if (known.has(id)) continue
    try {
      const [answer] = await ask(context, { provider, kind: 'id', value: id }, signal)
      if (answer?.payment.id === id) answered.add(id)
      if (answer && answer.payment.status !== status) counts.healed++
    } catch (error) {
      if (signal.aborted || !isPaymentError(error)) throw error
      // Not asked is not missing.
      if (error.code !== 'not_found') answered.add(id)
    }
  }
  return answered
}

async function* readOwn(
  sql: Sql,
  schema: string,
  provider: string,
  range: ListRange,
  listed: readonly PaymentReport[],
  asked: ReadonlySet<string>,
  count: DayCount,
): AsyncGenerator<OwnRecord> {
  const given = new Set<string>()
  for (let first = 0; first < listed.length; first += PAGE) {
    const ids = listed.slice(first, first + PAGE).map(({ payment }) => payment.id)
    const rows = await query<{ report: string }>(
      sql,
      `select report::text from ${schema}.payments where provider = $1
       and id in (select jsonb_array_elements_text($2::text::jsonb))`,
      [provider, JSON.stringify(ids)],
    )
    for (const { report } of rows) {
      const record = toRecord(JSON.parse(report) as PaymentReport)
      given.add(record.id)
      yield record
    }
  }
  for await (const { report, hadAction } of readBeliefs(sql, schema, provider, range)) {
    const { id } = report.payment
    count.add(report.payment, hadAction)
    if (!given.has(id) && !asked.has(id)) yield toRecord(report)
  }
}

function toRecord({ payment }: PaymentReport): OwnRecord & { readonly id: string } {
  const { id, reference, status, amount, captured, refunded, settlement } = payment
  return { id, reference, status, amount, captured, refunded, settlement }
}

async function* readBeliefs(
  sql: Sql,
  schema: string,
  provider: string,
  { from, to }: ListRange,
): AsyncGenerator<{ readonly report: PaymentReport; readonly hadAction: boolean }> {
  for (let after = ''; ; ) {
    const rows = await query<{ id: string; report: string; had_action: boolean }>(
      sql,
      `select id, report::text, exists (
         select 1 from ${schema}.evidence heard where heard.provider = payments.provider and heard.payment_id = payments.id
         and heard.content -> 'payment' ->> 'status' = 'requires_action') as had_action
       from ${schema}.payments
       where provider = $1 and id > $2 and (report -> 'payment' ->> 'createdAt')::timestamptz >= $3::text::timestamptz
         and (report -> 'payment' ->> 'createdAt')::timestamptz < $4::text::timestamptz
       order by id limit ${PAGE}`,
      [provider, after, from.toISOString(), to.toISOString()],
    )
    for (const { report, had_action } of rows) {
      yield { report: JSON.parse(report) as PaymentReport, hadAction: had_action }
    }
    const last = rows.at(-1)
    if (rows.length < PAGE || !last) return
    after = last.id
  }
}

async function readBelief(
  sql: Sql,
  schema: string,
  provider: string,
  id: string,
): Promise<PaymentReport | undefined> {
  const [row] = await query<{ report: string }>(
    sql,
    `select report::text from ${schema}.payments where provider = $1 and id = $2`,
    [provider, id],
  )
  return row && (JSON.parse(row.report) as PaymentReport)
}

async function store(
  context: Context,
  result: Reconciliation,
  listed: readonly PaymentReport[],
): Promise<void> {
  const { database, schema, engine } = context
  const { provider, day, differences } = result
  await inTransaction(database, async (tx) => {
    await tx.executeSql(
      `insert into ${schema}.reconciliations (provider, day, result) values ($1, $2, $3::text::jsonb)
       on conflict (provider, day) do update set result = excluded.result, compared_at = now()`,
      [provider, day, JSON.stringify(result)],
    )
    for (let first = 0; first < listed.length; first += PAGE) {
      const ids = listed.slice(first, first + PAGE).map(({ payment }) => payment.id)
      await tx.executeSql(
        `update ${schema}.payments set compared_at = now() where provider = $1
         and id in (select jsonb_array_elements_text($2::text::jsonb))`,
        [provider, JSON.stringify(ids)],
      )
    }
    for (const { kind, theirs, ours, fields } of differences) {
      const id = theirs?.payment.id ?? ours?.id
      const [row] = await query<{ order_id: string | null }>(
        tx,
        `select order_id from ${schema}.payments where provider = $1 and id = $2`,
        [provider, id ?? ''],
      )
      await openTask(tx, context, {
        key: `difference/${provider}/${day}/${id ?? ours?.reference ?? kind}`,
        kind: 'difference',
        order: row?.order_id ?? undefined,
        provider,
        paymentId: id,
        why: `${kind}${fields ? `: ${fields.join(', ')}` : ''}`,
      })
    }
    const lane = `reconciliation:${provider}/${day}`
    await tx.executeSql(
      `insert into ${schema}.outbox (lane, kind, key, provider, body)
       values ($1::text, 'reconciliation', $1::text, $2::text, $3::text::jsonb)
       on conflict (key) do update set handed_at = null, attempts = 0, due_at = now()`,
      [lane, provider, JSON.stringify({ provider, day })],
    )
    await engine.handOver(tx, lane)
  })
}

/** What a comparison came to, the last time it was made. */
export async function readReconciliation(
  sql: Sql,
  schema: string,
  provider: string,
  day: string,
): Promise<Reconciliation | undefined> {
  const [row] = await query<{ result: string }>(
    sql,
    `select result::text from ${schema}.reconciliations where provider = $1 and day = $2`,
    [provider, day],
  )
  return row && (JSON.parse(row.result) as Reconciliation)
}

export function zoneOf({ options: { reconcile } }: Context): string {
  return reconcile === undefined || reconcile === 'off' ? 'UTC' : reconcile.timeZone
}

/** The calendar day an instant is in, as `2026-11-20`. */
function nameDay(instant: Date, timeZone: string): string {
  const parts = new Intl.DateTimeFormat('en-CA', { timeZone, dateStyle: 'short' }).format(instant)
  if (!/^\d{4}-\d{2}-\d{2}$/.test(parts)) throw inputError('the day could not be named')
  return parts
}
