import type { Context } from '../context.ts'
import { readHeartbeats } from '../store/heartbeats.ts'
import { iso, query } from '../store/sql.ts'
import { countWaiting, readOldestWait } from '../store/waiting.ts'
import type { Health } from '../types.ts'

/** Reads what an operator has to know. What each statement reads has a limit. */
export async function readHealth({ database, schema }: Context): Promise<Health> {
  const waiting = await countWaiting(database, schema)
  const oldest = await readOldestWait(database, schema)
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
    backlog: waiting.backlog,
    ...(oldest === undefined ? {} : { oldestChangeMs: Math.round(oldest) }),
    blocked: waiting.blocked,
    overduePolls: waiting.overdue,
    unmatched: waiting.unmatched,
    openTasks: waiting.tasks,
    unreadable: waiting.unreadable,
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
