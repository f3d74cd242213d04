import type { Context } from '../context.ts'
import { deliverDue } from '../outbox/deliver.ts'
import { startPolls } from '../poll/poll.ts'
import { beat } from '../store/heartbeats.ts'
import { nextDelivery } from '../store/outbox.ts'
import { listenForWakes } from '../store/wake.ts'
import type { WorkOptions } from '../types/options.ts'
import { runNightly } from '../upkeep/nightly.ts'
import { fetchReceipt } from '../upkeep/receipts.ts'
import { continueComparison } from '../upkeep/reconcile.ts'
import { sweep } from '../upkeep/sweep.ts'
import { createEngine, type Night, startBoss } from './jobs.ts'
import { type Loop, startLoop } from './loop.ts'

const POLLS_PER_WORKER = 10
const BEAT_IN_MILLISECONDS = 30_000
const SHORTEST_WAIT = 200

export interface WorkersOptions extends WorkOptions {
  /** Of this process, as `health()` shows it. */
  readonly id: string
  readonly night: Night
  readonly stopping: AbortSignal
}

/** Starts everything that this process does by itself. Returns what stops it. Where starting fails, nothing is left running. */
export async function startWorkers(
  context: Context,
  { id, night, polls = 2, handlers = 2, stopping }: WorkersOptions,
): Promise<() => Promise<void>> {
  const { database, given, report: onError } = context
  const { schema } = database
  const loops: { readonly polls: Loop[]; readonly outbox: Loop[] } = { polls: [], outbox: [] }
  const stops: (() => Promise<unknown>)[] = []
  const stop = async () => {
    for (const end of stops.splice(0).toReversed()) await end().catch(onError)
  }
  try {
    const boss = await startBoss({ database: given, schema, onError }, true)
    stops.push(() => boss.stop({ graceful: true, close: false, timeout: 5_000 }))
    const report = async (work: Promise<void>) => {
      try {
        await work
      } catch (error) {
        if (!stopping.aborted) onError(error)
      }
    }
    const within = (signal: AbortSignal) => AbortSignal.any([signal, stopping])
    const engine = createEngine(boss)
    await engine.work('upkeep', ({ kind }, signal) =>
      report((kind === 'nightly' ? runNightly : sweep)(context, engine, within(signal))),
    )
    await engine.work('comparison', (key, signal) => report(continueComparison(context, key, within(signal))))
    if (context.options.receipts)
      await engine.work('receipt', (key, signal) => report(fetchReceipt(context, key, within(signal))))
    await engine.schedule(night)
    const wakes = await listenForWakes(given, schema, onError, (name) => {
      for (const loop of loops[name as keyof typeof loops] ?? []) loop.wake()
    })
    stops.push(() => wakes.close())
    const settings = { isWoken: wakes.isHeard, onError }
    const underWay = new Set<Promise<void>>()
    const pollLoop = startLoop(async (signal) => {
      const room = polls * POLLS_PER_WORKER - underWay.size
      if (room <= 0) {
        await Promise.race(underWay)
        return 0
      }
      const { polls: started, wait } = await startPolls(context, room, AbortSignal.any([signal, stopping]))
      for (const poll of started) {
        const done: Promise<void> = poll.catch(onError).finally(() => {
          underWay.delete(done)
          pollLoop.wake()
        })
        underWay.add(done)
      }
      return wait
    }, settings)
    loops.polls.push(pollLoop)
    stops.push(async () => {
      await pollLoop.stop()
      await Promise.all(underWay)
    })
    for (let number = 0; number < handlers; number++) {
      const loop = startLoop(async (signal) => {
        await deliverDue(context, AbortSignal.any([signal, stopping]))
        // A row may be due and wait for the one before it in its stream.
        return Math.max(SHORTEST_WAIT, (await nextDelivery(database)) ?? Number.POSITIVE_INFINITY)
      }, settings)
      loops.outbox.push(loop)
      stops.push(() => loop.stop())
    }
    const name = `worker/${id}`
    await beat(database, name)
    const timer = setInterval(() => beat(database, name).catch(onError), BEAT_IN_MILLISECONDS)
    stops.push(async () => clearInterval(timer))
    await sweep(context, engine, stopping)
    return stop
  } catch (error) {
    await stop()
    throw error
  }
}
