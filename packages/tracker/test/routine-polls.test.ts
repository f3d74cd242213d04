import { type LookupOptions, type Payment, PaymentError, type ReferenceOptions } from '@payment-status/core'
import { describe, expect, it } from 'vitest'
import { createFake, type FakeProvider } from './fake.ts'
import { orderOf, type Stage, until, useStages } from './stage.ts'

const DAY = 24 * 60 * 60_000

const stages = useStages()
let stage: Stage

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
    const { tracker } = await stages.open({}, fake)
    const known: Payment['operations'] = [{ id: 'sale', kind: 'payment', status: 'succeeded' }]
    fake.set('p1', 'captured', { operations: known })
    await tracker.watch(orderOf('o-1', { provider: 'fake', id: 'p1' }))
    await tracker.ingest(fake.report('p1', 'lookup'))
    const recheck = fake.recheck({ id: 'p1', operations: [{ id: 'refund' }] })
    await tracker.ingestEvent(recheck)
    await tracker.work()
    await until(() => expect(lookups).toHaveLength(1))
    const [[, options] = []] = lookups
    expect(options?.operations?.map(({ id }) => id)).toEqual(['sale', 'refund'])
    expect(options?.confirm).toBe(false)
  })

  it('only confirms where its turn came and nothing else is known', async () => {
    const { fake, lookups } = createListening()
    const { tracker } = await stages.open({}, fake)
    fake.set('p1', 'processing')
    await tracker.watch(orderOf('o-1', { provider: 'fake', id: 'p1' }, { schedule: [1, DAY] }))
    await tracker.work()
    await until(() => expect(lookups).toHaveLength(1))
    expect(lookups[0]?.[1]).toMatchObject({ confirm: true })
    await tracker.refresh('o-1')
    expect(lookups[1]?.[1]).toMatchObject({ confirm: false, payment: { id: 'p1', status: 'processing' } })
  })

  it('does not answer for an operation that a webhook named while it waited for its turn', async () => {
    const { fake, lookups } = createListening()
    const { rows, tracker } = await stages.open({ limits: { fake: { perSecond: 2 } } }, fake)
    for (const id of ['p1', 'p2']) {
      fake.set(id, 'processing')
      await tracker.watch(orderOf(`o-${id}`, { provider: 'fake', id }, { schedule: [1, DAY] }))
    }
    await tracker.work()
    await until(() => expect(lookups).toHaveLength(1))
    const waiting = lookups[0]?.[0] === 'p1' ? 'p2' : 'p1'
    const taken = 'select value from $schema.targets where leased_until is not null'
    await until(async () => expect(await rows(taken)).toEqual([{ value: waiting }]))
    await tracker.ingestEvent(fake.recheck({ id: waiting, operations: [{ id: 'refund' }] }))
    expect(lookups).toHaveLength(1)
    await until(() =>
      expect(lookups.map(([id, options]) => [id, options?.operations?.map((one) => one.id)])).toContainEqual([
        waiting,
        ['refund'],
      ]),
    )
  })

  it('of an id that the provider can never look up is a task with its order, and not repeated at once', async () => {
    const { fake } = createListening()
    fake.fault = new PaymentError({ code: 'invalid_input', provider: 'fake', message: 'not an id' })
    const { errors, tracker } = await stages.open({}, fake)
    await tracker.watch(orderOf('o-1', { provider: 'fake', id: 'p1' }, { schedule: [1, DAY / 2] }))
    await tracker.work()
    await until(async () => {
      const [task] = await tracker.openTasks()
      expect(task).toMatchObject({ key: 'key/fake/id/p1', kind: 'investigate', order: 'o-1' })
    })
    const { nextPollAt } = (await tracker.order('o-1')) ?? {}
    expect(Date.parse(nextPollAt ?? '') - Date.now()).toBeGreaterThan(DAY / 4)
    expect(errors).toEqual([fake.fault])
  })
})

/** A provider that keeps the options of its lookups by reference. */
function createListeningByReference() {
  const fake = createFake()
  const lookups: (ReferenceOptions | undefined)[] = []
  const { lookupByReference } = fake
  fake.lookupByReference = (reference, options) => {
    lookups.push(options)
    return lookupByReference(reference)
  }
  return { fake, lookups }
}

it('a poll of a reference only confirms its payments while none of them has to be looked up itself', async () => {
  const { fake, lookups } = createListeningByReference()
  stage = await stages.open({}, fake)
  const sale = { id: 'sale', kind: 'payment', status: 'succeeded' } as const
  fake.set('p1', 'processing', { reference: 'ref-1', operations: [sale] })
  await stage.tracker.watch(
    orderOf('o-1', { provider: 'fake', reference: 'ref-1' }, { schedule: [1, 1, DAY] }),
  )
  await stage.tracker.ingest(fake.report('p1', 'lookup'))
  await stage.tracker.work()
  await until(() => expect(lookups).toHaveLength(2))
  const recorded = { confirm: true, operations: [sale], payments: [{ id: 'p1', status: 'processing' }] }
  expect(lookups).toMatchObject([recorded, recorded])
  await stage.tracker.stop()

  // Its own lookup fails: what the webhook reported is still to be found out when the reference is polled.
  fake.lookup = () => Promise.reject(new Error('not now'))
  await stage.tracker.ingestEvent(fake.recheck({ id: 'p1', operations: [{ id: 'refund' }] }))
  await stage.rows("update $schema.targets set due_at = now() where kind = 'reference'")
  stage = await stages.open({ schema: stage.schema }, fake)
  await stage.tracker.work()
  await until(() => expect(lookups).toHaveLength(3))
  expect(lookups[2]).toMatchObject({ confirm: false, operations: [sale, { id: 'refund' }] })
})

it('a lookup by a reference is given the recorded operations of its payment', async () => {
  const { fake, lookups } = createListeningByReference()
  const { tracker } = await stages.open({}, fake)
  const refund = { id: 'refund', kind: 'refund', status: 'succeeded' } as const
  fake.set('p1', 'partially_refunded', { reference: 'ref-1', operations: [refund] })
  await tracker.watch(orderOf('o-1', { provider: 'fake', reference: 'ref-1' }))
  await tracker.refresh('o-1')
  await tracker.refresh('o-1')
  expect(lookups.map((options) => options?.operations)).toEqual([[], [refund]])
})

describe('the schedule', () => {
  const nextPollOf = async (order: string) => {
    const view = await stage.tracker.order(order)
    return Date.parse(view?.nextPollAt ?? '') - Date.now()
  }

  const sixteenTurns = Array<number>(16).fill(1)

  it('of a payment that is held for the shop is polled at each sixth turn, then at night', async () => {
    const { fake, lookups } = createListening()
    stage = await stages.open({}, fake)
    fake.set('p1', 'authorized')
    const terms = { expected: { amount: { amount: 1000, currency: 'EUR' } }, capture: 'manual' } as const
    const schedule = sixteenTurns
    await stage.tracker.watch(orderOf('o-1', { provider: 'fake', id: 'p1' }, { terms, schedule }))
    await stage.tracker.work()
    await until(async () => expect(await nextPollOf('o-1')).toBeGreaterThan(60_000))
    expect(lookups).toHaveLength(4)
    expect(await stage.tracker.order('o-1')).toMatchObject({ state: 'exhausted' })
  })

  it('of a reference finds the attempt after a declined one, of which no webhook came', async () => {
    const { fake } = createListening()
    const { steps, tracker } = await stages.open({}, fake)
    fake.set('p1', 'failed', { reference: 'ref-1' })
    await tracker.watch(orderOf('o-1', { provider: 'fake', reference: 'ref-1' }, { schedule: sixteenTurns }))
    const { lookupByReference } = fake
    fake.lookupByReference = (reference, options) => {
      if (fake.asked.length === 3) fake.set('p2', 'captured', { reference })
      return lookupByReference(reference, options)
    }
    await tracker.work()
    await until(() => expect(steps()).toContain('fulfill'))
    expect(fake.asked).toHaveLength(4)
  })

  it('has a poll every night where its waits are days', async () => {
    const { fake, lookups } = createListening()
    stage = await stages.open({}, fake)
    fake.set('p1', 'processing')
    const schedule = [1, 40 * DAY]
    await stage.tracker.watch(orderOf('o-1', { provider: 'fake', id: 'p1' }, { schedule }))
    await stage.tracker.work()
    await until(() => expect(lookups).toHaveLength(1))
    await until(async () => expect(await nextPollOf('o-1')).toBeGreaterThan(60_000))
    expect(await nextPollOf('o-1')).toBeLessThan(1.2 * DAY)
  })

  it('of a reference whose only attempt was canceled goes on at night', async () => {
    const { fake } = createListening()
    stage = await stages.open({}, fake)
    fake.set('p1', 'canceled', { reference: 'ref-1' })
    const key = { provider: 'fake', reference: 'ref-1' }
    await stage.tracker.watch(orderOf('o-1', key, { schedule: sixteenTurns }))
    await stage.tracker.work()
    await until(async () => expect(await nextPollOf('o-1')).toBeGreaterThan(60_000))
    expect(fake.asked).toEqual(['ref-1'])
    expect(await nextPollOf('o-1')).toBeLessThan(1.2 * DAY)
  })

  it('of a reference whose attempts have ended begins again with a new attempt, and where it is watched again', async () => {
    const { fake } = createListening()
    const { tracker } = await stages.open({ followUpDays: [] }, fake)
    fake.set('p1', 'failed', { reference: 'ref-1' })
    const order = orderOf('o-1', { provider: 'fake', reference: 'ref-1' }, { schedule: sixteenTurns })
    const ends = () => until(async () => expect((await tracker.order('o-1'))?.nextPollAt).toBeUndefined())
    await tracker.watch(order)
    await tracker.work()
    await ends()
    expect(fake.asked).toEqual(Array(4).fill('ref-1'))
    fake.set('p2', 'failed', { reference: 'ref-1' })
    await tracker.ingestEvent(fake.webhook('p2'))
    await ends()
    expect(fake.asked).toHaveLength(7)
    await tracker.watch(order)
    await ends()
    expect(fake.asked).toHaveLength(11)
  })

  it('of a paid payment has a poll every night while a refund is pending', async () => {
    const { fake } = createListening()
    stage = await stages.open({ followUpDays: [7] }, fake)
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
    stage = await stages.open({}, fake)
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
