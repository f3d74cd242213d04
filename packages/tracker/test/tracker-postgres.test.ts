import { Pool } from 'pg'
import postgres from 'postgres'
import { describe, it } from 'vitest'
import { fromPool, fromPostgresJs } from '../src/index.ts'
import { describeTracker } from './behaviour.ts'
import { postgresFolder, startPostgres } from './postgres-server.ts'

if (postgresFolder === undefined) {
  describe('a tracker on PostgreSQL', () => {
    it.skip('NOT TESTED: no PostgreSQL server is installed', () => {})
  })
} else {
  describeTracker('a tracker on a pg pool', async () => {
    const server = await startPostgres()
    const pool = new Pool({ connectionString: server.url })
    return {
      ...fromPool(pool),
      async close() {
        await pool.end()
        await server.remove()
      },
    }
  })

  describeTracker('a tracker on postgres.js', async () => {
    const server = await startPostgres()
    const sql = postgres(server.url, { max: 10, onnotice: () => {} })
    return {
      ...fromPostgresJs(sql),
      async close() {
        await sql.end()
        await server.remove()
      },
    }
  })
}
