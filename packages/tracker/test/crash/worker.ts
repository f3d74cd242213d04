import { createServer } from 'node:http'
import { createRequestListener } from '@remix-run/node-fetch-server'
import { Pool } from 'pg'
import postgres from 'postgres'
import { type Mutant, mutate } from './mutants.ts'

// A shop on the tracker, as one of several processes; it ends itself at chosen moments, and is ended at any other.
const { DATABASE = '', DRIVER = 'pg', API = '', PORT = '', MUTANT, CHOSEN = '0' } = process.env
if (MUTANT) mutate(MUTANT as Mutant)
const { fromPool, fromPostgresJs } = await import('../../src/index.ts')
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
const raw = isEmbedded
  ? await openEmbedded(DATABASE)
  : DRIVER === 'pg'
    ? fromPool(new Pool({ connectionString: DATABASE, max: 8 }))
    : fromPostgresJs(postgres(DATABASE, { max: 8, connect_timeout: 5, onnotice: () => {} }))
const database: typeof raw = {
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
}

const { tracker, takeOrder } = await openTrackedShop(createSimulatedPayments(API), database, {
  limits: Object.fromEntries(simulations.map(({ provider }) => [provider, { perSecond: 100 }])),
  reconcile: 'off',
  onError: () => {},
})
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
    const { rows } = await raw.executeSql(await request.text())
    return Response.json(rows)
  }
  return new Response(null, { status: 404 })
}

createServer(
  createRequestListener((request) => handle(request).catch(() => new Response(null, { status: 500 }))),
).listen(Number(PORT), '127.0.0.1')
process.on('SIGTERM', async () => {
  await tracker.stop()
  if (isEmbedded) await raw.close?.()
  process.exit(0)
})
