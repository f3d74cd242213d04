import type { Context } from '../context.ts'
import { readHeartbeats } from '../store/heartbeats.ts'
import { iso, ms, query } from '../store/sql.ts'
import type { Health } from '../types.ts'

/** Counts stop here: a backlog of this size needs no exact figure. */
const MOST = 100_000

interface Counts {
  readonly backlog: number
  readonly oldest: number | null
  readonly blocked: number
  readonly overdue: number
  readonly unmatched: number
  readonly tasks: number
  readonly unreadable: number
}

/** Reads what an operator has to know. No statement reads more rows than wait. */
export async function readHealth({ database, schema }: Context): Promise<Health> {
  const count = (rows: string) => `(select count(*) from (${rows} limit ${MOST}) counted)::int`
  // A dispute or unmatched money may wait a while for its order before it is due.
  const waiting = `from ${schema}.outbox where delivered_at is null and stream_key is not null
    and (attempts > 0 or due_at <= statement_timestamp())`
  const [row] = await query<Counts>(
    database,
    `select ${count(`select 1 ${waiting}`)} as backlog,
       (select ${ms('clock_timestamp() - min(created_at)')} from (select created_at ${waiting}
        order by due_at limit ${MOST}) waiting) as oldest,
       ${count(`select distinct stream_key ${waiting} and attempts > 1`)} as blocked,
       ${count(`select 1 from (values (0), (1), (2), (3)) bands (priority), ${schema}.providers p, lateral (
         select 1 from ${schema}.targets t where t.provider = p.provider and t.priority = bands.priority
         and t.due_at < statement_timestamp() - interval '1 minute') overdue`)} as overdue,
       ${count(`select 1 from ${schema}.payments where unmatched_since is not null`)} as unmatched,
       ${count(`select 1 from ${schema}.tasks where closed_at is null`)} as tasks,
       ${count(`select 1 from ${schema}.tasks where closed_at is null and kind = 'unreadable'`)} as unreadable`,
  )
  const pausedProviders = await query<{ provider: string; until: string }>(
    database,
    `select provider, ${iso('paused_until')} as until from ${schema}.providers
     where paused_until > clock_timestamp() order by provider`,
  )
  const comparisons = await query<Health['comparisons'][number]>(
    database,
    `select provider, day, part, attempts, ${iso('started_at')} as "startedAt" from ${schema}.comparisons order by provider, day`,
  )
  const beats = await readHeartbeats(database, schema)
  const sweep = beats.find(({ name }) => name === 'sweep')
  const night = beats.find(({ name }) => name === 'nightly')
  const ended = beats.find(({ name }) => name === 'nightly/ended')
  return {
    backlog: row?.backlog ?? 0,
    ...(typeof row?.oldest === 'number' ? { oldestChangeMs: Math.round(row.oldest) } : {}),
    blocked: row?.blocked ?? 0,
    overduePolls: row?.overdue ?? 0,
    unmatched: row?.unmatched ?? 0,
    openTasks: row?.tasks ?? 0,
    unreadable: row?.unreadable ?? 0,
    pausedProviders,
    ...(sweep ? { lastSweepAt: sweep.seen } : {}),
    ...(night
      ? {
          lastNight: {
            startedAt: night.started,
            ...(ended && ended.seen >= night.started && comparisons.length === 0
              ? { endedAt: ended.seen }
              : {}),
          },
        }
      : {}),
    comparisons,
    workers: beats
      .filter(({ name }) => name.startsWith('worker/'))
      .map(({ name, started, seen }) => ({
        id: name.slice('worker/'.length),
        startedAt: started,
        seenAt: seen,
      })),
  }
}
