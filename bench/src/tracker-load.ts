import { acknowledged, makeSent, openShop } from './tracker-shop.ts'

const AT_ONCE = 4
const TABLES = [
  'orders',
  'targets',
  'payments',
  'evidence',
  'outbox',
  'providers',
  'day_changes',
  'day_counts',
]

interface Row {
  readonly name: string
  readonly rows: number
  readonly dead: number
  readonly hot: number
  readonly vacuums: number
  readonly bytes: number
}

/** Plays a shop for some minutes, workers included, and prints how large its tables are halfway and at the end. */
export async function printLoad(minutes: number): Promise<void> {
  // Autovacuum looks every 10 seconds instead of every minute, because a day passes in minutes.
  const shop = await openShop(['autovacuum_naptime=10s'])
  const { pool, tracker } = shop
  await tracker.work()
  let made = 0
  const until = (end: number) =>
    Promise.all(
      Array.from({ length: AT_ONCE }, async () => {
        while (performance.now() < end) {
          const number = ++made
          const sent = await makeSent(number)
          await shop.watch(sent)
          await acknowledged(tracker.webhooks(sent.request()))
          // A provider delivers some events twice, and sends another event of the same payment.
          if (number % 3 === 0) await acknowledged(tracker.webhooks(sent.request()))
          if (number % 2 === 0) await acknowledged(tracker.webhooks((await makeSent(number)).request()))
        }
      }),
    )
  const read = async () => {
    const { rows } = await pool.query<Row>(
      `select s.schemaname || '.' || s.relname as name, n_live_tup::int as rows, n_dead_tup::int as dead,
         coalesce(round(100.0 * n_tup_hot_upd / nullif(n_tup_upd, 0)), 0)::int as hot, autovacuum_count::int as vacuums,
         pg_total_relation_size(s.relid)::float8 as bytes
       from pg_stat_user_tables s
       where schemaname = 'payment_status' and relname in (select jsonb_array_elements_text($1::text::jsonb))
         or schemaname = 'payment_status_jobs' and relname in ('job', 'job_common')
       order by 1`,
      [JSON.stringify(TABLES)],
    )
    return new Map(rows.map((row) => [row.name, row]))
  }
  const startedAt = performance.now()
  await until(startedAt + minutes * 30_000)
  const [half, orders] = [await read(), made]
  await until(startedAt + minutes * 60_000)
  const end = await read()
  console.log(`${orders} orders halfway, ${made} at the end, in ${minutes} minutes\n`)
  console.log(
    '| table | halfway | at the end | autovacuums | updates without index writes |\n| --- | --- | --- | --- | --- |',
  )
  const show = (row: Row | undefined) =>
    row === undefined ? '' : `${row.rows} rows, ${row.dead} dead, ${(row.bytes / 1e6).toFixed(1)} MB`
  for (const [name, row] of end)
    console.log(`| ${name} | ${show(half.get(name))} | ${show(row)} | ${row.vacuums} | ${row.hot} % |`)
  await shop.close()
}
