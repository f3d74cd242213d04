import { setTimeout as sleep } from 'node:timers/promises'
import { PgBoss } from 'pg-boss'
import { pauseAfter, retries } from '../retry.ts'
import { afterCommit, type Database, type Sql, type Wakeable } from '../store/sql.ts'

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

/** Starts the workers of the jobs, and the clock that sends them. */
export async function startJobs(
  boss: PgBoss,
  work: Work,
  night: { readonly at: string; readonly timeZone: string } | 'off',
): Promise<Engine> {
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
  return {
    async send(name, jobs) {
      if (jobs.length > 0)
        await boss.insert(
          name,
          jobs.map((data) => ({ data, singletonKey: JSON.stringify(data) })),
        )
    },
  }
}

function toCron(at: string): string {
  const [hour, minute] = at.split(':')
  return `${Number(minute)} ${Number(hour)} * * *`
}

const WAKE_PAUSE_IN_MILLISECONDS = 10

function channelOf(schema: string): string {
  return `${schema}_wake`
}

/**
 * Returns what wakes workers in every process. It notifies after the commit, not with it: commits that notify go one after
 * the other. A notification that is lost costs until the next look at the tables.
 */
export function createWaker(database: Database, schema: string) {
  const waiting = new Set<string>()
  let running: Promise<void> | undefined
  const notify = async (sql: Sql, names: readonly string[]) => {
    // Counted, because Prisma cannot read what `pg_notify` returns.
    await sql.executeSql(
      'select count(pg_notify($1::text, name)) as count from jsonb_array_elements_text($2::text::jsonb) name',
      [channelOf(schema), JSON.stringify(names)],
    )
  }
  const run = async () => {
    while (waiting.size > 0) {
      const names = [...waiting]
      waiting.clear()
      await notify(database, names).catch(() => {})
      await sleep(WAKE_PAUSE_IN_MILLISECONDS)
    }
    running = undefined
  }
  return {
    async wake(sql: Sql, names: readonly Wakeable[]): Promise<void> {
      if (names.length === 0) return
      const wakeNow = () => {
        for (const name of names) waiting.add(name)
        running ??= run()
      }
      if (sql === database) wakeNow()
      else if (!afterCommit(sql, wakeNow)) await notify(sql, names)
    },
    stop: async () => running,
  }
}

/** How long a worker waits at most before it looks at the tables again, in milliseconds. */
const IDLE_WHEN_WOKEN = 2_000
const IDLE = 500

/** A worker that does what is due, again and again. `turn` returns milliseconds until it is needed again. */
export interface Loop {
  wake(): void
  stop(): Promise<void>
}

export function startLoop(
  turn: (signal: AbortSignal) => Promise<number>,
  { isWoken, onError }: { isWoken(): boolean; onError(error: unknown): void },
): Loop {
  const stopping = new AbortController()
  let wake = () => {}
  let isDue = false
  const idle = (milliseconds: number) =>
    new Promise<void>((done) => {
      if (isDue || stopping.signal.aborted) return done()
      const timer = setTimeout(done, milliseconds)
      wake = () => {
        clearTimeout(timer)
        done()
      }
    })
  const run = async () => {
    let failures = 0
    while (!stopping.signal.aborted) {
      isDue = false
      try {
        const wait = await turn(stopping.signal)
        failures = 0
        await idle(Math.min(Math.max(wait, 0), isWoken() ? IDLE_WHEN_WOKEN : IDLE))
      } catch (error) {
        onError(error)
        await idle(pauseAfter(retries.worker, failures++))
      }
    }
  }
  const running = run()
  return {
    wake() {
      isDue = true
      wake()
    },
    async stop() {
      stopping.abort()
      wake()
      await running
    },
  }
}

/** Listens for what wakes the workers of this process. Until a first notification came, `isHeard` is false. */
export async function listenForWakes(
  { database, schema, onError }: EngineOptions,
  wake: (name: string) => void,
) {
  let isHeard = false
  const listener = await database
    .listen?.(
      channelOf(schema),
      (name) => {
        isHeard = true
        wake(name)
      },
      () => {
        for (const name of ['polls', 'outbox']) wake(name)
      },
    )
    .catch(onError)
  return { isHeard: () => isHeard, close: async () => listener?.close() }
}
