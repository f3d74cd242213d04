import type { ListRange, PaymentReport } from '@payment-status/core'
import type { ComparisonKey } from './comparisons.ts'
import { toJson } from './sql.ts'
import type { Tables } from './tables.ts'

const PAGE = 100

/**
 * Stores a page of what the provider listed for a day. Of a payment that is older than what is kept, and not recorded, only
 * its id is stored: it may have been purged, so it is neither looked up nor compared.
 */
export async function saveListed(
  tables: Tables,
  { provider, day }: ComparisonKey,
  reports: readonly PaymentReport[],
  { to, keptDays }: { readonly to: Date; readonly keptDays: number },
): Promise<void> {
  if (reports.length === 0) return
  const madeAt = ({ payment }: PaymentReport) => Date.parse(payment.createdAt ?? '') || to.getTime()
  // A payment that is listed twice counts once, as it was listed last.
  const byId = new Map(
    reports.map((report) => [report.payment.id, { id: report.payment.id, report, madeAt: madeAt(report) }]),
  )
  await tables.executeSql(
    `insert into ${tables.schema}.listed (provider, day, id, report)
     select $1::text, $2, n.id, case when to_timestamp(n."madeAt" / 1000) >= now() - $4::float8 * interval '1 day'
       or exists (select from ${tables.schema}.payments where provider = $1::text and id = n.id) then n.report else 'null' end
     from jsonb_to_recordset($3::text::jsonb) as n (id text, report jsonb, "madeAt" float8)
     on conflict (provider, day, id) do update set report = excluded.report`,
    [provider, day, toJson([...byId.values()]), keptDays],
  )
}

/** Counts the listed payments that are older than what is kept, and not recorded. */
export async function countNotKept(tables: Tables, { provider, day }: ComparisonKey): Promise<number> {
  const [row] = await tables.query<{ count: number }>(
    `select count(*)::int as count from ${tables.schema}.listed
     where provider = $1 and day = $2 and report = 'null'::jsonb and not confirmed`,
    [provider, day],
  )
  return row?.count ?? 0
}

/** Reads a page of what the provider listed, after an id. */
export async function readListed(
  tables: Tables,
  { provider, day }: ComparisonKey,
  after: string,
): Promise<readonly PaymentReport[]> {
  const rows = await tables.query<{ report: string }>(
    `select report::text from ${tables.schema}.listed where provider = $1 and day = $2 and id > $3 and report <> 'null'::jsonb
     order by id limit ${PAGE}`,
    [provider, day, after],
  )
  return rows.map(({ report }) => JSON.parse(report) as PaymentReport)
}

/** Reads what is recorded of a page of listed payments; without a report, nothing is. */
export async function readRecordedListed(
  tables: Tables,
  { provider, day }: ComparisonKey,
  after: string,
): Promise<readonly { readonly id: string; readonly report: PaymentReport | undefined }[]> {
  const rows = await tables.query<{ id: string; report: string | null }>(
    `select l.id, p.report from (
       select id from ${tables.schema}.listed where provider = $1 and day = $2 and id > $3 and report <> 'null'::jsonb
       order by id limit ${PAGE}) l
     left join lateral (select report::text from ${tables.schema}.payments where provider = $1 and id = l.id) p on true
     order by l.id`,
    [provider, day, after],
  )
  return rows.map(({ id, report }) => ({
    id,
    report: report === null ? undefined : (JSON.parse(report) as PaymentReport),
  }))
}

/** A payment that was made in the day, and where it stands among the others. */
export interface OwnPayment {
  readonly report: PaymentReport
  readonly position: string
}

interface OwnData {
  readonly report: string
  readonly made: string
  readonly id: string
}

/** Payments of a day after a position, as `payments_by_day` has them: by time, so that no page reads the whole day. */
const ofDay = `p.provider = $1 and (p.made_at, p.id) > ($2::text::timestamptz, $3::text)
  and p.made_at < $4::text::timestamptz`

function toDay(provider: string, { from, to }: ListRange, after: string): readonly string[] {
  const [made, id] = after === '' ? [from.toISOString(), ''] : (JSON.parse(after) as [string, string])
  return [provider, made, id, to.toISOString()]
}

function toOwn({ report, made, id }: OwnData): OwnPayment {
  return { report: JSON.parse(report) as PaymentReport, position: JSON.stringify([made, id]) }
}

/** Reads a page of the payments recorded for the day that the provider did not list. */
export async function readUnlisted(
  tables: Tables,
  { provider, day }: ComparisonKey,
  range: ListRange,
  after: string,
): Promise<readonly OwnPayment[]> {
  const rows = await tables.query<OwnData>(
    `select p.report::text, p.made_at::text as made, p.id from ${tables.schema}.payments p
     where ${ofDay} and not exists (select from ${tables.schema}.listed l where l.provider = $1 and l.day = $5 and l.id = p.id
       and l.report <> 'null'::jsonb)
     order by p.made_at, p.id limit ${PAGE}`,
    [...toDay(provider, range, after), day],
  )
  return rows.map(toOwn)
}

export interface OwnOfDay extends OwnPayment {
  /** True where a report required an action of the shopper, whatever is recorded now. */
  readonly hadAction: boolean
}

/** Reads a page of the payments that were made in the day. */
export async function readOwnOfDay(
  tables: Tables,
  provider: string,
  range: ListRange,
  after: string,
): Promise<readonly OwnOfDay[]> {
  const rows = await tables.query<OwnData & { readonly had_action: boolean }>(
    // One payment after the other: as `exists` the planner may read all evidence once.
    `select p.report::text, p.made_at::text as made, p.id, coalesce((
       select true from ${tables.schema}.evidence e where e.provider = p.provider and e.payment_id = p.id
       and e.content -> 'payment' ->> 'status' = 'requires_action' limit 1), false) as had_action
     from ${tables.schema}.payments p where ${ofDay} order by p.made_at, p.id limit ${PAGE}`,
    [...toDay(provider, range, after)],
  )
  return rows.map((row) => ({ ...toOwn(row), hadAction: row.had_action }))
}

/** Notes that the provider still knows a payment that it did not list. */
export async function confirmListed(
  tables: Tables,
  { provider, day }: ComparisonKey,
  id: string,
): Promise<void> {
  await tables.executeSql(
    `insert into ${tables.schema}.listed (provider, day, id, report, confirmed) values ($1, $2, $3, 'null', true)
     on conflict (provider, day, id) do update set confirmed = true`,
    [provider, day, id],
  )
}

export async function readConfirmed(
  tables: Tables,
  { provider, day }: ComparisonKey,
): Promise<readonly string[]> {
  const rows = await tables.query<{ id: string }>(
    `select id from ${tables.schema}.listed where provider = $1 and day = $2 and confirmed`,
    [provider, day],
  )
  return rows.map(({ id }) => id)
}
