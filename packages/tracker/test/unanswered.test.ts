import { PaymentError, type PaymentStatus } from '@payment-status/core'
import { createPayments } from 'payment-status'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { Database, Task, TrackedOrder } from '../src/index.ts'
import { openEmbedded } from '../src/pglite.ts'
import { createFake, EUR, type FakeProvider } from './fake.ts'
import { openStage, orderOf, type Stage, until } from './stage.ts'

let database: Database & { close(): Promise<void> }
let stage: Stage
let other: FakeProvider
let tasks: Task[]
beforeAll(async () => {
  database = await openEmbedded('memory://')
}, 60_000)
afterEach(() => stage.tracker.stop())
afterAll(() => database.close())

const first = { provider: 'fake', id: 'p1' } as const
const byId = { provider: 'other', id: 'p2' } as const
const byReference = { provider: 'other', reference: 'ref-p2' } as const
const noLookups = { lookup: 'none', byReference: 'none', list: 'none' } as const
const redirect = { action: { kind: 'redirect', url: 'https://bank.example' } } as const

/** An order of two providers, whose first poll is a minute away: until then only webhooks state anything. */
async function openShop(
  target: TrackedOrder['payments'][number],
  {
    more = {},
    provider = createFake('other'),
  }: { more?: Partial<TrackedOrder>; provider?: FakeProvider } = {},
) {
  other = provider
  tasks = []
  const fake = createFake()
  const onTask = (task: Task) => void tasks.push(task)
  stage = await openStage(database, { payments: createPayments([fake, other]), onTask }, fake)
  const order = orderOf('o-1', first, { ...more, payments: [first, target] })
  await stage.tracker.watch(order)
  await stage.tracker.work()
  return order
}

const poll = () => stage.rows('update $schema.targets set due_at = now() where due_at is not null')
const decision = async () => (await stage.tracker.order('o-1'))?.decision
const isDelivered = (count: number) => until(() => expect(stage.changes).toHaveLength(count))

async function report(provider: FakeProvider, id: string, status: PaymentStatus, more = {}): Promise<void> {
  provider.set(id, status, more)
  await stage.tracker.ingestEvent(provider.webhook(id))
}

describe('a watched payment that no report has come for', () => {
  it.each<readonly [PaymentStatus, object]>([
    ['failed', {}],
    ['refunded', {}],
    ['requires_action', redirect],
  ])('may be paid, so nothing is asked of the shopper when another is %s', async (status, more) => {
    await openShop(byId)
    await report(stage.fake, 'p1', status, more)
    await isDelivered(1)
    expect(stage.changes[0]).toMatchObject({
      report: { payment: { status } },
      orderStatus: { status: 'unknown' },
    })
    expect(stage.changes[0]).not.toHaveProperty('step')
    expect(await decision()).toMatchObject({ status: 'unknown', step: { kind: 'look_up' } })
    await report(other, 'p2', 'captured')
    await until(() => expect(stage.steps()).toEqual([undefined, 'fulfill']))
  })

  it.each([byId, byReference])(
    'keeps its place in the schedule when another one is canceled: %o',
    async (target) => {
      await openShop(target)
      await report(stage.fake, 'p1', 'canceled')
      await isDelivered(1)
      const { nextPollAt = '' } = (await stage.tracker.order('o-1')) ?? {}
      expect(Date.parse(nextPollAt) - Date.now()).toBeLessThan(120_000)
    },
  )

  it('is asked for without delay, and its end brings the step that waited for it', async () => {
    await openShop(byId)
    await report(stage.fake, 'p1', 'refunded')
    other.set('p2', 'canceled')
    await isDelivered(1)
    await poll()
    await until(() => expect(stage.steps()).toEqual([undefined, 'stop']))
    expect(other.asked).toEqual(['p2'])
    expect((await stage.tracker.order('o-1'))?.state).toBe('decided')
  })

  it('is answered without a payment where only a reference is watched, and asks the shopper again once', async () => {
    const order = await openShop(byReference)
    await report(stage.fake, 'p1', 'failed')
    await isDelivered(1)
    expect(stage.steps()).toEqual([undefined])
    await poll()
    await until(() => expect(stage.steps()).toEqual([undefined, 'ask_again']))
    expect(stage.changes[1]?.report.payment.id).toBe('p1')
    // Watched again, before the shopper is sent there: the empty answer to come is no reason to ask a second time.
    await stage.tracker.watch(order)
    expect((await decision())?.step).toEqual({ kind: 'look_up' })
    await until(async () => {
      await poll()
      expect((await decision())?.step).toMatchObject({ kind: 'ask_again' })
    })
    await report(other, 'p2', 'failed')
    await isDelivered(3)
    expect(stage.steps()).toEqual([undefined, 'ask_again', 'ask_again'])
  })

  it('stays in the way where no lookup finds its id, or the provider fails, until a person is asked', async () => {
    await openShop(byId)
    await report(stage.fake, 'p1', 'failed')
    await poll()
    await until(() => expect(other.asked).toHaveLength(1))
    other.fault = new PaymentError({ code: 'unauthorized', provider: 'other', message: 'wrong key' })
    await until(async () => {
      await poll()
      expect(other.asked.length).toBeGreaterThan(1)
    })
    expect((await decision())?.step).toEqual({ kind: 'look_up' })
    await stage.rows('update $schema.orders set undecided_at = now() where undecided_at is not null')
    await stage.rows(`insert into $schema_jobs.job (name, data) values ('upkeep', '{"kind":"sweep"}')`)
    await until(() => expect(tasks).toMatchObject([{ kind: 'undecided', order: 'o-1' }]))
    expect(stage.steps()).toEqual([undefined])
  })

  it('waits for a webhook where its provider has no lookups', async () => {
    await openShop(byReference, { provider: { ...createFake('other'), answers: noLookups } })
    await report(stage.fake, 'p1', 'failed')
    await isDelivered(1)
    expect((await decision())?.step).toEqual({ kind: 'wait', poll: false })
    await report(other, 'p2', 'failed')
    await until(() => expect(stage.steps()).toEqual([undefined, 'ask_again']))
  })

  it('counts where this process does not know its provider', async () => {
    await openShop(byId)
    await stage.tracker.stop()
    const fake = createFake()
    const onlyFirst = { schema: stage.schema, payments: createPayments([fake]) }
    stage = await openStage(database, onlyFirst, fake)
    await stage.tracker.work()
    await report(fake, 'p1', 'failed')
    await isDelivered(1)
    expect(stage.steps()).toEqual([undefined])
    expect(await decision()).toMatchObject({ status: 'unknown', step: { kind: 'look_up' } })
  })

  it('does not count once the order is unwatched, or is watched again without it', async () => {
    await openShop(byId)
    await stage.tracker.unwatch('o-1')
    await stage.tracker.watch(orderOf('o-1', first))
    await report(stage.fake, 'p1', 'failed')
    await until(() => expect(stage.steps()).toEqual(['ask_again']))
  })

  it('is the payment of a session that was watched, once a lookup has named it', async () => {
    await openShop({ provider: 'other', id: 'session' })
    const lookup = other.lookup
    other.lookup = (id, options) => lookup(id === 'session' ? 'p2' : id, options)
    await report(other, 'p2', 'failed', { reference: 'ref-p1' })
    await report(stage.fake, 'p1', 'failed')
    expect((await decision())?.step).toEqual({ kind: 'look_up' })
    await poll()
    await until(async () => expect((await decision())?.step).toMatchObject({ kind: 'ask_again' }))
  })
})

describe('a recheck that no lookup has answered', () => {
  const down = new PaymentError({ code: 'unavailable', provider: 'other', message: 'down' })
  const restore = async (provider: FakeProvider) => {
    provider.fault = undefined
    await stage.rows('update $schema.providers set paused_until = null')
    await poll()
  }

  it('of a reference counts anew, also where an earlier lookup found no payment', async () => {
    await openShop(byReference)
    await poll()
    await until(() => expect(other.asked).toHaveLength(1))
    other.fault = down
    await stage.tracker.ingestEvent(other.recheck({ reference: 'ref-p2' }))
    await report(stage.fake, 'p1', 'failed')
    await isDelivered(1)
    expect(stage.steps()).toEqual([undefined])
    other.set('p2', 'captured')
    await restore(other)
    await until(() => expect(stage.steps()).toEqual([undefined, 'fulfill']))
  })

  it('counts with the very report that it has to confirm', async () => {
    await openShop(first)
    stage.fake.fault = down
    const occurredAt = new Date().toISOString()
    for (const status of ['authorized', 'failed'] as const) {
      stage.fake.set('p1', status)
      await stage.tracker.ingestEvent(stage.fake.webhook('p1', { occurredAt }))
    }
    await isDelivered(2)
    expect(stage.steps()).toEqual(['wait', undefined])
    await restore(stage.fake)
    await until(() => expect(stage.steps()).toEqual(['wait', undefined, 'ask_again']))
  })

  it('counts like a payment that is not recorded: it may be paid', async () => {
    await openShop(byId)
    stage.fake.fault = new PaymentError({ code: 'unavailable', provider: 'fake', message: 'down' })
    await report(stage.fake, 'p1', 'failed')
    await stage.tracker.ingestEvent(stage.fake.recheck({ id: 'p1' }))
    await report(other, 'p2', 'failed')
    await isDelivered(2)
    expect(stage.steps()).toEqual([undefined, undefined])
    stage.fake.fault = undefined
    stage.fake.set('p1', 'captured')
    await stage.rows('update $schema.providers set paused_until = null')
    await poll()
    await until(() => expect(stage.steps()).toContain('fulfill'))
    expect(stage.steps()).not.toContain('ask_again')
  })
})

describe('an order that is paid in parts', () => {
  const terms = { expected: { amount: EUR(1000) }, capture: 'automatic', split: true } as const
  const part = (amount: number, captured = amount) => ({ amount: EUR(amount), captured })

  it('asks for the missing amount once for each of its situations', async () => {
    await openShop(byReference, { more: { terms } })
    await poll()
    await until(() => expect(other.asked).toEqual(['ref-p2']))
    await report(stage.fake, 'p1', 'captured', part(600))
    await until(() => expect(stage.steps()).toEqual(['ask_again']))
    await report(other, 'p2', 'canceled', { amount: EUR(400) })
    await isDelivered(2)
    await stage.tracker.ingestEvent(other.webhook('p2'))
    await report(other, 'p3', 'captured', { ...part(100), reference: 'ref-p2' })
    await isDelivered(3)
    const asked = (amount: number) => ({ kind: 'ask_again', newPayment: true, amount: EUR(amount) })
    expect(stage.changes.map(({ step }) => step)).toEqual([asked(400), asked(400), asked(300)])
    await report(other, 'p4', 'captured', { ...part(300), reference: 'ref-p2' })
    await until(() => expect(stage.steps().at(-1)).toBe('fulfill'))
  })
})
