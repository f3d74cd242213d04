import { createStatusPage } from '@payment-status/tracker/page'
import { readKnown } from '../../packages/tracker/src/store/known.ts'
import { readOwnOfDay, readUnlisted } from '../../packages/tracker/src/store/listed.ts'
import { nextDelivery, takeDelivery } from '../../packages/tracker/src/store/outbox.ts'
import { readDueProviders, takePolls } from '../../packages/tracker/src/store/polls.ts'
import { openTables } from '../../packages/tracker/src/store/tables.ts'
import { runNightly } from '../../packages/tracker/src/upkeep/nightly.ts'
import { purge } from '../../packages/tracker/src/upkeep/purge.ts'
import { sweep } from '../../packages/tracker/src/upkeep/sweep.ts'
import { createEngine, startBoss } from '../../packages/tracker/src/workers/jobs.ts'
import { acknowledged, makeSent, openShop, type Shop } from './tracker-shop.ts'

const SMALL = 10_000
const TURNS = 7
const DAYS = 90

/**
 * Orders of ninety days, one payment each: paid and delivered, but for some that wait, were abandoned or unwatched.
 * One of a hundred is of another provider, one has an open task, and one of a hundred payments belongs to no order.
 */
async function fill({ pool }: Shop, from: number, to: number): Promise<void> {
  const provider = `case when n % 100 = 7 then 'rare' else 'stripe' end`
  const at = `now() - (${DAYS} * random()) * interval '1 day'`
  await pool.query('create temporary table if not exists made (n int, provider text, at timestamptz)')
  await pool.query('truncate made')
  // In the sequence of time, as rows come.
  await pool.query(
    `insert into made select n, ${provider}, ${at} as at from generate_series(${from}, ${to}) n order by at`,
  )
  await pool.query('alter table payment_status.payments disable trigger user')
  const report = `jsonb_build_object('evidence', 'report', 'source', 'webhook', 'observedAt', at, 'payment', jsonb_build_object(
    'provider', provider, 'id', 'pi_' || n, 'reference', 'ref-' || n, 'status', 'captured',
    'amount', '{"amount":1000,"currency":"EUR"}'::jsonb, 'captured', 1000, 'createdAt', at, 'facts', '{}'::jsonb))`
  const order = `case when n % 100 > 0 then 'o-' || n end`
  for (const text of [
    `orders (id, terms, not_before, schedule, status, state, watched, watched_at, changed_at, fulfilled_by)
     select 'o-' || n, '{"expected":{"amount":{"amount":1000,"currency":"EUR"}},"capture":"automatic"}', at, '[60000]',
       'captured', case when n % 100 = 1 then 'unwatched' when n % 100 = 2 then 'exhausted' when n % 100 = 3 then 'waiting'
       else 'decided' end, n % 100 <> 1, at, at, provider || '/pi_' || n from made where n % 100 > 0`,
    `targets (provider, kind, value, order_id, payment_id, watched, due_at, priority, created_at)
     select provider, 'id', 'pi_' || n, ${order}, 'pi_' || n, n % 100 > 0,
       case when n % 100 = 3 then at end, 1, at from made`,
    `payments (provider, id, order_id, reference, version, report, status, paid_at, unmatched_since, made_at, received_at, changed_at)
     select provider, 'pi_' || n, ${order}, 'ref-' || n, 1, ${report}, 'captured', at,
       case when n % 100 = 0 then at end, at, at, at from made`,
    `evidence (provider, payment_id, kind, event_id, type, content, outcome, version, delay_ms, received_at)
     select provider, 'pi_' || n, 'webhook', 'evt_' || n || '_' || turn, 'payment', ${report}, 'applied', 1, 100, at
     from made, generate_series(1, 3) turn order by at`,
    `outbox (stream_key, kind, key, order_id, provider, payment_id, version, body, step, created_at, due_at, delivered_at)
     select case when n % 100 > 0 then 'order:o-' || n end, 'change', provider || '/pi_' || n || '/1', ${order}, provider,
       'pi_' || n, 1, jsonb_build_object('report', ${report}), '{"kind":"fulfill"}', at, at,
       case when n % 100 > 0 then at end from made`,
  ])
    await pool.query(`insert into payment_status.${text}`)
  await pool.query(
    `insert into payment_status.order_providers (provider, watched_at, order_id) select provider, at, 'o-' || n from made where n % 100 > 0`,
  )
  await pool.query(`insert into payment_status.providers values ('stripe') on conflict do nothing`)
  await pool.query(
    `insert into payment_status.receipts (provider, payment_id, succeeded_at, due_at, kept_at)
     select provider, 'pi_' || n, at, case when n < ${SMALL} then now() end, case when n >= ${SMALL} then at end
     from made where n % 100 = 5`,
  )
  // A job for each receipt that is due, and tasks, of which a few are open.
  await pool.query(
    `insert into payment_status_jobs.job (name, data)
     select 'receipt', jsonb_build_object('provider', provider, 'id', 'pi_' || n) from made
     where n % 100 = 5 and n < ${SMALL}`,
  )
  await pool.query(
    `insert into payment_status.tasks (key, kind, order_id, opened_at, closed_at)
     select 'investigate/o-' || n, 'investigate', 'o-' || n, at, case when n % 100 = 8 then at end
     from made where n % 100 in (8, 9)`,
  )
  await pool.query(
    `insert into payment_status.day_counts as c (day, status, is_unmatched, count)
     select (at at time zone 'utc')::date, 'captured', n % 100 = 0, count(*) from made group by 1, 2, 3
     on conflict (day, status, is_unmatched) do update set count = c.count + excluded.count`,
  )
  await pool.query('alter table payment_status.payments enable trigger user')
  await pool.query('vacuum analyze')
}

interface Cost {
  readonly ms: number
  readonly pages: number
}

/** Fills a database twice, and prints what each statement takes at both sizes. Those that grow are printed with their plan. */
export async function printGrowth(orders: number): Promise<void> {
  const shop = await openShop([
    'shared_preload_libraries=pg_stat_statements',
    'max_wal_size=4GB',
    'shared_buffers=512MB',
    // Filling takes minutes; what is read afterwards is the same.
    'fsync=off',
    'full_page_writes=off',
    'autovacuum=off',
  ])
  const { pool, database, tracker } = shop
  await pool.query('create extension pg_stat_statements')
  // Temporary tables are of one session.
  const session = await pool.connect()
  const fillIn = (from: number, to: number) =>
    fill({ ...shop, pool: session as unknown as Shop['pool'] }, from, to)
  const page = createStatusPage(tracker, { authorize: () => true })
  const schema = 'payment_status'
  const day = new Date(Date.now() - 40 * 86_400_000)
  const range = { from: day, to: new Date(day.getTime() + 86_400_000) }
  const signal = new AbortController().signal
  const boss = await startBoss({ database, schema, onError: console.error }, false)
  const tables = openTables(database, schema)
  const engine = createEngine(boss)
  const context = {
    database: tables,
    options: { retentionDays: 450, payments: { has: () => false } },
  } as unknown as Parameters<typeof purge>[0]
  let made = 0
  const works: Readonly<Record<string, () => Promise<unknown>>> = {
    'a webhook of a tracked order': async () => {
      const sent = await makeSent(++made)
      await shop.watch(sent)
      return () => acknowledged(tracker.webhooks(sent.request()))
    },
    'a webhook of an unknown payment': async () => {
      const sent = await makeSent(++made)
      return () => acknowledged(tracker.webhooks(sent.request()))
    },
    '`watch`': async () => {
      const sent = await makeSent(++made)
      return () => shop.watch(sent)
    },
    'taking a delivery': async () => () => takeDelivery(tables),
    'the next delivery': async () => () => nextDelivery(tables),
    'providers with due polls': async () => () => readDueProviders(tables),
    'taking polls': async () => () =>
      takePolls(tables, {
        provider: 'stripe',
        room: 10,
        atOnce: 10,
        intervalMs: 50,
      }),
    '`order()`': async () => () => tracker.order('o-5001'),
    '`timeline()`': async () => () =>
      tracker.timeline({ provider: 'stripe', id: 'pi_5001' })[Symbol.asyncIterator]().next(),
    '`orders()`': async () => () => tracker.orders(),
    "`orders({ state: 'unwatched' })`": async () => () => tracker.orders({ state: 'unwatched' }),
    "`orders({ status: 'captured' })`": async () => () => tracker.orders({ status: 'captured' }),
    '`orders({ provider })`': async () => () => tracker.orders({ provider: 'stripe' }),
    '`orders({ provider })`, a rare one': async () => () => tracker.orders({ provider: 'rare' }),
    '`orders({ payment })`': async () => () => tracker.orders({ payment: 'pi_5001' }),
    '`orders({ payment })`, by reference': async () => () => tracker.orders({ payment: 'ref-5001' }),
    '`orders({ search })`': async () => () => tracker.orders({ search: 'pi_50' }),
    '`orders({ since })`': async () => () => tracker.orders({ since: day.toISOString() }),
    '`unmatched()`': async () => () => tracker.unmatched(),
    '`openTasks()`': async () => () => tracker.openTasks(),
    '`unwatch`': async () => {
      const sent = await makeSent(++made)
      await shop.watch(sent)
      return () => tracker.unwatch(sent.order)
    },
    'what is known before a lookup': async () => () =>
      readKnown(tables, { provider: 'stripe', kind: 'id', value: 'pi_5001' }),
    '`health()`': async () => () => tracker.health(),
    '`statistics()`': async () => () => tracker.statistics(),
    'the status page': async () => () => page(new Request('https://shop.example/')),
    "a page of the night's own payments": async () => () => readOwnOfDay(tables, 'stripe', range, ''),
    "a page of the night's unlisted payments": async () => () =>
      readUnlisted(tables, { provider: 'stripe', day: '2026-01-01' }, range, ''),
    'the sweep, each minute': async () => () => sweep(context, engine, signal),
    'the start of the night': async () => () => runNightly(context, engine, signal),
    "pg-boss's insert of a job": async () => () => boss.insert('receipt', [{ data: {} }]),
    "pg-boss's fetch and completion of a job": async () => async () => {
      const [job] = await boss.fetch('receipt')
      if (job) await boss.complete('receipt', job.id)
    },
    "pg-boss's upkeep, each minute": async () => {
      await pool.query(`update ${schema}_jobs.queue set monitor_on = null, maintain_on = null`)
      return () => boss.supervise()
    },
    'purging 50 orders': async () => {
      await pool.query(
        `update ${schema}.orders set changed_at = now() - interval '500 days' where id in (
           select id from ${schema}.orders o where state = 'decided'
             and not exists (select from ${schema}.tasks where order_id = o.id) order by id limit 50)`,
      )
      return () => purge(context, signal)
    },
  }
  const measure = async (): Promise<Map<string, Cost>> => {
    const costs = new Map<string, Cost>()
    for (const [name, prepare] of Object.entries(works)) {
      const all: Cost[] = []
      for (let turn = 0; turn < TURNS; turn++) {
        const work = (await prepare()) as () => Promise<unknown>
        await pool.query('select pg_stat_statements_reset()')
        await work()
        const { rows } = await pool.query<Cost>(
          `select sum(total_exec_time)::float8 as ms, sum(shared_blks_hit + shared_blks_read)::float8 as pages
           from pg_stat_statements where query not like '%pg_stat_statements%' and query not like '%pg_notify%' and toplevel`,
        )
        all.push(rows[0] as Cost)
      }
      const middle = (of: keyof Cost) =>
        all.map((cost) => cost[of]).toSorted((a, b) => a - b)[TURNS >> 1] ?? Number.NaN
      costs.set(name, { ms: middle('ms'), pages: middle('pages') })
    }
    return costs
  }
  await fillIn(1, SMALL)
  await sweep(context, engine, signal)
  const small = await measure()
  const startedAt = performance.now()
  await fillIn(SMALL + 1, orders)
  console.error(`filled in ${Math.round((performance.now() - startedAt) / 1000)} s`)
  await sweep(context, engine, signal)
  const large = await measure()
  const size = (count: number) => count.toLocaleString('en')
  console.log(
    `| statements of | ${size(SMALL)} orders | ${size(orders)} orders | pages, time grow by |\n| --- | --- | --- | --- |`,
  )
  const slow: string[] = []
  for (const [name, before] of small) {
    const after = large.get(name) as Cost
    const growth = [after.pages / before.pages, after.ms / before.ms]
    const show = ({ ms, pages }: Cost) => `${ms.toFixed(2)} ms, ${pages} pages`
    const shown = growth.map((times) => times.toFixed(1)).join(', ')
    console.log(`| ${name} | ${show(before)} | ${show(after)} | ${shown} |`)
    // A small table is read whole in fewer pages than a few of its rows take later, and time depends on the machine.
    if (growth.every((times) => times > 2)) slow.push(name)
  }
  for (const name of slow) {
    const work = (await works[name]?.()) as () => Promise<unknown>
    for (const { text, values } of await shop.statementsOf(work)) {
      if (!/^\s*(?:select|with)/.test(text)) continue
      const { rows } = await pool.query(`explain (analyze, buffers) ${text}`, values)
      const plan = rows.map((row) => row['QUERY PLAN'])
      console.log(`\n${name}: ${text.slice(0, 200)}\n${plan.join('\n')}`)
    }
  }
  session.release()
  await boss.stop({ graceful: false, close: false })
  await shop.close()
}
