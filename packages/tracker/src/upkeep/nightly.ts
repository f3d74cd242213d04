import type { Context } from '../context.ts'
import { beat, beginBeat } from '../store/heartbeats.ts'
import { inTransaction, query } from '../store/sql.ts'
import { purge } from './purge.ts'
import { nameOfYesterday } from './reconcile.ts'

/**
 * Begins the night: enters one comparison for each provider, and removes what is over and old. Comparisons go on in parts;
 * the sweep finds those that no worker has. Polls of exhausted orders need no night: their due time is at night already.
 */
export async function runNightly(context: Context, signal: AbortSignal): Promise<void> {
  const { database, schema, engine } = context
  await beginBeat(database, schema, 'nightly')
  const day = nameOfYesterday(context)
  const jobs = (await readProviders(context)).map((provider) => ({ provider, day }))
  await inTransaction(database, async (tx) => {
    for (const { provider } of jobs) {
      await tx.executeSql(
        `insert into ${schema}.comparisons (provider, day, part) values ($1, $2, 'list') on conflict do nothing`,
        [provider, day],
      )
    }
  })
  await engine.send('comparison', jobs)
  await purge(context, signal)
  await beat(database, schema, 'nightly/ended')
}

/** The configured providers that any target names: one step of the primary key for each. */
async function readProviders({ database, schema, options: { payments } }: Context): Promise<string[]> {
  const rows = await query<{ provider: string }>(
    database,
    `with recursive names as (
       (select provider from ${schema}.targets order by provider limit 1)
       union all
       select (select provider from ${schema}.targets where provider > names.provider order by provider limit 1)
       from names where names.provider is not null)
     select provider from names where provider is not null`,
  )
  return rows
    .map(({ provider }) => provider)
    .filter((provider) => payments.has(provider) && payments.provider(provider).answers?.list !== 'none')
}
