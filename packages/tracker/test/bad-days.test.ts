import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { PaymentError } from '@payment-status/core'
import { Pool } from 'pg'
import postgres from 'postgres'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Database, fromPool, fromPostgresJs, migrations } from '../src/index.ts'
import { openEmbedded } from '../src/pglite.ts'
import { inTransaction } from '../src/store/tables.ts'
import { createFake } from './fake.ts'
import { type PostgresServer, postgresFolder, startPostgres } from './postgres-server.ts'
import { openStage, orderOf, type Stage, until } from './stage.ts'

describe('a directory', () => {
  const directory = mkdtempSync(join(tmpdir(), 'tracker-'))
  afterAll(() => rmSync(directory, { recursive: true, force: true }))

  it('belongs to one process, however often another one asks, and to the next when that one is dead', async () => {
    const holder = await startHolder(directory)
    await expect(openEmbedded(directory)).rejects.toMatchObject({ code: 'invalid_input' })
    // Stopped, not dead: it may go on at any time.
    holder.kill('SIGSTOP')
    await expect(openEmbedded(directory)).rejects.toThrow('another process')
    holder.kill('SIGCONT')
    holder.kill('SIGKILL')
    await new Promise((done) => holder.once('exit', done))
    const database = await openEmbedded(directory)
    expect((await database.executeSql('select count(*)::int as n from kept')).rows).toEqual([{ n: 1 }])
    await expect(openEmbedded(directory)).rejects.toMatchObject({ code: 'invalid_input' })
    await database.close()
    await (await openEmbedded(directory)).close()
  }, 120_000)
})

const MOST_ATTEMPTS = 10

/** Repeats a call as providers and shops do: what waits too long for a busy order is rejected, and comes again. */
async function repeated(call: () => Promise<unknown>): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      const done = await call()
      if (!(done instanceof Response) || done.status === 200) return
      if (attempt === MOST_ATTEMPTS) throw new Error(`answered with ${done.status}`)
    } catch (error) {
      if (attempt === MOST_ATTEMPTS) throw error
    }
  }
}

/** Another process, which has the directory open and a row in it. */
async function startHolder(directory: string): Promise<ChildProcess> {
  const module = fileURLToPath(new URL('../src/pglite.ts', import.meta.url))
  const script = `
    const { openEmbedded } = await import(${JSON.stringify(module)})
    const database = await openEmbedded(${JSON.stringify(directory)})
    await database.executeSql('create table kept (id int); insert into kept values (1)')
    console.log('open')
    setInterval(() => {}, 1000)`
  const child = spawn(
    process.execPath,
    ['--conditions=@payment-status/source', '--input-type=module', '-e', script],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  await new Promise((done) => child.stdout?.once('data', done))
  return child
}

const drivers = {
  pg(url: string) {
    const pool = new Pool({ connectionString: url })
    return { database: fromPool(pool), close: () => pool.end() }
  },
  'postgres.js'(url: string) {
    const sql = postgres(url, { max: 10, onnotice: () => {} })
    return { database: fromPostgresJs(sql), close: () => sql.end({ timeout: 1 }) }
  },
} as const

describe.skipIf(postgresFolder === undefined).each(['pg', 'postgres.js'] as const)(
  'on PostgreSQL, with %s (NOT TESTED where none is installed)',
  (driver) => {
    let server: PostgresServer
    let pool: Pool
    let shop: ReturnType<(typeof drivers)[typeof driver]>
    const stages: Stage[] = []
    const open = async (
      ...[options, fake]: [Parameters<typeof openStage>[1]?, Parameters<typeof openStage>[2]?]
    ) => {
      const stage = await openStage(shop.database, options, fake)
      stages.push(stage)
      return stage
    }
    beforeAll(async () => {
      server = await startPostgres()
      // For looking on, whichever driver the shop has.
      pool = new Pool({ connectionString: server.url })
      pool.on('error', () => {})
    }, 60_000)
    // Its own connections for each test: postgres.js may reject the next statement on one that was ended.
    beforeEach(() => {
      shop = drivers[driver](server.url)
    })
    afterEach(async () => {
      for (const stage of stages.splice(0)) await stage.tracker.stop()
      await shop.close()
    })
    afterAll(async () => {
      await pool.end()
      await server.remove()
    })

    it('several processes can start at once', async () => {
      const schema = 'start_at_once'
      const started = await Promise.all([1, 2, 3, 4].map(() => open({ schema })))
      await Promise.all(started.map(({ tracker }) => tracker.work()))
      const [first] = started
      expect(await first?.rows('select number from $schema.migrations')).toEqual([{ number: 1 }])
      expect(started.flatMap(({ errors }) => errors)).toEqual([])
    })

    it('a process that is killed in the middle of a migration leaves nothing of it behind', async () => {
      const [index, postgresModule] = ['../src/index.ts', 'pg'].map((name) => import.meta.resolve(name))
      const script = `
      const { createTracker, fromPool } = await import(${JSON.stringify(index)})
      const { default: pg } = await import(${JSON.stringify(postgresModule)})
      const database = fromPool(new pg.Pool({ connectionString: ${JSON.stringify(server.url)} }))
      const beginTransaction = async () => {
        const { db, ...rest } = await database.beginTransaction()
        const executeSql = async (text, values) => {
          if (text.includes('create table killed.outbox')) process.kill(process.pid, 'SIGKILL')
          return db.executeSql(text, values)
        }
        return { ...rest, db: { executeSql } }
      }
      const payments = { has: () => false, provider() {} }
      await createTracker({ payments, database: { ...database, beginTransaction }, schema: 'killed', onChange() {} })`
      const child = spawn(
        process.execPath,
        ['--conditions=@payment-status/source', '--input-type=module', '-e', script],
        { stdio: ['ignore', 'inherit', 'inherit'] },
      )
      const [, signal] = await once(child, 'exit')
      expect(signal).toBe('SIGKILL')
      const schemas = await pool.query("select from pg_namespace where nspname in ('killed', 'killed_jobs')")
      expect(schemas.rowCount).toBe(0)
      const stage = await open({ schema: 'killed' })
      expect(await stage.rows('select number from $schema.migrations')).toEqual([{ number: 1 }])
    })

    it('tables of a newer version are left alone', async () => {
      const stage = await open()
      await stage.rows('insert into $schema.migrations (number) values (99)')
      await expect(open({ schema: stage.schema })).rejects.toThrow(
        'use a newer version of @payment-status/tracker',
      )
    })

    it('the printed migrations make the same tables', async () => {
      await pool.query(migrations('by_hand'))
      const stage = await open({ schema: 'by_hand' })
      expect(await stage.rows('select number from $schema.migrations')).toEqual([{ number: 1 }])
      await stage.tracker.watch(orderOf('o-1', { provider: 'fake', id: 'p1' }))
    })

    it('a database that crashes and comes back loses nothing that was acknowledged, and the process lives', async () => {
      const stage = await open()
      const { tracker, fake } = stage
      await tracker.work()
      for (const id of ['p1', 'p2', 'p3']) {
        fake.set(id, 'captured')
        await tracker.watch(orderOf(`o-${id}`, { provider: 'fake', id }))
      }
      expect((await tracker.webhooks(fake.request(fake.webhook('p1')))).status).toBe(200)
      await server.kill()
      const missed = fake.webhook('p2')
      expect((await tracker.webhooks(fake.request(missed))).status).toBe(503)
      await expect(tracker.watch(orderOf('o-4', { provider: 'fake', id: 'p4' }))).rejects.toThrow()
      await expect(open()).rejects.toThrow()
      await server.start()
      await until(async () => expect((await tracker.webhooks(fake.request(missed))).status).toBe(200))
      expect((await tracker.webhooks(fake.request(fake.webhook('p3')))).status).toBe(200)
      // What a worker had in its hands comes back when its lease ends; here time passes by hand.
      await stage.rows(
        `update $schema.outbox set due_at = now() - interval '1 hour' where delivered_at is null`,
      )
      await until(() =>
        expect(new Set(stage.keys())).toEqual(new Set(['fake/p1/1', 'fake/p2/1', 'fake/p3/1'])),
      )
    })

    it('a database that is away for an hour is waited for, and then everything goes on', async () => {
      const stage = await open()
      const { tracker, fake } = stage
      await tracker.work()
      const hour = 3_600_000
      // One to look at in half an hour, one whose webhook comes meanwhile, one with a recheck.
      for (const [id, wait] of [
        ['later', hour / 2],
        ['told', 2 * hour],
        ['doubted', 2 * hour],
      ] as const) {
        fake.set(id, 'processing')
        await tracker.watch(orderOf(`o-${id}`, { provider: 'fake', id }, { schedule: [wait] }))
        await tracker.ingest(fake.report(id, 'response'))
      }
      await until(() => expect(stage.keys()).toHaveLength(3))
      fake.fault = new PaymentError({ code: 'unavailable', provider: 'fake', message: 'down' })
      await tracker.ingestEvent(fake.recheck({ id: 'doubted' }))
      await until(async () => expect((await tracker.health()).pausedProviders).toHaveLength(1))
      await server.kill()
      fake.fault = undefined
      for (const id of ['later', 'told', 'doubted']) fake.set(id, 'captured')
      const told = fake.webhook('told')
      for (let time = 0; time < 3; time++)
        expect((await tracker.webhooks(fake.request(told))).status).toBe(503)
      await expect(tracker.health()).rejects.toThrow()
      await server.start()
      // Everything that is stored is an hour older now.
      await until(async () => {
        await stage.rows(`update $schema.targets set due_at = due_at - interval '1 hour', recheck_since = recheck_since - interval '1 hour';
        update $schema.providers set paused_until = paused_until - interval '1 hour', slot_at = slot_at - interval '1 hour';
        update $schema.outbox set due_at = due_at - interval '1 hour' where delivered_at is null`)
      })
      await until(async () => expect((await tracker.webhooks(fake.request(told))).status).toBe(200))
      await until(() => {
        for (const id of ['later', 'told', 'doubted']) expect(stage.keys()).toContain(`fake/${id}/2`)
      })
      expect(stage.steps().filter((step) => step === 'fulfill')).toHaveLength(3)
    })

    it('a connection that is killed under a webhook leaves nothing of it, and it comes again', async () => {
      const stage = await open()
      const { tracker, fake } = stage
      await tracker.watch(orderOf('o-1', { provider: 'fake', id: 'p1' }))
      fake.set('p1', 'captured')
      const news = fake.webhook('p1')
      const holder = await pool.connect()
      await holder.query('begin')
      await holder.query(`select from ${stage.schema}.orders for update`)
      const answer = tracker.webhooks(fake.request(news))
      await until(async () => {
        const { rowCount } = await pool.query(
          `select pg_terminate_backend(pid) from pg_stat_activity
         where wait_event_type = 'Lock' and query like '%' || $1 || '.orders where id%for update%'`,
          [stage.schema],
        )
        expect(rowCount).toBe(1)
      })
      expect((await answer).status).toBe(503)
      await holder.query('commit')
      holder.release()
      expect(await stage.rows('select from $schema.evidence')).toEqual([])
      expect((await tracker.order('o-1'))?.payments).toEqual([])
      expect((await tracker.webhooks(fake.request(news))).status).toBe(200)
      await tracker.work()
      await until(() => expect(stage.keys()).toEqual(['fake/p1/1']))
    })

    it('a webhook that waits for another writer of its order is decided on what that one wrote', async () => {
      const stage = await open()
      const { tracker, fake } = stage
      await tracker.watch(orderOf('o-1', { provider: 'fake', id: 'p1' }))
      fake.set('p1', 'captured')
      const holder = await pool.connect()
      await holder.query('begin')
      await holder.query(
        `update ${stage.schema}.orders set fulfilled_by = 'fake/p0', revision = revision + 1`,
      )
      const answer = tracker.webhooks(fake.request(fake.webhook('p1')))
      await until(async () => {
        const { rowCount } = await pool.query(
          `select from pg_stat_activity where wait_event_type = 'Lock' and query like '%' || $1 || '.orders where id%for update%'`,
          [stage.schema],
        )
        expect(rowCount).toBe(1)
      })
      await holder.query('commit')
      holder.release()
      expect((await answer).status).toBe(200)
      expect(await stage.rows("select step -> 'step' ->> 'kind' as step from $schema.orders")).toEqual([
        { step: 'investigate' },
      ])
      expect(await stage.rows('select fulfilled_by from $schema.orders')).toEqual([
        { fulfilled_by: 'fake/p0' },
      ])
    })

    it('a webhook that waits for its order to be watched holds nothing the watching needs', async () => {
      const stage = await open()
      const { tracker, fake, schema } = stage
      fake.set('p1', 'processing', { reference: 'r1' })
      await tracker.webhooks(fake.request(fake.webhook('p1')))
      fake.set('p1', 'captured', { reference: 'r1' })
      const shop = await pool.connect()
      let answer: Promise<Response> | undefined
      await shop.query('begin')
      await tracker.watch(orderOf('o-1', { provider: 'fake', reference: 'r1' }), {
        async executeSql(text, values) {
          if (text.includes('.payments p set order_id')) {
            answer = tracker.webhooks(fake.request(fake.webhook('p1')))
            await until(async () => {
              const { rowCount } = await pool.query(
                `select from pg_stat_activity where wait_event_type = 'Lock' and query like '%' || $1 || '.targets%for update%'`,
                [schema],
              )
              expect(rowCount).toBe(1)
            })
            await pool.query(`select from ${schema}.targets where value = 'p1' for update nowait`)
          }
          return shop.query(text, values)
        },
      })
      await shop.query('commit')
      shop.release()
      expect((await answer)?.status).toBe(200)
      expect(await stage.rows('select order_id, version, status from $schema.payments')).toEqual([
        { order_id: 'o-1', version: 3, status: 'captured' },
      ])
    })

    it('a webhook whose commit got no answer is found when it is delivered again', async () => {
      const plain = shop.database
      let isLost = true
      const database: Database = {
        ...plain,
        async executeSql(text, values) {
          const result = await plain.executeSql(text, values)
          if (!isLost || !text.includes('.evidence (')) return result
          isLost = false
          throw new Error('the connection broke')
        },
      }
      const stage = await open({ database })
      const { tracker, fake } = stage
      await tracker.watch(orderOf('o-1', { provider: 'fake', id: 'p1' }))
      fake.set('p1', 'captured')
      const news = fake.webhook('p1')
      expect((await tracker.webhooks(fake.request(news))).status).toBe(503)
      expect((await tracker.webhooks(fake.request(news))).status).toBe(200)
      expect(await stage.rows('select version from $schema.evidence')).toEqual([{ version: 1 }])
      await tracker.work()
      await until(() => expect(stage.keys()).toEqual(['fake/p1/1']))
    })

    it('many webhooks of one order at once are ingested one after the other, whatever polls and sweeps do', async () => {
      const stage = await open({ limits: { fake: { perSecond: 1000 } } })
      const { tracker, fake } = stage
      const payments = ['p1', 'p2', 'p3']
      const watched = (number: number) =>
        orderOf('o-1', { provider: 'fake', reference: `attempt-${number}` }, { schedule: [1, 1, 1] })
      await tracker.watch(watched(0))
      await tracker.work()
      const said = { p1: 'failed', p2: 'captured', p3: 'captured' } as const
      const work: Promise<unknown>[] = []
      const events = payments.flatMap((id) =>
        (['processing', said[id as 'p1']] as const).map((status) => {
          fake.set(id, status, { reference: 'attempt-0' })
          return fake.webhook(id)
        }),
      )
      for (let round = 0; round < 4; round++) {
        for (const event of events) work.push(repeated(() => tracker.webhooks(fake.request(event))))
        work.push(
          repeated(() => tracker.watch(watched(round))),
          repeated(() => tracker.refresh('o-1')),
        )
        work.push(
          stage.rows(`insert into $schema_jobs.job (name, data) values ('upkeep', '{"kind":"sweep"}')`),
        )
        work.push(repeated(() => tracker.ingestEvent(fake.recheck({ id: payments[round % 3] ?? '' }))))
      }
      await Promise.all(work)
      await until(async () => {
        const view = await tracker.order('o-1')
        expect(view?.payments.map(({ report, recheck }) => [report.payment.status, recheck])).toEqual(
          payments.map((id) => [said[id as 'p1'], undefined]),
        )
        expect((await tracker.health()).backlog).toBe(0)
      })
      // Each webhook once, each version once, in order, and the money taken for one delivery.
      expect(
        await stage.rows(
          "select count(*)::int as n from $schema.evidence where event_id is not null and kind = 'webhook'",
        ),
      ).toEqual([{ n: events.length }])
      for (const id of payments) {
        const versions = stage.changes.flatMap(({ key, report }) =>
          report.payment.id === id ? [Number(key.split('/')[2])] : [],
        )
        expect(versions).toEqual(versions.map((_, index) => index + 1))
      }
      expect(stage.steps().filter((step) => step === 'fulfill')).toHaveLength(1)
      expect(stage.errors).toEqual([])
    })

    it('a connection that is killed under a handler rolls it back, and the change comes again', async () => {
      let kill = true
      const stage = await open({
        onChange: async ({ key }, tx) => {
          await tx.executeSql(`insert into ${stage.schema}.effects values ($1)`, [key])
          if (!kill) return
          kill = false
          const { rows } = await tx.executeSql('select pg_backend_pid() as pid')
          await pool.query('select pg_terminate_backend($1)', [rows[0].pid])
          await tx.executeSql('select 1')
        },
      })
      const { tracker, fake } = stage
      await stage.rows('create table $schema.effects (key text primary key)')
      await tracker.work()
      await tracker.watch(orderOf('o-1', { provider: 'fake', id: 'p1' }))
      fake.set('p1', 'captured')
      await tracker.ingestEvent(fake.webhook('p1'))
      await until(async () =>
        expect(await stage.rows('select key from $schema.effects')).toEqual([{ key: 'fake/p1/1' }]),
      )
    })

    it('a pooler that forgets prepared statements costs one more try', async () => {
      const pooled = new Pool({ connectionString: server.url, max: 1 })
      const database = fromPool(pooled)
      let tries = 0
      const ask = () =>
        inTransaction(database, async (tx) => {
          tries++
          return (await tx.executeSql('select $1::int as n', [7])).rows
        })
      for (let time = 0; time < 3; time++) expect(await ask()).toEqual([{ n: 7 }])
      const prepared = async () => (await pooled.query('select from pg_prepared_statements')).rowCount
      expect(await prepared()).toBe(1)
      await pooled.query('deallocate all')
      expect(await ask()).toEqual([{ n: 7 }])
      expect(tries).toBe(5)
      expect(await prepared()).toBe(0)
      await pooled.end()
    })

    it('two orders that claim one target at the same moment: one of them is refused', async () => {
      const { tracker } = await open()
      const results = await Promise.allSettled(
        ['a', 'b', 'c', 'd'].map((order) =>
          tracker.watch(orderOf(order, { provider: 'fake', reference: 'r' })),
        ),
      )
      expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
      for (const result of results)
        if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'invalid_input' })
    })

    it('an order and its webhook at the same moment find each other', async () => {
      const stage = await open()
      const { tracker, fake } = stage
      await tracker.work()
      const names = Array.from({ length: 25 }, (_, index) => `${index}`)
      await Promise.all(
        names.flatMap((name) => {
          fake.set(`p${name}`, 'captured', { reference: `r${name}` })
          return [
            tracker.watch(orderOf(`o-${name}`, { provider: 'fake', reference: `r${name}` })),
            tracker.ingestEvent(fake.webhook(`p${name}`)),
            tracker.ingestEvent(fake.webhook(`p${name}`)),
          ]
        }),
      )
      await until(() => expect(stage.steps().filter((step) => step === 'fulfill')).toHaveLength(25))
      expect(stage.errors).toEqual([])
    })

    it('a provider that is down is left alone, and not stormed when it is back', async () => {
      const stage = await open({ limits: { fake: { perSecond: 50, atOnce: 5 } } })
      const { tracker, fake } = stage
      fake.fault = new PaymentError({ code: 'unavailable', provider: 'fake', message: 'down' })
      const names = Array.from({ length: 40 }, (_, index) => `p${index}`)
      for (const id of names)
        await tracker.watch(orderOf(`o-${id}`, { provider: 'fake', id }, { schedule: [1, 600_000] }))
      await tracker.work()
      await until(async () => expect((await tracker.health()).pausedProviders).toHaveLength(1))
      const asked = fake.asked.length
      expect(asked).toBeLessThan(40)
      fake.fault = undefined
      for (const id of names) fake.set(id, 'captured')
      await until(() => expect(stage.steps()).toHaveLength(40))
      // Each once more, and those that were asking when it went down.
      expect(fake.asked.length).toBeLessThanOrEqual(40 + asked + 10)
    })

    it('orders of a provider that was removed wait, and a webhook of it is not found', async () => {
      const removed = createFake('removed')
      const first = await open({}, removed)
      await first.tracker.watch(orderOf('o-1', { provider: 'removed', id: 'p1' }, { schedule: [1] }))
      removed.set('p1', 'processing')
      await first.tracker.ingest(removed.report('p1', 'lookup'))
      await first.tracker.stop()
      const second = await open({ schema: first.schema })
      await second.tracker.work()
      expect((await second.tracker.webhooks(removed.request(removed.webhook('p1')))).status).toBe(404)
      removed.set('p1', 'captured')
      await second.tracker.ingest(removed.report('p1', 'lookup'))
      await until(() => expect(second.steps()).toEqual(['wait', 'fulfill']))
    })

    it('a worker whose clock is an hour off decides as the others do', async () => {
      const stage = await open()
      const { tracker, fake } = stage
      await tracker.work()
      await tracker.watch(orderOf('o-1', { provider: 'fake', id: 'p1' }))
      const skewed = new Proxy(Date, {
        construct: (target, args: []) =>
          args.length > 0 ? new target(...args) : new target(target.now() + 3_600_000),
        get: (target, name) => (name === 'now' ? () => target.now() + 3_600_000 : Reflect.get(target, name)),
      })
      const real = globalThis.Date
      fake.set('p1', 'processing')
      globalThis.Date = skewed
      const ahead = fake.report('p1', 'lookup')
      await tracker.ingest(ahead)
      globalThis.Date = real
      // An hour behind the first by the clocks of those who looked, a moment after it by the database's.
      fake.set('p1', 'captured')
      await tracker.ingest(fake.report('p1', 'lookup'))
      await until(() => expect(stage.steps()).toEqual(['wait', 'fulfill']))
    })
  },
)
