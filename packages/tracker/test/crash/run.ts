import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { createSimulator, type Faults, type StoryName } from '@payment-status/testing'
import { createRequestListener } from '@remix-run/node-fetch-server'
import { outcomeOf, type PaymentStatus } from 'payment-status'
import { Client } from 'pg'
import { openNetworkProxy, troubles } from '../network-proxy.ts'
import { type Replication, startCluster } from '../postgres-cluster.ts'
import { findPort, startPostgres } from '../postgres-server.ts'
import { judge, type OrderFailures, type Stored, statements } from '../soak/judge.ts'
import { plans } from '../soak/plans.ts'
import { type Move, type PlayedOrder, type Stage, toMoves, toMovesOfStory } from '../soak/play.ts'
import type { Mutant } from './mutants.ts'
import { createSimulatedPayments, simulations, simulationsWithoutLookups } from './providers.ts'

export interface CrashOptions {
  readonly database: 'postgres' | 'pglite'
  readonly payments: number
  readonly seed: number
  readonly mutant?: Mutant | undefined
  /** PostgreSQL's driver of the shop. Default `pg`. */
  readonly driver?: 'pg' | 'postgres.js' | undefined
  /** The database's connections pass a proxy that resets, half-closes, delays and swallows them. */
  readonly hasProxy?: boolean | undefined
  /** The shop has two databases, and its orders are divided among them. */
  readonly isSharded?: boolean | undefined
  /** False: the providers are those without lookups, whose webhooks are everything there is. */
  readonly hasLookups?: boolean | undefined
  /** The database is a primary with a standby, and primaries are ended for good. */
  readonly replication?: Replication | undefined
  /** False: processes and the database are also ended at random, not only at chosen moments. */
  readonly isQuiet?: boolean
  onProgress?(line: string): void
}

export interface CrashResult {
  readonly payments: number
  readonly kills: number
  readonly crashes: number
  /** Moments of trouble in the proxy. */
  readonly troubles: number
  readonly failovers: readonly Failover[]
  readonly acknowledged: number
  /** Acknowledged, and not stored: none, except by the failover to an asynchronous standby. */
  readonly lostWebhooks: number
  readonly changes: number
  readonly seconds: number
  /** Each kind must stay at none. */
  readonly failures: Readonly<Record<FailureKind, readonly string[]>>
}

/** Rows that an asynchronous standby lacked when it was promoted. It is not a failure, and the shop repairs it. */
export interface Failover {
  /** From the end of the primary to the first statement of the shop on the new one. */
  readonly seconds: number
  /** Orders that were watched, and are not any more. */
  readonly lostOrders: number
  /** Changes that were delivered and are not any more: they are delivered again, under another `changeId`. */
  readonly lostDeliveries: number
}

type FailureKind =
  | 'lostWebhooks' // acknowledged, and not stored
  | 'missingVersions' // recorded, and never delivered
  | 'doubledEffects' // delivered and written twice
  | 'outOfOrder' // a version delivered before an earlier one
  | 'wentBack' // paid, and then by a late report no longer
  | 'repeatedIds' // one changeId, two contents
  | keyof OrderFailures

const faults: Faults = {
  webhooks: { lost: 0.08, doubled: 0.1, swapped: 0.3, cutShort: 0.04, unknownWord: 0.05, reordered: 0.05 },
  queries: { rateLimited: 0.01, serverError: 0.04, timeout: 0.01, halfBody: 0.02, lyingCounts: 0.03 },
}
/** Without lookups, no webhook may be lost for good, or come minutes after the end. */
const survivable: Faults = { webhooks: { doubled: 0.1, swapped: 0.3, cutShort: 0.04, unknownWord: 0.05 } }
const stories: readonly StoryName[] = [
  'paid_at_once',
  'paid_at_once',
  'refused',
  'paid_twice',
  'authorized_then_captured',
  'three_d_secure_failed',
]
/** One unit of a plan: an order's life takes ten seconds. */
const UNIT_IN_MILLISECONDS = 1_000
const SCHEDULE = [300, 500, 1_000, 2_000, 4_000, 8_000, 16_000]
// As long as something still comes right, it is waited for; a slow machine has lost nothing.
const PATIENCE_IN_MILLISECONDS = 120_000
const PATIENCE_WITH_MUTANTS_IN_MILLISECONDS = 20_000
const DELIVERY_TRIES = 5

interface Slot {
  readonly port: number
  process: ChildProcess
}

/** Lets a shop of one or two processes take payments while it is ended again and again, and holds it against the truth. */
export async function runCrash(options: CrashOptions): Promise<CrashResult> {
  const { database, payments: count, seed, mutant, isQuiet = false, onProgress = () => {} } = options
  const { driver = 'pg', hasProxy = false, isSharded = false, hasLookups = true, replication } = options
  const ofRun = hasLookups ? simulations : simulationsWithoutLookups
  const began = performance.now()
  const folder = mkdtempSync(join(tmpdir(), 'crash-'))
  const settings = ['max_connections=60']
  const isServer = database === 'postgres'
  const cluster = replication ? await startCluster(replication, settings) : undefined
  const server = isServer && !cluster ? await startPostgres(settings) : undefined
  if (server && isSharded) await createDatabase(server.url, 'second')
  const proxy = server && hasProxy ? await openNetworkProxy(server.url) : undefined
  const simulator = createSimulator({
    providers: ofRun,
    seed,
    faults: mutant === 'guard_off' ? { webhooks: { swapped: 1 } } : hasLookups ? faults : survivable,
    webhookUrl: 'http://127.0.0.1/webhooks',
    sendWebhook: (request) => deliver(request),
  })
  const api = createServer(createRequestListener((request) => simulator.fetch(request)))
  await new Promise<void>((done) => api.listen(0, '127.0.0.1', done))
  const address = api.address()
  const apiUrl = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`
  const readers = createSimulatedPayments(apiUrl)

  const databaseUrl = cluster?.url ?? proxy?.url ?? server?.url ?? join(folder, 'db')
  let kills = 0
  let crashes = 0
  let disturbed = 0
  const failovers: Failover[] = []
  let isOver = false
  let chosen = 0.04
  const acknowledged = new Set<string>()
  const slots: Slot[] = []
  const spawnWorker = (port: number): ChildProcess => {
    const child = spawn(
      process.execPath,
      [
        '--conditions=@payment-status/source',
        '--disable-warning=ExperimentalWarning',
        fileURLToPath(new URL('./worker.ts', import.meta.url)),
      ],
      {
        stdio: ['ignore', 'ignore', process.env.CRASH_DEBUG ? 'inherit' : 'ignore'],
        env: {
          ...process.env,
          DATABASE: isSharded && server ? `${server.url} ${toSecond(server.url)}` : databaseUrl,
          DRIVER: driver,
          API: apiUrl,
          PORT: String(port),
          CHOSEN: String(mutant ? 0 : chosen),
          ...(mutant ? { MUTANT: mutant } : {}),
        },
      },
    )
    child.once('exit', (_, signal) => {
      if (signal === 'SIGKILL') kills++
      const slot = slots.find((other) => other.process === child)
      if (slot && !isOver)
        setTimeout(() => {
          if (!isOver) slot.process = spawnWorker(port)
        }, 200)
    })
    return child
  }
  for (let worker = 0; worker < (isServer ? 2 : 1); worker++) {
    const port = await findPort()
    const slot = { port } as Slot
    slots.push(slot)
    slot.process = spawnWorker(port)
  }

  let turn = 0
  async function call(path: string, init: RequestInit): Promise<Response> {
    const slot = slots[turn++ % slots.length] as Slot
    return fetch(`http://127.0.0.1:${slot.port}${path}`, { ...init, signal: AbortSignal.timeout(10_000) })
  }
  /** As a provider does: again, until it is answered with 2xx, and not for ever. */
  async function deliver(request: Request): Promise<Response> {
    const { pathname } = new URL(request.url)
    const provider = pathname.split('/').at(-1) ?? ''
    const rawBody = await request.text()
    let status = 503
    for (let attempt = 0; attempt < DELIVERY_TRIES; attempt++) {
      if (attempt > 0) await sleep(300)
      const answer = await call(`/webhooks/${provider}`, {
        method: 'POST',
        body: rawBody,
        headers: request.headers,
      }).catch(() => undefined)
      status = answer?.status ?? 503
      if (answer?.ok) {
        const event = await readers
          .readWebhook(provider, { rawBody, headers: request.headers })
          .catch(() => undefined)
        if (event && event.kind !== 'unrelated') acknowledged.add(JSON.stringify([provider, event.id]))
        break
      }
      if (status === 401) break
    }
    return new Response(null, { status })
  }
  async function insist(path: string, body: string): Promise<Response> {
    for (;;) {
      const answer = await call(path, { method: 'POST', body }).catch(() => undefined)
      if (answer?.ok) return answer
      await sleep(200)
    }
  }
  const sql = async <Row>(text: string): Promise<Row[]> =>
    (await (await insist('/sql', text)).json()) as Row[]

  const clock = (async () => {
    while (!isOver) {
      await simulator.advance(Math.max(1, Date.now() - simulator.now().getTime()))
      await sleep(100)
    }
  })()
  await sql('select 1')
  onProgress('the shop is open')

  const bodies = new Map<string, string>()
  const repeatedIds = new Set<string>()
  /** Ends the primary. What the shop had seen of it is compared with what its standby has. */
  async function failover(): Promise<void> {
    const delivered = new Set<string>()
    let endedAt = 0
    await cluster?.failover(async (primary) => {
      const { rows } = await primary.query<{ id: string; content: string }>(
        `select change_id::text as id, md5(concat(key, body)) as content from payment_status.outbox
         where kind = 'change' and delivered_at is not null`,
      )
      for (const { id, content } of rows) {
        delivered.add(id)
        if ((bodies.get(id) ?? content) !== content) repeatedIds.add(id)
        bodies.set(id, content)
      }
      endedAt = performance.now()
    })
    await sql('select 1')
    const seconds = (performance.now() - endedAt) / 1000
    const kept = new Set(
      (
        await sql<{ id: string }>(
          "select change_id::text as id from payment_status.outbox where kind = 'change' and delivered_at is not null",
        )
      ).map(({ id }) => id),
    )
    const known = new Set(
      (await sql<{ id: string }>('select id from payment_status.orders')).map(({ id }) => id),
    )
    failovers.push({
      seconds,
      lostOrders: [...watched].filter((order) => !known.has(order)).length,
      lostDeliveries: [...delivered].filter((id) => !kept.has(id)).length,
    })
    // The repair: the shop watches its orders again.
    for (const again of [...rewatch.values()]) await again()
  }

  const watched = new Set<string>()
  const rewatch = new Map<string, () => Promise<unknown>>()
  const havoc = (async () => {
    while (!isOver && chosen > 0 && !isQuiet) {
      // Up first, however long that takes here: a shop that is never up proves nothing.
      await sql('select 1')
      await sleep(500 + Math.random() * 2_500)
      if (isOver || chosen === 0) return
      if (cluster && Math.random() < 0.25) {
        await failover()
      } else if (proxy && Math.random() < 0.8) {
        disturbed++
        const trouble = troubles[Math.floor(Math.random() * troubles.length)] ?? 'drop'
        proxy.disturb(trouble, 1_000 + Math.random() * 4_000)
      } else if (server && Math.random() < 0.1) {
        crashes++
        await server.kill()
        await server.start()
      } else {
        slots[Math.floor(Math.random() * slots.length)]?.process.kill('SIGKILL')
      }
    }
  })()

  const stage: Stage = {
    simulator,
    simulations: ofRun,
    async takeOrder(order) {
      const watch = async () => {
        await insist('/orders', JSON.stringify(order))
        watched.add(order.order)
        rewatch.set(order.order, watch)
      }
      await watch()
    },
    unit: UNIT_IN_MILLISECONDS,
    schedule: SCHEDULE,
    hasReferences: (provider) => readers.provider(provider).answers?.byReference !== 'none',
  }
  const played: PlayedOrder[] = []
  const moves: (Omit<Move, 'after'> & { readonly order: string; at: number })[] = []
  const playDue = async () => {
    for (;;) {
      const [move] = moves.filter(({ at }) => at <= Date.now()).toSorted((a, b) => a.at - b.at)
      if (!move) return
      moves.splice(moves.indexOf(move), 1)
      await move.run()
      // A shop that was away delays the rest of the order's life: two moves of one second would be another plan.
      const late = Date.now() - move.at
      for (const later of moves) if (later.order === move.order) later.at += late
    }
  }
  for (let number = 1; simulator.payments().length < count; number++) {
    const one = toPlayed(stage, number, seed, mutant)
    if (!one) continue
    played.push(one.played)
    const { order } = one.played
    moves.push(...one.moves.map(({ after, run }) => ({ order, at: Date.now() + after, run })))
    await playDue()
    if (number % 20 === 0) onProgress(`${simulator.payments().length} payments, ${kills} processes ended`)
  }
  while (moves.length > 0) {
    await sleep(100)
    await playDue()
  }

  // Peace: nothing is ended any more, and time passes.
  chosen = 0
  await havoc
  // Twice at least, also where the shop was quick.
  while (cluster && failovers.length < 2) await failover()
  for (const slot of slots) slot.process.kill('SIGKILL')
  const patience = mutant ? PATIENCE_WITH_MUTANTS_IN_MILLISECONDS : PATIENCE_IN_MILLISECONDS
  let until = performance.now() + patience
  let fewest = Number.POSITIVE_INFINITY
  let failures = await readFailures()
  while (performance.now() < until) {
    await sleep(1_000)
    // All of them are looked at once more, and not again before each had its turn.
    await sql(`update payment_status.targets set due_at = clock_timestamp()
                 where (due_at > clock_timestamp() + interval '2 seconds' or (due_at is null and watched))
                   and not exists (select from payment_status.targets where due_at <= clock_timestamp());
               update payment_status.outbox set due_at = now() - interval '1 hour'
                 where delivered_at is null and stream_key is not null and kind <> 'dispute';
               update payment_status.providers set paused_until = null, failures = 0`)
    if (!mutant) await call('/nights', { method: 'POST' }).catch(() => {})
    await sleep(4_000)
    failures = await readFailures()
    const wrong = Object.values(failures).flat()
    const counts = await sql<{ backlog: number }>(
      `select count(*)::int as backlog from payment_status.outbox
       where delivered_at is null and stream_key is not null and due_at <= clock_timestamp()`,
    )
    const backlog = counts.reduce((sum, count) => sum + count.backlog, 0)
    onProgress(`settling: ${wrong.length} wrong, ${backlog} to deliver`)
    if (wrong.length === 0 && backlog === 0) break
    if (wrong.length + backlog < fewest && !mutant) until = performance.now() + patience
    fewest = Math.min(fewest, wrong.length + backlog)
  }

  async function readFailures(): Promise<OrderFailures> {
    const all = judge(played, simulator, () => hasLookups, await readStored())
    // A dispute that the standby lacked is not sent again.
    return replication === 'asynchronous' ? { ...all, lostDisputes: [] } : all
  }

  async function readStored(): Promise<Stored> {
    return {
      changes: await sql(statements.changes),
      orders: await sql(statements.orders),
      disputes: await sql(statements.disputes),
      payments: await sql(statements.payments),
      rechecks: (await sql<{ recheck: string }>(statements.rechecks)).map(({ recheck }) => recheck),
    }
  }

  const stored = new Set(
    (
      await sql<{ provider: string; event_id: string }>(
        'select provider, event_id from payment_status.evidence where event_id is not null',
      )
    ).map(({ provider, event_id }) => JSON.stringify([provider, event_id])),
  )
  const lostWebhooks = [...acknowledged].filter((event) => !stored.has(event))
  const versions = await sql<{ provider: string; id: string; version: number }>(
    'select provider, id, version from payment_status.payments where order_id is not null',
  )
  const effects = await sql<{ key: string; status: PaymentStatus }>(
    'select key, status from shop_news order by number',
  )
  isOver = true
  await clock
  for (const slot of slots) slot.process.kill('SIGKILL')
  await Promise.all(
    slots.map(({ process: { exitCode, signalCode }, process: child }) =>
      exitCode === null && signalCode === null ? new Promise((done) => child.once('exit', done)) : undefined,
    ),
  )
  api.closeAllConnections()
  await new Promise((done) => api.close(done))
  await cluster?.remove()
  await proxy?.close()
  await server?.remove()
  rmSync(folder, { recursive: true, force: true })

  const byPayment = groupBy(effects, ({ key }) => key.slice(0, key.lastIndexOf('/')))
  const versionOf = (key: string) => Number(key.slice(key.lastIndexOf('/') + 1))
  return {
    payments: simulator.payments().length,
    kills,
    crashes,
    troubles: disturbed,
    failovers,
    acknowledged: acknowledged.size,
    lostWebhooks: lostWebhooks.length,
    changes: effects.length,
    seconds: Math.round((performance.now() - began) / 1000),
    failures: {
      lostWebhooks: replication === 'asynchronous' ? [] : lostWebhooks,
      repeatedIds: [...repeatedIds],
      missingVersions: versions.flatMap(({ provider, id, version }) => {
        const handed = new Set((byPayment.get(`${provider}/${id}`) ?? []).map(({ key }) => versionOf(key)))
        return Array.from({ length: version }, (_, index) => index + 1)
          .filter((wanted) => !handed.has(wanted))
          .map((wanted) => `${provider}/${id}/${wanted}`)
      }),
      doubledEffects: effects.map(({ key }) => key).filter((key, index, all) => all.indexOf(key) !== index),
      outOfOrder: [...byPayment.values()].flatMap((some) =>
        some.filter(({ key }, index) => versionOf(key) !== index + 1).map(({ key }) => key),
      ),
      wentBack: [...byPayment.values()].flatMap((some) =>
        some
          .filter(({ status }, index) => {
            const before = some[index - 1]
            return before && outcomeOf(before.status) === 'paid' && !ofMoney.includes(outcomeOf(status))
          })
          .map(({ key, status }) => `${key} ${status}`),
      ),
      ...failures,
    },
  }
}

const ofMoney: readonly string[] = ['paid', 'returned']

/** Returns an order of a plan, or one of a single story, in turn. Mutants are shown stories only. */
function toPlayed(stage: Stage, number: number, seed: number, mutant: Mutant | undefined) {
  const name = `crash-${seed}-${number}`
  if (number % 2 === 0 && !mutant)
    return toMoves(stage, plans[(number / 2) % plans.length] as (typeof plans)[number], number, name)
  const turn = mutant ? number : (number - 1) / 2
  const { simulations } = stage
  const { provider } = simulations[turn % simulations.length] as (typeof simulations)[number]
  // A second payment that the shop does not know is only found by its reference.
  const known = stories.filter((story) => story !== 'paid_twice' || stage.hasReferences(provider))
  const story = known[(turn + Math.floor(turn / simulations.length)) % known.length] as StoryName
  const isManual = story === 'authorized_then_captured'
  const { played, moves } = toMovesOfStory(stage, { provider, story, isManual }, number, name)
  // Every ninth order is only watched after its first webhook.
  return { played, moves: number % 9 === 0 ? moves.toReversed() : moves }
}

function groupBy<Row>(rows: readonly Row[], keyOf: (row: Row) => string): Map<string, Row[]> {
  const groups = new Map<string, Row[]>()
  for (const row of rows) {
    const key = keyOf(row)
    groups.set(key, [...(groups.get(key) ?? []), row])
  }
  return groups
}

async function createDatabase(url: string, name: string): Promise<void> {
  const client = new Client({ connectionString: url })
  await client.connect()
  await client.query(`create database ${name}`)
  await client.end()
}

function toSecond(url: string): string {
  const second = new URL(url)
  second.pathname = '/second'
  return second.href
}
