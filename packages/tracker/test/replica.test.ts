import { Pool } from 'pg'
import { describe, expect, it } from 'vitest'
import { createTracker, fromPool } from '../src/index.ts'
import { postgresFolder, startPostgres } from './postgres-server.ts'
import { openStage, orderOf, until } from './stage.ts'

describe.skipIf(postgresFolder === undefined)(
  'a read replica (NOT TESTED where no PostgreSQL is installed)',
  () => {
    it('answers the lists, and the primary everything else', async () => {
      const primary = await startPostgres()
      const standby = await startPostgres([], primary.url)
      const [pool, replica] = [primary, standby].map(({ url }) => new Pool({ connectionString: url })) as [
        Pool,
        Pool,
      ]
      const stage = await openStage(fromPool(pool), { replica: fromPool(replica) })
      const { tracker, fake } = stage
      await standby.kill()
      fake.set('p1', 'captured')
      await tracker.watch(orderOf('o-1', { provider: 'fake', id: 'p1' }))
      await tracker.ingestEvent(fake.webhook('p1'))
      expect((await tracker.order('o-1'))?.orderStatus.status).toBe('captured')
      await expect(tracker.orders()).rejects.toThrow()
      await standby.start()
      await until(async () => expect((await tracker.orders()).orders).toMatchObject([{ order: 'o-1' }]))
      // The standby replays the order and the webhook one after the other.
      await until(async () => {
        const { payments } = await tracker.statistics()
        expect(payments).toMatchObject([{ status: 'captured', count: 1 }])
      })
      // A standby is no place for a tracker of its own.
      await expect(
        createTracker({
          payments: { has: () => false, provider: () => fake },
          database: fromPool(replica),
          onChange() {},
        }),
      ).rejects.toMatchObject({ code: 'invalid_input' })
      await tracker.stop()
      await pool.end()
      await replica.end()
      await standby.remove()
      await primary.remove()
    }, 60_000)
  },
)
