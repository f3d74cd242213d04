import { PgBoss } from 'pg-boss'
import type { Database } from '../store/sql.ts'

/** Jobs of pg-boss: the clock, the comparisons of days, and receipts. State is never in a job. */
export interface Jobs {
  readonly upkeep: { readonly kind: 'sweep' | 'nightly' }
  readonly comparison: { readonly provider: string; readonly day: string }
  readonly receipt: { readonly provider: string; readonly id: string }
}

export type Night = { readonly at: string; readonly timeZone: string } | 'off'

/** Sends jobs and works on them. */
export interface Engine {
  /** Sends jobs, apart from those that wait already, and wakes the workers of this process. */
  send<Name extends keyof Jobs>(name: Name, jobs: readonly Jobs[Name][]): Promise<void>
  /** Works on the jobs of one name. */
  work<Name extends keyof Jobs>(
    name: Name,
    work: (job: Jobs[Name], signal: AbortSignal) => Promise<void>,
  ): Promise<void>
  /** Starts the clock that sends the sweep every minute, and the night. */
  schedule(night: Night): Promise<void>
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

// How often each process looks for jobs. The sweep sends comparisons once a minute, and wakes a worker of its process.
const polling = {
  upkeep: { pollingIntervalSeconds: 2 },
  comparison: { pollingIntervalSeconds: 10, localConcurrency: 3 },
  // One receipt is fetched at a time.
  receipt: { pollingIntervalSeconds: 2 },
} as const

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
  // It emits plain objects, which loggers cannot print.
  boss.on('error', ({ message, ...details }) => onError(Object.assign(new Error(message), details)))
  await boss.start()
  for (const [name, settings] of Object.entries(queues))
    if (!(await boss.getQueue(name))) await boss.createQueue(name, settings)
  return boss
}

/** Returns what sends jobs and works on them. */
export function createEngine(boss: PgBoss): Engine {
  const workers = new Map<keyof Jobs, string>()
  return {
    async send(name, jobs) {
      if (jobs.length === 0) return
      await boss.insert(
        name,
        jobs.map((data) => ({ data, singletonKey: JSON.stringify(data) })),
      )
      const worker = workers.get(name)
      if (worker !== undefined) boss.notifyWorker(worker)
    },
    async work(name, work) {
      const options = { ...polling[name], batchSize: 1 }
      const run = (jobs: readonly { data: Jobs[typeof name]; signal: AbortSignal }[]) =>
        Promise.all(jobs.map(({ data, signal }) => work(data, signal)))
      workers.set(name, await boss.work<Jobs[typeof name]>(name, options, run))
    },
    async schedule(night) {
      await boss.schedule('upkeep', '* * * * *', { kind: 'sweep' }, { key: 'sweep' })
      if (night === 'off') return boss.unschedule('upkeep', 'nightly')
      const options = { key: 'nightly', tz: night.timeZone, missed: 'once' } as const
      await boss.schedule('upkeep', toCron(night.at), { kind: 'nightly' }, options)
    },
  }
}

function toCron(at: string): string {
  const [hour, minute] = at.split(':')
  return `${Number(minute)} ${Number(hour)} * * *`
}
