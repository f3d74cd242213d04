import { parseArgs } from 'node:util'
import { postgresFolder } from '../../packages/tracker/test/postgres-server.ts'
import { type Figure, median } from './measure.ts'
import { measureCost } from './tracker-cost.ts'
import { printGrowth } from './tracker-growth.ts'
import { printLoad } from './tracker-load.ts'
import { acknowledged, each, makeSent, openShop, webhookBytes } from './tracker-shop.ts'

// pnpm bench:tracker: what a webhook costs, compared with an endpoint by hand, on a PostgreSQL of its own. `--webhooks 20` is a
// short run, `--orders 1000000` prints what each statement takes among ten thousand orders and among so many,
// `--minutes 4` how large the tables are after so long a load.
const { values } = parseArgs({
  options: { webhooks: { type: 'string' }, orders: { type: 'string' }, minutes: { type: 'string' } },
})
const webhooks = Number(values.webhooks ?? 100)

if (postgresFolder === undefined) console.log('NOT MEASURED: no PostgreSQL server is installed')
else if (values.orders !== undefined) await printGrowth(Number(values.orders))
else if (values.minutes !== undefined) await printLoad(Number(values.minutes))
else {
  console.log('| what | ours | other | figure | goal |\n| --- | --- | --- | --- | --- |')
  for await (const figure of measureCost(webhooks)) print(figure)
  for (const figure of await measureDelivery(webhooks)) print(figure)
}

function print({ what, ours, other, figure, goal }: Figure): void {
  console.log(`| ${what} | ${ours} | ${other} | ${figure} | ${goal} |`)
}

/** From webhooks to their effects in the handler: a backlog, then one at a time. */
async function measureDelivery(count: number): Promise<Figure[]> {
  const { pool, tracker, effects, watch, close } = await openShop()
  const sizeOf = async () => {
    const { rows } = await pool.query(
      `select coalesce(sum(pg_total_relation_size(c.oid)), 0)::float8 as bytes
       from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = 'payment_status' and c.relkind = 'r'`,
    )
    return rows[0].bytes
  }
  const before = await sizeOf()
  const backlog = await Promise.all(Array.from({ length: count * 10 }, (_, index) => makeSent(index)))
  await each(backlog, 8, watch)
  await each(backlog, 8, (one) => acknowledged(tracker.webhooks(one.request())))
  const startedAt = performance.now()
  await tracker.work()
  while (effects.size < backlog.length) await new Promise((done) => setTimeout(done, 20))
  const seconds = (performance.now() - startedAt) / 1000
  await pool.query('vacuum analyze')
  const bytes = ((await sizeOf()) - before) / backlog.length
  const latencies: number[] = []
  for (let number = 0; number < count; number++) {
    const one = await makeSent(backlog.length + number)
    await watch(one)
    const sentAt = performance.now()
    await acknowledged(tracker.webhooks(one.request()))
    while (!effects.has(one.order)) await new Promise((done) => setTimeout(done, 1))
    latencies.push((effects.get(one.order) ?? Number.NaN) - sentAt)
  }
  await close()
  const sorted = latencies.toSorted((a, b) => a - b)
  const none = { other: '', goal: '' }
  return [
    {
      ...none,
      what: 'changes delivered, from a backlog',
      ours: `${Math.round(backlog.length / seconds)} a second`,
      figure: `${backlog.length} changes`,
    },
    {
      ...none,
      what: 'from a webhook to its effect, nothing else going on',
      ours: `median ${median(latencies).toFixed(1)} ms`,
      figure: `p99 ${sorted[Math.floor(sorted.length * 0.99)]?.toFixed(1)} ms`,
    },
    {
      ...none,
      what: 'disk for a payment that was watched, paid and delivered',
      ours: `${(bytes / 1000).toFixed(1)} kB`,
      figure: `its webhook ${(webhookBytes / 1000).toFixed(1)} kB`,
    },
  ]
}
