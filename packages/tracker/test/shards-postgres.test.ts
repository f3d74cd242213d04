import { createPayments } from 'payment-status'
import { Pool } from 'pg'
import postgres from 'postgres'
import { describe, expect, it } from 'vitest'
import { type Change, createShardedTracker, fromPool, fromPostgresJs } from '../src/index.ts'
import { createFake } from './fake.ts'
import { postgresFolder, startPostgres } from './postgres-server.ts'
import { describeShards } from './shards.ts'
import { orderOf, until } from './stage.ts'

if (postgresFolder === undefined) {
  describe('a tracker over two PostgreSQL databases', () => {
    it.skip('NOT TESTED: no PostgreSQL server is installed', () => {})
  })
} else {
  // One shard by each driver.
  describeShards(
    'a tracker over two PostgreSQL databases',
    async () => {
      const server = await startPostgres()
      const pool = new Pool({ connectionString: server.url })
      await pool.query('create database west')
      const sql = postgres(server.url.replace(/postgres$/, 'west'), { max: 10, onnotice: () => {} })
      return {
        east: fromPool(pool),
        west: fromPostgresJs(sql),
        async close() {
          await pool.end()
          await sql.end()
          await server.remove()
        },
      }
    },
    { withNights: false },
  )

  it('a process starts while the server of one shard is down, and works there when it is back', async () => {
    const [east, west] = [await startPostgres(), await startPostgres()]
    await west.stop()
    const fake = createFake('one')
    const changes: Change[] = []
    const errors: unknown[] = []
    // postgres.js waits longer with each failed connection, so the shard that is down is pg's.
    const sql = postgres(east.url, { max: 4, onnotice: () => {} })
    const pool = new Pool({ connectionString: west.url, max: 4 })
    const shardOptions = [fromPostgresJs(sql), fromPool(pool)].map((database) => ({
      payments: createPayments([fake]),
      database,
      onChange: (change: Change) => void changes.push(change),
      onError: (error: unknown) => void errors.push(error),
    }))
    const tracker = await createShardedTracker({
      shards: shardOptions,
      shardOf: (order) => (order === 'e-1' ? 0 : 1),
    })
    await tracker.work()
    expect(errors).not.toEqual([])
    expect((await tracker.health()).shards).toEqual([
      { name: '0', isReachable: true },
      { name: '1', isReachable: false },
    ])
    for (const id of ['e-1', 'w-1']) fake.set(id, 'captured')
    await tracker.watch(orderOf('e-1', { provider: 'one', id: 'e-1' }))
    expect((await tracker.webhooks(fake.request(fake.webhook('e-1')))).status).toBe(200)
    await until(() => expect(changes.map(({ order }) => order)).toEqual(['e-1']))
    // It may be of the shard that is down.
    const event = fake.webhook('w-1')
    expect((await tracker.webhooks(fake.request(event))).status).toBe(503)
    await west.start()
    await until(() => tracker.watch(orderOf('w-1', { provider: 'one', id: 'w-1' })))
    expect((await tracker.webhooks(fake.request(event))).status).toBe(200)
    await until(() => expect(changes.map(({ order }) => order)).toEqual(['e-1', 'w-1']))
    await tracker.stop()
    await Promise.all([pool.end(), sql.end({ timeout: 1 })])
    await Promise.all([east.remove(), west.remove()])
  }, 60_000)
}
