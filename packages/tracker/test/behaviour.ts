import { PaymentError } from '@payment-status/core'
import { describe, expect, it } from 'vitest'
import { EUR } from './fake.ts'
import { orderOf, type Stage, until, useStages, watchPaid } from './stage.ts'

const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString()

/** Describes a tracker, on any database. */
export function describeTracker(name: string, open?: Parameters<typeof useStages>[0]): void {
  describe(name, () => {
    const stages = useStages(open)
    let stage: Stage

    describe('a report of a watched order', () => {
      it('is delivered once, in order, with the step', async () => {
        const { tracker, fake, changes, errors, keys, steps } = await stages.open()
        await tracker.watch(orderOf('o-1', { provider: 'fake', id: 'p1' }))
        fake.set('p1', 'processing')
        expect((await tracker.webhooks(fake.request(fake.webhook('p1')))).status).toBe(200)
        fake.set('p1', 'captured')
        const paid = fake.webhook('p1')
        for (let times = 0; times < 3; times++) {
          expect((await tracker.webhooks(fake.request(paid))).status).toBe(200)
        }
        await tracker.work()
        await until(() => expect(keys()).toEqual(['fake/p1/1', 'fake/p1/2']))
        expect(steps()).toEqual(['wait', 'fulfill'])
        expect(changes[1]?.before?.payment.status).toBe('processing')
        expect(await tracker.order('o-1')).toMatchObject({
          orderStatus: { status: 'captured' },
          step: { kind: 'fulfill' },
          state: 'decided',
          tasks: [],
        })
        await until(async () => expect((await tracker.health()).backlog).toBe(0))
        expect(errors).toEqual([])
      })

      it('that came before the order is kept, and delivered when the order is watched', async () => {
        const { tracker, keys, steps, receive } = await stages.open()
        await tracker.work()
        await receive('p1', 'processing', { reference: 'r-1' })
        await receive('p1', 'captured', { reference: 'r-1' })
        expect((await tracker.health()).backlog).toBe(0)
        await tracker.watch(orderOf('o-1', { provider: 'fake', reference: 'r-1' }))
        await until(() => expect(keys()).toEqual(['fake/p1/1', 'fake/p1/2', 'fake/p1/3']))
        expect(steps()).toEqual([undefined, undefined, 'fulfill'])
      })

      it('that comes late changes nothing, and what it leaves open is polled', async () => {
        const { tracker, fake, keys, steps } = await stages.open()
        await tracker.watch(orderOf('o-1', { provider: 'fake', id: 'p1' }))
        fake.set('p1', 'authorized')
        const late = fake.webhook('p1', { occurredAt: minutesAgo(5) })
        fake.set('p1', 'processing')
        await tracker.ingestEvent(fake.webhook('p1', { occurredAt: minutesAgo(4) }))
        await tracker.ingestEvent(late)
        expect((await tracker.order('o-1'))?.payments).toMatchObject([
          { version: 1, recheck: expect.any(String) },
        ])
        fake.set('p1', 'captured')
        await tracker.work()
        await until(async () => {
          expect(keys()).toEqual(['fake/p1/1', 'fake/p1/2'])
          expect((await tracker.order('o-1'))?.payments[0]?.recheck).toBeUndefined()
        })
        expect(steps()).toEqual(['wait', 'fulfill'])
      })

      it('brings fulfill once, however often the payment is reported as captured', async () => {
        const { tracker, keys, steps, receive } = await stages.open()
        await tracker.work()
        await tracker.watch(orderOf('o-1', { provider: 'fake', id: 'p1' }))
        await receive('p1', 'captured')
        for (const brand of ['visa', 'mastercard', 'amex']) {
          await receive('p1', 'captured', { method: { kind: 'card', brand } })
        }
        await until(() => expect(keys()).toHaveLength(4))
        expect(steps().filter((step) => step === 'fulfill')).toEqual(['fulfill'])
      })

      it('of a second paid payment is for a person to look at', async () => {
        const { tracker, changes, steps, tasks, receive } = await stages.open({})
        await tracker.work()
        await tracker.watch(orderOf('o-1', { provider: 'fake', reference: 'r-1' }))
        for (const id of ['p1', 'p2']) {
          await receive(id, 'captured', { reference: 'r-1' })
        }
        await until(() => expect(tasks).toHaveLength(1))
        expect(steps()).toEqual(['fulfill', 'investigate'])
        expect(changes[1]?.orderStatus.paidTwice).toBe(true)
        // What was said is not said again, however often it is looked up.
        for (let times = 0; times < 3; times++) await tracker.refresh('o-1')
        expect((await tracker.order('o-1'))?.payments.map(({ version }) => version)).toEqual([1, 1])
        expect(tasks[0]).toMatchObject({ kind: 'investigate', order: 'o-1', payment: { id: 'p2' } })
        await tracker.closeTask(tasks[0]?.key ?? '')
        expect((await tracker.order('o-1'))?.tasks).toEqual([])
      })

      it('asks for one capture, and for another only when the first payment came to nothing', async () => {
        const { tracker, fake, changes, keys } = await stages.open()
        await tracker.work()
        const terms = { expected: { amount: EUR(1000) }, capture: 'manual' } as const
        await tracker.watch(orderOf('o-1', { provider: 'fake', reference: 'r-1' }, { terms }))
        const hear = async (...[id, status]: [string, 'authorized' | 'canceled' | 'captured']) => {
          fake.set(id, status, { reference: 'r-1' })
          await tracker.ingestEvent(fake.webhook(id))
        }
        await hear('p1', 'authorized')
        await hear('p2', 'authorized')
        await hear('p1', 'canceled')
        await hear('p3', 'authorized')
        await hear('p3', 'captured')
        await until(() => expect(keys()).toHaveLength(6))
        // The second hold may be captured once the first came to nothing.
        expect(changes.map(({ key, step }) => [key, step?.kind])).toEqual([
          ['fake/p1/1', 'capture'],
          ['fake/p2/1', 'investigate'],
          ['fake/p1/2', undefined],
          ['fake/p2/2', 'capture'],
          ['fake/p3/1', 'investigate'],
          ['fake/p3/2', 'fulfill'],
        ])
      })

      it('has the reference of its attempt compared, of however many the order has', async () => {
        const { tracker, fake, changes, steps, receive } = await stages.open()
        await tracker.work()
        await tracker.watch(orderOf('o-1', { provider: 'fake', reference: 'first' }))
        await receive('p1', 'failed', { reference: 'first' })
        await tracker.watch(orderOf('o-1', { provider: 'fake', reference: 'second' }))
        await receive('p2', 'captured', { reference: 'second' })
        await until(() => expect(steps()).toEqual(['ask_again', 'fulfill']))
        // Another order's reference never pays for this one.
        await tracker.watch(orderOf('o-2', { provider: 'fake', reference: 'third' }))
        await tracker.ingest({
          ...fake.report('p2', 'lookup'),
          payment: fake.set('p3', 'captured', { reference: 'other' }),
        })
        await tracker.watch(
          orderOf(
            'o-3',
            { provider: 'fake', id: 'p3' },
            {
              terms: { expected: { amount: EUR(1000), reference: 'fourth' }, capture: 'automatic' },
            },
          ),
        )
        await until(() =>
          expect(changes.find(({ order, step }) => order === 'o-3' && step)?.step?.kind).toBe('investigate'),
        )
      })

      it('is kept while the order is not watched, and delivered when it is again', async () => {
        const { tracker, keys, steps, receive } = await stages.open()
        await tracker.work()
        await tracker.watch(orderOf('o-1', { provider: 'fake', id: 'p1' }))
        await tracker.unwatch('o-1')
        await receive('p1', 'captured')
        expect(await tracker.order('o-1')).toMatchObject({
          state: 'unwatched',
          orderStatus: { status: 'captured' },
        })
        expect(keys()).toEqual([])
        expect((await tracker.health()).unmatched).toBe(1)
        await tracker.watch(orderOf('o-1', { provider: 'fake', id: 'p1' }))
        await until(() => expect(steps()).toEqual([undefined, 'fulfill']))
        expect((await tracker.health()).unmatched).toBe(0)
      })
    })

    describe('polls', () => {
      it('are made at once after a recheck event, and find what no webhook brought', async () => {
        const { tracker, fake, steps } = await stages.open()
        await tracker.work()
        await tracker.watch(orderOf('o-1', { provider: 'fake', id: 'p1' }))
        fake.set('p1', 'captured')
        const bell = fake.recheck({ id: 'p1' })
        expect(await tracker.ingestEvent(bell)).toBe('ingested')
        expect(await tracker.ingestEvent(bell)).toBe('duplicate')
        await until(() => expect(steps()).toEqual(['fulfill']))
        await tracker.watch(
          orderOf('o-2', { provider: 'fake', reference: 'r-2' }, { schedule: [10, 10, 10] }),
        )
        fake.set('p2', 'captured', { reference: 'r-2' })
        await until(() => expect(steps()).toEqual(['fulfill', 'fulfill']))
      })

      it('are made for a recheck of a payment without an order, so that its state is kept', async () => {
        const { tracker, fake, rows, steps } = await stages.open()
        await tracker.work()
        fake.set('p1', 'captured')
        await tracker.ingestEvent(fake.recheck({ reference: 'ref-p1' }))
        await until(async () =>
          expect(await rows("select recheck, due_at from $schema.targets where kind = 'reference'")).toEqual([
            { recheck: null, due_at: null },
          ]),
        )
        await tracker.watch(orderOf('o-1', { provider: 'fake', id: 'p1' }))
        await until(() => expect(steps()).toEqual([undefined, 'fulfill']))
      })

      it('that are exhausted leave the order undecided, never failed', async () => {
        const { tracker, fake, keys, rows } = await stages.open()
        await tracker.work()
        fake.set('p1', 'processing')
        await tracker.watch(orderOf('o-1', { provider: 'fake', id: 'p1' }, { schedule: [1, 1, 1] }))
        await until(async () =>
          expect(await tracker.order('o-1')).toMatchObject({
            state: 'exhausted',
            orderStatus: { status: 'processing' },
          }),
        )
        await until(() => expect(keys()).toEqual(['fake/p1/1']))
        // What only repeats is counted, not stored.
        const [{ repeated_polls, evidence } = {}] = await rows(
          'select repeated_polls, (select count(*)::int from $schema.evidence) as evidence from $schema.payments',
        )
        expect(evidence).toBe(1)
        expect(repeated_polls).toBeGreaterThan(0)
      })

      it('that failed are made again and use up nothing, and one pause is shared', async () => {
        const { tracker, fake, steps } = await stages.open()
        fake.fault = new PaymentError({
          code: 'rate_limited',
          provider: 'fake',
          message: 'too many',
          retryAfterMs: 1_500,
        })
        for (const name of ['1', '2', '3', '4', '5', '6'])
          await tracker.watch(
            orderOf(`o-${name}`, { provider: 'fake', id: `p${name}` }, { schedule: [1, 600_000] }),
          )
        await tracker.work()
        await until(async () => expect((await tracker.health()).pausedProviders).toHaveLength(1))
        const asked = fake.asked.length
        fake.fault = undefined
        for (const name of ['1', '2', '3', '4', '5', '6']) fake.set(`p${name}`, 'captured')
        await until(() => expect(steps()).toHaveLength(6))
        expect(asked).toBeLessThanOrEqual(6)
        expect((await tracker.health()).pausedProviders).toEqual([])
      })

      it('come back for what is paid, after days', async () => {
        stage = await stages.open()
        const { tracker, fake } = stage
        await tracker.work()
        await watchPaid(stage, 'p1', 'o-1')
        const next = async () => (await tracker.order('o-1'))?.nextPollAt ?? ''
        const days = async () => Math.round((Date.parse(await next()) - Date.now()) / 86_400_000)
        expect(await days()).toBe(1)
        fake.set('p1', 'refunded', { captured: 1000, refunded: 1000 })
        await stage.rows(
          "update $schema.targets set due_at = now(); update $schema.payments set paid_at = now() - interval '25 hours'",
        )
        await tracker.stop()
        stage = await stages.open({ schema: stage.schema }, fake)
        await stage.tracker.work()
        await until(() => expect(stage.changes.at(-1)?.report.payment.status).toBe('refunded'))
        // A refund after delivery is the shop's own act: nothing to do.
        expect(stage.changes.at(-1)?.step).toBeUndefined()
      })
    })

    describe('a handler that throws', () => {
      it('gets the same change again, while the changes after it wait and other orders go on', async () => {
        const seen: string[] = []
        let broken = true
        stage = await stages.open({
          onChange: async ({ key, order }, tx) => {
            await tx.executeSql(`insert into ${stage.schema}.effects values ($1)`, [key])
            seen.push(key)
            if (order === 'o-1' && broken) throw new Error('the shop is closed')
          },
        })
        const { tracker, fake, tasks, receive } = stage
        await stage.rows('create table $schema.effects (key text primary key)')
        for (const name of ['1', '2']) {
          await tracker.watch(orderOf(`o-${name}`, { provider: 'fake', id: `p${name}` }))
          for (const status of ['processing', 'captured'] as const) {
            await receive(`p${name}`, status)
          }
        }
        await tracker.work()
        await until(async () =>
          expect(await stage.rows('select key from $schema.effects order by key')).toEqual([
            { key: 'fake/p2/1' },
            { key: 'fake/p2/2' },
          ]),
        )
        await until(async () => expect((await tracker.health()).blocked).toBe(1))
        // Its pause has grown by how slow this machine is: here it is over.
        await stage.rows(
          'update $schema.outbox set attempts = 4, due_at = now() where delivered_at is null and attempts > 0',
        )
        await until(() => expect(tasks).toMatchObject([{ kind: 'investigate', order: 'o-1' }]))
        broken = false
        await stage.rows('update $schema.outbox set due_at = now() where delivered_at is null')
        await tracker.ingestEvent(fake.webhook('p1'))
        await receive('p1', 'captured', { method: { kind: 'card' } })
        await until(async () => expect(await stage.rows('select key from $schema.effects')).toHaveLength(5))
        expect(seen.filter((key) => key.startsWith('fake/p1')).slice(-3)).toEqual([
          'fake/p1/1',
          'fake/p1/2',
          'fake/p1/3',
        ])
      })

      it('is not called inside of a transaction where the shop asks for that', async () => {
        let broken = true
        stage = await stages.open({
          delivery: 'at_least_once',
          onChange: (change) => {
            stage.changes.push(change)
            if (broken) throw new Error('the network is down')
          },
        })
        const { tracker } = stage
        await watchPaid(stage, 'p1', 'o-1')
        await tracker.work()
        await until(() => expect(stage.keys().length).toBeGreaterThan(0))
        broken = false
        await until(async () => expect((await tracker.health()).backlog).toBe(0))
        expect(new Set(stage.keys())).toEqual(new Set(['fake/p1/1']))
      })
    })

    describe('a dispute', () => {
      it('is handed to the shop, with its order or without one', async () => {
        const { tracker, fake, disputes } = await stages.open()
        await tracker.work()
        fake.set('p1', 'captured')
        await tracker.watch(orderOf('o-1', { provider: 'fake', id: 'p1' }))
        const { id, reply, provider } = fake.recheck({ id: 'p1' })
        const dispute = {
          provider,
          reply,
          type: 'dispute',
          kind: 'dispute',
          dispute: { status: 'needs_response' },
        } as const
        const first = { ...dispute, id, key: { id: 'p1' } }
        expect(await tracker.ingestEvent(first)).toBe('ingested')
        expect(await tracker.ingestEvent(first)).toBe('duplicate')
        await tracker.ingestEvent({ ...dispute, id: `${id}-b` })
        await until(() => expect(disputes).toHaveLength(2))
        expect(disputes.map(({ order }) => order).toSorted()).toEqual(['o-1', undefined])
      })
    })

    describe('what is stored', () => {
      it('is what was committed: a shop that rolls back has watched and ingested nothing', async () => {
        const { tracker, fake, rows } = await stages.open()
        fake.set('p1', 'captured')
        const transaction = await stages.database().beginTransaction()
        await tracker.watch(orderOf('o-1', { provider: 'fake', id: 'p1' }), transaction.db)
        await tracker.ingest(fake.report('p1', 'response'), transaction.db)
        await transaction.rollback()
        expect(await tracker.order('o-1')).toBeUndefined()
        expect(await rows('select * from $schema.evidence')).toEqual([])
        expect(await rows('select * from $schema.targets')).toEqual([])
      })

      it('is enough to go on: no job has to be kept', async () => {
        const { tracker, fake, rows, steps } = await stages.open()
        await tracker.watch(orderOf('o-1', { provider: 'fake', id: 'p1' }))
        await tracker.watch(orderOf('o-2', { provider: 'fake', id: 'p2' }))
        fake.set('p1', 'captured')
        fake.set('p2', 'captured')
        await tracker.ingestEvent(fake.webhook('p1'))
        await rows(`update $schema.outbox set due_at = now() - interval '1 hour';
          update $schema.targets set due_at = now() - interval '1 hour' where value = 'p2'`)
        await tracker.work()
        await until(() => expect(steps()).toEqual(['fulfill', 'fulfill']))
      })

      it('keeps its evidence as it was', async () => {
        const { tracker, fake, rows } = await stages.open()
        fake.set('p1', 'captured')
        await tracker.ingest(fake.report('p1', 'response'))
        for (const attempt of ["update $schema.evidence set kind = 'lookup'", 'delete from $schema.evidence'])
          await expect(rows(attempt)).rejects.toThrow('append-only')
        const heard = []
        for await (const evidence of tracker.timeline({ provider: 'fake', id: 'p1' })) heard.push(evidence)
        expect(heard).toMatchObject([
          { kind: 'response', outcome: 'applied', version: 1, report: { payment: { id: 'p1' } } },
        ])
      })

      it('is listed newest first, in pages', async () => {
        const { tracker, fake } = await stages.open()
        for (const name of ['a', 'b', 'c', 'd', 'e']) {
          await tracker.watch(orderOf(name, { provider: 'fake', id: `p-${name}` }))
        }
        fake.set('p-c', 'captured')
        await tracker.ingest(fake.report('p-c', 'lookup'))
        const names: string[] = []
        for (let cursor: string | undefined; ; ) {
          const page = await tracker.orders({ limit: 2, cursor })
          names.push(...page.orders.map(({ order }) => order))
          cursor = page.cursor
          if (cursor === undefined) break
        }
        expect(names).toEqual(['e', 'd', 'c', 'b', 'a'])
        const found = async (query: object) => (await tracker.orders(query)).orders.map(({ order }) => order)
        expect(await found({ status: 'captured' })).toEqual(['c'])
        expect(await found({ state: 'decided' })).toEqual(['c'])
        expect(await found({ provider: 'other' })).toEqual([])
        expect(await found({ since: minutesAgo(-5) })).toEqual([])
        await expect(tracker.orders({ cursor: 'nonsense' })).rejects.toMatchObject({ code: 'invalid_input' })
      })
    })

    describe('the return page', () => {
      it('looks now, and shows the order', async () => {
        const { tracker, fake } = await stages.open()
        fake.set('p1', 'captured')
        await tracker.watch(orderOf('o-1', { provider: 'fake', id: 'p1' }))
        const view = await tracker.handleReturn('fake', 'https://shop.example/back?payment=p1')
        expect(view).toMatchObject({
          order: 'o-1',
          orderStatus: { status: 'captured' },
          step: { kind: 'fulfill' },
        })
        await expect(tracker.handleReturn('fake', 'https://shop.example/back')).rejects.toMatchObject({
          code: 'not_found',
        })
      })
    })

    describe('bad input', () => {
      it('is refused before anything is written', async () => {
        const { tracker, fake, rows } = await stages.open()
        const good = orderOf('o-1', { provider: 'fake', id: 'p1' })
        const bad = [
          { ...good, order: '' },
          { ...good, payments: [] },
          {
            ...good,
            terms: { expected: { amount: { amount: 1.5, currency: 'EUR' } }, capture: 'automatic' } as const,
          },
          {
            ...good,
            terms: { expected: { amount: { amount: 1, currency: 'eur' } }, capture: 'automatic' } as const,
          },
          { ...good, schedule: [-1] },
        ]
        for (const order of bad)
          await expect(tracker.watch(order)).rejects.toMatchObject({ code: 'invalid_input' })
        await tracker.watch(good)
        await expect(tracker.watch({ ...good, order: 'o-2' })).rejects.toMatchObject({
          code: 'invalid_input',
        })
        const hint = fake.readClientResult({})
        await expect(tracker.ingest(hint as never)).rejects.toMatchObject({ code: 'invalid_input' })
        expect(await rows('select id from $schema.orders')).toEqual([{ id: 'o-1' }])
      })

      it('is answered over HTTP as it should be', async () => {
        const { tracker, fake, rows } = await stages.open()
        fake.set('p1', 'captured')
        const request = () => fake.request(fake.webhook('p1'))
        const forged = new Request(request(), { headers: { seal: 'broken' } })
        expect((await tracker.webhooks(forged)).status).toBe(401)
        expect(
          (await tracker.webhooks(new Request('https://shop.example/webhooks/other', { method: 'POST' })))
            .status,
        ).toBe(404)
        expect((await tracker.webhooks(request())).status).toBe(200)
        await rows('alter table $schema.evidence rename to away')
        expect((await tracker.webhooks(request())).status).toBe(503)
        await rows('alter table $schema.away rename to evidence')
        expect((await tracker.webhooks(request())).status).toBe(200)
        expect(await rows('select count(*)::int as n from $schema.evidence')).toEqual([{ n: 2 }])
      })
    })
  })
}
