import { randomBytes } from 'node:crypto'
import type { WebhookEvent } from '@payment-status/core'
import { createPayments } from 'payment-status'
import { describe, expect, it } from 'vitest'
import { createTracker, type Database } from '../src/index.ts'
import { createFake } from './fake.ts'
import { openStage, orderOf, type Stage, until, useStages } from './stage.ts'

const stages = useStages()
let stage: Stage

/** ISO 8601 can state it, and PostgreSQL has no such instant. */
const BEYOND_POSTGRES = '+275760-09-13T00:00:00.000Z'

/** Text that cannot be compressed, and is longer than an index of PostgreSQL can hold. */
const randomText = () => randomBytes(4_000).toString('hex')
const LONG = randomText()

describe('what the database refuses to store', () => {
  it('of a webhook is acknowledged and a task, and other webhooks of the provider go on', async () => {
    const { tracker, fake, steps } = await stages.open()
    await tracker.work()
    for (const id of ['p1', 'p2']) await tracker.watch(orderOf(`o-${id}`, { provider: 'fake', id }))
    fake.set('p1', 'captured', { createdAt: BEYOND_POSTGRES })
    fake.set('p2', 'captured')
    expect((await tracker.webhooks(fake.request(fake.webhook('p1')))).status).toBe(200)
    expect(await tracker.openTasks()).toMatchObject([{ kind: 'unreadable' }])
    expect((await tracker.webhooks(fake.request(fake.webhook('p2')))).status).toBe(200)
    await until(() => expect(steps()).toEqual(['fulfill']))
    expect((await tracker.health()).pausedProviders).toEqual([])
  })

  it('of a lookup is reported, and pauses neither the provider nor other orders', async () => {
    const { tracker, fake, errors, steps } = await stages.open()
    fake.set('p1', 'captured', { createdAt: BEYOND_POSTGRES })
    fake.set('p2', 'captured')
    for (const id of ['p1', 'p2'])
      await tracker.watch(orderOf(`o-${id}`, { provider: 'fake', id }, { schedule: [1, 60_000] }))
    await tracker.work()
    await until(() => expect(steps()).toEqual(['fulfill']))
    await until(() => expect(errors).not.toEqual([]))
    expect((await tracker.health()).pausedProviders).toEqual([])
    expect((await tracker.order('o-p1'))?.nextPollAt).toBeDefined()
  })

  it.each<readonly [string, (fake: Stage['fake']) => WebhookEvent, number]>([
    ['an event id', (fake) => ({ ...fake.webhook('p1'), id: randomText() }), 0],
    ['a type', (fake) => ({ ...fake.webhook('p1'), type: randomText() }), 0],
    ['a reference', (fake) => fake.webhook(fake.set('p1', 'captured', { reference: LONG }).id), 1],
    ['a payment id', (fake) => fake.webhook(fake.set(LONG, 'captured').id), 1],
    ['an id to look up', (fake) => fake.recheck({ id: randomText() }), 1],
    ['a reference to look up', (fake) => fake.recheck({ reference: randomText() }), 1],
  ])('because it is longer than an index holds is acknowledged too: %s', async (_, make, tasks) => {
    const { tracker, fake } = await stages.open()
    fake.set('p1', 'captured')
    const event = make(fake)
    expect((await tracker.webhooks(fake.request(event))).status).toBe(200)
    expect((await tracker.webhooks(fake.request(event))).status).toBe(200)
    const unreadable = (await tracker.openTasks()).filter(({ kind }) => kind === 'unreadable')
    expect(unreadable).toHaveLength(tasks)
  })

  it('because it is nested more deeply than a program can follow is a task too', async () => {
    const { tracker, fake } = await stages.open()
    fake.set('p1', 'captured')
    let raw: object = {}
    for (let depth = 0; depth < 50_000; depth++) raw = { raw }
    // As a provider reads it that is configured to keep the raw object.
    fake.readWebhook = async () => ({ ...fake.webhook('p1', { raw }), id: 'deep' })
    expect((await tracker.webhooks(fake.request(fake.recheck({ id: 'p1' })))).status).toBe(200)
    expect(await tracker.openTasks()).toMatchObject([{ kind: 'unreadable' }])
  })

  it('of a payment id is replaced at each report, so that the second one is of the same payment', async () => {
    const { tracker, fake, rows } = await stages.open()
    fake.set('p\0\ud800', 'authorized')
    expect((await tracker.webhooks(fake.request(fake.webhook('p\0\ud800')))).status).toBe(200)
    fake.set('p\0\ud800', 'captured')
    expect((await tracker.webhooks(fake.request(fake.webhook('p\0\ud800')))).status).toBe(200)
    expect(await rows('select id, status from $schema.payments')).toEqual([
      { id: 'p\ufffd\ufffd', status: 'captured' },
    ])
  })

  it('is found nowhere, and is no error of the database', async () => {
    const { tracker } = await stages.open()
    const odd = 'a\0\udc00'
    const timeline: unknown[] = []
    for await (const piece of tracker.timeline({ provider: 'fake', id: odd })) timeline.push(piece)
    expect([await tracker.order(odd), timeline, await tracker.closeTask(odd)]).toEqual([undefined, [], false])
    expect(await tracker.orders({ search: odd, payment: odd, provider: odd })).toEqual({ orders: [] })
    expect(await tracker.unmatched({ provider: odd })).toEqual({ payments: [] })
    expect(await tracker.reconciliation(odd, '2026-11-20')).toBeUndefined()
    expect(await tracker.unwatch(odd)).toEqual({ undecided: [] })
    await tracker.resolveConflict({ provider: 'fake', id: odd })
    for (const call of [
      tracker.refresh(odd),
      tracker.handleReturn('fake', 'https://shop.example', { order: odd }),
    ])
      await expect(call).rejects.toMatchObject({ code: 'not_found' })
  })

  it('of an order to watch is refused with what to give', async () => {
    const { tracker } = await stages.open()
    const [terms, provider] = [orderOf('o', { provider: 'fake', id: 'p1' }).terms, 'fake']
    const refused: readonly (readonly [Parameters<typeof tracker.watch>[0], string])[] = [
      [{ order: 'o', terms, payments: [{ provider, id: LONG }] }, 'at most 500 characters'],
      [{ order: 'o', terms, payments: [{ provider, reference: LONG }] }, 'at most 500 characters'],
      [
        { order: 'o', terms: { ...terms, notBefore: BEYOND_POSTGRES }, payments: [{ provider, id: 'p1' }] },
        'notBefore must be an ISO 8601 instant',
      ],
      [
        {
          order: 'o',
          terms: { ...terms, notBefore: '2026-02-30T00:00:00Z' },
          payments: [{ provider, id: 'p1' }],
        },
        'notBefore must be an ISO 8601 instant',
      ],
      [{ order: '\uFEFFo', terms, payments: [{ provider, id: 'p1' }] }, '`order` must be a string'],
      [{ order: 'o', terms, payments: [{ provider, id: '\uFEFFp1' }] }, 'each of `payments` must be'],
    ]
    for (const [order, sentence] of refused) {
      const call = tracker.watch(order)
      await expect(call).rejects.toMatchObject({
        code: 'invalid_input',
        message: expect.stringContaining(sentence),
      })
    }
  })

  it('of a night does not end the night: the rows around it are healed', async () => {
    const fake = createFake('fake', '2026-11-21T08:00:00.000Z')
    stage = await stages.open({}, fake)
    const { tracker } = stage
    for (const id of ['a1', 'b2', 'c3']) fake.set(id, 'captured')
    fake.set('b2', 'captured', { createdAt: '2026-11-21T09:00:00.000Z', updatedAt: 'x', reference: 'r' })
    fake.payments.set('b2', { ...fake.payments.get('b2'), createdAt: BEYOND_POSTGRES } as never)
    await tracker.reconcile('fake', '2026-11-21').catch(() => {})
    const rows = await stage.rows('select id from $schema.payments order by id')
    expect(rows).toEqual([{ id: 'a1' }, { id: 'c3' }])
    expect((await tracker.health()).pausedProviders).toEqual([])
  })

  it.each([
    ['the code of PostgreSQL', '22P05', 200],
    ['the code inside of another error, as Drizzle and Prisma have it', '22021', 200],
    ['a rule of the tables', '23514', 200],
    ['a server that is shut down', '57P01', 503],
    ['too many connections', '53300', 503],
    ['a connection that broke', '08006', 503],
    ['a full disk', '53100', 503],
    ['no code of PostgreSQL', 'ECONNRESET', 503],
  ])('by %s is distinguished from what the database cannot do now: %s', async (what, code, status) => {
    let isFaulty = false
    /** The payment cannot be stored; without its content the event can. */
    const failing =
      (executeSql: Database['executeSql']): Database['executeSql'] =>
      async (text, values) => {
        const isOfPayment = JSON.stringify(values ?? []).includes('captured')
        if (isFaulty && /insert into/.test(text) && isOfPayment) throw toError(what, code)
        return executeSql(text, values)
      }
    const faulty: Database = {
      ...stages.database(),
      executeSql: failing(stages.database().executeSql),
      async beginTransaction() {
        const { db, ...transaction } = await stages.database().beginTransaction()
        return { ...transaction, db: { executeSql: failing(db.executeSql) } }
      },
    }
    stage = await openStage(faulty)
    const { tracker, fake } = stage
    fake.set('p1', 'captured')
    isFaulty = true
    expect((await tracker.webhooks(fake.request(fake.webhook('p1')))).status).toBe(status)
    isFaulty = false
    const kinds = (await tracker.openTasks()).map(({ kind }) => kind)
    expect(kinds).toEqual(status === 200 ? ['unreadable'] : [])
  })
})

function toError(what: string, code: string): Error {
  const own = Object.assign(new Error('refused'), { code })
  return what.includes('inside') ? new Error('the query failed', { cause: own }) : own
}

describe('a dispute that only unsigned fields connect to the payment', () => {
  const openDispute = async (
    proven: false | undefined,
    status: 'needs_response' | 'lost' = 'needs_response',
  ) => {
    stage = await stages.open()
    const { tracker, fake, receive } = stage
    await tracker.work()
    await tracker.watch(orderOf('o-1', { provider: 'fake', id: 'p1' }))
    await receive('p1', 'authorized')
    const { provider, id, reply } = fake.recheck({ id: 'p1' })
    const dispute = { id: 'd1', status, ...(proven === false ? { proven } : {}) }
    await tracker.ingestEvent({
      provider,
      id,
      reply,
      type: 'CHARGEBACK',
      kind: 'dispute',
      key: { id: 'p1' },
      dispute,
    })
    await receive('p1', 'captured')
    return tracker
  }

  it.each(['needs_response', 'lost'] as const)(
    'blocks nothing and is a task of the order: %s',
    async (status) => {
      const tracker = await openDispute(false, status)
      await until(() => expect(stage.steps()).toContain('fulfill'))
      expect((await tracker.order('o-1'))?.payments[0]?.report.payment.dispute).toBeUndefined()
      expect(await tracker.openTasks()).toMatchObject([
        { kind: 'investigate', order: 'o-1', why: expect.stringContaining('unsigned') },
      ])
    },
  )

  it('differs from one that is proven, which stops the delivery', async () => {
    const tracker = await openDispute(undefined)
    await until(() => expect(stage.steps()).toContain('investigate'))
    expect(stage.steps()).not.toContain('fulfill')
    expect((await tracker.order('o-1'))?.payments[0]?.report.payment.dispute?.status).toBe('needs_response')
  })
})

describe('keys that belong to no order', () => {
  const wake = () =>
    stage.rows(`insert into $schema_jobs.job (name, data) values ('upkeep', '{"kind":"nightly"}')`)

  it('and never led to a payment are purged with their evidence; what is still asked for is kept', async () => {
    stage = await stages.open()
    const { tracker, fake } = stage
    for (const id of ['gone', 'young', 'due', 'found']) await tracker.ingestEvent(fake.recheck({ id }))
    fake.set('found', 'processing')
    await tracker.ingest(fake.report('found', 'lookup'))
    await stage.rows(`update $schema.targets set due_at = null, recheck = null where value <> 'due';
      update $schema.targets set due_at = now() + interval '1 day' where value = 'due';
      update $schema.targets set created_at = now() - interval '31 days' where value <> 'young'`)
    await tracker.work()
    await wake()
    await until(async () =>
      expect(await stage.rows("select value from $schema.targets where kind = 'id' order by value")).toEqual([
        { value: 'due' },
        { value: 'found' },
        { value: 'young' },
      ]),
    )
    expect(await stage.rows("select 1 as kept from $schema.evidence where payment_id = 'gone'")).toEqual([])
  })
})

describe('a provider that was removed from the configuration', () => {
  it('is reported once while orders wait for it, and the other payments of its orders are looked up', async () => {
    const [old, next] = [createFake('old'), createFake('next')]
    const before = await stages.open({}, old)
    await before.tracker.watch(orderOf('o-1', { provider: 'old', id: 'p1' }, { schedule: [1, 1] }))
    await before.tracker.stop()
    const { tracker, errors } = await stages.open({ schema: before.schema }, next)
    next.set('p2', 'captured')
    await tracker.watch(orderOf('o-1', { provider: 'next', id: 'p2' }))
    await tracker.work()
    const sentence = 'orders wait for payments of old, which is not configured'
    await until(() => expect(String(errors[0])).toContain(sentence))
    expect((await tracker.refresh('o-1')).orderStatus.status).toBe('captured')
    expect(errors).toHaveLength(1)
  })
})

describe('a schema', () => {
  it.each(['user', 'select', 'pg_mine', 'information_schema', 'Big', 'a-b', 'a"b', ''])(
    'that PostgreSQL keeps for itself, or that is not a plain name, is refused: %s',
    async (schema) => {
      const message = expect.stringContaining('`schema` must')
      await expect(stages.open({ schema })).rejects.toMatchObject({ code: 'invalid_input', message })
    },
  )
})

describe('a standby', () => {
  it('is refused with what to connect to', async () => {
    const standby: Database = {
      ...stages.database(),
      executeSql: async () => ({ rows: [{ is_standby: true }] }),
      beginTransaction: async () => {
        throw new Error('cannot execute in a read-only transaction')
      },
    }
    const opened = createTracker({
      payments: createPayments([createFake()]),
      database: standby,
      onChange: () => {},
    })
    await expect(opened).rejects.toMatchObject({
      code: 'invalid_input',
      message: expect.stringContaining('Connect to the primary'),
    })
  })
})

describe('a cursor that the tracker did not return', () => {
  const instant = '2026-11-20T12:00:00.000000Z'
  const of = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
  it.each([
    '',
    'nonsense',
    'é',
    of([]),
    of(['1', '2']),
    of({ a: 1 }),
    of(['x', 'y', 'z']),
    of([instant, 'a\0b']),
    of([instant, 7]),
    of(['2026-13-45T99:99:99Z', 'a']),
  ])('is refused: %j', async (cursor) => {
    const { tracker } = await stages.open()
    for (const page of [() => tracker.orders({ cursor }), () => tracker.unmatched({ cursor })])
      await expect(page()).rejects.toMatchObject({ code: 'invalid_input' })
  })

  it.each(['yesterday', '+275760-09-13T00:00:00.000Z', '-000001-01-01T00:00:00.000Z', ''])(
    'and an instant that PostgreSQL does not know is refused: %j',
    async (since) => {
      const { tracker } = await stages.open()
      await expect(tracker.orders({ since })).rejects.toMatchObject({ code: 'invalid_input' })
    },
  )
})
