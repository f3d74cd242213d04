import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { Database } from '../src/index.ts'
import { createStatusPage } from '../src/page/index.ts'
import { openEmbedded } from '../src/pglite.ts'
import { openStage, orderOf, type Stage } from './stage.ts'

const at = 'http://127.0.0.1:4000/status'

describe('the status page', () => {
  let database: Database & { close(): Promise<void> }
  let stage: Stage
  beforeAll(async () => {
    database = await openEmbedded('memory://')
  }, 60_000)
  afterEach(() => stage.tracker.stop())
  afterAll(() => database.close())

  const get = async (url: string, options: Parameters<typeof createStatusPage>[1] = {}) =>
    createStatusPage(stage.tracker, options)(new Request(url))

  async function hear(order: string, id: string, reference = `ref-${id}`) {
    const { tracker, fake } = stage
    await tracker.watch(orderOf(order, { provider: 'fake', id }))
    fake.set(id, 'captured', { reference })
    await tracker.ingestEvent(fake.webhook(id))
  }

  it('finds an order by its own id, and by an id or a reference of its payment', async () => {
    stage = await openStage(database)
    await hear('o-1', 'p1', 'r-1')
    await hear('o-2', 'p2', 'r-2')
    for (const question of ['o-1', 'p1', 'r-1', ' o-1 ']) {
      const text = await (await get(`${at}?find=${encodeURIComponent(question)}`)).text()
      expect(text).toContain('<h1>Order <bdi>o-1</bdi></h1>')
      expect(text).toContain('the funds are taken: paid')
      expect(text).toContain('payment.changed')
      expect(text).toContain('applied')
      expect(text).not.toContain('o-2')
    }
    expect((await get(`${at}?find=nobody`)).status).toBe(404)
    expect((await get(`${at}?order=nobody`)).status).toBe(404)
  })

  it('shows figures, tasks and orders at a glance', async () => {
    stage = await openStage(database)
    await hear('o-1', 'p1')
    const text = await (await get(at)).text()
    expect(text).toContain('1 of 1 that ended were paid')
    expect(text).toContain('<svg')
    expect(text).toContain('href="?order=o-1"')
    expect(text).toContain('was not compared yet')
  })

  it('escapes all that others wrote, and turns nothing around', async () => {
    stage = await openStage(database)
    const evil = '"><script>alert(1)</script><img src=x onerror=alert(1)>\u202e שלום'
    await hear(evil, 'p1', evil)
    for (const url of [
      at,
      `${at}?order=${encodeURIComponent(evil)}`,
      `${at}?find=${encodeURIComponent(evil)}`,
    ]) {
      const text = await (await get(url)).text()
      expect(text).toContain('&quot;&gt;&lt;script&gt;')
      expect(text).not.toMatch(/<script|<img|\u202e/)
    }
  })

  it('answers no question a database cannot hold with a fault', async () => {
    stage = await openStage(database)
    for (const question of ['%00', 'a'.repeat(10_000), '%ed%a0%80']) {
      expect((await get(`${at}?find=${question}`)).status).toBe(404)
      expect((await get(`${at}?order=${question}`)).status).toBe(404)
    }
    expect((await get(`${at}?cursor=made-up`)).status).toBe(400)
    expect((await get(`${at}?status=made-up&state=made-up`)).status).toBe(200)
  })

  it('answers on loopback only without authorize, and whom authorize lets in with it', async () => {
    stage = await openStage(database)
    expect((await get('http://[::1]/')).status).toBe(200)
    expect((await get('http://localhost:80/')).status).toBe(200)
    expect((await get('https://shop.example/status')).status).toBe(403)
    expect((await get('http://127.0.0.1.shop.example/')).status).toBe(403)
    const forwarded = new Request(at, { headers: { 'x-forwarded-for': '192.0.2.1' } })
    expect((await createStatusPage(stage.tracker)(forwarded)).status).toBe(403)
    expect((await get('https://shop.example/', { authorize: () => true })).status).toBe(200)
    expect((await get(at, { authorize: () => false })).status).toBe(403)
    const broken = () => Promise.reject(new Error('the session store is away'))
    expect((await get(at, { authorize: broken })).status).toBe(403)
  })

  it('has a strict policy, keeps nothing, and reads only', async () => {
    stage = await openStage(database)
    const { headers } = await get(at)
    expect(headers.get('content-security-policy')).toMatch(/default-src 'none'.*style-src 'sha256-/)
    expect(headers.get('content-security-policy')).not.toContain('unsafe')
    expect(headers.get('cache-control')).toBe('no-store')
    const posted = await createStatusPage(stage.tracker)(new Request(at, { method: 'POST' }))
    expect(posted.status).toBe(405)
  })

  it('says so when the database is away', async () => {
    stage = await openStage(database)
    const away = {
      ...stage.tracker,
      orders: () => Promise.reject(new Error('connection refused to 10.0.0.5')),
    }
    const response = await createStatusPage(away)(new Request(at))
    expect(response.status).toBe(503)
    expect(await response.text()).not.toContain('10.0.0.5')
  })
})
