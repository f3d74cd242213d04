import { describe, expect, it } from 'vitest'
import { type ObservedOutbox, type ObservedPoll, observeTracker, type Reconciliation } from '../src/index.ts'

import { createFake } from './fake.ts'
import { orderOf, type Stage, until, useStages, watchPaid } from './stage.ts'

const stages = useStages()
let stage: Stage

const wake = (kind: 'nightly' | 'sweep') =>
  stage.rows(`insert into $schema_jobs.job (name, data) values ('upkeep', '{"kind":"${kind}"}')`)

describe('the night', () => {
  it('polls exhausted orders again, and asks a person in time', async () => {
    stage = await stages.open()
    const { tracker, fake, tasks } = stage
    await tracker.work()
    fake.set('p1', 'processing')
    await tracker.watch(orderOf('o-1', { provider: 'fake', id: 'p1' }, { schedule: [1] }))
    await until(async () => expect((await tracker.order('o-1'))?.state).toBe('exhausted'))
    const hours = (Date.parse((await tracker.order('o-1'))?.nextPollAt ?? '') - Date.now()) / 3_600_000
    expect(hours).toBeGreaterThan(0)
    expect(hours).toBeLessThan(26)
    await stage.rows('update $schema.orders set undecided_at = now()')
    await wake('sweep')
    await until(() => expect(tasks).toMatchObject([{ kind: 'undecided', order: 'o-1' }]))
    fake.set('p1', 'captured')
    await stage.rows('update $schema.targets set due_at = now() where due_at is not null')
    await until(() => expect(stage.steps()).toEqual(['wait', 'fulfill']))
  })

  it('compares a day with the provider, heals what it can, and calls a person for the rest', async () => {
    const results: Reconciliation[] = []
    const day = { createdAt: '2026-11-21T08:00:00.000Z' }
    const { tracker, fake, tasks } = await stages.open(
      {
        onReconciled: (result) => void results.push(result),
      },
      createFake('fake', day.createdAt),
    )
    // A list may state a payment of another day.
    fake.list = async function* () {
      for (const id of fake.payments.keys()) yield fake.report(id, 'list')
    }
    await tracker.work()
    for (const id of ['same', 'behind', 'missed', 'gone']) {
      fake.set(id, id === 'behind' || id === 'missed' ? 'processing' : 'captured')
      await tracker.watch(orderOf(id, { provider: 'fake', id }))
      if (id !== 'missed') await tracker.ingest(fake.report(id, 'response'))
    }
    fake.set('behind', 'requires_action')
    await tracker.ingest(fake.report('behind', 'response'))
    fake.set('behind', 'captured', { method: { kind: 'card' } })
    fake.set('yesterday', 'captured', { createdAt: '2026-11-20T23:59:59.999Z' })
    fake.set('missed', 'captured')
    fake.set('nobody', 'captured')
    fake.payments.delete('gone')
    const result = await tracker.reconcile('fake', '2026-11-21')
    expect(result).toMatchObject({ healed: 4, summary: { theirs: 5, complete: true } })
    expect(result.differences).toMatchObject([{ kind: 'only_ours', ours: { id: 'gone' } }])
    // What was missed is healed before it is counted.
    expect(result.statistics).toMatchObject({
      payments: 5,
      statuses: { captured: 5 },
      successRate: 1,
      volume: [{ currency: 'EUR', payments: 5, captured: 5000, refunded: 0, notStated: 0 }],
      threeDSecure: { asked: 1, passed: 1, successRate: 1 },
    })
    expect(result.unmatched).toEqual([{ id: 'nobody', status: 'captured' }])
    const differences = () => tasks.filter(({ kind }) => kind === 'difference')
    await until(() => expect(differences()).toMatchObject([{ order: 'gone', why: 'only_ours' }]))
    await until(() => expect(results).toEqual([result]))
    expect((await tracker.order('missed'))?.orderStatus.status).toBe('captured')
    expect(await tracker.reconcile('fake', '2026-11-21')).toMatchObject({ healed: 0, differences: [{}] })
    expect(await tracker.reconciliation('fake', '2026-11-21')).toMatchObject({ healed: 0 })
    expect(differences()).toHaveLength(1)
  })

  it('keeps a dispute that only the list states', async () => {
    const fake = createFake('fake', '2026-11-21T08:00:00.000Z')
    const { list } = fake
    fake.list = async function* (range) {
      for await (const report of list(range)) {
        const dispute = { id: 'd1', status: 'needs_response' } as const
        yield { ...report, payment: { ...report.payment, dispute } }
      }
    }
    const { tracker } = await stages.open({}, fake)
    fake.set('p1', 'captured')
    await tracker.watch(orderOf('o-1', { provider: 'fake', id: 'p1' }))
    await tracker.ingest(fake.report('p1', 'lookup'))
    await tracker.reconcile('fake', '2026-11-21')
    const view = await tracker.order('o-1')
    expect(view?.payments[0]?.report.payment).toMatchObject({
      status: 'captured',
      dispute: { id: 'd1', status: 'needs_response' },
    })
  })

  it('compares only what is recorded of a day that is older than what is kept', async () => {
    const madeAt = new Date(Date.now() - 40 * 86_400_000).toISOString()
    const { tracker, fake } = await stages.open({ retentionDays: 30 }, createFake('fake', madeAt))
    fake.set('purged', 'captured')
    fake.set('kept', 'processing')
    await tracker.watch(orderOf('o-1', { provider: 'fake', id: 'kept' }))
    await tracker.ingestEvent(fake.webhook('kept'))
    fake.set('kept', 'captured')
    const result = await tracker.reconcile('fake', madeAt.slice(0, 10))
    expect(result).toMatchObject({ healed: 1, notKept: 1, differences: [], unmatched: [] })
    expect(fake.asked).toEqual(['kept'])
    expect((await tracker.health()).unmatched).toBe(0)
  })

  it('purges what is decided or abandoned, delivered and old, and nothing else', async () => {
    stage = await stages.open({ retentionDays: 30 })
    const { tracker, fake } = stage
    await tracker.work()
    for (const id of ['old', 'young', 'open', 'abandoned', 'tasked', 'nobody']) {
      const schedule = [id === 'abandoned' ? 1 : 60_000]
      fake.set(id, id === 'open' || id === 'abandoned' ? 'processing' : 'captured')
      if (id !== 'nobody') await tracker.watch(orderOf(id, { provider: 'fake', id }, { schedule }))
      await tracker.ingestEvent(fake.webhook(id))
    }
    await until(async () => {
      expect((await tracker.order('abandoned'))?.state).toBe('exhausted')
      expect(stage.keys()).toHaveLength(5)
      expect((await tracker.health()).backlog).toBe(0)
    })
    await stage.rows(`update $schema.orders set changed_at = now() - interval '31 days' where id <> 'young';
      update $schema.payments set changed_at = now() - interval '31 days' where id <> 'young';
      insert into $schema.tasks (key, kind, order_id) values ('t', 'investigate', 'tasked')`)
    await wake('nightly')
    await until(async () =>
      expect(await stage.rows('select id from $schema.payments order by id')).toEqual([
        { id: 'open' },
        { id: 'tasked' },
        { id: 'young' },
      ]),
    )
    expect(await stage.rows('select id from $schema.orders order by id')).toHaveLength(3)
    expect(await stage.rows('select distinct payment_id from $schema.evidence')).toHaveLength(3)
    for (const gone of ['old', 'abandoned']) expect(await tracker.order(gone)).toBeUndefined()
  })
})

describe('figures', () => {
  it('count payments by day and status, the same before and after the sweep adds them up', async () => {
    stage = await stages.open({ retentionDays: 30 })
    const { tracker, fake, receive } = stage
    const counts = async () => {
      const { payments } = await tracker.statistics({ days: 90 })
      return payments.map(({ day, status, count }) => {
        const ago = (Date.parse(new Date().toISOString().slice(0, 10)) - Date.parse(day)) / 86_400_000
        return [ago, status, count]
      })
    }
    for (const id of ['p1', 'p2', 'p3']) {
      fake.set(id, 'processing')
      await tracker.ingestEvent(fake.webhook(id))
    }
    await receive('p1', 'captured')
    const before = [
      [0, 'captured', 1],
      [0, 'processing', 2],
    ]
    expect(await counts()).toEqual(before)
    await tracker.work()
    const isAddedUp = () =>
      until(async () => expect(await stage.rows('select 1 from $schema.day_changes')).toEqual([]))
    await isAddedUp()
    expect(await counts()).toEqual(before)
    await receive('p2', 'failed')
    const after = [
      [0, 'captured', 1],
      [0, 'failed', 1],
      [0, 'processing', 1],
    ]
    expect(await counts()).toEqual(after)
    await wake('sweep')
    await isAddedUp()
    expect(await counts()).toEqual(after)
    await stage.rows("update $schema.payments set changed_at = now() - interval '31 days' where id = 'p3'")
    await wake('nightly')
    await until(async () => expect(await counts()).toEqual(after.slice(0, 2)))
  })

  it('of what waits are exact up to 200, and above that of the last sweep', async () => {
    const { tracker, rows } = await stages.open()
    const insert = (from: number, to: number) =>
      rows(`insert into $schema.tasks (key, kind) select 'task-' || n, case when n < 3 then 'unreadable' else 'unmatched' end
        from generate_series(${from}, ${to}) n`)
    const tasks = async () => {
      const { openTasks, unreadable } = await tracker.health()
      return [openTasks, unreadable]
    }
    await insert(1, 199)
    expect(await tasks()).toEqual([199, 2])
    await insert(200, 2500)
    expect(await tasks()).toEqual([200, 2])
    await tracker.work()
    expect(await tasks()).toEqual([2500, 2])
    await rows("delete from $schema.tasks where key <> 'task-1'")
    expect(await tasks()).toEqual([1, 1])
  })
})

describe('receipts', () => {
  const hoursAgo = (hours: number) =>
    stage.rows(`update $schema.receipts set succeeded_at = now() - interval '${hours} hours', due_at = now()`)

  it('are fetched an hour after success, again while missing, and kept once', async () => {
    let receipt: Uint8Array | undefined
    stage = await stages.open({
      receipts: {
        fetch: async () => receipt,
        keep: async ({ id }, bytes, tx) => {
          await tx.executeSql(`insert into ${stage.schema}.kept values ($1, $2)`, [id, bytes.length])
        },
      },
    })
    const { tracker, tasks } = stage
    await stage.rows('create table $schema.kept (id text, length int)')
    await tracker.work()
    await watchPaid(stage, 'p1', 'o-1')
    const [first] = await stage.rows(
      'select round(extract(epoch from due_at - succeeded_at))::int as wait from $schema.receipts',
    )
    expect(first).toEqual({ wait: 3600 })
    await hoursAgo(1)
    await wake('sweep')
    await until(async () =>
      expect(
        await stage.rows(
          'select round(extract(epoch from due_at - now()) / 60)::int as wait from $schema.receipts',
        ),
      ).toEqual([{ wait: 10 }]),
    )
    expect(tasks).toEqual([])
    await hoursAgo(2)
    await wake('sweep')
    await until(() => expect(tasks).toMatchObject([{ kind: 'contact_support', order: 'o-1' }]))
    receipt = new Uint8Array(42)
    await hoursAgo(3)
    await wake('sweep')
    await wake('sweep')
    await until(async () => expect((await tracker.order('o-1'))?.tasks).toEqual([]))
    expect(await stage.rows('select * from $schema.kept')).toEqual([{ id: 'p1', length: 42 }])
  })

  it('are a task for a person where the shop asks for that', async () => {
    stage = await stages.open({ receipts: 'task' })
    const { tracker, tasks, receive } = stage
    await tracker.work()
    await receive('p1', 'captured')
    await tracker.watch(orderOf('o-1', { provider: 'fake', id: 'p1' }))
    await hoursAgo(1)
    await wake('sweep')
    await until(() => expect(tasks).toMatchObject([{ kind: 'receipt', order: 'o-1', payment: { id: 'p1' } }]))
  })
})

describe('those who listen', () => {
  it('receive deliveries and polls, by names, outcomes and durations', async () => {
    let broken = true
    stage = await stages.open({
      onChange() {
        if (broken) throw new Error('the shop is closed')
      },
    })
    const handovers: ObservedOutbox[] = []
    const looks: ObservedPoll[] = []
    const stops = [
      observeTracker('outbox', (message) => void handovers.push(message)),
      observeTracker('poll', (message) => void looks.push(message)),
    ]
    const { tracker, fake } = stage
    fake.set('p1', 'captured', { captured: 999 })
    await tracker.watch(orderOf('o-1', { provider: 'fake', id: 'p1' }))
    // What a webhook leaves open is looked up.
    await tracker.ingestEvent(fake.recheck({ id: 'p1' }))
    await tracker.work()
    await until(() => expect(handovers.length).toBeGreaterThan(1))
    broken = false
    await until(() => expect(handovers.filter(({ outcome }) => outcome === 'delivered')).toHaveLength(2))
    for (const stop of stops) stop()
    const time = { waitedMs: expect.any(Number), durationMs: expect.any(Number) }
    expect(looks[0]).toEqual({
      provider: 'fake',
      why: 'recheck',
      outcome: 'answered',
      lateMs: expect.any(Number),
    })
    const change = { what: 'change', provider: 'fake', step: 'investigate', ...time }
    expect(handovers).toContainEqual({ ...change, outcome: 'retry_later', attempts: 0 })
    expect(handovers).toContainEqual({ ...change, outcome: 'delivered', attempts: expect.any(Number) })
    expect(handovers).toContainEqual({
      what: 'task',
      provider: 'fake',
      task: 'investigate',
      outcome: 'delivered',
      attempts: 0,
      ...time,
    })
    const words = [...handovers, ...looks].flatMap((message) => Object.values(message))
    expect(words.filter((word) => /p1|o-1/.test(String(word)))).toEqual([])
  })
})
