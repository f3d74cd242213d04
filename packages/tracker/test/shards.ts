import { isPaymentError, PaymentError, type WebhookEvent } from '@payment-status/core'
import { createPayments } from 'payment-status'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import {
  type Change,
  createShardedTracker,
  createTracker,
  type Database,
  type ShardedTracker,
  type ShardedTrackerOptions,
  type Tracker,
  type TrackerOptions,
  type UnmatchedPayment,
} from '../src/index.ts'
import { createStatusPage } from '../src/page/index.ts'
import { createFake, EUR, type FakeProvider } from './fake.ts'
import { orderOf, until } from './stage.ts'

interface Databases {
  readonly east: Database
  readonly west: Database
  close(): Promise<unknown>
}

let schemas = 0

/** Orders `e-…` belong to the first shard, `w-…` to the second. */
const shardOf = (order: string) => (order.startsWith('e') ? 'east' : 'west')

/** Describes a tracker over two databases. `withNights`: the nightly comparisons too, which take seconds. */
export function describeShards(
  name: string,
  open: () => Promise<Databases>,
  { withNights = true }: { readonly withNights?: boolean } = {},
): void {
  describe(name, () => {
    let databases: Databases
    const cleanUp: (() => Promise<void>)[] = []
    beforeAll(async () => {
      databases = await open()
    }, 60_000)
    afterEach(async () => {
      for (const end of cleanUp.splice(0)) await end()
    })
    afterAll(() => databases.close(), 60_000)

    async function openParts(more: Partial<TrackerOptions> = {}) {
      const schema = `shards_${process.pid}_${++schemas}`
      await databases.east.executeSql('drop schema if exists payment_status_shards cascade')
      const fakes = [createFake('one'), createFake('two')] as const
      const changes: (Change & { readonly shard: string })[] = []
      const unmatched: UnmatchedPayment[] = []
      const errors: unknown[] = []
      const isDown = { east: false, west: false }
      const isSilent = { east: false, west: false }
      const interrupt: Record<'east' | 'west', string | undefined> = { east: undefined, west: undefined }
      const optionsOf = (shard: 'east' | 'west'): TrackerOptions => ({
        payments: createPayments([...fakes]),
        database: withSwitch(
          databases[shard],
          (text) => isDown[shard] || (interrupt[shard] !== undefined && text.includes(interrupt[shard])),
          () => isSilent[shard],
        ),
        schema,
        reconcile: { at: '03:00', timeZone: 'UTC' },
        onChange: (change) => void changes.push({ ...change, shard }),
        onUnmatched: (payment) => void unmatched.push(payment),
        onError: (error) => void errors.push(error),
        ...more,
      })
      const rows = async (shard: 'east' | 'west', text: string) =>
        (await databases[shard].executeSql(text.replaceAll('$schema', schema))).rows as Record<
          string,
          unknown
        >[]
      return { optionsOf, fakes, changes, unmatched, errors, isDown, isSilent, interrupt, rows }
    }

    async function openShop(
      more: Partial<TrackerOptions> = {},
      sharded: Partial<ShardedTrackerOptions> = {},
    ) {
      const { optionsOf, ...parts } = await openParts(more)
      const shards = {
        east: await createTracker(optionsOf('east')),
        west: await createTracker(optionsOf('west')),
      }
      const tracker = await createShardedTracker({ shards, shardOf, ...sharded })
      cleanUp.push(() => tracker.stop())
      return { tracker, shards, ...parts }
    }

    const send = (tracker: ShardedTracker, fake: FakeProvider, event: WebhookEvent) =>
      tracker.webhooks(fake.request(event)).then(({ status }) => status)

    it('fulfills an order once, whose attempts at two providers were both paid', async () => {
      const { tracker, fakes, changes } = await openShop()
      const [one, two] = fakes
      await tracker.work()
      await tracker.watch(orderOf('w-1', { provider: 'one', id: 'a' }))
      await tracker.watch(orderOf('w-1', { provider: 'two', reference: 'r' }))
      one.set('a', 'captured')
      two.set('b', 'captured', { reference: 'r' })
      expect(
        await Promise.all([send(tracker, one, one.webhook('a')), send(tracker, two, two.webhook('b'))]),
      ).toEqual([200, 200])
      await until(() => expect(changes).toHaveLength(2))
      expect(changes.map(({ shard }) => shard)).toEqual(['west', 'west'])
      expect(changes.map(({ step }) => step?.kind).toSorted()).toEqual(['fulfill', 'investigate'])
      expect((await tracker.order('w-1'))?.orderStatus).toMatchObject({ paidTwice: true })
      expect(await tracker.refresh('w-1')).toMatchObject({ step: { kind: 'investigate' } })
    })

    it('keeps what came before its order at home, and moves it when the order is watched', async () => {
      const { tracker, fakes, changes, unmatched, rows } = await openShop()
      const [one] = fakes
      await tracker.work()
      one.set('early', 'processing', { reference: 'r-early' })
      const first = one.webhook('early')
      await send(tracker, one, first)
      one.set('early', 'captured', { reference: 'r-early' })
      await send(tracker, one, one.webhook('early'))
      expect((await tracker.health()).unmatched).toBe(1)
      expect(await rows('east', 'select id from $schema.payments')).toEqual([{ id: 'early' }])
      await tracker.watch(orderOf('w-1', { provider: 'one', reference: 'r-early' }))
      await until(() =>
        expect(changes.map(({ key }) => key)).toEqual(['one/early/1', 'one/early/2', 'one/early/3']),
      )
      expect(changes.map(({ step }) => step?.kind)).toEqual([undefined, undefined, 'fulfill'])
      // A delivery that comes again is a duplicate in the shard that it was moved to.
      expect(await tracker.ingestEvent(first)).toBe('duplicate')
      expect(await rows('east', 'select id from $schema.payments')).toEqual([])
      expect((await tracker.health()).unmatched).toBe(0)
      expect((await collect(tracker.timeline({ provider: 'one', id: 'early' }))).length).toBe(2)
      expect(unmatched).toEqual([])
    })

    it('repeats a move that was interrupted, and doubles nothing', async () => {
      const { tracker, fakes, changes, interrupt, rows } = await openShop()
      const [one] = fakes
      await tracker.work()
      one.set('early', 'captured', { reference: 'r-early' })
      await send(tracker, one, one.webhook('early'))
      await tracker.ingest(one.report('early', 'response'))
      // It is in both shards, and the home could not remove it.
      interrupt.east = 'set_config'
      await tracker.watch(orderOf('w-1', { provider: 'one', id: 'early' }))
      expect(await rows('east', 'select id from $schema.payments')).toEqual([{ id: 'early' }])
      interrupt.east = undefined
      await until(async () => expect(await rows('east', 'select id from $schema.payments')).toEqual([]))
      await until(() => expect(changes.map(({ step }) => step?.kind)).toContain('fulfill'))
      expect(changes.filter(({ step }) => step?.kind === 'fulfill')).toHaveLength(1)
      expect(new Set(changes.map(({ key }) => key)).size).toBe(changes.length)
      expect(await rows('west', 'select kind from $schema.evidence where event_id is not null')).toHaveLength(
        1,
      )
    })

    it('moves a payment of which only a lookup shows that its order is in another shard', async () => {
      const { tracker, fakes, changes, rows } = await openShop()
      const [one] = fakes
      await tracker.work()
      await tracker.watch(orderOf('w-1', { provider: 'one', reference: 'r' }))
      one.set('p', 'captured', { reference: 'r' })
      // The webhook names an id that only the provider can resolve.
      one.lookup = async () => one.report('p', 'lookup')
      await send(tracker, one, one.recheck({ id: 'session' }))
      await until(() => expect(changes.map(({ step }) => step?.kind)).toEqual(['fulfill']))
      await until(async () => expect(await rows('east', 'select id from $schema.payments')).toEqual([]))
      // From now on its id is known.
      const dispute = {
        ...one.recheck({ id: 'p' }),
        kind: 'dispute',
        dispute: { status: 'needs_response' },
      } as const
      await send(tracker, one, dispute as WebhookEvent)
      await until(async () =>
        expect((await tracker.order('w-1'))?.payments[0]?.report.payment.dispute?.status).toBe(
          'needs_response',
        ),
      )
    })

    it('gives a payment that an order of another shard has to no second order', async () => {
      const { tracker } = await openShop()
      await tracker.watch(orderOf('w-1', { provider: 'one', id: 'p' }))
      await expect(tracker.watch(orderOf('e-1', { provider: 'one', id: 'p' }))).rejects.toThrow(
        'another shard',
      )
      expect(await tracker.order('e-1')).toBeUndefined()
    })

    it('answers 503 for a shard that is down, and goes on with the others', async () => {
      const { tracker, fakes, changes, isDown } = await openShop()
      const [one] = fakes
      await tracker.work()
      for (const [order, id] of [
        ['e-1', 'pe'],
        ['w-1', 'pw'],
      ] as const) {
        await tracker.watch(orderOf(order, { provider: 'one', id }))
        one.set(id, 'captured')
      }
      isDown.west = true
      const lost = one.webhook('pw')
      expect(await send(tracker, one, lost)).toBe(503)
      expect(await send(tracker, one, one.webhook('pe'))).toBe(200)
      await until(() => expect(changes.map(({ order }) => order)).toEqual(['e-1']))
      one.set('unknown', 'captured')
      // It may be a payment of the shard that is down.
      expect(await send(tracker, one, one.webhook('unknown'))).toBe(503)
      expect((await tracker.health()).shards).toEqual([
        { name: 'east', isReachable: true },
        { name: 'west', isReachable: false },
      ])
      await tracker.watch(orderOf('e-2', { provider: 'one', id: 'pe2' }))
      await expect(tracker.orders()).rejects.toThrow()
      isDown.west = false
      await until(async () => expect(await send(tracker, one, lost)).toBe(200))
      await until(() => expect(changes.map(({ order }) => order)).toEqual(['e-1', 'w-1']))
      // The home and its directory: the other shard still receives what belongs to its orders.
      isDown.east = true
      one.set('pw', 'refunded', { captured: 1000, refunded: 1000 })
      expect(await send(tracker, one, one.webhook('pw'))).toBe(200)
      expect(await send(tracker, one, one.webhook('pe'))).toBe(503)
      isDown.east = false
      await until(() => expect(changes).toHaveLength(3))
    })

    it.each([
      { away: 'west', lost: 'w-1', kept: 'e-1' },
      { away: 'east', lost: 'e-1', kept: 'w-1' },
    ] as const)(
      'starts while a shard is away, serves the other one, and the shard when it is back: $away',
      async ({ away, lost, kept }) => {
        const { optionsOf, fakes, changes, errors, isDown } = await openParts()
        const [one] = fakes
        for (const order of ['e-1', 'w-1']) one.set(order, 'captured')
        // Both orders were watched by an earlier process.
        const open = () =>
          createShardedTracker({ shards: { east: optionsOf('east'), west: optionsOf('west') }, shardOf })
        const earlier = await open()
        for (const order of ['e-1', 'w-1'])
          await earlier.watch(orderOf(order, { provider: 'one', id: order }))
        await earlier.stop()

        isDown[away] = true
        const tracker = await open()
        cleanUp.push(() => tracker.stop())
        expect(String(errors[0])).toContain('ECONNREFUSED')
        await tracker.work()
        expect((await tracker.health()).shards).toContainEqual({ name: away, isReachable: false })
        expect(await send(tracker, one, one.webhook(kept))).toBe(200)
        await until(() => expect(changes.map(({ order }) => order)).toEqual([kept]))
        expect((await tracker.order(kept))?.orderStatus.status).toBe('captured')
        const event = one.webhook(lost)
        expect(await send(tracker, one, event)).toBe(503)
        await expect(tracker.order(lost)).rejects.toThrow('ECONNREFUSED')
        await expect(tracker.orders()).rejects.toThrow('ECONNREFUSED')
        const servePage = createStatusPage(tracker, { authorize: () => true })
        const readPage = async (query: string) => {
          const page = await servePage(new Request(`https://shop.example/${query}`))
          return { status: page.status, html: await page.text() }
        }
        expect(await readPage('')).toMatchObject({ status: 503 })
        expect(await readPage(`?find=${kept}`)).toMatchObject({
          status: 200,
          html: expect.stringContaining(kept),
        })
        expect(await readPage('?health')).toMatchObject({
          status: 200,
          html: expect.stringContaining(`<bdi>${away}</bdi>: not reachable`),
        })

        isDown[away] = false
        expect(await send(tracker, one, event)).toBe(200)
        await until(() => expect(changes.map(({ order }) => order)).toEqual([kept, lost]))
        await until(async () =>
          expect((await tracker.health()).shards.every(({ isReachable }) => isReachable)).toBe(true),
        )
        await tracker.watch(orderOf(`${lost}-later`, { provider: 'one', id: 'later' }))
      },
      60_000,
    )

    it('shows the health of the others while a shard does not answer at all', async () => {
      const { tracker, isSilent } = await openShop()
      isSilent.west = true
      expect((await tracker.health()).shards).toEqual([
        { name: 'east', isReachable: true },
        { name: 'west', isReachable: false },
      ])
      isSilent.west = false
      await until(async () =>
        expect((await tracker.health()).shards).toContainEqual({ name: 'west', isReachable: true }),
      )
    })

    it('starts while a shard without tables is away, and makes them when it is back', async () => {
      const { optionsOf, fakes, changes, isDown } = await openParts()
      const [one] = fakes
      isDown.west = true
      const tracker = await createShardedTracker({
        shards: { east: optionsOf('east'), west: optionsOf('west') },
        shardOf,
      })
      cleanUp.push(() => tracker.stop())
      await tracker.work()
      const order = orderOf('w-1', { provider: 'one', id: 'pw' })
      await expect(tracker.watch(order)).rejects.toThrow('ECONNREFUSED')
      isDown.west = false
      // A transaction of the shop makes no tables: the next attempt to start the shard's work does.
      await until(async () => expect((await tracker.health()).workers).toHaveLength(2))
      const { db, commit, rollback } = await databases.west.beginTransaction()
      await tracker.watch(order, db)
      await commit()
      await rollback()
      one.set('pw', 'captured')
      expect(await send(tracker, one, one.webhook('pw'))).toBe(200)
      await until(() => expect(changes.map(({ order: name }) => name)).toEqual(['w-1']))
    })

    it('does not start while no shard can be reached, nor on a shard that will not work later either', async () => {
      const { optionsOf, isDown, rows } = await openParts()
      const shards = { east: optionsOf('east'), west: optionsOf('west') }
      isDown.east = isDown.west = true
      await expect(createShardedTracker({ shards, shardOf })).rejects.toThrow('ECONNREFUSED')
      isDown.east = isDown.west = false
      await (await createShardedTracker({ shards, shardOf })).stop()
      await rows('west', 'insert into $schema.migrations (number) values (99)')
      await expect(createShardedTracker({ shards, shardOf })).rejects.toMatchObject({
        code: 'invalid_input',
        message: expect.stringContaining('newer version'),
      })
      await expect(
        createShardedTracker({
          shards: { ...shards, west: { ...shards.west, database: undefined } },
          shardOf,
        }),
      ).rejects.toThrow('`database` is missing')
    })

    it.runIf(withNights)('lists a provider once for all shards, and hands each its part', async () => {
      const day = '2026-11-21'
      const createdAt = `${day}T08:00:00.000Z`
      const { tracker, fakes, rows, changes } = await openShop()
      const [one] = fakes
      let lists = 0
      const { list } = one
      one.list = (...range) => {
        lists++
        return list(...range)
      }
      const withNotBefore = {
        terms: { expected: { amount: EUR(1000) }, capture: 'automatic', notBefore: createdAt },
      } as const
      for (const [order, id] of [
        ['e-1', 'pe'],
        ['w-1', 'pw'],
      ] as const) {
        await tracker.watch(orderOf(order, { provider: 'one', id }, withNotBefore))
        one.set(id, 'captured', { createdAt })
      }
      one.set('lost', 'captured', { createdAt })
      const result = await tracker.reconcile('one', day)
      expect(result).toMatchObject({
        healed: 3,
        summary: { theirs: 3, complete: true },
        differences: [],
        unmatched: [{ id: 'lost', status: 'captured' }],
        statistics: { payments: 3, paid: 3, successRate: 1, volume: [{ currency: 'EUR', captured: 3000 }] },
      })
      expect(lists).toBe(1)
      expect(await tracker.reconciliation('one', day)).toEqual(result)
      expect(await rows('east', 'select id from $schema.payments order by id')).toEqual([
        { id: 'lost' },
        { id: 'pe' },
      ])
      expect(await rows('west', 'select id from $schema.payments')).toEqual([{ id: 'pw' }])
      expect(await tracker.unmatched()).toMatchObject({ payments: [{ id: 'lost' }] })
      // The night: each shard begins its own.
      lists = 0
      await tracker.work()
      await rows('east', 'delete from payment_status_shards.lists')
      for (const shard of ['east', 'west'] as const)
        await rows(shard, `insert into $schema_jobs.job (name, data) values ('upkeep', '{"kind":"nightly"}')`)
      await until(async () => expect((await tracker.health()).lastNight?.endedAt).toBeDefined())
      expect(lists).toBe(1)
      await until(() => expect(changes.map(({ order }) => order).toSorted()).toEqual(['e-1', 'w-1']))
    })

    it.runIf(withNights)(
      'compares at home what belongs to no order, also where the home has no order of the provider',
      async () => {
        const { tracker, fakes, unmatched } = await openShop()
        const [one] = fakes
        const createdAt = new Date(Date.now() - 86_400_000).toISOString()
        one.set('stray', 'captured', { createdAt })
        await tracker.watch(orderOf('w-1', { provider: 'one', id: 'pw' }))
        await tracker.work()
        await databases.west.executeSql(
          `insert into shards_${process.pid}_${schemas}_jobs.job (name, data) values ('upkeep', '{"kind":"nightly"}')`,
        )
        await until(async () => {
          await databases.east.executeSql(
            `insert into shards_${process.pid}_${schemas}_jobs.job (name, data) values ('upkeep', '{"kind":"sweep"}')`,
          )
          expect(await tracker.unmatched()).toMatchObject({ payments: [{ id: 'stray' }] })
        })
        expect(unmatched.length).toBeLessThan(2)
      },
    )

    it('merges pages of orders and of unmatched payments without a gap or a repetition', async () => {
      const { tracker, shards, fakes } = await openShop()
      const [one] = fakes
      const names = ['e-1', 'w-1', 'w-2', 'e-2', 'w-3', 'w-4', 'w-5']
      for (const name of names) {
        await tracker.watch(orderOf(name, { provider: 'one', id: name }))
        one.set(name, 'captured')
        await tracker.ingestEvent(one.webhook(name))
        await new Promise((done) => setTimeout(done, 2))
      }
      for (const limit of [1, 2, 3, 50]) {
        const found: string[] = []
        for (let cursor: string | undefined, turn = 0; turn === 0 || cursor !== undefined; turn++) {
          const page = await tracker.orders({ limit, cursor, provider: 'one' })
          expect(page.orders.length).toBeLessThanOrEqual(limit)
          found.push(...page.orders.map(({ order }) => order))
          cursor = page.cursor
        }
        expect(found).toEqual(names.toReversed())
      }
      for (const [shard, id] of [
        ['west', 'm-1'],
        ['east', 'm-2'],
        ['west', 'm-3'],
      ] as const) {
        one.set(id, 'captured')
        await shards[shard].ingest(one.report(id))
      }
      const first = await tracker.unmatched({ limit: 2 })
      const second = await tracker.unmatched({ limit: 2, cursor: first.cursor })
      expect([...first.payments, ...second.payments].map(({ id }) => id)).toEqual(['m-1', 'm-2', 'm-3'])
      expect(second.cursor).toBeUndefined()
      await expect(tracker.orders({ cursor: 'nonsense' })).rejects.toMatchObject({ code: 'invalid_input' })
      expect((await tracker.statistics()).payments.reduce((sum, { count }) => sum + count, 0)).toBe(10)
      expect((await tracker.orders({ search: 'w-2' })).orders.map(({ order }) => order)).toEqual(['w-2'])
      const page = createStatusPage(tracker, { authorize: () => true })
      const html = await (await page(new Request('https://shop.example/'))).text()
      for (const name of names) expect(html).toContain(name)
    })

    it('finds the order of a return URL, and no other one than the shopper’s', async () => {
      const { tracker, fakes } = await openShop()
      const [one] = fakes
      await tracker.watch(orderOf('w-1', { provider: 'one', id: 'pw' }))
      await tracker.watch(orderOf('w-2', { provider: 'one', reference: 'r' }))
      await tracker.watch(orderOf('e-1', { provider: 'one', id: 'pe' }))
      for (const id of ['pw', 'pe']) one.set(id, 'captured')
      one.set('new', 'captured', { reference: 'r' })
      const urlOf = (id: string) => `https://shop.example/return?payment=${id}`
      expect(await tracker.handleReturn('one', urlOf('pw'))).toMatchObject({
        order: 'w-1',
        step: { kind: 'fulfill' },
      })
      expect(await tracker.handleReturn('one', urlOf('new'))).toMatchObject({ order: 'w-2' })
      expect(
        await tracker.handleReturn('one', 'https://shop.example/return', { order: 'w-1' }),
      ).toMatchObject({ order: 'w-1' })
      await expect(tracker.handleReturn('one', urlOf('pe'), { order: 'w-1' })).rejects.toMatchObject({
        code: 'not_found',
      })
      await expect(tracker.handleReturn('one', urlOf('nothing'))).rejects.toSatisfy(isPaymentError)
    })

    it('uses the shop’s own transaction, and a handler of one shard may call the tracker about another', async () => {
      const seen: string[] = []
      let sharded: ShardedTracker | undefined
      const { tracker, fakes } = await openShop({
        onChange: async ({ order, step }) => {
          if (step?.kind !== 'fulfill') return
          seen.push(order)
          // One way only: a PGlite has one connection, and two handlers would wait for each other's.
          if (order !== 'w-1') return
          for (const name of ['e-1', 'w-1']) seen.push(`sees ${(await sharded?.order(name))?.order}`)
          await sharded?.watch(orderOf('e-2', { provider: 'one', id: 'e-2' }))
        },
      })
      sharded = tracker
      const [one] = fakes
      for (const [shard, order] of [
        ['east', 'e-1'],
        ['west', 'w-1'],
      ] as const) {
        one.set(order, 'captured')
        await tracker.ingestEvent(one.webhook(order))
        const { db, commit, rollback } = await databases[shard].beginTransaction()
        await tracker.watch(orderOf(order, { provider: 'one', id: order }), db)
        await commit()
        await rollback()
      }
      await tracker.work()
      await until(() => expect(seen.toSorted()).toEqual(['e-1', 'sees e-1', 'sees w-1', 'w-1']))
      await until(async () => expect((await tracker.order('e-2'))?.state).toBe('waiting'))
    })

    it('keeps one rate over all shards, and a pause of a provider holds for all of them', async () => {
      const limits = { one: { perSecond: 0.001 }, two: { perSecond: 1000 } }
      const { tracker, fakes } = await openShop({}, { limits })
      for (const { name } of fakes)
        for (const order of ['e', 'w']) {
          await tracker.watch(orderOf(`${order}-${name}`, { provider: name, id: order }))
          for (const fake of fakes) fake.set(order, 'processing')
        }
      const [one, two] = fakes
      await tracker.refresh('e-one')
      await expect(tracker.refresh('w-one')).rejects.toMatchObject({ code: 'unavailable' })
      expect(one.asked).toEqual(['e'])
      two.fault = new PaymentError({
        code: 'rate_limited',
        provider: 'two',
        message: 'slower',
        retryAfterMs: 3_600_000,
      })
      await expect(tracker.refresh('e-two')).rejects.toMatchObject({ code: 'rate_limited' })
      await expect(tracker.refresh('w-two')).rejects.toMatchObject({ code: 'unavailable' })
      expect(two.asked).toEqual(['e'])
    })

    it('closes a task wherever it is, and refuses what cannot work', async () => {
      const { tracker, fakes, shards } = await openShop()
      const [one] = fakes
      await tracker.ingestEvent({
        ...one.recheck({ id: 'x' }),
        kind: 'unreadable',
        why: 'odd',
      } as WebhookEvent)
      const [task] = await tracker.openTasks()
      expect(task).toMatchObject({ kind: 'unreadable' })
      expect(await tracker.closeTask(task?.key ?? '')).toBe(true)
      expect(await tracker.closeTask(task?.key ?? '')).toBe(false)
      await expect(createShardedTracker({ shards: [], shardOf })).rejects.toMatchObject({
        code: 'invalid_input',
      })
      await expect(createShardedTracker({ shards: [{} as Tracker], shardOf })).rejects.toThrow(
        'createTracker',
      )
      await expect(createShardedTracker({ shards } as never)).rejects.toThrow('`shardOf` is missing')
      const lost = await createShardedTracker({ shards, shardOf: () => 'north' })
      await expect(lost.order('e-1')).rejects.toThrow('east, west')
    })
  })
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const item of items) all.push(item)
  return all
}

/** Lets a database be away, reject some statements as a lost connection does, or leave statements without an answer. */
function withSwitch(
  database: Database,
  isLost: (text: string) => boolean,
  isSilent: () => boolean,
): Database {
  const refuse = (text: string) => {
    if (isLost(text)) throw new Error('connect ECONNREFUSED')
  }
  return {
    ...database,
    async executeSql(text, values) {
      refuse(text)
      return isSilent() ? new Promise(() => {}) : database.executeSql(text, values)
    },
    async beginTransaction() {
      refuse('begin')
      const transaction = await database.beginTransaction()
      return {
        ...transaction,
        db: {
          async executeSql(text, values) {
            refuse(text)
            return transaction.db.executeSql(text, values)
          },
        },
      }
    },
  }
}
