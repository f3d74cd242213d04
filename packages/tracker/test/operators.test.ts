import { connect as connectSocket, createServer, type Socket } from 'node:net'
import { PaymentError } from '@payment-status/core'
import { Client, Pool } from 'pg'
import postgres from 'postgres'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { type Database, fromPool, fromPostgresJs, type Task, type Tracker } from '../src/index.ts'
import { openEmbedded } from '../src/pglite.ts'
import { createFake } from './fake.ts'
import { type PostgresServer, postgresFolder, startPostgres } from './postgres-server.ts'
import { openStage, orderOf, type Stage, until } from './stage.ts'

let database: Database & { close(): Promise<void> }
let stage: Stage
beforeAll(async () => {
  database = await openEmbedded('memory://')
}, 60_000)
afterEach(() => stage.tracker.stop())
afterAll(() => database.close())

const paid = async (id: string, order = `o-${id}`) => {
  await stage.tracker.watch(orderOf(order, { provider: 'fake', id }))
  stage.fake.set(id, 'captured')
  await stage.tracker.ingestEvent(stage.fake.webhook(id))
}

describe('a handler', () => {
  it.each<[string, (tracker: Tracker) => Promise<unknown>]>([
    ['unwatch', (tracker) => tracker.unwatch('o-p1')],
    ['order', (tracker) => tracker.order('o-p1')],
    ['health', (tracker) => tracker.health()],
    ['watch', (tracker) => tracker.watch(orderOf('o-p1', { provider: 'fake', id: 'p1' }))],
  ])('that calls %s without its transaction does not wait for itself', async (_, call) => {
    let tracker: Tracker | undefined
    stage = await openStage(database, {
      onChange: async (change) => {
        if (tracker) await call(tracker)
        stage.changes.push(change)
      },
    })
    tracker = stage.tracker
    await tracker.work()
    await paid('p1')
    await until(() => expect(stage.steps()).toContain('fulfill'))
    expect(stage.errors).toEqual([])
  })

  it('that would send a request inside of its transaction is refused with a sentence', async () => {
    stage = await openStage(database, {
      onChange: ({ order }) => void stage.tracker.refresh(order).catch((error) => stage.errors.push(error)),
    })
    await stage.tracker.work()
    await paid('p1')
    await until(() =>
      expect(stage.errors).toMatchObject([
        { code: 'invalid_input', message: expect.stringContaining('refresh') },
      ]),
    )
  })

  it('whose transaction fails at its commit is counted, and becomes a task', async () => {
    const tasks: Task[] = []
    stage = await openStage(database, {
      onTask: (task) => void tasks.push(task),
      onChange: async (_, tx) => {
        await tx.executeSql(`insert into ${stage.schema}.children values (1)`)
      },
    })
    await stage.rows(`create table $schema.parents (id int primary key);
      create table $schema.children (id int references $schema.parents deferrable initially deferred)`)
    await paid('p1')
    await stage.rows('update $schema.outbox set attempts = 4')
    await stage.tracker.work()
    await until(() => expect(tasks).toMatchObject([{ kind: 'investigate', order: 'o-p1' }]))
    expect(
      (await stage.rows("select attempts from $schema.outbox where kind = 'change'"))[0]?.attempts,
    ).toBeGreaterThan(4)
  })

  it('has its attempt counted before it is called', async () => {
    let seen: unknown
    stage = await openStage(database, {
      onChange: async (change, tx) => {
        const { rows } = await tx.executeSql(
          `select attempts from ${stage.schema}.outbox where kind = 'change'`,
        )
        seen = rows
        stage.changes.push(change)
      },
    })
    await stage.tracker.work()
    await paid('p1')
    await until(() => expect(seen).toEqual([{ attempts: 1 }]))
  })
})

describe('a change', () => {
  it('has an id that no restore can repeat', async () => {
    stage = await openStage(database)
    const { tracker } = stage
    await tracker.work()
    await paid('p1')
    await until(() => expect(stage.changes).toHaveLength(1))
    await stage.rows(`set payment_status.purging = 'yes'; delete from $schema.evidence; reset payment_status.purging;
      delete from $schema.payments; delete from $schema.targets; delete from $schema.outbox; delete from $schema.orders`)
    await paid('p1')
    await until(() => expect(stage.changes).toHaveLength(2))
    const [first, second] = stage.changes
    expect(second?.key).toBe(first?.key)
    expect(second?.changeId).not.toBe(first?.changeId)
  })
})

describe('a backlog', () => {
  it('does not keep a new order from being polled', async () => {
    stage = await openStage(database, { limits: { fake: { perSecond: 4, atOnce: 2 } } })
    const { tracker, fake } = stage
    await stage.rows(`insert into $schema.targets (provider, kind, value, watched, due_at, priority)
      select 'fake', 'id', 'late-' || n, true, now() - interval '1 hour', n % 4 from generate_series(1, 2000) n`)
    fake.set('new', 'captured')
    await tracker.watch(orderOf('o-new', { provider: 'fake', id: 'new' }, { schedule: [1, 60_000] }))
    await tracker.work()
    await until(() => expect(stage.steps()).toEqual(['fulfill']))
    expect(fake.asked.filter((id) => id !== 'new').length).toBeLessThan(100)
  })

  it('of keys that belong to no order ends after a few tries, one at a time', async () => {
    stage = await openStage(database, { limits: { fake: { perSecond: 1000 } } })
    const { tracker, fake } = stage
    for (const name of ['a', 'b', 'c']) await tracker.ingestEvent(fake.recheck({ id: `forged-${name}` }))
    await tracker.work()
    await until(async () => {
      await stage.rows(
        'update $schema.targets set due_at = now() where due_at > now() and leased_until is null',
      )
      expect(await stage.rows('select value from $schema.targets where due_at is not null')).toEqual([])
    })
    for (const name of ['a', 'b', 'c'])
      expect(fake.asked.filter((id) => id === `forged-${name}`).length).toBeLessThanOrEqual(6)
  })
})

describe('polls of a provider that this version does not know', () => {
  it('are kept for the version that knows it', async () => {
    const removed = createFake('removed')
    const first = await openStage(database, {}, removed)
    await first.tracker.watch(orderOf('o-1', { provider: 'removed', id: 'p1' }, { schedule: [1, 60_000] }))
    await first.tracker.stop()
    stage = await openStage(database, { schema: first.schema })
    await stage.tracker.work()
    await paid('p2')
    await until(() => expect(stage.steps()).toEqual(['fulfill']))
    expect((await stage.tracker.order('o-1'))?.state).toBe('waiting')
    await stage.tracker.stop()
    removed.set('p1', 'captured')
    stage = await openStage(database, { schema: first.schema }, removed)
    await stage.tracker.work()
    await until(() => expect(stage.steps()).toEqual(['fulfill']))
  })
})

describe('an id that no lookup can find', () => {
  it('is a task that says what to watch instead', async () => {
    stage = await openStage(database)
    const { tracker, fake } = stage
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
    expect(stage.errors).toMatchObject([{ code: 'invalid_input' }])
  })
})

describe('Retry-After', () => {
  it('pauses a provider for an hour at most, and is reported', async () => {
    stage = await openStage(database)
    const { tracker, fake } = stage
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
    expect(stage.errors).toMatchObject([{ message: expect.stringContaining('Retry-After') }])
  })
})

describe('text that PostgreSQL cannot store', () => {
  it.each(['\0', '\ud800', 'a\udc00b'])('is replaced wherever others wrote it: %j', async (text) => {
    stage = await openStage(database)
    const { tracker, fake } = stage
    await tracker.work()
    await tracker.watch(orderOf('o-1', { provider: 'fake', id: 'p1' }))
    fake.set('p1', 'captured', { reference: `x${text}y`, facts: { message: text } })
    const event = { ...fake.webhook('p1'), id: `event-${text}` }
    expect((await tracker.webhooks(fake.request(event))).status).toBe(200)
    await until(() => expect(stage.steps()).toEqual(['fulfill']))
    await tracker.refresh('o-1')
    expect(stage.errors).toEqual([])
    expect((await tracker.order('o-1'))?.payments[0]?.report.payment.reference).toContain('\ufffd')
  })
})

describe('a webhook that cannot be read', () => {
  it('is acknowledged, kept, and a task', async () => {
    stage = await openStage(database)
    const { tracker, fake } = stage
    const { provider, id, type, reply } = fake.recheck({ id: 'p1' })
    const event = { provider, id, type, reply, kind: 'unreadable', why: 'a field is missing' } as const
    expect((await tracker.webhooks(fake.request(event))).status).toBe(200)
    expect(await tracker.openTasks()).toMatchObject([{ kind: 'unreadable', why: 'a field is missing' }])
    expect((await tracker.health()).unreadable).toBe(1)
    expect(await tracker.ingestEvent(event)).toBe('duplicate')
  })
})

describe('the night', () => {
  const wake = (kind: string) =>
    stage.rows(`insert into $schema_jobs.job (name, data) values ('upkeep', '{"kind":"${kind}"}')`)

  it('is taken over from a process that died in the middle of it, and repeated when the provider was away', async () => {
    const fake = createFake('fake', new Date(Date.now() - 86_400_000).toISOString())
    stage = await openStage(database, {}, fake)
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

  it('keeps to the limits of a provider', async () => {
    const fake = createFake('fake', '2026-11-21T08:00:00.000Z')
    stage = await openStage(database, { limits: { fake: { perSecond: 2 } } }, fake)
    for (let number = 0; number < 6; number++) fake.set(`p${number}`, 'captured')
    await stage.tracker.reconcile('fake', '2026-11-21')
    const [{ taken } = {}] = await stage.rows(
      'select extract(epoch from slot_at - (select min(received_at) from $schema.payments)) as taken from $schema.providers',
    )
    // Seven turns of half a second each, counted by the database.
    expect(Number(taken)).toBeGreaterThan(2)
  })
})

describe.skipIf(postgresFolder === undefined)('on PostgreSQL (NOT TESTED where none is installed)', () => {
  let server: PostgresServer
  beforeAll(async () => {
    server = await startPostgres()
  }, 60_000)
  afterAll(() => server.remove())

  it('a shop that holds the row of one order does not take the pool from the others', async () => {
    const pool = new Pool({ connectionString: server.url, max: 4 })
    stage = await openStage(fromPool(pool))
    const { tracker, fake } = stage
    for (const id of ['p1', 'p2']) {
      fake.set(id, 'captured')
      await tracker.watch(orderOf(`o-${id}`, { provider: 'fake', id }))
    }
    const shop = new Pool({ connectionString: server.url, max: 1 })
    const holder = await shop.connect()
    await holder.query(`begin; select from ${stage.schema}.orders where id = 'o-p1' for update`)
    const event = fake.webhook('p1')
    const waiting = Array.from({ length: 10 }, () => tracker.webhooks(fake.request(event)))
    let isOver = false
    const all = Promise.all(waiting).then((answers) => {
      isOver = true
      return answers
    })
    expect((await tracker.webhooks(fake.request(fake.webhook('p2')))).status).toBe(200)
    expect(isOver).toBe(false)
    await holder.query('commit')
    holder.release()
    expect((await all).map(({ status }) => status)).toEqual(Array.from({ length: 10 }, () => 200))
    await tracker.stop()
    await pool.end()
    await shop.end()
  }, 60_000)

  it.each<[string, (url: string) => { readonly database: Database; close(): Promise<unknown> }]>([
    [
      'pg',
      (url) => {
        const pool = new Pool({ connectionString: url, max: 4 })
        return { database: fromPool(pool), close: () => pool.end() }
      },
    ],
    [
      'postgres.js',
      (url) => {
        const sql = postgres(url, { max: 4, onnotice: () => {} })
        return { database: fromPostgresJs(sql), close: () => sql.end({ timeout: 1 }) }
      },
    ],
  ])(
    'a database that disappears without a word is answered with 503, and stop() returns: %s',
    async (_, open) => {
      const proxy = await openProxy(new URL(server.url))
      const { database: far, close } = open(proxy.url)
      stage = await openStage(far)
      const { tracker, fake } = stage
      await tracker.work()
      await paid('p1')
      await until(() => expect(stage.steps()).toEqual(['fulfill']))
      proxy.swallow()
      fake.set('p2', 'captured')
      expect((await tracker.webhooks(fake.request(fake.webhook('p2')))).status).toBe(503)
      await tracker.stop()
      proxy.close()
      await close().catch(() => {})
    },
    90_000,
  )

  it('sessions that are ended do not end the process: postgres.js', async () => {
    const sql = postgres(server.url, { max: 4, onnotice: () => {} })
    stage = await openStage(fromPostgresJs(sql))
    const { tracker, fake } = stage
    await tracker.work()
    const admin = new Client({ connectionString: server.url })
    admin.on('error', () => {})
    await admin.connect()
    for (let round = 0; round < 5; round++) {
      // A session that has just been ended may still be given out: then opening it fails.
      const transaction = await vi.waitFor(() => fromPostgresJs(sql).beginTransaction(), { timeout: 20_000 })
      // Each connection begins with postgres.js's own query for types, whose end no caller can catch: docs/tracker.md says so.
      await admin.query(
        `select pg_terminate_backend(pid) from pg_stat_activity
         where application_name = 'postgres.js' and query <> '' and query not like '%typarray%'`,
      )
      await expect(transaction.db.executeSql('select 1')).rejects.toThrow()
      await transaction.rollback()
    }
    fake.set('p1', 'captured')
    await until(async () => {
      await tracker.watch(orderOf('o-p1', { provider: 'fake', id: 'p1' }))
      await tracker.ingestEvent(fake.webhook('p1'))
    })
    await until(() => expect(stage.steps()).toContain('fulfill'))
    await tracker.stop()
    await sql.end({ timeout: 1 })
    await admin.end()
  }, 60_000)

  it('a default isolation level that rejects half of what is written at once is not used', async () => {
    const pool = new Pool({
      connectionString: server.url,
      options: '-c default_transaction_isolation=serializable',
    })
    stage = await openStage(fromPool(pool))
    const names = Array.from({ length: 40 }, (_, index) => `p${index}`)
    const results = await Promise.allSettled(
      names.map((id) => stage.tracker.watch(orderOf(`o-${id}`, { provider: 'fake', id }))),
    )
    expect(results.filter(({ status }) => status === 'rejected')).toEqual([])
    await stage.tracker.stop()
    await pool.end()
  }, 60_000)
})

/** A proxy to a server that can stop to forward anything, and keeps every connection open. */
async function openProxy(target: URL) {
  const sockets = new Set<Socket>()
  let isSwallowing = false
  const server = createServer((client) => {
    const upstream = connectSocket(Number(target.port), target.hostname)
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(from)
      from.on('error', () => {})
      from.on('data', (data) => {
        if (!isSwallowing) to.write(data)
      })
    }
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : 0
  return {
    url: `postgres://${target.username}@127.0.0.1:${port}${target.pathname}`,
    swallow() {
      isSwallowing = true
    },
    close() {
      for (const socket of sockets) socket.destroy()
      server.close()
    },
  }
}
