import { readFileSync } from 'node:fs'
import { PGlite } from '@electric-sql/pglite'
import { testClaimsContract } from '@payment-status/testing'
import type { WebhookEvent } from 'payment-status'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { postgresClaims, webhookClaimsTable } from '../src/postgres-claims.ts'

const database = new PGlite()
beforeAll(async () => {
  await database.query(webhookClaimsTable)
}, 60_000)
beforeEach(async () => {
  await database.query('truncate webhook_claims')
})
afterAll(() => database.close())

const event = (id = 'evt_1', provider = 'acme-pay'): WebhookEvent => ({
  provider,
  id,
  type: 'something.happened',
  reply: { status: 200, body: '', contentType: 'text/plain' },
  kind: 'unrelated',
})
/** Each of these is a process of its own, that shares nothing with the others but the table. */
const makeProcess = () => postgresClaims(database)
const letLeasesRunOut = () =>
  database.query("update webhook_claims set expires_at = now() - interval '1 second'")

describe('claims in PostgreSQL', () => {
  testClaimsContract({ describe, it, expect }, { create: (options) => postgresClaims(database, options) })

  it('are the ones in the documentation', () => {
    const page = readFileSync(new URL('../../docs/webhooks.md', import.meta.url), 'utf8')
    const code = readFileSync(new URL('../src/postgres-claims.ts', import.meta.url), 'utf8')
    expect(page).toContain(`\`\`\`ts\n${code}\`\`\`\n`)
  })

  it('are new once, then busy, and done for good', async () => {
    const [one, other] = [makeProcess(), makeProcess()]
    const mine = event()
    expect(await one.begin(mine)).toBe('new')
    expect(await other.begin(event())).toBe('busy')
    await one.end(mine, 'done')
    expect(await other.begin(event())).toBe('done')
    await letLeasesRunOut()
    expect(await other.begin(event())).toBe('done')
  })

  it('are of one provider and one event', async () => {
    const claims = makeProcess()
    expect(await claims.begin(event('evt_1'))).toBe('new')
    expect(await claims.begin(event('evt_2'))).toBe('new')
    expect(await claims.begin(event('evt_1', 'another'))).toBe('new')
  })

  it('that failed are new again at once', async () => {
    const [one, other] = [makeProcess(), makeProcess()]
    const mine = event()
    await one.begin(mine)
    await one.end(mine, 'failed')
    expect(await other.begin(event())).toBe('new')
  })

  it('that are abandoned expire', async () => {
    const [one, other] = [makeProcess(), makeProcess()]
    await one.begin(event())
    await letLeasesRunOut()
    expect(await other.begin(event())).toBe('new')
    expect(await one.begin(event())).toBe('busy')
  })

  it('of ten at once are new for one', async () => {
    const answers = await Promise.all(Array.from({ length: 10 }, () => makeProcess().begin(event())))
    expect(answers.toSorted()).toEqual([...Array<string>(9).fill('busy'), 'new'])
  })

  it('are released by their owner only: a process that took too long does not release another one’s', async () => {
    const [slow, next, third] = [makeProcess(), makeProcess(), makeProcess()]
    const [late, taken] = [event(), event()]
    await slow.begin(late)
    await letLeasesRunOut()
    expect(await next.begin(taken)).toBe('new')
    await slow.end(late, 'failed')
    expect(await third.begin(event())).toBe('busy')
    await next.end(taken, 'failed')
    expect(await third.begin(event())).toBe('new')
  })

  it('are not released by a process that found them busy', async () => {
    const [one, other] = [makeProcess(), makeProcess()]
    const mine = event()
    await one.begin(event())
    expect(await other.begin(mine)).toBe('busy')
    await other.end(mine, 'failed')
    await other.end(mine, 'done')
    expect(await other.begin(event())).toBe('busy')
  })

  it('of work that was done late are done, even if another process holds them now', async () => {
    const [slow, next, third] = [makeProcess(), makeProcess(), makeProcess()]
    const [late, taken] = [event(), event()]
    await slow.begin(late)
    await letLeasesRunOut()
    await next.begin(taken)
    await slow.end(late, 'done')
    await next.end(taken, 'failed')
    expect(await third.begin(event())).toBe('done')
  })

  it('of work that was done after their release are done', async () => {
    const [slow, next, third] = [makeProcess(), makeProcess(), makeProcess()]
    const [late, taken] = [event(), event()]
    await slow.begin(late)
    await letLeasesRunOut()
    await next.begin(taken)
    await next.end(taken, 'failed')
    await slow.end(late, 'done')
    expect(await third.begin(event())).toBe('done')
  })
})
