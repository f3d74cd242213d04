import { createPayments } from 'payment-status'
import { vi } from 'vitest'
import {
  type Change,
  createTracker,
  type Database,
  type TrackedOrder,
  type TrackerOptions,
} from '../src/index.ts'
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
  const errors: unknown[] = []
  const tracker = await createTracker({
    payments: createPayments([fake]),
    database,
    schema,
    reconcile: 'off',
    onChange: (change) => void changes.push(change),
    onError: (error) => void errors.push(error),
    ...options,
  })
  return {
    tracker,
    fake,
    schema,
    changes,
    errors,
    keys: () => changes.map(({ key }) => key),
    steps: () => changes.map(({ step }) => step?.kind),
    rows: async (text: string) =>
      (await database.executeSql(text.replaceAll('$schema', schema))).rows as Record<string, unknown>[],
  }
}

export type Stage = Awaited<ReturnType<typeof openStage>>

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
export async function watchPaid({ tracker, fake }: Stage, id: string, order = `o-${id}`): Promise<void> {
  await tracker.watch(orderOf(order, { provider: fake.name, id }))
  fake.set(id, 'captured')
  await tracker.ingestEvent(fake.webhook(id))
}

/** Waits for something to be true; what times out says what it saw last. */
export function until(check: () => void | Promise<void>): Promise<void> {
  return vi.waitFor(check, { timeout: 20_000, interval: 20 })
}
