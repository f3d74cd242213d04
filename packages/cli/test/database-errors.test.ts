import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type PostgresServer, postgresFolder, startPostgres } from '../../tracker/test/postgres-server.ts'
import { createFolder, run } from './run.ts'

const env = { STRIPE_SECRET_KEY: 'sk_test_madeUp', STRIPE_WEBHOOK_SECRET: 'whsec_madeUp' }

describe.skipIf(postgresFolder === undefined)('a PostgreSQL that the service cannot use', () => {
  let server: PostgresServer
  let stranger: string

  beforeAll(async () => {
    server = await startPostgres()
    const client = new pg.Client(server.url)
    await client.connect()
    await client.query('create role guest login; create role crowded login connection limit 0')
    await client.query('create database shop')
    await client.end()
    const web = createServer((_, response) => response.end('a web page')).listen(0, '127.0.0.1')
    await once(web, 'listening')
    afterAll(() => void web.close())
    stranger = `127.0.0.1:${(web.address() as AddressInfo).port}`
  }, 60_000)
  afterAll(() => server?.remove())

  const sentences: readonly (readonly [what: string, change: (url: URL) => void, sentence: RegExp])[] = [
    [
      'a role that may not create schemas',
      (url) => Object.assign(url, { username: 'guest', pathname: '/shop' }),
      /the role has no right to create schemas: run "grant create on database … to …".*\(42501\)/,
    ],
    [
      'a database that does not exist',
      (url) => Object.assign(url, { pathname: '/none' }),
      /the database of DATABASE_URL does not exist\. Create it, or correct the name \(3D000\)/,
    ],
    [
      'a role that does not exist',
      (url) => Object.assign(url, { username: 'nemo' }),
      /the server rejects the role\. Correct DATABASE_URL.*\(28000\)/,
    ],
    [
      'no free connection',
      (url) => Object.assign(url, { username: 'crowded' }),
      /the server has no free connection\. Raise max_connections.*\(53300\)/,
    ],
    [
      'a server without TLS where the URL demands it',
      (url) => url.searchParams.set('sslmode', 'verify-full'),
      /the server does not offer TLS.*sslmode/,
    ],
    [
      'a server that is not PostgreSQL',
      (url) => Object.assign(url, { host: stranger }),
      /the server closed the connection.*port/,
    ],
  ]

  it.each(sentences)('%s gets a sentence that says what to do', async (_, change, sentence) => {
    const url = new URL(server.url)
    change(url)
    const { code, stderr } = await run(['track', '--port', '0'], {
      env: { ...env, DATABASE_URL: url.href },
      cwd: createFolder().path,
    })
    expect([code, stderr]).toEqual([3, expect.stringMatching(sentence)])
    expect(stderr).not.toMatch(/ {4}at |nemo|guest|crowded/)
  })
})
