import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import type { Database } from '../src/index.ts'
import { openEmbedded } from '../src/pglite.ts'
import { openStage, orderOf, type Stage, until } from './stage.ts'

// A snapshot is read without a lock, and the decision written if nothing has changed. Here something always changes.

let embedded: Database & { close(): Promise<void> }
let stage: Stage
/** Another process, which writes in between. */
let other: Stage
let between: (() => Promise<unknown>) | undefined
let written = 0

beforeAll(async () => {
  embedded = await openEmbedded('memory://')
  const database: Database = {
    ...embedded,
    async executeSql(text, values) {
      const result = await embedded.executeSql(text, values)
      if (text.includes('as is_duplicate')) {
        const overtake = between
        between = undefined
        await overtake?.()
      }
      if (text.includes('gate as') && result.rows[0].isWritten) written++
      return result
    },
  }
  stage = await openStage(database)
  other = await openStage(embedded, { schema: stage.schema }, stage.fake)
}, 60_000)
beforeEach(() => {
  written = 0
})
afterAll(async () => {
  await stage.tracker.stop()
  await other.tracker.stop()
  await embedded.close()
})

const recorded = async (id: string) => {
  const [row] = await stage.rows(
    `select order_id as order, version, status from $schema.payments where id = '${id}'`,
  )
  return row
}
const evidenceOf = (id: string) =>
  stage.rows(`select outcome, version from $schema.evidence where payment_id = '${id}' order by seq`)
const deliveries = (id: string) =>
  stage.rows(
    `select version, stream_key from $schema.outbox where kind = 'change' and payment_id = '${id}' order by id`,
  )

it('by no other writer: two statements', async () => {
  const { tracker, fake } = stage
  await tracker.watch(orderOf('o-1', { provider: 'fake', id: 'p1' }))
  fake.set('p1', 'captured')
  expect(await tracker.ingestEvent(fake.webhook('p1'))).toBe('ingested')
  expect(written).toBe(1)
  expect(await recorded('p1')).toEqual({ order: 'o-1', version: 1, status: 'captured' })
})

it('by a later report of the same payment: it is decided on that one', async () => {
  const { tracker, fake } = stage
  await tracker.watch(orderOf('o-2', { provider: 'fake', id: 'p2' }))
  fake.set('p2', 'processing')
  const early = fake.webhook('p2', { occurredAt: '2026-11-21T08:00:01.000Z' })
  fake.set('p2', 'captured')
  const late = fake.webhook('p2', { occurredAt: '2026-11-21T08:00:02.000Z' })
  between = () => other.tracker.ingestEvent(late)
  expect(await tracker.ingestEvent(early)).toBe('ingested')
  expect(await recorded('p2')).toEqual({ order: 'o-2', version: 1, status: 'captured' })
  expect(await evidenceOf('p2')).toMatchObject([{ outcome: 'applied', version: 1 }, { version: 1 }])
  expect(await deliveries('p2')).toEqual([{ version: 1, stream_key: 'order:o-2' }])
})

it('by the same webhook: one of the two is a duplicate', async () => {
  const { tracker, fake } = stage
  await tracker.watch(orderOf('o-3', { provider: 'fake', reference: 'ref-p3' }))
  fake.set('p3', 'captured')
  const news = fake.webhook('p3')
  between = async () => expect(await other.tracker.ingestEvent(news)).toBe('ingested')
  expect(await tracker.ingestEvent(news)).toBe('duplicate')
  expect(await evidenceOf('p3')).toHaveLength(1)
})

it('by another payment of the order: fulfill comes once', async () => {
  const { tracker, fake } = stage
  await tracker.watch(orderOf('o-4', { provider: 'fake', reference: 'r-4' }))
  for (const id of ['p4', 'p4b']) fake.set(id, 'captured', { reference: 'r-4' })
  between = () => other.tracker.ingestEvent(fake.webhook('p4b'))
  await tracker.ingestEvent(fake.webhook('p4'))
  expect(
    await stage.rows(
      "select payment_id, step ->> 'kind' as step from $schema.outbox where kind = 'change' and order_id = 'o-4' order by id",
    ),
  ).toEqual([
    { payment_id: 'p4b', step: 'fulfill' },
    { payment_id: 'p4', step: 'investigate' },
  ])
})

it.each<[string, (id: string) => Promise<unknown>]>([
  ['another webhook of it', (id) => other.tracker.ingestEvent(stage.fake.webhook(id))],
  ['a watched order with its id', (id) => other.tracker.watch(orderOf(`o-${id}`, { provider: 'fake', id }))],
  [
    'a watched order with its reference',
    (id) => other.tracker.watch(orderOf(`o-${id}`, { provider: 'fake', reference: `ref-${id}` })),
  ],
])(
  'of an unknown payment by %s, whether the payment is new or not: nothing is lost',
  async (name, overtake) => {
    const { tracker, fake } = stage
    for (const isNew of [true, false]) {
      const id = `${name}, ${isNew}`.replaceAll(' ', '-')
      fake.set(id, 'processing')
      if (!isNew) await tracker.ingestEvent(fake.webhook(id))
      fake.set(id, 'captured')
      between = () => overtake(id)
      await tracker.ingestEvent(fake.webhook(id))
      const isWatched = name.startsWith('a watched')
      expect(await recorded(id)).toMatchObject({ order: isWatched ? `o-${id}` : null, status: 'captured' })
      const versions = (await deliveries(id)).map(({ version }) => version)
      expect(versions).toEqual(versions.map((_, index) => index + 1))
      expect(await evidenceOf(id)).toHaveLength((isNew ? 1 : 2) + (isWatched ? 0 : 1))
    }
  },
)

it('of an unknown payment by a recheck: it stays', async () => {
  const { tracker, fake } = stage
  fake.set('p-rechecked', 'processing')
  await tracker.ingestEvent(fake.webhook('p-rechecked'))
  between = () => other.tracker.ingestEvent(fake.recheck({ id: 'p-rechecked' }))
  await tracker.ingestEvent(fake.webhook('p-rechecked'))
  expect(await stage.rows("select recheck from $schema.targets where value = 'p-rechecked'")).toEqual([
    { recheck: 'something happened' },
  ])
})

it('of an unknown payment by nothing: two statements', async () => {
  stage.fake.set('p-alone', 'captured')
  await stage.tracker.ingestEvent(stage.fake.webhook('p-alone'))
  expect(written).toBe(1)
  expect(await recorded('p-alone')).toEqual({ order: null, version: 1, status: 'captured' })
})

it('by another order that is watched for its id: the id decides, and nothing is left of the other', async () => {
  const { tracker, fake } = stage
  await tracker.watch(orderOf('o-5', { provider: 'fake', reference: 'r-5' }))
  fake.set('p5', 'captured', { reference: 'r-5' })
  between = () => other.tracker.watch(orderOf('o-5b', { provider: 'fake', id: 'p5' }))
  await tracker.ingestEvent(fake.webhook('p5'))
  expect(await recorded('p5')).toEqual({ order: 'o-5b', version: 1, status: 'captured' })
  expect((await tracker.order('o-5'))?.payments).toEqual([])
  expect(await deliveries('p5')).toEqual([{ version: 1, stream_key: 'order:o-5b' }])
})

it('by unwatch: it is kept, and not delivered', async () => {
  const { tracker, fake } = stage
  await tracker.watch(orderOf('o-6', { provider: 'fake', id: 'p6' }))
  fake.set('p6', 'captured')
  between = () => other.tracker.unwatch('o-6')
  await tracker.ingestEvent(fake.webhook('p6'))
  expect(await recorded('p6')).toMatchObject({ version: 1 })
  expect(await deliveries('p6')).toEqual([{ version: 1, stream_key: null }])
})

it('by a recheck, of its own payment or of another one of the order: it stays', async () => {
  const { tracker, fake } = stage
  await tracker.watch({
    ...orderOf('o-7', { provider: 'fake', id: 'p7' }),
    payments: [
      { provider: 'fake', id: 'p7' },
      { provider: 'fake', id: 'p7b' },
    ],
  })
  for (const doubted of ['p7', 'p7b']) {
    fake.set('p7', 'processing', { facts: { doubted } })
    between = () => other.tracker.ingestEvent(fake.recheck({ id: doubted }))
    await tracker.ingestEvent(fake.webhook('p7'))
    expect(
      await stage.rows(`select recheck from $schema.targets where kind = 'id' and value = '${doubted}'`),
    ).toEqual([{ recheck: 'something happened' }])
  }
})

it('by the purge of its order: it is kept as a payment without an order', async () => {
  const { tracker, fake } = stage
  await tracker.watch(orderOf('o-8', { provider: 'fake', id: 'p8' }))
  fake.set('p8', 'captured')
  between = () =>
    stage.rows(
      "delete from $schema.targets where order_id = 'o-8'; delete from $schema.orders where id = 'o-8'",
    )
  await tracker.ingestEvent(fake.webhook('p8'))
  expect(await recorded('p8')).toEqual({ order: null, version: 1, status: 'captured' })
  expect(await deliveries('p8')).toEqual([{ version: 1, stream_key: null }])
})

it('by a look and the planning of the next one: what is decided is not looked at again', async () => {
  const { tracker, fake } = stage
  fake.set('p9', 'processing')
  await tracker.watch(orderOf('o-9', { provider: 'fake', id: 'p9' }, { schedule: [1, 60_000, 60_000] }))
  await tracker.ingest(fake.report('p9', 'response'))
  fake.set('p9', 'failed')
  const news = fake.webhook('p9', { occurredAt: new Date(Date.now() + 60_000).toISOString() })
  fake.set('p9', 'processing')
  const isPlanned = async () =>
    expect(await stage.rows("select turn from $schema.targets where kind = 'id' and value = 'p9'")).toEqual([
      { turn: 1 },
    ])
  between = async () => {
    await other.tracker.work()
    await until(isPlanned)
  }
  await tracker.ingestEvent(news)
  expect(await recorded('p9')).toMatchObject({ version: 2, status: 'failed' })
  expect((await tracker.order('o-9'))?.nextPollAt).toBeUndefined()
})
