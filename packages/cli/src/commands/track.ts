import { once } from 'node:events'
import process from 'node:process'
import type { EnvironmentGap, PaymentProvider } from '@payment-status/core'
import type { Health, ShardedHealth, Tracker } from '@payment-status/tracker'
import { createPayments } from 'payment-status'
import type { Shards } from '../config.ts'
import { type CommonOptions, type Context, type Run, readConfigured } from '../context.ts'
import { inputError } from '../errors.ts'
import { exitCodes } from '../exit.ts'
import { isUnset } from '../providers.ts'
import { createApi } from '../track/api.ts'
import type { OpenDatabase } from '../track/database.ts'
import { createDelivery } from '../track/delivery.ts'
import { createLog } from '../track/log.ts'
import { createMetrics } from '../track/metrics.ts'
import { createSender, readTarget, type Sender } from '../track/outgoing.ts'
import { close, listen } from '../track/server.ts'
import { createSimulatedWorld, live, type SimulatedWorld, summarize } from '../track/simulated.ts'
import { type ChangesPlace, writeStartReport } from '../track/start-report.ts'
import { chooseStorage, DEFAULT_FOLDER, MEMORY } from '../track/storage.ts'
import { readToken } from '../track/token.ts'
import { readFaults, readNumber } from './simulate.ts'

export interface TrackOptions {
  readonly port: string
  readonly host: string
  readonly database?: string | undefined
  readonly changesUrl?: string | undefined
  readonly printChanges?: boolean | undefined
  readonly log: 'text' | 'json'
  readonly at: string
  readonly timeZone?: string | undefined
  readonly simulate?: boolean | undefined
  readonly orders?: string | undefined
  readonly pace: string
  readonly seed: string
  readonly faults?: string | undefined
}

const DEFAULT_ORDERS = 60
const loopbackHosts = new Set(['127.0.0.1', '::1', 'localhost'])
/** Simulated orders have a schema of their own, so that they are never mixed with real ones. */
const SIMULATED_SCHEMA = 'payment_status_simulated'
const CLOSED_TO_OTHERS = 0o077

/** Runs the tracker as a service, until it is ended. */
export const runTrack: Run<TrackOptions, []> = async (context, options) => {
  const { world, terminal } = context
  const { env } = world
  const asJson = options.json === true || options.log === 'json'
  // Everything is checked before the database is opened: a wrong option costs nothing.
  if (!env.PAYMENT_STATUS_TOKEN?.trim() && !loopbackHosts.has(options.host))
    throw inputError(
      'PAYMENT_STATUS_TOKEN is not set: a service that other machines reach must have a token you have chosen. Make one: openssl rand -base64 32',
    )
  const simulated = options.simulate ? createWorld(options) : undefined
  const { providers, gaps, timeZone, shards } = await readProviders(context, options, simulated)
  checkTimeZone(timeZone)
  const port = readNumber(options.port, '--port')
  const { sender, changes } = readChanges(context, options)
  const storage = chooseStorage({
    option: options.database,
    // A simulation obeys options only: the environment may name a real shop.
    environment: options.simulate ? undefined : env.DATABASE_URL,
    shards,
    fallback: options.simulate ? MEMORY : DEFAULT_FOLDER,
    cwd: world.cwd,
  })
  const pace = readNumber(options.pace, '--pace')
  // A shop that receives changes makes orders of its own.
  const orders = readNumber(options.orders ?? String(sender ? 0 : DEFAULT_ORDERS), '--orders')
  process.umask(CLOSED_TO_OTHERS)
  const token = readToken(env.PAYMENT_STATUS_TOKEN, storage.folder)

  const names = providers.map(({ name }) => name)
  const payments = createPayments(providers)
  const log = createLog(terminal, asJson, new Set(simulated ? names : []))
  const delivery = createDelivery(terminal, log, sender)
  const night = { at: options.at, timeZone }
  const { tracker, close: closeStorage } = await storage.open(
    {
      payments,
      // Handlers send requests, and no transaction stays open for those.
      delivery: 'at_least_once',
      reconcile: night,
      ...(simulated ? { schema: SIMULATED_SCHEMA } : {}),
      ...delivery.handlers,
    },
    simulated && refuseRealOrders,
  )
  const stops: (() => Promise<void>)[] = [() => tracker.stop(), closeStorage]
  try {
    const metrics = createMetrics(tracker)
    delivery.countWith(metrics)
    const { onError } = delivery.handlers
    const handle = createApi({
      tracker,
      payments,
      metrics,
      token: token.value,
      timeZone,
      simulator: simulated?.control,
      onError,
    })
    const { server, url } = await listen(handle, options.host, port)
    stops.unshift(() => close(server))
    // Connected before the first poll: a webhook may come with its answer.
    simulated?.connect(tracker.webhooks)
    await tracker.work(changes.kind === 'wait' ? { handlers: 0 } : {})
    await writeStartReport(
      terminal,
      {
        url,
        providers: names,
        database: storage.place,
        lostShards: await findLostShards(tracker),
        changes,
        token,
        night,
        isSimulated: simulated !== undefined,
        providerGaps: gaps,
      },
      asJson,
    )
    if (simulated) {
      const stopLiving = live(simulated, tracker, { orders, pace }, onError)
      stops.unshift(async () => {
        await stopLiving()
        const summary = await summarize(simulated, tracker, delivery.delivered)
        if (asJson) await terminal.writeJson({ kind: 'summary', ...summary.figures })
        else for (const line of summary.lines) await terminal.writeLine(line)
      })
    }
    if (!terminal.signal.aborted) await once(terminal.signal, 'abort')
  } finally {
    for (const stop of stops) await stop().catch(() => {})
  }
  return exitCodes.good
}

function createWorld({ seed, faults }: TrackOptions): SimulatedWorld {
  return createSimulatedWorld({
    seed: readNumber(seed, '--seed'),
    faults: faults === undefined ? undefined : readFaults(faults),
  })
}

async function readProviders(
  context: Context,
  options: TrackOptions & CommonOptions,
  simulated: SimulatedWorld | undefined,
): Promise<{
  readonly providers: readonly PaymentProvider[]
  readonly gaps: readonly EnvironmentGap[]
  readonly timeZone: string
  readonly shards?: Shards | undefined
}> {
  const { timeZone } = options
  if (simulated) return { providers: simulated.providers, gaps: [], timeZone: timeZone ?? 'UTC' }
  const configured = await readConfigured(context, options)
  // A provider without any variable is not meant to be there.
  const gaps = configured.gaps.filter((gap) => !gap.isFatal && !isUnset(gap.provider, context.world.env))
  const { providers, shards } = configured
  return { providers, gaps, timeZone: timeZone ?? configured.timeZone, shards }
}

function checkTimeZone(timeZone: string): void {
  try {
    new Intl.DateTimeFormat('en', { timeZone })
  } catch {
    throw inputError(
      '--time-zone must be an IANA time zone such as Europe/Berlin, or an offset such as +08:00',
    )
  }
}

/** A simulation obeys options only, as with its database. */
function readChanges(
  { world: { env }, terminal }: Context,
  { changesUrl, printChanges, simulate }: TrackOptions,
): { readonly sender?: Sender; readonly changes: ChangesPlace } {
  const url = changesUrl?.trim() || (simulate ? undefined : env.CHANGES_URL?.trim())
  if (!url) return { changes: { kind: simulate || printChanges ? 'print' : 'wait' } }
  const { origin, pathname } = readTarget(url)
  const secret = env.CHANGES_SECRET?.trim()
  if (!secret)
    throw inputError(
      'CHANGES_SECRET is not set: what is sent to CHANGES_URL must be signed. Make one: echo "whsec_$(openssl rand -base64 32)"',
    )
  const sender = createSender({ url, secret, signal: terminal.signal })
  return { sender, changes: { kind: 'post', target: origin + pathname } }
}

async function findLostShards(tracker: Tracker): Promise<readonly string[]> {
  const { shards = [] }: Health & Partial<ShardedHealth> = await tracker.health()
  return shards.flatMap(({ name, isReachable }) => (isReachable ? [] : [name]))
}

async function refuseRealOrders(database: OpenDatabase): Promise<void> {
  const { rows: tables } = await database.executeSql("select to_regclass('payment_status.orders') as found")
  const [table] = tables as readonly { readonly found: unknown }[]
  if (!table?.found) return
  const { rows: orders } = await database.executeSql('select 1 from payment_status.orders limit 1')
  if (orders.length > 0)
    throw inputError('this database holds real orders: give --simulate a database of its own, or none')
}
