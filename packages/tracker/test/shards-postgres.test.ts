import { Pool } from 'pg'
import postgres from 'postgres'
import { describe, it } from 'vitest'
import { fromPool, fromPostgresJs } from '../src/index.ts'
import { postgresFolder, startPostgres } from './postgres-server.ts'
import { describeShards } from './shards.ts'

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
}
