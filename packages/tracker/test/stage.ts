import { createPayments } from 'payment-status'
import { afterAll, afterEach, beforeAll, vi } from 'vitest'
import {
  type Change,
  createTracker,
  type Database,
  type Task,
  type TrackedDispute,
  type TrackedOrder,
  type TrackerOptions,
  type UnmatchedPayment,
} from '../src/index.ts'
import { openEmbedded } from '../src/pglite.ts'
import { createFake, EUR, type FakeProvider } from './fake.ts'

let schemas = 0

/** Opens a shop with a tracker of its own in a shared database, and a provider in memory. */
export async function openStage(
  database: Database,
  options: Partial<TrackerOptions> = {},
  fake: FakeProvider = createFake(),
) {
  const schema = options.schema ?? `test_${process.pid}_${++schemas}`
  const changes: Change[] = []
  const disputes: TrackedDispute[] = []
  const tasks: Task[] = []
  const unmatched: UnmatchedPayment[] = []
  const errors: unknown[] = []
  const tracker = await createTracker({
    payments: createPayments([fake]),
    database,
    schema,
    reconcile: 'off',
    onChange: (change) => void changes.push(change),
    onDispute: (dispute) => void disputes.push(dispute),
    onTask: (task) => void tasks.push(task),
    onUnmatched: (payment) => void unmatched.push(payment),
    onError: (error) => void errors.push(error),
    ...options,
  })
  return {
    tracker,
    fake,
    schema,
    changes,
    disputes,
    tasks,
    unmatched,
    errors,
    /** Ingests a webhook that states what the provider has from now on. */
    async receive(...[id, status, more]: Parameters<FakeProvider['set']>) {
      fake.set(id, status, more)
      return tracker.ingestEvent(fake.webhook(id))
    },
    keys: () => changes.map(({ key }) => key),
    steps: () => changes.map(({ step }) => step?.kind),
    rows: async (text: string) =>
      (await database.executeSql(text.replaceAll('$schema', schema))).rows as Record<string, unknown>[],
  }
}

export type Stage = Awaited<ReturnType<typeof openStage>>

/** Database of the tests of a file, embedded by default. Stages that are opened in it are stopped after each test. */
export function useStages(openDatabase: typeof openEmbedded = () => openEmbedded('memory://')) {
  let database: Awaited<ReturnType<typeof openEmbedded>>
  const stages: Stage[] = []
  beforeAll(async () => {
    database = await openDatabase()
  }, 60_000)
  afterEach(async () => {
    for (const stage of stages.splice(0)) await stage.tracker.stop()
  })
  afterAll(() => database.close())
  return {
    database: () => database,
    async open(options?: Partial<TrackerOptions>, fake?: FakeProvider, wrapped: Database = database) {
      const stage = await openStage(wrapped, options, fake)
      stages.push(stage)
      return stage
    },
  }
}

export function orderOf(
  order: string,
  payment: TrackedOrder['payments'][number],
  more: Partial<TrackedOrder> = {},
): TrackedOrder {
  return {
    order,
    terms: { expected: { amount: EUR(1000) }, capture: 'automatic' },
    payments: [payment],
    schedule: [60_000],
    ...more,
  }
}

/** Watches an order whose payment a webhook reports as captured. */
export async function watchPaid(
  { tracker, fake, receive }: Pick<Stage, 'tracker' | 'fake' | 'receive'>,
  id: string,
  order = `o-${id}`,
): Promise<void> {
  await tracker.watch(orderOf(order, { provider: fake.name, id }))
  await receive(id, 'captured')
}

/** Waits for something to be true; what times out says what it saw last. */
export function until(check: () => void | Promise<void>): Promise<void> {
  return vi.waitFor(check, { timeout: 20_000, interval: 20 })
}
