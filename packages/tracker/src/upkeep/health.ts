import type { Context } from '../context.ts'
import { readComparisons } from '../store/comparisons.ts'
import { readHeartbeats } from '../store/heartbeats.ts'
import { readPauses } from '../store/providers.ts'
import { countWaiting, readOldestWait } from '../store/waiting.ts'
import type { Health } from '../types/health.ts'

/** Reads what an operator has to know. What each statement reads has a limit. */
export async function readHealth({ database }: Context): Promise<Health> {
  const waiting = await countWaiting(database)
  const oldest = await readOldestWait(database)
  const pausedProviders = await readPauses(database)
  const comparisons = await readComparisons(database)
  const beats = await readHeartbeats(database)
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
