import { createStripe, signWebhook } from '@payment-status/stripe'
import { stripeFixtures } from '@payment-status/stripe/fixtures'
import { createTracker, fromPool, type Sql } from '@payment-status/tracker'
import { createPayments, createWebhookHandler, memoryClaims, type WebhookEvent } from 'payment-status'
import { Pool } from 'pg'
import { postgresFolder, startPostgres } from '../../packages/tracker/test/postgres-server.ts'
import { type Figure, median } from './measure.ts'

// pnpm bench:tracker: what one PostgreSQL bears, with a server of its own that writes to the disk as one of a shop does.
// pnpm bench:tracker 20 is a short run.
const WEBHOOKS_IN_ROUND = Number(process.argv[2] ?? 100)
const ROUNDS = 7
const LATENCIES = WEBHOOKS_IN_ROUND * 3
const AT_ONCE = 8
const WATCHED = 100_000
const secret = 'whsec_bench'

if (postgresFolder === undefined) {
  console.log('NOT MEASURED: no PostgreSQL server is installed')
  process.exit()
}
const server = await startPostgres(['fsync=on', 'full_page_writes=on', 'commit_siblings=0'])
const pool = new Pool({ connectionString: server.url, max: 12 })
const database = fromPool(pool)
const stripe = createStripe({ webhookSecrets: secret })
const payments = createPayments([stripe])
const effects = new Map<string, number>()
const tracker = await createTracker({
  payments,
  database,
  reconcile: 'off',
  async onChange({ key, order }, tx) {
    await tx.executeSql('insert into effects values ($1)', [key])
    effects.set(order, performance.now())
  },
  onError: (error) => console.error(error),
})
await pool.query('create table effects (key text primary key)')
await pool.query(
  'create table floor (id bigint generated always as identity primary key, body jsonb not null)',
)

const fixture = stripeFixtures.payments.find(({ webhook, status }) => webhook && status === 'captured')
const template = String((await fixture?.webhook?.())?.rawBody)
const event = await stripe.readWebhook(await signWebhook(template, secret))
const { payment } = (event as Extract<WebhookEvent, { readonly kind: 'payment' }>).report
const { id: paymentId, reference = '', amount = { amount: 0, currency: '' } } = payment
if (!reference || !amount.currency) throw new Error('the fixture states no amount or no reference')
let made = 0

interface Sent {
  readonly order: string
  readonly payment: string
  readonly body: string
  readonly request: () => Request
}

/** The first webhook of a payment, as Stripe sends it. */
async function makeNews(): Promise<Sent> {
  const number = ++made
  const id = `pi_bench${number}`
  const order = `order-${number}`
  // Payments of one reference would wait for one another.
  const body = template
    .replaceAll(event.id, `evt_bench${number}`)
    .replaceAll(paymentId, id)
    .replaceAll(reference, order)
  const { rawBody, headers } = await signWebhook(body, secret)
  const request = () =>
    new Request('https://shop.example/webhooks/stripe', {
      method: 'POST',
      body: String(rawBody),
      headers: headers as Record<string, string>,
    })
  return { order, payment: id, body, request }
}

function watch({ order, payment: id }: Sent, tx?: Sql): Promise<void> {
  return tracker.watch(
    {
      order,
      terms: { expected: { amount }, capture: 'automatic' },
      payments: [{ provider: 'stripe', id }],
      // No provider is asked here.
      schedule: [3_600_000],
    },
    tx,
  )
}

async function makeWatched(count: number): Promise<Sent[]> {
  const news = await Promise.all(Array.from({ length: count }, makeNews))
  await each(news, AT_ONCE, (one) => watch(one))
  return news
}

/** Milliseconds a piece of work takes, so many at once. */
async function each<T>(
  items: readonly T[],
  atOnce: number,
  work: (item: T) => Promise<unknown>,
): Promise<number> {
  const left = [...items]
  const startedAt = performance.now()
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (let item = left.shift(); item !== undefined; item = left.shift()) await work(item)
    }),
  )
  return (performance.now() - startedAt) / items.length
}

async function acknowledged(response: Promise<Response>): Promise<void> {
  const { status } = await response
  if (status !== 200) throw new Error(`a webhook was answered ${status}`)
}

async function insertBare({ body }: Sent): Promise<void> {
  const { db, commit } = await database.beginTransaction()
  await db.executeSql('insert into floor (body) values ($1)', [body])
  await commit()
}

interface Compared {
  readonly ours: number
  readonly floor: number
  readonly fleeting: number
  readonly toFloor: number
  readonly toFleeting: number
}

/** In turn, so that the drift of the machine falls out. */
async function compareAt(atOnce: number): Promise<Compared> {
  const rounds: Compared[] = []
  for (let round = 0; round <= ROUNDS; round++) {
    const handler = createWebhookHandler(stripe, { claims: memoryClaims(), onReports: () => {} })
    const news = await makeWatched(WEBHOOKS_IN_ROUND)
    const floor = await each(news, atOnce, insertBare)
    const ours = await each(news, atOnce, (one) => acknowledged(tracker.webhooks(one.request())))
    const fleeting = await each(news, atOnce, (one) => acknowledged(handler(one.request())))
    if (round > 0) rounds.push({ ours, floor, fleeting, toFloor: ours / floor, toFleeting: ours / fleeting })
  }
  const of = (name: keyof Compared) => median(rounds.map((round) => round[name]))
  return {
    ours: of('ours'),
    floor: of('floor'),
    fleeting: of('fleeting'),
    toFloor: of('toFloor'),
    toFleeting: of('toFleeting'),
  }
}

async function sizeOf(schemas: readonly string[]): Promise<number> {
  const { rows } = await pool.query(
    `select coalesce(sum(pg_total_relation_size(c.oid)), 0)::float8 as bytes
     from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = any($1) and c.relkind in ('r', 'p', 'm')`,
    [schemas],
  )
  return rows[0].bytes
}

/** Row by row, as they are measured. */
function report(...figures: readonly Figure[]): void {
  for (const { what, ours, beside, figure, goal } of figures)
    console.log(`| ${what} | ${ours} | ${beside} | ${figure} | ${goal} |`)
}
console.log('| what | ours | other | figure | goal |\n| --- | --- | --- | --- | --- |')
const milliseconds = (value: number) => `${value.toFixed(2)} ms`

const before = await sizeOf(['payment_status'])
const settings = [
  { disk: '', commitDelay: 0 },
  // The server's own way to wait before it writes through to the disk: commits of the meantime share the waiting.
  { disk: ', a disk that takes 10 ms longer', commitDelay: 10_000 },
]
for (const [atOnce, { disk, commitDelay }] of [1, AT_ONCE].flatMap((atOnce) =>
  settings.map((setting) => [atOnce, setting] as const),
)) {
  await pool.query(`alter system set commit_delay = ${commitDelay}`)
  await pool.query('select pg_reload_conf()')
  const { ours, floor, fleeting, toFloor, toFleeting } = await compareAt(atOnce)
  const what = `tracker.webhooks, ${atOnce === 1 ? 'one by one' : `${atOnce} at once`}${disk}`
  const rate = `${milliseconds(ours)} a webhook, ${Math.round(1000 / ours)} a second`
  report(
    {
      what,
      ours: rate,
      beside: `a transaction of one row ${milliseconds(floor)}`,
      figure: toFloor.toFixed(2),
      goal: '≤ 3',
    },
    {
      what,
      ours: rate,
      beside: `createWebhookHandler with memoryClaims ${milliseconds(fleeting)}`,
      figure: toFleeting.toFixed(1),
      goal: '',
    },
  )
}

await pool.query('alter system set commit_delay = 0')
await pool.query('select pg_reload_conf()')

// Their changes are delivered.
await tracker.work()
const caughtUpFrom = performance.now()
while (effects.size < made) await new Promise((done) => setTimeout(done, 50))
const caughtUp = (performance.now() - caughtUpFrom) / 1000
const stored = made
await pool.query('vacuum analyze')
report(
  {
    what: 'changes delivered, from a backlog',
    ours: `${Math.round(stored / caughtUp)} a second`,
    beside: '',
    figure: `${stored} changes`,
    goal: '',
  },
  {
    what: 'disk for a payment that was watched, paid and delivered',
    ours: `${(((await sizeOf(['payment_status'])) - before) / stored / 1000).toFixed(1)} kB`,
    beside: `its webhook ${(template.length / 1000).toFixed(1)} kB`,
    figure: '',
    goal: '',
  },
)

await pool.query(
  `insert into payment_status.orders (id, terms, not_before, schedule, status, state, watched)
   select 'many-' || n, '{"expected":{"amount":{"amount":1000,"currency":"EUR"}},"capture":"automatic"}', now(), '[60000]', 'unknown', 'waiting', true
   from generate_series(1, $1::int) n`,
  [WATCHED],
)
await pool.query(
  `insert into payment_status.targets (provider, kind, value, order_id, watched, due_at)
   select 'stripe', 'id', 'pi_many' || n, 'many-' || n, true, now() + interval '1 hour' + n * interval '1 s'
   from generate_series(1, $1::int) n`,
  [WATCHED],
)
await pool.query('analyze')

// From the moment a webhook is there to the commit of what its change came to.
const news = await makeWatched(LATENCIES)
const latencies: number[] = []
for (const one of news) {
  const startedAt = performance.now()
  await acknowledged(tracker.webhooks(one.request()))
  while (!effects.has(one.order)) await new Promise((done) => setTimeout(done, 1))
  latencies.push((effects.get(one.order) ?? Number.NaN) - startedAt)
  await new Promise((done) => setTimeout(done, 20))
}
const sorted = latencies.toSorted((a, b) => a - b)
report({
  what: 'from a webhook to its effect, nothing else going on',
  ours: `median ${milliseconds(median(latencies))}`,
  beside: '',
  figure: `p99 ${milliseconds(sorted[Math.floor(sorted.length * 0.99)] ?? Number.NaN)}`,
  goal: '',
})
const { ours, toFloor } = await compareAt(AT_ONCE)
report({
  what: `the same with ${WATCHED.toLocaleString('en')} orders watched, and a worker at the same time`,
  ours: milliseconds(ours),
  beside: 'a transaction of one row',
  figure: toFloor.toFixed(2),
  goal: '',
})
for (const [what, ask] of [
  ['health()', () => tracker.health()],
  ['order()', () => tracker.order('many-5000')],
  ['orders(), a page of 50', () => tracker.orders({ limit: 50 })],
] as const) {
  const times: number[] = []
  for (let turn = 0; turn < 20; turn++) times.push(await each([turn], 1, ask))
  report({
    what: `${what} among them`,
    ours: milliseconds(median(times)),
    beside: '',
    figure: '',
    goal: '',
  })
}
report({
  what: 'memory of this process, with everything in it',
  ours: `${Math.round(process.memoryUsage().rss / 1e6)} MB`,
  beside: '',
  figure: '',
  goal: '',
})
await tracker.stop()
await pool.end()
await server.remove()
