import { PgBoss } from 'pg-boss'
import type { Database } from '../store/sql.ts'

/** Jobs of pg-boss: the clock, the comparisons of days, and receipts. State is never in a job. */
export interface Jobs {
  readonly upkeep: { readonly kind: 'sweep' | 'nightly' }
  readonly comparison: { readonly provider: string; readonly day: string }
  readonly receipt: { readonly provider: string; readonly id: string }
}

export type Work = { readonly [Name in keyof Jobs]: (job: Jobs[Name], signal: AbortSignal) => Promise<void> }

/** Sends jobs. */
export interface Engine {
  send<Name extends keyof Jobs>(name: Name, jobs: readonly Jobs[Name][]): Promise<void>
}

export interface EngineOptions {
  readonly database: Database
  readonly schema: string
  readonly onError: (error: unknown) => void
}

const queues = {
  upkeep: { expireInSeconds: 300, retryLimit: 0, deleteAfterSeconds: 300 },
  // `short`: the sweep sends what is still due every minute, and only one job of each waits.
  // Longer than any comparison takes: who works on it is in its own table, with a lease of a minute.
  comparison: { policy: 'short', expireInSeconds: 6 * 3600, retryLimit: 0, deleteAfterSeconds: 300 },
  receipt: { policy: 'short', expireInSeconds: 120, retryLimit: 3, deleteAfterSeconds: 300 },
} as const satisfies { readonly [Name in keyof Jobs]: object }

/** Starts pg-boss, whose tables the first of any number of processes makes. */
export async function startBoss(options: EngineOptions, isWorking: boolean): Promise<PgBoss> {
  const { database, schema, onError } = options
  const boss = new PgBoss({
    db: database,
    schema: `${schema}_jobs`,
    backend: database.kind,
    supervise: isWorking,
    schedule: isWorking,
    superviseIntervalSeconds: 60,
    monitorIntervalSeconds: 60,
    // By default it deletes jobs once a day.
    maintenanceIntervalSeconds: 300,
  })
  boss.on('error', onError)
  await boss.start()
  for (const [name, settings] of Object.entries(queues))
    if (!(await boss.getQueue(name))) await boss.createQueue(name, settings)
  return boss
}

/** Returns what sends jobs. One that waits already is not sent twice. */
export function engineOf(boss: PgBoss): Engine {
  return {
    async send(name, jobs) {
      const inserts = jobs.map((data) => ({ data, singletonKey: JSON.stringify(data) }))
      if (inserts.length > 0) await boss.insert(name, inserts)
    },
  }
}

/** Starts the workers of the jobs, and the clock that sends them. */
export async function startJobs(
  boss: PgBoss,
  work: Work,
  night: { readonly at: string; readonly timeZone: string } | 'off',
): Promise<void> {
  const run = async <Name extends keyof Jobs>(name: Name, localConcurrency: number, batchSize: number) => {
    await boss.work<Jobs[Name]>(
      name,
      { pollingIntervalSeconds: 2, localConcurrency, batchSize },
      async (jobs) => {
        await Promise.all(jobs.map(({ data, signal }) => work[name](data, signal)))
      },
    )
  }
  await run('upkeep', 1, 1)
  await run('comparison', 3, 1)
  // One receipt is fetched at a time.
  await run('receipt', 1, 1)
  await boss.schedule('upkeep', '* * * * *', { kind: 'sweep' }, { key: 'sweep' })
  if (night === 'off') await boss.unschedule('upkeep', 'nightly')
  else {
    const options = { key: 'nightly', tz: night.timeZone, missed: 'once' } as const
    await boss.schedule('upkeep', toCron(night.at), { kind: 'nightly' }, options)
  }
}

function toCron(at: string): string {
  const [hour, minute] = at.split(':')
  return `${Number(minute)} ${Number(hour)} * * *`
}
