// A worker in workerd, asked over HTTP, with its claims in D1 as Miniflare runs it; and the contract of claims on that D1.
import { deepStrictEqual, strictEqual } from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { testClaimsContract } from '@payment-status/testing'
import { Miniflare } from 'miniflare'
import { d1Claims, webhookClaimsTable } from './d1-claims.ts'
import { signedDelivery } from './endpoint.mjs'

const workers = new Miniflare({
  modules: true,
  scriptPath: 'worker.bundle.mjs',
  compatibilityDate: '2026-01-01',
  d1Databases: ['DATABASE'],
})
after(() => workers.dispose())
const origin = await workers.ready
const database = await workers.getD1Database('DATABASE')
await database.prepare(webhookClaimsTable).run()
await database.prepare('create table received (id text not null)').run()

it('a worker takes a signed webhook once, and refuses a forged one', async () => {
  const { body, headers } = await signedDelivery()
  const send = async (text: string) =>
    (await fetch(new URL('/webhooks/stripe', origin), { method: 'POST', headers, body: text })).status
  const first = await Promise.all([send(body), send(body)])
  deepStrictEqual(
    first.filter((status) => status !== 503),
    first.includes(503) ? [200] : [200, 200],
  )
  deepStrictEqual([await send(body), await send(`${body} `)], [200, 401])
  strictEqual(await database.prepare('select count(*) as received from received').first('received'), 1)
})

const expect = (actual: unknown) => ({
  toBe: (expected: unknown) => strictEqual(actual, expected),
  toEqual: (expected: unknown) => deepStrictEqual(actual, expected),
})

describe('in D1,', () => {
  testClaimsContract({ describe, it, expect }, { create: (options) => d1Claims(database, options) })
})
