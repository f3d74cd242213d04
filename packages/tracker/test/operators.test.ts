import { setTimeout as sleep } from 'node:timers/promises'
import { PaymentError } from '@payment-status/core'
import { describe, expect, it } from 'vitest'
import type { Tracker } from '../src/index.ts'
import { createFake } from './fake.ts'
import { openStage, orderOf, type Stage, until, useStages, watchPaid } from './stage.ts'

const stages = useStages()
let stage: Stage

describe('a handler', () => {
  it.each<[string, (tracker: Tracker) => Promise<unknown>]>([
    ['unwatch', (tracker) => tracker.unwatch('o-p1')],
    ['order', (tracker) => tracker.order('o-p1')],
    ['health', (tracker) => tracker.health()],
    ['watch', (tracker) => tracker.watch(orderOf('o-p1', { provider: 'fake', id: 'p1' }))],
  ])('that calls %s without its transaction does not wait for itself', async (_, call) => {
    let tracker: Tracker | undefined
    stage = await stages.open({
      onChange: async (change) => {
        if (tracker) await call(tracker)
        stage.changes.push(change)
      },
    })
    tracker = stage.tracker
    await tracker.work()
    await watchPaid(stage, 'p1')
    await until(() => expect(stage.steps()).toContain('fulfill'))
    expect(stage.errors).toEqual([])
  })

  it('that would send a request inside of its transaction is refused with a sentence', async () => {
    stage = await stages.open({
      onChange: ({ order }) => void stage.tracker.refresh(order).catch((error) => stage.errors.push(error)),
    })
    await stage.tracker.work()
    await watchPaid(stage, 'p1')
    await until(() =>
      expect(stage.errors).toMatchObject([
        { code: 'invalid_input', message: expect.stringContaining('refresh') },
      ]),
    )
  })

  it('whose transaction fails at its commit is counted, and becomes a task', async () => {
    stage = await stages.open({
      onChange: async (_, tx) => {
        await tx.executeSql(`insert into ${stage.schema}.children values (1)`)
      },
    })
    await stage.rows(`create table $schema.parents (id int primary key);
      create table $schema.children (id int references $schema.parents deferrable initially deferred)`)
    await watchPaid(stage, 'p1')
    await stage.rows('update $schema.outbox set attempts = 4')
    await stage.tracker.work()
    await until(() => expect(stage.tasks).toMatchObject([{ kind: 'investigate', order: 'o-p1' }]))
    expect(
      (await stage.rows("select attempts from $schema.outbox where kind = 'change'"))[0]?.attempts,
    ).toBeGreaterThan(4)
  })

  it('has its attempt counted before it is called', async () => {
    let seen: unknown
    stage = await stages.open({
      onChange: async (change, tx) => {
        const { rows } = await tx.executeSql(
          `select attempts from ${stage.schema}.outbox where kind = 'change'`,
        )
        seen = rows
        stage.changes.push(change)
      },
    })
    await stage.tracker.work()
    await watchPaid(stage, 'p1')
    await until(() => expect(seen).toEqual([{ attempts: 1 }]))
  })
})

describe('a change', () => {
  it('has an id that no restore can repeat', async () => {
    stage = await stages.open()
    const { tracker } = stage
    await tracker.work()
    await watchPaid(stage, 'p1')
    await until(() => expect(stage.changes).toHaveLength(1))
    await stage.rows(`set payment_status.purging = 'yes'; delete from $schema.evidence; reset payment_status.purging;
      delete from $schema.payments; delete from $schema.targets; delete from $schema.outbox; delete from $schema.orders`)
    await watchPaid(stage, 'p1')
    await until(() => expect(stage.changes).toHaveLength(2))
    const [first, second] = stage.changes
    expect(second?.key).toBe(first?.key)
    expect(second?.changeId).not.toBe(first?.changeId)
  })
})

describe('a backlog', () => {
  it('does not keep a new order from being polled', async () => {
    const { tracker, fake, rows, steps } = await stages.open({
      limits: { fake: { perSecond: 4, atOnce: 2 } },
    })
    await rows(`insert into $schema.targets (provider, kind, value, watched, due_at, priority)
      select 'fake', 'id', 'late-' || n, true, now() - interval '1 hour', n % 4 from generate_series(1, 2000) n`)
    fake.set('new', 'captured')
    await tracker.watch(orderOf('o-new', { provider: 'fake', id: 'new' }, { schedule: [1, 60_000] }))
    await tracker.work()
    await until(() => expect(steps()).toEqual(['fulfill']))
    expect(fake.asked.filter((id) => id !== 'new').length).toBeLessThan(100)
    // Polls are rows of the targets, and nothing else: a backlog makes no jobs.
    const [jobs] = await rows('select count(*)::int as count from $schema_jobs.job')
    expect(jobs?.count).toBeLessThan(20)
  })

  it('of orders that were abandoned is polled less and less often', async () => {
    const { tracker, fake, rows } = await stages.open()
    fake.set('p1', 'processing')
    await tracker.watch(orderOf('o-1', { provider: 'fake', id: 'p1' }, { schedule: [1] }))
    await tracker.work()
    const daysUntilPoll = async () => {
      const { state, nextPollAt = '' } = (await tracker.order('o-1')) ?? {}
      return state === 'exhausted' ? (Date.parse(nextPollAt) - Date.now()) / 86_400_000 : 0
    }
    await until(async () => expect(await daysUntilPoll()).toBeGreaterThan(0))
    expect(await daysUntilPoll()).toBeLessThan(1.2)
    // Eleven nights later.
    await rows('update $schema.targets set turn = turn + 11, due_at = now()')
    await until(async () => expect(await daysUntilPoll()).toBeGreaterThan(5))
  })

  it('of keys that belong to no order ends after a few tries, one at a time', async () => {
    const { tracker, fake, rows } = await stages.open({ limits: { fake: { perSecond: 1000 } } })
    for (const name of ['a', 'b', 'c']) await tracker.ingestEvent(fake.recheck({ id: `forged-${name}` }))
    await tracker.work()
    await until(async () => {
      await rows('update $schema.targets set due_at = now() where due_at > now() and leased_until is null')
      expect(await rows('select value from $schema.targets where due_at is not null')).toEqual([])
    })
    for (const name of ['a', 'b', 'c'])
      expect(fake.asked.filter((id) => id === `forged-${name}`).length).toBeLessThanOrEqual(6)
  })
})

describe('polls of a provider that this version does not know', () => {
  it('are kept for the version that knows it', async () => {
    const removed = createFake('removed')
    const first = await stages.open({}, removed)
    await first.tracker.watch(orderOf('o-1', { provider: 'removed', id: 'p1' }, { schedule: [1, 60_000] }))
    await first.tracker.stop()
    stage = await stages.open({ schema: first.schema })
    await stage.tracker.work()
    await watchPaid(stage, 'p2')
    await until(() => expect(stage.steps()).toEqual(['fulfill']))
    expect((await stage.tracker.order('o-1'))?.state).toBe('waiting')
    await stage.tracker.stop()
    removed.set('p1', 'captured')
    stage = await stages.open({ schema: first.schema }, removed)
    await stage.tracker.work()
    await until(() => expect(stage.steps()).toEqual(['fulfill']))
  })
})

describe('an id that no lookup can find', () => {
  it('is a task that says what to watch instead', async () => {
    const { tracker, fake, errors } = await stages.open()
    fake.fault = new PaymentError({
      code: 'invalid_input',
      provider: 'fake',
      message: 'this is a session id',
    })
    await tracker.watch(orderOf('o-1', { provider: 'fake', id: 'cs_1' }, { schedule: [1, 60_000] }))
    await tracker.work()
    await until(async () =>
      expect(await tracker.openTasks()).toMatchObject([{ kind: 'investigate', order: 'o-1' }]),
    )
    expect(errors).toMatchObject([{ code: 'invalid_input' }])
  })
})

describe('Retry-After', () => {
  it('pauses a provider for an hour at most, and is reported', async () => {
    const { tracker, fake, errors } = await stages.open()
    const retryAfterMs = 50 * 365 * 24 * 3_600_000
    fake.fault = new PaymentError({
      code: 'rate_limited',
      provider: 'fake',
      message: 'too many',
      retryAfterMs,
    })
    await tracker.watch(orderOf('o-1', { provider: 'fake', id: 'p1' }, { schedule: [1, 60_000] }))
    await tracker.work()
    await until(async () => expect((await tracker.health()).pausedProviders).toHaveLength(1))
    const [pause] = (await tracker.health()).pausedProviders
    expect(Date.parse(pause?.until ?? '')).toBeLessThan(Date.now() + 3_700_000)
    expect(errors).toMatchObject([{ message: expect.stringContaining('Retry-After') }])
  })
})

describe('text that PostgreSQL cannot store', () => {
  it.each(['\0', '\ud800', 'a\udc00b'])('is replaced wherever others wrote it: %j', async (text) => {
    const { tracker, fake, errors, steps } = await stages.open()
    await tracker.work()
    await tracker.watch(orderOf('o-1', { provider: 'fake', id: 'p1' }))
    fake.set('p1', 'captured', { reference: `x${text}y`, facts: { message: text, [`name${text}`]: text } })
    const event = { ...fake.webhook('p1'), id: `event-${text}` }
    expect((await tracker.webhooks(fake.request(event))).status).toBe(200)
    await until(() => expect(steps()).toEqual(['fulfill']))
    await tracker.refresh('o-1')
    expect(errors).toEqual([])
    expect((await tracker.order('o-1'))?.payments[0]?.report.payment.reference).toContain('\ufffd')
  })
})

describe('a webhook that cannot be read', () => {
  it('is acknowledged, kept, and a task', async () => {
    const { tracker, fake } = await stages.open()
    const { provider, id, type, reply } = fake.recheck({ id: 'p1' })
    const event = { provider, id, type, reply, kind: 'unreadable', why: 'a field is missing' } as const
    expect((await tracker.webhooks(fake.request(event))).status).toBe(200)
    expect(await tracker.openTasks()).toMatchObject([{ kind: 'unreadable', why: 'a field is missing' }])
    expect((await tracker.health()).unreadable).toBe(1)
    expect(await tracker.ingestEvent(event)).toBe('duplicate')
  })
})

const wake = (kind: string) =>
  stage.rows(`insert into $schema_jobs.job (name, data) values ('upkeep', '{"kind":"${kind}"}')`)

describe('the night', () => {
  it('is taken over from a process that died in the middle of it, and repeated when the provider was away', async () => {
    const fake = createFake('fake', new Date(Date.now() - 86_400_000).toISOString())
    stage = await stages.open({}, fake)
    const { tracker } = stage
    for (const id of ['p1', 'p2']) {
      fake.set(id, 'captured')
      await tracker.watch(orderOf(`o-${id}`, { provider: 'fake', id }, { schedule: [3_600_000] }))
    }
    await tracker.work()
    fake.fault = new PaymentError({ code: 'unavailable', provider: 'fake', message: 'down' })
    await wake('nightly')
    await until(async () =>
      expect((await tracker.health()).comparisons).toMatchObject([{ part: 'heal', attempts: 1 }]),
    )
    expect((await tracker.health()).lastNight?.endedAt).toBeUndefined()
    fake.fault = undefined
    // The pause is over, and the lease of the worker with it.
    await stage.rows(
      'update $schema.comparisons set leased_until = now(); update $schema.providers set paused_until = null',
    )
    await wake('sweep')
    await until(() => expect(stage.steps()).toEqual(['fulfill', 'fulfill']))
    await until(async () => expect((await tracker.health()).comparisons).toEqual([]))
    const [{ day = '' } = {}] = await stage.rows('select day from $schema.reconciliations')
    expect(await tracker.reconciliation('fake', String(day))).toMatchObject({
      healed: 2,
      summary: { complete: true },
    })
    expect(await tracker.health()).toMatchObject({ lastSweepAt: expect.any(String), workers: [{}] })
  })

  it('holds up neither polls nor the sweep while a provider lists', async () => {
    const fake = createFake()
    let isListing = false
    fake.list = async function* (_, { signal } = {}) {
      isListing = true
      await new Promise((_, reject) => {
        signal?.addEventListener('abort', () => reject(signal.reason))
      })
      yield* []
    }
    stage = await stages.open({ limits: { fake: { perSecond: 100 } } }, fake)
    const { tracker } = stage
    await tracker.work()
    fake.set('p0', 'processing')
    await tracker.watch(orderOf('o-0', { provider: 'fake', id: 'p0' }))
    await wake('nightly')
    await until(() => expect(isListing).toBe(true))
    const before = (await tracker.health()).lastSweepAt
    fake.set('p1', 'captured')
    await tracker.watch(orderOf('o-1', { provider: 'fake', id: 'p1' }, { schedule: [1, 60_000] }))
    await until(() => expect(stage.steps()).toEqual(['fulfill']))
    await wake('sweep')
    await until(async () => expect((await tracker.health()).lastSweepAt).not.toBe(before))
    expect((await tracker.health()).comparisons).toMatchObject([{ part: 'list' }])
  })

  it('opens a task for a day that could not be compared, and compares it when the provider is back', async () => {
    const fake = createFake('fake', new Date(Date.now() - 86_400_000).toISOString())
    stage = await stages.open({}, fake)
    const { tracker, tasks } = stage
    fake.set('p1', 'captured')
    await tracker.watch(orderOf('o-1', { provider: 'fake', id: 'p1' }, { schedule: [3_600_000] }))
    await tracker.work()
    fake.fault = new PaymentError({ code: 'unavailable', provider: 'fake', message: 'down' })
    await wake('nightly')
    await until(() => expect(stage.errors).toHaveLength(1))
    const takeAgain = async (text: string) => {
      await stage.rows(`update $schema.providers set paused_until = null;
        update $schema.comparisons set leased_until = null${text}`)
      await wake('sweep')
    }
    await takeAgain(', attempts = 9')
    await until(() =>
      expect(tasks).toMatchObject([{ kind: 'difference', why: expect.stringContaining('compared') }]),
    )
    fake.fault = undefined
    await takeAgain('')
    await until(() => expect(stage.steps()).toEqual(['fulfill']))
    await until(async () => expect((await tracker.health()).comparisons).toEqual([]))
  })

  it('can be repeated by a person at once, after the provider was away', async () => {
    const fake = createFake('fake', '2026-11-21T08:00:00.000Z')
    const { rows, tracker } = await stages.open({}, fake)
    fake.set('p1', 'captured')
    fake.fault = new PaymentError({ code: 'unavailable', provider: 'fake', message: 'down' })
    await expect(tracker.reconcile('fake', '2026-11-21')).rejects.toMatchObject({ code: 'unavailable' })
    fake.fault = undefined
    await rows('update $schema.providers set paused_until = null')
    expect(await tracker.reconcile('fake', '2026-11-21')).toMatchObject({ healed: 1 })
  })

  it('takes turns at a provider: with one turn for a quarter of an hour, only the list is requested', async () => {
    const fake = createFake('fake', '2026-11-21T08:00:00.000Z')
    let lists = 0
    const { list } = fake
    const counting = Object.assign(fake, {
      list(...range: Parameters<typeof list>) {
        lists++
        return list(...range)
      },
    })
    const { tracker } = await stages.open({ limits: { fake: { perSecond: 1 / 900 } } }, counting)
    for (let number = 0; number < 6; number++) fake.set(`p${number}`, 'captured')
    await expect(tracker.reconcile('fake', '2026-11-21')).rejects.toMatchObject({ code: 'unavailable' })
    expect([lists, fake.asked]).toEqual([1, []])
  })
})

describe('work()', () => {
  it('that rejects leaves nothing running, and can be called again', async () => {
    let isBroken = true
    stage = await openStage({
      ...stages.database(),
      async executeSql(text, values) {
        if (isBroken && String(values?.[0]).startsWith('worker/')) throw new Error('the database went away')
        return stages.database().executeSql(text, values)
      },
    })
    const { tracker } = stage
    await expect(tracker.work()).rejects.toThrow('the database went away')
    await watchPaid(stage, 'p1')
    await sleep(1_500)
    expect(stage.steps()).toEqual([])
    isBroken = false
    await tracker.work()
    await until(() => expect(stage.steps()).toEqual(['fulfill']))
  })

  it('needs no notifications, which a pooler swallows', async () => {
    stage = await openStage({ ...stages.database(), listen: async () => ({ close: async () => {} }) })
    await stage.tracker.work()
    for (const id of ['p1', 'p2']) {
      await watchPaid(stage, id)
      await until(() => expect(stage.keys()).toContain(`fake/${id}/1`))
    }
  })
})
