import type { Context } from '../context.ts'
import { beginComparison } from '../store/comparisons.ts'
import { beat, beginBeat } from '../store/heartbeats.ts'
import { inTransaction } from '../store/tables.ts'
import { readPolledProviders } from '../store/targets.ts'
import type { Engine } from '../workers/jobs.ts'
import { nameOfYesterday } from './days.ts'
import { purge } from './purge.ts'

/**
 * Begins the night: enters one comparison for each provider, and removes what is over and old. Comparisons go on in parts;
 * the sweep finds those that no worker has. Polls of exhausted orders need no night: their due time is at night already.
 */
export async function runNightly(context: Context, engine: Engine, signal: AbortSignal): Promise<void> {
  const { database } = context
  const { payments } = context.options
  await beginBeat(database, 'nightly')
  const day = nameOfYesterday(context)
  const providers = (await readPolledProviders(database)).filter(
    (provider) => payments.has(provider) && payments.provider(provider).answers?.list !== 'none',
  )
  const jobs = providers.map((provider) => ({ provider, day }))
  await inTransaction(database, async (tx) => {
    for (const job of jobs) await beginComparison(tx, job)
  })
  await engine.send('comparison', jobs)
  await purge(context, signal)
  await beat(database, 'nightly/ended')
}
