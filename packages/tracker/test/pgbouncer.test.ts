import { Pool } from 'pg'
import postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fromPool, fromPostgresJs } from '../src/index.ts'
import { pgbouncer, startPgbouncer } from './pgbouncer.ts'
import { type PostgresServer, postgresFolder, startPostgres } from './postgres-server.ts'
import { openStage, orderOf, until, watchPaid } from './stage.ts'

describe.skipIf(postgresFolder === undefined || pgbouncer === undefined)(
  'behind PgBouncer in transaction mode (NOT TESTED where it is not installed)',
  () => {
    let server: PostgresServer
    let bouncer: Awaited<ReturnType<typeof startPgbouncer>>
    beforeAll(async () => {
      server = await startPostgres()
      bouncer = await startPgbouncer(server.url)
    }, 60_000)
    afterAll(async () => {
      await bouncer.stop()
      await server.remove()
    })

    it.each(['pg', 'postgres.js'] as const)(
      'orders are watched, polled and delivered, with the shop’s own transaction: %s',
      async (driver) => {
        const pool = new Pool({ connectionString: bouncer.url })
        const sql = postgres(bouncer.url, { onnotice: () => {}, prepare: false })
        const database = driver === 'pg' ? fromPool(pool) : fromPostgresJs(sql)
        const stage = await openStage(database, {
          async onChange(change, tx) {
            await tx.executeSql('select 1')
            stage.changes.push(change)
          },
        })
        const { tracker, fake } = stage
        await tracker.work()
        const names = Array.from({ length: 20 }, (_, index) => `p${index}`)
        await Promise.all(names.map((id) => watchPaid(stage, id)))
        await until(() => expect(stage.steps().filter((step) => step === 'fulfill')).toHaveLength(20))
        fake.set('polled', 'captured')
        const { db, commit, rollback } = await database.beginTransaction()
        const order = orderOf('o-polled', { provider: 'fake', id: 'polled' }, { schedule: [1, 60_000] })
        await tracker.watch(order, db)
        await commit()
        await rollback()
        await until(() => expect(stage.changes.map(({ order: name }) => name)).toContain('o-polled'))
        expect(stage.errors).toEqual([])
        await tracker.stop()
        await pool.end()
        await sql.end({ timeout: 1 })
      },
      60_000,
    )
  },
)
