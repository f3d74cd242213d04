import { sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/node-postgres'
import { Kysely, PostgresDialect } from 'kysely'
import { Pool } from 'pg'
import postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fromDrizzle, fromKysely, fromPool, fromPostgresJsTransaction, type Sql } from '../src/index.ts'
import { type PostgresServer, postgresFolder, startPostgres } from './postgres-server.ts'
import { openStage, orderOf, type Stage, until } from './stage.ts'

const VOID = 2278

/** The shop writes an order with its own library, and goes on with what the tracker takes, in one transaction. */
type TakeOrder = (order: string, goOn: (tx: Sql) => Promise<void>) => Promise<void>

describe.skipIf(postgresFolder === undefined)(
  'a transaction of the shop (NOT TESTED without PostgreSQL)',
  () => {
    let server: PostgresServer
    let pool: Pool
    let stage: Stage
    let postgresJs: postgres.Sql
    beforeAll(async () => {
      server = await startPostgres()
      pool = new Pool({ connectionString: server.url })
      postgresJs = postgres(server.url, { max: 2, onnotice: () => {} })
      await pool.query('create table shop_orders (id text primary key)')
      stage = await openStage(fromPool(pool))
      await stage.tracker.work()
    }, 60_000)
    afterAll(async () => {
      await stage?.tracker.stop()
      await pool?.end()
      await postgresJs?.end()
      await server?.remove()
    })

    const ways: Readonly<Record<string, TakeOrder>> = {
      async pg(order, goOn) {
        const client = await pool.connect()
        try {
          await client.query('begin')
          await client.query('insert into shop_orders values ($1)', [order])
          await goOn({
            async executeSql(text, values) {
              const result = await client.query(text, values)
              // A column of this type is more than Prisma can read.
              expect(result.fields.map(({ dataTypeID }) => dataTypeID)).not.toContain(VOID)
              return result
            },
          })
          await client.query('commit')
        } catch (error) {
          await client.query('rollback')
          throw error
        } finally {
          client.release()
        }
      },
      async 'postgres.js'(order, goOn) {
        await postgresJs.begin(async (tx) => {
          await tx`insert into shop_orders values (${order})`
          await goOn(fromPostgresJsTransaction(tx))
        })
      },
      async Drizzle(order, goOn) {
        await drizzle(pool).transaction(async (tx) => {
          await tx.execute(sql`insert into shop_orders values (${order})`)
          await goOn(fromDrizzle(tx, sql))
        })
      },
      async 'Drizzle on postgres.js'(order, goOn) {
        const { drizzle } = await import('drizzle-orm/postgres-js')
        await drizzle(postgresJs).transaction(async (tx) => {
          await tx.execute(sql`insert into shop_orders values (${order})`)
          await goOn(fromDrizzle(tx, sql))
        })
      },
      async Kysely(order, goOn) {
        const kysely = new Kysely<{ shop_orders: { id: string } }>({ dialect: new PostgresDialect({ pool }) })
        await kysely.transaction().execute(async (tx) => {
          await tx.insertInto('shop_orders').values({ id: order }).execute()
          await goOn(fromKysely(tx))
        })
      },
    }

    it.each(Object.entries(ways))(
      'of %s takes the tracker along: all of it, or nothing',
      async (name, take) => {
        const { tracker, fake } = stage
        const id = `p-${name}`
        const order = `o-${name}`
        const isTaken = async () => {
          const { rowCount } = await pool.query('select from shop_orders where id = $1', [order])
          return { shop: rowCount === 1, tracker: (await tracker.order(order)) !== undefined }
        }
        fake.set(id, 'captured')
        const goOn = async (tx: Sql) => {
          await tracker.watch(orderOf(order, { provider: 'fake', id }), tx)
          await tracker.ingest(fake.report(id, 'response'), tx)
          expect(await tracker.ingestEvent(fake.webhook(id), tx)).toBe('ingested')
        }
        const changedItsMind = new Error('the shop changed its mind')
        const given = take(order, async (tx) => {
          await goOn(tx)
          throw changedItsMind
        })
        await expect(given).rejects.toBe(changedItsMind)
        expect(await isTaken()).toEqual({ shop: false, tracker: false })
        await take(order, goOn)
        expect(await isTaken()).toEqual({ shop: true, tracker: true })
        await until(() => expect(stage.keys()).toContain(`fake/${id}/1`))
      },
    )
  },
)
