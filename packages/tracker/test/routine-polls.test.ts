import type { LookupOptions, Payment } from '@payment-status/core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { Database } from '../src/index.ts'
import { openEmbedded } from '../src/pglite.ts'
import { createFake, type FakeProvider } from './fake.ts'
import { openStage, orderOf, type Stage, until } from './stage.ts'

const DAY = 24 * 60 * 60_000

let database: Database & { close(): Promise<void> }
let stage: Stage
beforeAll(async () => {
  database = await openEmbedded('memory://')
}, 60_000)
afterEach(() => stage.tracker.stop())
afterAll(() => database.close())

/** A provider that keeps the options of its lookups. */
function createListening(): {
  readonly fake: FakeProvider
  readonly lookups: [string, LookupOptions | undefined][]
} {
  const fake = createFake()
  const lookups: [string, LookupOptions | undefined][] = []
  const { lookup } = fake
  fake.lookup = (id, options) => {
    lookups.push([id, options])
    return lookup(id)
  }
  return { fake, lookups }
}

describe('a lookup', () => {
  it('is given the operations that a webhook named, and those that are recorded', async () => {
    const { fake, lookups } = createListening()
    stage = await openStage(database, {}, fake)
    const known: Payment['operations'] = [{ id: 'sale', kind: 'payment', status: 'succeeded' }]
    fake.set('p1', 'captured', { operations: known })
    await stage.tracker.watch(orderOf('o-1', { provider: 'fake', id: 'p1' }))
    await stage.tracker.ingest(fake.report('p1', 'lookup'))
    const recheck = fake.recheck({ id: 'p1', operations: [{ id: 'refund' }] })
    await stage.tracker.ingestEvent(recheck)
    await stage.tracker.work()
    await until(() => expect(lookups).toHaveLength(1))
    const [[, options] = []] = lookups
    expect(options?.operations?.map(({ id }) => id)).toEqual(['sale', 'refund'])
    expect(options?.confirm).toBe(false)
  })

  it('only confirms where its turn came and nothing else is known', async () => {
    const { fake, lookups } = createListening()
    stage = await openStage(database, {}, fake)
    fake.set('p1', 'processing')
    await stage.tracker.watch(orderOf('o-1', { provider: 'fake', id: 'p1' }, { schedule: [1, DAY] }))
    await stage.tracker.work()
    await until(() => expect(lookups).toHaveLength(1))
    expect(lookups[0]?.[1]).toMatchObject({ confirm: true })
    await stage.tracker.refresh('o-1')
    expect(lookups[1]?.[1]).toMatchObject({ confirm: false, payment: { id: 'p1', status: 'processing' } })
  })
})

it('a lookup by a reference is given the recorded operations of its payment', async () => {
  const fake = createFake()
  const asked: (readonly { readonly id: string }[] | undefined)[] = []
  const { lookupByReference } = fake
  fake.lookupByReference = (reference, options) => {
    asked.push(options?.operations)
    return lookupByReference(reference)
  }
  stage = await openStage(database, {}, fake)
  const refund = { id: 'refund', kind: 'refund', status: 'succeeded' } as const
  fake.set('p1', 'partially_refunded', { reference: 'ref-1', operations: [refund] })
  await stage.tracker.watch(orderOf('o-1', { provider: 'fake', reference: 'ref-1' }))
  await stage.tracker.refresh('o-1')
  await stage.tracker.refresh('o-1')
  expect(asked).toEqual([[], [refund]])
})

describe('the schedule', () => {
  const nextPollOf = async (order: string) => {
    const view = await stage.tracker.order(order)
    return Date.parse(view?.nextPollAt ?? '') - Date.now()
  }

  const sixteenTurns = Array<number>(16).fill(1)

  it('of a payment that is held for the shop is polled at each fourth turn, then at night', async () => {
    const { fake, lookups } = createListening()
    stage = await openStage(database, {}, fake)
    fake.set('p1', 'authorized')
    const terms = { expected: { amount: { amount: 1000, currency: 'EUR' } }, capture: 'manual' } as const
    const schedule = sixteenTurns
    await stage.tracker.watch(orderOf('o-1', { provider: 'fake', id: 'p1' }, { terms, schedule }))
    await stage.tracker.work()
    await until(async () => expect(await nextPollOf('o-1')).toBeGreaterThan(60_000))
    expect(lookups).toHaveLength(5)
    expect(await stage.tracker.order('o-1')).toMatchObject({ state: 'exhausted' })
  })

  it('of a reference finds the attempt after a declined one, of which no webhook came', async () => {
    const { fake } = createListening()
    stage = await openStage(database, {}, fake)
    fake.set('p1', 'failed', { reference: 'ref-1' })
    await stage.tracker.watch(
      orderOf('o-1', { provider: 'fake', reference: 'ref-1' }, { schedule: sixteenTurns }),
    )
    const { lookupByReference } = fake
    fake.lookupByReference = (reference, options) => {
      if (fake.asked.length === 4) fake.set('p2', 'captured', { reference })
      return lookupByReference(reference, options)
    }
    await stage.tracker.work()
    await until(() => expect(stage.steps()).toContain('fulfill'))
    expect(fake.asked).toHaveLength(5)
  })

  it('of a paid payment has a poll every night while a refund is pending', async () => {
    const { fake } = createListening()
    stage = await openStage(database, { followUpDays: [7] }, fake)
    for (const status of ['pending', 'succeeded'] as const) {
      const id = `p-${status}`
      const refund = { id: 'refund', kind: 'refund', status, at: new Date().toISOString() } as const
      fake.set(id, 'captured', { operations: [refund] })
      await stage.tracker.watch(orderOf(id, { provider: 'fake', id }))
      await stage.tracker.ingest(fake.report(id, 'lookup'))
    }
    expect(await nextPollOf('p-pending')).toBeLessThan(2 * DAY)
    expect(await nextPollOf('p-succeeded')).toBeGreaterThan(6 * DAY)
  })

  it('begins again where a payment comes closer to its outcome, and not for details', async () => {
    const { fake } = createListening()
    stage = await openStage(database, {}, fake)
    fake.set('p1', 'requires_action')
    await stage.tracker.watch(orderOf('o-1', { provider: 'fake', id: 'p1' }, { schedule: [1_000, DAY] }))
    await stage.tracker.ingest(fake.report('p1', 'lookup'))
    await stage.tracker.work()
    await until(async () => expect(await nextPollOf('o-1')).toBeGreaterThan(60_000))
    fake.set('p1', 'requires_action', { method: { kind: 'card', brand: 'VISA' } })
    await stage.tracker.ingest(fake.report('p1', 'lookup'))
    expect(await nextPollOf('o-1')).toBeGreaterThan(60_000)
    fake.set('p1', 'open')
    await stage.tracker.ingest(fake.report('p1', 'lookup'))
    expect(await nextPollOf('o-1')).toBeGreaterThan(60_000)
    fake.set('p1', 'processing')
    await stage.tracker.ingest(fake.report('p1', 'lookup'))
    expect(await nextPollOf('o-1')).toBeLessThan(60_000)
  })
})
