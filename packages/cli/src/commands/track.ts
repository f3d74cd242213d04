import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { resolve } from 'node:path'
import { getRequestListener } from '@hono/node-server'
import { isPaymentError } from '@payment-status/core'
import { type Change, createTracker, type Task, type Tracker } from '@payment-status/tracker'
import { createPayments } from 'payment-status'
import { type CommonOptions, type Context, type Run, readConfigured } from '../context.ts'
import { inputError } from '../errors.ts'
import { exitCodes } from '../exit.ts'
import { describeSuccess } from '../statistics.ts'
import type { Terminal } from '../terminal.ts'
import { createApi } from '../track/api.ts'
import { openDatabase } from '../track/database.ts'
import { createMetrics, type Metrics } from '../track/metrics.ts'
import { createSender, type Outgoing, type Sender } from '../track/outgoing.ts'
import { createSimulatedWorld, type SimulatedWorld, startOrder } from '../track/simulated.ts'
import { readFaults, readNumber } from './simulate.ts'

export interface TrackOptions {
  readonly port: string
  readonly host: string
  readonly database?: string | undefined
  readonly at: string
  readonly timeZone?: string | undefined
  readonly simulate?: boolean | undefined
  readonly orders?: string | undefined
  readonly pace: string
  readonly seed: string
  readonly faults?: string | undefined
}

const DEFAULT_DIRECTORY = '.payment-status'
const MEMORY = 'memory://'
const DEFAULT_ORDERS = 60
const TICK_IN_MILLISECONDS = 250
/** Longer than the longest look and hand-over; whoever sends slower is let go. */
const REQUEST_LIMIT_IN_MILLISECONDS = 30_000
const loopbackHosts = new Set(['127.0.0.1', '::1', 'localhost'])

/** The tracker as a service, until it is ended. */
export const runTrack: Run<TrackOptions, []> = async (context, options) => {
  const { world, terminal } = context
  const { env } = world
  const token = env.PAYMENT_STATUS_TOKEN?.trim() || undefined
  if (token === undefined && !loopbackHosts.has(options.host)) {
    throw inputError(
      'PAYMENT_STATUS_TOKEN is not set: without a token only this machine (127.0.0.1) is listened to',
    )
  }
  const simulated = options.simulate ? simulate(options) : undefined
  const { providers, timeZone } = await readProviders(context, options, simulated)
  const sender = readSender(context)
  const port = readNumber(options.port, '--port')

  const database = await openDatabase({
    url: env.DATABASE_URL?.trim() || undefined,
    where: toPlace(options, world.cwd),
  })
  const stops: (() => Promise<void>)[] = [() => database.close()]
  try {
    const payments = createPayments(providers)
    const told = createTelling(terminal, sender, options.json)
    const tracker = await createTracker({
      payments,
      database,
      // The shop is asked over the network, and nobody holds a transaction open for that.
      delivery: 'at_least_once',
      reconcile: { at: options.at, timeZone },
      ...told.handlers,
    })
    stops.unshift(() => tracker.stop())
    const metrics = createMetrics(tracker)
    told.countWith(metrics)
    const handle = createApi({
      tracker,
      payments,
      metrics,
      token,
      simulator: simulated?.control,
      onError: told.handlers.onError,
    })
    const { server, url } = await listen(handle, options.host, port)
    stops.unshift(() => close(server))
    // Before anything is looked at: a webhook may come with the first answer.
    simulated?.connect(tracker.webhooks)
    await tracker.work()
    if (options.json) {
      await terminal.writeJson({ kind: 'listening', url, providers: providers.map(({ name }) => name) })
    } else {
      await terminal.writeLine(`Tracking ${providers.map(({ name }) => name).join(', ')} on ${url}`)
    }
    if (simulated)
      stops.unshift(live(simulated, tracker, options, sender !== undefined, told.handlers.onError))
    if (!terminal.signal.aborted) await once(terminal.signal, 'abort')
  } finally {
    for (const stop of stops) await stop().catch(() => {})
  }
  return exitCodes.good
}

function toPlace({ database, simulate: isSimulated }: TrackOptions, cwd: string): string {
  const place = database ?? (isSimulated ? MEMORY : DEFAULT_DIRECTORY)
  return place === MEMORY ? place : resolve(cwd, place)
}

function simulate({ seed, faults }: TrackOptions): SimulatedWorld {
  return createSimulatedWorld({
    seed: readNumber(seed, '--seed'),
    faults: faults === undefined ? undefined : readFaults(faults),
  })
}

async function readProviders(
  context: Context,
  options: TrackOptions & CommonOptions,
  simulated: SimulatedWorld | undefined,
) {
  const { timeZone } = options
  if (simulated) return { providers: simulated.providers, timeZone: timeZone ?? 'UTC' }
  const configured = await readConfigured(context, options)
  return { providers: configured.providers, timeZone: timeZone ?? configured.timeZone }
}

function readSender({ world: { env }, terminal }: Context): Sender | undefined {
  const { CHANGES_URL: url, CHANGES_SECRET: secret } = env
  if (!url?.trim()) return undefined
  if (!secret?.trim())
    throw inputError('CHANGES_SECRET is not set: what is sent to CHANGES_URL has to be signed')
  return createSender({ url: url.trim(), secret: secret.trim(), signal: terminal.signal })
}

/** What the tracker has to say: to the shop, and in one line each to whoever watches. */
function createTelling(terminal: Terminal, sender: Sender | undefined, json: boolean | undefined) {
  let metrics: Metrics | undefined
  async function send(key: string, outgoing: Outgoing): Promise<void> {
    if (!sender) return
    try {
      await sender.send(key, outgoing)
      metrics?.countSent(outgoing.type, 'ok')
    } catch (error) {
      metrics?.countSent(outgoing.type, 'failed')
      throw error
    }
  }
  async function tell(line: Readonly<Record<string, string | undefined>>): Promise<void> {
    if (json) return terminal.writeJson(line)
    const { kind: _, ...words } = line
    await terminal.writeLine(`${Object.values(words).filter(Boolean).join('  ')}`)
  }
  return {
    countWith(given: Metrics) {
      metrics = given
    },
    handlers: {
      async onChange(change: Change) {
        metrics?.countChange(change)
        await send(change.key, { type: 'payment.changed', data: change })
        const { status } = change.report.payment
        await tell({ kind: 'change', order: change.order, status, step: change.step?.kind, key: change.key })
      },
      async onDispute(dispute: Parameters<NonNullable<Parameters<typeof createTracker>[0]['onDispute']>>[0]) {
        await send(dispute.key, { type: 'payment.disputed', data: dispute })
        await tell({ kind: 'dispute', order: dispute.order, status: `disputed: ${dispute.dispute.status}` })
      },
      async onTask(task: Task) {
        const type = task.closedAt === undefined ? 'task.opened' : 'task.closed'
        await send(`${task.key}/${type}`, { type, data: task })
        await tell({ kind: 'task', order: task.order, status: `${type}: ${task.kind}`, why: task.why })
      },
      async onReconciled(
        result: Parameters<NonNullable<Parameters<typeof createTracker>[0]['onReconciled']>>[0],
      ) {
        await send(`reconciliation/${result.provider}/${result.day}`, {
          type: 'day.reconciled',
          data: result,
        })
        await tell({
          kind: 'reconciled',
          provider: result.provider,
          day: result.day,
          healed: `${result.healed} healed`,
          success: describeSuccess(result.statistics),
        })
      },
      onError(error: unknown) {
        // Our own errors hold no payload; of any other only its kind is told.
        const { name, code } = error as NodeJS.ErrnoException
        metrics?.countError(isPaymentError(error) ? error.code : 'other')
        terminal.warn(
          isPaymentError(error) ? error.message : `payment-status: something went wrong (${code ?? name})`,
        )
      },
    },
  }
}

async function listen(
  handle: (request: Request) => Promise<Response>,
  host: string,
  port: number,
): Promise<{ readonly server: Server; readonly url: string }> {
  const server = createServer(
    { requestTimeout: REQUEST_LIMIT_IN_MILLISECONDS, headersTimeout: REQUEST_LIMIT_IN_MILLISECONDS },
    getRequestListener(handle),
  )
  server.listen(port, host)
  await once(server, 'listening').catch((error: NodeJS.ErrnoException) => {
    throw inputError(
      error.code === 'EADDRINUSE' ? 'the port is taken' : `the port cannot be had (${error.code})`,
    )
  })
  const { address, family, port: had } = server.address() as AddressInfo
  return { server, url: `http://${family === 'IPv6' ? `[${address}]` : address}:${had}` }
}

async function close(server: Server): Promise<void> {
  const closed = new Promise((done) => server.close(done))
  server.closeIdleConnections()
  const letGo = setTimeout(() => server.closeAllConnections(), 2000)
  await closed
  clearTimeout(letGo)
}

/** Lets the simulated day go by: a new order now and then, and the clock of the providers faster than ours. */
function live(
  world: SimulatedWorld,
  tracker: Tracker,
  options: TrackOptions,
  hasShop: boolean,
  onError: (error: unknown) => void,
): () => Promise<void> {
  const pace = readNumber(options.pace, '--pace')
  // A shop that is told of changes makes orders of its own.
  const orders =
    options.orders === undefined ? (hasShop ? 0 : DEFAULT_ORDERS) : readNumber(options.orders, '--orders')
  let number = 0
  let turn = Promise.resolve()
  const timer = setInterval(() => {
    turn = turn
      .then(async () => {
        if (number < orders) await startOrder(world, tracker, number++)
        if (pace > 0) await world.simulator.advance(TICK_IN_MILLISECONDS * pace)
      })
      .catch(onError)
  }, TICK_IN_MILLISECONDS)
  return async () => {
    clearInterval(timer)
    await turn
  }
}
