import { type Job, PgBoss } from 'pg-boss'
import type { Database, Sql } from './sql.ts'

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
  look(tx: Sql, jobs: readonly (LookJob & { readonly afterMs: number })[]): Promise<void>
  voucher(tx: Sql, jobs: readonly (VoucherJob & { readonly afterMs: number })[]): Promise<void>
  stop(): Promise<void>
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
const BATCH = 20
const LOOKS_IN_BATCH = 10
const NO_JOB = '00000000-0000-0000-0000-000000000000'

// Jobs that are due later on a queue that notifies wait for its slow poll: those have a queue of their own.
const queues = {
  handOver: { name: 'hand-over', notify: true },
  handOverLater: { name: 'hand-over-later', notify: false },
  lookNow: { name: 'look-now', notify: true },
  look: { name: 'look', notify: false },
  voucher: { name: 'voucher', notify: false },
  upkeep: { name: 'upkeep', notify: false },
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
  const boss = await startBoss(options, false)
  for (const { name, notify } of Object.values(queues)) {
    if (!(await boss.getQueue(name))) await boss.createQueue(name, { ...queueOptions, notify })
  }
  // A queue that is read for the first time inside of a transaction waits for itself on a single connection.
  for (const { name } of Object.values(queues)) await boss.getJobById(name, NO_JOB)
  const send = async (tx: Sql, name: string, data: object, afterMs: number) => {
    await boss.send(name, data, { db: tx, startAfter: afterMs / 1000 })
  }
  return {
    async handOver(tx, lane, afterMs = 0) {
      await send(tx, afterMs > 0 ? queues.handOverLater.name : queues.handOver.name, { lane }, afterMs)
    },
    async look(tx, jobs) {
      const now = jobs.filter(({ afterMs }) => afterMs <= 0)
      const later = jobs.filter(({ afterMs }) => afterMs > 0)
      for (const [name, some] of [
        [queues.lookNow.name, now],
        [queues.look.name, later],
      ] as const) {
        if (some.length === 0) continue
        await boss.insert(
          name,
          some.map(({ afterMs, ...data }) => ({
            data,
            group: toGroup(data.provider),
            startAfter: `${Math.max(0, afterMs) / 1000} seconds`,
          })),
          { db: tx, returnId: false },
        )
      }
    },
    async voucher(tx, jobs) {
      if (jobs.length === 0) return
      await boss.insert(
        queues.voucher.name,
        jobs.map(({ afterMs, ...data }) => ({ data, startAfter: `${Math.max(0, afterMs) / 1000} seconds` })),
        { db: tx, returnId: false },
      )
    },
    stop: () => boss.stop({ graceful: true, close: false, timeout: 10_000 }),
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
  const boss = await startBoss(options, true)
  const each = { pollingIntervalSeconds: POLL_IN_SECONDS, burstWhenBatchFull: true }
  const handlers = { ...each, batchSize: BATCH, localConcurrency: options.handlers }
  const looks = {
    ...each,
    batchSize: LOOKS_IN_BATCH,
    localConcurrency: options.looks,
    groupConcurrency: { default: 10, tiers: { ...options.atOnce } },
  }
  const handOver = async (jobs: Job<LaneJob>[]) => {
    for (const lane of new Set(jobs.map(({ data }) => data.lane))) await work.handOver(lane)
  }
  const look = async (jobs: Job<LookJob>[]) => {
    await Promise.all(jobs.map(({ data, signal }) => work.look(data, signal)))
  }
  await boss.work<LaneJob>(queues.handOver.name, handlers, handOver)
  await boss.work<LaneJob>(queues.handOverLater.name, handlers, handOver)
  await boss.work<LookJob>(queues.lookNow.name, looks, look)
  await boss.work<LookJob>(queues.look.name, looks, look)
  await boss.work<VoucherJob>(
    queues.voucher.name,
    { pollingIntervalSeconds: 2, batchSize: LOOKS_IN_BATCH, burstWhenBatchFull: true },
    async (jobs) => {
      await Promise.all(jobs.map(({ data, signal }) => work.voucher(data, signal)))
    },
  )
  await boss.work<{ kind: Upkeep }>(queues.upkeep.name, { pollingIntervalSeconds: 2 }, async (jobs) => {
    for (const { data, signal } of jobs) await work.upkeep(data.kind, signal)
  })
  await boss.schedule(queues.upkeep.name, '*/5 * * * *', { kind: 'sweep' }, { key: 'sweep' })
  if (options.night === 'off') await boss.unschedule(queues.upkeep.name, 'night')
  else {
    await boss.schedule(
      queues.upkeep.name,
      toCron(options.night.at),
      { kind: 'night' },
      { key: 'night', tz: options.night.timeZone, missed: 'once', expireInSeconds: 3600 * 6 },
    )
  }
  return { stop: () => boss.stop({ graceful: true, close: false, timeout: 30_000 }) }
}

async function startBoss({ database, schema, onError }: EngineOptions, works: boolean): Promise<PgBoss> {
  const boss = new PgBoss({
    db: database,
    schema: `${schema}_jobs`,
    backend: database.kind,
    supervise: works,
    schedule: works,
    useListenNotify: works && database.listen !== undefined,
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
