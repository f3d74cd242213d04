import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { testClaimsContract } from '@payment-status/testing'
import { createClient } from 'redis'
import { createStorage } from 'unstorage'
import fsDriver from 'unstorage/drivers/fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type D1Like, d1Claims } from '../src/d1-claims.ts'
import { redisClaims } from '../src/redis-claims.ts'
import { sqliteClaims, webhookClaimsTable } from '../src/sqlite-claims.ts'
import { unstorageClaims } from '../src/unstorage-claims.ts'

const runner = { describe, it, expect }
const folder = mkdtempSync(join(tmpdir(), 'claims-'))
const opened: { close(): unknown }[] = []
afterAll(async () => {
  for (const each of opened.splice(0)) await each.close()
  rmSync(folder, { recursive: true, force: true })
})

/** A connection of its own to the one file, as each process has. */
function connect(): DatabaseSync {
  const database = new DatabaseSync(join(folder, 'claims.sqlite'), { timeout: 10_000 })
  opened.push(database)
  database.exec(webhookClaimsTable)
  return database
}

describe('in SQLite,', () => {
  testClaimsContract(runner, { create: (options) => sqliteClaims(connect(), options) })
})

// D1 is SQLite behind another interface; `pnpm test:stacks workers` runs it in workerd.
describe('in D1’s interface over SQLite,', () => {
  const toD1 = (database: DatabaseSync): D1Like => ({
    prepare: (sql) => ({
      bind: (...values) => ({
        first: async () => database.prepare(sql).get(...values) ?? null,
        run: async () => database.prepare(sql).run(...values),
      }),
    }),
  })
  testClaimsContract(runner, { create: (options) => d1Claims(toD1(connect()), options) })
})

describe('in a folder, by unstorage,', () => {
  const storage = createStorage({ driver: fsDriver({ base: join(folder, 'storage') }) })
  // In one process: what claims share there is one object, so a brief lease is not another's.
  const processes = new Map<number, ReturnType<typeof unstorageClaims>>()
  testClaimsContract(runner, {
    exclusive: 'process',
    create({ leaseMs }) {
      const claims = processes.get(leaseMs) ?? unstorageClaims(storage, { leaseMs })
      processes.set(leaseMs, claims)
      return claims
    },
  })
})

const redisServer = findRedis()

describe.skipIf(!redisServer)(`in Redis${redisServer ? '' : ' (NOT TESTED: no redis-server here)'},`, () => {
  let server: ChildProcess
  const socket = join(folder, 'redis.sock')
  beforeAll(async () => {
    server = spawn(redisServer ?? '', ['--port', '0', '--unixsocket', socket, '--save', '', '--dir', folder])
    const [line] = await once(server.stdout ?? process.stdin, 'data')
    expect(String(line)).not.toBe('')
    await waitUntilReady()
  }, 30_000)
  afterAll(() => server?.kill())

  async function waitUntilReady(): Promise<void> {
    for (let attempt = 0; attempt < 100; attempt++) {
      const client = createClient({ socket: { path: socket, reconnectStrategy: false } }).on(
        'error',
        () => {},
      )
      const ready = await client.connect().then(
        () => true,
        () => false,
      )
      client.destroy()
      if (ready) return
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    throw new Error('redis-server does not answer')
  }

  testClaimsContract(runner, {
    async create(options) {
      const client = createClient({ socket: { path: socket, tls: false } })
      await client.connect()
      opened.push({ close: () => client.destroy() })
      return redisClaims(client, options)
    },
  })
})

function findRedis(): string | undefined {
  const command = process.env.REDIS_SERVER ?? 'redis-server'
  try {
    execFileSync(command, ['--version'], { stdio: 'ignore' })
    return command
  } catch {
    return undefined
  }
}
