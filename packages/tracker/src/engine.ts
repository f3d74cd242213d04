import { setTimeout as sleep } from 'node:timers/promises'
import { type Job, PgBoss, type WorkOptions } from 'pg-boss'
import { afterCommit, type Database, type Sql } from './sql.ts'

/** What is to be done, as jobs name it. A job is only a reminder: what it finds in the tables decides. */
export interface LookJob {
  readonly provider: string
  readonly kind: 'id' | 'reference'
  readonly value: string
}
export interface LaneJob {
  readonly lane: string
}
export interface VoucherJob {
  readonly provider: string
  readonly id: string
}
export const upkeeps = ['sweep', 'night'] as const
export type Upkeep = (typeof upkeeps)[number]

export interface Engine {
  /** Reminds of a lane, `afterMs` from now by the database's clock; in the transaction of what has to be handed over. */
  handOver(tx: Sql, lane: string, afterMs?: number): Promise<void>
  look(tx: Sql, jobs: readonly Later<LookJob>[]): Promise<void>
  voucher(tx: Sql, jobs: readonly Later<VoucherJob>[]): Promise<void>
  /** The same as `handOver` and `look`, as parts of a statement in which more is written; `wake` comes after it. */
  remind(lanes: readonly string[], looks: readonly Later<LookJob>[]): Promise<readonly Reminder[]>
  /** Wakes the workers of queues, wherever they are, when what they are to do is committed. */
  wake(sql: Sql, queues: readonly string[]): Promise<void>
  stop(): Promise<void>
}

type Later<Job> = Job & { readonly afterMs: number }

export interface Reminder {
  /** An `insert`, given the expression its jobs come from. */
  readonly insertion: (jobs: string) => string
  /** As JSON. */
  readonly jobs: string
  /** The queue whose workers can begin at once. */
  readonly wakes?: string
}

export interface Work {
  voucher(job: VoucherJob, signal: AbortSignal): Promise<void>
  handOver(lane: string): Promise<void>
  look(job: LookJob, signal: AbortSignal): Promise<void>
  upkeep(kind: Upkeep, signal: AbortSignal): Promise<void>
}

/** How long a worker may be silent before its job is somebody else's. */
export const LEASE_IN_SECONDS = 60
const POLL_IN_SECONDS = 0.5
/** Where workers are woken, for what woke nobody: a process that ended between a commit and its notification. */
const WOKEN_POLL_IN_SECONDS = 5
const WAKE_PAUSE_IN_MILLISECONDS = 10
const BATCH = 20
const LOOKS_IN_BATCH = 10

// What is due now has a queue of its own, whose workers are woken.
const queues = {
  handOver: 'hand-over',
  handOverLater: 'hand-over-later',
  lookNow: 'look-now',
  look: 'look',
  voucher: 'voucher',
  upkeep: 'upkeep',
} as const

const queueOptions = {
  expireInSeconds: LEASE_IN_SECONDS,
  retryLimit: 3,
  // Work that was done is of no use to anybody.
  deleteAfterSeconds: 60,
}

export interface EngineOptions {
  readonly database: Database
  readonly schema: string
  readonly onError: (error: unknown) => void
}

/** Starts what sends jobs. Its tables are made by the first of any number of processes. */
export async function startEngine(options: EngineOptions): Promise<Engine> {
  const { database, schema } = options
  const boss = await startBoss(options, false)
  for (const name of Object.values(queues))
    if (!(await boss.getQueue(name))) await boss.createQueue(name, queueOptions)
  // A queue that is read for the first time inside of a transaction waits for itself on a single connection; and a pg-boss
  // that does not fit is told of now, not at the first webhook.
  for (const name of Object.values(queues)) await toReminder(boss, name, [{}], false)
  const waker = createWaker(database, schema)
  const wake = async (sql: Sql, names: readonly string[]) => {
    const wakeNow = () => waker.wake(names)
    if (sql === database) wakeNow()
    else if (!afterCommit(sql, wakeNow)) await notify(sql, schema, names)
  }
  const send = async (tx: Sql, reminders: readonly Reminder[]) => {
    for (const { insertion, jobs } of reminders) await tx.executeSql(insertion('$1'), [jobs])
    await wake(tx, toWake(reminders))
  }
  const remindOfLanes = (lanes: readonly string[], afterMs: number) =>
    toReminder(
      boss,
      afterMs > 0 ? queues.handOverLater : queues.handOver,
      lanes.map((lane) => ({ data: { lane }, startAfter: toInterval(afterMs) })),
      afterMs <= 0,
    )
  const remindOfLooks = async (looks: readonly Later<LookJob>[]) => {
    const toJob = ({ afterMs, ...data }: Later<LookJob>) => ({
      data,
      group: toGroup(data.provider),
      startAfter: toInterval(afterMs),
    })
    const now = looks.filter(({ afterMs }) => afterMs <= 0)
    const later = looks.filter(({ afterMs }) => afterMs > 0)
    return [
      ...(await toReminder(boss, queues.lookNow, now.map(toJob), true)),
      ...(await toReminder(boss, queues.look, later.map(toJob), false)),
    ]
  }
  return {
    handOver: async (tx, lane, afterMs = 0) => send(tx, await remindOfLanes([lane], afterMs)),
    look: async (tx, jobs) => send(tx, await remindOfLooks(jobs)),
    async voucher(tx, jobs) {
      const all = jobs.map(({ afterMs, ...data }) => ({ data, startAfter: toInterval(afterMs) }))
      await send(tx, await toReminder(boss, queues.voucher, all, false))
    },
    remind: async (lanes, looks) => [...(await remindOfLanes(lanes, 0)), ...(await remindOfLooks(looks))],
    wake,
    async stop() {
      await waker.stop()
      await boss.stop({ graceful: true, close: false, timeout: 10_000 })
    },
  }
}

/** pg-boss writes the statement; its `db` is a caller's own way to run one, and here it is kept to become part of another. */
async function toReminder(
  boss: PgBoss,
  queue: string,
  jobs: Parameters<PgBoss['insert']>[1],
  isDue: boolean,
): Promise<readonly Reminder[]> {
  if (jobs.length === 0) return []
  let kept: { readonly text: string; readonly values: unknown[] } | undefined
  const db = {
    async executeSql(text: string, values: unknown[] = []) {
      kept = { text, values }
      return { rows: [] }
    },
  }
  await boss.insert(queue, jobs, { db, returnId: false })
  const { text = '', values = [] } = kept ?? {}
  if (values.length !== 1 || !/^\s*insert\b/i.test(text))
    throw new Error('pg-boss writes jobs in another way than this version of the tracker knows')
  return [
    {
      insertion: (given) => text.replaceAll('$1', () => given),
      jobs: String(values[0]),
      ...(isDue ? { wakes: queue } : {}),
    },
  ]
}

export function toWake(reminders: readonly Reminder[]): readonly string[] {
  return reminders.flatMap(({ wakes }) => wakes ?? [])
}

function toInterval(afterMs: number): string {
  return `${Math.max(0, afterMs) / 1000} seconds`
}

function channelOf(schema: string): string {
  return `${schema}_wake`
}

async function notify(sql: Sql, schema: string, names: readonly string[]): Promise<void> {
  if (names.length === 0) return
  // Counted, because Prisma cannot read what `pg_notify` answers.
  await sql.executeSql(
    'select count(pg_notify($1::text, name)) from jsonb_array_elements_text($2::text::jsonb) name',
    [channelOf(schema), JSON.stringify(names)],
  )
}

/**
 * Notifies after the commit, not with it: commits that notify go one after the other, each with the disk for itself. At
 * once after a pause, and then no more often than workers can take it in. What gets lost is found by the next poll.
 */
function createWaker(database: Database, schema: string) {
  const waiting = new Set<string>()
  const stopping = new AbortController()
  let running: Promise<void> | undefined
  const run = async () => {
    while (waiting.size > 0) {
      const names = [...waiting]
      waiting.clear()
      await notify(database, schema, names).catch(() => {})
      await sleep(WAKE_PAUSE_IN_MILLISECONDS, undefined, { signal: stopping.signal }).catch(() => {})
    }
    running = undefined
  }
  return {
    wake(names: readonly string[]) {
      for (const name of names) waiting.add(name)
      if (waiting.size > 0) running ??= run()
    },
    async stop() {
      stopping.abort()
      await running
    },
  }
}

export interface WorkerOptions extends EngineOptions {
  readonly looks: number
  readonly handlers: number
  /** Looks at the same time, by provider. */
  readonly atOnce: Readonly<Record<string, number>>
  readonly night: { readonly at: string; readonly timeZone: string } | 'off'
}

/** Starts what takes jobs. */
export async function startWorkers(work: Work, options: WorkerOptions): Promise<{ stop(): Promise<void> }> {
  const { database, schema, onError } = options
  const boss = await startBoss(options, true)
  const workers = new Map<string, string[]>()
  const wake = (queue: string) => {
    for (const id of workers.get(queue) ?? []) boss.notifyWorker(id)
  }
  const listener = await database
    .listen?.(channelOf(schema), wake, () => {
      for (const queue of workers.keys()) wake(queue)
    })
    .catch(onError)
  const each = { pollingIntervalSeconds: POLL_IN_SECONDS, burstWhenBatchFull: true }
  const woken = { ...each, pollingIntervalSeconds: listener ? WOKEN_POLL_IN_SECONDS : POLL_IN_SECONDS }
  const handlers = { batchSize: BATCH }
  const looks = { batchSize: LOOKS_IN_BATCH, groupConcurrency: { default: 10, tiers: { ...options.atOnce } } }
  const handOver = async (jobs: Job<LaneJob>[]) => {
    for (const lane of new Set(jobs.map(({ data }) => data.lane))) await work.handOver(lane)
  }
  const look = async (jobs: Job<LookJob>[]) => {
    await Promise.all(jobs.map(({ data, signal }) => work.look(data, signal)))
  }
  // One by one, for its id: pg-boss tells that of the first only.
  const workWoken = async <T>(
    queue: string,
    count: number,
    settings: WorkOptions,
    handle: (jobs: Job<T>[]) => Promise<void>,
  ) => {
    const ids: string[] = []
    workers.set(queue, ids)
    for (let number = 0; number < count; number++)
      ids.push(await boss.work<T>(queue, { ...woken, ...settings }, handle))
  }
  await workWoken(queues.handOver, options.handlers, handlers, handOver)
  await workWoken(queues.lookNow, options.looks, looks, look)
  await boss.work<LaneJob>(
    queues.handOverLater,
    { ...each, ...handlers, localConcurrency: options.handlers },
    handOver,
  )
  await boss.work<LookJob>(queues.look, { ...each, ...looks, localConcurrency: options.looks }, look)
  await boss.work<VoucherJob>(
    queues.voucher,
    { pollingIntervalSeconds: 2, batchSize: LOOKS_IN_BATCH, burstWhenBatchFull: true },
    async (jobs) => {
      await Promise.all(jobs.map(({ data, signal }) => work.voucher(data, signal)))
    },
  )
  await boss.work<{ kind: Upkeep }>(queues.upkeep, { pollingIntervalSeconds: 2 }, async (jobs) => {
    for (const { data, signal } of jobs) await work.upkeep(data.kind, signal)
  })
  await boss.schedule(queues.upkeep, '*/5 * * * *', { kind: 'sweep' }, { key: 'sweep' })
  if (options.night === 'off') await boss.unschedule(queues.upkeep, 'night')
  else {
    await boss.schedule(
      queues.upkeep,
      toCron(options.night.at),
      { kind: 'night' },
      { key: 'night', tz: options.night.timeZone, missed: 'once', expireInSeconds: 3600 * 6 },
    )
  }
  return {
    async stop() {
      await listener?.close()
      await boss.stop({ graceful: true, close: false, timeout: 30_000 })
    },
  }
}

async function startBoss({ database, schema, onError }: EngineOptions, works: boolean): Promise<PgBoss> {
  const boss = new PgBoss({
    db: database,
    schema: `${schema}_jobs`,
    backend: database.kind,
    supervise: works,
    schedule: works,
    superviseIntervalSeconds: LEASE_IN_SECONDS,
    monitorIntervalSeconds: LEASE_IN_SECONDS,
  })
  boss.on('error', onError)
  await boss.start()
  return boss
}

function toGroup(provider: string): { id: string; tier: string } {
  return { id: provider, tier: provider }
}

function toCron(at: string): string {
  const [hour, minute] = at.split(':')
  return `${Number(minute)} ${Number(hour)} * * *`
}
