import { limits } from '../retry.ts'
import { type Known, type KnownData, knownColumns, selectKnown, toKnown } from './known.ts'
import type { TargetKey } from './rows.ts'
import { ms } from './sql.ts'
import type { Tables } from './tables.ts'

/** Provider with planned polls. */
export interface DueProvider {
  readonly provider: string
  /** When its next poll may start, in milliseconds from now. */
  readonly wait: number
  /** False where its turns were never given away. */
  readonly is_registered: boolean
}

/** Reads when each provider's next poll may start. Both walks use `targets_due` only: one step for each provider. */
export async function readDueProviders(tables: Tables): Promise<readonly DueProvider[]> {
  return tables.query<DueProvider>(`with recursive names as (
       (select provider from ${tables.schema}.targets where due_at is not null order by provider limit 1)
       union all
       select (select provider from ${tables.schema}.targets where due_at is not null and provider > names.provider
               order by provider limit 1)
       from names where names.provider is not null)
     select n.provider, ${ms('greatest(d.due_at, p.paused_until, p.slot_at) - clock_timestamp()')} as wait,
       p.provider is not null as is_registered
     from names n
     cross join lateral (
       select min(first.due_at) as due_at from (values (0), (1), (2), (3)) bands (priority)
       cross join lateral (
         select due_at from ${tables.schema}.targets t
         where t.provider = n.provider and t.priority = bands.priority and t.due_at is not null
         order by t.due_at limit 1) first) d
     left join ${tables.schema}.providers p on p.provider = n.provider
     where n.provider is not null`)
}

/** Target that a worker has taken to poll it, with everything that the poll needs. */
export interface TakenPoll extends TargetKey {
  readonly known: Known
  readonly isRecheck: boolean
  readonly failures: number
  /** How far behind its time it is, in milliseconds. */
  readonly late: number
  /** When its turn at the provider comes, in milliseconds from now. */
  readonly wait: number
  /** True where the provider failed to answer its last requests. */
  readonly isFailing: boolean
}

interface TakenData extends TargetKey, KnownData {
  readonly is_recheck: boolean
  readonly failures: number
  readonly late: number
  readonly wait: number
  readonly is_failing: boolean
}

export interface TakeOptions {
  readonly provider: string
  /** At most this many. */
  readonly room: number
  readonly atOnce: number
  readonly intervalMs: number
}

/** How far ahead turns at a provider are given away. */
const WINDOW = "interval '1 second'"

/**
 * Takes due polls of a provider, together with their turns at it. First what has just become due for a new order or a
 * recheck, then the backlog by priority; within each, the oldest first. A taken poll is due again when its lease ends.
 */
export async function takePolls(
  tables: Tables,
  { provider, room, atOnce, intervalMs }: TakeOptions,
): Promise<readonly TakenPoll[]> {
  const rows = await tables.query<TakenData>(
    `with turns as (
       select greatest(slot_at, statement_timestamp()) as slot_at, failures from ${tables.schema}.providers
       where provider = $1 and (paused_until is null or paused_until <= statement_timestamp())
       for update skip locked),
     room as (
       select slot_at, failures, greatest(0, least($2::int, $3::int - (
           select count(*) from ${tables.schema}.targets where provider = $1 and leased_until > statement_timestamp()),
         ceil(extract(epoch from statement_timestamp() + ${WINDOW} - slot_at) * 1000 / $4::float8)))::int as count
       from turns),
     -- Targets of no order are polled one at a time, and only while no other poll is due.
     spare as (
       select (not exists (select from ${tables.schema}.targets where provider = $1 and priority = 3
         and leased_until > statement_timestamp()))::int * least(1, coalesce((select count from room), 0)) as count),
     bands (band, priority, oldest, newest) as (values
       (1, 0, statement_timestamp() - interval '1 minute', statement_timestamp()),
       (2, 0, '-infinity'::timestamptz, statement_timestamp() - interval '1 minute'),
       (3, 1, '-infinity'::timestamptz, statement_timestamp()),
       (4, 2, '-infinity'::timestamptz, statement_timestamp()),
       (5, 3, '-infinity'::timestamptz, statement_timestamp())),
     due as (
       select band, t.* from bands cross join lateral (
         select provider, kind, value, due_at from ${tables.schema}.targets t
         where t.provider = $1 and t.priority = bands.priority and t.due_at > bands.oldest and t.due_at <= bands.newest
         order by t.due_at limit case when bands.priority = 3 then (select count from spare)
           else coalesce((select count from room), 0) end for update skip locked) t
       limit coalesce((select count from room), 0)),
     numbered as (
       select *, row_number() over (order by band, due_at) - 1 as number from due),
     taken as (
       update ${tables.schema}.targets t set due_at = statement_timestamp() + $5::float8 * interval '1 ms',
         leased_until = statement_timestamp() + $5::float8 * interval '1 ms'
       from numbered n where t.provider = n.provider and t.kind = n.kind and t.value = n.value
       returning t.provider, t.kind, t.value, t.recheck is not null as is_recheck, t.failures,
         ${ms('statement_timestamp() - n.due_at')} as late, n.number),
     given as (
       update ${tables.schema}.providers p
       set slot_at = room.slot_at + (select count(*) from taken) * $4::float8 * interval '1 ms'
       from room where p.provider = $1 and exists (select from taken))
     select t.provider, t.kind, t.value, t.is_recheck, t.failures, t.late, room.failures > 0 as is_failing, ${knownColumns},
       greatest(0, ${ms('room.slot_at - statement_timestamp()')} + t.number * $4::float8) as wait
     from taken t cross join room cross join lateral (${selectKnown(tables.schema, 't')}) known order by t.number`,
    [provider, room, atOnce, intervalMs, limits.pollLease],
  )
  return rows.map((row) => {
    const { kind, value, failures, late, wait } = row
    const known = toKnown(row, row)
    const { is_recheck: isRecheck, is_failing: isFailing } = row
    return { provider, kind, value, known, isRecheck, failures, late, wait, isFailing }
  })
}

/**
 * Puts a poll off that was not made or not answered: it keeps its turn of the schedule. One that an event has made needless
 * meanwhile stays unplanned.
 */
export async function postponePoll(
  tables: Tables,
  { provider, kind, value }: TargetKey,
  plan: { readonly afterMs: number; readonly failures: number; readonly priority: number },
): Promise<void> {
  await tables.executeSql(
    `update ${tables.schema}.targets set leased_until = null, failures = $5::int, priority = greatest(priority, $6::int),
       due_at = case when due_at is not null then clock_timestamp() + $4::float8 * interval '1 ms' end
     where provider = $1 and kind = $2 and value = $3`,
    [provider, kind, value, plan.afterMs, Math.min(plan.failures, 20), plan.priority],
  )
}
