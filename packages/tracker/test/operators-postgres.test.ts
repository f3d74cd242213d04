import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect as connectSocket, createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { WebhookEvent } from '@payment-status/core'
import { Client, Pool } from 'pg'
import postgres from 'postgres'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { type Database, fromPool, fromPostgresJs, migrations } from '../src/index.ts'
import { createFake } from './fake.ts'
import { type PostgresServer, postgresFolder, startPostgres } from './postgres-server.ts'
import { openStage, orderOf, type Stage, until, watchPaid } from './stage.ts'

let stage: Stage
afterEach(() => stage?.tracker.stop())

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

  it.concurrent.each<[string, (url: string) => { readonly database: Database; close(): Promise<unknown> }]>([
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
    'a database that disappears without a word is answered with 503 and reported, comes back, and stop() returns: %s',
    async (_, open) => {
      const proxy = await openProxy(new URL(server.url))
      const { database: far, close } = open(proxy.url)
      const stage = await openStage(far)
      const { tracker, fake } = stage
      await tracker.work()
      await watchPaid(stage, 'p1')
      await until(() => expect(stage.steps()).toEqual(['fulfill']))
      proxy.swallow()
      fake.set('p2', 'captured')
      const event = fake.webhook('p2')
      expect((await tracker.webhooks(fake.request(event))).status).toBe(503)
      expect(stage.errors).not.toEqual([])
      proxy.restore()
      await until(async () => expect((await tracker.webhooks(fake.request(event))).status).toBe(200))
      proxy.swallow()
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

  it('a standby is refused with a sentence', async () => {
    const standby = await startPostgres()
    const pool = new Pool({ connectionString: standby.url })
    await openStage(fromPool(pool), { schema: 'refused' })
    await standby.demote()
    await expect(openStage(fromPool(pool), { schema: 'refused' })).rejects.toMatchObject({
      code: 'invalid_input',
      message: expect.stringContaining('standby'),
    })
    await pool.end()
    await standby.remove()
  }, 60_000)

  it('a database that is read-only, or has no connection left, is answered 503, and loses nothing', async () => {
    const small = await startPostgres(['max_connections=12'])
    const pool = new Pool({ connectionString: small.url, max: 4 })
    const admin = new Client({ connectionString: small.url, options: '-c default_transaction_read_only=off' })
    await admin.connect()
    const setReadOnly = async (isReadOnly: 'on' | 'off') => {
      await admin.query(`alter database postgres set default_transaction_read_only = ${isReadOnly}`)
      await admin.query(`select pg_terminate_backend(pid) from pg_stat_activity
        where pid <> pg_backend_pid() and backend_type = 'client backend'`)
    }
    stage = await openStage(fromPool(pool))
    const { tracker, fake, schema } = stage
    const send = async (event: WebhookEvent) => (await tracker.webhooks(fake.request(event))).status
    await tracker.work()
    await tracker.watch(orderOf('o-1', { provider: 'fake', id: 'p1' }))
    fake.set('p1', 'captured')
    const event = fake.webhook('p1')
    await setReadOnly('on')
    await until(async () => expect(await send(event)).toBe(503))
    // The pool may first hand out a connection that was ended.
    await until(() =>
      expect(openStage(fromPool(pool), { schema })).rejects.toMatchObject({
        code: 'invalid_input',
        message: expect.stringContaining('read-only'),
      }),
    )
    const others: Client[] = []
    await setReadOnly('off')
    await until(async () => {
      const other = new Client({ connectionString: small.url })
      other.on('error', () => {})
      const isRefused = await other.connect().then(
        () => others.push(other) === 0,
        () => true,
      )
      expect(isRefused && (await send(event))).toBe(503)
    })
    for (const other of others) await other.end()
    await until(async () => expect(await send(event)).toBe(200))
    await until(() => expect(stage.keys()).toEqual(['fake/p1/1']))
    await tracker.stop()
    await admin.end()
    await pool.end()
    await small.remove()
  }, 60_000)

  it('an older dump that is restored under live workers delivers again what it lacks, under another id', async () => {
    const pool = new Pool({ connectionString: server.url })
    stage = await openStage(fromPool(pool))
    const { tracker, schema } = stage
    const schemas = [schema, `${schema}_jobs`]
    await tracker.work()
    await watchPaid(stage, 'p1')
    await tracker.watch(orderOf('o-p2', { provider: 'fake', id: 'p2' }, { schedule: Array(60).fill(200) }))
    await until(async () => expect((await tracker.health()).backlog).toBe(0))
    const dump = execFileSync(
      join(postgresFolder ?? '', 'pg_dump'),
      ['-d', server.url, '--inserts', ...schemas.flatMap((name) => ['-n', name])],
      { encoding: 'utf8' },
    ).replaceAll(/^\\.*$/gm, '')
    await watchPaid(stage, 'p2')
    await watchPaid(stage, 'p3')
    await until(() => expect(stage.keys()).toEqual(['fake/p1/1', 'fake/p2/1', 'fake/p3/1']))
    const admin = new Client({ connectionString: server.url })
    await admin.connect()
    await admin.query(`begin; drop schema ${schemas.join(', ')} cascade; ${dump}; commit`)
    await admin.end()
    // The order that the dump has is healed by polls; the one that it lacks, by the shop that watches it again.
    await watchPaid(stage, 'p3')
    const keys = ['fake/p1/1', 'fake/p2/1', 'fake/p3/1', 'fake/p2/1', 'fake/p3/1']
    await until(() => expect(stage.keys().toSorted()).toEqual(keys.toSorted()))
    expect(new Set(stage.changes.map(({ changeId }) => changeId)).size).toBe(5)
    await tracker.stop()
    await pool.end()
  }, 60_000)

  it("pg-boss's tables that are gone are reported, hold up no payment, and are made again by the next process", async () => {
    const pool = new Pool({ connectionString: server.url })
    stage = await openStage(fromPool(pool))
    const { tracker, fake, schema } = stage
    await tracker.work()
    await pool.query(`drop schema ${schema}_jobs cascade`)
    await watchPaid(stage, 'p1')
    await until(() => expect(stage.steps()).toEqual(['fulfill']))
    await until(() => expect(String(stage.errors[0])).toContain(`${schema}_jobs`))
    await tracker.stop()
    const { tracker: next, errors } = await openStage(fromPool(pool), { schema }, fake)
    await next.work()
    await pool.query(`insert into ${schema}_jobs.job (name, data) values ('upkeep', '{"kind":"nightly"}')`)
    await until(async () => expect((await next.health()).lastNight).toBeDefined())
    expect(errors).toEqual([])
    await next.stop()
    await pool.end()
  }, 60_000)

  it('a role that may not change tables works on those of migrations()', async () => {
    const schema = 'by_operator'
    const admin = new Client({ connectionString: server.url })
    await admin.connect()
    await admin.query(migrations(schema))
    await admin.query('create role shop login')
    for (const name of [schema, `${schema}_jobs`])
      await admin.query(`grant usage on schema ${name} to shop;
        grant select, insert, update, delete on all tables in schema ${name} to shop;
        grant usage on all sequences in schema ${name} to shop`)
    const pool = new Pool({ connectionString: server.url.replace('postgres@', 'shop@') })
    stage = await openStage(fromPool(pool), { schema, reconcile: { at: '02:00', timeZone: 'UTC' } })
    const { tracker } = stage
    await expect(pool.query(`create table ${schema}.other ()`)).rejects.toThrow('permission denied')
    await tracker.work()
    await watchPaid(stage, 'p1')
    await until(() => expect(stage.steps()).toEqual(['fulfill']))
    await admin.query(`insert into ${schema}_jobs.job (name, data) values ('upkeep', '{"kind":"nightly"}')`)
    await until(async () => expect((await tracker.health()).lastNight?.endedAt).toBeDefined())
    expect(stage.errors).toEqual([])
    await tracker.stop()
    await pool.end()
    await admin.end()
  }, 60_000)

  it('a handler that ends its process is counted, opens a task, and is called once a day after ten attempts', async () => {
    const pool = new Pool({ connectionString: server.url })
    stage = await openStage(fromPool(pool))
    const { tracker, schema } = stage
    await watchPaid(stage, 'p1')
    const dies = async () => {
      const [, signal] = await once(spawnWorker(server.url, schema), 'exit')
      expect(signal).toBe('SIGKILL')
      const [row] = await stage.rows(
        `select attempts, due_at > now() + interval '23 hours' as "isLate" from $schema.outbox where kind = 'change'`,
      )
      return row
    }
    expect(await dies()).toEqual({ attempts: 1, isLate: false })
    await stage.rows('update $schema.outbox set attempts = 9, due_at = now()')
    expect(await dies()).toEqual({ attempts: 10, isLate: true })
    expect(await tracker.openTasks()).toMatchObject([{ kind: 'investigate', order: 'o-p1' }])
    // Both processes are known to have worked, and not to work any longer.
    expect((await tracker.health()).workers).toHaveLength(2)
    await tracker.work()
    await watchPaid(stage, 'p2')
    await until(() => expect(stage.keys()).toEqual(['fake/p2/1']))
    await tracker.stop()
    await pool.end()
  }, 60_000)

  it('a limit for idle transactions that is shorter than a handler does not end its transaction', async () => {
    const pool = new Pool({
      connectionString: server.url,
      options: '-c idle_in_transaction_session_timeout=200ms -c statement_timeout=3s',
    })
    stage = await openStage(fromPool(pool), {
      async onChange(change, tx) {
        await sleep(600)
        await tx.executeSql('select 1')
        stage.changes.push(change)
      },
    })
    await stage.tracker.work()
    await watchPaid(stage, 'p1')
    await until(() => expect(stage.keys()).toEqual(['fake/p1/1']))
    expect(stage.errors).toEqual([])
    await stage.tracker.stop()
    await pool.end()
  }, 60_000)

  it('a statement_timeout of three seconds ends no part of a night that takes longer', async () => {
    const pool = new Pool({ connectionString: server.url, options: '-c statement_timeout=3s' })
    const fake = createFake('fake', '2026-11-21T08:00:00.000Z')
    const { list } = fake
    fake.list = async function* (range, options) {
      if (range.from.toISOString() === '2026-11-21T00:00:00.000Z') await sleep(3_200)
      yield* list(range, options)
    }
    stage = await openStage(fromPool(pool), { retentionDays: 30 }, fake)
    const { tracker } = stage
    await watchPaid(stage, 'p1')
    await stage.rows(`insert into $schema.orders (id, terms, not_before, schedule, status, state, watched, changed_at)
        select 'old-' || n, '{}', now(), '[]', 'captured', 'decided', true, now() - interval '31 days' from generate_series(1, 5000) n;
      insert into $schema.payments (provider, id, order_id, version, report, status)
        select 'fake', 'old-' || n, 'old-' || n, 1, '{}', 'captured' from generate_series(1, 5000) n;
      insert into $schema.evidence (provider, payment_id, kind, content)
        select 'fake', 'old-' || n, 'webhook', '{}' from generate_series(1, 5000) n, generate_series(1, 4)`)
    await tracker.work()
    await stage.rows(`insert into $schema_jobs.job (name, data) values ('upkeep', '{"kind":"nightly"}')`)
    expect(await tracker.reconcile('fake', '2026-11-21')).toMatchObject({ summary: { complete: true } })
    await until(async () => expect((await tracker.health()).lastNight?.endedAt).toBeDefined())
    await until(async () => expect((await tracker.health()).backlog).toBe(0))
    expect(await stage.rows('select id from $schema.orders')).toEqual([{ id: 'o-p1' }])
    expect(await stage.rows('select distinct payment_id from $schema.evidence')).toEqual([
      { payment_id: 'p1' },
    ])
    expect(stage.errors).toEqual([])
    await tracker.stop()
    await pool.end()
  }, 60_000)

  it('statements of a webhook are planned once for a connection, and not for each webhook', async () => {
    const pool = new Pool({ connectionString: server.url, max: 1 })
    stage = await openStage(fromPool(pool))
    for (let number = 0; number < 20; number++) await watchPaid(stage, `planned-${number}`)
    for (let number = 0; number < 20; number++) {
      stage.fake.set(`unknown-${number}`, 'captured')
      await stage.tracker.ingestEvent(stage.fake.webhook(`unknown-${number}`))
    }
    const { rows } = await pool.query(
      'select statement, custom_plans::int from pg_prepared_statements where generic_plans + custom_plans > 10',
    )
    expect(rows.length).toBeGreaterThan(5)
    // The server plans five times before it compares the costs.
    expect(rows.filter(({ custom_plans }) => custom_plans > 5)).toEqual([])
    await stage.tracker.stop()
    await pool.end()
  }, 60_000)
})

/** Starts a process whose handler ends it, as a crash in the shop's own code does. */
function spawnWorker(url: string, schema: string) {
  const [index, driver] = ['../src/index.ts', 'pg'].map((name) => import.meta.resolve(name))
  const script = `
    const { createTracker, fromPool } = await import(${JSON.stringify(index)})
    const { default: pg } = await import(${JSON.stringify(driver)})
    const tracker = await createTracker({
      payments: { has: () => false, provider() {} },
      database: fromPool(new pg.Pool({ connectionString: ${JSON.stringify(url)} })),
      schema: ${JSON.stringify(schema)},
      onChange: () => process.kill(process.pid, 'SIGKILL'),
    })
    await tracker.work()`
  return spawn(
    process.execPath,
    ['--conditions=@payment-status/source', '--input-type=module', '-e', script],
    {
      stdio: ['ignore', 'inherit', 'inherit'],
    },
  )
}

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
    /** Forwards again. A host that comes back resets the connections it does not know. */
    restore() {
      isSwallowing = false
      for (const socket of sockets) socket.destroy()
      sockets.clear()
    },
    close() {
      for (const socket of sockets) socket.destroy()
      server.close()
    },
  }
}
