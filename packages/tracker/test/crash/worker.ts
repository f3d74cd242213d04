import { createServer } from 'node:http'
import { createRequestListener } from '@remix-run/node-fetch-server'
import { Pool } from 'pg'
import postgres from 'postgres'
import type { Database, TrackedOrder } from '../../src/index.ts'
import { type Mutant, mutate } from './mutants.ts'

// A shop on the tracker, as one of several processes; it ends itself at chosen moments, and is ended at any other.
const { DATABASE = '', DRIVER = 'pg', API = '', PORT = '', MUTANT, CHOSEN = '0' } = process.env
if (MUTANT) mutate(MUTANT as Mutant)
const { createShardedTracker, fromPool, fromPostgresJs } = await import('../../src/index.ts')
const { openEmbedded } = await import('../../src/pglite.ts')
const { createSimulatedPayments, simulations } = await import('./providers.ts')
const { openTrackedShop } = await import('../../../../examples/src/tracked-shop.ts')

const chosen = Number(CHOSEN)
/** Ends the process here and now, now and then. */
function perhapsEnd(likelihood = chosen): void {
  if (Math.random() < likelihood) process.kill(process.pid, 'SIGKILL')
}

// As docs/tracker.md asks: a session that ends while postgres.js opens it rejects a query that no caller has.
process.on('unhandledRejection', () => {})
const isEmbedded = !DATABASE.startsWith('postgres:')
// Several, divided by spaces, are shards.
const raws = isEmbedded
  ? [await openEmbedded(DATABASE)]
  : DATABASE.split(' ').map((url) =>
      DRIVER === 'pg'
        ? fromPool(new Pool({ connectionString: url, max: 8 }))
        : fromPostgresJs(postgres(url, { max: 8, connect_timeout: 5, onnotice: () => {} })),
    )

/** The database, with moments at which this process ends. */
const toPerilous = (raw: Database): Database => ({
  ...raw,
  async executeSql(text, values) {
    // Before and after the event is stored, with no worker woken yet.
    const likelihood = text.includes('.evidence') ? chosen / 10 : 0
    perhapsEnd(likelihood)
    const result = await raw.executeSql(text, values)
    perhapsEnd(likelihood)
    return result
  },
  async beginTransaction() {
    const transaction = await raw.beginTransaction()
    return {
      ...transaction,
      db: {
        async executeSql(text, values) {
          // Before any statement, those of a migration among them.
          perhapsEnd(chosen / 100)
          const result = await transaction.db.executeSql(text, values)
          // In the handler, after it has had its effect.
          if (text.startsWith('update shop_orders')) perhapsEnd()
          return result
        },
      },
    }
  },
})

const databases = raws.map(toPerilous)
const payments = createSimulatedPayments(API)
const shops = await Promise.all(
  databases.map((database) =>
    openTrackedShop(payments, database, {
      limits: Object.fromEntries(simulations.map(({ provider }) => [provider, { perSecond: 100 }])),
      reconcile: 'off',
      onError: () => {},
    }),
  ),
)
const shardOf = (order: string) =>
  [...order].reduce((sum, letter) => sum + letter.charCodeAt(0), 0) % shops.length
const trackers = shops.map((shop) => shop.tracker)
const [only] = trackers
if (!only) throw new Error('no database was given')
const tracker = trackers.length > 1 ? await createShardedTracker({ shards: trackers, shardOf }) : only

/** Stores an order and tracks it in one transaction of its shard. */
async function takeOrder(order: TrackedOrder): Promise<void> {
  const { db, commit, rollback } = await (databases[shardOf(order.order)] as Database).beginTransaction()
  try {
    await db.executeSql('insert into shop_orders (id) values ($1) on conflict do nothing', [order.order])
    await tracker.watch(order, db)
    await commit()
  } finally {
    await rollback()
  }
}
await tracker.work()

async function handle(request: Request): Promise<Response> {
  const { pathname } = new URL(request.url)
  if (pathname.startsWith('/webhooks/')) {
    const answer = await tracker.webhooks(request)
    // Committed, and not answered.
    perhapsEnd()
    // Answered, and nothing delivered.
    if (Math.random() < chosen) setTimeout(() => process.kill(process.pid, 'SIGKILL'), 3)
    return answer
  }
  if (pathname === '/orders') {
    await takeOrder(await request.json())
    return new Response()
  }
  if (pathname === '/nights') {
    // The list of today: of operations that no webhook brought.
    const day = new Date().toISOString().slice(0, 10)
    await Promise.allSettled(simulations.map(({ provider }) => tracker.reconcile(provider, day)))
    return new Response()
  }
  if (pathname === '/sql') {
    const text = await request.text()
    const answers = await Promise.all(raws.map((raw) => raw.executeSql(text)))
    return Response.json(answers.flatMap(({ rows }) => rows))
  }
  return new Response(null, { status: 404 })
}

createServer(
  createRequestListener((request) => handle(request).catch(() => new Response(null, { status: 500 }))),
).listen(Number(PORT), '127.0.0.1')
process.on('SIGTERM', async () => {
  await tracker.stop()
  if (isEmbedded) await raws[0]?.close?.()
  process.exit(0)
})
