// The claims of docs/claims.md on real servers, each claim's process with a connection of its own.
import { deepStrictEqual, strictEqual } from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { testClaimsContract } from '@payment-status/testing'
import { Pool } from 'pg'
import { createClient } from 'redis'
import { postgresClaims, webhookClaimsTable } from './postgres-claims.ts'
import { postgresFolder, startPostgres } from './postgres-server.ts'
import { redisClaims } from './redis-claims.ts'

const expect = (actual: unknown) => ({
  toBe: (expected: unknown) => strictEqual(actual, expected),
  toEqual: (expected: unknown) => deepStrictEqual(actual, expected),
})
const runner = { describe, it, expect }

/** Where there is no server, that is said and nothing is tested. */
function skipWithout(found: boolean, server: string): { readonly skip: string | false } {
  return { skip: found ? false : `NOT TESTED: there is no ${server} on this machine` }
}

describe('in PostgreSQL,', skipWithout(postgresFolder !== undefined, 'PostgreSQL server'), () => {
  let server: Awaited<ReturnType<typeof startPostgres>>
  const pools: Pool[] = []
  before(async () => {
    server = await startPostgres()
    await connect().query(webhookClaimsTable)
  })
  after(async () => {
    for (const pool of pools) await pool.end()
    await server.remove()
  })

  function connect(): Pool {
    const pool = new Pool({ connectionString: server.url, max: 4 })
    pool.on('error', () => {}) // a connection that the server ends with itself
    pools.push(pool)
    return pool
  }

  testClaimsContract(runner, { create: (options) => postgresClaims(connect(), options) })
})

const redis = process.env.REDIS_SERVER ?? 'redis-server'

describe('in Redis,', skipWithout(hasRedis(), 'redis-server'), () => {
  const folder = mkdtempSync(join(tmpdir(), 'redis-'))
  const socket = join(folder, 'redis.sock')
  const opened: { destroy(): void }[] = []
  let stop = async () => {}
  before(async () => {
    const settings = ['--port', '0', '--unixsocket', socket, '--appendonly', 'yes', '--dir', folder]
    const server = spawn(redis, settings, { stdio: 'ignore' })
    stop = async () => {
      if (server.kill()) await once(server, 'exit')
    }
    for (let attempt = 0; attempt < 200; attempt++) {
      const answers = await connect().then(
        () => true,
        () => false,
      )
      if (answers) return
      await sleep(50)
    }
    throw new Error('redis-server does not answer')
  })
  after(async () => {
    for (const client of opened) client.destroy()
    await stop()
    rmSync(folder, { recursive: true, force: true })
  })

  async function connect() {
    const client = createClient({ socket: { path: socket, tls: false, reconnectStrategy: false } })
    client.on('error', () => {})
    await client.connect()
    opened.push(client)
    return client
  }

  testClaimsContract(runner, { create: async (options) => redisClaims(await connect(), options) })
})

function hasRedis(): boolean {
  try {
    execFileSync(redis, ['--version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
